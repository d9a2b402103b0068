"""`#why`: the arithmetic of a promise, line by line, from the clock's own story and the ticket's events (CM7).

A heading with the due instant, then what began it and under which terms, what moved it and how that was reckoned
(`used 30:00, left max(0, 5:00, 7:30) = 7:30`), and what became of it (`answered by chen · kept, 1 min 30 s to spare`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import worked
from ticketbot.domain.clocks import Change, Clock, ClockState, Move
from ticketbot.domain.openings import AROUND_THE_CLOCK, spoken_day
from ticketbot.domain.policy import ClockName
from ticketbot.domain.sla import LEAST_LEFT, LEAST_SHARE

NAMES: Mapping[ClockName, str] = {
    ClockName.FIRST_RESPONSE: "first answer",
    ClockName.NEXT_RESPONSE: "next answer",
    ClockName.RESOLUTION: "resolution",
    ClockName.UPDATE: "update",
}
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
#: What ended a promise, by the act of the event that came with it; the last that fits is told.
ENDINGS: Mapping[str, str] = {
    "reply": "answered",
    "pending": "the client was asked",
    "release": "a release was named",
    "shipped": "shipped",
    "resolve": "resolved",
    "auto_resolve": "resolved",
    "reopen": "opened again",
    "client_mail": "the client wrote",
    "merge": "merged",
    "spam": "spam",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One event of a ticket: who did what, when."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any]


def explain(clock: Clock, deeds: Sequence[Deed], *, zone: ZoneInfo, now: datetime) -> tuple[str, ...]:
    """Return how a promise came to its due instant, and what became of it; a heading, then a line for each step.

    Times stand in *zone*, with the weekday where the day is another than that of the line before.
    """
    return tuple(_Story(clock, deeds, zone, now).lines())


@dataclass(slots=True)
class _Story:
    clock: Clock
    deeds: Sequence[Deed]
    zone: ZoneInfo
    now: datetime
    day: date | None = None

    def lines(self) -> Iterator[str]:
        clock = self.clock
        due_at = clock.due_at or clock.breached_at
        if due_at is None:
            yield f"{NAMES[clock.name]} has no due time while it rests"
        else:
            yield f"{NAMES[clock.name]} due {self._instant(due_at, always_day=True)}"
            self.day = due_at.astimezone(self.zone).date()
        before: datetime | None = None
        for at, told in self._steps():
            if isinstance(told, Move):
                yield f"{self._time(at)} {self._move(told, before)}"
                before = told.due_at or before
            else:
                yield f"{self._time(at)} {told}"
        yield from self._end()

    def _steps(self) -> list[tuple[datetime, Move | str]]:
        """Return the moves, and between them what could have moved the promise and did not, in order of time."""
        clock = self.clock
        until = clock.stopped_at or clock.voided_at or self.now
        moved = {move.at for move in clock.history}
        first = clock.history[0].at
        stood = [
            (deed.at, f"{_raise_of(deed)} · {self._why_it_stands()}")
            for deed in self.deeds
            if deed.action == "priority" and first < deed.at <= until and deed.at not in moved and not clock.waiting
        ]
        found: list[tuple[datetime, Move | str]] = [*((move.at, move) for move in clock.history), *stood]
        found += [(change.at, _waits(change)) for change in clock.waiting]
        return sorted(found, key=lambda each: each[0])

    def _why_it_stands(self) -> str:
        return "an update keeps its target" if self.clock.name is ClockName.UPDATE else "the due time stands"

    def _move(self, move: Move, before: datetime | None) -> str:
        """Return a line of the story: what happened, under which terms, how it was reckoned, the due instant."""
        cause = self._cause(move)
        if move.due_at is None:
            return f"{cause} · rests with {spoken_span(_shown(move.left, move.at, before))} left"
        due = self._instant(move.due_at)
        if move.used is None and move.left is not None:
            return f"{cause} · goes on with {spoken_span(self._left(move))} of {_target(move, self.zone)} → {due}"
        target = _target(move, self.zone)
        if move.used is None:
            return f"{cause} · {move.priority}{self._severity(move)} · {_word(move.phase)} · {target} → {due}"
        is_lowered = before is not None and move.due_at > before
        used = self._used(move)
        rest = max(move.target - used, timedelta())
        floors = () if is_lowered else (LEAST_LEFT, move.target / LEAST_SHARE)
        reckoned = f"max({', '.join(map(_clock_time, (rest, *floors)))})" if floors else _clock_time(rest)
        left = f" = {_clock_time(self._left(move))}" if floors else ""
        return f"{cause} · {target} · used {_clock_time(used)}, left {reckoned}{left} → {due}"

    def _left(self, move: Move) -> timedelta:
        """Return what was left, as the instants that the line shows have it: each without its fraction."""
        return _shown(move.left, move.at, move.due_at)

    def _used(self, move: Move) -> timedelta:
        """Return what was used likewise; with what is left it makes the target, unless a floor lifts that."""
        assert move.used is not None
        if move.left == move.target - move.used:
            return move.target - self._left(move)
        return _shown(move.used, self.clock.started_at, move.at)

    def _cause(self, move: Move) -> str:
        """Return what moved it, in the words of whoever did."""
        here = [deed for deed in self.deeds if deed.at == move.at]
        ranked = next((deed for deed in here if deed.action == "priority"), None)
        if ranked is not None and move.used is not None:
            return _raise_of(ranked, cause=move.cause)
        who = next((deed.actor for deed in here if deed.action in ("reply", "opened")), None)
        match move.cause:
            case "reply" if who:
                return f"answered by {who}"
            case "call" if who:
                return f"called, logged by {who}"
            case "paused":
                return self._ending(move.at) or "paused"
            case cause:
                return cause

    def _severity(self, move: Move) -> str:
        """Return the severity that a new ticket was given, where its events tell it."""
        opened = next((deed for deed in self.deeds if deed.action == "opened" and deed.at == move.at), None)
        severity = opened.detail.get("severity") if opened is not None else None
        return f" ({severity})" if severity else ""

    def _ending(self, at: datetime) -> str | None:
        """Return who did what at an instant, as far as the events tell."""
        found = None
        for deed in self.deeds:
            act = deed.detail.get("act", "") if deed.action == "state" else deed.action
            if deed.at == at and act in ENDINGS:
                found = f"{ENDINGS[act]} by {deed.actor}" if act != "client_mail" else ENDINGS[act]
        return found

    def _end(self) -> Iterator[str]:
        """Yield what became of it, or how it stands now."""
        clock = self.clock
        match clock.state:
            case ClockState.VOID:
                at = clock.voided_at or self.now
                yield f"{self._time(at)} {self._ending(at) or 'no such promise any more'} · void, counts nowhere"
            case ClockState.STOPPED:
                at = clock.stopped_at or self.now
                yield f"{self._time(at)} {self._ending(at) or 'stopped'} · {self._outcome(at)}"
            case ClockState.PAUSED:
                pass
            case _:
                late = clock.due_at is not None and self.now > clock.due_at
                yield f"{self._time(self.now)} now · {'missed, ' if late else ''}{self._distance(self.now)}"

    def _outcome(self, at: datetime) -> str:
        clock = self.clock
        if clock.met:
            return f"kept, {self._distance(at)}"
        missed_at = clock.breached_at
        if clock.due_at is None and missed_at is not None:
            return f"missed at {self._instant(missed_at)}, before it rested"
        return f"missed, {self._distance(at)}"

    def _distance(self, at: datetime) -> str:
        """Return the working time that is left, or by how much it is too late."""
        clock = self.clock
        if clock.due_at is None:
            return f"{spoken_span(clock.remaining)} to spare"
        if at <= clock.due_at:
            left = worked(clock.schedule, start=_cut(at), end=_cut(clock.due_at))
            return f"{spoken_span(left)} {'left' if clock.state is ClockState.RUNNING else 'to spare'}"
        late = _cut(at) - _cut(clock.due_at)
        return f"{spoken_span(late) if late else 'less than 1 s'} too late"

    def _time(self, at: datetime) -> str:
        """Return when a line happened, to the second, and the day where it is another than that of the line before."""
        local = at.astimezone(self.zone)
        text = f"{local:%H:%M:%S}" if local.date() == self.day else f"{spoken_day(local)} {local:%H:%M:%S}"
        self.day = local.date()
        return text

    def _instant(self, at: datetime, *, always_day: bool = False) -> str:
        """Return an instant within a line, seconds only where there are some."""
        told = spoken_instant(at, zone=self.zone)
        is_today = at.astimezone(self.zone).date() == self.day and not always_day
        return told.rpartition(" ")[2] if is_today else told


def spoken_instant(at: datetime, *, zone: ZoneInfo) -> str:
    """Return an instant with its weekday and day, seconds only where there are some."""
    local = at.astimezone(zone)
    return f"{spoken_day(local)} {local:%H:%M:%S}" if local.second else f"{spoken_day(local)} {local:%H:%M}"


def spoken_target(clock: Clock, *, zone: ZoneInfo) -> str:
    """Return a promise in words: 4 h of Mon to Fri 9 to 17, 30 min around the clock; *zone* is the reader's."""
    return _target(clock.history[-1], zone)


