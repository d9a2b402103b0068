"""The watch list: open tickets of a young launch that need a second pair of eyes, and why (domain.md SL7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketbot.domain.calendars import Schedule, worked
from ticketbot.domain.lifecycle import OPEN_STATES, PAUSED_STATES, TicketState
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import WatchRules
from ticketbot.domain.priority import Priority

#: How often each phase is looked over; the others are not watched.
WATCHED_EVERY = {Phase.HYPERCARE: timedelta(hours=1), Phase.TRANSITION: timedelta(days=1)}
#: What must have an owner within minutes.
PRESSING = frozenset({Priority.P1, Priority.P2})


class Worry(StrEnum):
    """Why a ticket is on the list."""

    NO_OWNER = "no_owner"
    SILENCE = "silence"
    PING_PONG = "ping_pong"
    UNANSWERED = "unanswered"
    FRUSTRATION = "frustration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is asked of a ticket.

    `unowned_since` is when it last lost or never had an owner, None while somebody owns it; `owners` counts the
    people who ever owned it; `answered_at` is the last public reply, `unanswered` the client's mails since;
    `frustration` are the words that were found in them.
    """

    phase: Phase | None
    priority: Priority
    state: TicketState
    received_at: datetime
    unowned_since: datetime | None
    owners: int = 0
    answered_at: datetime | None = None
    unanswered: int = 0
    frustration: str | None = None
    snoozed_until: datetime | None = None


def worries(ticket: Watched, *, now: datetime, rules: WatchRules, schedule: Schedule) -> tuple[Worry, ...]:
    """Return why a ticket is on the list, nothing if it is not. *schedule* is that of the launch for `rules.calendar`.

    Only open tickets of hypercare and transition are watched, and none that somebody put out of sight.
    """
    is_hidden = ticket.snoozed_until is not None and now < ticket.snoozed_until
    if ticket.phase not in WATCHED_EVERY or ticket.state not in OPEN_STATES or is_hidden:
        return ()
    return tuple(worry for worry, holds in CHECKS if holds(ticket, now, rules, schedule))


def _has_no_owner(ticket: Watched, now: datetime, rules: WatchRules, schedule: Schedule) -> bool:
    """Count real time for what is pressing, working time for the rest."""
    if ticket.unowned_since is None:
        return False
    if ticket.priority in PRESSING:
        return now - ticket.unowned_since >= rules.pressing_owner_within
    return worked(schedule, start=ticket.unowned_since, end=now) >= rules.owner_within


def _is_silent(ticket: Watched, now: datetime, rules: WatchRules, schedule: Schedule) -> bool:
    """Count real time since the last answer; what waits for the client or for a release is not our silence."""
    del schedule
    since = ticket.answered_at or ticket.received_at
    return ticket.state not in PAUSED_STATES and now - since >= rules.reply_within


def _goes_round(ticket: Watched, now: datetime, rules: WatchRules, schedule: Schedule) -> bool:
    del now, schedule
    return ticket.owners >= rules.owners


def _piles_up(ticket: Watched, now: datetime, rules: WatchRules, schedule: Schedule) -> bool:
    del now, schedule
    return ticket.unanswered >= rules.unanswered


def _is_bitter(ticket: Watched, now: datetime, rules: WatchRules, schedule: Schedule) -> bool:
    del now, rules, schedule
    return ticket.frustration is not None


_Check = Callable[[Watched, datetime, WatchRules, Schedule], bool]

#: The whole list, in the order in which the reasons are told.
CHECKS: tuple[tuple[Worry, _Check], ...] = (
    (Worry.NO_OWNER, _has_no_owner),
    (Worry.SILENCE, _is_silent),
    (Worry.PING_PONG, _goes_round),
    (Worry.UNANSWERED, _piles_up),
    (Worry.FRUSTRATION, _is_bitter),
)
