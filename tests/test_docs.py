"""What the documents show works as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from ticketbot.deskfile import parse_desk
from ticketbot.deskfile.model import Desk
from ticketbot.sandbox.rehearse import rehearse
from ticketbot.sandbox.story import read_story

DOCS = Path(__file__).resolve().parents[1] / "docs"
REFERENCE = (DOCS / "desk-file.md").read_text(encoding="utf-8")
CHAPTER = (DOCS / "rehearsing.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def models(of: Any) -> Iterator[type[BaseModel]]:
    """Yield each model that is part of an annotation."""
    if isinstance(of, type) and get_origin(of) is None and issubclass(of, BaseModel):
        yield of
    for each in get_args(of):
        yield from models(each)


def sections(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for field in model.model_fields.values():
        for found in models(field.annotation):
            yield found
            yield from sections(found)


def test_the_small_story_of_the_chapter_plays_as_pasted(tmp_path: Path) -> None:
    (desk,), (story,) = blocks(CHAPTER, "toml"), blocks(CHAPTER, "json")
    (tmp_path / "story.json").write_text(story, encoding="utf-8")

    lines = rehearse(read_story(tmp_path / "story.json"), parse_desk(desk))

    events = [line for line in lines if line["type"] == "event"]
    assert [line["id"] for line in events] == ["E1", "E2", "E3", "E4", "E5"]
    assert not any("error" in line or "reason" in line for line in events)
    assert any("first answer due" in each for each in events[3]["said"])
    assert {"phase", "gate", "letter"} <= {line["type"] for line in lines}
    assert lines[-1]["tickets"]["T01"]["state"] == "closed"


def test_the_examples_of_the_reference_make_one_file_without_a_fault() -> None:
    found = parse_desk("\n".join(blocks(REFERENCE, "toml")))

    assert found.notices == ()


@pytest.mark.parametrize("name", Desk.model_fields)
def test_each_section_of_the_desk_file_stands_in_the_reference_with_an_example(name: str) -> None:
    headings = re.findall(r"^## (.*)$", REFERENCE, re.MULTILINE)

    assert any(re.search(rf"\[{name}\b", heading) for heading in headings)
    assert any(re.search(rf"^\[+{name}\b", block, re.MULTILINE) for block in blocks(REFERENCE, "toml"))


@pytest.mark.parametrize("model", dict.fromkeys(sections(Desk)), ids=lambda model: model.__name__)
def test_each_key_of_the_desk_file_is_explained(model: type[BaseModel]) -> None:
    chapters = [set(re.findall(r"^- `(\w+)`: ", each, re.MULTILINE)) for each in REFERENCE.split("\n## ")]

    assert any(set(model.model_fields) <= keys for keys in chapters)


@pytest.mark.parametrize("document", ["operators-guide.md", "../README.md"])
def test_the_ways_to_try_a_plan_are_named_where_people_begin(document: str) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")

    assert "ticketbot rehearse" in text
    assert "rehearsing.md" in text
    assert "desk-file.md" in text
