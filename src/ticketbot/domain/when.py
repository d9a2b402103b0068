"""Dates, times and durations as people write them in commands: `2027-03-18 14:00`, `fri`, `3d`, `60m`."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DURATION = re.compile(r"([1-9][0-9]{0,3})(m|min|h|d|w)", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def duration(text: str) -> timedelta | None:
    """Return a duration such as 15m, 2h, 7d or 1w, or None."""
    found = _DURATION.fullmatch(text)
    return int(found[1]) * _UNITS[found[2][0].lower()] if found else None


def wall_time(text: str) -> time | None:
    """Return a time of day such as 14:00, or None."""
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 - hours and minutes of a day
        return None
    return time(int(found[1]), int(found[2]))


def day(text: str, *, today: date) -> date | None:
    """Return a day: 2027-03-18, today, tomorrow, the next fri or friday after today, 3d or 1w from today; or None."""
    word = text.casefold()
    if found := _DATE.fullmatch(word):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=word == "tomorrow")
    if (span := duration(word)) is not None and word[-1] in "dw":
        return today + span
    named = [index for index, name in enumerate(_DAYS) if len(word) > 2 and name.startswith(word)]  # noqa: PLR2004 - mon
    return today + timedelta(days=(named[0] - today.weekday() - 1) % 7 + 1) if named else None


def instant(on: date, at: time, *, zone: ZoneInfo) -> datetime | None:
    """Return the UTC instant of a wall time, the first where it comes twice, or None where the clocks leave it out."""
    local = datetime.combine(on, at, tzinfo=zone)
    moment = local.astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None
