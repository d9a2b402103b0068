"""The service killed at each point of its talks with both servers: just before and just after what they do for it."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
from tests.crash.balance import assert_every_letter_went_out
from tests.crash.test_many_mails_survive import a_mail
from tests.journeys.house import SUPPORT, House
from tests.journeys.tripwire import Said, Tripwire
from tests.servers.dovecot import Dovecot
from tests.servers.smtpsink import SmtpSink

from ticketbot.store.database import Work

#: The words that pass just then. What the client says is never heard by the server; what the server says has happened.
IMAP_POINTS = {
    "before the search": (b"SEARCH", Said.BY_CLIENT),
    "before the sizes are asked for": (b"RFC822.SIZE", Said.BY_CLIENT),
    "before the mail is asked for": (b"BODY.PEEK[]", Said.BY_CLIENT),
    "when the mail was handed over": (b"BODY[]", Said.BY_SERVER),
    "before the move": (b"MOVE", Said.BY_CLIENT),
    "when the move was done": (b"COPYUID", Said.BY_SERVER),
}
SMTP_POINTS = {
    "before the sender is named": (b"MAIL FROM", Said.BY_CLIENT),
    "before the recipient is named": (b"RCPT TO", Said.BY_CLIENT),
    "before the letter": (b"354 ", Said.BY_SERVER),
    "before the letter's end": (b"\r\n.\r\n", Said.BY_CLIENT),
    "when the letter was taken": (b"250 2.0.0 OK", Said.BY_SERVER),
}
POINTS = [*IMAP_POINTS, *SMTP_POINTS]


@pytest.fixture
def imap(dovecot: Dovecot) -> Iterator[Tripwire]:
    with Tripwire(dovecot.port) as line:
        yield line


@pytest.fixture
def smtp(mail_relay: SmtpSink) -> Iterator[Tripwire]:
    with Tripwire(mail_relay.port) as line:
        yield line


@pytest.fixture
def wired_house(house: House, imap: Tripwire, smtp: Tripwire) -> House:
    """A desk that reaches its servers over the two lines, in the open."""
    house.tls, house.imap_port, house.relay_port = "none", imap.port, smtp.port
    house.write_settings()
    return house


def test_a_death_at_any_point_loses_nothing_and_repeats_at_most_the_letter_that_was_being_taken(
    wired_house: House, imap: Tripwire, smtp: Tripwire
) -> None:
    house = wired_house
    house.start()
    house.wait_until_it_listens()

    for number, point in enumerate(POINTS):
        line, (words, said) = (imap, IMAP_POINTS[point]) if point in IMAP_POINTS else (smtp, SMTP_POINTS[point])
        service = house.process
        assert service
        line.lay(words, said=said, then=service.kill)
        house.dovecot.deliver(a_mail(number), to=SUPPORT)
        house.until_it_dies(what=f"the service is killed {point}")
        if words == b"MOVE":
            assert house.read(_waiting) == 0, "the server's copy is put away only when the mail was worked on"
        house.start()
        house.until(partial(_has_finished, house, number + 1), what=f"all goes on after a death {point}")

    assert house.read(_subjects) == [f"Matter {number}" for number in range(len(POINTS))]
    assert house.folder_of(SUPPORT) == []
    assert len(house.folder_of(SUPPORT, "Processed")) == len(POINTS)
    assert_every_letter_went_out(house, kills=1)


def _has_finished(house: House, mails: int) -> bool:
    return house.read(_finished) == mails


def _finished(work: Work) -> int:
    """Return how many mails were worked on, put away, acknowledged and shown; -1 while anything is under way."""
    mails, letters, ledger = work.inbox.counts(), work.outbox.counts(), work.ledger.counts()
    done = mails.get("done", 0)
    told = Counter(letter.code for letter in work.outbox.listed())
    is_quiet = (mails, set(letters), ledger) == ({"done": done}, {"sent"}, {"acked": done})
    return done if is_quiet and told["ACK"] == told["NEW"] == done else -1


def _waiting(work: Work) -> int:
    return work.inbox.counts().get("received", 0)


def _subjects(work: Work) -> list[str]:
    return [ticket.subject for ticket in work.tickets.listed()]
