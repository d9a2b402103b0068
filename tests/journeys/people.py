"""People with mail programs of their own: they send by SMTP, read by IMAP, and answer as mail programs do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as WIRE
from email.policy import default
from email.utils import format_datetime, make_msgid, parseaddr
from smtplib import SMTP

from tests.journeys.house import House
from tests.servers.smtpsink import SmtpSink

from ticketbot.clock import SystemClock


@dataclass(kw_only=True, slots=True)
class Person:
    """Somebody with an account on Dovecot, who sends by a server that is not the desk's relay."""

    name: str
    address: str
    house: House
    post: SmtpSink
    sent: list[EmailMessage] = field(default_factory=list)

    def write(
        self, *, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None, attached: bytes = b""
    ) -> EmailMessage:
        """Send a mail of one's own."""
        mail = EmailMessage(policy=WIRE)
        mail["From"] = f"{self.name} <{self.address}>"
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(SystemClock().now())
        mail["Message-ID"] = make_msgid(domain=self.address.rpartition("@")[2])
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        if attached:
            mail.add_attachment(attached, maintype="application", subtype="octet-stream", filename="dump.bin")
        with SMTP(self.post.host, self.post.port) as line:
            line.send_message(mail)
        self.sent.append(mail)
        return mail

    def answer(self, got: EmailMessage, text: str) -> EmailMessage:
        """Answer a mail where it asks to be answered, above a signature and the whole of it quoted."""
        subject = str(got["Subject"])
        body = f"{text}\n\n-- \n{self.name}\n\n{_quoted(got)}"
        return self.write(
            to=parseaddr(str(got["Reply-To"] or got["From"]))[1],
            subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
            text=body,
            headers={
                "In-Reply-To": str(got["Message-ID"]),
                "References": " ".join([*str(got["References"] or "").split(), str(got["Message-ID"])]),
            },
        )

    def inbox(self) -> list[EmailMessage]:
        """Return the mails in the inbox, oldest first; one that came twice stands there twice."""
        return [read(stored.raw) for stored in self.house.folder_of(self.address)]

    def gets(self, number: int) -> EmailMessage:
        """Wait until so many mails have come, repeats not counted, and return the last of them."""
        return self.house.until(lambda: self._mail(number), what=f"{self.name} gets mail number {number}")

    def _mail(self, number: int) -> EmailMessage | None:
        different: dict[str, EmailMessage] = {}
        for mail in self.inbox():
            different.setdefault(str(mail["Message-ID"]), mail)
        return list(different.values())[number - 1] if len(different) >= number else None


def read(raw: bytes) -> EmailMessage:
    """Return a mail as the standard library understands it."""
    return BytesParser(_class=EmailMessage, policy=default).parsebytes(raw)


def plain(mail: EmailMessage) -> str:
    """Return the text part of a mail, its no-break spaces as spaces."""
    return _body(mail, "plain")


def html(mail: EmailMessage) -> str:
    """Return the HTML part of a mail, its no-break spaces as spaces."""
    return _body(mail, "html")


def everything(mail: EmailMessage) -> str:
    """Return all that a curious reader finds in a mail: its headers and every part, decoded."""
    parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])


def addresses(mail: EmailMessage, name: str) -> str:
    """Return a header as one unfolded line."""
    return " ".join(str(mail[name] or "").split())


def _body(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\N{NO-BREAK SPACE}", " ")


def _quoted(mail: EmailMessage) -> str:
    lines = plain(mail).strip().splitlines()
    who = parseaddr(str(mail["From"]))[0]
    return "\n".join([f"On {mail['Date']}, {who} wrote:", *(f"> {line}" for line in lines)])
