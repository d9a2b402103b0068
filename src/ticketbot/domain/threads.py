"""Which ticket a mail belongs to: behaviours.md §1, steps 4 and 5, as a table of evidence and a table of vetoes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ticketbot.domain.authority import Voice, voice_on
from ticketbot.domain.clues import Clues, Direction, Known, KnownTicket
from ticketbot.domain.messages import Message
from ticketbot.domain.senders import Sender
from ticketbot.domain.tokens import Token

REOPEN_WINDOW = timedelta(days=14)
RELATED_WINDOW = timedelta(days=14)


class Evidence(StrEnum):
    """What ties a mail to a ticket, strongest first (the numbers of behaviours.md)."""

    ADDRESS = "1 signed address"
    OWN_ID = "2 our own Message-ID"
    FOREIGN_ID = "3 a Message-ID that we keep"
    MARKER = "4 signed marker in the quoted body"
    ANCESTOR = "5 shared ancestor that nobody sent us"
    TAG = "6 tag in the subject"
    DUPLICATE = "7 the same mail again"
    NONE = "8 nothing"


class Veto(StrEnum):
    """Why a mail does not join the ticket that its evidence names."""

    FORWARDED = "forwarded"
    CLOSED = "closed for too long"
    CIRCLE = "merged in a circle"
    OTHER_CLIENT = "another client's ticket"
    CONTRADICTION = "address and headers name different tickets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One candidate that was looked at, and what was found: a line of `mail why`."""

    evidence: Evidence
    ticket: int | None
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The ticket of a mail, or none, with the reason and every step that led there.

    `ticket` is None for a new one. `voice` says how a sender who is not staff speaks on it. `token` is the staff
    member's own token, where they wrote to the address made for them. `is_internal`: the mail answers an internal one
    and stays internal whoever wrote it. `follow_up_of` is the closed ticket that a new one continues, `related` a
    ticket to link or suggest to staff. A security event is recorded where `is_security_event`; `is_flagged` asks a
    person to look.
    """

    ticket: int | None
    evidence: Evidence
    reason: str
    veto: Veto | None = None
    voice: Voice | None = None
    token: Token | None = None
    is_internal: bool = False
    follow_up_of: int | None = None
    related: int | None = None
    is_security_event: bool = False
    is_flagged: bool = False
    trace: tuple[Step, ...] = field(default=())


def decide(
    message: Message,
    clues: Clues,
    known: Known,
    *,
    sender: Sender,
    ours: frozenset[str],
    now: datetime,
    is_machine: bool = False,
    reopen_window: timedelta = REOPEN_WINDOW,
) -> Match:
    """Return the ticket that a mail belongs to, or none.

    *ours* are all our addresses and those of staff, lower case: they are nobody's new recipients. *is_machine*: the
    mail is an automatic reply, which never reopens anything and so may join a closed ticket.
    """
    raise NotImplementedError
