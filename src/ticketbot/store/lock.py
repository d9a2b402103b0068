"""One service on one SQLite file: a lock that the system lets go when the process dies."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ticketbot.domain.errors import TemporaryError


@contextmanager
def alone_on(file: Path | None) -> Iterator[None]:
    """Hold the lock beside *file* for the block; None (PostgreSQL serves many) locks nothing.

    Raises TemporaryError when another process holds it.
    """
    if file is None:
        yield
        return
    lock = file.with_name(file.name + ".lock")
    with lock.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TemporaryError(
                f"another ticketbot works on {file}; stop it first (SQLite serves one service at a time)"
            ) from error
        yield


def is_locked(file: Path) -> bool:
    """Return whether a service holds the lock beside *file*."""
    lock = file.with_name(file.name + ".lock")
    if not lock.exists():
        return False
    with lock.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def our_name(role: str) -> str:
    """Return the name under which this process takes work in hand: host, process, its start, and the role."""
    return f"{socket.gethostname()[:24]}:{os.getpid()}:{_started(os.getpid())}:{role}"


def is_dead(holder: str) -> bool:
    """Return whether *holder* (see `our_name`) is a process of this host that runs no more."""
    host, process, started, _role = (*holder.split(":"), "", "", "", "")[:4]
    if host != socket.gethostname()[:24] or not process.isdecimal():
        return False
    return _started(int(process)) != started


def _started(process: int) -> str:
    """Return when a process began, in ticks since the machine's start, or an empty string when there is none."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19] if fields[0] not in ("Z", "X") else ""
