"""The same service without the wait for its imports: forked from a process that has them. Its clock may be ahead."""

import multiprocessing
import os
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from ticketbot.app import build
from ticketbot.clock import Clock, SystemClock
from ticketbot.config import LogFormat, LogLevel, load_settings
from ticketbot.inbound.pool import PooledReader
from ticketbot.log import configure

if TYPE_CHECKING:
    from tests.journeys.house import House, Served

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterClock:
    """Runs at the real pace, ahead of time."""

    ahead: timedelta
    real: Clock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        return self.real.now() + self.ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """A forked service, handled like one of `subprocess`."""

    process: BaseProcess

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("the forked service", timeout or 0)
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def send_signal(self, sig: int) -> None:
        os.kill(self.pid, sig)


def as_a_fork(house: "House", later: timedelta) -> "Served":
    """Serve as `ticketbot run` does."""
    process = _nursery.Process(target=_serve, args=(house.config, house.log, later), daemon=False)
    process.start()
    return Forked(process=process)


def _serve(config: Path, log: Path, later: timedelta) -> None:
    with log.open("ab") as output:
        os.dup2(output.fileno(), 2)
    settings = load_settings(config)
    secrets = [settings.relay.secret, *(mailbox.secret for mailbox in settings.mailboxes.values())]
    configure(level=LogLevel.INFO, look=LogFormat.JSON, secrets=secrets)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with PooledReader() as reader:
        app = build(settings, clock=LaterClock(ahead=later), reader=reader, lanes=reader.size)
        try:
            app.run(stop)
        finally:
            app.close()
