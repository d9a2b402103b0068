"""A desk in a folder, and the command line called as people call it."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ticketbot.cli import main

SETTINGS = """\
[database]
url = "sqlite:///ticketbot.db"
[mailboxes.support]
address = "support@desk.example"
host = "localhost"
port = 1
tls = "none"
password_file = "support.secret"
[relay]
host = "localhost"
port = 1
tls = "none"
"""
DESK = """\
[desk]
name = "Example Support"
timezone = "Europe/Berlin"
[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "manager"
[clients.acme]
name = "Acme"
domains = ["acme.example"]
timezone = "Europe/Berlin"
contacts = [{ address = "mara@acme.example", name = "Mara", roles = ["key_user"] }]
[launches."acme/hr"]
name = "Acme HR"
go_live = 2026-01-05T06:00:00
profile = "command30_90"
"""
MAIL = """\
From: Mara <mara@acme.example>
To: support@desk.example
Subject: {subject}
Date: Mon, 12 Jan 2026 09:00:00 +0100
Message-ID: <{subject}@acme.example>

Please help, it says error 502.
"""

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Call `ticketbot` with these words; the log and the environment are as before afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for name in ("TICKETBOT_CONFIG", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str | Path, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], input=typed)

    yield call
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a test works in, with settings and a desk file, nothing applied."""
    (tmp_path / "ticketbot.toml").write_text(SETTINGS)
    (tmp_path / "support.secret").write_text("hunter2\n")
    (tmp_path / "support.secret").chmod(0o600)
    (tmp_path / "desk.toml").write_text(DESK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def desk(folder: Path, run: Run) -> Path:
    """The same with the desk file in force."""
    assert run("desk", "apply", "desk.toml").exit_code == 0
    return folder


@pytest.fixture
def with_ticket(desk: Path, run: Run) -> Path:
    """The same with one ticket, T-1001, from a mail that was imported and answered."""
    (desk / "one.eml").write_text(MAIL.format(subject="Broken"))
    taken = run("mail", "import", "--answer", "one.eml")
    assert taken.exit_code == 0, taken.stderr
    return desk
