"""Received mail: raw bytes and the state of each mail."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, and_, bindparam, case, func, or_, select, update

from ticketbot.domain.drafts import Json
from ticketbot.domain.errors import Conflict, NotFound
from ticketbot.store import blobs
from ticketbot.store.models import InboxMail, MailState, UtcDateTime
from ticketbot.store.rows import Rows

#: A mail goes to a later channel's treatment when it was also sent there (design.md, Received mail in tables).
STRONGER = ("normal", "alerts", "urgent")
LEASE = timedelta(minutes=10)
#: Who vouches for a mail that is released from the command line.
OPERATOR = "operator"
#: So often the death of the service while a mail is in hand means nothing against the mail.
_DEATHS_BY_CHANCE = 2


# The loops ask these whenever anything happens, so they are written once.
_NOW = bindparam("now", type_=UtcDateTime)
_HOLDER = bindparam("holder", type_=String)
#: What may be taken: nobody's, what was held too long, and what this very holder could not put back.
_FREE = select(InboxMail).where(
    InboxMail.state == MailState.RECEIVED,
    InboxMail.next_at <= _NOW,
    or_(InboxMail.holder.is_(None), InboxMail.holder == _HOLDER, InboxMail.lease_until < _NOW),
)
_FREE_ID = _FREE.with_only_columns(InboxMail.id).limit(1)
_NEXT_AT = select(func.min(case((InboxMail.holder.is_(None), InboxMail.next_at), else_=InboxMail.lease_until))).where(
    InboxMail.state == MailState.RECEIVED
)
_NEXT_HELD_UNTIL = select(func.min(InboxMail.held_until)).where(InboxMail.state == MailState.HELD)
_UNTOLD = select(InboxMail).where(
    InboxMail.state == bindparam("state", type_=String),
    InboxMail.told_at.is_(None),
    InboxMail.is_imported.is_(False),
)
_UNTOLD_ID = _UNTOLD.with_only_columns(InboxMail.id).limit(1)


class InboxRows(Rows):
    """Blobs and received mails."""

    # Received mail

    def keep(
        self,
        raw: bytes,
        *,
        mailbox: str,
        channel: str,
        received_at: datetime,
        now: datetime,
        is_imported: bool = False,
        is_oversize: bool = False,
    ) -> tuple[InboxMail, bool]:
        """Keep the bytes of a mail for ever; return its row and whether it is new.

        A mail that was seen before keeps its row; the stronger channel wins even when it is seen second, as long as
        the mail was not worked on.
        """
        sha256 = hashlib.sha256(raw).hexdigest()
        blob = blobs.insert(self.session, sha256, raw)
        if blob is not None:
            mail = InboxMail(
                blob_id=blob,
                sha256=sha256,
                size=len(raw),
                mailbox=mailbox,
                channel=channel,
                received_at=min(received_at, now),
                stored_at=now,
                next_at=now,
                is_imported=is_imported,
                is_oversize=is_oversize,
            )
            self.session.add(mail)
            self.session.flush()
            return mail, True
        mail = self.session.scalars(select(InboxMail).where(InboxMail.sha256 == sha256)).one()
        if mail.state == MailState.RECEIVED and rank(channel) > rank(mail.channel):
            mail.channel = channel
        return mail, False

    def mail(self, mail_id: int) -> InboxMail:
        """Return a received mail; raises NotFound."""
        found = self.session.get(InboxMail, mail_id)
        if found is None:
            raise NotFound(f"there is no received mail {mail_id}; `ticketbot mail list` shows all")
        return found

    def by_sha256(self, sha256: str) -> InboxMail | None:
        """Return the received mail with these bytes, if there is one."""
        return self.session.scalar(select(InboxMail).where(InboxMail.sha256 == sha256))

    def by_mark(self, mark: int) -> InboxMail | None:
        """Return the mail in triage whose bytes have this mark (32 bits of their SHA-256), if there is one."""
        return self.session.scalar(
            select(InboxMail)
            .where(InboxMail.sha256.startswith(f"{mark:08x}"), InboxMail.state == MailState.TRIAGE)
            .order_by(InboxMail.id)
            .limit(1)
        )

    def by_challenge(self, challenge: int) -> InboxMail | None:
        """Return the held mail that a challenge asked about, if it is still held."""
        return self.session.scalar(
            select(InboxMail).where(InboxMail.challenge == challenge, InboxMail.state == MailState.HELD)
        )

    def raw(self, sha256: str) -> bytes:
        """Return the bytes of a mail; raises NotFound (also after erasure)."""
        found = blobs.read(self.session, sha256)
        if found is None:
            raise NotFound(f"the bytes of mail {sha256[:12]} are not here")
        return found

    def release(self, mail: InboxMail, *, now: datetime, confirmed_by: str | None = None) -> None:
        """Take a set-aside mail up again, from the beginning; *confirmed_by* is the person who vouched for it."""
        if mail.state in (MailState.RECEIVED, MailState.ERASED):
            raise Conflict(
                f"mail {mail.id} is {mail.state}; only a mail that was set aside or worked on can be released"
            )
        mail.state = MailState.RECEIVED
        mail.confirmed_by = confirmed_by or mail.confirmed_by
        mail.attempts = 0
        mail.deaths = 0
        mail.next_at = now
        mail.holder = None
        mail.challenge = None
        mail.held_until = None
        self.session.info["news"] = True

    def last_told(self, state: MailState) -> datetime | None:
        """Return when people were last told of mails in a state."""
        return self.session.scalar(select(func.max(InboxMail.told_at)).where(InboxMail.state == state))

    def held_too_long(self, *, now: datetime) -> InboxMail | None:
        """Return a held mail whose time is up, if there is one."""
        query = select(InboxMail).where(InboxMail.state == MailState.HELD, InboxMail.held_until <= now)
        return self.session.scalar(self._locking(query.order_by(InboxMail.id).limit(1), skip=True))

    def next_held_until(self) -> datetime | None:
        """Return when the next held mail's time is up."""
        return self.session.scalar(_NEXT_HELD_UNTIL)

    def has_untold(self, state: MailState) -> bool:
        """Return whether there are mails in a state that people were not told of yet."""
        return self.session.scalar(_UNTOLD_ID, {"state": state}) is not None

    def untold(self, state: MailState) -> Sequence[InboxMail]:
        """Return mails in a state that people were not told of yet, oldest first."""
        query = self._locking(_UNTOLD.order_by(InboxMail.id).limit(50), skip=True)
        return self.session.scalars(query, {"state": state}).all()

    def untold_oversize(self) -> Sequence[InboxMail]:
        """Return mails of which only the beginning was taken in and that people were not told of yet."""
        return self.session.scalars(
            select(InboxMail)
            .where(InboxMail.is_oversize, InboxMail.told_at.is_(None), InboxMail.state == MailState.DONE)
            .order_by(InboxMail.id)
            .limit(50)
        ).all()

    def waiting(self, *, now: datetime, holder: str) -> bool:
        """Return whether a mail waits to be worked on by this holder."""
        return self.session.scalar(_FREE_ID, {"now": now, "holder": holder}) is not None

    def next_at(self) -> datetime | None:
        """Return when the next waiting mail may be worked on."""
        found: datetime | None = self.session.scalar(_NEXT_AT)
        return found

    def claim(self, *, now: datetime, holder: str, limit: int = 1, octets: int | None = None) -> list[InboxMail]:
        """Take waiting mails in hand, oldest first, and count the attempt; a suspect one is taken alone.

        Together they have at most so many *octets*, but there is always one, however large. One that failed stands
        behind those that came until then: its next attempts hold up nobody (faults.md A14). One that was in hand at
        several deaths lets all others go first: else the mail that happens to be the oldest is in hand whenever a
        service dies soon after its start, and is blamed for deaths that were not its doing.
        What is still in this holder's hand was left there when the database went away: that attempt counts once.
        """
        lets_others_go_first = InboxMail.deaths >= _DEATHS_BY_CHANCE
        has_failed = and_(InboxMail.attempts > 0, InboxMail.holder.is_(None))
        since = case((has_failed, InboxMail.next_at), else_=InboxMail.received_at)
        order = (lets_others_go_first, since, InboxMail.received_at, InboxMail.id)
        query = _FREE.params(now=now, holder=holder).order_by(*order).limit(limit)
        found = _together(self.session.scalars(self._locking(query, skip=True)), octets=octets)
        for mail in found:
            mail.attempts += mail.holder != holder
            mail.holder = holder
            mail.lease_until = now + LEASE
            mail.is_alone = len(found) == 1
        return found

    def in_hand(self, mail_id: int, *, holder: str) -> InboxMail | None:
        """Return a mail for its last step, locked; None if somebody else has taken or finished it meanwhile."""
        query = select(InboxMail).where(
            InboxMail.id == mail_id, InboxMail.holder == holder, InboxMail.state == MailState.RECEIVED
        )
        return self.session.scalar(self._locking(query))

    def holders(self) -> set[str]:
        """Return who has mails in hand."""
        return {
            holder
            for holder in self.session.scalars(
                select(InboxMail.holder).where(InboxMail.state == MailState.RECEIVED).distinct()
            )
            if holder
        }

    def take_back(self, holder: str, *, now: datetime) -> list[InboxMail]:
        """Free the mails that a dead process had in hand: their attempt does not count, they are taken one by one."""
        found = list(
            self.session.scalars(
                select(InboxMail).where(InboxMail.holder == holder, InboxMail.state == MailState.RECEIVED)
            )
        )
        for mail in found:
            mail.holder = None
            mail.lease_until = None
            mail.next_at = now
            mail.attempts -= 1
            mail.deaths += mail.is_alone
            mail.is_suspect = True
        return found

    def let_go(self, mail_ids: Sequence[int], *, holder: str, now: datetime) -> None:
        """Free mails in this holder's hand that were not worked on: nothing is held against them."""
        in_hand = (InboxMail.id.in_(mail_ids), InboxMail.holder == holder, InboxMail.state == MailState.RECEIVED)
        nobodys = {"holder": None, "lease_until": None, "next_at": now, "attempts": InboxMail.attempts - 1}
        self.changed(update(InboxMail).where(*in_hand).values(nobodys))

    def put_back(self, mail: InboxMail, *, now: datetime, counts: bool) -> None:
        """Free a mail after a failed attempt; *counts* says whether the failure was the mail's own."""
        mail.holder = None
        mail.lease_until = None
        mail.next_at = now
        mail.is_suspect = True
        if not counts:
            mail.attempts -= 1

    def close(
        self,
        mail: InboxMail,
        *,
        state: MailState,
        outcome: str,
        reason: str,
        now: datetime,
        message_id: int | None = None,
        ticket_id: int | None = None,
    ) -> None:
        """Record what became of a mail."""
        mail.state = state
        mail.outcome = outcome
        mail.reason = reason
        mail.closed_at = now
        mail.holder = None
        mail.lease_until = None
        mail.message_id = message_id or mail.message_id
        mail.ticket_id = ticket_id or mail.ticket_id

    def listed(self, states: Iterable[str] | None = None, *, limit: int = 1000) -> Sequence[InboxMail]:
        """Return received mails, newest first, of the given states or of all."""
        query = select(InboxMail).order_by(InboxMail.id.desc()).limit(limit)
        if states is not None:
            query = query.where(InboxMail.state.in_(list(states)))
        return self.session.scalars(query).all()

    def counts(self) -> dict[str, int]:
        """Return how many mails are in each state."""
        rows = self.session.execute(select(InboxMail.state, func.count()).group_by(InboxMail.state))
        return {state: number for state, number in rows}  # noqa: C416 - rows are not tuples to dict()

    def oldest_waiting(self) -> datetime | None:
        """Return since when the oldest unprocessed mail waits."""
        return self.session.scalar(select(func.min(InboxMail.stored_at)).where(InboxMail.state == MailState.RECEIVED))

    def explain(self, mail: InboxMail, *, kind: str, rule: str, trace: list[Json]) -> None:
        """Keep why a mail was understood as it was (`ticketbot mail why`)."""
        mail.kind = kind
        mail.rule = rule
        mail.trace = list(trace)


def _together(mails: Iterable[InboxMail], *, octets: int | None) -> list[InboxMail]:
    """Return the first of *mails*, and those after it that may be in hand with it."""
    found: list[InboxMail] = []
    room = octets
    for mail in mails:
        if found and (mail.is_suspect or found[0].is_suspect or (room is not None and mail.size > room)):
            break
        found.append(mail)
        room = room - mail.size if room is not None else None
    return found


def rank(channel: str) -> int:
    """Return how strong a channel is; an unknown one is as weak as a normal one."""
    return STRONGER.index(channel) if channel in STRONGER else 0
