"""The launch's calendar of phases: a pure function of its plan and of append-only plan events (domain.md PH1–PH8)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Phase(StrEnum):
    """Where a launch stands. The order of `STRENGTH` decides which launch a mail belongs to (PH7)."""

    PRE_LIVE = "pre_live"
    HYPERCARE = "hypercare"
    TRANSITION = "transition"
    STANDARD = "standard"


#: Strongest first (PH7).
STRENGTH = (Phase.HYPERCARE, Phase.TRANSITION, Phase.STANDARD, Phase.PRE_LIVE)


class PlanEventKind(StrEnum):
    """How a plan may change (PH5). `replan` sets other lengths before go-live (`#launch` again)."""

    EXTEND = "extend"
    EXIT_EARLY = "exit_early"
    PAUSE = "pause"
    RESUME = "resume"
    ROLLBACK = "rollback"
    RELAPSE = "relapse"
    MOVE_GO_LIVE = "move_go_live"
    REPLAN = "replan"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent:
    """One recorded change of a plan; it never takes effect before `recorded_at`.

    extend and relapse take `days`; exit_early `effective_on` (its local midnight); rollback and move_go_live
    `go_live_at`; replan the two lengths.
    """

    kind: PlanEventKind
    recorded_at: datetime
    days: int | None = None
    effective_on: date | None = None
    go_live_at: datetime | None = None
    hypercare_end_day: int | None = None
    transition_end_day: int | None = None
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A phase and the instant, in UTC, from which it holds."""

    phase: Phase
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePlan:
    """When each phase of a launch begins, in the launch's own zone, with all that was recorded since (PH2–PH5).

    Each question takes the instant asked about and heeds only what was recorded by then, so that the past never
    changes. `profiles.plan_for` makes plans.
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
        raise NotImplementedError

    def phase_at(self, instant: datetime) -> Phase:
        """Return the phase at *instant*; boundaries are local midnights, half-open, go-live is an instant."""
        raise NotImplementedError

    def day_index(self, instant: datetime) -> int:
        """Return the local date's distance from the go-live date, without the days that the plan was paused."""
        raise NotImplementedError

    def is_paused(self, instant: datetime) -> bool:
        """Say whether the day counter stands still at *instant*."""
        raise NotImplementedError

    def is_taper(self, instant: datetime) -> bool:
        """Say whether new tickets begin to go to the receiving team: last half of focused14, or transition (PH8)."""
        raise NotImplementedError

    def nudge_level(self, instant: datetime) -> int:
        """Return how much we encourage the client to write to support@: 0 nothing … 3 plain rule (PH8)."""
        raise NotImplementedError

    def receiving_share(self, instant: datetime) -> int:
        """Return the percentage of new tickets that goes to the receiving team at *instant* (GT6)."""
        raise NotImplementedError

    def boundaries(self, as_of: datetime | None = None) -> tuple[Boundary, ...]:
        """Return when each phase after pre_live begins, as planned by what was recorded up to *as_of* (else all)."""
        raise NotImplementedError

    def end_of(self, phase: Phase, as_of: datetime | None = None) -> datetime | None:
        """Return when *phase* ends by the plan, None if it has no end or is not part of the plan."""
        raise NotImplementedError


FOREVER = datetime.max.replace(tzinfo=UTC)
