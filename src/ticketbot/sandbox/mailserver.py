"""An IMAP and an SMTP server over a post office in memory, on loopback, in one daemon thread."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Self

from ticketbot.sandbox.connection import Connection, Hangup
from ticketbot.sandbox.faults import Faults
from ticketbot.sandbox.imap import talk
from ticketbot.sandbox.imapsession import ImapSession
from ticketbot.sandbox.postoffice import PostOffice
from ticketbot.sandbox.smtp import SmtpSession

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
MAX_SIZE = 64 * 1024 * 1024

Session = Callable[[Connection], Awaitable[None]]


class MailServer:
    """The outside world's mail server. `office` holds the mail, `faults` the troubles; use it as a context.

    *without* names capabilities to leave out (MOVE, UIDPLUS, IDLE …), so that those who need them must do without.
    Ports are free ones unless given; after `stop`, `start` opens the same ports again.
    """

    host = HOST

    def __init__(
        self,
        office: PostOffice | None = None,
        *,
        imap_port: int = 0,
        smtp_port: int = 0,
        without: Iterable[str] = (),
        max_size: int = MAX_SIZE,
    ) -> None:
        """Be ready to start."""
        self.office = office or PostOffice()
        self.faults = Faults()
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self.without = frozenset(without)
        self.max_size = max_size
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event
        self._connections: dict[Connection, asyncio.Task[None]] = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Listen; returns when both ports are open."""
        ready = threading.Event()
        failure: list[OSError] = []
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready, failure)), name="sandbox-mail", daemon=True
        )
        self._thread.start()
        ready.wait()
        if failure:
            self.stop()
            raise failure[0]
        return self

    def stop(self) -> None:
        """Close the ports and every connection; returns when all is quiet."""
        self._soon(self._close)
        if self._thread:
            self._thread.join()
            self._thread = None

    def drop_connections(self) -> None:
        """Cut every line now, without a word."""
        self._soon(self._abort)

    @property
    def connections(self) -> int:
        """Return how many lines are open."""
        return len(self._connections)

    def _soon(self, action: Callable[[], object]) -> None:
        if self._loop:
            with suppress(RuntimeError):  # the loop closed a moment ago
                self._loop.call_soon_threadsafe(action)

    async def _serve(self, ready: threading.Event, failure: list[OSError]) -> None:
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        listen = partial(asyncio.start_server, host=HOST, limit=self.max_size)
        servers: list[asyncio.Server] = []
        try:
            servers.append(await listen(partial(self._welcome, session=self._imap), port=self.imap_port))
            servers.append(await listen(partial(self._welcome, session=self._smtp), port=self.smtp_port))
            self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in servers)
        except OSError as error:
            failure.append(error)
            self._closing.set()
        unwatch = self.office.watch(lambda: self._soon(self._ring))
        ready.set()
        await self._closing.wait()
        unwatch()
        for server in servers:
            server.close()
        tasks = tuple(self._connections.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for server in servers:
            await server.wait_closed()
        self._loop = None

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, session: Session) -> None:
        connection = Connection(reader, writer, faults=self.faults)
        task = asyncio.current_task()
        assert task is not None
        self._connections[connection] = task
        try:
            await session(connection)
        except (Hangup, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either side may leave at any moment
        except Exception:
            log.exception("A session of the sandbox ended badly.")
        finally:
            del self._connections[connection]
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    def _close(self) -> None:
        self._closing.set()

    def _abort(self) -> None:
        for connection in self._connections:
            connection.abort()

    def _ring(self) -> None:
        for connection in self._connections:
            connection.bell.set()

    async def _imap(self, connection: Connection) -> None:
        await talk(ImapSession(connection, office=self.office, without=self.without))

    async def _smtp(self, connection: Connection) -> None:
        await SmtpSession(connection, office=self.office, max_size=self.max_size).talk()
