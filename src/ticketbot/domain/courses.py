"""How a plan stands after some of its events, and what each event does to it (domain.md PH5). `plans` asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import local_date, local_instant
from ticketbot.domain.errors import Conflict
from ticketbot.domain.phases import Phase, PlanEvent, PlanEventKind

#: How long a relapse's hypercare lasts unless its event says so.
RELAPSE_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The plan as it stands after some of its events. `pauses` holds the day of each past pause and its length.

    `held` is the phase that stays, and since when, until somebody says how it ends.
    """

    zone: ZoneInfo
    go_live_at: datetime
    planned_hypercare: int
    planned_transition: int
    hypercare_end_day: int
    transition_end_day: int
    min_transition_days: int
    pauses: tuple[tuple[int, int], ...] = ()
    paused_since: datetime | None = None
    relapse: tuple[datetime, int] | None = None
    held: tuple[Phase, datetime] | None = None

    def midnight(self, day: int) -> datetime:
        """Return the first instant of the local date on which the day counter shows *day*."""
        moved = day + sum(days for paused_on, days in self.pauses if paused_on < day)
        on = local_date(self.go_live_at, self.zone) + timedelta(days=moved)
        return local_instant(on, time.min, self.zone)

    def day_index(self, instant: datetime) -> int:
        """Return what the day counter shows; it stands still during a pause."""
        seen = min(instant, self.paused_since) if self.paused_since else instant
        return self.day_of(local_date(seen, self.zone))

    def day_of(self, on: date) -> int:
        """Return what the day counter shows on a date after all pauses."""
        return (on - local_date(self.go_live_at, self.zone)).days - sum(days for _, days in self.pauses)

    def is_in_relapse(self, instant: datetime) -> bool:
        """Say whether a relapse has opened hypercare again."""
        if self.relapse is None or instant < self.relapse[0]:
            return False
        return instant < self.midnight(self.relapse[1]) or self.stays(Phase.HYPERCARE, instant)

    def stays(self, phase: Phase, instant: datetime) -> bool:
        """Say whether *phase* has no end at *instant*: its gate failed once too often."""
        return self.held is not None and self.held[0] is phase and instant >= self.held[1]

    def phase_at(self, instant: datetime) -> Phase:
        """Return the phase at *instant*; during a pause the one in which it began."""
        seen = min(instant, self.paused_since) if self.paused_since else instant
        if seen < self.go_live_at:
            return Phase.PRE_LIVE
        is_held = self.is_in_relapse(seen) or self.stays(Phase.HYPERCARE, seen)
        if is_held or seen < self.midnight(self.hypercare_end_day):
            return Phase.HYPERCARE
        if self.stays(Phase.TRANSITION, seen) or seen < self.midnight(self.transition_end_day):
            return Phase.TRANSITION
        return Phase.STANDARD

    def is_past(self, percent: int, instant: datetime) -> bool:
        """Say whether this share of the hypercare as first planned is over; a relapse starts afresh."""
        return not self.is_in_relapse(instant) and self.day_index(instant) * 100 >= percent * self.planned_hypercare

    def resumed(self, at: datetime) -> "Course":
        """Return the plan going on at *at*: later boundaries lie as many local days later as it was paused."""
        assert self.paused_since is not None
        days = (local_date(at, self.zone) - local_date(self.paused_since, self.zone)).days
        return replace(self, pauses=(*self.pauses, (self.day_index(self.paused_since), days)), paused_since=None)


def after(course: Course, event: PlanEvent) -> Course:
    """Return the course after *event*, or raise `Conflict` if it makes no sense there."""
    if course.paused_since and event.kind not in {PlanEventKind.RESUME, PlanEventKind.ROLLBACK}:
        raise Conflict("The launch is paused: resume it first.")
    return _EFFECTS[event.kind](course, event, course.phase_at(event.recorded_at))


