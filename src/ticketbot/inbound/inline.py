"""Mails understood in this very process: in rehearsals and unit tests, where nobody sends hostile bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketbot.domain.messages import Message
from ticketbot.inbound import enclosed, parse
from ticketbot.inbound.reader import File
from ticketbot.inbound.walk import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineReader:
    """Reads in this very process, with the same caps."""

    limits: Limits = Limits()  # noqa: RUF009 - frozen

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        """Return what the mail says; a mail that cannot be understood is a stub with `error` set."""
        return parse.read(raw, limits=self.limits, authserv_ids=authserv_ids)

    def files(self, raw: bytes, indexes: Sequence[int]) -> list[File]:
        """Return the files that have these indexes in `Message.attachments`. Raises IndexError where there is none."""
        return enclosed.files(raw, indexes, limits=self.limits)
