"""What entering hypercare does to a ticket that was there before it, whenever its mail is worked on (TK5, SL5)."""

from datetime import datetime, timedelta

from ticketbot.desk.book import Rules
from ticketbot.desk.care import Care
from ticketbot.desk.promises import load_clocks, moved_deadlines, save_clocks
from ticketbot.desk.ranking import rank_of
from ticketbot.desk.waiting import plan_wait
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import PAUSED_STATES, TicketState
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority, raised
from ticketbot.domain.sla import on_raised
from ticketbot.store.database import Work
from ticketbot.store.models import Ticket

PHASE = "PHASE"
CAUSE = "hypercare begins"
#: A boundary that is acted on so soon after it came counts from its very instant.
AT_ONCE = timedelta(minutes=5)


def raise_if_late(work: Work, rules: Rules, ticket: Ticket, care: Care, *, now: datetime) -> None:
    """Raise a new ticket whose mail came before hypercare began and is worked on only after that was acted on.

    So it ends as if its mail had been worked on in time. What was not acted on yet will raise it by itself.
    """
    if care.plan is None or care.launch is None:
        return
    for boundary in care.plan.boundaries(now):
        is_missed = boundary.phase is Phase.HYPERCARE and ticket.created_at < boundary.at <= now
        if is_missed and care.launch.slug in work.desk.readers_of_round(PHASE, period_start=boundary.at):
            raise_on_entering(work, rules, ticket, care, boundary=boundary.at, now=now)


def raise_on_entering(
    work: Work, rules: Rules, ticket: Ticket, care: Care, *, boundary: datetime, now: datetime
) -> None:
    """Raise an open ticket that was there when hypercare began: priority by TK5, promises by SL5, never loosened."""
    at = boundary if now - boundary <= AT_ONCE and ticket.updated_at <= boundary else now
    found = rank_of(work, rules, ticket, care, at=boundary)
    if (better := raised(Priority(ticket.priority), by=found)) is not None:
        raise_told = {"before": ticket.priority, "after": better[0].value, "reasons": list(better[1])}
        work.tickets.note("priority", at=at, actor="ticketbot", ticket=ticket, detail=raise_told)
        ticket.priority, ticket.priority_reasons = better[0], list(better[1])
    clocks = load_clocks(work, ticket)
    tightened = on_raised(
        clocks,
        at=at,
        terms=care.terms(at=at, kind=TicketKind(ticket.kind), priority=Priority(ticket.priority)),
        cause=CAUSE,
        since=ticket.reopened_at or ticket.created_at,
        is_pending=TicketState(ticket.state) in PAUSED_STATES,
    )
    save_clocks(work, ticket, tightened, policy=rules.policy)
    plan_wait(work, ticket, care)
    for detail in moved_deadlines(clocks, tightened):
        work.tickets.note("deadline", at=at, actor="ticketbot", ticket=ticket, detail={**detail, "cause": CAUSE})
