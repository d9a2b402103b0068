"""How long a service takes from its start to its first poll: `python -m bench.start [--times 5] [--database sqlite]`.

The mailbox is a bare listener: the instant at which the service knocks is the beginning of its first poll. The database
has its schema and a desk, as on every start but the first. Beside it: the floor, which is Python itself, and the start
of two commands. The middle of all times is shown; bytecode is written by a run before, as in the image.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from tests.factories import a_desk
from tests.servers.keeper import HOST, leashed, private
from tests.servers.postgresql import PostgresqlServer

from ticketbot.store.database import Store

WITHIN = 1.0
SETTINGS = """\
[database]
url = "{url}"
[mailboxes.support]
address = "support@desk.example"
host = "127.0.0.1"
port = {port}
tls = "none"
password = "x"
[relay]
host = "127.0.0.1"
port = 9
tls = "none"
"""
MAIL = b"From: Mara <mara@acme.example>\r\nSubject: It is down\r\n\r\nThe shop is down.\r\n"


def until_it_knocks(config: Path, mailbox: socket.socket) -> float:
    """Return the seconds from the service's start to its first connection to the mailbox."""
    began = perf_counter()
    service = leashed([*ticketbot(), "--config", str(config), "run"], log=config.with_name("log"))
    try:
        line, _ = mailbox.accept()
        took = perf_counter() - began
        line.close()
    except TimeoutError:
        sys.exit(config.with_name("log").read_text())
    finally:
        service.kill()
        service.wait()
    return took


def until_it_ends(command: list[str]) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def ticketbot() -> list[str]:
    return [sys.executable, "-m", "ticketbot"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    wanted = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'ticketbot.db'}"
        if wanted.database == "postgresql":
            url = stack.enter_context(private(PostgresqlServer)).url
        mailbox = stack.enter_context(socket.create_server((HOST, 0)))
        mailbox.settimeout(30)
        config, mail = folder / "ticketbot.toml", folder / "mail.eml"
        config.write_text(SETTINGS.format(url=url, port=mailbox.getsockname()[1]))
        config.chmod(0o600)
        mail.write_bytes(MAIL)
        store = Store(url)
        store.upgrade()
        a_desk(store)
        store.close()
        measured: dict[str, Callable[[], float]] = {
            "python -c pass": lambda: until_it_ends([sys.executable, "-c", "pass"]),
            "ticketbot --help": lambda: until_it_ends([*ticketbot(), "--help"]),
            "ticketbot mail parse": lambda: until_it_ends([*ticketbot(), "mail", "parse", str(mail)]),
            "ticketbot run, to its first poll": lambda: until_it_knocks(config, mailbox),
        }
        times: dict[str, list[float]] = {what: [] for what in measured}
        for _ in range(wanted.times + 1):
            for what, measure in measured.items():
                times[what].append(measure())
        print(f"{wanted.database}, load {os.getloadavg()[0]:.1f}")
        for what, found in times.items():
            print(f"{what:36}{statistics.median(found[1:]) * 1000:6.0f} ms")


if __name__ == "__main__":
    main()
