"""The port behind which mails are understood: here in this process, in the service in a limited child."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from ticketbot.domain.messages import Attachment, Message

#: A file that a mail encloses, with its octets.
File: TypeAlias = tuple[Attachment, bytes | memoryview]


class Reader(Protocol):
    """Understands mails, one at a time."""

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        """Return what the mail says; a mail that cannot be understood is a stub with `error` set.

        *authserv_ids* are the names of our own mail server in the mailbox that it came to (RFC 8601 §2.5).
        """
        ...


class Unpacker(Protocol):
    """Takes out of mails the files that they enclose. They are stored once, inside the raw mail."""

    def files(self, raw: bytes, indexes: Sequence[int]) -> list[File]:
        """Return the files that have these indexes in `Message.attachments`. Raises where there is none."""
        ...


class FullReader(Reader, Unpacker, Protocol):
    """All that is done with the bytes of a mail."""
