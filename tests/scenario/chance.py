"""Stories by chance, each with what the oracle says of it."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.scenario.hours import DAY, Course, iso
from tests.scenario.oracle import Matter, Oracle, Person

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "UTC",
)
ROLES = {"ana": "hypercare_lead", "ben": "engineer", "chen": "support_lead", "dana": "manager", "ravi": "director"}
ON_CALL = "oncall@desk.example"
#: What a mail says, and what kind and severity the words mean (TK3, TK4); over urgent@ urgency is 1.
WORDS = (
    ("The {} fails", "incident", 3, 2),
    ("Nobody can open the {}, it is down", "incident", 1, 1),
    ("{} broken for all users", "incident", 2, 1),
    ("{} crashed, only me", "incident", 4, 3),
    ("{} is wrong, no rush", "incident", 4, 2),
    ("How do I print the {}?", "question", 4, 3),
    ("Is the {} ready?", "question", 4, 3),
)


@dataclass
class Told:
    """A story in its files, and what is to be expected of it: events as (id, how the ticket stands)."""

    story: Path
    desk: Path
    oracle: Oracle
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def a_story(folder: Path, seed: int, *, mails: int = 16) -> Told:
    """Write a story of about a week around a go-live, with its own desk; no two answers within 2 min (CM8)."""
    chance = Random(seed)
    course, people = _course(chance), _people(chance)
    told = Told(folder / f"story{seed}.json", folder / f"desk{seed}.toml", Oracle(course, people, on_call=ON_CALL))
    told.desk.write_text(_desk(course, people), encoding="utf-8")
    events: list[dict[str, Any]] = []
    now = course.starts_at + chance.choice((-3 * DAY, -DAY, 600))
    for count in range(1, mails + 1):
        now += chance.choice(
            (chance.randrange(150, 1800), chance.randrange(1800, 20_000), chance.randrange(3600, 90_000))
        )
        told.oracle.go_on(now)
        label, mail = _act(chance, told.oracle, now, count)
        events.append({"id": f"E{count}", "at": iso(now), "label": label, "mail": mail})
        told.events.append((f"E{count}", _standing(told.oracle, label)))
    told.oracle.go_on(now + 1)
    story = {"schema": "ticketbot-story/1", "until": iso(now), "events": events}
    told.story.write_text(json.dumps(story), encoding="utf-8")
    return told


def _course(chance: Random) -> Course:
    day = date(2027, 1, 4) + timedelta(days=chance.randrange(300))
    holidays = frozenset(day + timedelta(days=chance.randrange(-4, 12)) for _ in range(2))
    profile, days = chance.choice((("command30_90", 30), ("focused14", 30), ("none", 0)))
    hour = chance.choice((0, 6, 14))
    return Course(datetime(day.year, day.month, day.day, hour), ZoneInfo(chance.choice(ZONES)), profile, days, holidays)  # noqa: DTZ001 - a wall time


def _people(chance: Random) -> dict[str, Person]:
    return {name: Person(f"{name}@desk.example", role, ZoneInfo(chance.choice(ZONES))) for name, role in ROLES.items()}


def _desk(course: Course, people: dict[str, Person]) -> str:
    lines = ["[desk]", 'name = "Desk"', 'timezone = "UTC"', f'oncall = "{ON_CALL}"']
    for name, person in people.items():
        lines += [f"[staff.{name}]", f'name = "{name.title()}"', f'email = "{person.address}"']
        lines += [f'role = "{person.role}"', f'timezone = "{person.zone.key}"']
    lines += ["[holidays]", f"acme = [{', '.join(str(day) for day in sorted(course.holidays))}]"]
    lines += ["[clients.acme]", 'name = "Acme"', 'domains = ["acme.example"]', f'timezone = "{course.zone.key}"']
    lines += ['contacts = [{ address = "mara@acme.example" }, { address = "vera@acme.example", roles = ["vip"] }]']
    lines += ['[launches."acme/hr"]', 'name = "HR"', f"go_live = {course.go_live.isoformat()}"]
    lines += [f"customised = {str(course.profile != 'none').lower()}", f'profile = "{course.profile}"']
    complexity = {"focused14": "very_high"}.get(course.profile, "medium")
    return "\n".join([*lines, f'complexity = "{complexity}"']) + "\n"


def _act(chance: Random, oracle: Oracle, now: int, count: int) -> tuple[str, dict[str, Any]]:
    """Let somebody do something, and tell the oracle; return the mail."""
    labels = [label for label, matter in oracle.matters.items() if matter.state in {"new", "open", "reopened"}]
    waiting = [label for label, matter in oracle.matters.items() if label not in labels]
    if not oracle.matters or chance.random() < 0.3:
        return _opens(chance, oracle, now)
    label = chance.choice(waiting if waiting and (not labels or chance.random() < 0.35) else labels)
    matter = oracle.matters[label]
    if matter.state in {"resolved", "closed"} or chance.random() < 0.3:
        oracle.client_writes(label, now)
        sender = "vera@acme.example" if matter.is_vip else "mara@acme.example"
        mail = {"from": sender, "to": "support@desk.example", "subject": "Re:", "body": f"More on it: {count}."}
        return label, mail | {"in_reply_to": f"last mail to the client on {label}"}
    who = chance.choice(("ana", "ben", "chen"))
    mail = {"from": f"{who}@desk.example", "to": f"{{reply:{label}}}", "body": f"We looked at it: {count}."}
    deed = chance.choice(("answer", "answer", "ask", "solve", "priority"))
    reached: list[Any] = []
    if deed == "priority" and matter.state != "pending_client" and matter.latest("RES") is not None:
        priority = chance.choice((1, 2, 3))
        mail["body"] = f"#priority P{priority} they called\n\n{mail['body']}"
        reached = oracle.reprioritises(label, priority, now)
    if deed == "ask":
        mail["body"] = f"#pending\n\n{mail['body']}"
        oracle.asks(matter, who, now)
    elif deed == "solve":
        mail["body"] = f"#resolve\n\n{mail['body']}"
        oracle.solves(matter, who, now)
    else:
        oracle.answers(matter, who, now)
    for about, promise, percent in reached:
        if promise.state == "running":
            oracle.tell(about, promise, percent, now)
    return label, mail


def _opens(chance: Random, oracle: Oracle, now: int) -> tuple[str, dict[str, Any]]:
    label = f"T{len(oracle.matters) + 1:02}"
    words, kind, severity, urgently = chance.choice(WORDS)
    is_urgent, is_vip = chance.random() < 0.25, chance.random() < 0.25
    oracle.opens(label, Matter(kind, urgently if is_urgent else severity, is_urgent, is_vip), now)
    address = "vera@acme.example" if is_vip else "mara@acme.example"
    subject = words.format(f"list {label}")
    to = "urgent@desk.example" if is_urgent else "support@desk.example"
    return label, {"from": address, "to": to, "subject": subject, "body": f"It is list {label}."}


def _standing(oracle: Oracle, label: str) -> dict[str, Any]:
    matter = oracle.matters[label]
    return {
        "ticket": label,
        "kind": matter.kind,
        "severity": f"S{matter.severity}",
        "state": matter.state,
        "priority": f"P{matter.priority}",
        "clocks": [promise.shown() for promise in matter.promises],
    }
