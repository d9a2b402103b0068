"""INCIDENT: what everybody who must know reads about a major incident, each in their own copy and in plain words."""

from datetime import datetime

from ticketbot.domain.drafts import Draft
from ticketbot.domain.incidents import Stage
from ticketbot.outbound.facts import Cause, Reader, ReplyAddresses, Thread, TicketFacts
from ticketbot.outbound.letters import Code, key_of, write


def incident(
    *,
    reader: Reader,
    ticket: TicketFacts,
    stage: Stage,
    text: str,
    since: datetime,
    commander: str,
    spokesman: str,
    next_update_at: datetime | None,
    cause: Cause,
    thread: Thread,
    now: datetime,
    addresses: ReplyAddresses | None = None,
    reply_to: str | None = None,
) -> Draft:
    """Tell (INCIDENT:open, :update, :resolved) what is wrong, since when, who commands, and when the next news comes.

    *addresses* are given where the reader is one of us: their reply is a note. *spokesman* writes to the client, where
    that is somebody else than the *commander*; both may be nobody yet.
    """
    return write(
        Code.INCIDENT,
        key=key_of(Code.INCIDENT, stage.value, ticket.number, cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=addresses.note if addresses is not None else reply_to,
        values={
            "variant": stage,
            "text": text,
            "since": since,
            "commander": commander,
            "spokesman": spokesman,
            "next_update_at": next_update_at,
            "addresses": addresses,
        },
    )
