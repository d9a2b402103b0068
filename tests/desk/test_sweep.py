"""The sweep over many tickets at once: each is told of exactly once, by however many workers, whatever goes wrong."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import a_mail

from ticketbot.desk.deadlines import Deadlines
from ticketbot.store.database import Store

MANY = 45
on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def many(store: Store, *, tickets: int = MANY) -> DeskDriver:
    """Return a desk with many tickets of Ben's, whose first answers are half due now."""
    desk = DeskDriver(store)
    for number in range(tickets):
        desk.receive(a_mail(subject=f"Matter {number}", body=f"Words {number}"))
    with store.work() as work:
        ben = work.desk.agent("ben")
        assert ben is not None
        for ticket in work.tickets.listed():
            ticket.owner_id = ben.id
    desk.sleep(minutes=15)
    return desk


def at_once(*doings: Callable[[], object]) -> None:
    """Do several things in threads that begin together; what one of them raises is raised here."""
    gate = threading.Barrier(len(doings))
    errors: list[BaseException] = []

    def run(do: Callable[[], object]) -> None:
        gate.wait()
        try:
            do()
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(do,)) for do in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


def sweep(store: Store, desk: DeskDriver) -> None:
    mine = DeskDriver(store, clock=desk.clock)
    job = Deadlines(store=store, desk=mine.desk)
    while job.do_one(desk.now):
        pass


def told(desk: DeskDriver) -> Counter[int]:
    """Return how many reminders were written about each ticket."""
    return Counter(each.draft["ticket"] for each in desk.letters("REMIND"))


def test_two_workers_that_sweep_at_once_tell_of_every_ticket_exactly_once(store: Store) -> None:
    desk = many(store)

    at_once(*[lambda: sweep(store, desk)] * 2)

    assert told(desk) == dict.fromkeys(range(1001, 1001 + MANY), 1)
    numbers = range(1001, 1001 + MANY)
    assert [len(desk.reminders(number)) for number in numbers] == [1] * MANY
    assert [desk.actions(number).count("remind") for number in numbers] == [1] * MANY


def test_one_broken_ticket_among_many_is_put_off_and_the_others_are_told_of_once(store: Store) -> None:
    desk = many(store)
    with store.work() as work:
        for clock in work.tickets.clocks(work.tickets.get(1007).id):
            clock.memory = {"name": "FR"}

    with pytest.raises(KeyError):
        sweep(store, desk)
    sweep(store, desk)

    assert told(desk) == {number: 1 for number in range(1001, 1001 + MANY) if number != 1007}
    assert Deadlines(store=store, desk=desk.desk).next_at(desk.now) > desk.now  # type: ignore[operator]


@on_postgresql
def test_a_ticket_in_somebodys_hand_holds_up_no_other(store: Store) -> None:
    desk = many(store, tickets=3)
    job = Deadlines(store=store, desk=desk.desk)

    with store.work() as work:
        work.tickets.lock(work.tickets.get(1002))
        assert job.do_one(desk.now)
        meanwhile = set(told(desk))

    assert meanwhile == {1001, 1003}
    sweep(store, desk)
    assert told(desk) == {1001: 1, 1002: 1, 1003: 1}


@on_postgresql
def test_a_ticket_that_alone_is_due_is_waited_for_and_its_answer_is_seen(store: Store) -> None:
    desk = many(store, tickets=1)
    waiting = threading.Thread(target=lambda: sweep(store, desk))

    with store.work() as work:
        ticket = work.tickets.lock(work.tickets.get(1001))
        waiting.start()
        for clock in work.tickets.clocks(ticket.id):
            clock.next_at = None
            clock.memory = {**clock.memory, "state": "void"}
    waiting.join(30)

    assert told(desk) == {}


def test_a_reply_to_one_of_many_stops_only_its_own_promise(store: Store) -> None:
    desk = many(store, tickets=3)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(1002), body="On it."))

    sweep(store, desk)

    assert told(desk) == {1001: 1, 1003: 1}
