"""The tables of mail and tickets. Rows are the entities; instants are aware UTC, closed sets short strings."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticketbot.store.columns import Base, Hash, LetterState, Line, MailState, Short, SightingState, UtcDateTime, key_of
from ticketbot.store.registers import LastStep, Meeting, RegisterItem, Suppressed
from ticketbot.store.roster import (
    Blocked,
    Client,
    ClientDomain,
    Contact,
    DeskMark,
    Launch,
    PlanEvent,
    PolicyVersion,
    Staff,
)

__all__ = [
    "Base", "Blob", "Blocked", "Client",
    "ClientDomain", "Contact", "Delivery", "DeskMark", "Event", "InboxMail", "Incident", "LastStep", "Launch",
    "LetterState", "MailState", "MailboxMark", "Meeting", "Message", "OutboxMail", "Participant", "PlanEvent",
    "PolicyVersion", "Reference", "RegisterItem", "Reminder", "Round", "SightingState", "SlaClock", "Staff",
    "Suppressed", "Ticket", "UtcDateTime", "key_of",
]  # fmt: skip


class Blob(Base):
    """The bytes of a mail, once, however often it was seen."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(Hash, unique=True)
    size: Mapped[int]
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class InboxMail(Base):
    """One received mail with its state; one for each blob."""

    __tablename__ = "inbox_mail"
    __table_args__ = (Index("ix_inbox_mail_state_next_at", "state", "next_at"),)

    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"), unique=True)
    sha256: Mapped[str] = mapped_column(Hash, unique=True)
    size: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(Short, default=MailState.RECEIVED)
    mailbox: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(Short, default="normal")
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    is_alone: Mapped[bool] = mapped_column(default=False)
    is_suspect: Mapped[bool] = mapped_column(default=False)
    is_imported: Mapped[bool] = mapped_column(default=False)
    is_oversize: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str | None] = mapped_column(Short)
    reason: Mapped[str | None]
    kind: Mapped[str | None] = mapped_column(Short)
    rule: Mapped[str | None] = mapped_column(String(64))
    trace: Mapped[list[Any]] = mapped_column(JSON, default=list)
    subject: Mapped[str] = mapped_column(default="")
    from_address: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    challenge: Mapped[int | None] = mapped_column(BigInteger, index=True)
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    held_until: Mapped[datetime | None]
    released_as: Mapped[str | None] = mapped_column(Short)
    released_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    closed_at: Mapped[datetime | None]


class Delivery(Base):
    """The ledger: one row for each sighting (mailbox, UIDVALIDITY, UID), for ever."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("mailbox", "uidvalidity", "uid"),
        Index("ix_delivery_mailbox_state", "mailbox", "state"),
    )

    mailbox: Mapped[str] = mapped_column(String(64))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Hash)
    inbox_mail_id: Mapped[int | None] = mapped_column(ForeignKey("inbox_mail.id"), index=True)
    state: Mapped[str] = mapped_column(Short, default=SightingState.LISTED)
    reason: Mapped[str | None]
    internal_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
    acked_at: Mapped[datetime | None]


class MailboxMark(Base):
    """What we know of a mailbox: since when its mails count, its UIDVALIDITY, and the last UID seen."""

    __tablename__ = "mailbox_mark"

    name: Mapped[str] = mapped_column(String(64), unique=True)
    start_at: Mapped[datetime]
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    polled_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    trouble_since: Mapped[datetime | None]


class Message(Base):
    """One mail in a ticket, in or out, or an internal note."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_from_key_body_key", "from_key", "body_key"),)

    fingerprint: Mapped[str] = mapped_column(Hash, unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    sha256: Mapped[str | None] = mapped_column(Hash, index=True)
    direction: Mapped[str] = mapped_column(Short)
    audience: Mapped[str] = mapped_column(Short, default="public")
    author: Mapped[str] = mapped_column(Short, default="unknown")
    is_verified: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str] = mapped_column(default="")
    id_key: Mapped[str] = mapped_column(Short, index=True)
    from_address: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    from_key: Mapped[str] = mapped_column(Short, default="")
    to: Mapped[list[Any]] = mapped_column(JSON, default=list)
    subject: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(default="")
    new_text: Mapped[str] = mapped_column(default="")
    attachments: Mapped[list[Any]] = mapped_column(JSON, default=list)
    body_key: Mapped[str] = mapped_column(Short, default="")


