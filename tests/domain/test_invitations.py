# ruff: noqa: E501, RUF001 - what calendar programs really write
"""Answers to invitations: programs' own lines, and the words that people add."""

import pytest

from ticketbot.domain.invitations import has_own_words

SUBJECT = "Declined: Go-live check"

PEOPLE = {
    "a sentence": "I cannot, the payroll is down! Please call.",
    "a time in it": "Not at 10:30, the payroll is down.",
    "above the appointment": "Another day please.\n-----Original Appointment-----\nFrom: support@desk.example",
    "below the program's line": "Mara Keller has declined your invitation: Go-live check\n\nWe must postpone the launch.",
    "accepted, but": "We accepted the quote, but nobody called us back about the export",
    "German": "Geht nicht, die Lohnabrechnung steht still.",
    "Google's note": 'Mara Keller has declined this invitation with this note:\n\n"Payroll is down"\n\nGo-live check\n'
    "Invitation from Google Calendar: https://calendar.google.com/calendar/",
    "a label of their own": "Problem: payroll is down",
}
PROGRAMS = {
    "nothing": "",
    "blanks": " \n\xa0\n",
    "the name": "Mara Keller has accepted this invitation.",
    "the address and the meeting": "Go-live check: Mara hat zugesagt",
    "a word": "Declined.",
    "three words in Japanese": "承諾",
    "the title": "Go-live check",
    "the appointment": "-----Original Appointment-----\nFrom: support@desk.example\nPlease come.",
    "labels": "When: Thursday, 11 March\nWhere: room 4\nOrganizer: Support\nWann: morgen",
    "times": "Thu 11 Mar 2027 10:00 – 10:30 (CET)\nThu 11 Mar 10am - 10:30am",
    "links": "<https://meet.example/x>\nmara@acme.example - organizer",
    "Google": "Mara Keller has accepted this invitation.\n\nGo-live check\nThursday\n\nInvitation from Google Calendar\n"
    "You are receiving this email because you are an attendee.",
    "stars": "*~*~*~*~*~*~*\nThe agenda follows.",
}


@pytest.mark.parametrize("name", PEOPLE)
def test_words_that_a_person_added_to_a_calendars_answer_are_seen(name: str) -> None:
    assert has_own_words(PEOPLE[name], subject=SUBJECT, name="Mara Keller")


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_calendar_writes_by_itself_is_nobodys_word(name: str) -> None:
    assert not has_own_words(PROGRAMS[name], subject=SUBJECT, name="Mara Keller")
