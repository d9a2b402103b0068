from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.fakes import FakeMailbox

from ticketbot.clock import FixedClock
from ticketbot.domain.errors import MailboxRefused, MailboxUnavailable
from ticketbot.inbound.fetch import Fetcher, Source
from ticketbot.inbound.mailbox import Shelf
from ticketbot.store.database import Store
from ticketbot.store.models import Delivery, InboxMail, MailState

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
AT = NOW + timedelta(seconds=30)
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def mailbox() -> FakeMailbox:
    return FakeMailbox()


@pytest.fixture
def fetcher(mailbox: FakeMailbox, store: Store, clock: FixedClock) -> Fetcher:
    """A fetcher that was connected once already, to an empty mailbox."""
    made = a_fetcher(mailbox, store, clock)
    run(made)
    clock.advance(timedelta(minutes=1))
    return made


def a_fetcher(
    mailbox: FakeMailbox,
    store: Store,
    clock: FixedClock,
    *,
    name: str = "support",
    channel: str = "normal",
    start_at: datetime | None = None,
) -> Fetcher:
    source = Source(name=name, channel=channel, start_at=start_at)
    return Fetcher(mailbox, store=store, clock=clock, source=source)


def run(fetcher: Fetcher) -> int:
    """Let a fetcher do all there is; return in how many steps."""
    steps = 0
    while fetcher.do_one():
        steps += 1
        assert steps < 1000
    return steps


def run_until_it_works(fetcher: Fetcher) -> int:
    """Come back after every broken line; return how often it broke."""
    for failures in range(20):
        try:
            run(fetcher)
        except MailboxUnavailable:
            continue
        return failures
    raise AssertionError("it never works")


def a_mail(subject: str = "Payroll is late") -> bytes:
    return f"From: mara@acme.example\r\nSubject: {subject}\r\n\r\nSince noon.\r\n".encode()


def kept(store: Store) -> list[InboxMail]:
    with Session(store.engine) as session:
        return list(session.scalars(select(InboxMail).order_by(InboxMail.id)))


def raws(store: Store) -> list[bytes]:
    with store.look() as work:
        return [work.inbox.raw(mail.sha256) for mail in kept(store)]


def ledger(store: Store) -> list[tuple[str, int, str]]:
    with Session(store.engine) as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.mailbox, Delivery.uidvalidity, Delivery.uid))
        return [(row.mailbox, row.uid, row.state) for row in rows]


def finish(store: Store, state: MailState = MailState.DONE) -> None:
    """Let every received mail reach its outcome."""
    with store.work() as work:
        for mail in work.inbox.listed([MailState.RECEIVED]):
            work.inbox.close(mail, state=state, outcome="ticket", reason="a test", now=AT)


