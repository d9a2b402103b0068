"""The states of a ticket and the legal moves between them, as a table (domain.md TK6), and what happens by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule, add_working
from ticketbot.domain.ladder import client_send_at
from ticketbot.domain.policy import Policy
from ticketbot.domain.priority import Priority

BUSINESS_DAY = timedelta(hours=8)
LEAST_BETWEEN_CHASES = timedelta(hours=24)
CLOSES_AFTER = timedelta(hours=40)


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


PAUSED_STATES = frozenset({TicketState.PENDING_CLIENT, TicketState.PENDING_RELEASE})
#: What counts as open everywhere (§3.3).
OPEN_STATES = frozenset({TicketState.NEW, TicketState.OPEN, TicketState.REOPENED}) | PAUSED_STATES


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


#: Moves that every state at work shares.
_AT_WORK: Mapping[Act, TicketState] = {
    Act.REPLY: TicketState.OPEN,
    Act.CALL: TicketState.OPEN,
    Act.PENDING: TicketState.PENDING_CLIENT,
    Act.RELEASE: TicketState.PENDING_RELEASE,
    Act.RESOLVE: TicketState.RESOLVED,
    Act.MERGE: TicketState.MERGED,
    Act.SPAM: TicketState.SPAM,
}
#: TK6. The act of a client is never refused: where nothing is written, their mail keeps the state.
#: Beyond TK6's rows, what waits may be merged, be spam, and go from waiting for the client to waiting for a release.
MOVES: Mapping[TicketState, Mapping[Act, TicketState]] = {
    TicketState.NEW: {**_AT_WORK, Act.CLIENT_MAIL: TicketState.NEW},
    TicketState.OPEN: {**_AT_WORK, Act.CLIENT_MAIL: TicketState.OPEN},
    TicketState.REOPENED: {**_AT_WORK, Act.CLIENT_MAIL: TicketState.REOPENED},
    TicketState.PENDING_CLIENT: {
        **_AT_WORK,
        Act.REPLY: TicketState.PENDING_CLIENT,
        Act.CALL: TicketState.PENDING_CLIENT,
        Act.CLIENT_MAIL: TicketState.OPEN,
        Act.AUTO_RESOLVE: TicketState.RESOLVED,
    },
    TicketState.PENDING_RELEASE: {
        Act.REPLY: TicketState.PENDING_RELEASE,
        Act.CALL: TicketState.PENDING_RELEASE,
        Act.CLIENT_MAIL: TicketState.PENDING_RELEASE,
        Act.RELEASE: TicketState.PENDING_RELEASE,
        Act.SHIPPED: TicketState.RESOLVED,
        Act.RESOLVE: TicketState.RESOLVED,
        Act.MERGE: TicketState.MERGED,
        Act.SPAM: TicketState.SPAM,
    },
    TicketState.RESOLVED: {
        Act.REPLY: TicketState.RESOLVED,
        Act.CALL: TicketState.RESOLVED,
        Act.RESOLVE: TicketState.RESOLVED,
        Act.CLIENT_MAIL: TicketState.REOPENED,
        Act.REOPEN: TicketState.REOPENED,
        Act.CLOSE: TicketState.CLOSED,
        Act.AUTO_CLOSE: TicketState.CLOSED,
    },
    TicketState.CLOSED: {
        Act.REPLY: TicketState.CLOSED,
        Act.CALL: TicketState.CLOSED,
        Act.CLOSE: TicketState.CLOSED,
        Act.CLIENT_MAIL: TicketState.REOPENED,
        Act.REOPEN: TicketState.REOPENED,
    },
    TicketState.MERGED: {Act.CLIENT_MAIL: TicketState.MERGED},
    TicketState.SPAM: {Act.CLIENT_MAIL: TicketState.SPAM, Act.SPAM: TicketState.SPAM},
}

_WHY_NOT: Mapping[Act, str] = {
    Act.SHIPPED: "only a ticket that waits for a release can ship; name one with #release DATE",
    Act.CLOSE: "only a resolved ticket can be closed; write #resolve first",
    Act.REOPEN: "it is open already",
    Act.NOTSPAM: "it is not spam",
    Act.AUTO_RESOLVE: "it does not wait for the client",
    Act.AUTO_CLOSE: "it is not resolved",
}


def move(state: TicketState, act: Act, *, before: TicketState | None = None) -> TicketState | Refusal:
    """Return the state after *act*, or why there is none. *before* is the state that `#notspam` brings back."""
    if state is TicketState.SPAM and act is Act.NOTSPAM:
        return before or TicketState.NEW
    after = MOVES[state].get(act)
    if after is not None:
        return after
    named = f"the ticket is {state.value.replace('_', ' ')}"
    if state is TicketState.MERGED:
        return Refusal(state=state, act=act, reason=f"{named}: act on the ticket that it was merged into")
    if state is TicketState.SPAM:
        return Refusal(state=state, act=act, reason=f"{named}: write #notspam first")
    return Refusal(state=state, act=act, reason=f"{named}: {_WHY_NOT.get(act, 'write #reopen first')}")


def closes_at(resolved_at: datetime, *, schedule: Schedule, after: timedelta = CLOSES_AFTER) -> datetime:
    """Return when a resolved ticket that stays silent closes: 40 h of calendar B."""
    return add_working(schedule, start=resolved_at, amount=after)


def auto_resolves_at(
    pending_since: datetime, *, priority: Priority, schedule: Schedule, days: int = 7, told_days_before: int = 2
) -> tuple[datetime, datetime] | None:
    """Return when a waiting P3 or P4 is announced (AUTOCLOSE) and when it is resolved by itself; None for P1 and P2."""
    if priority in {Priority.P1, Priority.P2}:
        return None
    announced = add_working(schedule, start=pending_since, amount=(days - told_days_before) * BUSINESS_DAY)
    return announced, add_working(schedule, start=pending_since, amount=days * BUSINESS_DAY)


def chased_at(
    asked_at: datetime,
    *,
    priority: Priority,
    schedule: Schedule,
    client_zone: ZoneInfo,
    policy: Policy,
    least: timedelta = timedelta(),
) -> datetime:
    """Return when a question of *asked_at* is asked again: after its span, *least* later at the soonest (M27)."""
    if priority in policy.chase:
        again = asked_at + policy.chase[priority]
    else:
        again = add_working(schedule, start=asked_at, amount=policy.chase_days[priority] * BUSINESS_DAY)
    return client_send_at(max(again, asked_at + least), zone=client_zone, quiet=policy.quiet_client)
