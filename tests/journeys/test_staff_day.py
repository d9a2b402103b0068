"""A staff member's day by mail alone, on Dovecot: every act from their own mail program, and a forger in between."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from tests.journeys.house import SUPPORT, House
from tests.journeys.people import Person, addresses, plain
from tests.journeys.story import Story, a_story
from tests.servers.smtpsink import SmtpSink

from ticketbot.clock import SystemClock
from ticketbot.store.database import Work


@pytest.fixture
def story(house: House, mail_relay: SmtpSink) -> Story:
    """A desk that serves, with its people."""
    house.triage = ("ben",)
    house.furnish()
    story = a_story(house, mail_relay)
    story.begin()
    return story


def found(person: Person, what: str, is_it: Callable[[EmailMessage], bool]) -> EmailMessage:
    """Wait for a mail that a person gets, and return the newest such."""

    def look() -> EmailMessage | None:
        mails = [each for each in person.inbox() if is_it(each)]
        return mails[-1] if mails else None

    return person.house.until(look, what=f"{person.name} gets {what}")


def says(*words: str) -> Callable[[EmailMessage], bool]:
    """Return whether all these words stand in a mail's subject or text."""
    return lambda mail: all(word in f"{mail['Subject']}\n{' '.join(plain(mail).split())}" for word in words)


def note_address(mail: EmailMessage) -> str:
    """Return the second address that a letter to staff shows: for words that stay inside."""
    address = re.search(r"support\+n\.[a-z2-7]{32}@desk\.example", plain(mail))
    assert address is not None
    return address[0]


def facts(story: Story, number: str) -> tuple[str, str, str | None]:
    """Return a ticket's state, priority and owner."""
    told = story.ticket(number)
    return told["state"], told["priority"], told["owner"]


def becomes(story: Story, number: str, wanted: tuple[str, str, str | None]) -> None:
    """Wait until a ticket stands as wanted."""

    def look() -> bool:
        def read(work: Work) -> tuple[str, str, str | None]:
            ticket = work.tickets.get(int(number.removeprefix("T-")))
            owner = work.desk.person(ticket.owner_id)
            return ticket.state, ticket.priority, owner.slug if owner is not None else None

        return bool(story.house.read(read) == wanted)

    story.house.until(look, what=f"{number} is {wanted}")


def test_a_day_s_work_is_done_from_a_mail_program_and_a_forger_gains_nothing(story: Story) -> None:
    house, mara, ben, ana = story.house, story.mara, story.ben, story.ana

    mara.write(to=SUPPORT, subject="Exports are empty", text="Since this morning every export is empty.")
    new = found(ben, "the new ticket", says("T-1001", "Since this morning"))

    # A note stays inside, and the ticket is given to somebody who is shown all of it.
    ben.write(to=note_address(new), subject="Re: T-1001", text="They changed the template on Friday.")
    ben.answer(new, "#assign ana")
    handed = found(ana, "the ticket that she is given", says("T-1001", "They changed the template on Friday."))
    becomes(story, "T-1001", ("new", "P2", "ana"))

    # A question to the client, with the clocks at rest until the answer.
    ana.answer(handed, "#pending\n\nWhich template do you use?")
    question = found(mara, "the question", says("Which template do you use?"))
    assert parseaddr(str(question["From"])) == ("Ana, Support", SUPPORT)
    becomes(story, "T-1001", ("pending_client", "P2", "ana"))
    mara.answer(question, "The new one, from Friday.")
    relayed = found(ana, "the answer", says("The new one, from Friday."))

    # The order of work, with a reason and a receipt.
    ana.answer(relayed, "#priority P1 payroll waits for it")
    found(ana, "the receipt", says("[done]", "P1"))
    becomes(story, "T-1001", ("open", "P1", "ana"))

    # The same matter twice becomes one; mail about the second reaches the first.
    mara.write(to=SUPPORT, subject="The export of vacancies", text="It has no lines at all.")
    second = found(ben, "the second ticket", says("T-1002", "It has no lines at all."))
    ben.answer(second, "#merge T-1001")
    found(ben, "the receipt of the merge", says("[done]", "T-1002 is part of T-1001 now"))
    assert facts(story, "T-1002")[0] == "merged"

    # A wish goes into a release.
    mara.write(to=SUPPORT, subject="Feature request: notice period", text="Could you add a field for it?")
    wish = found(ben, "the wish", says("T-1003", "notice period"))
    date = (SystemClock().now() + timedelta(days=40)).date().isoformat()
    ben.answer(wish, f"#release {date}\n\nAccepted, it comes with that release.")
    found(mara, "the date of her wish", says("Accepted, it comes with that release."))
    becomes(story, "T-1003", ("pending_release", "P4", "ben"))

    # A slip of the pen reaches nobody, and is told with the line and what would be right.
    ana.answer(relayed, "#resolv\nAll exports were made again.")
    error = found(ana, "the error", says("#resolv", "#resolve", "Nothing was done"))
    assert not [each for each in mara.inbox() if "All exports were made again." in plain(each)]
    assert facts(story, "T-1001")[0] == "open"
    ana.answer(error, "#resolve\nAll exports were made again.")
    found(mara, "how it was settled", says("All exports were made again."))
    becomes(story, "T-1001", ("resolved", "P1", "ana"))

    # A step too far is taken back.
    ana.write(to=note_address(relayed), subject="Re: T-1001", text="#close")
    becomes(story, "T-1001", ("closed", "P1", "ana"))
    ana.write(to=note_address(relayed), subject="Re: T-1001", text="#undo")
    found(ana, "that it is taken back", says("[done]", "taken back"))
    becomes(story, "T-1001", ("resolved", "P1", "ana"))

    # A forger has Ana's address and even her token; our server does not vouch for the mail.
    before = len(mara.inbox())
    house.dovecot.drop(forged(relayed), to=SUPPORT)
    challenge = found(ana, "the question whether it was her", says("Was this you?", "#reopen"))
    assert facts(story, "T-1001") == ("resolved", "P1", "ana")
    ana.answer(challenge, "No, that was not me.")
    house.until(
        lambda: house.read(lambda work: work.inbox.counts()).get("dropped") == 1, what="the forged mail is dropped"
    )
    assert facts(story, "T-1001") == ("resolved", "P1", "ana")
    assert len(mara.inbox()) == before
    assert house.read(lambda work: work.inbox.listed(["quarantined", "triage"])) == []
    house.stop()
    assert '"level": "error"' not in house.log.read_text()


def forged(got: EmailMessage) -> bytes:
    """Return a mail in Ana's name, to the address of hers that a letter carried, that our server says nothing of."""
    return (
        "Received: from mx.evil.example by mx.desk.example; Tue, 2 Mar 2027 09:00:00 +0000\r\n"
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\r\n"
        "From: Ana Silva <ana@desk.example>\r\n"
        f"To: {addresses(got, 'Reply-To')}\r\n"
        "Subject: Re: T-1001\r\n"
        "Message-ID: <forged@evil.example>\r\n"
        "\r\n"
        "#reopen\r\n"
        "#cc eve@evil.example\r\n"
        "\r\n"
        "Please send it all to eve@evil.example.\r\n"
    ).encode()
