"""Times to propose for a call or a workshop: free, in opening hours, on different days where that can be (MT1, M20)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain

from ticketbot.domain.calendars import Schedule, business_days_after, local_date, local_instant, worked

#: The wall times that people like, in this order; then every other half hour.
LIKED = (time(10), time(14), time(11), time(15))
DAYS = 5
COUNT = 3
#: Nobody is asked to be there sooner than this.
NOTICE = timedelta(hours=3)

Busy = Sequence[tuple[datetime, datetime]]


def free_slots(
    schedule: Schedule,
    *,
    now: datetime,
    minutes: int,
    busy: Busy = (),
    days: int = DAYS,
    count: int = COUNT,
) -> tuple[datetime, ...]:
    """Return up to *count* free times of so many *minutes* in the next *days* business days, in order of time.

    Each lies on another day as long as there are enough days; *busy* are times, from and to, that are taken.
    """
    today = local_date(now, schedule.zone)
    later = [business_days_after(schedule, today, number) for number in range(1, days + 1)]
    by_day = [
        [at for at in _times(schedule, on, turn) if _is_free(schedule, at, timedelta(minutes=minutes), now, busy)]
        for turn, on in enumerate(later)
    ]
    chosen: list[datetime] = []
    length = timedelta(minutes=minutes)
    for at in chain.from_iterable(_in_turns(by_day)):
        if len(chosen) < count and all(abs(at - other) >= length for other in chosen):
            chosen.append(at)
    return tuple(sorted(chosen))


def _times(schedule: Schedule, on: date, turn: int) -> Iterator[datetime]:
    """Yield the times of a day, the liked ones first; another one of them on each day."""
    liked = [LIKED[(turn + shift) % len(LIKED)] for shift in range(len(LIKED))]
    every = [time(half // 2, 30 * (half % 2)) for half in range(48)]
    for wall in dict.fromkeys((*liked, *every)):
        yield local_instant(on, wall, schedule.zone)


def _is_free(schedule: Schedule, at: datetime, length: timedelta, now: datetime, busy: Busy) -> bool:
    ends = at + length
    is_open = worked(schedule, start=at, end=ends) == length
    return is_open and at >= now + NOTICE and all(ends <= begins or at >= over for begins, over in busy)


def _in_turns(by_day: Sequence[Sequence[datetime]]) -> Iterator[list[datetime]]:
    """Yield the first time of each day, then the second of each, and so on."""
    for rank in range(max(map(len, by_day), default=0)):
        yield [times[rank] for times in by_day if rank < len(times)]
