"""Doors that lead nowhere and remember: a mailbox and a relay for tests of what stands behind them."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ticketbot.domain.errors import LetterDeferred, LetterRefused, MailboxUnavailable, TicketbotError
from ticketbot.inbound.mailbox import Fetched, Listed, Opened, Shelf
from ticketbot.outbound.smtp import Receipt

AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
STUB = 1024


@dataclass(slots=True, kw_only=True)
class FakeMail:
    """One mail in a fake folder."""

    raw: bytes
    at: datetime | None


@dataclass(slots=True)
class FakeMailbox:
    """A folder in memory. Put mails in with `add`, trouble with `fail`; `said` is what was asked of it, in order."""

    uidvalidity: int = 7
    max_size: int = 1_000_000
    patience: timedelta = timedelta()
    is_read_only: bool = False
    mails: dict[int, FakeMail] = field(default_factory=dict)
    shelves: dict[Shelf, list[bytes]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    unfetchable: set[int] = field(default_factory=set)
    deadly: set[int] = field(default_factory=set)
    is_open: bool = False
    _next: int = 1
    _troubles: dict[str, list[TicketbotError]] = field(default_factory=dict)
    _news: threading.Event = field(default_factory=threading.Event)
    _woken: threading.Event = field(default_factory=threading.Event)

    def add(self, raw: bytes, *, at: datetime | None = AT) -> int:
        """Let a mail arrive; return its UID."""
        uid, self._next = self._next, self._next + 1
        self.mails[uid] = FakeMail(raw=raw, at=at)
        self._news.set()
        return uid

    def fail(self, verb: str, *errors: TicketbotError) -> None:
        """Raise these errors, one a call, when *verb* is asked for."""
        self._troubles.setdefault(verb, []).extend(errors)

    def renumber(self) -> None:
        """Begin a new generation of UIDs: same mails, other numbers."""
        self.uidvalidity += 1
        mails = list(self.mails.values())
        self.mails = dict(enumerate(mails, start=1))
        self._next = len(mails) + 1

    def open(self) -> Opened:
        self._hear("open")
        self.is_open = True
        self._news.clear()
        return Opened(uidvalidity=self.uidvalidity, mails=len(self.mails), is_read_only=self.is_read_only)

    def close(self) -> None:
        self.is_open = False

    def uids(self, *, after: int = 0) -> list[int]:
        self._hear("uids")
        self._news.clear()
        return sorted(uid for uid in self.mails if uid > after)

    def listing(self, uids: Sequence[int]) -> list[Listed]:
        self._hear("listing")
        return [
            Listed(uid=uid, size=len(self.mails[uid].raw), internal_at=self.mails[uid].at)
            for uid in uids
            if uid in self.mails
        ]

    def fetch(self, batch: Sequence[Listed]) -> list[Fetched]:
        self._hear(f"fetch {len(batch)}")
        if any(mail.uid in self.deadly for mail in batch):
            self.is_open = False
            raise MailboxUnavailable("the line broke")
        return [self._fetched(mail) for mail in batch if mail.uid in self.mails and mail.uid not in self.unfetchable]

    def _fetched(self, mail: Listed) -> Fetched:
        if mail.size > self.max_size:
            return Fetched(listed=mail, raw=self.mails[mail.uid].raw[:STUB], is_oversize=True)
        return Fetched(listed=mail, raw=self.mails[mail.uid].raw)

    def put_away(self, uids: Collection[int], shelf: Shelf) -> None:
        self._hear(f"put away {len(uids)} in {shelf}")
        for uid in sorted(uids):
            if uid in self.mails:
                self.shelves.setdefault(shelf, []).append(self.mails.pop(uid).raw)

    def wait(self, seconds: float) -> bool:
        self._hear("wait")
        for _ in range(int(seconds * 100) + 1):
            if self._woken.is_set():
                self._woken.clear()
                return False
            if self._news.wait(0.01):
                self._news.clear()
                return True
        return False

    def wake(self) -> None:
        self._woken.set()

    def shut(self) -> None:
        self.wake()
        self.is_open = False

    def _hear(self, what: str) -> None:
        self.said.append(what)
        verb = what.split(maxsplit=1)[0]
        if verb != "open" and not self.is_open:
            raise MailboxUnavailable("there is no line to the fake mailbox")
        if self._troubles.get(verb):
            self.is_open = False
            raise self._troubles[verb].pop(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter that the fake relay took."""

    sender: str
    recipients: tuple[str, ...]
    letter: bytes


@dataclass(slots=True)
class FakeSender:
    """A relay in memory. `sent` is what it took; `refuse` an address, or let the next letters `fail`."""

    sent: list[Sent] = field(default_factory=list)
    tries: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    deferred: dict[str, str] = field(default_factory=dict)
    _troubles: list[TicketbotError | None] = field(default_factory=list)
    is_closed: bool = False

    def fail(self, *errors: TicketbotError | None) -> None:
        """Raise these errors, one a letter; None lets a letter pass."""
        self._troubles.extend(errors)

    def send(self, letter: bytes, *, sender: str, recipients: Sequence[str]) -> Receipt:
        self.tries += 1
        if self._troubles and (error := self._troubles.pop(0)) is not None:
            raise error
        refused = {address: self.refused[address] for address in recipients if address in self.refused}
        deferred = {address: self.deferred[address] for address in recipients if address in self.deferred}
        taken = tuple(address for address in recipients if address not in refused and address not in deferred)
        if not taken:
            raise (LetterDeferred if deferred else LetterRefused)("; ".join([*refused.values(), *deferred.values()]))
        self.sent.append(Sent(sender=sender, recipients=taken, letter=letter))
        return Receipt(reply="250 taken", refused=refused, deferred=deferred)

    def close(self) -> None:
        self.is_closed = True

    def shut(self) -> None:
        self.is_closed = True
