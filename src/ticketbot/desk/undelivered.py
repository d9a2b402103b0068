"""Letters that will never arrive: shown on the ticket, and a person is told by another way."""

from dataclasses import dataclass
from datetime import datetime

from ticketbot.desk.clockwork import Timed
from ticketbot.desk.people import told
from ticketbot.desk.returned import suppress
from ticketbot.desk.told import reader_of_told
from ticketbot.domain.dead import is_dead
from ticketbot.outbound.facts import TicketLine
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_desk import Matter, notice
from ticketbot.store.database import Work
from ticketbot.store.models import OutboxMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered(Timed):
    """Announces letters that failed for good."""

    def do_one(self, now: datetime) -> bool:
        """Announce one failed letter; return whether there was one."""
        with self.store.look() as work:
            if not work.outbox.unannounced(limit=1):
                return False
        with self.store.work() as work:
            for letter in work.outbox.unannounced(limit=1):
                letter.announced_at = now
                self._announce(work, letter, now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return None: a failed letter rings the bell itself."""
        del now
        return None

    def _announce(self, work: Work, letter: OutboxMail, now: datetime) -> None:
        ticket = work.tickets.by_id(letter.ticket_id) if letter.ticket_id is not None else None
        recipients = ", ".join(letter.remaining or [*letter.to, *letter.cc])
        reason = letter.reason or "the relay gave no reason"
        refused = letter.remaining or ([*letter.to] if not letter.cc else [])
        if len(refused) == 1 and is_dead(words=reason) and not work.register.suppressed(refused):
            suppress(work, letter, refused[0], reason=reason, now=now)
        work.tickets.note(
            "undelivered",
            at=now,
            actor="ticketbot",
            ticket=ticket,
            detail={"code": letter.code, "to": recipients, "reason": reason},
            cause=letter.cause,
        )
        if letter.code == Code.NOTICE:
            return  # a notice about a notice that cannot be delivered would never end
        people = self.people(work, self.desk.rules(work), now=now)
        owner = people.owner(ticket) if ticket is not None else None
        readers = [told(owner, "owner")] if owner is not None else []
        readers = [who for who in readers if who.address not in letter.to] or [
            who for who in people.managers() if who.address not in letter.to
        ]
        self.send(
            work,
            [
                notice(
                    reader=reader_of_told(who),
                    what=Matter.UNDELIVERED,
                    incident=letter.message_id.partition("@")[0],
                    since=letter.created_at,
                    now=now,
                    facts=(("Letter", letter.code), ("To", recipients)),
                    detail=reason,
                    tickets=(
                        (TicketLine(number=ticket.number, subject=ticket.subject, state=ticket.state),)
                        if ticket is not None
                        else ()
                    ),
                    command=f"ticketbot outbox show {letter.id}",
                )
                for who in readers
            ],
            now=now,
        )
