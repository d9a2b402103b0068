"""Out of sight for a while: a ticket that is snoozed, one of us who is away, somebody who is heard no more."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.errands import Errand
from ticketbot.domain.calendars import local_date, local_instant
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.messages import fold
from ticketbot.domain.senders import FREE_MAIL, client_of_domain
from ticketbot.domain.when import day


def snooze(acting: Acting, command: Command) -> str:
    """Hide a ticket from stand-up and watch until a day, or until the client writes; its clocks run on (CM3)."""
    until = _morning(command, zone=acting.care.zone, at=acting.arrival.at)
    if until <= acting.arrival.at:
        raise Conflict(f"{command.args['until']} is not to come; name a later day")
    acting.ticket.snoozed_until = until
    acting.note("snoozed", until=until.isoformat())
    day_named = local_date(until, acting.care.zone).isoformat()
    return f"T-{acting.ticket.number} is out of sight until {day_named}; its clocks run on."


def go_away(errand: Errand, command: Command) -> str:
    """Note that one of us is away until a day: what comes for them meanwhile goes to others. Today means back again."""
    arrival, person = errand.arrival, errand.person
    zone = ZoneInfo(person.timezone)
    until = _morning(command, zone=zone, at=arrival.at)
    today = local_date(arrival.at, zone)
    if local_date(until, zone) < today:
        raise Conflict(f"{command.args['until']} is past; name the day on which you are back")
    person.away_until = until if local_date(until, zone) > today else None
    arrival.note("away", actor=person.slug, until=until.isoformat() if person.away_until is not None else None)
    if person.away_until is None:
        return "You are back."
    return f"You are away until {local_date(until, zone).isoformat()}; what comes for you meanwhile goes to others."


def block(errand: Errand, command: Command) -> str:
    """Hear an address or a domain no more; never one of ours, and never a client's."""
    arrival, desk, party = errand.arrival, errand.arrival.work.desk, fold(command.args["party"])
    if objection := why_not_blocked(arrival, party):
        raise Conflict(objection)
    is_new = desk.block(party, by=errand.person.slug, now=arrival.now)
    arrival.note("blocked", actor=errand.person.slug, party=party)
    return f"{party} is {'' if is_new else 'already '}heard no more."


def why_not_blocked(arrival: Arrival, party: str) -> str:
    """Return why an address or a domain must go on being heard, empty where it may be blocked."""
    desk, key = arrival.work.desk, fold(party)
    name, _, domain = key.rpartition("@")
    if domain in {address.rpartition("@")[2] for address in arrival.rules.not_clients}:
        return f"{key} is one of ours"
    people = (each for client in desk.clients() for each in desk.contacts(client.id))
    is_contacts = any(
        fold(each.address) == key or (not name and each.address.endswith(f"@{domain}")) for each in people
    )
    if not name and domain in FREE_MAIL:
        return f"{key} is a provider that everybody uses; name the address"
    if is_contacts or client_of_domain(domain, arrival.rules.domains) is not None:
        return f"{key} is a client's; take them out of the desk file first"
    return ""


def _morning(command: Command, *, zone: ZoneInfo, at: datetime) -> datetime:
    """Return the midnight at which the day begins that a command names."""
    on = day(command.args["until"].partition("T")[0], today=local_date(at, zone))
    if on is None:  # pragma: no cover - the form has read it
        raise Conflict(f"{command.args['until']} is no date")
    return local_instant(on, time(), zone)
