"""The only place that reads the clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the instant; handed in by the wiring, so that stories and tests can jump."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place


class FixedClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, instant: datetime) -> None:
        """Stand at *instant*."""
        self.instant = instant

    def now(self) -> datetime:
        """Return the instant at which the clock stands."""
        return self.instant

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new instant."""
        self.instant += by
        return self.instant
