"""The timetable: all that happens by itself, in one place. APScheduler only rings it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from ticketbot.domain.errors import TemporaryError

log = logging.getLogger(__name__)


class Job(Protocol):
    """Work that is derived from rows: done when due, the same however often it is asked."""

    def do_one(self, now: datetime) -> bool:
        """Do one due thing in a transaction of its own; return whether there was one."""
        ...

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next thing will be due, None when nothing is foreseen."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timetable. What is *is_before_mail* counts before the mails of its very instant."""

    name: str
    job: Job
    is_before_mail: bool = False


class Timetable:
    """Runs what is due, entry by entry, and knows when the next thing will be."""

    def __init__(
        self, entries: tuple[Entry, ...], *, one_look: Callable[[], AbstractContextManager[object]] = nullcontext
    ) -> None:
        """Serve *entries* in this order; within *one_look* all of them are asked what they foresee."""
        self.entries = entries
        self._one_look = one_look

    def run_due(self, now: datetime) -> None:
        """Do everything that is due at *now*.

        An entry that fails is logged and tried again with the next ring; the others go on.
        """
        self._run(self.entries, now)

    def run_before_mail(self, now: datetime) -> None:
        """Do what comes before the mails of the same instant: gates, then phases."""
        self._run([entry for entry in self.entries if entry.is_before_mail], now)

    def run_foreseen(self, now: datetime, foreseen: Mapping[str, datetime | None]) -> bool:
        """Do what `foresee` said would be due by now, where nothing but time has passed since; return if anything."""
        due = {name for name, instant in foreseen.items() if instant is not None and instant <= now}
        self._run([entry for entry in self.entries if entry.name in due], now)
        return bool(due)

    def foresee(self, now: datetime) -> dict[str, datetime | None]:
        """Return when each entry will next have something to do."""
        with self._one_look():
            return {entry.name: entry.job.next_at(now) for entry in self.entries}

    def _run(self, entries: Iterable[Entry], now: datetime) -> None:
        for entry in entries:
            try:
                while entry.job.do_one(now):
                    pass
            except TemporaryError as error:
                log.warning("the job %s waits: %s", entry.name, error, extra={"action": "job_waits"})
            except Exception:
                log.exception("the job %s failed and is tried again", entry.name, extra={"action": "job_failed"})

    def next_at(self, now: datetime) -> datetime | None:
        """Return the next instant at which something will be due, None when nothing is foreseen."""
        with self._one_look():
            instants = [entry.job.next_at(now) for entry in self.entries]
        return min((instant for instant in instants if instant is not None), default=None)


class AlarmClock:
    """Rings at one instant: the only use of APScheduler, whose own store would forget and double."""

    def __init__(self, ring: Callable[[], object]) -> None:
        """Call *ring* at the instants to be set."""
        from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 - only who rings needs it

        self._ring = ring
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def set(self, instant: datetime) -> None:
        """Ring at *instant*, and no more at the one set before; an instant that is past rings at once."""
        self._scheduler.add_job(self._ring, "date", run_date=instant, id="next", replace_existing=True)

    def stop(self) -> None:
        """Tick no more."""
        self._scheduler.remove_all_jobs()  # waits for a ring that goes on: one at the shutdown would end in a traceback
        self._scheduler.shutdown(wait=False)
