"""The promises of a ticket: when each starts, stops, pauses, is raised or lowered (domain.md SL2 to SL5, TK6).

Each function takes all clocks of a ticket and returns all of them again, changed where the rule says so; none is ever
removed. Call one function for one event: `on_pending` and `on_resolved` include the reply that comes with them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ticketbot.domain.calendars import Schedule, add_working, worked
from ticketbot.domain.clocks import (
    Change,
    Clock,
    Clocks,
    ClockState,
    Move,
    Terms,
    clock_facts,
    clock_of,
    current,
    memory_of,
    missed_at,
    move_of,
)
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName

__all__ = [
    "Change",
    "Clock",
    "ClockState",
    "Clocks",
    "Move",
    "Terms",
    "clock_facts",
    "clock_of",
    "current",
    "due_if_resumed",
    "memory_of",
    "missed_at",
    "on_call",
    "on_client_mail",
    "on_kind",
    "on_lowered",
    "on_opened",
    "on_parted",
    "on_pending",
    "on_public_reply",
    "on_raised",
    "on_reopened",
    "on_resolved",
    "on_restored",
    "on_voided",
    "promise",
]

FR, NR, RES, UPD = ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION, ClockName.UPDATE
#: Which kinds make which promise (SL3).
KINDS: Mapping[ClockName, frozenset[TicketKind]] = {
    FR: frozenset(TicketKind) - {TicketKind.FEEDBACK},
    NR: frozenset(TicketKind),
    RES: frozenset({TicketKind.INCIDENT, TicketKind.QUESTION, TicketKind.REQUEST, TicketKind.ALERT}),
    UPD: frozenset({TicketKind.INCIDENT, TicketKind.ALERT}),
}
#: What a raise leaves at least: this, or a quarter of the new target if that is more (SL5).
LEAST_LEFT = timedelta(minutes=5)
LEAST_SHARE = 4


def promise(terms: Terms, name: ClockName) -> timedelta | None:
    """Return what *terms* promise under this name, None for nothing."""
    return terms.targets.of(name) if terms.kind in KINDS[name] else None


def on_opened(*, at: datetime, terms: Terms, cause: str = "received") -> Clocks:
    """Return the promises of a new ticket: FR (not for feedback), RES where the kind has one (SL3)."""
    return _started(_started((), FR, at=at, terms=terms, cause=cause), RES, at=at, terms=terms, cause=cause)


def on_call(*, at: datetime, terms: Terms, cause: str = "call") -> Clocks:
    """Return the promises of a logged call: FR met at the call, UPD and RES running (TK8)."""
    return on_public_reply(on_opened(at=at, terms=terms, cause=cause), at=at, terms=terms, cause=cause)


def on_public_reply(
    clocks: Clocks, *, at: datetime, terms: Terms, is_pending: bool = False, cause: str = "reply"
) -> Clocks:
    """Stop FR, NR and UPD, and start the next UPD (SL3).

    With *is_pending* none starts: the ticket waits (pending_*) or is settled (resolved, closed) (TK6).
    """
    stopped = _stopped(clocks, at=at, names=(FR, NR, UPD))
    return stopped if is_pending else _started(stopped, UPD, at=at, terms=terms, cause=cause)


def on_client_mail(clocks: Clocks, *, at: datetime, terms: Terms, ends_pause: bool = False) -> Clocks:
    """Start NR unless it runs or FR does; *ends_pause*: out of pending_client, RES goes on, a new UPD starts (SL4)."""
    cause = "client wrote"
    if not _live(clocks, FR) and not _live(clocks, NR):
        clocks = _started(clocks, NR, at=at, terms=terms, cause=cause)
    if not ends_pause:
        return clocks
    clocks = _each(clocks, lambda clock: _resumed(clock, at, cause), state=ClockState.PAUSED)
    return clocks if _live(clocks, UPD) else _started(clocks, UPD, at=at, terms=terms, cause=cause)


def due_if_resumed(clock: Clock, *, at: datetime, is_changed: bool = True) -> datetime | None:
    """Return when a resting clock would be due if it went on at an instant, with or without what waits on it."""
    assert clock.state is ClockState.PAUSED
    return _resumed(clock if is_changed else replace(clock, waiting=()), at, "").due_at


def on_pending(clocks: Clocks, *, at: datetime, is_reply: bool) -> Clocks:
    """Enter pending_client or pending_release: RES keeps its remaining time, the UPD cycle ends (SL4).

    *is_reply*: with text to the client, which stops FR and NR as any reply does.
    """
    stopped = _stopped(clocks, at=at, names=(FR, NR, UPD) if is_reply else (UPD,))
    return _each(stopped, lambda clock: _paused(clock, at), state=ClockState.RUNNING, names=(RES,))


def on_resolved(clocks: Clocks, *, at: datetime) -> Clocks:
    """Stop everything; a paused RES is met if working time remained (SL4)."""
    return _stopped(clocks, at=at, names=tuple(ClockName))


def on_reopened(clocks: Clocks, *, at: datetime, terms: Terms, by_client: bool = True) -> Clocks:
    """Start a new full RES, and NR for a client's mail; UPD waits for the next reply (SL3)."""
    clocks = _stopped(clocks, at=at, names=(RES, UPD))
    if by_client and not _live(clocks, FR) and not _live(clocks, NR):
        clocks = _started(clocks, NR, at=at, terms=terms, cause="reopened")
    return _started(clocks, RES, at=at, terms=terms, cause="reopened")