class Reference(Base):
    """One Message-ID that a message names in In-Reply-To or References, by its key."""

    __tablename__ = "reference"
    __table_args__ = (Index("ix_reference_key", "key"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    key: Mapped[str] = mapped_column(Short)


class Ticket(Base):
    """A matter to settle."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_client_id_created_at", "client_id", "created_at"),
        Index("ix_ticket_state", "state"),
        Index("ix_ticket_act_at", "act_at"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(Short)
    state_before: Mapped[str | None] = mapped_column(Short)
    kind: Mapped[str] = mapped_column(Short)
    channel: Mapped[str] = mapped_column(Short)
    impact: Mapped[int] = mapped_column(default=2)
    urgency: Mapped[int] = mapped_column(default=2)
    severity: Mapped[str] = mapped_column(Short)
    priority: Mapped[str] = mapped_column(Short)
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    priority_reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    category: Mapped[str | None] = mapped_column(String(64))
    phase_at_receipt: Mapped[str | None] = mapped_column(Short)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    launch_id: Mapped[int | None] = mapped_column(ForeignKey("launch.id"), index=True)
    requester_address: Mapped[str]
    requester_name: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    owner_team: Mapped[str | None] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(Short, default="en")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    act_at: Mapped[datetime | None]
    act: Mapped[str | None] = mapped_column(Short)
    reopened: Mapped[int] = mapped_column(default=0)
    reopened_at: Mapped[datetime | None]
    follow_up_of: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    snoozed_until: Mapped[datetime | None]
    found: Mapped[str | None] = mapped_column(String(64))
    concern: Mapped[str | None] = mapped_column(Short)
    workaround: Mapped[str | None] = mapped_column(Short)


class Participant(Base):
    """Somebody at the client who writes on a ticket and gets its answers."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("ticket_id", "address"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    address: Mapped[str] = mapped_column(Line)
    name: Mapped[str] = mapped_column(default="")
    joined_at: Mapped[datetime]


class SlaClock(Base):
    """One promise of a ticket: running, paused, stopped (met or not) or void. `next_at` is its next threshold."""

    __tablename__ = "sla_clock"
    __table_args__ = (
        UniqueConstraint("ticket_id", "clock", "cycle"),
        Index("ix_sla_clock_next_at", "next_at"),
        Index("ix_sla_clock_due_at", "due_at"),
        Index("ix_sla_clock_stopped_at", "stopped_at"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    clock: Mapped[str] = mapped_column(Short)
    cycle: Mapped[int]
    state: Mapped[str] = mapped_column(Short)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    is_met: Mapped[bool | None]
    target_seconds: Mapped[int]
    calendar: Mapped[str] = mapped_column(Short)
    phase: Mapped[str] = mapped_column(Short)
    priority: Mapped[str] = mapped_column(Short)
    breached_at: Mapped[datetime | None]
    memory: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    history: Mapped[list[Any]] = mapped_column(JSON, default=list)
    next_at: Mapped[datetime | None]


class Reminder(Base):
    """A threshold of a clock that was reached: told, or passed over for a higher one."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("ticket_id", "clock", "cycle", "level", "due_at"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    clock: Mapped[str] = mapped_column(Short)
    cycle: Mapped[int]
    level: Mapped[int]
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Short)


class Event(Base):
    """What was done, when, by whom, because of which mail. Never changed, never deleted."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_ticket_id_at", "ticket_id", "at"),
        Index("ix_event_action_at", "action", "at"),
    )

    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    launch_id: Mapped[int | None] = mapped_column(ForeignKey("launch.id"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Line)
    action: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cause: Mapped[str | None] = mapped_column(Hash)


class OutboxMail(Base):
    """A letter on its way. `next_at` is when to try it; `raw` its bytes, fixed at the first claim."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_state_next_at", "state", "next_at"),
        Index("ix_outbox_mail_code_reader_created_at", "code", "reader", "created_at"),
    )

    key: Mapped[str] = mapped_column(String(255), unique=True)
    code: Mapped[str] = mapped_column(Short)
    reader: Mapped[str] = mapped_column(Line)
    to: Mapped[list[Any]] = mapped_column(JSON)
    cc: Mapped[list[Any]] = mapped_column(JSON, default=list)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON)
    message_id: Mapped[str]
    id_key: Mapped[str] = mapped_column(Short, index=True)
    state: Mapped[str] = mapped_column(Short, default=LetterState.QUEUED)
    send_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    render_failures: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    remaining: Mapped[list[Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    reply: Mapped[str | None]
    reason: Mapped[str | None]
    announced_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    cause: Mapped[str | None] = mapped_column(Hash)


class Round(Base):
    """A scheduled letter that was written: one for each kind, reader and period, however often the service restarts."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("kind", "reader", "period_start"),)

    kind: Mapped[str] = mapped_column(Short)
    reader: Mapped[str] = mapped_column(Line)
    period_start: Mapped[datetime]
    written_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Short)


class Incident(Base):
    """An operator's matter that people were told of: one letter when it begins, one when it is over."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("what", "subject", "began_at"),)

    what: Mapped[str] = mapped_column(Short)
    subject: Mapped[str] = mapped_column(Line)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
