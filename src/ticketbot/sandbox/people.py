"""People of a story with a mail program each: they write, and answer what they got as real programs do."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime, parseaddr

from ticketbot.domain.errors import NotFound
from ticketbot.sandbox.postoffice import PostOffice


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account at the sandbox's post office."""

    name: str
    address: str
    office: PostOffice

    def write(
        self, *, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None, cc: str | None = None
    ) -> bytes:
        """Send a mail of one's own; return its bytes."""
        mail = self._mail(to=to, subject=subject, text=text)
        if cc:
            mail["Cc"] = cc
        for name, value in (headers or {}).items():
            mail[name] = value
        return self._send(mail, to=to)

    def answer(
        self, text: str, *, about: str, is_note: bool = False, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Answer the newest mail whose subject holds *about*, to where it asks to be answered, quoting it.

        Staff answer the newest one that reaches the client, or with *is_note* the newest whose answer stays inside.
        """
        got = self.newest(about, answered_by="+n." if is_note else "+r.")
        to = parseaddr(str(got.get("Reply-To") or got["From"]))[1]
        subject = str(got["Subject"])
        subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        mail = self._mail(to=to, subject=subject, text=f"{text}\n\n{quoted(got)}")
        mail["In-Reply-To"] = str(got["Message-ID"])
        mail["References"] = " ".join([*str(got.get("References") or "").split(), str(got["Message-ID"])])
        for name, value in (headers or {}).items():
            mail[name] = value
        return self._send(mail, to=to)

    def newest(self, about: str, *, answered_by: str = "") -> EmailMessage:
        """Return the newest mail in the inbox whose subject holds *about*; raises NotFound.

        *answered_by* is a part of the address that it wants its answer at.
        """
        for stored in reversed(self.office.messages(self.address)):
            mail = BytesParser(_class=EmailMessage, policy=default).parsebytes(stored.raw)
            if about in str(mail["Subject"]) and answered_by in str(mail["Reply-To"] or ""):
                return mail
        raise NotFound(f"{self.name} got no mail about {about!r}")

    def _mail(self, *, to: str, subject: str, text: str) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"{self.name} <{self.address}>"
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self.office.clock.now())
        local, _, domain = self.address.partition("@")
        mail["Message-ID"] = (
            f"<{self.office.clock.now():%Y%m%d%H%M%S}.{len(self.office.transactions)}.{local}@{domain}>"
        )
        mail.set_content(text)
        return mail

    def _send(self, mail: EmailMessage, *, to: str) -> bytes:
        raw = mail.as_bytes()
        self.office.deliver(raw, to=to, sender=self.address)
        return raw


def text_of(mail: EmailMessage) -> str:
    """Return the words of a mail."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def quoted(mail: EmailMessage) -> str:
    """Return a mail as mail programs quote it below an answer."""
    lines = text_of(mail).strip().splitlines()
    return "\n".join([f"On {mail['Date']}, {parseaddr(str(mail['From']))[0]} wrote:", *(f"> {line}" for line in lines)])
