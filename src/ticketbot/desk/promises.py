"""A ticket's clocks between rows and domain: loaded as values, written back with their next threshold."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ticketbot.domain.clocks import Clock, Clocks, ClockState, clock_of, memory_of
from ticketbot.domain.drafts import Json
from ticketbot.domain.ladder import due_steps, next_threshold
from ticketbot.domain.policy import Policy
from ticketbot.outbound.facts import iso
from ticketbot.store.database import Work
from ticketbot.store.models import SlaClock, Ticket

_SECOND = timedelta(seconds=1)


def load_clocks(work: Work, ticket: Ticket) -> Clocks:
    """Return a ticket's clocks as the domain knows them."""
    return tuple(clock_from(row) for row in work.tickets.clocks(ticket.id))


def clock_from(row: SlaClock) -> Clock:
    """Return one clock as the domain knows it."""
    return clock_of(row.memory)


def save_clocks(work: Work, ticket: Ticket, clocks: Clocks, *, policy: Policy) -> None:
    """Write back a ticket's clocks; each row says when its next threshold lies, so that the sweep finds it."""
    rows = {(row.clock, row.cycle): row for row in work.tickets.clocks(ticket.id)}
    told = told_of(work, ticket)
    for clock in clocks:
        row = rows.get((clock.name, clock.cycle))
        if row is None:
            row = SlaClock(ticket_id=ticket.id, clock=clock.name, cycle=clock.cycle)
            work.tickets.add_clock(row)
        row.state = clock.state
        row.started_at = clock.started_at
        row.due_at = clock.due_at
        row.stopped_at = clock.stopped_at
        row.is_met = clock.met
        row.target_seconds = round(clock.target / _SECOND)
        row.calendar = clock.calendar
        row.phase = clock.phase
        row.priority = clock.priority
        row.breached_at = clock.breached_at
        row.history = [move_json(move) for move in clock.history]
        row.memory = dict(memory_of(clock))
        row.next_at = _next_at(clock, policy, recorded=told[clock.name, clock.cycle])
    work.flush()


def told_of(work: Work, ticket: Ticket) -> dict[tuple[str, int], int]:
    """Return the highest percentage recorded so far for each promise and cycle, 0 for the others."""
    highest: dict[tuple[str, int], int] = defaultdict(int)
    for row in work.tickets.reminders(ticket.id):
        highest[row.clock, row.cycle] = max(highest[row.clock, row.cycle], row.level)
    return highest


def pass_over(work: Work, ticket: Ticket, clocks: Clocks, *, policy: Policy, now: datetime) -> None:
    """Record as passed over what lay before *now*, so that nobody is ever told of it: mail that was imported."""
    rows = {(row.clock, row.cycle): row for row in work.tickets.clocks(ticket.id)}
    for clock in clocks:
        for step in due_steps(clock, policy, recorded=0, now=now):
            row = rows[clock.name, clock.cycle]
            due_at = clock.due_at or clock.breached_at or step.at
            work.tickets.remind(row, level=step.percent, due_at=due_at, at=step.at, state="superseded")
    save_clocks(work, ticket, clocks, policy=policy)


def _next_at(clock: Clock, policy: Policy, *, recorded: int) -> datetime | None:
    """Return when the sweep must look at a clock; one that stopped too late unseen still has its miss to tell."""
    if clock.stopped_at is not None and due_steps(clock, policy, recorded=recorded, now=clock.stopped_at):
        return clock.stopped_at
    return next_threshold(clock, policy, recorded=recorded)


def outcome_of(clock: Clock, *, locale: str) -> str:
    """Return what became of a promise that was missed, for a letter that waited through the night (SL8)."""
    is_german = locale.startswith("de")
    missed = clock.breached_at
    if clock.stopped_at is None or missed is None:
        return "Inzwischen läuft die Frist nicht mehr." if is_german else "It does not run any more."
    minutes = max(1, round((clock.stopped_at - missed) / timedelta(minutes=1)))
    late = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004 - an hour
    return f"Inzwischen ist es geschehen, {late} zu spät." if is_german else f"It was done since, {late} too late."


def move_json(move: Any) -> dict[str, Json]:  # noqa: ANN401 - a Move
    """Return one line of a clock's story as `ticket show` has it."""
    return {"at": iso(move.at), "due_at": iso(move.due_at) if move.due_at is not None else None, "cause": move.cause}


def running(clocks: Sequence[Clock]) -> set[tuple[str, int]]:
    """Return which promises run, by name and cycle."""
    return {(clock.name, clock.cycle) for clock in clocks if clock.state is ClockState.RUNNING}
