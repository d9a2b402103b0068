"""`ticketbot config`, `desk` and `db`."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import DESK, Run

from ticketbot.store.lock import alone_on


def test_the_example_can_be_used_as_it_is(run: Run, folder: Path) -> None:
    text = run("config", "example").stdout.replace("/run/secrets/support", str(folder / "support.secret"))
    (folder / "ticketbot.toml").write_text(text)

    assert run("config", "check").stdout == "ticketbot.toml: everything is in order\n"


def test_a_check_without_mailbox_says_what_run_will_need(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = run("config", "check")

    assert result.exit_code == 0
    assert "`ticketbot run` will need a mailbox and a relay" in result.stdout


def test_settings_are_shown_with_their_sources_and_masked(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKETBOT_RELAY__ACK_CAP", "5")

    table = run("config", "show").stdout
    lines = [json.loads(line) for line in run("config", "show", "--json").stdout.splitlines()]

    by_name = {line["name"]: line for line in lines}
    assert by_name["relay.ack_cap"] == {
        "name": "relay.ack_cap",
        "value": 5,
        "source": "environment variable TICKETBOT_RELAY__ACK_CAP",
    }
    assert by_name["mailboxes.support.password"]["value"] == "********"
    assert "hunter2" not in table
    assert "ticketbot.toml line 5" in table


def test_a_desk_file_is_applied_to_a_database_that_is_made_for_it(run: Run, folder: Path) -> None:
    result = run("desk", "apply", "desk.toml")

    assert result.exit_code == 0
    assert "+ staff ana" in result.stdout
    assert result.stdout.endswith("version 1 of the desk is in force\n")
    assert run("desk", "apply", "desk.toml").stdout == "nothing to change; version 1 of the desk is in force\n"


def test_a_dry_run_of_a_desk_file_applies_nothing(run: Run, desk: Path) -> None:
    (desk / "desk.toml").write_text(DESK.replace('"Acme"', '"Acme GmbH"'))

    result = run("desk", "apply", "desk.toml", "--dry-run", "--json")

    told = json.loads(result.stdout)
    assert told["changes"] == ['~ client acme name: "Acme" → "Acme GmbH"']
    assert told["applied"] is False
    assert run("desk", "apply", "desk.toml", "--dry-run").stdout.endswith("nothing was applied (--dry-run)\n")


def test_a_wrong_desk_file_ends_with_78_and_a_conflict_with_1(run: Run, desk: Path) -> None:
    (desk / "wrong.toml").write_text(DESK + '[calendars.B]\nhours = "x"\n')
    (desk / "begun.toml").write_text(DESK.replace("2026-01-05", "2026-02-05"))

    wrong, begun = run("desk", "apply", "wrong.toml"), run("desk", "apply", "begun.toml")

    assert (wrong.exit_code, begun.exit_code) == (78, 1)
    assert "wrong.toml line 18: calendars.B.hours = 'x' must be hours" in wrong.stderr
    assert "begun.toml line 15: launch acme/hr go_live is part of a plan that has begun" in begun.stderr


def test_what_a_file_leaves_out_is_told_and_pruned_on_request(run: Run, desk: Path) -> None:
    (desk / "desk.toml").write_text(DESK.partition("[launches")[0])

    assert "launch acme/hr is not in the file and stays" in run("desk", "apply", "desk.toml").stdout
    assert "- launch acme/hr" in run("desk", "apply", "desk.toml", "--prune").stdout


def test_the_desk_is_shown_as_a_file_that_can_be_applied(run: Run, desk: Path) -> None:
    (desk / "shown.toml").write_text(run("desk", "show").stdout)

    assert run("desk", "apply", "shown.toml").stdout.startswith("people, plans and promises stay as they are")
    assert run("desk", "apply", "shown.toml").stdout.startswith("nothing to change")


def test_a_database_is_upgraded_backed_up_and_restored(run: Run, folder: Path) -> None:
    assert "run `ticketbot db upgrade`" in run("db", "current").stdout
    assert "it was empty" in run("db", "upgrade").stdout
    assert "up to date" in run("db", "upgrade").stdout
    assert json.loads(run("db", "current", "--json").stdout)["is_current"] is True
    run("desk", "apply", "desk.toml")

    backed_up = run("db", "backup", "desk.ticketbot")
    run("desk", "apply", "desk.toml", "--prune")
    restored = run("db", "restore", "desk.ticketbot")

    assert backed_up.exit_code == restored.exit_code == 0
    assert "signing keys" in backed_up.stdout
    assert "what was there before is in" in restored.stdout
    assert "up to date" in run("db", "current").stdout
    assert run("desk", "apply", "desk.toml").stdout.startswith("nothing to change")


def test_backup_and_restore_speak_json(run: Run, desk: Path) -> None:
    backed_up = json.loads(run("db", "backup", "desk.ticketbot", "--json").stdout)
    restored = json.loads(run("db", "restore", "desk.ticketbot", "--json").stdout)

    assert backed_up["kind"] == "sqlite"
    assert restored["made_at"] == backed_up["made_at"]
    assert json.loads(run("db", "upgrade", "--json").stdout)["copy"] is None


def test_while_a_service_runs_its_database_is_not_upgraded_or_restored(run: Run, desk: Path) -> None:
    run("db", "backup", "desk.ticketbot")
    with alone_on(desk / "ticketbot.db"):
        for words in (["db", "upgrade"], ["db", "restore", "desk.ticketbot"], ["run", "--once"]):
            result = run(*words)
            assert result.exit_code == 75
            assert "stop it first" in result.stderr
        assert run("db", "backup", "other.ticketbot").exit_code == 0
