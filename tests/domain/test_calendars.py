"""Working time: tables by hand, laws, and an oracle that steps from minute to minute."""

import os
import time as machine
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.ground import BERLIN, NEW_YORK, ZONES, a_schedule, at, hours, minutes

from ticketbot.domain.calendars import (
    BusinessCalendar,
    Opening,
    Schedule,
    add_working,
    around_the_clock,
    business_days_after,
    business_days_before,
    first_business_moment,
    is_business_day,
    is_open,
    local_date,
    local_instant,
    minutes_of,
    next_business_day,
    schedule_facts,
    schedule_for,
    schedule_of,
    wall_exists,
    weekdays,
    worked,
)
from ticketbot.domain.errors import ConfigurationError

MINUTE = timedelta(minutes=1)
LUNCH = (Opening.between("08:00", "12:00"), Opening.between("13:00", "17:00"))
NIGHT = Opening.between("22:00", "06:00")


def a_calendar(*openings: Opening, days: Iterator[int] | range = range(5)) -> BusinessCalendar:
    return weekdays("test", *openings, days=days)


@pytest.mark.parametrize(
    ("openings", "days", "start", "amount", "due"),
    [
        pytest.param(LUNCH, range(5), "2027-03-01 11:30", 60, "2027-03-01 13:30", id="over-lunch"),
        pytest.param(LUNCH, range(5), "2027-03-01 12:15", 60, "2027-03-01 14:00", id="from-within-lunch"),
        pytest.param(LUNCH, range(5), "2027-03-01 11:30", 30, "2027-03-01 12:00", id="to-the-closing-minute"),
        pytest.param((NIGHT,), range(5), "2027-03-01 23:00", 120, "2027-03-02 01:00", id="across-midnight"),
        pytest.param((NIGHT,), range(5), "2027-03-06 05:00", 120, "2027-03-08 23:00", id="fridays-shift-ends-saturday"),
        pytest.param((NIGHT,), range(5), "2027-03-27 23:00", 60, "2027-03-29 23:00", id="no-shift-begins-on-saturday"),
        pytest.param(
            (Opening.between("00:00", "24:00"),), range(7), "2027-03-27 23:00", 180, "2027-03-28 03:00", id="spring-day"
        ),
        pytest.param(
            (Opening.between("18:00", "24:00"),), range(7), "2027-03-01 23:00", 120, "2027-03-02 19:00", id="24:00"
        ),
        pytest.param(
            (Opening.between("02:30", "05:00"),),
            range(7),
            "2027-03-28 00:00",
            60,
            "2027-03-28 04:00",
            id="opens-in-gap",
        ),
        pytest.param(
            (Opening.between("01:00", "02:30"),),
            range(7),
            "2027-03-28 00:00",
            90,
            "2027-03-29 01:30",
            id="closes-in-gap",
        ),
        pytest.param(
            (Opening.between("02:30", "05:00"),), range(7), "2027-10-31 00:00", 90, "2027-10-31 03:00", id="opens-twice"
        ),
        pytest.param(
            (Opening.between("01:00", "02:30"),),
            range(7),
            "2027-10-31 00:00",
            151,
            "2027-11-01 01:01",
            id="closes-twice",
        ),
        pytest.param(LUNCH, range(7), "2028-02-28 16:00", 120, "2028-02-29 09:00", id="leap-day"),
        pytest.param(
            (Opening.between("09:00", "13:00"), Opening.between("12:00", "14:00")),
            range(7),
            "2027-03-01 09:00",
            300,
            "2027-03-01 14:00",
            id="overlapping-openings-count-once",
        ),
    ],
)
def test_due_instants_by_hand(openings: tuple[Opening, ...], days: range, start: str, amount: int, due: str) -> None:
    schedule = Schedule(calendar=a_calendar(*openings, days=days), zone=BERLIN)

    assert add_working(schedule, start=at(start), amount=minutes(amount)) == at(due)


