"""`ticketbot launch`: where launches stand, what their plan says, and how ready they are."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import DESK, MAIL, Run

from ticketbot.desk.standing import record_event
from ticketbot.domain.phases import PlanEvent, PlanEventKind
from ticketbot.store.database import Store

#: A business day of the launch's hypercare, and the noon of its gate.
DURING = "2026-01-20T09:00:00Z"
GATE = "2026-02-03T11:00:00Z"


def test_launches_are_listed_with_phase_and_end(run: Run, desk: Path) -> None:
    told = json.loads(run("launch", "list", "--at", DURING, "--json").stdout)
    table = run("launch", "list", "--at", DURING).stdout

    assert {name: told[name] for name in ("launch", "phase", "day_index", "ends_at", "gate_at", "open")} == {
        "launch": "acme/hr",
        "phase": "hypercare",
        "day_index": 15,
        "ends_at": "2026-02-03T23:00:00Z",
        "gate_at": GATE,
        "open": 0,
    }
    assert "acme/hr  Acme HR  hypercare  15" in table


def test_a_launch_is_shown_with_its_boundaries(run: Run, desk: Path) -> None:
    told = json.loads(run("launch", "show", "acme/hr", "--at", DURING, "--json").stdout)
    text = run("launch", "show", "acme/hr", "--at", DURING).stdout

    assert [(each["phase"], each["local"]) for each in told["boundaries"]] == [
        ("hypercare", "2026-01-05 06:00"),
        ("transition", "2026-02-04 00:00"),
        ("standard", "2026-04-05 00:00"),
    ]
    assert told["go_live_at"] == "2026-01-05T05:00:00Z"
    assert (told["changes"], told["gates"], told["blockers"]) == ([], [], [])
    assert "2026-02-04 00:00  transition" in text


def test_readiness_says_what_stands_against_the_gate(run: Run, desk: Path) -> None:
    (desk / "one.eml").write_text(MAIL.format(subject="Broken"))
    assert run("mail", "import", "one.eml").exit_code == 0

    found = run("launch", "ready", "acme/hr", "--at", DURING, "--json")
    told, text = json.loads(found.stdout), run("launch", "ready", "acme/hr", "--at", DURING).stdout

    assert (told["kind"], told["passes"], told["blockers"]) == ("exit", False, ["G2"])
    assert told["criteria"]["G2"]["tickets"] == ["T-1001"]
    assert told["decides_at"] == GATE
    assert told["ready_at"] == ["2026-01-28T07:00:00Z", "2026-02-02T07:00:00Z"]
    assert told["to_pass"]["tickets"] == ["T-1001"]
    assert set(told["parts"]) == {f"W{number}" for number in range(1, 10)}
    assert "NOT READY" in text
    assert "To pass: resolve T-1001" in text


def test_where_no_gate_comes_it_says_so(run: Run, desk: Path) -> None:
    before = "2026-01-04T09:00:00Z"

    told = json.loads(run("launch", "ready", "acme/hr", "--at", before, "--json").stdout)

    assert told == {"launch": "acme/hr", "at": before, "kind": None}
    assert run("launch", "ready", "acme/hr", "--at", before).stdout == "acme/hr is in pre_live; no gate is before it\n"


def test_gates_and_changes_are_part_of_the_story(run: Run, folder: Path) -> None:
    (folder / "desk.toml").write_text(DESK.replace("2026-01-05T06", "2099-01-05T06"))
    assert run("desk", "apply", "desk.toml").exit_code == 0
    _play(folder)

    text = run("launch", "show", "acme/hr", "--at", "2099-02-10T09:00:00Z").stdout

    assert "kind extend, days 7, by gate, reason G2" in text
    assert "kind exit, decision extend" in text


@pytest.mark.parametrize("verb", ["show", "ready"])
def test_an_unknown_launch_is_an_error_that_names_the_known(run: Run, desk: Path, verb: str) -> None:
    result = run("launch", verb, "acme/crm")

    assert result.exit_code == 1
    assert "there is no launch acme/crm; known are acme/hr" in result.stderr


def _play(folder: Path) -> None:
    """Record a gate that failed, as the service would."""
    store = Store(f"sqlite:///{folder / 'ticketbot.db'}")
    noon = datetime(2099, 2, 3, 11, tzinfo=UTC)
    with store.work() as work:
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        record_event(
            work, launch, PlanEvent(kind=PlanEventKind.EXTEND, recorded_at=noon, days=7, by="gate", reason="G2")
        )
        work.tickets.note(
            "gate",
            at=noon,
            actor="ticketbot",
            launch_id=launch.id,
            detail={"kind": "exit", "decision": "extend", "score": 47.25, "blockers": ["G2"]},
        )
    store.close()


def test_a_gate_whose_instant_passed_without_a_decision_is_said_to_be_overdue(run: Run, desk: Path) -> None:
    after = (datetime.fromisoformat(GATE) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")

    listed = run("launch", "list", "--at", after).stdout
    text = run("launch", "ready", "acme/hr", "--at", after).stdout
    before = run("launch", "ready", "acme/hr", "--at", DURING).stdout

    assert ", not decided" in listed
    assert "has not been decided" in text
    assert "has not been decided" not in before
