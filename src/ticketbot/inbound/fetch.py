"""Fetching: what is on the server comes into the store, and only what is safely there is put away on the server.

The first of the three transactions (design.md §2, faults.md §2.1): bytes and sightings are committed before anything
is done to the server's copy. From that commit on the mail is ours to answer for.
"""

import logging
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ticketbot.clock import Clock
from ticketbot.domain.errors import MailboxRefused, MailboxUnavailable
from ticketbot.inbound.census import is_before_start, shelved, start_of, take_census
from ticketbot.inbound.mailbox import Listed, Mailbox, Opened, batches
from ticketbot.store.database import Store
from ticketbot.store.ledger import Arrival
from ticketbot.store.models import SightingState

log = logging.getLogger(__name__)

_LISTED_AT_ONCE = 500
_PUT_AWAY_AT_ONCE = 500
#: With a backlog, mails that are done are put away after so many batches: one MOVE costs as much as fifty.
_BATCHES_BETWEEN = 20
#: So often a mail may fail to come before it has to wait, each time for longer, while others go on.
_TRIES = 3
_NOT_YET = "could not be fetched yet"
_TOLD_EVERY = timedelta(minutes=1)
_REFUSED_FOR = timedelta(minutes=15)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A mailbox as the ledger knows it. Its mails count from *start_at*, or from the first connection if None."""

    name: str
    channel: str = "normal"
    start_at: datetime | None = None
    census_every: timedelta = timedelta(minutes=15)


class Fetcher:
    """Brings the mails of one mailbox into the store. Right with one of them, or with several on one mailbox."""

    def __init__(self, mailbox: Mailbox, *, store: Store, clock: Clock, source: Source) -> None:
        """Prepare; the first `do_one` connects."""
        self.source = source
        self._mailbox = mailbox
        self._store = store
        self._clock = clock
        self._opened = Opened(uidvalidity=0, mails=0)
        self._start_at = _LONG_AGO
        self._forgives = True
        self._after = 0
        self._pending: deque[int] = deque()
        self._batches: deque[list[Listed]] = deque()
        self._since_put_away = 0
        self._census_at = _LONG_AGO
        self._put_away_at = _LONG_AGO
        self._told_at = _LONG_AGO
        self._failures: Counter[int] = Counter()
        self._suspects: set[int] = set()
        self._left: dict[int, datetime] = {}

    @property
    def left(self) -> Mapping[int, datetime]:
        """Return the UIDs that could not be fetched, and when each is tried again."""
        return dict(self._left)

    def do_one(self) -> bool:
        """Do the next thing: connect, take in a batch, or put away what is done; return whether there was anything.

        Raises MailboxUnavailable, MailboxRefused or DatabaseUnavailable; then the same step is repeated later, and
        nothing is lost or taken twice.
        """
        with self._starting_over():
            if not self._mailbox.is_open:
                self._begin()
            if not self._batches and not self._pending:
                self._look()
            if self._since_put_away >= _BATCHES_BETWEEN:
                self._put_away()
            if self._batches or self._pending:
                self._take_some()
                return True
            return self._put_away()

    @contextmanager
    def _starting_over(self) -> Iterator[None]:
        """After any failure what was in hand is forgotten; the ledger knows what is still to be done."""
        try:
            yield
        except BaseException:
            if self._pending or self._batches:
                self._census_at = _LONG_AGO
            self._pending.clear()
            self._batches.clear()
            raise

    def _begin(self) -> None:
        self._opened = self._mailbox.open()
        name, uidvalidity, now = self.source.name, self._opened.uidvalidity, self._clock.now()
        with self._store.look() as work:
            is_known = work.ledger.mark(name) is not None
        # Asked before the transaction, noted in it: the mails that were here first are never processed.
        present = [] if is_known or self.source.start_at else self._mailbox.uids()
        with self._store.work() as work:
            if work.ledger.begin(name, start_at=self.source.start_at or start_of(now), uidvalidity=uidvalidity):
                reason = "here before the first connection"
                work.ledger.note(name, uidvalidity, present, state=SightingState.BEFORE_START, reason=reason, now=now)
                work.ledger.polled(name, uidvalidity, last_uid=max(present, default=0), now=now)
            elif work.ledger.turn(name, uidvalidity=uidvalidity, now=now):
                self._census_at = _LONG_AGO
                log.warning(
                    "the server numbers the mails of mailbox %s anew; all are compared with the ledger",
                    name,
                    extra={"action": "mailbox_renumbered"},
                )
            mark = work.ledger.mark(name)
            assert mark is not None
            self._after = mark.last_uid
            self._start_at = mark.start_at
            self._forgives = not self.source.start_at and work.ledger.is_first_generation(name, uidvalidity)
        if self._opened.is_read_only:
            log.warning("mailbox %s may only be read", name, extra={"action": "mailbox_read_only"})

    def _look(self) -> None:
        """Find out what is to be fetched: by a census when one is due, else by asking for what is newer."""
        name, uidvalidity, now = self.source.name, self._opened.uidvalidity, self._clock.now()
        if now >= self._census_at:
            missing = take_census(self._mailbox, self._store, name=name, uidvalidity=uidvalidity, now=now)
            self._census_at = now + self.source.census_every
            self._left = {uid: at for uid, at in self._left.items() if uid in set(missing)}
        elif missing := self._mailbox.uids(after=self._after):
            self._after = missing[-1]
            with self._store.look() as work:
                missing = work.ledger.unseen(name, uidvalidity, missing)
        again = [uid for uid, at in self._left.items() if at <= now]
        for uid in again:
            del self._left[uid]
        self._pending.extend(dict.fromkeys([*again, *(uid for uid in missing if uid not in self._left)]))
        if now >= self._told_at:
            self._told_at = now + _TOLD_EVERY
            with self._store.work() as work:
                work.ledger.polled(name, uidvalidity, last_uid=0, now=now)

    def _take_some(self) -> None:
        if not self._batches:
            self._list_some()
        if self._batches:
            batch = self._batches.popleft()
            try:
                self._take(batch)
            except MailboxUnavailable:
                self._blame(batch)
                self._census_at = _LONG_AGO
                raise
            except BaseException:
                self._census_at = _LONG_AGO
                raise
            self._since_put_away += 1

    def _list_some(self) -> None:
        """Turn the next UIDs into batches; mails from before the start are only noted."""
        uids = [self._pending.popleft() for _ in range(min(_LISTED_AT_ONCE, len(self._pending)))]
        listed = self._mailbox.listing(uids)
        old = {mail.uid for mail in listed if is_before_start(mail, start_at=self._start_at, forgives=self._forgives)}
        new = [mail for mail in listed if mail.uid not in old]
        missing = set(uids) - {mail.uid for mail in listed}
        self._note(old, state=SightingState.BEFORE_START, reason="received before the mailbox's start")
        self._note(missing, state=SightingState.LISTED, reason=_NOT_YET)
        self._ask_again(missing)
        calm = [mail for mail in new if mail.uid not in self._suspects]
        self._batches.extend(batches(calm, max_size=self._mailbox.max_size))
        self._batches.extend([mail] for mail in new if mail.uid in self._suspects)

    def _note(self, uids: Collection[int], *, state: SightingState, reason: str) -> None:
        if uids:
            with self._store.work() as work:
                now = self._clock.now()
                work.ledger.note(self.source.name, self._opened.uidvalidity, uids, state=state, reason=reason, now=now)

    def _take(self, batch: Sequence[Listed]) -> None:
        """Fetch a batch and commit it: the point of responsibility."""
        fetched = self._mailbox.fetch(batch)
        name, uidvalidity, now = self.source.name, self._opened.uidvalidity, self._clock.now()
        arrivals = [
            Arrival(
                uid=mail.listed.uid, raw=mail.raw, internal_at=mail.listed.internal_at, is_oversize=mail.is_oversize
            )
            for mail in fetched
        ]
        uids = {mail.uid for mail in batch}
        missing = uids - {arrival.uid for arrival in arrivals}
        with self._store.work() as work:
            new = work.ledger.take_in(name, uidvalidity, arrivals, channel=self.source.channel, now=now)
            work.ledger.note(name, uidvalidity, missing, state=SightingState.LISTED, reason=_NOT_YET, now=now)
            work.ledger.polled(name, uidvalidity, last_uid=max(uids), now=now)
        for uid in uids - missing:
            self._failures.pop(uid, None)
            self._suspects.discard(uid)
        self._ask_again(missing)
        log.info(
            "took in %d mails from mailbox %s, %d of them new",
            len(arrivals),
            name,
            new,
            extra={"action": "mails_fetched", "mailbox": name, "mails": len(arrivals), "new": new},
        )

    def _ask_again(self, uids: Collection[int]) -> None:
        for uid in sorted(uids):
            self._failures[uid] += 1
            if self._failures[uid] < _TRIES:
                self._pending.append(uid)
            else:
                self._leave(uid)

    def _blame(self, batch: Sequence[Listed]) -> None:
        """Remember what was in hand when the line broke: next time each of these mails is fetched alone."""
        self._suspects.update(mail.uid for mail in batch)
        if len(batch) == 1:
            uid = batch[0].uid
            self._failures[uid] += 1
            if self._failures[uid] >= _TRIES:
                self._leave(uid)

    def _leave(self, uid: int) -> None:
        pause = min(timedelta(seconds=2.0 ** min(self._failures[uid] - 1, 16)), self.source.census_every)
        self._left[uid] = self._clock.now() + pause
        log.error(
            "mail %d of mailbox %s cannot be fetched; it is tried again in %.0f s",
            uid,
            self.source.name,
            pause.total_seconds(),
            extra={"action": "mail_unfetchable", "mailbox": self.source.name, "uid": uid},
        )

    def _put_away(self) -> bool:
        """Put away on the server what is done here. A server that refuses does not keep us from fetching."""
        self._since_put_away = 0
        now = self._clock.now()
        if now < self._put_away_at:
            return False
        with self._store.look() as work:
            rows = work.ledger.to_acknowledge(self.source.name, self._opened.uidvalidity, limit=_PUT_AWAY_AT_ONCE)
            uids = {row.id: row.uid for row, _ in rows}
            shelves = shelved([(row.id, state) for row, state in rows])
        try:
            for shelf, sightings in shelves.items():
                self._mailbox.put_away([uids[sighting] for sighting in sightings], shelf)
                with self._store.work() as work:
                    work.ledger.acknowledged(sightings, now=now)
        except MailboxRefused as error:
            self._put_away_at = now + _REFUSED_FOR
            log.error("%s", error, extra={"action": "put_away_refused", "mailbox": self.source.name})  # noqa: TRY400 - says it all
            return False
        return bool(shelves)
