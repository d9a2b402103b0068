"""The running service: one thread for each mailbox and each role, each a loop of `do_one` until there is no more."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ticketbot.clock import Clock
from ticketbot.domain.errors import TemporaryError, TicketbotError
from ticketbot.schedule import AlarmClock, Timetable
from ticketbot.store.database import Bell

log = logging.getLogger(__name__)

#: The longest that a loop sleeps: what other programs write to the database is noticed within this many seconds.
LONGEST_SLEEP = 5.0
SHORTEST_SLEEP = 0.02
TROUBLE_SLEEP = 2.0


class Role(StrEnum):
    """What a process of the service may do; one process may do all."""

    POLL = "poll"
    PROCESS = "process"
    SEND = "send"
    SCHEDULE = "schedule"
    WEB = "web"


class Worker(Protocol):
    """Something that does one thing at a time."""

    def do_one(self) -> bool:
        """Do one thing; return whether there was one."""
        ...

    def next_at(self) -> datetime | None:
        """Return when the next thing will be due, None when nothing is foreseen."""
        ...


class Watcher(Protocol):
    """Something that watches a mailbox until it is told to stop."""

    name: str

    def watch(self, stop: threading.Event) -> None:
        """Fetch what comes until *stop* is set; survives every outage of the server."""
        ...

    def fetch_all(self) -> bool:
        """Fetch what is there now and put away what is done; return whether anything happened."""
        ...

    def wake(self) -> None:
        """Look after what is done on the server now rather than at the next turn."""
        ...


class Loop:
    """Does a worker's work in a thread of its own, sleeping until the bell rings or the next thing is due."""

    def __init__(
        self,
        name: str,
        worker: Worker,
        *,
        bell: Bell,
        clock: Clock,
        stop: threading.Event,
        when_idle: Callable[[], object] = lambda: None,
        breath: float = TROUBLE_SLEEP,
    ) -> None:
        """Prepare a loop; *when_idle* is called each time that it runs out of work, *breath* is taken after trouble."""
        self.name = name
        self._worker = worker
        self._bell = bell
        self._clock = clock
        self._stop = stop
        self._when_idle = when_idle
        self._breath = breath

    def run(self) -> None:
        """Work until told to stop. An error is logged; the loop goes on after a breath."""
        while not self._stop.is_set():
            rings = self._bell.rings
            try:
                worked = False
                while not self._stop.is_set() and self._worker.do_one():
                    worked = True
                if worked:
                    self._when_idle()
                    continue
                self._bell.wait(since=rings, seconds=self._until(self._worker.next_at()))
            except TemporaryError as error:
                log.warning("%s: %s", self.name, error, extra={"action": "loop_waits"})
                self._stop.wait(self._breath)
            except Exception:
                log.exception("%s failed and goes on", self.name, extra={"action": "loop_failed"})
                self._stop.wait(self._breath)

    def _until(self, instant: datetime | None) -> float:
        if instant is None:
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(SHORTEST_SLEEP, (instant - self._clock.now()).total_seconds()))


class ScheduleLoop:
    """Runs the timetable whenever the alarm clock or the bell rings."""

    name = "schedule"

    def __init__(
        self, timetable: Timetable, *, bell: Bell, clock: Clock, stop: threading.Event, breath: float = TROUBLE_SLEEP
    ) -> None:
        """Prepare; the alarm clock starts with `run`. A *breath* is taken after trouble."""
        self._timetable = timetable
        self._breath = breath
        self._bell = bell
        self._clock = clock
        self._stop = stop

    def run(self) -> None:
        """Do what is due, set the alarm to the next instant, wait for a ring."""
        alarm = AlarmClock(self._bell.ring)
        alarm.start()
        try:
            while not self._stop.is_set():
                rings = self._bell.rings
                try:
                    self._ring_next(alarm, self._clock.now())
                    self._bell.wait(since=rings, seconds=LONGEST_SLEEP)
                except TemporaryError as error:
                    log.warning("%s: %s", self.name, error, extra={"action": "loop_waits"})
                    self._stop.wait(self._breath)
                except Exception:
                    log.exception("%s failed and goes on", self.name, extra={"action": "loop_failed"})
                    self._stop.wait(self._breath)
        finally:
            alarm.stop()

    def _ring_next(self, alarm: AlarmClock, now: datetime) -> None:
        self._timetable.run_due(now)
        upcoming = self._timetable.next_at(now)
        if upcoming is not None and upcoming > now:
            alarm.set(upcoming)


class Service:
    """All loops of a process, started and stopped together."""

    def __init__(self, loops: Sequence[Loop | ScheduleLoop], watchers: Sequence[Watcher], *, bell: Bell) -> None:
        """Prepare to run these loops and watch these mailboxes."""
        self._loops = loops
        self._watchers = watchers
        self._bell = bell
        self._threads: list[threading.Thread] = []

    def start(self, stop: threading.Event) -> None:
        """Start every loop in a thread of its own."""
        for loop in self._loops:
            self._threads.append(threading.Thread(target=loop.run, name=loop.name, daemon=True))
        for watcher in self._watchers:
            self._threads.append(
                threading.Thread(target=watcher.watch, args=(stop,), name=f"poll-{watcher.name}", daemon=True)
            )
        for thread in self._threads:
            thread.start()

    def stop(self, *, seconds: float = 20.0) -> None:
        """Wake everything so that it sees the stop, and wait until the thing in hand is done, at most so long.

        Raises TicketbotError when a thread does not end; the process may then be ended, nothing is lost.
        """
        for watcher in self._watchers:
            watcher.wake()
        self._bell.ring()
        for thread in self._threads:
            thread.join(seconds / max(1, len(self._threads)))
        left = [thread.name for thread in self._threads if thread.is_alive()]
        if left:
            raise TicketbotError(f"still busy after {seconds:.0f} s: {', '.join(left)}; nothing is lost")
