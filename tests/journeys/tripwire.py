"""A line with a tripwire: passes everything on between a client and a server until certain words come along."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Self

_PIECE = 65_536
_LONGEST_WORDS = 64


class Said(Enum):
    """Who says the words."""

    BY_CLIENT = "client"
    BY_SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What is waited for, and what happens then: before the words are passed on."""

    words: bytes
    said: Said
    then: Callable[[], object]


class Tripwire:
    """Listens on `port` for the server at *target*; use it as a context. All that was said is in `heard`."""

    def __init__(self, target: int) -> None:
        self.heard: list[tuple[Said, bytes]] = []
        self._target = target
        self._wire: Wire | None = None
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._end(self._listener, *self._lines)

    def lay(self, words: bytes, *, said: Said, then: Callable[[], object]) -> None:
        """Let *then* happen once, the next time that *words* are said; they never arrive."""
        with self._lock:
            self._wire = Wire(words=words, said=said, then=then)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._lines += [client, server]
                for said, source, goal in ((Said.BY_CLIENT, client, server), (Said.BY_SERVER, server, client)):
                    threading.Thread(target=self._pass, args=(said, source, goal), daemon=True).start()

    def _pass(self, said: Said, source: socket.socket, goal: socket.socket) -> None:
        latest = b""
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                self.heard.append((said, piece))
                latest = latest[-_LONGEST_WORDS:] + piece
                if self._trips(said, latest):
                    break
                goal.sendall(piece)
        self._end(source, goal)

    def _trips(self, said: Said, words: bytes) -> bool:
        with self._lock:
            wire = self._wire
            if wire is None or wire.said is not said or wire.words not in words:
                return False
            self._wire = None
        wire.then()
        return True

    def _end(self, *lines: socket.socket) -> None:
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
