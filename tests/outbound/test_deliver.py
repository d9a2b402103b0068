from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import a_ticket
from tests.fakes import FakeSender

from ticketbot.clock import FixedClock
from ticketbot.domain.drafts import Draft
from ticketbot.domain.errors import (
    DatabaseUnavailable,
    DeliveryUnknown,
    LetterDeferred,
    LetterRefused,
    RelayRefused,
    RelayUnavailable,
)
from ticketbot.outbound.deliver import Deliverer
from ticketbot.store.database import Store
from ticketbot.store.models import LetterState, OutboxMail

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
MARA = "mara@acme.example"
ANA = "ana@desk.example"
SUPPORT = "support@desk.example"
MINUTE = timedelta(minutes=1)


class Writer:
    """Writes letters, each time differently, and remembers how often."""

    def __init__(self) -> None:
        self.written = 0
        self.failures: list[Exception] = []

    def __call__(self, letter: OutboxMail) -> bytes:
        if self.failures:
            raise self.failures.pop(0)
        self.written += 1
        return f"{letter.key} written {self.written}".encode()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def relay() -> FakeSender:
    return FakeSender()


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def a_deliverer(store: Store, clock: FixedClock, relay: FakeSender, writer: Writer) -> Callable[..., Deliverer]:
    def made(*, holder: str = "us", receipts: str | None = None) -> Deliverer:
        return Deliverer(
            store=store,
            sender=relay,
            clock=clock,
            holder=holder,
            render=writer,
            envelope_sender=SUPPORT,
            unknown_after=10 * MINUTE,
            receipts=receipts,
        )

    return made


@pytest.fixture
def deliverer(a_deliverer: Callable[..., Deliverer]) -> Deliverer:
    return a_deliverer()


def put(
    store: Store, key: str = "ack/1", *, to: tuple[str, ...] = (MARA,), cc: tuple[str, ...] = (), at: datetime = NOW
) -> None:
    draft = Draft(code="ack", key=key, to=to, cc=cc, send_at=at, values={})
    with store.work() as work:
        work.outbox.put(draft, message_id=f"{key}@desk.example", now=NOW)


def letter(store: Store, key: str = "ack/1") -> OutboxMail:
    with store.look() as work:
        found = work.outbox.by_key(key)
        assert found is not None
        return found


def run(deliverer: Deliverer) -> int:
    steps = 0
    while deliverer.do_one():
        steps += 1
        assert steps < 200
    return steps


