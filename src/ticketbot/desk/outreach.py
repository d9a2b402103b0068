"""A ticket that begins with our own word: staff write to a client first (`#to`, behaviour 43)."""

from ticketbot.desk.actions import Acting, save_promises, terms_of, write_to_client
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.behalf import fit_for_client, party_of
from ticketbot.desk.care import care_for, launch_for
from ticketbot.desk.ranking import is_vip
from ticketbot.desk.relayed import for_client
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.commands import Parsed
from ticketbot.domain.errors import Conflict
from ticketbot.domain.kinds import Channel, Impact, TicketKind, Urgency, severity_of
from ticketbot.domain.lifecycle import Act, TicketState
from ticketbot.domain.messages import fold
from ticketbot.domain.priority import priority_of
from ticketbot.domain.sla import on_call
from ticketbot.domain.subjects import bare_subject
from ticketbot.store.models import Staff, Ticket

_LONGEST_SUBJECT = 300


def write_first(arrival: Arrival, person: Staff, parsed: Parsed) -> Acting:
    """Open a ticket with words of ours to somebody at a client; it is their writer's, and its first answer is given."""
    work, at = arrival.work, arrival.at
    command = next(each for each in parsed.commands if each.name == CommandName.TO)
    party = party_of(arrival, command)
    if not parsed.text.strip() and not arrival.message.attachments:
        raise Conflict("there are no words for them: write them below the command")
    subject = " ".join(bare_subject(arrival.message.subject).split())[:_LONGEST_SUBJECT]
    if not subject:
        raise Conflict("the mail needs a subject: it is the first thing that they read")
    launch = launch_for(
        work,
        party.client,
        policy=arrival.rules.policy,
        written_to=frozenset(fold(each.address) for each in arrival.message.people),
        subject=subject,
        now=at,
    )
    care = care_for(work, policy=arrival.rules.policy, client=party.client, launch=launch, now=at)
    kind, channel, phase = TicketKind.REQUEST, Channel.ON_BEHALF, care.phase(at)
    severity = severity_of(kind=kind, impact=Impact.SEVERAL, urgency=Urgency.NORMAL, channel=channel)
    priority, reasons = priority_of(
        severity=severity, kind=kind, phase=phase, channel=channel, is_vip=is_vip(work, party.address)
    )
    ticket = work.tickets.add(
        Ticket(
            number=work.tickets.next_number(),
            subject=subject,
            state=TicketState.OPEN,
            kind=kind,
            channel=channel,
            severity=severity,
            priority=priority,
            reasons=["we wrote first"],
            priority_reasons=list(reasons),
            phase_at_receipt=phase.value if phase is not None else None,
            client_id=party.client.id,
            launch_id=launch.id if launch is not None else None,
            requester_address=party.address,
            requester_name=party.name,
            owner_id=person.id,
            locale=(party.contact.locale if party.contact is not None else None) or party.client.locale,
            created_at=at,
            updated_at=at,
        )
    )
    work.tickets.join(ticket, address=party.address, name=party.name, now=at)
    words = fit_for_client(arrival, ticket, parsed.text).strip()
    acting = Acting(arrival=arrival, ticket=ticket, care=care, person=person, words=words, goes_out=True)
    arrival.keep(ticket, direction="out", audience="public", author="staff", new_text=acting.words)
    arrival.note_opened(ticket, actor=person.slug, requester=party.address)
    acting.note("reply")
    save_promises(arrival, ticket, on_call(at=at, terms=terms_of(ticket, care, at)))
    write_to_client(acting, for_client(arrival, person, acting.words), act=Act.REPLY)
    return acting
