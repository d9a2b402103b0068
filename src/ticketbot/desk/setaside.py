"""Mail that waits for a person: strangers' mail, quarantine, and held mail whose time is up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.desk.clockwork import Timed
from ticketbot.desk.outcome import Fate
from ticketbot.desk.people import Told
from ticketbot.desk.post import mark_of_mail
from ticketbot.desk.told import reader_of, reader_of_told
from ticketbot.domain.drafts import Draft
from ticketbot.outbound.letters_desk import Matter, UnknownMail, notice, triage
from ticketbot.store.database import Work
from ticketbot.store.models import InboxMail, MailState, Staff

BUNDLED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers(Timed):
    """Shows mail of unknown senders to the triage list: the first at once, later ones together by the hour (OR5)."""

    def do_one(self, now: datetime) -> bool:
        """Write the letters that are due; return whether there were any."""
        with self.store.look() as work:
            if not self._is_due(work, now):
                return False
        with self.store.work() as work:
            if not self._is_due(work, now):
                return False
            mails = list(work.inbox.untold(MailState.TRIAGE))
            rules = self.desk.rules(work)
            last = work.inbox.last_told(MailState.TRIAGE)
            slot = None if last is None or now - last >= BUNDLED_FOR else now
            for person in self.people(work, rules, now=now).triage(None, None):
                shown = [self._shown(mail, person, now) for mail in mails]
                letter = triage(reader=reader_of(person), mails=shown, now=now, slot=slot if len(shown) > 1 else None)
                self.send(work, [letter], now=now)
            for mail in mails:
                mail.told_at = now
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next bundle is due, None when nobody waits."""
        with self.store.look() as work:
            if not work.inbox.untold(MailState.TRIAGE):
                return None
            last = work.inbox.last_told(MailState.TRIAGE)
            return last + BUNDLED_FOR if last is not None else now

    def _is_due(self, work: Work, now: datetime) -> bool:
        last = work.inbox.last_told(MailState.TRIAGE)
        return bool(work.inbox.untold(MailState.TRIAGE)) and (last is None or now - last >= BUNDLED_FOR)

    def _shown(self, mail: InboxMail, person: Staff, now: datetime) -> UnknownMail:
        mark = mark_of_mail(mail.sha256)
        return UnknownMail(
            fingerprint=mail.excerpt.get("fingerprint") or mail.sha256,
            sender=mail.excerpt.get("sender") or mail.from_address,
            sender_name=mail.excerpt.get("name", ""),
            subject=mail.subject,
            text=mail.excerpt.get("text", ""),
            at=mail.received_at,
            address=self.desk.post.triage_address(mark, reader=person.email, now=now),
            why=mail.reason or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine(Timed):
    """Tells managers of mail that was set aside because it could not be worked on, or was not who it said it was."""

    def do_one(self, now: datetime) -> bool:
        """Tell of one mail; return whether there was one."""
        with self.store.look() as work:
            if not work.inbox.untold(MailState.QUARANTINED):
                return False
        with self.store.work() as work:
            for mail in work.inbox.untold(MailState.QUARANTINED)[:1]:
                mail.told_at = now
                managers = self.people(work, self.desk.rules(work), now=now).managers()
                self.send(work, [_quarantined(mail, who, now) for who in managers], now=now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return None: a mail that is set aside rings the bell itself."""
        del now
        return None


def _quarantined(mail: InboxMail, who: Told, now: datetime) -> Draft:
    return notice(
        reader=reader_of_told(who),
        what=Matter.QUARANTINE,
        incident=mail.sha256[:20],
        since=mail.received_at,
        now=now,
        facts=(("From", mail.from_address or "unknown"), ("Subject", mail.subject or "unknown")),
        detail=mail.reason or "",
        command=f"ticketbot mail show {mail.id}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTooLong(Timed):
    """Ends the waiting of held mail: a refused command mail becomes a note, an unanswered challenge nothing."""

    def do_one(self, now: datetime) -> bool:
        """End one wait; return whether there was one."""
        with self.store.look() as work:
            if work.inbox.held_too_long(now=now) is None:
                return False
        with self.store.work() as work:
            mail = work.inbox.held_too_long(now=now)
            if mail is None:
                return False
            mail.held_until = None
            if mail.ticket_id is None or mail.challenge is not None:
                work.inbox.close(
                    mail,
                    state=MailState.DROPPED,
                    outcome=Fate.REJECT,
                    reason=f"nobody answered: {mail.reason}",
                    now=now,
                )
                return True
            ticket = work.tickets.by_id(mail.ticket_id)
            kept = work.tickets.add_message(
                {
                    "fingerprint": mail.excerpt.get("fingerprint") or mail.sha256,
                    "ticket_id": ticket.id,
                    "sha256": mail.sha256,
                    "direction": "note",
                    "audience": "internal",
                    "author": "staff",
                    "is_verified": False,
                    "from_address": mail.from_address,
                    "from_name": mail.excerpt.get("name", ""),
                    "subject": mail.subject,
                    "at": mail.received_at,
                    "text": mail.excerpt.get("text", ""),
                    "new_text": mail.excerpt.get("text", ""),
                }
            )
            work.tickets.note("note", at=now, actor="ticketbot", ticket=ticket, detail={"why": "held for a day"})
            work.inbox.close(
                mail,
                state=MailState.DONE,
                outcome=Fate.APPEND,
                reason=f"kept as an internal note: {mail.reason}",
                now=now,
                message_id=kept.id if kept is not None else None,
                ticket_id=ticket.id,
            )
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next wait ends."""
        del now
        with self.store.look() as work:
            return work.inbox.next_held_until()
