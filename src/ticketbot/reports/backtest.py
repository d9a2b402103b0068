"""Past promises under another policy: each one's outcome now and then, with the reason, and what it adds up to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.domain.clocks import Clock, ClockState, missed_at
from ticketbot.domain.explain import NAMES, spoken_instant, spoken_span, spoken_target
from ticketbot.domain.policy import ClockName
from ticketbot.reports.tickets import instant


class Fate(StrEnum):
    """What became of a promise."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"
    VOID = "void"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One promise of a ticket as it went, and as it would have gone; either is missing where it was not made."""

    ticket: int
    was: Clock | None
    would: Clock | None
    at: datetime
    is_earlier: bool = False

    @property
    def clock(self) -> Clock:
        """Return the promise, for what both have in common."""
        found = self.was or self.would
        assert found is not None
        return found

    @property
    def fate(self) -> Fate:
        """Return what became of it."""
        return fate_of(self.was, now=self.at)

    @property
    def other_fate(self) -> Fate:
        """Return what would have become of it."""
        return fate_of(self.would, now=self.at)

    @property
    def differs(self) -> bool:
        """Say whether it would have gone otherwise."""
        return self.fate is not self.other_fate

    def reason(self, *, zone: ZoneInfo) -> str:
        """Return why: the target, when it would have been due, when it was done, and whether another file held then."""
        is_other = self.is_earlier and self.differs
        return f"{self._reason(zone)}{'; promised under an earlier version of the desk' if is_other else ''}"

    def _reason(self, zone: ZoneInfo) -> str:
        clock = self.would
        if clock is None:
            return "the other policy makes no such promise"
        due_at = clock.due_at or clock.breached_at
        target = spoken_target(clock, zone=zone)
        if due_at is None:
            return f"{target}, at rest with {spoken_span(clock.remaining)} left"
        told = f"{target}, due {spoken_instant(due_at, zone=zone)}"
        if clock.stopped_at is None:
            return f"{told}, not done yet" if clock.state is not ClockState.VOID else f"{told}, void"
        done = f"done {spoken_instant(clock.stopped_at, zone=zone)}"
        late = clock.stopped_at - due_at
        return f"{told}, {done}" + (f": {spoken_span(late)} too late" if late > timedelta() else "")


def fate_of(clock: Clock | None, *, now: datetime) -> Fate:
    """Return what became of a promise by *now*."""
    if clock is None:
        return Fate.NONE
    if clock.state is ClockState.VOID:
        return Fate.VOID
    if clock.state is ClockState.STOPPED:
        return Fate.MET if clock.met else Fate.MISSED
    return Fate.MISSED if missed_at(clock, now=now) else Fate.OPEN


@dataclass(slots=True, kw_only=True)
class Sum:
    """How many promises of a kind were met and missed, now and then."""

    met: int = 0
    missed: int = 0
    would_meet: int = 0
    would_miss: int = 0


def sums(judged: Sequence[Judged]) -> dict[tuple[ClockName, str], Sum]:
    """Return the sums by promise and priority, in the order in which people read them."""
    found: dict[tuple[ClockName, str], Sum] = {}
    for each in sorted(judged, key=lambda each: (list(NAMES).index(each.clock.name), each.clock.priority.value)):
        total = found.setdefault((each.clock.name, each.clock.priority.value), Sum())
        total.met += each.fate is Fate.MET
        total.missed += each.fate is Fate.MISSED
        total.would_meet += each.other_fate is Fate.MET
        total.would_miss += each.other_fate is Fate.MISSED
    return found


def share(met: int, missed: int) -> float | None:
    """Return the attainment, None where nothing ended."""
    return met / (met + missed) if met + missed else None


def backtest_json(judged: Sequence[Judged], *, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Yield an object for each promise, then one for each promise and priority."""
    for each in judged:
        yield {
            "type": "clock",
            "ticket": f"T-{each.ticket}",
            "clock": each.clock.name.value,
            "cycle": each.clock.cycle,
            "priority": each.clock.priority.value,
            "phase": each.clock.phase.value,
            "started_at": instant(each.clock.started_at),
            "stopped_at": instant(each.clock.stopped_at),
            "now": _outcome(each.was, each.fate),
            "then": _outcome(each.would, each.other_fate),
            "differs": each.differs,
            "reason": each.reason(zone=zone),
        }
    for (name, priority), total in sums(judged).items():
        yield {
            "type": "sum",
            "clock": name.value,
            "priority": priority,
            "now": _attained(total.met, total.missed),
            "then": _attained(total.would_meet, total.would_miss),
        }


def backtest_text(judged: Sequence[Judged], *, zone: ZoneInfo) -> Iterator[str]:
    """Yield the lines that a manager reads: the sums, then every promise that would have gone otherwise."""
    tickets = len({each.ticket for each in judged})
    if not judged:
        yield "no ticket in that time"
        return
    yield f"{_count(len(judged), 'promise')} of {_count(tickets, 'ticket')}; times in {zone.key}"
    yield ""
    yield f"{'promise':13} {'':2}  {'now':>16}   {'then':>16}"
    for (name, priority), total in sums(judged).items():
        now, then = _cell(total.met, total.missed), _cell(total.would_meet, total.would_miss)
        yield f"{NAMES[name]:13} {priority}  {now:>16}   {then:>16}"
    changed = [each for each in judged if each.differs]
    yield ""
    yield f"{_count(len(changed), 'promise')} would have gone otherwise{':' if changed else ''}"
    for each in changed:
        heading = f"T-{each.ticket} {each.clock.priority} {NAMES[each.clock.name]}"
        yield f"  {heading}: {_WORDS[each.fate]} now, {_WORDS[each.other_fate]} then ({each.reason(zone=zone)})"


_WORDS: Mapping[Fate, str] = {
    Fate.MET: "kept",
    Fate.MISSED: "missed",
    Fate.OPEN: "still open",
    Fate.VOID: "void",
    Fate.NONE: "not promised",
}


def _outcome(clock: Clock | None, fate: Fate) -> dict[str, Any]:
    due_at = clock.due_at or clock.breached_at if clock is not None else None
    target = clock.target_minutes if clock is not None else None
    return {"due_at": instant(due_at), "target_minutes": target, "outcome": fate.value}


def _attained(met: int, missed: int) -> dict[str, Any]:
    return {"met": met, "missed": missed, "attainment": share(met, missed)}


def _cell(met: int, missed: int) -> str:
    attained = share(met, missed)
    return f"{met} of {met + missed}, {attained:.0%}" if attained is not None else "-"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
