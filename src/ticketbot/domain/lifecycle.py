"""The states of a ticket and the legal moves between them, as a table (domain.md TK6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule
from ticketbot.domain.policy import QuietHours
from ticketbot.domain.priority import Priority


class TicketState(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    PENDING_CLIENT = "pending_client"
    PENDING_RELEASE = "pending_release"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    MERGED = "merged"
    SPAM = "spam"


#: What counts as open everywhere (§3.3).
OPEN_STATES = frozenset(
    {
        TicketState.NEW,
        TicketState.OPEN,
        TicketState.REOPENED,
        TicketState.PENDING_CLIENT,
        TicketState.PENDING_RELEASE,
    }
)
PAUSED_STATES = frozenset({TicketState.PENDING_CLIENT, TicketState.PENDING_RELEASE})


class Act(StrEnum):
    """What happens to a ticket, as far as its state cares."""

    REPLY = "reply"
    CALL = "call"
    CLIENT_MAIL = "client_mail"
    PENDING = "pending"
    RELEASE = "release"
    SHIPPED = "shipped"
    RESOLVE = "resolve"
    AUTO_RESOLVE = "auto_resolve"
    CLOSE = "close"
    AUTO_CLOSE = "auto_close"
    REOPEN = "reopen"
    MERGE = "merge"
    SPAM = "spam"
    NOTSPAM = "notspam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a move is not legal, in words for the sender of the command."""

    state: TicketState
    act: Act
    reason: str


def move(state: TicketState, act: Act, *, before: TicketState | None = None) -> TicketState | Refusal:
    """Return the state after *act*, or why there is none. *before* is the state that `#notspam` brings back."""
    raise NotImplementedError


def is_late_for_reopening(*, closed_at: datetime, at: datetime, within: timedelta = timedelta(days=14)) -> bool:
    """Say whether a client's mail on a closed ticket opens a new one, a follow-up, instead of reopening it."""
    raise NotImplementedError


def closes_at(resolved_at: datetime, *, schedule: Schedule, after: timedelta = timedelta(hours=40)) -> datetime:
    """Return when a resolved ticket that stays silent closes: 40 h of calendar B."""
    raise NotImplementedError


def auto_resolves_at(
    pending_since: datetime, *, priority: Priority, schedule: Schedule
) -> tuple[datetime, datetime] | None:
    """Return when a waiting P3 or P4 is announced (AUTOCLOSE) and resolved by itself, None for P1 and P2."""
    raise NotImplementedError


def chases_at(
    pending_since: datetime, *, priority: Priority, schedule: Schedule, client_zone: ZoneInfo, quiet: QuietHours
) -> tuple[datetime, ...]:
    """Return when the question is asked again: twice at most, at least 24 h apart, in client hours (M27)."""
    raise NotImplementedError
