"""A staff member's mail: words for the client, a note, or commands; all or nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from ticketbot.desk import actions, behalf, classing, joining, plans, shipping
from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.challenges import answer_to_challenge, hold_and_ask
from ticketbot.desk.outcome import Fate, Outcome, joined, opened, suppressed
from ticketbot.desk.people import roles_of
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.relayed import nothing_new, strangers_in, without_history
from ticketbot.desk.strangers import answer_about_stranger
from ticketbot.desk.told import reader_of, staff_thread, ticket_facts
from ticketbot.domain.authority import StaffStanding, staff_standing
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.commands import Command, CommandError, Parsed, parse, refusals
from ticketbot.domain.errors import Conflict
from ticketbot.domain.lifecycle import Act
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import ClockState, current
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters_desk import LineError, Matter, command_error, command_receipt, notice
from ticketbot.store.models import MailState, Staff, Ticket

Made = TypeVar("Made")
HELD_HOURS = 24
#: Commands whose text goes to the client in a letter of its own kind.
_SPEAKING = {"pending": Act.PENDING, "resolve": Act.RESOLVE, "release": Act.RELEASE, "shipped": Act.SHIPPED}


def receive_staff(arrival: Arrival, person: Staff) -> Outcome:
    """Answer a staff member's mail as design.md's Authority table says."""
    decided = answer_to_challenge(arrival, person) or answer_about_stranger(arrival, person)
    if decided is not None:
        return decided
    parsed = parse(arrival.message.new_text, own_name=person.name)
    token = arrival.match.token
    ruling = staff_standing(
        arrival.sender,
        has_own_token=token is not None,
        has_commands=parsed.has_commands,
        has_ticket=arrival.match.ticket is not None,
    )
    ticket = arrival.work.tickets.by_number(arrival.match.ticket) if arrival.match.ticket is not None else None
    arrival.note("ruling", ticket=ticket, actor=person.slug, standing=ruling.standing.value, why=ruling.reason)
    match ruling.standing:
        case StaffStanding.ACT:
            return act(arrival, person, parsed, is_public=token is not None and token.audience is Audience.STAFF_REPLY)
        case StaffStanding.HOLD_AND_CHALLENGE:
            return hold_and_ask(arrival, person, parsed, ruling.reason)
        case StaffStanding.NOTE | StaffStanding.UNVERIFIED_NOTE:
            is_verified = ruling.standing is StaffStanding.NOTE
            outcome = _note_only(arrival, person, is_verified=is_verified, reason=ruling.reason)
            if ruling.tells_registered_address:
                _tell_registered(arrival, person)
            return outcome
        case StaffStanding.TRIAGE:
            return Outcome(state=MailState.TRIAGE, fate=Fate.TRIAGE, reason=ruling.reason)
        case StaffStanding.QUARANTINE:
            return Outcome(state=MailState.QUARANTINED, fate=Fate.QUARANTINE, reason=ruling.reason)


def receive_confirmed(arrival: Arrival, person: Staff) -> Outcome:
    """Do what a held mail says, now that its registered address has confirmed it."""
    decided = answer_about_stranger(arrival, person, is_confirmed=True)
    if decided is not None:
        return decided
    parsed = parse(arrival.message.new_text, own_name=person.name)
    token = arrival.match.token
    return act(arrival, person, parsed, is_public=token is not None and token.audience is Audience.STAFF_REPLY)


def act(arrival: Arrival, person: Staff, parsed: Parsed, *, is_public: bool) -> Outcome:
    """Do what a staff member's mail says: every command, then the text; or nothing, with the reasons (CM3)."""
    if arrival.match.ticket is None:
        return _without_ticket(arrival, person, parsed)
    ticket = arrival.work.tickets.lock(arrival.work.tickets.get(arrival.match.ticket))
    care = care_of(arrival.work, ticket, policy=arrival.rules.policy, now=arrival.at)
    goes_out = is_public and not parsed.has(CommandName.NOTE)
    history: tuple[CommandError, ...] = ()
    if goes_out:
        own = without_history(arrival, ticket, parsed.text)
        history = tuple(nothing_new(arrival, parsed.text, own)) if own or not parsed.has_commands else ()
        parsed = replace(parsed, text=own)
    acting = Acting(arrival=arrival, ticket=ticket, care=care, person=person, words=_words(parsed), goes_out=goes_out)
    first = current(load_clocks(arrival.work, ticket)).get(ClockName.FIRST_RESPONSE)
    errors = parsed.errors or refusals(
        parsed,
        has_ticket=True,
        is_public=is_public,
        first_response_runs=first is not None and first.state is ClockState.RUNNING,
        roles=roles_of(person, care.launch),
    )
    errors = errors or _unknown_people(acting, parsed)
    errors = errors or history or (tuple(strangers_in(arrival, ticket, acting.words)) if goes_out else ())
    errors = errors or tuple(_emptiness(acting, parsed))
    if errors:
        return _refuse(arrival, person, ticket, parsed, errors)
    try:
        with arrival.work.apart():
            done = _execute(acting, parsed)
    except Conflict as conflict:
        return _refuse(arrival, person, ticket, parsed, (_blamed(conflict),))
    if parsed.commands and _wants_receipt(parsed):
        _receipt(acting, done)
    kept = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
    return joined(ticket.id, kept.id if kept is not None else None, " ".join(done))


