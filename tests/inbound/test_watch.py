import threading
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes import FakeMailbox
from typing_extensions import override

from ticketbot.clock import FixedClock
from ticketbot.domain.errors import DatabaseUnavailable, MailboxRefused, MailboxUnavailable
from ticketbot.inbound.fetch import Fetcher, Source
from ticketbot.inbound.watch import Watch
from ticketbot.store.database import Store

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
EVER = datetime(1970, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class Stop(threading.Event):
    """A signal that is given after so many pauses, which it remembers instead of waiting."""

    def __init__(self, *, pauses: int) -> None:
        super().__init__()
        self.left = pauses
        self.pauses: list[float] = []

    @override
    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0.0)
        self.left -= 1
        if self.left <= 0:
            self.set()
        return self.is_set()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def mailbox() -> FakeMailbox:
    return FakeMailbox()


@pytest.fixture
def watch(mailbox: FakeMailbox, store: Store, clock: FixedClock) -> Watch:
    fetcher = Fetcher(mailbox, store=store, clock=clock, source=Source(name="support", start_at=EVER))
    return Watch(fetcher, mailbox, store=store, clock=clock, chance=lambda: 0.5)


def a_mail(subject: str) -> bytes:
    return f"From: mara@acme.example\r\nSubject: {subject}\r\n\r\nSince noon.\r\n".encode()


def kept(store: Store) -> int:
    with store.look() as work:
        return sum(work.inbox.counts().values())


def trouble(store: Store) -> tuple[str | None, datetime | None]:
    with store.look() as work:
        mark = work.ledger.mark("support")
        assert mark is not None
        return mark.trouble, mark.trouble_since


def test_it_comes_back_after_every_outage_and_waits_longer_each_time(
    mailbox: FakeMailbox, store: Store, watch: Watch
) -> None:
    mailbox.add(a_mail("one"))
    mailbox.fail("open", *[MailboxUnavailable("away")] * 4)
    mailbox.fail("wait", *[MailboxUnavailable("gone")] * 9)
    stop = Stop(pauses=5)

    watch.watch(stop)

    assert kept(store) == 1
    assert stop.pauses[:4] == [2, 4, 8, 16]
    assert stop.pauses[4] == 2
    assert not mailbox.is_open


def test_a_server_that_drops_us_at_once_is_not_stormed(
    mailbox: FakeMailbox, store: Store, watch: Watch, clock: FixedClock
) -> None:
    mailbox.fail("wait", *[MailboxUnavailable("BYE")] * 8)
    stop = Stop(pauses=8)

    watch.watch(stop)

    assert stop.pauses == [2, 4, 8, 16, 32, 64, 128, 256]
    assert mailbox.said.count("open") == 8


def test_after_a_good_while_the_next_outage_is_a_first_one(
    mailbox: FakeMailbox, watch: Watch, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.fail("open", *[MailboxUnavailable("away")] * 5)
    watch.watch(Stop(pauses=5))

    def wait(_self: FakeMailbox, _seconds: float) -> bool:
        clock.advance(timedelta(hours=1))
        raise MailboxUnavailable("gone")

    monkeypatch.setattr(FakeMailbox, "wait", wait)
    watch.watch(Stop(pauses=1))
    stop = Stop(pauses=1)
    watch.watch(stop)

    assert stop.pauses == [2]


def test_trouble_that_cannot_be_noted_is_survived(
    mailbox: FakeMailbox, store: Store, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> object:
        raise DatabaseUnavailable

    mailbox.fail("open", MailboxUnavailable("away"))
    monkeypatch.setattr(store, "work", away)
    stop = Stop(pauses=1)

    watch.watch(stop)

    assert stop.pauses == [2]


def test_shutting_breaks_the_line(mailbox: FakeMailbox, watch: Watch) -> None:
    watch.fetch_all()

    watch.shut()

    assert not mailbox.is_open


def test_who_is_refused_waits_a_minute(mailbox: FakeMailbox, watch: Watch) -> None:
    mailbox.fail("open", *[MailboxRefused("wrong password")] * 3)
    stop = Stop(pauses=3)

    watch.watch(stop)

    assert min(stop.pauses) >= 60


def test_a_server_that_names_a_pause_gets_it(mailbox: FakeMailbox, watch: Watch) -> None:
    mailbox.patience = timedelta(minutes=20)
    mailbox.fail("open", MailboxUnavailable("throttled"))
    stop = Stop(pauses=1)

    watch.watch(stop)

    assert stop.pauses == [1200]


def test_a_database_that_is_away_does_not_cost_the_line(
    mailbox: FakeMailbox, store: Store, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.add(a_mail("one"))
    assert watch.fetch_all()
    mailbox.add(a_mail("two"))
    work, calls = store.work, iter([True, True, False])

    def sometimes() -> object:
        if next(calls, False):
            raise DatabaseUnavailable
        return work()

    monkeypatch.setattr(store, "work", sometimes)
    mailbox.fail("wait", MailboxUnavailable("gone"))
    stop = Stop(pauses=3)

    watch.watch(stop)

    assert kept(store) == 2
    assert mailbox.said.count("open") == 1


def test_what_nobody_foresaw_is_survived(mailbox: FakeMailbox, store: Store, watch: Watch) -> None:
    mailbox.add(a_mail("one"))
    mailbox._troubles["listing"] = [ZeroDivisionError()]  # type: ignore[list-item]
    mailbox.fail("wait", MailboxUnavailable("gone"))
    stop = Stop(pauses=2)

    watch.watch(stop)

    assert kept(store) == 1


def test_trouble_is_noted_since_when_and_when_it_is_over(
    mailbox: FakeMailbox, store: Store, watch: Watch, clock: FixedClock
) -> None:
    watch.fetch_all()
    mailbox.fail("uids", MailboxUnavailable("away"), MailboxUnavailable("far away"))
    watch.watch(Stop(pauses=1))
    clock.advance(timedelta(minutes=3))
    watch.watch(Stop(pauses=1))
    during = trouble(store)
    mailbox.fail("wait", MailboxUnavailable("gone again"))

    clock.advance(timedelta(minutes=3))
    watch.watch(Stop(pauses=1))

    assert during == ("far away", NOW)
    assert trouble(store) == ("gone again", NOW + timedelta(minutes=6))


def test_a_stop_ends_the_watch_and_says_goodbye(mailbox: FakeMailbox, watch: Watch) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=watch.watch, args=(stop,))
    thread.start()

    stop.set()
    watch.wake()
    thread.join(10)

    assert not thread.is_alive()
    assert not mailbox.is_open


def test_fetching_all_once_says_whether_there_was_anything(mailbox: FakeMailbox, store: Store, watch: Watch) -> None:
    mailbox.add(a_mail("one"))

    assert watch.fetch_all()
    assert not watch.fetch_all()
    assert kept(store) == 1
    watch.close()
    assert not mailbox.is_open


def test_fetching_all_once_says_why_it_cannot(mailbox: FakeMailbox, watch: Watch) -> None:
    mailbox.fail("open", MailboxRefused("wrong password"))

    with pytest.raises(MailboxRefused):
        watch.fetch_all()
