"""What clients say of our work: who is asked, what counts as an answer, and what a bad one sets off."""

from typing import Any

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver, asking_its_server, vouched
from tests.factories import DESK, a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MARA = "Mara Lind <mara@acme.example>"
JONAS = "Jonas Weber <jonas@acme.example>"
WITH_SPONSOR = DESK.replace(
    '{ address = "jonas@acme.example", name = "Jonas Weber" }',
    '{ address = "jonas@acme.example", name = "Jonas Weber", roles = ["sponsor"] }',
)


def settle(desk: DeskDriver, *, number: int = 1001, sender: str = BEN) -> None:
    agent = sender.partition("<")[2].rstrip(">")
    desk.receive(a_mail(sender=sender, to=desk.answer_address(number, agent=agent), body="#resolve\n\nIt works again."))


def settled(store: Store, **fields: Any) -> DeskDriver:
    """Return a desk with one ticket that was just resolved."""
    desk = DeskDriver(store)
    desk.receive(a_mail(message_id="first@acme.example", **fields))
    settle(desk)
    return desk


def is_asked(desk: DeskDriver) -> bool:
    return bool(desk.letter("RESOLVED").draft["values"]["csat"])


def score_address(desk: DeskDriver, score: int, *, reader: str = "mara@acme.example", number: int = 1001) -> str:
    return desk.desk.post.rating_address(number, score=score, reader=reader, now=desk.now)


def vote(desk: DeskDriver, score: int, *, sender: str = MARA, body: str = "", **fields: Any) -> None:
    desk.receive(a_mail(sender=sender, to=score_address(desk, score), subject="Rating", body=body, **fields))


def reply(desk: DeskDriver, body: str, *, sender: str = MARA) -> None:
    desk.receive(a_mail(sender=sender, in_reply_to=desk.letter("RESOLVED").message_id, body=body))


def events(desk: DeskDriver, action: str) -> list[dict[str, Any]]:
    with desk.store.look() as work:
        return [dict(each.detail) for each in work.tickets.events_named(action)]


def test_who_is_told_that_it_is_settled_is_asked_how_it_was(store: Store) -> None:
    desk = settled(store)

    asked = desk.letter("RESOLVED").draft["values"]["csat"]

    assert [each["score"] for each in asked] == [5, 4, 3, 2, 1]
    assert asked[0]["address"] == score_address(desk, 5)
    assert events(desk, "rating_asked") == [{"contact": "mara@acme.example", "cycle": 0}]


@on_sqlite
def test_who_merely_takes_part_reads_the_same_without_the_question(store: Store) -> None:
    desk = settled(store, cc="jonas@acme.example, vera@acme.example")

    own, copy = (each.draft for each in desk.letters("RESOLVED"))

    assert (own["to"], own["cc"], len(own["values"]["csat"])) == (["mara@acme.example"], [], 5)
    assert (copy["to"], copy["cc"], copy["values"]["csat"]) == (["jonas@acme.example"], ["vera@acme.example"], [])
    assert copy["values"]["text"] == own["values"]["text"]


@on_sqlite
@pytest.mark.parametrize(("days", "again"), [(6, False), (7, True)])
def test_nobody_is_asked_twice_within_a_week(store: Store, days: int, *, again: bool) -> None:
    desk = settled(store)
    desk.sleep(days=days)
    desk.receive(a_mail(subject="Where is the report?"))

    settle(desk, number=1002)

    assert is_asked(desk) is again


@on_sqlite
def test_a_colleague_is_asked_all_the_same(store: Store) -> None:
    desk = settled(store)
    desk.receive(a_mail(sender=JONAS, subject="Where is the report?"))

    settle(desk, number=1002)

    assert is_asked(desk)


@on_sqlite
def test_nobody_is_asked_about_a_wish(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(subject="Feature request: notice period", body="Could you add a field?"))
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#release 2027-04-08\n\nIn April."))
    desk.sleep(days=37)

    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#shipped\n\nIt is live."))

    assert (desk.ticket().state, is_asked(desk)) == ("resolved", False)


