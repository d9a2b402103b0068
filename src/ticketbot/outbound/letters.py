"""The letters that we send: a table of codes, and the keys under which the outbox keeps each exactly once.

A key is built only from the code, ticket numbers, mail fingerprints, ISO instants and, where each reader gets their
own copy, the recipient's address: never from primary keys, so that it is the same after `recover`.
What each letter says is asked for by the functions of the `letters_…` modules beside this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from ticketbot.domain.drafts import Automatic, Draft, Enclosure
from ticketbot.domain.messages import fold
from ticketbot.outbound.facts import Cause, Reader, Thread, TicketFacts, iso, jsonable


class Code(StrEnum):
    """The letters of domain.md §3.2; a letter's templates lie in the folder of its code in lower case."""

    ACK = "ACK"
    NEW = "NEW"
    RELAY_IN = "RELAY_IN"
    RELAY_OUT = "RELAY_OUT"
    RESOLVED = "RESOLVED"
    REMIND = "REMIND"
    BREACH = "BREACH"
    BUNDLE = "BUNDLE"
    DIGEST = "DIGEST"
    CMD = "CMD"
    TRIAGE = "TRIAGE"
    REOPENED = "REOPENED"
    BOUNCE = "BOUNCE"
    CHALLENGE = "CHALLENGE"
    NOTICE = "NOTICE"
    HELD = "HELD"
    HELP = "HELP"
    ICS = "ICS"
    INCIDENT = "INCIDENT"
    CALL_RECEIPT = "CALL_RECEIPT"
    NUDGE = "NUDGE"
    ENH = "ENH"
    SLOTS = "SLOTS"
    CHASE = "CHASE"
    AUTOCLOSE = "AUTOCLOSE"
    MERGED = "MERGED"
    CSAT_LOW = "CSAT_LOW"
    RECUR = "RECUR"
    WORKSHOP = "WORKSHOP"
    WEBINAR = "WEBINAR"


class Audience(StrEnum):
    """Who reads a letter: words for clients carry no code of ours."""

    CLIENT = "client"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is fixed about a letter. `automatic` is its Auto-Submitted header.

    An answer to an internal letter is a note and never reaches a client; a report can be unsubscribed from; a letter
    that *has_request* carries one for the reader's calendar.
    """

    audience: Audience
    automatic: Automatic
    is_internal: bool = False
    is_report: bool = False
    has_request: bool = False


#: Every letter. Adding one means a line here, three templates in its folder, a function that asks for it, and its verb.
LETTERS: Mapping[Code, Letter] = {
    Code.ACK: Letter(audience=Audience.CLIENT, automatic=Automatic.REPLIED),
    Code.NEW: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED),
    Code.RELAY_IN: Letter(audience=Audience.STAFF, automatic=Automatic.NO),
    Code.RELAY_OUT: Letter(audience=Audience.CLIENT, automatic=Automatic.NO),
    Code.RESOLVED: Letter(audience=Audience.CLIENT, automatic=Automatic.NO),
    Code.REMIND: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.BREACH: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.BUNDLE: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.DIGEST: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True, is_report=True),
    Code.CMD: Letter(audience=Audience.STAFF, automatic=Automatic.REPLIED),
    Code.TRIAGE: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.REOPENED: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.BOUNCE: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.CHALLENGE: Letter(audience=Audience.STAFF, automatic=Automatic.REPLIED, is_internal=True),
    Code.NOTICE: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.HELD: Letter(audience=Audience.STAFF, automatic=Automatic.REPLIED),
    Code.HELP: Letter(audience=Audience.CLIENT, automatic=Automatic.REPLIED),
    Code.ICS: Letter(audience=Audience.CLIENT, automatic=Automatic.GENERATED, has_request=True),
    Code.INCIDENT: Letter(audience=Audience.CLIENT, automatic=Automatic.GENERATED),
    Code.CALL_RECEIPT: Letter(audience=Audience.CLIENT, automatic=Automatic.REPLIED),
    Code.NUDGE: Letter(audience=Audience.CLIENT, automatic=Automatic.REPLIED),
    Code.ENH: Letter(audience=Audience.CLIENT, automatic=Automatic.REPLIED),
    Code.SLOTS: Letter(audience=Audience.CLIENT, automatic=Automatic.REPLIED),
    Code.CHASE: Letter(audience=Audience.CLIENT, automatic=Automatic.GENERATED),
    Code.AUTOCLOSE: Letter(audience=Audience.CLIENT, automatic=Automatic.GENERATED),
    Code.MERGED: Letter(audience=Audience.CLIENT, automatic=Automatic.GENERATED),
    Code.CSAT_LOW: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.RECUR: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.WORKSHOP: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
    Code.WEBINAR: Letter(audience=Audience.STAFF, automatic=Automatic.GENERATED, is_internal=True),
}


def key_of(code: Code, *parts: str | int | datetime, reader: Reader | None = None) -> str:
    """Return the key of a letter: ticket numbers as T-1042, instants in ISO; no part can imitate two others."""
    words = [code.value, *map(_key_part, parts)]
    if reader is not None:
        words.append(_key_part(fold(reader.address)))
    return "/".join(words)


def _key_part(part: str | int | datetime) -> str:
    match part:
        case datetime():
            return iso(part)
        case int():
            return f"T-{part}"
        case _:
            return quote(part, safe="@:+=,")


def write(
    code: Code,
    *,
    key: str,
    reader: Reader,
    now: datetime,
    values: Mapping[str, object],
    ticket: TicketFacts | None = None,
    thread: Thread | None = None,
    cause: Cause | None = None,
    send_at: datetime | None = None,
    cc: tuple[str, ...] = (),
    reply_to: str | None = None,
    from_name: str = "",
    enclosures: tuple[Enclosure, ...] = (),
    launch: str | None = None,
) -> Draft:
    """Return the draft of a letter to *reader*, with all that its templates may ask for, as JSON."""
    told = {"reader": reader, "ticket": ticket, **values} if ticket else {"reader": reader, **values}
    references = (*thread.ancestors, thread.parent) if thread and thread.parent else ()
    return Draft(
        code=code.value,
        key=key,
        to=(reader.address,),
        cc=cc,
        send_at=send_at or now,
        values={name: jsonable(value) for name, value in told.items()},
        locale=reader.locale,
        zone=reader.zone,
        from_name=from_name,
        reply_to=reply_to,
        in_reply_to=thread.parent or None if thread else None,
        references=references,
        automatic=LETTERS[code].automatic,
        enclosures=enclosures,
        ticket=ticket.number if ticket else None,
        launch=launch if launch is not None else ticket.launch_ref if ticket else None,
        cause=cause.sha256 if cause else None,
    )
