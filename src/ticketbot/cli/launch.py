"""`ticketbot launch`: list, show, ready."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, as_json, instant, open_store, print_json, print_table
from ticketbot.cli.report import parse_instant

if TYPE_CHECKING:
    from ticketbot.desk.book import Rules
    from ticketbot.desk.care import Care
    from ticketbot.desk.standing import Standing
    from ticketbot.store.database import Work
    from ticketbot.store.models import Launch

#: What is told of a change or a gate on a line.
_TOLD = ("kind", "days", "effective_on", "by", "reason", "decision", "score", "blockers", "new_end", "stays")
at_instant = click.option(
    "--at", metavar="INSTANT", help="As it was, or is planned, then, e.g. 2027-03-30T10:00:00Z; now, unless given."
)


@click.group(cls=Noun)
def launch() -> None:
    """See where each launch stands: phase, boundaries, readiness.

    Plans change by mail (`#extend`, `#exit` …); docs/commands.md tells how.

    Examples:
      ticketbot launch list
      ticketbot launch show acme/hr
      ticketbot launch ready acme/hr
    """


@launch.command(name="list")
@at_instant
@as_json
@Options.shared
def list_(*, at: str | None, as_json: bool) -> None:
    """List all launches: phase, day, end of the phase, open tickets.

    Examples:
      ticketbot launch list
      ticketbot launch list --at 2027-06-01T08:00:00Z --json
    """
    with _opened(at) as (work, rules, now):
        found = [_facts(work, rules, each, now) for each in work.desk.launches()]
    if as_json:
        for facts in found:
            print_json(facts)
        return
    headings = ("launch", "name", "phase", "day", "ends", "gate", "open")
    print_table(headings, (_row(facts) for facts in found), empty="no launch; name one in desk.toml, or mail #launch")


@launch.command()
@click.argument("slug")
@at_instant
@as_json
@Options.shared
def show(slug: str, *, at: str | None, as_json: bool) -> None:
    """Show a launch whole: its plan, each change of it, and each gate. SLUG is client/launch.

    Examples:
      ticketbot launch show acme/hr
      ticketbot launch show acme/hr --json
    """
    with _opened(at) as (work, rules, now):
        row = _named(work, slug)
        facts = _facts(work, rules, row, now) | _whole(work, rules, row, now)
    if as_json:
        print_json(facts)
        return
    print_table(("launch", "name", "phase", "day", "ends", "gate", "open"), [_row(facts)], empty="")
    click.echo(f"plan, times in {facts['timezone']}")
    for step in facts["boundaries"]:
        click.echo(f"  {step['local']}  {step['phase']}")
    for title, rows in (("changes", facts["changes"]), ("gates", facts["gates"])):
        if rows:
            click.echo(title)
        for each in rows:
            told = (f"{name} {each[name]}" for name in _TOLD if each.get(name) is not None)
            click.echo(f"  {instant(each['at'])}  {', '.join(told)}")


@launch.command()
@click.argument("slug")
@at_instant
@as_json
@Options.shared
def ready(slug: str, *, at: str | None, as_json: bool) -> None:
    """Tell how ready a launch is for its next gate: blockers, score, and what it takes to pass. SLUG is client/launch.

    Examples:
      ticketbot launch ready acme/hr
      ticketbot launch ready acme/hr --at 2027-03-30T10:00:00Z --json
    """
    from ticketbot.desk.standing import lines_of, standing

    with _opened(at) as (work, rules, now):
        row = _named(work, slug)
        care = _care(work, rules, row, now)
        assert care.plan is not None
        found = standing(work, rules, care, at=now)
        lines = lines_of(found, care) if found is not None else []
        is_overdue = found is not None and _is_overdue(work, row, found.decides_at, now)
    if as_json:
        print_json({"launch": row.slug, "at": now, **(_ready_facts(found) if found is not None else {"kind": None})})
    elif found is not None:
        click.echo("\n".join(lines))
        if is_overdue:
            click.echo(f"the gate was due {instant(found.decides_at)} and has not been decided")
    else:
        click.echo(f"{row.slug} is in {care.plan.phase_at(now).value}; no gate is before it")


@contextmanager
def _opened(at: str | None) -> "Iterator[tuple[Work, Rules, datetime]]":
    """Open the desk to look at, with its rules and the instant that is asked about."""
    from ticketbot.clock import SystemClock
    from ticketbot.desk.book import Book

    now = parse_instant(at) if at else SystemClock().now()
    with open_store() as store, store.look() as work:
        yield work, Book(mailboxes=()).read(work), now


def _named(work: "Work", slug: str) -> "Launch":
    from ticketbot.domain.errors import NotFound

    found = work.desk.launch_named(slug)
    if found is None:
        known = ", ".join(each.slug for each in work.desk.launches())
        raise NotFound(f"there is no launch {slug}; known are {known or 'none'}")
    return found


def _care(work: "Work", rules: "Rules", row: "Launch", now: datetime) -> "Care":
    from ticketbot.desk.care import care_for

    return care_for(work, policy=rules.policy, client=None, launch=row, now=now)


def _facts(work: "Work", rules: "Rules", row: "Launch", now: datetime) -> dict[str, Any]:
    """Return where a launch stands."""
    from ticketbot.desk.standing import gate_after
    from ticketbot.domain.lifecycle import OPEN_STATES

    care = _care(work, rules, row, now)
    assert care.plan is not None
    phase, gate_at = care.plan.phase_at(now), gate_after(rules, care, at=now)
    return {
        "launch": row.slug,
        "name": row.name,
        "profile": row.profile,
        "timezone": care.zone.key,
        "phase": phase.value,
        "day_index": care.plan.day_index(now),
        "is_paused": care.plan.is_paused(now),
        "stays_since": care.plan.stays_since(now),
        "ends_at": care.plan.end_of(phase, now),
        "gate_at": gate_at,
        "gate_is_overdue": _is_overdue(work, row, gate_at, now),
        "open": len(work.tickets.of_launch(row.id, OPEN_STATES)),
    }


def _is_overdue(work: "Work", row: "Launch", gate_at: datetime | None, now: datetime) -> bool:
    """Say whether a gate's instant passed and no decision of it is recorded."""
    if gate_at is None or gate_at >= now:
        return False
    gates = work.tickets.events_named("gate")
    return not any(each.launch_id == row.id and gate_at <= each.at <= now for each in gates)


