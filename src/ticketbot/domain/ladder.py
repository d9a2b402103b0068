"""The reminder ladder: which share of a promise is used, who is told, and when it may reach them (domain.md SL6, SL8).

The share used is 1 - R/T, with R the working time left and T the clock's present target. A threshold p below 100 lies
where R = (1 - p/100)·T, 100 at the due instant, p above it at due ⊕ (p/100 - 1)·T.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import DAY, add_working, local_instant, worked
from ticketbot.domain.clocks import Clock, ClockState
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName, LadderRules, Policy, QuietHours
from ticketbot.domain.priority import Priority

WHOLE = 100
USUAL = LadderRules()


class Told(StrEnum):
    """Who is told, as a place that people hold."""

    OWNER = "owner"
    ON_CALL = "oncall"
    LEAD = "lead"
    MANAGER = "manager"
    DIRECTOR = "director"


#: Whom a P2 reaches in their quiet hours; a P1 reaches all, P3 and P4 only the one on call (SL8).
REACHED_BY_P2 = frozenset({Told.OWNER, Told.LEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A threshold of a clock and the instant at which it lies. `late_by` is how long ago, for late notices."""

    clock: ClockName
    cycle: int
    percent: int
    at: datetime
    late_by: timedelta = timedelta()

    @property
    def is_breach(self) -> bool:
        """Say whether it is a BREACH (100 and above) or a REMIND."""
        return self.percent >= WHOLE


def thresholds_of(clock: Clock, policy: Policy) -> tuple[Step, ...]:
    """Return every threshold of a clock with its instant, lowest first; none for one that rests or is void.

    What was reached before the present course of the clock began (a raise, the end of a pause) lies at its beginning.
    """
    if clock.due_at is None or clock.state is ClockState.VOID:
        return ()
    percents = policy.update_thresholds if clock.name is ClockName.UPDATE else policy.thresholds[clock.priority]
    return tuple(
        Step(clock=clock.name, cycle=clock.cycle, percent=percent, at=_at(clock, percent, clock.due_at))
        for percent in percents
    )


def due_steps(clock: Clock, policy: Policy, *, recorded: int, now: datetime) -> tuple[Step, ...]:
    """Return what has been reached above *recorded*, the highest percent recorded in this cycle so far.

    Tell of the last one only and record them all: within a cycle percentages only rise, and after an outage the
    highest alone is told. A clock that stopped meanwhile still tells of the miss before.
    """
    return tuple(
        replace(step, late_by=now - step.at)
        for step in thresholds_of(clock, policy)
        if step.percent > recorded and step.at <= now and _ran_at(clock, step)
    )


def next_threshold(clock: Clock, policy: Policy, *, recorded: int) -> datetime | None:
    """Return when a running clock next has something to tell, in the past if that is overdue; None if never."""
    if clock.state is not ClockState.RUNNING:
        return None
    return min((step.at for step in thresholds_of(clock, policy) if step.percent > recorded), default=None)


def told(percent: int, *, has_owner: bool, rules: LadderRules = USUAL) -> tuple[Told, ...]:
    """Return who is told at *percent*; in place of an owner the one on call (SL6)."""
    ranks = [(0, Told.OWNER if has_owner else Told.ON_CALL), (rules.lead_from, Told.LEAD)]
    ranks += [(rules.manager_from, Told.MANAGER), (rules.director_from, Told.DIRECTOR)]
    return tuple(who for least, who in ranks if percent >= least)


def lead_role(phase: Phase | None) -> str:
    """Return which staff role is the lead: support lead in standard and without a launch, else hypercare lead (SL6)."""
    return "support_lead" if phase in {None, Phase.STANDARD} else "hypercare_lead"


def send_at(instant: datetime, *, zone: ZoneInfo, priority: Priority, who: Told, quiet: QuietHours) -> datetime:
    """Return when a reminder of *instant* may reach somebody whose wall clock is *zone* (SL8)."""
    reaches_at_once = (
        who is Told.ON_CALL or priority is Priority.P1 or (priority is Priority.P2 and who in REACHED_BY_P2)
    )
    return instant if reaches_at_once else client_send_at(instant, zone=zone, quiet=quiet)


def client_send_at(instant: datetime, *, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return when an automatic mail that answers nobody's act may reach a client: not in their quiet hours (SL8)."""
    local = instant.astimezone(zone)
    begins, ends, at = quiet.begins, quiet.ends, local.time()
    if begins <= ends:
        waits, day = begins <= at < ends, timedelta()
    else:
        waits, day = at >= begins or at < ends, DAY if at >= begins else timedelta()
    return max(instant, local_instant(local.date() + day, ends, zone)) if waits else instant


def bundles(send_ats: Sequence[datetime], *, rules: LadderRules = USUAL) -> tuple[tuple[int, ...], ...]:
    """Return which of one person's mails of reminders, by index and in order of time, go together (SL6).

    Those of one ticket and instant are one mail before they come here.
    """
    waiting = sorted(range(len(send_ats)), key=lambda index: send_ats[index])
    found: list[tuple[int, ...]] = []
    while waiting:
        until = send_ats[waiting[0]] + rules.bundle_within
        near = [index for index in waiting if send_ats[index] < until]
        taken = near if len(near) > rules.bundle_over else near[:1]
        found.append(tuple(taken))
        waiting = waiting[len(taken) :]
    return tuple(found)


def _at(clock: Clock, percent: int, due_at: datetime) -> datetime:
    if percent == WHOLE:
        return max(due_at, clock.measured_from)
    if percent > WHOLE:
        beyond = clock.target * (percent - WHOLE) / WHOLE - clock.late
        return add_working(clock.schedule, start=max(due_at, clock.measured_from), amount=beyond)
    left = worked(clock.schedule, start=clock.measured_from, end=due_at)
    needed = left - clock.target * (WHOLE - percent) / WHOLE
    return add_working(clock.schedule, start=clock.measured_from, amount=needed)


def _ran_at(clock: Clock, step: Step) -> bool:
    """Say whether the clock ran at that instant; a stop at the same one is in time. A kept promise's nudge is moot."""
    return clock.stopped_at is None or (step.is_breach and step.at < clock.stopped_at)
