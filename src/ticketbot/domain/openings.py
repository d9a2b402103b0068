"""Opening hours in a few words: days and hours from and to, several of both, or around the clock; and single dates."""

from datetime import date, datetime, timedelta
from itertools import groupby

from ticketbot.domain.calendars import MINUTES_A_DAY, MINUTES_AN_HOUR, BusinessCalendar, Opening, Schedule, local_date

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: How many single days are named in a line.
MOST_DAYS = 20
AROUND_THE_CLOCK = "around the clock"
TO = "\N{EN DASH}"


def spoken_hours(calendar: BusinessCalendar) -> str:
    """Return the hours of a calendar's week; days of equal hours go together."""
    if calendar.is_around_the_clock:
        return AROUND_THE_CLOCK
    groups: dict[tuple[Opening, ...], list[int]] = {}
    for day, openings in enumerate(calendar.weekly):
        if openings:
            groups.setdefault(openings, []).append(day)
    return " and ".join(f"{_days(days)} {_spans(openings)}" for openings, days in groups.items())


def spoken_day(on: date) -> str:
    """Return a date with its weekday: Tue 24 Nov."""
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def spoken_exceptions(schedule: Schedule, *, start: datetime, end: datetime) -> str:
    """Return the days between two instants that are not as the calendar's week has them, nothing where there is none.

    Days that are shut come first: `without Mon 23 Nov (holiday); Tue 24 Nov 07-09`.
    """
    calendar = schedule.calendar
    if calendar.is_around_the_clock:
        return ""
    first, last = local_date(start, schedule.zone), local_date(end, schedule.zone)
    special = dict(calendar.special)
    shut, other = [], []
    for on in (first + timedelta(days=count) for count in range((last - first).days + 1)):
        usual = calendar.weekly[on.weekday()]
        if special.get(on, () if on in schedule.holidays else usual) == usual:
            continue
        if special.get(on):
            other.append(f"{spoken_day(on)} {_spans(special[on])}")
        else:
            shut.append(f"{spoken_day(on)} ({'holiday' if on in schedule.holidays else 'shut'})")
    told = [f"without {_listed(shut)}"] if shut else []
    return "; ".join([*told, _listed(other)] if other else told)


def _listed(days: list[str]) -> str:
    more = f" and {len(days) - MOST_DAYS} days more" if len(days) > MOST_DAYS else ""
    return f"{', '.join(days[:MOST_DAYS])}{more}"


def _spans(openings: tuple[Opening, ...]) -> str:
    return ", ".join(f"{_wall(each.opens)}{TO}{_wall(each.closes)}" for each in openings)


def _days(days: list[int]) -> str:
    """Return days that follow one another as a span, others one by one."""
    spans = []
    for _, run in groupby(enumerate(days), key=lambda each: each[1] - each[0]):
        found = [day for _, day in run]
        spans.append(DAYS[found[0]] if len(found) == 1 else f"{DAYS[found[0]]}{TO}{DAYS[found[-1]]}")
    return ", ".join(spans)


def _wall(minutes: int) -> str:
    """Return a wall time, the minutes only where there are some; the end of a day is 24, of a night shift 06."""
    hours, rest = divmod(minutes if minutes <= MINUTES_A_DAY else minutes - MINUTES_A_DAY, MINUTES_AN_HOUR)
    return f"{hours:02}:{rest:02}" if rest else f"{hours:02}"
