"""What clients say of our work: ratings by mail, sign-offs by mail; a low score opens a concern (FB1, GT5, §3.4)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care, care_of
from ticketbot.desk.outcome import Outcome, joined, suppressed
from ticketbot.desk.told import has_client, reader_of, staff_thread, ticket_facts
from ticketbot.domain.addressing import Purpose, read_address
from ticketbot.domain.calendars import local_date
from ticketbot.domain.drafts import Draft
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.ratings import ASKED_EVERY, Vote, counts, is_low, may_ask, vote_in
from ticketbot.domain.tokens import Token
from ticketbot.outbound.facts import Reader, Thread
from ticketbot.outbound.letters_client import ScoreAddress
from ticketbot.outbound.letters_desk import command_receipt
from ticketbot.outbound.letters_staff import low_rating
from ticketbot.store.models import Event, Launch, LetterState, Ticket

#: Events: somebody was asked, answered in time, answered too late; a launch was signed off.
ASKED = "rating_asked"
RATING = "rating"
LATE_RATING = "rating_late"
CONCERN = "concern"
SIGN_OFF = "signoff"
OPEN = "open"
SCORES = (5, 4, 3, 2, 1)
_SETTLED = frozenset({TicketState.RESOLVED, TicketState.CLOSED})
_INSTANT = timedelta(microseconds=1)
_LONGEST_WORDS = 1000


def asked(arrival: Arrival, ticket: Ticket) -> tuple[ScoreAddress, ...]:
    """Ask the requester of a ticket that is being settled; return where each score goes, none where they are not."""
    work, at, contact = arrival.work, arrival.at, ticket.requester_address
    if arrival.is_silent or not has_client(work, ticket):
        return ()
    recent = work.tickets.events_of((ASKED,), since=at - ASKED_EVERY, until=at + _INSTANT)
    own = [each for each in recent if each.detail.get("contact") == contact and not _was_taken_back(arrival, each)]
    last = max((each.at for each in own), default=None)
    if not may_ask(TicketKind(ticket.kind), at=at, last_asked_at=last):
        return ()
    arrival.note(ASKED, ticket=ticket, contact=contact, cycle=ticket.reopened)
    return tuple(
        ScoreAddress(
            score=score,
            address=arrival.post.rating_address(ticket.number, score=score, reader=contact, now=arrival.now),
        )
        for score in SCORES
    )


def receive_vote(arrival: Arrival) -> Outcome:
    """Record what a mail to a signed address says: a rating of its ticket, or the sign-off of its launch.

    Such an address is its reader's own: from anybody else it says nothing, and the mail is merely kept.
    """
    written_to = [*(each.key for each in arrival.message.people), *arrival.message.delivered_to]
    signed = [read_address(each, keys=arrival.post.keys, now=arrival.now) for each in written_to]
    sign_off = next((each for each in signed if each is not None and each.purpose is Purpose.SIGN_OFF), None)
    if sign_off is not None:
        return _sign_off(arrival, sign_off.token)
    found = next((each for each in signed if each is not None and each.purpose is Purpose.RATE), None)
    number = found.token.number if found is not None else None
    ticket = arrival.work.tickets.by_number(number) if number is not None else None
    if found is None or found.score is None or ticket is None:
        return suppressed("a rating of no ticket that is here")
    ticket = arrival.work.tickets.lock(ticket)
    kept = arrival.keep(ticket, direction="in", audience="internal", author="client")
    if not _is_own(arrival, found.token):
        arrival.note("received", ticket=ticket, verified=False)
        return joined(ticket.id, kept.id, "a rating at somebody else's address, kept without effect")
    rate(arrival, ticket, Vote(score=found.score, words=arrival.message.new_text.strip()))
    return joined(ticket.id, kept.id, f"a rating: {found.score} of 5")


def vote_by_reply(arrival: Arrival, ticket: Ticket) -> Vote | None:
    """Return the rating that a reply to a settled ticket begins with, where its sender was asked for one."""
    if TicketState(ticket.state) not in _SETTLED or arrival.sender.address != ticket.requester_address:
        return None
    request = _request(arrival, ticket)
    if request is None or request.detail.get("cycle") != ticket.reopened or not counts(arrival.at, asked_at=request.at):
        return None
    return vote_in(arrival.message.new_text)


def asks_something(arrival: Arrival, vote: Vote) -> bool:
    """Say whether a content client wants more than to rate: then their mail is a step in the ticket as well."""
    return not is_low(vote.score) and ("?" in vote.words or bool(arrival.message.attachments))


def rate(arrival: Arrival, ticket: Ticket, vote: Vote) -> None:
    """Record a rating; the ticket stays as it is. A low one opens a concern, and lead and owner hear at once (M21).

    The same score again says nothing new: it is recorded, and nobody is told once more.
    """
    request = _request(arrival, ticket)
    is_in_time = counts(arrival.at, asked_at=request.at if request is not None else None)
    cycle = request.detail["cycle"] if request is not None else ticket.reopened
    rated = [each for each in arrival.work.tickets.events(ticket.id) if each.action == RATING]
    of_cycle = [each for each in rated if each.detail.get("cycle") == cycle]
    is_said_again = bool(of_cycle) and of_cycle[-1].detail.get("score") == vote.score
    arrival.note(
        RATING if is_in_time else LATE_RATING,
        ticket=ticket,
        score=vote.score,
        contact=arrival.sender.address,
        cycle=cycle,
        words=vote.words[:_LONGEST_WORDS] or None,
    )
    if not is_in_time or not is_low(vote.score):
        return
    if ticket.concern != OPEN:
        ticket.concern = OPEN
        arrival.note(CONCERN, ticket=ticket, state=OPEN, why=f"rated {vote.score} of 5")
    if not is_said_again:
        _tell_of_low(arrival, ticket, vote)


def _tell_of_low(arrival: Arrival, ticket: Ticket, vote: Vote) -> None:
    work = arrival.work
    care = care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at)
    facts = ticket_facts(work, ticket, care, now=arrival.at)
    for reader in _lead_and_owner(arrival, ticket, care):
        arrival.send(
            low_rating(
                reader=reader,
                ticket=facts,
                score=vote.score,
                words=vote.words[:_LONGEST_WORDS],
                by=ticket.requester_name or arrival.sender.address,
                addresses=arrival.post.staff_addresses(ticket.number, reader=reader.address, now=arrival.now),
                cause=arrival.cause,
                thread=staff_thread(work, ticket, reader.address),
                now=arrival.now,
            )
        )


def _lead_and_owner(arrival: Arrival, ticket: Ticket, care: Care) -> list[Reader]:
    people = arrival.people()
    leads = {each.address for each in people.in_role("lead", launch=care.launch, phase=care.phase(arrival.at))}
    return [reader_of(each) for each in people.roster if each.email in leads or each.id == ticket.owner_id]


def _is_own(arrival: Arrival, token: Token) -> bool:
    return arrival.sender.is_known and token.is_for(arrival.sender.address)


def _was_taken_back(arrival: Arrival, request: Event) -> bool:
    """Return whether the letter that asked was withdrawn before it left (`#undo`)."""
    letters = arrival.work.outbox.of_ticket(request.ticket_id) if request.ticket_id is not None else ()
    return any(each.cause == request.cause and each.state == LetterState.CANCELLED for each in letters)


def _request(arrival: Arrival, ticket: Ticket) -> Event | None:
    """Return the last time that this ticket's requester was asked."""
    asked_for = [each for each in arrival.work.tickets.events(ticket.id) if each.action == ASKED]
    return asked_for[-1] if asked_for else None


