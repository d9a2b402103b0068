"""The bytes of mails, small and large, are the same when they come out as when they went in."""

import random

import pytest
from tests.factories import NOW

from ticketbot.domain.errors import NotFound
from ticketbot.store import blobs
from ticketbot.store.database import Store
from ticketbot.store.ledger import Arrival

SIZES = [0, 1, blobs.LARGE, blobs.LARGE + 1, 9_500_000]


def some_bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_mail_that_is_kept_comes_out_as_it_went_in(store: Store, size: int) -> None:
    raw = some_bytes(size)
    with store.work() as work:
        mail, _ = work.inbox.keep(raw, mailbox="support", channel="normal", received_at=NOW, now=NOW)

    with store.look() as work:
        assert work.inbox.raw(mail.sha256) == raw


def test_fetched_mails_of_any_size_come_out_as_they_went_in(store: Store) -> None:
    arrivals = [Arrival(uid=uid, raw=some_bytes(size)) for uid, size in enumerate(SIZES, start=1)]
    with store.work() as work:
        new = work.ledger.take_in("support", 1, arrivals, channel="normal", now=NOW)
        again = work.ledger.take_in("support", 1, arrivals, channel="normal", now=NOW)

    with store.look() as work:
        assert [work.inbox.raw(each.sha256) for each in arrivals] == [each.raw for each in arrivals]
    assert (new, again) == (len(SIZES), 0)


def test_a_large_mail_is_kept_once(store: Store) -> None:
    raw = some_bytes(blobs.LARGE + 1)
    with store.work() as work:
        first, was_new = work.inbox.keep(raw, mailbox="support", channel="normal", received_at=NOW, now=NOW)
        second, is_new = work.inbox.keep(raw, mailbox="support", channel="normal", received_at=NOW, now=NOW)

    assert (first.id, was_new) == (second.id, True)
    assert not is_new


def test_bytes_that_are_not_here_are_not_found(store: Store) -> None:
    with store.look() as work, pytest.raises(NotFound):
        work.inbox.raw("0" * 64)
