"""Releases: the window of 30 to 45 days, and the train in it."""

from datetime import date

import pytest

from ticketbot.domain.releases import is_too_early, release_window

TRAINS = [date(2027, 3, 11), date(2027, 4, 8), date(2027, 5, 13)]


@pytest.mark.parametrize(
    ("received", "earliest", "latest", "train", "is_within"),
    [
        (date(2027, 3, 2), date(2027, 4, 1), date(2027, 4, 16), date(2027, 4, 8), True),
        (date(2027, 3, 9), date(2027, 4, 8), date(2027, 4, 23), date(2027, 4, 8), True),
        (date(2027, 3, 10), date(2027, 4, 9), date(2027, 4, 24), date(2027, 5, 13), False),
        (date(2027, 3, 29), date(2027, 4, 28), date(2027, 5, 13), date(2027, 5, 13), True),
        (date(2027, 5, 1), date(2027, 5, 31), date(2027, 6, 15), None, False),
    ],
)
def test_the_first_train_in_or_after_the_window(
    received: date, earliest: date, latest: date, train: date | None, is_within: bool
) -> None:
    found = release_window(received, trains=TRAINS)

    assert (found.earliest, found.latest, found.train, found.is_within) == (earliest, latest, train, is_within)


def test_a_release_before_the_window_is_too_early() -> None:
    assert is_too_early(date(2027, 3, 31), received_on=date(2027, 3, 2))
    assert not is_too_early(date(2027, 4, 1), received_on=date(2027, 3, 2))
