"""The child process of the pool: reads one mail after the other, shut in, until nobody asks any more.

`python -m ticketbot.inbound.child FUNCTION MEMORY` speaks the frames of `wire` on its standard input and output.
"""

import fcntl
import gc
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from ticketbot.domain.messages import Message
from ticketbot.inbound import confine, enclosed, wire
from ticketbot.inbound.walk import Limits

#: A child that still holds more than this (bytes) after its answer makes way for a fresh one.
WORN_OUT = 160_000_000
_LAST: Final = {wire.MESSAGE: wire.LAST_MESSAGE, wire.FILES: wire.LAST_FILES}
_STATM: Final = Path("/proc/self/statm")


class Reading(Protocol):
    """What a child does with a mail: `parse.read`, or what a test puts in its place."""

    def __call__(self, raw: bytes, *, authserv_ids: frozenset[str]) -> Message:
        """Return what the mail says."""
        ...


def main(function: str, memory: str) -> None:
    """Serve the parent with *function* ("module:name") in *memory* bytes."""
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the service, which ends us when it is ready
        signal.signal(number, signal.SIG_IGN)
    module, _, name = function.partition(":")
    reading = cast("Reading", getattr(importlib.import_module(module), name))
    silence = os.open(os.devnull, os.O_RDWR)
    confine.limit(memory=int(memory))
    ways = confine.isolate()
    gc.freeze()
    source, sink = os.fdopen(0, "rb", 65_536), os.fdopen(os.dup(1), "wb", 65_536)
    for stream in (1, 2):
        os.dup2(silence, stream)
    os.close(silence)
    fcntl.fcntl(source, fcntl.F_SETOWN, os.getpid())
    sink.writelines(wire.answer(wire.HELLO, ", ".join(ways).encode()))
    sink.flush()
    serve(source, sink, reading=reading, guard=_guarded)


def serve(
    source: BinaryIO, sink: BinaryIO, *, reading: Reading, guard: Callable[[int], AbstractContextManager[None]]
) -> None:
    """Answer requests until the source ends, or until this process failed or has grown too large to go on.

    *guard* stands around the reading of each mail and is told the seconds of CPU that it may cost.
    """
    while len(head := source.read(wire.REQUEST_HEAD)) == wire.REQUEST_HEAD:
        asked = wire.asked(head)
        question = wire.question(source.read(asked.question_size))
        raw = source.read(asked.size)
        content: list[bytes | memoryview]
        try:
            with guard(asked.cpu_seconds):
                if question.files is not None:
                    kind, content = wire.FILES, wire.packed(enclosed.files(raw, question.files, limits=Limits()))
                else:
                    kind, content = wire.MESSAGE, [wire.dumped(reading(raw, authserv_ids=question.names))]
        except Exception as error:  # noqa: BLE001 - the border of one mail
            kind, content = wire.FAILED, [type(error).__name__.encode()]
        del raw
        if kind != wire.FAILED and _held() > WORN_OUT:
            kind = _LAST[kind]
        sink.writelines(wire.answer(kind, *content))
        sink.flush()
        if kind not in _LAST:
            return
        del content


def _held() -> int:
    """Return how much memory this process holds now; the peak would not do, it begins with the parent's own."""
    with _STATM.open("rb", buffering=0) as file:
        return int(file.read(100).split()[1]) * resource.getpagesize()


@contextmanager
def _guarded(cpu_seconds: int) -> Iterator[None]:
    """Set the price of one mail; and should the parent die meanwhile, the kernel ends us at once (SIGIO)."""
    confine.allow_cpu(cpu_seconds)
    flags = fcntl.fcntl(0, fcntl.F_GETFL)
    fcntl.fcntl(0, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(0, fcntl.F_SETFL, flags)


if __name__ == "__main__":
    main(*sys.argv[1:])
