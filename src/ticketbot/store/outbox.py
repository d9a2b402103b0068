"""Letters waiting to be sent, and what became of each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Integer,
    LargeBinary,
    Table,
    Update,
    bindparam,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import aliased

from ticketbot.domain.drafts import Automatic, Draft, Enclosure, Json
from ticketbot.domain.errors import Conflict, NotFound
from ticketbot.domain.messages import fold
from ticketbot.store import blobs
from ticketbot.store.models import LetterState, OutboxMail, Ticket, UtcDateTime, key_of
from ticketbot.store.rows import Rows

OPEN = (LetterState.QUEUED, LetterState.IN_FLIGHT, LetterState.UNKNOWN)
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a letter in hand: all that its row will say of it."""

    state: LetterState
    next_at: datetime
    sent_at: datetime | None = None
    reply: str | None = None
    reason: str | None = None
    remaining: list[str] | None = None
    render_failures: int = 0


# The sending of each letter asks these, so they are built once; building them costs more than asking.
_LETTER = cast(Table, OutboxMail.__table__)
_TICKET = cast(Table, Ticket.__table__)
_FATE = tuple(field.name for field in fields(Fate))
_DRAFT = tuple(field.name for field in fields(Draft))
_IN_HAND = update(_LETTER).where(
    _LETTER.c.id == bindparam("letter"),
    _LETTER.c.holder == bindparam("hand"),
    _LETTER.c.state == LetterState.IN_FLIGHT,
)
_DEPART = _IN_HAND.where(_LETTER.c.lease_until > bindparam("now")).values(
    raw=func.coalesce(_LETTER.c.raw, bindparam("octets", type_=LargeBinary)), lease_until=bindparam("until")
)
_SETTLE = _IN_HAND.values(holder=None, lease_until=None, **{name: bindparam(f"new_{name}") for name in _FATE})
_RELEASE = _IN_HAND.values(holder=None, lease_until=None, state=LetterState.QUEUED, attempts=_LETTER.c.attempts - 1)

