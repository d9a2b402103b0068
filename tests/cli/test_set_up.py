"""`ticketbot init`, `doctor`, `healthcheck` and `run`, as far as they go without a server."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from ticketbot.config import load_settings
from ticketbot.deskfile import read_desk
from ticketbot.store.database import open_store

ANSWERS = (
    "support@desk.example",  # address
    "", "", "", "",  # IMAP server, protection, port, user name
    "hunter2",  # password
    "", "", "", "",  # the relay, likewise
    "y",  # the same password
    "Example Support",
    "Europe/Berlin",
    "Ana Silva",
    "ana@desk.example",
    "Acme Recruiting GmbH",
    "acme.example",
    "2027-03-01",
)  # fmt: skip


def typed(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_writes_a_configuration_that_works(run: Run, here: Path) -> None:
    result = run("init", "--no-try", typed=typed(*ANSWERS))

    assert result.exit_code == 0, result.stderr
    settings = load_settings(here / "ticketbot.toml", environ={})
    assert settings.mailboxes["support"].host == "imap.desk.example"
    assert settings.mailboxes["support"].secret == settings.relay.secret == "hunter2"
    assert settings.relay.port == 587
    desk = read_desk(here / "desk.toml").desk
    assert desk.staff["ana"].role == "hypercare_lead"
    assert desk.clients["acme"].domains == ("acme.example",)
    assert list(desk.launches) == ["acme/main"]
    assert stat.S_IMODE((here / "support.secret").stat().st_mode) == 0o600
    assert "hunter2" not in (here / "ticketbot.toml").read_text()
    assert run("desk", "apply", "desk.toml").exit_code == 0


def test_init_keeps_asking_until_an_answer_is_right(run: Run, here: Path) -> None:
    answers = list(ANSWERS)
    answers[:1] = ["not an address", "support@desk.example"]
    position = answers.index("acme.example")
    answers[position:position] = ["desk.example"]
    zone = answers.index("Europe/Berlin")
    once_more = [*answers[:zone], "Europe/Berlyn", *answers[zone + 1 :], *answers[zone - 1 :]]

    result = run("init", "--no-try", typed=typed(*once_more))

    assert result.exit_code == 0, result.stderr
    assert "write one address such as" in result.stdout
    assert "that is the desk's own domain" in result.stdout
    assert "is no time zone; did you mean Europe/Berlin?" in result.stdout


def test_init_takes_a_desk_without_clients_and_two_passwords(run: Run, here: Path) -> None:
    answers = [*ANSWERS[:10], "n", "letmein", *ANSWERS[11:15], ""]

    result = run("init", "--no-try", "--dir", "etc", typed=typed(*answers))

    assert result.exit_code == 0, result.stderr
    settings = load_settings(here / "etc" / "ticketbot.toml", environ={})
    assert (settings.mailboxes["support"].secret, settings.relay.secret) == ("hunter2", "letmein")
    assert "--config etc/ticketbot.toml" in result.stdout
    assert not read_desk(here / "etc" / "desk.toml").desk.clients


def test_init_overwrites_nothing(run: Run, folder: Path) -> None:
    result = run("init")

    assert result.exit_code == 1
    assert result.stderr == "ticketbot: ticketbot.toml exists; remove it or choose another folder with --dir\n"


def test_init_that_is_broken_off_writes_nothing(run: Run, here: Path) -> None:
    result = run("init", "--no-try", typed=typed(*ANSWERS[:8]))

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "ticketbot: interrupted"
    assert list(here.iterdir()) == []


def test_the_doctor_numbers_its_findings_and_says_what_to_do(run: Run, folder: Path) -> None:
    (folder / "ticketbot.toml").write_text('[database]\nurl = "sqlite:///ticketbot.db"\n')

    result = run("doctor")

    assert result.exit_code == 78
    assert " 1. " in result.stdout
    assert "NO  database: it is empty\n        run `ticketbot db upgrade`" in result.stdout
    assert "NO  mailboxes: none is set\n        add [mailboxes.support] to ticketbot.toml" in result.stdout
    assert "NO  relay: none is set" in result.stdout


def test_the_doctor_speaks_json_and_warns_of_open_secrets(run: Run, desk: Path) -> None:
    (desk / "ticketbot.toml").write_text(
        '[relay]\nhost = "localhost"\ntls = "none"\nusername = "x"\npassword_file = "support.secret"\n'
        '[database]\nurl = "sqlite:///ticketbot.db"\n'
    )
    (desk / "support.secret").chmod(0o644)
    (desk / "ticketbot.toml").write_text(
        (desk / "ticketbot.toml").read_text().replace('host = "localhost"', 'host = ""')
    )

    findings = [json.loads(line) for line in run("doctor", "--json").stdout.splitlines()]

    by_check = {each["check"]: each for each in findings}
    assert by_check["secrets"]["verdict"] == "warning"
    assert by_check["secrets"]["fix"] == f"chmod 600 {desk / 'support.secret'}"
    assert by_check["database"]["verdict"] == by_check["desk"]["verdict"] == "ok"
    assert [each["number"] for each in findings] == list(range(1, len(findings) + 1))


def test_the_doctor_points_to_what_waits_for_a_person(run: Run, desk: Path) -> None:
    store = open_store(f"sqlite:///{desk / 'ticketbot.db'}")
    now = datetime(2027, 1, 1, tzinfo=UTC)
    with store.work() as work:
        row, _ = work.inbox.keep(b"x", mailbox="support", channel="normal", received_at=now, now=now)
        row.state = "quarantined"
    store.close()
    (desk / "ticketbot.toml").write_text('[database]\nurl = "sqlite:///ticketbot.db"\n')

    assert (
        "quarantine: 1 mails wait there\n        look at `ticketbot mail list --state quarantined`"
        in run("doctor").stdout
    )


def test_a_service_that_does_not_run_is_not_well(run: Run, desk: Path) -> None:
    result = run("healthcheck")
    facts = json.loads(run("healthcheck", "--json").stdout)

    assert result.exit_code == 1
    assert result.stderr == "the service does not run\nmailbox support was never read\n"
    assert facts == {"is_well": False, "problems": ["the service does not run", "mailbox support was never read"]}


def test_run_demands_a_mailbox_and_a_relay(run: Run, folder: Path) -> None:
    (folder / "ticketbot.toml").write_text("")

    result = run("run", "--once")

    assert result.exit_code == 78
    assert "no mailbox is set: add [mailboxes.support]" in result.stderr


def test_run_upgrades_an_empty_database_unless_told_not_to(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKETBOT_DATABASE__AUTO_MIGRATE", "false")
    refused = run("run", "--once", "--role", "process")
    monkeypatch.delenv("TICKETBOT_DATABASE__AUTO_MIGRATE")
    served = run("run", "--once", "--role", "process")

    assert refused.exit_code == 78
    assert served.exit_code == 0, served.stderr
    assert "up to date" in run("db", "current").stdout
