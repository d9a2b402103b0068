"""What became of a received mail, as the ledger and `mail list` tell it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ticketbot.store.models import MailState


class Fate(StrEnum):
    """The outcomes of contracts.md §4."""

    TICKET = "ticket"
    APPEND = "append"
    TRIAGE = "triage"
    QUARANTINE = "quarantine"
    REJECT = "reject"
    SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A received mail's new state, its fate, why, and the message and ticket that it became part of."""

    state: MailState
    fate: Fate
    reason: str
    message_id: int | None = None
    ticket_id: int | None = None
    challenge: int | None = None
    held_until: datetime | None = None


def suppressed(reason: str, *, message_id: int | None = None, ticket_id: int | None = None) -> Outcome:
    """Return the outcome of a mail that is kept and asks nothing of anybody."""
    return Outcome(state=MailState.DONE, fate=Fate.SUPPRESS, reason=reason, message_id=message_id, ticket_id=ticket_id)


def joined(ticket_id: int, message_id: int | None, reason: str) -> Outcome:
    """Return the outcome of a mail that became a step in a ticket."""
    return Outcome(state=MailState.DONE, fate=Fate.APPEND, reason=reason, message_id=message_id, ticket_id=ticket_id)


def opened(ticket_id: int, message_id: int | None, reason: str) -> Outcome:
    """Return the outcome of a mail that opened a ticket."""
    return Outcome(state=MailState.DONE, fate=Fate.TICKET, reason=reason, message_id=message_id, ticket_id=ticket_id)
