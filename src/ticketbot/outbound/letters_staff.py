"""The letters that staff read about tickets: facts first, each reader their own copy with their own reply addresses.

NEW and RELAY_IN answer the client when replied to; every other letter's reply is an internal note.
"""

from collections.abc import Sequence
from datetime import datetime

from ticketbot.domain.drafts import Draft, Enclosure
from ticketbot.outbound.facts import (
    Cause,
    ClockFacts,
    MailFacts,
    Reader,
    ReplyAddresses,
    Thread,
    TicketFacts,
    TicketLine,
)
from ticketbot.outbound.letters import Code, key_of, write


def new_ticket(
    *,
    reader: Reader,
    ticket: TicketFacts,
    mail: MailFacts,
    clocks: Sequence[ClockFacts],
    addresses: ReplyAddresses,
    cause: Cause,
    thread: Thread,
    now: datetime,
    is_handover: bool = False,
    earlier: Sequence[MailFacts] = (),
    similar: Sequence[TicketLine] = (),
    cc_hints: Sequence[str] = (),
    enclosures: Sequence[Enclosure] = (),
) -> Draft:
    """Show (NEW) a new ticket, or one that somebody else gave to this reader (*is_handover*; *cause* is then that act).

    *earlier* is the rest of the story of a ticket that is handed over, oldest first.
    *cc_hints* are addresses that stood in the mail and are not let in; a ready `#cc` line is shown for each.
    """
    return write(
        Code.NEW,
        key=key_of(Code.NEW, ticket.number, cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=addresses.answer,
        enclosures=tuple(enclosures),
        values={
            "mail": mail,
            "clocks": clocks,
            "addresses": addresses,
            "is_handover": is_handover,
            "earlier": earlier,
            "similar": similar,
            "cc_hints": cc_hints,
        },
    )


def relay_in(
    *,
    reader: Reader,
    ticket: TicketFacts,
    mail: MailFacts,
    clocks: Sequence[ClockFacts],
    addresses: ReplyAddresses,
    cause: Cause,
    thread: Thread,
    now: datetime,
    cc_hints: Sequence[str] = (),
    enclosures: Sequence[Enclosure] = (),
) -> Draft:
    """Show (RELAY_IN) what a client, or another participant, wrote on a ticket, to its owner and watchers."""
    return write(
        Code.RELAY_IN,
        key=key_of(Code.RELAY_IN, ticket.number, cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=addresses.answer,
        enclosures=tuple(enclosures),
        values={"mail": mail, "clocks": clocks, "addresses": addresses, "cc_hints": cc_hints},
    )


def reopened(
    *,
    reader: Reader,
    ticket: TicketFacts,
    clocks: Sequence[ClockFacts],
    addresses: ReplyAddresses,
    cause: Cause,
    thread: Thread,
    now: datetime,
    times: int = 1,
    raised_from: str | None = None,
    by: str = "",
) -> Draft:
    """Tell (REOPENED) that a settled ticket is open again, the *times*-th time, through *by*.

    *raised_from* names the old priority where the reopening raised it.
    """
    return write(
        Code.REOPENED,
        key=key_of(Code.REOPENED, ticket.number, cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=addresses.note,
        values={"clocks": clocks, "addresses": addresses, "times": times, "raised_from": raised_from, "by": by},
    )


def reminder(
    *,
    reader: Reader,
    ticket: TicketFacts,
    clocks: Sequence[ClockFacts],
    slot: datetime,
    mails: Sequence[MailFacts],
    addresses: ReplyAddresses,
    thread: Thread,
    now: datetime,
    send_at: datetime | None = None,
) -> Draft:
    """Name (REMIND) promises of one ticket that come due, for one reader and one instant of the ladder (*slot*).

    *clocks* are those whose threshold lies at *slot*, each with its `share`, the most pressing first. When *now* is
    later than *slot* by five minutes, the letter says how late it is; when quiet hours hold it, *send_at* is their end.
    """
    return _deadline(
        Code.REMIND,
        reader=reader,
        ticket=ticket,
        clocks=clocks,
        slot=slot,
        mails=mails,
        addresses=addresses,
        thread=thread,
        now=now,
        send_at=send_at,
        outcome="",
        draft_text="",
    )


def breach(
    *,
    reader: Reader,
    ticket: TicketFacts,
    clocks: Sequence[ClockFacts],
    slot: datetime,
    mails: Sequence[MailFacts],
    addresses: ReplyAddresses,
    thread: Thread,
    now: datetime,
    send_at: datetime | None = None,
    outcome: str = "",
    draft_text: str = "",
    draft_until: datetime | None = None,
) -> Draft:
    """Name (BREACH) promises that were not kept, at 100, 150 or 200 % of its target (*slot*).

    *outcome* is a sentence on what became of it while quiet hours held the letter; *draft_text* a ready apology with
    a new time (*draft_until*), which the reader sends by answering `#send`.
    """
    return _deadline(
        Code.BREACH,
        reader=reader,
        ticket=ticket,
        clocks=clocks,
        slot=slot,
        mails=mails,
        addresses=addresses,
        thread=thread,
        now=now,
        send_at=send_at,
        outcome=outcome,
        draft_text=draft_text,
        draft_until=draft_until,
    )


def _deadline(
    code: Code,
    *,
    reader: Reader,
    ticket: TicketFacts,
    clocks: Sequence[ClockFacts],
    slot: datetime,
    mails: Sequence[MailFacts],
    addresses: ReplyAddresses,
    thread: Thread,
    now: datetime,
    send_at: datetime | None,
    outcome: str,
    draft_text: str,
    draft_until: datetime | None = None,
) -> Draft:
    return write(
        code,
        key=key_of(code, ticket.number, slot, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        now=now,
        send_at=send_at,
        reply_to=addresses.note,
        values={
            "clocks": clocks,
            "slot": slot,
            "written_at": now,
            "mails": mails,
            "addresses": addresses,
            "outcome": outcome,
            "draft_text": draft_text,
            "draft_until": draft_until,
        },
    )


def bounce(
    *,
    reader: Reader,
    ticket: TicketFacts,
    recipient: str,
    reason: str,
    what: str,
    addresses: ReplyAddresses,
    cause: Cause,
    thread: Thread,
    now: datetime,
    is_delay: bool = False,
) -> Draft:
    """Tell (BOUNCE) that a letter on this ticket came back from *recipient*.

    *what* is the lost letter's code, *reason* the server's words.
    """
    return write(
        Code.BOUNCE,
        key=key_of(Code.BOUNCE, ticket.number, cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=addresses.note,
        values={
            "recipient": recipient,
            "reason": reason,
            "what": what,
            "addresses": addresses,
            "is_delay": is_delay,
        },
    )


def low_rating(
    *,
    reader: Reader,
    ticket: TicketFacts,
    score: int,
    words: str,
    by: str,
    addresses: ReplyAddresses,
    cause: Cause,
    thread: Thread,
    now: datetime,
) -> Draft:
    """Tell (CSAT_LOW) that a client was not content with a settled ticket; a concern is open until somebody ends it."""
    return write(
        Code.CSAT_LOW,
        key=key_of(Code.CSAT_LOW, ticket.number, cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=addresses.note,
        values={"score": score, "words_said": words, "by": by, "addresses": addresses},
    )
