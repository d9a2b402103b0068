"""The only door to SMTP: a relay that takes letters, and what it may say to one."""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ticketbot.domain.errors import (
    DeliveryUnknown,
    LetterDeferred,
    LetterRefused,
    RelayRefused,
    RelayUnavailable,
)
from ticketbot.tls import Tls, is_loopback, verifying, without_secrets

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>@\x00-\x1f\x7f]{1,200}@[^\s<>@\x00-\x1f\x7f]{1,253}")
#: RFC 5321, 4.5.3.2.6: a relay may need that long to say that it took the letter.
_FATE_WITHIN = 600.0
_GOODBYE_WITHIN = 5.0
_SENT_AT_ONCE = 64 * 1024
_LOWEST, _HIGHEST = 200, 599
_TRY_LATER = 400
_REFUSED = 500
_CLOSING = 421
_GO_ON = 354
_AUTH_CONTINUES = 334
_AUTH_TEMPORARY = (421, 432, 454)
#: What a relay says to MAIL when it minds the letter (its size), not who sends it.
_TOO_LARGE = 552
_LETTER_S_FAULT = ("5.2.", "5.3.4", "5.6.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where letters are handed over, and how."""

    host: str
    port: int = 587
    tls: Tls = Tls.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    hello: str = ""
    connect_within: float = 30
    answer_within: float = 60
    fate_within: float = _FATE_WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The relay took the letter, for all its recipients but those named here with what the relay said of them."""

    reply: str
    refused: Mapping[str, str] = field(default_factory=dict)
    deferred: Mapping[str, str] = field(default_factory=dict)


class Sender(Protocol):
    """Hands letters to a relay. It belongs to one thread; only `shut` may be called from others."""

    def send(self, letter: bytes, *, sender: str, recipients: Sequence[str]) -> Receipt:
        """Hand over the bytes of one letter; *sender* is the envelope's, and may be empty.

        Raises LetterDeferred or LetterRefused when nobody got it, RelayUnavailable or RelayRefused when the relay
        took nothing from us at all, and DeliveryUnknown when the line broke after the letter was handed over.
        """
        ...

    def close(self) -> None:
        """Say goodbye, if there is a line; never raises."""
        ...

    def shut(self) -> None:
        """Break the line, so that whatever is being done on it fails soon."""
        ...


class SmtpSender:
    """A relay behind smtplib; the line is kept for the next letter."""

    def __init__(self, relay: Relay) -> None:
        """Remember where *relay* is; nothing is connected yet."""
        self.relay = relay
        self._client: smtplib.SMTP | None = None

    def send(self, letter: bytes, *, sender: str, recipients: Sequence[str]) -> Receipt:
        """Hand over the bytes of one letter, their line ends made CRLF; see `Sender`."""
        if not recipients:
            raise LetterRefused("the letter has no recipient")
        was_kept = self._client is not None
        try:
            return self._deliver(self._client or self._connect(), letter, sender, recipients)
        except RelayUnavailable:
            if not was_kept:
                raise
        # The relay had closed the line that we kept; nothing was handed over.
        return self._deliver(self._connect(), letter, sender, recipients)

    def probe(self, *, sender: str) -> None:
        """Connect, log in and ask whether letters from *sender* are taken; nothing is handed over. Raises as `send`."""
        client = self._client or self._connect()
        with self._speaking():
            self._from(client, sender, octets=1)
            self._begin_anew(client)

    def _deliver(self, client: smtplib.SMTP, letter: bytes, sender: str, recipients: Sequence[str]) -> Receipt:
        with self._speaking():
            self._from(client, sender, octets=len(letter))
            refused, deferred = self._to(client, recipients)
            if len(refused) + len(deferred) == len(set(recipients)):
                self._begin_anew(client)
                words = "; ".join((refused | deferred).values())
                raise (LetterDeferred if deferred else LetterRefused)(words)
            code, words = _reply(client.docmd("DATA"))
            if code != _GO_ON:
                raise self._objection(client, code, words)
            # In pieces, since a timeout is for the whole of what is sent at once, and memory holds a large one once.
            for piece in as_sent(letter):
                client.send(piece)
        try:
            code, words = self._fate(client)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._drop()
            raise DeliveryUnknown(
                f"the line to {self._where} broke after the letter was handed over ({self._heard(error)})"
            ) from error
        if code >= _TRY_LATER:
            raise self._objection(client, code, words)
        return Receipt(reply=f"{code} {words}", refused=refused, deferred=deferred)

    def _fate(self, client: smtplib.SMTP) -> tuple[int, str]:
        if client.sock is not None:
            client.sock.settimeout(self.relay.fate_within)
        code, words = _reply(client.getreply())
        if client.sock is not None:
            client.sock.settimeout(self.relay.answer_within)
        if _AUTH_CONTINUES <= code < _TRY_LATER:
            raise ValueError(f"{code} {words}")
        return code, words

    def _from(self, client: smtplib.SMTP, sender: str, *, octets: int) -> None:
        known = _for_envelope(sender) if sender else ""
        if known is None:
            raise LetterRefused(f"{sender!r} is no address that a letter can come from")
        size = f" SIZE={octets}" if client.has_extn("size") else ""
        code, words = _reply(client.docmd("MAIL", f"FROM:<{known}>{size}"))
        if code < _TRY_LATER:
            return
        if code < _REFUSED or code == _TOO_LARGE or words.startswith(_LETTER_S_FAULT):
            raise self._objection(client, code, words)
        self._begin_anew(client)
        raise RelayRefused(f"{self._where} takes no letters from {sender or '<>'}: {code} {words}")

    def _to(self, client: smtplib.SMTP, recipients: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        refused: dict[str, str] = {}
        deferred: dict[str, str] = {}
        for address in dict.fromkeys(recipients):
            known = _for_envelope(address)
            if known is None:
                refused[address] = f"{address!r} is no address that a letter can go to"
                continue
            code, words = _reply(client.docmd("RCPT", f"TO:<{known}>"))
            if code == _CLOSING:
                raise self._objection(client, code, words)
            if code >= _REFUSED:
                refused[address] = f"{code} {words}"
            elif code >= _TRY_LATER:
                deferred[address] = f"{code} {words}"
        return refused, deferred

    def _objection(
        self, client: smtplib.SMTP, code: int, words: str
    ) -> LetterDeferred | LetterRefused | RelayUnavailable:
        """Return what the relay has against this letter, or now against all, and make ready for the next one."""
        if code == _CLOSING:
            self._drop()
            return RelayUnavailable(f"{self._where} ended the conversation: {code} {words}")
        self._begin_anew(client)
        return (LetterRefused if code >= _REFUSED else LetterDeferred)(f"{code} {words}")

    def _begin_anew(self, client: smtplib.SMTP) -> None:
        try:
            client.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    # Connecting

    def _connect(self) -> smtplib.SMTP:
        relay = self.relay
        if relay.tls == Tls.NONE and not is_loopback(relay.host):
            raise RelayRefused(
                f'{self._where} would hear every letter unprotected: set tls = "tls" or "starttls"; '
                '"none" is for a relay on this machine'
            )
        with self._speaking():
            client = self._client = self._open()
            if client.sock is not None:
                client.sock.settimeout(relay.answer_within)
                client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                client.local_hostname = relay.hello or f"[{client.sock.getsockname()[0]}]"
            client.ehlo_or_helo_if_needed()
            if relay.tls == Tls.STARTTLS:
                self._start_tls(client)
            if relay.username:
                self._log_in(client)
        return client

    def _open(self) -> smtplib.SMTP:
        relay = self.relay
        # Without a name for us smtplib would ask the DNS; the true one follows before the greeting.
        if relay.tls == Tls.TLS:
            context = verifying(relay.ca_file)
            return smtplib.SMTP_SSL(
                relay.host, relay.port, local_hostname="localhost", timeout=relay.connect_within, context=context
            )
        return smtplib.SMTP(relay.host, relay.port, local_hostname="localhost", timeout=relay.connect_within)

    def _start_tls(self, client: smtplib.SMTP) -> None:
        if not client.has_extn("starttls"):
            self._drop()
            raise RelayRefused(
                f"{self._where} offers no STARTTLS, so nothing was sent: set the right port, or "
                'tls = "tls"; if it used to offer it, somebody may be listening'
            )
        client.starttls(context=verifying(self.relay.ca_file))
        client.ehlo_or_helo_if_needed()

    def _log_in(self, client: smtplib.SMTP) -> None:
        """Say user name and password; smtplib's own login knows ASCII only."""
        relay = self.relay
        offered = client.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            code, words = _reply(client.docmd("AUTH", f"PLAIN {self._plain()}"))
        elif "LOGIN" in offered:
            code, words = _reply(client.docmd("AUTH", "LOGIN"))
            for secret in (relay.username, relay.password):
                if code == _AUTH_CONTINUES:
                    code, words = _reply(client.docmd(base64.b64encode(secret.encode()).decode()))
        else:
            self._drop()
            raise RelayRefused(
                f"{self._where} takes no password in a way that we know (PLAIN, LOGIN): check port and tls, or remove "
                "the user name if it needs none"
            )
        if code < _AUTH_CONTINUES:
            return
        self._drop()
        said = without_secrets(f"{code} {words}", self._plain(), relay.password)
        if code in _AUTH_TEMPORARY:
            raise RelayUnavailable(f"{self._where} does not let us in now: {said}")
        raise RelayRefused(f"{self._where} refused the login ({said}): check the user name and the password")

    def _plain(self) -> str:
        return base64.b64encode(f"\0{self.relay.username}\0{self.relay.password}".encode()).decode()

    def close(self) -> None:
        """Say goodbye, if there is a line; never raises."""
        if self._client is not None:
            with suppress(OSError, smtplib.SMTPException, ValueError):
                if self._client.sock is not None:
                    self._client.sock.settimeout(_GOODBYE_WITHIN)
                self._client.quit()
        self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def shut(self) -> None:
        """Break the line, so that whatever is being done on it fails soon."""
        line = self._client.sock if self._client is not None else None
        if line is not None:
            with suppress(OSError, ValueError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    # Saying what went wrong

    @property
    def _where(self) -> str:
        return f"the relay {self.relay.host}:{self.relay.port}"

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn a broken line into RelayUnavailable: the letter was certainly not handed over."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            self._drop()
            raise RelayRefused(
                f"{self._where} shows a certificate that is not valid ({error.verify_message}); nothing was sent: set "
                "the host name that the certificate names, or ca_file, or have it renewed"
            ) from error
        except TimeoutError as error:
            self._drop()
            raise RelayUnavailable(f"{self._where} gave no answer in time; check host, port and tls") from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._drop()
            raise RelayUnavailable(
                f"{self._where} cannot be reached ({self._heard(error)}); check host, port and tls"
            ) from error

    def _heard(self, error: Exception) -> str:
        return without_secrets(str(error), self._plain(), self.relay.password)


def as_sent(letter: bytes, *, at_once: int = _SENT_AT_ONCE) -> Iterator[bytes]:
    r"""Yield *letter* as it goes over the line, about so much *at once*: CRLF only, dots doubled, ended by a dot.

    smtplib passes bytes as they are, so a bare CR or LF before a dot could smuggle a second mail (faults.md §1.7).
    """
    start = 0
    while start < len(letter):
        # A piece ends behind a line feed, which ends a line whatever stands before it.
        end = letter.find(b"\n", start + at_once) + 1 or len(letter)
        lines = _LINE_ENDS.sub(b"\r\n", letter[start:end])
        if end == len(letter) and not lines.endswith(b"\r\n"):
            lines += b"\r\n"
        yield _LEADING_DOT.sub(b"..", lines)
        start = end
    yield b".\r\n" if letter else b"\r\n.\r\n"


def _for_envelope(address: str) -> str | None:
    """Return *address* as an envelope can carry it, its domain in ASCII; None if it cannot."""
    if not _ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.rpartition("@")
    try:
        known = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    return known if known.isascii() else None


def _reply(answer: tuple[int, bytes]) -> tuple[int, str]:
    code, words = answer
    if not _LOWEST <= code <= _HIGHEST:
        raise ValueError("its answer was not SMTP")
    return code, without_secrets(words.decode("utf-8", "replace"))
