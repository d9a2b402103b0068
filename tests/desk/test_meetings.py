"""Invitations by one line: who is invited, what their calendars read, and what they answer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar
from tests.desk.acts import answer, note, opened, refused
from tests.desk.driver import DeskDriver
from tests.factories import IDENTITY, KEYS, a_mail
from tests.journeys.people import read as read_mail

from ticketbot.outbound.compose import compose
from ticketbot.store.database import Store
from ticketbot.store.models import Meeting, OutboxMail
from ticketbot.store.outbox import draft_from_json

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def calendar_of(letter: OutboxMail) -> Any:
    """Return what a calendar reads in a letter as it leaves."""
    raw = compose(
        draft_from_json(letter.draft), keys=KEYS, desk=IDENTITY, message_id=letter.message_id, date=letter.send_at
    )
    part = next(each for each in read_mail(raw).walk() if each.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    return Calendar.from_ical(str(part.get_content()))


def meeting(desk: DeskDriver, kind: str) -> Meeting:
    with desk.store.look() as work:
        found = work.register.meeting(work.tickets.get(1001).id, kind)
        assert found is not None
        return found


@pytest.mark.parametrize("kind", ["meet", "training", "workshop", "webinar", "visit"])
def test_one_line_invites_the_client_and_whoever_holds_it(store: Store, kind: str) -> None:
    desk = opened(store)
    before = desk.letters()

    note(desk, f"#{kind} 2027-03-29 14:00 60m remote")

    event = calendar_of(desk.letter("ICS", to="mara@acme.example")).walk("VEVENT")[0]
    zones = calendar_of(desk.letter("ICS", to="mara@acme.example")).walk("VTIMEZONE")
    assert desk.codes(since=before) == ["ICS mara", "ICS ben"]
    assert event["DTSTART"].dt.astimezone(UTC) == datetime(2027, 3, 29, 12, tzinfo=UTC)
    assert str(event["DTSTART"].params["TZID"]) == "Europe/Berlin"
    assert [str(zone["TZID"]) for zone in zones] == ["Europe/Berlin"]
    assert (event["DTEND"].dt - event["DTSTART"].dt).total_seconds() == 3600
    assert (str(event["SUMMARY"]), int(event["SEQUENCE"])) == ("Report is empty", 0)
    assert str(event["ORGANIZER"]) == "mailto:support@desk.example"
    assert str(event["ATTENDEE"]) == "mailto:mara@acme.example"
    assert desk.clocks()["FR", 1].state == "running"


def test_the_same_line_with_another_time_moves_it(store: Store) -> None:
    desk = opened(store)
    note(desk, "#training 2027-03-29 14:00 60m remote | topic Approvals | link meet.example/x")
    first = calendar_of(desk.letter("ICS", to="mara@acme.example")).walk("VEVENT")[0]

    note(desk, "#training 2027-03-30 09:30 2h onsite")

    event = calendar_of(desk.letter("ICS", to="mara@acme.example")).walk("VEVENT")[0]
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (str(first["UID"]), 1)
    assert str(event["SUMMARY"]) == "Approvals"
    assert (meeting(desk, "training").minutes, meeting(desk, "training").place) == (120, "onsite")


@on_sqlite
def test_a_workshop_invites_everybody_with_the_same_trouble(store: Store) -> None:
    desk = opened(store, subject="Cannot find the menu for job requisitions")
    desk.receive(a_mail(sender="jonas@acme.example", subject="Where is the menu for job requisitions?"))
    desk.receive(a_mail(sender="vera@acme.example", subject="Payroll export fails"))
    desk.receive(a_mail(sender="aino@borealis.example", subject="Where is the menu for job requisitions?"))

    note(desk, "#workshop 2027-03-29 14:00 60m remote")

    assert sorted(meeting(desk, "workshop").invited) == ["jonas@acme.example", "mara@acme.example"]


@on_sqlite
def test_a_workshop_invites_the_reporters_of_its_problem(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(sender="vera@acme.example", subject="Payroll export fails"))
    note(desk, "#problem The licence | owner ben")
    note(desk, "#problem The licence", number=1002)

    note(desk, "#workshop 2027-03-29 14:00 60m remote")

    assert sorted(meeting(desk, "workshop").invited) == ["mara@acme.example", "vera@acme.example"]


@on_sqlite
def test_a_webinar_invites_the_key_users(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender="jonas@acme.example"))

    note(desk, "#webinar 2027-03-29 14:00 60m remote")

    assert meeting(desk, "webinar").invited == ["jonas@acme.example", "mara@acme.example"]


@on_sqlite
def test_more_people_are_named_behind_with(store: Store) -> None:
    desk = opened(store)

    note(desk, "#meet fri 14:00 30m remote | with jonas@acme.example, ana new@acme.example")

    assert meeting(desk, "meet").invited == [
        "mara@acme.example",
        "jonas@acme.example",
        "ana@desk.example",
        "new@acme.example",
    ]


@on_sqlite
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#meet 2027-03-28 02:30 30m remote", "does not exist in Europe/Berlin"),
        ("#meet 2027-03-01 14:00 30m remote", "is past"),
        ("#meet 2027-03-29 14:00 8d remote", "more than five days"),
        ("#meet 2027-03-29 14:00 30m remote | with eve@evil.example", "nobody of this ticket's client"),
        ("#meet 2027-03-29 14:00 30m remote | with aino@borealis.example", "nobody of this ticket's client"),
        ("#meet 2027-03-29 25:00 30m remote", "is not a time"),
        ("#meet 2027-03-29 14:00 30m moon", "is not onsite or remote"),
        ("#meet 2027-03-29 14:00", "a duration (60m, 2h, 7d) is missing"),
    ],
)
def test_an_impossible_meeting_is_refused_and_nobody_is_invited(store: Store, line: str, why: str) -> None:
    desk = opened(store)

    note(desk, line)

    assert why in refused(desk)
    assert desk.letters("ICS") == []


def calendar_answer(uid: str, *, says: str = "ACCEPTED", sender: str = "mara@acme.example") -> bytes:
    """Return what a calendar program sends when its owner answers an invitation."""
    body = (
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n"
        f"UID:{uid}\nATTENDEE;CN=Mara;\n PARTSTAT={says}:mailto:{sender}\nEND:VEVENT\nEND:VCALENDAR"
    )
    content_type = "text/calendar; method=REPLY; charset=utf-8"
    return a_mail(sender=sender, subject="Accepted: Report", body=body, content_type=content_type)


def test_an_answer_of_a_guest_s_calendar_is_recorded_and_changes_nothing_else(store: Store) -> None:
    desk = opened(store)
    note(desk, "#meet 2027-03-29 14:00 30m remote")
    before, clocks = desk.letters(), {name: clock.memory for name, clock in desk.clocks().items()}

    mail = desk.receive(calendar_answer(meeting(desk, "meet").uid, says="DECLINED"))

    assert (mail.outcome, meeting(desk, "meet").answers) == ("append", {"mara@acme.example": "declined"})
    assert {name: clock.memory for name, clock in desk.clocks().items()} == clocks
    assert desk.codes(since=before) == []


def declined(words: str, *, uid: str = "else", sender: str = "mara@acme.example") -> bytes:
    """Return the mail of a calendar program whose owner declines with words of their own."""
    body = (
        f"--c\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
        "--c\nContent-Type: text/calendar; method=REPLY; charset=utf-8\n\n"
        f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{uid}\nATTENDEE;PARTSTAT=DECLINED:mailto:{sender}\n"
        "END:VEVENT\nEND:VCALENDAR\n--c--"
    )
    content_type = "multipart/alternative; boundary=c"
    return a_mail(sender=sender, subject="Declined: Go-live check", body=body, content_type=content_type)


def test_words_in_a_guest_s_calendar_answer_are_heard_on_its_ticket(store: Store) -> None:
    desk = opened(store)
    note(desk, "#meet 2027-03-29 14:00 30m remote")
    before = desk.letters()

    mail = desk.receive(declined("I cannot, the payroll is down! Please call.", uid=meeting(desk, "meet").uid))

    assert (mail.outcome, meeting(desk, "meet").answers) == ("append", {"mara@acme.example": "declined"})
    kept = desk.messages()[-1]
    assert (kept.author, kept.audience) == ("client", "public")
    assert "RELAY_IN ben" in desk.codes(since=before)


@on_sqlite
def test_words_in_a_calendar_s_answer_follow_a_merged_ticket(store: Store) -> None:
    desk = opened(store)
    note(desk, "#meet 2027-03-29 14:00 30m remote")
    uid = meeting(desk, "meet").uid
    desk.receive(a_mail(subject="Another trouble", body="Something else is wrong."))
    note(desk, "#merge T-1002")

    mail = desk.receive(declined("I cannot, the payroll is down!", uid=uid))

    assert mail.outcome == "append"
    assert desk.messages(1002)[-1].author == "client"


@on_sqlite
def test_words_in_a_calendar_s_answer_to_nothing_of_ours_are_a_ticket_without_acknowledgement(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(declined("I cannot, the payroll is down! Please call."))

    assert mail.outcome == "ticket"
    assert not [code for code in desk.codes() if code.startswith("ACK")]


@on_sqlite
@pytest.mark.parametrize(
    ("words", "sender", "outcome"),
    [
        ("Mara has declined your invitation.", "mara@acme.example", "suppress"),
        ("I cannot.", "ben@desk.example", "suppress"),
        ("I cannot, the payroll is down!", "who@else.example", "triage"),
    ],
)
def test_other_answers_of_calendars_open_no_ticket(store: Store, words: str, sender: str, outcome: str) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(declined(words, sender=sender))

    assert (mail.outcome, desk.tickets()) == (outcome, [])


@on_sqlite
@pytest.mark.parametrize("sender", ["jonas@acme.example", "eve@evil.example"])
def test_an_answer_of_somebody_who_was_not_invited_is_not(store: Store, sender: str) -> None:
    desk = opened(store)
    note(desk, "#meet 2027-03-29 14:00 30m remote")

    mail = desk.receive(calendar_answer(meeting(desk, "meet").uid, sender=sender))

    assert (mail.outcome, meeting(desk, "meet").answers) == ("suppress", {})


@on_sqlite
def test_an_invitation_goes_with_an_answer_in_one_mail(store: Store) -> None:
    desk = opened(store)

    answer(desk, "#meet 2027-03-29 14:00 30m remote\n\nLet us talk about it.")

    assert {each.code for each in desk.letters()} >= {"ICS", "RELAY_OUT"}


@on_sqlite
def test_an_invitation_is_not_taken_back_by_undo(store: Store) -> None:
    desk = opened(store)
    note(desk, "#take\n#meet 2027-03-29 14:00 30m remote")

    note(desk, "#undo")

    assert "another time" in refused(desk)
