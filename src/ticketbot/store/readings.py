"""Questions that reports and screens ask: counts and lists, never a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ticketbot.store.models import Event, SlaClock, Ticket
from ticketbot.store.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """One clock with what reports ask of its ticket."""

    clock: SlaClock
    ticket: Ticket


class Readings(Rows):
    """What happened, in numbers."""

    def tickets_created(self, *, since: datetime, until: datetime) -> Sequence[Ticket]:
        """Return the tickets received in a half-open window."""
        return self.session.scalars(
            select(Ticket).where(Ticket.created_at >= since, Ticket.created_at < until).order_by(Ticket.number)
        ).all()

    def tickets_born_before(self, until: datetime) -> Sequence[Ticket]:
        """Return all tickets received before an instant."""
        return self.session.scalars(select(Ticket).where(Ticket.created_at < until).order_by(Ticket.number)).all()

    def state_events(self, *, until: datetime) -> Sequence[Event]:
        """Return every change of state before an instant, in order."""
        return self.session.scalars(
            select(Event).where(Event.action == "state", Event.at < until).order_by(Event.at, Event.id)
        ).all()

    def clocks_decided(self, *, since: datetime, until: datetime) -> Sequence[ClockReading]:
        """Return the clocks that stopped, fell due or were missed in a half-open window, each with its ticket."""
        rows = self.session.execute(
            select(SlaClock, Ticket)
            .join(Ticket, Ticket.id == SlaClock.ticket_id)
            .where(
                ((SlaClock.stopped_at >= since) & (SlaClock.stopped_at < until))
                | ((SlaClock.due_at >= since) & (SlaClock.due_at < until))
                | ((SlaClock.breached_at >= since) & (SlaClock.breached_at < until))
            )
            .order_by(SlaClock.due_at, SlaClock.id)
        )
        return [ClockReading(clock=clock, ticket=ticket) for clock, ticket in rows]

    def first_ticket_at(self) -> datetime | None:
        """Return when the first ticket was received."""
        return self.session.scalar(select(func.min(Ticket.created_at)))
