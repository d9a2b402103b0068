"""Mail of ours that waits for its writer's word: refused commands and `#ok`, two answers at once, ready drafts."""

from datetime import timedelta

import pytest
from tests.desk.acts import answer, note, opened, refused, reply_to
from tests.desk.driver import ANA, DeskDriver
from tests.factories import a_mail, a_mail_with_attachment

from ticketbot.store.database import Store
from ticketbot.store.models import OutboxMail

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


# A line that was not understood


def test_ok_sends_the_words_of_a_held_mail_without_its_commands(store: Store) -> None:
    desk = opened(store)
    held = answer(desk, "#resolv\n#priority P1 they shout\nShould be fine now.")
    offered = desk.letter("CMD").draft["values"]["has_text"]
    desk.sleep(minutes=5)

    reply_to(desk, desk.letter("CMD"), "#ok")

    assert offered is True
    assert desk.letter("RELAY_OUT").draft["values"]["text"] == "Should be fine now."
    assert (desk.ticket().state, desk.ticket().priority) == ("open", "P2")
    assert desk.clocks()["FR", 1].stopped_at == desk.now
    assert desk.mail(held.id).state == "done"


@on_sqlite
def test_ok_sends_the_attachments_of_a_held_mail_too(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail_with_attachment(sender="ben@desk.example", to=desk.answer_address(), body="#resolv\nSee it."))

    reply_to(desk, desk.letter("CMD"), "#ok")

    assert len(desk.letter("RELAY_OUT").draft["enclosures"]) == 1