def on_raised(
    clocks: Clocks,
    *,
    at: datetime,
    terms: Terms,
    cause: str,
    since: datetime | None = None,
    is_pending: bool = False,
) -> Clocks:
    """Raise FR, NR and RES to *terms* (priority up, or hypercare entered): never later, never in the past (SL5).

    With *since* (when the ticket was received or last reopened) a RES that the old terms did not promise begins; it
    rests at once where the ticket *is_pending*.
    """
    clocks = _changed(clocks, at=at, terms=terms, cause=cause, is_raise=True)
    if since is None or _live(clocks, RES):
        return clocks
    return _joined(clocks, RES, since=since, at=at, terms=terms, cause=cause, is_pending=is_pending)


def on_lowered(clocks: Clocks, *, at: datetime, terms: Terms, cause: str) -> Clocks:
    """Lower FR, NR and RES to *terms*: never earlier; what is missed stays missed (SL5)."""
    return _changed(clocks, at=at, terms=terms, cause=cause, is_raise=False)


def on_kind(
    clocks: Clocks, *, at: datetime, terms: Terms, since: datetime, cause: str, is_pending: bool = False
) -> Clocks:
    """Void the promises that the new kind does not make and begin those it makes from *since* (`#kind`).

    A change of priority that comes with it is raised or lowered afterwards. UPD begins with the next reply.
    """
    gone = tuple(name for name, kinds in KINDS.items() if terms.kind not in kinds)
    clocks = _each(clocks, lambda clock: _voided(clock, at) if clock.is_live else clock, names=gone)
    for name in (FR, RES):
        latest = current(clocks).get(name)
        if latest is None or latest.state is ClockState.VOID:
            clocks = _joined(clocks, name, since=since, at=at, terms=terms, cause=cause, is_pending=is_pending)
    return clocks


def on_parted(clocks: Clocks, *, at: datetime, wrote_at: datetime) -> Clocks:
    """Void the next answer that a client's mail began, since that mail is a matter of its own (`#split`)."""
    return _each(
        clocks,
        lambda clock: _voided(clock, at) if clock.is_live and clock.started_at == wrote_at else clock,
        names=(NR,),
    )


