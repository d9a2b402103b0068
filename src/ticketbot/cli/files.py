"""Mails in files: understood on the spot, or taken into the desk."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ticketbot.domain.errors import NotFound, UnreadableMail, UsageError
from ticketbot.domain.messages import Message
from ticketbot.inbound.describe import describe
from ticketbot.inbound.files import Found, is_there, mails_in
from ticketbot.inbound.parse import stub
from ticketbot.inbound.pool import PooledReader
from ticketbot.inbound.reader import Reader

if TYPE_CHECKING:
    from ticketbot.app import App
    from ticketbot.config import Settings

_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How many mails were new and known, what became of the new ones, or that a running service sees to them.

    `unread` counts what could not be read at all; stderr has said why.
    """

    new: int
    known: int
    unread: int
    states: Mapping[str, int]
    is_left_to_service: bool


def understood(paths: Sequence[Path]) -> Iterator[dict[str, object]]:
    """Yield what each mail says, in the order of the names; what cannot be read has an error, and a line all the same.

    Raises NotFound where none of the paths names anything.
    """
    with PooledReader(size=1) as reader:
        yield from describe(
            (found.name, stub(b"", reason=found.error) if found.error else read_by(reader, found.raw))
            for found in _all(paths)
        )


def read_one(raw: bytes) -> Message:
    """Return what one mail says, read in a child of limited time and memory."""
    with PooledReader(size=1) as reader:
        return read_by(reader, raw)


def read_by(reader: Reader, raw: bytes) -> Message:
    """Return what a mail says; one that costs its child's life is a stub that says so."""
    try:
        return reader.read(raw)
    except UnreadableMail as error:
        return stub(raw, reason=str(error))


def take_in(settings: "Settings", paths: Sequence[Path], *, mailbox: str | None, is_answered: bool) -> Taken:
    """Keep every mail of *paths*, and understand them unless a service runs that will."""
    from ticketbot.app import build

    name, channel = _mailbox(settings, mailbox)
    with PooledReader(size=settings.reading.children or None) as reader:
        app = build(settings, reader=reader, lanes=reader.size)
        try:
            return _taken(app, settings, paths, reader=reader, name=name, channel=channel, is_answered=is_answered)
        finally:
            app.close()


def _taken(
    app: "App",
    settings: "Settings",
    paths: Sequence[Path],
    *,
    reader: PooledReader,
    name: str,
    channel: str,
    is_answered: bool,
) -> Taken:
    from ticketbot.store.lock import is_locked

    app.store.require_current()
    new: list[int] = []
    known = 0
    unread: list[Found] = []
    for batch in _batches(_shown(_readable(_all(paths), unread))):
        for mail_id, is_new in _keep(app, batch, reader=reader, name=name, channel=channel, is_answered=is_answered):
            new += [mail_id] if is_new else []
            known += not is_new
    file = settings.database.sqlite_file
    is_left = file is not None and is_locked(file)
    if not is_left:
        with app.serving():
            while app.pipeline.do_one():
                pass
            app.pipeline.close()
    with app.store.look() as work:
        states = Counter(work.inbox.mail(mail_id).state for mail_id in new)
    return Taken(new=len(new), known=known, unread=len(unread), states=states, is_left_to_service=is_left)


def _keep(
    app: "App", batch: Sequence[bytes], *, reader: PooledReader, name: str, channel: str, is_answered: bool
) -> Iterator[tuple[int, bool]]:
    now = app.clock.now()
    dated = [(raw, read_by(reader, raw).date) for raw in batch]
    with app.store.work() as work:
        for raw, date in dated:
            row, is_new = work.inbox.keep(
                raw,
                mailbox=name,
                channel=channel,
                received_at=now if is_answered or date is None else min(date, now),
                now=now,
                is_imported=not is_answered,
            )
            yield row.id, is_new
        work.ring()


def _all(paths: Sequence[Path]) -> Iterator[Found]:
    """Yield every mail; a path that names nothing is found with its error, as long as another names something."""
    missing = [path for path in paths if not is_there(path)]
    if len(missing) == len(paths):
        named = ", ".join(map(str, missing))
        raise NotFound(f"there is no file or folder {named}; name a mail, an mbox, a Maildir or a folder of mails")
    for path in paths:
        for found in (
            (Found(name=path.name, error="there is no such file or folder"),) if path in missing else mails_in(path)
        ):
            if found.error:
                click.echo(f"{path if path.name == found.name else path / found.name}: {found.error}", err=True)
            yield found


def _readable(mails: Iterable[Found], unread: list[Found]) -> Iterator[bytes]:
    for found in mails:
        if found.error:
            unread.append(found)
        else:
            yield found.raw


def _shown(mails: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the mails behind a progress bar, where a person looks on."""
    if not sys.stderr.isatty():
        yield from mails
        return
    found = list(mails)
    with click.progressbar(found, label="importing", file=sys.stderr) as bar:
        yield from bar


def _batches(mails: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for raw in mails:
        batch.append(raw)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _mailbox(settings: "Settings", name: str | None) -> tuple[str, str]:
    """Return the mailbox and channel that imported mails count as coming from."""
    from ticketbot.config import MailboxChannel

    if name is not None and name not in settings.mailboxes:
        known = ", ".join(settings.mailboxes) or "none"
        raise UsageError(f"there is no mailbox {name!r} in ticketbot.toml; known are {known}")
    usual = [each for each, mailbox in settings.mailboxes.items() if mailbox.channel == MailboxChannel.NORMAL]
    chosen = name or (usual[0] if usual else "import")
    mailbox = settings.mailboxes.get(chosen)
    return chosen, mailbox.channel.value if mailbox else MailboxChannel.NORMAL.value
