"""`ticketbot report`: any report as it would be at an instant."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, print_json, settings

if TYPE_CHECKING:
    from ticketbot.render import Rendered

FORMATS = ("text", "html", "json")


@click.group(cls=Noun)
def report() -> None:
    """Show a report as it would be at any instant.

    Examples:
      ticketbot report digest
      ticketbot report digest --at 2027-03-08T13:00:00Z --format json
    """


@report.command()
@click.option("--at", metavar="INSTANT", help="As it would be then, e.g. 2027-03-08T13:00:00Z; now, unless given.")
@click.option("--running", is_flag=True, help="The week in progress instead of the last whole one.")
@click.option("--format", "formats", default="text", show_default=True, metavar="text,html,json", help="Its form.")
@click.option("--locale", default="en", show_default=True, help="The reader's language.")
@click.option("--send", is_flag=True, help="Mail it to the managers.")
@Options.shared
def digest(*, at: str | None, running: bool, formats: str, locale: str, send: bool) -> None:
    """Show the weekly digest: received, resolved, open, promises kept and missed.

    Examples:
      ticketbot report digest
      ticketbot report digest --running --format json
      ticketbot report digest --format html > digest.html
    """
    from ticketbot.app import build
    from ticketbot.cli.digests import mailed, shown
    from ticketbot.domain.errors import UsageError

    wanted = formats.replace(" ", "").split(",")
    if not wanted or not set(wanted) <= set(FORMATS):
        raise UsageError(f"--format {formats!r} is not known; known are {', '.join(FORMATS)}")
    app = build(settings())
    try:
        app.store.require_current()
        now = parse_instant(at) if at else app.clock.now()
        if send:
            addresses = mailed(app, now=now, is_running=running)
            click.echo(f"queued for {', '.join(addresses) or 'nobody: there is no manager, lead or staff'}")
            return
        rendered, facts = shown(app, now=now, is_running=running, locale=locale)
    finally:
        app.close()
    _print(wanted, rendered, facts)


def _print(wanted: list[str], rendered: "Rendered", facts: Mapping[str, Any]) -> None:
    for form in wanted:
        match form:
            case "json":
                print_json(facts)
            case "html":
                click.echo(rendered.html)
            case _:
                click.echo(f"{rendered.subject}\n\n{rendered.text}")


def parse_instant(text: str) -> datetime:
    """Return an instant that was typed; without an offset it is UTC."""
    from ticketbot.domain.errors import UsageError

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no instant; write it like 2027-03-08T13:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
