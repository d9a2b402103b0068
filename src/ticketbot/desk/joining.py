"""Verbs of the group Join: the same matter twice, and the problem behind several."""

from ticketbot.desk.actions import Acting, change_state, save_promises
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.told import client_reader, client_thread, copies_of, has_client, ticket_facts
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.lifecycle import Act, TicketState
from ticketbot.domain.sla import on_voided
from ticketbot.outbound.facts import TicketLine
from ticketbot.outbound.letters_client import merged
from ticketbot.store.models import Ticket

PROBLEM = "problem"
_GONE = frozenset({TicketState.MERGED, TicketState.SPAM})


def merge(acting: Acting, command: Command) -> str:
    """Make a ticket part of another of the same client; its people take part there, its promises are void."""
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    number = int(command.args["ticket"].removeprefix("T-"))
    target = work.tickets.by_number(number)
    if target is None:
        raise Conflict(f"there is no ticket T-{number}")
    if target.merged_into is not None:
        target = work.tickets.by_id(target.merged_into)
    if target.id == ticket.id:
        raise Conflict(f"T-{ticket.number} cannot be merged into itself")
    if target.client_id != ticket.client_id:
        raise Conflict(f"T-{target.number} belongs to another client; tickets of two clients are never merged")
    if TicketState(target.state) in _GONE:
        raise Conflict(f"T-{target.number} is {target.state}; name the ticket that goes on")
    work.tickets.lock(target)
    change_state(arrival, ticket, Act.MERGE, care=acting.care, actor=acting.person.slug)
    ticket.merged_into = target.id
    save_promises(arrival, ticket, on_voided(load_clocks(work, ticket), at=arrival.at))
    for each in work.tickets.participants(ticket.id):
        if work.tickets.join(target, address=each.address, name=each.name, now=arrival.at):
            arrival.note("joined", ticket=target, address=each.address)
    acting.note("merged", into=f"T-{target.number}")
    _tell_merged(acting, target)
    arrival.note("merged_in", ticket=target, actor=acting.person.slug, number=f"T-{ticket.number}")
    return f"T-{ticket.number} is part of T-{target.number} now; mail about it goes there."


def _tell_merged(acting: Acting, target: Ticket) -> None:
    """Tell (MERGED) the people of the ticket that goes on elsewhere; where no client asked for it, there is nobody."""
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    if not has_client(work, ticket):
        return
    arrival.send(
        merged(
            reader=client_reader(work, ticket, acting.care),
            cc=copies_of(work, ticket),
            ticket=ticket_facts(work, ticket, acting.care, now=arrival.at),
            into=TicketLine(number=target.number, subject=target.subject),
            cause=arrival.cause,
            thread=client_thread(work, ticket),
            now=arrival.now,
            reply_to=arrival.post.client_address(target.number),
        )
    )


def name_problem(acting: Acting, command: Command) -> str:
    """Name what lies behind a ticket, and who looks after it; tickets of one title belong to one problem."""
    work, ticket = acting.arrival.work, acting.ticket
    title = " ".join(command.args["title"].split())
    slug = command.args.get("owner", acting.person.slug)
    owner = slug if slug.startswith("team:") else None
    if owner is None:
        person = work.desk.agent(slug)
        if person is None:
            raise Conflict(f"nobody here is called {slug}")
        owner = person.slug
    named = {each.detail["title"].casefold(): str(each.detail["number"]) for each in work.tickets.events_named(PROBLEM)}
    number = named.get(title.casefold(), f"PR{len(set(named.values())) + 1}")
    acting.note(PROBLEM, number=number, title=title, owner=owner)
    return f"T-{ticket.number} belongs to problem {number}, {title}; {owner} looks after it."


def tickets_of_problem(acting: Acting, number: str) -> list[Ticket]:
    """Return the tickets that belong to a problem."""
    work = acting.arrival.work
    ids = [each.ticket_id for each in work.tickets.events_named(PROBLEM) if each.detail["number"] == number]
    return [work.tickets.by_id(each) for each in dict.fromkeys(ids) if each is not None]
