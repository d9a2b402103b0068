"""Monitors: whose mail it is, and what it says."""

import pytest

from ticketbot.domain.kinds import Severity
from ticketbot.domain.monitors import Monitor, Reading, monitor_of, reading_of

SYNC = Monitor(
    name="payroll-sync",
    group="integration",
    subject=r"^(?P<state>CRITICAL|WARNING|OK) (?P<monitor>[\w-]+):",
    severity={"CRITICAL": 2, "WARNING": 3},
)
DISK = Monitor(name="disk", sender="Nagios@acme.example", body=r"^State: (?P<state>\w+)", severity={"DOWN": 1})


def read(subject: str = "", body: str = "", sender: str = "monitor@acme.example") -> Reading | None:
    return reading_of([SYNC, DISK], sender=sender, subject=subject, body=body)


@pytest.mark.parametrize(
    ("subject", "reading"),
    [
        ("CRITICAL payroll-sync: 3 records failed", ("payroll-sync", "CRITICAL", Severity.S2)),
        ("WARNING payroll-sync: slow", ("payroll-sync", "WARNING", Severity.S3)),
        ("OK payroll-sync: recovered", ("payroll-sync", "OK", None)),
        ("CRITICAL other-sync: failed", None),
        ("Re: CRITICAL payroll-sync: failed", None),
        ("Lunch?", None),
    ],
)
def test_the_subject_says_which_and_how(subject: str, reading: tuple[str, str, Severity | None] | None) -> None:
    found = read(subject)

    assert (found and (found.monitor, found.state, found.severity)) == reading


def test_the_text_says_it_where_the_rule_looks_there_and_only_from_its_sender() -> None:
    body = "Hello,\nState: DOWN\n"

    found = read(body=body, sender="nagios@ACME.example")

    assert found == Reading(monitor="disk", state="DOWN", severity=Severity.S1)
    assert found.is_red
    assert read(body=body) is None


def test_a_rule_whose_state_is_left_out_says_nothing() -> None:
    loose = Monitor(name="x", subject=r"alert(?P<state>!)?", severity={})

    assert reading_of([loose], sender="a@b.example", subject="alert", body="") is None


def test_a_monitor_is_what_the_store_keeps() -> None:
    facts = {"group": "integration", "subject": SYNC.subject, "body": None, "sender": None, "severity": SYNC.severity}

    assert monitor_of("payroll-sync", facts) == SYNC