@on_sqlite
def test_who_was_asked_in_a_letter_that_was_taken_back_is_asked_again(store: Store) -> None:
    desk = settled(store)
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#undo"))
    assert desk.ticket().state == "new"

    settle(desk)

    assert is_asked(desk)


def test_a_mail_to_a_score_is_a_rating_that_changes_nothing(store: Store) -> None:
    desk = settled(store)
    before = desk.letters()

    vote(desk, 5, body="Quick help!")

    assert desk.codes(since=before) == []
    assert (desk.ticket().state, desk.ticket().concern) == ("resolved", None)
    assert events(desk, "rating") == [{"score": 5, "contact": "mara@acme.example", "cycle": 0, "words": "Quick help!"}]


def test_a_low_rating_opens_a_concern_and_lead_and_owner_hear_of_it(store: Store) -> None:
    desk = settled(store)
    before = desk.letters()

    vote(desk, 2, body="Two days, and nobody called.\n\n-- \nJust press send.")

    letter = desk.letter("CSAT_LOW", to="ben@desk.example")
    assert desk.codes(since=before) == ["CSAT_LOW ana", "CSAT_LOW ben"]
    assert (letter.draft["values"]["score"], letter.draft["values"]["words_said"]) == (
        2,
        "Two days, and nobody called.",
    )
    assert (desk.ticket().state, desk.ticket().concern) == ("resolved", "open")
    assert events(desk, "concern") == [{"state": "open", "why": "rated 2 of 5"}]


@on_sqlite
def test_a_second_low_rating_opens_no_second_concern(store: Store) -> None:
    desk = settled(store)
    vote(desk, 2)

    vote(desk, 1)

    assert len(events(desk, "concern")) == 1
    assert [each["score"] for each in events(desk, "rating")] == [2, 1]


@on_sqlite
@pytest.mark.parametrize(("days", "action"), [(14, "rating"), (15, "rating_late")])
def test_an_answer_counts_for_two_weeks(store: Store, days: int, action: str) -> None:
    desk = settled(store)
    addresses = score_address(desk, 1)
    desk.sleep(days=days)

    desk.receive(a_mail(to=addresses, subject="Rating", body=""))

    assert [each["score"] for each in events(desk, action)] == [1]
    assert bool(desk.letters("CSAT_LOW")) is (action == "rating")


@on_sqlite
def test_a_rating_of_somebody_else_says_nothing(store: Store) -> None:
    desk = settled(store)

    vote(desk, 1, sender=JONAS)

    assert (events(desk, "rating"), desk.letters("CSAT_LOW")) == ([], [])
    assert desk.messages()[-1].audience == "internal"


@on_sqlite
def test_a_rating_in_somebodys_name_says_nothing(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched(MARA)))
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nDone.", headers=vouched(BEN)))

    vote(desk, 1, headers=vouched(MARA, result="fail"))

    assert events(desk, "rating") == []


@on_sqlite
def test_a_rating_of_a_ticket_that_is_not_here_is_kept_and_nothing_more(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(to=score_address(desk, 5, number=4711), body=""))

    assert mail.reason == "a rating of no ticket that is here"


def test_a_reply_that_begins_with_a_number_is_a_rating_too(store: Store) -> None:
    desk = settled(store)
    before = desk.letters()

    reply(desk, "4\n\nAll fine, thank you.")

    assert (desk.ticket().state, desk.codes(since=before)) == ("resolved", [])
    assert [each["score"] for each in events(desk, "rating")] == [4]


@on_sqlite
def test_a_low_rating_by_reply_keeps_the_ticket_resolved_and_tells_its_words(store: Store) -> None:
    desk = settled(store)

    reply(desk, "1\n\nIt still does not work. Why?")

    assert desk.ticket().state == "resolved"
    assert desk.letter("CSAT_LOW").draft["values"]["words_said"] == "It still does not work. Why?"


@on_sqlite
def test_a_content_client_who_asks_on_opens_the_ticket_again(store: Store) -> None:
    desk = settled(store)

    reply(desk, "5\n\nGreat. And how do I export it?")

    assert desk.ticket().state == "reopened"
    assert [each["score"] for each in events(desk, "rating")] == [5]


