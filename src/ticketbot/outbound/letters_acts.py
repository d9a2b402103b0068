"""Letters that a person's own act brings back to them: an answer that was held, a guide, an invitation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.domain.drafts import Draft
from ticketbot.outbound.facts import (
    Cause,
    HoursFacts,
    MailFacts,
    PhaseFacts,
    Reader,
    ReplyAddresses,
    Thread,
    TicketFacts,
)
from ticketbot.outbound.letters import Code, key_of, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command as a guide shows it: an example, and what it does."""

    example: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The commands of one group."""

    group: str
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """How soon a client is answered at a priority ("P1"), counted in these hours."""

    priority: str
    answer: timedelta
    hours: HoursFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A client's launch as their guide tells of it: where it stands, and what is theirs now.

    `included` and `excluded` are the profile's, of hypercare; once hypercare is over, `promises` tell the targets now.
    """

    name: str
    phase: PhaseFacts | None = None
    hypercare_ends_at: datetime | None = None
    transition_ends_at: datetime | None = None
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()


def held_answer(
    *,
    reader: Reader,
    ticket: TicketFacts,
    other: MailFacts,
    text: str,
    addresses: ReplyAddresses,
    held_until: datetime,
    cause: Cause,
    thread: Thread,
    now: datetime,
) -> Draft:
    """Show (HELD) a colleague's answer to the second of two who answered within two minutes; one line releases it."""
    return write(
        Code.HELD,
        key=key_of(Code.HELD, ticket.number, cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=addresses.answer,
        values={"other": other, "text": text, "addresses": addresses, "held_until": held_until},
    )


def staff_guide(
    *, reader: Reader, groups: Sequence[Orders], roles: Sequence[str], cause: Cause, thread: Thread, now: datetime
) -> Draft:
    """Explain (HELP) to one of us what mail may say: the commands that are open to their roles."""
    return write(
        Code.HELP,
        key=key_of(Code.HELP, cause.mark, reader=reader),
        reader=reader,
        thread=thread,
        cause=cause,
        now=now,
        values={
            "for_staff": True,
            "groups": groups,
            "roles": roles,
            "courses": (),
            "urgent_address": None,
        },
    )


def client_guide(
    *,
    reader: Reader,
    courses: Sequence[Course],
    urgent_address: str | None,
    cause: Cause,
    thread: Thread,
    now: datetime,
) -> Draft:
    """Explain (HELP) to a client what hypercare means for them: their own dates, what is in, how to reach us."""
    return write(
        Code.HELP,
        key=key_of(Code.HELP, cause.mark, reader=reader),
        reader=reader,
        thread=thread,
        cause=cause,
        now=now,
        values={
            "for_staff": False,
            "groups": (),
            "roles": (),
            "courses": courses,
            "urgent_address": urgent_address,
        },
    )


def invitation(
    *,
    reader: Reader,
    ticket: TicketFacts,
    kind: str,
    uid: str,
    sequence: int,
    topic: str,
    starts_at: datetime,
    minutes: int,
    place: str,
    link: str,
    organiser: str,
    cause: Cause,
    thread: Thread,
    now: datetime,
    reply_to: str | None = None,
) -> Draft:
    """Invite (ICS) somebody to a meeting; the letter carries a calendar's request, whose UID never changes.

    *sequence* is 0 for the first invitation, and one more with each change. *organiser* is who of us is there.
    """
    return write(
        Code.ICS,
        key=key_of(Code.ICS, ticket.number, kind, str(sequence), reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={
            "kind": kind,
            "uid": uid,
            "sequence": sequence,
            "topic": topic,
            "starts_at": starts_at,
            "minutes": minutes,
            "place": place,
            "link": link,
            "organiser": organiser,
        },
    )
