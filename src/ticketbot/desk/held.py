"""Mail of ours that waits for its writer's word: refused commands (CM3), and the second of two answers (CM8, M42)."""

from collections.abc import Iterator
from datetime import timedelta

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.outcome import Fate, Outcome
from ticketbot.desk.told import mail_facts, reader_of, ticket_facts
from ticketbot.domain.commands import Command, CommandError, Parsed, as_plain_text
from ticketbot.domain.errors import Conflict
from ticketbot.domain.messages import fold
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Thread, iso
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_acts import held_answer
from ticketbot.outbound.letters_desk import LineError, command_error
from ticketbot.store.models import InboxMail, MailState, Message, OutboxMail, Staff, Ticket

HELD_HOURS = 24
#: Two of us who answer within this time have not seen each other's answer.
TOGETHER = timedelta(minutes=2)
#: How a held mail is taken up again: its words alone, or as it was written.
PLAIN = "plain"
AS_WRITTEN = "as written"


def refuse(
    arrival: Arrival,
    person: Staff,
    ticket: Ticket | None,
    parsed: Parsed,
    errors: tuple[CommandError, ...],
    *,
    may_go_plain: bool = True,
) -> Outcome:
    """Do nothing, say why, and hold the mail: its words are not lost (CM3).

    Its writer may let its words go alone (`#ok`), unless what is wrong stands in them.
    """
    facts = None
    addresses = None
    if ticket is not None:
        care = care_of(arrival.work, ticket, policy=arrival.rules.policy, now=arrival.at)
        facts = ticket_facts(arrival.work, ticket, care, now=arrival.at)
        addresses = arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now)
    is_public = speaks_to_client(arrival, person, parsed)
    plain = as_plain_text(arrival.message.new_text, own_name=person.name)
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
            has_text=is_public and ticket is not None and may_go_plain and bool(plain) and parsed.has_commands,
            held_until=arrival.now + timedelta(hours=HELD_HOURS) if parsed.text.strip() else None,
            reply_to=addresses.note if addresses is not None else arrival.own_report_address(person),
            answer=addresses.answer if addresses is not None else "",
            answers_client=is_public and ticket is not None,
        )
    )
    return Outcome(
        state=MailState.HELD,
        fate=Fate.REJECT,
        reason="; ".join(f"{error.line}: {error.reason}" for error in errors)[:500],
        ticket_id=ticket.id if ticket is not None else None,
        held_until=arrival.now + timedelta(hours=HELD_HOURS),
    )


def speaks_to_client(arrival: Arrival, person: Staff, parsed: Parsed) -> bool:
    """Return whether a mail's words go to the client: its address says so, or it corrects a mail whose address did.

    Our refusals are answered where notes are left (CM1). There commands that were put right take their words to where
    those of the held mail were going (CM3); words without commands stay among us.
    """
    token = arrival.match.token
    if token is None or token.audience is Audience.STAFF_REPLY:
        return token is not None
    if token.audience is not Audience.STAFF_NOTE or not parsed.has_commands:
        return False
    message = arrival.message
    ids = (*message.in_reply_to, *message.references[-1:])
    return any(
        letter.code == Code.CMD
        and letter.reader == fold(person.email)
        and letter.ticket_id is not None
        and bool(letter.draft["values"].get("answers_client"))
        and arrival.work.tickets.by_id(letter.ticket_id).number == arrival.match.ticket
        for letter in arrival.work.tickets.letters_named(ids)
    )


def answer_just_before(acting: Acting) -> Message | None:
    """Return what another of us sent to the client within two minutes of this mail, if there is such an answer."""
    arrival = acting.arrival
    own = fold(acting.person.email)
    for message in reversed(arrival.work.tickets.messages(acting.ticket.id)):
        is_answer = message.direction == "out" and message.author == "staff"
        if is_answer and fold(message.from_address) != own and abs(arrival.at - message.at) <= TOGETHER:
            return message
    return None


