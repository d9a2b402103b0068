"""The command line as a whole: help, suggestions, one plain sentence for each error, exit codes."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.cli.conftest import Run

from ticketbot import __version__
from ticketbot.cli import COMMANDS, main


def commands(group: click.Group, path: str = "ticketbot") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


EVERY = dict(commands(main))


def test_help_lists_every_command_and_the_exit_codes(run: Run) -> None:
    said = run("--help").stdout

    assert all(name in said for name in COMMANDS)
    assert "78  the configuration is wrong" in said
    assert "  ticketbot demo  " in said


@pytest.mark.parametrize("path", EVERY)
def test_every_command_has_help_with_examples_that_keep_their_lines(run: Run, path: str) -> None:
    said = run(*path.split()[1:], "--help").stdout

    assert "Example" in said
    assert f"\n    {path}" in said
    assert "\b" not in said


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").stdout.strip() == f"ticketbot {__version__}"


def test_help_is_quick_because_it_imports_no_room(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from ticketbot.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'sqlalchemy', 'pydantic', 'structlog', 'imapclient', 'jinja2', 'alembic'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert done.returncode == 0, done.stderr


def test_python_m_ticketbot_is_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ticketbot", "--version"]

    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    assert done.stdout.startswith("ticketbot ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["confg"], "there is no command 'confg'; did you mean config? (see ticketbot --help)"),
        (["mail", "lst"], "there is no command 'lst'; did you mean list? (see ticketbot mail --help)"),
        (["db", "zzz"], "there is no command 'zzz'; known are backup, current, restore, upgrade"),
        (["config", "check", "--bogus"], "No such option '--bogus'"),
        (["desk", "apply"], "Missing argument 'FILE'"),
        (["ticket", "show", "x"], "'x' is no ticket; write its number, e.g. T-1042"),
        (["run", "--role", "cook"], "--role 'cook' names no roles; known are poll"),
        (["report", "digest", "--format", "pdf"], "--format 'pdf' is not known; known are text, html, json"),
        (["mail", "list", "--state", "lost"], "Invalid value for '--state'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_ends_with_2(run: Run, folder: Path, words: list[str], says: str) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.startswith("ticketbot: ")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_a_noun_alone_shows_its_help_and_ends_with_2(run: Run) -> None:
    result = run("mail")

    assert result.exit_code == 2
    assert "Commands:" in result.stderr


def test_an_error_is_one_sentence_without_a_traceback(run: Run, desk: Path) -> None:
    result = run("ticket", "show", "T-9")

    assert result.exit_code == 1
    assert result.stderr == "ticketbot: there is no ticket T-9; `ticketbot ticket list` shows all\n"


@pytest.mark.parametrize("words", [["--debug", "ticket", "show", "T-9"], ["ticket", "show", "T-9", "--debug"]])
def test_debug_adds_the_traceback_wherever_it_stands(run: Run, desk: Path, words: list[str]) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert "NotFound" in result.stderr


def test_a_wrong_configuration_ends_with_78_and_names_every_fault(run: Run, folder: Path) -> None:
    (folder / "ticketbot.toml").write_text('[relay]\nhots = "x"\nport = "y"\n')

    result = run("config", "check")

    assert result.exit_code == 78
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert "ticketbot: ticketbot.toml line 2: unknown key relay.hots; did you mean host?" in lines


@pytest.mark.parametrize("words", [["--config", "{}", "config", "check"], ["config", "check", "--config", "{}"]])
def test_the_settings_file_may_be_named_before_or_behind_the_command(run: Run, folder: Path, words: list[str]) -> None:
    other = folder / "other.toml"
    other.write_text('[web]\nlisten = "127.0.0.1:9000"\n')

    result = run(*(word.format(other) for word in words))

    assert result.stdout.startswith(f"{other}: everything is in order")


def test_an_empty_database_is_named_with_its_remedy(run: Run, folder: Path) -> None:
    result = run("ticket", "list")

    assert result.exit_code == 78
    assert result.stderr == "ticketbot: the database is not up to date: run `ticketbot db upgrade`\n"


def test_the_unexpected_is_a_sentence_too(run: Run, folder: Path) -> None:
    (folder / "ticketbot.db").write_bytes(b"this is no database at all, but quite some text" * 100)

    result = run("db", "current")

    assert result.exit_code != 0
    assert result.stderr.startswith("ticketbot: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_database_of_the_future_ends_with_78(run: Run, desk: Path) -> None:
    with sqlite3.connect(desk / "ticketbot.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()

    for words in (["db", "current"], ["db", "upgrade"], ["ticket", "list"], ["run", "--once"]):
        result = run(*words)
        assert result.exit_code == 78, words
        assert "which a newer ticketbot made" in result.stderr


def test_json_lines_are_one_object_each(run: Run, desk: Path) -> None:
    result = run("config", "show", "--json")

    assert all(json.loads(line)["name"] for line in result.stdout.splitlines())
