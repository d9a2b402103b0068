"""A launch's calendar of phases: a pure function of its plan and of append-only plan events (domain.md PH1 to PH8)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from ticketbot.domain.courses import Course, after
from ticketbot.domain.errors import Conflict
from ticketbot.domain.phases import GATE, Boundary, Phase, PlanEvent, PlanEventKind

#: What says when the present phase ends; the last of them counts.
_ENDING = frozenset({PlanEventKind.EXTEND, PlanEventKind.HOLD, PlanEventKind.EXIT_EARLY})
#: What lets a phase begin anew.
_BEGINNING = frozenset(
    {PlanEventKind.ROLLBACK, PlanEventKind.MOVE_GO_LIVE, PlanEventKind.REPLAN, PlanEventKind.RELAPSE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePlan:
    """When each phase of a launch begins, in the launch's own zone, with all that was recorded since (PH2 to PH5).

    Each question heeds only what was recorded by the instant asked about, so that the past never changes.
    `profiles.plan_for` makes plans.
    """

    go_live_at: datetime
    zone: ZoneInfo
    hypercare_end_day: int = 14
    transition_end_day: int = 14
    min_transition_days: int = 30
    taper_from_percent: int | None = None
    nudge_from_percent: int = 25
    events: tuple[PlanEvent, ...] = ()

    def with_event(self, event: PlanEvent) -> "PhasePlan":
        """Return the plan with *event* recorded, or raise `Conflict` saying why it cannot be."""
        if self.events and event.recorded_at < self.events[-1].recorded_at:
            raise Conflict("A plan event cannot be recorded before the one recorded last.")
        after(self._course(event.recorded_at), event)
        return replace(self, events=(*self.events, event))

    def phase_at(self, instant: datetime) -> Phase:
        """Return the phase at *instant*; boundaries are local midnights, half-open, go-live is an instant."""
        return self._course(instant).phase_at(instant)

    def day_index(self, instant: datetime) -> int:
        """Return the local date's distance from the go-live date, without the days that the plan was paused."""
        return self._course(instant).day_index(instant)

    def is_paused(self, instant: datetime) -> bool:
        """Say whether the day counter stands still at *instant*."""
        return self._course(instant).paused_since is not None

    def stays_since(self, instant: datetime) -> datetime | None:
        """Return since when the present phase stays until a manager says how it ends, None if it has an end (GT4)."""
        if all(event.kind is not PlanEventKind.HOLD for event in self.events):
            return None
        course = self._course(instant)
        return course.held[1] if course.held and course.stays(course.phase_at(instant), instant) else None

    def is_left_early(self, instant: datetime) -> bool:
        """Say whether the present phase ends when somebody said so: its gate was passed, or overruled, by then."""
        last = next((each for each in reversed(self._of_phase(instant)) if each.kind in _ENDING), None)
        return last is not None and last.kind is PlanEventKind.EXIT_EARLY

    def gate_extensions(self, instant: datetime) -> int:
        """Return how often its gate has lengthened the present phase; a relapse counts anew (GT4)."""
        return sum(each.kind is PlanEventKind.EXTEND and each.by == GATE for each in self._of_phase(instant))

    def _of_phase(self, instant: datetime) -> list[PlanEvent]:
        """Return the events of the present phase, oldest first."""
        phase, found = self.phase_at(instant), list[PlanEvent]()
        for event in self.events:
            if event.recorded_at > instant:
                break
            if event.kind in _BEGINNING:
                found = []
            elif self.phase_at(event.recorded_at) is phase:
                found.append(event)
        return found

    def is_taper(self, instant: datetime) -> bool:
        """Say whether support is tapering off: the last half of focused14 as first planned, or transition (PH8)."""
        course = self._course(instant)
        phase = course.phase_at(instant)
        if phase is Phase.HYPERCARE and self.taper_from_percent is not None:
            return course.is_past(self.taper_from_percent, instant)
        return phase is Phase.TRANSITION

    def nudge_level(self, instant: datetime) -> int:
        """Return how much we encourage the client to write to support@: 0 nothing … 3 plain rule (PH8)."""
        course = self._course(instant)
        phase = course.phase_at(instant)
        if phase is not Phase.HYPERCARE:
            return {Phase.PRE_LIVE: 0, Phase.TRANSITION: 2, Phase.STANDARD: 3}[phase]
        return 2 if self.is_taper(instant) else int(course.is_past(self.nudge_from_percent, instant))

    def receiving_share(self, instant: datetime) -> int:
        """Return the percentage of new tickets that goes to the receiving team: by quarter of transition (GT6)."""
        course = self._course(instant)
        phase = course.phase_at(instant)
        if phase is Phase.TRANSITION:
            length = course.transition_end_day - course.hypercare_end_day
            return 25 * (1 + 4 * (course.day_index(instant) - course.hypercare_end_day) // length)
        return 100 if phase is Phase.STANDARD or self.is_taper(instant) else 0

    def planned_share(self, instant: datetime) -> float:
        """Return which share of the present phase's planned days is over (an early exit needs one half, PH5)."""
        course = self._course(instant)
        match course.phase_at(instant):
            case Phase.HYPERCARE if not course.is_in_relapse(instant):
                return course.day_index(instant) / max(1, course.planned_hypercare)
            case Phase.TRANSITION:
                day = course.day_index(instant) - course.hypercare_end_day
                return day / max(1, course.planned_transition - course.planned_hypercare)
            case _:
                return 0.0

    def boundaries(self, as_of: datetime | None = None) -> tuple[Boundary, ...]:
        """Return when each phase after pre_live begins, as planned by what was recorded up to *as_of* (else all).

        While the plan is paused later boundaries lie as if it went on at *as_of*.
        """
        course = self._course(as_of)
        if as_of and course.paused_since:
            course = course.resumed(as_of)
        instants = [course.go_live_at, course.midnight(course.hypercare_end_day)]
        instants.append(course.midnight(course.transition_end_day))
        if course.relapse:
            instants += [course.relapse[0], course.midnight(course.relapse[1])]
        steps = [Boundary(phase=course.phase_at(at), at=at) for at in sorted(instants) if at >= course.go_live_at]
        return (steps[0], *(step for last, step in pairwise(steps) if step.phase != last.phase))

    def next_boundary(self, instant: datetime) -> Boundary | None:
        """Return the next change of phase after *instant*, as planned then; None while paused or for ever standard."""
        if self.is_paused(instant):
            return None
        return next((boundary for boundary in self.boundaries(instant) if boundary.at > instant), None)

    def end_of(self, phase: Phase, as_of: datetime | None = None) -> datetime | None:
        """Return when *phase* last ends by the plan, None if it has no end or is not part of the plan."""
        steps = self.boundaries(as_of)
        if phase is Phase.PRE_LIVE:
            return steps[0].at
        following = [*(step.at for step in steps[1:]), None]
        return next((end for step, end in reversed([*zip(steps, following, strict=True)]) if step.phase is phase), None)

    def _course(self, as_of: datetime | None) -> "Course":
        course = Course(
            zone=self.zone,
            go_live_at=self.go_live_at.astimezone(UTC),
            planned_hypercare=self.hypercare_end_day,
            planned_transition=self.transition_end_day,
            hypercare_end_day=self.hypercare_end_day,
            transition_end_day=self.transition_end_day,
            min_transition_days=self.min_transition_days,
        )
        for event in self.events:
            if as_of is None or event.recorded_at <= as_of:
                course = after(course, event)
        return course


def falls_to(nth: int, *, share: int) -> bool:
    """Return whether the *nth* (1, 2 …) of many falls to those who are to have *share* percent of them, evenly."""
    return nth * share // 100 > (nth - 1) * share // 100
