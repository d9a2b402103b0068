"""Tickets that staff open for somebody else: a mail passed on (`#for`), a call (`#call`) (domain.md CM4, TK8)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ticketbot.desk.actions import Acting, is_ours, save_promises, terms_of
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.calls import give_to_consultant, offer_times
from ticketbot.desk.care import Care, care_for, launch_for
from ticketbot.desk.classing import category_named
from ticketbot.desk.intake import acknowledge, listeners, show_new, title_of
from ticketbot.desk.nudging import encourage
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.ranking import is_vip
from ticketbot.desk.relayed import for_client, nothing_new, strangers_in, without_history
from ticketbot.desk.shifting import team_of
from ticketbot.desk.told import client_reader, ticket_facts
from ticketbot.desk.wishing import tell_of_wish
from ticketbot.domain.classify import Kind
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.commands import Command, CommandError, Parsed, parse
from ticketbot.domain.errors import Conflict
from ticketbot.domain.kinds import (
    Channel,
    Classification,
    Impact,
    Severity,
    TicketKind,
    Urgency,
    classify_ticket,
    severity_of,
)
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.messages import Address, Authentication, fold
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import priority_of
from ticketbot.domain.senders import Sender, client_of_domain
from ticketbot.domain.sla import current, on_call, on_opened
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters_client import call_receipt
from ticketbot.store.models import Client, Contact, Staff, Ticket

OPENING = (CommandName.FOR, CommandName.CALL, CommandName.TO)
_CLASSING = frozenset(
    {CommandName.KIND, CommandName.SEV, CommandName.IMPACT, CommandName.URGENCY, CommandName.CATEGORY}
)
#: What the opening itself makes use of; every other command of the mail acts on the ticket that was opened.
USED_IN_OPENING = _CLASSING | {*OPENING, CommandName.NOTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """For whom a ticket is opened."""

    address: str
    name: str
    client: Client
    contact: Contact | None


def out_of_place(parsed: Parsed) -> Iterator[CommandError]:
    """Yield an error for what cannot stand beside a command that opens a ticket."""
    opening = [each for each in parsed.commands if each.name in OPENING]
    for each in opening[1:]:
        yield _misplaced(each, "one mail opens one ticket")
    for each in parsed.commands:
        if each.name == CommandName.LAUNCH and len(each.args) > 1:
            yield _misplaced(each, "a mail that opens a ticket cannot plan a launch")


def only_without_ticket(acting: Acting, command: Command) -> str:
    """Refuse to open a ticket from a reply to one."""
    raise Conflict(
        f"#{command.name} opens a ticket, and this mail is about T-{acting.ticket.number}; write it as a new mail"
    )


def open_for(arrival: Arrival, person: Staff, parsed: Parsed) -> Acting:
    """Open a ticket for the person that a command names; staff are shown it, the person is told by `#for`.

    A call was answered when it was logged: its first response is met, and whoever logged it owns it.
    """
    command = next(each for each in parsed.commands if each.name in OPENING)
    is_call = command.name == CommandName.CALL
    party = party_of(arrival, command)
    heard = _heard(arrival, party, parsed, is_call=is_call)
    ticket, care = _opened(heard, party, parsed, is_call=is_call)
    own = fit_for_client(arrival, ticket, heard.message.new_text, is_ours=is_call)
    if is_call:
        heard = replace(heard, message=replace(heard.message, new_text=own, text=own))
        ticket.state, ticket.owner_id = TicketState.OPEN, person.id
        arrival.keep(ticket, direction="note", audience="internal", author="staff", new_text=heard.message.new_text)
    else:
        heard.keep(ticket, direction="in", audience="public", author="client")
    arrival.note_opened(ticket, actor=person.slug, requester=party.address, lasted=command.args.get("duration"))
    terms = terms_of(ticket, care, arrival.at)
    save_promises(arrival, ticket, (on_call if is_call else on_opened)(at=arrival.at, terms=terms))
    give_to_consultant(heard, ticket, care)
    if is_call:
        _tell_caller(heard, ticket, care, person)
        readers = {each.id: each for each in (*arrival.people().triage(care.launch, care.phase(arrival.at)), person)}
        show_new(heard, ticket, care, readers=list(readers.values()))
    else:
        unseen = replace(heard, message=replace(heard.message, message_id="", in_reply_to=(), references=()))
        acknowledge(unseen, ticket, care)
        show_new(heard, ticket, care, readers=listeners(arrival, ticket, care))
    encourage(heard, ticket, care, person=person, is_call=is_call)
    tell_of_wish(heard, ticket, care)
    offer_times(heard, ticket, care)
    return Acting(arrival=arrival, ticket=ticket, care=care, person=person)


def fit_for_client(arrival: Arrival, ticket: Ticket, text: str, *, is_ours: bool = True) -> str:
    """Return the words with which a ticket is opened as its client may read them; raises Conflict where none may go.

    Its title goes with them. What is quoted goes only where it is somebody else's mail that is passed on.
    """
    own = without_history(arrival, ticket, text) if is_ours else text
    found = [*strangers_in(arrival, ticket, ticket.subject), *strangers_in(arrival, ticket, own)]
    if is_ours:
        found += nothing_new(arrival, text, own)
    if found:
        raise Conflict(f"{found[0].line}: {found[0].reason}")
    return own


def _tell_caller(heard: Arrival, ticket: Ticket, care: Care, person: Staff) -> None:
    """Tell (CALL_RECEIPT) a caller what was noted, its number, and by when they hear more."""
    update = current(load_clocks(heard.work, ticket)).get(ClockName.UPDATE)
    heard.send(
        call_receipt(
            reader=client_reader(heard.work, ticket, care),
            ticket=ticket_facts(heard.work, ticket, care, now=heard.at),
            text=for_client(heard, person, heard.message.new_text),
            author=person.name.strip().partition(" ")[0],
            cause=heard.cause,
            thread=Thread(),
            now=heard.now,
            next_update_at=update.due_at if update is not None else None,
            reply_to=heard.post.client_address(ticket.number),
        )
    )


def party_of(arrival: Arrival, command: Command) -> Party:
    """Return whom a command names; raises Conflict for somebody of no client."""
    desk, address = arrival.work.desk, fold(command.args["address"])
    if is_ours(arrival, address):
        raise Conflict(f"{address} is one of our own addresses")
    contact = desk.contact_at(address)
    slug = client_of_domain(address.rpartition("@")[2], arrival.rules.domains)
    client = desk.client(contact.client_id) if contact is not None else desk.client_named(slug) if slug else None
    if client is None:
        raise Conflict(f"{address} belongs to no client that we know")
    name = contact.name if contact is not None else ""
    return Party(address=address, name=name, client=client, contact=contact)


def _heard(arrival: Arrival, party: Party, parsed: Parsed, *, is_call: bool) -> Arrival:
    """Return the mail as if the person themselves had written it: their name, the words passed on."""
    message = arrival.message
    passed_on = "" if is_call else _passed_on(arrival)
    words = passed_on or parsed.text
    sender = Sender(
        address=party.address,
        client=party.client.slug,
        is_contact=party.contact is not None,
        result=Authentication.PASS,
        authserv_configured=arrival.sender.authserv_configured,
    )
    return replace(
        arrival,
        sender=sender,
        verdict=replace(arrival.verdict, kind=Kind.CLIENT),
        message=replace(
            message,
            sender=Address(name=party.name, address=party.address),
            new_text=words,
            text=words,
        ),
    )


def _passed_on(arrival: Arrival) -> str:
    """Return the text of the mail that was passed on: attached, or below the commands."""
    message = arrival.message
    if message.nested:
        return message.nested[0].new_text or message.nested[0].text
    return parse(message.text).text


def _opened(heard: Arrival, party: Party, parsed: Parsed, *, is_call: bool) -> tuple[Ticket, Care]:
    work, at, policy = heard.work, heard.at, heard.rules.policy
    written_to = frozenset({*(each.key for each in heard.message.people), *map(fold, heard.message.delivered_to)})
    launch = launch_for(work, party.client, policy=policy, written_to=written_to, subject=heard.message.subject, now=at)
    care = care_for(work, policy=policy, client=party.client, launch=launch, now=at)
    channel = Channel.HOTLINE if is_call else Channel.ON_BEHALF
    locale = (party.contact.locale if party.contact is not None else None) or party.client.locale
    found = classify_ticket(
        subject=heard.message.subject,
        new_text=heard.message.new_text,
        channel=channel,
        phase=care.phase(at),
        lexicon=policy.lexicon(locale),
    )
    found = _as_told(found, parsed, channel)
    phase = care.phase(at)
    priority, reasons = priority_of(
        severity=found.severity, kind=found.kind, phase=phase, channel=channel, is_vip=is_vip(work, party.address)
    )
    ticket = work.tickets.add(
        Ticket(
            number=work.tickets.next_number(),
            subject=title_of(heard.message.subject, heard.message.new_text),
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
            client_id=party.client.id,
            launch_id=launch.id if launch is not None else None,
            requester_address=party.address,
            requester_name=party.name,
            locale=locale,
            owner_team=team_of(work, care, at=at),
            created_at=at,
            updated_at=at,
        )
    )
    work.tickets.join(ticket, address=party.address, name=party.name, now=at)
    return ticket, care


def _as_told(found: Classification, parsed: Parsed, channel: Channel) -> Classification:
    """Return the class with what the mail's own commands say of it."""
    told = {each.name: each for each in parsed.commands if each.name in _CLASSING}
    if not told:
        return found

    def arg(name: CommandName, key: str) -> str | None:
        return told[name].args[key] if name in told else None

    kind = TicketKind(arg(CommandName.KIND, "kind") or found.kind)
    impact = Impact(int(arg(CommandName.IMPACT, "impact") or found.impact))
    urgency = Urgency(int(arg(CommandName.URGENCY, "urgency") or found.urgency))
    by_matrix = severity_of(kind=kind, impact=impact, urgency=urgency, channel=channel)
    return Classification(
        kind=kind,
        impact=impact,
        urgency=urgency,
        severity=Severity(arg(CommandName.SEV, "severity") or by_matrix),
        category=category_named(told[CommandName.CATEGORY]) if CommandName.CATEGORY in told else found.category,
        reasons=(*found.reasons, *(f"told: {each.line}" for each in told.values())),
    )


def _misplaced(command: Command, reason: str) -> CommandError:
    return CommandError(line_no=command.line_no, line=command.line, reason=reason, suggestion=command.spec.example)
