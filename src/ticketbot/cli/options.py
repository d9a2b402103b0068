"""Options that many commands share, and what they give: settings, the store, output for people or machines."""

import json
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ticketbot.config import Effective, Settings
    from ticketbot.store.database import Store

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Options:
    """What was asked for before or behind the command's name."""

    config: Path | None = None
    debug: bool = False
    flags: dict[str, object] = field(default_factory=dict)

    @staticmethod
    def shared(command: Command) -> Command:
        """Give a command --config and --debug."""
        config = click.option(
            "--config",
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_remember("config"),
            help="The settings' file; else ./ticketbot.toml or /etc/ticketbot/ticketbot.toml.",
        )
        debug = click.option(
            "--debug",
            is_flag=True,
            expose_value=False,
            callback=_remember("debug"),
            help="Add the traceback to an error, and log in detail.",
        )
        return config(debug(command))


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
        if value:
            setattr(ctx.ensure_object(Options), name, value)

    return keep


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def effective() -> "Effective":
    """Return the settings in force, with their sources."""
    from ticketbot.config import load_effective

    options = click.get_current_context().ensure_object(Options)
    return load_effective(options.config, flags=options.flags)


def settings() -> "Settings":
    """Return the settings in force."""
    return effective().settings


@contextmanager
def open_store(*, current: bool = True, make: bool = False) -> "Iterator[Store]":
    """Open the desk's database for a command; with *current* its schema must be this program's.

    With *make*, an empty database gets it first, unless `auto_migrate` is off.
    """
    from ticketbot.store.database import Store

    found = settings().database
    store = Store(found.url)
    try:
        if make and found.auto_migrate and store.revision() is None:
            store.upgrade()
        if current:
            store.require_current()
        yield store
    finally:
        store.close()


def start_logging(found: "Settings") -> None:
    """Log as the settings say, to stderr, with every secret masked."""
    from ticketbot.log import configure

    options = click.get_current_context().ensure_object(Options)
    secrets = [found.relay.secret, *(mailbox.secret for mailbox in found.mailboxes.values())]
    configure(level="debug" if options.debug else found.log.level, look=found.log.format, secrets=secrets)


def print_json(value: object) -> None:
    """Print one JSON object on a line; instants as UTC with Z."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_table(headings: tuple[str, ...], rows: Iterable[tuple[object, ...]], *, empty: str) -> None:
    """Print rows in columns; a terminal gets no line longer than it is wide. *empty* is said when there is none."""
    found = [tuple(_cell(each) for each in row) for row in rows]
    if not found:
        click.echo(empty)
        return
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widths = [max(map(_width, column)) for column in zip(headings, *found, strict=True)]
    for row in (tuple(heading.upper() for heading in headings), *found):
        line = "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        click.echo(line if limit is None or len(line) <= limit else line[: limit - 1] + "…")


def _width(text: str) -> int:
    """Return how many places a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def instant(value: datetime | None) -> str:
    """Return an instant as people read it: local wall time of this machine would lie, so UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}Z" if value is not None else "-"


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    text = "-" if value is None or value == "" else str(value)
    return printable(text)


def printable(text: str) -> str:
    """Return a text on one line: line breaks are blanks, and no other sign steers a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in " ".join(text.splitlines()).replace("\t", " "))


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
