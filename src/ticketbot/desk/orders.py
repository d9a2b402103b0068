"""What a staff member's mail says is done: every command, then the words; or nothing, with the reasons (CM3)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from ticketbot.desk import actions, behalf, held, learning, outreach, plans, shipping, undoing
from ticketbot.desk.actions import Acting
from ticketbot.desk.answers import lines_of
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.errands import Errand
from ticketbot.desk.incidents import announce
from ticketbot.desk.outcome import Fate, Outcome, joined, opened, suppressed
from ticketbot.desk.people import roles_of
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.recurring import look_for_recurrence
from ticketbot.desk.relayed import nothing_new, strangers_in, without_history
from ticketbot.desk.told import reader_of, ticket_facts
from ticketbot.desk.verbs import AFTER_WORDS, ANYWHERE, CHECKS, do_on_ticket
from ticketbot.domain.command_specs import CommandName, Group
from ticketbot.domain.command_table import TABLE
from ticketbot.domain.commands import Command, CommandError, Parsed, as_plain_text, refusals
from ticketbot.domain.errors import Conflict
from ticketbot.domain.lifecycle import Act
from ticketbot.domain.policy import ClockName
from ticketbot.domain.sla import ClockState, current
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters_desk import command_receipt
from ticketbot.store.models import MailState, Staff

Made = TypeVar("Made")
#: Commands whose text goes to the client in a letter of its own kind.
_SPEAKING = {"pending": Act.PENDING, "resolve": Act.RESOLVE, "release": Act.RELEASE, "shipped": Act.SHIPPED}
#: Commands that tell the client that a matter is settled, also without words.
_SETTLING = frozenset({CommandName.RESOLVE, CommandName.SHIPPED})
#: What is confirmed by a receipt (M28): plans, weighty acts, and what nobody would otherwise see done.
_CONFIRMED = frozenset(
    {"merge", "priority", "undo", *(spec.name for group in (Group.PLAN, Group.ASK) for spec in TABLE[group])}
)


def act(arrival: Arrival, person: Staff, parsed: Parsed, *, is_public: bool) -> Outcome:
    """Do what a staff member's mail says; *is_public*: its words are for the client."""
    if arrival.match.ticket is None:
        return _without_ticket(arrival, person, parsed)
    ticket = arrival.work.tickets.lock(arrival.work.tickets.get(arrival.match.ticket))
    care = care_of(arrival.work, ticket, policy=arrival.rules.policy, now=arrival.at)
    if arrival.mail.released_as == held.PLAIN:
        parsed = Parsed(text=as_plain_text(arrival.message.new_text, own_name=person.name))
    goes_out = is_public and not parsed.has(CommandName.NOTE)
    history: tuple[CommandError, ...] = ()
    if goes_out:
        own = without_history(arrival, ticket, parsed.text)
        history = tuple(nothing_new(arrival, parsed.text, own)) if own or not parsed.has_commands else ()
        parsed = replace(parsed, text=own)
    acting = Acting(arrival=arrival, ticket=ticket, care=care, person=person, words=_words(parsed), goes_out=goes_out)
    acting = replace(acting, words=learning.words_with_workaround(acting, parsed))
    errors = _objections(acting, parsed, is_public=is_public)
    foreign = history or (tuple(strangers_in(arrival, ticket, acting.words)) if goes_out else ())
    if errors or foreign:
        return held.refuse(arrival, person, ticket, parsed, errors or foreign, may_go_plain=not foreign)
    speaks = goes_out and bool(acting.words or arrival.message.attachments)
    writes = speaks or any(command.name in _SETTLING for command in parsed.commands)
    is_released = arrival.mail.released_as is not None  # its writer has seen why it waited
    if writes and not (is_released or arrival.is_silent) and (other := held.answer_just_before(acting)) is not None:
        return held.hold_second(acting, other)
    before = undoing.snapshot(acting)
    try:
        with arrival.work.apart():
            done = _execute(acting, parsed)
    except Conflict as conflict:
        return held.refuse(arrival, person, ticket, parsed, (_blamed(conflict),))
    if not parsed.has(CommandName.UNDO):
        undoing.remember(acting, before, parsed)
    if done and any(command.name in _CONFIRMED for command in parsed.commands):
        _receipt(acting, done)
    shipping.tell_what_follows(acting)
    announce(arrival, ticket, care, person=person)
    kept = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
    return joined(ticket.id, kept.id if kept is not None else None, " ".join(done)[:500])