def hold_second(acting: Acting, other: Message) -> Outcome:
    """Hold a mail to the client, and show its writer what a colleague said a moment before (M42)."""
    arrival, ticket, person = acting.arrival, acting.ticket, acting.person
    names = {fold(each.email): each.name for each in arrival.work.desk.everybody()}
    facts = mail_facts(other, names=names)
    held_until = arrival.now + timedelta(hours=HELD_HOURS)
    acting.note("held", why="a colleague answered a moment before", other=fold(other.from_address))
    arrival.send(
        held_answer(
            reader=reader_of(person),
            ticket=ticket_facts(arrival.work, ticket, acting.care, now=arrival.at),
            other=facts,
            text=acting.words,
            addresses=arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now),
            held_until=held_until,
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
        )
    )
    return Outcome(
        state=MailState.HELD,
        fate=Fate.REJECT,
        reason=f"held: {facts.author} answered a moment before",
        ticket_id=ticket.id,
        held_until=held_until,
    )


def release(acting: Acting, command: Command) -> str:
    """Take up the held mail that this one is about: its words alone, or, where a colleague's came first, as written."""
    arrival, work = acting.arrival, acting.arrival.work
    mail = waiting_mail(acting)
    if mail is None:
        raise Conflict(f"no mail of yours about T-{acting.ticket.number} waits")
    told = [each for each in work.outbox.of_ticket(acting.ticket.id) if each.cause == mail.sha256]
    error = next((each for each in reversed(told) if each.code in (Code.CMD, Code.HELD)), None)
    is_second = error is not None and error.code == Code.HELD
    if command.name == "send" and not is_second:
        raise Conflict("your mail that waits holds a line that was not understood; #ok sends its words alone")
    if not is_second and (error is None or not error.draft["values"]["has_text"]):
        raise Conflict(
            f"it cannot go as it is ({(mail.reason or 'no reason was kept')[:200]}); send it again, corrected"
        )
    work.inbox.release(mail, now=arrival.now, confirmed_by=acting.person.slug)
    mail.released_as, mail.released_at = AS_WRITTEN if is_second else PLAIN, arrival.at
    acting.note("released", mail=mail.sha256, way=mail.released_as)
    return f"Your mail about T-{acting.ticket.number} goes to the client now."


def waiting_mail(acting: Acting) -> InboxMail | None:
    """Return the held mail that this one answers, else the newest of its writer's that waits on this ticket."""
    work = acting.arrival.work
    for letter in answered_letters(acting):
        mail = work.inbox.by_sha256(letter.cause) if letter.cause and letter.code in (Code.CMD, Code.HELD) else None
        if mail is not None and mail.state == MailState.HELD and fold(mail.from_address) == fold(acting.person.email):
            return mail if mail.challenge is None and mail.ticket_id == acting.ticket.id else None
    return work.register.held_of(acting.person.email, acting.ticket.id)


def answered_letters(acting: Acting) -> Iterator[OutboxMail]:
    """Yield our letters to this person that their mail answers, the nearest first."""
    message = acting.arrival.message
    ids = list(dict.fromkeys((*message.in_reply_to, *reversed(message.references))))
    found = {each.message_id: each for each in acting.arrival.work.tickets.letters_named(ids)}
    for message_id in ids:
        letter = found.get(message_id)
        if letter is not None and letter.reader == fold(acting.person.email):
            yield letter


def ready_draft(acting: Acting) -> str | None:
    """Return the words that a breach offered and that nobody has sent yet; None where a held mail is meant instead."""
    work, ticket = acting.arrival.work, acting.ticket
    named = [each for each in answered_letters(acting) if each.ticket_id == ticket.id]
    if not named and waiting_mail(acting) is not None:
        return None
    if named and named[0].code in (Code.CMD, Code.HELD):
        return None
    mine = (each for each in reversed(work.outbox.of_ticket(ticket.id)) if each.reader == fold(acting.person.email))
    letter = next((each for each in (*named, *mine) if each.code == Code.BREACH), None)
    text = str(letter.draft["values"]["draft_text"]) if letter is not None else ""
    if letter is None or not text:
        raise Conflict(f"there is no draft for T-{ticket.number} that could be sent; write to the client yourself")
    if any(each.direction == "out" and each.at >= letter.created_at for each in work.tickets.messages(ticket.id)):
        raise Conflict(f"somebody has written to the client of T-{ticket.number} since; the draft is out of date")
    until = letter.draft["values"]["draft_until"]
    if until is not None and str(until) <= iso(acting.arrival.at):
        raise Conflict("the new time that the draft names has passed; write to the client yourself")
    return text
