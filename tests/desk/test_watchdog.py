"""What operators are told of: mailboxes that stay shut or were rebuilt, and mail of which only a stub came."""

from tests.desk.driver import DeskDriver
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import SightingState


def a_mailbox(desk: DeskDriver, *, uidvalidity: int = 1) -> None:
    with desk.store.work() as work:
        work.ledger.begin("support", start_at=desk.now, uidvalidity=uidvalidity)


def trouble(desk: DeskDriver, sentence: str | None) -> None:
    with desk.store.work() as work:
        work.ledger.trouble("support", sentence, now=desk.now)


def notices(desk: DeskDriver) -> list[str]:
    return [
        f"{letter.draft['values']['what']} {letter.draft['values']['recovered']}" for letter in desk.letters("NOTICE")
    ]


def test_a_mailbox_that_stays_shut_is_told_once_and_once_when_it_opens(store: Store) -> None:
    desk = DeskDriver(store)
    a_mailbox(desk)

    trouble(desk, "the server refuses our password")
    desk.wait(minutes=4)
    assert notices(desk) == []
    desk.wait(minutes=1)
    desk.wait(hours=5)
    assert notices(desk) == ["login_failing False"]

    trouble(desk, None)
    desk.run_due()
    desk.wait(hours=1)
    assert notices(desk) == ["login_failing False", "login_failing True"]


def test_a_second_trouble_is_told_again(store: Store) -> None:
    desk = DeskDriver(store)
    a_mailbox(desk)

    for sentence in ("no route", None, "no route", None):
        trouble(desk, sentence)
        desk.wait(minutes=10)

    assert notices(desk) == ["login_failing False", "login_failing True"] * 2


def test_a_mailbox_that_was_numbered_anew_is_told_once(store: Store) -> None:
    desk = DeskDriver(store)
    a_mailbox(desk, uidvalidity=1)
    with store.work() as work:
        work.ledger.note("support", 1, [7], state=SightingState.ACKED, reason="", now=desk.now)
    desk.run_due()
    assert notices(desk) == []

    with store.work() as work:
        work.ledger.turn("support", uidvalidity=2, now=desk.now)
    desk.run_due()
    desk.wait(hours=2)

    assert notices(desk) == ["mailbox_rebuilt False"]


def test_an_oversize_mail_is_a_ticket_and_a_notice(store: Store) -> None:
    desk = DeskDriver(store)
    with store.work() as work:
        work.inbox.keep(
            a_mail(), mailbox="support", channel="normal", received_at=desk.now, now=desk.now, is_oversize=True
        )

    desk.process()
    desk.wait(minutes=1)
    desk.wait(hours=1)

    assert desk.ticket().state == "new"
    assert notices(desk) == ["oversize False"]