@on_sqlite
@pytest.mark.parametrize("body", ["5 users still cannot log in", "1. It fails\n2. It hangs"])
def test_a_reply_that_merely_counts_opens_the_ticket_again(store: Store, body: str) -> None:
    desk = settled(store)

    reply(desk, body)

    assert (desk.ticket().state, events(desk, "rating")) == ("reopened", [])


@on_sqlite
def test_a_number_from_somebody_who_was_not_asked_is_no_rating(store: Store) -> None:
    desk = settled(store, cc="jonas@acme.example")

    desk.receive(a_mail(sender=JONAS, in_reply_to=desk.letters("RESOLVED")[0].message_id, body="5"))

    assert (desk.ticket().state, events(desk, "rating")) == ("reopened", [])


@on_sqlite
def test_a_number_on_an_open_ticket_is_an_answer(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#pending\n\nHow many users are there?"))

    desk.receive(a_mail(in_reply_to=desk.letter("RELAY_OUT").message_id, body="5"))

    assert (desk.ticket().state, events(desk, "rating")) == ("open", [])


@on_sqlite
def test_each_settling_has_its_own_vote(store: Store) -> None:
    desk = settled(store)
    vote(desk, 2)
    desk.sleep(days=8)
    reply(desk, "It is back. Please help?")

    settle(desk)
    vote(desk, 5)

    assert [(each["cycle"], each["score"]) for each in events(desk, "rating")] == [(0, 2), (1, 5)]


# Sign-off


def sign_off(
    desk: DeskDriver, *, sender: str = JONAS, reader: str = "jonas@acme.example", launch: str = "acme/hr"
) -> str:
    address = desk.desk.post.sign_off_address(launch, reader=reader, now=desk.now)
    return desk.receive(a_mail(sender=sender, to=address, subject="Sign-off", body="Agreed.")).reason or ""


def test_a_sponsors_mail_signs_a_launch_off_and_is_confirmed(store: Store) -> None:
    desk = DeskDriver(store, file=WITH_SPONSOR)

    sign_off(desk)

    assert events(desk, "signoff") == [{"contact": "jonas@acme.example", "words": "Agreed."}]
    assert desk.codes() == ["CMD jonas"]
    assert desk.letter("CMD").draft["values"]["done"] == ["Acme HR is signed off, on 2027-03-02. Thank you!"]


@on_sqlite
@pytest.mark.parametrize(
    ("sender", "reader"),
    [(JONAS, "mara@acme.example"), (MARA, "mara@acme.example"), (ANA, "ana@desk.example")],
    ids=["with another's address", "who is no sponsor", "of our own"],
)
def test_nobody_else_signs_off(store: Store, sender: str, reader: str) -> None:
    desk = DeskDriver(store, file=WITH_SPONSOR)

    why = sign_off(desk, sender=sender, reader=reader)

    assert (events(desk, "signoff"), desk.codes()) == ([], [])
    assert why == "a sign-off of acme/hr by somebody else than its sponsor"


@on_sqlite
def test_a_sign_off_of_a_launch_that_is_not_here_is_kept_and_nothing_more(store: Store) -> None:
    desk = DeskDriver(store, file=WITH_SPONSOR)

    assert sign_off(desk, launch="acme/gone") == "a sign-off of no launch that is here"


@on_sqlite
def test_a_german_sponsor_is_thanked_in_german(store: Store) -> None:
    desk = DeskDriver(store, file=WITH_SPONSOR.replace('roles = ["sponsor"]', 'roles = ["sponsor"], locale = "de"'))

    sign_off(desk)

    assert desk.letter("CMD").draft["values"]["done"] == ["Acme HR ist abgenommen, am 02.03.2027. Vielen Dank!"]


@on_sqlite
def test_the_same_low_score_again_brings_no_second_letter_another_score_does(store: Store) -> None:
    desk = settled(store)
    for score in (1, 1, 1, 2):
        vote(desk, score, body=f"{len(events(desk, 'rating'))}")

    assert [each.draft["values"]["score"] for each in desk.letters("CSAT_LOW", to="ben@desk.example")] == [1, 2]
