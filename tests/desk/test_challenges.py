"""What a reply to a challenge does: a clear yes executes the held mail, a clear no drops it, and all else waits."""

import pytest
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.desk.challenges import Answer, read_answer
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def challenged(store: Store) -> tuple[DeskDriver, int]:
    """Return a desk that holds a mail in Ben's name and has asked him, and the held mail's row."""
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    return desk, desk.receive(a_mail(sender=BEN, subject="[T-1001] x", body="#priority P1 the end")).id


def reply(desk: DeskDriver, words: str) -> None:
    """Let Ben answer the question."""
    to = desk.letter("CHALLENGE").draft["reply_to"]
    desk.receive(a_mail(sender=BEN, to=to, subject="Re: Was it you?", body=words, headers=vouched("ben@desk.example")))


@pytest.mark.parametrize(
    "words",
    ["", "\n \n", "Yes", "yes.", "YES!", "Ok", "okay", "Ja", "ja, das war ich.", "confirm", "#ok", "It was me.",
     "Ich war es!", "Das war ich", "yes\n\nBen", "Yes.\n\nBest regards\nBen Okafor", "ja\nBen Okafor"],
)  # fmt: skip
def test_a_short_clear_yes_or_nothing_at_all_confirms(words: str) -> None:
    assert read_answer(words, own_name="Ben Okafor") is Answer.YES


@pytest.mark.parametrize(
    "words",
    ["no", "NO! That was not me.", "Hi, no, that is not mine", "Hello,\n\nno!", "This was not me.", "Wasn't me",
     "What is this? I did not send it.", "I didn\u2019t write that", "I never sent this!", "Not mine", "Nein.",
     "Das habe ich nicht geschickt.", "Ich war das nicht!", "Das war nicht von mir", "Kam nicht von mir",
     "Das war ich nicht", "Who wrote this? Please don't do it.", "cancel", "abbrechen"],
)  # fmt: skip
def test_a_clear_no_is_understood_in_its_many_words(words: str) -> None:
    assert read_answer(words, own_name="Ben Okafor") is Answer.NO


@pytest.mark.parametrize(
    "words",
    ["I am out of office until Monday.", "??", "What is this?", "Phishing!", "Yes, but only the first line",
     "yes\nsend it to Eve as well", "Who wrote this? Please stop it.", "No problem, I am on holiday", "okay?\nWho?",
     "Ich bin bis Montag nicht im Büro.", "yesterday", "#take"],
)  # fmt: skip
def test_any_other_words_are_neither_yes_nor_no(words: str) -> None:
    assert read_answer(words, own_name="Ben Okafor") is Answer.UNCLEAR


def test_unclear_words_keep_the_mail_held_and_are_answered_once(store: Store) -> None:
    desk, held = challenged(store)

    reply(desk, "I am out of office until Monday.")
    reply(desk, "What is this?")
    waiting, told = desk.mail(held).state, desk.letters("CMD")
    reply(desk, "yes")

    assert (waiting, len(told)) == ("held", 1)
    assert "no clear yes or no" in told[0].draft["values"]["errors"][0]["reason"]
    assert desk.ticket().priority == "P1"


@on_sqlite
def test_the_answer_that_unclear_words_get_can_be_answered_itself(store: Store) -> None:
    desk, _ = challenged(store)
    reply(desk, "??")
    to = desk.letter("CMD").draft["reply_to"]

    desk.receive(a_mail(sender=BEN, to=to, subject="Re", body="It was me.", headers=vouched("ben@desk.example")))

    assert desk.ticket().priority == "P1"


@on_sqlite
def test_a_no_in_the_middle_of_a_mail_drops_the_held_one_and_tells_managers(store: Store) -> None:
    desk, held = challenged(store)

    reply(desk, "What is this? I did not send it.")

    assert (desk.mail(held).state, desk.ticket().priority) == ("dropped", "P2")
    assert "not theirs" in str(desk.detail("security", None)["what"])
