"""`ticketbot desk`: apply, show."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, as_json, open_store, print_json

#: How many promises that moved are told line by line.
MOST_MOVES = 20


@click.group(cls=Noun)
def desk() -> None:
    """Put the desk file (desk.toml) in force, or show the desk.

    Examples:
      ticketbot desk apply desk.toml --dry-run
      ticketbot desk apply desk.toml
      ticketbot desk show > desk.toml
    """


@desk.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@click.option("--prune", is_flag=True, help="Remove what an earlier file made and this one no longer names.")
@as_json
@Options.shared
def apply(file: Path, *, dry_run: bool, prune: bool, as_json: bool) -> None:
    """Put FILE in force: staff, clients, contacts, launches and promises, in one transaction.

    Only what the file changed since it was last applied is changed. What mail has changed meanwhile is a conflict,
    refused with its line. A running service notices by itself.

    Examples:
      ticketbot desk apply desk.toml --dry-run
      ticketbot desk apply desk.toml --prune
    """
    from ticketbot.clock import SystemClock
    from ticketbot.desk.apply import apply_desk
    from ticketbot.deskfile import read_desk

    found = read_desk(file)
    with open_store(make=True) as store, store.work() as work:
        difference = apply_desk(found, work=work, now=SystemClock().now(), prune=prune, dry_run=dry_run)
    if as_json:
        changes = {"changes": list(difference.lines), "notes": list(difference.notes)}
        moves = {"moved": difference.moved, "moves": [dict(each) for each in difference.moves]}
        print_json({**changes, "version": difference.version, **moves, "applied": not dry_run})
        return
    for line in (*difference.lines, *(f"  {note}" for note in difference.notes)):
        click.echo(line)
    if difference.moves:
        click.echo(f"  {difference.moved} promises of open tickets are due earlier by this:")
        for move in difference.moves[:MOST_MOVES]:
            click.echo(f"    {_told(move)}")
        if difference.moved > MOST_MOVES:
            click.echo(f"    and {difference.moved - MOST_MOVES} more; --json lists all")
    if dry_run:
        click.echo(f"{len(difference.lines)} changes; nothing was applied (--dry-run)")
    elif difference.lines:
        click.echo(f"{len(difference.lines)} changes applied; version {difference.version} of the desk is in force")
    elif difference.version != difference.was:
        click.echo(f"people, plans and promises stay as they are; version {difference.version} of the desk is in force")
    else:
        click.echo(f"nothing to change; version {difference.version} of the desk is in force")


def _told(move: Mapping[str, Any]) -> str:
    """Return which promise moved from when to when, in UTC."""
    if move.get("waits"):
        return f"{move['ticket']} {move['clock']}: rests, {move['target_minutes']:g} min count when it goes on"
    return f"{move['ticket']} {move['clock']}: {move['before'] or 'nothing'} → {move['after']}"


@desk.command()
@Options.shared
def show() -> None:
    """Print the desk in force as TOML that `desk apply` would take.

    Example:
      ticketbot desk show > desk.toml
    """
    from ticketbot.desk.apply import show_desk

    with open_store() as store, store.look() as work:
        text = show_desk(work)
    click.echo(text, nl=False)
