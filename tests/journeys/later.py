"""The service, believing that it is later than it is, for tales of weeks: `python later.py ticketbot.toml SECONDS`."""

import signal
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ticketbot.app import build
from ticketbot.clock import Clock, SystemClock
from ticketbot.config import load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterClock:
    """Runs at the real pace, ahead of time."""

    ahead: timedelta
    real: Clock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        return self.real.now() + self.ahead


def main(config: str, seconds: str) -> None:
    app = build(load_settings(Path(config)), clock=LaterClock(ahead=timedelta(seconds=float(seconds))))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        app.run(stop)
    finally:
        app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
