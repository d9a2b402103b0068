"""What children of the pool may do instead of reading a mail; the first word of the mail says what."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ticketbot.domain.messages import Message
from ticketbot.inbound.parse import read, stub


def misbehave(raw: bytes, *, authserv_ids: frozenset[str]) -> Message:
    """Do what the mail says."""
    word = raw.split(b" ", 1)[0].decode()
    acts: dict[str, Callable[[], object]] = {
        "sleep": lambda: time.sleep(60),
        "burn": burn,
        "hoard": lambda: str(bytearray(2_000_000_000)),
        "exit": leave,
        "abort": os.abort,
        "segfault": lambda: str(ctypes.string_at(0)),
        "raise": lambda: str(1 // 0),
        "babble": babble,
        "swell": swell,
    }
    if word in acts:
        acts[word]()
    if word in QUESTIONS:
        return stub(raw, reason=QUESTIONS[word]())
    return read(raw, authserv_ids=authserv_ids)


def leave() -> None:
    sys.exit(3)


def burn() -> None:
    while True:
        pass


def babble() -> None:
    """Write an endless answer behind the reader's back."""
    (sink,) = (int(each.name) for each in opened() if each.name != "0" and each.readlink().name.startswith("pipe:"))
    os.write(sink, b"M" + b"\x7f" * 8)


def opened() -> list[Path]:
    return [each for each in Path("/proc/self/fd").iterdir() if each.exists()]


def swell() -> None:
    """Take much memory and keep it."""
    HELD.append(bytearray(170_000_000))
    for page in range(0, len(HELD[0]), 4096):
        HELD[0][page] = 1


def terminated() -> str:
    os.kill(os.getpid(), signal.SIGTERM)
    return "alive"


def printed() -> str:
    print("words of a library")  # noqa: T201
    return "said"


def connected() -> str:
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError as error:
        return type(error).__name__
    return "connected"


def raw_socket() -> str:
    """Ask the kernel itself, past Python."""
    kernel = ctypes.CDLL(None, use_errno=True)
    return f"{kernel.socket(socket.AF_INET, socket.SOCK_STREAM, 0)} {os.strerror(ctypes.get_errno())}"


def program() -> str:
    try:
        subprocess.run(["/bin/true"], check=True)
    except OSError as error:
        return type(error).__name__
    return "ran"


def written() -> str:
    try:
        Path("/tmp/ticketbot-child-wrote").write_text("x" * 10, encoding="utf-8")
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "written"


def by_the_kernel(name: str, *values: object) -> Callable[[], str]:
    """Return an act that asks the C library, past Python and its hooks, and says how that ended."""

    def act() -> str:
        kernel = ctypes.CDLL(None, use_errno=True)
        return f"{getattr(kernel, name)(*values)} {os.strerror(ctypes.get_errno())}"

    return act


#: What would change files or other processes. The paths are nowhere: who may do it is told that nothing is there.
NOWHERE = b"/tmp/ticketbot-nowhere/file"
CHANGES = {
    "unlink": by_the_kernel("unlink", NOWHERE),
    "unlinkat": by_the_kernel("unlinkat", -100, NOWHERE, 0),
    "rmdir": by_the_kernel("rmdir", NOWHERE),
    "mkdir": by_the_kernel("mkdir", NOWHERE, 0o700),
    "mkdirat": by_the_kernel("mkdirat", -100, NOWHERE, 0o700),
    "rename": by_the_kernel("rename", NOWHERE, NOWHERE),
    "renameat": by_the_kernel("renameat", -100, NOWHERE, -100, NOWHERE),
    "link": by_the_kernel("link", NOWHERE, NOWHERE),
    "symlink": by_the_kernel("symlink", NOWHERE, NOWHERE),
    "truncate": by_the_kernel("truncate", NOWHERE, 0),
    "ftruncate": by_the_kernel("ftruncate", 0, 0),
    "chmod": by_the_kernel("chmod", NOWHERE, 0o777),
    "fchmod": by_the_kernel("fchmod", 0, 0o777),
    "chown": by_the_kernel("chown", NOWHERE, 0, 0),
    "creat": by_the_kernel("creat", NOWHERE, 0o600),
    "open-to-write": by_the_kernel("open", NOWHERE, os.O_WRONLY),
    "open-to-cut": by_the_kernel("open", NOWHERE, os.O_RDONLY | os.O_TRUNC),
    "open-to-make": by_the_kernel("openat", -100, NOWHERE, os.O_RDONLY | os.O_CREAT, 0o600),
    "kill-parent": by_the_kernel("kill", os.getppid(), 0),
    "kill-all": by_the_kernel("kill", 0, 0),
    "queue-a-signal": by_the_kernel("sigqueue", os.getppid(), 0, None),
    "limit-the-parent": by_the_kernel("prlimit", os.getppid(), 7, None, None),
    "removexattr": by_the_kernel("removexattr", NOWHERE, b"user.x"),
    "ptrace": by_the_kernel("ptrace", 16, os.getppid(), 0, 0),
}


def hooked(act: Callable[[], object]) -> Callable[[], str]:
    """Return an act that says which exception Python itself stopped it with."""

    def told() -> str:
        try:
            act()
        except OSError as error:
            return type(error).__name__
        return "done"

    return told


#: What Python's own hook refuses, whatever the kernel thinks of it.
HOOKED = {
    "hook-remove": hooked(lambda: os.remove(NOWHERE)),  # noqa: PTH107
    "hook-rename": hooked(lambda: os.rename(NOWHERE, NOWHERE)),  # noqa: PTH104
    "hook-mkdir": hooked(lambda: os.mkdir(NOWHERE)),  # noqa: PTH102
    "hook-kill": hooked(lambda: os.kill(os.getppid(), 0)),
    "hook-system": hooked(lambda: os.system("true")),
    "hook-fork": hooked(os.fork),
    "hook-socket": hooked(socket.socket),
}
QUESTIONS = {
    **CHANGES,
    **HOOKED,
    "connect": connected,
    "socket": raw_socket,
    "program": program,
    "write": written,
    "namespace": lambda: str(Path("/proc/self/ns/net").readlink()),
    "environment": lambda: " ".join(sorted(os.environ)),
    "open": lambda: " ".join(sorted(each.readlink().name.split(":")[0] for each in opened())),
    "process": lambda: str(os.getpid()),
    "terminate": terminated,
    "print": printed,
}
HELD: list[bytearray] = []
