"""Phases: boundaries to the second in every zone, and what each plan event does."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.ground import BERLIN, ZONES, at

from ticketbot.domain.errors import Conflict
from ticketbot.domain.phases import Phase, PlanEvent, PlanEventKind, event_detail, event_of
from ticketbot.domain.plans import PhasePlan
from ticketbot.domain.profiles import COMMAND30_90, FOCUSED14, NONE, Complexity, plan_for

SECOND = timedelta(seconds=1)


def a_plan(profile: str = "command", go_live: str = "2027-03-01 06:00", zone: ZoneInfo = BERLIN) -> PhasePlan:
    chosen = {"command": COMMAND30_90, "focused": FOCUSED14, "none": NONE}[profile]
    return plan_for(chosen, go_live=datetime.fromisoformat(go_live), zone=zone)


def event(kind: str, recorded: str, **values: Any) -> PlanEvent:
    return PlanEvent(kind=PlanEventKind(kind), recorded_at=at(recorded), **values)


def story(plan: PhasePlan) -> list[tuple[str, str]]:
    return [(each.phase.value, each.at.astimezone(plan.zone).isoformat(sep=" ")[:16]) for each in plan.boundaries()]


@pytest.mark.parametrize(
    ("profile", "when", "phase", "day"),
    [
        ("command", "2027-02-22 10:00", Phase.PRE_LIVE, -7),
        ("command", "2027-03-01 05:59", Phase.PRE_LIVE, 0),
        ("command", "2027-03-01 06:00", Phase.HYPERCARE, 0),
        ("command", "2027-03-30 23:59", Phase.HYPERCARE, 29),
        ("command", "2027-03-31 00:00", Phase.TRANSITION, 30),
        ("command", "2027-05-29 23:59", Phase.TRANSITION, 89),
        ("command", "2027-05-30 00:00", Phase.STANDARD, 90),
        ("focused", "2027-03-14 23:59", Phase.HYPERCARE, 13),
        ("focused", "2027-03-15 00:00", Phase.STANDARD, 14),
        ("none", "2027-03-01 05:59", Phase.PRE_LIVE, 0),
        ("none", "2027-03-01 06:00", Phase.STANDARD, 0),
    ],
)
def test_the_phase_at_an_instant(profile: str, when: str, phase: Phase, day: int) -> None:
    plan = a_plan(profile)

    assert (plan.phase_at(at(when)), plan.day_index(at(when))) == (phase, day)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("go_live", ["2027-03-01 06:00", "2027-09-20 00:00", "2028-02-15 23:30"])
def test_boundaries_lie_at_local_midnight_to_the_second(zone: str, go_live: str) -> None:
    plan = a_plan(go_live=go_live, zone=ZoneInfo(zone))

    hypercare, transition, standard = plan.boundaries()

    for boundary, before in ((hypercare, "pre_live"), (transition, "hypercare"), (standard, "transition")):
        assert plan.phase_at(boundary.at) is boundary.phase
        assert plan.phase_at(boundary.at - SECOND) == before
    assert [each.at.astimezone(plan.zone).time().isoformat() for each in (transition, standard)] == ["00:00:00"] * 2
    assert [plan.day_index(each.at) for each in (hypercare, transition, standard)] == [0, 30, 90]


def test_a_midnight_that_never_was_begins_the_phase_at_the_first_instant_after_it() -> None:
    plan = a_plan("focused", go_live="2018-10-21 08:00", zone=ZoneInfo("America/Sao_Paulo"))

    (_, standard) = plan.boundaries()

    assert standard.at == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert plan.phase_at(standard.at - SECOND) is Phase.HYPERCARE


def test_a_midnight_shown_twice_begins_the_phase_at_the_first_and_never_goes_back() -> None:
    havana = ZoneInfo("America/Havana")
    plan = a_plan("focused", go_live="2027-10-24 08:00", zone=havana)

    (_, standard) = plan.boundaries()

    assert standard.at == datetime(2027, 11, 7, 4, tzinfo=UTC)
    assert plan.phase_at(standard.at + timedelta(minutes=90)) is Phase.STANDARD


def test_an_extension_moves_the_end_of_hypercare_and_leaves_transition_where_it_was() -> None:
    plan = a_plan().with_event(event("extend", "2027-03-30 12:00", days=7))

    assert story(plan) == [
        ("hypercare", "2027-03-01 06:00"),
        ("transition", "2027-04-07 00:00"),
        ("standard", "2027-05-30 00:00"),
    ]
    assert plan.end_of(Phase.HYPERCARE, at("2027-03-30 11:59")) == at("2027-03-31 00:00")


def test_an_extension_that_would_starve_transition_moves_its_end_too() -> None:
    plan = a_plan()
    for week in range(6):
        plan = plan.with_event(event("extend", f"2027-03-{20 + week} 12:00", days=7))

    assert story(plan)[1:] == [("transition", "2027-05-12 00:00"), ("standard", "2027-06-11 00:00")]


def test_an_extension_in_transition_moves_the_handover() -> None:
    plan = a_plan().with_event(event("extend", "2027-05-28 12:00", days=7))

    assert story(plan)[1:] == [("transition", "2027-03-31 00:00"), ("standard", "2027-06-06 00:00")]


def test_an_extension_of_a_profile_without_transition_adds_none() -> None:
    plan = a_plan("focused").with_event(event("extend", "2027-03-12 12:00", days=7))

    assert story(plan) == [("hypercare", "2027-03-01 06:00"), ("standard", "2027-03-22 00:00")]


def test_an_early_exit_ends_the_phase_at_a_local_midnight_and_keeps_the_handover() -> None:
    plan = a_plan().with_event(event("exit_early", "2027-03-18 10:00", effective_on=date(2027, 3, 20)))

    assert story(plan)[1:] == [("transition", "2027-03-20 00:00"), ("standard", "2027-05-30 00:00")]


def test_an_early_exit_without_transition_leads_to_standard() -> None:
    plan = a_plan("focused").with_event(event("exit_early", "2027-03-09 10:00", effective_on=date(2027, 3, 11)))

    assert story(plan) == [("hypercare", "2027-03-01 06:00"), ("standard", "2027-03-11 00:00")]


def test_an_early_exit_from_transition_hands_over() -> None:
    plan = a_plan().with_event(event("exit_early", "2027-05-10 10:00", effective_on=date(2027, 5, 13)))

    assert story(plan)[1:] == [("transition", "2027-03-31 00:00"), ("standard", "2027-05-13 00:00")]


def test_a_pause_freezes_the_day_and_moves_later_boundaries_by_whole_days() -> None:
    paused = a_plan().with_event(event("pause", "2027-03-06 15:00"))
    plan = paused.with_event(event("resume", "2027-03-11 09:00"))

    assert paused.is_paused(at("2027-03-08 00:00"))
    assert paused.day_index(at("2027-03-10 12:00")) == 5
    assert paused.phase_at(at("2027-05-10 12:00")) is Phase.HYPERCARE
    assert paused.next_boundary(at("2027-03-10 12:00")) is None
    assert not plan.is_paused(at("2027-03-11 09:00"))
    assert [plan.day_index(at(f"2027-03-{day} 12:00")) for day in ("11", "12")] == [5, 6]
    assert story(plan)[1:] == [("transition", "2027-04-05 00:00"), ("standard", "2027-06-04 00:00")]


def test_a_second_hypercare_that_stays_has_no_end_whatever_the_first_had() -> None:
    plan = (
        a_plan()
        .with_event(event("exit_early", "2027-03-25 10:00", effective_on=date(2027, 3, 30)))
        .with_event(event("relapse", "2027-04-05 11:00", days=7))
    )

    held = plan.with_event(event("hold", "2027-04-10 12:00"))

    assert plan.end_of(Phase.HYPERCARE) == at("2027-04-12 00:00")
    assert held.end_of(Phase.HYPERCARE) is None


def test_a_pause_in_transition_leaves_the_end_of_hypercare_in_the_past() -> None:
    plan = a_plan().with_event(event("pause", "2027-04-10 15:00")).with_event(event("resume", "2027-04-20 09:00"))

    assert story(plan)[1:] == [("transition", "2027-03-31 00:00"), ("standard", "2027-06-09 00:00")]


def test_while_paused_the_plan_is_told_as_if_it_went_on_today() -> None:
    plan = a_plan().with_event(event("pause", "2027-03-06 15:00"))

    assert plan.end_of(Phase.HYPERCARE, at("2027-03-08 10:00")) == at("2027-04-02 00:00")


def test_a_rollback_leads_back_to_before_go_live_and_plans_anew() -> None:
    plan = a_plan().with_event(event("extend", "2027-03-02 08:00", days=7))
    plan = plan.with_event(event("rollback", "2027-03-03 20:00", go_live_at=at("2027-04-05 06:00")))

    assert plan.phase_at(at("2027-03-03 19:59")) is Phase.HYPERCARE
    assert plan.phase_at(at("2027-03-03 20:00")) is Phase.PRE_LIVE
    assert plan.day_index(at("2027-04-04 20:00")) == -1
    assert story(plan) == [
        ("hypercare", "2027-04-05 06:00"),
        ("transition", "2027-05-05 00:00"),
        ("standard", "2027-07-04 00:00"),
    ]


def test_a_paused_launch_may_be_rolled_back() -> None:
    plan = a_plan().with_event(event("pause", "2027-03-06 15:00"))
    plan = plan.with_event(event("rollback", "2027-03-07 20:00", go_live_at=at("2027-04-05 06:00")))

    assert not plan.is_paused(at("2027-03-07 20:00"))


def test_a_relapse_opens_hypercare_for_a_week_and_gives_way_again() -> None:
    plan = a_plan().with_event(event("relapse", "2027-06-08 14:00"))

    assert plan.phase_at(at("2027-06-08 13:59")) is Phase.STANDARD
    assert plan.phase_at(at("2027-06-08 14:00")) is Phase.HYPERCARE
    assert story(plan)[2:] == [
        ("standard", "2027-05-30 00:00"),
        ("hypercare", "2027-06-08 14:00"),
        ("standard", "2027-06-15 00:00"),
    ]
    assert plan.end_of(Phase.HYPERCARE) == at("2027-06-15 00:00")
    assert plan.nudge_level(at("2027-06-09 09:00")) == 0
    assert plan.planned_share(at("2027-06-09 09:00")) == 0


def test_a_relapse_may_be_extended_and_left_early() -> None:
    relapsed = a_plan().with_event(event("relapse", "2027-04-05 14:00", days=10))

    longer = relapsed.with_event(event("extend", "2027-04-10 12:00", days=7))
    shorter = relapsed.with_event(event("exit_early", "2027-04-06 12:00", effective_on=date(2027, 4, 8)))

    assert story(longer)[-2:] == [("transition", "2027-04-22 00:00"), ("standard", "2027-05-30 00:00")]
    assert story(shorter)[-2:] == [("transition", "2027-04-08 00:00"), ("standard", "2027-05-30 00:00")]


def test_a_phase_that_stays_has_no_end_until_somebody_says_one() -> None:
    held = a_plan().with_event(event("hold", "2027-03-30 12:00"))

    assert held.phase_at(at("2027-05-02 12:00")) is Phase.HYPERCARE
    assert held.day_index(at("2027-04-10 12:00")) == 40
    assert held.stays_since(at("2027-04-10 12:00")) == at("2027-03-30 12:00")
    assert held.stays_since(at("2027-03-30 11:59")) is None
    assert a_plan().stays_since(at("2027-04-10 12:00")) is None
    assert held.next_boundary(at("2027-04-10 12:00")) is None
    assert held.end_of(Phase.HYPERCARE) is None
    assert story(held) == [("hypercare", "2027-03-01 06:00")]


@pytest.mark.parametrize(
    ("recorded", "ends"), [("2027-03-30 15:00", "2027-04-07 00:00"), ("2027-04-12 15:00", "2027-04-19 00:00")]
)
def test_a_phase_that_stays_is_extended_from_its_old_end_or_from_today(recorded: str, ends: str) -> None:
    plan = a_plan().with_event(event("hold", "2027-03-30 12:00")).with_event(event("extend", recorded, days=7))

    assert plan.end_of(Phase.HYPERCARE) == at(ends)
    assert plan.end_of(Phase.TRANSITION) == at("2027-05-30 00:00")
    assert plan.stays_since(at(recorded)) is None


def test_a_phase_that_stays_may_end_and_leaves_transition_its_least() -> None:
    held = a_plan().with_event(event("hold", "2027-03-30 12:00"))

    plan = held.with_event(event("exit_early", "2027-05-20 12:00", effective_on=date(2027, 5, 22)))

    assert story(plan)[1:] == [("transition", "2027-05-22 00:00"), ("standard", "2027-06-21 00:00")]


def test_a_transition_that_stays_is_extended_or_ended_too() -> None:
    held = a_plan().with_event(event("hold", "2027-05-28 12:00"))

    longer = held.with_event(event("extend", "2027-06-02 12:00", days=7))
    ended = held.with_event(event("exit_early", "2027-06-02 12:00", effective_on=date(2027, 6, 4)))

    assert held.phase_at(at("2027-06-30 12:00")) is Phase.TRANSITION
    assert (longer.end_of(Phase.TRANSITION), ended.end_of(Phase.TRANSITION)) == (
        at("2027-06-09 00:00"),
        at("2027-06-04 00:00"),
    )


def test_a_transition_that_stays_goes_on_for_its_least_after_a_relapse() -> None:
    plan = a_plan().with_event(event("hold", "2027-05-28 12:00")).with_event(event("relapse", "2027-06-08 14:00"))

    assert story(plan)[2:] == [
        ("hypercare", "2027-06-08 14:00"),
        ("transition", "2027-06-15 00:00"),
        ("standard", "2027-07-15 00:00"),
    ]


def test_a_relapse_may_stay_like_any_hypercare() -> None:
    plan = a_plan().with_event(event("relapse", "2027-06-08 14:00")).with_event(event("hold", "2027-06-14 12:00"))

    longer = plan.with_event(event("extend", "2027-06-20 12:00", days=7))

    assert plan.phase_at(at("2027-06-18 12:00")) is Phase.HYPERCARE
    assert plan.nudge_level(at("2027-06-18 12:00")) == 0
    assert longer.end_of(Phase.HYPERCARE) == at("2027-06-27 00:00")


def test_the_gate_counts_its_own_extensions_of_the_present_phase() -> None:
    plan = a_plan()
    for day, by in (("20", "gate"), ("21", "ana"), ("22", "gate")):
        plan = plan.with_event(event("extend", f"2027-03-{day} 12:00", days=7, by=by))
    relapsed = plan.with_event(event("relapse", "2027-06-20 12:00"))

    counts = [plan.gate_extensions(at(when)) for when in ("2027-03-20 11:00", "2027-03-21 13:00", "2027-03-25 12:00")]

    assert counts == [0, 1, 2]
    assert plan.gate_extensions(at("2027-05-20 12:00")) == 0
    assert relapsed.gate_extensions(at("2027-06-20 13:00")) == 0


def test_a_phase_is_left_early_where_that_was_the_last_word() -> None:
    left = a_plan().with_event(event("exit_early", "2027-03-18 10:00", effective_on=date(2027, 3, 20)))
    longer = left.with_event(event("extend", "2027-03-19 10:00", days=7))

    assert not left.is_left_early(at("2027-03-18 09:00"))
    assert left.is_left_early(at("2027-03-18 11:00"))
    assert not left.is_left_early(at("2027-03-21 11:00"))
    assert not longer.is_left_early(at("2027-03-19 11:00"))


def test_go_live_may_move_before_it() -> None:
    plan = a_plan().with_event(event("move_go_live", "2027-02-20 10:00", go_live_at=at("2027-03-08 06:00")))

    assert plan.phase_at(at("2027-03-01 07:00")) is Phase.PRE_LIVE
    assert plan.end_of(Phase.PRE_LIVE) == at("2027-03-08 06:00")


def test_lengths_may_be_planned_anew_before_go_live() -> None:
    plan = a_plan().with_event(event("replan", "2027-02-20 10:00", hypercare_end_day=45, transition_end_day=105))

    assert story(plan)[1:] == [("transition", "2027-04-15 00:00"), ("standard", "2027-06-14 00:00")]


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (event("extend", "2027-03-30 12:00", days=0), "at least one day"),
        (event("extend", "2027-06-30 12:00", days=7), "no end to extend"),
        (event("exit_early", "2027-03-18 10:00"), "on a date"),
        (event("exit_early", "2027-02-18 10:00", effective_on=date(2027, 3, 20)), "on a date"),
        (event("exit_early", "2027-03-18 10:00", effective_on=date(2027, 3, 18)), "in the past"),
        (event("exit_early", "2027-03-18 10:00", effective_on=date(2027, 3, 31)), "anyway"),
        (event("hold", "2027-02-18 10:00"), "can stay"),
        (event("pause", "2027-02-18 10:00"), "nothing to pause"),
        (event("resume", "2027-03-18 10:00"), "not paused"),
        (event("relapse", "2027-03-18 10:00"), "left hypercare"),
        (event("rollback", "2027-02-18 10:00", go_live_at=at("2027-04-05 06:00")), "not live"),
        (event("rollback", "2027-03-18 10:00"), "in the future"),
        (event("move_go_live", "2027-03-18 10:00", go_live_at=at("2027-04-05 06:00")), "rollback"),
        (event("move_go_live", "2027-02-18 10:00", go_live_at=at("2027-02-18 10:00")), "in the future"),
        (event("replan", "2027-02-18 10:00", hypercare_end_day=30), "ends with or after"),
        (event("replan", "2027-02-18 10:00", hypercare_end_day=30, transition_end_day=20), "ends with or after"),
        (event("replan", "2027-03-18 10:00", hypercare_end_day=30, transition_end_day=90), "before go-live"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(refused: PlanEvent, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        a_plan().with_event(refused)


def test_a_phase_stays_once() -> None:
    held = a_plan().with_event(event("hold", "2027-03-30 12:00"))

    with pytest.raises(Conflict, match="stays already"):
        held.with_event(event("hold", "2027-03-31 12:00"))


def test_a_paused_launch_must_be_resumed_first() -> None:
    plan = a_plan().with_event(event("pause", "2027-03-06 15:00"))

    with pytest.raises(Conflict, match="resume it first"):
        plan.with_event(event("extend", "2027-03-07 12:00", days=7))


def test_events_are_recorded_in_order() -> None:
    plan = a_plan().with_event(event("extend", "2027-03-10 12:00", days=7))

    with pytest.raises(Conflict, match="recorded last"):
        plan.with_event(event("extend", "2027-03-09 12:00", days=7))


def test_the_next_boundary_is_what_the_service_sleeps_until() -> None:
    plan = a_plan()

    found = [plan.next_boundary(at(when)) for when in ("2027-02-01 00:00", "2027-03-01 06:00", "2027-06-01 00:00")]

    assert [each and each.phase for each in found] == [Phase.HYPERCARE, Phase.TRANSITION, None]


def test_a_phase_that_is_not_planned_has_no_end() -> None:
    assert a_plan("focused").end_of(Phase.TRANSITION) is None
    assert a_plan().end_of(Phase.STANDARD) is None


@pytest.mark.parametrize(
    ("profile", "when", "taper", "nudge", "share"),
    [
        ("focused", "2027-02-20 12:00", False, 0, 0),
        ("focused", "2027-03-04 12:00", False, 0, 0),
        ("focused", "2027-03-05 00:00", False, 1, 0),
        ("focused", "2027-03-07 23:59", False, 1, 0),
        ("focused", "2027-03-08 00:00", True, 2, 100),
        ("focused", "2027-03-15 00:00", False, 3, 100),
        ("command", "2027-03-15 23:59", False, 0, 0),
        ("command", "2027-03-16 00:00", False, 1, 0),
        ("command", "2027-03-31 00:00", True, 2, 25),
        ("command", "2027-04-14 23:59", True, 2, 25),
        ("command", "2027-04-15 00:00", True, 2, 50),
        ("command", "2027-04-30 00:00", True, 2, 75),
        ("command", "2027-05-15 00:00", True, 2, 100),
        ("command", "2027-05-30 00:00", False, 3, 100),
    ],
)
def test_support_tapers_off_as_planned(profile: str, when: str, taper: bool, nudge: int, share: int) -> None:
    plan = a_plan(profile)

    found = (plan.is_taper(at(when)), plan.nudge_level(at(when)), plan.receiving_share(at(when)))

    assert found == (taper, nudge, share)


def test_an_extension_does_not_undo_the_taper() -> None:
    plan = a_plan("focused").with_event(event("extend", "2027-03-14 12:00", days=21))

    assert plan.is_taper(at("2027-03-14 12:01"))


@pytest.mark.parametrize(
    ("when", "share"), [("2027-02-20 12:00", 0), ("2027-03-16 12:00", 0.5), ("2027-04-30 12:00", 0.5)]
)
def test_an_early_exit_asks_how_much_of_the_phase_is_over(when: str, share: float) -> None:
    assert a_plan().planned_share(at(when)) == share


def test_an_event_survives_as_plain_values() -> None:
    events = (
        event("rollback", "2027-03-03 20:00", go_live_at=at("2027-04-05 06:00"), reason="data", by="ana"),
        event("exit_early", "2027-03-18 10:00", effective_on=date(2027, 3, 20)),
        event("replan", "2027-02-18 10:00", hypercare_end_day=0, transition_end_day=0),
        event("extend", "2027-03-18 10:00", days=7),
    )

    assert [
        event_of(each.kind.value, recorded_at=each.recorded_at, detail=event_detail(each)) for each in events
    ] == list(events)


EVENTS = st.lists(
    st.tuples(
        st.datetimes(
            datetime.fromisoformat("2027-02-01"), datetime.fromisoformat("2027-07-01"), timezones=st.just(UTC)
        ),
        st.sampled_from(PlanEventKind),
        st.integers(1, 20),
    ),
    max_size=6,
)


@given(events=EVENTS, zone=st.sampled_from(ZONES), profile=st.sampled_from(["command", "focused", "none"]))
def test_the_past_never_changes(events: list[tuple[datetime, PlanEventKind, int]], zone: str, profile: str) -> None:
    plan = a_plan(profile, zone=ZoneInfo(zone))
    seen: list[tuple[datetime, Phase, int, bool]] = []
    for recorded_at, kind, days in sorted(events):
        until = recorded_at - SECOND
        seen.append((until, plan.phase_at(until), plan.day_index(until), plan.is_paused(until)))
        day = recorded_at.astimezone(plan.zone).date() + timedelta(days=days)
        try:
            plan = plan.with_event(
                PlanEvent(
                    kind=kind,
                    recorded_at=recorded_at,
                    days=days,
                    effective_on=day,
                    go_live_at=recorded_at + timedelta(days=days),
                    hypercare_end_day=days,
                    transition_end_day=3 * days,
                )
            )
        except Conflict:
            continue

    assert [(when, plan.phase_at(when), plan.day_index(when), plan.is_paused(when)) for when, *_ in seen] == seen


@given(events=EVENTS, zone=st.sampled_from(ZONES), profile=st.sampled_from(["command", "focused"]))
def test_boundaries_never_overlap_and_say_what_the_plan_says(
    events: list[tuple[datetime, PlanEventKind, int]], zone: str, profile: str
) -> None:
    plan = a_plan(profile, zone=ZoneInfo(zone))
    for recorded_at, kind, days in sorted(events):
        change = PlanEvent(
            kind=kind,
            recorded_at=recorded_at,
            days=days,
            effective_on=recorded_at.astimezone(plan.zone).date() + timedelta(days=days),
            go_live_at=recorded_at + timedelta(days=days),
        )
        try:
            plan = plan.with_event(change)
        except Conflict:
            continue

    steps = plan.boundaries()
    last = max((each.recorded_at for each in plan.events), default=plan.go_live_at)

    assert [each.at for each in steps] == sorted({each.at for each in steps})
    assert all(one.phase is not other.phase for one, other in pairwise(steps))
    if not plan.is_paused(last):
        assert all(plan.phase_at(each.at) is each.phase for each in steps if each.at >= last)


@given(
    profile=st.sampled_from([COMMAND30_90, FOCUSED14, NONE]),
    complexity=st.sampled_from(Complexity),
    zone=st.sampled_from(ZONES),
    days=st.lists(st.integers(-5, 130), min_size=2, max_size=8),
)
def test_an_undisturbed_plan_only_moves_forward(
    profile: object, complexity: Complexity, zone: str, days: list[int]
) -> None:
    chosen = {each.name: each for each in (COMMAND30_90, FOCUSED14, NONE)}[getattr(profile, "name", "")]
    plan = plan_for(
        chosen, go_live=datetime.fromisoformat("2027-03-01 06:00"), zone=ZoneInfo(zone), complexity=complexity
    )
    order = list(Phase)

    phases = [order.index(plan.phase_at(plan.go_live_at + timedelta(days=day))) for day in sorted(days)]

    assert phases == sorted(phases)
