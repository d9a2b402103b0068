"""What a letter tells, as small values: frozen when it is asked for, JSON in the outbox, words when it is rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from ticketbot.domain.drafts import Json
from ticketbot.domain.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who gets a letter, and how they read: a bare address, a clean name (or none), language and time zone."""

    address: str
    name: str = ""
    locale: str = "en"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What brought a letter about: a received mail, or an instant where nobody wrote (a timer, the command line).

    `mark` goes into the letter's key: the mail's fingerprint, or the ISO instant.
    """

    mark: str
    sha256: str | None = None

    @classmethod
    def mail(cls, message: Message) -> "Cause":
        """Return the cause that a received mail is."""
        return cls(mark=message.fingerprint, sha256=message.sha256)

    @classmethod
    def instant(cls, at: datetime) -> "Cause":
        """Return the cause that a moment is: what a timer or the command line set off."""
        return cls(mark=iso(at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Where in the reader's own conversation a letter belongs, so that their mail program shows one thread.

    `parent` is the mail that the letter answers or follows in this reader's mailbox, `ancestors` the ones before it,
    oldest first; Message-IDs without brackets. The ticket's anchor is added when the letter is composed.
    """

    parent: str = ""
    ancestors: tuple[str, ...] = ()

    @classmethod
    def after(cls, message: Message) -> "Thread":
        """Return the place right below a mail that the reader wrote or got."""
        ancestors = message.references or message.in_reply_to[:1]
        return cls(parent=message.message_id, ancestors=ancestors)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseFacts:
    """Where a launch stands. `day_index` counts from 0 (staff read `d6`); clients read it from 1 (`day 7 of 30`).

    `days` is the present length of the phase's plan: the hypercare's end day, or the transition's.
    """

    phase: str
    day_index: int = 0
    days: int = 0
    is_taper: bool = False
    go_live_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursFacts:
    """When promises are kept: around the clock, or on these weekdays (0 is Monday) between two wall times ("07:00")."""

    days: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFacts:
    """One promise. `clock` is FR, NR, RES or UPD; `share` the percentage of the target used (75 …), where one is told.

    `due_at` is None while it is paused. `late` says by how much it is, or was, too late.
    """

    clock: str
    due_at: datetime | None
    target: timedelta | None = None
    hours: HoursFacts = HoursFacts()
    started_at: datetime | None = None
    state: str = "running"
    share: int | None = None
    late: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """What letters say of a ticket. `client` and `launch` are names for people, `launch_ref` is `acme/hr`.

    `reasons` are the stored reasons of the class, one sentence or formula each (`P2 = S3, hypercare`): staff only.
    """

    number: int
    subject: str
    priority: str
    client: str = ""
    launch: str = ""
    launch_ref: str | None = None
    phase: PhaseFacts | None = None
    severity: str = ""
    kind: str = ""
    channel: str = "mail"
    state: str = "new"
    reasons: tuple[str, ...] = ()
    requester: str = ""
    requester_address: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFacts:
    """One mail or note of a ticket, as it is shown: who, when, and the clean text that they newly wrote."""

    author: str
    at: datetime
    text: str
    is_staff: bool = False
    is_note: bool = False
    is_verified: bool = True
    address: str = ""
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddresses:
    """The reader's own two signed addresses of a ticket: `answer` reaches the client, `note` stays inside."""

    answer: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """Another ticket, in one line."""

    number: int
    subject: str
    state: str = ""


def iso(at: datetime) -> str:
    """Return an instant as keys and values write it: UTC, seconds, Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def jsonable(value: object) -> Json:
    """Return *value* as JSON: facts become objects, instants ISO strings, spans seconds, enumerations their values."""
    result: Json
    match value:
        case Enum():
            result = jsonable(value.value)
        case None | bool() | str() | int() | float():
            result = value
        case datetime():
            result = iso(value)
        case date():
            result = value.isoformat()
        case timedelta():
            result = int(value.total_seconds())
        case Mapping():
            result = {str(key): jsonable(item) for key, item in value.items()}
        case Sequence():
            result = [jsonable(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            result = {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise TypeError(f"not a fact: {type(value).__name__}")
    return result
