"""The files that a mail encloses, decoded: they are stored once, inside the raw mail, and taken out when needed."""

from collections.abc import Sequence

from ticketbot.inbound import body, walk
from ticketbot.inbound.reader import File
from ticketbot.inbound.walk import Limits


def files(raw: bytes, indexes: Sequence[int], *, limits: Limits) -> list[File]:
    """Return the files that have these indexes in `Message.attachments`. Raises IndexError where there is none."""
    found = body.of(walk.tree(raw, limits=limits)).files
    return [found[index] for index in indexes]
