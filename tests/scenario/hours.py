"""The hours and phases of one launch, as plain as possible, for the oracle: whole seconds since 1970."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY, HOUR, MINUTE = 86_400, 3_600, 60
#: SL2, in minutes: FR, NR, RES, UPD, calendar.
TARGETS: Mapping[str, tuple[tuple[int | None, int | None, int | None, int | None, str], ...]] = {
    "hypercare": (
        (15, 30, 240, 60, "A"),
        (30, 60, 480, 240, "A"),
        (120, 240, 1440, 720, "X"),
        (240, 480, 3600, None, "X"),
    ),
    "transition": (
        (30, 60, 480, 120, "A"),
        (120, 240, 1440, 720, "X"),
        (240, 480, 2400, 2400, "B"),
        (480, 960, 4800, None, "B"),
    ),
    "standard": (
        (60, 120, 720, 240, "X"),
        (240, 480, 1440, 960, "B"),
        (480, 960, 4800, None, "B"),
        (960, 1440, None, None, "B"),
    ),
}
NAMES = ("FR", "NR", "RES", "UPD")


def local(day: date, hour: float, zone: ZoneInfo) -> int:
    """Return a wall time as an instant; the tests choose none that a change of the clocks skips or doubles."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(hours=hour)
    return int(wall.timestamp())


def iso(instant: int | None) -> str | None:
    return None if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Hours:
    """SL1, SL9: the windows of a calendar, one after the other."""

    def __init__(self, name: str, *, zone: ZoneInfo, holidays: frozenset[date], around: date) -> None:
        self.name = name
        first, last = {"A": (0, 0), "X": (7, 19), "B": (9, 17)}[name]
        days = [around + timedelta(days=step) for step in range(-60, 200)]
        self.windows = [
            (local(day, first, zone), local(day, last, zone))
            for day in days
            if name != "A" and day.weekday() < 5 and day not in holidays
        ] or [(local(days[0], 0, zone), local(days[-1], 0, zone))]
        self.starts = [start for start, _ in self.windows]

    def worked(self, start: int, end: int) -> int:
        first = max(bisect_right(self.starts, start) - 1, 0)
        total = 0
        for opens, closes in self.windows[first:]:
            if opens >= end:
                break
            total += max(0, min(end, closes) - max(start, opens))
        return total

    def add(self, start: int, amount: int) -> int:
        """Return the earliest instant with so much work since *start*."""
        if amount <= 0:
            return start
        for opens, closes in self.windows[max(bisect_right(self.starts, start) - 1, 0) :]:
            here = closes - max(start, opens)
            if amount <= here and here > 0:
                return max(start, opens) + amount
            amount -= max(0, here)
        raise AssertionError("the story leaves the calendar")

    def earliest_with_left(self, left: int, *, due: int) -> int:
        """Return the earliest instant from which no more than *left* is to be worked until *due*."""
        low, high = self.windows[0][0], due
        while low < high:
            middle = (low + high) // 2
            if self.worked(middle, due) <= left:
                high = middle
            else:
                low = middle + 1
        return low


@dataclass
class Course:
    """PH2 to PH4: the phases of a launch, and its hours."""

    go_live: datetime
    zone: ZoneInfo
    profile: str
    hypercare_days: int
    holidays: frozenset[date]

    def __post_init__(self) -> None:
        day = self.go_live.date()
        self.starts_at = local(day, self.go_live.hour, self.zone)
        self.ends_at = local(day + timedelta(days=self.hypercare_days), 0, self.zone)
        self.hours = {name: Hours(name, zone=self.zone, holidays=self.holidays, around=day) for name in "AXB"}

    def phase(self, at: int) -> str:
        if at < self.starts_at:
            return "pre_live"
        return "standard" if self.profile == "none" or at >= self.ends_at else "hypercare"

    def target(self, name: str, priority: int, at: int) -> tuple[int | None, Hours]:
        phase = self.phase(at)
        row = TARGETS["transition" if phase == "pre_live" else phase][priority - 1]
        calendar = "X" if row[4] == "A" and self.profile == "focused14" else row[4]
        minutes = row[NAMES.index(name)]
        assert not isinstance(minutes, str)
        return (None if minutes is None else minutes * MINUTE), self.hours[calendar]