def _raise_of(deed: Deed, *, cause: str = "") -> str:
    """Return a change of priority: the command, who and why; what the rules did has no name beside it."""
    after, reasons = str(deed.detail.get("after", "")), deed.detail.get("reasons", ())
    why = str(reasons[0]) if reasons else ""
    if why.startswith(f"{after}: "):
        return f"#priority {after} ({why.removeprefix(f'{after}: ')})"
    named = cause or f"now {after}"
    who = f"{deed.actor}: " if cause.startswith("#") else ""
    return f"{named} ({who}{why})" if why else named


def _waits(change: Change) -> str:
    return f"{change.cause} · {change.priority}, {spoken_span(change.target)}: reckoned when it goes on"


def _target(move: Move, zone: ZoneInfo) -> str:
    """Return a target in its hours, with all that makes it come out as it does: zone, contract, days that differ."""
    contract = " by contract" if move.by_contract else ""
    if move.hours == AROUND_THE_CLOCK:
        return f"{spoken_span(move.target)} {move.hours}{contract}"
    where = f" ({move.zone})" if move.zone != zone.key else ""
    exceptions = f", {move.exceptions}" if move.exceptions else ""
    return f"{spoken_span(move.target)} of {move.hours}{where}{contract}{exceptions}"


def _word(phase: str) -> str:
    return phase.replace("_", "-")


