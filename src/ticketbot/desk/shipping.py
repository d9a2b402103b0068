"""Verbs of the group Release: enhancements leave with a release, not before their window (domain.md EN1)."""

from datetime import date

from ticketbot.desk.actions import Acting, change_state, save_promises, write_to_client
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.wishing import tell_of_wish
from ticketbot.domain.calendars import local_date
from ticketbot.domain.command_specs import ROLES, Who
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES, Act
from ticketbot.domain.releases import is_too_early
from ticketbot.domain.sla import on_pending, on_resolved
from ticketbot.domain.slots import free_slots
from ticketbot.domain.when import day
from ticketbot.outbound.facts import Reader, TicketLine
from ticketbot.outbound.letters_trends import webinar

RELEASE = "release"
FAQ = "faq"
WEBINAR_MINUTES = 60
MOST_QUESTIONS = 3


def name_release(acting: Acting, command: Command) -> str:
    """Record with which release it comes; too early a one needs `!` and a lead."""
    arrival, ticket, zone = acting.arrival, acting.ticket, acting.care.zone
    today = local_date(arrival.at, zone)
    on = day(command.args["date"].partition("T")[0], today=today)
    if on is None or on < today:
        raise Conflict(f"{command.args['date']} is past; name a release that is to come")
    if ticket.kind == TicketKind.ENHANCEMENT and "force" not in command.args:
        received_on = local_date(ticket.created_at, zone)
        if is_too_early(on, received_on=received_on, days=arrival.rules.release_days):
            raise Conflict(
                f"{on.isoformat()} lies before the release window of T-{ticket.number}; a lead may write "
                f"#release {on.isoformat()} !"
            )
    if "force" in command.args and acting.person.role not in (ROLES[Who.LEAD] or ()):
        raise Conflict("only a lead may name a release before its window")
    acting.note(RELEASE, on=on.isoformat())
    return f"T-{ticket.number} comes with the release of {on.isoformat()}."


def release_silently(acting: Acting, command: Command) -> str:
    """Let a ticket wait for a release without new words to the client."""
    done = name_release(acting, command)
    change_state(acting.arrival, acting.ticket, Act.RELEASE, care=acting.care, actor=acting.person.slug)
    clocks = on_pending(load_clocks(acting.arrival.work, acting.ticket), at=acting.arrival.at, is_reply=False)
    save_promises(acting.arrival, acting.ticket, clocks)
    return done


def ship_silently(acting: Acting, _command: Command) -> str:
    """Settle what a release brought, and tell the client so."""
    arrival, ticket = acting.arrival, acting.ticket
    change_state(arrival, ticket, Act.SHIPPED, care=acting.care, actor=acting.person.slug)
    save_promises(arrival, ticket, on_resolved(load_clocks(arrival.work, ticket), at=arrival.at))
    write_to_client(acting, "", act=Act.SHIPPED)
    return f"T-{ticket.number} has shipped and the client was told."


def before_releasing(acting: Acting, command: Command, *, speaks: bool) -> None:
    """Record the release before the words that announce it go out."""
    if speaks:
        name_release(acting, command)


def before_resolving(acting: Acting, _command: Command, *, speaks: bool) -> None:
    """Raise Conflict where an enhancement would be resolved that no release brought, in words or not (EN1)."""
    del speaks
    ticket = acting.ticket
    if ticket.kind == TicketKind.ENHANCEMENT and release_of(acting) is None:
        raise Conflict(
            f"T-{ticket.number} is an enhancement and leaves by a release: write #release DATE, "
            "or #kind if it is something else"
        )


def tell_what_follows(acting: Acting) -> None:
    """After a mail about a wish: its client hears a new date (ENH), the lead how to show what a release brought."""
    ticket, on = acting.ticket, release_of(acting)
    if ticket.state in OPEN_STATES:
        tell_of_wish(acting.arrival, ticket, acting.care, release_on=on)
    acting.arrival.work.flush()
    done = acting.arrival.work.tickets.events(ticket.id)
    cause = acting.arrival.message.sha256
    if on is not None and any(each.cause == cause and each.detail.get("act") == Act.SHIPPED for each in done):
        _propose_webinar(acting, on)


def _propose_webinar(acting: Acting, on: date) -> None:
    """Propose (WEBINAR) to show what a release brought to this launch; once for each release."""
    arrival, work, care = acting.arrival, acting.arrival.work, acting.care
    named = [each for each in work.tickets.events_named(RELEASE) if each.launch_id == acting.ticket.launch_id]
    last = {each.ticket_id: each.detail["on"] for each in named}
    brought = [work.tickets.by_id(each) for each, day_on in last.items() if each and day_on == on.isoformat()]
    asked = [each for each in work.register.items(FAQ) if each.client_id in (None, acting.ticket.client_id)]
    slots = free_slots(care.schedules[care.policy.office], now=arrival.at, minutes=WEBINAR_MINUTES)
    for lead in arrival.people().in_role("lead", launch=care.launch, phase=care.phase(arrival.at)):
        reader = Reader(address=lead.address, name=lead.name, locale=lead.locale, zone=care.zone.key)
        number = acting.ticket.number
        arrival.send(
            webinar(
                reader=reader,
                launch_name=care.launch.name if care.launch is not None else "",
                released_on=on,
                tickets=[TicketLine(number=each.number, subject=each.subject, state=each.state) for each in brought],
                questions=[each.title for each in asked[-MOST_QUESTIONS:]],
                slots=slots,
                cause=arrival.cause,
                now=arrival.now,
                number=number,
                note_address=arrival.post.staff_addresses(number, reader=lead.address, now=arrival.now).note,
                launch=care.launch.slug if care.launch is not None else None,
            )
        )


def release_of(acting: Acting) -> date | None:
    """Return the release that was named last for a ticket."""
    named = [each for each in acting.arrival.work.tickets.events(acting.ticket.id) if each.action == RELEASE]
    return date.fromisoformat(named[-1].detail["on"]) if named else None
