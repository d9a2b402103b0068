"""`ticketbot ticket`: list, show."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ticketbot.cli.eventwords import in_words
from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, as_json, open_store, print_json, print_table, printable

STATES = (
    "new", "open", "pending_client", "pending_release", "resolved", "reopened", "closed", "merged", "spam",
)  # fmt: skip


@click.group(cls=Noun)
def ticket() -> None:
    """List and show tickets.

    Examples:
      ticketbot ticket list
      ticketbot ticket show T-1042
    """


@ticket.command(name="list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states; may be repeated.")
@as_json
@Options.shared
def list_(*, states: Sequence[str], as_json: bool) -> None:
    """List tickets by number.

    Examples:
      ticketbot ticket list --state new --state open
      ticketbot ticket list --json
    """
    from ticketbot.reports.tickets import tickets_json

    with open_store() as store, store.look() as work:
        found = tickets_json(work, work.tickets.listed(states or None))
    if as_json:
        for facts in found:
            print_json(facts)
        return
    headings = ("number", "state", "priority", "kind", "client", "owner", "next due", "subject")
    print_table(headings, (_row(facts) for facts in found), empty="no ticket in that state")


@ticket.command()
@click.argument("ref")
@as_json
@Options.shared
def show(ref: str, *, as_json: bool) -> None:
    """Show a ticket whole: how each due time came about, line by line, its messages and events.

    REF is T-1042 or 1042. Times of promises are the desk's own; all others, and those of --json, are UTC.

    Examples:
      ticketbot ticket show T-1042
      ticketbot ticket show 1042 --json
    """
    from ticketbot.clock import SystemClock
    from ticketbot.domain.errors import UsageError
    from ticketbot.reports.tickets import desk_zone, ticket_json, told_promises

    match = re.fullmatch(r"\[?(?:[Tt]-)?(\d{1,9})\]?", ref.strip())
    if match is None:
        raise UsageError(f"{ref!r} is no ticket; write its number, e.g. T-1042")
    with open_store() as store, store.look() as work:
        found = work.tickets.get(int(match[1]))
        facts = ticket_json(work, found, is_whole=True)
        zone = desk_zone(work)
        stories = told_promises(work, found, zone=zone, now=SystemClock().now())
    if as_json:
        print_json(facts)
    else:
        _tell(facts, stories, zone=zone.key)


def _row(facts: Mapping[str, Any]) -> tuple[object, ...]:
    due = sorted(clock["due_at"] for clock in facts["clocks"] if clock["state"] == "running" and clock["due_at"])
    names = ("number", "state", "priority", "kind", "client", "owner")
    return (*(facts[name] for name in names), _short(due[0]) if due else None, facts["subject"])


def _tell(facts: Mapping[str, Any], stories: Sequence[Sequence[str]], *, zone: str) -> None:
    click.echo(f"{facts['number']}  {facts['subject']}")
    click.echo(f"  {facts['state']} · {facts['kind']} · {'; '.join(facts['priority_reasons']) or facts['priority']}")
    who = facts["launch"] or facts["client"] or "no client"
    click.echo(f"  {facts['requester']} ({who}) · owner {facts['owner'] or 'nobody'} · {_short(facts['created_at'])}")
    if stories:
        click.echo(f"promises, times in {zone}")
    for heading, *steps in stories:
        click.echo(f"  {heading}")
        for step in steps:
            click.echo(f"    {step}")
    for message in facts["messages"]:
        mark = {"in": "<", "out": ">", "note": "#"}.get(message["direction"], " ")
        click.echo(f"{mark} {_short(message['at'])}  {message['from'] or '-'}")
        for line in str(message["visible_text"]).splitlines():
            click.echo(f"    {line}")
        for each in message["attachments"]:
            click.echo(f"    [{each['filename']}, {each['size']} bytes]")
    click.echo("events")
    for event in facts["events"]:
        told = printable(in_words(event["action"], event["detail"]))
        click.echo(f"  {_short(event['at'])}  {event['actor']}: {told}")


def _short(at: str | None) -> str:
    return f"{at[:10]} {at[11:16]}Z" if at else "-"