def _cut(at: datetime) -> datetime:
    """Return an instant as it is shown, without the fraction of its second."""
    return at.replace(microsecond=0)


def _shown(amount: timedelta | None, begun: datetime, ended: datetime | None) -> timedelta:
    """Return a working time so that it fits both instants as they are shown.

    An instant outside the opening hours adds nothing of its own, and so neither does its fraction.
    """
    whole = amount or timedelta()
    first, last = (timedelta(microseconds=at.microsecond if at is not None else 0) for at in (begun, ended))
    fitting = (each for each in (whole + first - last, whole - last, whole + first) if not each % SECOND)
    return next(fitting, whole - whole % SECOND)


def spoken_span(amount: timedelta | None) -> str:
    """Return a span in words: 4 h, 1 h 30 min, 1 min 30 s, 0 s."""
    seconds = (amount or timedelta()) // SECOND
    hours, rest = divmod(seconds, HOUR // SECOND)
    minutes, seconds = divmod(rest, MINUTE // SECOND)
    parts = [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if count]
    return " ".join(parts) or "0 s"


def _clock_time(amount: timedelta | None) -> str:
    """Return a span as a stop watch shows it: 7:30, 1:05:00; nothing is 0."""
    seconds = (amount or timedelta()) // SECOND
    hours, rest = divmod(seconds, HOUR // SECOND)
    minutes, seconds = divmod(rest, MINUTE // SECOND)
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}" if minutes or seconds else "0"
