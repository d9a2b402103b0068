"""Times that are proposed for a call."""

from datetime import datetime, timedelta

from tests.domain.ground import BERLIN, a_schedule, at

from ticketbot.domain.slots import free_slots

MONDAY = at("2027-03-01 10:00")


def shown(slots: tuple[datetime, ...]) -> list[str]:
    return [f"{each.astimezone(BERLIN):%a %H:%M}" for each in slots]


def test_three_times_on_three_days_are_proposed() -> None:
    assert shown(free_slots(a_schedule(), now=MONDAY, minutes=30)) == ["Tue 10:00", "Wed 14:00", "Thu 11:00"]


def test_what_is_taken_is_not_proposed() -> None:
    busy = [(at("2027-03-02 09:30"), at("2027-03-02 10:30")), (at("2027-03-03 09:00"), at("2027-03-03 17:00"))]

    assert shown(free_slots(a_schedule(), now=MONDAY, minutes=30, busy=busy)) == ["Tue 14:00", "Thu 11:00", "Fri 15:00"]


def test_weekends_and_holidays_are_passed_over() -> None:
    assert shown(free_slots(a_schedule(), now=at("2027-03-25 10:00"), minutes=60)) == [
        "Tue 10:00",
        "Wed 14:00",
        "Thu 11:00",
    ]


def test_where_days_are_few_a_day_is_proposed_twice() -> None:
    found = free_slots(a_schedule(), now=MONDAY, minutes=30, days=1)

    assert shown(found) == ["Tue 10:00", "Tue 11:00", "Tue 14:00"]


def test_where_all_is_taken_nothing_is_proposed() -> None:
    busy = [(MONDAY, MONDAY + timedelta(days=30))]

    assert free_slots(a_schedule(), now=MONDAY, minutes=30, busy=busy) == ()