class TestTakingIn:
    def test_a_new_mail_is_kept_with_its_bytes_and_one_sighting(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        mailbox.add(a_mail(), at=AT)

        run(fetcher)

        (mail,) = kept(store)
        assert raws(store) == [a_mail()]
        assert (mail.state, mail.channel, mail.mailbox) == ("received", "normal", "support")
        assert (mail.received_at, mail.stored_at) == (AT, NOW + timedelta(minutes=1))
        assert ledger(store) == [("support", 1, "stored")]

    def test_the_service_is_told_that_there_is_news(self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher) -> None:
        rings = store.bell.rings
        mailbox.add(a_mail(), at=AT)

        run(fetcher)

        assert store.bell.rings > rings

    def test_many_mails_come_in_batches_oldest_first(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        for number in range(120):
            mailbox.add(a_mail(str(number)), at=AT)

        run(fetcher)

        assert raws(store) == [a_mail(str(number)) for number in range(120)]
        assert [what for what in mailbox.said if what.startswith("fetch")] == ["fetch 50", "fetch 50", "fetch 20"]

    def test_a_mail_dated_in_the_future_counts_from_now(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail("from the future"), at=NOW + timedelta(days=400))
        mailbox.add(a_mail("without a time"), at=None)

        run(fetcher)

        assert [mail.received_at for mail in kept(store)] == [clock.instant, clock.instant]

    def test_an_oversize_mail_is_kept_as_its_beginning(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        mailbox.max_size = 2000
        mailbox.add(a_mail() + b"x" * 5000, at=AT)

        run(fetcher)

        (mail,) = kept(store)
        assert mail.is_oversize
        assert raws(store)[0].startswith(a_mail())
        assert ledger(store) == [("support", 1, "stored")]

    def test_nothing_is_listed_twice_while_nothing_comes(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        mailbox.add(a_mail(), at=AT)
        run(fetcher)
        mailbox.said.clear()

        assert run(fetcher) == 0

        assert mailbox.said == ["uids"]

    def test_the_same_bytes_seen_again_make_nothing_new(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        mailbox.add(a_mail(), at=AT)
        run(fetcher)
        finish(store)

        mailbox.add(a_mail(), at=AT)
        mailbox.add(a_mail(), at=AT)
        run(fetcher)

        assert len(kept(store)) == 1
        assert ledger(store) == [("support", uid, "acked") for uid in (1, 2, 3)]

    def test_two_pollers_of_one_mailbox_keep_one_mail(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        other = a_fetcher(FakeMailbox(mails=mailbox.mails), store, clock)
        run(other)
        mailbox.add(a_mail(), at=AT)

        run(fetcher)
        run(other)

        assert len(kept(store)) == 1
        assert ledger(store) == [("support", 1, "stored")]

    def test_a_mail_to_two_of_our_mailboxes_is_one_mail_of_the_stronger_channel(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        urgent_box = FakeMailbox()
        urgent = a_fetcher(urgent_box, store, clock, name="urgent", channel="urgent")
        run(urgent)
        mailbox.add(a_mail(), at=AT)
        urgent_box.add(a_mail(), at=AT)

        run(fetcher)
        run(urgent)

        assert [(mail.channel, mail.mailbox) for mail in kept(store)] == [("urgent", "support")]
        assert ledger(store) == [("support", 1, "stored"), ("urgent", 1, "stored")]

    def test_a_database_that_fails_leaves_the_mail_for_the_next_time(
        self, mailbox: FakeMailbox, store: Store, clock: FixedClock, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mailbox.add(a_mail(), at=AT)
        with monkeypatch.context() as patch:
            patch.setattr(store, "work", lambda: (_ for _ in ()).throw(RuntimeError("disk full")))
            with pytest.raises(RuntimeError):
                fetcher.do_one()

        run(fetcher)

        assert len(kept(store)) == 1


class TestTheStart:
    def test_what_was_there_before_the_first_connection_is_noted_and_never_processed(
        self, mailbox: FakeMailbox, store: Store, clock: FixedClock
    ) -> None:
        for number in range(700):
            mailbox.add(a_mail(str(number)), at=NOW - timedelta(days=number))

        run(a_fetcher(mailbox, store, clock))

        assert kept(store) == []
        assert {state for _, _, state in ledger(store)} == {"before_start"}
        assert len(ledger(store)) == 700
        assert not [what for what in mailbox.said if what.startswith(("listing", "fetch"))]

    @pytest.mark.parametrize("seconds", [-100, 0, 0.5, 3], ids=str)
    def test_what_arrives_after_it_counts_though_the_servers_clock_is_late(
        self, mailbox: FakeMailbox, store: Store, clock: FixedClock, seconds: float
    ) -> None:
        mailbox.add(a_mail("before"), at=NOW)
        fetcher = a_fetcher(mailbox, store, clock)
        run(fetcher)

        mailbox.add(a_mail("after"), at=NOW + timedelta(seconds=seconds))
        run(fetcher)

        assert raws(store) == [a_mail("after")]

    def test_an_old_mail_that_a_person_moves_in_is_not_processed(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        mailbox.add(a_mail("from last year"), at=NOW - timedelta(days=300))

        run(fetcher)

        assert kept(store) == []
        assert ledger(store) == [("support", 1, "before_start")]

    def test_the_start_is_for_ever_also_after_a_restart(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail("while we were down"), at=AT)
        clock.advance(timedelta(days=10))

        run(a_fetcher(mailbox, store, clock))

        assert raws(store) == [a_mail("while we were down")]

    def test_the_start_may_be_the_beginning_of_time(
        self, mailbox: FakeMailbox, store: Store, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail(), at=NOW - timedelta(days=900))

        run(a_fetcher(mailbox, store, clock, start_at=EVER))

        assert len(kept(store)) == 1

    def test_the_start_may_be_a_day(self, mailbox: FakeMailbox, store: Store, clock: FixedClock) -> None:
        mailbox.add(a_mail("before"), at=NOW - timedelta(days=2, seconds=1))
        mailbox.add(a_mail("on the day"), at=NOW - timedelta(days=2))

        run(a_fetcher(mailbox, store, clock, start_at=NOW - timedelta(days=2)))

        assert raws(store) == [a_mail("on the day")]
        assert [state for _, _, state in ledger(store)] == ["before_start", "stored"]


class TestANewGeneration:
    def test_known_mails_are_seen_again_and_nothing_is_new(
        self, mailbox: FakeMailbox, store: Store, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail("old"), at=NOW - timedelta(hours=1))
        fetcher = a_fetcher(mailbox, store, clock)
        run(fetcher)
        mailbox.add(a_mail("known"), at=AT)
        run(fetcher)

        mailbox.renumber()
        mailbox.close()
        run(fetcher)

        assert len(kept(store)) == 1
        assert ledger(store) == [
            ("support", 1, "before_start"),
            ("support", 2, "vanished"),
            ("support", 1, "before_start"),
            ("support", 2, "stored"),
        ]

    def test_what_came_meanwhile_is_taken_in(self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher) -> None:
        mailbox.add(a_mail("known"), at=AT)
        run(fetcher)
        mailbox.add(a_mail("meanwhile"), at=AT)

        mailbox.renumber()
        mailbox.close()
        run(fetcher)

        assert raws(store) == [a_mail("known"), a_mail("meanwhile")]

    def test_mails_that_were_there_in_the_second_of_the_start_stay_old(
        self, mailbox: FakeMailbox, store: Store, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail("just before"), at=NOW)
        fetcher = a_fetcher(mailbox, store, clock)
        run(fetcher)

        mailbox.renumber()
        mailbox.close()
        run(fetcher)

        assert kept(store) == []


class TestTheCensus:
    def test_a_mail_below_the_newest_uid_is_found_by_the_census(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail("one"), at=AT)
        hidden = mailbox.add(a_mail("hidden"), at=AT)
        mailbox.add(a_mail("three"), at=AT)
        mail = mailbox.mails.pop(hidden)
        run(fetcher)

        mailbox.mails[hidden] = mail
        run(fetcher)
        assert len(kept(store)) == 2
        clock.advance(timedelta(minutes=15))
        run(fetcher)

        assert raws(store)[-1] == a_mail("hidden")

    def test_a_mail_that_vanished_before_it_was_done_is_noted(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        uid = mailbox.add(a_mail(), at=AT)
        run(fetcher)
        del mailbox.mails[uid]

        clock.advance(timedelta(minutes=15))
        run(fetcher)

        assert ledger(store) == [("support", 1, "vanished")]
        assert len(kept(store)) == 1

    def test_a_mail_that_vanished_when_it_was_done_was_put_away(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        uid = mailbox.add(a_mail(), at=AT)
        run(fetcher)
        finish(store)
        del mailbox.mails[uid]

        clock.advance(timedelta(minutes=15))
        run(fetcher)

        assert ledger(store) == [("support", 1, "acked")]


class TestPuttingAway:
    @pytest.mark.parametrize(
        ("state", "shelf"),
        [
            (MailState.DONE, Shelf.PROCESSED),
            (MailState.TRIAGE, Shelf.PROCESSED),
            (MailState.QUARANTINED, Shelf.QUARANTINE),
        ],
    )
    def test_what_reached_its_outcome_is_put_away(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, state: MailState, shelf: Shelf
    ) -> None:
        mailbox.add(a_mail(), at=AT)
        run(fetcher)
        assert mailbox.mails

        finish(store, state)
        run(fetcher)

        assert mailbox.shelves == {shelf: [a_mail()]}
        assert ledger(store) == [("support", 1, "acked")]

    def test_a_mail_moved_back_by_a_person_is_put_away_again(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        mailbox.add(a_mail(), at=AT)
        run(fetcher)
        finish(store)
        run(fetcher)

        mailbox.add(a_mail(), at=AT)
        run(fetcher)

        assert mailbox.mails == {}
        assert len(kept(store)) == 1

    def test_a_server_that_refuses_is_asked_again_later_and_fetching_goes_on(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail("one"), at=AT)
        run(fetcher)
        finish(store)
        mailbox.fail("put", MailboxRefused("no room"))
        run(fetcher)
        mailbox.open()

        mailbox.add(a_mail("two"), at=AT)
        run(fetcher)

        assert len(kept(store)) == 2
        assert mailbox.shelves == {}
        clock.advance(timedelta(minutes=15))
        run(fetcher)
        assert mailbox.shelves == {Shelf.PROCESSED: [a_mail("one")]}

    def test_with_a_backlog_done_mails_are_put_away_in_between(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        mailbox.add(a_mail("done"), at=AT)
        run(fetcher)
        finish(store)
        for number in range(50 * 25):
            mailbox.add(a_mail(str(number)), at=AT)

        run(fetcher)

        said = [what.split()[0] for what in mailbox.said]
        assert said.index("put") < len(said) - 1 - said[::-1].index("fetch")


class TestPoison:
    def test_one_mail_that_cannot_be_fetched_keeps_back_no_other(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        for number in range(5):
            mailbox.add(a_mail(str(number)), at=AT)
        mailbox.unfetchable = {3}

        run(fetcher)

        assert len(kept(store)) == 4
        assert ledger(store)[2] == ("support", 3, "listed")
        assert fetcher.left.keys() == {3}

    def test_it_is_tried_again_and_taken_in_when_it_can_be(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail(), at=AT)
        mailbox.unfetchable = {1}
        run(fetcher)
        tries = len([what for what in mailbox.said if what.startswith("fetch")])
        assert run(fetcher) == 0
        mailbox.unfetchable = set()

        clock.advance(timedelta(minutes=1))
        run(fetcher)

        assert tries == 3
        assert len(kept(store)) == 1
        assert ledger(store) == [("support", 1, "stored")]
        assert fetcher.left == {}

    def test_a_mail_that_breaks_the_line_keeps_back_no_other(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher
    ) -> None:
        for number in range(5):
            mailbox.add(a_mail(str(number)), at=AT)
        mailbox.deadly = {3}

        failures = run_until_it_works(fetcher)

        assert len(kept(store)) == 4
        assert failures == 4
        assert fetcher.left.keys() == {3}

    def test_a_poisonous_mail_that_is_gone_is_forgotten(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        mailbox.add(a_mail(), at=AT)
        mailbox.unfetchable = {1}
        run(fetcher)
        del mailbox.mails[1]

        clock.advance(timedelta(minutes=15))
        run(fetcher)
        clock.advance(timedelta(minutes=15))
        run(fetcher)

        assert ledger(store) == [("support", 1, "vanished")]
        assert fetcher.left == {}

    def test_a_line_that_breaks_at_any_moment_loses_nothing(
        self, mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
    ) -> None:
        for verb in ("uids", "listing", "fetch", "put", "open"):
            mailbox.add(a_mail(verb), at=AT)
            mailbox.fail(verb, MailboxUnavailable("cut"))
            run_until_it_works(fetcher)
            finish(store)
            run_until_it_works(fetcher)

        assert len(kept(store)) == 5
        assert {state for _, _, state in ledger(store)} == {"acked"}
        assert len(mailbox.shelves[Shelf.PROCESSED]) == 5


def test_when_it_last_asked_is_noted_once_a_minute(
    mailbox: FakeMailbox, store: Store, fetcher: Fetcher, clock: FixedClock
) -> None:
    run(fetcher)
    first = clock.instant
    clock.advance(timedelta(seconds=59))
    run(fetcher)

    with store.look() as work:
        mark = work.ledger.mark("support")
        assert mark is not None
        assert mark.polled_at == first
