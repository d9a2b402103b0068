"""From nothing to a desk that answers: init, desk apply, doctor, run, healthcheck, as an operator types them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ticketbot.sandbox.mailserver import MailServer

PASSWORD = "hunter2"
MAIL = (
    b"From: Mara <mara@acme.example>\r\nTo: support@desk.example\r\nSubject: Broken\r\n"
    b"Message-ID: <1@acme.example>\r\nDate: Mon, 12 Jan 2026 09:00:00 +0100\r\n\r\nPlease help.\r\n"
)


@pytest.fixture
def server(sandbox: MailServer) -> MailServer:
    for address in ("support@desk.example", "ana@desk.example", "mara@acme.example"):
        sandbox.office.add_account(address, password=PASSWORD)
    return sandbox


def ticketbot(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TICKETBOT_")}
    command = [sys.executable, "-m", "ticketbot", *words]
    return subprocess.run(
        command, cwd=folder, env=environ, input=typed, capture_output=True, text=True, timeout=120, check=False
    )


def answers(server: MailServer, *, passwords: tuple[str, ...] = (PASSWORD,)) -> str:
    mailbox = ("127.0.0.1", "none", str(server.imap_port), "support@desk.example")
    relay = ("127.0.0.1", "none", str(server.smtp_port), "support@desk.example", "y")
    tries: list[str] = []
    for password in passwords[:-1]:
        tries += [*mailbox, password, "y"]
    asked = ["support@desk.example", *tries, *mailbox, passwords[-1], *relay]
    desk = ["Example Support", "Europe/Berlin", "Ana Silva", "ana@desk.example", "Acme", "acme.example", "2026-01-05"]
    return "".join(f"{answer}\n" for answer in [*asked, *desk])


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    service = subprocess.Popen(
        [sys.executable, "-m", "ticketbot", "run"],
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield service
    finally:
        service.kill()
        service.wait()
        for stream in (service.stdout, service.stderr):
            if stream:
                stream.close()


def test_an_operator_sets_up_a_desk_and_it_answers(server: MailServer, tmp_path: Path) -> None:
    made = ticketbot(tmp_path, "init", typed=answers(server, passwords=("wrong", PASSWORD)))
    assert made.returncode == 0, made.stderr
    assert "… no: " in made.stdout
    assert "good: INBOX holds 0 mails" in made.stdout
    assert "good: it takes letters from support@desk.example" in made.stdout

    applied = ticketbot(tmp_path, "desk", "apply", "desk.toml")
    assert applied.returncode == 0, applied.stderr
    examined = ticketbot(tmp_path, "doctor")
    assert examined.returncode == 0, examined.stdout
    assert "INBOX holds 0 mails" in examined.stdout
    assert "senders cannot be verified (no authserv_id)" in examined.stdout

    assert ticketbot(tmp_path, "run", "--once").returncode == 0
    server.office.deliver(MAIL, to="support@desk.example")
    with serving(tmp_path) as service:
        assert server.office.wait_for_mail("mara@acme.example", timeout=60)
        well = ticketbot(tmp_path, "healthcheck")
        assert well.returncode == 0, well.stderr
        assert well.stdout == "the service is well\n"
        refused = ticketbot(tmp_path, "run", "--once")
        assert refused.returncode == 75
        assert "another ticketbot works on" in refused.stderr

        service.send_signal(signal.SIGTERM)
        told = service.communicate(timeout=60)[1]
        assert service.returncode == 0, told
    assert PASSWORD not in told
    assert all(json.loads(line)["event"] for line in told.splitlines())
    assert json.loads(ticketbot(tmp_path, "ticket", "list", "--json").stdout)["client"] == "acme"


def test_a_wrong_password_and_a_dead_relay_end_with_69(server: MailServer, tmp_path: Path) -> None:
    ticketbot(tmp_path, "init", typed=answers(server))
    ticketbot(tmp_path, "desk", "apply", "desk.toml")

    (tmp_path / "support.secret").write_text("wrong\n")
    refused = ticketbot(tmp_path, "run", "--once")
    examined = ticketbot(tmp_path, "doctor")
    server.stop()
    away = ticketbot(tmp_path, "run", "--once", "--role", "poll")

    assert refused.returncode == away.returncode == examined.returncode == 69
    assert "NO  mailbox support" in examined.stdout
    for done in (refused, away):
        assert "wrong" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("ticketbot: the mailbox of support@desk.example")
