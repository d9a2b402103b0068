"""Drives a whole desk without servers: mails go in as bytes, and tickets, letters and events are read back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.factories import DESK, IDENTITY, KEYS, NOW, a_desk

from ticketbot.app import timetable_of
from ticketbot.clock import FixedClock
from ticketbot.desk.book import Book, MailboxRules
from ticketbot.desk.desk import Desk
from ticketbot.desk.post import Post
from ticketbot.domain.addressing import anchor_id
from ticketbot.domain.tokens import Audience, make_token
from ticketbot.inbound.ahead import Hand
from ticketbot.inbound.inline import InlineReader
from ticketbot.inbound.pipeline import Pipeline
from ticketbot.inbound.reader import Reader
from ticketbot.store.database import Store
from ticketbot.store.models import Event, InboxMail, LetterState, Message, OutboxMail, Reminder, SlaClock, Ticket

MAILBOXES = (
    MailboxRules(name="support", addresses=("support@desk.example",)),
    MailboxRules(name="urgent", addresses=("urgent@desk.example",), channel="urgent"),
    MailboxRules(name="alerts", addresses=("alerts@desk.example",), channel="alerts"),
)
AUTHSERV = "mx.desk.example"
PASS = {"Authentication-Results": f"{AUTHSERV}; dmarc=pass header.from=SENDER"}
FAIL = {"Authentication-Results": f"{AUTHSERV}; dmarc=fail header.from=SENDER"}

BEN = "Ben Okafor <ben@desk.example>"
ANA = "Ana Silva <ana@desk.example>"


def asking_its_server(mailboxes: Sequence[MailboxRules] = MAILBOXES) -> tuple[MailboxRules, ...]:
    """Return mailboxes whose own mail server says who wrote."""
    return tuple(replace(each, authserv_id=AUTHSERV) for each in mailboxes)


def vouched(sender: str, *, result: str = "pass") -> dict[str, str]:
    """Return the header with which our own server says that this domain's mail passed (or failed)."""
    domain = sender.rpartition("@")[2].strip(">")
    return {"Authentication-Results": f"{AUTHSERV}; dmarc={result} header.from={domain}"}