@on_sqlite
def test_ok_without_a_trace_of_what_it_answers_means_the_newest_held_mail(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nFirst.")
    answer(desk, "#resolv\nSecond.")

    answer(desk, "#ok")

    assert [each.draft["values"]["text"] for each in desk.letters("RELAY_OUT")] == ["Second."]


@on_sqlite
def test_a_text_that_only_looks_like_a_command_goes_as_it_is(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#hypercarerocks")

    reply_to(desk, desk.letter("CMD"), "#ok")

    assert desk.letter("RELAY_OUT").draft["values"]["text"] == "#hypercarerocks"


@on_sqlite
@pytest.mark.parametrize("body", ["#resolv", "#resolve\n#resolve"])
def test_nothing_is_offered_where_a_mail_holds_commands_alone(store: Store, body: str) -> None:
    desk = opened(store)
    answer(desk, body)

    assert desk.letter("CMD").draft["values"]["has_text"] is False
    reply_to(desk, desk.letter("CMD"), "#ok")

    assert desk.letters("RELAY_OUT") == []
    assert "cannot go as it is" in refused(desk)


@on_sqlite
def test_ok_does_not_let_another_clients_people_be_named(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Ask aino@borealis.example.")

    reply_to(desk, desk.letter("CMD"), "#ok")

    assert desk.letters("RELAY_OUT") == []


@on_sqlite
def test_ok_is_the_writers_own_to_say(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nShould be fine now.")

    answer(desk, "#ok", sender=ANA)

    assert desk.letters("RELAY_OUT") == []
    assert "no mail of yours" in refused(desk)


@on_sqlite
def test_ok_comes_too_late_after_a_day(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nShould be fine now.")
    error = desk.letter("CMD")
    desk.sleep(hours=25)
    desk.run_due()

    reply_to(desk, error, "#ok")

    assert desk.letters("RELAY_OUT") == []
    assert desk.messages()[1].direction == "note"


@on_sqlite
@pytest.mark.parametrize("body", ["#ok\nAnd tell them sorry.", "#ok\n#take", "#undo\n\nsorry", "#send\n#close"])
def test_what_stands_alone_is_refused_beside_anything_else(store: Store, body: str) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nShould be fine now.")

    answer(desk, body)

    assert desk.letters("RELAY_OUT") == []
    assert "stands alone" in refused(desk)


@on_sqlite
def test_a_signature_beside_ok_does_not_matter(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nShould be fine now.")

    answer(desk, "#ok\n\nBest regards\nBen")

    assert len(desk.letters("RELAY_OUT")) == 1


@on_sqlite
def test_held_words_are_released_once(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nShould be fine now.")
    error = desk.letter("CMD")
    reply_to(desk, error, "#ok")

    reply_to(desk, error, "#ok")

    assert len(desk.letters("RELAY_OUT")) == 1


# Two answers at once


def test_the_second_of_two_answers_within_two_minutes_is_held_and_shown_the_first(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Please log in again.")
    before = desk.letters()
    desk.sleep(seconds=119)

    mail = answer(desk, "#resolve\n\nWe restarted it.", sender=ANA)

    held = desk.letter("HELD").draft
    assert (mail.state, desk.codes(since=before)) == ("held", ["HELD ana"])
    assert (held["values"]["other"]["author"], held["values"]["other"]["text"]) == (
        "Ben Okafor",
        "Please log in again.",
    )
    assert (held["values"]["text"], held["reply_to"]) == (
        "We restarted it.",
        desk.answer_address(agent="ana@desk.example"),
    )
    assert (desk.ticket().state, desk.owner()) == ("open", "ben")


@pytest.mark.parametrize("word", ["#send", "#ok"])
@on_sqlite
def test_one_word_releases_the_second_answer_with_its_commands(store: Store, word: str) -> None:
    desk = opened(store)
    answer(desk, "Please log in again.")
    answer(desk, "#resolve\n\nWe restarted it.", sender=ANA)
    desk.sleep(minutes=3)

    reply_to(desk, desk.letter("HELD"), word, sender=ANA)

    assert desk.ticket().state == "resolved"
    assert desk.ticket().resolved_at == desk.now
    assert desk.letter("RESOLVED").draft["values"]["text"] == "We restarted it."


@on_sqlite
def test_a_second_answer_that_nobody_releases_becomes_a_note(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Please log in again.")
    answer(desk, "We restarted it.", sender=ANA)
    desk.sleep(hours=24)

    desk.run_due()

    assert (desk.messages()[-1].direction, desk.messages()[-1].new_text) == ("note", "We restarted it.")
    assert len(desk.letters("RELAY_OUT")) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("sender", "seconds", "body"),
    [
        pytest.param(ANA, 121, "We restarted it.", id="later than two minutes"),
        pytest.param("Ben Okafor <ben@desk.example>", 5, "We restarted it.", id="the same person"),
    ],
)
def test_other_answers_are_not_held(store: Store, sender: str, seconds: int, body: str) -> None:
    desk = opened(store)
    answer(desk, "Please log in again.")
    desk.sleep(seconds=seconds)

    answer(desk, body, sender=sender)

    assert (len(desk.letters("RELAY_OUT")), desk.letters("HELD")) == (2, [])


@on_sqlite
def test_answers_that_are_imported_are_not_held(store: Store) -> None:
    desk = opened(store)
    for sender in ("ben@desk.example", "ana@desk.example"):
        raw = a_mail(sender=sender, to=desk.answer_address(agent=sender), body=f"Words of {sender[:3]}.")
        desk.receive(raw, is_imported=True)

    assert [each.new_text for each in desk.messages()[1:]] == ["Words of ben.", "Words of ana."]


@on_sqlite
def test_notes_and_orders_beside_an_answer_are_not_held(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Please log in again.")

    note(desk, "I know this one.", sender=ANA)
    note(desk, "#take", sender=ANA)

    assert (desk.letters("HELD"), desk.owner()) == ([], "ana")


# A ready draft


def breached(store: Store) -> tuple[DeskDriver, OutboxMail]:
    """Return a desk whose first answer is late, and the letter that says so to its lead."""
    desk = opened(store)
    desk.wait(minutes=40)
    return desk, desk.letter("BREACH", to="ana@desk.example")


def test_send_sends_the_draft_of_a_breach_and_counts_as_the_answer(store: Store) -> None:
    desk, breach = breached(store)
    draft = breach.draft["values"]["draft_text"]
    desk.sleep(minutes=2)

    reply_to(desk, breach, "#send", sender=ANA)

    relay = desk.letter("RELAY_OUT").draft
    assert "Tuesday 2 March, 10:30 (Berlin time)" in draft
    assert "by tuesday 2 march, 14:30 (berlin time) you hear from us again" in draft.lower()
    assert (relay["values"]["text"], relay["from_name"], relay["to"]) == (draft, "Ana, Support", ["mara@acme.example"])
    assert (desk.ticket().state, desk.owner(), desk.clocks()["FR", 1].stopped_at) == ("open", "ana", desk.now)


@on_sqlite
def test_a_draft_is_sent_once_and_not_after_somebody_answered(store: Store) -> None:
    desk, breach = breached(store)
    answer(desk, "It works again.")

    reply_to(desk, breach, "#send", sender=ANA)

    assert len(desk.letters("RELAY_OUT")) == 1
    assert "out of date" in refused(desk)


@on_sqlite
def test_a_draft_whose_new_time_has_passed_is_not_sent(store: Store) -> None:
    desk, breach = breached(store)
    desk.clock.advance(timedelta(hours=5))

    reply_to(desk, breach, "#send", sender=ANA)

    assert desk.letters("RELAY_OUT") == []
    assert "has passed" in refused(desk)


@on_sqlite
def test_nothing_is_sent_where_no_draft_was_offered(store: Store) -> None:
    desk = opened(store)

    note(desk, "#send")

    assert desk.letters("RELAY_OUT") == []
    assert "no draft" in refused(desk)


@on_sqlite
def test_a_draft_speaks_the_clients_language(store: Store) -> None:
    desk = opened(store)
    with store.work() as work:
        contact = work.desk.contact_at("mara@acme.example")
        assert contact is not None
        contact.locale = "de"
    desk.wait(minutes=40)

    assert desk.letter("BREACH").draft["values"]["draft_text"].startswith("Guten Tag Mara Lind,")


@on_sqlite
def test_a_matter_of_lower_priority_offers_no_draft(store: Store) -> None:
    desk = opened(store, subject="How do I approve?", body="Which button is it?")
    desk.wait(hours=3)

    assert desk.letter("BREACH").draft["values"]["draft_text"] == ""


@on_sqlite
def test_ok_in_a_mail_about_nothing_is_refused(store: Store) -> None:
    desk = opened(store)

    desk.receive(a_mail(sender="ben@desk.example", subject="well", body="#ok"))

    assert "about no ticket" in refused(desk)


# Refusals and receipts are answered among us (CM1)


@on_sqlite
@pytest.mark.parametrize("refused", ["#resolv\nFixed.", "#assign anna", "#assign anna\nShe knows more."])
def test_a_plain_reply_to_a_refusal_never_reaches_the_client(store: Store, refused: str) -> None:
    desk = opened(store)
    answer(desk, refused)

    reply_to(desk, desk.letter("CMD"), "Oops, sorry, will fix that later.")

    assert desk.letters("RELAY_OUT") == []
    assert (desk.messages()[-1].direction, desk.messages()[-1].new_text) == (
        "note",
        "Oops, sorry, will fix that later.",
    )
    values = desk.letter("CMD").draft["values"]
    assert "+n." in desk.letter("CMD").draft["reply_to"]
    assert "+r." in values["answer"]


@on_sqlite
def test_a_plain_reply_to_a_receipt_never_reaches_the_client(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#priority P1 they shout")

    reply_to(desk, desk.letter("CMD"), "That client is tiresome.")

    assert desk.letters("RELAY_OUT") == []
    assert desk.messages()[-1].direction == "note"


@on_sqlite
def test_a_corrected_reply_to_a_refusal_takes_its_words_where_the_held_ones_were_going(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nFixed.")
    reply_to(desk, desk.letter("CMD"), "#resolvd\nFixed.")
    desk.sleep(minutes=1)

    reply_to(desk, desk.letters("CMD")[-1], "#resolve\nFixed.")

    assert desk.ticket().state == "resolved"
    assert desk.letter("RESOLVED").draft["values"]["text"] == "Fixed."


@on_sqlite
def test_a_corrected_note_stays_a_note(store: Store) -> None:
    desk = opened(store)
    note(desk, "#assign anna\nShe should know.")

    reply_to(desk, desk.letter("CMD"), "#assign ana\nShe should know.")

    assert desk.owner() == "ana"
    assert desk.letters("RELAY_OUT") == []