def on_voided(clocks: Clocks, *, at: datetime) -> Clocks:
    """Void what runs or rests: merged or spam (SL3)."""
    return _each(clocks, lambda clock: _voided(clock, at) if clock.is_live else clock)


def on_restored(clocks: Clocks, *, at: datetime, terms: Terms) -> Clocks:
    """Begin anew, from *at*, the promises that the last voiding ended (`#notspam`); what rested rests again."""
    last = max((clock.voided_at for clock in clocks if clock.voided_at), default=None)
    for clock in clocks:
        if clock.voided_at is not None and clock.voided_at == last:
            clocks = _started(clocks, clock.name, at=at, terms=terms, cause="restored")
            if clock.remaining is not None:
                clocks = _each(clocks, lambda clock: _paused(clock, at), state=ClockState.RUNNING, names=(clock.name,))
    return clocks


def _started(clocks: Clocks, name: ClockName, *, at: datetime, terms: Terms, cause: str) -> Clocks:
    """Add the next cycle of a promise, if *terms* make it."""
    target = promise(terms, name)
    if target is None:
        return clocks
    due_at = add_working(terms.schedule, start=at, amount=target)
    return (*clocks, _new(clocks, name, target, due_at=due_at, started_at=at, at=at, terms=terms, cause=cause))


def _joined(
    clocks: Clocks, name: ClockName, *, since: datetime, at: datetime, terms: Terms, cause: str, is_pending: bool
) -> Clocks:
    """Add a promise that counts from the past, with what a raise would leave of it."""
    target = promise(terms, name)
    if target is None:
        return clocks
    used = worked(terms.schedule, start=since, end=at)
    left = _left_by_raise(target, used)
    due_at = add_working(terms.schedule, start=at, amount=left)
    clock = _new(clocks, name, target, due_at=due_at, started_at=since, at=at, terms=terms, cause=cause,
                 used=used, left=left)  # fmt: skip
    return (*clocks, _paused(clock, at) if is_pending and name is RES else clock)


def _new(
    clocks: Clocks,
    name: ClockName,
    target: timedelta,
    *,
    due_at: datetime,
    started_at: datetime,
    at: datetime,
    terms: Terms,
    cause: str,
    used: timedelta | None = None,
    left: timedelta | None = None,
) -> Clock:
    clock = Clock(
        name=name,
        cycle=1 + max((clock.cycle for clock in clocks if clock.name is name), default=0),
        state=ClockState.RUNNING,
        started_at=started_at,
        due_at=due_at,
        target=target,
        schedule=terms.schedule,
        phase=terms.phase,
        priority=terms.priority,
        running_since=started_at,
        measured_from=at,
    )
    contracted = name in terms.targets.contracted
    begun = move_of(clock, at, due_at, cause, phase=terms.phase, used=used, left=left, by_contract=contracted)
    return replace(clock, history=(begun,))


def _each(
    clocks: Clocks,
    change: Callable[[Clock], Clock],
    *,
    names: tuple[ClockName, ...] = tuple(ClockName),
    state: ClockState | None = None,
) -> Clocks:
    return tuple(change(clock) if clock.name in names and state in {None, clock.state} else clock for clock in clocks)


def _live(clocks: Clocks, name: ClockName) -> bool:
    return any(clock.is_live and clock.name is name for clock in clocks)


def _stopped(clocks: Clocks, *, at: datetime, names: tuple[ClockName, ...]) -> Clocks:
    return _each(clocks, lambda clock: _stop(clock, at) if clock.is_live else clock, names=names)


def _stop(clock: Clock, at: datetime) -> Clock:
    """Stop a clock: met if by its due instant; one that rests is met unless it was late before (SL3, SL4)."""
    breached_at = clock.breached_at
    if clock.due_at is not None and at > clock.due_at:
        breached_at = clock.due_at
    return replace(
        clock, state=ClockState.STOPPED, stopped_at=at, met=breached_at is None, breached_at=breached_at, waiting=()
    )


