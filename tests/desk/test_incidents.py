"""Major incidents: who is told what, who commands."""

from typing import Any

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver, asking_its_server, vouched
from tests.factories import DESK, a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
WITH_EVERYBODY = (
    DESK.replace(
        '{ address = "jonas@acme.example", name = "Jonas Weber" }',
        '{ address = "jonas@acme.example", name = "Jonas Weber", roles = ["stakeholder"], locale = "de" }',
    )
    + """
[disciplines]
operations = ["chen", "ben"]
it = ["ben"]
[channels]
bridge = "bridge@chat.example"
hook = "https://chat.example/hook"
"""
)
OUTAGE: dict[str, Any] = {"subject": "Nobody can log in", "body": "Since this morning all users are blocked."}
HIGH: dict[str, Any] = {"subject": "The import is broken", "body": "Two sites cannot import."}


def a_house(store: Store, *, file: str = WITH_EVERYBODY) -> DeskDriver:
    return DeskDriver(store, file=file)


def told(desk: DeskDriver) -> list[str]:
    """Return the incident letters that were written: `open ben`."""
    return [f"{each.draft['values']['variant']} {each.reader.partition('@')[0]}" for each in desk.letters("INCIDENT")]


def answer(desk: DeskDriver, body: str, *, sender: str = BEN, number: int = 1001, **fields: Any) -> None:
    agent = sender.partition("<")[2].rstrip(">")
    desk.sleep(minutes=3)
    desk.receive(a_mail(sender=sender, to=desk.answer_address(number, agent=agent), body=body, **fields))


def test_an_outage_is_told_to_disciplines_channels_and_stakeholders_each_once(store: Store) -> None:
    desk = a_house(store)

    desk.receive(a_mail(**OUTAGE))

    letter = desk.letter("INCIDENT", to="jonas@acme.example")
    values = letter.draft["values"]
    assert told(desk) == ["open ben", "open chen", "open bridge", "open jonas"]
    assert (letter.draft["locale"], letter.draft["automatic"]) == ("de", "auto-generated")
    assert (values["text"], values["commander"]) == ("Since this morning all users are blocked.", "")
    assert values["next_update_at"] == "2027-03-02T09:15:00Z"
    assert letter.draft["reply_to"] == desk.client_address()


@on_sqlite
def test_our_own_peoples_answers_to_it_stay_among_us(store: Store) -> None:
    desk = a_house(store)

    desk.receive(a_mail(**OUTAGE))

    assert desk.letter("INCIDENT", to="ben@desk.example").draft["reply_to"] == desk.note_address()
    assert desk.letter("INCIDENT", to="bridge@chat.example").draft["values"]["addresses"] is None


@on_sqlite
def test_where_no_disciplines_are_named_the_lead_is_told(store: Store) -> None:
    desk = a_house(store, file=DESK)

    desk.receive(a_mail(**OUTAGE))

    assert told(desk) == ["open ana"]


@on_sqlite
def test_a_high_incident_in_hypercare_is_opened_to_us_alone_and_has_no_news(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**HIGH))

    answer(desk, "We look at it.")
    answer(desk, "#resolve\n\nDone.")

    assert desk.ticket().priority == "P2"
    assert told(desk) == ["open ben", "open chen", "open bridge"]


@on_sqlite
def test_a_high_incident_after_hypercare_is_nobody_elses_matter(store: Store) -> None:
    desk = a_house(store)

    desk.receive(a_mail(sender="Aino <aino@borealis.example>", **HIGH))

    assert told(desk) == []


def test_a_plain_answer_is_news_for_everybody_and_the_first_to_answer_commands(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))
    before = desk.letters()

    answer(desk, "We see it and are on it.\n\n-- \nBen Okafor\n+49 30 1234567")

    values = desk.letter("INCIDENT", to="jonas@acme.example").draft["values"]
    assert desk.codes(since=before) == [
        "RELAY_OUT mara", "INCIDENT ben", "INCIDENT chen", "INCIDENT bridge", "INCIDENT jonas",
    ]  # fmt: skip
    assert (values["variant"], values["text"], values["commander"]) == (
        "update",
        "We see it and are on it.",
        "Ben Okafor",
    )


