"""The mailbox and the relay of a story: the doors of the service opened into a post office, without a socket."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from ticketbot.domain.errors import LetterRefused, NotFound
from ticketbot.inbound.mailbox import Fetched, Listed, Opened, Shelf
from ticketbot.inbound.mailbox.port import STUB
from ticketbot.outbound.smtp import Receipt
from ticketbot.sandbox.postoffice import INBOX, PostOffice, StoredMail


class MemoryMailbox:
    """The INBOX of one account of a post office, as fetching asks for it."""

    patience = timedelta()

    def __init__(self, office: PostOffice, address: str, *, max_size: int = 50_000_000) -> None:
        """Belong to the account at *address*."""
        self.max_size = max_size
        self.is_open = False
        self._office = office
        self._address = address

    def open(self) -> Opened:
        """Select the INBOX."""
        self.is_open = True
        folder = self._office.folder(self._address)
        return Opened(uidvalidity=folder.uidvalidity, mails=len(folder.mails))

    def close(self) -> None:
        """Need to be opened again."""
        self.is_open = False

    def uids(self, *, after: int = 0) -> list[int]:
        """Return the UIDs above *after*, in order."""
        return sorted(uid for uid in self._mails() if uid > after)

    def listing(self, uids: Sequence[int]) -> list[Listed]:
        """Return size and time of those that are here."""
        mails = self._mails()
        return [
            Listed(uid=uid, size=len(mails[uid].raw), internal_at=mails[uid].received_at)
            for uid in uids
            if uid in mails
        ]

    def fetch(self, batch: Sequence[Listed]) -> list[Fetched]:
        """Return the bytes of those that are here; of one over the limit its beginning."""
        mails = self._mails()
        return [
            Fetched(
                listed=mail,
                raw=mails[mail.uid].raw if mail.size <= self.max_size else mails[mail.uid].raw[:STUB],
                is_oversize=mail.size > self.max_size,
            )
            for mail in batch
            if mail.uid in mails
        ]

    def put_away(self, uids: Collection[int], shelf: Shelf) -> None:
        """Move mails to the folder of that name."""
        inbox, target = self._office.folder(self._address), self._office.create_folder(self._address, shelf)
        for uid in sorted(uids):
            if mail := inbox.remove(uid):
                target.add(mail.raw, received_at=mail.received_at, flags=mail.flags)

    def wait(self, seconds: float) -> bool:
        """Return at once: a story does not wait."""
        del seconds
        return False

    def wake(self) -> None:
        """Need no waking."""

    def shut(self) -> None:
        """Need to be opened again."""
        self.is_open = False

    def _mails(self) -> dict[int, StoredMail]:
        return self._office.folder(self._address, INBOX).mails


class MemorySender:
    """A relay that puts every letter into the mailboxes of a post office at once."""

    def __init__(self, office: PostOffice) -> None:
        """Deliver at *office*."""
        self._office = office

    def send(self, letter: bytes, *, sender: str, recipients: Sequence[str]) -> Receipt:
        """Deliver a letter to all its recipients, or refuse it."""
        try:
            self._office.submit(letter, sender=sender, recipients=recipients)
        except NotFound as error:
            raise LetterRefused(str(error)) from error
        return Receipt(reply="250 2.0.0 delivered")

    def close(self) -> None:
        """Keep no line."""

    def shut(self) -> None:
        """Keep no line."""
