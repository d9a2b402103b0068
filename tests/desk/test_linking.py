"""Matters that belong together, a mail that is a matter of its own, and words of ours that come first."""

from datetime import UTC, datetime

import pytest
from tests.desk.acts import CHEN, note, opened, refused, reply_to
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.clock import FixedClock
from ticketbot.store.database import Store
from ticketbot.store.models import InboxMail

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def linked(desk: DeskDriver, number: int) -> list[object]:
    with desk.store.look() as work:
        events = work.tickets.events(work.tickets.get(number).id)
    return [each.detail["number"] for each in events if each.action == "linked"]


def test_linked_tickets_know_of_each_other(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(subject="Another", body="matter"))

    note(desk, "#link T-1002")

    assert (linked(desk, 1001), linked(desk, 1002)) == (["T-1002"], ["T-1001"])


@on_sqlite
@pytest.mark.parametrize(("line", "why"), [("#link T-9", "no ticket T-9"), ("#link T-1001", "this very ticket")])
def test_a_link_that_leads_nowhere_is_refused(store: Store, line: str, why: str) -> None:
    desk = opened(store)

    note(desk, line)

    assert why in refused(desk)


def test_a_mail_that_is_a_matter_of_its_own_becomes_a_ticket_from_its_arrival(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="It is mended."))
    desk.sleep(minutes=10)
    written_at = desk.now
    desk.receive(
        a_mail(
            sender="jonas@acme.example",
            to=desk.client_address(),
            subject="Re: Report is empty",
            body="Nobody can log in.",
            message_id="second@acme.example",
        )
    )
    desk.sleep(minutes=5)
    before = desk.letters()

    reply_to(desk, desk.letter("RELAY_IN"), "#split")

    new = desk.ticket(1002)
    assert (new.subject, new.requester_address, new.created_at) == ("Report is empty", "jonas@acme.example", written_at)
    assert (new.client_id, new.launch_id, new.state) == (desk.ticket().client_id, desk.ticket().launch_id, "new")
    assert [each.new_text for each in desk.messages(1002)] == ["Nobody can log in."]
    assert desk.clocks(1002)["FR", 1].started_at == written_at
    assert desk.clocks()["NR", 1].state == "void"
    assert {"ACK jonas", "NEW ben"} <= set(desk.codes(since=before))
    assert desk.letter("ACK").draft["in_reply_to"] == "second@acme.example"


@on_sqlite
def test_an_answer_to_a_split_ticket_reaches_its_writer(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(sender="jonas@acme.example", to=desk.client_address(), body="Nobody can log in."))
    reply_to(desk, desk.letter("RELAY_IN"), "#split")

    desk.receive(a_mail(sender=BEN, to=desk.answer_address(1002), body="Please try again."))

    assert desk.letter("RELAY_OUT").to == ["jonas@acme.example"]


@on_sqlite
def test_a_split_ticket_is_told_explained_and_shifted_like_any_other(store: Store) -> None:
    desk = DeskDriver(store, clock=FixedClock(datetime(2027, 5, 20, 9, tzinfo=UTC)))
    desk.receive(a_mail(message_id="first@acme.example"))
    desk.receive(
        a_mail(sender="jonas@acme.example", to=desk.client_address(), body="Everyone is down: the outage is back.")
    )
    before = desk.letters()
    reply_to(desk, desk.letter("RELAY_IN", to="chen@desk.example"), "#split", sender=CHEN)

    new = desk.ticket(1002)
    first = next(each for each in desk.events(1002) if each.action == "opened")
    assert (new.priority, new.severity, new.owner_team) == ("P1", "S1", "standard")
    assert (first.detail["priority"], first.detail["severity"], first.detail["kind"]) == ("P1", "S1", "incident")
    assert any(code.startswith("INCIDENT") for code in desk.codes(since=before))


@on_sqlite
def test_the_mail_that_began_a_ticket_cannot_be_split_off(store: Store) -> None:
    desk = opened(store)

    note(desk, "#split")

    assert "began with that mail" in refused(desk)
    assert len(desk.tickets()) == 1


def first_words(desk: DeskDriver, body: str, *, subject: str = "Your new report") -> InboxMail:
    return desk.receive(a_mail(sender=BEN, subject=subject, body=body, headers=vouched("ben@desk.example")))


def test_staff_write_first_and_the_answer_finds_the_ticket(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    mail = first_words(desk, "#to mara@acme.example\n\nYour report is ready.\n\nTel. +49 30 1234567")
    relay = desk.letter("RELAY_OUT")
    desk.receive(
        a_mail(
            to=relay.draft["reply_to"],
            subject="Re: Your new report",
            body="Where is it?",
            in_reply_to=relay.message_id,
            headers=vouched("mara@acme.example"),
        )
    )

    ticket = desk.ticket()
    assert (mail.outcome, relay.to, relay.draft["values"]["text"]) == (
        "ticket",
        ["mara@acme.example"],
        "Your report is ready.",
    )
    assert (ticket.subject, ticket.requester_address, desk.owner()) == ("Your new report", "mara@acme.example", "ben")
    assert desk.clocks()["FR", 1].is_met
    assert [each.direction for each in desk.messages()] == ["out", "in"]
    assert desk.letters("ACK") == []


@on_sqlite
@pytest.mark.parametrize(
    ("body", "subject", "why"),
    [
        ("#to eve@evil.example\n\nHello.", "Hello", "belongs to no client"),
        ("#to ana@desk.example\n\nHello.", "Hello", "one of our own addresses"),
        ("#to mara@acme.example", "Hello", "no words for them"),
        ("#to mara@acme.example\n\nHello.", "", "needs a subject"),
        ("#to mara@acme.example\n\nAs with aino@borealis.example.", "Hello", "belongs to another client"),
        ("#to mara@acme.example\n#call mara@acme.example\n\nHello.", "Hello", "one mail opens one ticket"),
    ],
)
def test_first_words_that_cannot_go_are_refused(store: Store, body: str, subject: str, why: str) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    first_words(desk, body, subject=subject)

    assert why in refused(desk)
    assert (desk.tickets(), desk.letters("RELAY_OUT")) == ([], [])


@on_sqlite
def test_first_words_on_a_ticket_are_refused(store: Store) -> None:
    desk = opened(store)

    note(desk, "#to mara@acme.example\n\nHello.")

    assert "write it as a new mail" in refused(desk)