def _emptiness(acting: Acting, parsed: Parsed) -> Iterator[CommandError]:
    """Yield a refusal where a mail to the client says nothing and asks nothing: its writer must not think it went."""
    if acting.goes_out and not parsed.commands and not acting.words and not acting.arrival.message.attachments:
        yield CommandError(
            line_no=1,
            line="(an empty mail)",
            reason="there are no words for the client in it",
            suggestion="write above the quoted history, and send it again",
        )


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
    has_words = bool(acting.words or acting.arrival.message.attachments)
    speaks = acting.goes_out and has_words
    speaking = next((each for each in reversed(parsed.commands) if each.name in _SPEAKING), None) if speaks else None
    done = []
    for command in parsed.commands:
        if how := command.args.get("how"):
            acting.note("how", text=how)
        if check := _CHECKS.get(command.name):
            _blaming(command, partial(check, acting, command, speaks=command is speaking))
        if command is not speaking and command.name not in _AFTER_WORDS:
            done.append(_blaming(command, partial(_VERBS[command.name], acting, command)))
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
        _blaming(command, partial(_VERBS[command.name], acting, command))
        for command in parsed.commands
        if command.name in _AFTER_WORDS
    ]
    return [each for each in done if each]


def _blaming(command: Command | None, do: Callable[[], Made]) -> Made:
    """Do something, and name the command where it cannot be done."""
    try:
        return do()
    except Conflict as conflict:
        raise _Refused(command, str(conflict)) from conflict


def _assign(acting: Acting, command: Command) -> str:
    target = command.args["to"]
    remark = "" if acting.goes_out else acting.words
    if target.startswith("team:"):
        return actions.assign(acting, to=None, team=target.removeprefix("team:"), text=remark)
    return actions.assign(acting, to=acting.arrival.work.desk.agent(target), text=remark)


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


def _only_in_triage(acting: Acting, command: Command) -> str:
    raise Conflict(
        f"#{command.name} answers the mail that shows an unknown sender; T-{acting.ticket.number} has a client"
    )


def _priority(acting: Acting, command: Command) -> str:
    return actions.set_priority(
        acting,
        Priority(command.args["priority"].upper()),
        reason=command.args["reason"],
        tells_client=acting.goes_out and bool(acting.words),
    )


def _pending_silently(acting: Acting, _command: Command) -> str:
    raise Conflict(f"#pending on T-{acting.ticket.number} needs words for the client: what do you ask them?")


_VERBS: Mapping[str, Callable[[Acting, Command], str]] = {
    "take": lambda acting, _: actions.take(acting),
    "assign": _assign,
    "note": lambda _acting, _: "",
    "pending": _pending_silently,
    "resolve": lambda acting, _: actions.resolve_silently(acting),
    "close": lambda acting, _: actions.close(acting),
    "reopen": lambda acting, _: actions.reopen(acting),
    "spam": lambda acting, _: actions.spam(acting),
    "notspam": lambda acting, _: actions.not_spam(acting),
    "cc": lambda acting, command: actions.let_take_part(acting, command.args["address"]),
    "priority": _priority,
    "kind": classing.set_kind,
    "sev": classing.set_severity,
    "impact": classing.set_impact,
    "urgency": classing.set_urgency,
    "category": classing.set_category,
    "merge": joining.merge,
    "problem": joining.name_problem,
    "release": shipping.release_silently,
    "shipped": shipping.ship_silently,
    "launch": plans.launch_of_ticket,
    "for": behalf.only_without_ticket,
    "call": behalf.only_without_ticket,
    "client": _only_in_triage,
    "block": _only_in_triage,
}


#: What goes with the words, or does not, before anything is done.
_CHECKS: Mapping[str, Callable[..., object]] = {
    "resolve": shipping.before_resolving,
    "release": shipping.before_releasing,
}
#: A matter that goes elsewhere still takes along what was said in it.
_AFTER_WORDS = frozenset({"merge"})


