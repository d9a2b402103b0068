"""A staff member's mail: words for the client, a note, or commands; all or nothing."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from ticketbot.desk import actions
from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.outcome import Fate, Outcome, joined
from ticketbot.desk.post import CHALLENGE_HOURS, mark_of_mail
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.strangers import answer_about_stranger
from ticketbot.desk.told import reader_of, staff_thread, ticket_facts
from ticketbot.domain.authority import StaffStanding, staff_standing
from ticketbot.domain.commands import Command, CommandError, Parsed, parse, refusals
from ticketbot.domain.errors import Conflict
from ticketbot.domain.lifecycle import Act
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import ClockState, current
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters_desk import LineError, Matter, challenge, command_error, command_receipt, notice
from ticketbot.store.models import MailState, Staff, Ticket

HELD_HOURS = 24
#: Commands whose text goes to the client in a letter of its own kind.
_SPEAKING = {"pending": Act.PENDING, "resolve": Act.RESOLVE}


def receive_staff(arrival: Arrival, person: Staff) -> Outcome:
    """Answer a staff member's mail as design.md's Authority table says."""
    decided = _held_by_challenge(arrival, person) or answer_about_stranger(arrival, person)
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
            return _challenge(arrival, person, parsed, ruling.reason)
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


def act(arrival: Arrival, person: Staff, parsed: Parsed, *, is_public: bool) -> Outcome:
    """Do what a staff member's mail says: every command, then the text; or nothing, with the reasons (CM3)."""
    if arrival.match.ticket is None:
        errors = parsed.errors or refusals(parsed, has_ticket=False, is_public=False, first_response_runs=False)
        if errors:
            return _refuse(arrival, person, None, parsed, errors)
        return Outcome(state=MailState.TRIAGE, fate=Fate.TRIAGE, reason="a staff mail that names no ticket")
    ticket = arrival.work.tickets.lock(arrival.work.tickets.get(arrival.match.ticket))
    care = care_of(arrival.work, ticket, policy=arrival.rules.policy, now=arrival.at)
    acting = Acting(arrival=arrival, ticket=ticket, care=care, person=person)
    first = current(load_clocks(arrival.work, ticket)).get(ClockName.FIRST_RESPONSE)
    errors = parsed.errors or refusals(
        parsed,
        has_ticket=True,
        is_public=is_public,
        first_response_runs=first is not None and first.state is ClockState.RUNNING,
    )
    errors = errors or _unknown_people(acting, parsed)
    if errors:
        return _refuse(arrival, person, ticket, parsed, errors)
    try:
        with arrival.work.apart():
            done = _execute(acting, parsed, is_public=is_public)
    except Conflict as conflict:
        line = parsed.commands[-1] if parsed.commands else None
        refusal = CommandError(
            line_no=line.line_no if line else 1,
            line=line.line if line else "your mail",
            reason=str(conflict),
            suggestion="",
        )
        return _refuse(arrival, person, ticket, parsed, (refusal,))
    if parsed.commands and _wants_receipt(parsed):
        _receipt(acting, done)
    kept = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
    return joined(ticket.id, kept.id if kept is not None else None, " ".join(done))


def _execute(acting: Acting, parsed: Parsed, *, is_public: bool) -> list[str]:
    """Run the commands in order, then let the text go where it belongs."""
    names = [command.name for command in parsed.commands]
    remarks = [
        command.args["text"] for command in parsed.commands if command.name == "note" and command.args.get("text")
    ]
    text = "\n".join([*remarks, parsed.text]).strip()
    has_words = bool(text or acting.arrival.message.attachments)
    goes_out = is_public and "note" not in names and has_words
    speaking = next((_SPEAKING[name] for name in reversed(names) if name in _SPEAKING), None)
    done = []
    for command in parsed.commands:
        if command.name in _SPEAKING and goes_out:
            continue
        done.append(_VERBS[command.name](acting, command))
    if goes_out:
        done.append(actions.reply(acting, text, act=speaking or Act.REPLY))
    elif has_words:
        done.append(actions.add_note(acting, text))
    else:
        acting.arrival.keep(acting.ticket, direction="note", audience="internal", author="staff", new_text="")
    return [each for each in done if each]


def _assign(acting: Acting, command: Command) -> str:
    target = command.args["to"]
    if target.startswith("team:"):
        return actions.assign(acting, to=None, team=target.removeprefix("team:"))
    return actions.assign(acting, to=acting.arrival.work.desk.agent(target))


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
    token = acting.arrival.match.token
    is_public = token is not None and token.audience is Audience.STAFF_REPLY
    text = parse(acting.arrival.message.new_text, own_name=acting.person.name).text
    return actions.set_priority(
        acting,
        Priority(command.args["priority"].upper()),
        reason=command.args["reason"],
        tells_client=is_public and bool(text.strip()),
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
    "client": _only_in_triage,
    "block": _only_in_triage,
}


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


def _challenge(arrival: Arrival, person: Staff, parsed: Parsed, reason: str) -> Outcome:
    """Hold a mail that gives no proof, and ask the registered address; one reply executes it."""
    mark = mark_of_mail(arrival.message.sha256)
    lines = (
        [command.line for command in parsed.commands]
        or [error.line for error in parsed.errors]
        or [parsed.text.strip().partition("\n")[0][:200]]
    )
    arrival.send(
        challenge(
            reader=reader_of(person),
            commands=lines,
            subject=arrival.message.subject,
            reply_to=arrival.post.challenge_address(mark, reader=person.email, now=arrival.now),
            expires_at=arrival.now + timedelta(hours=CHALLENGE_HOURS),
            cause=arrival.cause,
            thread=Thread(),
            now=arrival.now,
        )
    )
    return Outcome(
        state=MailState.HELD,
        fate=Fate.REJECT,
        reason=f"held and challenged: {reason}",
        challenge=mark,
        held_until=arrival.now + timedelta(hours=CHALLENGE_HOURS),
    )


def _held_by_challenge(arrival: Arrival, person: Staff) -> Outcome | None:
    """Return what a reply to a challenge does, None for any other mail."""
    token = arrival.clues.own_token(person.email, {Audience.CHALLENGE})
    if token is None or (arrival.sender.authserv_configured and not arrival.sender.is_verified):
        return None
    held = arrival.work.inbox.by_challenge(token.number)
    if held is None:
        return Outcome(
            state=MailState.DONE, fate=Fate.SUPPRESS, reason="the mail that it confirms is not held any more"
        )
    arrival.work.inbox.release(held, now=arrival.now, confirmed_by=person.slug)
    arrival.note("challenge_answered", actor=person.slug, released=held.sha256)
    return Outcome(state=MailState.DONE, fate=Fate.SUPPRESS, reason="confirms a held mail, which is taken up now")


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
    subject = f"{person.slug} {arrival.now.date().isoformat()}"
    if not arrival.work.desk.begin_incident("unverified", subject, now=arrival.now):
        return
    arrival.send(
        notice(
            reader=reader_of(person),
            what=Matter.UNVERIFIED,
            incident=subject,
            since=arrival.at,
            now=arrival.now,
            facts=(("Subject", arrival.message.subject), ("Ticket", f"T-{arrival.match.ticket}")),
            cause=arrival.cause,
            thread=staff_thread(arrival.work, arrival.work.tickets.get(arrival.match.ticket or 0), person.email),
        )
    )
