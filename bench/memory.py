"""How much memory one huge mail takes: `python -m bench.memory [--megabytes 48.8] [--database sqlite]`.

On servers of our own, role after role: a huge mail is fetched, read and answered, and another one, with a file that is
just small enough to be passed on, goes to its owner. The peak of each role's process (VmHWM) is shown, beside the peak
of the largest child that read. The service is to stay under 250 MB and a child under 400 MB (faults.md A13).
"""

import argparse
import base64
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from tests.journeys.house import SUPPORT, House, Served, as_a_command, children_of
from tests.servers.dovecot import Dovecot, DovecotServer
from tests.servers.keeper import leashed, private
from tests.servers.postgresql import PostgresqlServer
from tests.servers.smtpsink import SmtpSink
from typing_extensions import override

from ticketbot.store.database import Work

SERVICE, CHILD = 250, 400
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def a_mail(number: int, *, octets: int) -> bytes:
    """A mail of so many octets, nearly all of them in one attached file that does not compress."""
    head = (
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\r\n"
        f"From: Mara Keller <mara@acme.example>\r\nTo: {SUPPORT}\r\nSubject: Huge {number}\r\n"
        f"Message-ID: <huge.{number}@acme.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n'
        "--x\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    file = base64.encodebytes(os.urandom(octets * 57 // 78)).replace(b"\n", b"\r\n")
    return head + file + b"--x--\r\n"


class Peaks(threading.Thread):
    """Watches a process and its children, and remembers how large each has been."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.service = self.child = 0.0
        self._ended = threading.Event()

    @override
    def run(self) -> None:
        while not self._ended.wait(0.01):
            self._look()

    def _look(self) -> None:
        self.service = max(self.service, peak_of(self.process))
        with suppress(OSError):
            self.child = max([self.child, *map(peak_of, children_of(self.process))])

    def end(self) -> None:
        self._look()
        self._ended.set()
        self.join()


def peak_of(process: int) -> float:
    """Return the most that a process ever held, in MB."""
    try:
        found = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def serving(role: str) -> Callable[[House, timedelta], Served]:
    """Serve one role, or all."""

    def launch(house: House, later: timedelta) -> Served:
        if role == "all":
            return as_a_command(house, later)
        command = [sys.executable, "-m", "ticketbot", "--config", str(house.config), "run", "--role", role]
        return leashed(command, log=house.log)

    return launch


def measure(house: House, role: str, until: Callable[[Work], bool], *, what: str) -> None:
    """Serve a role until something is so, and show what it took."""
    house.launch = serving(role)
    house.start()
    assert house.process is not None
    peaks = Peaks(house.process.pid)
    peaks.start()
    house.until(lambda: house.read(until), what=what)
    peaks.end()
    child = f"{peaks.child:6.0f} of {CHILD}" if peaks.child else ""
    mark = "" if peaks.service <= SERVICE and peaks.child <= CHILD else "  too much"
    print(f"{role:10}{peaks.service:6.0f} of {SERVICE}   {child}{mark}   {what}", flush=True)
    house.kill()


def play(house: House, *, octets: int, enclosure: int) -> None:
    def knows_the_mailbox(work: Work) -> bool:
        return work.ledger.mark("support") is not None

    def is_stored(work: Work) -> bool:
        return sum(work.inbox.counts().values()) > 0

    def is_decided(work: Work) -> bool:
        return work.inbox.counts().get("received", 0) == 0

    def is_quiet(work: Work) -> bool:
        return set(work.outbox.counts()) == {"sent"} and is_stored(work) and is_decided(work)

    def both(work: Work) -> bool:
        return sum(work.inbox.counts().values()) == 2 and is_quiet(work)

    print("role      service MB      largest child MB")
    measure(house, "poll", knows_the_mailbox, what="waits")
    house.dovecot.deliver(a_mail(0, octets=octets), to=SUPPORT)
    measure(house, "poll", is_stored, what=f"takes in a mail of {octets / 1e6:.1f} MB")
    measure(house, "process", is_decided, what="reads and decides it")
    measure(house, "send", is_quiet, what="sends its letters")
    house.dovecot.deliver(a_mail(1, octets=enclosure * 78 // 57), to=SUPPORT)
    measure(house, "all", both, what=f"passes on a file of {enclosure / 1e6:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=48.8)
    parser.add_argument("--enclosure", type=float, default=19.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        dovecot = Dovecot(stack.enter_context(private(DovecotServer)).facts, world="bench")
        relay = stack.enter_context(SmtpSink())
        url = f"sqlite:///{folder / 'ticketbot.db'}"
        if wanted.database == "postgresql":
            url = stack.enter_context(private(PostgresqlServer)).url
        house = House(folder=folder, url=url, dovecot=dovecot, relay=relay, triage=("ben",))
        stack.callback(house.close)
        house.store.upgrade()
        house.furnish()
        play(house, octets=int(wanted.megabytes * 1e6), enclosure=int(wanted.enclosure * 1e6))


if __name__ == "__main__":
    main()
