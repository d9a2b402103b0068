"""Our letters that come back or never leave: shown on the ticket, told to a person who can be reached."""

from datetime import timedelta

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import a_bounce, a_letter, a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def answered(store: Store) -> DeskDriver:
    """Return a desk whose Ben owns a ticket; every letter has left."""
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="We are on it."))
    desk.deliver_all()
    return desk


# Bounces


def test_the_owner_hears_of_a_letter_that_came_back_and_the_client_does_not(store: Store) -> None:
    desk = answered(store)
    before = desk.letters()

    mail = desk.receive(a_bounce(of=desk.letter("RELAY_OUT").message_id, recipient="mara@acme.example"))

    letter = desk.letter("RELAY_OUT")
    assert desk.codes(since=before) == ["BOUNCE ben"]
    assert (mail.kind, mail.outcome, desk.ticket().state) == ("bounce", "append", "open")
    assert (desk.messages()[-1].audience, desk.messages()[-1].author) == ("internal", "machine")
    assert desk.detail("bounced") == {
        "recipient": "mara@acme.example", "code": "RELAY_OUT", "reason": "550 5.1.1 no such user",
    }  # fmt: skip
    assert (letter.state, letter.reason) == ("failed", "it came back: 550 5.1.1 no such user")


@on_sqlite
def test_a_bounce_is_told_once_however_often_the_jobs_run(store: Store) -> None:
    desk = answered(store)
    desk.receive(a_bounce(of=desk.letter("RELAY_OUT").message_id, recipient="mara@acme.example"))
    before = desk.letters()

    desk.run_due()

    assert [code for code in desk.codes(since=before) if "DIGEST" not in code] == []


@on_sqlite
def test_a_bounce_that_was_delivered_twice_is_recorded_once(store: Store) -> None:
    desk = answered(store)
    raw = a_bounce(of=desk.letter("RELAY_OUT").message_id, recipient="mara@acme.example")
    desk.receive(b"Delivered-To: a@desk.example\r\n" + raw)

    desk.receive(b"Delivered-To: b@desk.example\r\n" + raw)

    assert desk.actions().count("bounced") == 1


@on_sqlite
def test_a_delay_is_told_as_a_delay_and_the_letter_is_still_on_its_way(store: Store) -> None:
    desk = answered(store)

    desk.receive(
        a_bounce(
            of=desk.letter("RELAY_OUT").message_id, recipient="mara@acme.example", action="delayed", status="4.4.1"
        )
    )

    assert desk.letter("BOUNCE").draft["values"]["is_delay"] is True
    assert (desk.letter("RELAY_OUT").state, desk.detail("bounced")["delayed"]) == ("sent", True)


@on_sqlite
@pytest.mark.parametrize("of", ["forged", "foreign"])
def test_a_bounce_of_no_letter_of_ours_changes_nothing(store: Store, of: str) -> None:
    desk = answered(store)
    ours = desk.letter("RELAY_OUT").message_id
    before = desk.letters()

    mail = desk.receive(
        a_bounce(
            of=ours.replace("tb.", "tb.z", 1) if of == "forged" else "x@acme.example", recipient="mara@acme.example"
        )
    )

    assert (mail.outcome, desk.codes(since=before)) == ("suppress", [])
    assert "bounced" not in desk.actions()


@on_sqlite
def test_a_bounce_of_a_letter_that_nobody_wrote_changes_nothing(store: Store) -> None:
    from ticketbot.domain.ids import message_id_for  # noqa: PLC0415

    desk = answered(store)
    never = message_id_for(desk.desk.post.keys, "ACK/never", domain="desk.example")

    mail = desk.receive(a_bounce(of=never, recipient="mara@acme.example"))

    assert mail.outcome == "suppress"


@on_sqlite
def test_a_bounce_of_an_old_letter_changes_nothing(store: Store) -> None:
    desk = answered(store)
    desk.sleep(days=31)

    mail = desk.receive(a_bounce(of=desk.letter("RELAY_OUT").message_id, recipient="mara@acme.example"))

    assert (mail.outcome, desk.letter("RELAY_OUT").state) == ("suppress", "sent")


