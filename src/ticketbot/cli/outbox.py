"""`ticketbot outbox`: list, show, retry, cancel."""

import sys
from collections.abc import Sequence

import click

from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, as_json, open_store, print_json, print_table, settings

STATES = ("held", "queued", "in_flight", "unknown", "sent", "failed", "cancelled", "superseded")

ids = click.argument("ids", metavar="ID…", nargs=-1, required=True, type=int)


@click.group(cls=Noun)
def outbox() -> None:
    """List, show, retry and cancel letters: the mails that ticketbot sends.

    Examples:
      ticketbot outbox list --state failed
      ticketbot outbox retry 12
    """


@outbox.command(name="list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states; may be repeated.")
@click.option("--limit", default=100, show_default=True, help="At most so many, the newest.")
@as_json
@Options.shared
def list_(*, states: Sequence[str], limit: int, as_json: bool) -> None:
    """List letters, newest first.

    Examples:
      ticketbot outbox list --state queued --state failed
      ticketbot outbox list --json
    """
    from ticketbot.cli.facts import letter_facts

    with open_store() as store, store.look() as work:
        found = [letter_facts(work, each) for each in work.outbox.listed(states or None, limit=limit)]
    if as_json:
        for facts in found:
            print_json(facts)
        return
    columns = ("id", "code", "state", "ticket", "send_at", "attempts", "reason")
    rows = ((*(facts[name] for name in columns), ", ".join(facts["to"])) for facts in found)
    print_table((*columns, "to"), rows, empty="no letter in that state")


@outbox.command()
@click.argument("letter_id", metavar="ID", type=int)
@click.option("--raw", is_flag=True, help="Print the bytes as they go or went over the line.")
@as_json
@Options.shared
def show(letter_id: int, *, raw: bool, as_json: bool) -> None:
    """Show a letter as its reader gets it.

    Examples:
      ticketbot outbox show 12
      ticketbot outbox show 12 --raw > letter.eml
    """
    from ticketbot.app import build, render_letter
    from ticketbot.cli.facts import letter_facts
    from ticketbot.cli.files import read_one
    from ticketbot.inbound.pool import PooledReader

    app = build(settings())
    try:
        app.store.require_current()
        with app.store.look() as work:
            letter = work.outbox.letter(letter_id)
            facts, data = letter_facts(work, letter), letter.raw
            if not data:
                with PooledReader(size=1) as reader:
                    data = render_letter(app.store, app.desk, letter, unpacker=reader)
    finally:
        app.close()
    if raw:
        sys.stdout.buffer.write(data)
        return
    message = read_one(data)
    if as_json:
        print_json(facts | {"subject": message.subject, "text": message.text})
        return
    for name, value in facts.items():
        click.echo(f"{name + ':':14}{value if value not in (None, []) else '-'}")
    click.echo(f"\n{message.subject}\n\n{message.text}")


@outbox.command()
@ids
@Options.shared
def retry(ids: Sequence[int]) -> None:
    """Send letters that failed, were cancelled or wait, again and at once.

    Example:
      ticketbot outbox retry 12 13
    """
    from ticketbot.clock import SystemClock

    with open_store() as store, store.work() as work:
        for letter_id in ids:
            work.outbox.retry(work.outbox.letter(letter_id), now=SystemClock().now())
    click.echo(f"queued again: {', '.join(map(str, ids))}")


@outbox.command()
@ids
@click.option("--reason", default="cancelled by hand", show_default=True, help="Why; kept with the letter.")
@Options.shared
def cancel(ids: Sequence[int], *, reason: str) -> None:
    """Cancel letters that have not gone.

    Example:
      ticketbot outbox cancel 12 --reason "sent by phone"
    """
    with open_store() as store, store.work() as work:
        for letter_id in ids:
            work.outbox.cancel(work.outbox.letter(letter_id), reason=reason)
    click.echo(f"cancelled: {', '.join(map(str, ids))}")
