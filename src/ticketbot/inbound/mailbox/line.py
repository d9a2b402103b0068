"""A line to an IMAP server: opened without ever saying the password where others can hear, its errors made ours."""

import base64
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from ticketbot.domain.errors import MailboxRefused, MailboxUnavailable
from ticketbot.inbound.mailbox.port import Account, is_temporary, suggested_wait
from ticketbot.tls import Tls, is_loopback, verifying, without_secrets

#: What imapclient and imaplib raise when a server's answer is not IMAP.
GARBLED = (ValueError, TypeError, LookupError, AssertionError, AttributeError)
_GOODBYE_WITHIN = 5.0


class Line:
    """The connection of one mailbox, while there is one. Any failure ends it; `connect` begins anew."""

    def __init__(self, account: Account) -> None:
        """Remember where *account* is; nothing is connected yet."""
        self.account = account
        self.patience = timedelta()
        self._client: IMAPClient | None = None

    @property
    def is_open(self) -> bool:
        """Return whether there is a connection."""
        return self._client is not None

    @property
    def where(self) -> str:
        """Return the mailbox's name in sentences."""
        return f"the mailbox of {self.account.username} at {self.account.host}:{self.account.port}"

    def connect(self) -> IMAPClient:
        """Connect and log in; to be called inside `speaking`."""
        self._require_privacy()
        account = self.account
        context = None if account.tls == Tls.NONE else verifying(account.ca_file)
        client = self._client = IMAPClient(
            account.host,
            account.port,
            ssl=account.tls == Tls.TLS,
            ssl_context=context,
            # Annotated as a float alone; imapclient documents and takes both limits.
            timeout=SocketTimeout(account.connect_within, account.answer_within),  # type: ignore[arg-type]
        )
        client.normalise_times = False
        # imapclient sends a command and its line end apart; without this each search waits 40 ms for the other side.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # At its level 5 imaplib builds the text of every literal twice and throws it away (four times slower).
        if hasattr(client._imap, "debug"):  # noqa: SLF001 - there is no public way
            client._imap.debug = 0  # noqa: SLF001 - imapclient sets 5
        if account.tls == Tls.STARTTLS:
            if not client.has_capability("STARTTLS"):
                raise MailboxRefused(
                    f"{self.where} offers no STARTTLS, so the password was not sent: set the right port, or "
                    'tls = "tls"; if it used to offer it, somebody may be listening'
                )
            client.starttls(context)
        self._log_in(client)
        return client

    def _require_privacy(self) -> None:
        account = self.account
        if account.tls == Tls.NONE and not is_loopback(account.host):
            raise MailboxRefused(
                f'{self.where} would hear the password unprotected: set tls = "tls" or "starttls"; '
                '"none" is for a server on this machine'
            )
        if not (account.username + account.password).isprintable():
            raise MailboxRefused(
                f"the user name or password for {self.where} holds a control character, perhaps a line break: "
                "please correct it"
            )

    def _log_in(self, client: IMAPClient) -> None:
        account = self.account
        try:
            # LOGIN knows ASCII only and quotes no user name; AUTHENTICATE PLAIN takes both as they are.
            if client.has_capability("AUTH=PLAIN"):
                client.plain_login(account.username, account.password)
            elif client.has_capability("LOGINDISABLED"):
                raise MailboxRefused(f"{self.where} takes no password on this kind of line: set tls and its port")
            else:
                client.login(_quoted(account.username), account.password)
        except UnicodeEncodeError:
            raise MailboxRefused(
                f"{self.where} has no way to be told a password that is not plain ASCII: please choose another one"
            ) from None

    def goodbye(self) -> None:
        """Log out, if there is a connection, and end it; never raises."""
        if self._client is not None:
            with suppress(OSError, IMAPClientError, *GARBLED):
                self._client.socket().settimeout(_GOODBYE_WITHIN)
                self._client.logout()
        self.drop()

    def drop(self) -> None:
        """End the connection without a word; never raises."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, IMAPClientError, *GARBLED):
                client.shutdown()

    def cut(self) -> None:
        """Break the connection from another thread, so that whatever is being done on it fails soon."""
        client = self._client
        if client is not None:
            with suppress(OSError, *GARBLED):
                # Not SSLSocket.shutdown, which takes the TLS state away under the feet of the thread that reads.
                socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)

    @contextmanager
    def talking(self, failing: str) -> Iterator[IMAPClient]:
        """Give the connection for one exchange; *failing* says what went wrong if it fails."""
        if self._client is None:
            raise MailboxUnavailable(f"there is no line to {self.where}")
        with self.speaking(failing):
            yield self._client

    @contextmanager
    def speaking(self, failing: str) -> Iterator[None]:
        """Turn every failure of the block into ours, in a sentence that says what to do; then drop the line.

        A MailboxRefused that the block raised itself passes, and the line lives on.
        """
        try:
            yield
        except MailboxRefused:
            raise
        except (IMAPClientError, OSError, *GARBLED) as error:
            self.drop()
            raise self._translated(error, failing) from error

    def _translated(self, error: Exception, failing: str) -> MailboxRefused | MailboxUnavailable:
        where = self.where
        match error:
            case ssl.SSLCertVerificationError():
                return MailboxRefused(
                    f"{where} shows a certificate that is not valid ({error.verify_message}); the password was not "
                    "sent: set the host name that the certificate names, or ca_file, or have it renewed"
                )
            case TimeoutError():
                return MailboxUnavailable(f"{where} {failing}: no answer in time; check host, port and tls")
            case LoginError() if not is_temporary(str(error)):
                return MailboxRefused(
                    f"{where} refused the login ({self.heard(error)}): check the user name, the password, and that "
                    "the account allows IMAP"
                )
            case IMAPClientError():
                self.patience = suggested_wait(str(error))
                return MailboxUnavailable(f"{where} {failing}: {self.heard(error)}")
            case OSError():
                return MailboxUnavailable(f"{where} cannot be reached ({self.heard(error)}); check host, port and tls")
            case _:
                return MailboxUnavailable(f"{where} {failing}: its answer was not IMAP")

    def heard(self, error: Exception) -> str:
        """Return what the server said, fit for people and logs."""
        password = self.account.password
        plain = base64.b64encode(f"\0{self.account.username}\0{password}".encode()).decode()
        return without_secrets(str(error), plain, password)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