def _sign_off(arrival: Arrival, token: Token) -> Outcome:
    """Record that the sponsor signs a launch off, and confirm it to them (GT5)."""
    work, address = arrival.work, arrival.sender.address
    launch = next((each for each in work.desk.launches() if arrival.post.launch_mark(each.slug) == token.number), None)
    if launch is None:
        return suppressed("a sign-off of no launch that is here")
    kept = arrival.keep(None, direction="in", audience="internal", author="client")
    contact = work.desk.contact_at(address)
    is_sponsor = contact is not None and contact.client_id == launch.client_id and "sponsor" in contact.roles
    if not is_sponsor or not _is_own(arrival, token):
        return suppressed(f"a sign-off of {launch.slug} by somebody else than its sponsor", message_id=kept.id)
    words = arrival.message.new_text.strip()[:_LONGEST_WORDS]
    work.tickets.note(
        SIGN_OFF,
        at=arrival.at,
        actor=address,
        launch_id=launch.id,
        detail={"contact": address, **({"words": words} if words else {})},
        cause=arrival.message.sha256,
    )
    arrival.send(_receipt(arrival, launch, name=contact.name if contact is not None else "", at=arrival.at))
    return suppressed(f"the sign-off of {launch.slug} by {address}", message_id=kept.id)


def _receipt(arrival: Arrival, launch: Launch, *, name: str, at: datetime) -> Draft:
    """Return the confirmation of a sign-off, in the sponsor's language."""
    client = arrival.work.desk.client(launch.client_id)
    contact = arrival.work.desk.contact_at(arrival.sender.address)
    locale = (contact.locale if contact is not None else None) or (client.locale if client is not None else "en")
    day = local_date(at, ZoneInfo(launch.timezone))
    done = {
        "de": f"{launch.name} ist abgenommen, am {day:%d.%m.%Y}. Vielen Dank!",
        "en": f"{launch.name} is signed off, on {day.isoformat()}. Thank you!",
    }
    return command_receipt(
        reader=Reader(address=arrival.sender.address, name=name, locale=locale, zone=launch.timezone),
        done=[done["de" if locale.startswith("de") else "en"]],
        cause=arrival.cause,
        thread=Thread.after(arrival.message),
        now=arrival.now,
        subject=launch.name,
        launch=launch.slug,
    )
