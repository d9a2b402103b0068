"""What operators must know: a mailbox that does not let us in, told once when it lasts and once when it is over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.desk.clockwork import Timed
from ticketbot.desk.told import reader_of_told
from ticketbot.domain.drafts import Draft
from ticketbot.outbound.facts import Reader, TicketLine, iso
from ticketbot.outbound.letters_desk import Matter, notice
from ticketbot.store.database import Work
from ticketbot.store.models import InboxMail, Incident, MailboxMark, Ticket

#: A trouble that is shorter is nobody's business: servers restart.
PATIENCE = timedelta(minutes=5)
LOGIN = Matter.LOGIN_FAILING
REBUILT = Matter.MAILBOX_REBUILT


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxTrouble(Timed):
    """Tells managers of a mailbox that cannot be read for five minutes, and when it can be again (G9)."""

    def do_one(self, now: datetime) -> bool:
        """Tell of one mailbox; return whether there was something to tell."""
        with self.store.look() as work:
            if not any(_news(work, now)):
                return False
        with self.store.work() as work:
            for mark, known in list(_news(work, now))[:1]:
                if known is None:
                    work.desk.begin_incident(LOGIN, mark.name, now=now)
                incident = work.desk.open_incident(LOGIN, mark.name)
                if known is not None:
                    work.desk.end_incident(LOGIN, mark.name, now=now)
                if incident is not None:
                    managers = self.people(work, self.desk.rules(work), now=now).managers()
                    self.send(work, [_told(mark, incident, reader_of_told(each), now) for each in managers], now=now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when a present trouble has lasted too long."""
        del now
        with self.store.look() as work:
            since = [
                mark.trouble_since + PATIENCE
                for mark in work.ledger.marks()
                if mark.trouble_since is not None and work.desk.open_incident(LOGIN, mark.name) is None
            ]
        return min(since, default=None)


def _news(work: Work, now: datetime) -> Iterator[tuple[MailboxMark, Incident | None]]:
    for mark in work.ledger.marks():
        incident = work.desk.open_incident(LOGIN, mark.name)
        lasts = mark.trouble_since is not None and now - mark.trouble_since >= PATIENCE
        if (lasts and incident is None) or (mark.trouble is None and incident is not None):
            yield mark, incident


def _told(mark: MailboxMark, incident: Incident, reader: Reader, now: datetime) -> Draft:
    return notice(
        reader=reader,
        what=LOGIN,
        incident=f"{mark.name} {iso(incident.began_at)}",
        since=mark.trouble_since or incident.began_at,
        now=now,
        recovered=mark.trouble is None,
        facts=(("Mailbox", mark.name),),
        detail=mark.trouble or "",
        command="ticketbot doctor",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Renumbered(Timed):
    """Tells managers that a server numbered a mailbox anew: nothing is taken twice, but somebody moved it (A2)."""

    def do_one(self, now: datetime) -> bool:
        """Tell of one mailbox; return whether there was one."""
        with self.store.look() as work:
            if not any(_renumbered(work)):
                return False
        with self.store.work() as work:
            for mark in list(_renumbered(work))[:1]:
                work.desk.begin_incident(REBUILT, _generation(mark), now=now)
                work.desk.end_incident(REBUILT, _generation(mark), now=now)
                managers = self.people(work, self.desk.rules(work), now=now).managers()
                drafts = [
                    notice(
                        reader=reader_of_told(who),
                        what=REBUILT,
                        incident=_generation(mark),
                        since=mark.polled_at or now,
                        now=now,
                        facts=(("Mailbox", mark.name),),
                    )
                    for who in managers
                ]
                self.send(work, drafts, now=now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return None: fetching rings the bell itself."""
        del now
        return None


def _generation(mark: MailboxMark) -> str:
    return f"{mark.name} {mark.uidvalidity}"


def _renumbered(work: Work) -> Iterator[MailboxMark]:
    for mark in work.ledger.marks():
        is_first = work.ledger.is_first_generation(mark.name, mark.uidvalidity)
        if not is_first and not work.desk.had_incident(REBUILT, _generation(mark)):
            yield mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversize(Timed):
    """Tells managers of a mail of which only the beginning was taken in; the whole of it is on the server."""

    def do_one(self, now: datetime) -> bool:
        """Tell of one mail; return whether there was one."""
        with self.store.look() as work:
            if not work.inbox.untold_oversize():
                return False
        with self.store.work() as work:
            for mail in work.inbox.untold_oversize()[:1]:
                mail.told_at = now
                ticket = work.tickets.by_id(mail.ticket_id) if mail.ticket_id is not None else None
                managers = self.people(work, self.desk.rules(work), now=now).managers()
                drafts = [_oversize(mail, ticket, reader_of_told(who), now) for who in managers]
                self.send(work, drafts, now=now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return None: a mail that was worked on rings the bell itself."""
        del now
        return None


def _oversize(mail: InboxMail, ticket: Ticket | None, reader: Reader, now: datetime) -> Draft:
    touched = [] if ticket is None else [TicketLine(number=ticket.number, subject=ticket.subject, state=ticket.state)]
    return notice(
        reader=reader,
        what=Matter.OVERSIZE,
        incident=mail.sha256[:20],
        since=mail.received_at,
        now=now,
        facts=(("From", mail.from_address or "unknown"), ("Subject", mail.subject or "unknown")),
        tickets=touched,
        command=f"ticketbot mail show {mail.id}",
    )
