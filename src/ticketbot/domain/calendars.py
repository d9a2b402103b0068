"""Working time: opening hours on a wall clock, counted in real seconds (domain.md SL1, SL9).

Windows are laid out for each local date from wall times and turned into UTC; all counting happens there, so that
clock changes need no special case. A window belongs to the date on which it opens: a holiday closes the windows that
open on it, not the end of a shift that began the evening before.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ticketbot.domain.errors import ConfigurationError, PermanentError

MINUTES_A_DAY = 24 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
#: How many days are laid out at once, and how many closed days in a row are believed before a calendar counts as shut.
CHUNK_DAYS = 182
SHUT_AFTER_DAYS = 1500


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """One opening of a day, in minutes of the wall clock after its midnight; `closes` may lie in the next day."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < MINUTES_A_DAY or not self.opens < self.closes <= self.opens + MINUTES_A_DAY:
            raise ConfigurationError("An opening begins between 00:00 and 23:59 and lasts at most a day.")

    @classmethod
    def between(cls, opens: str, closes: str) -> "Opening":
        """Return the opening from one wall time to another; an end not after its start lies in the next day."""
        start, end = minutes_of(opens), minutes_of(closes)
        return cls(start, end if end > start else end + MINUTES_A_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """Opening hours of a week, Monday first, with lunch breaks, half days by date, or none at all: around the clock.

    Around the clock knows no holidays. `special` gives a date hours of its own, whatever its weekday or holiday.
    """

    name: str
    weekly: tuple[tuple[Opening, ...], ...] = ((),) * 7
    special: tuple[tuple[date, tuple[Opening, ...]], ...] = ()
    is_around_the_clock: bool = False

    def __post_init__(self) -> None:
        if len(self.weekly) != len(WEEK):
            raise ConfigurationError(f"Calendar {self.name}: give hours for seven weekdays, Monday first.")
        if not self.is_around_the_clock and not any(self.weekly):
            raise ConfigurationError(f"Calendar {self.name} has no open hour: give at least one weekday opening hours.")


WEEK = range(7)


def around_the_clock(name: str) -> BusinessCalendar:
    """Return a calendar that never closes."""
    return BusinessCalendar(name=name, is_around_the_clock=True)


def weekdays(
    name: str,
    *openings: Opening,
    days: Iterable[int] = range(5),
    special: Mapping[date, tuple[Opening, ...]] | None = None,
) -> BusinessCalendar:
    """Return a calendar with the same openings on each of *days* (Monday is 0)."""
    chosen = frozenset(days)
    return BusinessCalendar(
        name=name,
        weekly=tuple(openings if day in chosen else () for day in WEEK),
        special=tuple(sorted((special or {}).items())),
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """The windows of a span of local dates, in microseconds since 1970, with the time worked before each."""

    first: date
    last: date
    covered_from: int
    covered_to: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A calendar on the wall clock of a zone, closed on holidays. Clocks pin the schedule that they started with.

    `version` is made of the content: two schedules of one version count alike, for ever.
    """

    calendar: BusinessCalendar
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()
    version: str = field(init=False, default="")
    _memory: list[_Layout] = field(init=False, default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = json.dumps(schedule_facts(self), sort_keys=True)
        object.__setattr__(self, "version", hashlib.sha256(text.encode()).hexdigest()[:12])


def schedule_facts(schedule: Schedule) -> dict[str, object]:
    """Return *schedule* as plain values for JSON; `schedule_of` turns them back."""
    calendar = schedule.calendar
    return {
        "name": calendar.name,
        "zone": schedule.zone.key,
        "around_the_clock": calendar.is_around_the_clock,
        "weekly": [[[o.opens, o.closes] for o in day] for day in calendar.weekly],
        "special": [[on.isoformat(), [[o.opens, o.closes] for o in day]] for on, day in calendar.special],
        "holidays": [] if calendar.is_around_the_clock else sorted(on.isoformat() for on in schedule.holidays),
    }


def schedule_of(facts: Mapping[str, object]) -> Schedule:
    """Return the schedule that `schedule_facts` wrote; equal facts give the same object, with its layout kept warm."""
    return _schedule_of(json.dumps(facts, sort_keys=True))


def add_working(schedule: Schedule, *, start: datetime, amount: timedelta) -> datetime:
    """Return the earliest instant, in UTC, at which *amount* of working time has passed since *start* (SL9)."""
    raise NotImplementedError


def worked(schedule: Schedule, *, start: datetime, end: datetime) -> timedelta:
    """Return the working time in [start, end), zero if *end* is not after *start*."""
    raise NotImplementedError


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Say whether *at* lies in an opening, half-open."""
    raise NotImplementedError


def local_instant(on: date, at: time, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """Return the instant, in UTC, of a wall time: in a gap the first after it, of a double one the first or second."""
    raise NotImplementedError


def wall_exists(on: date, at: time, zone: ZoneInfo) -> bool:
    """Say whether the wall clock of *zone* ever shows this time, or skips it."""
    raise NotImplementedError


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the date on the wall of *zone*."""
    return instant.astimezone(zone).date()


def is_business_day(schedule: Schedule, on: date) -> bool:
    """Say whether the calendar opens on that date at all."""
    raise NotImplementedError


def next_business_day(schedule: Schedule, on: date) -> date:
    """Return the first business day on or after *on*."""
    raise NotImplementedError


def business_days_before(schedule: Schedule, on: date, count: int) -> date:
    """Return the *count*-th business day before *on*, which itself does not count."""
    raise NotImplementedError


def business_days_after(schedule: Schedule, on: date, count: int) -> date:
    """Return the *count*-th business day after *on*, which itself does not count."""
    raise NotImplementedError


def first_business_moment(schedule: Schedule, *, after: datetime, at: time) -> datetime:
    """Return the first instant not before *after* at which it is *at* o'clock on a business day (PH6: 08:00)."""
    raise NotImplementedError
