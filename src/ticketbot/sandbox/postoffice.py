"""Accounts, folders and mails of the sandbox: in memory, safe to share between threads, without a socket."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr

from ticketbot.clock import Clock, SystemClock
from ticketbot.domain.errors import NotFound
from ticketbot.sandbox.postmark import canonical, header, postmarked

INBOX = "INBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """One mail as it lies in a folder."""

    uid: int
    raw: bytes
    received_at: datetime
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One mail handed over: the envelope, and the bytes before the post office marked them."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: datetime


class Folder:
    """Mails by UID. Every change is made under the office's lock, counted in `version`, and announced."""

    def __init__(self, office: "PostOffice", *, name: str, uidvalidity: int) -> None:
        """Be empty."""
        self.office = office
        self.name = name
        self.uidvalidity = uidvalidity
        self.uidnext = 1
        self.version = 0
        self.mails: dict[int, StoredMail] = {}

    def add(self, raw: bytes, *, received_at: datetime, flags: Iterable[str] = ()) -> StoredMail:
        """Store *raw* under the next UID."""
        with self.office.changing(self):
            mail = StoredMail(uid=self.uidnext, raw=raw, received_at=received_at, flags=frozenset(flags))
            self.uidnext += 1
            self.mails[mail.uid] = mail
            return mail

    def flag(self, uid: int, flags: Iterable[str]) -> StoredMail | None:
        """Give the mail *uid* these flags instead of its own; nothing if it is gone."""
        with self.office.changing(self):
            if mail := self.mails.get(uid):
                self.mails[uid] = replace(mail, flags=frozenset(flags))
            return self.mails.get(uid)

    def remove(self, uid: int) -> StoredMail | None:
        """Take the mail *uid* out; nothing if it is gone."""
        with self.office.changing(self):
            return self.mails.pop(uid, None)

    def snapshot(self) -> list[StoredMail]:
        """Return the mails in the order of their UIDs."""
        with self.office.lock:
            return list(self.mails.values())


@dataclass(slots=True, kw_only=True)
class Account:
    """Somebody who can sign in and receives mail."""

    address: str
    password: str
    token: str | None
    folders: dict[str, Folder]


