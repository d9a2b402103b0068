"""A ticket that waits for its client knows what it does by itself next, and when: a column, made of events."""

from datetime import datetime
from zoneinfo import ZoneInfo

from ticketbot.desk.care import Care
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.priority import Priority
from ticketbot.domain.waiting import Wait, next_step
from ticketbot.store.database import Work
from ticketbot.store.models import Event, Ticket

#: Events: the question was asked again; the client was told when it ends.
CHASED = "chased"
END_TOLD = "end_told"
#: Event and act: times for a call were offered; they have passed.
OFFERED = "slots_offered"
OFFER_AGAIN = "offer_again"
#: Once, and once more when all have passed: who then is silent is not asked for ever.
MOST_OFFERS = 2
_BEFORE_THE_CALL = frozenset({TicketState.NEW, TicketState.OPEN, TicketState.REOPENED})


def plan_wait(work: Work, ticket: Ticket, care: Care) -> None:
    """Note on a ticket that waits for its client what happens next unless they write; nothing on any other.

    One whose client is to choose a time for a call waits until the last one has passed.
    """
    state = TicketState(ticket.state)
    if ticket.kind == TicketKind.MEETING and state in _BEFORE_THE_CALL:
        offers = offers_of(work, ticket)
        is_open = 0 < len(offers) < MOST_OFFERS and work.register.meeting(ticket.id, CommandName.MEET) is None
        ticket.act_at = max(map(datetime.fromisoformat, offers[-1].detail["at"])) if is_open else None
        ticket.act = OFFER_AGAIN if is_open else None
    if state is not TicketState.PENDING_CLIENT:
        return
    wait = wait_of(work, ticket)
    policy = care.policy
    step = next_step(wait, office=care.schedules[policy.office], client_zone=client_zone(care), policy=policy)
    ticket.act_at, ticket.act = (step.at, step.step.value) if step is not None else (None, None)


def offers_of(work: Work, ticket: Ticket) -> list[Event]:
    """Return the offers of times for a call, the last one at the end."""
    work.flush()
    return [each for each in work.tickets.events(ticket.id) if each.action == OFFERED]


def wait_of(work: Work, ticket: Ticket) -> Wait:
    """Return since when a ticket waits, and what was done about it."""
    work.flush()
    since, chased, told_at = ticket.updated_at, list[datetime](), None
    for event in work.tickets.events(ticket.id):
        if event.action == "state" and event.detail.get("after") == TicketState.PENDING_CLIENT:
            since, chased, told_at = event.at, [], None
        elif event.action == CHASED:
            chased.append(event.at)
        elif event.action == END_TOLD:
            told_at = event.at
    return Wait(since=since, priority=Priority(ticket.priority), chased=chased, told_at=told_at)


def client_zone(care: Care) -> ZoneInfo:
    """Return the zone whose night is the client's."""
    return ZoneInfo(care.client.timezone) if care.client is not None else care.zone
