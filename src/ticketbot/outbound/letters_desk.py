"""The letters that staff read about their own acts and about the desk itself: receipts, errors, triage, notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ticketbot.domain.drafts import Draft, Json
from ticketbot.outbound.facts import Cause, ClockFacts, Reader, Thread, TicketFacts, TicketLine
from ticketbot.outbound.letters import Code, key_of, write


class Matter(StrEnum):
    """What a NOTICE is about."""

    QUARANTINE = "quarantine"
    FORGED = "forged"
    UNDELIVERED = "undelivered"
    OVERSIZE = "oversize"
    LOGIN_FAILING = "login_failing"
    SECURITY = "security"
    STALLED = "stalled"
    CLOCK_JUMP = "clock_jump"
    MAILBOX_REBUILT = "mailbox_rebuilt"
    UNVERIFIED = "unverified"
    REPORT_NOTE = "report_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineError:
    """One line of a command mail that was not understood or is not allowed: why, and the nearest valid form."""

    line: str
    reason: str
    nearest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMail:
    """A mail whose sender we do not know, with this reader's own address for `#client`, `#spam` and `#block` on it.

    `fingerprint` names the mail in the letter's key; `guesses` are slugs of clients that it may belong to.
    `is_staff`: one of our own people wrote it, about no ticket; nobody is asked whose it is.
    """

    fingerprint: str
    sender: str
    sender_name: str
    subject: str
    text: str
    at: datetime
    address: str
    guesses: tuple[str, ...] = ()
    why: str = ""
    is_staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder or breach within a bundle."""

    ticket: TicketFacts
    clock: ClockFacts
    is_breach: bool
    note_address: str


def command_receipt(
    *,
    reader: Reader,
    done: Sequence[str],
    cause: Cause,
    thread: Thread,
    now: datetime,
    ticket: TicketFacts | None = None,
    subject: str = "",
    note_address: str | None = None,
    answer: str = "",
    launch: str | None = None,
) -> Draft:
    """Say (CMD:receipt) what a command mail did, one sentence a line (*done*). *subject* is the command mail's own.

    *note_address* is where a reply goes; *answer* is shown as the address that answers the client.
    """
    return write(
        Code.CMD,
        key=key_of(Code.CMD, "receipt", cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=note_address,
        launch=launch,
        values={
            "variant": "receipt",
            "done": done,
            "asked": _is_one_answer(done),
            "errors": (),
            "subject": subject,
            "has_text": False,
            "held_until": None,
            "ticket": ticket,
            "answer": answer,
            "answers_client": False,
        },
    )


def command_error(
    *,
    reader: Reader,
    errors: Sequence[LineError],
    cause: Cause,
    thread: Thread,
    now: datetime,
    ticket: TicketFacts | None = None,
    subject: str = "",
    has_text: bool = False,
    held_until: datetime | None = None,
    reply_to: str | None = None,
    answer: str = "",
    answers_client: bool = False,
) -> Draft:
    """Say (CMD:error) that nothing was done and nothing was sent; which line, why, and what would be right.

    *has_text* offers `#ok`, which sends the mail as plain text to the client; *held_until* is when the held mail
    becomes an internal note. *reply_to* is an internal address: a plain reply never reaches a client (CM1). *answer* is
    shown as the address that answers the client; with *answers_client* a corrected reply's words go there too (CM3).
    """
    return write(
        Code.CMD,
        key=key_of(Code.CMD, "error", cause.mark, reader=reader),
        reader=reader,
        ticket=ticket,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={
            "variant": "error",
            "done": (),
            "asked": False,
            "errors": errors,
            "subject": subject,
            "has_text": has_text,
            "held_until": held_until,
            "ticket": ticket,
            "answer": answer,
            "answers_client": answers_client,
        },
    )


def challenge(
    *,
    reader: Reader,
    commands: Sequence[str],
    subject: str,
    reply_to: str,
    expires_at: datetime,
    cause: Cause,
    thread: Thread,
    now: datetime,
) -> Draft:
    """Ask (CHALLENGE) whether a command mail without proof is this person's; one reply to *reply_to* executes it.

    *thread* stays empty unless the mail is known to be theirs: the letter goes to the registered address.
    """
    return write(
        Code.CHALLENGE,
        key=key_of(Code.CHALLENGE, cause.mark, reader=reader),
        reader=reader,
        thread=thread,
        cause=cause,
        now=now,
        reply_to=reply_to,
        values={"commands": commands, "subject": subject, "expires_at": expires_at, "answer": reply_to},
    )


def triage(
    *,
    reader: Reader,
    mails: Sequence[UnknownMail],
    now: datetime,
    slot: datetime | None = None,
    cause: Cause | None = None,
) -> Draft:
    """Show (TRIAGE) mails of unknown senders: the first at once (its *cause*), later ones by the hour (*slot*)."""
    mark = slot if slot is not None else mails[0].fingerprint
    return write(
        Code.TRIAGE,
        key=key_of(Code.TRIAGE, mark, reader=reader),
        reader=reader,
        cause=cause,
        now=now,
        reply_to=mails[0].address if len(mails) == 1 and not mails[0].is_staff else None,
        values={"mails": mails},
    )


def notice(
    *,
    reader: Reader,
    what: Matter,
    incident: str,
    since: datetime,
    now: datetime,
    recovered: bool = False,
    facts: Sequence[tuple[str, str]] = (),
    detail: str = "",
    tickets: Sequence[TicketLine] = (),
    command: str = "",
    cause: Cause | None = None,
    thread: Thread | None = None,
    send_at: datetime | None = None,
) -> Draft:
    """Tell (NOTICE) what a person must know of the desk: what, since when, what to do; one for each incident.

    *incident* names it for the key: a fingerprint, or a mailbox and an ISO instant. *facts* are label and value,
    *detail* a server's own words, *command* a line for the terminal that helps. With *recovered* it is over.
    """
    return write(
        Code.NOTICE,
        key=key_of(Code.NOTICE, what.value, incident, "recovered" if recovered else "raised", reader=reader),
        reader=reader,
        thread=thread,
        cause=cause,
        now=now,
        send_at=send_at,
        values={
            "what": what,
            "since": since,
            "recovered": recovered,
            "facts": [list(fact) for fact in facts],
            "detail": detail,
            "tickets": tickets,
            "command": command,
        },
    )


def bundle(
    *,
    reader: Reader,
    reminders: Sequence[Reminder | Mapping[str, Json]],
    slot: datetime,
    now: datetime,
    send_at: datetime | None = None,
) -> Draft:
    """Tell (BUNDLE) more than five reminders of ten minutes (from *slot* on) to one person at once, worst first."""
    return write(
        Code.BUNDLE,
        key=key_of(Code.BUNDLE, slot, reader=reader),
        reader=reader,
        now=now,
        send_at=send_at,
        values={"reminders": reminders},
    )


def _is_one_answer(done: Sequence[str]) -> bool:
    """Return whether all that was done is one answer: what was asked, and lines further in below it."""
    return len(done) > 1 and all(line.startswith(" ") for line in done[1:])
