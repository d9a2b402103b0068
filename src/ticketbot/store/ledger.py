"""The ledger: what was seen on the mail server, once for each sighting, for ever; and what is known of each mailbox."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ticketbot.store import blobs
from ticketbot.store.inbox import rank
from ticketbot.store.models import Blob, Delivery, InboxMail, MailboxMark, MailState, SightingState
from ticketbot.store.rows import Rows

_AT_ONCE = 1000
#: The UIDVALIDITY of a mailbox that never let us in; IMAP's own are positive, or 0 where a server names none.
_NEVER_OPENED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail that was fetched: its UID, its bytes, and when the server says that it received it."""

    uid: int
    raw: bytes = field(repr=False)
    internal_at: datetime | None = None
    is_oversize: bool = False
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the bytes."""
        object.__setattr__(self, "sha256", hashlib.sha256(self.raw).hexdigest())


class LedgerRows(Rows):
    """Mailboxes and sightings."""

    # Mailboxes

    def mark(self, mailbox: str) -> MailboxMark | None:
        """Return what is known of a mailbox, or None before its first connection."""
        mark = self._tried(mailbox)
        return mark if mark is not None and mark.uidvalidity != _NEVER_OPENED else None

    def _tried(self, mailbox: str) -> MailboxMark | None:
        return self.session.scalar(select(MailboxMark).where(MailboxMark.name == mailbox))

    def marks(self) -> Sequence[MailboxMark]:
        """Return every mailbox that was ever connected, or tried in vain."""
        return self.session.scalars(select(MailboxMark).order_by(MailboxMark.name)).all()

    def begin(self, mailbox: str, *, start_at: datetime, uidvalidity: int) -> bool:
        """Note the first connection of a mailbox; return False if there was one already, which then counts."""
        if self.insert_new(MailboxMark, name=mailbox, start_at=start_at, uidvalidity=uidvalidity) is not None:
            return True
        first = update(MailboxMark).where(MailboxMark.name == mailbox, MailboxMark.uidvalidity == _NEVER_OPENED)
        return bool(self.changed(first.values(start_at=start_at, uidvalidity=uidvalidity)))

    def turn(self, mailbox: str, *, uidvalidity: int, now: datetime) -> bool:
        """Begin a new generation of UIDs; return False if it is the present one.

        What was on the server under its old number has vanished, and will be seen again under a new one.
        """
        has_turned = self.changed(
            update(MailboxMark)
            .where(MailboxMark.name == mailbox, MailboxMark.uidvalidity != uidvalidity)
            .values(uidvalidity=uidvalidity, last_uid=0)
        )
        if has_turned:
            self.changed(
                update(Delivery)
                .where(
                    Delivery.mailbox == mailbox,
                    Delivery.uidvalidity != uidvalidity,
                    Delivery.state.in_([SightingState.STORED, SightingState.LISTED]),
                )
                .values(state=SightingState.VANISHED, acked_at=now, reason="the server numbered its mails anew")
            )
        return bool(has_turned)

    def is_first_generation(self, mailbox: str, uidvalidity: int) -> bool:
        """Return whether the mailbox never had another UIDVALIDITY."""
        # Two ranges, each answered by the index; "not equal" would read every sighting.
        others = (Delivery.uidvalidity < uidvalidity, Delivery.uidvalidity > uidvalidity)
        return not any(self.session.scalar(select(exists().where(Delivery.mailbox == mailbox, is_))) for is_ in others)

    def polled(self, mailbox: str, uidvalidity: int, *, last_uid: int, now: datetime) -> None:
        """Note that the server was asked, and up to which UID everything has been seen."""
        mark = self.mark(mailbox)
        if mark is not None and mark.uidvalidity == uidvalidity:
            mark.last_uid = max(mark.last_uid, last_uid)
            mark.polled_at = now

    def trouble(self, mailbox: str, sentence: str | None, *, now: datetime) -> bool:
        """Note what is wrong with a mailbox, or that nothing is; return whether that is news."""
        if sentence is not None:
            self.insert_new(MailboxMark, name=mailbox, start_at=now, uidvalidity=_NEVER_OPENED)
        mark = self._tried(mailbox)
        if mark is None or mark.trouble == sentence:
            return False
        if sentence is None or mark.trouble is None:
            mark.trouble_since = now if sentence else None
        mark.trouble = sentence
        return True

    # Sightings

    def unseen(self, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> list[int]:
        """Return those of *uids* that are still to be fetched, in their order."""
        seen: set[int] = set()
        for start in range(0, len(uids), _AT_ONCE):
            seen.update(
                self.session.scalars(
                    select(Delivery.uid).where(
                        Delivery.mailbox == mailbox,
                        Delivery.uidvalidity == uidvalidity,
                        Delivery.uid.in_(uids[start : start + _AT_ONCE]),
                        or_(Delivery.inbox_mail_id.is_not(None), Delivery.state == SightingState.BEFORE_START),
                    )
                )
            )
        return [uid for uid in uids if uid not in seen]

    def take_in(
        self, mailbox: str, uidvalidity: int, arrivals: Sequence[Arrival], *, channel: str, now: datetime
    ) -> int:
        """Keep the bytes of mails for ever and note their sightings; return how many of them are new.

        A mail that was seen before keeps its row, whatever became of it; the stronger channel wins even when it is
        seen second, as long as the mail was not worked on.
        """
        by_sha = {arrival.sha256: arrival for arrival in arrivals}
        known = self._mails(by_sha)
        unknown = {sha: arrival for sha, arrival in by_sha.items() if sha not in known}
        new = self._keep(unknown, mailbox, channel=channel, now=now)
        known |= self._mails(by_sha.keys() - known)
        for mail in known.values():
            if mail.state == MailState.RECEIVED and rank(channel) > rank(mail.channel):
                mail.channel = channel
        self._note(
            mailbox,
            uidvalidity,
            [
                {
                    "uid": arrival.uid,
                    "sha256": arrival.sha256,
                    "inbox_mail_id": known[arrival.sha256].id,
                    "state": SightingState.STORED,
                    "internal_at": arrival.internal_at,
                    "reason": None if arrival.sha256 in new else "seen before",
                }
                for arrival in arrivals
            ],
            now=now,
        )
        if new:
            self.session.info["news"] = True
        return len(new)

    def note(
        self, mailbox: str, uidvalidity: int, uids: Collection[int], *, state: SightingState, reason: str, now: datetime
    ) -> None:
        """Note sightings of which no bytes are kept: from before the start, or not to be had for now."""
        rows: list[dict[str, Any]] = [{"uid": uid, "state": state, "reason": reason} for uid in sorted(uids)]
        for start in range(0, len(rows), _AT_ONCE):
            self._note(mailbox, uidvalidity, rows[start : start + _AT_ONCE], now=now)

    def _mails(self, shas: Collection[str]) -> dict[str, InboxMail]:
        if not shas:
            return {}
        return {mail.sha256: mail for mail in self.session.scalars(select(InboxMail).where(InboxMail.sha256.in_(shas)))}

    def _keep(self, arrivals: Mapping[str, Arrival], mailbox: str, *, channel: str, now: datetime) -> set[str]:
        """Insert blobs and mails, one statement each; what another poller inserted meanwhile is left as it is."""
        if not arrivals:
            return set()
        mail = cast(Table, InboxMail.__table__)
        blob_ids = self._keep_bytes(arrivals)
        if not blob_ids:
            return set()
        rows = [
            {
                "blob_id": blob_ids[sha],
                "sha256": sha,
                "size": len(arrivals[sha].raw),
                "mailbox": mailbox,
                "channel": channel,
                # A server's clock may be ahead; a promise never begins in the future (faults.md P14).
                "received_at": min(arrivals[sha].internal_at or now, now),
                "stored_at": now,
                "next_at": now,
                "is_oversize": arrivals[sha].is_oversize,
            }
            for sha in arrivals
            if sha in blob_ids
        ]
        return set(
            self.session.scalars(self._insert(mail).on_conflict_do_nothing().returning(mail.c.sha256), rows).all()
        )

    def _keep_bytes(self, arrivals: Mapping[str, Arrival]) -> dict[str, int]:
        """Insert the blobs that are new; return their rows."""
        raws = {sha: found.raw for sha, found in sorted(arrivals.items())}
        # Always in the same order, or two pollers could wait for each other.
        if any(len(raw) > blobs.LARGE for raw in raws.values()):
            kept = {sha: blobs.insert(self.session, sha, raw) for sha, raw in raws.items()}
            return {sha: blob_id for sha, blob_id in kept.items() if blob_id is not None}
        blob = cast(Table, Blob.__table__)
        rows = self.session.execute(
            self._insert(blob).on_conflict_do_nothing().returning(blob.c.id, blob.c.sha256),
            [{"sha256": sha, "size": len(raw), "raw": raw} for sha, raw in raws.items()],
        )
        return {sha: blob_id for blob_id, sha in rows}

    def _note(self, mailbox: str, uidvalidity: int, rows: list[dict[str, Any]], *, now: datetime) -> None:
        """Insert sightings; one that is there already moves on only while its bytes are not here."""
        if not rows:
            return
        table = cast(Table, Delivery.__table__)
        insert = self._insert(table)
        moves_on = {name: insert.excluded[name] for name in rows[0] if name != "uid"}
        self.session.flush()
        self.session.execute(
            insert.on_conflict_do_update(
                index_elements=[table.c.mailbox, table.c.uidvalidity, table.c.uid],
                set_=moves_on,
                where=and_(table.c.inbox_mail_id.is_(None), table.c.state != SightingState.BEFORE_START),
            ),
            [{"mailbox": mailbox, "uidvalidity": uidvalidity, "seen_at": now, **row} for row in rows],
        )

    def _insert(self, table: Table) -> Any:  # noqa: ANN401 - either database's own insert
        return (postgresql.insert if self.is_postgresql else sqlite.insert)(table)

    # The server's copies

    def to_acknowledge(self, mailbox: str, uidvalidity: int, *, limit: int = 200) -> Sequence[tuple[Delivery, str]]:
        """Return stored sightings whose mail reached its outcome, with that state: the server's copy may go."""
        rows = self.session.execute(
            select(Delivery, InboxMail.state)
            .join(InboxMail, InboxMail.id == Delivery.inbox_mail_id)
            .where(
                Delivery.mailbox == mailbox,
                Delivery.uidvalidity == uidvalidity,
                Delivery.state == SightingState.STORED,
                InboxMail.state != MailState.RECEIVED,
            )
            .order_by(Delivery.uid)
            .limit(limit)
        )
        return [(delivery, state) for delivery, state in rows]

    def acknowledged(self, delivery_ids: Collection[int], *, now: datetime) -> None:
        """Note that the server's copies were put away."""
        self.changed(
            update(Delivery).where(Delivery.id.in_(delivery_ids)).values(state=SightingState.ACKED, acked_at=now)
        )

    def gone(self, mailbox: str, uidvalidity: int, *, present: Collection[int], now: datetime) -> int:
        """Note which sightings are no longer on the server; return how many there were.

        A mail that was done was put away by us, before a crash or by another poller; any other vanished.
        """
        rows = self.session.execute(
            select(Delivery.id, Delivery.uid, InboxMail.state)
            .outerjoin(InboxMail, InboxMail.id == Delivery.inbox_mail_id)
            .where(
                Delivery.mailbox == mailbox,
                Delivery.uidvalidity == uidvalidity,
                Delivery.state.in_([SightingState.STORED, SightingState.LISTED]),
            )
        )
        here = frozenset(present)
        gone = [(row_id, state) for row_id, uid, state in rows if uid not in here]
        acked = [row_id for row_id, state in gone if state not in (None, MailState.RECEIVED)]
        vanished = [row_id for row_id, state in gone if state in (None, MailState.RECEIVED)]
        for state, ids in ((SightingState.ACKED, acked), (SightingState.VANISHED, vanished)):
            for start in range(0, len(ids), _AT_ONCE):
                self.changed(
                    update(Delivery)
                    .where(Delivery.id.in_(ids[start : start + _AT_ONCE]))
                    .values(state=state, acked_at=now)
                )
        return len(gone)

    def counts(self) -> dict[str, int]:
        """Return how many sightings are in each state."""
        rows = self.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
        return {state: number for state, number in rows}  # noqa: C416 - rows are not tuples to dict()