def test_a_half_day_counts_only_its_own_hours_even_on_a_holiday() -> None:
    morning = (Opening.between("09:00", "12:00"),)
    calendar = weekdays("B", Opening.between("09:00", "17:00"), special={date(2027, 12, 24): morning})
    schedule = Schedule(calendar=calendar, zone=BERLIN, holidays=frozenset({date(2027, 12, 24)}))

    assert add_working(schedule, start=at("2027-12-24 11:00"), amount=hours(2)) == at("2027-12-27 10:00")


def test_a_date_may_be_closed_by_itself() -> None:
    calendar = weekdays("B", Opening.between("09:00", "17:00"), special={date(2027, 3, 2): ()})
    schedule = Schedule(calendar=calendar, zone=BERLIN)

    assert add_working(schedule, start=at("2027-03-01 16:00"), amount=hours(2)) == at("2027-03-03 10:00")
    assert not is_business_day(schedule, date(2027, 3, 2))


def test_around_the_clock_counts_real_seconds_and_knows_no_holiday() -> None:
    schedule = a_schedule("A")

    due = add_working(schedule, start=at("2027-03-26 10:00"), amount=hours(48))

    assert due == at("2027-03-28 11:00")
    assert worked(schedule, start=at("2027-03-26 10:00"), end=due) == hours(48)
    assert is_business_day(schedule, date(2027, 3, 26))


def test_no_amount_is_due_at_once_even_while_closed() -> None:
    assert add_working(a_schedule(), start=at("2027-03-06 12:00"), amount=timedelta()) == at("2027-03-06 12:00")


def test_a_negative_amount_never_reaches_the_past() -> None:
    assert add_working(a_schedule("A"), start=at("2027-03-06 12:00"), amount=hours(-1)) == at("2027-03-06 12:00")


def test_nothing_is_worked_backwards() -> None:
    assert worked(a_schedule(), start=at("2027-03-02 12:00"), end=at("2027-03-01 12:00")) == timedelta()


def test_an_opening_is_half_open() -> None:
    schedule = a_schedule()

    assert not is_open(schedule, at("2027-03-01 08:59"))
    assert is_open(schedule, at("2027-03-01 09:00"))
    assert not is_open(schedule, at("2027-03-01 17:00"))


def test_a_calendar_with_no_open_hour_is_refused_when_it_is_made() -> None:
    with pytest.raises(ConfigurationError, match="no open hour"):
        BusinessCalendar(name="never")


def test_a_calendar_needs_seven_weekdays() -> None:
    with pytest.raises(ConfigurationError, match="seven"):
        BusinessCalendar(name="short", weekly=((NIGHT,),) * 5)


def test_a_calendar_shut_for_years_is_an_error_and_not_a_loop() -> None:
    mondays = frozenset(date(2027, 3, 1) + timedelta(weeks=week) for week in range(300))
    schedule = Schedule(calendar=a_calendar(NIGHT, days=range(1)), zone=BERLIN, holidays=mondays)

    with pytest.raises(ConfigurationError, match="stays closed"):
        add_working(schedule, start=at("2027-03-01 00:00"), amount=hours(1))
    with pytest.raises(ConfigurationError, match="stays closed"):
        next_business_day(schedule, date(2027, 3, 1))


def test_a_long_closure_is_crossed() -> None:
    mondays = frozenset(date(2027, 3, 1) + timedelta(weeks=week) for week in range(100))
    schedule = Schedule(calendar=a_calendar(NIGHT, days=range(1)), zone=BERLIN, holidays=mondays)

    assert add_working(schedule, start=at("2027-03-01 00:00"), amount=hours(1)) == at("2029-01-29 23:00")


@pytest.mark.parametrize("text", ["", "9", "25:00", "24:01", "09:60", "nine:00", "-1:00", "09:00:00"])
def test_a_wrong_time_of_day_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match="like 09:00"):
        minutes_of(text)


