"""A staff member's answer to a mail of an unknown sender: whose it is, or away with it (domain.md OR5)."""

from collections.abc import Iterable

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.outcome import Fate, Outcome, suppressed
from ticketbot.desk.resting import why_not_blocked
from ticketbot.desk.told import reader_of
from ticketbot.domain.commands import Command, CommandError, parse
from ticketbot.domain.messages import fold
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters_desk import LineError, command_error
from ticketbot.store.models import Contact, InboxMail, MailState, Staff


def answer_about_stranger(arrival: Arrival, person: Staff, *, is_confirmed: bool = False) -> Outcome | None:
    """Do what the answer to a TRIAGE letter says, all or nothing; None for any other mail.

    Where our server was asked and says nothing, the answer is challenged like any other command mail first.
    """
    token = arrival.clues.own_token(person.email, {Audience.TRIAGE})
    if token is None or not (is_confirmed or arrival.sender.is_credible):
        return None
    mail = arrival.work.inbox.by_mark(token.number)
    if mail is None:
        return suppressed("it answers about a mail that is not in triage any more")
    parsed = parse(arrival.message.new_text, own_name=person.name)
    errors = parsed.errors or tuple(_objections(arrival, mail, parsed.commands))
    if not parsed.has_commands:
        errors = (
            CommandError(
                line_no=1,
                line=parsed.text.strip().partition("\n")[0][:200],
                reason="there is no client to send words to yet",
                suggestion="#client NAME   or   #spam",
            ),
        )
    if errors:
        return _refuse(arrival, person, errors)
    for command in parsed.commands:
        _do(arrival, person, mail, command)
    return Outcome(
        state=MailState.DONE,
        fate=Fate.SUPPRESS,
        reason=f"decides about a stranger's mail: {', '.join(each.line for each in parsed.commands)}",
    )


def _objections(arrival: Arrival, mail: InboxMail, commands: Iterable[Command]) -> Iterable[CommandError]:
    several = list(commands)
    admits = any(each.name == "client" for each in several)
    for command in several:
        reason, nearest = "", ""
        match command.name:
            case "client" | "spam" | "block" if admits and len(several) > 1:
                reason, nearest = "these lines contradict each other; write one", "#client NAME   or   #spam"
            case "client":
                slugs = [client.slug for client in arrival.work.desk.clients()]
                if command.args["client"].lower() not in slugs:
                    reason, nearest = f"there is no client {command.args['client']}", f"#client {'|'.join(slugs)}"
                elif not mail.excerpt.get("sender"):
                    reason = "the mail names no sender who could be the client's"
                elif mail.excerpt.get("failed"):
                    reason = "our server says that somebody else wrote that mail"
            case "spam":
                pass
            case "block":
                reason = why_not_blocked(arrival, command.args["party"])
            case _:
                reason, nearest = "that is for tickets, and there is none yet", "#client NAME"
        if reason:
            yield CommandError(line_no=command.line_no, line=command.line, reason=reason, suggestion=nearest)


def _do(arrival: Arrival, person: Staff, mail: InboxMail, command: Command) -> None:
    work = arrival.work
    arrival.note(f"triage_{command.name}", actor=person.slug, line=command.line, mail=mail.sha256)
    if command.name == "client":
        client = work.desk.client_named(command.args["client"])
        assert client is not None
        address = fold(mail.excerpt["sender"])
        if work.desk.contact_at(address) is None:
            work.desk.add(
                Contact(
                    client_id=client.id,
                    address=address,
                    name=mail.excerpt.get("name", ""),
                    roles=["user"],
                    origin="mail",
                )
            )
        work.inbox.release(mail, now=arrival.now)
        return
    if command.name == "block":
        work.desk.block(fold(command.args["party"]), by=person.slug, now=arrival.now)
    work.inbox.close(
        mail, state=MailState.DROPPED, outcome=Fate.REJECT, reason=f"{command.line} by {person.slug}", now=arrival.now
    )


def _refuse(arrival: Arrival, person: Staff, errors: tuple[CommandError, ...]) -> Outcome:
    arrival.send(
        command_error(
            reader=reader_of(person),
            errors=[LineError(line=each.line, reason=each.reason, nearest=each.suggestion) for each in errors],
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
            subject=arrival.message.subject,
            reply_to=next((each.key for each in arrival.message.people if "+n." in each.key), None),
        )
    )
    return Outcome(
        state=MailState.DROPPED,
        fate=Fate.REJECT,
        reason="; ".join(f"{error.line}: {error.reason}" for error in errors)[:500],
    )
