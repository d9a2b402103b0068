"""The port behind which mails are understood: here in this process, in the service in a limited child."""

from dataclasses import dataclass
from typing import Protocol

from ticketbot.domain.messages import Message
from ticketbot.inbound import parse
from ticketbot.inbound.walk import Limits


class Reader(Protocol):
    """Understands mails, one at a time."""

    def read(self, raw: bytes) -> Message:
        """Return what the mail says; a mail that cannot be understood is a stub with `error` set."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineReader:
    """Reads in this very process, with the same caps. `authserv_ids` names our own mail server (RFC 8601 §2.5)."""

    limits: Limits = Limits()  # noqa: RUF009 - frozen
    authserv_ids: frozenset[str] = frozenset()

    def read(self, raw: bytes) -> Message:
        return parse.read(raw, limits=self.limits, authserv_ids=self.authserv_ids)