_EARLIER = aliased(OutboxMail)
_NOW = bindparam("now", type_=UtcDateTime)
_FREE = select(OutboxMail).where(
    OutboxMail.state.in_([LetterState.QUEUED, LetterState.UNKNOWN]),
    ~exists().where(
        _EARLIER.ticket_id == OutboxMail.ticket_id,
        _EARLIER.reader == OutboxMail.reader,
        _EARLIER.id < OutboxMail.id,
        _EARLIER.send_at <= _NOW,
        _EARLIER.state.in_(OPEN),
    ),
)
_NEXT_AT = _FREE.with_only_columns(func.min(OutboxMail.next_at))
_DUE = _FREE.where(OutboxMail.next_at <= _NOW)
_CLAIM = _DUE.order_by(OutboxMail.next_at, OutboxMail.id).limit(bindparam("limit", type_=Integer))
_WAITING = select(
    _DUE.with_only_columns(OutboxMail.id).exists(),
    exists().where(OutboxMail.state == LetterState.IN_FLIGHT, OutboxMail.lease_until < _NOW),
)
_OF_TICKET = select(OutboxMail).where(OutboxMail.ticket_id == bindparam("ticket")).order_by(OutboxMail.id)
_THREAD = (
    select(_LETTER.c.created_at, _LETTER.c.message_id)
    .where(_LETTER.c.ticket_id == bindparam("ticket"), _LETTER.c.reader == bindparam("reader"))
    .order_by(_LETTER.c.id)
)
_THREADS = (
    select(_LETTER.c.ticket_id, _LETTER.c.reader, _LETTER.c.message_id)
    .where(_LETTER.c.ticket_id.in_(bindparam("tickets", expanding=True)))
    .order_by(_LETTER.c.id)
)
_TICKET_IDS = select(_TICKET.c.number, _TICKET.c.id).where(_TICKET.c.number.in_(bindparam("numbers", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What there is to do for who delivers."""

    is_due: bool
    is_overdue: bool


#: Why a reminder goes no more by itself: it is told in a bundle.
BUNDLED = "it is told in a bundle"
#: Letters that wait a moment for others of their kind, and how long at most.
_GATHERED = dict.fromkeys(("REMIND", "BREACH"), timedelta(seconds=30))
_WAITS_FOR_OTHERS = (
    OutboxMail.state == LetterState.QUEUED,
    OutboxMail.next_at > OutboxMail.send_at,
    OutboxMail.attempts == 0,
    OutboxMail.code.in_(list(_GATHERED)),
)
_COME = (
    select(OutboxMail)
    .where(*_WAITS_FOR_OTHERS, OutboxMail.next_at > _NOW, OutboxMail.send_at <= _NOW)
    .order_by(OutboxMail.send_at, OutboxMail.id)
    .limit(bindparam("limit", type_=Integer))
)
_NEXT_GATHERING = select(func.min(OutboxMail.send_at)).where(*_WAITS_FOR_OTHERS, OutboxMail.next_at > _NOW)


class OutboxRows(Rows):
    """The letters."""

    def put(self, draft: Draft, *, message_id: str, now: datetime, state: LetterState = LetterState.QUEUED) -> bool:
        """Queue a letter; return False when a letter with its key is there already, which is then left as it is."""
        return bool(self.put_all([(draft, message_id)], now=now, state=state))

    def put_all(
        self, letters: Iterable[tuple[Draft, str]], *, now: datetime, state: LetterState = LetterState.QUEUED
    ) -> int:
        """Queue letters, each with its Message-ID, likewise; return how many were new."""
        letters = list(letters)
        if not letters:
            return 0
        self.session.info["news"] = True
        numbers = {draft.ticket for draft, _ in letters if draft.ticket is not None}
        ids: dict[int | None, int] = {}
        if numbers:
            found = self.session.execute(_TICKET_IDS, {"numbers": sorted(numbers)})
            ids = {number: ticket_id for number, ticket_id in found}  # noqa: C416 - rows are not tuples to dict()
        new = self.insert_all(
            OutboxMail,
            [
                {
                    "key": draft.key,
                    "code": draft.code,
                    "reader": fold(draft.to[0]) if draft.to else "",
                    "to": list(draft.to),
                    "cc": list(draft.cc),
                    "draft": draft_to_json(draft),
                    "message_id": message_id,
                    "id_key": key_of(message_id),
                    "state": state,
                    "send_at": draft.send_at,
                    "next_at": draft.send_at + _GATHERED.get(draft.code, timedelta()),
                    "created_at": now,
                    "ticket_id": ids.get(draft.ticket),
                    "cause": draft.cause,
                }
                for draft, message_id in letters
            ],
        )
        return len(new)

    def by_key(self, key: str) -> OutboxMail | None:
        """Return the letter with this key, if there is one."""
        return self.session.scalar(select(OutboxMail).where(OutboxMail.key == key))

    def letter(self, letter_id: int) -> OutboxMail:
        """Return a letter; raises NotFound."""
        found = self.session.get(OutboxMail, letter_id)
        if found is None:
            raise NotFound(f"there is no letter {letter_id}; `ticketbot outbox list` shows all")
        return found

    def octets(self, letter_id: int) -> bytes | None:
        """Return the bytes of a letter, None until its first departure fixes them."""
        return self.session.scalar(select(OutboxMail.raw).where(OutboxMail.id == letter_id))

    def waiting(self, *, now: datetime) -> Waiting:
        """Return whether a letter is due, and whether one was too long in somebody's hand."""
        is_due, is_overdue = self.session.execute(_WAITING, {"now": now}).one()
        return Waiting(is_due=is_due, is_overdue=is_overdue)

    def next_at(self, *, now: datetime) -> datetime | None:
        """Return when the next letter is due of those that wait for no other."""
        found: datetime | None = self.session.scalar(_NEXT_AT, {"now": now})
        return found

    def claim(self, *, now: datetime, holder: str, limit: int = 1) -> list[OutboxMail]:
        """Take due letters in hand: the attempt is counted, and they are in flight from the commit on.

        Letters about one ticket to one reader keep their order: a later one waits for the earlier one's fate.
        """
        query = _CLAIM.with_for_update(skip_locked=True) if self.is_postgresql else _CLAIM
        letters: list[OutboxMail] = list(self.session.scalars(query, {"now": now, "limit": limit}))
        for letter in letters:
            letter.state = LetterState.IN_FLIGHT
            letter.attempts += 1
            letter.holder = holder
            letter.lease_until = now + LEASE
        return letters

    def depart(self, letter_id: int, *, holder: str, raw: bytes, now: datetime) -> bool:
        """Fix the bytes of a letter in hand, and keep it in hand; return False if somebody else has it now.

        Once this is committed the letter may be on its way; until then it certainly is not.
        """
        blobs.renew_after(self.session, raw)
        values = {"letter": letter_id, "hand": holder, "now": now, "octets": raw, "until": now + LEASE}
        return self._did(_DEPART, values)

    def settle(self, letter_id: int, fate: Fate, *, holder: str) -> bool:
        """Record the fate of a letter in hand; return False if somebody else has it, or its receipt came first."""
        self.session.info["news"] = True
        values = {f"new_{name}": getattr(fate, name) for name in _FATE}
        return self._did(_SETTLE, {"letter": letter_id, "hand": holder, **values})

    def release(self, letter_id: int, *, holder: str) -> bool:
        """Put a letter back that was in hand and that nothing was done about; the attempt does not count."""
        return self._did(_RELEASE, {"letter": letter_id, "hand": holder})

    def _did(self, statement: Update, values: Mapping[str, Any]) -> bool:
        return bool(cast(CursorResult[Any], self.session.execute(statement, values)).rowcount)

    def holders(self) -> set[str]:
        """Return who has letters in flight."""
        return {
            holder
            for holder in self.session.scalars(
                select(OutboxMail.holder).where(OutboxMail.state == LetterState.IN_FLIGHT).distinct()
            )
            if holder
        }

    def take_back(self, holder: str, *, now: datetime, unknown_until: datetime) -> int:
        """Take back the letters that a dead process left in flight; return how many."""
        return self._take_back(OutboxMail.holder == holder, now=now, unknown_until=unknown_until)

    def expire(self, *, now: datetime, unknown_until: datetime) -> int:
        """Take back the letters whose holder has not been heard of in time; return how many."""
        return self._take_back(OutboxMail.lease_until < now, now=now, unknown_until=unknown_until)

    def _take_back(self, condition: ColumnElement[bool], *, now: datetime, unknown_until: datetime) -> int:
        """Take back letters in flight: one without bytes had not left; the fate of any other is unknown until then."""
        in_flight = update(OutboxMail).where(OutboxMail.state == LetterState.IN_FLIGHT, condition)
        nobody = {"holder": None, "lease_until": None}
        unsent = in_flight.where(OutboxMail.raw.is_(None)).values(
            state=LetterState.QUEUED, next_at=now, attempts=OutboxMail.attempts - 1, **nobody
        )
        unknown = in_flight.values(state=LetterState.UNKNOWN, next_at=unknown_until, **nobody)
        return self.changed(unsent) + self.changed(unknown)

    def proven(self, message_id: str, *, now: datetime) -> bool:
        """Note that a copy of a letter came back, which proves that the relay took it; return whether that is news."""
        waiting = [LetterState.UNKNOWN, LetterState.IN_FLIGHT]
        return bool(
            self.changed(
                update(OutboxMail)
                .where(OutboxMail.id_key == key_of(message_id), OutboxMail.state.in_(waiting))
                .values(
                    state=LetterState.SENT, sent_at=now, reply="a receipt copy came back", holder=None, lease_until=None
                )
            )
        )

    def unannounced(self, *, limit: int = 50) -> Sequence[OutboxMail]:
        """Return letters that failed for good and that nobody was told of yet, but for those that another tells of."""
        query = select(OutboxMail).where(OutboxMail.state == LetterState.FAILED, OutboxMail.announced_at.is_(None))
        return self.session.scalars(self._locking(query.order_by(OutboxMail.id).limit(limit), skip=True)).all()

    def sent_since(self, code: str, *, since: datetime, reader: str | None = None) -> int:
        """Return how many letters of a code were written since then, to one reader or in all."""
        query = (
            select(func.count()).select_from(OutboxMail).where(OutboxMail.code == code, OutboxMail.created_at > since)
        )
        if reader is not None:
            query = query.where(OutboxMail.reader == fold(reader))
        return self.session.scalar(query) or 0

    def listed(self, states: Iterable[str] | None = None, *, limit: int = 1000) -> Sequence[OutboxMail]:
        """Return letters, newest first, of the given states or of all."""
        query = select(OutboxMail).order_by(OutboxMail.id.desc()).limit(limit)
        if states is not None:
            query = query.where(OutboxMail.state.in_(list(states)))
        return self.session.scalars(query).all()

    def of_ticket(self, ticket_id: int) -> Sequence[OutboxMail]:
        """Return the letters about a ticket in the order in which they were written."""
        return self.session.scalars(_OF_TICKET, {"ticket": ticket_id}).all()

    def of_tickets(self, ticket_ids: Collection[int], *, code: str) -> Sequence[OutboxMail]:
        """Return every letter of a code about these tickets, oldest first."""
        return self.session.scalars(
            select(OutboxMail)
            .where(OutboxMail.ticket_id.in_(list(ticket_ids)), OutboxMail.code == code)
            .order_by(OutboxMail.id)
        ).all()

    def thread(self, ticket_id: int, *, reader: str) -> Sequence[tuple[datetime, str]]:
        """Return when each letter about a ticket to one reader was written, and its Message-ID, the oldest first."""
        rows = self.session.execute(_THREAD, {"ticket": ticket_id, "reader": fold(reader)})
        return [(written_at, message_id) for written_at, message_id in rows]

    def threads(self, ticket_ids: Collection[int]) -> dict[tuple[int, str], list[str]]:
        """Return the Message-IDs of the letters about some tickets, by ticket and reader, the oldest first."""
        found: dict[tuple[int, str], list[str]] = defaultdict(list)
        for ticket_id, reader, message_id in self.session.execute(_THREADS, {"tickets": list(ticket_ids)}):
            found[ticket_id, reader].append(message_id)
        return found

    def counts(self) -> dict[str, int]:
        """Return how many letters are in each state."""
        rows = self.session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state))
        return {state: number for state, number in rows}  # noqa: C416 - rows are not tuples to dict()

    def retry(self, letter: OutboxMail, *, now: datetime) -> None:
        """Queue a failed, cancelled or waiting letter again, at once; raises Conflict for one that was sent."""
        if letter.state in (LetterState.SENT, LetterState.IN_FLIGHT):
            raise Conflict(f"letter {letter.id} is {letter.state}; only letters that did not go can be sent again")
        letter.state = LetterState.QUEUED
        letter.next_at = now
        letter.attempts = 0
        letter.render_failures = 0
        letter.announced_at = None
        letter.reason = None
        self.session.info["news"] = True

    def gathered(self, *, now: datetime, limit: int) -> Sequence[OutboxMail]:
        """Return letters whose instant has come and that wait a moment for others of their kind."""
        return self.session.scalars(_COME, {"now": now, "limit": limit}).all()

    def next_gathering(self, *, now: datetime) -> datetime | None:
        """Return the next instant of a letter that waits for others."""
        found: datetime | None = self.session.scalar(_NEXT_GATHERING, {"now": now})
        return found

    def let_go(self, letters: Sequence[OutboxMail], *, is_bundled: bool) -> None:
        """Let letters wait for others no more: they go by themselves, or never, as a bundle tells what they tell."""
        ids = [letter.id for letter in letters]
        waiting = update(OutboxMail).where(OutboxMail.id.in_(ids), OutboxMail.state == LetterState.QUEUED)
        bundled = {"state": LetterState.SUPERSEDED, "reason": BUNDLED}
        self.changed(waiting.values(**bundled) if is_bundled else waiting.values(next_at=OutboxMail.send_at))

    def supersede(self, letter: OutboxMail, *, reason: str) -> bool:
        """Let a letter that waits never go; return False if it is on its way, or has gone, meanwhile."""
        waiting = update(OutboxMail).where(OutboxMail.id == letter.id, OutboxMail.state == LetterState.QUEUED)
        return bool(self.changed(waiting.values(state=LetterState.SUPERSEDED, reason=reason)))

    def amend(self, letter: OutboxMail, **values: Json) -> bool:
        """Change what a letter that waits will tell; return False if it is on its way, or has gone, meanwhile."""
        draft = letter.draft | {"values": letter.draft["values"] | values}
        waiting = update(OutboxMail).where(OutboxMail.id == letter.id, OutboxMail.state == LetterState.QUEUED)
        return bool(self.changed(waiting.values(draft=draft)))

    def cancel(self, letter: OutboxMail, *, reason: str) -> None:
        """Cancel a letter that has not gone; raises Conflict for one that has, or may have."""
        if letter.state not in (LetterState.QUEUED, LetterState.HELD, LetterState.FAILED):
            raise Conflict(f"letter {letter.id} is {letter.state} and cannot be cancelled")
        letter.state = LetterState.CANCELLED
        letter.reason = reason


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """Return a draft as JSON; `draft_from_json` reads it back."""
    told = {name: getattr(draft, name) for name in _DRAFT}
    return told | {
        "send_at": draft.send_at.isoformat(),
        "values": dict(draft.values),
        "enclosures": [asdict(each) for each in draft.enclosures],
    }


def draft_from_json(data: dict[str, Any]) -> Draft:
    """Return the draft that was kept as *data*."""
    return Draft(
        **data
        | {
            "send_at": datetime.fromisoformat(data["send_at"]),
            "to": tuple(data["to"]),
            "cc": tuple(data["cc"]),
            "references": tuple(data["references"]),
            "automatic": Automatic(data["automatic"]),
            "enclosures": tuple(Enclosure(**item) for item in data["enclosures"]),
        }
    )
