"""Stories as people write them: labels in commands, mails that reach nobody, files with a mistake."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ticketbot.deskfile import read_desk
from ticketbot.domain.errors import ConfigurationError
from ticketbot.sandbox.rehearse import Rehearsal, _stage, rehearse
from ticketbot.sandbox.story import read_instant, read_story

DESK = """\
[desk]
name = "Example Support"
timezone = "Europe/Berlin"
[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "hypercare_lead"
[clients.acme]
name = "Acme"
domains = ["acme.example"]
timezone = "Europe/Berlin"
contacts = [{ address = "mara@acme.example", name = "Mara" }]
[launches."acme/hr"]
name = "Acme HR"
go_live = 2027-03-01T06:00:00
profile = "command30_90"
"""
CLIENT = {"from": "mara@acme.example", "to": "support@desk.example"}
Line = dict[str, Any]


def a_story(folder: Path, *mails: Line, **told: Any) -> Path:
    """Write a story with a mail an hour, the n-th labelled T0n unless it names its ticket."""
    events = [
        {"id": f"E{count}", "at": f"2027-03-02T{8 + count:02}:00:00Z", "label": mail.pop("label", f"T{count:02}")}
        | {"mail": mail}
        for count, mail in enumerate(mails, 1)
    ]
    path = folder / "story.json"
    story = {"schema": "ticketbot-story/1", "until": "2027-03-03T00:00:00Z", "events": events}
    path.write_text(json.dumps(story | told), encoding="utf-8")
    return path


def played(folder: Path, *mails: Line) -> list[Line]:
    (folder / "desk.toml").write_text(DESK, encoding="utf-8")
    return rehearse(read_story(a_story(folder, *mails)), read_desk(folder / "desk.toml"))


def the_event(lines: list[Line], name: str) -> Line:
    return next(line for line in lines if line["type"] == "event" and line["id"] == name)


@pytest.mark.parametrize("named", ["T01", "T-1", "t1", "T-01", "{T01}", "{ticket:T01}"])
def test_a_command_names_another_ticket_by_its_label(tmp_path: Path, named: str) -> None:
    merging = {"from": "ana@desk.example", "to": "{reply:T02}", "body": f"#merge {named}", "label": "T02"}

    lines = played(
        tmp_path,
        {**CLIENT, "subject": "The import fails", "body": "It stops with an error."},
        {**CLIENT, "subject": "Another import fails", "body": "The same error."},
        merging,
        {
            **CLIENT,
            "subject": "Re:",
            "body": "Any news?",
            "in_reply_to": "last mail to the client on T02",
            "label": "T02",
        },
    )

    assert the_event(lines, "E3")["state"] == "merged"
    assert the_event(lines, "E4")["ticket"] == "T01"


def test_only_commands_and_lines_of_reports_are_read_for_labels(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(DESK, encoding="utf-8")
    said = {"from": "ana@desk.example", "to": "{reply:T01}", "body": "We saw it in T01 and T-1.", "label": "T01"}
    story = read_story(a_story(tmp_path, {**CLIENT, "subject": "The import fails", "body": "T01 is broken"}, said))

    with _stage(tmp_path, story, read_desk(tmp_path / "desk.toml")) as (app, office, clock):
        lines = Rehearsal(app, office=office, clock=clock, story=story).play(story.until)
        with app.store.look() as work:
            (ticket,) = work.tickets.listed()
            words = [each.new_text for each in work.tickets.messages(ticket.id)]

    assert the_event(lines, "E2")["state"] == "open"
    assert words == ["T01 is broken", "We saw it in T01 and T-1."]


def test_a_label_that_no_mail_has_made_is_told_beside_its_mail_and_the_rest_goes_on(tmp_path: Path) -> None:
    lost = {"from": "ana@desk.example", "to": "{reply:T07}", "body": "We are on it.", "label": "T07"}

    lines = played(tmp_path, lost, {**CLIENT, "subject": "The import fails", "body": "It stops."})

    assert "'T07'" in the_event(lines, "E1")["error"]
    assert the_event(lines, "E2")["ticket"] == "T02"


def test_a_mail_that_reaches_no_mailbox_of_the_desk_says_so(tmp_path: Path) -> None:
    lines = played(tmp_path, {**CLIENT, "to": "helpdesk@elsewhere.example", "subject": "Hello", "body": "It stops."})

    assert the_event(lines, "E1")["error"] == "it reaches no mailbox of this desk: helpdesk@elsewhere.example"


def test_what_a_command_was_answered_is_told_beside_its_mail(tmp_path: Path) -> None:
    def ordered(text: str) -> Line:
        return {"from": "ana@desk.example", "to": "{reply:T01}", "body": text, "label": "T01"}

    lines = played(
        tmp_path,
        {**CLIENT, "subject": "The import fails", "body": "It stops."},
        ordered("#resolv\n\nDone."),
        ordered("#why"),
    )

    refused, asked = the_event(lines, "E2"), the_event(lines, "E3")
    assert refused["reason"] == ["#resolv: there is no command “#resolv”; perhaps: #resolve"]
    assert "said" not in refused
    assert any("first answer due" in each for each in asked["said"])


def test_two_events_of_one_id_are_refused(tmp_path: Path) -> None:
    story = a_story(tmp_path, CLIENT | {"body": "One"}, CLIENT | {"body": "Two"})
    story.write_text(story.read_text(encoding="utf-8").replace('"E2"', '"E1"'), encoding="utf-8")

    with pytest.raises(ConfigurationError, match="more than one event 'E1'"):
        read_story(story)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        pytest.param({"schema": "ticketbot-story/9"}, "is no story", id="another schema"),
        pytest.param({"events": {}}, 'no list of "events"', id="events that are no list"),
        pytest.param({"events": ["mail"]}, 'event 1 must be an object with "id", "at" and "mail"', id="no object"),
        pytest.param({"events": [{"at": "x", "mail": {}}]}, 'event 1 has no "id"', id="no id"),
        pytest.param({"events": [{"id": "E1", "mail": {"bdoy": ""}}]}, "has no 'bdoy'", id="a misspelt key"),
        pytest.param({"events": [{"id": "E1", "mail": {"headers": ["x"]}}]}, "headers must be an object", id="headers"),
        pytest.param({"events": [{"id": "E1", "at": "noon", "mail": {}}]}, "'noon' is no instant", id="no instant"),
        pytest.param(
            {"events": [{"id": "E1", "at": "2027-03-02T08:00:00Z", "mail": {"to": "x@y.example"}}]},
            "the mail has no 'from'",
            id="no sender",
        ),
    ],
)
def test_a_mistake_in_a_story_is_named_with_its_place(tmp_path: Path, told: Line, says: str) -> None:
    story = a_story(tmp_path, **told)

    with pytest.raises(ConfigurationError, match=says):
        read_story(story)


def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_story(tmp_path / "missing.json")
    with pytest.raises(ConfigurationError, match="is not JSON"):
        read_story(tmp_path / "no.json")


def test_a_story_without_mails_needs_an_end(tmp_path: Path) -> None:
    path = tmp_path / "endless.json"
    path.write_text('{"schema": "ticketbot-story/1", "events": []}', encoding="utf-8")

    with pytest.raises(ConfigurationError, match="neither events nor an end"):
        read_story(path)


def test_an_instant_needs_its_zone() -> None:
    assert read_instant("2027-03-01T08:12:00+01:00", where="here") == datetime(2027, 3, 1, 7, 12, tzinfo=UTC)
    with pytest.raises(ConfigurationError, match="here"):
        read_instant("2027-03-01T08:12:00", where="here")
