"""Waiting for news on an IMAP line: in IDLE where the server can, and always ended by whoever wakes us."""

import logging
import select
import socket
import threading
from contextlib import suppress
from time import monotonic

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

log = logging.getLogger(__name__)

#: Servers log idle clients out after half an hour (RFC 2177).
_LONGEST = 28 * 60.0
_ENDS_WITHIN = 20.0
#: How long a server without IDLE is left in peace.
_POLLED_EVERY = 20.0


class Waiter:
    """Waits for the server or for `wake`, whichever comes first."""

    def __init__(self) -> None:
        """Begin awake and without a line."""
        self._woken = threading.Event()
        self._ears: tuple[socket.socket, socket.socket] | None = None
        self._can_idle = False

    def begin(self, *, can_idle: bool) -> None:
        """Begin with a new line."""
        self.end()
        self._can_idle = can_idle
        self._ears = socket.socketpair()
        self._ears[0].setblocking(False)

    def end(self) -> None:
        """Note that the line is gone."""
        ears, self._ears = self._ears, None
        for ear in ears or ():
            ear.close()

    def wake(self) -> None:
        """End a wait, the present or the next one; may be called from any thread."""
        self._woken.set()
        ears = self._ears
        if ears is not None:
            with suppress(OSError):
                ears[1].send(b"!")

    def wait(self, client: IMAPClient, seconds: float) -> bool:
        """Wait at most *seconds*; return whether the server may have news.

        IDLE ends with an exchange, which a dead line fails: imapclient's own `idle_check` takes a closed line for
        silence, and a line that a router forgot stays silent for ever (faults.md A6, A7).
        """
        until = monotonic() + min(seconds, _LONGEST)
        if _has_news(client):
            return True
        while (left := until - monotonic()) > 0 and not self._woken.is_set():
            if not self._can_idle or not self._begin_idle(client):
                self._listen(None, min(left, _POLLED_EVERY))
                return not self._take_wake()
            if self._idle(client, left):
                return True
        self._take_wake()
        return False

    def _idle(self, client: IMAPClient, seconds: float) -> bool:
        line = client.socket()
        answer_within = line.gettimeout()
        if not _has_news(client) and not _has_unread(client):
            self._listen(line, seconds)
        line.settimeout(_ENDS_WITHIN)
        client.idle_done()
        line.settimeout(answer_within)
        return _has_news(client)

    def _begin_idle(self, client: IMAPClient) -> bool:
        """Enter IDLE; return False where the server refuses, which it is then not asked again."""
        try:
            client.idle()
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            # imapclient takes an untagged line before the "+" for an error; RFC 3501 allows it at any time.
            connection, tag = client._imap, client._idle_tag  # noqa: SLF001 - there is no public way
            while not connection.tagged_commands.get(tag):
                if connection._get_response() is None:  # noqa: SLF001 - imapclient has no public way to it
                    return True
            connection.tagged_commands.pop(tag)
            self._can_idle = False
            log.info("the server at %s refuses IDLE; it is polled", client.host)
            return False
        return True

    def _listen(self, line: socket.socket | None, seconds: float) -> None:
        if self._ears is None:
            return
        poller = select.poll()
        poller.register(self._ears[0], select.POLLIN)
        if line is not None:
            poller.register(line, select.POLLIN)
        poller.poll(seconds * 1000)

    def _take_wake(self) -> bool:
        """Return whether we were woken, and forget it."""
        was_woken = self._woken.is_set()
        self._woken.clear()
        if self._ears is not None:
            with suppress(OSError):
                self._ears[0].recv(4096)
        return was_woken


def forget_news(client: IMAPClient) -> None:
    """Forget what the server said of new mails so far; to be called before it is asked for them."""
    client._imap.untagged_responses.pop("EXISTS", None)  # noqa: SLF001 - there is no public way


def _has_news(client: IMAPClient) -> bool:
    """Return whether the server said that there are mails since `forget_news`.

    It may have said so with the answer to any command, and says it only once: news that came with the end of a search
    would else be waited for in vain.
    """
    return "EXISTS" in client._imap.untagged_responses  # noqa: SLF001 - there is no public way


def _has_unread(client: IMAPClient) -> bool:
    """Return whether news came together with the server's "+": it is in a buffer then, where no poll sees it."""
    # imaplib calls it `file` up to Python 3.11; there is no public way.
    buffered = getattr(client._imap, "_file", None) or client._imap.file  # noqa: SLF001 - imapclient has no public way to it
    line = client.socket()
    answer_within = line.gettimeout()
    line.setblocking(False)
    try:
        return bool(buffered.peek(1))
    except OSError:
        return False
    finally:
        line.settimeout(answer_within)
