"""A launch of our own played to both of its gates: every figure is checked by hand arithmetic (GT1 to GT4)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ticketbot.deskfile import read_desk
from ticketbot.sandbox.rehearse import rehearse
from ticketbot.sandbox.story import Story, StoryEvent, StoryMail

DESK = Path(__file__).parent / "desk.toml"
SUPPORT = "support@desk.example"
MARA, JONAS, PIA, TOM, SVEN = (f"{name}@acme.example" for name in ("mara", "jonas", "pia", "tom", "sven"))
ANA, BEN, CHEN = (f"{name}@desk.example" for name in ("ana", "ben", "chen"))
MONITOR, ALERTS = "nagios@monitoring.example", "alerts@desk.example"
#: When, about which ticket, from whom, to whom, which subject and which words.
Dated = tuple[str, str | None, str, str, str | None, str]


def mails() -> Iterator[Dated]:
    """Yield the story."""
    # The first seven days bring five matters, all answered, resolved, and rated 5, 5 and 4.
    for number, (day, sender, subject) in enumerate(
        [
            ("01", MARA, "Approval of travel hangs"),
            ("02", JONAS, "Letterhead shows the old logo"),
            ("03", PIA, "Timesheet totals look odd"),
            ("04", TOM, "Colleague cannot open the org chart"),
            ("05", MARA, "Badge numbers are shortened"),
        ],
        start=1,
    ):
        yield f"03-{day} 09:00", f"A{number}", sender, SUPPORT, subject, "Please look at it."
        yield f"03-{day} 09:10", f"A{number}", BEN, f"{{reply:A{number}}}", None, "#resolve\n\nDone."
        if number <= 3:
            score = 4 if number == 3 else 5
            yield (
                f"03-{day} 12:00",
                f"A{number}",
                sender,
                f"csat+{score}.{{token:A{number}}}@desk.example",
                "Rating",
                "",
            )
    # The last seven days before the gate bring four: of four first answers one is late, of four resolutions one.
    yield "03-24 09:00", "Q", TOM, SUPPORT, "How do I order a badge?", "I see no button."
    yield "03-24 09:30", "Q", ANA, "{reply:Q}", None, "#resolve\n\nUnder Requests."
    yield "03-25 08:00", "D", JONAS, SUPPORT, "Documents of leavers are wrong", "Forty of them."
    yield "03-25 09:00", "D", BEN, "{reply:D}", None, "#concern\n\nWe load them again, batch by batch."
    yield (
        "03-28 00:40",
        "S",
        "nagios@monitoring.example",
        "alerts@desk.example",
        "CRITICAL payroll-sync: 3 failed",
        "log",
    )
    yield "03-28 00:45", "P", MARA, SUPPORT, "Nobody can log in", "Since midnight all users are blocked."
    yield "03-28 00:50", "P", BEN, "{reply:P}", None, "#resolve\n\nA certificate had ended; it is renewed."
    yield "03-28 00:55", "S", BEN, "{reply:S}", None, "#resolve\n\nFollowed from the certificate."
    yield "03-28 02:50", "S", MONITOR, ALERTS, "OK payroll-sync: 0 failed", "log"
    # The week that was added: the documents are right, and it stays calm.
    yield "04-01 08:00", "D", BEN, "{reply:D}", None, "#resolve\n#concern done\n\nAll forty are right now."


def play(mails: Iterable[Dated], *, until: datetime) -> list[dict[str, Any]]:
    events = []
    for number, (when, label, sender, to, subject, body) in enumerate(mails):
        mail = StoryMail(sender=sender, to=to, subject=subject, body=body, headers={})
        at = datetime.fromisoformat(f"2027-{when}").replace(tzinfo=UTC)
        events.append(StoryEvent(id=f"G{number:02}", at=at, mail=mail, label=label))
    events.sort(key=lambda event: event.at)
    return rehearse(Story(events=tuple(events), until=until), read_desk(DESK))


@cache
def played() -> list[dict[str, Any]]:
    return play(mails(), until=datetime(2027, 4, 8, tzinfo=UTC))


def gates() -> list[dict[str, Any]]:
    return [line for line in played() if line["type"] == "gate"]


def test_two_gates_are_decided_at_noon_a_business_day_before_the_end() -> None:
    told = [(line["at"], line["launch"], line["kind"], line["decision"], line.get("new_end")) for line in gates()]

    assert told == [
        ("2027-03-30T10:00:00Z", "acme/hr", "exit", "extend", "2027-04-06T22:00:00Z"),
        ("2027-04-06T10:00:00Z", "acme/hr", "exit", "exit", None),
    ]


def test_the_first_gate_refuses_for_one_open_matter_and_too_little_calm() -> None:
    first = gates()[0]

    assert first["blockers"] == ["G2", "G3", "G4"]
    assert first["criteria"] == {
        "G1": {"met": True, "value": 0, "needed": 0},
        "G2": {"met": False, "value": 1, "needed": 0, "tickets": ["D"]},
        "G3": {"met": False, "value": 57.25, "needed": 168},
        "G4": {"met": False, "value": 1, "needed": 0, "tickets": ["D"]},
    }


@pytest.mark.parametrize(
    ("part", "points", "why"),
    [
        ("W1", 0, "answered in time Q, S, P of Q, D, S, P: (.75 - .80) / .15 is below 0"),
        ("W2", 5, "resolved in time Q, S, P; D was due on 25 March 16:00: (.75 - .70) / .20 = .25 of 20"),
        ("W3", 6, "four after five: (1 - .8) / .5 = .4 of 15"),
        ("W4", 10, "D is open for 16 and a half working hours since 25 March 09:00 local"),
        ("W5", 5, "nothing was opened again"),
        ("W6", 10, "nothing came three times"),
        ("W7", 10, "5, 5 and 4 are 4.67: (4.67 - 3) / 1.2 is above 1"),
        ("W8", 0, "red until 28 March 02:50, 55 hours ago"),
        ("W9", 1.25, "one item of four"),
    ],
)
def test_each_part_of_the_first_score(part: str, points: float, why: str) -> None:
    assert gates()[0]["parts"][part] == points, why


def test_the_first_score_is_the_sum_and_not_rounded_before() -> None:
    assert gates()[0]["score"] == 0 + 5 + 6 + 10 + 5 + 10 + 10 + 0 + 1.25 == 47.25


def test_the_second_gate_passes_after_a_calm_week() -> None:
    second = gates()[1]

    assert second["blockers"] == []
    assert second["criteria"]["G3"] == {"met": True, "value": 225.25, "needed": 168}
    # In its seven days nothing came and nothing fell due: 20 + 20 + 15; nothing is old, came back or recurred:
    # 10 + 5 + 10; the ratings are more than thirty days old: 5; all is green: 5; three of four items: 3.75.
    assert second["score"] == 93.75


def test_hypercare_ends_a_week_later_and_the_handover_stays() -> None:
    phases = [(line["launch"], line["at"], line["to"]) for line in played() if line["type"] == "phase"]

    assert ("acme/hr", "2027-04-06T22:00:00Z", "transition") in phases
    assert ("acme/hr", "2027-03-30T22:00:00Z", "transition") not in phases


def test_the_gate_comes_before_the_phase_of_its_instant_in_the_account() -> None:
    order = [line["type"] for line in played() if line["at"] == "2027-03-30T10:00:00Z"]

    assert order[0] == "gate"


def test_every_mail_of_the_story_was_understood() -> None:
    assert not [line for line in played() if line["type"] == "event" and "error" in line]
    assert not [line for line in played() if line["type"] == "event" and "reason" in line]


SIGNED = ("05-20 08:00", None, SVEN, "signoff+{token:hr}@desk.example", "Signed off", "We are content.")
ACCEPTED = ("05-21 08:00", None, CHEN, SUPPORT, "launch", "#accept acme/hr we know it well")
ASKED = ("05-25 08:00", "L", TOM, SUPPORT, "How do I export a list?", "I see no button.")


def settled_by(person: str) -> Dated:
    return ("05-25 09:00", "L", person, "{reply:L}", None, "#resolve\n\nUnder File.")


@pytest.mark.parametrize(
    ("mails", "blockers"),
    [
        ((SIGNED, ACCEPTED, ASKED, settled_by(CHEN)), []),
        ((SIGNED, ACCEPTED), []),
        ((ACCEPTED, ASKED, settled_by(CHEN)), ["G5"]),
        ((SIGNED, ASKED, settled_by(CHEN)), ["G6"]),
        ((SIGNED, ACCEPTED, ASKED, settled_by(BEN)), ["G7"]),
    ],
    ids=["all three", "nothing to settle", "not signed", "not accepted", "settled by hypercare"],
)
def test_the_handover_asks_for_signature_acceptance_and_a_team_that_helps_itself(
    mails: tuple[Dated, ...], blockers: list[str]
) -> None:
    lines = play(mails, until=datetime(2027, 6, 1, tzinfo=UTC))

    exit_, handover = (line for line in lines if line["type"] == "gate" and line["launch"] == "acme/hr")
    assert (exit_["decision"], exit_["at"]) == ("exit", "2027-03-30T10:00:00Z")
    assert (handover["kind"], handover["at"]) == ("handover", "2027-05-28T10:00:00Z")
    assert handover["blockers"] == blockers
    assert handover["decision"] == ("extend" if blockers else "exit")
    assert handover.get("new_end") == ("2027-06-05T22:00:00Z" if blockers else None)
    standard = [line["at"] for line in lines if line["type"] == "phase" and line["launch"] == "acme/hr"][-1]
    assert (standard == "2027-05-29T22:00:00Z") is not bool(blockers)
