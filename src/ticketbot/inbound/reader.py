"""The port behind which mails are understood: here in this process, in the service in a limited child."""

from dataclasses import dataclass
from typing import Protocol

from ticketbot.domain.messages import Message
from ticketbot.inbound import parse
from ticketbot.inbound.walk import Limits


class Reader(Protocol):
    """Understands mails, one at a time."""

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        """Return what the mail says; a mail that cannot be understood is a stub with `error` set.

        *authserv_ids* are the names of our own mail server in the mailbox that it came to (RFC 8601 §2.5).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineReader:
    """Reads in this very process, with the same caps."""

    limits: Limits = Limits()  # noqa: RUF009 - frozen

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        """Return what the mail says; a mail that cannot be understood is a stub with `error` set."""
        return parse.read(raw, limits=self.limits, authserv_ids=authserv_ids)
