"""Mail that waits for a person: strangers' mail, quarantine, and held mail whose time is up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.desk.clockwork import Timed
from ticketbot.desk.outcome import Fate
from ticketbot.desk.people import Told
from ticketbot.desk.post import mark_of_mail
from ticketbot.desk.told import reader_of, reader_of_told
from ticketbot.domain.authority import FORGED
from ticketbot.domain.drafts import Draft
from ticketbot.domain.messages import fold
from ticketbot.outbound.facts import Cause
from ticketbot.outbound.letters_desk import Matter, UnknownMail, notice, triage
from ticketbot.store.database import Work
from ticketbot.store.models import InboxMail, MailState, Staff

BUNDLED_FOR = timedelta(hours=1)
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers(Timed):
    """Shows mail of unknown senders to the triage list: the first at once, later ones together by the hour (OR5)."""

    def do_one(self, now: datetime) -> bool:
        """Write the letters that are due; return whether there were any."""
        with self.store.look() as work:
            if not self._is_due(work, now):
                return False
        with self.store.work() as work:
            mails = list(work.inbox.untold(MailState.TRIAGE)) if self._is_due(work, now) else []
            if not mails:
                return False  # somebody else has them in hand
            slot = now if len(mails) > 1 else None
            cause = Cause(mark=mails[0].sha256, sha256=mails[0].sha256) if slot is None else None
            rules = self.desk.rules(work)
            for person in self.people(work, rules, now=now).triage(None, None):
                shown = [
                    self._shown(mail, person, now, is_staff=fold(mail.from_address) in rules.staff) for mail in mails
                ]
                letter = triage(reader=reader_of(person), mails=shown, now=now, slot=slot, cause=cause)
                self.send(work, [letter], now=now)
            for mail in mails:
                mail.told_at = now
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next bundle is due, None when nobody waits."""
        with self.store.look() as work:
            return _tells_at(work, MailState.TRIAGE, now)

    def _is_due(self, work: Work, now: datetime) -> bool:
        at = _tells_at(work, MailState.TRIAGE, now)
        return at is not None and at <= now

    def _shown(self, mail: InboxMail, person: Staff, now: datetime, *, is_staff: bool) -> UnknownMail:
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
            is_staff=is_staff,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine(Timed):
    """Tells managers of mail that was set aside because it could not be worked on, or was not who it said it was.

    The first at once, later ones together by the hour: whoever forges our names does not fill managers' mailboxes.
    """

    def do_one(self, now: datetime) -> bool:
        """Tell of the mails that are due; return whether there were any."""
        with self.store.look() as work:
            if not self._is_due(work, now):
                return False
        with self.store.work() as work:
            mails = list(work.inbox.untold(MailState.QUARANTINED)) if self._is_due(work, now) else []
            if mails:  # else somebody else has them in hand
                managers = self.people(work, self.desk.rules(work), now=now).managers()
                forged = [mail for mail in mails if mail.reason == FORGED]
                others = [mail for mail in mails if mail.reason != FORGED]
                for what, some in ((Matter.FORGED, forged), (Matter.QUARANTINE, others)):
                    if some:
                        self.send(work, [_quarantined(some, what, who, now) for who in managers], now=now)
                for mail in mails:
                    mail.told_at = now
        return bool(mails)

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next bundle is due, None when nothing was set aside."""
        with self.store.look() as work:
            return _tells_at(work, MailState.QUARANTINED, now)

    def _is_due(self, work: Work, now: datetime) -> bool:
        at = _tells_at(work, MailState.QUARANTINED, now)
        return at is not None and at <= now


def _tells_at(work: Work, state: MailState, now: datetime) -> datetime | None:
    """Return when people are told of the mails in a state that they do not know of, None when they know of all."""
    if not work.inbox.has_untold(state):
        return None
    last = work.inbox.last_told(state)
    return last + BUNDLED_FOR if last is not None else now


def _quarantined(mails: Sequence[InboxMail], what: Matter, who: Told, now: datetime) -> Draft:
    first = mails[0]
    several = (("Mails", str(len(mails))),) if len(mails) > 1 else ()
    each = [
        (("From", mail.from_address or "unknown"), ("Subject", mail.subject or "unknown")) for mail in mails[:_SHOWN]
    ]
    return notice(
        reader=reader_of_told(who),
        what=what,
        incident=first.sha256[:20],
        since=first.received_at,
        now=now,
        facts=(*several, *(fact for facts in each for fact in facts)),
        detail="\n".join(dict.fromkeys(mail.reason or "" for mail in mails[:_SHOWN])),
        command=f"ticketbot mail show {first.id}" if len(mails) == 1 else "ticketbot mail list --state quarantined",
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
