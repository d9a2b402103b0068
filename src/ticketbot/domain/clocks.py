"""The values of a promise: a clock, its story, the terms it is made of, and its form for the store (contracts.md §4).

`sla` makes and changes them; nothing here decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from ticketbot.domain.calendars import Schedule, schedule_facts, schedule_of
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.openings import spoken_exceptions, spoken_hours
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName, Targets
from ticketbot.domain.priority import Priority

MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


class ClockState(StrEnum):
    """Where a promise stands."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of a clock's story: what set its due instant, with the arithmetic where there was one (`#why`).

    `phase` and `priority` are those of the terms that it moved to, `hours` what their calendar was then, in words.
    `zone` is where those hours count, `exceptions` the days among them that are not as the week has them, in words.
    A beginning has neither `used` nor `left`, unless it counts from the past; a rest and a going on have only `left`.
    """

    at: datetime
    due_at: datetime | None
    cause: str
    target: timedelta
    calendar: str
    phase: Phase
    priority: Priority
    hours: str
    zone: str = ""
    exceptions: str = ""
    by_contract: bool = False
    used: timedelta | None = None
    left: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a promise is made of at one instant: the ticket's kind, phase and priority, and what they promise.

    `schedules` holds the launch's schedules of today by calendar name; clocks keep the one they started with.
    """

    kind: TicketKind
    phase: Phase
    priority: Priority
    targets: Targets
    schedules: Mapping[str, Schedule]

    @property
    def schedule(self) -> Schedule:
        """Return the schedule in which these targets count."""
        return self.schedules[self.targets.calendar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A raise or lowering that reached a paused clock *at* an instant and is reckoned when it runs again."""

    at: datetime

    is_raise: bool
    target: timedelta
    schedule: Schedule
    phase: Phase
    priority: Priority
    cause: str
    by_contract: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One promise.

    `target`, `schedule` and `priority` change together when it is raised or lowered; `phase` is that of its start.
    `due_at` is None while paused; a paused clock keeps its working time in `remaining`. `breached_at` is the due
    instant that passed, set when it stops or pauses late (a running one is asked with `missed_at`). `met` is None
    until it stops. The fields below `history` serve the arithmetic: when the present run began, from when thresholds
    are measured, how late it was then, the runs before pauses, and changes that wait for the end of a pause.
    """

    name: ClockName
    cycle: int
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    target: timedelta
    schedule: Schedule
    phase: Phase
    priority: Priority
    stopped_at: datetime | None = None
    met: bool | None = None
    remaining: timedelta | None = None
    breached_at: datetime | None = None
    voided_at: datetime | None = None
    history: tuple[Move, ...] = ()
    running_since: datetime
    measured_from: datetime
    late: timedelta = timedelta()
    runs: tuple[tuple[datetime, datetime], ...] = ()
    waiting: tuple[Change, ...] = ()

    @property
    def calendar(self) -> str:
        """Return the name of the calendar in which it counts."""
        return self.schedule.calendar.name

    @property
    def target_minutes(self) -> float:
        """Return the target in minutes of working time, whole where it is."""
        return _minutes(self.target)

    @property
    def is_live(self) -> bool:
        """Say whether it runs or rests, and so can still be kept or missed."""
        return self.state in {ClockState.RUNNING, ClockState.PAUSED}


Clocks = tuple[Clock, ...]


def current(clocks: Clocks) -> dict[ClockName, Clock]:
    """Return the latest cycle of each promise."""
    return {clock.name: clock for clock in sorted(clocks, key=lambda clock: clock.cycle)}


def missed_at(clock: Clock, *, now: datetime) -> datetime | None:
    """Return the due instant that the clock missed, None if it has not; void clocks count nowhere."""
    if clock.state is ClockState.VOID:
        return None
    if clock.state is ClockState.RUNNING and clock.due_at and now > clock.due_at:
        return clock.due_at
    return clock.breached_at


def move_of(
    clock: Clock,
    at: datetime,
    due_at: datetime | None,
    cause: str,
    *,
    phase: Phase,
    used: timedelta | None = None,
    left: timedelta | None = None,
    by_contract: bool | None = None,
) -> Move:
    """Return the line of a clock's story for what it is now, its hours in words; a contract stays until it is said."""
    contracted = clock.history[-1].by_contract if by_contract is None else by_contract
    since = at if used is None else clock.started_at
    exceptions = spoken_exceptions(clock.schedule, start=since, end=due_at) if due_at is not None else ""
    return Move(
        at=at,
        due_at=due_at,
        cause=cause,
        target=clock.target,
        calendar=clock.calendar,
        phase=phase,
        priority=clock.priority,
        hours=spoken_hours(clock.schedule.calendar),
        zone=clock.schedule.zone.key,
        exceptions=exceptions,
        by_contract=contracted,
        used=used,
        left=left,
    )


def clock_facts(clock: Clock) -> dict[str, Any]:
    """Return the clock as contracts.md §4 shows it, instants as datetimes; a paused one adds `remaining_minutes`."""
    facts: dict[str, Any] = {
        "clock": clock.name.value,
        "cycle": clock.cycle,
        "state": clock.state.value,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "met": clock.met,
        "target_minutes": clock.target_minutes,
        "calendar": clock.calendar,
        "phase": clock.phase.value,
        "history": [{"at": move.at, "due_at": move.due_at, "cause": move.cause} for move in clock.history],
    }
    if clock.state is ClockState.PAUSED and clock.remaining is not None:
        facts["remaining_minutes"] = _minutes(clock.remaining)
    return facts


def memory_of(clock: Clock) -> dict[str, Any]:
    """Return the whole clock as plain values for JSON; `clock_of` takes it back, to the microsecond."""
    return {
        "name": clock.name.value,
        "cycle": clock.cycle,
        "state": clock.state.value,
        "started_at": _text(clock.started_at),
        "due_at": _text(clock.due_at),
        "target": _count(clock.target),
        "schedule": schedule_facts(clock.schedule),
        "phase": clock.phase.value,
        "priority": clock.priority.value,
        "stopped_at": _text(clock.stopped_at),
        "met": clock.met,
        "remaining": _count(clock.remaining),
        "breached_at": _text(clock.breached_at),
        "voided_at": _text(clock.voided_at),
        "history": [
            {
                "at": _text(move.at),
                "due_at": _text(move.due_at),
                "cause": move.cause,
                "target": _count(move.target),
                "calendar": move.calendar,
                "phase": move.phase.value,
                "priority": move.priority.value,
                "hours": move.hours,
                "zone": move.zone,
                "exceptions": move.exceptions,
                "by_contract": move.by_contract,
                "used": _count(move.used),
                "left": _count(move.left),
            }
            for move in clock.history
        ],
        "running_since": _text(clock.running_since),
        "measured_from": _text(clock.measured_from),
        "late": _count(clock.late),
        "runs": [[_text(start), _text(end)] for start, end in clock.runs],
        "waiting": [
            {
                "at": _text(change.at),
                "is_raise": change.is_raise,
                "target": _count(change.target),
                "schedule": schedule_facts(change.schedule),
                "phase": change.phase.value,
                "priority": change.priority.value,
                "cause": change.cause,
                "by_contract": change.by_contract,
            }
            for change in clock.waiting
        ],
    }


def clock_of(memory: Mapping[str, Any]) -> Clock:
    """Return the clock that `memory_of` wrote."""
    return Clock(
        name=ClockName(memory["name"]),
        cycle=memory["cycle"],
        state=ClockState(memory["state"]),
        started_at=_needed(memory["started_at"]),
        due_at=_instant(memory["due_at"]),
        target=memory["target"] * MICROSECOND,
        schedule=schedule_of(memory["schedule"]),
        phase=Phase(memory["phase"]),
        priority=Priority(memory["priority"]),
        stopped_at=_instant(memory["stopped_at"]),
        met=memory["met"],
        remaining=_amount(memory["remaining"]),
        breached_at=_instant(memory["breached_at"]),
        voided_at=_instant(memory["voided_at"]),
        history=tuple(
            Move(
                at=_needed(move["at"]),
                due_at=_instant(move["due_at"]),
                cause=move["cause"],
                target=move["target"] * MICROSECOND,
                calendar=move["calendar"],
                phase=Phase(move["phase"]),
                priority=Priority(move["priority"]),
                hours=move["hours"],
                zone=move["zone"],
                exceptions=move["exceptions"],
                by_contract=move["by_contract"],
                used=_amount(move["used"]),
                left=_amount(move["left"]),
            )
            for move in memory["history"]
        ),
        running_since=_needed(memory["running_since"]),
        measured_from=_needed(memory["measured_from"]),
        late=memory["late"] * MICROSECOND,
        runs=tuple((_needed(start), _needed(end)) for start, end in memory["runs"]),
        waiting=tuple(
            Change(
                at=_needed(change["at"]),
                is_raise=change["is_raise"],
                target=change["target"] * MICROSECOND,
                schedule=schedule_of(change["schedule"]),
                phase=Phase(change["phase"]),
                priority=Priority(change["priority"]),
                cause=change["cause"],
                by_contract=change["by_contract"],
            )
            for change in memory["waiting"]
        ),
    )


def _minutes(amount: timedelta) -> float:
    minutes = amount / MINUTE
    return int(minutes) if minutes.is_integer() else minutes


def _text(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant is not None else None


def _needed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _count(amount: timedelta | None) -> int | None:
    return amount // MICROSECOND if amount is not None else None


def _amount(count: int | None) -> timedelta | None:
    return count * MICROSECOND if count is not None else None
