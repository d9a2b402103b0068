"""`ticketbot backtest`: the tickets of some time played again under another desk file's promises; nothing is written.

What happened stays as it was: when mails came and answers went, priorities, phases, states. Only targets and opening
hours are the other file's.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ticketbot.desk.care import Care, care_for
from ticketbot.deskfile import Desk
from ticketbot.domain.calendars import schedule_for
from ticketbot.domain.clocks import Clock, Terms, clock_of
from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import Policy
from ticketbot.domain.replay import Fact, Happening, enters_hypercare, facts_of, replay
from ticketbot.reports.backtest import Judged
from ticketbot.store.database import Work
from ticketbot.store.desk import holidays_of
from ticketbot.store.models import Event, Ticket

#: How many tickets are read at once.
BATCH = 500
#: Of which years holidays are looked up, as far back as promises of open and past tickets reach.
YEARS_BACK, YEARS_AHEAD = 1, 3


@dataclass(slots=True, kw_only=True)
class Backtest:
    """Tickets of some time, under the policy that was and under another.

    The holidays are those of *desk*, the other file, for each client that it names. What began before *in_force_since*
    was promised under an earlier version of the desk, and is told as such.
    """

    work: Work
    policy: Policy
    other: Policy
    now: datetime
    desk: Desk | None = None
    in_force_since: datetime | None = None
    _cares: dict[tuple[int | None, int | None], tuple[Care, Care]] = field(default_factory=dict)

    def judge(self, *, since: datetime, until: datetime | None = None) -> list[Judged]:
        """Return every promise of the tickets received between, as it went and as it would have gone."""
        tickets = self.work.readings.tickets_created(since=since, until=until or self.now)
        entered = [event for event in self.work.tickets.events_named("phase") if enters_hypercare(_happening(event))]
        batches = (tickets[first : first + BATCH] for first in range(0, len(tickets), BATCH))
        return [judged for batch in batches for judged in self._batch(batch, entered)]

    def _batch(self, tickets: Sequence[Ticket], entered: Sequence[Event]) -> list[Judged]:
        happened = self._happened(tickets, entered)
        rows: dict[int, list[Clock]] = defaultdict(list)
        for row in self.work.tickets.clocks_of([ticket.id for ticket in tickets]):
            rows[row.ticket_id].append(clock_of(row.memory))
        return [judged for ticket in tickets for judged in self._judged(ticket, rows[ticket.id], happened[ticket.id])]

    def _judged(self, ticket: Ticket, was: Sequence[Clock], happened: Sequence[Happening]) -> list[Judged]:
        would = replay(facts_of(happened), terms=lambda fact: self._terms(ticket, fact))
        recorded = {(clock.name, clock.cycle): clock for clock in was}
        played = {(clock.name, clock.cycle): clock for clock in would}
        found = [
            Judged(ticket=ticket.number, was=recorded.get(key), would=played.get(key), at=self.now)
            for key in sorted(recorded.keys() | played.keys())
        ]
        since = self.in_force_since
        return [replace(each, is_earlier=since is not None and each.clock.started_at < since) for each in found]

    def _terms(self, ticket: Ticket, fact: Fact) -> Terms:
        """Return what the other policy promises at a step: the phase of then, the targets and hours of the other."""
        present, other = self._care(ticket.client_id, fact.launch)
        phase = present.phase(fact.at)
        targets = self.other.targets_for(
            phase,
            fact.priority,
            profile=other.launch.profile if other.launch is not None else None,
            client=other.client.slug if other.client is not None else None,
        )
        return Terms(
            kind=fact.kind,
            phase=phase or Phase.STANDARD,
            priority=fact.priority,
            targets=targets,
            schedules=other.schedules,
        )

    def _care(self, client_id: int | None, launch_id: int | None) -> tuple[Care, Care]:
        key = (client_id, launch_id)
        if key not in self._cares:
            client, launch = self.work.desk.client(client_id), self.work.desk.launch(launch_id)
            if launch is not None and launch.profile not in self.other.profiles:
                raise ConfigurationError(
                    f"the other policy has no profile {launch.profile}, which {launch.slug} has; add it to the file"
                )
            present, other = (
                care_for(self.work, policy=policy, client=client, launch=launch, now=self.now)
                for policy in (self.policy, self.other)
            )
            self._cares[key] = present, self._with_holidays(other)
        return self._cares[key]

    def _with_holidays(self, care: Care) -> Care:
        """Return the care with the holidays that the other file gives its client."""
        client = care.client
        if self.desk is None or client is None or client.slug not in self.desk.clients:
            return care
        years = range(self.now.year - YEARS_BACK, self.now.year + YEARS_AHEAD)
        holidays = holidays_of(self.desk.holidays_of(client.slug), years=years)
        schedules = {
            name: schedule_for(calendar=each.calendar, zone=each.zone, holidays=holidays)
            for name, each in care.schedules.items()
        }
        return replace(care, schedules=schedules)

    def _happened(self, tickets: Sequence[Ticket], entered: Sequence[Event]) -> dict[int, list[Happening]]:
        """Return the events of each ticket, with those of its launch that raised it."""
        found: dict[int, list[Happening]] = defaultdict(list)
        created = {ticket.id: ticket.created_at for ticket in tickets}
        for event in self.work.readings.events_of_tickets([ticket.id for ticket in tickets]):
            happening = _happening(event)
            if event.action == "opened":  # a mail that was split off counts from its arrival
                happening = replace(happening, at=created[event.ticket_id or 0])
            found[event.ticket_id or 0].append(happening)
        by_number = {f"T-{ticket.number}": ticket for ticket in tickets}
        for event in entered:
            for listed in event.detail.get("open_tickets", ()):
                ticket = by_number.get(listed["ticket"])
                if ticket is not None and ticket.created_at < event.at:
                    found[ticket.id].append(_happening(event))
        return found


def _happening(event: Event) -> Happening:
    return Happening(
        number=event.id,
        at=event.at,
        actor=event.actor,
        action=event.action,
        detail=event.detail,
        mail=event.cause,
        launch=event.launch_id,
    )
