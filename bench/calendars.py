"""What a million calendar computations cost on one core: `python -m bench.calendars [--check]`.

Each is one due instant (`add_working`) or one measured span (`worked`), in seven zones and three calendars with
holidays, lunch breaks and half days, from instants all over a year, so that every change of clocks is crossed.
`--check` ends with 1 when they take more than sixty seconds.
"""

import argparse
import random
import sys
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Opening, Schedule, add_working, around_the_clock, weekdays, worked

MANY, REACH = 1_000_000, 60.0
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "UTC",
)
CALENDARS = (
    weekdays("B", Opening.between("09:00", "12:30"), Opening.between("13:00", "17:00"),
             special={date(2027, 12, 24): (Opening.between("09:00", "12:00"),)}),
    weekdays("X", Opening.between("07:00", "19:00")),
    around_the_clock("A"),
)  # fmt: skip
HOLIDAYS = frozenset({date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 1), date(2027, 12, 25)})


def compute(many: int) -> None:
    """Do so many computations, half of each kind."""
    chance = random.Random(7)
    schedules = [
        Schedule(calendar=calendar, zone=ZoneInfo(zone), holidays=HOLIDAYS) for zone in ZONES for calendar in CALENDARS
    ]
    begin = datetime(2027, 1, 1, tzinfo=UTC)
    starts = [begin + timedelta(minutes=chance.randrange(525_600)) for _ in range(5_000)]
    amounts = [timedelta(minutes=minutes) for minutes in (15, 30, 60, 240, 480, 1_440, 4_800)]
    for index in range(many // 2):
        schedule, start = schedules[index % len(schedules)], starts[index % len(starts)]
        due = add_working(schedule, start=start, amount=amounts[index % len(amounts)])
        worked(schedule, start=start, end=due)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    wanted = parser.parse_args()
    began = time.process_time()
    compute(MANY)
    took = time.process_time() - began
    print(f"{MANY} computations: {took:.1f} s of CPU on one core; {REACH:.0f} are allowed")
    return int(wanted.check and took > REACH)


if __name__ == "__main__":
    sys.exit(main())
