"""Opening hours in a few words: days and hours from and to, several of both, or around the clock."""

from itertools import groupby

from ticketbot.domain.calendars import MINUTES_A_DAY, MINUTES_AN_HOUR, BusinessCalendar, Opening

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
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
    return " and ".join(
        f"{_days(days)} {', '.join(f'{_wall(each.opens)}{TO}{_wall(each.closes)}' for each in openings)}"
        for openings, days in groups.items()
    )


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
