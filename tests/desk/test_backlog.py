"""Many mails at once: they are read ahead by every child, and decided as if each had come alone."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NoReturn

import pytest
from tests.desk.driver import DeskDriver
from tests.factories import a_mail
from typing_extensions import override

from ticketbot.domain.errors import DatabaseUnavailable
from ticketbot.domain.messages import Message
from ticketbot.inbound.inline import InlineReader
from ticketbot.inbound.pool import PooledReader
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
POISON = b"poison"


@dataclass(slots=True)
class Meeting:
    """A reader that comes back only when two mails are being read at once."""

    meet: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        self.meet.wait(20)
        return InlineReader().read(raw, authserv_ids=authserv_ids)


@dataclass(slots=True)
class Sickly:
    """A reader that fails at mails with *POISON* in them, and remembers what it was given."""

    error: Callable[[], Exception] = lambda: ValueError("it hurts")
    read_so_far: list[bytes] = field(default_factory=list)

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        self.read_so_far.append(raw)
        if POISON in raw:
            raise self.error()
        return InlineReader().read(raw, authserv_ids=authserv_ids)


class Away(Store):
    """A database that does not answer."""

    @override
    def work(self) -> NoReturn:
        raise DatabaseUnavailable


def question(number: int) -> bytes:
    return a_mail(subject=f"Matter {number}", body=f"Question {number}.", message_id=f"q{number}@acme.example")


def follow_up(number: int) -> bytes:
    return a_mail(
        subject=f"Re: Matter {number}",
        body=f"More on {number}.",
        message_id=f"f{number}@acme.example",
        in_reply_to=f"q{number}@acme.example",
    )


def keep_out_of_order(desk: DeskDriver, matters: int) -> None:
    """Let questions and their follow-ups arrive, the newest first."""
    for number in reversed(range(matters)):
        desk.keep(follow_up(number), at=desk.now - timedelta(minutes=2 * (matters - number) - 1))
        desk.keep(question(number), at=desk.now - timedelta(minutes=2 * (matters - number)))


# Reading


@on_sqlite
def test_two_mails_of_a_backlog_are_read_at_the_same_moment(store: Store) -> None:
    desk = DeskDriver(store, lanes=2, reader=Meeting())
    mails = [desk.keep(question(number)) for number in range(4)]

    desk.process()

    assert [desk.mail(each).outcome for each in mails] == ["ticket"] * 4


@on_sqlite
def test_every_child_of_the_pool_reads_a_backlog(store: Store) -> None:
    with PooledReader(size=2) as pool:
        desk = DeskDriver(store, lanes=pool.size, reader=pool)
        mails = [desk.keep(question(number)) for number in range(12)]

        desk.process()

        children = len(pool.processes())
    assert children == 2
    assert [desk.mail(each).outcome for each in mails] == ["ticket"] * 12


@on_sqlite
def test_a_mail_that_waits_alone_is_read_without_another_thread(store: Store) -> None:
    @dataclass(slots=True)
    class Here:
        threads: list[str] = field(default_factory=list)

        def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
            self.threads.append(threading.current_thread().name)
            return InlineReader().read(raw, authserv_ids=authserv_ids)

    desk = DeskDriver(store, lanes=2, reader=(here := Here()))

    desk.receive(question(1))

    assert here.threads == [threading.current_thread().name]


# Deciding


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_backlog_is_decided_by_date_however_many_read_it(store: Store, lanes: int) -> None:
    desk = DeskDriver(store, lanes=lanes)
    keep_out_of_order(desk, matters=20)

    desk.process()

    assert [(ticket.number, ticket.subject) for ticket in desk.tickets()] == [
        (1001 + number, f"Matter {number}") for number in range(20)
    ]
    assert [[each.new_text for each in desk.messages(1001 + number)] for number in range(20)] == [
        [f"Question {number}.", f"More on {number}."] for number in range(20)
    ]
    with store.look() as work:
        assert {mail.attempts for mail in work.inbox.listed()} == {1}


def test_a_mail_that_fails_in_a_backlog_costs_the_others_nothing(store: Store) -> None:
    desk = DeskDriver(store, lanes=2, reader=Sickly())
    before, poison, after = desk.keep(question(1)), desk.keep(a_mail(body="poison")), desk.keep(question(2))

    desk.process()

    assert [(desk.mail(each).state, desk.mail(each).attempts) for each in (before, poison, after)] == [
        ("done", 1),
        ("quarantined", 3),
        ("done", 1),
    ]


@on_sqlite
@pytest.mark.parametrize("lanes", [1, 2])
def test_a_mail_that_failed_is_tried_again_behind_those_that_came_before_it_failed(store: Store, lanes: int) -> None:
    desk = DeskDriver(store, lanes=lanes, reader=(reader := Sickly()))
    poison = a_mail(body="poison")
    desk.keep(poison, at=desk.now - timedelta(hours=2))
    others = [question(number) for number in range(20)]
    for raw in others:
        desk.keep(raw, at=desk.now - timedelta(hours=1))

    desk.process()

    assert reader.read_so_far[-2:] == [poison, poison]
    assert set(reader.read_so_far[:21]) == {poison, *others}


def test_when_the_database_goes_away_in_a_backlog_no_attempt_counts(store: Store) -> None:
    desk = DeskDriver(store, lanes=2, reader=(reader := Sickly(error=DatabaseUnavailable)))
    mails = [desk.keep(raw) for raw in (a_mail(body="poison"), question(1), question(2))]
    pipeline = desk.pipeline
    with pytest.raises(DatabaseUnavailable):
        pipeline.do_one()
    attempts = [desk.mail(each).attempts for each in mails]
    reader.error = lambda: ValueError("it hurts")

    while pipeline.do_one():
        pass

    assert attempts == [0, 1, 1]
    assert [desk.mail(each).attempts for each in mails] == [3, 1, 1]


# Deaths and ends


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
def test_a_death_with_several_mails_in_hand_counts_against_none_and_they_are_then_taken_one_by_one(
    store: Store,
) -> None:
    desk = DeskDriver(store, lanes=2)
    mails = [desk.keep(question(number)) for number in range(4)]
    desk.pipeline.do_one()  # and is heard of no more
    in_hand = [desk.mail(each).holder for each in mails]
    desk.pipeline.take_back(desk.holder)
    freed = [(each.attempts, each.deaths, each.is_suspect) for each in map(desk.mail, mails[1:])]
    successor = desk.pipeline

    successor.do_one()

    assert in_hand == [None, "test", "test", "test"]
    assert freed == [(0, 0, True)] * 3
    assert [desk.mail(each).state for each in mails] == ["done", "done", "received", "received"]
    assert [desk.mail(each).holder for each in mails] == [None] * 4
    assert desk.mail(mails[1]).is_alone


@on_sqlite
def test_five_deaths_with_several_mails_in_hand_set_none_of_them_aside(store: Store) -> None:
    desk = DeskDriver(store, lanes=2)
    mails = [desk.keep(question(number)) for number in range(3)]
    for _ in range(5):
        with store.work() as work:
            for mail in map(work.inbox.mail, mails):
                mail.is_suspect = False  # as if each life had met them first
            work.inbox.claim(now=desk.now, holder="dead", limit=16)
        desk.pipeline.take_back("dead")

    desk.process()

    assert [desk.mail(each).outcome for each in mails] == ["ticket"] * 3


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
def test_a_service_that_ends_lets_go_of_the_mails_whose_turn_did_not_come(store: Store) -> None:
    desk = DeskDriver(store, lanes=2)
    mails = [desk.keep(question(number)) for number in range(4)]
    pipeline = desk.pipeline
    pipeline.do_one()

    pipeline.close()

    left = [desk.mail(each) for each in mails[1:]]
    assert [(each.holder, each.attempts, each.is_suspect) for each in left] == [(None, 0, False)] * 3
    desk.holder = "another"
    desk.process()
    assert [desk.mail(each).outcome for each in mails] == ["ticket"] * 4


@on_sqlite
def test_a_service_that_ends_after_trouble_lets_go_of_what_it_put_down(store: Store) -> None:
    desk = DeskDriver(store, lanes=2, reader=Sickly(error=DatabaseUnavailable))
    mails = [desk.keep(raw) for raw in (a_mail(body="poison"), question(1), question(2))]
    pipeline = desk.pipeline
    with suppress(DatabaseUnavailable):
        pipeline.do_one()

    pipeline.close()

    assert [(desk.mail(each).holder, desk.mail(each).attempts) for each in mails] == [(None, 0)] * 3


@on_sqlite
def test_a_service_that_ends_while_the_database_is_away_ends_all_the_same(store: Store) -> None:
    desk = DeskDriver(store, lanes=2)
    for number in range(3):
        desk.keep(question(number))
    pipeline = desk.pipeline
    pipeline.do_one()

    replace(pipeline, store=Away(store.url)).close()

    assert len(pipeline.hand.put_down()) == 2


# What is in hand together


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize(("octets", "taken"), [(None, 4), (4_000, 2), (1, 1)], ids=["no limit", "two", "always one"])
def test_mails_in_hand_together_are_not_larger_than_there_is_room(store: Store, octets: int | None, taken: int) -> None:
    desk = DeskDriver(store)
    for number in range(4):
        desk.keep(question(number) + b"x" * 1_500)

    with store.work() as work:
        found = work.inbox.claim(now=desk.now, holder="test", limit=10, octets=octets)

    assert len(found) == taken


@on_sqlite
def test_a_suspect_waits_for_its_turn_and_is_then_taken_alone(store: Store) -> None:
    desk = DeskDriver(store)
    mails = [desk.keep(question(number)) for number in range(4)]
    with store.work() as work:
        work.inbox.mail(mails[2]).is_suspect = True

    with store.work() as work:
        claims = [[mail.id for mail in work.inbox.claim(now=desk.now, holder=str(n), limit=10)] for n in range(3)]

    assert claims == [mails[:2], mails[2:3], mails[3:]]
