"""A ticket's clocks between rows and domain: loaded as values, written back with their next threshold."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ticketbot.domain.clocks import Clock, Clocks, ClockState, clock_of, memory_of
from ticketbot.domain.drafts import Json
from ticketbot.domain.ladder import due_steps, next_threshold
from ticketbot.domain.policy import Policy
from ticketbot.domain.sla import due_if_resumed
from ticketbot.outbound.facts import iso
from ticketbot.outbound.letters import Code
from ticketbot.store.database import Work
from ticketbot.store.models import LetterState, Reminder, SlaClock, Ticket
from ticketbot.store.outbox import BUNDLED

_SECOND = timedelta(seconds=1)
#: The state of a threshold whose reminder was dropped before anybody got it.
VOID = "void"


def load_clocks(work: Work, ticket: Ticket) -> Clocks:
    """Return a ticket's clocks as the domain knows them."""
    return tuple(clock_from(row) for row in work.tickets.clocks(ticket.id))


def clock_from(row: SlaClock) -> Clock:
    """Return one clock as the domain knows it."""
    return clock_of(row.memory)


def save_clocks(work: Work, ticket: Ticket, clocks: Clocks, *, policy: Policy) -> None:
    """Write back a ticket's clocks; each row says when its next threshold lies, so that the sweep finds it.

    Reminders that wait for the morning and name a time that has moved meanwhile are void (behaviour 88).
    """
    save_all(work, [(ticket, clocks)], policy=policy)


def save_all(work: Work, tickets: Sequence[tuple[Ticket, Clocks]], *, policy: Policy) -> None:
    """Write back the clocks of several tickets likewise, with few questions to the database."""
    ids = [ticket.id for ticket, _ in tickets]
    rows = {(row.ticket_id, row.clock, row.cycle): row for row in work.tickets.clocks_of(ids)}
    reminders: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in work.tickets.reminders_of(ids):
        reminders[reminder.ticket_id].append(reminder)
    moved = {
        ticket.id: clocks
        for ticket, clocks in tickets
        if any(_is_moved(clock, rows.get((ticket.id, clock.name, clock.cycle))) for clock in clocks)
    }
    _void_reminders(work, moved, reminders)
    for ticket, clocks in tickets:
        told = _highest(reminders[ticket.id])
        for clock in clocks:
            row = rows.get((ticket.id, clock.name, clock.cycle))
            if row is None:
                row = SlaClock(ticket_id=ticket.id, clock=clock.name, cycle=clock.cycle)
                work.tickets.add_clock(row)
            _fill(row, clock)
            row.next_at = _next_at(clock, policy, recorded=told[clock.name, clock.cycle])
    work.flush()


def _fill(row: SlaClock, clock: Clock) -> None:
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


def told_of(work: Work, ticket_ids: Collection[int]) -> dict[int, dict[tuple[str, int], int]]:
    """Return the highest percentage recorded so far for each promise and cycle of some tickets, 0 for the others."""
    reminders: dict[int, list[Reminder]] = {ticket_id: [] for ticket_id in ticket_ids}
    for reminder in work.tickets.reminders_of(ticket_ids):
        reminders[reminder.ticket_id].append(reminder)
    return {ticket_id: _highest(found) for ticket_id, found in reminders.items()}


def _highest(reminders: Iterable[Reminder]) -> dict[tuple[str, int], int]:
    highest: dict[tuple[str, int], int] = defaultdict(int)
    for row in reminders:
        if row.state != VOID:
            highest[row.clock, row.cycle] = max(highest[row.clock, row.cycle], row.level)
    return highest


def _is_moved(clock: Clock, row: SlaClock | None) -> bool:
    return row is not None and None not in (clock.due_at, row.due_at) and clock.due_at != row.due_at


def _void_reminders(work: Work, moved: Mapping[int, Clocks], reminders: Mapping[int, list[Reminder]]) -> None:
    """Drop reminders that nobody has got and that name moved times alone; what they told counts as never told."""
    warned = [ticket_id for ticket_id in moved if reminders.get(ticket_id)]
    dropped: set[tuple[int, str, int, int]] = set()
    kept: set[tuple[int, str, int, int]] = set()
    for letter in work.outbox.of_tickets(warned, code=Code.REMIND) if warned else ():
        ticket_id = letter.ticket_id or 0
        due = {(clock.name.value, iso(clock.started_at)): clock for clock in moved[ticket_id]}
        told = [(due[each["clock"], each["started_at"]], each) for each in letter.draft["values"]["clocks"]]
        steps = {(ticket_id, clock.name.value, clock.cycle, each["share"]) for clock, each in told}
        is_void = all(clock.due_at is None or each["due_at"] != iso(clock.due_at) for clock, each in told)
        if is_void and letter.state == LetterState.QUEUED:
            work.outbox.supersede(letter, reason="the time that it names has moved")
            dropped |= steps
        elif letter.state != LetterState.SUPERSEDED or letter.reason == BUNDLED:
            kept |= steps
    for row in (row for ticket_id in warned for row in reminders[ticket_id]):
        if (row.ticket_id, row.clock, row.cycle, row.level) in dropped - kept:
            row.state = VOID


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


def resumed_deadlines(before: Clocks, after: Clocks) -> Iterator[Mapping[str, Any]]:
    """Yield, for each promise that went on and reckoned what had waited, its due instant without that and with it."""
    known = {(clock.name, clock.cycle): clock for clock in before}
    for clock in after:
        was = known.get((clock.name, clock.cycle))
        if was is None or not was.waiting or clock.state is not ClockState.RUNNING:
            continue
        without = due_if_resumed(was, at=clock.running_since, is_changed=False)
        if clock.due_at is not None and clock.due_at != without:
            yield {
                "clock": clock.name.value,
                "cycle": clock.cycle,
                "before": iso(without) if without is not None else None,
                "after": iso(clock.due_at),
                "cause": clock.history[-1].cause,
                "resumed": True,
            }


def waiting_deadlines(before: Clocks, after: Clocks, *, at: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield, for each promise at rest whose end has another due time now, that it waits; it has no instant yet."""
    known = {(clock.name, clock.cycle): clock for clock in before}
    for clock in after:
        was = known.get((clock.name, clock.cycle))
        if was is None or clock.state is not ClockState.PAUSED or was.waiting == clock.waiting:
            continue
        if due_if_resumed(was, at=at) != due_if_resumed(clock, at=at):
            yield {
                "clock": clock.name.value,
                "cycle": clock.cycle,
                "before": None,
                "after": None,
                "waits": True,
                "target_minutes": clock.waiting[-1].target / timedelta(minutes=1),
            }


def moved_deadlines(before: Clocks, after: Clocks) -> Iterator[Mapping[str, Any]]:
    """Yield, for each promise whose due instant moved, from when to when."""
    known = {(clock.name, clock.cycle): clock.due_at for clock in before}
    for clock in after:
        was = known.get((clock.name, clock.cycle))
        if clock.due_at is not None and clock.due_at != was:
            yield {
                "clock": clock.name.value,
                "cycle": clock.cycle,
                "before": iso(was) if was is not None else None,
                "after": iso(clock.due_at),
            }