def test_a_staff_letter_that_comes_back_is_told_to_somebody_else(store: Store) -> None:
    desk = answered(store)
    desk.receive(a_mail(to=desk.client_address(), body="And?"))
    desk.deliver_all()
    before = desk.letters()

    desk.receive(a_bounce(of=desk.letter("RELAY_IN").message_id, recipient="ben@desk.example"))

    assert desk.codes(since=before) == ["BOUNCE dana"]
    assert len(desk.tickets()) == 1


def test_a_report_that_comes_back_is_told_to_other_managers_by_the_job_for_all_letters(store: Store) -> None:
    desk = DeskDriver(store)
    desk.run_due()
    desk.deliver_all()
    digest = desk.letter("DIGEST")

    desk.receive(a_bounce(of=digest.message_id, recipient="dana@desk.example"))
    desk.run_due()

    assert desk.letter("DIGEST").state == "failed"
    assert desk.detail("undelivered", None)["to"] == "dana@desk.example"


# Letters that never leave


def test_a_letter_that_failed_is_on_its_ticket_and_told_once(store: Store) -> None:
    desk = answered(store)
    desk.fail(desk.letter("RELAY_OUT"))
    before = desk.letters()

    desk.run_due()
    desk.run_due()

    notices = [code for code in desk.codes(since=before) if "NOTICE" in code]
    assert notices == ["NOTICE ben"]
    assert desk.detail("undelivered") == {
        "code": "RELAY_OUT", "to": "mara@acme.example", "reason": "550 no such user",
    }  # fmt: skip
    assert desk.letter("NOTICE").draft["values"]["tickets"][0]["number"] == 1001


@on_sqlite
def test_managers_hear_of_a_letter_that_does_not_reach_the_owner(store: Store) -> None:
    desk = answered(store)
    desk.receive(a_mail(to=desk.client_address(), body="And?"))
    desk.fail(desk.letter("RELAY_IN"))

    desk.run_due()

    assert [each.reader for each in desk.letters("NOTICE")] == ["dana@desk.example"]


@on_sqlite
def test_managers_hear_of_a_letter_on_a_ticket_without_owner(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.fail(desk.letter("ACK"))

    desk.run_due()

    assert [each.reader for each in desk.letters("NOTICE")] == ["dana@desk.example"]


@on_sqlite
def test_a_notice_that_fails_is_noted_and_announced_to_nobody(store: Store) -> None:
    desk = answered(store)
    desk.fail(desk.letter("RELAY_OUT"))
    desk.run_due()
    desk.fail(desk.letter("NOTICE"))
    before = desk.letters()

    desk.run_due()

    assert [code for code in desk.codes(since=before) if "NOTICE" in code] == []
    assert desk.detail("undelivered", None)["code"] == "NOTICE"


@on_sqlite
def test_a_letter_that_failed_for_some_names_them_alone(store: Store) -> None:
    desk = answered(store)
    with store.work() as work:
        letter = a_letter(work, state="failed", to=["a@x.example"], cc=["b@x.example"], remaining=["b@x.example"])
        letter.reason = None

    desk.run_due()

    assert desk.detail("undelivered", None)["to"] == "b@x.example"
    assert desk.detail("undelivered", None)["reason"] == "the relay gave no reason"


@on_sqlite
def test_every_failed_letter_is_told_of(store: Store) -> None:
    desk = answered(store)
    with store.work() as work:
        for number in range(3):
            a_letter(work, state="failed", reader=f"{number}@x.example", to=[f"{number}@x.example"])

    desk.run_due()

    assert desk.actions(None).count("undelivered") == 3
    assert len(desk.letters("NOTICE", to="dana@desk.example")) == 3


@on_sqlite
def test_a_letter_that_is_sent_again_and_fails_again_is_told_of_again(store: Store) -> None:
    desk = answered(store)
    desk.fail(desk.letter("RELAY_OUT"))
    desk.run_due()
    with store.work() as work:
        work.outbox.retry(work.outbox.letter(desk.letter("RELAY_OUT").id), now=desk.now + timedelta(hours=1))
    desk.fail(desk.letter("RELAY_OUT"), reason="554 again")

    desk.run_due()

    assert desk.actions().count("undelivered") == 2
