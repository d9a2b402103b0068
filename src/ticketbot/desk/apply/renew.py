"""A new policy meets what is at work: open tickets' promises are tightened as SL5 allows, plans that began are kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ticketbot.desk.care import Care, care_for, plan_of
from ticketbot.desk.promises import clock_from, moved_deadlines, save_all, waiting_deadlines
from ticketbot.domain.clocks import Clock, Clocks, Terms
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES
from ticketbot.domain.policy import Policy
from ticketbot.domain.priority import Priority
from ticketbot.domain.renewal import changes_anything, on_policy
from ticketbot.store.database import Work
from ticketbot.store.models import Ticket

#: How many tickets are read at once.
BATCH = 500
ACTOR = "desk apply"


def cause_of(version: int) -> str:
    """Return what moved a promise, in words."""
    return f"desk file, version {version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A ticket whose promises a new policy tightens: its clocks before and after."""

    ticket: Ticket
    before: Clocks
    after: Clocks


@dataclass(slots=True)
class Renewal:
    """What changes between two policies for the tickets and launches that are there."""

    work: Work
    before: Policy
    after: Policy
    now: datetime
    _cares: dict[tuple[int | None, int | None], tuple[Care, Care]] = field(default_factory=dict)

    def moved(self, *, version: int) -> Iterator[list[Renewed]]:
        """Yield open tickets with a promise that the new policy tightens, some at a time."""
        if not self._promises_differ():
            return
        cause = cause_of(version)
        work, last = self.work, 0
        while batch := work.tickets.some_open(OPEN_STATES, after=last, limit=BATCH):
            last = batch[-1].id
            touched = [ticket for ticket in batch if self._touches(ticket)]
            known: dict[int, list[Clock]] = defaultdict(list)
            for row in work.tickets.clocks_of([ticket.id for ticket in touched]):
                known[row.ticket_id].append(clock_from(row))
            yield [found for ticket in touched if (found := self._renewed(ticket, tuple(known[ticket.id]), cause))]

    def run(self, *, version: int, dry_run: bool) -> list[Mapping[str, Any]]:
        """Tighten what is to be tightened, with an event for each deadline that moved; return what moved.

        A promise at rest has no due time; that it will have another is an event too, and one more when it goes on.
        """
        moves: list[Mapping[str, Any]] = []
        cause = {"cause": cause_of(version), "version": version}
        for batch in self.moved(version=version):
            if not dry_run:
                save_all(self.work, [(each.ticket, each.after) for each in batch], policy=self.after)
            for each in batch:
                for detail in (
                    *moved_deadlines(each.before, each.after),
                    *waiting_deadlines(each.before, each.after, at=self.now),
                ):
                    moves.append({"ticket": f"T-{each.ticket.number}", **detail})
                    if not dry_run:
                        told = {**detail, **cause}
                        self.work.tickets.note("deadline", at=self.now, actor=ACTOR, ticket=each.ticket, detail=told)
        return moves

    def keep_plans(self, *, dry_run: bool) -> Iterator[str]:
        """Pin the lengths of every plan that has begun and that the new policy would change; yield a line for each.

        What a phase was in the past may never change (PH4); a plan at work changes by mail.
        """
        for launch in self.work.desk.launches():
            before, after = (plan_of(launch, events=(), policy=policy) for policy in (self.before, self.after))
            kept = (before.hypercare_end_day, before.transition_end_day)
            if before.go_live_at > self.now or kept == (after.hypercare_end_day, after.transition_end_day):
                continue
            pinned = dict(zip(("hypercare_days", "transition_end_day"), kept, strict=True))
            if not dry_run:
                launch.settings = {**launch.settings, **pinned}
            days = f"hypercare to day {kept[0]}, transition to day {kept[1]}"
            yield f"launch {launch.slug} has begun and keeps its plan: {days}"

    def _renewed(self, ticket: Ticket, clocks: Clocks, cause: str) -> Renewed | None:
        old, new = (self._terms(care, ticket) for care in self._care(ticket))
        renewed = on_policy(clocks, at=self.now, before=old, after=new, cause=cause)
        return Renewed(ticket=ticket, before=clocks, after=renewed) if renewed != clocks else None

    def _promises_differ(self) -> bool:
        def promises(policy: Policy) -> object:
            replaced = {name: profile.replaces_calendars for name, profile in policy.profiles.items()}
            return policy.targets, policy.contracts, replaced

        return promises(self.before) != promises(self.after)

    def _touches(self, ticket: Ticket) -> bool:
        old, new = (self._terms(care, ticket) for care in self._care(ticket))
        return changes_anything(old, new)

    def _terms(self, care: Care, ticket: Ticket) -> Terms:
        return care.terms(at=self.now, kind=TicketKind(ticket.kind), priority=Priority(ticket.priority))

    def _care(self, ticket: Ticket) -> tuple[Care, Care]:
        """Return in whose care a ticket is, under either policy."""
        key = (ticket.client_id, ticket.launch_id)
        if key not in self._cares:
            client, launch = self.work.desk.client(ticket.client_id), self.work.desk.launch(ticket.launch_id)
            before, after = (
                care_for(self.work, policy=policy, client=client, launch=launch, now=self.now)
                for policy in (self.before, self.after)
            )
            self._cares[key] = before, after
        return self._cares[key]
