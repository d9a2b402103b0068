"""Tickets, their messages, participants, clocks and events."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Integer, Select, Table, bindparam, func, select, text, update

from ticketbot.domain.errors import NotFound
from ticketbot.domain.messages import fold
from ticketbot.store.models import (
    Event,
    Message,
    OutboxMail,
    Participant,
    Reference,
    Reminder,
    SlaClock,
    Ticket,
    UtcDateTime,
    key_of,
)
from ticketbot.store.rows import Rows

FIRST_NUMBER = 1001
#: What the column holds: PostgreSQL refuses to compare it with more, and tokens of other kinds name larger numbers.
HIGHEST_NUMBER = 2**31 - 1
_NUMBER_LOCK = 740_411_093

# Every mail and every threshold asks these, so they are written once; writing a question costs more than asking it.
_TICKET = bindparam("ticket", type_=Integer)
_NOW = bindparam("now", type_=UtcDateTime)
_BY_NUMBER = select(Ticket).where(Ticket.number == bindparam("number"))
_MESSAGES = select(Message).where(Message.ticket_id == _TICKET).order_by(Message.at, Message.id)
_BY_FINGERPRINT = select(Message).where(Message.fingerprint == bindparam("fingerprint"))
_PARTICIPANTS = select(Participant).where(Participant.ticket_id == _TICKET).order_by(Participant.id)
_CLOCKS = select(SlaClock).where(SlaClock.ticket_id == _TICKET).order_by(SlaClock.id)
_REMINDERS = select(Reminder).where(Reminder.ticket_id == _TICKET).order_by(Reminder.id)
_REMINDED = select(Reminder.ticket_id, Reminder.clock, Reminder.cycle, Reminder.level).where(
    Reminder.id.in_(bindparam("ids", expanding=True))
)
_NEXT_CLOCK_AT: Select[datetime | None] = select(func.min(cast(Table, SlaClock.__table__).c.next_at))
_NEXT_ACT_AT: Select[datetime | None] = select(func.min(cast(Table, Ticket.__table__).c.act_at))
_TO_ACT = (
    select(Ticket)
    .where(Ticket.act_at <= _NOW)
    .order_by(Ticket.act_at, Ticket.id)
    .limit(bindparam("limit", type_=Integer))
)
_DUE = (
    select(Ticket)
    .join(SlaClock, SlaClock.ticket_id == Ticket.id)
    .where(SlaClock.next_at <= _NOW)
    .order_by(SlaClock.next_at, SlaClock.id)
    .limit(bindparam("limit", type_=Integer))
)
_IS_DUE = select(SlaClock.id).where(SlaClock.next_at <= _NOW).limit(1)


class TicketRows(Rows):
    """The matters to settle and all that belongs to them."""

    def next_number(self) -> int:
        """Return the next ticket number; on PostgreSQL other transactions that ask wait until this one ends."""
        if self.is_postgresql:
            self.session.execute(text(f"select pg_advisory_xact_lock({_NUMBER_LOCK})"))
        self.session.flush()
        return (self.session.scalar(select(func.max(Ticket.number))) or FIRST_NUMBER - 1) + 1

    def add(self, ticket: Ticket) -> Ticket:
        """Keep a new ticket."""
        self.session.add(ticket)
        self.session.flush()
        return ticket

    def by_number(self, number: int) -> Ticket | None:
        """Return the ticket with this number, if there is one."""
        if number > HIGHEST_NUMBER:
            return None
        return self.session.scalar(_BY_NUMBER, {"number": number})

    def get(self, number: int) -> Ticket:
        """Return the ticket with this number; raises NotFound."""
        found = self.by_number(number)
        if found is None:
            raise NotFound(f"there is no ticket T-{number}; `ticketbot ticket list` shows all")
        return found

    def by_id(self, ticket_id: int) -> Ticket:
        """Return a ticket by its row; raises NotFound."""
        found = self.session.get(Ticket, ticket_id)
        if found is None:
            raise NotFound("that ticket is gone")
        return found

    def lock(self, ticket: Ticket) -> Ticket:
        """Take the ticket's row for this transaction: a reply and a reminder never decide at the same time."""
        self.session.flush()
        self.session.refresh(ticket, with_for_update=self.is_postgresql or None)
        return ticket

    def listed(self, states: Iterable[str] | None = None, *, limit: int = 10_000) -> Sequence[Ticket]:
        """Return tickets by number, of the given states or of all."""
        query = select(Ticket).order_by(Ticket.number).limit(limit)
        if states is not None:
            query = query.where(Ticket.state.in_(list(states)))
        return self.session.scalars(query).all()

    def of_launch(self, launch_id: int, states: Collection[str]) -> Sequence[Ticket]:
        """Return a launch's tickets in the given states."""
        return self.session.scalars(
            select(Ticket).where(Ticket.launch_id == launch_id, Ticket.state.in_(list(states))).order_by(Ticket.number)
        ).all()

    def some_open(self, states: Collection[str], *, after: int, limit: int) -> Sequence[Ticket]:
        """Return the next tickets in the given states by row, each taken for this transaction."""
        query = select(Ticket).where(Ticket.id > after, Ticket.state.in_(list(states))).order_by(Ticket.id).limit(limit)
        return self.session.scalars(self._locking(query)).all()

    def to_act(self, *, now: datetime, limit: int = 100) -> Sequence[Ticket]:
        """Return tickets whose own deadline (close by itself …) has come."""
        return self.session.scalars(_TO_ACT, {"now": now, "limit": limit}).all()

    # Messages

    def add_message(self, values: Mapping[str, Any], *, references: Iterable[str] = ()) -> Message | None:
        """Keep a message, or return None when one with its fingerprint is there already."""
        columns = dict(values)
        columns["id_key"] = key_of(columns.get("message_id") or columns["fingerprint"])
        columns["from_key"] = key_of(fold(str(columns.get("from_address", ""))))
        defaults = {"to": [], "attachments": [], "text": "", "new_text": "", "subject": "", "body_key": ""}
        row_id = self.insert_new(Message, **defaults | columns)
        if row_id is None:
            return None
        for reference in dict.fromkeys(references):
            self.session.add(Reference(message_id=row_id, key=key_of(reference)))
        self.session.flush()
        return self.session.get(Message, row_id)

    def messages_of(self, ticket_ids: Collection[int]) -> Sequence[Message]:
        """Return the messages of several tickets in order of time."""
        return self.session.scalars(
            select(Message).where(Message.ticket_id.in_(list(ticket_ids))).order_by(Message.at, Message.id)
        ).all()

    def by_fingerprint(self, fingerprint: str) -> Message | None:
        """Return the message with this fingerprint, if there is one."""
        return self.session.scalar(_BY_FINGERPRINT, {"fingerprint": fingerprint})

    def messages(self, ticket_id: int) -> Sequence[Message]:
        """Return a ticket's messages in order of time."""
        return self.session.scalars(_MESSAGES, {"ticket": ticket_id}).all()

    def letters_named(self, message_ids: Collection[str]) -> Sequence[OutboxMail]:
        """Return our own letters with one of these Message-IDs."""
        return self.session.scalars(
            select(OutboxMail).where(OutboxMail.id_key.in_([key_of(each) for each in message_ids]))
        ).all()

    def similar_mails(self, *, from_address: str, subject: str, since: datetime, except_ticket: int) -> int:
        """Return how many other tickets one sender opened with the same title since then."""
        return (
            self.session.scalar(
                select(func.count())
                .select_from(Ticket)
                .where(
                    Ticket.requester_address == from_address,
                    Ticket.subject == subject,
                    Ticket.created_at >= since,
                    Ticket.id != except_ticket,
                )
            )
            or 0
        )

    # People

    def participants(self, ticket_id: int) -> Sequence[Participant]:
        """Return who writes on a ticket, in order of joining."""
        return self.session.scalars(_PARTICIPANTS, {"ticket": ticket_id}).all()

    def join(self, ticket: Ticket, *, address: str, name: str, now: datetime) -> bool:
        """Let somebody take part from now on; return False when they did already."""
        return (
            self.insert_new(Participant, ticket_id=ticket.id, address=fold(address), name=name, joined_at=now)
            is not None
        )

    # Clocks

    def clocks(self, ticket_id: int) -> Sequence[SlaClock]:
        """Return a ticket's clocks by name and cycle."""
        return self.session.scalars(_CLOCKS, {"ticket": ticket_id}).all()

    def clocks_of(self, ticket_ids: Collection[int]) -> Sequence[SlaClock]:
        """Return the clocks of several tickets, each ticket's by name and cycle."""
        return self.session.scalars(
            select(SlaClock).where(SlaClock.ticket_id.in_(list(ticket_ids))).order_by(SlaClock.id)
        ).all()

    def add_clock(self, clock: SlaClock) -> None:
        """Keep a new clock."""
        self.session.add(clock)

    def is_due(self, *, now: datetime) -> bool:
        """Return whether a threshold of any clock has come."""
        return self.session.scalar(_IS_DUE, {"now": now}) is not None

    def take_due(self, *, now: datetime, limit: int) -> list[Ticket]:
        """Take tickets whose threshold has come for this transaction, the earliest first.

        What somebody else has taken is left to them; only if that is all there is, the first is waited for. No clock is
        loaded: those that decide must be read after the ticket was taken.
        """
        self.session.flush()
        asked = {"now": now, "limit": limit}
        if not self.is_postgresql:
            return list(dict.fromkeys(self.session.scalars(_DUE, asked)))
        free = _DUE.with_for_update(of=Ticket, skip_locked=True)
        found = list(dict.fromkeys(self.session.scalars(free, asked)))
        return found or list(self.session.scalars(_DUE.with_for_update(of=Ticket), asked | {"limit": 1}))

    def put_off(self, ticket_id: int, *, now: datetime, until: datetime) -> None:
        """Look at a ticket's due clocks later: something is wrong with it, and others wait behind it."""
        self.changed(
            update(SlaClock).where(SlaClock.ticket_id == ticket_id, SlaClock.next_at <= now).values(next_at=until)
        )

    def next_clock_at(self) -> datetime | None:
        """Return the next instant at which a clock has something to tell."""
        return self.session.scalar(_NEXT_CLOCK_AT)

    def next_act_at(self) -> datetime | None:
        """Return the next instant at which a ticket acts by itself."""
        return self.session.scalar(_NEXT_ACT_AT)

    def remind(self, clock: SlaClock, *, level: int, due_at: datetime, at: datetime, state: str) -> bool:
        """Record that a threshold was reached; return False when it was recorded before."""
        return (
            self.insert_new(
                Reminder,
                ticket_id=clock.ticket_id,
                clock=clock.clock,
                cycle=clock.cycle,
                level=level,
                due_at=due_at,
                at=at,
                state=state,
            )
            is not None
        )

    def remind_all(self, rows: Sequence[Mapping[str, Any]]) -> set[tuple[int, str, int, int]]:
        """Record that thresholds were reached; return which were not recorded before: ticket, clock, cycle, level."""
        ids = self.insert_all(Reminder, rows)
        found = self.session.execute(_REMINDED, {"ids": ids}) if ids else ()
        return {(ticket_id, clock, cycle, level) for ticket_id, clock, cycle, level in found}

    def reminders(self, ticket_id: int) -> Sequence[Reminder]:
        """Return a ticket's recorded thresholds."""
        return self.session.scalars(_REMINDERS, {"ticket": ticket_id}).all()

    def reminders_of(self, ticket_ids: Collection[int]) -> Sequence[Reminder]:
        """Return the recorded thresholds of several tickets."""
        return self.session.scalars(
            select(Reminder).where(Reminder.ticket_id.in_(list(ticket_ids))).order_by(Reminder.id)
        ).all()

    # Events

    def note(
        self,
        action: str,
        *,
        at: datetime,
        actor: str,
        ticket: Ticket | None = None,
        launch_id: int | None = None,
        detail: Mapping[str, Any] | None = None,
        cause: str | None = None,
    ) -> Event:
        """Record what was done."""
        event = Event(
            action=action,
            at=at,
            actor=actor,
            ticket_id=ticket.id if ticket is not None else None,
            launch_id=launch_id if launch_id is not None else (ticket.launch_id if ticket is not None else None),
            detail=dict(detail or {}),
            cause=cause,
        )
        self.session.add(event)
        return event

    def events(self, ticket_id: int) -> Sequence[Event]:
        """Return what happened on a ticket, in order."""
        return self.session.scalars(
            select(Event).where(Event.ticket_id == ticket_id).order_by(Event.at, Event.id)
        ).all()

    def events_named(self, action: str) -> Sequence[Event]:
        """Return every event of one action, in order."""
        return self.session.scalars(select(Event).where(Event.action == action).order_by(Event.id)).all()

    def events_caused_by(self, sha256: str) -> Sequence[Event]:
        """Return what a received mail did, in order."""
        return self.session.scalars(select(Event).where(Event.cause == sha256).order_by(Event.id)).all()

    def events_of(self, actions: Collection[str], *, since: datetime, until: datetime) -> Sequence[Event]:
        """Return events of some actions in a half-open window."""
        return self.session.scalars(
            select(Event)
            .where(Event.action.in_(list(actions)), Event.at >= since, Event.at < until)
            .order_by(Event.at, Event.id)
        ).all()
