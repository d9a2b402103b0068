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
    """The plan as it stands after some of its events. `pauses` holds the day of each past pause and its length."""

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
        return self.relapse is not None and self.relapse[0] <= instant < self.midnight(self.relapse[1])

    def phase_at(self, instant: datetime) -> Phase:
        """Return the phase at *instant*; during a pause the one in which it began."""
        seen = min(instant, self.paused_since) if self.paused_since else instant
        if seen < self.go_live_at:
            return Phase.PRE_LIVE
        if self.is_in_relapse(seen) or seen < self.midnight(self.hypercare_end_day):
            return Phase.HYPERCARE
        if seen < self.midnight(self.transition_end_day):
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
        return replace(course, transition_end_day=course.transition_end_day + event.days)
    if course.relapse and course.is_in_relapse(event.recorded_at):
        return replace(course, relapse=(course.relapse[0], course.relapse[1] + event.days))
    end = course.hypercare_end_day + event.days
    has_transition = course.transition_end_day > course.hypercare_end_day
    after = max(course.transition_end_day, end + course.min_transition_days) if has_transition else end
    return replace(course, hypercare_end_day=end, transition_end_day=after)


def _left_early(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if event.effective_on is None or phase not in {Phase.HYPERCARE, Phase.TRANSITION}:
        raise Conflict("Only hypercare and transition can end early, on a date.")
    day = course.day_of(event.effective_on)
    if course.midnight(day) <= event.recorded_at:
        raise Conflict("A phase cannot end in the past.")
    if course.relapse and course.is_in_relapse(event.recorded_at):
        return replace(course, relapse=(course.relapse[0], min(day, course.relapse[1])))
    end = course.hypercare_end_day if phase is Phase.HYPERCARE else course.transition_end_day
    if day >= end:
        raise Conflict("The phase ends by then anyway.")
    if phase is Phase.TRANSITION:
        return replace(course, transition_end_day=day)
    has_transition = course.transition_end_day > course.hypercare_end_day
    return replace(
        course, hypercare_end_day=day, transition_end_day=course.transition_end_day if has_transition else day
    )


def _relapsed(course: Course, event: PlanEvent, phase: Phase) -> Course:
    if phase not in {Phase.TRANSITION, Phase.STANDARD}:
        raise Conflict("Only a launch that left hypercare can relapse.")
    end = course.day_index(event.recorded_at) + (event.days or RELAPSE_DAYS)
    return replace(course, relapse=(event.recorded_at, end))


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
    PlanEventKind.EXIT_EARLY: _left_early,
    PlanEventKind.PAUSE: _paused,
    PlanEventKind.RESUME: _resumed,
    PlanEventKind.RELAPSE: _relapsed,
    PlanEventKind.ROLLBACK: _rolled_back,
    PlanEventKind.MOVE_GO_LIVE: _moved,
    PlanEventKind.REPLAN: _replanned,
}
