"""Two of us who write to a client in the same two minutes: confirmed mail and mere commands wait like any answer."""

from datetime import timedelta

import pytest
from tests.desk.acts import answer, note, opened, reply_to
from tests.desk.driver import ANA, BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_a_mail_that_its_writer_confirms_still_waits_beside_a_colleagues_answer(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    ana, ben = vouched("ana@desk.example"), vouched("ben@desk.example")
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    desk.receive(a_mail(sender=ANA, to=desk.answer_address(agent="ana@desk.example"), body="Do it.", headers=ana))
    desk.clock.advance(timedelta(seconds=30))
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="Do not."))

    desk.receive(a_mail(sender=BEN, to=desk.letter("CHALLENGE").draft["reply_to"], body="yes", headers=ben))
    held = desk.letter("HELD", to="ben@desk.example").draft["values"]["text"]
    desk.receive(a_mail(sender=BEN, to=desk.letter("HELD").draft["reply_to"], body="#ok", headers=ben))

    assert held == "Do not."
    assert [each.draft["values"]["text"] for each in desk.letters("RELAY_OUT")] == ["Do it.", "Do not."]


@pytest.mark.parametrize("way", [answer, note])
def test_settling_without_words_waits_beside_a_colleagues_answer(store: Store, way: object) -> None:
    desk = opened(store)
    answer(desk, "Please try again.", sender=ANA)
    desk.clock.advance(timedelta(seconds=30))

    (answer if way is answer else note)(desk, "#resolve")
    waits = (desk.ticket().state, desk.letters("RESOLVED"))
    reply_to(desk, desk.letter("HELD"), "#ok")

    assert waits == ("open", [])
    assert desk.ticket().state == "resolved"


def test_the_same_person_answers_and_settles_at_once(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Please try again.")

    answer(desk, "#resolve")

    assert (desk.ticket().state, desk.letters("HELD")) == ("resolved", [])
