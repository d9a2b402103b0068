"""The parent's end of one reading child: starts it, hands it mails, waits for answers no longer than is right."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from ticketbot.domain.errors import TemporaryError
from ticketbot.domain.messages import Message
from ticketbot.inbound import wire
from ticketbot.inbound.reader import File
from ticketbot.inbound.wire import Question

#: What a child is told of our environment, which may hold passwords.
_ENVIRONMENT: Final = frozenset(["LANG", "LC_ALL", "LC_CTYPE", "PATH", "TZ", "PYTHONUTF8", "LD_LIBRARY_PATH"])
_MEGABYTE: Final = 1_000_000
_SLICE: Final = 1024 * 1024
_PIPE: Final = 65_536  # what a pipe holds

_Known = TypeVar("_Known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one child may use, and one mail may cost (faults.md P1, P2, A13, A14, G5).

    A small mail that hangs holds up the queue for less than five seconds; a bulky one gets more, for a slow machine.
    """

    memory: int = 380 * _MEGABYTE
    cpu_seconds: int = 2
    seconds: float = 4.0
    start_seconds: float = 30.0
    bulky_from: int = _MEGABYTE
    bulky_cpu_seconds: int = 5
    bulky_seconds: float = 20.0
    answer: int = 64 * _MEGABYTE


class WardLost(Exception):
    """A child died, hung or spoke nonsense."""


class Ward:
    """One child process and the two pipes to it. One thread at a time speaks with it."""

    def __init__(self, function: str, *, allowance: Allowance) -> None:
        """Start the process; it takes a moment until it greets. Raises TemporaryError when there is no room for it."""
        self.isolation = ""
        self.is_leaving = False
        self._allowance = allowance
        environment = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
        environment["PYTHONPATH"] = os.pathsep.join(os.path.abspath(path) for path in sys.path)  # noqa: PTH100 - follows no link
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [sys.executable, "-P", "-m", "ticketbot.inbound.child", function, str(allowance.memory)]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment, cwd="/"
            )
        except OSError as error:
            raise TemporaryError(f"no child can be started to read mail: {error}") from error
        self._in, self._out = _there(self.process.stdin).fileno(), _there(self.process.stdout).fileno()
        for pipe in (self._in, self._out):
            os.set_blocking(pipe, False)

    def greet(self) -> None:
        """Wait until the child is ready. Raises WardLost."""
        if not self.isolation:
            kind, content = self._receive(_Deadline(self._allowance.start_seconds))
            if kind != wire.HELLO:
                raise WardLost("it did not greet")
            self.isolation = content.decode("ascii", "replace")

    def read(self, raw: bytes, *, names: frozenset[str]) -> Message:
        """Return what the child makes of a mail. Raises WardLost; the child is then of no more use."""
        content = self._ask(raw, Question(names=names), wire.MESSAGE, wire.LAST_MESSAGE)
        try:
            return wire.loaded(Message, content)
        except ValueError as error:
            raise WardLost("its answer makes no sense") from error

    def files(self, raw: bytes, indexes: Sequence[int]) -> list[File]:
        """Return the files that have these indexes in the mail. Raises WardLost; the child is then of no more use."""
        content = self._ask(raw, Question(files=tuple(indexes)), wire.FILES, wire.LAST_FILES)
        try:
            return wire.unpacked(content)
        except ValueError as error:
            raise WardLost("its answer makes no sense") from error

    def _ask(self, raw: bytes, question: Question, usual: bytes, last: bytes) -> bytearray:
        """Return the answer to a question about a mail, which is of the *usual* kind, or the *last* of its kind."""
        allowed = self._allowance
        is_bulky = len(raw) >= allowed.bulky_from
        cpu_seconds = allowed.bulky_cpu_seconds if is_bulky else allowed.cpu_seconds
        deadline = _Deadline(allowed.bulky_seconds if is_bulky else allowed.seconds)
        request = wire.request(raw, question, cpu_seconds=cpu_seconds)
        if is_bulky:
            self._send(request, deadline)
            self._send(raw, deadline)
        else:
            self._send(request + raw, deadline)  # a copy costs less than waking the child twice
        kind, content = self._receive(deadline)
        if kind not in (usual, last):
            raise WardLost(content[:80].decode("ascii", "replace"))
        self.is_leaving = kind == last
        return content

    def end(self) -> None:
        """End the process, whatever it does, and close the pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            _there(pipe).close()

    def _send(self, data: bytes, deadline: "_Deadline") -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._in, left[:_SLICE]) :]
            except BlockingIOError:
                self._wait(self._in, select.POLLOUT, deadline)
            except OSError as error:
                raise WardLost(self._death()) from error

    def _receive(self, deadline: "_Deadline") -> tuple[bytes, bytearray]:
        """Return one answer. There is never more to read than that: a child speaks only when it is asked."""
        found = bytearray()
        self._read(found, wire.ANSWER_HEAD, deadline)
        kind, size = wire.answered(found[: wire.ANSWER_HEAD])
        if size > self._allowance.answer:
            raise WardLost("its answer is too long")
        self._read(found, wire.ANSWER_HEAD + size, deadline)
        del found[wire.ANSWER_HEAD + size :], found[: wire.ANSWER_HEAD]
        return kind, found

    def _read(self, found: bytearray, size: int, deadline: "_Deadline") -> None:
        """Read on until at least so much was found."""
        while len(found) < size:
            self._wait(self._out, select.POLLIN, deadline)
            piece = os.read(self._out, _PIPE)
            if not piece:
                raise WardLost(self._death())
            found += piece

    def _wait(self, pipe: int, event: int, deadline: "_Deadline") -> None:
        watch = select.poll()
        watch.register(pipe, event)
        if not watch.poll(max(0.0, deadline.left()) * 1000):
            raise WardLost(f"it took longer than {deadline.seconds:g} s")

    def _death(self) -> str:
        """Return what the child died of."""
        try:
            code = self.process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "it stopped to listen"
        return f"its child ended with {code}" if code >= 0 else f"its child was ended: {signal.strsignal(-code)}"


class _Deadline:
    """An instant of the machine's steady clock, which only measures waiting."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        return self._at - time.monotonic()


def _there(value: _Known | None) -> _Known:
    if value is None:
        raise AssertionError
    return value
