"""The boundaries of phases, acted on exactly once: entering hypercare raises what is open (domain.md PH4, SL5, TK5)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ticketbot.desk.book import Planned, Rules
from ticketbot.desk.care import Care, care_for
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.promises import load_clocks, moved_deadlines, save_clocks
from ticketbot.desk.ranking import rank_of
from ticketbot.desk.waiting import plan_wait
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES, PAUSED_STATES, TicketState
from ticketbot.domain.phases import Boundary, Phase
from ticketbot.domain.priority import Priority, raised
from ticketbot.domain.sla import ClockState, current, on_raised
from ticketbot.outbound.facts import iso
from ticketbot.store.database import Work
from ticketbot.store.models import Launch, Ticket

PHASE = "PHASE"
CAUSE = "hypercare begins"
#: A boundary that is acted on so soon after it came counts from its very instant.
_AT_ONCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launches(Timed):
    """Acts on every boundary of every launch's plan, in order of time."""

    _known_at: dict[tuple[int, str], datetime] = field(default_factory=dict)
    _entered: set[tuple[str, datetime]] = field(default_factory=set)

    def do_one(self, now: datetime) -> bool:
        """Enter one phase whose instant has come; return whether there was one."""
        with self.store.look() as work:
            if self._first(work, now) is None:
                return False
        with self.store.work() as work:
            due = self._first(work, now)
            if due is None:
                return False
            planned, boundary = due
            launch = work.desk.launch(planned.launch_id)
            assert launch is not None
            if work.desk.write_round(
                PHASE, reader=launch.slug, period_start=boundary.at, now=now, state=boundary.phase
            ):
                rules = self.desk.rules(work)
                care = care_for(work, policy=rules.policy, client=None, launch=launch, now=now)
                enter(work, rules, launch, care, boundary, now=now)
            work.ring()
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return the next boundary of any launch."""
        with self.store.look() as work:
            upcoming = [each.plan.next_boundary(now) for each in self.desk.book.plans(work)]
            return min((boundary.at for boundary in upcoming if boundary is not None), default=None)

    def _first(self, work: Work, now: datetime) -> tuple[Planned, Boundary] | None:
        """Return the earliest boundary that has come and was not acted on."""
        due = [
            (planned, boundary) for planned in self.desk.book.plans(work) for boundary in self._due(work, planned, now)
        ]
        return min(due, key=lambda each: (each[1].at, each[0].slug), default=None)

    def _due(self, work: Work, planned: Planned, now: datetime) -> Iterator[Boundary]:
        """Yield what has come since the launch is known to the desk, and was not acted on."""
        for boundary in planned.plan.boundaries(now):
            key = (planned.slug, boundary.at)
            if boundary.at > now or key in self._entered:
                continue
            if planned.slug in work.desk.readers_of_round(PHASE, period_start=boundary.at):
                self._entered.add(key)
            elif boundary.at > self._known(work, planned):
                yield boundary

    def _known(self, work: Work, planned: Planned) -> datetime:
        """Return since when the desk knows of a launch: what its plan held before is past."""
        key = (self.desk.rules(work).version, planned.slug)
        if key not in self._known_at:
            launch = work.desk.launch(planned.launch_id)
            assert launch is not None
            self._known_at[key] = work.desk.launch_known_at(launch)
        return self._known_at[key]


def enter(work: Work, rules: Rules, launch: Launch, care: Care, boundary: Boundary, *, now: datetime) -> None:
    """Enter a phase: raise what is open where it is hypercare, and record how everything stands."""
    assert care.plan is not None
    told: list[dict[str, Any]] = []
    for row in work.tickets.of_launch(launch.id, OPEN_STATES):
        ticket = work.tickets.lock(row)
        if TicketState(ticket.state) not in OPEN_STATES:
            continue
        before = ticket.priority
        if boundary.phase is Phase.HYPERCARE and ticket.created_at < boundary.at:
            raise_on_entering(work, rules, ticket, care, boundary=boundary.at, now=now)
        clocks = current(load_clocks(work, ticket))
        told.append(
            {
                "ticket": f"T-{ticket.number}",
                "priority_from": before,
                "priority_to": ticket.priority,
                "due": {
                    name.value: iso(clock.due_at)
                    for name, clock in clocks.items()
                    if clock.state is ClockState.RUNNING and clock.due_at is not None
                },
            }
        )
    work.tickets.note(
        "phase",
        at=boundary.at,
        actor="ticketbot",
        launch_id=launch.id,
        detail={"to": boundary.phase.value, "day_index": care.plan.day_index(boundary.at), "open_tickets": told},
    )


def raise_on_entering(
    work: Work, rules: Rules, ticket: Ticket, care: Care, *, boundary: datetime, now: datetime
) -> None:
    """Raise an open ticket that was there when hypercare began: priority by TK5, promises by SL5, never loosened."""
    at = boundary if now - boundary <= _AT_ONCE and ticket.updated_at <= boundary else now
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
