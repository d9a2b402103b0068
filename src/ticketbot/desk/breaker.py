"""The circuit breaker: beyond a cap, automatic letters to people outside wait, and managers hear of it once (G7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.desk.clockwork import Timed
from ticketbot.desk.post import BREAKABLE, MOST_TO_ALL, MOST_TO_ONE, WINDOW
from ticketbot.desk.told import reader_of_told
from ticketbot.outbound.facts import iso
from ticketbot.outbound.letters_desk import Matter, notice
from ticketbot.store.database import Work
from ticketbot.store.models import OutboxMail

SUBJECT = "automatic letters to clients"
_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker(Timed):
    """Lets waiting letters go as the hour passes, and tells managers when letters began to wait, and when none does."""

    def do_one(self, now: datetime) -> bool:
        """Let letters go that may, tell of the beginning or the end of the wait; return whether anything was done."""
        with self.store.look() as work:
            if not self._has_work(work, now):
                return False
        with self.store.work() as work:
            held = work.register.held_letters()
            incident = work.desk.open_incident(Matter.STALLED, SUBJECT)
            if held and incident is None:
                work.desk.begin_incident(Matter.STALLED, SUBJECT, now=now)
                self._tell(work, held, since=held[0].created_at, began_at=now, now=now)
            elif not held and incident is not None:
                work.desk.end_incident(Matter.STALLED, SUBJECT, now=now)
                self._tell(work, held, since=incident.began_at, began_at=incident.began_at, now=now)
            for letter in _free(work, held, now):
                work.register.let_letter_go(letter, now=now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next waiting letter may be looked at, None when none waits."""
        with self.store.look() as work:
            return now + _AGAIN_AFTER if work.register.held_letters() else None

    def _has_work(self, work: Work, now: datetime) -> bool:
        held = work.register.held_letters()
        is_told = work.desk.open_incident(Matter.STALLED, SUBJECT) is not None
        return bool(held) != is_told or bool(_free(work, held, now))

    def _tell(
        self, work: Work, held: Sequence[OutboxMail], *, since: datetime, began_at: datetime, now: datetime
    ) -> None:
        drafts = [
            notice(
                reader=reader_of_told(who),
                what=Matter.STALLED,
                incident=f"{SUBJECT} {iso(began_at)}",
                since=since,
                now=now,
                recovered=not held,
                facts=(("What", SUBJECT), *((("Letters", str(len(held))),) if held else ())),
                command="ticketbot outbox list --state held" if held else "",
            )
            for who in self.people(work, self.desk.rules(work), now=now).managers()
        ]
        self.send(work, drafts, now=now)


def _free(work: Work, held: Sequence[OutboxMail], now: datetime) -> list[OutboxMail]:
    """Return the waiting letters that may go now: the oldest, as many as neither cap forbids."""
    room = MOST_TO_ALL - work.register.letters_since(BREAKABLE, since=now - WINDOW) if held else 0
    free: list[OutboxMail] = []
    to_one: dict[str, int] = {}
    for letter in held:
        if len(free) >= room:
            break
        if letter.reader not in to_one:
            to_one[letter.reader] = work.register.letters_since(BREAKABLE, since=now - WINDOW, reader=letter.reader)
        if to_one[letter.reader] < MOST_TO_ONE:
            to_one[letter.reader] += 1
            free.append(letter)
    return free
