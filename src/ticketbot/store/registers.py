"""The tables beside tickets that staff fill by mail: what was learned, meetings, the last step, and dead addresses."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticketbot.store.columns import Base, Hash, Line, Short


class RegisterItem(Base):
    """Something that was written down beside a ticket: an article, an insight, an action … (FB3, FB4, KB1)."""

    __tablename__ = "register_item"
    __table_args__ = (Index("ix_register_item_kind_at", "kind", "at"),)

    kind: Mapped[str] = mapped_column(Short)
    sort: Mapped[str | None] = mapped_column(Short)
    state: Mapped[str] = mapped_column(Short)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    owner: Mapped[str | None] = mapped_column(String(64))
    due_on: Mapped[str | None] = mapped_column(Short)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    launch_id: Mapped[int | None] = mapped_column(ForeignKey("launch.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Line)
    cause: Mapped[str | None] = mapped_column(Hash)
    done_at: Mapped[datetime | None]


class Meeting(Base):
    """A meeting, training, workshop, webinar or visit about a ticket; a change is the same one, one SEQUENCE later."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("ticket_id", "kind"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str] = mapped_column(Short)
    uid: Mapped[str] = mapped_column(Line, index=True)
    sequence: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(Short)
    topic: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    organiser: Mapped[str] = mapped_column(String(64))
    invited: Mapped[list[Any]] = mapped_column(JSON, default=list)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class LastStep(Base):
    """How a ticket was before the last thing that one of us did to it, so that it can be taken back (`#undo`)."""

    __tablename__ = "last_step"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Line)
    cause: Mapped[str] = mapped_column(Hash)
    memory: Mapped[dict[str, Any]] = mapped_column(JSON)


class Suppressed(Base):
    """An address that a server called dead; nothing is sent there until a mail comes from it (behaviour 61)."""

    __tablename__ = "suppressed"

    address: Mapped[str] = mapped_column(Line, unique=True)
    at: Mapped[datetime]
    reason: Mapped[str]
