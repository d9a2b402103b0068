"""Watching a mailbox: fetch what is there, wait for news, come back after every trouble, and never storm a server."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import timedelta

from ticketbot.clock import Clock
from ticketbot.domain.errors import MailboxRefused, MailboxUnavailable, TemporaryError
from ticketbot.domain.retries import back_off
from ticketbot.inbound.fetch import Fetcher
from ticketbot.inbound.mailbox import Mailbox
from ticketbot.store.database import Store

log = logging.getLogger(__name__)

#: A line that lived so long was a good one; after a shorter life the next login waits longer.
_GOOD_LIFE = timedelta(minutes=1)
_BREATH = timedelta(seconds=2)


class Watch:
    """One mailbox, watched in a thread of its own."""

    def __init__(
        self,
        fetcher: Fetcher,
        mailbox: Mailbox,
        *,
        store: Store,
        clock: Clock,
        poll_every: timedelta = timedelta(minutes=1),
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare to watch *mailbox* by *fetcher*; *poll_every* is the safety net beneath IDLE."""
        self.name = fetcher.source.name
        self._fetcher = fetcher
        self._mailbox = mailbox
        self._store = store
        self._clock = clock
        self._poll_every = poll_every
        self._chance = chance
        self._failures = 0
        self._told: str | None = ""

    def watch(self, stop: threading.Event) -> None:
        """Fetch what comes until *stop* is set; survives every outage of the server and of the database."""
        while not stop.is_set():
            since = self._clock.now()
            pause = self._one_life(stop)
            if self._clock.now() - since >= _GOOD_LIFE:
                self._failures = 0
            stop.wait(pause.total_seconds())
        self._mailbox.close()

    def _one_life(self, stop: threading.Event) -> timedelta:
        """Fetch and wait until something breaks; return how long to stay away then."""
        try:
            while not stop.is_set():
                while not stop.is_set() and self._fetcher.do_one():
                    self._failures = 0
                self._tell(None)
                if not stop.is_set():
                    self._mailbox.wait(self._until_next())
        except (MailboxUnavailable, MailboxRefused) as error:
            self._failures += 1
            is_refused = isinstance(error, MailboxRefused)
            pause = back_off(self._failures, jitter=self._chance(), is_refused=is_refused)
            pause = max(pause, self._mailbox.patience)
            self._tell(str(error))
            log.warning(
                "%s; trying again in %.0f s",
                error,
                pause.total_seconds(),
                extra={"action": "mailbox_away", "mailbox": self.name, "failures": self._failures},
            )
            self._mailbox.close()
            return pause
        except TemporaryError as error:
            log.warning("%s", error, extra={"action": "fetch_waits", "mailbox": self.name})
            return _BREATH
        except Exception:
            log.exception("fetching failed and goes on", extra={"action": "fetch_failed", "mailbox": self.name})
            self._failures += 1
            self._mailbox.close()
            return back_off(self._failures, jitter=self._chance())
        return timedelta()

    def _until_next(self) -> float:
        now = self._clock.now()
        soonest = min([now + self._poll_every, *self._fetcher.left.values()])
        return max(1.0, (soonest - now).total_seconds())

    def fetch_all(self) -> bool:
        """Fetch what is there now and put away what is done; return whether anything happened.

        Raises MailboxUnavailable or MailboxRefused when the server does not let us.
        """
        happened = False
        while self._fetcher.do_one():
            happened = True
        return happened

    def wake(self) -> None:
        """Look after what is done on the server now rather than at the next turn."""
        self._mailbox.wake()

    def shut(self) -> None:
        """Break the line, so that a thread that is busy on it ends soon."""
        self._mailbox.shut()

    def close(self) -> None:
        """Say goodbye to the server."""
        self._mailbox.close()

    def _tell(self, sentence: str | None) -> None:
        """Note in the store what is wrong, or that nothing is any more, for people who ask."""
        if sentence == self._told:
            return
        try:
            with self._store.work() as work:
                work.ledger.trouble(self.name, sentence, now=self._clock.now())
        except TemporaryError as error:
            log.warning("%s", error, extra={"action": "fetch_waits", "mailbox": self.name})
        else:
            self._told = sentence
