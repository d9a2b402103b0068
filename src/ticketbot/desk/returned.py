"""Our own letters that came back: the delivery is marked as failed, the owner hears of it, the client never does."""

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.intake import listeners
from ticketbot.desk.outcome import Outcome, joined, suppressed
from ticketbot.desk.told import reader_of, staff_thread, ticket_facts
from ticketbot.domain.ids import is_ours
from ticketbot.domain.messages import fold
from ticketbot.outbound.letters_staff import bounce
from ticketbot.store.models import OutboxMail


def receive_bounce(arrival: Arrival) -> Outcome:
    """Find the letter that a report is about; one about no letter of ours changes nothing (faults.md C13)."""
    report = arrival.message.report
    ids = report.original_ids if report is not None else ()
    letters = arrival.work.tickets.letters_named([each for each in ids if is_ours(arrival.post.keys, each)])
    if report is None or not letters:
        return suppressed(f"a delivery report about no letter of ours: {arrival.verdict.reason}")
    letter = letters[0]
    if letter.ticket_id is None:
        return suppressed(f"a delivery report about our letter {letter.code}")
    return _tell(arrival, letter)


def _tell(arrival: Arrival, letter: OutboxMail) -> Outcome:
    work, report = arrival.work, arrival.message.report
    assert report is not None and letter.ticket_id is not None  # noqa: PT018 - the caller looked
    ticket = work.tickets.by_id(letter.ticket_id)
    kept = arrival.keep(ticket, direction="in", audience="internal", author="machine")
    failed = [each for each in report.recipients if each.action != "delayed"]
    first = next(iter((*failed, *report.recipients)), None)
    recipient = first.address if first is not None else letter.reader
    reason = (first.diagnostic or first.status if first is not None else "") or "the server gave no reason"
    arrival.note(
        "bounced", ticket=ticket, recipient=recipient, code=letter.code, reason=reason, delayed=not failed or None
    )
    care = care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at)
    facts = ticket_facts(work, ticket, care, now=arrival.at)
    for person in listeners(arrival, ticket, care):
        if fold(person.email) == fold(recipient):
            continue
        arrival.send(
            bounce(
                reader=reader_of(person),
                ticket=facts,
                recipient=recipient,
                reason=reason,
                what=letter.code,
                addresses=arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now),
                cause=arrival.cause,
                thread=staff_thread(work, ticket, person.email),
                now=arrival.now,
                is_delay=not failed,
            )
        )
    return joined(ticket.id, kept.id, f"our letter {letter.code} came back")
