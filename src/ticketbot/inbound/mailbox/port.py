"""What fetching asks of a mailbox, and the small decisions about it that need no server."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ticketbot.config.model import After
from ticketbot.tls import Tls

BATCH_MAILS = 50
BATCH_BYTES = 8 * 1024 * 1024
#: A mail above this is fetched alone, slice by slice.
LARGE = 4 * 1024 * 1024
#: What is kept of a mail above `Account.max_size`: its header and the beginning of its text.
STUB = 256 * 1024

# The words of RFC 5530, Exchange, Gmail and Dovecot for a server that has no time for us.
_BUSY = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|THROTTLED)\]|too many|try again|throttled|not connected|backoff|overload",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"\[SERVERBUG\]|temporar|timed? ?out|internal (server )?error|service (is )?(un|not )available", re.IGNORECASE
)
_SUGGESTED_WAIT = re.compile(r"backoff time:?\s*(\d{1,9})\s*(ms|millisec|s\b|sec)?", re.IGNORECASE)


class Shelf(StrEnum):
    """The folder into which a mail is put away."""

    PROCESSED = "Processed"
    QUARANTINE = "Quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a mailbox is, how it is opened, and how its mails are treated."""

    host: str
    username: str
    password: str = field(repr=False)
    port: int = 993
    tls: Tls = Tls.TLS
    folder: str = "INBOX"
    ca_file: Path | None = None
    after: After = After.MOVE
    max_size: int = 50_000_000
    connect_within: float = 15
    answer_within: float = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A folder as the server described it when it was opened."""

    uidvalidity: int
    mails: int
    is_read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A mail on the server: its UID, its size in octets, and when the server received it, if it says so."""

    uid: int
    size: int
    internal_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The bytes of a listed mail: whole, or its beginning only because it is over the limit."""

    listed: Listed
    raw: bytes = field(repr=False)
    is_oversize: bool = False


class Mailbox(Protocol):
    """One folder of one account. It belongs to one thread; only `wake` and `shut` may be called from others.

    Every method raises MailboxUnavailable when the line failed (it is then closed, and `open` begins anew)
    and MailboxRefused when a person must look.
    """

    @property
    def patience(self) -> timedelta:
        """Return how long the server last asked us to stay away before the next `open`."""
        ...

    @property
    def max_size(self) -> int:
        """Return the size above which only the beginning of a mail is fetched."""
        ...

    @property
    def is_open(self) -> bool:
        """Return whether there is a line to the server."""
        ...

    def open(self) -> Opened:
        """Connect, log in and select the folder; a line that is open already is closed first."""
        ...

    def close(self) -> None:
        """Say goodbye, if there is a line; never raises."""
        ...

    def uids(self, *, after: int = 0) -> list[int]:
        """Return the UIDs in the folder that are higher than *after*, in order; flags and dates decide nothing."""
        ...

    def listing(self, uids: Sequence[int]) -> list[Listed]:
        """Return size and time of those of *uids* that the server still has and can describe."""
        ...

    def fetch(self, batch: Sequence[Listed]) -> list[Fetched]:
        """Return those mails of *batch* that came whole; a mail that is missing here should be asked for again.

        Nothing is marked as read. One mail that cannot be fetched does not keep back the others.
        """
        ...

    def put_away(self, uids: Collection[int], shelf: Shelf) -> None:
        """Move mails to *shelf*, or mark them, as the account says; UIDs that are gone are no error."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait at most *seconds* for news; return whether there may be some. `wake` ends it at once."""
        ...

    def wake(self) -> None:
        """End a `wait`, the present or the next one."""
        ...

    def shut(self) -> None:
        """Break the line, so that whatever is being done on it fails soon; for a service that must end."""
        ...


def batches(listed: Iterable[Listed], *, max_size: int) -> Iterator[list[Listed]]:
    """Yield mails in their order, in groups that fit in memory; a large one goes alone.

    One over *max_size* weighs as much as the beginning that is fetched of it.
    """
    batch: list[Listed] = []
    weight = 0
    for mail in listed:
        octets = mail.size if mail.size <= max_size else STUB
        is_alone = octets > LARGE
        if batch and (is_alone or len(batch) == BATCH_MAILS or weight + octets > BATCH_BYTES):
            yield batch
            batch, weight = [], 0
        if is_alone:
            yield [mail]
        else:
            batch.append(mail)
            weight += octets
    if batch:
        yield batch


def is_temporary(words: str) -> bool:
    """Return whether a server's refusal says that it may think differently later."""
    return bool(_TEMPORARY.search(words)) or is_busy(words)


def is_busy(words: str) -> bool:
    """Return whether a server's refusal is about itself, and not about what was asked."""
    return bool(_BUSY.search(words))


def suggested_wait(words: str) -> timedelta:
    """Return how long a throttling server asks to be left alone, at most an hour; zero if it does not say."""
    found = _SUGGESTED_WAIT.search(words)
    if not found:
        return timedelta()
    unit = (found[2] or "ms").casefold()
    seconds = int(found[1]) / (1000 if unit.startswith("m") else 1)
    return timedelta(seconds=min(seconds, 3600.0))
