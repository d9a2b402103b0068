"""`ticketbot backtest` as people call it."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import DESK, Run

STRICT = DESK + '\n[targets.standard]\nP3 = { first_response = "1 s" }\n[calendars.B]\nalways_open = true\n'


def test_the_file_in_force_changes_nothing(run: Run, with_ticket: Path) -> None:
    told = run("backtest", "--policy", "desk.toml")

    assert told.exit_code == 0, told.stderr
    assert told.stdout.startswith("2 promises of 1 ticket; times in Europe/Berlin\n")
    assert told.stdout.endswith("0 promises would have gone otherwise\n")


def test_each_promise_is_told_as_json_and_then_the_sums(run: Run, with_ticket: Path) -> None:
    (with_ticket / "strict.toml").write_text(STRICT)

    lines = [json.loads(line) for line in run("backtest", "--policy", "strict.toml", "--json").stdout.splitlines()]

    clocks = {line["clock"]: line for line in lines if line["type"] == "clock"}
    assert set(clocks) == {"FR", "RES"}
    assert clocks["FR"]["ticket"] == "T-1001"
    assert clocks["FR"]["then"]["target_minutes"] == 1 / 60
    assert {line["clock"] for line in lines if line["type"] == "sum"} == {"FR", "RES"}


@pytest.mark.parametrize("since", ["soon", "0", "-3d"])
def test_a_span_that_is_none_is_refused(run: Run, desk: Path, since: str) -> None:
    result = run("backtest", "--policy", "desk.toml", f"--since={since}")

    assert result.exit_code == 2
    assert "write it like 90d" in result.stderr


def test_before_any_desk_is_in_force_there_is_nothing_to_compare(run: Run, folder: Path) -> None:
    assert run("db", "upgrade").exit_code == 0

    result = run("backtest", "--policy", "desk.toml")

    assert result.exit_code == 78
    assert "no desk file was applied yet" in result.stderr


def test_a_wrong_file_is_told_with_its_line(run: Run, desk: Path) -> None:
    (desk / "wrong.toml").write_text(DESK + '\n[calendars.B]\ndays = "mon"\n')

    result = run("backtest", "--policy", "wrong.toml")

    assert result.exit_code == 78
    assert "wrong.toml line" in result.stderr
    assert "has no open hour" in result.stderr


def test_a_file_with_targets_only_is_told_how_it_becomes_whole(run: Run, desk: Path) -> None:
    (desk / "targets.toml").write_text('[targets.standard]\nP3 = { first_response = "1 h" }\n')

    result = run("backtest", "--policy", "targets.toml")

    assert result.exit_code == 78
    assert "ticketbot desk show > new.toml" in result.stderr


def test_what_came_after_an_instant_is_left_out(run: Run, with_ticket: Path) -> None:
    told = run("backtest", "--policy", "desk.toml", "--until", "2026-01-01T00:00:00Z")

    assert told.stdout == "no ticket in that time\n"
