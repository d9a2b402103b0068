"""From a draft to the bytes that leave: CRLF, 7-bit, no line over 998 octets, no header made of hostile words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ticketbot.domain.drafts import Draft
from ticketbot.domain.messages import Attachment
from ticketbot.domain.tokens import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskIdentity:
    """Who we are in a From header, and the domain of our Message-IDs."""

    name: str
    address: str
    domain: str


def compose(
    draft: Draft,
    *,
    keys: Keyring,
    desk: DeskIdentity,
    message_id: str,
    date: datetime,
    enclosures: Sequence[tuple[Attachment, bytes]] = (),
) -> bytes:
    """Return the whole mail. The same arguments give the same bytes; hostile subjects, names and texts never fail.

    *message_id* has no brackets; *enclosures* are the draft's, in order, with their decoded bytes.
    """
    raise NotImplementedError
