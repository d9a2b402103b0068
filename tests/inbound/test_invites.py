"""A mail that is nothing but an invitation says what it is about."""

import pytest

from ticketbot.inbound import invites
from ticketbot.inbound.parse import read


def calendar(*lines: str, method: str = "REQUEST") -> str:
    inside = "\r\n".join(lines)
    return f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{inside}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def mail(source: str, *, method: str = "REQUEST") -> bytes:
    return f"From: a@b.example\r\nContent-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n{source}".encode()


EVENT = (
    "SUMMARY;LANGUAGE=en:Go-live\\, the second",
    'DTSTART;TZID="Europe/Berlin":20261201T090000',
    "DTEND;TZID=Europe/Berlin:20261201T100000",
    "LOCATION:Room 5",
    "DESCRIPTION:Bring the list\\nof err",
    " ors",
    "BEGIN:VALARM",
    "DESCRIPTION:Reminder",
    "END:VALARM",
)


def test_an_invitation_alone_is_the_text() -> None:
    message = read(mail(calendar(*EVENT)))

    assert message.text == (
        "Go-live, the second\nWhen: 2026-12-01 09:00 to 10:00 Europe/Berlin\nWhere: Room 5\n\nBring the list\nof errors"
    )
    assert message.new_text == message.text
    assert [each.content_type for each in message.attachments] == ["text/calendar"]


def test_an_answer_alone_has_no_words_but_its_comment() -> None:
    silent = read(mail(calendar(*EVENT, method="REPLY"), method="REPLY"))
    told = read(mail(calendar(*EVENT, "COMMENT:We are closed that day", method="REPLY"), method="REPLY"))

    assert silent.text.startswith("Go-live, the second\nWhen: ")
    assert silent.new_text == ""
    assert told.new_text == "We are closed that day"


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (("DTSTART:20261201T090000Z",), "2026-12-01 09:00 UTC"),
        (("DTSTART:20261201T090000Z", "DTEND:20261202T100000Z"), "2026-12-01 09:00 UTC to 2026-12-02 10:00 UTC"),
        (("DTSTART;TZID=A:20261201T090000", "DTEND:20261201T100000Z"), "2026-12-01 09:00 A to 10:00 UTC"),
        (("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261203"), "2026-12-01 to 2026-12-03, which is free again"),
        (("DTSTART:20261201T090000",), "2026-12-01 09:00"),
        (("DTSTART:tomorrow",), ""),
    ],
)
def test_when_it_is_stands_in_the_zone_that_it_names(lines: tuple[str, ...], when: str) -> None:
    assert invites.read(calendar(*lines)).text == (f"When: {when}" if when else "")


def test_a_broken_calendar_says_nothing_and_breaks_nothing() -> None:
    for source in ("", "no calendar", "END:VEVENT\nSUMMARY:x", "BEGIN:VEVENT\nSUMMARY"):
        assert invites.read(source).text == ""


def test_words_beside_an_invitation_stay_the_text() -> None:
    part = f"--b\r\nContent-Type: text/calendar\r\n\r\n{calendar(*EVENT)}\r\n"
    raw = f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nPlease join.\r\n{part}--b--\r\n".encode()

    assert read(raw).text == "Please join."
