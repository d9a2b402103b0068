"""Mail that tried to be what it is not: managers hear of it, the first at once, later ones by the hour (C6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.desk.clockwork import Timed
from ticketbot.desk.told import reader_of_told
from ticketbot.outbound.facts import TicketLine
from ticketbot.outbound.letters_desk import Matter, notice
from ticketbot.store.database import Work
from ticketbot.store.models import Event

SECURITY = "security"
BUNDLED_FOR = timedelta(hours=1)
#: What is older was told, or happened before anybody was there to be told.
_LOOKED_BACK = timedelta(days=7)
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityNotices(Timed):
    """Tells managers what was refused because somebody wrote what was not theirs."""

    def do_one(self, now: datetime) -> bool:
        """Tell of what is due; return whether there was anything."""
        with self.store.look() as work:
            if not _due(work, now):
                return False
        with self.store.work() as work:
            events = _due(work, now)
            if not events:
                return False
            for event in events:
                work.desk.begin_incident(Matter.SECURITY, _name(event), now=now)
                work.desk.end_incident(Matter.SECURITY, _name(event), now=now)
            self._tell(work, events, now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next bundle is due, None when there is nothing to tell."""
        with self.store.look() as work:
            last = work.register.last_told_of(Matter.SECURITY)
            return last + BUNDLED_FOR if last is not None and _untold(work, now) else None

    def _tell(self, work: Work, events: Sequence[Event], now: datetime) -> None:
        shown = events[:_SHOWN]
        tickets = [work.tickets.by_id(each.ticket_id) for each in shown if each.ticket_id is not None]
        lines = [TicketLine(number=each.number, subject=each.subject, state=each.state) for each in tickets]
        facts = [("From", each.actor) for each in shown]
        for who in self.people(work, self.desk.rules(work), now=now).managers():
            draft = notice(
                reader=reader_of_told(who),
                what=Matter.SECURITY,
                incident=_name(events[0]),
                since=events[0].at,
                now=now,
                facts=((("Mails", str(len(events))),) if len(events) > 1 else ()) + tuple(dict.fromkeys(facts)),
                detail="\n".join(dict.fromkeys(str(each.detail.get("what", "")) for each in shown)),
                tickets=lines,
            )
            self.send(work, [draft], now=now)


def _name(event: Event) -> str:
    """Return the name of what happened: from the mail that did it, never from a row."""
    return (event.cause or event.at.isoformat())[:20]


def _untold(work: Work, now: datetime) -> list[Event]:
    events = work.tickets.events_of((SECURITY,), since=now - _LOOKED_BACK, until=now + timedelta(seconds=1))
    told = work.register.told_of(Matter.SECURITY) if events else set()
    return [each for each in events if _name(each) not in told]


def _due(work: Work, now: datetime) -> list[Event]:
    events = _untold(work, now)
    last = work.register.last_told_of(Matter.SECURITY) if events else None
    return events if last is None or last + BUNDLED_FOR <= now else []
