"""A receipt copy is proof that the relay took a letter: nobody sends it again (faults.md O5)."""

from datetime import timedelta

from tests.desk.driver import MAILBOXES, DeskDriver
from tests.factories import a_mail

from ticketbot.desk.book import MailboxRules
from ticketbot.store.database import Store
from ticketbot.store.models import LetterState, OutboxMail

RECEIPTS = MailboxRules(name="receipts", addresses=("receipts@desk.example",), channel="receipts")


def a_letter_whose_fate_is_unknown(desk: DeskDriver) -> OutboxMail:
    desk.receive(a_mail())
    letter = desk.letter("ACK")
    with desk.store.work() as work:
        work.outbox.letter(letter.id).state = LetterState.UNKNOWN
        work.outbox.letter(letter.id).next_at = desk.now + timedelta(minutes=10)
    return letter


def test_a_receipt_copy_shows_that_a_letter_of_unknown_fate_went(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=(*MAILBOXES, RECEIPTS))
    letter = a_letter_whose_fate_is_unknown(desk)

    copy = desk.receive(
        a_mail(sender="Support <support@desk.example>", to="mara@acme.example", message_id=letter.message_id),
        mailbox="receipts",
    )

    assert (copy.state, copy.outcome) == ("done", "suppress")
    assert desk.letter("ACK").state == "sent"
    assert desk.letter("ACK").sent_at == desk.now


def test_a_forged_receipt_proves_nothing(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=(*MAILBOXES, RECEIPTS))
    a_letter_whose_fate_is_unknown(desk)

    desk.receive(
        a_mail(sender="mara@acme.example", message_id="tb.aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbb@desk.example"),
        mailbox="receipts",
    )

    assert desk.letter("ACK").state == "unknown"
