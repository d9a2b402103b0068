"""An answer to a client at an address that is not its writer's, or works no more: its writer hears that it stayed."""

from datetime import UTC, datetime

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.told import reader_of, ticket_facts
from ticketbot.domain.addressing import read_address
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters_desk import LineError, command_error
from ticketbot.store.models import Staff, Ticket

#: Before any address of ours ended: what one of them was made for can be read for ever.
_BEFORE_ANY = datetime(2000, 1, 1, tzinfo=UTC)


def tell_of_unsent(arrival: Arrival, person: Staff) -> None:
    """Say (CMD:error) that words meant for a client did not go out, and where to send them; once an hour and ticket."""
    ticket = _meant(arrival)
    if ticket is None or arrival.match.token is not None or not arrival.sender.is_credible:
        return
    work, now = arrival.work, arrival.now
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = f"{person.slug} T-{ticket.number}"
    if not work.desk.write_round("UNSENT", reader=key, period_start=hour, now=now, state="written"):
        return
    care = care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at)
    addresses = arrival.post.staff_addresses(ticket.number, reader=person.email, now=now)
    first = next((each.strip() for each in arrival.message.new_text.split("\n") if each.strip()), "(an empty mail)")
    reason = "your words did not go out: the address that you wrote to is somebody else's, or works no more"
    nearest = "send these words again, to the address below that answers the client"
    arrival.send(
        command_error(
            reader=reader_of(person),
            errors=[LineError(line=first[:200], reason=reason, nearest=nearest)],
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=now,
            ticket=ticket_facts(work, ticket, care, now=arrival.at),
            subject=arrival.message.subject,
            reply_to=addresses.note,
            answer=addresses.answer,
        )
    )


def _meant(arrival: Arrival) -> Ticket | None:
    """Return the ticket whose client a mail was to reach: an answer address of ours, of whomever and however old."""
    written_to = (*(each.address for each in arrival.message.people), *arrival.message.delivered_to)
    for address in written_to:
        signed = read_address(address, keys=arrival.post.keys, now=_BEFORE_ANY)
        if signed is not None and signed.token.audience is Audience.STAFF_REPLY:
            return arrival.work.tickets.by_number(signed.token.number)
    return None
