"""The arithmetic of the digest and of every other report: pure functions over small rows (domain.md §3.3)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule, local_date, local_instant, worked
from ticketbot.domain.clocks import Clock, ClockState
from ticketbot.domain.kinds import Severity, TicketKind
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority

WEEK = timedelta(days=7)
WORKING_DAY = timedelta(hours=8)
AGED_AFTER_DAYS = 5
ARROW_MARGIN = 0.15
#: What share of promises is to be kept (the error budget is the rest).
GOALS: Mapping[ClockName, float] = {ClockName.FIRST_RESPONSE: 0.95, ClockName.RESOLUTION: 0.90}
MAJOR = frozenset({Severity.S1, Severity.S2})

Amount = TypeVar("Amount", timedelta, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of time, half-open."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlap(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of [start, end) lies in the window."""
        return max(min(end, self.end) - max(start, self.start), timedelta())


def week_before(now: datetime, zone: ZoneInfo) -> Window:
    """Return the last whole week, Monday 00:00 to Monday 00:00 on the wall of *zone* (167 to 169 hours)."""
    today = local_date(now, zone)
    monday = today - timedelta(days=today.weekday())
    start, end = (local_instant(on, time.min, zone) for on in (monday - WEEK, monday))
    return Window(start=start, end=end)


def first_digest_on(first_go_live_on: date) -> date:
    """Return the first Monday whose week begins on or after the desk's first go-live (M12)."""
    return first_go_live_on + timedelta(days=-first_go_live_on.weekday() % 7) + WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """A promise as figures see it. `used` is the working time from start to stop without pauses, once it stopped."""

    clock: ClockName
    priority: Priority
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None = None
    met: bool | None = None
    is_void: bool = False
    used: timedelta | None = None


