"""The policy: which row of the table applies, and where a contract, a profile or a language changes it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.ground import POLICY, hours, minutes

from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName, GateRules, default_policy
from ticketbot.domain.priority import Priority


@pytest.mark.parametrize(
    ("phase", "priority", "profile", "first", "calendar"),
    [
        (Phase.HYPERCARE, "P1", "command30_90", minutes(15), "A"),
        (Phase.HYPERCARE, "P1", "focused14", minutes(15), "X"),
        (Phase.HYPERCARE, "P3", "focused14", hours(2), "X"),
        (Phase.TRANSITION, "P1", None, minutes(30), "A"),
        (Phase.PRE_LIVE, "P1", None, minutes(30), "A"),
        (Phase.PRE_LIVE, "P4", "command30_90", hours(8), "B"),
        (Phase.STANDARD, "P1", "none", hours(1), "X"),
        (None, "P4", None, hours(16), "B"),
    ],
)
def test_the_row_that_applies(
    phase: Phase | None, priority: str, profile: str | None, first: timedelta, calendar: str
) -> None:
    found = POLICY.targets_for(phase, Priority(priority), profile=profile)

    assert (found.first_response, found.calendar) == (first, calendar)


def test_a_contract_overrides_the_table_for_its_client_alone() -> None:
    targets = {phase: dict(rows) for phase, rows in POLICY.targets.items()}
    targets[Phase.STANDARD][Priority.P1] = replace(targets[Phase.STANDARD][Priority.P1], first_response=minutes(10))
    policy = replace(POLICY, contracts={"acme": targets})

    found = [
        policy.targets_for(Phase.STANDARD, Priority.P1, client=client).first_response
        for client in ("acme", "borealis", None)
    ]

    assert found == [minutes(10), hours(1), hours(1)]


def test_each_clock_has_its_column() -> None:
    row = POLICY.targets_for(Phase.HYPERCARE, Priority.P1)

    assert {name.value: row.of(name) for name in ClockName} == {
        "FR": minutes(15),
        "NR": minutes(30),
        "RES": hours(4),
        "UPD": hours(1),
    }


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en", "broken"), ("en-GB", "broken"), ("de", "kaputt"), ("de_AT", "kaputt"), ("DE", "kaputt"), ("fr", "broken")],
)
def test_words_come_by_language_and_in_english_where_there_are_none(locale: str, word: str) -> None:
    assert word in POLICY.lexicon(locale).incident


def test_without_a_zone_the_organisation_lives_in_utc() -> None:
    assert default_policy().zone.key == "UTC"


@pytest.mark.parametrize(("profile", "calm"), [("command30_90", 100), ("focused14", 120), ("none", 100)])
def test_a_profile_asks_for_the_desks_calm_or_its_own(profile: str, calm: float) -> None:
    policy = replace(default_policy(), gate=GateRules(p1_quiet_hours=100))

    assert policy.calm_hours(profile) == calm
