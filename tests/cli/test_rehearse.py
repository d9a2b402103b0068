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


def test_for_people_it_is_told_in_sentences(run: Run, story: Path) -> None:
    told = run("rehearse", story, "--desk", "desk.toml")

    assert "2026-01-12 09:00:00Z  E1 T01 P2 new hypercare → ACK, NEW" in told.stdout
    assert told.stdout.splitlines()[-1].endswith("the end: T01 new")


def test_an_end_that_is_no_instant_is_wrong_usage(run: Run, story: Path) -> None:
    told = run("rehearse", story, "--desk", "desk.toml", "--until", "tomorrow")

    assert told.exit_code == 2
    assert "'tomorrow' is no instant; write it like 2027-03-01T08:12:00Z" in told.stderr


def test_a_story_that_is_no_story_is_a_wrong_file(run: Run, story: Path) -> None:
    story.write_text("{}", encoding="utf-8")

    told = run("rehearse", story, "--desk", "desk.toml")

    assert told.exit_code == 78
    assert "is no story" in told.stderr
