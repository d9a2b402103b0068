"""Meetings, trainings, workshops, webinars and visits: invitations that calendars understand (MT1 to MT5, M19)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.joining import PROBLEM, tickets_of_problem
from ticketbot.desk.outcome import Outcome, joined, suppressed
from ticketbot.desk.told import reader_of, staff_thread, ticket_facts
from ticketbot.domain.calendars import local_date
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.messages import fold
from ticketbot.domain.recurrence import KINDS, Occurrence, is_alike, tokens_of
from ticketbot.domain.senders import client_of_domain
from ticketbot.domain.when import day, duration, instant, wall_time
from ticketbot.outbound.facts import Reader, Thread, iso
from ticketbot.outbound.letters_acts import invitation
from ticketbot.store.models import Meeting, Staff, Ticket

MEETING = "meeting"
#: How far back a workshop looks for people with the same trouble.
_SAME_TROUBLE = timedelta(days=30)
_MINUTE = timedelta(minutes=1)
#: No meeting lasts longer, so that none that began before can still be going on.
LONGEST = timedelta(days=5)
_BREAK = re.compile(r"[,;\s]+")
#: What an invited person's calendar may say.
_ANSWERS = frozenset({"ACCEPTED", "DECLINED", "TENTATIVE"})


def invite(acting: Acting, command: Command) -> str:
    """Invite people to a meeting about a ticket; the same command with another time moves it, one SEQUENCE later."""
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    starts_at = _starts_at(acting, command)
    length = duration(command.args["duration"]) or timedelta()
    if length > LONGEST:
        raise Conflict("a meeting of more than five days is none")
    known = work.register.meeting(ticket.id, command.name)
    guests = dict.fromkeys([*(known.invited if known is not None else ()), *_guests(acting, command)])
    values = {
        "starts_at": starts_at,
        "minutes": length // _MINUTE,
        "place": command.args["place"],
        "topic": command.args.get("topic") or (known.topic if known is not None else "") or ticket.subject,
        "link": command.args.get("link") or (known.link if known is not None else ""),
        "organiser": acting.person.slug,
        "invited": list(guests),
    }
    if known is None:
        uid = f"{arrival.post.keys.digest(MEETING, f'T-{ticket.number}/{command.name}')}@{arrival.post.identity.domain}"
        meeting = work.register.add_meeting(Meeting(ticket_id=ticket.id, kind=command.name, uid=uid, **values))
    else:
        meeting = known
        meeting.sequence += 1
        meeting.answers = {}
        for name, value in values.items():
            setattr(meeting, name, value)
    acting.note(
        MEETING,
        kind=meeting.kind,
        sequence=meeting.sequence,
        starts_at=iso(starts_at),
        minutes=meeting.minutes,
        place=meeting.place,
        invited=list(guests),
    )
    _send(acting, meeting)
    local = starts_at.astimezone(acting.care.zone)
    moved = "moved to" if known is not None else "set for"
    return (
        f"The {meeting.kind} is {moved} {local:%Y-%m-%d %H:%M} ({acting.care.zone.key}); invited: {', '.join(guests)}."
    )


def receive_calendar_reply(arrival: Arrival) -> Outcome:
    """Record what an invited person's calendar says; nothing else changes."""
    ticket = record_answer(arrival)
    if ticket is None:
        return suppressed("a calendar's answer to no invitation of ours to its sender")
    kept = arrival.keep(ticket, direction="in", audience="internal", author="client")
    answer = arrival.message.calendar_answer.lower() or "unknown"
    return joined(ticket.id, kept.id, f"a calendar's answer to an invitation: {answer}")


def record_answer(arrival: Arrival) -> Ticket | None:
    """Record what an invited person's calendar says, and return the ticket that the meeting is about.

    None where it answers no invitation of ours to its sender.
    """
    uid = arrival.message.calendar_uid
    meeting = arrival.work.register.meeting_named(uid) if uid else None
    sender = arrival.sender.address
    if meeting is None or arrival.sender.has_failed or sender not in meeting.invited:
        return None
    ticket = arrival.work.tickets.by_id(meeting.ticket_id)
    answer = arrival.message.calendar_answer
    if answer in _ANSWERS:
        meeting.answers = {**meeting.answers, sender: answer.lower()}
    arrival.note("meeting_answer", ticket=ticket, kind=meeting.kind, answer=answer.lower() or "unknown")
    return ticket


