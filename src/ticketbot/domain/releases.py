"""Enhancements leave only by a release: the window and the train (domain.md EN1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

#: From how many to how many days after receipt a release cycle lasts.
CYCLE_DAYS = (30, 45)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWindow:
    """When an enhancement may be live: the window, and the first release train from its beginning on."""

    earliest: date
    latest: date
    train: date | None
    is_within: bool


def release_window(received_on: date, *, trains: Iterable[date], days: tuple[int, int] = CYCLE_DAYS) -> ReleaseWindow:
    """Return the window of an enhancement received on that local date, and the first train on or after it opens."""
    earliest, latest = (received_on + timedelta(days=count) for count in days)
    train = min((on for on in trains if on >= earliest), default=None)
    return ReleaseWindow(earliest=earliest, latest=latest, train=train, is_within=train is not None and train <= latest)


def is_too_early(release_on: date, *, received_on: date, days: tuple[int, int] = CYCLE_DAYS) -> bool:
    """Say whether a release lies before the window, which needs `!` and the lead."""
    return release_on < received_on + timedelta(days=days[0])
