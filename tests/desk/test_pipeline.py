"""One mail at a time: attempts, poison, deaths, and what happens when two work on the same."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import IDENTITY, KEYS, a_mail
from typing_extensions import override

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.book import Book
from ticketbot.desk.desk import Desk
from ticketbot.desk.outcome import Outcome
from ticketbot.desk.post import Post
from ticketbot.domain.errors import DatabaseUnavailable
from ticketbot.domain.messages import Message
from ticketbot.inbound.inline import InlineReader
from ticketbot.inbound.pipeline import Pipeline
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
POISON = b"poison"


@dataclass(slots=True)
class Fragile:
    """A reader that fails at mails with *POISON* in them, and remembers what it was given."""

    error: Exception = field(default_factory=lambda: ValueError("it hurts"))
    read_so_far: list[bytes] = field(default_factory=list)

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        self.read_so_far.append(raw)
        if POISON in raw:
            raise self.error
        return InlineReader().read(raw, authserv_ids=authserv_ids)


# Poison


def test_a_mail_that_fails_three_times_is_set_aside_and_told_of_while_the_others_go_on(store: Store) -> None:
    desk = DeskDriver(store, reader=Fragile())
    poison = desk.keep(a_mail(body="poison"))
    good = desk.keep(a_mail(body="Good."), at=desk.now)

    desk.process()
    desk.run_due()

    mail = desk.mail(poison)
    assert (mail.state, mail.outcome, mail.attempts) == ("quarantined", "quarantine", 3)
    assert mail.reason == "it failed 3 times: ValueError: it hurts"
    assert desk.mail(good).outcome == "ticket"
    assert desk.letter("NOTICE").reader == "dana@desk.example"


def test_no_error_text_keeps_a_mail_from_being_set_aside(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="ticketbot.inbound.pipeline")  # the runner's own report takes no surrogate
    desk = DeskDriver(store, reader=Fragile(error=ValueError("bad \0 \ud800 \x1b text")))
    poison = desk.keep(a_mail(body="poison"))

    desk.process()

    assert desk.mail(poison).state == "quarantined"
    assert "\0" not in (desk.mail(poison).reason or "")


@on_sqlite
def test_what_was_set_aside_can_be_taken_up_again(store: Store) -> None:
    desk = DeskDriver(store, reader=Fragile())
    poison = desk.keep(a_mail(body="poison"))
    desk.process()
    desk.reader = InlineReader()
    with store.work() as work:
        work.inbox.release(work.inbox.mail(poison), now=desk.now)

    desk.process()

    assert (desk.mail(poison).outcome, desk.mail(poison).attempts) == ("ticket", 1)


@on_sqlite
def test_a_failure_undoes_all_that_the_mail_did(store: Store) -> None:
    class Failing(Desk):
        __slots__ = ()

        @override
        def receive(self, arrival: Arrival) -> Outcome:
            super().receive(arrival)
            raise ValueError("late")

    desk = DeskDriver(store)
    mail_id = desk.keep(a_mail())
    broken = Failing(book=Book(mailboxes=tuple(desk.mailboxes)), post=Post(keys=KEYS, identity=IDENTITY))
    pipeline = Pipeline(store=store, reader=InlineReader(), desk=broken, clock=desk.clock, holder="x")

    pipeline.do_one()

    assert (desk.tickets(), desk.letters(), desk.mail(mail_id).state) == ([], [], "received")
    assert desk.mail(mail_id).attempts == 1


def test_trouble_of_the_database_is_nobodys_failure(store: Store) -> None:
    desk = DeskDriver(store, reader=Fragile(error=DatabaseUnavailable()))
    mail_id = desk.keep(a_mail(body="poison"))

    for _ in range(5):
        with pytest.raises(DatabaseUnavailable):
            desk.pipeline.do_one()

    assert (desk.mail(mail_id).state, desk.mail(mail_id).attempts, desk.mail(mail_id).holder) == ("received", 0, None)


# Whose hand


def test_a_mail_that_could_not_be_put_back_is_taken_up_by_the_same_hand_at_once(store: Store) -> None:
    desk = DeskDriver(store, holder="ours")
    mail_id = desk.keep(a_mail())
    with store.work() as work:  # claimed, and then the database went away
        work.inbox.claim(now=desk.now, holder="ours")

    desk.process()

    assert (desk.mail(mail_id).outcome, desk.mail(mail_id).attempts) == ("ticket", 1)


def test_a_mail_in_somebody_elses_hand_is_left_alone_until_their_time_is_up(store: Store) -> None:
    desk = DeskDriver(store, holder="ours")
    mail_id = desk.keep(a_mail())
    with store.work() as work:
        work.inbox.claim(now=desk.now, holder="theirs")
    desk.process()
    meanwhile = desk.mail(mail_id).state
    upcoming = desk.pipeline.next_at()
    desk.sleep(minutes=11)

    desk.process()

    assert (meanwhile, upcoming) == ("received", desk.now - timedelta(minutes=1))
    assert (desk.mail(mail_id).outcome, desk.mail(mail_id).attempts) == ("ticket", 2)


@on_sqlite
def test_a_mail_from_which_nobody_comes_back_is_set_aside(store: Store) -> None:
    desk = DeskDriver(store)
    mail_id = desk.keep(a_mail())
    for number in range(3):
        with store.work() as work:
            work.inbox.claim(now=desk.now, holder=f"worker{number}")
        desk.sleep(minutes=11)

    desk.process()

    assert (desk.mail(mail_id).state, desk.mail(mail_id).reason) == ("quarantined", "nobody came back from it 3 times")


def test_a_worker_that_was_too_long_about_a_mail_does_nothing(store: Store) -> None:
    desk = DeskDriver(store, holder="slow")
    mail_id = desk.keep(a_mail())
    with store.work() as work:
        work.inbox.claim(now=desk.now, holder="slow")
    slow = desk.pipeline
    desk.sleep(minutes=11)
    desk.holder = "quick"
    desk.process()
    before = (desk.codes(), desk.actions())

    outcome = slow.process(mail_id)
    slow.take(mail_id)

    assert outcome is None
    assert (desk.codes(), desk.actions()) == before
    assert desk.mail(mail_id).outcome == "ticket"


@on_sqlite
def test_a_late_failure_does_not_touch_what_another_finished(store: Store) -> None:
    desk = DeskDriver(store, holder="slow", reader=Fragile())
    mail_id = desk.keep(a_mail(body="poison"))
    with store.work() as work:
        work.inbox.claim(now=desk.now, holder="slow")
    slow = desk.pipeline
    desk.sleep(minutes=11)
    desk.holder, desk.reader = "quick", InlineReader()
    desk.process()

    slow.take(mail_id)

    assert (desk.mail(mail_id).state, desk.mail(mail_id).outcome) == ("done", "ticket")


@on_postgresql
def test_two_workers_on_two_copies_of_a_mail_make_one_ticket(store: Store) -> None:
    entered, go_on = threading.Event(), threading.Event()

    class Waiting(Desk):
        __slots__ = ()

        @override
        def receive(self, arrival: Arrival) -> Outcome:
            outcome = super().receive(arrival)
            entered.set()
            go_on.wait(10)
            return outcome

    desk = DeskDriver(store, holder="second")
    raw = a_mail()
    desk.keep(b"Delivered-To: a@desk.example\r\n" + raw)
    slow_desk = Waiting(book=Book(mailboxes=tuple(desk.mailboxes)), post=Post(keys=KEYS, identity=IDENTITY))
    slow = Pipeline(store=store, reader=InlineReader(), desk=slow_desk, clock=desk.clock, holder="first")
    first = threading.Thread(target=slow.do_one)
    first.start()
    entered.wait(10)
    desk.keep(b"Delivered-To: b@desk.example\r\n" + raw)
    errors: list[BaseException] = []

    def work_on_the_copy() -> None:
        try:
            desk.process()
        except DatabaseUnavailable as error:  # pragma: no cover - only to tell it apart
            errors.append(error)
        except Exception as error:  # noqa: BLE001 - "try again"
            errors.append(error)

    second = threading.Thread(target=work_on_the_copy)
    second.start()
    second.join(1)
    go_on.set()
    first.join(10)
    second.join(10)

    desk.process()

    assert (len(desk.tickets()), len(desk.messages()), len(desk.letters("ACK"))) == (1, 1, 1)
    assert [str(error) for error in errors] == ["a copy of this mail came at the same moment; trying again"]
    with store.look() as work:
        assert sorted(mail.outcome or "" for mail in work.inbox.listed()) == ["append", "ticket"]


# Deaths of the service


def test_the_death_of_the_service_counts_as_no_attempt(store: Store) -> None:
    desk = DeskDriver(store)
    mail_id = desk.keep(a_mail())
    with store.work() as work:
        work.inbox.claim(now=desk.now, holder="dead")

    freed = desk.pipeline.take_back("dead")

    mail = desk.mail(mail_id)
    assert (freed, mail.state, mail.attempts, mail.deaths, mail.holder) == (1, "received", 0, 1, None)


def test_only_a_mail_that_was_alone_through_five_deaths_is_set_aside(store: Store) -> None:
    desk = DeskDriver(store)
    mail_id = desk.keep(a_mail())
    states = []
    for _ in range(5):
        with store.work() as work:
            work.inbox.claim(now=desk.now, holder="dead")
        desk.pipeline.take_back("dead")
        states.append(desk.mail(mail_id).state)

    assert states == ["received"] * 4 + ["quarantined"]
    assert desk.mail(mail_id).reason == "the service died 5 times with this mail alone in hand"


@on_sqlite
def test_mails_that_were_in_hand_together_count_against_none_and_are_then_taken_one_by_one(store: Store) -> None:
    desk = DeskDriver(store)
    mails = [desk.keep(a_mail(body=f"Words {number}")) for number in range(3)]
    with store.work() as work:
        work.inbox.claim(now=desk.now, holder="dead", limit=10)

    desk.pipeline.take_back("dead")
    with store.work() as work:
        alone = [mail.id for mail in work.inbox.claim(now=desk.now, holder="next", limit=10)]

    assert {desk.mail(each).deaths for each in mails} == {0}
    assert (alone, desk.mail(mails[0]).is_alone) == ([mails[0]], True)


@on_sqlite
def test_nothing_of_another_hand_is_taken_back(store: Store) -> None:
    desk = DeskDriver(store)
    desk.keep(a_mail())
    with store.work() as work:
        work.inbox.claim(now=desk.now, holder="alive")

    assert desk.pipeline.take_back("dead") == 0


# Order and explanation


@on_sqlite
def test_mails_are_taken_by_the_time_at_which_our_server_received_them(store: Store) -> None:
    desk = DeskDriver(store, reader=(reader := Fragile()))
    late, early = a_mail(body="late"), a_mail(body="early")
    desk.keep(late, at=desk.now)
    desk.keep(early, at=desk.now - timedelta(hours=1))

    desk.process()

    assert reader.read_so_far == [early, late]


@on_sqlite
def test_why_a_mail_became_what_it_is_stays_with_it(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail())
    mail = desk.receive(a_mail(subject="[T-1001] x", body="More."))

    assert {each["step"] for each in mail.trace} >= {"sender", "classify", "thread", "decided"}
    assert mail.trace[-1]["said"] == mail.reason == "T-1001: tagged in the subject"
    assert (mail.kind, mail.rule) == ("client", "default")


@on_sqlite
def test_explaining_a_mail_changes_nothing(store: Store) -> None:
    desk = DeskDriver(store)
    mail_id = desk.keep(a_mail())

    message, verdict, match = desk.pipeline.explain(mail_id)

    assert (message.subject, verdict.kind, match.ticket) == ("Report is empty", "client", None)
    assert (desk.mail(mail_id).state, desk.tickets()) == ("received", [])


@on_sqlite
def test_a_mail_is_shown_with_its_sender_and_subject_once_it_was_read(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(sender=BEN, subject="x" * 800, body="Hello."))

    assert (mail.from_address, len(mail.subject)) == ("ben@desk.example", 500)
    assert mail.excerpt["text"] == "Hello."


@on_sqlite
def test_nothing_waits_on_an_empty_desk(store: Store) -> None:
    desk = DeskDriver(store)

    assert desk.pipeline.do_one() is False
    assert desk.pipeline.next_at() is None
