"""Enhancements leave only by a release: the window and the train (domain.md EN1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWindow:
    """When an enhancement may be live: the window, and the first release train from its beginning on."""

    earliest: date
    latest: date
    train: date | None
    is_within: bool


def release_window(received_on: date, trains: Iterable[date], *, days: tuple[int, int] = (30, 45)) -> ReleaseWindow:
    """Return the window of an enhancement received on that local date, and the first train on or after it opens."""
    raise NotImplementedError


def is_too_early(release_on: date, *, received_on: date, days: tuple[int, int] = (30, 45)) -> bool:
    """Say whether a release lies before the window, which needs `!` and the lead."""
    raise NotImplementedError
