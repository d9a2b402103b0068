from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from ticketbot.domain.retries import back_off, chance_of, retry_at

DUE = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_a_server_is_left_alone_for_longer_each_time_up_to_about_five_minutes(jitter: float) -> None:
    pauses = [back_off(failures, jitter=jitter) for failures in range(1, 30)]

    assert timedelta(seconds=1) <= pauses[0] <= timedelta(seconds=3)
    assert all(earlier <= later for earlier, later in pairwise(pauses))
    assert pauses[-1] <= timedelta(minutes=6, seconds=15)


@pytest.mark.parametrize("failures", [0, 1, 3, 9, 1000])
def test_who_was_refused_logs_in_at_most_once_a_minute(failures: int) -> None:
    assert all(back_off(failures, jitter=jitter, is_refused=True) >= timedelta(minutes=1) for jitter in (0, 0.3, 1))


def test_chance_spreads_those_who_failed_together() -> None:
    assert back_off(5, jitter=0.1) != back_off(5, jitter=0.9)


def test_a_letter_put_off_is_tried_soon_at_first_and_rarely_later() -> None:
    waits = [retry(attempts, now=DUE) - DUE for attempts in range(1, 30)]

    assert timedelta(seconds=45) <= waits[0] <= timedelta(seconds=75)
    assert all(wait <= 5 * HOUR for wait in waits)
    assert waits[-1] >= 3 * HOUR


def test_a_letter_is_given_up_72_hours_after_it_was_due() -> None:
    now, attempts = DUE, 1
    while (following := retry_at(attempts, key="k", since=DUE, now=now)) is not None:
        assert following > now
        now, attempts = following, attempts + 1

    assert now == DUE + 72 * HOUR
    assert attempts > 20


def test_a_letter_found_late_still_gets_three_tries() -> None:
    late = DUE + 500 * HOUR

    assert retry_at(1, key="k", since=DUE, now=late) is not None
    assert retry_at(2, key="k", since=DUE, now=late) is not None
    assert retry_at(3, key="k", since=DUE, now=late) is None


def test_letters_put_off_together_come_back_apart() -> None:
    assert len({retry_at(3, key=f"ack/{number}", since=DUE, now=DUE) for number in range(50)}) == 50


def test_chance_from_a_key_is_always_the_same() -> None:
    assert chance_of("ack/T-1042") == chance_of("ack/T-1042")
    assert 0 <= chance_of("\ud800") < 1


def retry(attempts: int, *, now: datetime) -> datetime:
    found = retry_at(attempts, key="k", since=DUE, now=now)
    assert found is not None
    return found
