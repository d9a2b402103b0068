"""The page that a rehearsal is for people."""

from typing import Any

import pytest

from ticketbot.cli.options import printable
from ticketbot.cli.rehearsal import Page
from ticketbot.deskfile import parse_desk

DESK = parse_desk("""\
[desk]
name = "Example Support"
timezone = "Europe/Berlin"
[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "hypercare_lead"
timezone = "America/New_York"
[staff.ben]
name = "Ben Roth"
email = "ben@desk.example"
role = "engineer"
[clients.acme]
name = "Acme"
domains = ["acme.example"]
timezone = "Asia/Tokyo"
[launches."acme/hr"]
name = "Acme HR"
go_live = 2027-03-01T06:00:00
profile = "command30_90"
""").desk
END = {"type": "final", "at": "2027-03-05T00:00:00Z", "tickets": {}}
EVENT = {"type": "event", "at": "2027-03-02T01:00:00Z", "id": "E1", "ticket": "A", "launch": "acme/hr", "letters": []}
GATE = {
    "type": "gate",
    "at": "2027-03-03T03:00:00Z",
    "launch": "acme/hr",
    "kind": "exit",
    "decision": "extend",
    "score": 55,
    "threshold": 75,
    "blockers": ["G2"],
    "criteria": {"G2": {"met": False, "value": 1, "needed": 0, "tickets": ["A"]}},
}


def page(*lines: dict[str, Any], end: dict[str, Any] = END) -> list[str]:
    return [" ".join(line.split()) for line in Page(desk=DESK).lines([*lines, end])]


def reminder(to: str, **more: Any) -> dict[str, Any]:
    at = "2027-03-02T23:00:00Z"
    return {"type": "letter", "at": at, "code": "REMIND", "ticket": "A", "to": [to], "send_at": at, "clock": "RES",
            "cycle": 1, "pct": 75} | more  # fmt: skip


def test_a_held_reminder_stands_where_it_goes_with_the_hour_of_its_reader() -> None:
    told = page(EVENT, reminder("ana@desk.example", send_at="2027-03-03T12:00:00Z", held="quiet hours"), GATE)

    at = told.index(
        "12:00Z Wed 21:00 Tokyo → REMIND A resolution 75 % to ana · reached Tue 23:00Z, "
        "held to Wed 07:00 New York (quiet hours)"
    )
    assert at > next(index for index, line in enumerate(told) if "exit gate" in line)


def test_a_late_reminder_that_nobody_held_says_by_how_much() -> None:
    assert page(reminder("ana@desk.example", send_at="2027-03-03T01:10:00Z"))[2].endswith("went 2 h 10 min later")


def test_readers_of_one_step_stand_in_one_line() -> None:
    told = page(EVENT, reminder("ana@desk.example"), reminder("ben@desk.example", clock="FR"), reminder("x@y.example"))

    assert "23:00Z Wed 08:00 Tokyo → REMIND A resolution 75 % to ana, x@y.example" in told
    assert "→ REMIND A first answer 75 % to ben" in told


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            {"new_end": "2027-03-10T15:00:00Z"},
            "fails: the phase is extended, new end Wed 10 Mar 15:00Z (Thu 00:00 Tokyo) · score 55 of 75",
        ),
        ({"stays": True}, "fails and the phase stays: a manager must say #extend or #exit · score 55 of 75"),
        ({"decision": "exit", "blockers": []}, "passes · score 55 of 75"),
    ],
)
def test_a_gate_says_what_it_decided_and_why(more: dict[str, Any], says: str) -> None:
    told = page(GATE | more)

    assert f"03:00Z Wed 12:00 Tokyo acme/hr exit gate {says}" in told
    assert ("blocked by G2 open high tickets 1, needed 0: A" in told) is bool((GATE | more)["blockers"])


def test_a_phase_names_the_tickets_that_it_raises_with_their_due_times() -> None:
    raised = {"ticket": "A", "priority_from": "P3", "priority_to": "P2", "due": {"RES": "2027-03-02T08:00:00Z"}}
    kept = {"ticket": "B", "priority_from": "P1", "priority_to": "P1", "due": {}}

    told = page({"type": "phase", "at": "2027-03-01T00:00:00Z", "launch": "acme/hr", "to": "hypercare",
                 "day_index": 0, "open_tickets": [raised, kept]})  # fmt: skip

    assert told[2:5] == [
        "00:00Z Mon 09:00 Tokyo acme/hr enters hypercare, day 0",
        "A P3 → P2: resolution due Tue 2 Mar 08:00Z (Tue 17:00 Tokyo)",
        "B P1",
    ]


def test_what_commands_were_answered_stands_below_their_mail() -> None:
    refused = EVENT | {"reason": ["#resolv: there is no command “#resolv”; perhaps: #resolve"]}

    told = page(refused, EVENT | {"id": "E2", "said": ["T-1001 is P1 now.", "It was told."]})

    assert "refused #resolv: there is no command “#resolv”; perhaps: #resolve" in told
    assert told.index("It was told.") == told.index("answered T-1001 is P1 now.") + 1


def test_the_end_counts_promises_and_tickets_and_names_each_miss() -> None:
    def clock(name: str, **more: Any) -> dict[str, Any]:
        return {"clock": name, "state": "stopped", "met": True, "due_at": "2027-03-02T02:00:00Z",
                "stopped_at": "2027-03-02T05:15:00Z"} | more  # fmt: skip

    clocks = [
        clock("FR"),
        clock("NR", met=False),
        clock("RES", met=None, state="running", stopped_at=None),
        clock("UPD", met=False, due_at=None),
        clock("FR", met=None, state="void"),
        clock("RES", met=None, state="paused", due_at=None, stopped_at=None),
    ]
    ticket = {"state": "pending_client", "priority": "P2", "clocks": clocks}

    told = page(EVENT, end=END | {"tickets": {"A": ticket}})

    assert "first answer 1 0 0 0" in told
    assert "next answer 0 1 0 0" in told
    assert "resolution 0 0 1 1" in told
    assert "pending client 1 A" in told
    assert told[-3:] == [
        "A P2 update: missed before it rested",
        "A P2 next answer: due Tue 2 Mar 02:00Z (Tue 11:00 Tokyo), 3 h 15 min too late",
        "A P2 resolution: due Tue 2 Mar 02:00Z (Tue 11:00 Tokyo), 2 d 22 h too late, still running",
    ]


def test_a_week_in_figures() -> None:
    counts = {name: {"met": 2, "missed": 1} for name in ("FR", "NR", "RES", "UPD")}
    week = {"type": "digest", "at": "2027-03-02T07:00:00Z", "received": 5, "resolved": 4, "reopened": 1,
            "open_at_end": 3, "clocks": counts}  # fmt: skip

    assert "the week: received 5, resolved 4, reopened 1, open 3 · promises kept 8, missed 4" in page(week)[2]


def test_no_sign_of_a_line_steers_a_terminal_or_breaks_it() -> None:
    assert printable("one\r\ntwo\tthree") == "one two three"
    assert printable("a\x1b[2Jb") == "a�[2Jb"
