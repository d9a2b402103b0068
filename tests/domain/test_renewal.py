"""Another policy over running promises (SL5): tighter raises, looser keeps, an edited calendar moves nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.ground import BERLIN, SCHEDULES, at, hours, minutes, terms

from ticketbot.domain.calendars import Opening, Schedule, weekdays
from ticketbot.domain.clocks import Clock, Terms
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName
from ticketbot.domain.renewal import changes_anything, on_policy
from ticketbot.domain.sla import current, due_if_resumed, on_opened, on_pending, on_public_reply

FR, RES, UPD = ClockName.FIRST_RESPONSE, ClockName.RESOLUTION, ClockName.UPDATE
MONDAY = at("2027-03-08 09:00")
#: 4 h to the first answer, 40 h to the end, of Mon to Fri 9 to 17.
USUAL = terms("P3", Phase.TRANSITION)


def other(**targets: Any) -> Terms:
    """The usual terms with other targets."""
    return replace(USUAL, targets=replace(USUAL.targets, **targets))


def renewed(after: Terms, *, when: str = "2027-03-08 10:00", before: Terms = USUAL) -> dict[ClockName, Clock]:
    clocks = on_opened(at=MONDAY, terms=before)
    return current(on_policy(clocks, at=at(when), before=before, after=after, cause="desk file, version 2"))


@pytest.mark.parametrize(
    ("target", "when", "due"),
    [
        (hours(4), "2027-03-08 10:00", "2027-03-08 13:00"),
        (hours(8), "2027-03-08 10:00", "2027-03-08 13:00"),
        (None, "2027-03-08 10:00", "2027-03-08 13:00"),
        (hours(2), "2027-03-08 10:00", "2027-03-08 11:00"),
        (hours(1), "2027-03-08 10:00", "2027-03-08 10:15"),
        (minutes(8), "2027-03-08 10:00", "2027-03-08 10:05"),
        (hours(2), "2027-03-08 12:50", "2027-03-08 13:00"),
        (hours(1), "2027-03-08 14:00", "2027-03-08 13:00"),
    ],
    ids=["the same", "looser", "no promise", "tighter", "used up: a quarter is left", "at least five minutes",
         "never later", "missed already"],
)  # fmt: skip
def test_a_running_promise_only_ever_becomes_tighter_and_never_lies_in_the_past(
    target: timedelta | None, when: str, due: str
) -> None:
    assert renewed(other(first_response=target), when=when)[FR].due_at == at(due)


def test_what_the_policy_does_not_change_stays_to_the_byte() -> None:
    clocks = on_opened(at=MONDAY, terms=USUAL)

    after = on_policy(clocks, at=at("2027-03-08 10:00"), before=USUAL, after=other(first_response=hours(2)), cause="x")

    assert current(after)[RES] is current(clocks)[RES]
    assert current(after)[FR].history[-1].cause == "x"


def test_longer_opening_hours_move_no_running_clock() -> None:
    longer = Schedule(calendar=weekdays("B", Opening.between("07:00", "20:00")), zone=BERLIN)
    edited = replace(USUAL, schedules={**SCHEDULES, "B": longer})

    assert not changes_anything(USUAL, edited)
    assert renewed(edited) == renewed(USUAL)


def test_a_tighter_target_counts_in_the_hours_that_the_clock_pinned() -> None:
    longer = Schedule(calendar=weekdays("B", Opening.between("07:00", "20:00")), zone=BERLIN)
    edited = replace(other(resolution=hours(10)), schedules={**SCHEDULES, "B": longer})

    assert renewed(edited)[RES].due_at == at("2027-03-09 11:00")


def test_a_target_that_counts_in_another_calendar_is_reckoned_there() -> None:
    assert renewed(other(calendar="A"))[RES].due_at == at("2027-03-10 01:00")
    assert renewed(other(calendar="A"))[RES].calendar == "A"


def test_an_update_keeps_its_target_and_a_rest_reckons_when_it_ends() -> None:
    clocks = on_public_reply(on_opened(at=MONDAY, terms=USUAL), at=MONDAY, terms=USUAL)
    resting = on_pending(clocks, at=at("2027-03-08 11:00"), is_reply=True)
    tighter = other(update=hours(1), resolution=hours(10))

    running = current(on_policy(clocks, at=at("2027-03-08 10:00"), before=USUAL, after=tighter, cause="x"))
    rested = current(on_policy(resting, at=at("2027-03-08 12:00"), before=USUAL, after=tighter, cause="x"))

    assert running[UPD] == current(clocks)[UPD]
    assert rested[RES].due_at is None
    assert [change.target for change in rested[RES].waiting] == [hours(10)]


def test_what_waits_on_a_rest_says_when_it_would_be_due() -> None:
    resting = on_pending(on_opened(at=MONDAY, terms=USUAL), at=at("2027-03-08 11:00"), is_reply=True)
    when, tighter = at("2027-03-08 12:00"), other(resolution=hours(10))
    changed = current(on_policy(resting, at=when, before=USUAL, after=tighter, cause="x"))[RES]

    assert due_if_resumed(changed, at=when) == at("2027-03-09 12:00")
    assert due_if_resumed(changed, at=when, is_changed=False) == due_if_resumed(current(resting)[RES], at=when)
    assert changed.waiting[0].at == when


@given(
    first=st.integers(min_value=1, max_value=2000),
    whole=st.integers(min_value=1, max_value=9000),
    waited=st.integers(min_value=0, max_value=20000),
    calendar=st.sampled_from("AXB"),
)
def test_no_policy_moves_a_promise_later_or_into_the_past(first: int, whole: int, waited: int, calendar: str) -> None:
    clocks = on_opened(at=MONDAY, terms=USUAL)
    now = MONDAY + minutes(waited)
    after = other(first_response=minutes(first), resolution=minutes(whole), calendar=calendar)

    for before, later in zip(clocks, on_policy(clocks, at=now, before=USUAL, after=after, cause="x"), strict=True):
        assert before.due_at is not None
        assert later.due_at is not None
        assert later.due_at <= before.due_at
        assert later.due_at == before.due_at or later.due_at >= now
