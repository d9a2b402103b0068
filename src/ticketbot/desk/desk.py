"""The desk: answers every kind of mail in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.book import Book, Rules
from ticketbot.desk.feedback import receive_vote
from ticketbot.desk.guide import asks_for_guide, guide_client, is_only_asking
from ticketbot.desk.incoming import receive_client, strengthen
from ticketbot.desk.meetings import receive_calendar_reply, record_answer
from ticketbot.desk.monitors import receive_alert
from ticketbot.desk.outcome import Fate, Outcome, joined, suppressed
from ticketbot.desk.post import Post
from ticketbot.desk.returned import receive_bounce
from ticketbot.desk.staff import receive_confirmed, receive_staff
from ticketbot.domain.addressing import Purpose, read_address
from ticketbot.domain.authority import voice_on
from ticketbot.domain.classify import House, Kind
from ticketbot.domain.messages import Message
from ticketbot.domain.senders import Sender, client_of_domain
from ticketbot.store.database import Work
from ticketbot.store.inbox import OPERATOR, rank
from ticketbot.store.models import InboxMail, MailState

#: RFC 5321, 4.5.3.1: nobody can be answered at more than this.
LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Knows who we are and what we promise; keeps nothing between two mails."""

    book: Book
    post: Post

    def rules(self, work: Work) -> Rules:
        """Return the rules in force in this transaction."""
        return self.book.read(work)

    def authserv_ids(self, mailbox: str) -> frozenset[str]:
        """Return under which names our own server speaks in a mailbox; the settings say so, no transaction does."""
        return self.book.authserv_ids(mailbox)

    def house(self, rules: Rules, mail: InboxMail, *, now: datetime) -> House:
        """Return what classifying a mail must know of us."""
        return House(
            own_addresses=rules.own_addresses,
            staff_addresses=frozenset(rules.staff),
            blocked_addresses=rules.blocked,
            channel=mail.channel,
            alert_addresses=rules.alert_addresses,
            receipt_addresses=rules.receipt_addresses,
            authserv_ids=rules.authserv_ids(mail.mailbox),
            keys=self.post.keys,
            is_vote=self._is_vote(now),
        )

    def _is_vote(self, now: datetime) -> Callable[[str], bool]:
        def is_vote(address: str) -> bool:
            found = read_address(address, keys=self.post.keys, now=now)
            return found is not None and found.purpose in (Purpose.RATE, Purpose.SIGN_OFF)

        return is_vote

    def sender(self, work: Work, rules: Rules, mail: InboxMail, message: Message) -> Sender:
        """Return who wrote a mail, as far as we know them."""
        if message.sender is None or len(message.sender.key) > LONGEST_ADDRESS:
            return Sender(result=message.authentication, authserv_configured=bool(rules.authserv_ids(mail.mailbox)))
        address = message.sender.key
        contact = work.desk.contact_at(address)
        clients = {client.id: client.slug for client in work.desk.clients()}
        client = clients.get(contact.client_id) if contact is not None else None
        if client is None:
            client = client_of_domain(message.sender.domain, rules.domains)
        staff = rules.staff.get(address)
        return Sender(
            address=address,
            staff=staff,
            client=client,
            is_contact=contact is not None,
            result=message.authentication,
            authserv_configured=bool(rules.authserv_ids(mail.mailbox)),
        )

    def receive(self, arrival: Arrival) -> Outcome:
        """Answer a mail that people or their machines wrote: staff, client, automatic reply or list."""
        known = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
        if known is not None:
            return self._second_copy(arrival)
        person = arrival.work.desk.agent_at(arrival.sender.address) if arrival.sender.staff is not None else None
        if not arrival.sender.has_failed and arrival.work.register.clear(arrival.sender.address):
            arrival.note("suppression_ended", address=arrival.sender.address)
        match arrival.verdict.kind:
            case Kind.STAFF if person is not None and not self._writes_as_client(arrival):
                if arrival.mail.confirmed_by in (person.slug, OPERATOR):
                    return receive_confirmed(arrival, person)
                return receive_staff(arrival, person)
            case Kind.AUTO_REPLY if not self._may_be_a_persons(arrival):
                return self._machine_on_ticket(arrival, "an automatic reply")
            case Kind.LIST if not arrival.sender.is_contact and arrival.match.ticket is None:
                return suppressed(f"list mail of nobody we know: {arrival.verdict.reason}")
            case _:
                return self._guided(arrival) or receive_client(arrival)

    def _guided(self, arrival: Arrival) -> Outcome | None:
        """Explain hypercare to a client who asks (CM7); None where the mail says more, which is then a ticket too."""
        slug = arrival.sender.client
        client = arrival.work.desk.client_named(slug) if slug is not None and asks_for_guide(arrival) else None
        if client is None or arrival.verdict.kind is not Kind.CLIENT:
            return None
        guide_client(arrival, client)
        return suppressed("asks for the guide, which went to them") if is_only_asking(arrival, client) else None

    def note(self, arrival: Arrival) -> Outcome:
        """Record what a machine tells us: bounces now; reports, votes and calendar answers are kept."""
        if arrival.work.tickets.by_fingerprint(arrival.message.fingerprint) is not None:
            return self._second_copy(arrival)
        if arrival.verdict.kind is Kind.BOUNCE:
            return receive_bounce(arrival)
        if arrival.verdict.kind is Kind.ALERT:
            return receive_alert(arrival) or receive_client(arrival)
        if arrival.verdict.kind is Kind.VOTE:
            return receive_vote(arrival)
        if arrival.verdict.kind is Kind.CALENDAR_REPLY and (heard := self._calendar_answer(arrival)):
            return heard
        return self._machine_on_ticket(arrival, f"{arrival.verdict.kind.value.replace('_', ' ')}")

    def _may_be_a_persons(self, arrival: Arrival) -> bool:
        """Return whether an automatic reply may be a person's mail: then it is heard as one, and only not answered.

        One of our own people's is heard where it is on no ticket, for on one it would go to the client in their name.
        """
        return arrival.verdict.is_doubtful and (arrival.sender.staff is None or arrival.match.ticket is None)

    def _calendar_answer(self, arrival: Arrival) -> Outcome | None:
        """Hear the words in a calendar's answer, else record the answer; None where it answers no meeting at all."""
        if arrival.verdict.is_doubtful and arrival.sender.staff is None:
            return receive_client(self._on_its_meeting(arrival))
        return receive_calendar_reply(arrival) if arrival.message.calendar_uid else None

    def _on_its_meeting(self, arrival: Arrival) -> Arrival:
        """Record what a calendar's answer says, and let the words in it join the ticket that the meeting is about."""
        ticket = record_answer(arrival)
        if ticket is None or arrival.match.ticket is not None:
            return arrival
        while ticket.merged_into is not None:
            ticket = arrival.work.tickets.by_id(ticket.merged_into)
        voice = voice_on(
            arrival.sender,
            ticket_client=next(
                (each.slug for each in arrival.work.desk.clients() if each.id == ticket.client_id), None
            ),
            participants=frozenset(each.address for each in arrival.work.tickets.participants(ticket.id)),
        )
        reason = "answers an invitation of ours"
        return replace(arrival, match=replace(arrival.match, ticket=ticket.number, voice=voice, reason=reason))

    def _writes_as_client(self, arrival: Arrival) -> bool:
        """Return whether one of our people takes part in this very ticket as a client's contact (behaviour 26)."""
        if arrival.match.ticket is None or not arrival.sender.is_contact or arrival.match.token is not None:
            return False
        ticket = arrival.work.tickets.get(arrival.match.ticket)
        return arrival.sender.address in {each.address for each in arrival.work.tickets.participants(ticket.id)}

    def _machine_on_ticket(self, arrival: Arrival, what: str) -> Outcome:
        """Keep a machine's mail: folded on its ticket without any effect, or by itself."""
        if arrival.match.ticket is None:
            return suppressed(f"{what} outside any ticket: {arrival.verdict.reason}")
        ticket = arrival.work.tickets.get(arrival.match.ticket)
        kept = arrival.keep(ticket, direction="in", audience="internal", author="machine")
        arrival.note("machine_mail", ticket=ticket, kind=arrival.verdict.kind.value, why=arrival.verdict.reason)
        return joined(ticket.id, kept.id, f"{what}, kept without effect")

    def _second_copy(self, arrival: Arrival) -> Outcome:
        """Record that a mail came a second time, by another way; the stronger channel wins (design.md)."""
        known = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
        assert known is not None
        if known.sha256 == arrival.message.sha256 and arrival.mail.outcome:
            return Outcome(
                state=MailState.DONE,
                fate=Fate(arrival.mail.outcome),
                reason=arrival.mail.reason or "it was worked on before",
                message_id=known.id,
                ticket_id=known.ticket_id,
            )
        if known.sha256 and known.ticket_id is not None and known.direction == "in":
            first = arrival.work.inbox.by_sha256(known.sha256)
            ticket = arrival.work.tickets.lock(arrival.work.tickets.by_id(known.ticket_id))
            is_opening = arrival.work.tickets.messages(ticket.id)[0].id == known.id
            is_stronger = first is not None and rank(arrival.mail.channel) > rank(first.channel)
            if first is not None and is_stronger and is_opening and not arrival.sender.has_failed:
                first.channel = arrival.mail.channel
                strengthen(arrival, ticket)
        return Outcome(
            state=MailState.DONE,
            fate=Fate.APPEND,
            reason="a second copy of a mail that is here",
            message_id=known.id,
            ticket_id=known.ticket_id,
        )