@on_sqlite
def test_a_question_to_the_client_is_no_news(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))
    before = desk.letters()

    answer(desk, "#pending\n\nWhich browser is it?")

    assert desk.codes(since=before) == ["RELAY_OUT mara"]


@on_sqlite
def test_a_note_is_no_news(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))
    before = desk.letters()

    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="It is the proxy again."))

    assert desk.codes(since=before) == []


@on_sqlite
def test_the_end_is_told_with_what_was_done(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))

    answer(desk, "#resolve\n\nFixed, please try again.")

    values = desk.letter("INCIDENT").draft["values"]
    assert (values["variant"], values["text"], values["next_update_at"]) == (
        "resolved",
        "Fixed, please try again.",
        None,
    )


@on_sqlite
def test_the_end_without_words_shows_no_note_of_ours(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))
    answer(desk, "We see it.")

    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#resolve\n\nIt was our own mistake."))

    values = desk.letter("INCIDENT").draft["values"]
    assert (values["variant"], values["text"]) == ("resolved", "")


@on_sqlite
def test_what_staff_raise_is_opened_once_and_not_told_twice_in_one_mail(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(subject="How do I approve?", body="I see no button."))
    before = desk.letters()

    answer(desk, "#priority P1 the board waits\n\nWe are on it.")

    assert desk.codes(since=before) == [
        "RELAY_OUT mara", "CMD ben", "INCIDENT ben", "INCIDENT chen", "INCIDENT bridge", "INCIDENT jonas",
    ]  # fmt: skip
    assert desk.letter("INCIDENT").draft["values"]["variant"] == "open"


@on_sqlite
def test_what_is_lowered_has_no_more_news(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))
    answer(desk, "#priority P2 only one site\n\nOnly one site is hit.")
    before = desk.letters()

    answer(desk, "#resolve\n\nDone.")

    assert desk.codes(since=before) == ["RESOLVED mara"]


@on_sqlite
def test_a_call_that_is_critical_is_opened_and_who_logged_it_commands(store: Store) -> None:
    desk = DeskDriver(store, file=WITH_EVERYBODY, mailboxes=asking_its_server())
    body = "#call mara@acme.example\n#sev 2\n\nTwo sites cannot plan."

    desk.receive(a_mail(sender=BEN, subject="Interviews broken", body=body, headers=vouched(BEN)))

    values = desk.letter("INCIDENT").draft["values"]
    assert desk.ticket().priority == "P1"
    assert (values["variant"], values["commander"], values["text"]) == (
        "open",
        "Ben Okafor",
        "Two sites cannot plan.",
    )


@on_sqlite
def test_a_second_copy_by_the_urgent_way_opens_an_incident(store: Store) -> None:
    desk = a_house(store)
    mail = a_mail(subject="The import is broken", body="Two sites cannot import.", message_id="one@acme.example")
    desk.receive(mail)
    before = desk.letters()

    desk.receive(mail.replace(b"To: support@", b"To: urgent@"), mailbox="urgent")

    assert desk.ticket().priority == "P1"
    assert "INCIDENT jonas" in desk.codes(since=before)


@on_sqlite
def test_mail_that_proves_nothing_announces_nothing(store: Store) -> None:
    desk = DeskDriver(store, file=WITH_EVERYBODY, mailboxes=asking_its_server())

    desk.receive(a_mail(**OUTAGE))

    assert (desk.ticket().priority, told(desk)) == ("P3", [])


@on_sqlite
def test_commander_and_spokesman_are_named_by_mail(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))
    answer(desk, "#ic chen\n#comms ana\n\nWe see it.")

    values = desk.letter("INCIDENT").draft["values"]

    assert (values["commander"], values["spokesman"]) == ("Chen Wei", "Ana Silva")


@on_sqlite
def test_who_writes_ic_alone_takes_command(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))
    answer(desk, "We see it.")
    desk.receive(a_mail(sender=ANA, to=desk.note_address(agent="ana@desk.example"), body="#ic"))

    answer(desk, "Found.")

    assert desk.letter("INCIDENT").draft["values"]["commander"] == "Ana Silva"


@on_sqlite
def test_nobody_commands_who_is_not_here(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**OUTAGE))

    answer(desk, "#ic zoe\n\nHello.")

    assert desk.letter("CMD").draft["values"]["errors"][0]["reason"] == "nobody here is called zoe"
