"""How long a service takes from its start to its first poll: `python -m bench.start [--times 5] [--database sqlite]`.

The mailbox is a bare listener: the instant at which the service knocks is the beginning of its first poll. The database
has its schema and a desk, as on every start but the first. Beside it: the floor, which is Python itself, and the start
of two commands. The middle of all times is shown, and of the CPU that the process took, which a busy machine changes
less; bytecode is written by a run before, as in the image.
"""

import argparse
import os
import resource
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


Times = tuple[float, float]


def until_it_knocks(config: Path, mailbox: socket.socket) -> Times:
    """Return the seconds, by the clock and of CPU, from the service's start to its first connection to the mailbox."""
    began = perf_counter()
    service = leashed([*ticketbot(), "--config", str(config), "run"], log=config.with_name("log"))
    try:
        line, _ = mailbox.accept()
        took = perf_counter() - began
        used = Path(f"/proc/{service.pid}/stat").read_text().rpartition(")")[2].split()
        line.close()
    except TimeoutError:
        sys.exit(config.with_name("log").read_text())
    finally:
        service.kill()
        service.wait()
    return took, (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def until_it_ends(command: list[str]) -> Times:
    began, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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
        measured: dict[str, Callable[[], Times]] = {
            "python -c pass": lambda: until_it_ends([sys.executable, "-c", "pass"]),
            "ticketbot --help": lambda: until_it_ends([*ticketbot(), "--help"]),
            "ticketbot mail parse": lambda: until_it_ends([*ticketbot(), "mail", "parse", str(mail)]),
            "ticketbot run, to its first poll": lambda: until_it_knocks(config, mailbox),
        }
        times: dict[str, list[Times]] = {what: [] for what in measured}
        for _ in range(wanted.times + 1):
            for what, measure in measured.items():
                times[what].append(measure())
        print(f"{f'{wanted.database}, load {os.getloadavg()[0]:.1f}':36}{'ms':>8}{'ms of CPU':>12}")
        for what, found in times.items():
            took, used = (statistics.median(each) * 1000 for each in zip(*found[1:], strict=True))
            print(f"{what:36}{took:8.0f}{used:12.0f}")


if __name__ == "__main__":
    main()
