"""A folder on a real IMAP server, behind imapclient, whose types and errors stay in this package."""

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from ticketbot.config.model import After
from ticketbot.domain.errors import MailboxRefused
from ticketbot.inbound.mailbox.idle import Waiter, forget_news
from ticketbot.inbound.mailbox.line import GARBLED, Line
from ticketbot.inbound.mailbox.port import LARGE, STUB, Account, Fetched, Listed, Opened, Shelf, is_busy, is_temporary

log = logging.getLogger(__name__)

KEYWORD = b"$Ticketbot"
_SLICE = 1024 * 1024
_LISTED_AT_ONCE = 500
_PUT_AWAY_AT_ONCE = 100
#: imaplib reads no line over a million octets, and the answer to a search is one line.
_SEARCHED_AT_ONCE = 100_000


class ImapMailbox:
    """A folder on an IMAP server. `port.Mailbox` has the promises."""

    def __init__(self, account: Account) -> None:
        """Remember how to open *account*; nothing is connected yet."""
        self.account = account
        self._line = Line(account)
        self._waiter = Waiter()
        self._opened = Opened(uidvalidity=0, mails=0)
        self._highest = 0
        self._keeps_keyword = False
        self._shelves: dict[Shelf, str] = {}

    @property
    def patience(self) -> timedelta:
        """Return how long the server last asked us to stay away before the next `open`."""
        return self._line.patience

    @property
    def max_size(self) -> int:
        """Return the size above which only the beginning of a mail is fetched."""
        return self.account.max_size

    @property
    def is_open(self) -> bool:
        """Return whether there is a line to the server."""
        return self._line.is_open

    # Opening and closing

    def open(self) -> Opened:
        """Connect, log in and select the folder; the password is never said on a line that others can hear."""
        self.close()
        self._line.patience = timedelta()
        try:
            with self._line.speaking("did not let us in"):
                client = self._line.connect()
                self._waiter.begin(can_idle=client.has_capability("IDLE"))
                self._opened = self._select(client)
        except BaseException:
            self._line.drop()
            self._waiter.end()
            raise
        return self._opened

    def _select(self, client: IMAPClient) -> Opened:
        is_read_only = False
        try:
            answer = self._examine(client, readonly=False)
        except IMAPClientReadOnlyError:
            answer = self._examine(client, readonly=True)
            is_read_only = True
        permanent = answer.get(b"PERMANENTFLAGS", ())
        self._keeps_keyword = b"\\*" in permanent or KEYWORD in permanent
        self._highest = int(answer.get(b"UIDNEXT", 1)) - 1
        self._shelves = {}
        forget_news(client)
        return Opened(
            uidvalidity=int(answer.get(b"UIDVALIDITY", 0)),
            mails=int(answer.get(b"EXISTS", 0)),
            is_read_only=is_read_only,
        )

    def _examine(self, client: IMAPClient, *, readonly: bool) -> dict[bytes, Any]:
        folder = self.account.folder
        try:
            answer: dict[bytes, Any] = client.select_folder(folder, readonly=readonly)
        except IMAPClientAbortError:  # imaplib's "read-only" is one of these
            raise
        except IMAPClientError as error:
            if is_temporary(str(error)):
                raise
            raise MailboxRefused(
                f"{self._line.where} has no folder {folder!r} for us ({self._line.heard(error)}): "
                "set the right folder, or let the account read it"
            ) from error
        return answer

    def close(self) -> None:
        """Say goodbye, if there is a line; never raises."""
        self._line.goodbye()
        self._waiter.end()

    # Reading

    def uids(self, *, after: int = 0) -> list[int]:
        """Return the UIDs in the folder that are higher than *after*, in order."""
        with self._line.talking("did not list its mails") as client:
            forget_news(client)
            client.noop()  # a server need not search what it has not announced yet (RFC 3501, 7.3.1)
            if after or self._opened.mails <= _SEARCHED_AT_ONCE:
                found = list(client.search(["UID", f"{after + 1}:*"]))
            else:
                found = []
                step = max(_SEARCHED_AT_ONCE, self._highest // 100)
                for first in range(1, self._highest + 1, step):
                    found += client.search(["UID", f"{first}:{first + step - 1}"])
                found += client.search(["UID", f"{self._highest + 1}:*"])
        # "n:*" always names the last mail, even when its UID is lower than n (RFC 3501, 6.4.8).
        uids = sorted({int(uid) for uid in found if uid > after})
        self._highest = max([self._highest, *uids[-1:]])
        return uids

    def listing(self, uids: Sequence[int]) -> list[Listed]:
        """Return size and time of those of *uids* that the server still has and can describe, by UID."""
        listed = []
        with self._line.talking("did not describe its mails") as client:
            for start in range(0, len(uids), _LISTED_AT_ONCE):
                found = self._ask(client, uids[start : start + _LISTED_AT_ONCE], ["RFC822.SIZE", "INTERNALDATE"])
                listed += [
                    Listed(uid=uid, size=item[b"RFC822.SIZE"], internal_at=_in_utc(item.get(b"INTERNALDATE")))
                    for uid, item in found.items()
                    if isinstance(item.get(b"RFC822.SIZE"), int)
                ]
        return sorted(listed, key=lambda mail: mail.uid)

    def fetch(self, batch: Sequence[Listed]) -> list[Fetched]:
        """Return those mails of *batch* that came whole."""
        limit = self.account.max_size
        small = [mail for mail in batch if mail.size <= min(LARGE, limit)]
        with self._line.talking("did not hand over its mails") as client:
            found = self._ask(client, [mail.uid for mail in small], ["BODY.PEEK[]"])
            return [
                fetched
                for mail in batch
                if (fetched := self._taken(client, mail, found.get(mail.uid, {}).get(b"BODY[]")))
            ]

    def _taken(self, client: IMAPClient, mail: Listed, raw: object) -> Fetched | None:
        """Return the mail if it came whole; one that is too large as its beginning."""
        if mail.size > self.account.max_size:
            beginning = self._slice(client, mail.uid, start=0, octets=STUB)
            return Fetched(listed=mail, raw=beginning, is_oversize=True) if beginning else None
        if mail.size > LARGE:
            raw = self._in_slices(client, mail.uid, upto=mail.size)
        elif isinstance(raw, bytes) and len(raw) != mail.size:
            # A cut answer is asked for again later. But some servers announce sizes that never were (Exchange):
            # then a second reading, to the very end, gives the same bytes, and the mail is taken.
            again = self._in_slices(client, mail.uid, upto=None)
            if again == raw:
                return Fetched(listed=mail, raw=raw)
            raw = again
        return Fetched(listed=mail, raw=raw) if isinstance(raw, bytes) and len(raw) == mail.size else None

    def _in_slices(self, client: IMAPClient, uid: int, *, upto: int | None) -> bytes:
        spool = BytesIO()
        while upto is None or spool.tell() < upto:
            part = self._slice(client, uid, start=spool.tell(), octets=_SLICE)
            if not part:
                break
            spool.write(part)
        return spool.getvalue()

    def _slice(self, client: IMAPClient, uid: int, *, start: int, octets: int) -> bytes:
        item = self._ask(client, [uid], [f"BODY.PEEK[]<{start}.{octets}>"]).get(uid, {})
        part = item.get(f"BODY[]<{start}>".encode())
        return part[:octets] if isinstance(part, bytes) else b""

    def _ask(self, client: IMAPClient, uids: Sequence[int], items: list[str]) -> dict[int, dict[bytes, Any]]:
        """FETCH *items* of *uids*; when the answer is an error or garbled, the UIDs to blame are left out."""
        try:
            found: dict[int, dict[bytes, Any]] = client.fetch(list(uids), items)
        except IMAPClientAbortError:
            raise
        except (IMAPClientError, *GARBLED) as error:
            if is_busy(str(error)):
                raise
            if len(uids) == 1:
                log.warning("a mail could not be fetched: uid %d at %s", uids[0], self.account.host)
                return {}
            middle = len(uids) // 2
            return self._ask(client, uids[:middle], items) | self._ask(client, uids[middle:], items)
        return found

    # Putting away

    def put_away(self, uids: Collection[int], shelf: Shelf) -> None:
        """Move mails to *shelf*, or mark them, as the account says; UIDs that are gone are no error."""
        if self._opened.is_read_only:
            raise MailboxRefused(
                f"{self._line.where} lets us only read {self.account.folder!r}, so mails that are done stay there: "
                "please allow writing and deleting"
            )
        wanted = sorted(uids)
        with self._line.talking("did not put mails away") as client:
            for start in range(0, len(wanted), _PUT_AWAY_AT_ONCE):
                try:
                    self._put_some_away(client, wanted[start : start + _PUT_AWAY_AT_ONCE], shelf)
                except IMAPClientAbortError:
                    raise
                except IMAPClientError as error:
                    self._shelves = {}  # somebody may have removed the folder
                    if is_temporary(str(error)):
                        raise
                    raise MailboxRefused(
                        f"{self._line.where} does not let us put mails into {shelf.value!r} "
                        f"({self._line.heard(error)}): please make that folder, or room in it; nothing is lost"
                    ) from error

    def _put_some_away(self, client: IMAPClient, uids: list[int], shelf: Shelf) -> None:
        can_move = client.has_capability("MOVE")
        # A plain EXPUNGE would also remove what people have marked as deleted, so it is never used.
        if self.account.after == After.KEYWORD or not (can_move or client.has_capability("UIDPLUS")):
            if self._keeps_keyword:
                client.add_flags(uids, [KEYWORD], silent=True)
            return
        folder = self._shelves.get(shelf) or self._find_or_make(client, shelf)
        if can_move:
            client.move(uids, folder)
        else:
            client.copy(uids, folder)
            client.delete_messages(uids, silent=True)
            client.uid_expunge(uids)

    def _find_or_make(self, client: IMAPClient, shelf: Shelf) -> str:
        personal = client.namespace().personal if client.has_capability("NAMESPACE") else None
        folder = (personal[0][0] if personal else "") + shelf.value
        if not client.folder_exists(folder):
            client.create_folder(folder)
            with suppress(IMAPClientError):
                client.subscribe_folder(folder)
        self._shelves[shelf] = folder
        return folder

    # Waiting

    def wait(self, seconds: float) -> bool:
        """Wait at most *seconds* for news; return whether there may be some. `wake` ends it at once."""
        with self._line.talking("went silent") as client:
            return self._waiter.wait(client, seconds)

    def wake(self) -> None:
        """End a `wait`, the present or the next one."""
        self._waiter.wake()

    def shut(self) -> None:
        """Break the line, so that whatever is being done on it fails soon."""
        self._waiter.wake()
        self._line.cut()


def _in_utc(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
