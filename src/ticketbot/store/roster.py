"""The tables of the desk itself: staff, clients, contacts, launches and the policy in force."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticketbot.store.columns import Base, Hash, Line, Short


class Staff(Base):
    """One of our people. `agent` in talk; the roster is the whole table."""

    __tablename__ = "staff"

    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(Line, unique=True)
    role: Mapped[str] = mapped_column(String(64))
    team: Mapped[str | None] = mapped_column(String(64))
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(Short, default="en")
    is_active: Mapped[bool] = mapped_column(default=True)
    away_until: Mapped[datetime | None]


class Client(Base):
    """A company that we look after."""

    __tablename__ = "client"

    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(Short, default="en")
    holidays: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_active: Mapped[bool] = mapped_column(default=True)


class ClientDomain(Base):
    """A mail domain whose people belong to a client."""

    __tablename__ = "client_domain"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    domain: Mapped[str] = mapped_column(Line, unique=True)
    is_verified: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(Short, default="file")


class Contact(Base):
    """A person at a client."""

    __tablename__ = "contact"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    address: Mapped[str] = mapped_column(Line, unique=True)
    name: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[Any]] = mapped_column(JSON, default=list)
    locale: Mapped[str | None] = mapped_column(Short)
    origin: Mapped[str] = mapped_column(Short, default="file")
    is_active: Mapped[bool] = mapped_column(default=True)


class Blocked(Base):
    """Somebody who is not heard: an address, or a domain written @domain."""

    __tablename__ = "blocked"

    party: Mapped[str] = mapped_column(Line, unique=True)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Launch(Base):
    """One system that a client goes live with. The plan here is the first one; later changes are plan events."""

    __tablename__ = "launch"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    slug: Mapped[str] = mapped_column(String(128), unique=True)
    name: Mapped[str]
    address: Mapped[str | None] = mapped_column(Line)
    aliases: Mapped[list[Any]] = mapped_column(JSON, default=list)
    go_live: Mapped[str] = mapped_column(Short)
    timezone: Mapped[str] = mapped_column(String(64))
    is_customised: Mapped[bool]
    complexity: Mapped[str] = mapped_column(Short)
    profile: Mapped[str] = mapped_column(String(64))
    roles: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_active: Mapped[bool] = mapped_column(default=True)


class PlanEvent(Base):
    """A change of a launch's plan, recorded once, effective from then on."""

    __tablename__ = "plan_event"
    __table_args__ = (UniqueConstraint("launch_id", "recorded_at", "kind"),)

    launch_id: Mapped[int] = mapped_column(ForeignKey("launch.id"))
    recorded_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(Short)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class PolicyVersion(Base):
    """The desk file as it was applied: the policy, and what the next application is compared with."""

    __tablename__ = "policy_version"

    sha256: Mapped[str] = mapped_column(Hash)
    applied_at: Mapped[datetime]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class DeskMark(Base):
    """Counts the changes of the desk's own rows, so that who keeps them in memory knows when to read them again."""

    __tablename__ = "desk_mark"

    changes: Mapped[int]


#: Of whom it is counted. Contacts are not: there are many, they come by themselves, and nobody keeps them in memory.
COUNTED = (Staff, Client, ClientDomain, Blocked, Launch, PlanEvent, PolicyVersion)