def test_an_opening_must_open() -> None:
    with pytest.raises(ConfigurationError, match="whole day"):
        Opening.between("09:00", "09:00")


@pytest.mark.parametrize(("opens", "closes"), [(-1, 10), (1440, 1500), (600, 600), (600, 2041)])
def test_an_opening_begins_on_its_day_and_lasts_a_day_at_most(opens: int, closes: int) -> None:
    with pytest.raises(ConfigurationError, match="lasts a day"):
        Opening(opens, closes)


@pytest.mark.parametrize(
    ("zone", "on", "wall", "first", "second"),
    [
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-10-31", "02:30", "2027-10-31T00:30", "2027-10-31T01:30"),
        ("America/New_York", "2027-03-14", "02:00", "2027-03-14T07:00", "2027-03-14T07:00"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02T15:30", "2027-10-02T15:30"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45", "2027-04-03T15:15"),
        ("America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T03:00", "2018-11-04T03:00"),
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00", "2011-12-30T10:00"),
        ("UTC", "2027-02-28", "23:59", "2027-02-28T23:59", "2027-02-28T23:59"),
    ],
)
def test_wall_times_in_gaps_and_double_ones(zone: str, on: str, wall: str, first: str, second: str) -> None:
    where, day, clock = ZoneInfo(zone), date.fromisoformat(on), time.fromisoformat(wall)

    assert local_instant(day, clock, where) == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert local_instant(day, clock, where, second=True) == datetime.fromisoformat(second).replace(tzinfo=UTC)


def test_a_wall_time_in_a_gap_does_not_exist_and_a_double_one_does() -> None:
    assert not wall_exists(date(2027, 3, 28), time(2, 30), BERLIN)
    assert wall_exists(date(2027, 10, 31), time(2, 30), BERLIN)
    assert wall_exists(date(2027, 3, 28), time(3), BERLIN)


def test_a_day_that_never_was_has_no_working_time() -> None:
    schedule = Schedule(
        calendar=a_calendar(Opening.between("09:00", "17:00"), days=range(7)), zone=ZoneInfo("Pacific/Apia")
    )
    before = local_instant(date(2011, 12, 29), time(9), schedule.zone)

    assert add_working(schedule, start=before, amount=hours(9)) == local_instant(
        date(2011, 12, 31), time(10), schedule.zone
    )


def test_business_days_are_counted_over_weekend_and_easter() -> None:
    schedule = a_schedule()
    end = date(2027, 3, 31)

    assert [business_days_before(schedule, end, count) for count in (1, 2, 5)] == [
        date(2027, 3, 30),
        date(2027, 3, 25),
        date(2027, 3, 22),
    ]
    assert business_days_after(schedule, date(2027, 3, 25), 1) == date(2027, 3, 30)
    assert next_business_day(schedule, date(2027, 3, 26)) == date(2027, 3, 30)
    assert next_business_day(schedule, date(2027, 3, 30)) == date(2027, 3, 30)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("2027-03-01 06:00", "2027-03-01 08:00"),
        ("2027-03-01 08:00", "2027-03-01 08:00"),
        ("2027-03-01 08:01", "2027-03-02 08:00"),
        ("2027-05-30 00:00", "2027-05-31 08:00"),
    ],
)
def test_the_first_business_moment_is_never_before(after: str, found: str) -> None:
    assert first_business_moment(a_schedule(), after=at(after), at=time(8)) == at(found)


def test_a_schedule_survives_as_plain_values_and_keeps_its_version() -> None:
    calendar = weekdays("B", *LUNCH, special={date(2027, 12, 24): (NIGHT,)})
    schedule = Schedule(calendar=calendar, zone=NEW_YORK, holidays=frozenset({date(2027, 1, 1)}))

    again = schedule_of(schedule_facts(schedule))

    assert again == schedule
    assert again.version == schedule.version
    assert schedule_of(schedule_facts(schedule)) is again