@dataclass(slots=True)
class DeskDriver:
    """A desk on a store, with a clock that stands still."""

    store: Store
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    mailboxes: Sequence[MailboxRules] = MAILBOXES
    reader: Reader = field(default_factory=InlineReader)
    ack_cap: int = 600
    holder: str = "test"
    lanes: int = 1
    file: str = DESK
    _desk: Desk | None = None

    def __post_init__(self) -> None:
        with self.store.look() as work:
            is_new = work.desk.policy() is None
        if is_new:
            a_desk(self.store, self.file)

    # What happens

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def desk(self) -> Desk:
        if self._desk is None:
            book = Book(mailboxes=tuple(self.mailboxes), ack_cap=self.ack_cap)
            self._desk = Desk(book=book, post=Post(keys=KEYS, identity=IDENTITY))
        return self._desk

    def restart(self) -> None:
        """Forget all that is not in the store."""
        self._desk = None

    @property
    def pipeline(self) -> Pipeline:
        return Pipeline(
            store=self.store,
            reader=self.reader,
            desk=self.desk,
            clock=self.clock,
            holder=self.holder,
            hand=Hand(self.lanes),
        )

    def keep(
        self, raw: bytes, *, mailbox: str = "support", at: datetime | None = None, is_imported: bool = False
    ) -> int:
        """Let a mail arrive, without working on it; return its row."""
        channel = next(each.channel for each in self.mailboxes if each.name == mailbox)
        with self.store.work() as work:
            mail, _ = work.inbox.keep(
                raw, mailbox=mailbox, channel=channel, received_at=at or self.now, now=self.now, is_imported=is_imported
            )
            return mail.id

    def process(self) -> None:
        """Work on all that waits."""
        pipeline = self.pipeline
        while pipeline.do_one():
            pass

    def receive(
        self, raw: bytes, *, mailbox: str = "support", at: datetime | None = None, is_imported: bool = False
    ) -> InboxMail:
        """Let a mail arrive and work on all that waits; return what became of it."""
        mail_id = self.keep(raw, mailbox=mailbox, at=at, is_imported=is_imported)
        self.process()
        return self.mail(mail_id)

    def run_due(self) -> None:
        """Do everything that happens by itself; a job that fails fails the test."""
        for entry in timetable_of(self.store, self.desk).entries:
            while entry.job.do_one(self.now):
                pass

    def wait(self, **spans: float) -> None:
        """Let time pass, from one due instant to the next, as the service does."""
        until = self.now + timedelta(**spans)
        while True:
            self.run_due()
            upcoming = timetable_of(self.store, self.desk).next_at(self.now)
            if upcoming is None or upcoming > until or upcoming <= self.now:
                break
            self.clock.instant = upcoming
        self.clock.instant = until
        self.run_due()

    def sleep(self, **spans: float) -> None:
        """Let time pass while the service is down."""
        self.clock.advance(timedelta(**spans))

    # What is there

    def mail(self, mail_id: int) -> InboxMail:
        with self.store.look() as work:
            return work.inbox.mail(mail_id)

    def ticket(self, number: int = 1001) -> Ticket:
        with self.store.look() as work:
            return work.tickets.get(number)

    def tickets(self) -> Sequence[Ticket]:
        with self.store.look() as work:
            return work.tickets.listed()

    def owner(self, number: int = 1001) -> str | None:
        """Return the slug of a ticket's owner."""
        with self.store.look() as work:
            person = work.desk.person(work.tickets.get(number).owner_id)
            return person.slug if person is not None else None

    def clocks(self, number: int = 1001) -> dict[tuple[str, int], SlaClock]:
        with self.store.look() as work:
            return {(each.clock, each.cycle): each for each in work.tickets.clocks(work.tickets.get(number).id)}

    def due(self, clock: str, cycle: int = 1, *, number: int = 1001) -> datetime:
        """Return when a promise is due."""
        found = self.clocks(number)[clock, cycle].due_at
        assert found is not None
        return found

    def messages(self, number: int = 1001) -> Sequence[Message]:
        with self.store.look() as work:
            return work.tickets.messages(work.tickets.get(number).id)

    def participants(self, number: int = 1001) -> list[str]:
        with self.store.look() as work:
            return [each.address for each in work.tickets.participants(work.tickets.get(number).id)]

    def reminders(self, number: int = 1001) -> Sequence[Reminder]:
        with self.store.look() as work:
            return work.tickets.reminders(work.tickets.get(number).id)

    def events(self, number: int | None = 1001) -> Sequence[Event]:
        with self.store.look() as work:
            ticket_id = work.tickets.get(number).id if number is not None else None
            found = work.tickets.events_of(
                _ACTIONS, since=datetime.min.replace(tzinfo=self.now.tzinfo), until=self.now + timedelta(days=999)
            )
            return [each for each in found if each.ticket_id == ticket_id]

    def actions(self, number: int | None = 1001) -> list[str]:
        """Return what was done on a ticket (None: on none), in order."""
        return [each.action for each in self.events(number)]

    def detail(self, action: str, number: int | None = 1001) -> dict[str, object]:
        """Return what the last event of this action says."""
        return dict([each for each in self.events(number) if each.action == action][-1].detail)

    # Letters

    def letters(self, code: str | None = None, *, to: str | None = None) -> list[OutboxMail]:
        """Return the letters in the order in which they were written."""
        with self.store.look() as work:
            found = reversed(work.outbox.listed())
            return [each for each in found if (code is None or each.code == code) and (to is None or each.reader == to)]

    def codes(self, *, since: Sequence[OutboxMail] = ()) -> list[str]:
        """Return the codes and readers of letters, but of those in *since*: `ACK mara`."""
        old = {each.id for each in since}
        return [f"{each.code} {each.reader.partition('@')[0]}" for each in self.letters() if each.id not in old]

    def letter(self, code: str, *, to: str | None = None) -> OutboxMail:
        """Return the newest letter of a code."""
        return self.letters(code, to=to)[-1]

    def deliver_all(self) -> None:
        """Let every letter that is due leave."""
        with self.store.work() as work:
            for each in work.outbox.listed():
                if each.state == LetterState.QUEUED and each.send_at <= self.now:
                    each.state, each.sent_at = LetterState.SENT, self.now

    def fail(self, letter: OutboxMail, *, reason: str = "550 no such user") -> None:
        """Let a letter fail for good."""
        with self.store.work() as work:
            found = work.outbox.letter(letter.id)
            found.state, found.reason = LetterState.FAILED, reason

    def answer_address(self, number: int = 1001, *, agent: str = "ben@desk.example") -> str:
        """Return this person's own address that answers the client."""
        return self.desk.post.staff_addresses(number, reader=agent, now=self.now).answer

    def note_address(self, number: int = 1001, *, agent: str = "ben@desk.example") -> str:
        """Return this person's own address that leaves a note."""
        return self.desk.post.staff_addresses(number, reader=agent, now=self.now).note

    def anchor(self, number: int = 1001) -> str:
        """Return the Message-ID that ties every letter of a ticket together."""
        token = make_token(KEYS, audience=Audience.ANCHOR, number=number)
        return anchor_id(token, domain=IDENTITY.domain)

    def client_address(self, number: int = 1001) -> str:
        """Return the address by which a client's reply finds its ticket."""
        return self.desk.post.client_address(number)


_ACTIONS = (
    "opened", "received", "joined", "not_acknowledged", "security", "triage", "ruling", "command_refused", "state",
    "owner", "reply", "note", "priority", "remind", "breach", "bounced", "machine_mail", "undelivered",
    "challenge_answered", "held", "thanks", "strengthened", "how", "unverified",
)  # fmt: skip
