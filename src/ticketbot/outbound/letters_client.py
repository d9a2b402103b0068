"""The letters that clients read: no code, no jargon, every promise a time on a clock, one clear next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ticketbot.domain.drafts import Draft, Enclosure
from ticketbot.outbound.facts import Cause, HoursFacts, Reader, Thread, TicketFacts, TicketLine
from ticketbot.outbound.letters import Code, key_of, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A ready answer that an acknowledgement may offer (KB2)."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAddress:
    """Where a mail gives this score, from 1 to 5: the requester's own address of one settled ticket."""

    score: int
    address: str


def acknowledgement(
    *,
    reader: Reader,
    ticket: TicketFacts,
    cause: Cause,
    thread: Thread,
    now: datetime,
    due_at: datetime | None,
    hours: HoursFacts,
    urgent_address: str | None = None,
    nudge: bool = False,
    answers: Sequence[Answer] = (),
    verified: bool = True,
    reply_to: str | None = None,
) -> Draft:
    """Say (ACK) that the mail is here, where the launch stands, by when a person answers. One for each opening mail.

    *due_at* is the first answer's, None where none is promised (feedback). With *verified* False the letter holds no
    word that the sender chose, neither subject nor name, so that it cannot be made to carry a stranger's message.
    """
    return write(
        Code.ACK,
        key=key_of(Code.ACK, cause.mark),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={
            "due_at": due_at,
            "hours": hours,
            "urgent_address": urgent_address,
            "nudge": nudge,
            "answers": answers,
            "verified": verified,
        },
    )


def relay_out(
    *,
    reader: Reader,
    cc: Sequence[str] = (),
    ticket: TicketFacts,
    author: str,
    text: str,
    cause: Cause,
    thread: Thread,
    now: datetime,
    enclosures: Sequence[Enclosure] = (),
    is_question: bool = False,
    reply_to: str | None = None,
) -> Draft:
    """Pass (RELAY_OUT) a staff member's words on to the client and the ticket's Cc, as one person's mail.

    *author* is the staff member's first name: the sender is shown as "Ben, Support", never by their own address.
    *text* is what they newly wrote, already without quotes, signature and tokens. *is_question* is `#pending`: the
    footer then asks for the answer.
    """
    return write(
        Code.RELAY_OUT,
        key=key_of(Code.RELAY_OUT, ticket.number, cause.mark),
        reader=reader,
        cc=tuple(cc),
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        from_name=f"{author}, Support",
        reply_to=reply_to,
        enclosures=tuple(enclosures),
        values={"author": author, "text": text, "is_question": is_question},
    )


def resolved(
    *,
    reader: Reader,
    cc: Sequence[str] = (),
    ticket: TicketFacts,
    author: str,
    text: str,
    cause: Cause,
    thread: Thread,
    now: datetime,
    closes_at: datetime | None = None,
    enclosures: Sequence[Enclosure] = (),
    reply_to: str | None = None,
    csat: Sequence[ScoreAddress] = (),
    is_copy: bool = False,
) -> Draft:
    """Tell (RESOLVED) what was done, in the staff member's words, and that one reply opens the ticket again.

    *text* may be empty only where the client had an answer before. *closes_at* is when silence closes the ticket.
    With *csat*, an address for each score, best first, it asks how it was; those who take part then read a copy of
    their own without them (*is_copy*).
    """
    return write(
        Code.RESOLVED,
        key=key_of(Code.RESOLVED, ticket.number, cause.mark, reader=reader if is_copy else None),
        reader=reader,
        cc=tuple(cc),
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        from_name=f"{author}, Support",
        reply_to=reply_to,
        enclosures=tuple(enclosures),
        values={"author": author, "text": text, "closes_at": closes_at, "csat": csat},
    )


def call_receipt(
    *,
    reader: Reader,
    ticket: TicketFacts,
    text: str,
    author: str,
    cause: Cause,
    thread: Thread,
    now: datetime,
    next_update_at: datetime | None = None,
    reply_to: str | None = None,
) -> Draft:
    """Tell a caller (CALL_RECEIPT) what *author* noted of the call, its number, and by when they hear more."""
    return write(
        Code.CALL_RECEIPT,
        key=key_of(Code.CALL_RECEIPT, ticket.number, cause.mark),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={"text": text, "author": author, "next_update_at": next_update_at},
    )


def merged(
    *,
    reader: Reader,
    cc: Sequence[str] = (),
    ticket: TicketFacts,
    into: TicketLine,
    cause: Cause,
    thread: Thread,
    now: datetime,
    reply_to: str | None = None,
) -> Draft:
    """Tell (MERGED) that a ticket goes on in another about the same matter, and that nothing is lost."""
    return write(
        Code.MERGED,
        key=key_of(Code.MERGED, ticket.number, cause.mark),
        reader=reader,
        cc=tuple(cc),
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={"into": into},
    )
