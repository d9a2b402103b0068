"""An answer to a client that cannot go out does not vanish: its writer is told where to send it."""

from datetime import timedelta

import pytest
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def a_ticket(store: Store) -> DeskDriver:
    """Return a desk that asks its server, with one ticket."""
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    return desk


def from_ben(desk: DeskDriver, *, to: str, body: str = "Dear Mara, log in again.", result: str = "pass") -> None:
    """Let Ben write to an address."""
    desk.receive(
        a_mail(sender=BEN, to=to, subject="Re: it", body=body, headers=vouched("ben@desk.example", result=result))
    )


def test_words_at_a_colleagues_answer_address_stay_and_their_writer_is_told_where_to_send_them(store: Store) -> None:
    desk = a_ticket(store)

    from_ben(desk, to=desk.answer_address(agent="ana@desk.example"))
    told = desk.letter("CMD", to="ben@desk.example").draft
    from_ben(desk, to=told["values"]["answer"])

    assert "did not go out" in told["values"]["errors"][0]["reason"]
    assert [each.draft["values"]["text"] for each in desk.letters("RELAY_OUT")] == ["Dear Mara, log in again."]


@on_sqlite
def test_words_at_an_address_that_works_no_more_stay_and_their_writer_is_told(store: Store) -> None:
    desk = a_ticket(store)
    ended = desk.answer_address()
    desk.clock.advance(timedelta(days=200))

    from_ben(desk, to=ended)

    assert len(desk.letters("CMD", to="ben@desk.example")) == 1
    assert desk.letters("RELAY_OUT") == []


@on_sqlite
def test_a_writer_is_told_once_an_hour_that_their_words_stay(store: Store) -> None:
    desk = a_ticket(store)

    for number in range(3):
        from_ben(desk, to=desk.answer_address(agent="ana@desk.example"), body=f"Words {number}.")

    assert len(desk.letters("CMD")) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "result"), [("note", "pass"), ("client", "pass"), ("answer", "none"), ("answer", "fail")]
)
def test_nobody_is_told_of_words_that_were_for_us_or_are_not_proven_theirs(
    store: Store, kind: str, result: str
) -> None:
    desk = a_ticket(store)
    to = {
        "note": desk.note_address(agent="ana@desk.example"),
        "client": desk.client_address(),
        "answer": desk.answer_address(agent="ana@desk.example"),
    }[kind]

    from_ben(desk, to=to, result=result)

    assert desk.letters("CMD") == []
