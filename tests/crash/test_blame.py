"""Whose fault a death is: a mail that is often in hand when the service dies is suspected, and waits behind others."""

from datetime import UTC, datetime, timedelta

import pytest

from ticketbot.store.database import Store

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def backlog(store: Store) -> Store:
    """Three mails that wait, the first of them the oldest."""
    with store.work() as work:
        for number in range(3):
            at = NOW + timedelta(minutes=number)
            work.inbox.keep(b"%d" % number, mailbox="support", channel="normal", received_at=at, now=at)
    return store


def die_with_a_mail_in_hand(store: Store, *, life: int) -> int:
    """Take a mail in hand, die, and be taken back by the next life; return which mail it was."""
    now = NOW + timedelta(hours=1, seconds=life)
    with store.work() as work:
        (mail,) = work.inbox.claim(now=now, holder=f"life {life}")
    with store.work() as work:
        work.inbox.take_back(f"life {life}", now=now)
    return mail.id


def test_deaths_one_after_the_other_are_shared_by_the_mails_that_wait(backlog: Store) -> None:
    victims = [die_with_a_mail_in_hand(backlog, life=life) for life in range(6)]

    assert victims == [1, 1, 2, 2, 3, 3]


def test_a_mail_that_dies_with_the_service_once_keeps_its_place(backlog: Store) -> None:
    die_with_a_mail_in_hand(backlog, life=1)

    assert die_with_a_mail_in_hand(backlog, life=2) == 1
