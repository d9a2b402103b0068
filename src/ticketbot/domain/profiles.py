"""Profiles: how long each phase lasts by complexity, and what the period holds and does not hold (domain.md PH1, PH2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.phases import Phase, PhasePlan


class Complexity(StrEnum):
    """How much a launch involves; a person decides, points suggest."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class HandoverAt(StrEnum):
    """At which end the receiving team takes over."""

    END_OF_HYPERCARE = "end_of_hypercare"
    END_OF_TRANSITION = "end_of_transition"
    GO_LIVE = "go_live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """The local days after go-live at which hypercare and transition end (PH2)."""

    hypercare_end_day: int
    transition_end_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of launch: lengths, switches, and texts by locale that WELCOME prints."""

    name: str
    lengths: Mapping[Complexity, Length]
    handover_at: HandoverAt
    replaces_calendars: Mapping[str, str] = field(default_factory=dict)
    has_standup: bool = True
    has_daily: bool = True
    calm_hours: int = 168
    taper_from_percent: int | None = None
    nudge_from_percent: int = 50
    min_transition_days: int = 30
    included: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    objectives: Mapping[str, Mapping[Phase, tuple[str, ...]]] = field(default_factory=dict)
    activities: Mapping[str, Mapping[Phase, tuple[tuple[str, tuple[str, ...]], ...]]] = field(default_factory=dict)


def plan_for(
    profile: Profile,
    *,
    go_live: datetime,
    zone: ZoneInfo,
    complexity: Complexity = Complexity.MEDIUM,
    hypercare_end_day: int | None = None,
    transition_end_day: int | None = None,
) -> PhasePlan:
    """Return the first plan of a launch that goes live at the naive wall time *go_live* of *zone* (PH1–PH3).

    Lengths come from the complexity unless given.
    """
    raise NotImplementedError


def profile_name(*, customised: bool, chosen: str | None) -> str:
    """Return which profile applies: nothing customised means `none` unless somebody chose otherwise (PH1)."""
    raise NotImplementedError


def suggested_complexity(
    *, integrations: int, custom_modules: int, migrates_data: bool, second_country: bool, users: int
) -> Complexity:
    """Return the complexity that PH2's points suggest."""
    raise NotImplementedError
