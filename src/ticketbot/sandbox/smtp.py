"""The sandbox's SMTP side: one session (RFC 5321), with SIZE, 8BITMIME, SMTPUTF8 and AUTH."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from ticketbot.sandbox.connection import Connection
from ticketbot.sandbox.credentials import Credentials, challenge, decoded, read_sasl
from ticketbot.sandbox.postmark import HOST
from ticketbot.sandbox.postoffice import PostOffice

_PATH = re.compile(r"(?:FROM|TO):\s*<(?P<address>[^>]*)>(?P<parameters>.*)", re.IGNORECASE)
_SIZE = re.compile(r"\bSIZE=(\d+)", re.IGNORECASE)


class SmtpSession:
    """One visitor who hands over mail. Nobody must sign in, but who tries must know the password."""

    def __init__(self, connection: Connection, *, office: PostOffice, max_size: int) -> None:
        """Serve *connection* from *office*."""
        self.connection = connection
        self.office = office
        self.max_size = max_size
        self.sender: str | None = None
        self.recipients: list[str] = []

    async def talk(self) -> None:
        """Greet, and answer until the visitor leaves."""
        line = self.connection
        line.say(await line.suffer("SMTP") or f"220 {HOST} ESMTP sandbox")
        await line.flush()
        while True:
            command, _, argument = (await line.line()).decode("utf-8", "surrogateescape").partition(" ")
            verb = command.upper()
            handler = VERBS.get(verb)
            line.say(await handler(self, argument.strip()) if handler else "500 5.5.2 Command not recognised")
            await line.flush()
            if verb == "QUIT":
                return

    async def greet(self, argument: str) -> str:
        """EHLO and HELO."""
        self.forget()
        extensions = (HOST, f"SIZE {self.max_size}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
        return await self.connection.suffer("EHLO", argument) or "\r\n".join(
            (*(f"250-{extension}" for extension in extensions), "250 AUTH PLAIN LOGIN XOAUTH2")
        )

    async def authenticate(self, argument: str) -> str:
        """AUTH PLAIN, LOGIN or XOAUTH2."""
        mechanism, _, initial = argument.partition(" ")
        match mechanism.upper():
            case "LOGIN":
                user = decoded(initial.encode()) if initial else await self.ask("Username:")
                credentials = Credentials(user=user, password=await self.ask("Password:"))
            case "PLAIN" | "XOAUTH2" as name:
                credentials = read_sasl(name, decoded(initial.encode()) if initial else await self.ask(""))
            case _:
                return "504 5.5.4 Mechanism not known"
        if refusal := await self.connection.suffer("AUTH", credentials.user):
            return refusal
        if credentials.open(self.office):
            return "235 2.7.0 Welcome"
        if credentials.token is not None:
            await self.ask('{"status":"401"}')  # the reason, which the client acknowledges with an empty line
        return "535 5.7.8 Authentication credentials invalid"

    async def ask(self, question: str) -> str:
        """Send a challenge and return the decoded answer."""
        self.connection.say(f"334 {challenge(question)}")
        await self.connection.flush()
        return decoded(await self.connection.line())

    async def mail(self, argument: str) -> str:
        """MAIL FROM."""
        path = _PATH.match(argument)
        if not path:
            return "501 5.5.4 Syntax: MAIL FROM:<address>"
        size = _SIZE.search(path["parameters"])
        if size and int(size[1]) > self.max_size:
            return "552 5.3.4 Message too big"
        if refusal := await self.connection.suffer("MAIL", path["address"]):
            return refusal
        self.sender, self.recipients = path["address"], []
        return "250 2.1.0 OK"

    async def recipient(self, argument: str) -> str:
        """RCPT TO."""
        path = _PATH.match(argument)
        if self.sender is None or not path:
            return "503 5.5.1 MAIL first" if path else "501 5.5.4 Syntax: RCPT TO:<address>"
        address = path["address"]
        if refusal := await self.connection.suffer("RCPT", address):
            return refusal
        if self.office.find(address) is None:
            return f"550 5.1.1 <{address}>: no such user here"
        self.recipients.append(address)
        return "250 2.1.5 OK"

    async def data(self, argument: str) -> str:
        """Take the mail that follows DATA, up to its final dot."""
        if self.sender is None or not self.recipients or argument:
            return "503 5.5.1 MAIL and RCPT first"
        if refusal := await self.connection.suffer("DATA", self.sender):
            return refusal
        self.connection.say("354 End with a dot on a line by itself")
        await self.connection.flush()
        raw = await self.content()
        sender, recipients = self.sender, tuple(self.recipients)
        self.forget()
        if len(raw) > self.max_size:
            return "552 5.3.4 Message too big"
        if refusal := await self.connection.suffer("DOT", sender):
            return refusal
        self.office.submit(raw, sender=sender, recipients=recipients)
        return f"250 2.0.0 OK: queued as {len(self.office.transactions)}"

    async def content(self) -> bytes:
        """Return the bytes before the dot between two CRLFs; no other line ends a mail."""
        raw = bytearray(b"\r\n")  # the end of the DATA line counts
        while True:
            line = await self.connection.raw_line()
            starts_line = raw.endswith(b"\r\n")
            if starts_line and line == b".\r\n":
                return bytes(raw[2:])
            raw += line[1:] if starts_line and line.startswith(b".") else line

    def forget(self) -> None:
        """Drop the envelope."""
        self.sender, self.recipients = None, []

    async def reset(self, argument: str) -> str:
        """RSET."""
        self.forget()
        return await self.connection.suffer("RSET", argument) or "250 2.0.0 OK"

    async def nothing(self, argument: str) -> str:
        """NOOP."""
        return await self.connection.suffer("NOOP", argument) or "250 2.0.0 OK"

    async def verify(self, argument: str) -> str:
        """VRFY."""
        return await self.connection.suffer("VRFY", argument) or "252 2.1.5 Send some mail, we will try"

    async def quit(self, argument: str) -> str:
        """QUIT."""
        return await self.connection.suffer("QUIT", argument) or "221 2.0.0 Bye"


#: What may be said, and what answers.
VERBS: Final[dict[str, Callable[[SmtpSession, str], Awaitable[str]]]] = {
    "EHLO": SmtpSession.greet,
    "HELO": SmtpSession.greet,
    "AUTH": SmtpSession.authenticate,
    "MAIL": SmtpSession.mail,
    "RCPT": SmtpSession.recipient,
    "DATA": SmtpSession.data,
    "RSET": SmtpSession.reset,
    "NOOP": SmtpSession.nothing,
    "VRFY": SmtpSession.verify,
    "QUIT": SmtpSession.quit,
}
