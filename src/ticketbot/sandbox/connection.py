"""One line to one visitor of the sandbox, and the faults that may strike it."""

import asyncio

from ticketbot.sandbox.faults import Faults


class Hangup(Exception):
    """The conversation is over."""


class Connection:
    """Reads and writes for a session; what is said is sent by `flush`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, faults: Faults) -> None:
        """Talk over these streams."""
        self.reader = reader
        self.writer = writer
        self.faults = faults
        self.bell = asyncio.Event()
        self._said = bytearray()
        self._octets_left: int | None = None

    def say(self, line: str | bytes) -> None:
        """Write a line; the line end is added."""
        self._said += line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape")
        self._said += b"\r\n"

    async def flush(self) -> None:
        """Send what was said, or as much of it as a fault allows."""
        said, self._said = bytes(self._said), bytearray()
        if self._octets_left is not None:
            said, left = said[: self._octets_left], self._octets_left - len(said)
            self.writer.write(said)
            if left <= 0:
                await self.writer.drain()
                raise Hangup
            self._octets_left = left
        else:
            self.writer.write(said)
        await self.writer.drain()

    async def line(self) -> bytes:
        """Return the next line without its end."""
        return (await self.raw_line()).rstrip(b"\r\n")

    async def raw_line(self) -> bytes:
        """Return the next line with its end."""
        line = await self.reader.readline()
        if not line.endswith(b"\n"):
            raise Hangup
        return line

    async def suffer(self, verb: str, about: str = "") -> str | None:
        """Meet the fault that waits for *verb*: return what to say instead of doing it, or None to do it."""
        fault = self.faults.take(verb, about)
        if fault is None:
            return None
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.cut_after is not None:
            if fault.cut_after < 0:
                raise Hangup
            self._octets_left = fault.cut_after
        if fault.before is not None:
            self.say(fault.before)
        return fault.answer

    def abort(self) -> None:
        """Cut the line."""
        self.writer.transport.abort()
