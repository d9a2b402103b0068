"""`ticketbot demo`: a whole desk at work, needing nothing."""

import signal
import sys
import threading
from pathlib import Path

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options


@click.command(cls=Verb)
@click.option("--once", is_flag=True, help="Play the story and end with 0 if every mail became what it should.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Keep database and configuration there.")
@click.option("--port", metavar="N", type=click.IntRange(1, 65534), help="The IMAP server's port; SMTP gets the next.")
@Options.shared
def demo(*, once: bool, as_json: bool, keep: Path | None, port: int | None) -> None:
    """Show a whole desk at work: the real service, a mail server inside, three clients, a fortnight on a fast clock.

    Then live: write as a client, answer as staff, and watch. Nothing leaves this machine.

    Examples:
      ticketbot demo
      ticketbot demo --once --json
      ticketbot demo --keep ./demo --port 11143
    """
    from ticketbot.log import configure
    from ticketbot.sandbox.demo import run

    options = click.get_current_context().ensure_object(Options)
    configure(level="debug" if options.debug else "error")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    code = run(once=once, as_json=as_json, keep=keep, port=port, say=click.echo, ask=_typed, stop=stop)
    click.get_current_context().exit(code)


def _typed() -> str | None:
    """Return a line that was typed, None at the end of input."""
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None
