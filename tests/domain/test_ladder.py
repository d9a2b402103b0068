"""The ladder: where thresholds lie, who is told of them, and when they may be told."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.domain.ground import BERLIN, NEW_YORK, POLICY, at, hours, minutes, terms

from ticketbot.domain.clocks import Clock, current
from ticketbot.domain.ladder import (
    Told,
    bundles,
    client_send_at,
    due_steps,
    lead_role,
    next_threshold,
    send_at,
    thresholds_of,
    told,
)
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName, LadderRules, QuietHours
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import (
    on_client_mail,
    on_lowered,
    on_opened,
    on_pending,
    on_public_reply,
    on_raised,
    on_resolved,
    on_voided,
)

FR, NR, RES, UPD = ClockName
MONDAY = at("2027-03-01 09:00")
EARLY = at("2027-02-26 14:10")


def a_clock(priority: str = "P1", phase: Phase = Phase.HYPERCARE, name: ClockName = FR, start: str = "") -> Clock:
    given_terms = terms(priority, phase)
    started = at(start) if start else MONDAY
    clocks = on_opened(at=started, terms=given_terms)
    if name is UPD:
        clocks = on_public_reply(clocks, at=started, terms=given_terms)
    return current(clocks)[name]


def lying(clock: Clock) -> list[tuple[int, str]]:
    return [
        (step.percent, step.at.astimezone(BERLIN).strftime("%d %H:%M:%S").removesuffix(":00"))
        for step in thresholds_of(clock, POLICY)
    ]


@pytest.mark.parametrize(
    ("clock", "steps"),
    [
        pytest.param(
            a_clock("P1"),
            [
                (50, "01 09:07:30"),
                (75, "01 09:11:15"),
                (90, "01 09:13:30"),
                (100, "01 09:15"),
                (150, "01 09:22:30"),
                (200, "01 09:30"),
            ],
            id="P1",
        ),
        pytest.param(a_clock("P3"), [(75, "01 10:30"), (100, "01 11:00"), (150, "01 12:00")], id="P3"),
        pytest.param(a_clock("P4"), [(90, "01 12:36"), (100, "01 13:00")], id="P4"),
        pytest.param(a_clock("P1", name=UPD), [(75, "01 09:45"), (100, "01 10:00")], id="update"),
        pytest.param(
            a_clock("P3", start="2027-03-05 18:00"),
            [(75, "08 07:30"), (100, "08 08:00"), (150, "08 09:00")],
            id="over-the-weekend",
        ),
        pytest.param(
            a_clock("P3", start="2027-03-05 17:30"),
            [(75, "05 19:00"), (100, "08 07:30"), (150, "08 08:30")],
            id="at-the-closing-minute",
        ),
    ],
)
def test_where_the_thresholds_lie(clock: Clock, steps: list[tuple[int, str]]) -> None:
    assert lying(clock) == steps


def test_a_resumed_clock_measures_by_what_is_left() -> None:
    p1 = terms("P1")
    clocks = on_pending(on_opened(at=at("2027-03-06 22:40"), terms=p1), at=at("2027-03-07 00:05"), is_reply=True)
    clocks = on_client_mail(clocks, at=at("2027-03-07 09:15"), terms=p1, ends_pause=True)

    assert lying(current(clocks)[RES])[:4] == [
        (50, "07 09:50"),
        (75, "07 10:50"),
        (90, "07 11:26"),
        (100, "07 11:50"),
    ]


def test_a_clock_resumed_late_goes_on_where_its_lateness_stood() -> None:
    p1 = terms("P1")
    clocks = on_pending(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 14:00"), is_reply=True)
    clocks = on_client_mail(clocks, at=at("2027-03-02 09:00"), terms=p1, ends_pause=True)

    assert lying(current(clocks)[RES])[3:] == [(100, "02 09:00"), (150, "02 10:00"), (200, "02 12:00")]


def test_a_raise_tells_at_once_of_the_highest_share_reached() -> None:
    clocks = on_opened(at=EARLY, terms=terms("P4", Phase.PRE_LIVE))
    boundary = at("2027-03-01 06:00")
    raised = current(on_raised(clocks, at=boundary, terms=terms("P3"), cause="hypercare"))[FR]

    assert lying(raised) == [(75, "01 06:00"), (100, "01 07:30"), (150, "01 08:30")]
    assert [step.percent for step in due_steps(raised, POLICY, recorded=0, now=boundary)] == [75]
    assert next_threshold(raised, POLICY, recorded=0) == boundary
    assert next_threshold(raised, POLICY, recorded=75) == at("2027-03-01 07:30")


def test_a_raise_by_a_quarter_skips_to_the_share_it_leaves() -> None:
    clocks = on_opened(at=at("2027-04-13 15:30"), terms=terms("P3", Phase.TRANSITION))
    when = at("2027-04-13 16:00")
    raised = current(on_raised(clocks, at=when, terms=terms("P1", Phase.TRANSITION), cause="x"))[FR]

    assert [step.percent for step in due_steps(raised, POLICY, recorded=0, now=when)] == [50, 75]
    assert lying(raised)[2:] == [(90, "13 16:04:30"), (100, "13 16:07:30"), (150, "13 16:22:30"), (200, "13 16:37:30")]


def test_within_a_cycle_percentages_only_rise() -> None:
    clocks = on_opened(at=MONDAY, terms=terms("P1"))
    lowered = current(on_lowered(clocks, at=at("2027-03-01 09:12"), terms=terms("P3"), cause="x"))[FR]

    found = due_steps(lowered, POLICY, recorded=75, now=at("2027-03-01 10:59"))

    assert found == ()
    assert next_threshold(lowered, POLICY, recorded=75) == at("2027-03-01 11:00")


def test_after_an_outage_the_last_is_told_with_its_lateness_and_all_are_recorded() -> None:
    found = due_steps(a_clock("P1"), POLICY, recorded=50, now=at("2027-03-01 09:16"))

    assert [(step.percent, step.late_by) for step in found] == [
        (75, minutes(4.75)),
        (90, minutes(2.5)),
        (100, minutes(1)),
    ]
    assert [step.is_breach for step in found] == [False, False, True]


def test_nothing_is_due_before_its_instant() -> None:
    assert due_steps(a_clock("P1"), POLICY, recorded=0, now=at("2027-03-01 09:07")) == ()


def test_a_stop_at_the_same_instant_is_in_time_and_a_late_one_still_tells_of_the_miss() -> None:
    p1 = terms("P1")
    clocks = on_opened(at=MONDAY, terms=p1)
    due = at("2027-03-01 09:15")
    now = at("2027-03-01 12:00")

    in_time = current(on_public_reply(clocks, at=due, terms=p1))[FR]
    late = current(on_public_reply(clocks, at=due + minutes(1), terms=p1))[FR]

    assert due_steps(in_time, POLICY, recorded=0, now=now) == ()
    assert [step.percent for step in due_steps(late, POLICY, recorded=0, now=now)] == [100]
    assert next_threshold(late, POLICY, recorded=0) is None


def test_what_rests_or_is_void_has_no_thresholds() -> None:
    clocks = on_opened(at=MONDAY, terms=terms("P1"))
    resting = current(on_pending(clocks, at=at("2027-03-01 09:05"), is_reply=False))[RES]
    settled = current(on_resolved((resting,), at=at("2027-03-01 10:00")))[RES]
    void = current(on_voided(clocks, at=at("2027-03-01 09:05")))[FR]

    assert [thresholds_of(clock, POLICY) for clock in (resting, settled, void)] == [(), (), ()]


def test_the_last_threshold_told_leaves_nothing_to_wait_for() -> None:
    assert next_threshold(a_clock("P1"), POLICY, recorded=200) is None


@pytest.mark.parametrize(
    ("percent", "who"),
    [
        (50, ["owner"]),
        (74, ["owner"]),
        (75, ["owner", "lead"]),
        (90, ["owner", "lead"]),
        (100, ["owner", "lead", "manager"]),
        (149, ["owner", "lead", "manager"]),
        (150, ["owner", "lead", "manager", "director"]),
        (200, ["owner", "lead", "manager", "director"]),
    ],
)
def test_who_is_told(percent: int, who: list[str]) -> None:
    assert list(told(percent, has_owner=True)) == who
    assert list(told(percent, has_owner=False)) == ["oncall", *who[1:]]


@pytest.mark.parametrize(
    ("phase", "role"),
    [
        (Phase.PRE_LIVE, "hypercare_lead"),
        (Phase.HYPERCARE, "hypercare_lead"),
        (Phase.TRANSITION, "hypercare_lead"),
        (Phase.STANDARD, "support_lead"),
        (None, "support_lead"),
    ],
)
def test_which_lead(phase: Phase | None, role: str) -> None:
    assert lead_role(phase) == role


@pytest.mark.parametrize(
    ("priority", "who", "when", "sent"),
    [
        ("P1", Told.DIRECTOR, "2027-03-02 03:00", "2027-03-02 03:00"),
        ("P2", Told.OWNER, "2027-03-02 03:00", "2027-03-02 03:00"),
        ("P2", Told.LEAD, "2027-03-02 03:00", "2027-03-02 03:00"),
        ("P2", Told.MANAGER, "2027-03-02 03:00", "2027-03-02 07:00"),
        ("P2", Told.DIRECTOR, "2027-03-01 22:00", "2027-03-02 07:00"),
        ("P3", Told.OWNER, "2027-03-01 21:59", "2027-03-01 21:59"),
        ("P3", Told.OWNER, "2027-03-01 22:00", "2027-03-02 07:00"),
        ("P3", Told.OWNER, "2027-03-02 06:59", "2027-03-02 07:00"),
        ("P3", Told.OWNER, "2027-03-02 07:00", "2027-03-02 07:00"),
        ("P4", Told.LEAD, "2027-03-02 00:00", "2027-03-02 07:00"),
        ("P4", Told.ON_CALL, "2027-03-02 03:00", "2027-03-02 03:00"),
        ("P4", Told.OWNER, "2027-03-28 01:00", "2027-03-28 07:00"),
    ],
)
def test_quiet_hours_of_staff(priority: str, who: Told, when: str, sent: str) -> None:
    found = send_at(at(when), zone=BERLIN, priority=Priority(priority), who=who, quiet=POLICY.quiet_staff)

    assert found == at(sent)


def test_each_recipients_own_zone_counts() -> None:
    when = at("2027-03-01 09:00")

    found = [
        send_at(when, zone=zone, priority=Priority.P3, who=Told.MANAGER, quiet=POLICY.quiet_staff)
        for zone in (BERLIN, NEW_YORK, ZoneInfo("Asia/Kolkata"))
    ]

    assert found == [when, at("2027-03-01 07:00", NEW_YORK), when]


@pytest.mark.parametrize(
    ("when", "sent"),
    [
        ("2027-03-01 19:59", "2027-03-01 19:59"),
        ("2027-03-01 20:00", "2027-03-02 07:00"),
        ("2027-03-02 04:05", "2027-03-02 07:00"),
        ("2027-03-02 07:00", "2027-03-02 07:00"),
    ],
)
def test_client_hours(when: str, sent: str) -> None:
    assert client_send_at(at(when), zone=BERLIN, quiet=POLICY.quiet_client) == at(sent)


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    lunch = QuietHours(
        begins=at("2027-03-01 12:00").time().replace(hour=12), ends=at("2027-03-01 14:00").time().replace(hour=14)
    )
    none = replace(lunch, ends=lunch.begins)

    assert client_send_at(at("2027-03-01 13:00"), zone=BERLIN, quiet=lunch) == at("2027-03-01 14:00")
    assert client_send_at(at("2027-03-01 14:00"), zone=BERLIN, quiet=lunch) == at("2027-03-01 14:00")
    assert client_send_at(at("2027-03-01 12:00"), zone=BERLIN, quiet=none) == at("2027-03-01 12:00")


def test_quiet_hours_that_end_in_a_gap_end_after_it_and_never_in_the_past() -> None:
    night = replace(POLICY.quiet_staff, ends=POLICY.quiet_staff.ends.replace(hour=2, minute=30))

    spring = client_send_at(at("2027-03-28 01:00"), zone=BERLIN, quiet=night)
    autumn = client_send_at(at("2027-10-31 02:10") + hours(1), zone=BERLIN, quiet=night)

    assert spring == at("2027-03-28 03:00")
    assert autumn == at("2027-10-31 02:10") + hours(1)


def test_more_than_five_within_ten_minutes_are_one_bundle() -> None:
    def spaced(*marks: float) -> list[int]:
        return [len(group) for group in bundles([MONDAY + timedelta(minutes=mark) for mark in marks])]

    assert spaced(0, 1, 2, 3, 4) == [1] * 5
    assert spaced(0, 1, 2, 3, 4, 5) == [6]
    assert spaced(0, 2, 4, 6, 8, 10) == [1] * 6
    assert spaced(0, 9, 10, 11, 12, 13, 14) == [1, 6]
    assert spaced() == []


def test_a_bundle_names_its_reminders_in_order_of_time() -> None:
    instants = [MONDAY + timedelta(minutes=mark) for mark in (5, 0, 1, 2, 3, 4, 30)]

    assert bundles(instants) == ((1, 2, 3, 4, 5, 0), (6,))


def test_whom_a_percent_reaches_may_be_other_people() -> None:
    rules = LadderRules(lead_from=50, manager_from=75, director_from=100)

    assert told(50, has_owner=True, rules=rules) == (Told.OWNER, Told.LEAD)
    assert told(100, has_owner=False, rules=rules) == (Told.ON_CALL, Told.LEAD, Told.MANAGER, Told.DIRECTOR)


def test_how_many_reminders_make_a_bundle_may_be_another_number() -> None:
    instants = [MONDAY + timedelta(minutes=mark) for mark in (0, 1, 2)]

    assert bundles(instants, rules=LadderRules(bundle_over=2)) == ((0, 1, 2),)
    assert bundles(instants, rules=LadderRules(bundle_over=1, bundle_within=timedelta(minutes=2))) == ((0, 1), (2,))
