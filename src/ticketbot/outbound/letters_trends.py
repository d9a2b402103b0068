"""The letters to leads on trouble that comes back and on news: the cluster, a workshop, a webinar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ticketbot.domain.drafts import Draft
from ticketbot.outbound.facts import Cause, Reader, TicketLine
from ticketbot.outbound.letters import Code, key_of, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Tickets about the same trouble: what they share (*phrase*), who reported them, from when to when."""

    client: str
    launch: str
    phrase: str
    tickets: tuple[TicketLine, ...]
    people: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    clients: tuple[str, ...] = ()


def recurrence(
    *,
    reader: Reader,
    cluster: Cluster,
    number: int,
    owner: str,
    cause: Cause,
    now: datetime,
    note_address: str | None = None,
    is_platform: bool = False,
    launch: str | None = None,
) -> Draft:
    """Show (RECUR) a lead the tickets of a cluster, with a ready `#problem` line; *number* is the newest of them.

    *owner* is the short name of whom that line proposes.

    With *is_platform* (RECUR:platform) it comes from several clients. *note_address* is the reader's own for notes.
    """
    return write(
        Code.RECUR,
        key=key_of(
            Code.RECUR, "platform" if is_platform else "cluster", number, str(len(cluster.tickets)), reader=reader
        ),
        reader=reader,
        cause=cause,
        now=now,
        reply_to=note_address,
        launch=launch,
        values={
            "variant": "platform" if is_platform else "",
            "cluster": cluster,
            "number": number,
            "owner": owner,
            "note_address": note_address,
        },
    )


def workshop(
    *,
    reader: Reader,
    cluster: Cluster,
    number: int,
    slots: Sequence[datetime],
    answer: str,
    cause: Cause,
    now: datetime,
    note_address: str | None = None,
    launch: str | None = None,
) -> Draft:
    """Propose (WORKSHOP:suggest) to show the people of a cluster of questions how it is done: whom, when, a FAQ draft.

    *answer* is what was last answered to one of them, as a draft for the FAQ.
    """
    return write(
        Code.WORKSHOP,
        key=key_of(Code.WORKSHOP, "suggest", number, str(len(cluster.tickets)), reader=reader),
        reader=reader,
        cause=cause,
        now=now,
        reply_to=note_address,
        launch=launch,
        values={
            "variant": "suggest",
            "cluster": cluster,
            "number": number,
            "slots": slots,
            "answer": answer,
            "note_address": note_address,
        },
    )


def webinar(
    *,
    reader: Reader,
    launch_name: str,
    released_on: date,
    tickets: Sequence[TicketLine],
    questions: Sequence[str],
    slots: Sequence[datetime],
    cause: Cause,
    now: datetime,
    number: int,
    note_address: str | None = None,
    launch: str | None = None,
) -> Draft:
    """Propose (WEBINAR) to show what a release brought, and the questions asked most; once for a release."""
    return write(
        Code.WEBINAR,
        key=key_of(Code.WEBINAR, launch or launch_name, released_on.isoformat(), reader=reader),
        reader=reader,
        cause=cause,
        now=now,
        reply_to=note_address,
        launch=launch,
        values={
            "launch_name": launch_name,
            "released_on": released_on,
            "tickets": tickets,
            "questions": questions,
            "slots": slots,
            "number": number,
            "note_address": note_address,
        },
    )
