"""A heap of mails, with the service killed while it takes them in, works on them and sends."""

from email.utils import format_datetime

from tests.crash.balance import assert_every_letter_went_out
from tests.crash.chance import Chance
from tests.journeys.house import SUPPORT, House

from ticketbot.clock import SystemClock
from ticketbot.store.database import Work

MAILS = 60
TWICE = 6
KILLS = 8


def a_mail(number: int) -> bytes:
    return (
        f"From: Person {number} <p{number}@acme.example>\r\n"
        f"To: {SUPPORT}\r\n"
        f"Subject: Matter {number}\r\n"
        f"Message-ID: <matter.{number}@acme.example>\r\n"
        f"Date: {format_datetime(SystemClock().now())}\r\n"
        "\r\n"
        f"Document {number} cannot be opened.\r\n"
    ).encode()


def test_a_heap_of_mails_is_taken_in_and_answered_once_whenever_the_service_dies(house: House, chance: Chance) -> None:
    house.start()
    house.wait_until_it_listens()

    for kill in range(KILLS):
        for number in range(kill * MAILS // KILLS, (kill + 1) * MAILS // KILLS):
            raw = a_mail(number)
            house.dovecot.deliver(raw, to=SUPPORT)
            if number < TWICE:
                house.dovecot.deliver(raw, to=SUPPORT)
        chance.let_pass(1.5)
        house.kill()
        house.start()
    house.until(lambda: house.read(_is_quiet), what="everything is worked on, sent and put away")

    assert house.read(_tickets) == {f"Matter {number}": f"p{number}@acme.example" for number in range(MAILS)}
    assert house.read(_messages) == [f"Document {number} cannot be opened." for number in range(MAILS)]
    assert house.read(_letters) == sorted(
        [("ACK", f"p{number}@acme.example") for number in range(MAILS)] + [("NEW", "ben@desk.example")] * MAILS
    )
    assert house.read(lambda work: work.ledger.counts()) == {"acked": MAILS + TWICE}
    assert house.folder_of(SUPPORT) == []
    assert len(house.folder_of(SUPPORT, "Processed")) == MAILS + TWICE
    assert_every_letter_went_out(house, kills=KILLS)


def _is_quiet(work: Work) -> bool:
    return (
        work.ledger.counts() == {"acked": MAILS + TWICE}
        and set(work.inbox.counts()) == {"done"}
        and set(work.outbox.counts()) == {"sent"}
    )


def _tickets(work: Work) -> dict[str, str]:
    found = work.tickets.listed()
    assert len(found) == len({ticket.subject for ticket in found})
    return {ticket.subject: ticket.requester_address for ticket in found}


def _messages(work: Work) -> list[str]:
    texts = [message.new_text for ticket in work.tickets.listed() for message in work.tickets.messages(ticket.id)]
    return sorted(texts, key=lambda text: int(text.split()[1]))


def _letters(work: Work) -> list[tuple[str, str]]:
    """Return the letters that every client's mail causes; what else the desk tells of is counted in the balance."""
    return sorted((each.code, each.to[0]) for each in work.outbox.listed() if each.code in {"ACK", "NEW"})
