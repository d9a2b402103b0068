"""The boundaries of phases, acted on exactly once: entering hypercare raises what is open (domain.md PH4, SL5, TK5)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ticketbot.desk.book import Planned, Rules
from ticketbot.desk.care import Care, care_for
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.entering import PHASE, raise_on_entering
from ticketbot.desk.promises import load_clocks
from ticketbot.domain.lifecycle import OPEN_STATES, TicketState
from ticketbot.domain.phases import Boundary, Phase
from ticketbot.domain.sla import ClockState, current
from ticketbot.outbound.facts import iso
from ticketbot.store.database import Work
from ticketbot.store.models import Launch


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
