"""Profiles: lengths by complexity, and what they print."""

from datetime import datetime

import pytest
from tests.domain.ground import BERLIN, at

from ticketbot.domain.phases import Phase
from ticketbot.domain.profiles import (
    COMMAND30_90,
    FOCUSED14,
    NONE,
    PROFILES,
    Complexity,
    Profile,
    needs_reason,
    plan_for,
    profile_name,
    suggested_complexity,
)

GO_LIVE = datetime.fromisoformat("2027-03-01 06:00")


@pytest.mark.parametrize(
    ("profile", "complexity", "hypercare", "transition"),
    [
        (FOCUSED14, Complexity.LOW, 7, 7),
        (FOCUSED14, Complexity.MEDIUM, 14, 14),
        (FOCUSED14, Complexity.HIGH, 21, 21),
        (FOCUSED14, Complexity.VERY_HIGH, 30, 30),
        (COMMAND30_90, Complexity.LOW, 14, 60),
        (COMMAND30_90, Complexity.MEDIUM, 30, 90),
        (COMMAND30_90, Complexity.HIGH, 45, 105),
        (COMMAND30_90, Complexity.VERY_HIGH, 60, 120),
        (NONE, Complexity.VERY_HIGH, 0, 0),
    ],
)
def test_complexity_sets_the_lengths(profile: Profile, complexity: Complexity, hypercare: int, transition: int) -> None:
    plan = plan_for(profile, go_live=GO_LIVE, zone=BERLIN, complexity=complexity)

    assert (plan.hypercare_end_day, plan.transition_end_day) == (hypercare, transition)
    assert plan.go_live_at == at("2027-03-01 06:00")


@pytest.mark.parametrize(
    ("profile", "hypercare", "transition", "found"),
    [
        (COMMAND30_90, 40, None, (40, 90)),
        (COMMAND30_90, 80, None, (80, 110)),
        (COMMAND30_90, 20, 50, (20, 50)),
        (COMMAND30_90, 60, 50, (60, 60)),
        (FOCUSED14, 10, None, (10, 10)),
        (FOCUSED14, 10, 40, (10, 40)),
    ],
)
def test_lengths_may_be_given(profile: Profile, hypercare: int, transition: int | None, found: tuple[int, int]) -> None:
    plan = plan_for(profile, go_live=GO_LIVE, zone=BERLIN, hypercare_end_day=hypercare, transition_end_day=transition)

    assert (plan.hypercare_end_day, plan.transition_end_day) == found


@pytest.mark.parametrize(
    ("customised", "chosen", "found"),
    [(True, None, "focused14"), (False, None, "none"), (False, "command30_90", "command30_90")],
)
def test_nothing_customised_means_no_hypercare_unless_somebody_chose(
    customised: bool, chosen: str | None, found: str
) -> None:
    assert profile_name(customised=customised, chosen=chosen) == found


@pytest.mark.parametrize(
    ("integrations", "modules", "users", "found"),
    [
        (0, 0, 10, Complexity.LOW),
        (2, 0, 500, Complexity.LOW),
        (2, 0, 501, Complexity.MEDIUM),
        (9, 2, 10, Complexity.MEDIUM),
        (9, 3, 10, Complexity.HIGH),
        (9, 9, 501, Complexity.HIGH),
    ],
)
def test_points_suggest_a_complexity(integrations: int, modules: int, users: int, found: Complexity) -> None:
    assert (
        suggested_complexity(
            integrations=integrations, custom_modules=modules, migrates_data=False, second_country=False, users=users
        )
        is found
    )


def test_everything_at_once_is_very_high() -> None:
    assert (
        suggested_complexity(integrations=3, custom_modules=3, migrates_data=True, second_country=True, users=900)
        is Complexity.VERY_HIGH
    )


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_profile_says_what_it_holds_and_what_not_in_both_languages(profile: Profile, locale: str) -> None:
    assert profile.included[locale]
    assert profile.excluded[locale]


def test_the_command_centres_aims_and_activities_are_said_for_each_phase_in_both_languages() -> None:
    for locale in ("en", "de"):
        assert set(COMMAND30_90.objectives[locale]) == set(Phase) - {Phase.PRE_LIVE}
        assert [len(each) for each in COMMAND30_90.activities[locale].values()] == [4, 4, 3]


@pytest.mark.parametrize(
    ("profile", "is_customised", "days", "needed"),
    [
        (FOCUSED14, True, None, False),
        (FOCUSED14, False, None, True),
        (FOCUSED14, False, 0, False),
        (NONE, False, None, False),
        (NONE, False, 14, True),
        (NONE, True, 14, False),
    ],
)
def test_only_hypercare_without_anything_customised_needs_a_reason(
    profile: Profile, *, is_customised: bool, days: int | None, needed: bool
) -> None:
    found = needs_reason(profile, is_customised=is_customised, complexity=Complexity.MEDIUM, hypercare_days=days)

    assert found is needed
