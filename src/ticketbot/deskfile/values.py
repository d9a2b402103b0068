"""The small values of desk.toml as people write them: zones, hours, weekdays, wall times, slugs."""

import difflib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator

from ticketbot.domain.calendars import Opening
from ticketbot.domain.errors import ConfigurationError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Roles that the rules know. Others are allowed, but not misspelt ones.
ROLES = frozenset(
    {"engineer", "hypercare_lead", "support_lead", "receiving_lead", "manager", "director", "oncall", "trainer",
     "strategic_consultant", "project_manager"}
)  # fmt: skip
CONTACT_ROLES = frozenset({"user", "key_user", "vip", "sponsor", "stakeholder", "vendor"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklySlot:
    """A weekday (Monday is 0) and a wall time, e.g. 'Mon 08:00'."""

    weekday: int
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one wall time to another, e.g. '22:00-07:00'."""

    begins: time
    ends: time


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(_zone_hint(value)) from None
    return value


#: What abbreviations may mean, each with a place for every meaning; nobody can tell which was meant.
_ABBREVIATIONS = {
    "IST": "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem",
    "BST": "Europe/London or Asia/Dhaka",
    "CST": "America/Chicago, Asia/Shanghai or America/Havana",
    "CDT": "America/Chicago or America/Havana",
    "AST": "America/Halifax or Asia/Riyadh",
    "EDT": "America/New_York",
    "PST": "America/Los_Angeles or Asia/Manila",
    "PDT": "America/Los_Angeles",
    "MDT": "America/Denver",
    "SST": "Pacific/Pago_Pago or Asia/Singapore",
    "CEST": "Europe/Berlin",
    "EEST": "Europe/Helsinki",
    "WEST": "Europe/Lisbon",
    "GST": "Asia/Dubai",
    "JST": "Asia/Tokyo",
    "AEST": "Australia/Sydney or Australia/Brisbane",
    "AEDT": "Australia/Sydney",
}


def _zone_hint(value: str) -> str:
    """Return what is wrong about a zone, with the place that was probably meant."""
    if (places := _ABBREVIATIONS.get(value.upper())) is not None:
        word = "ambiguous" if " or " in places else "an abbreviation, not a time zone"
        return f"is {word}; name the place: {places}"
    zones = available_timezones()
    named = sorted(zone for zone in zones if zone.rpartition("/")[2].lower() == value.strip().replace(" ", "_").lower())
    near = named[:1] or ([] if _ABBREVIATED.fullmatch(value) else difflib.get_close_matches(value, zones, n=1))
    return f"is no time zone; did you mean {near[0]}?" if near else "is no time zone; write it like Europe/Berlin"


_ABBREVIATED = re.compile("[A-Z]{2,5}")


def _matching(pattern: str, remedy: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(remedy)
        return value

    return check


def _wall_time(value: object) -> object:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d{1,2}):(\d\d)", value.strip())):
        hours, minutes = int(match[1]), int(match[2])
        if hours < 24 and minutes < 60:  # noqa: PLR2004 - a day's hours and an hour's minutes
            return time(hours, minutes)
    if isinstance(value, time):
        return value
    raise ValueError('must be a time of day such as "08:00"')


def _slot(value: object) -> object:
    if isinstance(value, WeeklySlot):
        return value
    day, _, at = value.strip().partition(" ") if isinstance(value, str) else ("", "", "")
    weekday = day.lower()[:3]
    if weekday not in WEEKDAYS or not re.fullmatch(r"\d{1,2}:\d\d", at.strip()):
        raise ValueError('must be a weekday and a time such as "Mon 08:00"')
    instant = _wall_time(at)
    assert isinstance(instant, time)
    return WeeklySlot(weekday=WEEKDAYS.index(weekday), at=instant)


def _span(value: object) -> object:
    if isinstance(value, Span):
        return value
    begins, mark, ends = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not mark:
        raise ValueError('must be a span such as "22:00-07:00"')
    try:
        first, last = _wall_time(begins), _wall_time(ends)
    except ValueError:
        raise ValueError('must be a span such as "22:00-07:00", each a time of day with its minutes') from None
    assert isinstance(first, time)
    assert isinstance(last, time)
    return Span(begins=first, ends=last)


def _hours(value: object) -> object:
    """Read '09:00-17:00', or a list of such spans, or an empty list for a closed day."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        raise ValueError('must be hours such as "09:00-17:00" or ["09:00-12:00", "13:00-17:00"]')  # noqa: TRY004 - pydantic's protocol
    found = []
    for text in texts:
        begins, mark, ends = text.partition("-") if isinstance(text, str) else ("", "", "")
        if not mark:
            raise ValueError('must be hours such as "09:00-17:00" or ["09:00-12:00", "13:00-17:00"]')
        try:
            found.append(Opening.between(begins.strip(), ends.strip()))
        except ConfigurationError as error:
            raise ValueError(f"has wrong hours: {error}") from error
    ordered = sorted(found, key=lambda opening: opening.opens)
    for before, after in pairwise(ordered):
        if after.opens < before.closes:
            raise ValueError("has hours that overlap; let one end before the next begins")
    return tuple(ordered)


def _days(value: object) -> object:
    """Read 'mon-fri', 'sat', or a list of such; a span may run over Sunday."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        raise ValueError('must be weekdays such as "mon-fri" or ["mon", "wed"]')  # noqa: TRY004 - pydantic's protocol
    days: set[int] = set()
    for text in texts:
        first, _, last = str(text).lower().replace(" ", "").partition("-")
        names = [first[:3], (last or first)[:3]]
        if not set(names) <= set(WEEKDAYS):
            raise ValueError(f'has {text!r}, which is no weekday; write "mon-fri" or ["mon", "wed"]')
        start, end = (WEEKDAYS.index(name) for name in names)
        days |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return tuple(sorted(days))


def _naive(value: object) -> object:
    """Read a wall time without offset, or a date, which means its midnight."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if not isinstance(value, datetime):
        raise ValueError("must be a date and time such as 2027-03-01T06:00:00")  # noqa: TRY004 - pydantic's protocol
    if value.tzinfo is not None:
        raise ValueError("must be a wall time in the launch's zone: leave out the offset")
    return value


def _role(value: str) -> str:
    if value not in ROLES and (near := difflib.get_close_matches(value, ROLES, n=1, cutoff=0.75)):
        raise ValueError(f"is no role; did you mean {near[0]}?")
    return value


#: The two-letter codes of ISO 639-1; three letters are not looked up.
LANGUAGES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)


def _locale(value: str) -> str:
    language = value.partition("-")[0]
    if len(language) == len("en") and language not in LANGUAGES.split():
        raise ValueError('is no language; write it like "en", "de" or "de-AT"')
    return value


def _contact_role(value: str) -> str:
    if value not in CONTACT_ROLES:
        near = difflib.get_close_matches(value, CONTACT_ROLES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(CONTACT_ROLES))}"
        raise ValueError(f"is no role of a contact; {hint}")
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]
Slug: TypeAlias = Annotated[
    str, AfterValidator(_matching(r"[a-z0-9][a-z0-9_-]{0,62}", "must be a short name of lower-case letters, digits, -"))
]
LaunchSlug: TypeAlias = Annotated[
    str,
    AfterValidator(
        _matching(r"[a-z0-9][a-z0-9_-]{0,62}/[a-z0-9][a-z0-9_-]{0,62}", 'must be client/launch such as "acme/hr"')
    ),
]
Address: TypeAlias = Annotated[
    str,
    AfterValidator(_matching(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", 'must be one bare address such as "ana@desk.example"')),
    AfterValidator(str.lower),
]
Domain: TypeAlias = Annotated[
    str,
    AfterValidator(str.lower),
    AfterValidator(_matching(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", 'must be a mail domain such as "acme.example"')),
]
Locale: TypeAlias = Annotated[
    str,
    AfterValidator(_matching(r"[a-z]{2,3}(-[A-Z]{2})?", 'must be a language such as "en" or "de-AT"')),
    AfterValidator(_locale),
]
Role: TypeAlias = Annotated[
    str, AfterValidator(_matching(r"[a-z_]+", "must be lower-case letters and _")), AfterValidator(_role)
]
ContactRole: TypeAlias = Annotated[str, AfterValidator(_contact_role)]
WallTime: TypeAlias = Annotated[time, BeforeValidator(_wall_time)]
Slot: TypeAlias = Annotated[WeeklySlot, BeforeValidator(_slot)]
Quiet: TypeAlias = Annotated[Span, BeforeValidator(_span)]
Hours: TypeAlias = Annotated[tuple[Opening, ...], BeforeValidator(_hours)]
Days: TypeAlias = Annotated[tuple[int, ...], BeforeValidator(_days)]
LocalDateTime: TypeAlias = Annotated[datetime, BeforeValidator(_naive)]
Names: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_listed)]
