"""Delivering: take a due letter in hand, fix its bytes, hand it to the relay, record its fate (faults.md §2.2).

The third of the three transactions. A letter is `in_flight` in the database before anything is said to the relay, and
its bytes are committed before the first try, so that a crash at any moment either repeats a letter byte for byte or
has not sent it at all.
"""

import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ticketbot.clock import Clock
from ticketbot.domain.errors import (
    DeliveryUnknown,
    LetterDeferred,
    LetterRefused,
    RelayRefused,
    RelayUnavailable,
    TemporaryError,
)
from ticketbot.domain.retries import back_off, chance_of, retry_at
from ticketbot.outbound.smtp import Receipt, Sender
from ticketbot.store.database import Store
from ticketbot.store.models import LetterState, OutboxMail
from ticketbot.store.outbox import Fate

log = logging.getLogger(__name__)

_CLAIMED_AT_ONCE = 8
_RENDERED_AT_MOST = 3
_RENDERED_AGAIN_AFTER = timedelta(minutes=1)


class Deliverer:
    """Sends what is due. Right with one of them or several; each needs a sender and a *holder* of its own."""

    def __init__(
        self,
        *,
        store: Store,
        sender: Sender,
        clock: Clock,
        holder: str,
        render: Callable[[OutboxMail], bytes],
        envelope_sender: str,
        unknown_after: timedelta = timedelta(minutes=10),
        receipts: str | None = None,
    ) -> None:
        """Prepare to send. *render* gives a letter its bytes, once; *receipts* gets a copy of every letter."""
        self._store = store
        self._sender = sender
        self._clock = clock
        self._holder = holder
        self._render = render
        self._envelope_sender = envelope_sender
        self._unknown_after = unknown_after
        self._receipts = receipts
        self._hand: deque[OutboxMail] = deque()
        self._fates: list[tuple[int, Fate]] = []
        self._relay_failures = 0
        self._relay_again_at = datetime(1970, 1, 1, tzinfo=UTC)
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Return what is wrong with the relay, None when it takes letters."""
        return self._trouble

    def do_one(self) -> bool:
        """Deliver the letters that are due, a handful at most; return whether there were any.

        Raises DatabaseUnavailable; what was sent is then recorded by the next call.
        """
        self._record()
        if self._clock.now() < self._relay_again_at or not (self._hand or self._claim()):
            return False
        while self._hand:
            letter = self._hand[0]
            raw = self._written(letter)
            if raw is not None and self._depart(letter, raw):
                self._fates.append((letter.id, self._send(letter, raw)))
            self._hand.popleft()
            if self._trouble is not None:
                break
        self._record()
        return True

    def next_at(self) -> datetime | None:
        """Return when there will be something to do, None when nothing is foreseen."""
        now = self._clock.now()
        if self._fates:
            return now
        with self._store.look() as work:
            due_at = now if self._hand else work.outbox.next_at(now=now)
        return max(due_at, self._relay_again_at) if due_at is not None else None

    def take_back(self, holder: str) -> int:
        """Take back the letters that a dead process left in flight; return how many."""
        now = self._clock.now()
        with self._store.work() as work:
            return work.outbox.take_back(holder, now=now, unknown_until=now + self._unknown_after)

    def close(self) -> None:
        """Put back what is in hand, and say goodbye to the relay."""
        try:
            self._release()
            self._record()
        except TemporaryError as error:
            log.warning("letters in hand could not be put back: %s", error, extra={"action": "send_waits"})
        self._sender.close()

    # The steps

    def _claim(self) -> bool:
        now = self._clock.now()
        with self._store.look() as work:
            waiting = work.outbox.waiting(now=now)
        if not (waiting.is_due or waiting.is_overdue):
            return False
        with self._store.work() as work:
            if waiting.is_overdue:
                work.outbox.expire(now=now, unknown_until=now + self._unknown_after)
            letters = work.outbox.claim(now=now, holder=self._holder, limit=_CLAIMED_AT_ONCE)
        self._hand.extend(letters)
        return bool(letters)

    def _written(self, letter: OutboxMail) -> bytes | None:
        """Return the bytes of a letter; None if it cannot be written, which is then its fate for now."""
        if letter.attempts > 1:
            with self._store.look() as work:
                raw = work.outbox.octets(letter.id)
            if raw is not None:
                return raw
        try:
            return self._render(letter)
        except TemporaryError:
            raise
        except Exception as error:
            log.exception("a letter could not be written", extra=_about(letter, "letter_unwritable"))
            failures = letter.render_failures + 1
            fate = self._fate(
                letter,
                LetterState.QUEUED if failures < _RENDERED_AT_MOST else LetterState.FAILED,
                next_at=self._clock.now() + _RENDERED_AGAIN_AFTER * failures,
                reason=f"it could not be written: {type(error).__name__}: {error}",
                render_failures=failures,
            )
            self._fates.append((letter.id, fate))
            return None

    def _depart(self, letter: OutboxMail, raw: bytes) -> bool:
        """Commit the bytes, and with them the fate of the letter before; return False if somebody else took it."""
        with self._store.work() as work:
            for letter_id, fate in self._fates:
                work.outbox.settle(letter_id, fate, holder=self._holder)
            may_go = work.outbox.depart(letter.id, holder=self._holder, raw=raw, now=self._clock.now())
        self._fates.clear()
        return may_go

    def _send(self, letter: OutboxMail, raw: bytes) -> Fate:
        recipients = list(dict.fromkeys(letter.remaining or [*letter.to, *letter.cc]))
        copies = [self._receipts] if self._receipts and self._receipts not in recipients else []
        try:
            receipt = self._sender.send(raw, sender=self._envelope_sender, recipients=[*recipients, *copies])
        except (RelayUnavailable, RelayRefused) as error:
            return self._wait_for_relay(letter, error)
        except DeliveryUnknown as error:
            fate = self._unknown(letter, str(error))
        except LetterDeferred as error:
            fate = self._later(letter, str(error))
        except LetterRefused as error:
            fate = self._fate(letter, LetterState.FAILED, reason=str(error))
        except Exception as error:
            log.exception("handing over a letter failed", extra=_about(letter, "send_failed"))
            fate = self._unknown(letter, f"{type(error).__name__}: {error}")
        else:
            fate = self._taken(letter, receipt, recipients)
        self._relay_failures = 0
        self._trouble = None
        log.info("letter %s: %s", letter.code, fate.state, extra=_about(letter, "letter_handed_over"))
        return fate

    def _taken(self, letter: OutboxMail, receipt: Receipt, recipients: list[str]) -> Fate:
        """Return the fate of a letter that the relay took for some recipients at least; only they have it."""
        objections = {**receipt.deferred, **receipt.refused}
        left = [address for address in recipients if address in objections]
        if not left:
            return Fate(state=LetterState.SENT, next_at=letter.next_at, sent_at=self._clock.now(), reply=receipt.reply)
        reason = "; ".join(f"{address}: {objections[address]}" for address in left)
        if any(address in receipt.deferred for address in left):
            return self._later(letter, reason, remaining=left, reply=receipt.reply)
        if len(left) < len(recipients):
            reason += " (the others have it)"
        return self._fate(letter, LetterState.FAILED, reason=reason, remaining=left, reply=receipt.reply)

    def _later(self, letter: OutboxMail, reason: str, **values: Any) -> Fate:  # noqa: ANN401 - columns of the letter
        now = self._clock.now()
        next_at = retry_at(letter.attempts, key=letter.key, since=letter.send_at, now=now)
        if next_at is None:
            reason = f"not taken within 72 hours; at last: {reason}"
            return self._fate(letter, LetterState.FAILED, reason=reason, **values)
        return self._fate(letter, LetterState.QUEUED, next_at=next_at, reason=reason, **values)

    def _unknown(self, letter: OutboxMail, reason: str) -> Fate:
        """Return the fate of a letter that may have left: the same bytes go again, unless a receipt comes before."""
        now = self._clock.now()
        next_at = retry_at(letter.attempts, key=letter.key, since=letter.send_at, now=now)
        if next_at is None:
            return self._fate(letter, LetterState.FAILED, reason=f"perhaps sent, never confirmed; at last: {reason}")
        # Each repetition may be a duplicate, so they become as rare as those of letters that are put off.
        waits_until = now + self._unknown_after
        next_at = waits_until if letter.attempts == 1 else max(next_at, waits_until)
        return self._fate(letter, LetterState.UNKNOWN, next_at=next_at, reason=reason)

    def _wait_for_relay(self, letter: OutboxMail, error: RelayUnavailable | RelayRefused) -> Fate:
        """Leave the relay alone for a while; the other letters in hand go back as if they had not been taken."""
        self._relay_failures += 1
        pause = back_off(
            self._relay_failures,
            jitter=chance_of(f"{letter.key} {letter.attempts}"),
            is_refused=isinstance(error, RelayRefused),
        )
        now = self._clock.now()
        self._relay_again_at = now + pause
        self._trouble = str(error)
        log.warning("%s; trying again in %.0f s", error, pause.total_seconds(), extra=_about(letter, "relay_away"))
        if retry_at(letter.attempts, key=letter.key, since=letter.send_at, now=now) is None:
            reason = f"not taken within 72 hours; at last: {error}"
            return self._fate(letter, LetterState.FAILED, reason=reason)
        return self._fate(letter, LetterState.QUEUED, next_at=self._relay_again_at, reason=str(error))

    def _fate(self, letter: OutboxMail, state: LetterState, **changed: Any) -> Fate:  # noqa: ANN401 - as above
        """Return a fate that leaves the rest of what the letter's row says as it is."""
        unchanged = {"next_at": letter.next_at, "remaining": letter.remaining, "reply": letter.reply}
        return Fate(state=state, **{"render_failures": letter.render_failures, **unchanged, **changed})

    def _release(self) -> None:
        if self._hand:
            with self._store.work() as work:
                for letter in self._hand:
                    work.outbox.release(letter.id, holder=self._holder)
            self._hand.clear()

    def _record(self) -> None:
        """Commit the fates that are not recorded yet; a letter that was sent is never sent again for want of this."""
        if self._trouble is not None:
            self._release()
        if self._fates:
            with self._store.work() as work:
                for letter_id, fate in self._fates:
                    work.outbox.settle(letter_id, fate, holder=self._holder)
            self._fates.clear()


def _about(letter: OutboxMail, action: str) -> dict[str, object]:
    return {"action": action, "letter_id": letter.id, "code": letter.code, "attempts": letter.attempts}