def _voided(clock: Clock, at: datetime) -> Clock:
    return replace(clock, state=ClockState.VOID, voided_at=at, waiting=())


def _paused(clock: Clock, at: datetime) -> Clock:
    """Rest: what working time is left is kept; lateness is frozen (SL4)."""
    assert clock.due_at is not None
    is_late = at >= clock.due_at
    left = worked(clock.schedule, start=at, end=clock.due_at)
    return replace(
        clock,
        state=ClockState.PAUSED,
        due_at=None,
        remaining=left,
        breached_at=clock.due_at if is_late else None,
        late=clock.late + worked(clock.schedule, start=max(clock.due_at, clock.measured_from), end=at),
        runs=(*clock.runs, (clock.running_since, at)),
        history=(*clock.history, move_of(clock, at, None, "paused", phase=_phase_of(clock), left=left)),
    )


def _resumed(clock: Clock, at: datetime, cause: str) -> Clock:
    """Go on with what was left; a miss stays at its due instant. Then reckon the changes that waited."""
    assert clock.remaining is not None
    due_at = clock.breached_at or add_working(clock.schedule, start=at, amount=clock.remaining)
    running = replace(
        clock,
        state=ClockState.RUNNING,
        due_at=due_at,
        remaining=None,
        running_since=at,
        measured_from=at,
        waiting=(),
        history=(*clock.history, move_of(clock, at, due_at, cause, phase=_phase_of(clock), left=clock.remaining)),
    )
    for change in clock.waiting:
        running = _with(running, change, at)
    return running


def _changed(clocks: Clocks, *, at: datetime, terms: Terms, cause: str, is_raise: bool) -> Clocks:
    """Raise or lower every live FR, NR and RES that the new terms promise; a running UPD keeps its target (SL5)."""

    def changed(clock: Clock) -> Clock:
        target = promise(terms, clock.name)
        if target is None or not clock.is_live:
            return clock
        change = Change(
            at=at,
            is_raise=is_raise,
            target=target,
            schedule=terms.schedule,
            phase=terms.phase,
            priority=terms.priority,
            cause=cause,
            by_contract=clock.name in terms.targets.contracted,
        )
        if clock.state is ClockState.PAUSED:
            return replace(clock, waiting=(*clock.waiting, change))
        return _with(clock, change, at)

    return _each(clocks, changed, names=(FR, NR, RES))


def _with(clock: Clock, change: Change, at: datetime) -> Clock:
    """Return a running clock under new terms, or as it was where its old due instant stands (SL5)."""
    assert clock.due_at is not None
    if at > clock.due_at:
        return clock
    used = _used(clock, at, change.schedule)
    left = _left_by_raise(change.target, used) if change.is_raise else max(change.target - used, timedelta())
    due_at = add_working(change.schedule, start=at, amount=left)
    if (due_at >= clock.due_at) if change.is_raise else (due_at <= clock.due_at):
        return clock
    moved = replace(
        clock,
        due_at=due_at,
        target=change.target,
        schedule=change.schedule,
        priority=change.priority,
        measured_from=at,
    )
    move = move_of(
        moved, at, due_at, change.cause, phase=change.phase, used=used, left=left, by_contract=change.by_contract
    )
    return replace(moved, history=(*clock.history, move))


def _used(clock: Clock, at: datetime, schedule: Schedule) -> timedelta:
    """Return the working time that the clock has run, counted in *schedule*; pauses do not count."""
    spans = (*clock.runs, (clock.running_since, at))
    return sum((worked(schedule, start=start, end=end) for start, end in spans), timedelta())


def _phase_of(clock: Clock) -> Phase:
    """Return the phase of the terms that a clock has now."""
    return clock.history[-1].phase


def _left_by_raise(target: timedelta, used: timedelta) -> timedelta:
    return max(target - used, LEAST_LEFT, target / LEAST_SHARE)