def row_of(clock: Clock) -> ClockRow:
    """Return a clock as a row; the due instant of one that rests is the one it missed, if it did."""
    spans = list(clock.runs)
    if clock.stopped_at and clock.due_at:
        spans.append((clock.running_since, clock.stopped_at))
    used = sum((worked(clock.schedule, start=start, end=end) for start, end in spans), timedelta())
    return ClockRow(
        clock=clock.name,
        priority=clock.priority,
        started_at=clock.started_at,
        due_at=clock.breached_at or clock.due_at,
        stopped_at=clock.stopped_at,
        met=clock.met,
        is_void=clock.state is ClockState.VOID,
        used=used if clock.stopped_at else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a promise ended: kept at its stop, or missed at its due instant."""

    at: datetime
    met: bool


def outcome_of(row: ClockRow, *, now: datetime) -> Outcome | None:
    """Return how a promise ended, None while it may still be kept; void ones count nowhere."""
    if row.is_void:
        return None
    if row.met and row.stopped_at:
        return Outcome(at=row.stopped_at, met=True)
    if row.due_at and row.due_at < now:
        return Outcome(at=row.due_at, met=False)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many promises were kept and how many missed."""

    met: int = 0
    missed: int = 0

    @property
    def count(self) -> int:
        """Return how many ended."""
        return self.met + self.missed

    @property
    def share(self) -> float | None:
        """Return the attainment, None where nothing ended."""
        return ratio(self.met, self.count)


def tally(rows: Iterable[ClockRow], *, window: Window, now: datetime) -> Tally:
    """Return how many of *rows* were kept and missed in the window, by the instant of their outcome."""
    outcomes = [outcome_of(row, now=now) for row in rows]
    ended = [outcome.met for outcome in outcomes if outcome and outcome.at in window]
    return Tally(met=sum(ended), missed=len(ended) - sum(ended))


def attainment(rows: Sequence[ClockRow], *, window: Window, now: datetime) -> dict[ClockName, Tally]:
    """Return the tally of each of the four promises."""
    return {name: tally((row for row in rows if row.clock is name), window=window, now=now) for name in ClockName}


def misses(rows: Iterable[ClockRow], *, window: Window, now: datetime) -> tuple[ClockRow, ...]:
    """Return what was missed in the window, in order of the due instants."""
    found = []
    for row in rows:
        outcome = outcome_of(row, now=now)
        if outcome and not outcome.met and outcome.at in window:
            found.append((outcome.at, row))
    return tuple(row for _, row in sorted(found, key=lambda pair: pair[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many misses a goal allows, and which share of them is used; no share where none is allowed."""

    allowed: float
    burn: float | None


def error_budget(kept: Tally, *, goal: float) -> Budget:
    """Return what a goal allows to be missed and how much of it was."""
    allowed = (1 - goal) * kept.count
    return Budget(allowed=allowed, burn=ratio(kept.missed, allowed))


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """A ticket as figures see it. `ended_at` is when it was merged away; spam counts nowhere."""

    number: int
    kind: TicketKind
    severity: Severity
    priority: Priority
    created_at: datetime
    resolved_at: tuple[datetime, ...] = ()
    reopened_at: tuple[datetime, ...] = ()
    ended_at: datetime | None = None
    paused: timedelta = timedelta()
    replies: int = 0
    owner_changes: int = 0
    is_spam: bool = False
    is_test_gap: bool = False

    def open_spans(self, until: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return when it was open, before *until*."""
        if self.is_spam:
            return ()
        opens = [(at, 0) for at in (self.created_at, *self.reopened_at)]
        closes = [(at, 1) for at in (*self.resolved_at, *([self.ended_at] if self.ended_at else []), until)]
        spans: list[tuple[datetime, datetime]] = []
        start: datetime | None = None
        for at, is_end in sorted(opens + closes):
            if at > until or (start is None and at == until):
                break
            if is_end and start is not None:
                spans.append((start, at))
            start = None if is_end else start or at
        return tuple(spans)

    def is_open_at(self, instant: datetime) -> bool:
        """Say whether it was open at *instant*, by what happened before."""
        settled = [at for at in (*self.resolved_at, *([self.ended_at] if self.ended_at else [])) if at < instant]
        begun = [at for at in (self.created_at, *self.reopened_at) if at < instant]
        return not self.is_spam and bool(begun) and (not settled or max(begun) > max(settled))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What came and went in a window."""

    received: int
    resolved: int
    reopened: int

    @property
    def net(self) -> int:
        """Return by how much the backlog grew, reopenings aside."""
        return self.received - self.resolved


def flow(tickets: Iterable[TicketRow], *, window: Window) -> Flow:
    """Return received, resolved and reopened in the window; merged tickets count as received, spam does not."""
    real = [ticket for ticket in tickets if not ticket.is_spam]
    return Flow(
        received=sum(ticket.created_at in window for ticket in real),
        resolved=sum(at in window for ticket in real for at in ticket.resolved_at),
        reopened=sum(at in window for ticket in real for at in ticket.reopened_at),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is open, and how old in working days."""

    open: int
    median_days: float | None
    oldest_days: float | None
    aged: int


def backlog(tickets: Iterable[TicketRow], *, at: datetime, schedule: Schedule) -> Backlog:
    """Return what is open at an instant; *schedule* is calendar B, in which eight hours make a day."""
    ages = [age_days(ticket, at=at, schedule=schedule) for ticket in tickets if ticket.is_open_at(at)]
    return Backlog(
        open=len(ages),
        median_days=median(ages),
        oldest_days=max(ages, default=None),
        aged=sum(age > AGED_AFTER_DAYS for age in ages),
    )


def age_days(ticket: TicketRow, *, at: datetime, schedule: Schedule) -> float:
    """Return a ticket's age in working days."""
    return worked(schedule, start=ticket.created_at, end=at) / WORKING_DAY


def blocked(tickets: Iterable[TicketRow], *, window: Window) -> timedelta:
    """Return how long S1 and S2 incidents were open in the window, added up."""
    spans = (
        span
        for ticket in tickets
        if ticket.kind is TicketKind.INCIDENT and ticket.severity in MAJOR
        for span in ticket.open_spans(window.end)
    )
    return sum((window.overlap(start, end) for start, end in spans), timedelta())


def mean_time_to_resolve(tickets: Iterable[TicketRow], *, window: Window) -> dict[Priority, timedelta]:
    """Return, by priority, the mean of resolved - received - paused of the incidents last resolved in the window."""
    found: dict[Priority, list[timedelta]] = {}
    for ticket in tickets:
        last = max(ticket.resolved_at, default=None)
        if ticket.kind is TicketKind.INCIDENT and not ticket.is_spam and last and last in window:
            found.setdefault(ticket.priority, []).append(last - ticket.created_at - ticket.paused)
    return {priority: sum(times, timedelta()) / len(times) for priority, times in sorted(found.items())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How work went, as shares of what was resolved; None where nothing was."""

    reopen_rate: float | None
    one_touch: float | None
    hand_offs: float | None


def handling(tickets: Sequence[TicketRow], *, window: Window) -> Handling:
    """Return reopenings, tickets resolved with exactly one reply, and changes of owner, per ticket resolved."""
    went = flow(tickets, window=window)
    settled = [each for each in tickets if not each.is_spam and any(at in window for at in each.resolved_at)]
    return Handling(
        reopen_rate=ratio(went.reopened, went.resolved),
        one_touch=ratio(sum(each.replies == 1 for each in settled), went.resolved),
        hand_offs=ratio(sum(each.owner_changes for each in settled), went.resolved),
    )


def escape_rate(tickets: Iterable[TicketRow]) -> float | None:
    """Return which share of the incidents tests should have found."""
    marks = [ticket.is_test_gap for ticket in tickets if ticket.kind is TicketKind.INCIDENT and not ticket.is_spam]
    return ratio(sum(marks), len(marks))


class Arrow(StrEnum):
    """Where a figure goes."""

    UP = "up"
    LEVEL = "level"
    DOWN = "down"


def arrow(share: float | None, *, margin: float = ARROW_MARGIN) -> Arrow:
    """Return where a figure goes that is *share* of what it was; no share is level."""
    if share is None or 1 - margin < share < 1 + margin:
        return Arrow.LEVEL
    return Arrow.UP if share > 1 else Arrow.DOWN


def inflow_trend(received: int, *, before: Sequence[int]) -> float | None:
    """Return what was received as a share of the mean of the weeks before, None without any."""
    return ratio(received * len(before), sum(before))


def ratio(part: float, whole: float) -> float | None:
    """Return a share, None of nothing."""
    return part / whole if whole else None


def median(values: Iterable[Amount]) -> Amount | None:
    """Return the middle value, the mean of both middle ones, None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return low + (high - low) / 2


def nearest_rank(values: Iterable[Amount], *, percent: int) -> Amount | None:
    """Return the percentile by nearest rank, None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else None