def _objections(acting: Acting, parsed: Parsed, *, is_public: bool) -> tuple[CommandError, ...]:
    """Return what is wrong with the commands of a mail, as they were written and as things are."""
    first = current(load_clocks(acting.arrival.work, acting.ticket)).get(ClockName.FIRST_RESPONSE)
    errors = parsed.errors or refusals(
        parsed,
        has_ticket=True,
        is_public=is_public,
        first_response_runs=first is not None and first.state is ClockState.RUNNING,
        roles=roles_of(acting.person, acting.care.launch),
    )
    return errors or _unknown_people(acting, parsed) or tuple(_emptiness(acting, parsed))


def _emptiness(acting: Acting, parsed: Parsed) -> Iterator[CommandError]:
    """Yield a refusal where a mail to the client says nothing and asks nothing: its writer must not think it went."""
    if acting.goes_out and not parsed.commands and not acting.words and not acting.arrival.message.attachments:
        yield CommandError(
            line_no=1,
            line="(an empty mail)",
            reason="there are no words for the client in it",
            suggestion="write above the quoted history, and send it again",
        )
    elif acting.goes_out and acting.arrival.answers_in_quote and not _goes_as_written(acting.arrival):
        yield CommandError(
            line_no=1,
            line=acting.words.strip().split("\n")[-1][:200],
            reason="what stands in the quoted mail does not go to the client, and these words point to it",
            suggestion="write your answers above the quoted history, and send it again",
        )


def _goes_as_written(arrival: Arrival) -> bool:
    """Return whether its writer said `#ok` to a mail, or nobody is there to ask."""
    return arrival.is_silent or arrival.mail.released_as == held.PLAIN


class _Refused(Conflict):
    """A command that cannot be done as things are."""

    def __init__(self, command: Command | None, reason: str) -> None:
        """Blame *command*."""
        self.command = command
        super().__init__(reason)


def _blamed(conflict: Conflict) -> CommandError:
    """Return an error that names the command which could not be done."""
    line = conflict.command if isinstance(conflict, _Refused) else None
    return CommandError(
        line_no=line.line_no if line else 1,
        line=line.line if line else "your mail",
        reason=str(conflict),
        suggestion="",
    )


def _words(parsed: Parsed) -> str:
    """Return what a mail says besides its commands: what stands behind `#note`, and the text below."""
    remarks = (each.args.get("text", "") for each in parsed.commands if each.name == "note")
    return "\n".join([*filter(None, remarks), parsed.text]).strip()


def _execute(acting: Acting, parsed: Parsed) -> list[str]:
    """Run the commands in order, then let the words go where they belong."""
    if parsed.has(CommandName.SEND):
        command = parsed.commands[0]
        draft = _blaming(command, partial(held.ready_draft, acting))
        if draft is not None:
            return [_blaming(command, partial(actions.reply, acting, draft))]
    has_words = bool(acting.words or acting.arrival.message.attachments)
    speaks = acting.goes_out and has_words
    speaking = next((each for each in reversed(parsed.commands) if each.name in _SPEAKING), None) if speaks else None
    done = []
    for command in parsed.commands:
        if how := command.args.get("how"):
            acting.note("how", text=how)
        if check := CHECKS.get(command.name):
            _blaming(command, partial(check, acting, command, speaks=command is speaking))
        if command is not speaking and command.name not in AFTER_WORDS:
            done.append(_blaming(command, partial(do_on_ticket, acting, command)))
    if speaks:
        act = _SPEAKING[speaking.name] if speaking is not None else Act.REPLY
        gives_away = parsed.has(CommandName.ASSIGN)
        answer = partial(actions.reply, acting, acting.words, act=act, gives_away=gives_away)
        done.append(_blaming(speaking, answer))
    elif has_words:
        done.append(actions.add_note(acting, acting.words))
    else:
        orders = "\n".join(command.line for command in parsed.commands)
        acting.arrival.keep(acting.ticket, direction="note", audience="internal", author="staff", new_text=orders)
    done += [
        _blaming(command, partial(do_on_ticket, acting, command))
        for command in parsed.commands
        if command.name in AFTER_WORDS
    ]
    return [each for each in done if each]