def _whole(work: "Work", rules: "Rules", row: "Launch", now: datetime) -> dict[str, Any]:
    """Return a launch's plan, every change of it, and what its gates decided."""
    care = _care(work, rules, row, now)
    assert care.plan is not None
    steps = care.plan.boundaries(now)
    changes = [each for each in work.desk.plan_events(row.id) if each.recorded_at <= now]
    gates = [each for each in work.tickets.events_named("gate") if each.launch_id == row.id and each.at <= now]
    return {
        "go_live_at": steps[0].at,
        "boundaries": [
            {"phase": each.phase.value, "at": each.at, "local": f"{each.at.astimezone(care.zone):%Y-%m-%d %H:%M}"}
            for each in steps
        ],
        "changes": [{"at": each.recorded_at, "kind": each.kind, **each.detail} for each in changes],
        "gates": [{"at": each.at, **each.detail} for each in gates],
        "blockers": row.settings.get("blockers", []),
        "knowledge": row.settings.get("knowledge", {}),
        "monitors": sorted(row.settings.get("monitors", {})),
    }


def _ready_facts(found: "Standing") -> dict[str, Any]:
    from ticketbot.domain.gate import ruling_facts

    way = found.way
    return {
        "kind": found.kind.value,
        "passes": found.ruling.passed,
        **ruling_facts(found.ruling),
        "ends_at": found.ends_at,
        "decides_at": found.decides_at,
        "ready_at": list(found.ready_at),
        "to_pass": {
            "tickets": [f"T-{number}" for number in way.tickets],
            "criteria": [each.value for each in way.else_],
            "texts": list(way.texts),
            "earliest_at": way.earliest_at,
            "points": way.points,
        },
    }


def _row(facts: Mapping[str, Any]) -> tuple[object, ...]:
    ends = "stays" if facts["stays_since"] else facts["ends_at"]
    phase = f"{facts['phase']}{', paused' if facts['is_paused'] else ''}"
    gate = f"{instant(facts['gate_at'])}, not decided" if facts["gate_is_overdue"] else facts["gate_at"]
    return (facts["launch"], facts["name"], phase, facts["day_index"], ends, gate, facts["open"])
