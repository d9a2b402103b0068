"""A new ticket: whose, of which launch and class, with which promises; acknowledged, and shown to staff."""

from collections.abc import Iterable
from datetime import timedelta

from ticketbot.desk.actions import save_promises, terms_of
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.calls import give_to_consultant, offer_times
from ticketbot.desk.care import Care, care_for, hours_of, launch_for
from ticketbot.desk.entering import raise_if_late
from ticketbot.desk.incidents import announce
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.recurring import look_for_recurrence
from ticketbot.desk.shifting import is_watched, team_of
from ticketbot.desk.told import client_reader, clock_facts, reader_of, ticket_facts
from ticketbot.desk.wishing import tell_of_wish
from ticketbot.domain.authority import AckCaps, Joining, Traffic, acknowledgement, is_capped, joining
from ticketbot.domain.classify import Kind
from ticketbot.domain.kinds import (
    Channel,
    classify_ticket,
)
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.messages import Address, fold
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import priority_of
from ticketbot.domain.sla import current, on_opened
from ticketbot.domain.subjects import bare_subject
from ticketbot.outbound import letters_client
from ticketbot.outbound.facts import Thread, TicketLine
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_staff import new_ticket
from ticketbot.outbound.mime import is_address
from ticketbot.store.models import Client, Staff, Ticket

_CHANNELS = {"urgent": Channel.URGENT, "alerts": Channel.ALERT}
_NO_SUBJECT = "(no subject)"
_LONGEST_SUBJECT = 300


def open_ticket(arrival: Arrival, client: Client) -> Ticket:
    """Open a ticket for a client's mail: launch, phase, class, priority, promises; acknowledge, and tell staff."""
    work, message, at = arrival.work, arrival.message, arrival.at
    sender = message.sender
    follows = work.tickets.by_number(arrival.match.follow_up_of) if arrival.match.follow_up_of else None
    launch = (
        work.desk.launch(follows.launch_id)
        if follows is not None and follows.client_id == client.id
        else launch_for(
            work, client, policy=arrival.rules.policy, written_to=_written_to(arrival), subject=message.subject, now=at
        )
    )
    care = care_for(work, policy=arrival.rules.policy, client=client, launch=launch, now=at)
    channel = _CHANNELS.get(arrival.mail.channel, Channel.MAIL)
    contact = work.desk.contact_at(arrival.sender.address)
    locale = (contact.locale if contact is not None else None) or client.locale
    found = classify_ticket(
        subject=message.subject,
        new_text=message.new_text or message.text,
        channel=channel,
        phase=care.phase(at),
        lexicon=arrival.rules.policy.lexicon(locale),
    )
    priority, reasons = priority_of(
        severity=found.severity,
        kind=found.kind,
        phase=care.phase(at),
        channel=channel,
        is_vip=contact is not None and "vip" in contact.roles,
        is_verified=not is_capped(arrival.sender),
    )
    phase = care.phase(at)
    ticket = work.tickets.add(
        Ticket(
            number=work.tickets.next_number(),
            subject=title_of(message.subject, message.new_text),
            state=TicketState.NEW,
            kind=found.kind,
            channel=channel,
            impact=int(found.impact),
            urgency=int(found.urgency),
            severity=found.severity,
            priority=priority,
            reasons=list(found.reasons),
            priority_reasons=list(reasons),
            category=found.category,
            phase_at_receipt=phase.value if phase is not None else None,
            client_id=client.id,
            launch_id=launch.id if launch is not None else None,
            requester_address=arrival.sender.address,
            requester_name=(contact.name if contact is not None else "") or (sender.name if sender is not None else ""),
            locale=locale,
            owner_team=team_of(work, care, at=at),
            created_at=at,
            updated_at=at,
            follow_up_of=follows.id if follows is not None else None,
        )
    )
    work.tickets.join(ticket, address=arrival.sender.address, name=ticket.requester_name, now=at)
    arrival.keep(ticket, direction="in", audience="public", author="client")
    arrival.note_opened(ticket)
    people = let_in(arrival, ticket, client)
    clocks = on_opened(at=at, terms=terms_of(ticket, care, at))
    save_promises(arrival, ticket, clocks)
    give_to_consultant(arrival, ticket, care)
    raise_if_late(work, arrival.rules, ticket, care, now=arrival.now)
    acknowledge(arrival, ticket, care)
    show_new(arrival, ticket, care, readers=listeners(arrival, ticket, care), offered=people.offered)
    tell_of_wish(arrival, ticket, care)
    offer_times(arrival, ticket, care)
    announce(arrival, ticket, care)
    look_for_recurrence(arrival, ticket, care)
    return ticket


def title_of(subject: str, text: str) -> str:
    """Return a ticket's title: the subject without our tags and prefixes, else the first words, never nothing."""
    title = bare_subject(subject)
    if not title.strip():
        title = next((line.strip() for line in text.splitlines() if line.strip()), "")[:80] or _NO_SUBJECT
    return " ".join(title.split())[:_LONGEST_SUBJECT]


