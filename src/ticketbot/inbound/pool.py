"""Reads mails in a small pool of child processes, so that no mail can hurt, hold up or look into the service.

A child is limited in memory, CPU and time, has no network, no open files of ours and no environment but its language
(see `ward`, `child` and `confine`). One that dies, hangs or outgrows its memory costs one attempt of one mail; another
takes its place. Children are started plainly rather than by `multiprocessing`: its forkserver needs a socket in a
writable folder, takes pickles from it, and imports the program's main module again into every child.
"""

import logging
import math
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from ticketbot.domain.errors import TemporaryError, UnreadableMail
from ticketbot.domain.messages import Message
from ticketbot.inbound.reader import File
from ticketbot.inbound.ward import Allowance, Ward, WardLost

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_USUAL: Final = Allowance()


#: How much of all cores a container may use, and out of what (cgroup v2): "max 100000", or "150000 100000" for one
#: and a half.
_SHARE: Final = Path("/sys/fs/cgroup/cpu.max")


def cores(share_file: Path = _SHARE) -> int:
    """Return how many cores this process may use: those it is bound to, or its container's share, rounded up."""
    bound = len(os.sched_getaffinity(0))
    try:
        share, span = share_file.read_text(encoding="ascii").split()
        return max(1, min(bound, math.ceil(int(share) / int(span))))
    except (OSError, ValueError):
        return bound


class PooledReader:
    """Understands mails in children, as many at a time as there are cores. Any thread may ask."""

    def __init__(
        self,
        *,
        size: int | None = None,
        allowance: Allowance = _USUAL,
        function: str = "ticketbot.inbound.parse:read",
    ) -> None:
        """Prepare a pool of at most *size* children that call *function* ("module:name"); none is started yet."""
        self.size = size or cores()
        self._allowance = allowance
        self._function = function
        self._seats = threading.BoundedSemaphore(self.size)
        self._lock = threading.Lock()
        self._idle: list[Ward] = []
        self._busy: set[Ward] = set()
        self._is_closed = False

    def __enter__(self) -> Self:
        """Start the first child, which warms up while the caller goes on."""
        self.warm()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all children."""
        self.close()

    def warm(self) -> None:
        """Start the first child without waiting for it; the others are started when they are first needed."""
        with self._lock:
            if not self._idle and not self._busy and not self._is_closed:
                self._idle.append(self._start())

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        """Return what the mail says; a mail that cannot be understood is a stub with `error` set.

        Raises UnreadableMail when the mail cost its child's life, TemporaryError when no child can be had now.
        """
        message = self._ask(lambda child: child.read(raw, names=authserv_ids))
        if message.error:
            log.warning("a mail could not be understood; a stub stands in", extra={"action": "mail_stubbed"})
        return message

    def files(self, raw: bytes, indexes: Sequence[int]) -> list[File]:
        """Return the files that have these indexes in `Message.attachments`.

        Raises UnreadableMail when there is none or they cost the child's life, TemporaryError when none can be had now.
        """
        return self._ask(lambda child: child.files(raw, indexes))

    def _ask(self, ask: Callable[[Ward], Answer]) -> Answer:
        """Return what a child answers."""
        with self._seats:
            child = self._take()
            try:
                answer = ask(child)
            except WardLost as error:
                self._end(child)
                if self._is_closed:
                    raise TemporaryError("the service is stopping") from error
                log.warning("a child that read a mail was lost: %s", error, extra={"action": "reader_lost"})
                self._replace()
                raise UnreadableMail(f"the mail could not be read: {error}") from error
            except BaseException:
                self._end(child)
                raise
            if child.is_leaving:
                self._end(child)
                self._replace()
            else:
                self._give_back(child)
        return answer

    def isolation(self) -> str:
        """Return how children are kept from the network, in words; raises TemporaryError when none can be had."""
        with self._seats:
            child = self._take()
            self._give_back(child)
            return child.isolation

    def processes(self) -> list[int]:
        """Return the process ids of all children."""
        with self._lock:
            return [child.process.pid for child in (*self._idle, *self._busy)]

    def close(self) -> None:
        """End all children, busy ones too: whoever waits for one gets a TemporaryError, which blames no mail."""
        with self._lock:
            self._is_closed = True
            idle, busy = self._idle, list(self._busy)
            self._idle = []
        for child in idle:
            child.end()
        for child in busy:
            child.process.kill()
        for _ in range(self.size):  # every reader has heard of it
            self._seats.acquire()
        self._seats.release(self.size)

    def _take(self) -> Ward:
        """Return a child that is ready to read."""
        with self._lock:
            if self._is_closed:
                raise TemporaryError("the service is stopping")
            child = self._alive() or self._start()
            self._busy.add(child)
        try:
            child.greet()
        except WardLost as error:
            self._end(child)
            raise TemporaryError(f"no child can be started to read mail: {error}") from error
        return child

    def _alive(self) -> Ward | None:
        """Return the idle child that read last, and bury those that died in their sleep."""
        while self._idle:
            child = self._idle.pop()
            if child.process.poll() is None:
                return child
            child.end()
        return None

    def _give_back(self, child: Ward) -> None:
        with self._lock:
            self._busy.discard(child)
            if not self._is_closed:
                self._idle.append(child)
                return
        child.end()

    def _end(self, child: Ward) -> None:
        child.end()
        with self._lock:
            self._busy.discard(child)

    def _replace(self) -> None:
        """Start another child in the place of one that ended; it warms up while nobody waits."""
        with self._lock:
            if not self._is_closed:
                try:
                    self._idle.insert(0, self._start())
                except TemporaryError:
                    log.warning("no new child can be started now", extra={"action": "reader_lost"})

    def _start(self) -> Ward:
        return Ward(self._function, allowance=self._allowance)
