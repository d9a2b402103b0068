"""One received mail on its way through the desk: what was understood of it, and the transaction that answers it."""

from dataclasses import dataclass
from datetime import datetime

from ticketbot.desk.book import Rules
from ticketbot.desk.people import People
from ticketbot.desk.post import Post
from ticketbot.domain.calendars import local_date
from ticketbot.domain.classify import Verdict
from ticketbot.domain.clues import Clues
from ticketbot.domain.drafts import Draft, Enclosure
from ticketbot.domain.errors import TemporaryError
from ticketbot.domain.messages import Message
from ticketbot.domain.senders import Sender
from ticketbot.domain.threads import Match
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Cause, MailFacts
from ticketbot.store.database import Work
from ticketbot.store.models import InboxMail, Staff, Ticket
from ticketbot.store.models import Message as MessageRow

_LARGEST_PASSED_ON = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail in hand. `at` is when our server received it: the instant at which everything it causes counts.

    `answers_in_quote`: a staff member's words end with the hint that their answers stand in what they quote.
    """

    work: Work
    mail: InboxMail
    message: Message
    verdict: Verdict
    sender: Sender
    clues: Clues
    match: Match
    rules: Rules
    post: Post
    now: datetime
    answers_in_quote: bool = False

    @property
    def at(self) -> datetime:
        """Return the instant of receipt, never in the future; a mail that was held counts from its writer's word."""
        return min(self.mail.released_at or self.mail.received_at, self.now)

    @property
    def cause(self) -> Cause:
        """Return what letters name as their cause."""
        return Cause.mail(self.message)

    @property
    def is_silent(self) -> bool:
        """Return whether nobody is to be answered or told: mail that was imported from a file."""
        return self.mail.is_imported

    def people(self) -> People:
        """Return the roster, asked by role."""
        return People(
            self.work,
            today=local_date(self.at, self.rules.policy.zone),
            oncall_address=self.rules.oncall,
            triage=self.rules.triage,
        )

    def send(self, *drafts: Draft) -> None:
        """Queue letters, unless the mail is to be answered by nobody."""
        if not self.is_silent:
            wanted = [draft for draft in drafts if draft.code not in self.rules.letters_off]
            self.post.put(self.work, wanted, now=self.now)

    def note(self, action: str, *, ticket: Ticket | None = None, actor: str | None = None, **detail: object) -> None:
        """Record what this mail did."""
        self.work.tickets.note(
            action,
            at=self.at,
            actor=actor or self.sender.staff or self.sender.address or "unknown",
            ticket=ticket,
            detail={name: value for name, value in detail.items() if value is not None},
            cause=self.message.sha256,
        )

    def note_opened(self, ticket: Ticket, *, actor: str | None = None, **more: object) -> None:
        """Record that this mail opened a ticket, and what it was at once: `#why` begins with it."""
        self.note(
            "opened",
            ticket=ticket,
            actor=actor,
            channel=ticket.channel,
            priority=ticket.priority,
            severity=ticket.severity,
            kind=ticket.kind,
            **more,
        )

    def shown(self, text: str | None = None, *, is_verified: bool = True) -> MailFacts:
        """Return this mail as letters show it."""
        sender = self.message.sender
        name = f"{sender.name} <{sender.address}>" if sender is not None and sender.name else ""
        name = name or (sender.address if sender is not None else "unknown sender")
        return MailFacts(
            author=name,
            at=self.at,
            text=text if text is not None else (self.message.new_text or self.message.text),
            is_verified=is_verified,
            address=sender.address if sender is not None else "",
            attachments=tuple(each.filename for each in self.message.attachments),
        )

    def own_report_address(self, person: Staff) -> str:
        """Return where one of us answers a letter about no ticket: for the launch whose report they answer, if any."""
        token = self.clues.own_token(person.email, {Audience.REPORT})
        launch = self.post.launch_of(self.work, token) if token is not None else None
        return self.post.report_address(launch.slug if launch is not None else None, reader=person.email, now=self.now)

    def enclosures(self) -> tuple[Enclosure, ...]:
        """Return the mail's attachments as parts to pass on, as long as they are whole and not too large together."""
        if self.mail.is_oversize or sum(each.size for each in self.message.attachments) > _LARGEST_PASSED_ON:
            return ()
        return tuple(Enclosure(sha256=self.message.sha256, index=each.index) for each in self.message.attachments)

    def keep(
        self,
        ticket: Ticket | None,
        *,
        direction: str,
        audience: str,
        author: str,
        new_text: str | None = None,
    ) -> MessageRow:
        """Keep the mail as a message of *ticket*.

        Raises TemporaryError when a copy of it was kept since this transaction looked: all that this one did is then
        undone, and the next attempt finds the copy (faults.md B9).
        """
        message = self.message
        sender = message.sender
        kept = self.work.tickets.add_message(
            {
                "fingerprint": message.fingerprint,
                "ticket_id": ticket.id if ticket is not None else None,
                "sha256": message.sha256,
                "direction": direction,
                "audience": audience,
                "author": author,
                "is_verified": self.sender.is_verified,
                "message_id": message.message_id,
                "from_address": sender.address if sender is not None else "",
                "from_name": sender.name if sender is not None else "",
                "to": [each.address for each in message.people],
                "subject": message.subject,
                "at": self.at,
                "text": message.text,
                "new_text": message.new_text if new_text is None else new_text,
                "attachments": [
                    {
                        "filename": each.filename,
                        "content_type": each.content_type,
                        "size": each.size,
                        "sha256": each.sha256,
                        "index": each.index,
                    }
                    for each in message.attachments
                ],
                "body_key": self.clues.body_key,
            },
            references=(*message.in_reply_to, *message.references[-32:]),
        )
        if kept is None:
            raise TemporaryError("a copy of this mail came at the same moment; trying again")
        return kept
