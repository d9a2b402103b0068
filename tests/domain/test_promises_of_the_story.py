"""The story's three weeks, played through the rules alone: no mail, no database (scenario/expected.json)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ticketbot.domain.calendars import Schedule, add_working, local_date
from ticketbot.domain.clocks import Clocks, ClockState, Terms, clock_facts, current
from ticketbot.domain.figures import ClockRow, TicketRow, attainment, flow, row_of, week_before
from ticketbot.domain.kinds import Channel, Severity, TicketKind, classify_ticket, is_pure_thanks
from ticketbot.domain.ladder import Told, due_steps, next_threshold, send_at, told
from ticketbot.domain.lifecycle import OPEN_STATES, PAUSED_STATES, Act, TicketState, chased_at, move
from ticketbot.domain.phases import Phase, PlanEvent, PlanEventKind
from ticketbot.domain.plans import PhasePlan
from ticketbot.domain.policy import Policy, default_policy
from ticketbot.domain.priority import Priority, priority_of, raised
from ticketbot.domain.profiles import Complexity, plan_for, profile_name
from ticketbot.domain.releases import release_window
from ticketbot.domain.sla import (
    on_call,
    on_client_mail,
    on_opened,
    on_pending,
    on_public_reply,
    on_raised,
    on_resolved,
)

SCENARIO = Path(__file__).resolve().parents[3] / "shared" / "scenario"
pytestmark = pytest.mark.skipif(not SCENARIO.is_dir(), reason="the scenario folder is not beside this checkout")
PEOPLE = {Told.ON_CALL: "oncall", Told.LEAD: "ana", Told.MANAGER: "dana", Told.DIRECTOR: "ravi"}
COMMANDS = {"resolve": Act.RESOLVE, "pending": Act.PENDING, "release": Act.RELEASE}


def facts(name: str) -> Any:
    return json.loads((SCENARIO / f"{name}.json").read_text())


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def policy() -> Policy:
    return default_policy(ZoneInfo(facts("desk")["config"]["org_tz"]))


def plan_named(name: str) -> PhasePlan:
    launch = facts("desk")["launches"][name]
    return plan_for(
        policy().profiles[profile_name(customised=launch["customised"], chosen=launch["profile"])],
        go_live=datetime.fromisoformat(launch["go_live_local"]),
        zone=ZoneInfo(launch["tz"]),
        complexity=Complexity(launch["complexity"]),
    )


def schedules(client: str, zone: ZoneInfo) -> dict[str, Schedule]:
    holidays = frozenset(map(date.fromisoformat, facts("desk")["holidays"][client]))
    return {
        name: Schedule(calendar=calendar, zone=zone, holidays=holidays) for name, calendar in policy().calendars.items()
    }


@dataclass(kw_only=True)
class Played:
    """A ticket as the story left it."""

    label: str
    kind: TicketKind
    channel: Channel
    severity: Severity
    priority: Priority
    impact: int
    urgency: int
    requester: str
    created_at: datetime
    clocks: Clocks
    state: TicketState = TicketState.NEW
    owner: str | None = None
    resolved_at: tuple[datetime, ...] = ()
    recorded: dict[tuple[str, int], int] = field(default_factory=dict)


class Rehearsal:
    """A desk of rules only: it plays dated mails and writes down what the rules say."""

    def __init__(self) -> None:
        self.policy = policy()
        self.plan = plan_named("hr")
        self.schedules = schedules("acme", self.plan.zone)
        self.staff: Mapping[str, Any] = facts("desk")["staff"]
        self.contacts: Mapping[str, str] = facts("desk")["clients"]["acme"]["contacts"]
        self.tickets: dict[str, Played] = {}
        self.reminders: list[dict[str, Any]] = []
        self.chases: dict[str, datetime] = {}
        self.after: dict[str, dict[str, Any]] = {}
        self.raises: list[dict[str, Any]] = []

    def play(self, events: list[Any], until: datetime) -> None:
        boundaries = [boundary for boundary in self.plan.boundaries() if boundary.phase is Phase.HYPERCARE]
        for event in events:
            at = instant(event["at"])
            while boundaries and boundaries[0].at <= at:
                self.enter_hypercare(boundaries.pop(0).at)
            self.remind(at)
            self.take(event, at)
        self.remind(until)

    def terms(self, ticket: Played, at: datetime) -> Terms:
        phase = self.plan.phase_at(at)
        targets = self.policy.targets_for(phase, ticket.priority, profile="command30_90", client="acme")
        return Terms(kind=ticket.kind, phase=phase, priority=ticket.priority, targets=targets, schedules=self.schedules)

    def rank(self, ticket: Played, at: datetime) -> tuple[Priority, tuple[str, ...]]:
        is_vip = "vip" in self.contacts.get(ticket.requester, "")
        return priority_of(
            severity=ticket.severity,
            kind=ticket.kind,
            phase=self.plan.phase_at(at),
            channel=ticket.channel,
            is_vip=is_vip,
        )

    def enter_hypercare(self, at: datetime) -> None:
        self.remind(at)
        for ticket in self.tickets.values():
            if ticket.state in OPEN_STATES:
                before = ticket.priority
                if found := raised(ticket.priority, by=self.rank(ticket, at)):
                    ticket.priority = found[0]
                ticket.clocks = on_raised(ticket.clocks, at=at, terms=self.terms(ticket, at), cause="hypercare")
                due = {name.value: clock.due_at for name, clock in current(ticket.clocks).items()}
                self.raises.append({"ticket": ticket.label, "from": before, "to": ticket.priority, "due": due})

    def remind(self, until: datetime) -> None:
        """Tell of every threshold that lies before *until*, in order of time."""
        while found := min(self._next(until), default=None, key=lambda each: (each[0], each[1], each[2])):
            at, label, name, cycle = found
            ticket = self.tickets[label]
            clock = next(each for each in ticket.clocks if (each.name.value, each.cycle) == (name, cycle))
            steps = due_steps(clock, self.policy, recorded=ticket.recorded.get((name, cycle), 0), now=at)
            ticket.recorded[name, cycle] = steps[-1].percent
            self.reminders.append(
                {
                    "ticket": label,
                    "clock": name,
                    "cycle": cycle,
                    "pct": steps[-1].percent,
                    "type": "BREACH" if steps[-1].is_breach else "REMIND",
                    "at_utc": at,
                    "priority": ticket.priority.value,
                    "to": [
                        self._sent(ticket, who, at) for who in told(steps[-1].percent, has_owner=bool(ticket.owner))
                    ],
                }
            )

    def _next(self, until: datetime) -> Iterator[tuple[datetime, str, str, int]]:
        for ticket in self.tickets.values():
            for clock in ticket.clocks:
                key = (clock.name.value, clock.cycle)
                at = next_threshold(clock, self.policy, recorded=ticket.recorded.get(key, 0))
                if at is not None and at < until:
                    yield at, ticket.label, *key

    def _sent(self, ticket: Played, who: Told, at: datetime) -> tuple[str, datetime]:
        name = PEOPLE.get(who) or ticket.owner or ""
        zone = ZoneInfo(self.staff[name]["tz"]) if name in self.staff else UTC
        assert isinstance(zone, ZoneInfo) or who is Told.ON_CALL
        local = zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")
        return name, send_at(at, zone=local, priority=ticket.priority, who=who, quiet=self.policy.quiet_staff)

    def take(self, event: Any, at: datetime) -> None:
        mail, label = event["mail"], event.get("label")
        sender = mail["from"].partition("@")[0]
        ticket = self.tickets.get(label)
        if mail["to"].startswith("csat") or mail.get("headers", {}).get("Auto-Submitted"):
            pass
        elif sender in self.staff:
            self.staff_mail(ticket, label, sender, mail, at)
        elif label and ticket is None:
            self.open(label, mail, at)
        elif ticket is not None:
            self.client_mail(ticket, mail, at)
        if label:
            self.after[event["id"]] = self.shown(self.tickets[label], at)

    def open(self, label: str, mail: Any, at: datetime, *, sender: str | None = None) -> Played:
        channel = Channel.URGENT if mail["to"].startswith("urgent") else Channel.MAIL
        channel = Channel.HOTLINE if sender else channel
        body = mail["body"] if not sender else ""
        found = classify_ticket(
            subject=mail["subject"],
            new_text=body,
            channel=channel,
            phase=self.plan.phase_at(at),
            lexicon=self.policy.lexicon("en"),
        )
        told_severity = re.search(r"#sev (\d)", mail["body"])
        ticket = Played(
            label=label,
            kind=found.kind,
            channel=channel,
            severity=Severity(f"S{told_severity[1]}") if told_severity else found.severity,
            priority=Priority.P4,
            impact=found.impact,
            urgency=found.urgency,
            requester=sender or mail["from"],
            created_at=at,
            clocks=(),
        )
        ticket.priority = self.rank(ticket, at)[0]
        start = on_call if sender else on_opened
        ticket.clocks = start(at=at, terms=self.terms(ticket, at))
        self.tickets[label] = ticket
        return ticket

    def staff_mail(self, ticket: Played | None, label: str | None, sender: str, mail: Any, at: datetime) -> None:
        call = re.search(r"#call (\S+)", mail["body"])
        if call and label:
            logged = self.open(label, mail, at, sender=call[1])
            logged.owner = sender
            self.change(logged, Act.CALL, at)
        commands = re.findall(r"^#([a-z]+)", mail["body"], re.MULTILINE)
        if ticket is None or {"resolv", "workshop"} & set(commands):
            return
        ticket.owner = ticket.owner or sender
        self.change(ticket, next((COMMANDS[name] for name in commands if name in COMMANDS), Act.REPLY), at)

    def client_mail(self, ticket: Played, mail: Any, at: datetime) -> None:
        if is_pure_thanks(mail["body"], has_attachment=False, lexicon=self.policy.lexicon("en")):
            return
        ends_pause = ticket.state is TicketState.PENDING_CLIENT
        self.change(ticket, Act.CLIENT_MAIL, at, ends_pause=ends_pause)

    def change(self, ticket: Played, act: Act, at: datetime, *, ends_pause: bool = False) -> None:
        after = move(ticket.state, act)
        assert isinstance(after, TicketState)
        ticket.state = after
        terms = self.terms(ticket, at)
        match act:
            case Act.CLIENT_MAIL:
                ticket.clocks = on_client_mail(ticket.clocks, at=at, terms=terms, ends_pause=ends_pause)
                self.chases = {
                    label: chase for label, chase in self.chases.items() if label != ticket.label or chase < at
                }
            case Act.RESOLVE:
                ticket.clocks = on_resolved(ticket.clocks, at=at)
                ticket.resolved_at = (*ticket.resolved_at, at)
            case Act.PENDING | Act.RELEASE:
                ticket.clocks = on_pending(ticket.clocks, at=at, is_reply=True)
            case Act.REPLY:
                is_pending = ticket.state in PAUSED_STATES
                ticket.clocks = on_public_reply(ticket.clocks, at=at, terms=terms, is_pending=is_pending)
            case _:
                pass
        if after is TicketState.PENDING_CLIENT:
            self.chases[ticket.label] = chased_at(
                at,
                priority=ticket.priority,
                schedule=self.schedules["B"],
                client_zone=self.plan.zone,
                policy=self.policy,
            )

    def shown(self, ticket: Played, at: datetime) -> dict[str, Any]:
        return {
            "phase": self.plan.phase_at(at).value,
            "day_index": self.plan.day_index(at),
            "ticket_state": ticket.state.value,
            "ticket_priority": ticket.priority.value,
            "kind": ticket.kind.value,
            "impact": ticket.impact,
            "urgency": ticket.urgency,
            "severity": ticket.severity.value,
            "priority": ticket.priority.value,
            "clocks": {
                name.value: {**clock_facts(clock), "name": name} for name, clock in current(ticket.clocks).items()
            },
        }


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    story = facts("story")
    played = Rehearsal()
    played.play(story["events"], instant(story["until"]))
    return played


EXPECTED_EVENTS = (
    [event for event in facts("expected")["events"] if event["ticket"] and "ticket_state" in event]
    if SCENARIO.is_dir()
    else []
)


@pytest.mark.parametrize("expected", EXPECTED_EVENTS, ids=lambda event: event["id"])
def test_each_event_leaves_the_ticket_as_expected(expected: Any, rehearsal: Rehearsal) -> None:
    found = rehearsal.after[expected["id"]]

    names = (
        "phase",
        "day_index",
        "ticket_state",
        "ticket_priority",
        "kind",
        "impact",
        "urgency",
        "severity",
        "priority",
    )
    assert {name: found[name] for name in names if name in expected} == {
        name: expected[name] for name in names if name in expected
    }


@pytest.mark.parametrize("expected", EXPECTED_EVENTS, ids=lambda event: event["id"])
def test_each_event_leaves_the_clocks_as_expected(expected: Any, rehearsal: Rehearsal) -> None:
    found = rehearsal.after[expected["id"]]["clocks"]

    assert {name: _as_expected(clock) for name, clock in found.items()} == {
        name: _with_instants(clock) for name, clock in expected["clocks"].items()
    }


def _as_expected(clock: Any) -> dict[str, Any]:
    shown = {
        "state": clock["state"],
        "due_utc": clock["due_at"],
        "target_min": clock["target_minutes"],
        "calendar": clock["calendar"],
        "phase": clock["phase"],
    }
    if clock["state"] == ClockState.STOPPED:
        shown |= {"met": clock["met"], "stopped_utc": clock["stopped_at"]}
    if clock["state"] == ClockState.PAUSED:
        shown |= {"remaining_min": clock["remaining_minutes"]}
    return shown


def _with_instants(clock: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: instant(value) if name.endswith("_utc") and value else value
        for name, value in clock.items()
        if name != "due_local"
    }


def test_every_reminder_goes_to_the_expected_people_at_the_expected_instants(rehearsal: Rehearsal) -> None:
    expected = [
        {
            **{name: each[name] for name in ("ticket", "clock", "cycle", "pct", "type", "priority")},
            "at_utc": instant(each["at_utc"]),
            "to": [(who["who"], instant(who["send_utc"])) for who in each["to"]],
        }
        for each in facts("expected")["reminders"]
    ]

    assert sorted(rehearsal.reminders, key=str) == sorted(expected, key=str)


def test_open_tickets_are_raised_when_hypercare_begins(rehearsal: Rehearsal) -> None:
    (change,) = facts("expected")["phase_changes"]

    assert rehearsal.raises == [
        {
            "ticket": each["ticket"],
            "from": each["priority_from"],
            "to": each["priority_to"],
            "due": {name: instant(at) for name, at in each["due"].items()},
        }
        for each in change["open_tickets"]
    ]


def test_the_question_is_asked_again_when_the_client_wakes(rehearsal: Rehearsal) -> None:
    expected = [each for each in facts("expected")["scheduled"] if each["code"] == "CHASE"]

    assert rehearsal.chases == {each["ticket"]: instant(each["at_utc"]) for each in expected}


def test_the_digest_counts_the_first_week(rehearsal: Rehearsal) -> None:
    (expected,) = facts("expected")["digests"]
    now = instant(expected["at_utc"])
    window = week_before(now, rehearsal.policy.zone)
    rows: list[ClockRow] = [row_of(clock) for ticket in rehearsal.tickets.values() for clock in ticket.clocks]
    tickets = [
        TicketRow(
            number=number,
            kind=ticket.kind,
            severity=ticket.severity,
            priority=ticket.priority,
            created_at=ticket.created_at,
            resolved_at=ticket.resolved_at,
        )
        for number, ticket in enumerate(rehearsal.tickets.values())
    ]

    went = flow(tickets, window=window)

    assert [window.start, window.end] == [instant(at) for at in expected["window"]]
    assert (went.received, went.resolved, went.reopened) == (
        expected["received"],
        expected["resolved"],
        expected["reopened"],
    )
    assert sum(ticket.is_open_at(window.end) for ticket in tickets) == expected["open_at_end"]
    found = attainment(rows, window=window, now=now)
    assert {name.value: (kept.met, kept.missed, round(kept.share or 0, 4)) for name, kept in found.items()} == {
        name: (each["met"], each["missed"], each["attainment"]) for name, each in expected["clocks"].items()
    }


PHASE_PROBES = facts("expected")["phase_probes"] if SCENARIO.is_dir() else []
TIME_PROBES = facts("expected")["working_time_probes"] if SCENARIO.is_dir() else []


@pytest.mark.parametrize("probe", PHASE_PROBES, ids=lambda probe: f"{probe['launch']}-{probe['at_utc']}")
def test_each_phase_probe(probe: Any) -> None:
    plan = plan_named(probe["launch"])
    at = instant(probe["at_utc"])
    if probe["launch"] == "hr" and at > instant("2027-03-30T22:00:00Z"):
        plan = plan.with_event(
            PlanEvent(kind=PlanEventKind.EXTEND, recorded_at=instant("2027-03-30T10:00:00Z"), days=7)
        )

    assert (plan.phase_at(at).value, plan.day_index(at)) == (probe["phase"], probe["day_index"])


@pytest.mark.parametrize("probe", TIME_PROBES, ids=lambda probe: f"{probe['calendar']}-{probe['start_local']}")
def test_each_working_time_probe(probe: Any) -> None:
    schedule = schedules("acme", ZoneInfo(probe.get("tz", "Europe/Berlin")))[probe["calendar"]]

    due = add_working(schedule, start=instant(probe["start_utc"]), amount=timedelta(minutes=probe["minutes"]))

    assert due == instant(probe["due_utc"])


def test_the_plan_has_the_boundaries_that_the_receipt_names() -> None:
    first = facts("expected")["events"][0]

    assert [(each.phase.value, each.at) for each in plan_named("hr").boundaries()] == [
        (each["phase"], instant(each["at_utc"])) for each in first["planned_boundaries"]
    ]


def test_the_enhancement_gets_its_window_and_train() -> None:
    (expected,) = (each for each in facts("expected")["events"] if "release_window" in each)
    trains = [date.fromisoformat(on) for on in facts("desk")["config"]["release_trains"]]

    found = release_window(local_date(instant(expected["at"]), ZoneInfo("Europe/Berlin")), trains=trains)

    assert {
        "earliest": found.earliest.isoformat(),
        "latest": found.latest.isoformat(),
        "train": found.train.isoformat() if found.train else None,
        "train_within_window": found.is_within,
    } == expected["release_window"]


def test_the_default_policy_is_the_facts_of_the_desk() -> None:
    config = facts("desk")["config"]
    rules = policy()

    assert {
        phase.value: {
            priority.value: [
                *(
                    None if within is None else within / timedelta(minutes=1)
                    for within in (row.first_response, row.next_response, row.resolution, row.update)
                ),
                row.calendar,
            ]
            for priority, row in rows.items()
        }
        for phase, rows in rules.targets.items()
    } == config["policy_minutes"]
    assert {priority.value: list(steps) for priority, steps in rules.thresholds.items()} == config["thresholds"]
    assert list(rules.update_thresholds) == config["update_thresholds"]
    assert {name: list(getattr(rules.lexicon("en"), name)) for name in config["lexicon"]} == config["lexicon"]
    assert rules.stopwords["en"] == set(config["stopwords"])
    assert {priority.value: span / timedelta(minutes=1) for priority, span in rules.chase.items()} == config[
        "chase_minutes"
    ]
    assert rules.profiles["focused14"].replaces_calendars == config["focused14_replaces"]
