"""Stories by chance, played by `rehearse` and told by the oracle: the two must agree to the second."""

from pathlib import Path
from typing import Any

import pytest
from tests.scenario.chance import a_story

from ticketbot.deskfile import read_desk
from ticketbot.sandbox.rehearse import rehearse
from ticketbot.sandbox.story import read_story


def of_each(clocks: list[dict[str, Any]], like: dict[str, Any]) -> list[dict[str, Any]]:
    ordered = sorted(clocks, key=lambda clock: (clock["clock"], clock["cycle"]))
    return [{name: clock[name] for name in like} for clock in ordered]


@pytest.mark.parametrize("seed", range(4))
def test_what_rehearse_says_of_a_story_by_chance_is_what_the_oracle_says(tmp_path: Path, seed: int) -> None:
    told = a_story(tmp_path, seed)

    lines = rehearse(read_story(told.story), read_desk(told.desk))

    events = {line["id"]: line for line in lines if line["type"] == "event"}
    for name, wanted in told.events:
        found: dict[str, Any] = {key: events[name].get(key) for key in wanted}
        clocks = wanted["clocks"]
        assert found | {"clocks": None} == wanted | {"clocks": None}, name
        assert of_each(found["clocks"], clocks[0]) == of_each(clocks, clocks[0]), name
    until = max(line["at"] for line in lines)
    assert {
        (line["ticket"], line["clock"], line["cycle"], line["pct"], line["at"], line["to"][0], line["send_at"])
        for line in lines
        if line["type"] == "letter" and line["code"] in {"REMIND", "BREACH"} and line["send_at"] <= until
    } == told.oracle.reminders
