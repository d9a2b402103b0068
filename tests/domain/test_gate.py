"""The gate: every blocker and every part of the score by its formula, what follows, and when (GT1 to GT4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.ground import BERLIN, a_schedule, at

from ticketbot.domain.figures import Tally
from ticketbot.domain.gate import (
    Criterion,
    Decision,
    GateFacts,
    GateKind,
    Part,
    Ruling,
    asks_at,
    decide,
    decision_at,
    evaluate,
    forecast,
    leaves_on,
    ready_at,
    ruling_facts,
    suggests_relapse,
)
from ticketbot.domain.policy import GateRules, Timetable

NOON = at("2027-03-30 12:00")
#: Everything is as it should be.
FINE = GateFacts(
    at=NOON,
    first_answers=Tally(met=4),
    resolutions=Tally(met=4),
    inflow_first=5,
    resolved=4,
    ratings=(5,),
    knowledge_done=4,
    knowledge_items=4,
    signed_off_at=NOON,
    accepted_at=NOON,
    shared=4,
    settled=4,
)


def ruling(
    kind: GateKind = GateKind.EXIT, *, calm_hours: float = 168, rules: GateRules | None = None, **facts: Any
) -> Ruling:
    return evaluate(replace(FINE, **facts), kind=kind, rules=rules or GateRules(), calm_hours=calm_hours)


def codes(found: Ruling) -> list[str]:
    return [each.criterion.value for each in found.blockers]


def points(found: Ruling) -> dict[str, float]:
    return {each.part.value: float(each.points) for each in found.parts}


def test_where_all_is_well_every_point_is_earned_and_the_gate_passes() -> None:
    found = ruling()

    assert (found.score, found.passed, codes(found)) == (100, True, [])
    assert points(found) == GateRules().weights


@pytest.mark.parametrize(
    ("facts", "blocker"),
    [
        ({"open_critical": (7,)}, ["G1"]),
        ({"open_high": (7,)}, ["G2"]),
        ({"last_critical_at": NOON - timedelta(hours=167, minutes=59)}, ["G3"]),
        ({"last_critical_at": NOON - timedelta(hours=168)}, []),
        ({"concerns": (7,)}, ["G4"]),
        ({"signed_off_at": None}, []),
        ({"accepted_at": None}, []),
        ({"shared": 0}, []),
        ({"manual": ("the penetration test",)}, ["manual"]),
    ],
)
def test_the_exit_asks_for_four_things_and_what_was_put_before_it(facts: dict[str, Any], blocker: list[str]) -> None:
    found = ruling(**facts)

    assert (codes(found), found.passed) == (blocker, not blocker)


@pytest.mark.parametrize(
    ("facts", "blocker"),
    [
        ({}, []),
        ({"open_critical": (7,), "concerns": (8,)}, ["G1", "G4"]),
        ({"signed_off_at": None}, ["G5"]),
        ({"accepted_at": None}, ["G6"]),
        ({"shared": 18, "settled": 19}, ["G7"]),
        ({"shared": 19, "settled": 20}, []),
        ({"shared": 0, "settled": 0}, []),
    ],
)
def test_the_handover_asks_for_three_more(facts: dict[str, Any], blocker: list[str]) -> None:
    assert codes(ruling(GateKind.HANDOVER, **facts)) == blocker


def test_a_profile_may_ask_for_a_shorter_calm() -> None:
    assert ruling(calm_hours=120, last_critical_at=NOON - timedelta(hours=120)).passed


@pytest.mark.parametrize(
    ("part", "facts", "earned"),
    [
        ("W1", {"first_answers": Tally()}, 20),
        ("W1", {"first_answers": Tally(met=3, missed=1)}, 0),
        ("W1", {"first_answers": Tally(met=7, missed=1)}, 10),
        ("W1", {"first_answers": Tally(met=19, missed=1)}, 20),
        ("W2", {"resolutions": Tally()}, 20),
        ("W2", {"resolutions": Tally(met=3, missed=1)}, 5),
        ("W2", {"resolutions": Tally(met=1, missed=1)}, 0),
        ("W3", {"inflow_first": 5, "inflow_last": 4}, 6),
        ("W3", {"inflow_first": 0, "inflow_last": 0}, 15),
        ("W3", {"inflow_first": 0, "inflow_last": 1}, 0),
        ("W3", {"inflow_first": 4, "inflow_last": 9}, 0),
        ("W4", {"aged": 0}, 10),
        ("W4", {"aged": 1}, 5),
        ("W4", {"aged": 2}, 5),
        ("W4", {"aged": 3}, 0),
        ("W5", {"reopened": 0, "resolved": 0}, 5),
        ("W5", {"reopened": 1, "resolved": 20}, 5),
        ("W5", {"reopened": 3, "resolved": 40}, 2.5),
        ("W5", {"reopened": 1, "resolved": 0}, 0),
        ("W6", {"clusters": 3, "unowned_clusters": 0}, 10),
        ("W6", {"clusters": 3, "unowned_clusters": 1}, 0),
        ("W7", {"ratings": ()}, 5),
        ("W7", {"ratings": (5, 4, 5)}, 10),
        ("W7", {"ratings": (3, 3)}, 0),
        ("W7", {"ratings": (4, 3, 4, 3, 4)}, 5),
        ("W8", {"red_at": NOON - timedelta(hours=71)}, 0),
        ("W9", {"knowledge_done": 1, "knowledge_items": 4}, 1.25),
        ("W9", {"knowledge_done": 0, "knowledge_items": 0}, 0),
    ],
)
def test_each_part_by_its_formula(part: str, facts: dict[str, Any], earned: float) -> None:
    found = ruling(**facts)

    assert points(found)[part] == earned
    assert found.score == pytest.approx(100 - GateRules().weights[part] + earned)


def test_the_gate_that_refuses_as_the_specification_shows_it() -> None:
    facts = GateFacts(
        at=NOON,
        open_high=(16,),
        concerns=(16,),
        last_critical_at=NOON - timedelta(hours=57, minutes=15),
        first_answers=Tally(met=3, missed=1),
        resolutions=Tally(met=3, missed=1),
        inflow_first=5,
        inflow_last=4,
        resolved=3,
        ratings=(5, 5, 4),
        red_at=NOON - timedelta(hours=58),
        knowledge_done=1,
        knowledge_items=4,
    )

    found = evaluate(facts, kind=GateKind.EXIT, rules=GateRules(), calm_hours=168)
    way = forecast(found, facts, calm_hours=168)

    assert points(found) == {
        "W1": 0, "W2": 5, "W3": 6, "W4": 10, "W5": 5, "W6": 10, "W7": 10, "W8": 0, "W9": 1.25,
    }  # fmt: skip
    assert (found.score, found.passed, codes(found)) == (47.25, False, ["G2", "G3", "G4"])
    assert [each.value for each in found.findings] == [0, 1, 57.25, 1]
    assert (way.tickets, way.points) == ((16,), 27.75)
    assert way.earliest_at is not None
    assert way.earliest_at.astimezone(BERLIN).date() == date(2027, 4, 4)


def test_a_ruling_is_told_in_plain_values() -> None:
    told = ruling_facts(ruling(open_high=(7, 9), manual=("the audit",)))

    assert (told["score"], told["threshold"], told["blockers"]) == (100, 75, ["G2", "manual"])
    assert told["criteria"] == {
        "G1": {"met": True, "value": 0, "needed": 0},
        "G2": {"met": False, "value": 2, "needed": 0, "tickets": ["T-7", "T-9"]},
        "G3": {"met": True, "needed": 168},
        "G4": {"met": True, "value": 0, "needed": 0},
        "manual": {"met": False, "texts": ["the audit"]},
    }
    assert told["parts"] == GateRules().weights


def test_a_score_is_not_rounded_before_it_is_judged() -> None:
    third = GateRules(threshold=98.34)

    found = ruling(rules=third, knowledge_done=2, knowledge_items=3)

    assert (found.score, found.passed) == (98.33, False)
    assert found.missing == Fraction("98.34") - Fraction(295, 3)


def test_a_score_that_suffices_to_the_point_suffices() -> None:
    found = ruling(rules=GateRules(threshold=85), inflow_first=2, inflow_last=2)

    assert (found.score, found.passed) == (85, True)


def test_a_score_below_the_threshold_refuses_without_any_blocker() -> None:
    found = ruling(first_answers=Tally(missed=1), resolutions=Tally(missed=1))

    assert (found.score, codes(found), found.passed) == (60, [], False)


def test_a_desk_may_weigh_otherwise() -> None:
    rules = GateRules(weights={**GateRules().weights, "W1": 0, "W2": 40.5})

    assert ruling(rules=rules, first_answers=Tally(missed=1)).score == 100.5


@pytest.mark.parametrize(
    ("facts", "extensions", "decision"),
    [
        ({}, 0, Decision.EXIT),
        ({}, 2, Decision.EXIT),
        ({"concerns": (7,)}, 0, Decision.EXTEND),
        ({"concerns": (7,)}, 1, Decision.EXTEND),
        ({"concerns": (7,)}, 2, Decision.HOLD),
    ],
)
def test_a_gate_that_fails_extends_twice_and_then_asks(
    facts: dict[str, Any], extensions: int, decision: Decision
) -> None:
    assert decide(ruling(**facts), extensions=extensions, rules=GateRules()) is decision


def test_the_forecast_names_what_is_in_the_way_once() -> None:
    facts = replace(
        FINE, open_critical=(3,), open_high=(9, 4), concerns=(9,), signed_off_at=None, accepted_at=None, shared=1,
        manual=("the audit",),
    )  # fmt: skip

    way = forecast(evaluate(facts, kind=GateKind.HANDOVER, rules=GateRules(), calm_hours=168), facts, calm_hours=168)

    assert way.tickets == (3, 4, 9)
    assert way.else_ == (Criterion.SIGN_OFF, Criterion.ACCEPTANCE, Criterion.SELF_SUFFICIENCY)
    assert (way.texts, way.earliest_at, way.points) == (("the audit",), None, 0)


def test_a_gate_that_passes_has_nothing_in_its_way() -> None:
    way = forecast(ruling(), FINE, calm_hours=168)

    assert (way.tickets, way.else_, way.texts, way.earliest_at, way.points) == ((), (), (), None, 0)


@pytest.mark.parametrize(
    ("end", "ready", "decision"),
    [
        ("2027-03-31 00:00", ["2027-03-22 08:00", "2027-03-25 08:00"], "2027-03-30 12:00"),
        ("2027-04-07 00:00", ["2027-03-31 08:00", "2027-04-05 08:00"], "2027-04-06 12:00"),
        ("2027-05-30 00:00", ["2027-05-21 08:00", "2027-05-26 08:00"], "2027-05-28 12:00"),
    ],
)
def test_the_timetable_counts_the_clients_business_days(end: str, ready: list[str], decision: str) -> None:
    schedule = a_schedule("B", holidays=frozenset(date.fromisoformat(each) for each in (
        "2027-03-26", "2027-03-29", "2027-05-01", "2027-05-06", "2027-05-17", "2027-05-27")))  # fmt: skip

    assert list(ready_at(at(end), schedule=schedule, timetable=Timetable())) == [at(each) for each in ready]
    assert decision_at(at(end), schedule=schedule, timetable=Timetable()) == at(decision)


def test_the_timetable_lies_in_the_zone_of_the_launch() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    schedule = a_schedule("B", zone=kolkata, holidays=frozenset())

    found = decision_at(at("2027-03-31 00:00", kolkata), schedule=schedule, timetable=Timetable())

    assert found == datetime(2027, 3, 30, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "leaves"),
    [
        ("2027-03-15 10:00", "2027-03-17"),
        ("2027-03-15 23:59", "2027-03-17"),
        ("2027-03-19 10:00", "2027-03-23"),
        ("2027-03-25 10:00", "2027-03-31"),
    ],
)
def test_an_early_exit_leaves_one_whole_business_day(when: str, leaves: str) -> None:
    assert leaves_on(at(when), schedule=a_schedule("B")) == date.fromisoformat(leaves)


@pytest.mark.parametrize(
    ("after", "asked"),
    [
        ("2027-03-30 12:00", "2027-03-31 12:00"),
        ("2027-03-31 11:59", "2027-03-31 12:00"),
        ("2027-03-31 12:00", "2027-04-01 12:00"),
        ("2027-04-09 23:00", "2027-04-10 12:00"),
    ],
)
def test_the_manager_is_asked_daily_while_a_phase_stays(after: str, asked: str) -> None:
    found = asks_at(NOON, after=at(after), schedule=a_schedule("B"), timetable=Timetable())

    assert found == at(asked)


@pytest.mark.parametrize(
    ("criticals", "score", "when", "suggested"),
    [
        (("2027-04-02 10:00", "2027-04-05 10:00"), 90, "2027-04-05 12:00", True),
        (("2027-04-02 10:00", "2027-04-05 10:01"), 90, "2027-04-05 12:00", False),
        (("2027-03-30 10:00", "2027-04-01 10:00"), 90, "2027-04-05 12:00", False),
        ((), 49.99, "2027-04-05 12:00", True),
        ((), 50, "2027-04-05 12:00", False),
        ((), 10, "2027-05-01 12:00", False),
        ((), 10, "2027-03-30 12:00", False),
    ],
)
def test_a_relapse_is_suggested_soon_after_the_exit(
    criticals: tuple[str, ...], score: float, when: str, suggested: bool
) -> None:
    seen = tuple(at(each) for each in criticals)

    assert suggests_relapse(seen, exited_at=at("2027-03-31 00:00"), score=score, at=at(when)) is suggested


@given(
    met=st.integers(0, 50),
    missed=st.integers(0, 50),
    first=st.integers(0, 50),
    last=st.integers(0, 50),
    aged=st.integers(0, 9),
    reopened=st.integers(0, 20),
    resolved=st.integers(0, 50),
    ratings=st.lists(st.integers(1, 5), max_size=9),
)
def test_a_score_lies_between_nothing_and_all_and_a_miss_never_adds_to_it(
    *, met: int, missed: int, first: int, last: int, aged: int, reopened: int, resolved: int, ratings: list[int]
) -> None:
    facts: dict[str, Any] = {
        "resolutions": Tally(met=met, missed=missed),
        "inflow_first": first,
        "inflow_last": last,
        "aged": aged,
        "reopened": reopened,
        "resolved": resolved,
        "ratings": tuple(ratings),
    }

    one = ruling(first_answers=Tally(met=met, missed=missed), **facts)
    other = ruling(first_answers=Tally(met=met, missed=missed + 1), **facts)

    assert 0 <= other.score <= one.score <= 100
    assert [each.part for each in one.parts] == list(Part)
    assert all(0 <= each.points <= each.weight for each in one.parts)
