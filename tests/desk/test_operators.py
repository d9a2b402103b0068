"""What people decide about mail that was set aside, and what a ticket's new owner is shown."""

from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.inbox import OPERATOR


def take_up_again(desk: DeskDriver, mail_id: int, *, is_vouched: bool) -> None:
    with desk.store.work() as work:
        mail = work.inbox.mail(mail_id)
        work.inbox.release(mail, now=desk.now, confirmed_by=OPERATOR if is_vouched else None)
    desk.process()


def test_a_mail_that_is_worked_on_again_keeps_its_outcome(store: Store) -> None:
    desk = DeskDriver(store)
    first = desk.receive(a_mail())
    letters = desk.codes()

    take_up_again(desk, first.id, is_vouched=False)

    again = desk.mail(first.id)
    assert (again.state, again.outcome, again.reason) == (first.state, "ticket", first.reason)
    assert desk.codes() == letters


def test_an_operator_who_releases_a_refused_staff_mail_vouches_for_it(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    refused = desk.receive(
        a_mail(
            sender=BEN,
            to=desk.answer_address(),
            subject="Re: it",
            body="We are on it.",
            headers=vouched("ben@desk.example", result="fail"),
        )
    )
    assert refused.state == "quarantined"

    take_up_again(desk, refused.id, is_vouched=True)

    assert desk.mail(refused.id).outcome == "append"
    assert desk.letter("RELAY_OUT").to == ["mara@acme.example"]


def test_a_no_to_a_challenge_drops_the_held_mail(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    held = desk.receive(a_mail(sender=BEN, subject="Re: [T-1001] it", body="#take"))
    assert held.state == "held"
    question = desk.letter("CHALLENGE")

    desk.receive(
        a_mail(sender=BEN, to=question.draft["reply_to"], subject="Re: was this you?", body="NO! That was not me.")
    )

    assert desk.mail(held.id).state == "dropped"
    assert desk.ticket().owner_id is None


def test_a_stranger_who_borrows_our_message_id_is_not_taken_for_us(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    ours = desk.letter("ACK").message_id

    borrowed = desk.receive(a_mail(subject="Another matter", body="Quite another matter.", message_id=ours))

    assert borrowed.outcome == "ticket"


def test_a_new_owner_gets_the_clients_words_and_the_story_around_them(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(body="The monthly report shows nothing."))
    desk.receive(
        a_mail(
            sender="Ana Silva <ana@desk.example>", to=desk.note_address(agent="ana@desk.example"), body="Seen before."
        )
    )
    desk.receive(
        a_mail(
            sender="Ana Silva <ana@desk.example>", to=desk.note_address(agent="ana@desk.example"), body="#assign ben"
        )
    )

    handed = next(
        letter for letter in desk.letters("NEW", to="ben@desk.example") if letter.draft["values"]["is_handover"]
    )

    assert handed.draft["values"]["mail"]["text"] == "The monthly report shows nothing."
    assert [(each["author"], each["text"]) for each in handed.draft["values"]["earlier"]] == [
        ("Ana Silva", "Seen before.")
    ]


def test_an_empty_answer_to_the_client_comes_back_instead_of_vanishing(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())

    mail = desk.receive(a_mail(sender=BEN, to=desk.answer_address(), subject="Re: it", body=""))

    assert (mail.state, mail.outcome) == ("held", "reject")
    assert [each["reason"] for each in desk.letter("CMD").draft["values"]["errors"]] == [
        "there are no words for the client in it"
    ]
    assert desk.letters("RELAY_OUT") == []
