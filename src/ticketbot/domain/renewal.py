"""What another policy does to promises that run: a tighter one raises, a looser one moves nothing (domain.md SL5)."""

from dataclasses import replace
from datetime import datetime

from ticketbot.domain.clocks import Clock, Clocks, Terms
from ticketbot.domain.policy import ClockName
from ticketbot.domain.sla import on_raised, promise

#: A running update keeps its target; the next takes the new one.
RENEWED = frozenset({ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION})


def changes_anything(before: Terms, after: Terms) -> bool:
    """Say whether *after* could move a promise that was made under *before*: another target, or another calendar."""
    return any(_is_other(name, before, after) for name in RENEWED)


def on_policy(clocks: Clocks, *, at: datetime, before: Terms, after: Terms, cause: str) -> Clocks:
    """Return the clocks under another policy, never later and never in the past.

    Only what the policy says otherwise is raised. Clocks keep the hours that they pinned: an edit of a calendar moves
    none of them; only targets that count in another calendar from now on are reckoned in it.
    """
    return tuple(_renewed(clock, at, before, after, cause) for clock in clocks)


def _renewed(clock: Clock, at: datetime, before: Terms, after: Terms, cause: str) -> Clock:
    if clock.name not in RENEWED or not _is_other(clock.name, before, after):
        return clock
    name = after.targets.calendar
    schedule = clock.schedule if clock.calendar == name else after.schedules[name]
    pinned = replace(after, schedules={**after.schedules, name: schedule})
    return on_raised((clock,), at=at, terms=pinned, cause=cause)[0]


def _is_other(name: ClockName, before: Terms, after: Terms) -> bool:
    old, new = promise(before, name), promise(after, name)
    return new is not None and (old != new or before.targets.calendar != after.targets.calendar)
