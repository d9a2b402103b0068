"""A client asks to meet: their consultant owns it, three free times go out, and one number chooses (domain.md MT1)."""

import re
from datetime import datetime, timedelta

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care
from ticketbot.desk.meetings import LONGEST, invite
from ticketbot.desk.people import People, roles_of
from ticketbot.desk.post import Post
from ticketbot.desk.told import client_reader, client_thread, has_client, ticket_facts
from ticketbot.desk.waiting import OFFERED, offers_of, plan_wait
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.commands import Command
from ticketbot.domain.drafts import Draft
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.slots import free_slots
from ticketbot.outbound.facts import Cause, iso
from ticketbot.outbound.letters_course import Slot, slots
from ticketbot.store.database import Work
from ticketbot.store.models import Staff, Ticket

CONSULTANT = "strategic_consultant"
MINUTES = 30
_CHOICE = re.compile(r"(?:no\.?|nr\.?|number|nummer|slot|time|zeit|termin)?\s*#?([1-9])[.)!]?", re.IGNORECASE)


def host_of(people: People, care: Care) -> Staff | None:
    """Return who meets a client: their consultant, if there is one."""
    return next((each for each in people.roster if CONSULTANT in roles_of(each, care.launch)), None)


def give_to_consultant(arrival: Arrival, ticket: Ticket, care: Care) -> None:
    """Make the consultant the owner of a ticket whose client asks to meet."""
    host = host_of(arrival.people(), care) if ticket.kind == TicketKind.MEETING else None
    if host is not None and ticket.owner_id is None:
        ticket.owner_id = host.id
        arrival.note("owner", ticket=ticket, actor="ticketbot", to=host.slug, why="asked to meet")


def offer_times(arrival: Arrival, ticket: Ticket, care: Care, *, is_again: bool = False) -> None:
    """Offer (SLOTS) a client who asks to meet three times at which their consultant is free."""
    host = host_of(arrival.people(), care)
    if ticket.kind != TicketKind.MEETING or host is None or arrival.is_silent:
        return
    draft = offer(
        arrival.work, arrival.post, ticket, care, host=host, cause=arrival.cause, now=arrival.now, is_again=is_again
    )
    if draft is not None:
        arrival.send(draft)


def offer(
    work: Work, post: Post, ticket: Ticket, care: Care, *, host: Staff, cause: Cause, now: datetime, is_again: bool
) -> Draft | None:
    """Record which times are offered and return the letter; None where nobody asked, or no time is free."""
    taken = _taken(work, host, after=now)
    times = free_slots(care.schedules[care.policy.office], now=now, minutes=MINUTES, busy=taken)
    if not times or not has_client(work, ticket):
        return None
    told = {"at": [iso(at) for at in times], "host": host.slug}
    work.tickets.note(OFFERED, at=now, actor="ticketbot", ticket=ticket, detail=told, cause=cause.sha256)
    plan_wait(work, ticket, care)
    return slots(
        reader=client_reader(work, ticket, care),
        ticket=ticket_facts(work, ticket, care, now=now),
        choices=[Slot(number=index, at=at, minutes=MINUTES) for index, at in enumerate(times, 1)],
        host=host.name.strip().partition(" ")[0],
        address=post.client_address(ticket.number),
        cause=cause,
        thread=client_thread(work, ticket),
        now=now,
        is_again=is_again,
    )


def choose(arrival: Arrival, ticket: Ticket, care: Care) -> bool:
    """Invite to the time that a client's mail chooses by its number; return whether it chose one.

    What has passed or been taken meanwhile is answered with new times.
    """
    work = arrival.work
    offers = offers_of(work, ticket) if ticket.kind == TicketKind.MEETING else []
    first = arrival.message.new_text.strip().partition("\n")[0].strip()
    found = _CHOICE.fullmatch(first)
    if not offers or found is None or work.register.meeting(ticket.id, CommandName.MEET) is not None:
        return False
    times = [datetime.fromisoformat(text) for text in offers[-1].detail["at"]]
    host = work.desk.agent(str(offers[-1].detail["host"]))
    if host is None or int(found[1]) > len(times):
        return False
    at = times[int(found[1]) - 1]
    ends_at = at + timedelta(minutes=MINUTES)
    is_taken = any(begins < ends_at and at < ends for begins, ends in _taken(work, host, after=at))
    if at <= arrival.at or is_taken:
        offer_times(arrival, ticket, care, is_again=True)
        return True
    local = at.astimezone(care.zone)
    args = {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "duration": f"{MINUTES}m", "place": "remote"}
    order = Command(name=CommandName.MEET, line_no=1, line=first, args=args)
    invite(Acting(arrival=arrival, ticket=ticket, care=care, person=host), order)
    plan_wait(work, ticket, care)
    return True


def _taken(work: Work, host: Staff, *, after: datetime) -> list[tuple[datetime, datetime]]:
    """Return from when to when somebody is in a meeting, as far as one can still be going on after an instant."""
    return [
        (each.starts_at, each.starts_at + timedelta(minutes=each.minutes))
        for each in work.register.meetings_since(after - LONGEST)
        if host.slug == each.organiser or host.email in each.invited
    ]
