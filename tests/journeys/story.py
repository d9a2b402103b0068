"""The main job as one story: a client writes, is acknowledged, answered, asks again; it is resolved; they thank."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from tests.journeys.house import SUPPORT, House
from tests.journeys.people import Person
from tests.servers.smtpsink import SmtpSink

from ticketbot.clock import SystemClock
from ticketbot.store.database import Work

OLD_MAIL = b"""\
From: Mara Keller <mara@acme.example>\r
To: support@desk.example\r
Subject: From before you had ticketbot\r
Message-ID: <old@acme.example>\r
\r
This was answered by hand last month.\r
"""

#: What the story leaves behind, however often the service died in it.
TICKETS = [("T-1001", "resolved", "Exports are empty", "mara@acme.example", "ben")]
MESSAGES = [
    ("in", "public", "client", "Since this morning the export of vacancies is an empty file."),
    ("out", "public", "staff", "We have found the cause and mend it this afternoon."),
    ("in", "public", "client", "Good. Will the exports of last week be repaired too?"),
    ("out", "public", "staff", "All exports of last week were made again."),
    ("in", "public", "client", "Thanks a lot!"),
]
LETTERS = sorted(
    [
        ("ACK", "mara@acme.example", "sent"),
        ("INCIDENT", "ana@desk.example", "sent"),
        ("NEW", "ana@desk.example", "sent"),
        ("NEW", "ben@desk.example", "sent"),
        ("RELAY_OUT", "mara@acme.example", "sent"),
        ("RELAY_IN", "ben@desk.example", "sent"),
        ("RESOLVED", "mara@acme.example", "sent"),
        ("RELAY_IN", "ben@desk.example", "sent"),
    ]
)
LEDGER = {"acked": 5, "before_start": 1}


@dataclass(kw_only=True, slots=True)
class Story:
    """The people of the story and, once it was played, their mails."""

    house: House
    mara: Person
    ben: Person
    ana: Person
    dana: Person
    disturb: Callable[[], object] = lambda: None

    def begin(self) -> None:
        """Let the service start on a mailbox in which an old mail lies."""
        self.house.dovecot.drop(OLD_MAIL, to=SUPPORT, at=SystemClock().now() - timedelta(days=30))
        self.house.start()
        self.house.wait_until_it_listens()

    def ask(self) -> EmailMessage:
        """Mara writes; return her acknowledgement."""
        self.mara.write(to=SUPPORT, subject="Exports are empty", text=MESSAGES[0][3])
        self.disturb()
        return self.mara.gets(1)

    def answer(self) -> EmailMessage:
        """Ben answers what he got; return what Mara got of it."""
        self.ben.answer(self.ben.gets(1), MESSAGES[1][3])
        self.disturb()
        return self.mara.gets(2)

    def ask_again(self) -> EmailMessage:
        """Mara answers the answer; return what Ben got of it."""
        self.mara.answer(self.mara.gets(2), MESSAGES[2][3])
        self.disturb()
        return self.ben.gets(2)

    def resolve(self) -> EmailMessage:
        """Ben says what was done, with the command; return what Mara got."""
        self.ben.answer(self.ben.gets(2), f"#resolve\n{MESSAGES[3][3]}")
        self.disturb()
        return self.mara.gets(3)

    def thank(self) -> None:
        """Mara says thanks; Ben hears of it, and the mailbox is tidied."""
        self.mara.answer(self.mara.gets(3), MESSAGES[4][3])
        self.disturb()
        self.ben.gets(3)
        self.house.until(lambda: self.house.read(_ledger) == LEDGER, what="every mail is put away")

    def play(self) -> None:
        """Play it all."""
        self.begin()
        self.ask()
        self.answer()
        self.ask_again()
        self.resolve()
        self.thank()

    def state(self) -> str:
        """Return the state of the only ticket."""
        ((_, state, *_),) = self.house.read(_tickets)
        return state

    def owner(self) -> str:
        """Return the owner of the only ticket, or nothing."""
        ((*_, owner),) = self.house.read(_tickets)
        return owner

    def ticket(self, number: str = "T-1001") -> dict[str, Any]:
        """Return a ticket as the command line shows it."""
        found: dict[str, Any] = json.loads(self.house.ticketbot("ticket", "show", number, "--json"))
        return found


def a_story(house: House, post: SmtpSink, *, disturb: Callable[[], object] = lambda: None) -> Story:
    """Return the story in this house, its people sending by *post*; *disturb* is called whenever a mail was sent."""

    def person(name: str, address: str) -> Person:
        return Person(name=name, address=address, house=house, post=post)

    return Story(
        house=house,
        mara=person("Mara Keller", "mara@acme.example"),
        ben=person("Ben Okafor", "ben@desk.example"),
        ana=person("Ana Silva", "ana@desk.example"),
        dana=person("Dana Miller", "dana@desk.example"),
        disturb=disturb,
    )


def assert_told_to_the_end(house: House) -> None:
    """Fail unless database and mailboxes hold exactly what the story leaves behind."""
    assert house.read(_tickets) == TICKETS
    assert house.read(_messages) == MESSAGES
    assert house.read(_letters) == LETTERS
    assert house.read(_ledger) == LEDGER
    assert [each.raw for each in house.folder_of(SUPPORT)] == [OLD_MAIL]
    assert len(house.folder_of(SUPPORT, "Processed")) == LEDGER["acked"]
    assert house.folder_of(SUPPORT, "Quarantine") == []


def _tickets(work: Work) -> list[tuple[str, ...]]:
    people = {person.id: person.slug for person in work.desk.roster()}
    return [
        (f"T-{each.number}", each.state, each.subject, each.requester_address, people.get(each.owner_id or 0, ""))
        for each in sorted(work.tickets.listed(), key=lambda ticket: ticket.number)
    ]


def _messages(work: Work) -> list[tuple[str, ...]]:
    return [
        (each.direction, each.audience, each.author, each.new_text)
        for ticket in work.tickets.listed()
        for each in work.tickets.messages(ticket.id)
    ]


def _letters(work: Work) -> list[tuple[str, ...]]:
    return sorted((each.code, ", ".join([*each.to, *each.cc]), each.state) for each in work.outbox.listed())


def _ledger(work: Work) -> dict[str, int]:
    return work.ledger.counts()
