"""A whole desk on real servers: Dovecot, an SMTP relay, a database, and the service in a process of its own."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Protocol, TypeVar

from tests.journeys.forked import as_a_fork
from tests.servers.certificate import Certificate
from tests.servers.dovecot import Dovecot
from tests.servers.keeper import leashed
from tests.servers.smtpsink import SmtpSink

from ticketbot.clock import SystemClock
from ticketbot.desk.apply import apply_desk
from ticketbot.deskfile import read_desk
from ticketbot.sandbox.postoffice import StoredMail
from ticketbot.store.database import Store, Work

SUPPORT = "support@desk.example"
AUTHSERV_ID = "mx.desk.example"
RELAY_USER, RELAY_PASSWORD = "desk", "relay-secret"

#: How long a story waits for anything. It never waits so long unless something is broken.
PATIENCE = 240.0
_GLANCE = 0.1

Found = TypeVar("Found")

#: `poll_every` and `census_every` are longer than any story: what comes, comes by IDLE.
SETTINGS = """\
[database]
url = "{url}"
[mailboxes.support]
address = "support@desk.example"
host = "localhost"
port = {imap_port}
tls = "{tls}"
ca_file = "{ca_file}"
username = "{username}"
password_file = "mailbox.secret"
authserv_id = "mx.desk.example"
poll_every = "2 h"
census_every = "2 h"
[relay]
host = "localhost"
port = {relay_port}
tls = "{relay_tls}"
unknown_after = "1 s"
"""
RELAY_LOGIN = """\
username = "desk"
password_file = "relay.secret"
ca_file = "{ca_file}"
"""

DESK = """\
[desk]
name = "Example Support"
timezone = "Europe/Berlin"
{triage}
[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "hypercare_lead"
team = "hypercare"
[staff.ben]
name = "Ben Okafor"
email = "ben@desk.example"
role = "engineer"
team = "hypercare"
[staff.dana]
name = "Dana Miller"
email = "dana@desk.example"
role = "manager"
[clients.acme]
name = "Acme Recruiting GmbH"
domains = ["acme.example"]
timezone = "Europe/Berlin"
contacts = [{{ address = "mara@acme.example", name = "Mara Keller", roles = ["key_user"] }}]
[launches."acme/hr"]
name = "Acme HR"
go_live = {go_live}
profile = "command30_90"
"""


@dataclass(kw_only=True, slots=True)
class House:
    """The desk's folder and the process that serves it. Its parts may be changed before `furnish`."""

    folder: Path
    url: str
    dovecot: Dovecot
    relay: SmtpSink
    relay_certificate: Certificate | None = None
    tls: str = "tls"
    imap_port: int | None = None
    relay_port: int | None = None
    password: str = "secret"
    triage: tuple[str, ...] = ()
    more: str = ""
    go_live: datetime = field(default_factory=lambda: SystemClock().now() - timedelta(days=10))
    launch: "Launch" = as_a_fork
    process: "Served | None" = field(default=None, init=False)
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.url)
        self.dovecot.authserv_id = AUTHSERV_ID

    @property
    def config(self) -> Path:
        return self.folder / "ticketbot.toml"

    @property
    def desk(self) -> Path:
        return self.folder / "desk.toml"

    @property
    def log(self) -> Path:
        return self.folder / "service.log"

    # Setting up

    def write_files(self) -> None:
        """Write the two files and the secrets."""
        self.write_settings()
        triage = f"triage = {list(self.triage)!r}".replace("'", '"') if self.triage else ""
        self.desk.write_text(DESK.format(go_live=f"{self.go_live:%Y-%m-%d}T06:00:00", triage=triage))

    def furnish(self) -> None:
        """Write the files and put the desk file in force, at once and without a command; the schema is there."""
        self.write_files()
        with self.store.work() as work:
            apply_desk(read_desk(self.desk), work=work, now=SystemClock().now())

    def write_settings(self) -> None:
        tls_port = self.dovecot.tls_port if self.tls == "tls" else self.dovecot.port
        text = SETTINGS.format(
            url=self.url,
            imap_port=self.imap_port or tls_port,
            tls=self.tls,
            ca_file=self.dovecot.ca_file,
            username=self.dovecot.user(SUPPORT),
            relay_port=self.relay_port or self.relay.port,
            relay_tls="starttls" if self.relay_certificate else "none",
        )
        if self.relay_certificate:
            text += RELAY_LOGIN.format(ca_file=self.relay_certificate.certificate)
        self.config.write_text(text + self.more)
        for name, secret in (("mailbox.secret", self.password), ("relay.secret", RELAY_PASSWORD)):
            (self.folder / name).write_text(secret)
            (self.folder / name).chmod(0o600)

    def ticketbot(self, *words: str, code: int = 0) -> str:
        """Run a command and return what it said: on stdout, or for another *code* than 0 on stderr."""
        command = [sys.executable, "-m", "ticketbot", *words, "--config", str(self.config)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=self.folder)
        assert done.returncode == code, f"{words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout if code == 0 else done.stderr

    # The service

    def start(self, *, later: timedelta = timedelta()) -> None:
        """Begin to serve; *later* lets the service believe that so much time has passed."""
        assert self.process is None
        self.process = self.launch(self, later)

    def kill(self) -> None:
        """End the service as a power cut would, it alone: what it began must see to itself."""
        assert self.process
        process, self.process = self.process, None
        children = children_of(process.pid)
        process.kill()
        process.wait()
        self.until(lambda: not any(map(is_alive, children)), what="what the service began ends with it")

    def stop(self) -> None:
        """End the service as an operator does; an assertion fails unless it ends well, and soon."""
        assert self.process
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert code == 0, self.tail()

    def wait_until_it_listens(self) -> None:
        """Return once the service has opened its mailbox for the first time: from now on mail counts."""
        self.until(lambda: self.read(lambda work: work.ledger.mark("support")), what="the first connection")

    def until_it_dies(self, *, what: str) -> None:
        """Return once somebody else has ended the service."""
        assert self.process
        process, self.process = self.process, None
        self.until(lambda: process.poll() is not None, what=what)

    def close(self) -> None:
        if self.process is not None:
            self.kill()
        self.store.close()

    # Looking

    def read(self, look: Callable[[Work], Found]) -> Found:
        """Return what *look* finds in the database."""
        with self.store.look() as work:
            return look(work)

    def until(self, look: Callable[[], Found | None], *, what: str, within: float = PATIENCE) -> Found:
        """Return what *look* finds once that is something; an assertion fails if it never is, with the log's end."""
        deadline = monotonic() + within
        while True:
            found = look()
            if found:
                return found
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"{what}: the service ended by itself\n{self.tail()}")
            if monotonic() >= deadline:
                raise AssertionError(f"{what}: not within {within:.0f} s\n{self.tail()}")
            with self.relay.news:
                self.relay.news.wait(_GLANCE)

    def tail(self) -> str:
        """Return how many sightings, mails and letters are in which state, and the end of what the service said."""
        said = self.log.read_text(errors="replace")[-4_000:] if self.log.exists() else "(it said nothing)"
        counts = self.read(lambda work: (work.ledger.counts(), work.inbox.counts(), work.outbox.counts()))
        reasons = self.read(lambda work: [mail.reason for mail in work.inbox.listed(["quarantined", "triage", "held"])])
        return f"{counts}\n{reasons}\n{said}"

    def folder_of(self, address: str, name: str = "INBOX") -> list[StoredMail]:
        return self.dovecot.messages(address, name)


def children_of(process: int) -> list[int]:
    """Return the processes that a process has begun."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def is_alive(process: int) -> bool:
    """Return whether a process runs, and does not only wait to be forgotten."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


class Served(Protocol):
    """A process that serves, as `subprocess` has it."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...

    def send_signal(self, sig: int) -> None: ...


Launch = Callable[[House, timedelta], Served]


def as_a_command(house: House, later: timedelta) -> Served:
    """Serve by `ticketbot run`, as operators do, whose clock cannot be ahead."""
    assert not later
    return leashed([sys.executable, "-m", "ticketbot", "--config", str(house.config), "run"], log=house.log)


@contextmanager
def lived_in(house: House) -> Iterator[House]:
    """Give a house for the block, and leave nothing of it running."""
    try:
        yield house
    finally:
        house.close()
