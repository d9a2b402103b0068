"""Working time: opening hours on a wall clock, counted in real seconds (domain.md SL1, SL9).

Windows are laid out for each local date from wall times and turned into UTC; all counting happens there, so that
clock changes need no special case. A window belongs to the date on which it opens: a holiday closes the windows that
open on it, not the end of a shift that began the evening before.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.domain.errors import ConfigurationError

MINUTES_A_DAY = 24 * 60
MINUTES_AN_HOUR = 60
WEEK = range(7)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
#: How many days are laid out beyond what was asked for.
SPARE_DAYS = 100
#: After how many closed days in a row a calendar counts as shut for ever; a search must end.
SHUT_AFTER_DAYS = 1500


def minutes_of(text: str) -> int:
    """Return the minutes after midnight of a wall time from 00:00 to 24:00."""
    hours, _, minutes = text.partition(":")
    if hours.isdecimal() and minutes.isdecimal() and int(minutes) < MINUTES_AN_HOUR:
        total = int(hours) * MINUTES_AN_HOUR + int(minutes)
        if total <= MINUTES_A_DAY:
            return total
    raise ConfigurationError(f"{text!r} is not a time of day: write it like 09:00, the latest is 24:00.")


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """One opening of a day, in minutes of the wall clock after its midnight; `closes` may lie in the next day."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < MINUTES_A_DAY or not self.opens < self.closes <= self.opens + MINUTES_A_DAY:
            raise ConfigurationError("An opening begins between 00:00 and 23:59 and lasts a day at most.")

    @classmethod
    def between(cls, opens: str, closes: str) -> "Opening":
        """Return the opening from one wall time to another; an end before its start lies in the next day."""
        start, end = minutes_of(opens), minutes_of(closes)
        if start == end:
            raise ConfigurationError(f"An opening from {opens} to {closes} is none: a whole day is 00:00 to 24:00.")
        return cls(start, end if end > start else end + MINUTES_A_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """Opening hours of a week, Monday first, with lunch breaks, half days by date, or none at all: around the clock.

    Around the clock knows no holidays. `special` gives a date hours of its own, whatever its weekday or holiday.
    """

    name: str
    weekly: tuple[tuple[Opening, ...], ...] = ((),) * len(WEEK)
    special: tuple[tuple[date, tuple[Opening, ...]], ...] = ()
    is_around_the_clock: bool = False

    def __post_init__(self) -> None:
        if len(self.weekly) != len(WEEK):
            raise ConfigurationError(f"Calendar {self.name}: give hours for seven weekdays, Monday first.")
        if not self.is_around_the_clock and not any(self.weekly):
            raise ConfigurationError(f"Calendar {self.name} has no open hour: give at least one weekday opening hours.")


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
    """The windows between two instants, in microseconds since 1970; `done[i]` is the time worked before window i."""

    first: date
    last: date
    since: int
    until: int
    starts: Sequence[int]
    ends: Sequence[int]
    done: Sequence[int]

    def worked_until(self, at: int) -> int:
        """Return the time worked since the layout's beginning."""
        found = bisect_right(self.starts, at) - 1
        return self.done[found] + min(at, self.ends[found]) - self.starts[found] if found >= 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A calendar on the wall clock of a zone, closed on holidays. Clocks pin the schedule that they started with.

    `version` is made of the content: two schedules of one version are equal and count alike, for ever.
    """

    calendar: BusinessCalendar = field(compare=False)
    zone: ZoneInfo = field(compare=False)
    holidays: frozenset[date] = field(default=frozenset(), compare=False)
    version: str = field(init=False, default="")
    _memory: list[_Layout] = field(init=False, default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = json.dumps(schedule_facts(self), sort_keys=True)
        object.__setattr__(self, "version", hashlib.sha256(text.encode()).hexdigest()[:12])


def schedule_facts(schedule: Schedule) -> dict[str, Any]:
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


def schedule_of(facts: Mapping[str, Any]) -> Schedule:
    """Return the schedule that `schedule_facts` wrote; equal facts give the same object, with its layout kept warm."""
    return _schedule_of(json.dumps(facts, sort_keys=True))


@lru_cache(maxsize=1024)
def schedule_for(*, calendar: BusinessCalendar, zone: ZoneInfo, holidays: frozenset[date] = frozenset()) -> Schedule:
    """Return the schedule of these, the same object for equal ones: its layout, made once, serves every question."""
    return Schedule(calendar=calendar, zone=zone, holidays=holidays)


def add_working(schedule: Schedule, *, start: datetime, amount: timedelta) -> datetime:
    """Return the earliest instant, in UTC, at which *amount* of working time has passed since *start* (SL9)."""
    if schedule.calendar.is_around_the_clock or amount <= timedelta():
        return (start + max(amount, timedelta())).astimezone(UTC)
    begin, needed = (start - EPOCH) // MICROSECOND, amount // MICROSECOND
    layout = _layout(schedule, begin, begin + needed)
    while True:
        goal = layout.worked_until(begin) + needed
        found = bisect_left(layout.done, goal) - 1
        at = layout.starts[found] + goal - layout.done[found] if found >= 0 else layout.until
        if at < layout.until and at <= layout.ends[found]:
            return EPOCH + at * MICROSECOND
        layout = _extended(schedule, layout)


def worked(schedule: Schedule, *, start: datetime, end: datetime) -> timedelta:
    """Return the working time in [start, end), zero if *end* is not after *start*."""
    if end <= start:
        return timedelta()
    if schedule.calendar.is_around_the_clock:
        return end - start
    begin, finish = (start - EPOCH) // MICROSECOND, (end - EPOCH) // MICROSECOND
    layout = _layout(schedule, begin, finish)
    return (layout.worked_until(finish) - layout.worked_until(begin)) * MICROSECOND


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Say whether *at* lies in an opening, half-open."""
    return worked(schedule, start=at, end=at + MICROSECOND) > timedelta()


def local_instant(on: date, at: time, zone: ZoneInfo, *, second: bool = False) -> datetime:
    """Return the instant, in UTC, of a wall time: in a gap the first after it, of a double one the first or second."""
    wall = datetime.combine(on, at)
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early <= late:
        return late if second else early
    return _end_of_gap(late, early, zone)


def wall_exists(on: date, at: time, zone: ZoneInfo) -> bool:
    """Say whether the wall clock of *zone* ever shows this time, or skips it."""
    wall = datetime.combine(on, at)
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the date on the wall of *zone*."""
    return instant.astimezone(zone).date()


def is_business_day(schedule: Schedule, on: date) -> bool:
    """Say whether the calendar opens on that date at all."""
    return bool(_hours(schedule, dict(schedule.calendar.special), on))


def next_business_day(schedule: Schedule, on: date) -> date:
    """Return the first business day on or after *on*."""
    return next(_business_days(schedule, on, DAY))


def business_days_before(schedule: Schedule, on: date, count: int) -> date:
    """Return the *count*-th business day before *on*, which itself does not count."""
    days = _business_days(schedule, on - DAY, -DAY)
    return [next(days) for _ in range(count)][-1]


def business_days_after(schedule: Schedule, on: date, count: int) -> date:
    """Return the *count*-th business day after *on*, which itself does not count."""
    days = _business_days(schedule, on + DAY, DAY)
    return [next(days) for _ in range(count)][-1]


def first_business_moment(schedule: Schedule, *, after: datetime, at: time) -> datetime:
    """Return the first instant not before *after* at which it is *at* o'clock on a business day (PH6: 08:00)."""
    days = _business_days(schedule, local_date(after, schedule.zone), DAY)
    moments = (local_instant(day, at, schedule.zone) for day in days)
    return next(moment for moment in moments if moment >= after)


def _business_days(schedule: Schedule, on: date, step: timedelta) -> Iterator[date]:
    special = dict(schedule.calendar.special)
    closed = 0
    while closed < SHUT_AFTER_DAYS:
        closed += 1
        if _hours(schedule, special, on):
            closed = 0
            yield on
        on += step
    raise _shut(schedule)


def _hours(schedule: Schedule, special: Mapping[date, tuple[Opening, ...]], on: date) -> tuple[Opening, ...]:
    if schedule.calendar.is_around_the_clock:
        return (Opening(0, MINUTES_A_DAY),)
    if on in special:
        return special[on]
    return () if on in schedule.holidays else schedule.calendar.weekly[on.weekday()]


def _shut(schedule: Schedule) -> ConfigurationError:
    return ConfigurationError(f"Calendar {schedule.calendar.name} stays closed for years: look at its holidays.")


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant between two at which the wall clock jumped; clocks change at whole seconds."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _layout(schedule: Schedule, since: int, until: int) -> _Layout:
    """Return the layout kept in memory, made or made longer so that it covers both instants."""
    kept = schedule._memory[0] if schedule._memory else None  # noqa: SLF001 - the schedule's own module
    if kept and kept.since <= since and until < kept.until:
        return kept
    first = local_date(EPOCH + since * MICROSECOND, schedule.zone) - SPARE_DAYS * DAY
    last = local_date(EPOCH + until * MICROSECOND, schedule.zone) + SPARE_DAYS * DAY
    if kept:
        first, last = min(first, kept.first), max(last, kept.last)
    return _remember(schedule, first, last)


def _extended(schedule: Schedule, layout: _Layout) -> _Layout:
    """Return a longer layout, or raise if the calendar has been closed for too long to believe in another opening."""
    idle_since = layout.ends[-1] if layout.ends else layout.since
    if layout.until - idle_since > SHUT_AFTER_DAYS * DAY // MICROSECOND:
        raise _shut(schedule)
    return _remember(schedule, layout.first, layout.last + (layout.last - layout.first))


def _remember(schedule: Schedule, first: date, last: date) -> _Layout:
    """Lay out the windows of the local dates from *first* to before *last*, merged, and keep them.

    The list's only item is replaced at once, so that threads see the old layout or the new one, each complete.
    """
    since = (local_instant(first, time.min, schedule.zone) - EPOCH) // MICROSECOND
    until = (local_instant(last, time.min, schedule.zone) - EPOCH) // MICROSECOND
    starts: list[int] = []
    ends: list[int] = []
    for raw_start, raw_end in sorted(_windows(schedule, first - 2 * DAY, last)):
        start, end = max(raw_start, since), min(raw_end, until)
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        elif start < end:
            starts.append(start)
            ends.append(end)
    done = [0]
    for start, end in zip(starts, ends, strict=True):
        done.append(done[-1] + end - start)
    layout = _Layout(first, last, since, until, starts, ends, done[:-1])
    schedule._memory[:] = [layout]  # noqa: SLF001 - the schedule's own module
    return layout


def _windows(schedule: Schedule, first: date, last: date) -> Iterator[tuple[int, int]]:
    special = dict(schedule.calendar.special)
    for number in range((last - first).days):
        on = first + number * DAY
        for opening in _hours(schedule, special, on):
            start = _wall(on, opening.opens, schedule.zone, second=False)
            end = _wall(on, opening.closes, schedule.zone, second=True)
            yield (start - EPOCH) // MICROSECOND, (end - EPOCH) // MICROSECOND


def _wall(on: date, minutes: int, zone: ZoneInfo, *, second: bool) -> datetime:
    days, rest = divmod(minutes, MINUTES_A_DAY)
    return local_instant(on + days * DAY, time(*divmod(rest, MINUTES_AN_HOUR)), zone, second=second)


@lru_cache(maxsize=1024)
def _schedule_of(text: str) -> Schedule:
    facts = json.loads(text)
    return Schedule(
        calendar=BusinessCalendar(
            name=facts["name"],
            weekly=tuple(tuple(Opening(*pair) for pair in day) for day in facts["weekly"]),
            special=tuple(
                (date.fromisoformat(on), tuple(Opening(*pair) for pair in day)) for on, day in facts["special"]
            ),
            is_around_the_clock=facts["around_the_clock"],
        ),
        zone=ZoneInfo(facts["zone"]),
        holidays=frozenset(map(date.fromisoformat, facts["holidays"])),
    )
