"""Verbs of the group Class: what a matter is and how bad, corrected by staff; its priority and promises follow."""

from ticketbot.desk.actions import Acting, owed_since, save_promises, terms_of
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.ranking import rank_of
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.kinds import Channel, Impact, Severity, TicketKind, Urgency, severity_of
from ticketbot.domain.lifecycle import PAUSED_STATES, TicketState
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import on_kind, on_lowered, on_raised

LONGEST_CATEGORY = 64


def set_kind(acting: Acting, command: Command) -> str:
    """Say what a matter is: promises that the new kind does not make are void, those that it makes begin."""
    ticket, kind = acting.ticket, TicketKind(command.args["kind"])
    before = TicketKind(ticket.kind)
    if kind is before:
        return f"T-{ticket.number} is a matter of that kind already: {kind}."
    acting.note("kind", before=before.value, after=kind.value)
    ticket.kind = kind
    ticket.severity = _severity(acting)
    if (since := owed_since(ticket)) is not None:
        clocks = on_kind(
            load_clocks(acting.arrival.work, ticket),
            at=acting.arrival.at,
            terms=acting.terms,
            since=since,
            cause=f"#kind {kind}",
            is_pending=TicketState(ticket.state) in PAUSED_STATES,
        )
        save_promises(acting.arrival, ticket, clocks)
    return _reranked(acting, f"T-{ticket.number} is now a {kind}", cause=f"#kind {kind}")


def set_severity(acting: Acting, command: Command) -> str:
    """Say how bad it is, whatever words and matrix said."""
    ticket, severity = acting.ticket, Severity(command.args["severity"])
    acting.note("severity", before=ticket.severity, after=severity.value)
    ticket.severity = severity
    return _reranked(acting, f"T-{ticket.number} is {severity} now", cause=f"#sev {severity.rank}")


def set_impact(acting: Acting, command: Command) -> str:
    """Say whom it hits; the severity follows by the matrix."""
    impact = Impact(int(command.args["impact"]))
    acting.note("impact", before=acting.ticket.impact, after=int(impact))
    acting.ticket.impact = int(impact)
    return _by_matrix(acting, cause=f"#impact {int(impact)}")


def set_urgency(acting: Acting, command: Command) -> str:
    """Say how soon it hurts; the severity follows by the matrix."""
    urgency = Urgency(int(command.args["urgency"]))
    acting.note("urgency", before=acting.ticket.urgency, after=int(urgency))
    acting.ticket.urgency = int(urgency)
    return _by_matrix(acting, cause=f"#urgency {int(urgency)}")


def set_category(acting: Acting, command: Command) -> str:
    """Say what it is about."""
    category = category_named(command)
    acting.note("category", before=acting.ticket.category, after=category)
    acting.ticket.category = category
    return f"T-{acting.ticket.number} is about {category}."


def category_named(command: Command) -> str:
    """Return a category in its one spelling: data migration is data_migration."""
    return "_".join(command.args["category"].casefold().split())[:LONGEST_CATEGORY]


def _by_matrix(acting: Acting, *, cause: str) -> str:
    before, acting.ticket.severity = acting.ticket.severity, _severity(acting)
    if acting.ticket.severity != before:
        acting.note("severity", before=before, after=acting.ticket.severity)
    return _reranked(acting, f"T-{acting.ticket.number} is {acting.ticket.severity} now", cause=cause)


def _severity(acting: Acting) -> Severity:
    ticket = acting.ticket
    return severity_of(
        kind=TicketKind(ticket.kind),
        impact=Impact(ticket.impact),
        urgency=Urgency(ticket.urgency),
        channel=Channel(ticket.channel),
    )


def _reranked(acting: Acting, done: str, *, cause: str) -> str:
    """Give the ticket the priority that follows, and its promises what that changes; down needs words (SL5)."""
    arrival, ticket = acting.arrival, acting.ticket
    before = Priority(ticket.priority)
    after, reasons = rank_of(arrival.work, arrival.rules, ticket, acting.care, at=arrival.at)
    if after is before:
        ticket.priority_reasons = list(reasons)
        return f"{done}, and stays {before}."
    if after.rank > before.rank and not acting.words:
        raise Conflict(f"that lowers {before} to {after}: say why below the command, to the client or as a note")
    acting.note("priority", before=before.value, after=after.value, reasons=list(reasons))
    ticket.priority, ticket.priority_reasons = after, list(reasons)
    clocks, terms = load_clocks(arrival.work, ticket), terms_of(ticket, acting.care, arrival.at)
    if after.rank < before.rank:
        clocks = on_raised(
            clocks,
            at=arrival.at,
            terms=terms,
            cause=cause,
            since=owed_since(ticket),
            is_pending=TicketState(ticket.state) in PAUSED_STATES,
        )
    else:
        clocks = on_lowered(clocks, at=arrival.at, terms=terms, cause=cause)
    save_promises(arrival, ticket, clocks)
    return f"{done}: {after}."
