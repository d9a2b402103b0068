"""Verbs of the group Ask: what staff may ask by mail, answered in the receipt (domain.md CM7)."""

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from ticketbot.desk.arrival import Arrival
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.reports.tickets import told_promises
from ticketbot.store.models import Staff, Ticket

#: What parts the lines of an answer.
NEW_LINE = "\n"
#: How an answer to `#why` begins, which is its letter's subject where nothing else was asked or done.
WHY = "Why"
#: What belongs to the line above it stands so much further in; letters keep that.
_STEP = "  "


def why(arrival: Arrival, person: Staff, command: Command, ticket: Ticket | None) -> str:
    """Return the arithmetic of each due time of a ticket: the one that is named, else the one in hand."""
    named = _named(arrival, command, ticket)
    zone = ZoneInfo(person.timezone)
    stories = told_promises(arrival.work, named, zone=zone, now=arrival.now, is_brief=True)
    if not stories:
        return f"T-{named.number} promises nothing."
    lines = [f"{WHY} T-{named.number}: {' '.join(named.subject.split())}", f"{_STEP}times in {zone.key}"]
    for heading, *steps in stories:
        lines += [f"{_STEP}{heading}", *(f"{_STEP}{_STEP}{step}" for step in steps)]
    return NEW_LINE.join(lines)


def _named(arrival: Arrival, command: Command, ticket: Ticket | None) -> Ticket:
    text = command.args.get("ticket")
    if text is None:
        if ticket is None:
            raise Conflict(f"#{command.name} needs a ticket; write #{command.name} T-1042")
        return ticket
    found = arrival.work.tickets.by_number(int(text.removeprefix("T-")))
    if found is None:
        raise Conflict(f"there is no ticket {text}")
    return found


#: Each answers with lines, and changes nothing; the ticket is the one that the mail is about, if any.
ASKS: Mapping[str, Callable[[Arrival, Staff, Command, Ticket | None], str]] = {"why": why}


def lines_of(done: Iterable[str]) -> list[str]:
    """Return what was done, a sentence each, and what was answered, line by line, further in where it was."""
    return [line for each in done for line in each.split(NEW_LINE)]
