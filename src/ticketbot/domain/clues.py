"""What to look for in order to find a mail's ticket, and what the store found: the ask and the fetch of threading."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ticketbot.domain.addressing import SignedAddress, read_address, read_anchor, read_markers
from ticketbot.domain.messages import Message
from ticketbot.domain.subjects import is_forward, subject_key, tags_in
from ticketbot.domain.tokens import Audience, Keyring, Token

#: Ids of the conversation that are asked for, the nearest first (behaviour 35).
ANCESTORS_READ = 32
_ADDRESSES_READ = 200
_LONGEST_ID = 998


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """One Message-ID that a mail says it follows; `anchor` is its token where it is a ticket's anchor."""

    message_id: str
    anchor: Token | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What a mail shows of its ticket, strongest evidence first. The store looks up what is in it, and nothing else.

    `signed` are our signed addresses, in order of trust; `ancestors` In-Reply-To, then References from the right;
    `markers` the signed markers of the body; `tags` the numbers in the subject; `body_key` is equal for mails with the
    same subject, text and attachments.
    """

    own_id: str = ""
    signed: tuple[SignedAddress, ...] = ()
    ancestors: tuple[Ancestor, ...] = ()
    markers: tuple[Token, ...] = ()
    tags: tuple[int, ...] = ()
    subject_key: str = ""
    body_key: str = ""
    is_forward: bool = False

    @property
    def message_ids(self) -> tuple[str, ...]:
        """Return the ancestors that are to be found among our letters and the messages kept, nearest first."""
        return tuple(each.message_id for each in self.ancestors if each.anchor is None)

    @property
    def shared_ids(self) -> tuple[str, ...]:
        """Return the ids that other messages may name as ancestors: this mail's ancestors and its own id."""
        return tuple(dict.fromkeys((*self.message_ids, *([self.own_id] if self.own_id else []))))

    @property
    def numbers(self) -> frozenset[int]:
        """Return the ticket numbers that tokens, anchors, markers and tags name."""
        return frozenset(
            {each.token.number for each in self.signed}
            | {each.anchor.number for each in self.ancestors if each.anchor is not None}
            | {each.number for each in self.markers}
            | set(self.tags)
        )

    def own_token(self, address: str, audiences: Iterable[Audience]) -> Token | None:
        """Return the first token of these audiences that was made for this very person, e.g. to answer a challenge."""
        wanted = frozenset(audiences)
        return next(
            (each.token for each in self.signed if each.token.audience in wanted and each.token.is_for(address)), None
        )


class Direction(StrEnum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTicket:
    """A ticket as threading sees it. Addresses are lower case; `participants` includes the requester.

    `mailboxes` are the addresses of ours that its mails were written to, empty where that is not known.
    """

    number: int
    client: str | None = None
    participants: frozenset[str] = frozenset()
    closed_at: datetime | None = None
    merged_into: int | None = None
    mailboxes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMessage:
    """A message or letter of ours on a ticket that has one of the Message-IDs asked for."""

    message_id: str
    ticket: int
    at: datetime
    direction: Direction = Direction.IN
    is_internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A message on a ticket that names one of the ids asked for as an ancestor of its own."""

    shared_id: str
    ticket: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store found for the clues. `tickets` holds every ticket named below and, for merged ones, their targets.

    `duplicates` are tickets with a message of the same sender and body key within the last 24 hours, the first first.
    """

    tickets: Mapping[int, KnownTicket] = field(default_factory=dict)
    messages: tuple[KnownMessage, ...] = ()
    relatives: tuple[Relative, ...] = ()
    duplicates: tuple[int, ...] = ()


def clues(message: Message, *, keys: Keyring, now: datetime) -> Clues:
    """Return what to look for in order to find a mail's ticket."""
    return Clues(
        own_id=message.message_id if len(message.message_id) <= _LONGEST_ID else "",
        signed=tuple(_signed(message, keys=keys, now=now)),
        ancestors=tuple(_ancestors(message, keys=keys, now=now)),
        markers=read_markers(message.text, keys=keys, now=now),
        tags=tags_in(message.subject),
        subject_key=subject_key(message.subject),
        body_key=body_key(message),
        is_forward=is_forward(message.subject) or message.passes_on,
    )


def body_key(message: Message) -> str:
    """Return 32 characters that are equal for mails with the same subject, text and attachments, and for no others."""
    told = "\0".join(
        (
            subject_key(message.subject),
            " ".join(message.text.split()).casefold(),
            *sorted(attachment.sha256 for attachment in message.attachments),
        )
    )
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _signed(message: Message, *, keys: Keyring, now: datetime) -> Iterator[SignedAddress]:
    """Yield our signed addresses: those the server delivered to, then To, then Cc, each once."""
    addresses = (*message.delivered_to, *(each.address for each in message.people))
    for address in dict.fromkeys(addresses[:_ADDRESSES_READ]):
        if found := read_address(address, keys=keys, now=now):
            yield found


def _ancestors(message: Message, *, keys: Keyring, now: datetime) -> Iterator[Ancestor]:
    """Yield the ids that a mail follows: In-Reply-To, then References from right to left, each once."""
    ids = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    usable = [each for each in ids if each and len(each) <= _LONGEST_ID and each != message.message_id]
    for message_id in usable[:ANCESTORS_READ]:
        yield Ancestor(message_id=message_id, anchor=read_anchor(message_id, keys=keys, now=now))
