"""One folder seen from both sides: as the door sees it, and as those who write and read mail do."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from tests.fakes import FakeMailbox
from tests.servers.dovecot import Dovecot

from ticketbot.inbound.mailbox import Account, ImapMailbox, Mailbox, Shelf
from ticketbot.sandbox.mailserver import MailServer
from ticketbot.tls import Tls

SUPPORT = "support@desk.example"
MAX_SIZE = 6_000_000


class Box(Protocol):
    """A mailbox under test, and what happens to it from outside."""

    @property
    def mailbox(self) -> Mailbox:
        """Return the door."""
        ...

    def drop(self, raw: bytes, *, at: datetime) -> None:
        """Let a mail arrive, exactly these bytes."""
        ...

    def flags(self) -> list[frozenset[str]]:
        """Return the flags of each mail in the folder."""
        ...

    def flag(self, uid: int, *flags: str) -> None:
        """Let a person flag a mail."""
        ...

    def inbox(self) -> list[bytes]:
        """Return what lies in the folder."""
        ...

    def shelf(self, shelf: Shelf) -> list[bytes]:
        """Return what was put away."""
        ...

    def renumber(self) -> None:
        """Change the UIDVALIDITY."""
        ...


class FakeBox:
    """The fake."""

    def __init__(self) -> None:
        self.mailbox = FakeMailbox(max_size=MAX_SIZE)

    def drop(self, raw: bytes, *, at: datetime) -> None:
        self.mailbox.add(raw, at=at)

    def flags(self) -> list[frozenset[str]]:
        return [frozenset() for _ in self.mailbox.mails]

    def flag(self, uid: int, *flags: str) -> None:
        """Do nothing: the fake has no flags."""

    def inbox(self) -> list[bytes]:
        return [mail.raw for mail in self.mailbox.mails.values()]

    def shelf(self, shelf: Shelf) -> list[bytes]:
        return self.mailbox.shelves.get(shelf, [])

    def renumber(self) -> None:
        self.mailbox.renumber()


class SandboxBox:
    """Our own server in memory."""

    def __init__(self, server: MailServer) -> None:
        self.office = server.office
        self.office.add_account(SUPPORT)
        self.mailbox = ImapMailbox(account(port=server.imap_port))

    def drop(self, raw: bytes, *, at: datetime) -> None:
        self.office.append(SUPPORT, raw, received_at=at)

    def flags(self) -> list[frozenset[str]]:
        return [mail.flags for mail in self.office.messages(SUPPORT)]

    def flag(self, uid: int, *flags: str) -> None:
        self.office.folder(SUPPORT).flag(uid, flags)

    def inbox(self) -> list[bytes]:
        return [mail.raw for mail in self.office.messages(SUPPORT)]

    def shelf(self, shelf: Shelf) -> list[bytes]:
        folders = self.office.account(SUPPORT).folders
        return [mail.raw for mail in folders[shelf].snapshot()] if shelf in folders else []

    def renumber(self) -> None:
        self.office.change_uidvalidity(SUPPORT)


class DovecotBox:
    """A Dovecot."""

    def __init__(self, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        plain = account(port=dovecot.port)
        self.mailbox = ImapMailbox(replace(plain, username=dovecot.user(SUPPORT)))

    def drop(self, raw: bytes, *, at: datetime) -> None:
        self.dovecot.drop(raw, to=SUPPORT, at=at)

    def flags(self) -> list[frozenset[str]]:
        return [mail.flags for mail in self.dovecot.messages(SUPPORT)]

    def flag(self, uid: int, *flags: str) -> None:
        with self.dovecot.session(SUPPORT) as client:
            client.add_flags([uid], list(flags))

    def inbox(self) -> list[bytes]:
        return [mail.raw for mail in self.dovecot.messages(SUPPORT)]

    def shelf(self, shelf: Shelf) -> list[bytes]:
        return [mail.raw for mail in self.dovecot.messages(SUPPORT, shelf)]

    def renumber(self) -> None:
        self.dovecot.change_uidvalidity(SUPPORT)


def account(*, port: int) -> Account:
    return Account(
        host="127.0.0.1",
        port=port,
        tls=Tls.NONE,
        username=SUPPORT,
        password="secret",
        max_size=MAX_SIZE,
        connect_within=5,
        answer_within=10,
    )
