"""The same service without the wait for its imports: forked from a process that has them, to be killed many times."""

import logging
import multiprocessing
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.journeys.house import House, Served

from ticketbot.app import build
from ticketbot.config import load_settings

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload([__name__])


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


def as_a_fork(house: House, later: timedelta) -> Served:
    """Serve at once, as `ticketbot run` does."""
    assert not later
    process = _nursery.Process(target=_serve, args=(str(house.config), str(house.log)), daemon=False)
    process.start()
    return Forked(process=process)


def _serve(config: str, log: str) -> None:
    with Path(log).open("ab") as output:
        os.dup2(output.fileno(), 2)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    app = build(load_settings(Path(config)))
    try:
        app.run(stop)
    finally:
        app.close()
