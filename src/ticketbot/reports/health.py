"""Whether the running service is well: it polls, understands and sends in time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.store.database import Work

POLLED_WITHIN = timedelta(minutes=5)
UNDERSTOOD_WITHIN = timedelta(minutes=5)
SENT_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is wrong, sentence by sentence; nothing is, if there is none."""

    problems: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems


def health_of(work: Work, *, mailboxes: Collection[str], now: datetime) -> Health:
    """Return how the service is that should be reading these *mailboxes*."""
    return Health(problems=tuple(_problems(work, mailboxes, now)))


def _problems(work: Work, mailboxes: Collection[str], now: datetime) -> Iterator[str]:
    marks = {mark.name: mark for mark in work.ledger.marks()}
    for name in mailboxes:
        mark = marks.get(name)
        if mark is None or mark.polled_at is None:
            yield f"mailbox {name} was never read"
        elif mark.trouble:
            yield f"mailbox {name}: {mark.trouble}"
        elif now - mark.polled_at > POLLED_WITHIN:
            yield f"mailbox {name} was last read {_minutes(now - mark.polled_at)} ago"
    waiting = work.inbox.oldest_waiting()
    if waiting is not None and now - waiting > UNDERSTOOD_WITHIN:
        yield f"a mail waits to be understood for {_minutes(now - waiting)}"
    unsent = work.outbox.next_at(now=now)
    if unsent is not None and now - unsent > SENT_WITHIN:
        yield f"a letter waits to be sent for {_minutes(now - unsent)}"


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"  # noqa: PLR2004 - two hours read better so
