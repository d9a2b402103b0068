from datetime import UTC, datetime, timedelta

import pytest

from ticketbot.inbound.mailbox import Listed, batches
from ticketbot.inbound.mailbox.port import BATCH_BYTES, BATCH_MAILS, LARGE, is_busy, is_temporary, suggested_wait

AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
MAX_SIZE = 50_000_000


def sizes(*octets: int) -> list[list[int]]:
    listed = [Listed(uid=uid, size=size, internal_at=AT) for uid, size in enumerate(octets, start=1)]
    return [[mail.size for mail in batch] for batch in batches(listed, max_size=MAX_SIZE)]


def test_no_mails_make_no_batch() -> None:
    assert sizes() == []


def test_small_mails_go_together_fifty_at_most() -> None:
    assert [len(batch) for batch in sizes(*[1000] * 120)] == [BATCH_MAILS, BATCH_MAILS, 20]


def test_a_batch_fits_in_memory() -> None:
    assert all(sum(batch) <= BATCH_BYTES for batch in sizes(*[LARGE] * 10))


def test_a_large_mail_goes_alone_and_in_its_turn() -> None:
    assert sizes(1, 2, LARGE + 1, 3) == [[1, 2], [LARGE + 1], [3]]


def test_a_mail_over_the_limit_weighs_as_much_as_its_beginning() -> None:
    assert sizes(1, MAX_SIZE + 1, 2) == [[1, MAX_SIZE + 1, 2]]


@pytest.mark.parametrize(
    ("words", "busy", "temporary"),
    [
        ("[UNAVAILABLE] Temporary authentication failure", True, True),
        ("[LIMIT] Too many simultaneous connections", True, True),
        ("BAD User is authenticated but not connected.", True, True),
        ("[SERVERBUG] Internal error occurred", False, True),
        ("Temporary System Error", False, True),
        ("[AUTHENTICATIONFAILED] Invalid credentials", False, False),
        ("[NONEXISTENT] Unknown Mailbox: Support", False, False),
        ("LOGIN failed.", False, False),
    ],
)
def test_a_refusal_is_told_from_a_lack_of_time(words: str, busy: bool, temporary: bool) -> None:
    assert (is_busy(words), is_temporary(words)) == (busy, temporary)


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ("Request is throttled. Suggested Backoff Time: 92415 milliseconds", timedelta(seconds=92.415)),
        ("Suggested Backoff Time: 30 sec", timedelta(seconds=30)),
        ("Suggested Backoff Time: 999999999 milliseconds", timedelta(hours=1)),
        ("Too many connections", timedelta()),
    ],
)
def test_a_throttling_server_is_taken_at_its_word(words: str, wait: timedelta) -> None:
    assert suggested_wait(words) == wait