def _extended(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if event.days <= 0:
        raise Conflict("An extension adds at least one day.")
    if phase is Phase.STANDARD:
        raise Conflict("Standard support has no end to extend: a relapse opens hypercare again.")
    if phase is Phase.TRANSITION:
        return replace(course, transition_end_day=_later(course, course.transition_end_day, event), held=None)
    if course.relapse:
        return replace(course, relapse=(course.relapse[0], _later(course, course.relapse[1], event)), held=None)
    return _with_hypercare_until(course, _later(course, course.hypercare_end_day, event))


def _later(course: Course, end: int, event: PlanEvent) -> int:
    """Return the day that an extension leads to: that many after the end, or after today where the end is over."""
    return max(end, course.day_index(event.recorded_at)) + event.days


def _with_hypercare_until(course: Course, end: int) -> Course:
    """Return the course whose hypercare ends then; transition keeps its end, unless that would leave it too short."""
    has_transition = course.transition_end_day > course.hypercare_end_day
    after = max(course.transition_end_day, end + course.min_transition_days) if has_transition else end
    return replace(course, hypercare_end_day=end, transition_end_day=after, held=None)


def _held(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if phase not in {Phase.HYPERCARE, Phase.TRANSITION}:
        raise Conflict("Only hypercare and transition can stay.")
    if course.held:
        raise Conflict("The phase stays already.")
    return replace(course, held=(phase, event.recorded_at))


def _left_early(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if event.effective_on is None or phase not in {Phase.HYPERCARE, Phase.TRANSITION}:
        raise Conflict("Only hypercare and transition can end early, on a date.")
    day = course.day_of(event.effective_on)
    if course.midnight(day) <= event.recorded_at:
        raise Conflict("A phase cannot end in the past.")
    relapse = course.relapse if phase is Phase.HYPERCARE else None
    end = course.hypercare_end_day if phase is Phase.HYPERCARE else course.transition_end_day
    if day >= (relapse[1] if relapse else end) and not course.held:
        raise Conflict("The phase ends by then anyway.")
    if relapse:
        return replace(course, relapse=(relapse[0], day), held=None)
    if phase is Phase.TRANSITION:
        return replace(course, transition_end_day=day, held=None)
    if course.held:
        return _with_hypercare_until(course, day)
    has_transition = course.transition_end_day > course.hypercare_end_day
    return replace(
        course, hypercare_end_day=day, transition_end_day=course.transition_end_day if has_transition else day
    )


def _relapsed(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if phase not in {Phase.TRANSITION, Phase.STANDARD}:
        raise Conflict("Only a launch that left hypercare can relapse.")
    end = course.day_index(event.recorded_at) + (event.days or RELAPSE_DAYS)
    later = max(course.transition_end_day, end + course.min_transition_days)
    transition = later if course.held else course.transition_end_day
    return replace(course, relapse=(event.recorded_at, end), transition_end_day=transition, held=None)


def _paused(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if phase is Phase.PRE_LIVE:
        raise Conflict("Before go-live there is nothing to pause: move the go-live instead.")
    return replace(course, paused_since=event.recorded_at)


def _resumed(course: Course, event: PlanEvent, _phase: Phase) -> Course:
    if not course.paused_since:
        raise Conflict("The launch is not paused.")
    return course.resumed(event.recorded_at)


def _rolled_back(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if phase is Phase.PRE_LIVE:
        raise Conflict("The launch is not live: move the go-live instead.")
    return _begun_anew(course, event)


def _moved(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if phase is not Phase.PRE_LIVE:
        raise Conflict("The launch is live: only a rollback sets another go-live.")
    return _begun_anew(course, event)


def _begun_anew(course: Course, event: PlanEvent) -> Course:
    if event.go_live_at is None or event.go_live_at <= event.recorded_at:
        raise Conflict("The new go-live must lie in the future.")
    return replace(
        course,
        go_live_at=event.go_live_at.astimezone(UTC),
        hypercare_end_day=course.planned_hypercare,
        transition_end_day=course.planned_transition,
        pauses=(),
        paused_since=None,
        relapse=None,
        held=None,
    )


def _replanned(course: Course, event: PlanEvent, phase: Phase) -> Course:
    hypercare, transition = event.hypercare_end_day, event.transition_end_day
    if hypercare is None or transition is None or not 0 <= hypercare <= transition:
        raise Conflict("A plan's transition ends with or after its hypercare.")
    if phase is not Phase.PRE_LIVE:
        raise Conflict("Lengths are planned before go-live; later the plan is extended or left early.")
    return replace(
        course,
        planned_hypercare=hypercare,
        planned_transition=transition,
        hypercare_end_day=hypercare,
        transition_end_day=transition,
    )


_EFFECTS: Mapping[PlanEventKind, Callable[[Course, PlanEvent, Phase], Course]] = {
    PlanEventKind.EXTEND: _extended,
    PlanEventKind.HOLD: _held,
    PlanEventKind.EXIT_EARLY: _left_early,
    PlanEventKind.PAUSE: _paused,
    PlanEventKind.RESUME: _resumed,
    PlanEventKind.RELAPSE: _relapsed,
    PlanEventKind.ROLLBACK: _rolled_back,
    PlanEventKind.MOVE_GO_LIVE: _moved,
    PlanEventKind.REPLAN: _replanned,
}
