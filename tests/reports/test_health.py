"""Health: the service polls, understands and sends in time, or it says what it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from ticketbot.domain.drafts import Draft
from ticketbot.reports.health import Health, health_of
from ticketbot.store.database import Store

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def health(store: Store, *, at: datetime = NOW) -> Health:
    with store.look() as work:
        return health_of(work, mailboxes=["support"], now=at)


@pytest.fixture
def polled(store: Store) -> Store:
    with store.work() as work:
        work.ledger.begin("support", start_at=NOW, uidvalidity=1)
        work.ledger.polled("support", 1, last_uid=0, now=NOW)
    return store


def test_a_service_that_polls_and_has_nothing_to_do_is_well(polled: Store) -> None:
    assert health(polled).is_well


def test_a_mailbox_that_was_never_read_is_named(store: Store) -> None:
    assert health(store).problems == ("mailbox support was never read",)


@pytest.mark.parametrize(("minutes", "ago"), [(6, "6 min"), (180, "3 h")])
def test_a_mailbox_that_was_not_read_for_long_is_named(polled: Store, minutes: int, ago: str) -> None:
    found = health(polled, at=NOW + timedelta(minutes=minutes))

    assert found.problems == (f"mailbox support was last read {ago} ago",)


def test_what_is_wrong_with_a_mailbox_is_told_in_its_own_words(polled: Store) -> None:
    with polled.work() as work:
        work.ledger.trouble("support", "the server refused the login", now=NOW)

    assert health(polled).problems == ("mailbox support: the server refused the login",)


def test_a_mail_that_waits_too_long_is_told(polled: Store) -> None:
    with polled.work() as work:
        early = NOW - timedelta(minutes=6)
        work.inbox.keep(b"x", mailbox="support", channel="normal", received_at=early, now=early)

    assert health(polled).problems == ("a mail waits to be understood for 6 min",)


def test_a_letter_that_waits_too_long_is_told(polled: Store) -> None:
    draft = Draft(code="ACK", key="ACK:1", to=("a@b.example",), send_at=NOW - timedelta(minutes=11), values={})
    with polled.work() as work:
        work.outbox.put(draft, message_id="1@x", now=NOW)

    assert health(polled).problems == ("a letter waits to be sent for 11 min",)
