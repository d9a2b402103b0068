from datetime import UTC, datetime, timedelta

import pytest

from ticketbot.inbound.census import SKEW, is_before_start, shelved, start_of
from ticketbot.inbound.mailbox import Listed, Shelf

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def at(internal_at: datetime | None) -> Listed:
    return Listed(uid=1, size=100, internal_at=internal_at)


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
def test_the_second_of_the_first_connection_is_from_before(microsecond: int) -> None:
    assert start_of(START.replace(microsecond=microsecond)) == START + SECOND


@pytest.mark.parametrize(
    ("internal_at", "forgives", "is_old"),
    [
        (START, False, False),
        (START - SECOND, False, True),
        (START - SECOND, True, False),
        (START - SKEW, True, False),
        (START - SKEW - SECOND, True, True),
        (START + timedelta(days=1), False, False),
        (None, False, False),
    ],
)
def test_the_start_tells_old_mails_from_new_ones(internal_at: datetime | None, forgives: bool, is_old: bool) -> None:
    assert is_before_start(at(internal_at), start_at=START, forgives=forgives) is is_old


def test_only_the_quarantined_go_into_quarantine() -> None:
    assert shelved([(1, "done"), (2, "quarantined"), (3, "held"), (4, "dropped")]) == {
        Shelf.PROCESSED: [1, 3, 4],
        Shelf.QUARANTINE: [2],
    }
