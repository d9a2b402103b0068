"""Runs a real server once for a whole test run, for all workers, and ends it with the run, however the run ends.

Who needs a server first starts a keeper: a process of its own that starts the server, tells how to reach it, and
waits until the run's first process is gone or asks it to stop. Only the standard library: a keeper starts fast.
"""

import fcntl
import json
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Protocol, TypeAlias, TypeVar

Facts: TypeAlias = dict[str, str | int]

HOST = "127.0.0.1"
STARTS_WITHIN = 60.0


class MissingServer(RuntimeError):
    """A server that the tests need is not installed."""


class Server(Protocol):
    """A server of a folder of its own; after `stop`, `start` continues with the same data on the same ports."""

    def __init__(self, folder: Path) -> None:
        """Prepare everything in *folder*."""

    @property
    def facts(self) -> Facts:
        """Return what its users need to know."""
        ...

    @property
    def pid(self) -> int:
        """Return the process to watch."""
        ...

    def start(self) -> None:
        """Start, and return when it answers."""
        ...

    def stop(self) -> None:
        """Stop, and return when it is gone."""
        ...


ServerT = TypeVar("ServerT", bound=Server)


def free_port() -> int:
    with socket.socket() as line:
        line.bind((HOST, 0))
        return int(line.getsockname()[1])


def leashed(command: list[str], *, log: Path, user: pwd.struct_passwd | None = None) -> subprocess.Popen[bytes]:
    """Begin a server that is killed when we die, as *user* if one is given; it leads a process group of its own."""
    leash = ["setpriv", "--pdeathsig", "KILL"]
    if user:
        leash += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*leash, "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            process_group=0,
        )


def put_down(process: subprocess.Popen[bytes], how: signal.Signals, *, within: float = 1.0) -> None:
    """Stop a server that `leashed` began, asking nicely for so long; return when it is gone."""
    process.send_signal(how)
    try:
        process.wait(timeout=within)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], *, log: Path) -> None:
    """Return when the server is ready; if it ends instead, or takes too long, say what its log says."""
    watched = os.pidfd_open(process.pid)
    try:
        for _ in range(int(STARTS_WITHIN / 0.02)):
            if is_ready():
                return
            if select.select([watched], [], [], 0.02)[0]:
                break
    finally:
        os.close(watched)
    put_down(process, signal.SIGKILL)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}")


def listens(port: int) -> bool:
    """Tell whether somebody answers on *port*."""
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


@contextmanager
def private_folder(name: str) -> Iterator[Path]:
    """Make a folder with a short path that servers of other users can reach; remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"ticketbot-{name}-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private(server_class: type[ServerT]) -> Iterator[ServerT]:
    """Run a server of one's own, to be stopped, killed and started at will."""
    with private_folder("private") as folder:
        server = server_class(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def shared(name: str, *, run: Path, owner: int) -> Facts:
    """Return the facts of the server *name* of the test run in the folder *run*, started by whoever asks first.

    The server lives until the process *owner* ends or `stop_all` is called.
    """
    state = run / f"{name}.server"
    with locked(run / f"{name}.lock"):
        if not state.exists():
            command = [sys.executable, "-m", "tests.servers.keeper", name, str(owner)]
            root = Path(__file__).parents[2]
            begun = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False)
            if not begun.stdout:
                raise MissingServer(begun.stderr.decode(errors="replace").strip())
            state.write_bytes(begun.stdout)
    facts: Facts = json.loads(state.read_text())
    return facts


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time through."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stop_all(run: Path) -> None:
    """Stop the servers of a run, and return when they are gone."""
    for state in run.glob("*.server"):
        keeper = int(json.loads(state.read_text())["keeper"])
        state.unlink()
        with suppress(ProcessLookupError):
            watched = os.pidfd_open(keeper)
            os.kill(keeper, signal.SIGTERM)
            select.select([watched], [], [], STARTS_WITHIN)
            os.close(watched)


def keep(server_class: type[Server], *, owner: int) -> None:
    """Run a server until *owner* ends, the server ends, or SIGTERM; tell its facts on stdout once it answers."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with private(server_class) as server:
        sys.stdout.write(json.dumps(server.facts | {"keeper": os.getpid()}))
        sys.stdout.flush()
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        select.select([os.pidfd_open(owner), os.pidfd_open(server.pid)], [], [])


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit


def main(name: str, owner: int) -> None:
    """Leave the caller, who goes on reading our output until we fall silent, and keep the server."""
    if os.fork():
        os._exit(0)
    os.setsid()
    from tests.servers.dovecot import DovecotServer  # noqa: PLC0415 - they import this module
    from tests.servers.postgresql import PostgresqlServer  # noqa: PLC0415

    servers: dict[str, type[Server]] = {"dovecot": DovecotServer, "postgresql": PostgresqlServer}
    try:
        keep(servers[name], owner=owner)
    except (MissingServer, RuntimeError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
