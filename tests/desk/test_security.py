"""Managers hear of mail that tried to be what it is not, and not too often."""

import pytest
from tests.desk.acts import opened
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def intrude(desk: DeskDriver, words: str = "Let me see.") -> None:
    """Let a person of another client write on Acme's ticket."""
    desk.receive(a_mail(sender="aino@borealis.example", to=desk.client_address(), subject="Re: x", body=words))


def test_managers_hear_once_of_another_clients_person_on_a_ticket(store: Store) -> None:
    desk = opened(store)
    intrude(desk)

    desk.run_due()
    desk.run_due()

    (letter,) = desk.letters("NOTICE")
    assert (letter.reader, letter.draft["values"]["what"]) == ("dana@desk.example", "security")
    assert ["From", "aino@borealis.example"] in letter.draft["values"]["facts"]


def test_later_ones_come_together_by_the_hour(store: Store) -> None:
    desk = opened(store)
    intrude(desk)
    desk.run_due()
    desk.sleep(minutes=10)
    intrude(desk, "Once more.")
    intrude(desk, "And again.")
    desk.run_due()
    early = len(desk.letters("NOTICE"))

    desk.wait(minutes=51)

    assert (early, len(desk.letters("NOTICE"))) == (1, 2)
    assert desk.letter("NOTICE").draft["values"]["facts"][0] == ["Mails", "2"]


@on_sqlite
def test_managers_hear_that_somebody_wrote_in_a_colleagues_name(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(sender=BEN, body="#launch acme/hr go-live=2027-03-01T06:00"))

    desk.receive(
        a_mail(
            sender=BEN,
            to=desk.letter("CHALLENGE").draft["reply_to"],
            body="No, that was not me.",
            headers=vouched("ben@desk.example"),
        )
    )
    desk.run_due()

    assert desk.letter("NOTICE").draft["values"]["what"] == "security"


@on_sqlite
def test_nothing_is_told_where_nothing_happened(store: Store) -> None:
    desk = opened(store)

    desk.run_due()

    assert desk.letters("NOTICE") == []
