"""Nudges: whoever reached us by another way reads why writing to support@ helps them (domain.md PH8, M17)."""

from datetime import timedelta

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care
from ticketbot.desk.told import client_reader, client_thread, ticket_facts
from ticketbot.domain.kinds import Severity
from ticketbot.domain.priority import Priority
from ticketbot.outbound.letters_course import nudge
from ticketbot.store.models import Staff, Ticket

NUDGED = "nudged"
#: From which level on a mail of its own is written; below, a line in the acknowledgement has to do.
MAIL_FROM_LEVEL = 2
STANDARD_LEVEL = 3
_INSTANT = timedelta(microseconds=1)
_PRESSING = frozenset({Priority.P1, Priority.P2})
_LIGHT = frozenset({Severity.S3, Severity.S4})


def level_of(arrival: Arrival, care: Care) -> int:
    """Return how much a client is encouraged to write to us: the plain rule where there is no launch."""
    return care.plan.nudge_level(arrival.at) if care.plan is not None else STANDARD_LEVEL


def encourage(arrival: Arrival, ticket: Ticket, care: Care, *, person: Staff, is_call: bool) -> None:
    """Tell (NUDGE) the requester of a ticket that *person* opened for them where to write next time.

    Once a week and person, never while something presses, and after a call only where that could have waited.
    """
    work, level = arrival.work, level_of(arrival, care)
    if level < MAIL_FROM_LEVEL or Priority(ticket.priority) in _PRESSING:
        return
    if is_call and Severity(ticket.severity) not in _LIGHT:
        return
    since = arrival.at - arrival.rules.policy.nudges_every + _INSTANT
    recent = work.tickets.events_of((NUDGED,), since=since, until=arrival.at + _INSTANT)
    if any(each.detail.get("contact") == ticket.requester_address for each in recent):
        return
    arrival.note(NUDGED, ticket=ticket, actor=person.slug, contact=ticket.requester_address, level=level)
    arrival.send(
        nudge(
            reader=client_reader(work, ticket, care),
            ticket=ticket_facts(work, ticket, care, now=arrival.at),
            level=level,
            author=person.name.strip().partition(" ")[0],
            is_call=is_call,
            cause=arrival.cause,
            thread=client_thread(work, ticket),
            now=arrival.now,
            urgent_address=arrival.rules.urgent_address,
            reply_to=arrival.post.client_address(ticket.number),
        )
    )