def let_in(arrival: Arrival, ticket: Ticket, client: Client | None) -> Joining:
    """Let people of the client that stand in To and Cc take part from now on; return also whom staff may let in."""
    work = arrival.work
    people = [each for each in arrival.message.people if is_address(each.address)]
    known = {each.key: work.desk.contact_at(each.key) for each in people}
    clients = {each.id: each.slug for each in work.desk.clients()}
    result = joining(
        people,
        sender=arrival.sender,
        requester=ticket.requester_address,
        ticket_client=client.slug if client is not None else None,
        contacts={key: clients.get(contact.client_id, "") for key, contact in known.items() if contact is not None},
        not_clients=arrival.rules.not_clients,
        participants=frozenset(each.address for each in work.tickets.participants(ticket.id)),
    )
    for each in result.joins:
        if work.tickets.join(ticket, address=each.key, name=each.name, now=arrival.at):
            arrival.note("joined", ticket=ticket, address=each.key)
    return result


def acknowledge(arrival: Arrival, ticket: Ticket, care: Care) -> None:
    """Acknowledge (ACK) a new ticket to its requester, as far as the caps allow."""
    work, message = arrival.work, arrival.message
    hour_ago = arrival.now - timedelta(hours=1)
    ruling = acknowledgement(
        arrival.sender,
        Traffic(
            acks_to_sender=work.outbox.sent_since(Code.ACK, since=hour_ago, reader=arrival.sender.address),
            acks_of_desk=work.outbox.sent_since(Code.ACK, since=hour_ago),
            similar=1
            + work.tickets.similar_mails(
                from_address=arrival.sender.address, subject=ticket.subject, since=hour_ago, except_ticket=ticket.id
            ),
        ),
        is_person=arrival.verdict.kind is Kind.CLIENT,
        is_ours=arrival.sender.address in arrival.rules.own_addresses,
        is_imported=arrival.is_silent,
        caps=AckCaps(for_desk=arrival.rules.ack_cap),
    )
    if not ruling.is_sent:
        arrival.note("not_acknowledged", ticket=ticket, why=ruling.reason)
        return
    first = current(load_clocks(work, ticket)).get(ClockName.FIRST_RESPONSE)
    terms = terms_of(ticket, care, arrival.at)
    arrival.send(
        letters_client.acknowledgement(
            reader=client_reader(work, ticket, care),
            ticket=ticket_facts(work, ticket, care, now=arrival.at),
            cause=arrival.cause,
            thread=Thread.after(message),
            now=arrival.now,
            due_at=first.due_at if first is not None else None,
            hours=hours_of(first.schedule if first is not None else terms.schedule),
            urgent_address=arrival.rules.urgent_address,
            nudge=care.plan is not None and care.plan.nudge_level(arrival.at) == 1,
            verified=ruling.may_quote,
            reply_to=arrival.post.client_address(ticket.number),
        )
    )


def show_new(
    arrival: Arrival, ticket: Ticket, care: Care, *, readers: Iterable[Staff], offered: Iterable[Address] = ()
) -> None:
    """Show (NEW) a new ticket to staff; *offered* are people in the mail whom they may let in."""
    work = arrival.work
    facts = ticket_facts(work, ticket, care, now=arrival.at)
    clocks = clock_facts(load_clocks(work, ticket))
    related = _related(arrival, ticket)
    for person in readers:
        arrival.send(
            new_ticket(
                reader=reader_of(person),
                ticket=facts,
                mail=arrival.shown(),
                clocks=clocks,
                addresses=arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now),
                cause=arrival.cause,
                thread=Thread(),
                now=arrival.now,
                similar=related,
                cc_hints=[each.address for each in offered],
                enclosures=arrival.enclosures(),
            )
        )


def _related(arrival: Arrival, ticket: Ticket) -> list[TicketLine]:
    """Return the tickets that staff should look at beside a new one: what it follows, what it may belong to."""
    numbers = dict.fromkeys(
        number for number in (arrival.match.follow_up_of, arrival.match.related) if number is not None
    )
    rows = [arrival.work.tickets.by_number(number) for number in numbers if number != ticket.number]
    return [TicketLine(number=row.number, subject=row.subject, state=row.state) for row in rows if row is not None]


def listeners(arrival: Arrival, ticket: Ticket, care: Care) -> list[Staff]:
    """Return who hears of a ticket: its owner, else the team that has it, else the triage list; and who watches."""
    people, phase = arrival.people(), care.phase(arrival.at)
    owner = people.owner(ticket)
    hearers = [owner] if owner is not None else people.triage(care.launch, phase, team=ticket.owner_team)
    watchers = people.leads(care.launch, phase) if is_watched(ticket.owner_team, care, at=arrival.at) else []
    return list({person.id: person for person in (*hearers, *watchers)}.values())


def _written_to(arrival: Arrival) -> frozenset[str]:
    message = arrival.message
    return frozenset({*(each.key for each in message.people), *(fold(each) for each in message.delivered_to)})