def _starts_at(acting: Acting, command: Command) -> datetime:
    """Return the instant that a command names on the launch's wall clock."""
    zone, at = acting.care.zone, acting.arrival.at
    on = day(command.args["date"].partition("T")[0], today=local_date(at, zone))
    hour = wall_time(command.args["time"])
    starts_at = instant(on, hour, zone=zone) if on is not None and hour is not None else None
    if starts_at is None:
        raise Conflict(
            f"{command.args['date']} {command.args['time']} does not exist in {zone.key}: the clocks skip it"
        )
    if starts_at <= at:
        raise Conflict(f"{command.args['date']} {command.args['time']} is past; name a time that is to come")
    return starts_at


def _guests(acting: Acting, command: Command) -> Iterator[str]:
    """Yield who is invited, by address: whom the kind of meeting is for, and who is named; never a stranger."""
    work, ticket = acting.arrival.work, acting.ticket
    yield fold(ticket.requester_address)
    if command.name == "workshop":
        for each in _affected(acting):
            yield fold(each.requester_address)
    if command.name == "webinar" and ticket.client_id is not None:
        yield from (each.address for each in work.desk.contacts(ticket.client_id) if "key_user" in each.roles)
    for named in filter(None, _BREAK.split(command.args.get("with", ""))):
        yield _named(acting, fold(named.strip("<>").removeprefix("@")))


def _named(acting: Acting, name: str) -> str:
    """Return the address of somebody named: one of us, or one of this ticket's client."""
    arrival, work = acting.arrival, acting.arrival.work
    person = work.desk.agent(name) or work.desk.agent_at(name)
    if person is not None:
        return fold(person.email)
    contact = work.desk.contact_at(name)
    client = work.desk.client(acting.ticket.client_id)
    slug = client_of_domain(name.rpartition("@")[2], arrival.rules.domains)
    is_theirs = contact.client_id == acting.ticket.client_id if contact is not None else None
    if is_theirs or (is_theirs is None and client is not None and slug == client.slug and "@" in name):
        return name
    raise Conflict(f"{name} is none of us and nobody of this ticket's client")


def _affected(acting: Acting) -> list[Ticket]:
    """Return the tickets of people with the same trouble: those of its problem, and those alike of late (RC1, MT4)."""
    work, ticket = acting.arrival.work, acting.ticket
    named = [each.detail["number"] for each in work.tickets.events_named(PROBLEM) if each.ticket_id == ticket.id]
    found = {each.id: each for number in named[-1:] for each in tickets_of_problem(acting, str(number))}
    own = _occurrence(acting, ticket)
    since = acting.arrival.at - _SAME_TROUBLE
    for each in work.register.tickets_of_client(ticket.client_id, since=since):
        if each.merged_into is None and TicketKind(each.kind) in KINDS and is_alike(_occurrence(acting, each), own):
            found[each.id] = each
    return sorted(found.values(), key=lambda each: each.number)


def _occurrence(acting: Acting, ticket: Ticket) -> Occurrence:
    return Occurrence(
        number=ticket.number,
        kind=TicketKind(ticket.kind),
        contact=ticket.requester_address,
        at=ticket.created_at,
        tokens=tokens_of(ticket.subject, stopwords=acting.arrival.rules.policy.stopwords_of(ticket.locale)),
    )


def _send(acting: Acting, meeting: Meeting) -> None:
    """Send each guest their own invitation, and whoever holds the meeting theirs."""
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    facts = ticket_facts(work, ticket, acting.care, now=arrival.at)
    staff = {fold(each.email): each for each in work.desk.roster()}
    for address in dict.fromkeys([*meeting.invited, fold(acting.person.email)]):
        person = staff.get(address)
        arrival.send(
            invitation(
                reader=reader_of(person) if person is not None else _guest(acting, address),
                ticket=facts,
                kind=meeting.kind,
                uid=meeting.uid,
                sequence=meeting.sequence,
                topic=meeting.topic,
                starts_at=meeting.starts_at,
                minutes=meeting.minutes,
                place=meeting.place,
                link=meeting.link,
                organiser=acting.person.name,
                cause=arrival.cause,
                thread=staff_thread(work, ticket, address) if person is not None else Thread(),
                now=arrival.now,
                reply_to=_reply_to(acting, person),
            )
        )


def _reply_to(acting: Acting, person: Staff | None) -> str:
    arrival, number = acting.arrival, acting.ticket.number
    if person is None:
        return arrival.post.client_address(number)
    return arrival.post.staff_addresses(number, reader=person.email, now=arrival.now).note


def _guest(acting: Acting, address: str) -> Reader:
    contact = acting.arrival.work.desk.contact_at(address)
    client = acting.care.client
    locale = (contact.locale if contact is not None else None) or (client.locale if client is not None else "en")
    return Reader(
        address=address, name=contact.name if contact is not None else "", locale=locale, zone=acting.care.zone.key
    )
