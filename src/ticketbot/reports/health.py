"""Whether the service is well, as the health check and operators ask: what is stuck, and since when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.store.database import Work

POLLED_WITHIN = timedelta(minutes=5)
PROCESSED_WITHIN = timedelta(minutes=5)
SENT_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The counts, and a sentence for each thing that is not well."""

    problems: tuple[str, ...]
    mails: dict[str, int]
    letters: dict[str, int]

    @property
    def is_well(self) -> bool:
        """Return whether nothing is stuck."""
        return not self.problems


def health_of(work: Work, *, mailboxes: Collection[str], now: datetime) -> Health:
    """Return how the service is: every mailbox read lately, no mail unprocessed and no letter unsent for too long."""
    problems = []
    marks = {mark.name: mark for mark in work.ledger.marks()}
    for name in sorted(mailboxes):
        mark = marks.get(name)
        if mark is None or mark.polled_at is None:
            problems.append(f"mailbox {name} was never read")
        elif now - mark.polled_at > POLLED_WITHIN:
            problems.append(
                f"mailbox {name} was last read {_ago(now - mark.polled_at)} ago: {mark.trouble or 'no reason'}"
            )
    oldest = work.inbox.oldest_waiting()
    if oldest is not None and now - oldest > PROCESSED_WITHIN:
        problems.append(f"a mail waits to be processed for {_ago(now - oldest)}")
    unsent = work.outbox.oldest_due(now=now)
    if unsent is not None and now - unsent > SENT_WITHIN:
        problems.append(f"a letter waits to be sent for {_ago(now - unsent)}")
    return Health(problems=tuple(problems), mails=work.inbox.counts(), letters=work.outbox.counts())


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"  # noqa: PLR2004 - two hours
