"""A whole desk on simulated time: the real service, its configuration in a folder, and a mail server in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ticketbot.app import App, build
from ticketbot.clock import Clock, SystemClock
from ticketbot.config import load_settings
from ticketbot.desk.apply import apply_desk
from ticketbot.deskfile import read_desk
from ticketbot.sandbox.mailserver import MailServer
from ticketbot.sandbox.people import Person
from ticketbot.sandbox.postoffice import PostOffice

PASSWORD = "secret"  # noqa: S105 - of a sandbox on loopback
AUTHSERV_ID = "mx.desk.example"
#: So much later than a mail something may be due and still be told before it.
_STEP = timedelta(microseconds=1)

SETTINGS = """\
# ticketbot.toml of the sandbox: a mail server on this machine, which the demo starts and stops.
[database]
url = "sqlite:///ticketbot.db"
[mailboxes.support]
address = "support@desk.example"
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "support@desk.example"
password_file = "support.secret"
aliases = ["reply@desk.example", "note@desk.example"]
authserv_id = "{authserv}"
start = "all"
[mailboxes.urgent]
address = "urgent@desk.example"
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "urgent@desk.example"
password_file = "support.secret"
channel = "urgent"
authserv_id = "{authserv}"
start = "all"
[relay]
host = "127.0.0.1"
port = {smtp}
tls = "none"
"""


class StoryClock:
    """Stands still while a story is told, and runs at the real pace once it is let go."""

    def __init__(self, instant: datetime) -> None:
        """Stand at *instant*."""
        self._instant = instant
        self._real: Clock = SystemClock()
        self._since: datetime | None = None

    def now(self) -> datetime:
        """Return the instant of the story."""
        if self._since is None:
            return self._instant
        return self._instant + (self._real.now() - self._since)

    def jump(self, instant: datetime) -> None:
        """Move forward to *instant*, never back."""
        self._instant = max(self._instant, instant)

    def run(self) -> None:
        """Let time pass at its own pace from here on."""
        self._since = self._real.now()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The desk, the mail server and the clock of a story."""

    folder: Path
    clock: StoryClock
    office: PostOffice
    server: MailServer
    app: App

    @property
    def zone(self) -> ZoneInfo:
        """Return the organisation's zone."""
        with self.app.store.look() as work:
            return self.app.desk.rules(work).policy.zone

    def person(self, name: str, address: str) -> Person:
        """Return somebody with a mailbox; it is opened if they had none."""
        if self.office.find(address) is None:
            self.office.add_account(address, password=PASSWORD)
        return Person(name=name, address=address, office=self.office)

    def play_until(self, instant: datetime, *, after_each: Callable[[], object] = lambda: None) -> None:
        """Let everything happen that is due up to *instant*, in its order, and stand there."""
        while True:
            self.app.run_once()
            after_each()
            upcoming = self.app.upcoming()
            if upcoming is None or upcoming > instant:
                break
            self.clock.jump(max(upcoming, self.clock.now() + _STEP))
        self.clock.jump(instant)


@contextmanager
def world(
    folder: Path, *, desk_toml: str, starts_at: datetime, imap_port: int = 0, smtp_port: int = 0
) -> Iterator[World]:
    """Open a desk in *folder* with its mail servers listening on this machine, and close all at the end."""
    clock = StoryClock(starts_at)
    office = PostOffice(clock=clock, authserv_id=AUTHSERV_ID)
    office.add_account("support@desk.example", password=PASSWORD, aliases=("reply@desk.example", "note@desk.example"))
    office.add_account("urgent@desk.example", password=PASSWORD)
    with MailServer(office, imap_port=imap_port, smtp_port=smtp_port) as server:
        settings_file = folder / "ticketbot.toml"
        settings_file.write_text(
            SETTINGS.format(imap=server.imap_port, smtp=server.smtp_port, authserv=AUTHSERV_ID), encoding="utf-8"
        )
        secret = folder / "support.secret"
        secret.touch(mode=0o600)
        secret.write_text(PASSWORD, encoding="utf-8")
        (folder / "desk.toml").write_text(desk_toml, encoding="utf-8")
        app = build(load_settings(settings_file, environ={}), clock=clock)
        try:
            app.store.upgrade()
            with app.store.work() as work:
                apply_desk(read_desk(folder / "desk.toml"), work=work, now=clock.now())
            with app.serving():
                yield World(folder=folder, clock=clock, office=office, server=server, app=app)
        finally:
            app.close()
