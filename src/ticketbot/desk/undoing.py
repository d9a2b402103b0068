"""Taking back the last step: state, clocks and owner go back exactly, and letters that have not left never do (CM3)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ticketbot.desk.actions import Acting
from ticketbot.desk.care import care_of
from ticketbot.desk.promises import load_clocks, save_clocks
from ticketbot.domain.clocks import clock_of, memory_of
from ticketbot.domain.command_specs import Group
from ticketbot.domain.command_table import TABLE
from ticketbot.domain.commands import Command, Parsed
from ticketbot.domain.errors import Conflict
from ticketbot.domain.messages import fold
from ticketbot.outbound.letters import Code
from ticketbot.store.models import LastStep, LetterState, OutboxMail, Ticket

WITHIN = timedelta(minutes=10)
#: What a step may change of a ticket.
_PLAIN = (
    "state", "state_before", "kind", "impact", "urgency", "severity", "priority", "reasons", "priority_reasons",
    "category", "launch_id", "owner_id", "owner_team", "act", "reopened", "merged_into", "found", "concern",
    "workaround",
)  # fmt: skip
_INSTANTS = ("resolved_at", "closed_at", "act_at", "reopened_at", "snoozed_until")
#: What happens by itself, or says nothing of the matter: a step can be taken back in spite of it.
_QUIET = frozenset({"ruling", "note", "remind", "breach", "machine_mail", "command_refused", "undelivered", "held"})
#: What a step may hold that is put right in another way: what it made is known beyond its ticket.
_FINAL = {
    "meeting": "an invitation is put right by the same command with another time",
    "release": "a release is put right by #release with another date",
    "problem": "a problem is put right by #problem with another title",
}
#: What changes a ticket, or writes something down about it, and nothing else: all of it can go back.
_GOES_BACK = frozenset({
    "take", "assign", "pending", "resolve", "close", "reopen", "spam", "notspam", "cc", "priority", "kind", "sev",
    "impact", "urgency", "category", "concern", "ic", "comms", "merge", "launch", "snooze", "found", "workaround",
    "review", "insight", "lesson", "action", "kb", "faq", "docgap", "ok", "send", "problem", "release", "meet",
    "training", "workshop", "webinar", "visit", "shipped",
})  # fmt: skip
#: What does nothing that could go back.
_NO_STEP = frozenset({"note", *(each.name for each in TABLE[Group.ASK])})
_LONGEST_SAID = 200
#: Letters that only tell a step's maker of it.
_RECEIPTS = frozenset({Code.CMD, Code.HELP})

Memory = dict[str, Any]


def snapshot(acting: Acting) -> Memory:
    """Return how a ticket is before a step."""
    work, ticket = acting.arrival.work, acting.ticket
    return {
        "ticket": {name: getattr(ticket, name) for name in _PLAIN}
        | {name: _text(getattr(ticket, name)) for name in _INSTANTS},
        "clocks": [memory_of(clock) for clock in load_clocks(work, ticket)],
        "waiting": [each.key for each in work.outbox.of_ticket(ticket.id) if _is_waiting_reminder(each)],
        "people": [each.address for each in work.tickets.participants(ticket.id)],
    }


def remember(acting: Acting, before: Memory, parsed: Parsed) -> None:
    """Keep how a ticket was before a mail that did anything, also where what it did is no part of the ticket."""
    arrival = acting.arrival
    steps = [each for each in parsed.commands if each.name not in _NO_STEP]
    if steps or snapshot(acting) != before:
        said = ", ".join(each.line.strip() for each in steps)[:_LONGEST_SAID] or "your answer"
        lasting = next((f"#{each.name}" for each in steps if each.name not in _GOES_BACK), None)
        arrival.work.register.remember(
            acting.ticket.id,
            at=arrival.at,
            actor=acting.person.slug,
            cause=arrival.message.sha256,
            memory=before | {"said": said, "lasting": lasting},
        )


def undo(acting: Acting, _command: Command) -> str:
    """Take back the last step on a ticket; raises Conflict with the reason where that would not be the truth."""
    arrival, work = acting.arrival, acting.arrival.work
    step = next(iter(work.register.last_steps(acting.ticket.id)), None)
    if step is None:
        raise Conflict(f"nothing was done to T-{acting.ticket.number} that could be taken back")
    if step.ticket_id != acting.ticket.id:
        acting = _before_merging(acting, step)
    ticket = acting.ticket
    _check(acting, step)
    for letter in _letters_of(acting, step):
        if letter.state in (LetterState.QUEUED, LetterState.HELD) and not work.register.withdraw(
            letter, reason=f"taken back by {acting.person.slug}"
        ):
            raise Conflict(f"a letter about it is on its way to {letter.reader}")
    _restore(acting, step.memory)
    for event in work.tickets.events_caused_by(step.cause):
        if event.action == "joined" and event.ticket_id not in (None, ticket.id):
            work.register.leave(event.ticket_id, event.detail["address"])
    for message in work.tickets.messages(ticket.id):
        if message.sha256 == step.cause and message.direction == "out":
            message.direction, message.audience = "note", "internal"
    for item in work.register.made_by(step.cause):
        item.state = "dropped"
    work.register.forget_step(ticket.id)
    ticket.updated_at = arrival.at
    acting.note("undone", step=step.cause, state=ticket.state)
    said = step.memory.get("said", "")
    return (
        f"The last step on T-{ticket.number} is taken back{f' ({said})' if said else ''}: it is {ticket.state} again."
    )


def _before_merging(acting: Acting, step: LastStep) -> Acting:
    """Return the same person at work on a ticket that became part of this one by their last step."""
    arrival, work = acting.arrival, acting.arrival.work
    ticket = work.tickets.lock(work.tickets.by_id(step.ticket_id))
    care = care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at)
    return replace(acting, ticket=ticket, care=care)


def _check(acting: Acting, step: LastStep) -> None:
    """Raise Conflict where a step can be taken back no more."""
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    if step.actor != acting.person.slug:
        raise Conflict(f"the last step on T-{ticket.number} was {step.actor}'s; only they can take it back")
    if arrival.at - step.at > WITHIN:
        raise Conflict(f"the last step on T-{ticket.number} is more than 10 minutes old; put it right by a new command")
    own = work.tickets.events_caused_by(step.cause)
    last = max((each.id for each in own), default=0)
    since = [
        each
        for each in work.tickets.events(ticket.id)
        if each.id > last and each.action not in _QUIET and each.cause not in (step.cause, arrival.message.sha256)
    ]
    if since:
        raise Conflict(f"something happened to T-{ticket.number} since: {since[-1].action} by {since[-1].actor}")
    if final := next((each.action for each in own if each.action in _FINAL), None):
        raise Conflict(_FINAL[final])
    if lasting := step.memory.get("lasting"):
        raise Conflict(f"{lasting} is not taken back by #undo, nor the rest of its mail ({step.memory['said']})")
    told = [each for each in _letters_of(acting, step) if each.state not in _STAYS]
    if told:
        raise Conflict(f"{told[0].reader} was told already ({told[0].code}); put it right by a new command")


#: A letter in one of these states has reached nobody.
_STAYS = frozenset({LetterState.QUEUED, LetterState.HELD, LetterState.CANCELLED, LetterState.SUPERSEDED})


def _letters_of(acting: Acting, step: LastStep) -> list[OutboxMail]:
    """Return the letters that a step brought about, but for what only its maker reads of it."""
    own = fold(acting.person.email)
    return [
        each
        for each in acting.arrival.work.outbox.of_ticket(acting.ticket.id)
        if each.cause == step.cause and not (each.reader == own and each.code in _RECEIPTS)
    ]


def _restore(acting: Acting, memory: Memory) -> None:
    """Put a ticket, its people, its clocks and its reminders back as they were."""
    work, ticket = acting.arrival.work, acting.ticket
    _restore_ticket(ticket, memory["ticket"])
    for person in work.tickets.participants(ticket.id):
        if person.address not in memory["people"]:
            work.register.leave(ticket.id, person.address)
    kept = {(each["name"], each["cycle"]) for each in memory["clocks"]}
    for row in work.tickets.clocks(ticket.id):
        if (row.clock, row.cycle) not in kept:
            work.register.remove_clock(row)
    clocks = tuple(clock_of(each) for each in memory["clocks"])
    save_clocks(work, ticket, clocks, policy=acting.arrival.rules.policy)
    for letter in work.outbox.of_ticket(ticket.id):
        if letter.key in memory["waiting"]:
            if letter.state == LetterState.SUPERSEDED:
                work.register.restore(letter)
            if letter.code == Code.BREACH:
                work.outbox.amend(letter, outcome="")


def _restore_ticket(ticket: Ticket, columns: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        setattr(ticket, name, columns[name])
    for name in _INSTANTS:
        setattr(ticket, name, datetime.fromisoformat(columns[name]) if columns[name] else None)


def _is_waiting_reminder(letter: OutboxMail) -> bool:
    return letter.state == LetterState.QUEUED and letter.code in (Code.REMIND, Code.BREACH)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
