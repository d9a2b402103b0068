"""`ticketbot rehearse` as a manager calls it."""

import json
from pathlib import Path

import pytest

from .conftest import Run

STORY = {
    "schema": "ticketbot-story/1",
    "until": "2026-01-13T00:00:00Z",
    "events": [
        {
            "id": "E1",
            "at": "2026-01-12T09:00:00Z",
            "label": "T01",
            "mail": {
                "from": "mara@acme.example",
                "to": "support@desk.example",
                "subject": "The import fails",
                "body": "It stops with an error.",
            },
        }
    ],
}


@pytest.fixture
def story(folder: Path) -> Path:
    path = folder / "story.json"
    path.write_text(json.dumps(STORY), encoding="utf-8")
    return path


def test_a_story_is_told_line_by_line_and_ends_where_it_is_told_to(run: Run, story: Path) -> None:
    told = run("rehearse", story, "--desk", "desk.toml", "--until", "2026-01-12T09:05:00Z", "--json")

    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.exit_code == 0
    assert [line["id"] for line in lines if line["type"] == "event"] == ["E1"]
    assert (lines[-1]["type"], lines[-1]["at"]) == ("final", "2026-01-12T09:05:00Z")


def test_for_people_it_is_a_page_with_days_zones_due_times_and_a_summary(run: Run, story: Path) -> None:
    told = run("rehearse", story, "--desk", "desk.toml")

    assert "Mon 12 Jan 2026" in told.stdout
    assert "09:00Z     Mon 10:00 Berlin" in told.stdout
    assert "E1  T01  P2 incident new · hypercare day" in told.stdout
    assert "first answer due Mon 12 Jan 09:30Z (Mon 10:30 Berlin)" in told.stdout
    assert "→ ACK T01 to mara@acme.example" in told.stdout
    assert "The end, Tue 13 Jan 00:00Z (Tue 01:00 Berlin)" in told.stdout
    assert "T01 P2 first answer: due Mon 12 Jan 09:30Z (Mon 10:30 Berlin), 14 h 30 min too late, still running" in (
        told.stdout
    )


def test_what_could_not_be_played_is_warned_of_and_stands_in_the_line(run: Run, story: Path) -> None:
    mail = STORY["events"][0]["mail"]  # type: ignore[index]
    lost = [
        {"id": "E2", "at": "2026-01-12T10:00:00Z", "mail": mail | {"to": "{reply:T09}"}},
        {"id": "E3", "at": "2026-01-12T11:00:00+01:00", "mail": mail | {"to": "who@elsewhere.example"}},
    ]
    story.write_text(json.dumps(STORY | {"events": lost}), encoding="utf-8")

    told = run("rehearse", story, "--desk", "desk.toml", "--json")

    assert told.exit_code == 0
    unknown, unreached = told.stderr.splitlines()
    assert unknown.startswith("warning: E2 at 2026-01-12T10:00:00Z was not played: no mail opened a ticket")
    assert unknown.endswith("labelled 'T09' by 2026-01-12T10:00:00Z")
    assert unreached.startswith("warning: E3 at 2026-01-12T10:00:00Z was not played: it reaches no mailbox")
    assert [line["id"] for line in map(json.loads, told.stdout.splitlines()) if "error" in line] == ["E2", "E3"]
    assert "E2  not played: no mail opened" in run("rehearse", story, "--desk", "desk.toml").stdout


def test_an_end_that_is_no_instant_is_wrong_usage(run: Run, story: Path) -> None:
    told = run("rehearse", story, "--desk", "desk.toml", "--until", "tomorrow")

    assert told.exit_code == 2
    assert "'tomorrow' is no instant; write it like 2027-03-01T08:12:00Z" in told.stderr


def test_a_story_that_is_no_story_is_a_wrong_file(run: Run, story: Path) -> None:
    story.write_text("{}", encoding="utf-8")

    told = run("rehearse", story, "--desk", "desk.toml")

    assert told.exit_code == 78
    assert "is no story" in told.stderr
