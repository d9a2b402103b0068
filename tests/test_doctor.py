"""The doctor's checks, one by one, without servers: what is wrong, and what to do about it."""

import shutil
import sys
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from ticketbot import doctor
from ticketbot.config import load_settings
from ticketbot.desk.apply import apply_desk
from ticketbot.deskfile import parse_desk
from ticketbot.doctor import Finding, Patient, Verdict, examine
from ticketbot.domain.errors import ConfigurationError, MailboxRefused
from ticketbot.inbound.pool import PooledReader
from ticketbot.outbound.smtp import Relay
from ticketbot.store.database import Store

NOW = datetime(2027, 3, 1, tzinfo=UTC)
DESK = '[desk]\nname = "X"\n[staff.ana]\nname = "Ana"\nemail = "ana@desk.example"\n'
SETTINGS = '[mailboxes.support]\naddress = "help@desk.example"\nhost = "localhost"\npassword = "x"\n'

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def patient(store: Store, tmp_path: Path) -> Patient:
    (tmp_path / "ticketbot.toml").write_text(SETTINGS)
    settings = load_settings(tmp_path / "ticketbot.toml", environ={})
    return Patient(settings=settings, store=store, accounts={}, relay=Relay(host=""), sender="help@desk.example")


def findings(patient: Patient) -> dict[str, Finding]:
    return {each.name: each for each in examine(patient, now=NOW)}


def test_a_desk_that_no_mailbox_can_hear_is_a_warning(patient: Patient) -> None:
    with patient.store.work() as work:
        apply_desk(parse_desk(DESK), work=work, now=NOW)

    found = findings(patient)["desk"]

    assert found.verdict is Verdict.WARNING
    assert found.found == "no mailbox reads support@desk.example"


def test_a_database_without_a_desk_file_names_the_command(patient: Patient) -> None:
    found = findings(patient)["desk"]

    assert (found.verdict, found.fix) == (Verdict.FAILED, "run `ticketbot desk apply desk.toml`")


def test_an_old_python_and_a_full_disk_are_warnings(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    version = namedtuple("version", "major minor micro")  # noqa: PYI024 - like sys.version_info
    monkeypatch.setattr(sys, "version_info", version(3, 11, 2))
    usage = shutil._ntuple_diskusage(100, 50, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    found = findings(patient)

    assert found["Python"].fix.startswith("install Python 3.11.15 or newer")
    assert found["disk"].verdict is Verdict.WARNING


def test_missing_time_zones_name_the_package(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(key: str) -> None:
        raise ZoneInfoNotFoundError(key)

    monkeypatch.setattr(doctor, "ZoneInfo", nowhere)

    assert findings(patient)["time zones"].fix == "install the package tzdata"


def test_it_says_how_the_children_that_read_mail_are_confined(patient: Patient) -> None:
    found = findings(patient)["reading mail"]

    assert "380 MB and 5 s of CPU at most" in found.found
    assert "kernel" in found.found


@pytest.mark.parametrize(
    ("ways", "verdict", "says"),
    [
        (
            "network namespace, system call filter, audit hook",
            Verdict.OK,
            "kernel refuses network, programs and all changes of files",
        ),
        ("network namespace, audit hook", Verdict.OK, "the kernel refuses the network"),
        ("audit hook", Verdict.WARNING, "not the kernel"),
    ],
)
def test_each_way_of_shutting_children_in_is_told_apart(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, ways: str, verdict: Verdict, says: str
) -> None:
    monkeypatch.setattr(PooledReader, "isolation", lambda _: ways)

    found = findings(patient)["reading mail"]

    assert (found.verdict, says in found.found) == (verdict, True)


def test_a_machine_that_lends_no_child_fails(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    found = findings(patient)["reading mail"]

    assert found.verdict is Verdict.FAILED
    assert "no child can be started" in found.found


def test_a_damaged_key_file_and_a_failed_letter_are_found(patient: Patient) -> None:
    patient.settings.security.key_file.write_text("nonsense")

    found = findings(patient)

    assert found["secrets"].verdict is Verdict.FAILED
    assert found["secrets"].exit_code == 78


@pytest.mark.parametrize(
    ("error", "found", "fix"),
    [
        (MailboxRefused("the login was refused (no): check the password"), "the login was refused (no)", "check the"),
        (ConfigurationError("no file; make one or name another"), "no file", "make one or name another"),
        (ConfigurationError("something is wrong"), "something is wrong", "look at the operator's guide"),
    ],
)
def test_our_own_sentences_are_taken_apart(
    database_kind: str, error: MailboxRefused | ConfigurationError, found: str, fix: str
) -> None:
    finding = doctor._broken("x", error)

    assert finding.found == found
    assert finding.fix.startswith(fix)
    assert finding.exit_code == error.exit_code
