"""Matters that belong together, and a mail that is a matter of its own (`#link`, `#split`)."""

from dataclasses import replace

from ticketbot.desk.actions import Acting, save_promises, terms_of
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.held import answered_letters
from ticketbot.desk.incidents import announce
from ticketbot.desk.intake import acknowledge, listeners, show_new, title_of
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.ranking import is_vip
from ticketbot.desk.recurring import look_for_recurrence
from ticketbot.desk.shifting import team_of
from ticketbot.domain.classify import Kind
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.kinds import Channel, classify_ticket
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.messages import Address, Authentication, fold
from ticketbot.domain.priority import priority_of
from ticketbot.domain.senders import Sender
from ticketbot.domain.sla import on_opened, on_parted
from ticketbot.outbound.facts import iso
from ticketbot.store.models import Message, Ticket

LINKED = "linked"


def link(acting: Acting, command: Command) -> str:
    """Note on both tickets that they have to do with each other."""
    arrival, ticket = acting.arrival, acting.ticket
    number = int(command.args["ticket"].removeprefix("T-"))
    other = arrival.work.tickets.by_number(number)
    if other is None:
        raise Conflict(f"there is no ticket T-{number}")
    if other.id == ticket.id:
        raise Conflict(f"T-{number} is this very ticket")
    acting.note(LINKED, number=f"T-{number}")
    arrival.note(LINKED, ticket=other, actor=acting.person.slug, number=f"T-{ticket.number}")
    return f"T-{ticket.number} and T-{number} are linked."


def split(acting: Acting, _command: Command) -> str:
    """Make the client's mail in hand a ticket of its own, counted from its arrival; the client is told its number."""
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    mail = _mail_in_hand(acting)
    new = _opened(acting, mail)
    mail.ticket_id = new.id
    work.flush()
    save_promises(arrival, ticket, on_parted(load_clocks(work, ticket), at=arrival.at, wrote_at=mail.at))
    work.tickets.join(new, address=mail.from_address, name=mail.from_name, now=arrival.at)
    heard = _heard(acting, mail)
    heard.note_opened(new, actor=acting.person.slug)
    acting.note("split", into=f"T-{new.number}", wrote_at=iso(mail.at))
    arrival.note("split_from", ticket=new, actor=acting.person.slug, number=f"T-{ticket.number}")
    save_promises(arrival, new, on_opened(at=mail.at, terms=terms_of(new, acting.care, mail.at)))
    acknowledge(heard, new, acting.care)
    show_new(heard, new, acting.care, readers=listeners(arrival, new, acting.care))
    announce(heard, new, acting.care)
    look_for_recurrence(heard, new, acting.care)
    return f"That mail is T-{new.number} now."


def _mail_in_hand(acting: Acting) -> Message:
    """Return the client's mail that this one answers, else their newest; the one that opened the ticket stays."""
    messages = acting.arrival.work.tickets.messages(acting.ticket.id)
    theirs = [each for each in messages if each.direction == "in" and each.audience == "public"]
    shown = [letter.cause for letter in answered_letters(acting) if letter.ticket_id == acting.ticket.id]
    named = [each for cause in shown for each in theirs if each.sha256 == cause]
    found = next(iter([*named, *reversed(theirs)]), None)
    if found is None or found.id == messages[0].id:
        raise Conflict(f"T-{acting.ticket.number} began with that mail; there is nothing to split off")
    return found


def _opened(acting: Acting, mail: Message) -> Ticket:
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    channel, phase = Channel.MAIL, acting.care.phase(mail.at)
    found = classify_ticket(
        subject=mail.subject,
        new_text=mail.new_text or mail.text,
        channel=channel,
        phase=phase,
        lexicon=arrival.rules.policy.lexicon(ticket.locale),
    )
    priority, reasons = priority_of(
        severity=found.severity,
        kind=found.kind,
        phase=phase,
        channel=channel,
        is_vip=is_vip(work, mail.from_address),
        is_verified=mail.is_verified or not arrival.sender.authserv_configured,
    )
    return work.tickets.add(
        Ticket(
            number=work.tickets.next_number(),
            subject=title_of(mail.subject, mail.new_text),
            state=TicketState.NEW,
            kind=found.kind,
            channel=channel,
            impact=int(found.impact),
            urgency=int(found.urgency),
            severity=found.severity,
            priority=priority,
            reasons=[*found.reasons, f"split from T-{ticket.number}"],
            priority_reasons=list(reasons),
            category=found.category,
            phase_at_receipt=phase.value if phase is not None else None,
            client_id=ticket.client_id,
            launch_id=ticket.launch_id,
            requester_address=fold(mail.from_address),
            requester_name=mail.from_name,
            locale=ticket.locale,
            owner_team=team_of(work, acting.care, at=arrival.at),
            created_at=mail.at,
            updated_at=arrival.at,
        )
    )


def _heard(acting: Acting, mail: Message) -> Arrival:
    """Return the mail in hand as if the client's had just come."""
    arrival, client = acting.arrival, acting.care.client
    sender = Sender(
        address=fold(mail.from_address),
        client=client.slug if client is not None else None,
        is_contact=arrival.work.desk.contact_at(mail.from_address) is not None,
        result=Authentication.PASS if mail.is_verified else Authentication.NONE,
        authserv_configured=arrival.sender.authserv_configured,
    )
    message = replace(
        arrival.message,
        sender=Address(name=mail.from_name, address=mail.from_address),
        subject=mail.subject,
        message_id=mail.message_id,
        in_reply_to=(),
        references=(),
        text=mail.text,
        new_text=mail.new_text,
        attachments=(),
    )
    return replace(arrival, sender=sender, message=message, verdict=replace(arrival.verdict, kind=Kind.CLIENT))
