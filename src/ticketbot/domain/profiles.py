"""Profiles: how long each phase lasts by complexity, and what the period holds (domain.md PH1, PH2).

The texts of the three that exist by default stand in `profile_texts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain import profile_texts
from ticketbot.domain.calendars import local_instant
from ticketbot.domain.phases import Phase
from ticketbot.domain.plans import PhasePlan

#: Suggested points (PH2): the most that integrations and modules count, and up to how many points each complexity goes.
MOST_POINTS_EACH = 3
MANY_USERS = 500


class Complexity(StrEnum):
    """How much a launch involves; a person decides, points suggest."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


POINTS: tuple[tuple[int, Complexity], ...] = ((2, Complexity.LOW), (5, Complexity.MEDIUM), (8, Complexity.HIGH))


class HandoverAt(StrEnum):
    """At which end the receiving team takes over."""

    GO_LIVE = "go_live"
    END_OF_HYPERCARE = "end_of_hypercare"
    END_OF_TRANSITION = "end_of_transition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """The local days after go-live at which hypercare and transition end (PH2)."""

    hypercare_end_day: int
    transition_end_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of launch: lengths, switches, and texts by locale that WELCOME and READY print.

    `calm_hours` without a P1 before the exit are the desk's (`GateRules`) unless given.
    """

    name: str
    lengths: Mapping[Complexity, Length]
    handover_at: HandoverAt
    replaces_calendars: Mapping[str, str] = field(default_factory=dict)
    has_standup: bool = True
    has_daily: bool = True
    calm_hours: float | None = None
    taper_from_percent: int | None = None
    nudge_from_percent: int = 50
    min_transition_days: int = 30
    included: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    objectives: Mapping[str, Mapping[Phase, tuple[str, ...]]] = field(default_factory=dict)
    activities: Mapping[str, Mapping[Phase, tuple[tuple[str, tuple[str, ...]], ...]]] = field(default_factory=dict)


def _lengths(*days: tuple[int, int]) -> dict[Complexity, Length]:
    return {
        complexity: Length(hypercare_end_day=hypercare, transition_end_day=transition)
        for complexity, (hypercare, transition) in zip(Complexity, days, strict=True)
    }


FOCUSED14 = Profile(
    name="focused14",
    lengths=_lengths((7, 7), (14, 14), (21, 21), (30, 30)),
    handover_at=HandoverAt.END_OF_HYPERCARE,
    replaces_calendars={"A": "X"},
    has_standup=False,
    has_daily=False,
    calm_hours=120,
    taper_from_percent=50,
    nudge_from_percent=25,
    included=profile_texts.FOCUSED14_INCLUDED,
    excluded=profile_texts.FOCUSED14_EXCLUDED,
)
COMMAND30_90 = Profile(
    name="command30_90",
    lengths=_lengths((14, 60), (30, 90), (45, 105), (60, 120)),
    handover_at=HandoverAt.END_OF_TRANSITION,
    included=profile_texts.COMMAND30_90_INCLUDED,
    excluded=profile_texts.COMMAND30_90_EXCLUDED,
    objectives=profile_texts.COMMAND30_90_OBJECTIVES,
    activities=profile_texts.COMMAND30_90_ACTIVITIES,
)
NONE = Profile(
    name="none",
    lengths=_lengths((0, 0), (0, 0), (0, 0), (0, 0)),
    handover_at=HandoverAt.GO_LIVE,
    has_standup=False,
    has_daily=False,
    included=profile_texts.NONE_INCLUDED,
    excluded=profile_texts.NONE_EXCLUDED,
)
PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (FOCUSED14, COMMAND30_90, NONE)}


def needs_reason(
    profile: Profile, *, is_customised: bool, complexity: Complexity, hypercare_days: int | None = None
) -> bool:
    """Say whether a plan overrides the rule that only a customised launch gets hypercare (PH1)."""
    days = profile.lengths[complexity].hypercare_end_day if hypercare_days is None else hypercare_days
    return not is_customised and days > 0


def plan_for(
    profile: Profile,
    *,
    go_live: datetime,
    zone: ZoneInfo,
    complexity: Complexity = Complexity.MEDIUM,
    hypercare_end_day: int | None = None,
    transition_end_day: int | None = None,
    min_transition_days: int | None = None,
) -> PhasePlan:
    """Return the first plan of a launch that goes live at the naive wall time *go_live* of *zone* (PH1 to PH3).

    Lengths come from the complexity unless given; a hypercare that is given longer moves a transition that it meets.
    """
    usual = profile.lengths[complexity]
    hypercare = usual.hypercare_end_day if hypercare_end_day is None else hypercare_end_day
    has_transition = usual.transition_end_day > usual.hypercare_end_day
    least = profile.min_transition_days if min_transition_days is None else min_transition_days
    earliest = hypercare + least if has_transition else hypercare
    planned = max(usual.transition_end_day, earliest) if has_transition else hypercare
    return PhasePlan(
        go_live_at=local_instant(go_live.date(), go_live.time(), zone),
        zone=zone,
        hypercare_end_day=hypercare,
        transition_end_day=max(hypercare, planned if transition_end_day is None else transition_end_day),
        min_transition_days=least,
        taper_from_percent=profile.taper_from_percent,
        nudge_from_percent=profile.nudge_from_percent,
    )


def profile_name(*, customised: bool, chosen: str | None) -> str:
    """Return which profile applies: the one chosen, else none for what is not customised, else focused14 (PH1)."""
    if chosen is not None:
        return chosen
    return FOCUSED14.name if customised else NONE.name


def suggested_complexity(
    *, integrations: int, custom_modules: int, migrates_data: bool, second_country: bool, users: int
) -> Complexity:
    """Return the complexity that PH2's points suggest."""
    points = (
        min(integrations, MOST_POINTS_EACH)
        + min(custom_modules, MOST_POINTS_EACH)
        + migrates_data
        + second_country
        + (users > MANY_USERS)
    )
    return next((complexity for most, complexity in POINTS if points <= most), Complexity.VERY_HIGH)
