"""What a client hears of a wish: when it may be live, and the new date when that changes (domain.md EN1, M18)."""

from collections.abc import Sequence
from datetime import date

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care
from ticketbot.desk.told import client_reader, client_thread, has_client, ticket_facts
from ticketbot.domain.calendars import local_date
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.releases import release_window
from ticketbot.outbound.letters_course import Window, enhancement
from ticketbot.store.models import Event, Ticket

TOLD = "wish_told"


def tell_of_wish(arrival: Arrival, ticket: Ticket, care: Care, *, release_on: date | None = None) -> None:
    """Tell (ENH) the requester of a wish when it may be live: once, and again when the date that they know changes.

    *release_on* is the release that was named for it, where one was.
    """
    work = arrival.work
    if ticket.kind != TicketKind.ENHANCEMENT or not has_client(work, ticket):
        return
    told = _told(work.tickets.events(ticket.id))
    if told is not None and (release_on is None or told.detail.get("on") == release_on.isoformat()):
        return
    window = release_window(
        local_date(ticket.created_at, care.zone), trains=arrival.rules.trains, days=arrival.rules.release_days
    )
    train = release_on or window.train
    arrival.note(TOLD, ticket=ticket, on=train.isoformat() if train is not None else None)
    is_within = train is not None and window.earliest <= train <= window.latest
    arrival.send(
        enhancement(
            reader=client_reader(work, ticket, care),
            ticket=ticket_facts(work, ticket, care, now=arrival.at),
            window=Window(
                earliest=window.earliest,
                latest=window.latest,
                train=train,
                is_within=is_within,
                days=arrival.rules.release_days,
            ),
            cause=arrival.cause,
            thread=client_thread(work, ticket),
            now=arrival.now,
            is_change=told is not None,
            had_date=told is not None and told.detail.get("on") is not None,
            reply_to=arrival.post.client_address(ticket.number),
        )
    )


def _told(events: Sequence[Event]) -> Event | None:
    return next((each for each in reversed(events) if each.action == TOLD), None)
