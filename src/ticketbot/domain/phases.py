"""The words of a launch's plan: phases, their boundaries, and what may change a plan (domain.md PH3 to PH5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where a launch stands."""

    PRE_LIVE = "pre_live"
    HYPERCARE = "hypercare"
    TRANSITION = "transition"
    STANDARD = "standard"


#: Strongest first: which launch of a client a mail belongs to (PH7).
STRENGTH = (Phase.HYPERCARE, Phase.TRANSITION, Phase.STANDARD, Phase.PRE_LIVE)


#: Who extends a plan where its gate does.
GATE = "gate"


class PlanEventKind(StrEnum):
    """How a plan may change (PH5). `replan` sets other lengths before go-live (`#launch` again).

    `hold` lets the present phase stay until somebody extends or ends it: a gate that failed once too often (GT4).
    """

    EXTEND = "extend"
    HOLD = "hold"
    EXIT_EARLY = "exit_early"
    PAUSE = "pause"
    RESUME = "resume"
    ROLLBACK = "rollback"
    RELAPSE = "relapse"
    MOVE_GO_LIVE = "move_go_live"
    REPLAN = "replan"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent:
    """One recorded change of a plan; it never takes effect before `recorded_at`. `by` is a person, or `GATE`.

    extend takes `days`, relapse may; exit_early takes `effective_on` (its local midnight); rollback and move_go_live
    take `go_live_at`; replan takes the two lengths.
    """

    kind: PlanEventKind
    recorded_at: datetime
    days: int = 0
    effective_on: date | None = None
    go_live_at: datetime | None = None
    hypercare_end_day: int | None = None
    transition_end_day: int | None = None
    reason: str = ""
    by: str = ""


def event_detail(event: PlanEvent) -> dict[str, Any]:
    """Return what the event says beside kind and instant, as plain values for JSON; `event_of` takes it back."""
    detail = {
        "days": event.days or None,
        "effective_on": event.effective_on and event.effective_on.isoformat(),
        "go_live_at": event.go_live_at and event.go_live_at.astimezone(UTC).isoformat(),
        "hypercare_end_day": event.hypercare_end_day,
        "transition_end_day": event.transition_end_day,
        "reason": event.reason or None,
        "by": event.by or None,
    }
    return {name: value for name, value in detail.items() if value is not None}


def event_of(kind: str, *, recorded_at: datetime, detail: Mapping[str, Any]) -> PlanEvent:
    """Return the event that the store keeps in these columns."""
    values = dict(detail)
    if "effective_on" in values:
        values["effective_on"] = date.fromisoformat(values["effective_on"])
    if "go_live_at" in values:
        values["go_live_at"] = datetime.fromisoformat(values["go_live_at"])
    return PlanEvent(kind=PlanEventKind(kind), recorded_at=recorded_at, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A phase and the instant, in UTC, from which it holds."""

    phase: Phase
    at: datetime
