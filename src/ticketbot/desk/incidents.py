"""Major incidents: who must know, who commands, who speaks; told in plain words at once (domain.md OR1, M08).

A mail's effect is read from the events that it left: whether it opened the ticket, changed its place in the order of
work, answered the client or settled the matter. So every verb counts, and none needs to know of incidents.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.relayed import for_client
from ticketbot.desk.told import has_client, reader_of, reader_of_told, staff_thread, story_of, ticket_facts
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.incidents import Deed, Stage, Standing, stage_of
from ticketbot.domain.kinds import Channel, TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES, Act
from ticketbot.domain.messages import fold
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import ClockState, current
from ticketbot.outbound.facts import Reader
from ticketbot.outbound.letters_incident import incident
from ticketbot.store.models import Event, Staff, Ticket

COMMANDS = "ic"
SPEAKS = "comms"
STAKEHOLDER = "stakeholder"


def announce(arrival: Arrival, ticket: Ticket, care: Care, *, person: Staff | None = None) -> None:
    """Tell everybody whom it concerns what this mail made of an incident, if it made anything (M08).

    *person* is who of us wrote it; their words are told only where the client got them as well.
    """
    work = arrival.work
    work.flush()
    done = [each for each in work.tickets.events(ticket.id) if each.cause == arrival.message.sha256]
    phase = care.phase(arrival.at)
    now = Standing(priority=Priority(ticket.priority), kind=TicketKind(ticket.kind), phase=phase)
    stage = stage_of(
        before=_standing_before(ticket, done, now), now=now, deed=_deed(done), is_open=ticket.state in OPEN_STATES
    )
    if stage is None:
        return
    kept = work.tickets.by_fingerprint(arrival.message.fingerprint)
    said = ""
    if person is not None and kept is not None and kept.direction == "out":
        said = for_client(arrival, person, kept.new_text)
    text = said or (_first_words(arrival, ticket) if stage is Stage.OPEN else "")
    next_at = _next_news(arrival, ticket) if stage is not Stage.RESOLVED else None
    facts = ticket_facts(work, ticket, care, now=arrival.at)
    names = {each.slug: each.name for each in work.desk.everybody()}
    for reader, is_ours in _readers(arrival, care, is_major=now.is_major):
        addresses = arrival.post.staff_addresses(ticket.number, reader=reader.address, now=arrival.now)
        arrival.send(
            incident(
                reader=reader,
                ticket=facts,
                stage=stage,
                text=text,
                since=ticket.reopened_at or ticket.created_at,
                commander=names.get(commander_of(arrival, ticket) or "", ""),
                spokesman=names.get(_named_last(arrival, ticket, SPEAKS) or "", ""),
                next_update_at=next_at,
                cause=arrival.cause,
                thread=staff_thread(work, ticket, reader.address),
                now=arrival.now,
                addresses=addresses if is_ours else None,
                reply_to=arrival.post.client_address(ticket.number) if has_client(work, ticket) else None,
            )
        )


def take_command(acting: Acting, command: Command) -> str:
    """Make somebody, or the sender, the commander of an incident (`#ic`)."""
    person = _person(acting, command.args.get("person"))
    acting.note(COMMANDS, to=person.slug)
    return f"{person.name} commands T-{acting.ticket.number} now."


def name_spokesman(acting: Acting, command: Command) -> str:
    """Name who writes to the client while an incident lasts (`#comms`)."""
    person = _person(acting, command.args["person"])
    acting.note(SPEAKS, to=person.slug)
    return f"{person.name} writes to the client about T-{acting.ticket.number} now."


def commander_of(arrival: Arrival, ticket: Ticket) -> str | None:
    """Return who commands: the one named last, else the first who answered, else who logged the call."""
    named = _named_last(arrival, ticket, COMMANDS)
    if named is not None:
        return named
    replies = [each.actor for each in arrival.work.tickets.events(ticket.id) if each.action == "reply"]
    if replies:
        return replies[0]
    owner = arrival.work.desk.person(ticket.owner_id) if ticket.channel == Channel.HOTLINE else None
    return owner.slug if owner is not None else None


def _named_last(arrival: Arrival, ticket: Ticket, action: str) -> str | None:
    named = [each for each in arrival.work.tickets.events(ticket.id) if each.action == action]
    return str(named[-1].detail["to"]) if named else None


def _person(acting: Acting, slug: str | None) -> Staff:
    if slug is None:
        return acting.person
    person = acting.arrival.work.desk.agent(slug)
    if person is None:
        raise Conflict(f"nobody here is called {slug}")
    return person


def _standing_before(ticket: Ticket, done: Iterable[Event], now: Standing) -> Standing | None:
    """Return how a ticket stood before a mail; None where the mail opened it."""
    found = {"priority": ticket.priority, "kind": ticket.kind}
    for each in reversed(list(done)):
        if each.action == "opened":
            return None
        if each.action in found:
            found[each.action] = str(each.detail["before"])
    return Standing(priority=Priority(found["priority"]), kind=TicketKind(found["kind"]), phase=now.phase)


def _deed(done: Iterable[Event]) -> Deed:
    """Return what a mail did that an incident's followers must hear."""
    acts = {str(each.detail.get("act")) for each in done if each.action in ("reply", "state")}
    if acts & {Act.RESOLVE, Act.SHIPPED}:
        return Deed.SETTLED
    answered = any(each.action == "reply" and each.detail.get("act") == Act.REPLY for each in done)
    return Deed.ANSWERED if answered else Deed.NONE


def _first_words(arrival: Arrival, ticket: Ticket) -> str:
    """Return what the matter was reported with: the client's first words, else what was noted of a call."""
    story = story_of(arrival.work, ticket)
    first = next((each for each in story if not each.is_staff), story[0] if story else None)
    return first.text if first is not None else ""


def _next_news(arrival: Arrival, ticket: Ticket) -> datetime | None:
    """Return by when the client hears again: the next update, else the first answer."""
    live = current(load_clocks(arrival.work, ticket))
    for name in (ClockName.UPDATE, ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE):
        clock = live.get(name)
        if clock is not None and clock.state is ClockState.RUNNING:
            return clock.due_at
    return None


def _readers(arrival: Arrival, care: Care, *, is_major: bool) -> Iterator[tuple[Reader, bool]]:
    """Yield who is told, each once, and whether they are ours: disciplines (else the lead), channels, stakeholders."""
    rules, people, desk = arrival.rules, arrival.people(), arrival.work.desk
    members = {slug for names in rules.disciplines.values() for slug in names}
    found = [(reader_of(each), True) for each in people.roster if each.slug in members]
    if not found:
        leads = people.in_role("lead", launch=care.launch, phase=care.phase(arrival.at))
        found = [(reader_of_told(each), True) for each in leads]
    zone = rules.policy.zone.key
    found += [(Reader(address=each, locale=rules.locale, zone=zone), False) for each in rules.channels]
    if is_major and care.client is not None:
        found += [
            (
                Reader(
                    address=each.address,
                    name=each.name,
                    locale=each.locale or care.client.locale,
                    zone=care.zone.key,
                ),
                False,
            )
            for each in desk.contacts(care.client.id)
            if STAKEHOLDER in each.roles
        ]
    seen: set[str] = set()
    for reader, is_ours in found:
        if fold(reader.address) not in seen:
            seen.add(fold(reader.address))
            yield reader, is_ours
