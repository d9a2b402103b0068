"""What staff write down beside tickets: register items, meetings, the last step of each ticket, dead addresses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, delete, func, or_, select, update

from ticketbot.domain.messages import fold
from ticketbot.store.models import (
    InboxMail,
    Incident,
    LastStep,
    LetterState,
    MailState,
    Meeting,
    OutboxMail,
    Participant,
    RegisterItem,
    Reminder,
    SlaClock,
    Suppressed,
    Ticket,
)
from ticketbot.store.rows import Rows

#: How many of the newest letters are looked at where all are counted.
_NEWEST = 5_000
#: Longer ago no letter was written that leaves now: quiet hours end sooner.
_LONGEST_WAIT = timedelta(days=7)
_HELD_LETTERS = (
    select(OutboxMail)
    .where(OutboxMail.state == LetterState.HELD)
    .order_by(OutboxMail.id)
    .limit(bindparam("limit", type_=Integer))
)


class RegisterRows(Rows):
    """The registers."""

    _has_suppressed: bool | None = None

    # What was learned

    def add(self, item: RegisterItem) -> RegisterItem:
        """Keep an item."""
        self.session.add(item)
        self.session.flush()
        return item

    def items(self, *kinds: str, states: Iterable[str] | None = None) -> Sequence[RegisterItem]:
        """Return the items of some kinds, oldest first, in the given states or in all."""
        query = select(RegisterItem).where(RegisterItem.kind.in_(kinds)).order_by(RegisterItem.at, RegisterItem.id)
        if states is not None:
            query = query.where(RegisterItem.state.in_(list(states)))
        return self.session.scalars(query).all()

    def made_by(self, cause: str) -> Sequence[RegisterItem]:
        """Return what a received mail wrote down."""
        return self.session.scalars(select(RegisterItem).where(RegisterItem.cause == cause)).all()

    # Meetings

    def meeting(self, ticket_id: int, kind: str) -> Meeting | None:
        """Return the meeting of this kind about a ticket, if there is one."""
        return self.session.scalar(select(Meeting).where(Meeting.ticket_id == ticket_id, Meeting.kind == kind))

    def meeting_named(self, uid: str) -> Meeting | None:
        """Return the meeting with this UID, if there is one."""
        return self.session.scalar(select(Meeting).where(Meeting.uid == uid))

    def add_meeting(self, meeting: Meeting) -> Meeting:
        """Keep a new meeting."""
        self.session.add(meeting)
        self.session.flush()
        return meeting

    def meetings_since(self, since: datetime) -> Sequence[Meeting]:
        """Return the meetings that begin after an instant."""
        return self.session.scalars(select(Meeting).where(Meeting.starts_at > since).order_by(Meeting.starts_at)).all()

    def tickets_of_client(self, client_id: int | None, *, since: datetime) -> Sequence[Ticket]:
        """Return a client's tickets that came since then, oldest first."""
        query = select(Ticket).where(Ticket.client_id == client_id, Ticket.created_at >= since)
        return self.session.scalars(query.order_by(Ticket.number)).all()

    # The last step

    def remember(self, ticket_id: int, *, at: datetime, actor: str, cause: str, memory: Mapping[str, Any]) -> None:
        """Keep how a ticket was before a step; only the last one is kept."""
        values = {"at": at, "actor": actor, "cause": cause, "memory": dict(memory)}
        if self.insert_new(LastStep, ticket_id=ticket_id, **values) is None:
            self.changed(update(LastStep).where(LastStep.ticket_id == ticket_id).values(**values))

    def last_steps(self, ticket_id: int) -> Sequence[LastStep]:
        """Return the last step on a ticket, and on those that became part of it, the newest first."""
        is_here = or_(Ticket.id == ticket_id, Ticket.merged_into == ticket_id)
        query = select(LastStep).join(Ticket, Ticket.id == LastStep.ticket_id).where(is_here)
        newest_first = query.order_by(LastStep.at.desc(), LastStep.id.desc())
        return self.session.scalars(newest_first.execution_options(populate_existing=True)).all()

    def forget_step(self, ticket_id: int) -> None:
        """Let a step be final."""
        self.changed(delete(LastStep).where(LastStep.ticket_id == ticket_id))

    def remove_clock(self, row: SlaClock) -> None:
        """Take back a promise that was never made, with what was told of it."""
        self.changed(
            delete(Reminder).where(
                Reminder.ticket_id == row.ticket_id, Reminder.clock == row.clock, Reminder.cycle == row.cycle
            )
        )
        self.session.delete(row)
        self.session.flush()

    def leave(self, ticket_id: int, address: str) -> None:
        """Let somebody take part no more."""
        self.changed(
            delete(Participant).where(Participant.ticket_id == ticket_id, Participant.address == fold(address))
        )

    # Letters of a step that is taken back

    def withdraw(self, letter: OutboxMail, *, reason: str) -> bool:
        """Cancel a letter that waits; return False if it is on its way, or has gone, meanwhile."""
        waiting = update(OutboxMail).where(
            OutboxMail.id == letter.id, OutboxMail.state.in_([LetterState.QUEUED, LetterState.HELD])
        )
        return bool(self.changed(waiting.values(state=LetterState.CANCELLED, reason=reason)))

    def restore(self, letter: OutboxMail) -> None:
        """Let a letter wait again that was superseded by something taken back."""
        superseded = update(OutboxMail).where(OutboxMail.id == letter.id, OutboxMail.state == LetterState.SUPERSEDED)
        self.changed(superseded.values(state=LetterState.QUEUED, reason=None))
        self.session.info["news"] = True

    # Letters that wait for the hour to pass

    def letters_since(self, codes: Iterable[str], *, since: datetime, reader: str | None = None) -> int:
        """Return how many letters of some codes went on their way since then, to one reader or in all.

        In all only the newest letters are looked at, so that asking costs the same on a large desk.
        """
        is_recent = (OutboxMail.code.in_(list(codes)), OutboxMail.state != LetterState.HELD)
        if reader is not None:
            query = select(func.count()).select_from(OutboxMail)
            query = query.where(*is_recent, OutboxMail.reader == fold(reader), OutboxMail.send_at > since)
            return self.session.scalar(query.where(OutboxMail.created_at > since - _LONGEST_WAIT)) or 0
        newest = select(func.max(OutboxMail.id)).scalar_subquery()
        query = select(func.count()).select_from(OutboxMail).where(OutboxMail.id > newest - _NEWEST, *is_recent)
        return self.session.scalar(query.where(OutboxMail.send_at > since)) or 0

    def held_letters(self, *, limit: int = 200) -> Sequence[OutboxMail]:
        """Return the letters that wait for the hour to pass, oldest first."""
        return self.session.scalars(_HELD_LETTERS, {"limit": limit}).all()

    def let_letter_go(self, letter: OutboxMail, *, now: datetime) -> None:
        """Queue a letter that waited; it counts from now on."""
        waiting = update(OutboxMail).where(OutboxMail.id == letter.id, OutboxMail.state == LetterState.HELD)
        self.changed(waiting.values(state=LetterState.QUEUED, send_at=now, next_at=now, reason=None))
        self.session.info["news"] = True

    # Mail of ours that is held

    def held_of(self, address: str, ticket_id: int) -> InboxMail | None:
        """Return the newest mail of this person about a ticket that waits for their word."""
        return self.session.scalar(
            select(InboxMail)
            .where(
                InboxMail.state == MailState.HELD,
                InboxMail.ticket_id == ticket_id,
                InboxMail.challenge.is_(None),
                func.lower(InboxMail.from_address) == fold(address),
            )
            .order_by(InboxMail.id.desc())
            .limit(1)
        )

    # What people were told of

    def told_of(self, what: str) -> set[str]:
        """Return of which matters of a kind people were told."""
        return set(self.session.scalars(select(Incident.subject).where(Incident.what == what)))

    def last_told_of(self, what: str) -> datetime | None:
        """Return when people were last told of a matter of this kind."""
        return self.session.scalar(select(func.max(Incident.began_at)).where(Incident.what == what))

    # Dead addresses

    def suppress(self, address: str, *, reason: str, now: datetime) -> bool:
        """Send nothing more to an address; return False when that was so already."""
        self._has_suppressed = True
        return self.insert_new(Suppressed, address=fold(address), at=now, reason=reason[:500]) is not None

    def has_suppressed(self) -> bool:
        """Return whether any address is dead; asked of the database once in a transaction."""
        if self._has_suppressed is None:
            self._has_suppressed = self.session.scalar(select(Suppressed.id).limit(1)) is not None
        return self._has_suppressed

    def clear(self, address: str) -> bool:
        """Send to an address again, since it wrote; return whether it was dead."""
        return self.has_suppressed() and bool(
            self.changed(delete(Suppressed).where(Suppressed.address == fold(address)))
        )

    def suppressed(self, addresses: Iterable[str]) -> dict[str, str]:
        """Return those of some addresses that are dead, lower case, with what their server said."""
        if not self.has_suppressed():
            return {}
        wanted = {fold(each) for each in addresses}
        rows = self.session.execute(select(Suppressed.address, Suppressed.reason).where(Suppressed.address.in_(wanted)))
        return {address: reason for address, reason in rows}  # noqa: C416 - rows are not tuples to dict()
