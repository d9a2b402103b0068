"""One relay seen from both sides: as the door sees it, and as its keeper does."""

from typing import Protocol

from tests.fakes import FakeSender
from tests.servers.smtpsink import SmtpSink

from ticketbot.outbound.smtp import Relay, Sender, SmtpSender
from ticketbot.sandbox.faults import Faults
from ticketbot.sandbox.mailserver import MailServer
from ticketbot.tls import Tls

MARA = "mara@acme.example"
ANA = "ana@desk.example"
SUPPORT = "support@desk.example"


class Station(Protocol):
    """A relay under test, and what its keeper sees."""

    @property
    def sender(self) -> Sender:
        """Return the door."""
        ...

    def taken(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Return what was taken: envelope sender, recipients, bytes."""
        ...

    def refuse(self, address: str) -> None:
        """Know nobody of this address."""
        ...

    def defer(self, address: str) -> None:
        """Ask to come later with mail for this address."""
        ...


class FakeStation:
    """The fake."""

    def __init__(self) -> None:
        self.sender = FakeSender()

    def taken(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        return [(sent.sender, sent.recipients, sent.letter) for sent in self.sender.sent]

    def refuse(self, address: str) -> None:
        self.sender.refused[address] = "550 5.1.1 nobody of that name"

    def defer(self, address: str) -> None:
        self.sender.deferred[address] = "451 4.7.1 later"


class RealStation:
    """A server with faults: the sandbox's or aiosmtpd."""

    def __init__(self, server: MailServer | SmtpSink) -> None:
        self.server = server
        self.faults: Faults = server.faults
        if isinstance(server, MailServer):
            for address in (MARA, ANA, SUPPORT):
                server.office.add_account(address)
        port = server.smtp_port if isinstance(server, MailServer) else server.port
        self.sender = SmtpSender(relay(port=port))

    def taken(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        mails = self.server.office.transactions if isinstance(self.server, MailServer) else self.server.mails
        return [(mail.sender.strip("<>"), mail.recipients, mail.raw) for mail in mails]

    def refuse(self, address: str) -> None:
        self.faults.answer("RCPT", "550 5.1.1 nobody of that name", about=address)

    def defer(self, address: str) -> None:
        self.faults.answer("RCPT", "451 4.7.1 later", about=address)


def relay(*, port: int, username: str = "", password: str = "") -> Relay:
    return Relay(
        host="127.0.0.1",
        port=port,
        tls=Tls.NONE,
        username=username,
        password=password,
        connect_within=5,
        answer_within=5,
        fate_within=5,
    )
