"""An SMTP server by aiosmtpd that remembers what it took, answers as told, and may hand it on to mailboxes."""

import asyncio
import threading
from typing import Any, Literal, Protocol, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.servers.certificate import Certificate
from tests.servers.keeper import HOST
from typing_extensions import override

from ticketbot.clock import Clock, SystemClock
from ticketbot.sandbox.faults import Faults
from ticketbot.sandbox.postoffice import Transaction


class Deliver(Protocol):
    """Puts one mail into one mailbox, as PostOffice.deliver and Dovecot.deliver do."""

    def __call__(self, raw: bytes, *, to: str, sender: str) -> object:
        """Deliver *raw*."""
        ...


class SmtpSink:
    """The server; use it as a context. What it took is in `mails`, what goes wrong in `faults` (ticketbot.sandbox).

    Faults strike at AUTH, MAIL, RCPT and DOT (`answer`, `cut`; `lose_250`). With *deliver* each mail goes to every
    recipient; with *password* nobody may send without signing in.
    """

    host = HOST

    def __init__(
        self,
        *,
        deliver: Deliver | None = None,
        password: str | None = None,
        certificate: Certificate | None = None,
        tls: Literal["none", "starttls", "tls"] = "none",
        clock: Clock | None = None,
        port: int = 0,
    ) -> None:
        self.faults = Faults()
        self.mails: list[Transaction] = []
        self.logins: list[str] = []
        self.news = threading.Condition()
        self._deliver = deliver
        self._password = password
        self._clock = clock or SystemClock()
        context = certificate.context() if certificate else None
        self._controller = _Controller(
            self,
            hostname=HOST,
            port=port,
            ssl_context=context if tls == "tls" else None,
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            authenticator=self._authenticate,
            auth_require_tls=tls == "starttls",
            auth_exclude_mechanism=["CRAM-MD5"],
            enable_SMTPUTF8=True,
            data_size_limit=64 * 1024 * 1024,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def wait_for(self, count: int, *, timeout: float = 10.0) -> list[Transaction]:
        """Block until *count* mails were taken, and return all; an assertion fails if they never are."""
        with self.news:
            if not self.news.wait_for(lambda: len(self.mails) >= count, timeout):
                raise AssertionError(f"The sink took {len(self.mails)} mails in {timeout} s, not {count}.")
            return list(self.mails)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._password is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if refusal := self._suffer("MAIL", address, server):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self._suffer("RCPT", address, server):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        sender, recipients = envelope.mail_from or "", tuple(envelope.rcpt_tos)
        fault = self.faults.take("DOT", sender)
        if fault and (fault.answer or fault.cut_after == -1):
            return fault.answer or _cut(server)
        raw = envelope.original_content or b""
        if self._deliver:
            for recipient in recipients:
                self._deliver(raw, to=recipient, sender=sender)
        with self.news:
            self.mails.append(Transaction(sender=sender, recipients=recipients, raw=raw, at=self._clock.now()))
            self.news.notify_all()
        return _cut(server) if fault and fault.cut_after is not None else "250 2.0.0 OK"

    def _suffer(self, verb: str, about: str, server: SMTP) -> str | None:
        fault = self.faults.take(verb, about)
        if fault is None:
            return None
        return fault.answer or _cut(server)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        user = data.login.decode() if isinstance(data, LoginPassword) else ""
        if refusal := self._suffer("AUTH", user, server):
            return AuthResult(success=False, handled=False, message=refusal)
        is_right = isinstance(data, LoginPassword) and (data.password.decode() == self._password or not self._password)
        if is_right:
            self.logins.append(user)
        return AuthResult(success=is_right, handled=False)


def _cut(server: SMTP) -> str:
    line = server.transport
    if isinstance(line, asyncio.WriteTransport):
        line.abort()
    return "421 4.3.0 The line was cut"


class _Controller(Controller):
    """A controller on a free port."""

    @override
    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
