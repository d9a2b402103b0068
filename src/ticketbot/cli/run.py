"""`ticketbot run`: the service."""

import ctypes
import gc
import os
import signal
import socket
import threading
from contextlib import ExitStack, suppress

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options, settings, start_logging

#: Of mallopt(3): what is larger is a mapping of its own; so many arenas are shared by all threads.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8

ROLES = ("poll", "process", "send", "schedule", "web")


@click.command(cls=Verb)
@click.option("--role", metavar="ROLES", help=f"Only these, comma-separated: {', '.join(ROLES)}.")
@click.option("--once", is_flag=True, help="Do what is there and what is due, and end when nothing is left.")
@Options.shared
def run(*, role: str | None, once: bool) -> None:
    """Serve: fetch, understand, answer, remind, send.

    All roles in one process, or any set of them on any number of machines over one PostgreSQL. SQLite serves one.
    SIGTERM and SIGINT end it after the mail in hand.

    Examples:
      ticketbot run
      ticketbot run --once
      ticketbot run --role poll,process
    """
    gc.disable()  # what is loaded here stays: to look for garbage in it costs a fifth of the start
    from ticketbot.app import ALL_ROLES, build
    from ticketbot.cli.prepare import prepare
    from ticketbot.domain.errors import UsageError
    from ticketbot.inbound.pool import PooledReader
    from ticketbot.service import Role

    roles = [Role(each) for each in (role or "").replace(" ", "").split(",") if each in ROLES]
    if role and len(roles) != len(role.split(",")):
        raise UsageError(f"--role {role!r} names no roles; known are {', '.join(ROLES)}")
    found = settings()
    found.demand_service()
    start_logging(found)
    give_memory_back()
    with ExitStack() as stack:
        pool = PooledReader(size=found.reading.children or None)
        stack.callback(pool.close)
        if Role.PROCESS in (roles or ALL_ROLES):
            pool.warm()
        app = build(found, reader=pool, lanes=pool.size)
        stack.callback(app.close)
        prepare(app)
        gc.freeze()
        gc.enable()
        if once:
            with app.serving():
                app.run_once(roles=roles or ALL_ROLES)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        notify("READY=1")
        app.run(stop, roles=roles or ALL_ROLES)
        notify("STOPPING=1")


def give_memory_back() -> None:
    """Have what a large mail took go back to the system at once, rather than stay with each thread (glibc's habit)."""
    with suppress(AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, 1024 * 1024)
        mallopt(_ARENA_MAX, 1)


def notify(state: str) -> None:
    """Tell systemd how the service is, if it asked to be told."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.sendall(state.encode())