def _blaming(command: Command | None, do: Callable[[], Made]) -> Made:
    """Do something, and name the command where it cannot be done."""
    try:
        return do()
    except Conflict as conflict:
        raise _Refused(command, str(conflict)) from conflict


def _unknown_people(acting: Acting, parsed: Parsed) -> tuple[CommandError, ...]:
    """Return an error for every `#assign` to somebody who is not here."""
    roster = acting.arrival.work.desk.roster()
    slugs = sorted(person.slug for person in roster)
    teams = sorted({f"team:{person.team}" for person in roster if person.team})
    return tuple(
        CommandError(
            line_no=command.line_no,
            line=command.line,
            reason=f"nobody here is called {command.args['to']}",
            suggestion=f"#assign {'|'.join([*slugs, *teams])}",
        )
        for command in parsed.commands
        if command.name == "assign" and command.args["to"].casefold() not in {*slugs, *teams}
    )


def objections_without_ticket(arrival: Arrival, person: Staff, parsed: Parsed) -> tuple[CommandError, ...]:
    """Return what is wrong with the commands of a mail that is about no ticket."""
    errors = parsed.errors or refusals(
        parsed,
        has_ticket=False,
        is_public=False,
        first_response_runs=False,
        roles=plans.roles_for(arrival, person, parsed),
    )
    opens = parsed.has(*behalf.OPENING)
    return errors or tuple(behalf.out_of_place(parsed) if opens else _out_of_place(parsed))


def _without_ticket(arrival: Arrival, person: Staff, parsed: Parsed) -> Outcome:
    """Do what a staff mail says that is about no ticket: open one for somebody else, or what needs none."""
    if not parsed.errors and not parsed.has_commands:
        return Outcome(state=MailState.TRIAGE, fate=Fate.TRIAGE, reason="a staff mail that names no ticket")
    opens = parsed.has(*behalf.OPENING)
    errors = objections_without_ticket(arrival, person, parsed)
    if errors:
        return held.refuse(arrival, person, None, parsed, errors)
    done: list[str] = []
    ticket_id = None
    try:
        with arrival.work.apart():
            if opens:
                open_for = outreach.write_first if parsed.has(CommandName.TO) else behalf.open_for
                acting = open_for(arrival, person, parsed)
                ticket_id = acting.ticket.id
                rest = [each for each in parsed.commands if each.name not in behalf.USED_IN_OPENING]
                done = [_blaming(each, partial(do_on_ticket, acting, each)) for each in rest]
                announce(acting.arrival, acting.ticket, acting.care, person=person)
                look_for_recurrence(acting.arrival, acting.ticket, acting.care)
            else:
                errand = Errand(arrival=arrival, person=person)
                done = [_blaming(each, partial(ANYWHERE[each.name], errand, each)) for each in parsed.commands]
    except Conflict as conflict:
        return held.refuse(arrival, person, None, parsed, (_blamed(conflict),))
    if ticket_id is not None:
        kept = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
        why = f"opened for somebody else by {person.slug}"
        return opened(ticket_id, kept.id if kept is not None else None, why)
    if told := [each for each in done if each]:
        arrival.send(plans.receipt(arrival, person, lines_of(told)))
    return suppressed(f"carried out: {' '.join([each for each in done if each] or [parsed.commands[0].line])}"[:500])


def _out_of_place(parsed: Parsed) -> Iterator[CommandError]:
    """Yield an error for each command that is about a ticket, where the mail is about none and opens none."""
    for command in parsed.commands:
        if command.name not in ANYWHERE:
            yield CommandError(
                line_no=command.line_no,
                line=command.line,
                reason="this mail is about no ticket and opens none; reply to one of the ticket's mails",
                suggestion=command.spec.example,
            )


def _receipt(acting: Acting, done: list[str]) -> None:
    arrival, ticket = acting.arrival, acting.ticket
    addresses = arrival.post.staff_addresses(ticket.number, reader=acting.person.email, now=arrival.now)
    arrival.send(
        command_receipt(
            reader=reader_of(acting.person),
            done=lines_of(done),
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
            ticket=ticket_facts(arrival.work, ticket, acting.care, now=arrival.at),
            subject=arrival.message.subject,
            note_address=addresses.note,
            answer=addresses.answer,
        )
    )
