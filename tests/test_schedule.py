"""The timetable runs what is due and goes on; the alarm clock rings once."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import NOW

from ticketbot.domain.errors import DatabaseUnavailable
from ticketbot.schedule import AlarmClock, Entry, Timetable

SOON = 20.0


@dataclass(slots=True)
class Chore:
    """A job with so many things to do."""

    to_do: int = 0
    upcoming: datetime | None = None
    error: Exception | None = None
    log: list[str] = field(default_factory=list)
    name: str = "chore"

    def do_one(self, now: datetime) -> bool:
        if self.error is not None:
            raise self.error
        self.to_do -= 1
        if self.to_do < 0:
            return False
        self.log.append(self.name)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        return self.upcoming


def a_timetable(*chores: Chore) -> Timetable:
    return Timetable(tuple(Entry(name=each.name, job=each) for each in chores))


def test_everything_that_is_due_is_done_entry_by_entry() -> None:
    log: list[str] = []
    timetable = a_timetable(Chore(to_do=2, log=log, name="first"), Chore(to_do=1, log=log, name="second"))

    timetable.run_due(NOW)

    assert log == ["first", "first", "second"]


def test_the_next_instant_is_the_earliest_of_all() -> None:
    hours = [timedelta(hours=3), timedelta(hours=1)]
    timetable = a_timetable(*(Chore(upcoming=NOW + each) for each in hours), Chore())

    assert timetable.next_at(NOW) == NOW + timedelta(hours=1)
    assert a_timetable(Chore()).next_at(NOW) is None


@pytest.mark.parametrize(
    ("error", "level"), [(ValueError("poison"), logging.ERROR), (DatabaseUnavailable(), logging.WARNING)]
)
def test_an_entry_that_fails_holds_up_no_other(error: Exception, level: int, caplog: pytest.LogCaptureFixture) -> None:
    good = Chore(to_do=1)

    a_timetable(Chore(error=error, name="bad"), good).run_due(NOW)

    assert good.log == ["chore"]
    assert [(each.levelno, "bad" in each.message) for each in caplog.records] == [(level, True)]


def test_what_counts_before_the_mails_of_an_instant_is_run_by_itself() -> None:
    before, after = Chore(to_do=1, name="gates"), Chore(to_do=1)
    timetable = Timetable((Entry(name="gates", job=before, is_before_mail=True), Entry(name="rest", job=after)))

    timetable.run_before_mail(NOW)

    assert (before.log, after.log) == (["gates"], [])


def alarm(ring: Callable[[], object], *instants: datetime) -> AlarmClock:
    clock = AlarmClock(ring)
    clock.start()
    for instant in instants:
        clock.set(instant)
    return clock


def test_the_alarm_rings_at_once_for_an_instant_that_is_past() -> None:
    rung = threading.Event()
    clock = alarm(rung.set, NOW - timedelta(days=365 * 40))

    assert rung.wait(SOON)
    clock.stop()


def test_only_the_instant_that_was_set_last_counts() -> None:
    rings: list[int] = []
    rung = threading.Event()

    def ring() -> None:
        rings.append(1)
        rung.set()

    clock = alarm(ring, datetime(2999, 1, 1, tzinfo=UTC))

    clock.set(NOW - timedelta(days=365 * 40))

    assert rung.wait(SOON)
    clock.stop()
    assert rings == [1]