def test_equal_schedules_share_one_warm_layout() -> None:
    made = [
        schedule_for(
            calendar=weekdays("B", *LUNCH), zone=ZoneInfo("Europe/Berlin"), holidays=frozenset({date(2027, 1, 1)})
        )
        for _ in range(2)
    ]

    assert made[0] is made[1]


def test_a_holiday_more_is_another_version_except_around_the_clock() -> None:
    assert a_schedule("B").version != a_schedule("B", holidays=frozenset()).version
    assert a_schedule("A").version == a_schedule("A", holidays=frozenset()).version


def test_local_date_is_the_date_on_the_wall() -> None:
    assert local_date(datetime(2027, 3, 1, 4, tzinfo=UTC), NEW_YORK) == date(2027, 2, 28)


def test_a_query_long_before_the_first_one_is_answered_too() -> None:
    schedule = a_schedule()
    worked(schedule, start=at("2027-03-01 09:00"), end=at("2027-03-02 09:00"))

    assert worked(schedule, start=at("2024-03-04 09:00"), end=at("2024-03-05 10:00")) == hours(9)


# Laws

CALENDARS = (
    a_calendar(Opening.between("09:00", "17:00")),
    a_calendar(*LUNCH),
    a_calendar(NIGHT, days=range(7)),
    a_calendar(Opening.between("00:00", "24:00"), days=range(7)),
    weekdays(
        "half", *LUNCH, special={date(2027, 3, 26): LUNCH[:1], date(2027, 10, 29): (), date(2028, 2, 29): LUNCH[:1]}
    ),
    a_calendar(Opening.between("01:30", "02:30"), Opening.between("23:00", "00:30"), days=range(7)),
    around_the_clock("A"),
)
SCHEDULES = [
    Schedule(calendar=calendar, zone=ZoneInfo(zone), holidays=frozenset({date(2027, 3, 26), date(2027, 11, 1)}))
    for zone in ZONES
    for calendar in CALENDARS
]
schedules = st.sampled_from(SCHEDULES)
#: Around the changes of clocks in every zone, and the rest of the year.
instants = st.one_of(
    st.datetimes(datetime.fromisoformat("2027-01-01"), datetime.fromisoformat("2028-03-02"), timezones=st.just(UTC)),
    st.datetimes(datetime.fromisoformat("2027-03-26"), datetime.fromisoformat("2027-04-05"), timezones=st.just(UTC)),
    st.datetimes(datetime.fromisoformat("2027-10-01"), datetime.fromisoformat("2027-11-08"), timezones=st.just(UTC)),
)
#: A day that never was in Apia, midnights that never were in São Paulo.
PAST = [Schedule(calendar=each.calendar, zone=each.zone) for each in SCHEDULES]
past_instants = st.one_of(
    st.datetimes(datetime.fromisoformat("2011-12-28"), datetime.fromisoformat("2012-01-02"), timezones=st.just(UTC)),
    st.datetimes(datetime.fromisoformat("2018-11-02"), datetime.fromisoformat("2018-11-06"), timezones=st.just(UTC)),
)
amounts = st.timedeltas(timedelta(), timedelta(days=12))


@settings(max_examples=200)
@given(schedule=schedules, start=instants, amount=amounts)
def test_time_added_is_the_time_measured_and_no_earlier_instant_has_it(
    schedule: Schedule, start: datetime, amount: timedelta
) -> None:
    due = add_working(schedule, start=start, amount=amount)

    assert worked(schedule, start=start, end=due) == amount
    assert amount == timedelta() or worked(schedule, start=start, end=due - timedelta(microseconds=1)) < amount


@given(schedule=schedules, start=instants, amount=amounts, more=amounts)
def test_due_is_monotone_in_the_target_and_adding_splits(
    schedule: Schedule, start: datetime, amount: timedelta, more: timedelta
) -> None:
    due = add_working(schedule, start=start, amount=amount)
    later = add_working(schedule, start=start, amount=amount + more)

    assert start <= due <= later
    assert more == timedelta() or add_working(schedule, start=due, amount=more) == later


