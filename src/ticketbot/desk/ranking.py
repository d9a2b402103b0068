"""The order of work that the rules give a ticket as it stands (domain.md TK5), from rows."""

from datetime import datetime

from ticketbot.desk.book import Rules
from ticketbot.desk.care import Care
from ticketbot.domain.kinds import Channel, Severity, TicketKind
from ticketbot.domain.priority import Priority, priority_of
from ticketbot.store.database import Work
from ticketbot.store.models import Ticket


def rank_of(work: Work, rules: Rules, ticket: Ticket, care: Care, *, at: datetime) -> tuple[Priority, tuple[str, ...]]:
    """Return the priority that TK5 gives a ticket at an instant, with its reasons."""
    return priority_of(
        severity=Severity(ticket.severity),
        kind=TicketKind(ticket.kind),
        phase=care.phase(at),
        channel=Channel(ticket.channel),
        is_vip=is_vip(work, ticket.requester_address),
        is_verified=_is_verified(work, rules, ticket),
    )


def is_vip(work: Work, address: str) -> bool:
    """Return whether somebody's matters go up one step."""
    contact = work.desk.contact_at(address)
    return contact is not None and "vip" in contact.roles


def _is_verified(work: Work, rules: Rules, ticket: Ticket) -> bool:
    """Return whether it may have more than P3: its first mail had our server's pass, or none can be had."""
    if not any(mailbox.authserv_id for mailbox in rules.mailboxes.values()):
        return True
    asked = (each for each in work.tickets.messages(ticket.id) if each.author in ("client", "staff"))
    first = next(asked, None)
    return first is None or first.is_verified