def _without_ticket(arrival: Arrival, person: Staff, parsed: Parsed) -> Outcome:
    """Do what a staff mail says that is about no ticket: open one for somebody else, or plan a launch."""
    errors = parsed.errors or refusals(
        parsed, has_ticket=False, is_public=False, first_response_runs=False, roles=roles_of(person, None)
    )
    if not errors and not parsed.has_commands:
        return Outcome(state=MailState.TRIAGE, fate=Fate.TRIAGE, reason="a staff mail that names no ticket")
    opens = parsed.has(*behalf.OPENING)
    errors = errors or tuple(behalf.out_of_place(parsed) if opens else plans.out_of_place(parsed))
    if errors:
        return _refuse(arrival, person, None, parsed, errors)
    done: list[str] = []
    ticket_id = None
    try:
        with arrival.work.apart():
            if opens:
                acting = behalf.open_for(arrival, person, parsed)
                ticket_id = acting.ticket.id
                rest = [each for each in parsed.commands if each.name not in behalf.USED_IN_OPENING]
                done = [_blaming(each, partial(_VERBS[each.name], acting, each)) for each in rest]
            else:
                verbs = [(each, partial(plans.plan_launch, arrival, person, each)) for each in parsed.commands]
                done = [_blaming(each, verb) for each, verb in verbs]
    except Conflict as conflict:
        return _refuse(arrival, person, None, parsed, (_blamed(conflict),))
    if ticket_id is not None:
        kept = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
        why = f"opened for somebody else by {person.slug}"
        return opened(ticket_id, kept.id if kept is not None else None, why)
    arrival.send(plans.receipt(arrival, person, done))
    return suppressed(f"carried out: {' '.join(done)}"[:500])


def _wants_receipt(parsed: Parsed) -> bool:
    """Return whether a receipt goes out: only where it was asked for or the act is weighty (M28)."""
    return any(command.name in {"merge", "priority", "launch", "signoff", "help"} for command in parsed.commands)


def _receipt(acting: Acting, done: list[str]) -> None:
    arrival, ticket = acting.arrival, acting.ticket
    arrival.send(
        command_receipt(
            reader=reader_of(acting.person),
            done=done,
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
            ticket=ticket_facts(arrival.work, ticket, acting.care, now=arrival.at),
            subject=arrival.message.subject,
        )
    )


def _refuse(
    arrival: Arrival, person: Staff, ticket: Ticket | None, parsed: Parsed, errors: tuple[CommandError, ...]
) -> Outcome:
    """Do nothing, say why, and hold the mail: its words are not lost (CM3)."""
    facts = None
    addresses = None
    if ticket is not None:
        care = care_of(arrival.work, ticket, policy=arrival.rules.policy, now=arrival.at)
        facts = ticket_facts(arrival.work, ticket, care, now=arrival.at)
        addresses = arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now)
    token = arrival.match.token
    is_public = token is not None and token.audience is Audience.STAFF_REPLY
    arrival.note(
        "command_refused",
        ticket=ticket,
        actor=person.slug,
        errors=[{"line": error.line, "reason": error.reason} for error in errors],
    )
    arrival.send(
        command_error(
            reader=reader_of(person),
            errors=[
                LineError(line=error.line, reason=error.reason, nearest=error.suggestion or "") for error in errors
            ],
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
            ticket=facts,
            subject=arrival.message.subject,
            has_text=False,
            held_until=arrival.now + timedelta(hours=HELD_HOURS) if parsed.text.strip() else None,
            reply_to=(addresses.answer if is_public else addresses.note) if addresses is not None else None,
        )
    )
    return Outcome(
        state=MailState.HELD,
        fate=Fate.REJECT,
        reason="; ".join(f"{error.line}: {error.reason}" for error in errors)[:500],
        ticket_id=ticket.id if ticket is not None else None,
        held_until=arrival.now + timedelta(hours=HELD_HOURS),
    )


def _note_only(arrival: Arrival, person: Staff, *, is_verified: bool, reason: str) -> Outcome:
    assert arrival.match.ticket is not None
    ticket = arrival.work.tickets.lock(arrival.work.tickets.get(arrival.match.ticket))
    care = care_of(arrival.work, ticket, policy=arrival.rules.policy, now=arrival.at)
    acting = Acting(arrival=arrival, ticket=ticket, care=care, person=person)
    actions.add_note(acting, arrival.message.new_text, is_verified=is_verified)
    kept = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
    return joined(ticket.id, kept.id if kept is not None else None, f"kept as an internal note: {reason}")


def _tell_registered(arrival: Arrival, person: Staff) -> None:
    """Tell the registered address, at most once a day, that a mail in their name became a note and did not go out."""
    today = arrival.now.replace(hour=0, minute=0, second=0, microsecond=0)
    if not arrival.work.desk.write_round(
        "UNVERIFIED", reader=person.email, period_start=today, now=arrival.now, state="written"
    ):
        return
    arrival.send(
        notice(
            reader=reader_of(person),
            what=Matter.UNVERIFIED,
            incident=f"{person.slug} {today.date().isoformat()}",
            since=arrival.at,
            now=arrival.now,
            facts=(("Subject", arrival.message.subject), ("Ticket", f"T-{arrival.match.ticket}")),
            cause=arrival.cause,
            thread=staff_thread(arrival.work, arrival.work.tickets.get(arrival.match.ticket or 0), person.email),
        )
    )
