"""Instants, days and spans as a reader reads them: in their language and their own zone, always with its name."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, get_day_names, get_timezone_location

_NEAR = timedelta(days=6)
_KEPT = "\N{NO-BREAK SPACE}"
_UNKNOWN = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How a language writes times: CLDR patterns, the zone's name, and the adjectives that some cities have."""

    day: str
    day_and_year: str
    time: str
    glue: str
    short_day: str
    zone: str
    units: tuple[str, str, str]
    adjectives: dict[str, str] = field(default_factory=dict)


#: One line for each language that we write; another language takes the English patterns with its own names.
_STYLES = {
    "en": _Style(
        day="EEEE d MMMM",
        day_and_year="EEEE d MMMM y",
        time="HH:mm",
        glue=", ",
        short_day="d MMM",
        zone="{city} time",
        units=("days", "h", "min"),
    ),
    "de": _Style(
        day="EEEE, d. MMMM",
        day_and_year="EEEE, d. MMMM y",
        time="HH:mm 'Uhr'",
        glue=", ",
        short_day="d. MMM",
        zone="Ortszeit {city}",
        units=("Tage", "Std", "Min"),
        adjectives={
            "Berlin": "Berliner Zeit",
            "London": "Londoner Zeit",
            "New York": "New Yorker Zeit",
            "Paris": "Pariser Zeit",
            "Wien": "Wiener Zeit",
            "Zürich": "Zürcher Zeit",
        },
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Writes instants (ISO strings, as a letter's values hold them) for one reader. `at` is when the letter is made."""

    language: str
    zone: ZoneInfo
    at: datetime

    def instant(self, value: str | None, *, zoned: bool = True) -> str:
        """Return `Saturday 6 March, 22:55 (Berlin time)`, with the year where it is another; it stays on one line."""
        if value is None:
            return _UNKNOWN
        local = self._local(value)
        text = self.day(value) + self._style.glue + self._format(local, self._style.time)
        return (f"{text} ({self._zone_name(local)})" if zoned else text).replace(" ", _KEPT)

    def day(self, value: str) -> str:
        """Return `Saturday 6 March`: of an instant in the reader's zone, or of a date."""
        day = self._local(value).date() if "T" in value else date.fromisoformat(value)
        pattern = self._style.day if day.year == self._now.year else self._style.day_and_year
        return format_date(day, pattern, locale=self._locale).replace(" ", _KEPT)

    def short_day(self, value: str) -> str:
        """Return `6 Mar`."""
        day = self._local(value).date() if "T" in value else date.fromisoformat(value)
        return format_date(day, self._style.short_day, locale=self._locale)

    def short(self, value: str | None) -> str:
        """Return `Sun 09:45` within six days of now, else `12 Mar 09:45`: for subjects and tables."""
        if value is None:
            return _UNKNOWN
        local = self._local(value)
        near = abs(local - self.at) < _NEAR
        day = self._weekday(local.weekday(), "abbreviated") if near else self.short_day(value)
        return f"{day} {local:%H:%M}".replace(" ", _KEPT)

    def days(self, first: str, last: str) -> str:
        """Return a span of days with its year, in the language's own form."""
        return format_interval(date.fromisoformat(first), date.fromisoformat(last), "yMMMd", locale=self._locale)

    def week_number(self, day: str) -> int:
        """Return the ISO number of the week that a day lies in."""
        return date.fromisoformat(day).isocalendar().week

    def time(self, value: str) -> str:
        """Return `22:55`."""
        return self._format(self._local(value), self._style.time).replace(" ", _KEPT)

    def stamp(self, value: str) -> str:
        """Return `2027-03-18 14:00`, as commands write it; the wall time of the reader's zone."""
        return f"{self._local(value):%Y-%m-%d %H:%M}"

    def weekday(self, index: int, *, short: bool = False) -> str:
        """Return the name of a weekday, in full or short; 0 is Monday."""
        return self._weekday(index, "abbreviated" if short else "wide")

    def span(self, seconds: int) -> str:
        """Return `1 h 15 min`: hours and minutes up to two days, days and hours up to ten, else days; never nothing."""
        days, hours, minutes = self._style.units
        total = max(1, round(seconds / 60))
        if total >= 10 * 24 * 60:
            return f"{round(total / 24 / 60)} {days}".replace(" ", _KEPT)
        day, rest = divmod(total, 24 * 60) if total >= 48 * 60 else (0, total)
        hour, minute = divmod(rest, 60)
        if day:
            minute = 0
        parts = [f"{number} {unit}" for number, unit in ((day, days), (hour, hours), (minute, minutes)) if number]
        return " ".join(parts).replace(" ", _KEPT)

    def working(self, seconds: int) -> str:
        """Return a span of working time, never in days: `24 h`, `30 min`."""
        _, hours, minutes = self._style.units
        hour, minute = divmod(max(1, round(seconds / 60)), 60)
        parts = [f"{number} {unit}" for number, unit in ((hour, hours), (minute, minutes)) if number]
        return " ".join(parts).replace(" ", _KEPT)

    def since(self, later: str, earlier: str) -> int:
        """Return the seconds from one instant to another."""
        return int((self._local(later) - self._local(earlier)).total_seconds())

    @property
    def zone_name(self) -> str:
        """Return `Berlin time`."""
        return self._zone_name(self._now).replace(" ", _KEPT)

    @property
    def _style(self) -> _Style:
        return _STYLES.get(self.language, _STYLES["en"])

    @property
    def _locale(self) -> Locale:
        return _babel(self.language)

    @property
    def _now(self) -> datetime:
        return self.at.astimezone(self.zone)

    def _local(self, value: str) -> datetime:
        return datetime.fromisoformat(value).astimezone(self.zone)

    def _format(self, local: datetime, pattern: str) -> str:
        return format_datetime(local.replace(tzinfo=None), pattern, locale=self._locale)

    def _weekday(self, index: int, width: Literal["abbreviated", "wide"]) -> str:
        return str(get_day_names(width, locale=self._locale)[index]).rstrip(".")

    def _zone_name(self, local: datetime) -> str:
        """Name the zone by its city, else by its offset; by both when the wall time comes twice that night."""
        offset = _offset(local)
        key = self.zone.key
        if key.startswith("Etc/") or "/" not in key:
            return offset
        city = get_timezone_location(key, locale=self._locale, return_city=True).rpartition("/")[2]
        name = self._style.adjectives.get(city) or self._style.zone.format(city=city)
        return f"{name}, {offset}" if _comes_twice(local) else name


def times_for(*, language: str, zone: str, at: datetime) -> Times:
    """Return the times of a reader; a zone that we do not know becomes UTC, because a letter must always leave."""
    return Times(language=language, zone=_zone(zone), at=at.astimezone(UTC))


def _offset(local: datetime) -> str:
    """Return `UTC`, `UTC+2` or `UTC-3:30`."""
    minutes = int(_ahead(local).total_seconds() // 60)
    hour, minute = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hour}{f':{minute:02}' if minute else ''}" if minutes else "UTC"


def _comes_twice(local: datetime) -> bool:
    return _ahead(local.replace(fold=0)) > _ahead(local.replace(fold=1))


def _ahead(local: datetime) -> timedelta:
    """Return how far a wall time is ahead of UTC."""
    return local.utcoffset() or timedelta()


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=16)
def _babel(language: str) -> Locale:
    return Locale("en", "GB") if language == "en" else Locale.parse(language, sep="-")
