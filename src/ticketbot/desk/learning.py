"""What a matter teaches: insights, lessons, actions and reviews; and how the client can go on meanwhile."""

import re
from datetime import date

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.errands import Errand
from ticketbot.desk.told import client_reader
from ticketbot.domain.calendars import local_date
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.commands import Command, Parsed
from ticketbot.domain.errors import Conflict
from ticketbot.domain.when import day
from ticketbot.store.models import RegisterItem, Ticket

OPEN, DONE, OFFERED, ACCEPTED, KEPT = "open", "done", "offered", "accepted", "kept"
WORKAROUND, FOUND, REVIEW = "workaround", "found", "review"
_ACTION = re.compile(r"(?P<text>.*\S)\s+@(?P<who>[\w.-]+)\s+(?P<on>\S+)")
_YES = re.compile(
    r"\W*(?:yes|yep|yeah|ok|okay|fine|sure|that (?:helps|works)|it (?:helps|works)|works(?: for us)?|ja|jawohl|passt"
    r"|in ordnung|gut so|das (?:hilft|geht|passt)|damit (?:geht|kommen))\b(?!\s*(?:,?\s*but|,?\s*aber)\b)",
    re.IGNORECASE,
)
_ASKS = {
    "en": "Does this let you go on for now? A plain yes is enough.",
    "de": "Kommen Sie damit fürs Erste weiter? Ein einfaches Ja genügt.",
}


def write_down(errand: Errand, command: Command) -> str:
    """Keep an insight or a lesson, for the register and the next launch (FB3, FB4, GT7)."""
    item = noted(errand, command.name, title=command.args["text"], state=KEPT, sort=command.args.get("class"))
    return f"Kept as {item.sort or item.kind}: {item.title}"


def plan_action(errand: Errand, command: Command) -> str:
    """Note what somebody does until a day; it stands in stand-up and trend until it is done."""
    told = _ACTION.fullmatch(command.args["action"])
    person = errand.arrival.work.desk.agent(told["who"]) if told is not None else None
    if told is None or person is None:
        raise Conflict(f"nobody here is called {told['who'] if told is not None else ''}")
    on = due_day(errand.arrival, told["on"])
    noted(errand, "action", title=told["text"], state=OPEN, owner=person.slug, due_on=on.isoformat())
    return f"{person.slug} does it until {on.isoformat()}: {told['text']}"


def due_day(arrival: Arrival, text: str) -> date:
    """Return the day that somebody names for a task; raises Conflict for one that is no day, or past."""
    today = local_date(arrival.at, arrival.rules.policy.zone)
    on = day(text, today=today)
    if on is None:
        raise Conflict(f"“{text}” is not a date (2027-03-18, fri, 3d)")
    if on < today:
        raise Conflict(f"{text} is past; name a day that is to come")
    return on


def keep_review(acting: Acting, command: Command) -> str:
    """Keep the review of an incident: cause, what helped, what is done about it (OR1)."""
    ticket = acting.ticket
    was_critical = ticket.priority == "P1" or any(
        each.action == "priority" and "P1" in (each.detail.get("before"), each.detail.get("after"))
        for each in acting.arrival.work.tickets.events(ticket.id)
    )
    if not was_critical:
        raise Conflict(f"T-{ticket.number} was never critical; #lesson keeps what it teaches")
    errand = Errand(arrival=acting.arrival, person=acting.person, acting=acting)
    noted(errand, REVIEW, title=command.args["text"], text=acting.words, state=DONE)
    acting.note(REVIEW, text=command.args["text"])
    return f"The review of T-{ticket.number} is kept."


def mark_found(acting: Acting, command: Command) -> str:
    """Note how it could have been found before, e.g. by a test (the escape rate counts it)."""
    acting.ticket.found = command.args["found"]
    acting.note(FOUND, how=acting.ticket.found)
    return f"T-{acting.ticket.number} is marked: {acting.ticket.found}."


def words_with_workaround(acting: Acting, parsed: Parsed) -> str:
    """Return a mail's words to the client with the workaround that it offers, and the question whether it helps."""
    offered = next((each for each in parsed.commands if each.name == CommandName.WORKAROUND), None)
    if offered is None or not acting.goes_out:
        return acting.words
    locale = client_reader(acting.arrival.work, acting.ticket, acting.care).locale
    asks = _ASKS["de" if locale.startswith("de") else "en"]
    return "\n\n".join(filter(None, (acting.words, offered.args["text"], asks)))


def offer_workaround(acting: Acting, command: Command) -> str:
    """Record how the client can go on meanwhile; their yes makes it accepted (G2)."""
    if not acting.goes_out:
        raise Conflict("a workaround is offered to the client: write it to the address that answers them")
    acting.ticket.workaround = OFFERED
    acting.note(WORKAROUND, state=OFFERED, text=command.args["text"])
    return f"The workaround for T-{acting.ticket.number} went to the client; their yes makes it accepted."


def hear_yes(arrival: Arrival, ticket: Ticket) -> None:
    """Take a client's yes to a workaround that was offered; anything else leaves it offered."""
    if ticket.workaround != OFFERED or not _YES.match(arrival.message.new_text):
        return
    ticket.workaround = ACCEPTED
    arrival.note(WORKAROUND, ticket=ticket, state=ACCEPTED)


def noted(
    errand: Errand,
    kind: str,
    *,
    title: str,
    state: str,
    text: str = "",
    sort: str | None = None,
    owner: str | None = None,
    due_on: str | None = None,
) -> RegisterItem:
    """Write something down where the mail was about: its ticket, launch and client, if any."""
    arrival = errand.arrival
    ticket = errand.acting.ticket if errand.acting is not None else None
    item = arrival.work.register.add(
        RegisterItem(
            kind=kind,
            sort=sort,
            state=state,
            title=" ".join(title.split()),
            text=text,
            owner=owner,
            due_on=due_on,
            ticket_id=ticket.id if ticket is not None else None,
            launch_id=ticket.launch_id if ticket is not None else None,
            client_id=ticket.client_id if ticket is not None else None,
            at=arrival.at,
            actor=errand.person.slug,
            cause=arrival.message.sha256,
            done_at=arrival.at if state == DONE else None,
        )
    )
    detail = {"title": item.title, "owner": owner, "due_on": due_on, "class": sort}
    arrival.note(f"register_{kind}", ticket=ticket, actor=errand.person.slug, **detail)
    return item
