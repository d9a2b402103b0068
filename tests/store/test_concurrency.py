"""Several workers on one PostgreSQL: what the constraints and locks decide, each transaction in a thread of its own."""

import threading
from collections.abc import Callable

import pytest
from tests.desk.driver import DeskDriver
from tests.factories import NOW, a_letter, a_mail, a_ticket

from ticketbot.desk.rounds import DigestRound
from ticketbot.desk.setaside import Strangers
from ticketbot.desk.undelivered import Undelivered
from ticketbot.store.database import Store

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
AT_ONCE = 4


def at_once(do: Callable[[int], object]) -> None:
    """Do something in several threads that begin together; what one of them raises is raised here."""
    gate = threading.Barrier(AT_ONCE)
    errors: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            do(number)
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if errors:
        raise errors[0]


def test_tickets_that_are_opened_at_once_get_numbers_without_a_gap(store: Store) -> None:
    def open_some(_: int) -> None:
        for _ in range(5):
            with store.work() as work:
                a_ticket(work)

    at_once(open_some)

    with store.look() as work:
        assert [each.number for each in work.tickets.listed()] == list(range(1001, 1001 + 5 * AT_ONCE))


def test_a_mail_that_several_pollers_fetched_is_kept_once(store: Store) -> None:
    def keep(_: int) -> None:
        with store.work() as work:
            work.inbox.keep(b"the same", mailbox="support", channel="normal", received_at=NOW, now=NOW)

    at_once(keep)

    with store.look() as work:
        assert len(work.inbox.listed()) == 1


def test_a_letter_is_claimed_by_one(store: Store) -> None:
    with store.work() as work:
        for number in range(3):
            a_letter(work, reader=f"{number}@x.example")
    claimed: list[int] = []

    def claim(number: int) -> None:
        with store.work() as work:
            claimed.extend(each.id for each in work.outbox.claim(now=NOW, holder=f"worker{number}", limit=2))

    at_once(claim)

    assert len(claimed) == len(set(claimed))


def test_several_workers_make_every_mail_one_ticket(store: Store) -> None:
    desk = DeskDriver(store)
    for number in range(12):
        desk.keep(a_mail(subject=f"Matter {number}", body=f"Words {number}"))

    def process(number: int) -> None:
        DeskDriver(store, clock=desk.clock, holder=f"worker{number}").process()

    at_once(process)

    assert len(desk.tickets()) == 12
    assert {mail.attempts for mail in (desk.mail(each) for each in range(1, 13))} == {1}


def test_several_schedulers_tell_of_everything_once(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender="eve@nowhere.example", body="Hello."))
    desk.fail(desk.letter("ACK"))
    desk.sleep(minutes=40)

    def run(_: int) -> None:
        mine = DeskDriver(store, clock=desk.clock)
        mine.run_due()
        for job in (Undelivered, Strangers, DigestRound):
            while job(store=store, desk=mine.desk).do_one(mine.now):
                pass

    at_once(run)

    codes = desk.codes()
    assert len(codes) == len(set(codes))
    assert [each.level for each in desk.reminders() if each.state == "told"] == [100]
    assert desk.actions().count("undelivered") == 1
    assert desk.actions().count("breach") == 1
