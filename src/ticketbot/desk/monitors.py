"""Monitors' mail to the alerts address: red opens a ticket, repeats join it, green is noted (domain.md TK8, DB2)."""

from ticketbot.desk.actions import save_promises, terms_of
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care, care_for
from ticketbot.desk.incidents import announce
from ticketbot.desk.intake import listeners, show_new, title_of
from ticketbot.desk.outcome import Outcome, joined, opened, suppressed
from ticketbot.desk.shifting import team_of
from ticketbot.domain.authority import is_capped
from ticketbot.domain.kinds import Channel, Severity, TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES, TicketState
from ticketbot.domain.monitors import Reading, monitor_of, reading_of
from ticketbot.domain.priority import priority_of
from ticketbot.domain.sla import on_opened
from ticketbot.store.models import Launch, Ticket

MONITOR = "monitor"
RED, GREEN = "red", "green"


def receive_alert(arrival: Arrival) -> Outcome | None:
    """Note what a monitor of one of our launches says; None where it is no monitor's mail, or not by whom it says."""
    if arrival.sender.has_failed:
        return None
    message = arrival.message
    for launch in arrival.work.desk.launches():
        monitors = [monitor_of(name, facts) for name, facts in launch.settings.get("monitors", {}).items()]
        text = message.new_text or message.text
        found = reading_of(monitors, sender=arrival.sender.address, subject=message.subject, body=text)
        if found is not None:
            return _noted(arrival, launch, found)
    return None


def _noted(arrival: Arrival, launch: Launch, reading: Reading) -> Outcome:
    """Record how a monitor stands: on its open ticket, on a new one, or where nothing is wrong on the launch alone."""
    known = _open_ticket(arrival, launch, reading.monitor)
    care = care_for(arrival.work, policy=arrival.rules.policy, client=None, launch=launch, now=arrival.at)
    ticket = known
    if known is None and reading.severity is not None:
        ticket = _made(arrival, launch, care, reading.severity)
    kept = arrival.keep(ticket, direction="in", audience="internal", author="machine")
    arrival.work.tickets.note(
        MONITOR,
        at=arrival.at,
        actor=reading.monitor,
        ticket=ticket,
        launch_id=launch.id,
        detail={"monitor": reading.monitor, "state": RED if reading.is_red else GREEN, "says": reading.state},
        cause=arrival.message.sha256,
    )
    if ticket is None:
        return suppressed(f"{reading.monitor} of {launch.slug} is green", message_id=kept.id)
    if known is not None:
        return joined(ticket.id, kept.id, f"{reading.monitor} of {launch.slug} says {reading.state}")
    save_promises(arrival, ticket, on_opened(at=arrival.at, terms=terms_of(ticket, care, arrival.at)))
    show_new(arrival, ticket, care, readers=listeners(arrival, ticket, care))
    announce(arrival, ticket, care)
    return opened(ticket.id, kept.id, f"{reading.monitor} of {launch.slug} says {reading.state}")


def _open_ticket(arrival: Arrival, launch: Launch, monitor: str) -> Ticket | None:
    """Return the open ticket of a monitor, if there is one, or that which it was merged into: repeats join it (TK8)."""
    tickets = arrival.work.tickets
    for row in reversed(tickets.of_launch(launch.id, OPEN_STATES | {TicketState.MERGED})):
        if row.channel == Channel.ALERT:
            events = tickets.events(row.id)
            if any(each.action == MONITOR and each.detail["monitor"] == monitor for each in events):
                ticket = tickets.lock(row)
                while ticket.merged_into is not None and ticket.state == TicketState.MERGED:
                    ticket = tickets.lock(tickets.by_id(ticket.merged_into))
                return ticket if TicketState(ticket.state) in OPEN_STATES else None
    return None


def _made(arrival: Arrival, launch: Launch, care: Care, severity: Severity) -> Ticket:
    """Open a ticket that nobody at the client asked for."""
    phase = care.phase(arrival.at)
    priority, reasons = priority_of(
        severity=severity,
        kind=TicketKind.ALERT,
        phase=phase,
        channel=Channel.ALERT,
        is_vip=False,
        is_verified=not is_capped(arrival.sender),
    )
    sender = arrival.message.sender
    ticket = arrival.work.tickets.add(
        Ticket(
            number=arrival.work.tickets.next_number(),
            subject=title_of(arrival.message.subject, arrival.message.new_text),
            state=TicketState.NEW,
            kind=TicketKind.ALERT,
            channel=Channel.ALERT,
            severity=severity,
            priority=priority,
            reasons=["a monitor's mail"],
            priority_reasons=list(reasons),
            phase_at_receipt=phase.value if phase is not None else None,
            client_id=launch.client_id,
            launch_id=launch.id,
            requester_address=arrival.sender.address,
            requester_name=sender.name if sender is not None else "",
            locale=care.client.locale if care.client is not None else "en",
            owner_team=team_of(arrival.work, care, at=arrival.at),
            created_at=arrival.at,
            updated_at=arrival.at,
        )
    )
    arrival.note_opened(ticket)
    return ticket
