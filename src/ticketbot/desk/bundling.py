"""Reminders for one person that come together: more than five become one letter, the others go at once (SL6).

Every reminder waits a moment after its instant, so that those of the same instant, the morning's above all, are seen
together; should this job not run, each goes by itself when that moment is over.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ticketbot.desk.clockwork import Timed
from ticketbot.domain.drafts import Json
from ticketbot.domain.ladder import WHOLE, bundles
from ticketbot.outbound.facts import Reader
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_desk import bundle
from ticketbot.store.database import Work
from ticketbot.store.models import OutboxMail

#: More than so many at once leave the rest to the next round.
AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundles(Timed):
    """Lets reminders go whose instant has come, together where there are many."""

    def do_one(self, now: datetime) -> bool:
        """Let go what has come; return whether there was anything."""
        with self.store.look() as work:
            if not work.outbox.gathered(now=now, limit=1):
                return False
        with self.store.work() as work:
            readers: dict[str, list[OutboxMail]] = defaultdict(list)
            for letter in work.outbox.gathered(now=now, limit=AT_ONCE):
                readers[letter.reader].append(letter)
            for letters in readers.values():
                self._let_go(work, letters, now)
            work.ring()
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return the instant of the next reminder that waits."""
        with self.store.look() as work:
            return work.outbox.next_gathering(now=now)

    def _let_go(self, work: Work, letters: Sequence[OutboxMail], now: datetime) -> None:
        """Let one person's reminders go: many of ten minutes as one letter, each other by itself."""
        rules = self.desk.rules(work)
        for group in bundles([letter.send_at for letter in letters], rules=rules.policy.ladder):
            together = [letters[index] for index in group]
            is_bundle = (
                len(together) > 1 and Code.BUNDLE not in rules.letters_off and self._bundled(work, together, now)
            )
            work.outbox.let_go(together, is_bundled=is_bundle)

    def _bundled(self, work: Work, letters: Sequence[OutboxMail], now: datetime) -> bool:
        """Write one letter of many; return False if there is one of this very instant already."""
        reader = Reader(**letters[0].draft["values"]["reader"])
        reminders = sorted((each for letter in letters for each in _reminders(letter)), key=_worst_first)
        draft = bundle(reader=reader, reminders=reminders, slot=now, now=now)
        return self.desk.post.put(work, [draft], now=now) == 1


def _reminders(letter: OutboxMail) -> Iterator[dict[str, Json]]:
    """Yield what a reminder tells, a promise each."""
    values = letter.draft["values"]
    for clock in values["clocks"]:
        yield {
            "ticket": values["ticket"],
            "clock": clock,
            "is_breach": (clock["share"] or 0) >= WHOLE,
            "note_address": values["addresses"]["note"],
        }


def _worst_first(reminder: dict[str, Any]) -> tuple[bool, str, str, int]:
    ticket, clock = reminder["ticket"], reminder["clock"]
    return not reminder["is_breach"], ticket["priority"], clock["due_at"] or "", ticket["number"]
