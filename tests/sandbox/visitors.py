from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTP

from imapclient import IMAPClient

from ticketbot.sandbox.mailserver import MailServer

MARA = "mara@acme.example"
SUPPORT = "support@desk.example"


def a_mail(
    subject: str = "Payroll is late", *, sender: str = MARA, to: str = SUPPORT, text: str = "Since noon."
) -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject.replace(' ', '-')}@acme.example>\r\n\r\n{text}\r\n"
    ).encode()


@contextmanager
def imap(server: MailServer, user: str = SUPPORT, *, select: str | None = "INBOX") -> Iterator[IMAPClient]:
    with IMAPClient(server.host, server.imap_port, ssl=False, timeout=10) as client:
        client.normalise_times = False
        client.plain_login(user, "secret")
        if select:
            client.select_folder(select)
        yield client


@contextmanager
def smtp(server: MailServer) -> Iterator[SMTP]:
    with SMTP(server.host, server.smtp_port, timeout=10) as client:
        yield client
