"""Checks of everything that ticketbot depends on, in order, each with what was found and how to mend it."""

import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ticketbot.config import MailboxChannel, Settings, load_keyring
from ticketbot.deskfile import desk_of
from ticketbot.domain.errors import TemporaryError, TicketbotError
from ticketbot.inbound import confine
from ticketbot.inbound.mailbox import Account, ImapMailbox
from ticketbot.inbound.pool import PooledReader
from ticketbot.inbound.ward import Allowance
from ticketbot.outbound.letters import Code
from ticketbot.outbound.smtp import Relay, SmtpSender
from ticketbot.resources import shipped
from ticketbot.store.database import Store
from ticketbot.store.models import LetterState, MailState
from ticketbot.store.schema import head

#: The first releases whose `email` package refuses a header that an address smuggles in (faults.md §1.6).
SAFE_PYTHON = {(3, 11): 15, (3, 12): 13, (3, 13): 12, (3, 14): 3}
SPACE_NEEDED = 500_000_000
_REMEDY = re.compile(r"[;:] (?=(?:please )?(?:add|check|choose|install|let|make|name|remove|restore|run|set|wait)\b)")


class Verdict(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: what was looked at, what was found, and how to mend it. `exit_code` says who can help."""

    name: str
    verdict: Verdict
    found: str
    fix: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is examined: the settings, and how its servers are reached."""

    settings: Settings
    store: Store
    accounts: Mapping[str, Account]
    relay: Relay
    sender: str


def examine(patient: Patient, *, now: datetime) -> Iterator[Finding]:
    """Yield one finding after the other; a check that breaks is a finding too."""
    for check in CHECKS:
        try:
            yield from check(patient, now)
        except TicketbotError as error:
            yield _broken(check.__name__.replace("_", " "), error)


def python(_patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether Python is new enough."""
    found = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    safe = SAFE_PYTHON.get(sys.version_info[:2], 0)
    if sys.version_info.micro < safe:
        fix = f"install Python {sys.version_info[0]}.{sys.version_info[1]}.{safe} or newer: this one lacks hardening"
        yield Finding(name="Python", verdict=Verdict.WARNING, found=found, fix=fix)
    else:
        yield _ok("Python", found)


def time_zones(_patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether time zone data are there."""
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        yield _failed("time zones", "there are no time zone data", "install the package tzdata")
    else:
        yield _ok("time zones", "data found")


def secrets(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether secret files are for their owner alone."""
    settings = patient.settings
    servers = [settings.relay, *settings.mailboxes.values()]
    files = {server.password_file for server in servers if server.password_file} | {settings.security.key_file}
    for file in sorted(files):
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding(
                name="secrets", verdict=Verdict.WARNING, found=f"others may read {file}", fix=f"chmod 600 {file}"
            )
    if settings.security.key_file.exists():
        load_keyring(settings.security.key_file)
        yield _ok("signing keys", str(settings.security.key_file))
    else:
        yield _ok("signing keys", f"{settings.security.key_file} will be made at the first start")


def database(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether the database answers and has this program's schema."""
    found = patient.store.revision()
    if found is None:
        yield _failed(
            "database", "it is empty", "run `ticketbot db upgrade`, or `ticketbot run`, which does it", code=78
        )
        return
    if found != head():
        patient.store.require_current()
    with patient.store.work() as work:
        work.flush()
    yield _ok("database", f"{'SQLite' if patient.store.is_sqlite else 'PostgreSQL'}, schema {found}, writable")


def disk(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether there is room for more mail."""
    file = patient.settings.database.sqlite_file
    if file is None:
        return
    free = shutil.disk_usage(file.parent).free
    if free < SPACE_NEEDED:
        fix = f"make room on the disk of {file.parent}, or move the database"
        yield Finding(name="disk", verdict=Verdict.WARNING, found=f"{free // 1_000_000} MB free", fix=fix)
    else:
        yield _ok("disk", f"{free // 1_000_000_000} GB free")


def desk(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether a desk file is in force, and clients can reach it."""
    if patient.store.revision() is None:
        return
    with patient.store.look() as work:
        policy = work.desk.policy()
        document = desk_of(policy.document) if policy is not None else None
        people, clients, launches = len(work.desk.roster()), len(work.desk.clients()), len(work.desk.launches())
    if document is None:
        yield _failed("desk", "no desk file was applied", "run `ticketbot desk apply desk.toml`", code=78)
        return
    yield _ok("desk", f"{people} staff, {clients} clients, {launches} launches")
    ours = {address.lower() for mailbox in patient.settings.mailboxes.values() for address in mailbox.addresses}
    if patient.settings.mailboxes and document.address not in ours:
        fix = "add it to a mailbox's address or aliases in ticketbot.toml, or set desk.address in desk.toml"
        yield Finding(name="desk", verdict=Verdict.WARNING, found=f"no mailbox reads {document.address}", fix=fix)


def templates(_patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether every letter has its templates."""
    folder = shipped("templates") / "mail"
    missing = [code.value for code in Code if not (folder / code.value.lower() / "body.txt").is_file()]
    if missing:
        fix = "install ticketbot again: its package is not whole"
        yield _failed("templates", f"none for {', '.join(missing)} in {folder}", fix)
    else:
        yield _ok("templates", f"{len(Code)} letters")


def mailboxes(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether each mailbox lets us in and shows its folder."""
    if not patient.accounts:
        yield _failed("mailboxes", "none is set", "add [mailboxes.support] to ticketbot.toml", code=78)
    for name, account in patient.accounts.items():
        title = f"mailbox {name}"
        mailbox = ImapMailbox(account)
        try:
            opened = mailbox.open()
        except TicketbotError as error:
            yield _broken(title, error)
            continue
        finally:
            mailbox.close()
        found = f"{account.username} at {account.host}:{account.port}, {account.folder} holds {opened.mails} mails"
        if opened.is_read_only:
            fix = "let this account move and mark mails, or nothing can be put away"
            yield Finding(name=title, verdict=Verdict.WARNING, found=f"{found}, but may only be read", fix=fix)
        else:
            yield _ok(title, found)
        yield from _authentication(patient, name)


def readers(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether a child can be had to read mail, and how it is confined."""
    try:
        with PooledReader(size=patient.settings.reading.children or None) as pool:
            ways, size = pool.isolation().split(", "), pool.size
    except TemporaryError as error:
        fix = "let this user start processes of 400 MB (ulimit -u and -v, the container's memory and pids limits)"
        yield _failed("reading mail", str(error), fix)
        return
    allowance = Allowance()
    limits = f"{allowance.memory // 1_000_000} MB and {allowance.bulky_cpu_seconds} s of CPU at most"
    found = f"{size} {'child' if size == 1 else 'children'}, each with {limits}"
    if confine.FILTER in ways:
        yield _ok(
            "reading mail",
            f"{found}; the kernel refuses network, programs and all changes of files ({', '.join(ways)})",
        )
    elif confine.NAMESPACE in ways:
        yield _ok("reading mail", f"{found}; the kernel refuses the network ({', '.join(ways)})")
    else:
        yield Finding(
            name="reading mail",
            verdict=Verdict.WARNING,
            found=f"{found}; the child itself refuses network and programs, not the kernel",
            fix="run it on a kernel and in a container that let a process filter its own system calls (seccomp)",
        )


def relay(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether the relay lets us in and takes letters from our address."""
    if not patient.relay.host:
        yield _failed("relay", "none is set", "add [relay] to ticketbot.toml", code=78)
        return
    sender = SmtpSender(patient.relay)
    try:
        sender.probe(sender=patient.sender)
    finally:
        sender.close()
    yield _ok("relay", f"{patient.relay.host}:{patient.relay.port} takes letters from {patient.sender}")


def work_left(patient: Patient, _now: datetime) -> Iterator[Finding]:
    """Ask whether anything waits for a person."""
    if patient.store.revision() is None:
        return
    with patient.store.look() as work:
        mails, letters = work.inbox.counts(), work.outbox.counts()
    if count := mails.get(MailState.QUARANTINED, 0):
        fix = "look at `ticketbot mail list --state quarantined`, then release or drop them"
        yield Finding(name="quarantine", verdict=Verdict.WARNING, found=f"{count} mails wait there", fix=fix)
    if count := letters.get(LetterState.FAILED, 0):
        fix = "look at `ticketbot outbox list --state failed`, then retry or cancel them"
        yield Finding(name="outbox", verdict=Verdict.WARNING, found=f"{count} letters failed", fix=fix)
    if not mails.get(MailState.QUARANTINED) and not letters.get(LetterState.FAILED):
        yield _ok("work left", "no mail in quarantine, no failed letter")


#: Every check, in order: first what everything else stands on.
CHECKS: Sequence[Callable[[Patient, datetime], Iterator[Finding]]] = (
    python, time_zones, secrets, database, disk, templates, readers, desk, mailboxes, relay, work_left,
)  # fmt: skip


def _authentication(patient: Patient, name: str) -> Iterator[Finding]:
    """Warn where nobody's word about a sender can be trusted: then a forged From may act as staff (by challenge)."""
    mailbox = patient.settings.mailboxes[name]
    if mailbox.channel != MailboxChannel.RECEIPTS and not mailbox.authserv_id:
        fix = (
            f"set mailboxes.{name}.authserv_id to the name that begins the Authentication-Results header "
            "which your own mail server writes"
        )
        yield Finding(
            name=f"mailbox {name}",
            verdict=Verdict.WARNING,
            found="senders cannot be verified (no authserv_id)",
            fix=fix,
        )


def _ok(name: str, found: str) -> Finding:
    return Finding(name=name, verdict=Verdict.OK, found=found)


def _failed(name: str, found: str, fix: str, *, code: int = 1) -> Finding:
    return Finding(name=name, verdict=Verdict.FAILED, found=found, fix=fix, exit_code=code)


def _broken(name: str, error: TicketbotError) -> Finding:
    """Return an error as a finding: our sentences end with the remedy, behind a colon or semicolon."""
    said = str(error)
    remedy = _REMEDY.search(said)
    found, fix = (said[: remedy.start()], said[remedy.end() :]) if remedy else (said, "look at the operator's guide")
    return _failed(name, found, fix, code=error.exit_code)