class TestSending:
    def test_a_due_letter_is_sent_and_its_receipt_kept(
        self, store: Store, relay: FakeSender, deliverer: Deliverer
    ) -> None:
        put(store, to=(MARA,), cc=(ANA,))

        assert run(deliverer) == 1

        (sent,) = relay.sent
        assert (sent.sender, sent.recipients, sent.letter) == (SUPPORT, (MARA, ANA), b"ack/1 written 1")
        row = letter(store)
        assert (row.state, row.sent_at, row.reply, row.attempts) == ("sent", NOW, "250 taken", 1)
        assert (row.holder, row.lease_until, row.reason) == (None, None, None)

    def test_a_letter_for_later_waits(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store, at=NOW + 5 * MINUTE)

        assert run(deliverer) == 0
        assert deliverer.next_at() == NOW + 5 * MINUTE

        clock.advance(5 * MINUTE)
        run(deliverer)
        assert len(relay.sent) == 1

    def test_many_letters_go_in_the_order_in_which_they_are_due(
        self, store: Store, relay: FakeSender, deliverer: Deliverer
    ) -> None:
        for number in range(20):
            put(store, f"ack/{number:02}", at=NOW - number * MINUTE)

        run(deliverer)

        assert [sent.letter.split()[0] for sent in relay.sent] == [f"ack/{n:02}".encode() for n in reversed(range(20))]
        assert deliverer.next_at() is None

    def test_nobody_gets_a_letter_twice_for_being_named_twice(
        self, store: Store, relay: FakeSender, deliverer: Deliverer
    ) -> None:
        put(store, to=(MARA,), cc=(MARA, ANA))

        run(deliverer)

        assert relay.sent[0].recipients == (MARA, ANA)

    def test_a_receipt_copy_goes_with_every_letter(
        self, store: Store, relay: FakeSender, a_deliverer: Callable[..., Deliverer]
    ) -> None:
        put(store)
        relay.refused["receipts@desk.example"] = "550 full"

        run(a_deliverer(receipts="receipts@desk.example"))

        assert relay.tries == 1
        assert letter(store).state == "sent"

    def test_the_bytes_are_committed_before_the_relay_hears_of_them(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(store)
        found: list[tuple[str, bytes | None]] = []

        def look(_letter: bytes, **_: object) -> object:
            with store.look() as work:
                row = work.outbox.by_key("ack/1")
                assert row is not None
                found.append((row.state, row.raw))
            raise DeliveryUnknown

        monkeypatch.setattr(FakeSender, "send", lambda _self, raw, **rest: look(raw, **rest))
        run(deliverer)

        assert found == [("in_flight", b"ack/1 written 1")]


class TestPuttingOff:
    def test_a_deferred_letter_goes_again_later_with_the_same_bytes(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store)
        relay.fail(LetterDeferred("451 later"))

        run(deliverer)
        row = letter(store)
        clock.advance(2 * MINUTE)
        run(deliverer)

        assert (row.state, row.reason) == ("queued", "451 later")
        assert 45 <= (row.next_at - NOW).total_seconds() <= 75
        assert [sent.letter for sent in relay.sent] == [b"ack/1 written 1"]
        assert letter(store).attempts == 2

    def test_a_letter_that_is_always_put_off_fails_after_72_hours(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store)
        relay.fail(*[LetterDeferred("451 later")] * 100)

        while letter(store).state == LetterState.QUEUED:
            clock.instant = deliverer.next_at() or pytest.fail("nothing is foreseen")
            run(deliverer)

        row = letter(store)
        assert (row.state, row.reason) == ("failed", "not taken within 72 hours; at last: 451 later")
        assert clock.instant == NOW + timedelta(hours=72)
        assert row.announced_at is None
        assert 15 < relay.tries < 40

    def test_those_who_were_put_off_get_it_later_and_the_others_not_again(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store, to=(MARA,), cc=(ANA,))
        relay.deferred[ANA] = "452 mailbox full"
        run(deliverer)
        relay.deferred.clear()

        clock.advance(5 * MINUTE)
        run(deliverer)

        assert [sent.recipients for sent in relay.sent] == [(MARA,), (ANA,)]
        assert letter(store).state == "sent"


class TestFailing:
    def test_a_refused_letter_fails_at_once_and_waits_to_be_announced(
        self, store: Store, relay: FakeSender, deliverer: Deliverer
    ) -> None:
        put(store)
        put(store, "ack/2", to=(ANA,))
        relay.refused[MARA] = "550 5.1.1 nobody of that name"
        rings = store.bell.rings

        run(deliverer)

        assert letter(store).state == "failed"
        assert letter(store).reason == "550 5.1.1 nobody of that name"
        assert letter(store, "ack/2").state == "sent"
        assert store.bell.rings > rings
        with store.look() as work:
            assert [row.key for row in work.outbox.unannounced()] == ["ack/1"]

    def test_who_was_refused_is_named_though_others_have_it(
        self, store: Store, relay: FakeSender, deliverer: Deliverer
    ) -> None:
        put(store, to=(MARA,), cc=(ANA,))
        relay.refused[ANA] = "550 nobody"

        run(deliverer)

        row = letter(store)
        assert (row.state, row.remaining) == ("failed", [ANA])
        assert row.reason == f"{ANA}: 550 nobody (the others have it)"

    def test_sent_again_by_a_person_it_goes_only_to_who_has_it_not(
        self, store: Store, relay: FakeSender, deliverer: Deliverer
    ) -> None:
        put(store, to=(MARA,), cc=(ANA,))
        relay.refused[ANA] = "550 nobody"
        run(deliverer)
        relay.refused.clear()

        with store.work() as work:
            work.outbox.retry(work.outbox.letter(letter(store).id), now=NOW)
        run(deliverer)

        assert [sent.recipients for sent in relay.sent] == [(MARA,), (ANA,)]
        assert letter(store).state == "sent"

    def test_a_letter_that_cannot_be_written_fails_at_the_third_try_and_keeps_back_no_other(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, writer: Writer, clock: FixedClock
    ) -> None:
        put(store)
        writer.failures = [ValueError("a hostile subject")] * 3
        run(deliverer)
        put(store, "ack/2")
        writer.failures, kept = [], list(writer.failures)
        run(deliverer)
        writer.failures = kept

        for _ in range(2):
            clock.advance(5 * MINUTE)
            run(deliverer)

        row = letter(store)
        assert letter(store, "ack/2").state == "sent"
        assert (row.state, row.render_failures) == ("failed", 3)
        assert row.reason == "it could not be written: ValueError: a hostile subject"

    def test_a_letter_that_breaks_the_door_is_taken_for_perhaps_sent(
        self, store: Store, relay: FakeSender, deliverer: Deliverer
    ) -> None:
        put(store)
        put(store, "ack/2")
        relay._troubles = [ZeroDivisionError("what?")]  # type: ignore[list-item]

        run(deliverer)

        assert letter(store).state == "unknown"
        assert letter(store, "ack/2").state == "sent"


class TestAnUnknownFate:
    def test_it_waits_and_then_the_same_bytes_go_again(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store)
        relay.fail(DeliveryUnknown("cut"))

        run(deliverer)
        row = letter(store)
        clock.advance(10 * MINUTE - timedelta(seconds=1))
        assert run(deliverer) == 0
        clock.advance(timedelta(seconds=1))
        run(deliverer)

        assert (row.state, row.next_at) == ("unknown", NOW + 10 * MINUTE)
        assert [sent.letter for sent in relay.sent] == [b"ack/1 written 1"]
        assert letter(store).state == "sent"

    def test_a_relay_that_never_confirms_is_tried_ever_more_rarely(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store)
        relay.fail(*[DeliveryUnknown("cut")] * 100)

        while letter(store).state == LetterState.UNKNOWN or relay.tries == 0:
            clock.instant = deliverer.next_at() or pytest.fail("nothing is foreseen")
            run(deliverer)

        assert (letter(store).state, letter(store).reason) == ("failed", "perhaps sent, never confirmed; at last: cut")
        assert relay.tries < 30

    def test_a_receipt_that_came_first_stands(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(store)

        def found(*_: object, **__: object) -> None:
            with store.work() as work:
                row = work.outbox.by_key("ack/1")
                assert row is not None
                row.state = LetterState.SENT
            raise DeliveryUnknown

        monkeypatch.setattr(FakeSender, "send", found)
        run(deliverer)

        assert letter(store).state == "sent"


class TestTheRelayAway:
    @pytest.mark.parametrize(
        "error", [RelayUnavailable("away"), RelayRefused("wrong password")], ids=["away", "refused"]
    )
    def test_it_is_left_alone_for_a_while_and_all_letters_wait(
        self,
        store: Store,
        relay: FakeSender,
        deliverer: Deliverer,
        clock: FixedClock,
        error: RelayUnavailable | RelayRefused,
    ) -> None:
        least = 60 if isinstance(error, RelayRefused) else 1
        for number in range(5):
            put(store, f"ack/{number}")
        relay.fail(error)

        assert deliverer.do_one()
        tries = relay.tries
        assert not deliverer.do_one()
        again_at = deliverer.next_at()
        trouble = deliverer.trouble

        assert tries == 1
        assert trouble == str(error)
        assert again_at is not None
        assert (again_at - NOW).total_seconds() >= least
        assert {letter(store, f"ack/{number}").state for number in range(5)} == {"queued"}
        assert [letter(store, f"ack/{number}").attempts for number in range(5)] == [1, 0, 0, 0, 0]
        clock.instant = again_at
        run(deliverer)
        assert len(relay.sent) == 5
        assert deliverer.trouble is None

    def test_a_letter_fails_after_72_hours_without_a_relay(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store)
        relay.fail(*[RelayUnavailable("away")] * 3)
        for hours in (0, 71, 73):
            clock.instant = NOW + timedelta(hours=hours)
            run(deliverer)

        assert letter(store).state == "failed"
        assert letter(store).reason == "not taken within 72 hours; at last: away"


class TestOrder:
    def test_a_later_letter_about_a_ticket_waits_for_the_fate_of_the_earlier(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store, "first")
        put(store, "second")
        put(store, "to another", to=(ANA,))
        bind(store, "first", "second", "to another")
        relay.fail(LetterDeferred("451 later"))

        run(deliverer)
        assert [sent.letter.split()[0] for sent in relay.sent] == [b"to"]
        assert deliverer.next_at() == letter(store, "first").next_at

        clock.advance(5 * MINUTE)
        run(deliverer)
        assert [sent.letter.split()[0] for sent in relay.sent] == [b"to", b"first", b"second"]


def bind(store: Store, *keys: str) -> None:
    """Let these letters be about one ticket."""
    with store.work() as work:
        ticket_id = a_ticket(work).id
        for key in keys:
            row = work.outbox.by_key(key)
            assert row is not None
            row.ticket_id = ticket_id


class TestCrashes:
    def test_a_letter_in_flight_when_the_process_died_is_unknown(
        self, store: Store, relay: FakeSender, a_deliverer: Callable[..., Deliverer], clock: FixedClock
    ) -> None:
        put(store)
        with store.work() as work:
            (claimed,) = work.outbox.claim(now=NOW, holder="the dead")
            work.outbox.depart(claimed.id, holder="the dead", raw=b"as it was", now=NOW)
        deliverer = a_deliverer()

        assert deliverer.take_back("the dead") == 1
        assert run(deliverer) == 0
        clock.advance(10 * MINUTE)
        run(deliverer)

        assert [sent.letter for sent in relay.sent] == [b"as it was"]

    def test_a_letter_without_bytes_had_not_left_and_goes_at_once(
        self, store: Store, relay: FakeSender, a_deliverer: Callable[..., Deliverer]
    ) -> None:
        put(store)
        with store.work() as work:
            work.outbox.claim(now=NOW, holder="the dead")
        deliverer = a_deliverer()

        assert deliverer.take_back("the dead") == 1
        run(deliverer)

        assert len(relay.sent) == 1
        assert letter(store).attempts == 1

    def test_nobody_takes_back_what_the_living_have_in_hand(
        self, store: Store, a_deliverer: Callable[..., Deliverer]
    ) -> None:
        put(store)
        with store.work() as work:
            work.outbox.claim(now=NOW, holder="the living")
        deliverer = a_deliverer()

        assert deliverer.take_back("the dead") == 0
        assert run(deliverer) == 0

    def test_a_lease_that_ran_out_makes_the_fate_unknown(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock
    ) -> None:
        put(store)
        with store.work() as work:
            (claimed,) = work.outbox.claim(now=NOW, holder="asleep")
            work.outbox.depart(claimed.id, holder="asleep", raw=b"as it was", now=NOW)

        clock.advance(16 * MINUTE)
        run(deliverer)
        assert letter(store).state == "unknown"
        clock.advance(10 * MINUTE)
        run(deliverer)

        assert [sent.letter for sent in relay.sent] == [b"as it was"]

    def test_who_slept_too_long_sends_nothing_any_more(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, writer: Writer, clock: FixedClock
    ) -> None:
        put(store)
        writer_sleeps = writer.__call__

        def asleep(row: OutboxMail) -> bytes:
            clock.advance(20 * MINUTE)
            return writer_sleeps(row)

        deliverer._render = asleep
        deliverer.do_one()

        assert relay.tries == 0
        assert letter(store).state == "in_flight"

    def test_a_letter_that_was_sent_is_not_sent_again_because_the_database_was_away(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(store)
        work = store.work
        calls = iter([False, False, True, True])
        monkeypatch.setattr(store, "work", lambda: _away() if next(calls, False) else work())

        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                deliverer.do_one()
        assert len(relay.sent) == 1
        assert deliverer.next_at() == NOW

        run(deliverer)

        assert len(relay.sent) == 1
        assert letter(store).state == "sent"

    def test_a_database_that_goes_away_between_two_letters_loses_none(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(4):
            put(store, f"ack/{number}")
        work = store.work
        calls = iter([False, False, False, True])
        monkeypatch.setattr(store, "work", lambda: _away() if next(calls, False) else work())

        with pytest.raises(DatabaseUnavailable):
            deliverer.do_one()
        run(deliverer)

        assert len(relay.sent) == 4
        assert {letter(store, f"ack/{number}").state for number in range(4)} == {"sent"}

    def test_closing_puts_back_what_is_in_hand(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(store)
        work = store.work
        calls = iter([False, True])
        with monkeypatch.context() as patch:
            patch.setattr(store, "work", lambda: _away() if next(calls, False) else work())
            with pytest.raises(DatabaseUnavailable):
                deliverer.do_one()

        deliverer.close()

        assert letter(store).state == "queued"
        assert letter(store).attempts == 0
        assert relay.is_closed

    def test_a_letter_that_cannot_be_put_back_waits_for_its_lease_to_run_out(
        self, store: Store, relay: FakeSender, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(store)
        work = store.work
        calls = iter([False])
        monkeypatch.setattr(store, "work", lambda: _away() if next(calls, True) else work())
        with pytest.raises(DatabaseUnavailable):
            deliverer.do_one()

        deliverer.close()

        assert letter(store).state == "in_flight"
        assert relay.is_closed

    def test_a_database_that_is_away_while_a_letter_is_written_costs_it_nothing(
        self, store: Store, deliverer: Deliverer, writer: Writer
    ) -> None:
        put(store)
        writer.failures = [DatabaseUnavailable()]

        with pytest.raises(DatabaseUnavailable):
            deliverer.do_one()
        run(deliverer)

        row = letter(store)
        assert (row.state, row.render_failures, row.attempts) == ("sent", 0, 1)


def _away() -> object:
    raise DatabaseUnavailable


def test_two_deliverers_send_each_letter_once(
    store: Store, relay: FakeSender, a_deliverer: Callable[..., Deliverer]
) -> None:
    for number in range(20):
        put(store, f"ack/{number:02}")
    one, other = a_deliverer(holder="one"), a_deliverer(holder="other")

    while one.do_one() or other.do_one():
        pass

    assert len(relay.sent) == 20
    assert len({sent.letter.split()[0] for sent in relay.sent}) == 20


def test_a_refusal_is_final(store: Store, relay: FakeSender, deliverer: Deliverer, clock: FixedClock) -> None:
    put(store)
    relay.fail(LetterRefused("554 no"))
    run(deliverer)
    clock.advance(timedelta(days=9))

    assert run(deliverer) == 0
    assert deliverer.next_at() is None
