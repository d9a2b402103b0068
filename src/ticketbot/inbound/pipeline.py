"""One received mail, from bytes to what it means for the desk: read, classify, thread, answer."""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime

from ticketbot.clock import Clock
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.desk import Desk
from ticketbot.desk.outcome import Fate, Outcome, suppressed
from ticketbot.domain.classify import Kind, Verdict, classify
from ticketbot.domain.clues import clues
from ticketbot.domain.drafts import Json
from ticketbot.domain.errors import TemporaryError
from ticketbot.domain.evidence import Evidence
from ticketbot.domain.messages import Message
from ticketbot.domain.senders import Sender
from ticketbot.domain.threads import PASSING, Match, decide
from ticketbot.inbound.ahead import Hand, Reading
from ticketbot.inbound.answers import ends_in_quote, with_answers
from ticketbot.inbound.charsets import clean_line
from ticketbot.inbound.known import without_ours
from ticketbot.inbound.reader import Reader
from ticketbot.outbound.letters import LETTERS, Audience
from ticketbot.store.database import Store, Work
from ticketbot.store.models import InboxMail, MailState

log = logging.getLogger(__name__)

ATTEMPTS = 3
DEATHS = 5
EXCERPT = 4_000
#: Of a backlog, so many mails and octets are in hand at a time: enough to keep every child busy, and no more to hold.
IN_HAND_PER_LANE = 8
OCTETS_IN_HAND = 8 * 1024 * 1024
#: Of our own letters on a ticket, those whose words are looked for in an answer.
LETTERS_COMPARED = 10
_PUBLIC_CODES = frozenset(code.value for code, letter in LETTERS.items() if letter.audience is Audience.CLIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Takes received mails in hand, oldest first, and decides them one at a time. It belongs to one thread.

    Where *hand* has several lanes and there is a backlog, the mails in hand are read ahead, as many at a time; when
    their turn comes they are decided just as if each had been taken alone.
    """

    store: Store
    reader: Reader
    desk: Desk
    clock: Clock
    holder: str
    hand: Hand = field(default_factory=Hand)

    def do_one(self) -> bool:
        """Process one waiting mail; return whether there was one."""
        turn = self.hand.next()
        if turn is None:
            if not self._claim():
                return False
            turn = self.hand.next()
        if turn is not None:
            self.take(*turn)
        return True

    def _claim(self) -> bool:
        """Take what waits in hand, each with its attempt counted; return whether there was anything."""
        now = self.clock.now()
        with self.store.look() as work:
            if not work.inbox.waiting(now=now, holder=self.holder):
                return False
        limit = 1 if self.hand.lanes == 1 else self.hand.lanes * IN_HAND_PER_LANE
        with self.store.work() as work:
            claimed = work.inbox.claim(now=now, holder=self.holder, limit=limit, octets=OCTETS_IN_HAND)
            for mail in claimed:
                if mail.attempts > ATTEMPTS:
                    self._quarantine(work, mail, f"nobody came back from it {mail.attempts - 1} times")
        self.hand.take([mail.id for mail in claimed if mail.state == MailState.RECEIVED], self._read)
        return bool(claimed)

    def next_at(self) -> datetime | None:
        """Return when the next waiting mail may be worked on."""
        with self.store.look() as work:
            return work.inbox.next_at()

    def take(self, mail_id: int, reading: Reading | None = None) -> None:
        """Process a claimed mail; a failure is its own alone, counted, and after the third it is quarantined."""
        try:
            self.process(mail_id, reading)
        except TemporaryError:
            # What else is in hand stays ours in the database, and is claimed anew behind this one: no attempt counts.
            self.hand.put_down()
            with self.store.work() as work:
                mail = work.inbox.in_hand(mail_id, holder=self.holder)
                if mail is not None:  # else the commit of which we heard nothing went through
                    work.inbox.put_back(mail, now=self.clock.now(), counts=False)
            raise
        except Exception as error:
            log.exception(
                "mail %s could not be processed", mail_id, extra={"action": "mail_failed", "mail_id": mail_id}
            )
            self._failed(mail_id, error)

    def process(self, mail_id: int, reading: Reading | None = None) -> Outcome | None:
        """Turn one received mail into what it means for the desk, in one transaction.

        Return None where somebody else has taken or finished it meanwhile, because we were too long about it.
        """
        message = reading() if reading is not None else self._read(mail_id)
        with self.store.work() as work:
            mail = work.inbox.in_hand(mail_id, holder=self.holder)
            if mail is None:
                return None
            house = self.desk.house(self.desk.rules(work), mail, now=self.clock.now())
            verdict = classify(message, house)
            arrival = self._arrive(work, mail, message, verdict)
            match verdict.kind:
                case Kind.CLIENT | Kind.STAFF | Kind.AUTO_REPLY | Kind.LIST:
                    outcome = self.desk.receive(arrival)
                case Kind.ALERT | Kind.VOTE | Kind.BOUNCE | Kind.FEEDBACK_REPORT | Kind.CALENDAR_REPLY:
                    outcome = self.desk.note(arrival)
                case Kind.OWN | Kind.RECEIPT | Kind.BLOCKED:
                    if verdict.kind is Kind.RECEIPT:
                        work.outbox.proven(message.message_id, now=arrival.now)
                    outcome = suppressed(f"{verdict.kind.value}: {verdict.reason}")
            self._close(work, arrival, outcome)
        log.info(
            "mail %s: %s",
            mail_id,
            outcome.fate.value,
            extra={"action": "mail_processed", "mail_id": mail_id, "outcome": outcome.fate.value},
        )
        return outcome

    def close(self) -> None:
        """Let go of the mails whose turn did not come; others may take them up at once, and nothing is counted."""
        left = self.hand.put_down()
        self.hand.close()
        if not left:
            return
        try:
            with self.store.work() as work:
                work.inbox.let_go(left, holder=self.holder, now=self.clock.now())
        except TemporaryError as error:
            log.warning("mails in hand could not be put back: %s", error, extra={"action": "process_waits"})

    def explain(self, mail_id: int) -> tuple[Message, Verdict, Match]:
        """Return how a received mail is understood now, changing nothing."""
        with self.store.look() as work:
            source = work.inbox.mail(mail_id)
            house = self.desk.house(self.desk.rules(work), source, now=self.clock.now())
            message = self.reader.read(work.inbox.raw(source.sha256), authserv_ids=house.authserv_ids)
            verdict = classify(message, house)
            return message, verdict, self._arrive(work, source, message, verdict).match

    def _read(self, mail_id: int) -> Message:
        """Return what a mail says, read in a limited child, outside any transaction. Any thread may ask."""
        with self.store.look() as work:
            source = work.inbox.mail(mail_id)
            raw = work.inbox.raw(source.sha256)
        return self.reader.read(raw, authserv_ids=self.desk.authserv_ids(source.mailbox))

    def _arrive(self, work: Work, mail: InboxMail, message: Message, verdict: Verdict) -> Arrival:
        now = self.clock.now()
        at = min(mail.received_at, now)
        rules = self.desk.rules(work)
        sender = self.desk.sender(work, rules, mail, message)
        found = clues(message, keys=self.desk.post.keys, now=now)
        known = work.threads.known(
            found, sender=sender.address, ours=rules.own_addresses, public_codes=_PUBLIC_CODES, now=at
        )
        match = decide(
            message,
            found,
            known,
            sender=sender,
            ours=rules.not_clients,
            now=at,
            is_machine=verdict.kind not in (Kind.CLIENT, Kind.STAFF, Kind.LIST) and not verdict.is_doubtful,
            reopen_window=rules.policy.reopens_within,
        )
        if verdict.kind is Kind.CLIENT:
            message = replace(message, new_text=with_answers(message.text, message.new_text))
        if match.ticket is not None and verdict.kind is Kind.CLIENT:
            sent = [
                each.new_text
                for each in work.tickets.messages(work.tickets.get(match.ticket).id)
                if each.direction == "out"
            ]
            message = replace(message, new_text=without_ours(message.new_text, reversed(sent[-LETTERS_COMPARED:])))
        return Arrival(
            work=work,
            mail=mail,
            message=message,
            verdict=verdict,
            sender=sender,
            clues=found,
            match=match,
            rules=rules,
            post=self.desk.post,
            now=now,
            answers_in_quote=verdict.kind is Kind.STAFF and ends_in_quote(message.text, message.new_text),
        )

    def _close(self, work: Work, arrival: Arrival, outcome: Outcome) -> None:
        mail, message = arrival.mail, arrival.message
        mail.subject = message.subject[:500]
        mail.from_address = message.sender.address if message.sender is not None else ""
        mail.challenge = outcome.challenge
        mail.held_until = outcome.held_until
        if outcome.state in (MailState.HELD, MailState.TRIAGE, MailState.QUARANTINED):
            longest = None if outcome.state is MailState.HELD else EXCERPT  # what is held may become a note
            mail.excerpt = excerpt_of(message, has_failed=arrival.sender.has_failed, longest=longest)
        work.inbox.explain(
            mail,
            kind=arrival.verdict.kind,
            rule=arrival.verdict.rule,
            trace=trace_of(arrival.verdict, arrival.match, arrival.sender),
        )
        work.inbox.close(
            mail,
            state=outcome.state,
            outcome=outcome.fate,
            reason=outcome.reason,
            now=arrival.now,
            message_id=outcome.message_id,
            ticket_id=outcome.ticket_id,
        )
        work.ring()

    def _failed(self, mail_id: int, error: Exception) -> None:
        now = self.clock.now()
        with self.store.work() as work:
            mail = work.inbox.in_hand(mail_id, holder=self.holder)
            if mail is None:
                return
            if mail.attempts >= ATTEMPTS:
                self._quarantine(work, mail, f"it failed {mail.attempts} times: {type(error).__name__}: {error}")
            else:
                work.inbox.put_back(mail, now=now, counts=True)
            work.ring()

    def _quarantine(self, work: Work, mail: InboxMail, reason: str) -> None:
        """Set a mail aside. An error may quote the mail, and no database takes all that a mail may hold."""
        reason = clean_line(reason)[:500]
        work.inbox.close(
            mail, state=MailState.QUARANTINED, outcome=Fate.QUARANTINE, reason=reason, now=self.clock.now()
        )
        work.ring()

    def take_back(self, holder: str) -> int:
        """Free the mails that a dead process had in hand; one that was alone through five deaths is quarantined."""
        now = self.clock.now()
        with self.store.work() as work:
            mails = work.inbox.take_back(holder, now=now)
            for mail in mails:
                if mail.deaths >= DEATHS:
                    reason = f"the service died {mail.deaths} times with this mail alone in hand"
                    work.inbox.close(mail, state=MailState.QUARANTINED, outcome=Fate.QUARANTINE, reason=reason, now=now)
            return len(mails)


def excerpt_of(message: Message, *, has_failed: bool, longest: int | None = EXCERPT) -> dict[str, str]:
    """Return what people are shown of a mail that is not part of a ticket."""
    sender = message.sender
    return {
        "sender": sender.address if sender is not None else "",
        "name": sender.name if sender is not None else "",
        "text": (message.new_text or message.text)[:longest],
        "fingerprint": message.fingerprint,
        "failed": "yes" if has_failed else "",
    }


def trace_of(verdict: Verdict, match: Match, sender: Sender) -> list[Json]:
    """Return why a mail was understood as it was, rule by rule and candidate by candidate, as JSON."""
    asked: list[Json] = [{"step": "classify", "rule": each.rule, "said": each.answer} for each in verdict.trace]
    steps: list[Json] = [step for evidence in Evidence for step in _steps_of(evidence, match)]
    decided: Json = {
        "step": "decided",
        "rule": match.evidence.value,
        "ticket": match.ticket,
        "said": match.reason if match.veto is None else f"{match.reason} ({match.veto.value})",
    }
    return [_sender_step(sender), *asked, *steps, decided]


def _sender_step(sender: Sender) -> Json:
    """Return who the sender is to us, and what our own server said of them."""
    who = f"staff {sender.staff}" if sender.staff else f"of {sender.client}" if sender.client else "nobody we know"
    how = "a contact" if sender.is_contact else "by domain" if sender.client else "no contact"
    server = sender.authentication.value if sender.authserv_configured else "not asked (no authserv_id is set)"
    known = "known" if sender.is_known or sender.staff else "not known"
    said = f"{who}, {how}; our server: {server}; {known}"
    return {"step": "sender", "rule": "who wrote", "ticket": None, "said": said}


def _steps_of(evidence: Evidence, match: Match) -> list[Json]:
    """Return what was found under one kind of evidence, or that nothing was."""
    found: list[Json] = [
        {"step": "thread", "rule": evidence.value, "ticket": each.ticket, "said": each.finding}
        for each in match.trace
        if each.evidence is evidence
    ]
    said = "no" if _was_asked(evidence, match) else "not asked: decided above"
    nothing: Json = {"step": "thread", "rule": evidence.value, "ticket": None, "said": said}
    return found or ([nothing] if evidence is not Evidence.NONE else [])


def _was_asked(evidence: Evidence, match: Match) -> bool:
    """Return whether a rule was reached: the first that settles a mail ends the asking, a veto that passes does not."""
    if match.evidence is Evidence.NONE or match.veto in PASSING:
        return True
    # The ids of our own letters are asked beside our signed address, whether they contradict it.
    last = Evidence.OWN_ID if match.evidence is Evidence.ADDRESS else match.evidence
    return list(Evidence).index(evidence) <= list(Evidence).index(last)
