"""Questions that reports and screens ask: counts and lists, never a decision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select

from ticketbot.store.models import Event, Message, SlaClock, Ticket
from ticketbot.store.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """One clock with what reports ask of its ticket."""

    clock: SlaClock
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What likeness looks at in a ticket, without the ticket: many are looked at for each that is new."""

    id: int
    number: int
    client_id: int | None
    kind: str
    state: str
    subject: str
    locale: str
    requester_address: str
    created_at: datetime


class Readings(Rows):
    """What happened, in numbers."""

    def tickets_created(self, *, since: datetime, until: datetime) -> Sequence[Ticket]:
        """Return the tickets received in a half-open window."""
        return self.session.scalars(
            select(Ticket).where(Ticket.created_at >= since, Ticket.created_at < until).order_by(Ticket.number)
        ).all()

    def opened(self, launch_id: int, *, since: datetime) -> int:
        """Return how many tickets of a launch were received since an instant."""
        return (
            self.session.scalar(
                select(func.count())
                .select_from(Ticket)
                .where(Ticket.launch_id == launch_id, Ticket.created_at >= since)
            )
            or 0
        )

    def tickets_born_before(self, until: datetime) -> Sequence[Ticket]:
        """Return all tickets received before an instant."""
        return self.session.scalars(select(Ticket).where(Ticket.created_at < until).order_by(Ticket.number)).all()

    def state_events(self, *, until: datetime) -> Sequence[Event]:
        """Return every change of state before an instant, in order."""
        return self.session.scalars(
            select(Event).where(Event.action == "state", Event.at < until).order_by(Event.at, Event.id)
        ).all()

    def events_of_tickets(self, ticket_ids: Collection[int]) -> Sequence[Event]:
        """Return everything that happened on these tickets, in the order in which it was done."""
        return self.session.scalars(select(Event).where(Event.ticket_id.in_(list(ticket_ids))).order_by(Event.id)).all()

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

    # One launch

    def tickets_of_client(self, client_id: int, *, until: datetime) -> Sequence[Ticket]:
        """Return a client's tickets received before an instant, whatever became of them."""
        return self.session.scalars(
            select(Ticket).where(Ticket.client_id == client_id, Ticket.created_at < until).order_by(Ticket.number)
        ).all()

    def opening_texts(self, client_id: int, *, longest: int = 1000) -> Mapping[int, str]:
        """Return the first words of the mail that opened each of a client's tickets, by the ticket's row."""
        first = (
            select(func.min(Message.id))
            .join(Ticket, Ticket.id == Message.ticket_id)
            .where(Ticket.client_id == client_id, Message.direction == "in")
            .group_by(Message.ticket_id)
        )
        rows = self.session.execute(
            select(Message.ticket_id, func.substr(Message.new_text, 1, longest)).where(Message.id.in_(first))
        )
        return {ticket_id: text for ticket_id, text in rows if ticket_id is not None}

    def latest(self, *, since: datetime, limit: int, client_id: int | None = None) -> Sequence[Glimpse]:
        """Return those of the *limit* latest tickets, of one client or of all, that came since then, newest first."""
        query = select(*(getattr(Ticket, field.name) for field in fields(Glimpse))).limit(limit)
        if client_id is not None:
            query = query.where(Ticket.client_id == client_id).order_by(Ticket.created_at.desc(), Ticket.number.desc())
        else:
            query = query.order_by(Ticket.number.desc())
        rows = [Glimpse(**row._mapping) for row in self.session.execute(query)]  # noqa: SLF001 - a documented name
        return [row for row in rows if row.created_at >= since]

    def first_words(self, ticket_ids: Collection[int], *, longest: int = 1000) -> Mapping[int, str]:
        """Return the first words of these tickets, by the ticket's row."""
        first = select(func.min(Message.id)).where(Message.ticket_id.in_(list(ticket_ids))).group_by(Message.ticket_id)
        rows = self.session.execute(
            select(Message.ticket_id, func.substr(Message.new_text, 1, longest)).where(Message.id.in_(first))
        )
        return {ticket_id: text for ticket_id, text in rows if ticket_id is not None}

    def ticket_events(self, actions: Collection[str], *, client_id: int) -> Sequence[Event]:
        """Return what was done on a client's tickets, of some actions, in order."""
        return self.session.scalars(
            select(Event)
            .join(Ticket, Ticket.id == Event.ticket_id)
            .where(Ticket.client_id == client_id, Event.action.in_(list(actions)))
            .order_by(Event.at, Event.id)
        ).all()

    def launch_events(self, launch_id: int, actions: Collection[str], *, until: datetime) -> Sequence[Event]:
        """Return what was done with a launch before an instant, of some actions, in order."""
        return self.session.scalars(
            select(Event)
            .where(Event.launch_id == launch_id, Event.action.in_(list(actions)), Event.at < until)
            .order_by(Event.at, Event.id)
        ).all()

    def clocks_of_launch(self, launch_id: int, *, since: datetime, until: datetime) -> Sequence[SlaClock]:
        """Return a launch's clocks that stopped, fell due or were missed in a half-open window."""
        return self.session.scalars(
            select(SlaClock)
            .join(Ticket, Ticket.id == SlaClock.ticket_id)
            .where(
                Ticket.launch_id == launch_id,
                ((SlaClock.stopped_at >= since) & (SlaClock.stopped_at < until))
                | ((SlaClock.due_at >= since) & (SlaClock.due_at < until))
                | ((SlaClock.breached_at >= since) & (SlaClock.breached_at < until)),
            )
            .order_by(SlaClock.id)
        ).all()
