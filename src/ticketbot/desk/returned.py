"""Our own letters that came back: the delivery is marked as failed, the owner hears of it, the client never does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.intake import listeners
from ticketbot.desk.outcome import Outcome, joined, suppressed
from ticketbot.desk.told import reader_of, reader_of_told, staff_thread, ticket_facts
from ticketbot.domain.dead import is_dead
from ticketbot.domain.ids import is_ours
from ticketbot.domain.messages import FailedRecipient, Report, fold
from ticketbot.outbound.letters_staff import bounce
from ticketbot.store.database import Work
from ticketbot.store.models import LetterState, OutboxMail

#: A report about a letter older than this is no mail server's: they give up within days.
RECENT = timedelta(days=30)
_LEFT = (LetterState.SENT, LetterState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Return:
    """What a report says of one of our letters."""

    letter: OutboxMail
    recipient: str
    reason: str
    is_delay: bool
    is_dead: bool = False


def receive_bounce(arrival: Arrival) -> Outcome:
    """Find the letter that a report is about; one about no recent letter of ours changes nothing (faults.md C13).

    One about somebody whom the letter never went to is told, and marks nothing: their mailbox may pass our mail on.
    """
    report = arrival.message.report
    ids = report.original_ids if report is not None else ()
    letters = [
        letter
        for letter in arrival.work.tickets.letters_named([each for each in ids if is_ours(arrival.post.keys, each)])
        if arrival.at - letter.created_at <= RECENT
    ]
    if report is None or not letters:
        return suppressed(f"a delivery report about no recent letter of ours: {arrival.verdict.reason}")
    found = _read(report, letters[0])
    went_to = {fold(each) for each in (found.letter.reader, *found.letter.to, *found.letter.cc)}
    if not found.is_delay and found.letter.state in _LEFT and fold(found.recipient) in went_to:
        _mark(arrival, found)
    if found.letter.ticket_id is None:
        return suppressed(f"a delivery report about our letter {found.letter.code}")
    return _tell(arrival, found, found.letter.ticket_id)


def _read(report: Report, letter: OutboxMail) -> _Return:
    failed = [each for each in report.recipients if each.action != "delayed"]
    first = next(iter((*failed, *report.recipients)), None)
    return _Return(
        letter=letter,
        recipient=first.address if first is not None else letter.reader,
        reason=_reason(first) or "the server gave no reason",
        is_delay=report.action == "delayed" if first is None else not failed,
        is_dead=first is not None and is_dead(status=first.status, words=first.diagnostic),
    )


def _reason(recipient: FailedRecipient | None) -> str:
    """Return the server's own words; "smtp;" before them names only the kind of words (RFC 3464 §2.3.6)."""
    if recipient is None:
        return ""
    kind, separator, words = recipient.diagnostic.partition(";")
    return (words.strip() if separator and kind.isalnum() else recipient.diagnostic) or recipient.status


def _mark(arrival: Arrival, found: _Return) -> None:
    """Mark a delivery as failed. Where there is a ticket its own letter tells of it, else the job that tells of all."""
    letter = found.letter
    letter.state = LetterState.FAILED
    letter.reason = f"it came back: {found.reason}"
    letter.remaining = [each for each in (*letter.to, *letter.cc) if fold(each) == fold(found.recipient)] or None
    letter.announced_at = arrival.now if letter.ticket_id is not None else None
    if found.is_dead and letter.remaining:
        suppress(arrival.work, letter, found.recipient, reason=found.reason, now=arrival.now)
    arrival.work.ring()


def suppress(work: Work, letter: OutboxMail, address: str, *, reason: str, now: datetime) -> None:
    """Send nothing more to an address that its server called dead, until a mail comes from it (behaviour 61)."""
    if work.register.suppress(address, reason=f"it came back on {now:%Y-%m-%d}: {reason}", now=now):
        ticket = work.tickets.by_id(letter.ticket_id) if letter.ticket_id is not None else None
        detail = {"address": fold(address), "reason": reason}
        work.tickets.note("suppressed", at=now, actor="ticketbot", ticket=ticket, detail=detail, cause=letter.cause)


def _tell(arrival: Arrival, found: _Return, ticket_id: int) -> Outcome:
    work, letter = arrival.work, found.letter
    ticket = work.tickets.by_id(ticket_id)
    kept = arrival.keep(ticket, direction="in", audience="internal", author="machine")
    arrival.note(
        "bounced",
        ticket=ticket,
        recipient=found.recipient,
        code=letter.code,
        reason=found.reason,
        delayed=found.is_delay or None,
    )
    care = care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at)
    facts = ticket_facts(work, ticket, care, now=arrival.at)
    hearers = [reader_of(each) for each in listeners(arrival, ticket, care)]
    managers = [reader_of_told(each) for each in arrival.people().managers()]
    lost = fold(found.recipient)
    hears = [each for each in hearers if fold(each.address) != lost]
    for reader in hears or [each for each in managers if fold(each.address) != lost]:
        arrival.send(
            bounce(
                reader=reader,
                ticket=facts,
                recipient=found.recipient,
                reason=found.reason,
                what=letter.code,
                addresses=arrival.post.staff_addresses(ticket.number, reader=reader.address, now=arrival.now),
                cause=arrival.cause,
                thread=staff_thread(work, ticket, reader.address),
                now=arrival.now,
                is_delay=found.is_delay,
            )
        )
    return joined(ticket.id, kept.id, f"our letter {letter.code} came back")
