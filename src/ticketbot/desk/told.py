"""What letters tell of a ticket, gathered from rows: facts, threads and the mails shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ticketbot.desk.care import Care, hours_of
from ticketbot.desk.people import Told
from ticketbot.domain.kinds import Channel
from ticketbot.domain.messages import fold
from ticketbot.domain.policy import ClockName
from ticketbot.domain.sla import Clock, Clocks, ClockState, current
from ticketbot.outbound.facts import ClockFacts, MailFacts, Reader, Thread, TicketFacts
from ticketbot.store.database import Work
from ticketbot.store.models import Message, Staff, Ticket

_MAILS_SHOWN = 3
_STORY_SHOWN = 40
_ORDER = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.UPDATE, ClockName.RESOLUTION)


def reader_of(person: Staff) -> Reader:
    """Return one of our people as the reader of a letter."""
    return Reader(address=person.email, name=person.name, locale=person.locale, zone=person.timezone)


def reader_of_told(who: Told) -> Reader:
    """Return somebody who holds a role as the reader of a letter."""
    return Reader(address=who.address, name=who.name, locale=who.locale, zone=who.zone)


def has_client(work: Work, ticket: Ticket) -> bool:
    """Return whether a person at the client asked for a ticket: what a monitor opened has nobody to answer."""
    return ticket.channel != Channel.ALERT or work.desk.contact_at(ticket.requester_address) is not None


def copies_of(work: Work, ticket: Ticket) -> list[str]:
    """Return who reads a letter to the client beside the requester: whoever else takes part."""
    requester = fold(ticket.requester_address)
    return [each.address for each in work.tickets.participants(ticket.id) if each.address != requester]


def client_reader(work: Work, ticket: Ticket, care: Care) -> Reader:
    """Return the requester as the reader of a letter: contact's language, then the client's, then the ticket's."""
    contact = work.desk.contact_at(ticket.requester_address)
    locale = (contact.locale if contact is not None else None) or (
        care.client.locale if care.client is not None else ticket.locale
    )
    return Reader(
        address=ticket.requester_address,
        name=(contact.name if contact is not None else "") or ticket.requester_name,
        locale=locale,
        zone=care.zone.key,
    )


def ticket_facts(work: Work, ticket: Ticket, care: Care, *, now: datetime) -> TicketFacts:
    """Return what letters say of a ticket."""
    owner = work.desk.person(ticket.owner_id)
    return TicketFacts(
        number=ticket.number,
        subject=ticket.subject,
        priority=ticket.priority,
        client=care.client.name if care.client is not None else "",
        launch=care.launch.name if care.launch is not None else "",
        launch_ref=care.launch.slug if care.launch is not None else None,
        phase=care.phase_facts(now),
        severity=ticket.severity,
        kind=ticket.kind,
        channel=ticket.channel,
        state=ticket.state,
        reasons=(*ticket.reasons, *ticket.priority_reasons),
        requester=ticket.requester_name or ticket.requester_address,
        requester_address=ticket.requester_address,
        owner=owner.name if owner is not None else "",
    )


def one_clock(clock: Clock, *, share: int | None = None, late: timedelta | None = None) -> ClockFacts:
    """Return a promise as letters tell it."""
    return ClockFacts(
        clock=clock.name,
        due_at=clock.due_at,
        target=clock.target,
        hours=hours_of(clock.schedule),
        started_at=clock.started_at,
        state=clock.state,
        share=share,
        late=late,
    )


def clock_facts(clocks: Clocks) -> tuple[ClockFacts, ...]:
    """Return the promises that run or rest, answers first."""
    live = current(clocks)
    return tuple(
        one_clock(live[name])
        for name in _ORDER
        if name in live and live[name].state in (ClockState.RUNNING, ClockState.PAUSED)
    )


def last_of(work: Work, messages: Sequence[Message]) -> tuple[MailFacts, ...]:
    """Return the last few of a ticket's messages, which are in order of time."""
    return _shown(work, messages)[-_MAILS_SHOWN:]


def story_of(work: Work, ticket: Ticket) -> tuple[MailFacts, ...]:
    """Return the messages of a ticket in order of time, without mails that held commands alone."""
    return _shown(work, work.tickets.messages(ticket.id))


def _shown(work: Work, messages: Sequence[Message]) -> tuple[MailFacts, ...]:
    names = work.desk.names()
    return tuple(
        mail_facts(message, names=names)
        for message in messages[-_STORY_SHOWN:]
        if not (message.direction == "note" and message.new_text.startswith("#"))
    )


def mail_facts(message: Message, *, names: Mapping[str, str]) -> MailFacts:
    """Return a kept message as letters show it; *names* are our own people's by address."""
    return MailFacts(
        author=names.get(fold(message.from_address)) or message.from_name or message.from_address,
        at=message.at,
        text=message.new_text or message.text,
        is_staff=message.author == "staff",
        is_note=message.direction == "note",
        is_verified=message.is_verified or message.author != "unknown",
        address=message.from_address,
        attachments=tuple(str(each.get("filename", "")) for each in message.attachments),
    )


def staff_thread(work: Work, ticket: Ticket, reader: str) -> Thread:
    """Return where a letter on a ticket belongs in a staff member's mailbox: below the last one they got about it."""
    return thread_of([message_id for _, message_id in work.outbox.thread(ticket.id, reader=reader)])


def thread_of(ids: Sequence[str]) -> Thread:
    """Return where a letter belongs that goes on these, the oldest first."""
    return Thread(parent=ids[-1], ancestors=tuple(ids[:-1])) if ids else Thread()


def client_thread(work: Work, ticket: Ticket) -> Thread:
    """Return where a letter on a ticket belongs in the client's mailbox: below the last mail that they wrote or got."""
    messages = work.tickets.messages(ticket.id)
    if ticket.channel == Channel.ON_BEHALF:
        messages = messages[1:]  # one of us passed the first one on: it never lay in the client's mailbox
    wrote = [
        (message.at, message.message_id)
        for message in messages
        if message.direction == "in" and message.audience == "public" and message.message_id
    ]
    got = work.outbox.thread(ticket.id, reader=ticket.requester_address)
    ids = [message_id for _, message_id in sorted([*wrote, *got])]
    parent = max(wrote, default=(None, ids[-1] if ids else ""))[1]
    if not parent:
        return Thread()
    return Thread(parent=parent, ancestors=tuple(each for each in ids if each != parent))
