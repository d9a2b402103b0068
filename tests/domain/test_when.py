"""Dates, times and durations as people write them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ticketbot.domain import when

A_THURSDAY = date(2027, 3, 11)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-03-18", date(2027, 3, 18)),
        ("today", A_THURSDAY),
        ("Tomorrow", date(2027, 3, 12)),
        ("fri", date(2027, 3, 12)),
        ("Friday", date(2027, 3, 12)),
        ("thu", date(2027, 3, 18)),
        ("mond", date(2027, 3, 15)),
        ("3d", date(2027, 3, 14)),
        ("1w", date(2027, 3, 18)),
        ("2027-02-30", None),
        ("2027-3-18", None),
        ("2h", None),
        ("fr", None),
        ("someday", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_mean_them(text: str, expected: date | None) -> None:
    assert when.day(text, today=A_THURSDAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60m", timedelta(hours=1)),
        ("15min", timedelta(minutes=15)),
        ("2H", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        ("1w", timedelta(days=7)),
        ("0m", None),
        ("60", None),
        ("99999m", None),
    ],
)
def test_durations_have_a_unit(text: str, expected: timedelta | None) -> None:
    assert when.duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("14:00", time(14)), ("9:05", time(9, 5)), ("24:00", None), ("12:60", None), ("noon", None)],
)
def test_times_are_of_a_day(text: str, expected: time | None) -> None:
    assert when.wall_time(text) == expected


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        pytest.param(date(2027, 3, 18), time(14), datetime(2027, 3, 18, 13, tzinfo=UTC), id="winter time"),
        pytest.param(date(2027, 3, 28), time(2, 30), None, id="left out when the clocks go forward"),
        pytest.param(date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC), id="twice: the first"),
    ],
)
def test_a_wall_time_becomes_an_instant_or_is_refused(on: date, at: time, expected: datetime | None) -> None:
    assert when.instant(on, at, zone=BERLIN) == expected
