"""What staff may ask by mail: where launches stand, a ticket with its story, the figures of a week (CM7)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from ticketbot.desk.care import care_for, care_of
from ticketbot.desk.errands import Errand
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.told import clock_facts, reader_of, story_of
from ticketbot.desk.weeks import desk_week
from ticketbot.domain.calendars import local_date
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.lifecycle import OPEN_STATES
from ticketbot.domain.when import duration
from ticketbot.outbound.letters_reports import digest
from ticketbot.reports.tickets import told_promises
from ticketbot.store.models import Launch, Ticket

#: What parts the lines of an answer.
NEW_LINE = "\n"
#: What belongs to the line above it stands so much further in; letters keep that.
_STEP = "  "
_WEEK = timedelta(days=7)
_MAILS_SHOWN = 10
_WORDS_SHOWN = 600


def status(errand: Errand, command: Command) -> str:
    """Return where a launch stands, or each of them: phase, what is open, what is due next."""
    desk = errand.arrival.work.desk
    named = command.args.get("launch")
    launches = [desk.launch_named(named)] if named is not None else list(desk.launches())
    if launches == [None]:
        raise Conflict(f"there is no launch {named}; known are {', '.join(each.slug for each in desk.launches())}")
    lines = [_standing(errand, each) for each in launches if each is not None]
    return NEW_LINE.join(lines) if lines else "No launch is planned."


def _standing(errand: Errand, launch: Launch) -> str:
    arrival, work = errand.arrival, errand.arrival.work
    care = care_for(work, policy=arrival.rules.policy, client=None, launch=launch, now=arrival.at)
    phase = care.phase_facts(arrival.at)
    tickets = work.tickets.of_launch(launch.id, {state.value for state in OPEN_STATES})
    counts = {name: sum(each.priority == name for each in tickets) for name in ("P1", "P2", "P3", "P4")}
    shown = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
    unowned = sum(each.owner_id is None for each in tickets)
    due = min((clock.due_at for each in tickets for clock in load_clocks(work, each) if clock.due_at and clock.is_live),
              default=None)  # fmt: skip
    zone = ZoneInfo(errand.person.timezone)
    parts = [
        f"{launch.slug} · {phase.phase} d{phase.day_index}" if phase is not None else launch.slug,
        f"until {local_date(phase.ends_at, care.zone).isoformat()}" if phase is not None and phase.ends_at else "",
        f"open: {shown}",
        f"{unowned} without an owner" if unowned else "",
        f"next due {due.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})" if due is not None else "",
    ]
    return " · ".join(filter(None, parts))


def show_ticket(errand: Errand, command: Command) -> str:
    """Return a ticket with what runs and what was said: the one that is named, else the one in hand."""
    arrival, work = errand.arrival, errand.arrival.work
    ticket = _named(errand, command)
    return NEW_LINE.join(_story(errand, ticket, care_zone=care_of(
        work, ticket, policy=arrival.rules.policy, now=arrival.at).zone.key))  # fmt: skip


def _story(errand: Errand, ticket: Ticket, *, care_zone: str) -> Iterator[str]:
    work, zone = errand.arrival.work, ZoneInfo(errand.person.timezone)
    owner = work.desk.person(ticket.owner_id)
    who = owner.slug if owner is not None else f"team:{ticket.owner_team}" if ticket.owner_team else "nobody"
    yield f"T-{ticket.number} · {ticket.subject}"
    yield f"{ticket.state.replace('_', ' ')} · {ticket.priority} · {ticket.kind} · owner {who}"
    yield f"from {ticket.requester_name} <{ticket.requester_address}> · their zone {care_zone}"
    for clock in clock_facts(load_clocks(work, ticket)):
        due = f"due {clock.due_at.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})" if clock.due_at else "at rest"
        yield f"{clock.clock} {due}"
    for mail in story_of(work, ticket)[-_MAILS_SHOWN:]:
        said = " ".join(mail.text.split())[:_WORDS_SHOWN]
        yield f"{mail.at.astimezone(zone):%Y-%m-%d %H:%M} {mail.author}{' (note)' if mail.is_note else ''}: {said}"


def why(errand: Errand, command: Command) -> str:
    """Return the arithmetic of each due time of a ticket: the one that is named, else the one in hand."""
    arrival, ticket = errand.arrival, _named(errand, command)
    zone = ZoneInfo(errand.person.timezone)
    stories = told_promises(arrival.work, ticket, zone=zone, now=arrival.now, is_brief=True)
    if not stories:
        return f"T-{ticket.number} promises nothing."
    # The first line is its letter's subject where nothing else was asked or done.
    lines = [f"Why T-{ticket.number}: {' '.join(ticket.subject.split())}", f"{_STEP}times in {zone.key}"]
    for heading, *steps in stories:
        lines += [f"{_STEP}{heading}", *(f"{_STEP}{_STEP}{step}" for step in steps)]
    return NEW_LINE.join(lines)


def _named(errand: Errand, command: Command) -> Ticket:
    """Return the ticket that a question names, else the one in hand."""
    named = command.args.get("ticket")
    if named is None:
        if errand.acting is None:
            raise Conflict(f"#{command.name} needs a ticket; write #{command.name} T-1042")
        return errand.acting.ticket
    found = errand.arrival.work.tickets.by_number(int(named.removeprefix("T-")))
    if found is None:
        raise Conflict(f"there is no ticket {named}")
    return found


def send_digest(errand: Errand, command: Command) -> str:
    """Send the figures of the last seven days, in the form of Monday's digest."""
    arrival = errand.arrival
    if (span := command.args.get("span")) is not None and duration(span) != _WEEK:
        raise Conflict("this version counts seven days at a time: #digest 7d")
    today = local_date(arrival.at, arrival.rules.policy.zone)
    first_day = today - _WEEK + timedelta(days=1)
    arrival.send(
        digest(
            reader=reader_of(errand.person),
            week=desk_week(arrival.work, arrival.rules, first_day=first_day, now=arrival.now),
            slot=arrival.now,
            now=arrival.now,
            asked_by=arrival.message.fingerprint,
        )
    )
    return ""


def lines_of(done: Iterable[str]) -> list[str]:
    """Return what was done, a sentence each, and what was answered, line by line, further in where it was."""
    return [line for each in done for line in each.split(NEW_LINE)]
