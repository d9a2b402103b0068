"""Letters to clients on how a matter goes on: asked again, about to end, in which release, when to meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ticketbot.domain.drafts import Draft
from ticketbot.outbound.facts import Cause, Reader, Thread, TicketFacts
from ticketbot.outbound.letters import Code, key_of, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a wish may be live: from *earliest* to *latest*, by a *train* if one is known; `days` is its span."""

    earliest: date
    latest: date
    train: date | None
    is_within: bool
    days: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time that is offered for a call; *number* is how the reader names it."""

    number: int
    at: datetime
    minutes: int


def chase(
    *,
    reader: Reader,
    cc: Sequence[str] = (),
    ticket: TicketFacts,
    question: str,
    asked_at: datetime,
    since: datetime,
    times: int,
    is_last: bool,
    thread: Thread,
    now: datetime,
    send_at: datetime | None = None,
    reply_to: str | None = None,
) -> Draft:
    """Ask (CHASE) once more what was asked at *asked_at*: the *times*-th time since *since*, when the waiting began."""
    return write(
        Code.CHASE,
        key=key_of(Code.CHASE, ticket.number, since, str(times)),
        reader=reader,
        cc=tuple(cc),
        ticket=ticket,
        thread=thread,
        now=now,
        send_at=send_at,
        reply_to=reply_to,
        values={"question": question, "asked_at": asked_at, "times": times, "is_last": is_last},
    )


def autoclose(
    *,
    reader: Reader,
    cc: Sequence[str] = (),
    ticket: TicketFacts,
    since: datetime,
    resolves_at: datetime,
    thread: Thread,
    now: datetime,
    send_at: datetime | None = None,
    reply_to: str | None = None,
) -> Draft:
    """Tell (AUTOCLOSE) that a ticket which waits *since* then counts as settled at *resolves_at* unless they write."""
    return write(
        Code.AUTOCLOSE,
        key=key_of(Code.AUTOCLOSE, ticket.number, since),
        reader=reader,
        cc=tuple(cc),
        ticket=ticket,
        thread=thread,
        now=now,
        send_at=send_at,
        reply_to=reply_to,
        values={"since": since, "resolves_at": resolves_at},
    )


def enhancement(
    *,
    reader: Reader,
    ticket: TicketFacts,
    window: Window,
    cause: Cause,
    thread: Thread,
    now: datetime,
    is_change: bool = False,
    had_date: bool = False,
    reply_to: str | None = None,
) -> Draft:
    """Tell (ENH) when a wish may be live, and why it takes so long; once, and again when its date changes.

    *is_change*: they were told before; *had_date*: and a date was named then.
    """
    return write(
        Code.ENH,
        key=key_of(Code.ENH, ticket.number, cause.mark),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={"window": window, "is_change": is_change, "had_date": had_date},
    )


def nudge(
    *,
    reader: Reader,
    ticket: TicketFacts,
    level: int,
    author: str,
    is_call: bool,
    cause: Cause,
    thread: Thread,
    now: datetime,
    urgent_address: str | None = None,
    reply_to: str | None = None,
) -> Draft:
    """Say (NUDGE) why writing to support@ helps: warmly while support tapers (level 2), as the plain rule after (3).

    *author* is who passed their mail, or their call, on.
    """
    return write(
        Code.NUDGE,
        key=key_of(Code.NUDGE, ticket.number, cause.mark),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={"level": level, "author": author, "is_call": is_call, "urgent_address": urgent_address},
    )


def slots(
    *,
    reader: Reader,
    ticket: TicketFacts,
    choices: Sequence[Slot],
    host: str,
    address: str,
    cause: Cause,
    thread: Thread,
    now: datetime,
    is_again: bool = False,
) -> Draft:
    """Offer (SLOTS) times for a call with *host*; a mail to *address* that begins with a slot's number chooses it.

    *is_again*: the times offered before have passed.
    """
    return write(
        Code.SLOTS,
        key=key_of(Code.SLOTS, ticket.number, cause.mark),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=address,
        values={"choices": choices, "host": host, "address": address, "is_again": is_again},
    )