class PostOffice:
    """Everybody's mailboxes. Mail to a plus-address goes to its account.

    With *authserv_id* each arriving mail gets an Authentication-Results header in which its From passes, unless it
    carries one already. Unknown recipients are refused, or go to the account *catch_all*.
    """

    def __init__(
        self, *, clock: Clock | None = None, authserv_id: str | None = None, catch_all: str | None = None
    ) -> None:
        """Have no accounts yet."""
        self.clock = clock or SystemClock()
        self.authserv_id = authserv_id
        self.catch_all = catch_all
        self.lock = threading.Condition(threading.RLock())
        self.accounts: dict[str, Account] = {}
        self.transactions: list[Transaction] = []
        self._aliases: dict[str, str] = {}
        self._watchers: list[Callable[[], None]] = []
        self._generation = int(self.clock.now().timestamp())

    def add_account(
        self,
        address: str,
        *,
        password: str = "secret",  # noqa: S107 - a sandbox's password
        token: str | None = None,
        aliases: Iterable[str] = (),
        folders: Iterable[str] = (),
    ) -> Account:
        """Open an account with an INBOX and *folders*; *token* is what XOAUTH2 accepts."""
        with self.lock:
            account = Account(address=address, password=password, token=token, folders={})
            self.accounts[address.lower()] = account
            self._aliases.update({alias.lower(): address.lower() for alias in aliases})
        for name in (INBOX, *folders):
            self.create_folder(address, name)
        return account

    def create_folder(self, address: str, name: str) -> Folder:
        """Return the account's folder *name*, new if it was missing."""
        with self.lock:
            folders = self.account(address).folders
            if name not in folders:
                self._generation += 1
                folders[name] = Folder(self, name=name, uidvalidity=self._generation)
            return folders[name]

    def delete_folder(self, address: str, name: str) -> None:
        """Take a folder away, with its mails."""
        with self.lock:
            folder = self.folder(address, name)
            del self.account(address).folders[name]
            with self.changing(folder):
                folder.mails = {}

    def account(self, address: str) -> Account:
        """Return the account of exactly this address."""
        try:
            return self.accounts[address.lower()]
        except KeyError:
            raise NotFound(f"The sandbox has no account {address}.") from None

    def folder(self, address: str, name: str = INBOX) -> Folder:
        """Return the account's folder *name*."""
        try:
            return self.account(address).folders[name]
        except KeyError:
            raise NotFound(f"The sandbox has no folder {name} of {address}.") from None

    def find(self, recipient: str) -> Account | None:
        """Return who gets the mail for *recipient*: by address, alias, plus-address or as the catch-all."""
        local, _, domain = recipient.lower().rpartition("@")
        for address in (f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}"):
            if account := self.accounts.get(self._aliases.get(address, address)):
                return account
        return self.account(self.catch_all) if self.catch_all else None

    def messages(self, address: str, folder: str = INBOX) -> list[StoredMail]:
        """Return the mails of a folder in the order of their UIDs."""
        return self.folder(address, folder).snapshot()

    def deliver(self, raw: bytes, *, to: str, sender: str | None = None) -> StoredMail:
        """Put a mail into the INBOX of *to* as if it had arrived: postmarked, now. Its From stands for the sender."""
        account = self.find(to)
        if account is None:
            raise NotFound(f"The sandbox has no account for {to}.")
        if sender is None:
            sender = parseaddr(header(raw, "From"))[1]
        now = self.clock.now()
        marked = postmarked(raw, sender=sender, recipient=to, at=now, authserv_id=self.authserv_id)
        return account.folders[INBOX].add(marked, received_at=now)

    def submit(self, raw: bytes, *, sender: str, recipients: Iterable[str]) -> Transaction:
        """Take a mail from a sender of letters: remember the transaction, deliver to all or refuse them all."""
        handed = Transaction(sender=sender, recipients=tuple(recipients), raw=raw, at=self.clock.now())
        if unknown := [recipient for recipient in handed.recipients if self.find(recipient) is None]:
            raise NotFound(f"The sandbox has no account for {unknown[0]}.")
        with self.lock:
            self.transactions.append(handed)
            for recipient in handed.recipients:
                self.deliver(raw, to=recipient, sender=sender)
        return handed

    def append(
        self,
        address: str,
        raw: bytes,
        *,
        folder: str = INBOX,
        flags: Iterable[str] = (),
        received_at: datetime | None = None,
    ) -> StoredMail:
        """Put a mail into a folder without a postmark; as on other servers, bare line ends and NUL are repaired."""
        at = received_at.astimezone(UTC) if received_at else self.clock.now()
        return self.folder(address, folder).add(canonical(raw), received_at=at, flags=flags)

    def change_uidvalidity(self, address: str, folder: str = INBOX) -> int:
        """Begin a new generation of a folder, as after a server's move: same mails, UIDs from 1 on."""
        target = self.folder(address, folder)
        with self.changing(target):
            self._generation += 1
            target.uidvalidity = self._generation
            mails = [replace(mail, uid=uid) for uid, mail in enumerate(target.mails.values(), start=1)]
            target.mails = {mail.uid: mail for mail in mails}
            target.uidnext = len(mails) + 1
        return target.uidvalidity

    def wait_for(self, condition: Callable[[], bool], *, timeout: float = 10.0) -> bool:
        """Block until *condition* holds, asking again after every change; false if it never did."""
        with self.lock:
            return self.lock.wait_for(condition, timeout)

    def wait_for_mail(
        self, address: str, *, folder: str = INBOX, count: int = 1, timeout: float = 10.0
    ) -> list[StoredMail]:
        """Block until the folder holds *count* mails, and return them; an assertion fails if it never does."""
        if not self.wait_for(lambda: len(self.messages(address, folder)) >= count, timeout=timeout):
            held = len(self.messages(address, folder))
            raise AssertionError(f"{folder} of {address} holds {held} mails after {timeout} s, not {count}.")
        return self.messages(address, folder)

    def watch(self, bell: Callable[[], None]) -> Callable[[], None]:
        """Ring *bell* at every change, under the lock; return what ends it."""
        with self.lock:
            self._watchers.append(bell)

        def unwatch() -> None:
            with self.lock, suppress(ValueError):
                self._watchers.remove(bell)

        return unwatch

    @contextmanager
    def changing(self, folder: Folder) -> Iterator[None]:
        """Hold the lock while *folder* changes, then tell everybody."""
        with self.lock:
            yield
            folder.version += 1
            self.lock.notify_all()
            for bell in tuple(self._watchers):
                bell()
