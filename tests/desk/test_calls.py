"""A client asks to meet: the consultant owns it, three free times go out, one number chooses."""

from typing import Any

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import DESK, a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import Meeting

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
WITH_CONSULTANT = (
    DESK
    + """
[staff.eli]
name = "Eli Berg"
email = "eli@desk.example"
role = "strategic_consultant"
"""
)
CALL: dict[str, Any] = {"subject": "A quick call", "body": "Could we talk about the reports? No rush."}


def asked(store: Store, *, file: str = WITH_CONSULTANT) -> DeskDriver:
    desk = DeskDriver(store, file=file)
    desk.receive(a_mail(**CALL))
    return desk


def times(desk: DeskDriver) -> list[str]:
    return [each["at"] for each in desk.letter("SLOTS").draft["values"]["choices"]]


def reply(desk: DeskDriver, body: str) -> None:
    desk.receive(a_mail(in_reply_to=desk.letter("SLOTS").message_id, body=body))


def test_who_asks_to_meet_is_offered_three_times_of_their_consultant(store: Store) -> None:
    desk = asked(store)

    letter = desk.letter("SLOTS").draft
    assert (desk.ticket().kind, desk.owner()) == ("meeting", "eli")
    assert desk.codes() == ["ACK mara", "NEW eli", "SLOTS mara"]
    assert letter["values"]["host"] == "Eli"
    assert times(desk) == ["2027-03-03T09:00:00Z", "2027-03-04T13:00:00Z", "2027-03-05T10:00:00Z"]
    assert letter["values"]["address"] == desk.client_address()


def test_a_number_chooses_a_time_and_both_are_invited(store: Store) -> None:
    desk = asked(store)
    before = desk.letters()

    reply(desk, "2\n\n-- \nJust press send: the number above chooses the time.")

    assert sorted(desk.codes(since=before)) == ["ICS eli", "ICS mara", "RELAY_IN eli"]
    with store.look() as work:
        meeting = work.register.meeting(desk.ticket().id, "meet")
        assert meeting is not None
        assert (meeting.starts_at.isoformat(), meeting.minutes) == ("2027-03-04T13:00:00+00:00", 30)


@pytest.mark.parametrize("body", ["Nr. 1", "slot 1", "1."])
def test_a_number_is_understood_as_people_write_it(store: Store, body: str) -> None:
    desk = asked(store)

    reply(desk, body)

    assert desk.letters("ICS")


@pytest.mark.parametrize("body", ["4", "Neither suits me.", "1 or 2 would do"])
def test_anything_else_is_an_answer_for_the_consultant(store: Store, body: str) -> None:
    desk = asked(store)
    before = desk.letters()

    reply(desk, body)

    assert desk.codes(since=before) == ["RELAY_IN eli"]


@pytest.mark.parametrize(("organiser", "invited"), [("eli", []), ("ana", ["eli@desk.example"])])
def test_a_time_that_was_taken_meanwhile_is_answered_with_new_ones(
    store: Store, organiser: str, invited: list[str]
) -> None:
    desk = asked(store, file=WITH_CONSULTANT.replace("eli@desk.example", "Eli@Desk.example"))
    with store.work() as work:
        taken = work.tickets.get(1001)
        work.register.add_meeting(
            Meeting(ticket_id=taken.id, kind="visit", uid="x@desk.example", starts_at=desk.now, minutes=3000,
                    place="onsite", organiser=organiser, invited=invited)
        )  # fmt: skip

    reply(desk, "1")

    letter = desk.letters("SLOTS")[-1].draft["values"]
    assert (desk.letters("ICS"), letter["is_again"]) == ([], True)
    assert letter["choices"][0]["at"] > "2027-03-04T11:00:00Z"


def test_new_times_are_offered_once_when_all_have_passed(store: Store) -> None:
    desk = asked(store)

    desk.wait(days=30)

    letters = desk.letters("SLOTS")
    assert [each.draft["values"]["is_again"] for each in letters] == [False, True]
    assert letters[1].draft["values"]["choices"][0]["at"] == "2027-03-08T09:00:00Z"


def test_a_chosen_time_is_not_offered_again(store: Store) -> None:
    desk = asked(store)
    reply(desk, "1")

    desk.wait(days=10)

    assert len(desk.letters("SLOTS")) == 1


def test_no_times_are_offered_of_nobody(store: Store) -> None:
    desk = asked(store, file=DESK)

    assert desk.codes() == ["ACK mara", "NEW ana", "NEW ben"]


def test_a_second_client_is_offered_what_the_first_has_left(store: Store) -> None:
    desk = asked(store)
    reply(desk, "1")

    desk.receive(a_mail(sender="Jonas <jonas@acme.example>", subject="A quick call too", body="Could we talk?"))

    assert "2027-03-03T09:00:00Z" not in times(desk)


def test_what_staff_settle_needs_no_more_times(store: Store) -> None:
    desk = asked(store)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nWe spoke just now."))

    desk.wait(days=10)

    assert (desk.ticket().state, len(desk.letters("SLOTS"))) == ("closed", 1)
