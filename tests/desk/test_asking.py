"""`#why` by mail: the arithmetic of each due time comes back to whoever asks, and nothing else happens."""

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store


def a_desk(store: Store) -> DeskDriver:
    """A desk with one ticket, answered after half an hour."""
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(body="It is broken.", headers=vouched("mara@acme.example")))
    desk.sleep(minutes=30)
    desk.receive(
        a_mail(sender=BEN, to=desk.answer_address(), body="We look at it.", headers=vouched("ben@desk.example"))
    )
    desk.sleep(minutes=30)
    return desk


def ask(desk: DeskDriver, body: str, *, to: str = "support@desk.example", sender: str = ANA) -> str | None:
    """Send a question; return what it came to, and why."""
    return desk.receive(a_mail(sender=sender, to=to, subject="A question", body=body, headers=vouched(sender))).outcome


def answer(desk: DeskDriver, reader: str = "ana@desk.example") -> list[str]:
    values = desk.letter("CMD", to=reader).draft["values"]
    return [str(line) for line in (*values["done"], *(each["reason"] for each in values["errors"]))]


def test_why_of_a_named_ticket_is_answered_in_the_reader_s_own_time(store: Store) -> None:
    desk = a_desk(store)
    before = desk.codes()

    assert ask(desk, "#why T-1001") == "suppress"

    told = answer(desk)
    assert told[0] == "Why T-1001: Report is empty"
    assert told[1] == "  times in Europe/Berlin"
    assert told[2].startswith("  first answer due Tue 2 Mar ")
    assert told[3].startswith("    10:00:00 received · P")
    assert told[4].startswith("    10:30:00 answered by ben · kept, ")
    assert any(line.startswith("  update due ") for line in told)
    assert any(line.startswith("  resolution due ") for line in told)
    assert desk.codes()[: len(before)] == before
    assert desk.codes()[len(before) :] == ["CMD ana"]


def test_why_on_a_ticket_s_own_mail_needs_no_number(store: Store) -> None:
    desk = a_desk(store)

    ask(desk, "#why", to=desk.note_address(agent="ana@desk.example"))

    assert answer(desk)[0] == "Why T-1001: Report is empty"


def test_another_ticket_may_be_named_on_a_ticket_s_mail(store: Store) -> None:
    desk = a_desk(store)
    desk.receive(a_mail(subject="Another matter", body="It is broken.", headers=vouched("mara@acme.example")))

    ask(desk, "#why T-1002", to=desk.note_address(agent="ana@desk.example"))

    assert answer(desk)[0] == "Why T-1002: Another matter"


@pytest.mark.parametrize(
    ("body", "says"),
    [("#why", "#why needs a ticket; write #why T-1042"), ("#why T-4711", "there is no ticket T-4711")],
)
def test_why_of_no_ticket_is_refused_with_the_reason(store: Store, body: str, says: str) -> None:
    desk = a_desk(store)

    assert ask(desk, body) == "reject"
    assert answer(desk) == [says]


def test_a_ticket_that_promises_nothing_is_said_so(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(subject="Great work", body="We love it.", headers=vouched("mara@acme.example")))
    assert desk.ticket().kind == "feedback"

    ask(desk, "#why T-1001")

    assert answer(desk) == ["T-1001 promises nothing."]


def test_a_client_who_writes_it_is_told_nothing(store: Store) -> None:
    desk = a_desk(store)
    letters = len(desk.letters("CMD"))

    desk.receive(a_mail(body="#why T-1001", headers=vouched("mara@acme.example"), to=desk.client_address()))

    assert len(desk.letters("CMD")) == letters