@given(schedule=schedules, ends=st.lists(instants, min_size=3, max_size=3))
def test_splitting_a_span_adds_up(schedule: Schedule, ends: list[datetime]) -> None:
    first, middle, last = sorted(ends)

    whole = worked(schedule, start=first, end=last)

    assert whole == worked(schedule, start=first, end=middle) + worked(schedule, start=middle, end=last)
    assert timedelta() <= whole <= last - first


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Pacific/Apia", "America/New_York"])
def test_the_zone_of_the_server_changes_nothing(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [add_working(each, start=at("2027-03-26 10:00"), amount=hours(30)) for each in SCHEDULES]
    monkeypatch.setitem(os.environ, "TZ", zone)
    machine.tzset()
    try:
        fresh = [Schedule(calendar=each.calendar, zone=each.zone, holidays=each.holidays) for each in SCHEDULES]
        assert [add_working(each, start=at("2027-03-26 10:00"), amount=hours(30)) for each in fresh] == expected
    finally:
        monkeypatch.undo()
        machine.tzset()


def oracle(schedule: Schedule, start: datetime, amount: int) -> datetime:
    """Return the due instant by stepping through UTC minutes; windows are found by looking at the wall every minute."""
    now, left, horizon = start, amount, start
    open_minutes: set[datetime] = set()
    day = local_date(start, schedule.zone) - timedelta(days=2)
    while True:
        if now >= horizon:
            for _ in range(5):
                for opening in _hours(schedule, day):
                    first = _seen(schedule.zone, day, opening.opens, last=False)
                    until = _seen(schedule.zone, day, opening.closes, last=True)
                    while first < until:
                        open_minutes.add(first)
                        first += MINUTE
                day += timedelta(days=1)
            horizon = datetime.combine(day, time(), UTC) - timedelta(days=2)
            continue
        left -= now in open_minutes
        now += MINUTE
        if left == 0:
            return now


def _hours(schedule: Schedule, day: date) -> tuple[Opening, ...]:
    special = dict(schedule.calendar.special)
    if day in special:
        return special[day]
    return () if day in schedule.holidays else schedule.calendar.weekly[day.weekday()]


@cache
def _seen(zone: ZoneInfo, day: date, wall_minutes: int, *, last: bool) -> datetime:
    """Return the first minute at which the wall shows the time or more; with *last* the last at which it shows it."""
    wall = datetime.combine(day, time()) + timedelta(minutes=wall_minutes)
    guess = wall.replace(tzinfo=zone).astimezone(UTC)
    for reach in (90, 26 * 60):
        around = [guess + timedelta(minutes=count) for count in range(-reach, reach)]
        shown = [(instant, instant.astimezone(zone).replace(tzinfo=None)) for instant in around]
        if last and (exact := [instant for instant, seen in shown if seen == wall]):
            return exact[-1]
        if shown[0][1] < wall:
            break
    return next(instant for instant, seen in shown if seen >= wall)


def _with_hours(schedules: list[Schedule]) -> st.SearchStrategy[Schedule]:
    return st.sampled_from([each for each in schedules if not each.calendar.is_around_the_clock])


@settings(max_examples=60, deadline=None)
@given(
    case=st.one_of(
        st.tuples(_with_hours(SCHEDULES), instants, st.integers(1, 900)),
        st.tuples(_with_hours(PAST), past_instants, st.integers(1, 900)),
    )
)
def test_an_oracle_that_steps_by_minutes_agrees(case: tuple[Schedule, datetime, int]) -> None:
    schedule, start, amount = case
    whole = start.replace(second=0, microsecond=0)

    assert add_working(schedule, start=whole, amount=minutes(amount)) == oracle(schedule, whole, amount)
