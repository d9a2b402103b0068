"""The service's loops: they work until there is no more, wake for news, survive trouble and stop when told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from tests.factories import NOW

from ticketbot.clock import FixedClock
from ticketbot.domain.errors import DatabaseUnavailable, TicketbotError
from ticketbot.schedule import Entry, Timetable
from ticketbot.service import LONGEST_SLEEP, SHORTEST_SLEEP, Loop, ScheduleLoop, Service
from ticketbot.store.database import Bell

SOON = 20.0


@dataclass(slots=True)
class Work:
    """So much work; tells when something was done, and fails as often as it is told to."""

    to_do: int = 0
    upcoming: datetime | None = None
    errors: list[Exception] = field(default_factory=list)
    done: int = 0
    idle: threading.Event = field(default_factory=threading.Event)

    def do_one(self, now: datetime = NOW) -> bool:
        if self.errors:
            raise self.errors.pop(0)
        if self.done >= self.to_do:
            self.idle.set()
            return False
        self.done += 1
        return True

    def next_at(self, now: datetime = NOW) -> datetime | None:
        return self.upcoming


@dataclass(slots=True)
class Watcher:
    """A mailbox that nothing comes to."""

    name: str = "support"
    is_deaf: bool = False
    woken: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def watch(self, stop: threading.Event) -> None:
        (self.release if self.is_deaf else stop).wait(SOON)
        self.ended.set()

    def fetch_all(self) -> bool:
        return False

    def wake(self) -> None:
        self.woken.set()


@contextmanager
def running(run: Callable[[], None], stop: threading.Event, bell: Bell) -> Iterator[None]:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        bell.ring()
        thread.join(SOON)
        assert not thread.is_alive()


def a_loop(work: Work, *, when_idle: Callable[[], object] = lambda: None) -> tuple[Loop, threading.Event, Bell]:
    stop, bell = threading.Event(), Bell()
    loop = Loop("process", work, bell=bell, clock=FixedClock(NOW), stop=stop, when_idle=when_idle, breath=0.01)
    return loop, stop, bell


def until(holds: Callable[[], bool]) -> bool:
    pause = threading.Event()
    return any(holds() or pause.wait(0.01) for _ in range(round(SOON * 100)))


def test_a_loop_works_until_there_is_no_more_and_says_so() -> None:
    work, finished = Work(to_do=3), threading.Event()
    loop, stop, bell = a_loop(work, when_idle=finished.set)

    with running(loop.run, stop, bell):
        assert finished.wait(SOON)

    assert work.done == 3


def test_a_loop_wakes_for_news() -> None:
    work = Work()
    loop, stop, bell = a_loop(work)

    with running(loop.run, stop, bell):
        assert work.idle.wait(SOON)
        work.to_do = 1
        bell.ring()
        assert until(lambda: work.done == 1)


@pytest.mark.parametrize("error", [DatabaseUnavailable(), ValueError("poison")])
def test_a_loop_goes_on_after_trouble(error: Exception) -> None:
    work = Work(to_do=1, errors=[error])
    loop, stop, bell = a_loop(work)

    with running(loop.run, stop, bell):
        assert until(lambda: work.done == 1)


@pytest.mark.parametrize(
    ("upcoming", "seconds"),
    [
        pytest.param(None, LONGEST_SLEEP, id="nothing is foreseen"),
        pytest.param(NOW - timedelta(hours=1), SHORTEST_SLEEP, id="it is overdue"),
        pytest.param(NOW + timedelta(seconds=2), 2.0, id="soon"),
        pytest.param(NOW + timedelta(days=2), LONGEST_SLEEP, id="one day"),
    ],
)
def test_a_loop_sleeps_until_the_next_thing_is_due_but_never_for_long(
    upcoming: datetime | None, seconds: float
) -> None:
    loop, _, _ = a_loop(Work())

    assert loop._until(upcoming) == seconds


@pytest.mark.parametrize(
    "errors", [[], [DatabaseUnavailable()], [ValueError("poison")]], ids=["well", "away", "broken"]
)
def test_the_schedule_runs_again_after_every_ring_whatever_happened(
    errors: list[Exception],
) -> None:
    class Unsure(Timetable):
        def next_at(self, now: datetime) -> datetime | None:  # type: ignore[explicit-override] # it fails as told
            if errors:
                raise errors.pop(0)
            return super().next_at(now)

    work = Work(to_do=1, upcoming=NOW + timedelta(days=400))
    stop, bell = threading.Event(), Bell()
    schedule = ScheduleLoop(
        Unsure((Entry(name="chore", job=work),)), bell=bell, clock=FixedClock(NOW), stop=stop, breath=0.01
    )

    with running(schedule.run, stop, bell):
        assert work.idle.wait(SOON)
        work.to_do = 2
        bell.ring()
        assert until(lambda: work.done == 2)

    assert errors == []


def test_a_service_starts_everything_and_stops_it_together() -> None:
    work, watcher = Work(), Watcher()
    loop, stop, bell = a_loop(work)
    service = Service([loop], [watcher], bell=bell)

    service.start(stop)
    assert work.idle.wait(SOON)
    stop.set()
    service.stop()

    assert watcher.woken.is_set()
    assert watcher.ended.is_set()


def test_a_service_that_cannot_stop_says_what_is_still_busy() -> None:
    watcher = Watcher(is_deaf=True)
    stop, bell = threading.Event(), Bell()
    service = Service([], [watcher], bell=bell)
    service.start(stop)
    stop.set()

    with pytest.raises(TicketbotError, match="poll-support"):
        service.stop(seconds=0.05)
    watcher.release.set()
