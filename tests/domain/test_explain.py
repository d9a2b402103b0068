"""`#why`: each due time told line by line, as its own story and the ticket's events have it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.domain.ground import BERLIN, NEW_YORK, SCHEDULES, at, hours, minutes, terms

from ticketbot.domain.calendars import BusinessCalendar, Opening, Schedule, around_the_clock, weekdays
from ticketbot.domain.clocks import Clocks, clock_of, memory_of
from ticketbot.domain.explain import Deed, explain, spoken_instant, spoken_target
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.openings import MOST_DAYS, spoken_exceptions, spoken_hours
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName
from ticketbot.domain.sla import (
    current,
    on_call,
    on_client_mail,
    on_kind,
    on_lowered,
    on_opened,
    on_pending,
    on_public_reply,
    on_raised,
    on_reopened,
    on_resolved,
    on_voided,
)

FR, NR, RES, UPD = ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION, ClockName.UPDATE
#: A Tuesday afternoon in transition.
RECEIVED = at("2027-04-13 15:30")
P3, P1 = terms("P3", Phase.TRANSITION), terms("P1", Phase.TRANSITION)
OPENED = on_opened(at=RECEIVED, terms=P3)


def deed(when: datetime, actor: str, action: str, **detail: Any) -> Deed:
    return Deed(at=when, actor=actor, action=action, detail=detail)


def why(clocks: Clocks, name: ClockName, *deeds: Deed, now: datetime = RECEIVED, zone: ZoneInfo = BERLIN) -> list[str]:
    return list(explain(current(clocks)[name], deeds, zone=zone, now=now))


def test_the_example_of_the_guide_is_told_to_the_letter() -> None:
    raised_at, answered_at = at("2027-04-13 16:00"), at("2027-04-13 16:06")
    clocks = on_raised(OPENED, at=raised_at, terms=P1, cause="raised to P1")
    clocks = on_public_reply(clocks, at=answered_at, terms=P1)

    told = why(
        clocks,
        FR,
        deed(RECEIVED, "mara@acme.example", "opened", severity="S3"),
        deed(raised_at, "chen", "priority", before="P3", after="P1", reasons=["P1: chen: client called"]),
        deed(answered_at, "chen", "reply"),
    )

    assert told == [
        "first answer due Tue 13 Apr 16:07:30",
        "15:30:00 received · P3 (S3) · transition · 4 h of Mon–Fri 09–17 → Wed 14 Apr 11:30",  # noqa: RUF001 - a span
        (
            "16:00:00 #priority P1 (chen: client called) · 30 min around the clock · used 30:00, "
            "left max(0, 5:00, 7:30) = 7:30 → 16:07:30"
        ),
        "16:06:00 answered by chen · kept, 1 min 30 s to spare",
    ]


def test_what_runs_is_told_with_what_is_left() -> None:
    assert why(OPENED, FR, now=at("2027-04-14 10:00")) == [
        "first answer due Wed 14 Apr 11:30",
        "Tue 13 Apr 15:30:00 received · P3 · transition · 4 h of Mon–Fri 09–17 → Wed 14 Apr 11:30",  # noqa: RUF001
        "Wed 14 Apr 10:00:00 now · 1 h 30 min left",
    ]


def test_what_runs_too_late_is_told_with_how_much() -> None:
    assert why(OPENED, FR, now=at("2027-04-14 12:00"))[-1] == "Wed 14 Apr 12:00:00 now · missed, 30 min too late"


def test_the_reader_reads_their_own_clock() -> None:
    assert why(OPENED, FR, now=at("2027-04-14 10:00"), zone=NEW_YORK)[0] == "first answer due Wed 14 Apr 05:30"


def test_a_late_answer_is_told_as_missed() -> None:
    answered_at = at("2027-04-14 11:30:01")
    clocks = on_public_reply(OPENED, at=answered_at, terms=P3)

    assert (
        why(clocks, FR, deed(answered_at, "ben", "reply"))[-1]
        == "Wed 14 Apr 11:30:01 answered by ben · missed, 1 s too late"
    )


def test_a_rest_is_told_with_what_is_left_and_its_end_with_how_it_goes_on() -> None:
    asked_at, wrote_at = at("2027-04-13 16:30"), at("2027-04-15 09:30")
    resting = on_pending(OPENED, at=asked_at, is_reply=True)
    deeds = (
        deed(asked_at, "ben", "state", act="pending"),
        deed(asked_at, "ben", "reply"),
        deed(wrote_at, "mara@acme.example", "state", act="client_mail"),
    )

    assert why(resting, RES, *deeds) == [
        "resolution has no due time while it rests",
        "Tue 13 Apr 15:30:00 received · P3 · transition · 40 h of Mon–Fri 09–17 → Tue 20 Apr 15:30",  # noqa: RUF001
        "16:30:00 answered by ben · rests with 39 h left",
    ]

    awake = on_client_mail(resting, at=wrote_at, terms=P3, ends_pause=True)

    assert why(awake, RES, *deeds, now=wrote_at)[3:] == [
        "Thu 15 Apr 09:30:00 client wrote · goes on with 39 h of 40 h of Mon–Fri 09–17 → Wed 21 Apr 16:30",  # noqa: RUF001
        "09:30:00 now · 39 h left",
    ]


def test_a_silent_rest_names_what_it_waits_for() -> None:
    resting = on_pending(OPENED, at=at("2027-04-13 16:30"), is_reply=False)

    told = why(resting, RES, deed(at("2027-04-13 16:30"), "ben", "state", act="release"))

    assert told[-1] == "16:30:00 a release was named by ben · rests with 39 h left"
    assert why(resting, RES)[-1] == "16:30:00 paused · rests with 39 h left"


def test_what_was_kept_while_it_rested_is_told_with_what_was_left() -> None:
    resting = on_pending(OPENED, at=at("2027-04-13 16:30"), is_reply=True)
    settled_at = at("2027-04-14 10:00")

    told = why(on_resolved(resting, at=settled_at), RES, deed(settled_at, "ben", "state", act="resolve"))

    assert told[-1] == "Wed 14 Apr 10:00:00 resolved by ben · kept, 39 h to spare"


def test_what_was_missed_before_it_rested_stays_missed() -> None:
    resting = on_pending(OPENED, at=at("2027-04-21 10:00"), is_reply=True)

    told = why(on_resolved(resting, at=at("2027-04-22 10:00")), RES)

    assert told[0] == "resolution due Tue 20 Apr 15:30"
    assert told[-1] == "Thu 22 Apr 10:00:00 stopped · missed at Tue 20 Apr 15:30, before it rested"


def test_a_change_while_it_rests_is_told_as_waiting() -> None:
    resting = on_pending(OPENED, at=at("2027-04-13 16:30"), is_reply=True)
    raised_at = at("2027-04-14 10:00")
    changed = on_raised(resting, at=raised_at, terms=P1, cause="raised to P1")
    raised = deed(raised_at, "chen", "priority", after="P1", reasons=["P1: chen: boss"])

    told = why(changed, RES, raised, now=raised_at)

    assert told[-1] == "Wed 14 Apr 10:00:00 raised to P1 · P1, 8 h: reckoned when it goes on"


def test_a_lowering_is_told_without_the_floors_of_a_raise() -> None:
    lowered_at = at("2027-04-13 16:00")
    clocks = on_lowered(on_opened(at=RECEIVED, terms=P1), at=lowered_at, terms=P3, cause="#priority P3")
    lowered = deed(lowered_at, "ana", "priority", after="P3", reasons=["P3: ana: only one user"])

    assert why(clocks, FR, lowered, now=lowered_at)[2] == (
        "16:00:00 #priority P3 (ana: only one user) · 4 h of Mon–Fri 09–17 · used 30:00, left 3:30:00 "  # noqa: RUF001
        "→ Wed 14 Apr 11:30"
    )


def test_a_change_that_moved_nothing_is_told_as_such() -> None:
    raised_at = at("2027-04-14 11:29")
    clocks = on_raised(OPENED, at=raised_at, terms=terms("P2", Phase.TRANSITION), cause="raised to P2")
    raised = deed(raised_at, "ben", "priority", after="P2", reasons=["P2 = S3, VIP"])

    assert "Wed 14 Apr 11:29:00 now P2 (P2 = S3, VIP) · the due time stands" in why(
        clocks, FR, raised, now=at("2027-04-14 11:29:30")
    )


def test_an_update_keeps_its_target_and_says_so() -> None:
    answered_at, raised_at = at("2027-04-13 16:00"), at("2027-04-13 16:30")
    clocks = on_public_reply(OPENED, at=answered_at, terms=P3)
    clocks = on_raised(clocks, at=raised_at, terms=P1, cause="raised to P1")

    told = why(
        clocks,
        UPD,
        deed(answered_at, "ben", "reply"),
        deed(raised_at, "ticketbot", "priority", after="P1", reasons=[]),
        now=raised_at,
    )

    assert told[1].startswith("Tue 13 Apr 16:00:00 answered by ben · P3 · transition · 40 h of")
    assert told[2] == "16:30:00 now P1 · an update keeps its target"


def test_a_raise_by_the_rules_gives_its_reasons_and_one_by_class_its_command() -> None:
    raised_at = at("2027-04-13 16:00")
    by_rule = on_raised(OPENED, at=raised_at, terms=P1, cause="hypercare begins")
    by_class = on_raised(OPENED, at=raised_at, terms=P1, cause="#sev 1")
    raised = deed(raised_at, "ben", "priority", after="P1", reasons=["P1 = S1"])

    assert "hypercare begins (P1 = S1) · 30 min" in why(by_rule, FR, raised)[2]
    assert "#sev 1 (ben: P1 = S1) · 30 min" in why(by_class, FR, raised)[2]
    assert "hypercare begins · 30 min" in why(by_rule, FR)[2]


def test_a_call_and_a_reopening_are_told_in_their_words() -> None:
    called = on_call(at=RECEIVED, terms=P3)
    reopened_at = at("2027-04-15 10:00")
    reopened = on_reopened(on_resolved(OPENED, at=at("2027-04-14 10:00")), at=reopened_at, terms=P3)

    assert why(called, FR, deed(RECEIVED, "ben", "opened"))[1].startswith("Tue 13 Apr 15:30:00 called, logged by ben ·")
    assert why(called, FR)[1].partition(" · ")[0].endswith("call")
    assert " reopened · P3 · transition · 40 h" in why(reopened, RES)[1]


def test_a_promise_that_counts_from_the_past_says_what_was_used() -> None:
    wish = terms("P4", Phase.TRANSITION, TicketKind.ENHANCEMENT)
    found_at = at("2027-04-14 10:00")
    clocks = on_kind(on_opened(at=RECEIVED, terms=wish), at=found_at, terms=P3, since=RECEIVED, cause="#kind incident")

    assert why(clocks, RES, now=found_at)[1] == (
        "Wed 14 Apr 10:00:00 #kind incident · 40 h of Mon–Fri 09–17 · used 2:30:00, "  # noqa: RUF001
        "left max(37:30:00, 5:00, 10:00:00) = 37:30:00 → Tue 20 Apr 15:30"
    )


def test_a_void_promise_counts_nowhere_and_says_why() -> None:
    merged_at = at("2027-04-13 16:00")
    clocks = on_voided(OPENED, at=merged_at)

    assert why(clocks, FR, deed(merged_at, "ben", "state", act="merge"))[-1].endswith(
        "16:00:00 merged by ben · void, counts nowhere"
    )
    assert why(clocks, FR)[-1].endswith("16:00:00 no such promise any more · void, counts nowhere")


def test_what_happened_at_the_same_instant_on_other_matters_is_not_told() -> None:
    answered_at = at("2027-04-13 16:00")
    clocks = on_public_reply(OPENED, at=answered_at, terms=P3)
    events = (deed(answered_at, "ben", "owner", to="ben"), deed(answered_at, "ben", "state", act="close"))

    assert why(clocks, FR, *events)[-1].endswith("16:00:00 stopped · kept, 3 h 30 min to spare")


def test_a_client_s_mail_that_ended_a_promise_names_no_address() -> None:
    reopened_at = at("2027-04-15 10:00")
    clocks = on_reopened(OPENED, at=reopened_at, terms=P3)
    first = next(clock for clock in clocks if clock.name is RES)

    told = explain(
        first, [deed(reopened_at, "mara@acme.example", "state", act="client_mail")], zone=BERLIN, now=RECEIVED
    )

    assert "the client wrote · kept" in told[-1]


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (around_the_clock("A"), "around the clock"),
        (SCHEDULES["B"].calendar, "Mon-Fri 09-17"),
        (
            weekdays("L", Opening.between("09:00", "12:00"), Opening.between("13:00", "17:30")),
            "Mon-Fri 09-12, 13-17:30",
        ),
        (weekdays("N", Opening.between("22:00", "06:00"), days=(0, 2, 3, 6)), "Mon, Wed-Thu, Sun 22-06"),
        (weekdays("W", Opening.between("00:00", "24:00"), days=(5,)), "Sat 00-24"),
        (
            BusinessCalendar(
                name="F",
                weekly=(*((Opening.between("09:00", "17:00"),),) * 4, (Opening.between("09:00", "14:00"),), (), ()),
            ),
            "Mon-Thu 09-17 and Fri 09-14",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, BusinessCalendar) else "",
)
def test_opening_hours_are_told_in_a_few_words(calendar: BusinessCalendar, words: str) -> None:
    assert spoken_hours(calendar) == words.replace("-", "\N{EN DASH}")


def test_a_promise_and_an_instant_are_named_in_few_words() -> None:
    assert spoken_target(current(OPENED)[FR], zone=BERLIN) == "4 h of Mon\N{EN DASH}Fri 09\N{EN DASH}17"
    assert spoken_instant(RECEIVED, zone=NEW_YORK) == "Tue 13 Apr 09:30"


HALF = (Opening.between("07:00", "09:00"),)
SPLIT = (Opening.between("07:00", "12:30"), Opening.between("13:30", "19:00"))


def shut_monday_half_tuesday(zone: ZoneInfo = BERLIN) -> Schedule:
    """Mon 23 Nov 2026 is a holiday, Tue 24 half a day, Wed 25 a holiday that opens as always, Thu 26 shut by us."""
    special = {date(2026, 11, 24): HALF, date(2026, 11, 25): SPLIT, date(2026, 11, 26): ()}
    holidays = frozenset({date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 25)})
    return Schedule(calendar=weekdays("X", *SPLIT, special=special), zone=zone, holidays=holidays)


def dashed(text: str) -> str:
    return text.replace("~", "\N{EN DASH}")


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-11-20 18:00", "2026-11-20 19:00", ""),
        ("2026-11-20 18:00", "2026-11-23 12:00", "without Mon 23 Nov (holiday)"),
        ("2026-11-20 18:00", "2026-11-25 12:00", "without Mon 23 Nov (holiday); Tue 24 Nov 07~09"),
        ("2026-11-24 00:00", "2026-11-25 12:00", "Tue 24 Nov 07~09"),
        ("2026-11-24 00:00", "2026-11-26 12:00", "without Thu 26 Nov (shut); Tue 24 Nov 07~09"),
    ],
)
def test_days_that_are_not_as_the_week_has_them_are_named(start: str, end: str, said: str) -> None:
    found = spoken_exceptions(shut_monday_half_tuesday(), start=at(start), end=at(end))

    assert found == dashed(said)


def test_around_the_clock_has_no_exceptions_and_a_long_list_is_cut() -> None:
    days = frozenset(date(2026, 11, 2) + timedelta(days=count) for count in range(60))
    whole = Schedule(calendar=around_the_clock("A"), zone=BERLIN, holidays=days)
    most = Schedule(calendar=weekdays("X", *SPLIT), zone=BERLIN, holidays=days)
    start, end = at("2026-11-02 00:00"), at("2026-12-25 00:00")

    told = spoken_exceptions(most, start=start, end=end)

    assert spoken_exceptions(whole, start=start, end=end) == ""
    assert told.count("holiday") == MOST_DAYS
    assert told.endswith(" and 20 days more")


def test_a_promise_over_a_holiday_and_half_a_day_names_them_its_zone_and_its_contract() -> None:
    contracted = replace(P3.targets, first_response=hours(8), calendar="X", contracted=frozenset({FR}))
    own = replace(P3, targets=contracted, schedules={**SCHEDULES, "X": shut_monday_half_tuesday()})
    came = at("2026-11-20 18:00")

    clocks = on_opened(at=came, terms=own)
    here, there = (why(clocks, FR, now=came, zone=zone)[1] for zone in (BERLIN, NEW_YORK))
    whole = why(clocks, RES, now=came)[1]

    apart = "without Mon 23 Nov (holiday); Tue 24 Nov 07~09"
    week = "Mon~Fri 07~12:30, 13:30~19"
    assert dashed(f"8 h of {week} by contract, {apart} → Wed 25 Nov 12:00") in here
    assert dashed(f"8 h of {week} (Europe/Berlin) by contract, {apart} → Wed 25 Nov 06:00") in there
    assert " by contract" not in whole
    assert clocks == tuple(clock_of(memory_of(clock)) for clock in clocks)


def test_what_waits_and_goes_on_keeps_its_contract() -> None:
    contracted = replace(P1.targets, contracted=frozenset({RES}))
    resting = on_pending(OPENED, at=at("2027-04-13 16:30"), is_reply=True)
    raised = on_raised(resting, at=at("2027-04-13 16:40"), terms=replace(P1, targets=contracted), cause="raised to P1")
    running = on_client_mail(raised, at=at("2027-04-13 16:50"), terms=P1, ends_pause=True)

    assert current(raised)[RES].waiting[0].by_contract
    assert "8 h around the clock by contract" in why(running, RES, now=at("2027-04-13 17:00"))[-2]


@pytest.mark.parametrize(("came", "raised_at"), [(600, 200), (200, 600), (0, 999), (999, 0), (1, 1)])
@pytest.mark.parametrize("hour", ["2027-04-13 15:30", "2027-04-13 18:30", "2027-04-13 08:00"])
def test_sums_of_instants_with_fractions_add_up_as_they_are_shown(came: int, raised_at: int, hour: str) -> None:
    received, later = (
        at(hour) + timedelta(milliseconds=came),
        at("2027-04-14 10:00") + timedelta(milliseconds=raised_at),
    )
    clocks = on_opened(at=received, terms=P3)
    answered = replace(P3.targets, first_response=hours(3), resolution=hours(20))
    clocks = on_raised(clocks, at=later, terms=replace(P3, targets=answered), cause="raised")

    told = " ".join([*why(clocks, FR, now=later), *why(clocks, RES, now=later)])

    assert ":59" not in told
    assert "59 s" not in told


def test_a_floor_that_lifts_what_is_left_still_shows_what_was_used() -> None:
    received, later = RECEIVED + timedelta(milliseconds=700), RECEIVED + minutes(30) + timedelta(milliseconds=300)

    told = why(on_raised(on_opened(at=received, terms=P3), at=later, terms=P1, cause="raised"), FR, now=later)

    assert "used 30:00, left max(0, 5:00, 7:30) = 7:30 → 16:07:30" in told[2]


def test_a_miss_by_a_fraction_is_said_as_such() -> None:
    due = current(OPENED)[FR].due_at
    assert due is not None
    clocks = on_public_reply(OPENED, at=due + timedelta(milliseconds=5), terms=P3)

    assert why(clocks, FR)[-1].endswith("missed, less than 1 s too late")
