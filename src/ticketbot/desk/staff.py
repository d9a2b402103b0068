"""A staff member's mail: what it may do is authority's to say; what it says is then done, or held, or noted."""

from datetime import timedelta

from ticketbot.desk import actions
from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.challenges import MOST_IN_AN_HOUR, answer_to_challenge, hold_and_ask
from ticketbot.desk.held import refuse, speaks_to_client
from ticketbot.desk.orders import act, objections_without_ticket
from ticketbot.desk.outcome import Fate, Outcome, joined
from ticketbot.desk.reported import answered, answers_reminder
from ticketbot.desk.strangers import answer_about_stranger
from ticketbot.desk.told import reader_of, staff_thread
from ticketbot.desk.unsent import tell_of_unsent
from ticketbot.domain.authority import StaffStanding, staff_standing
from ticketbot.domain.commands import Parsed, parse
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_desk import Matter, notice
from ticketbot.store.models import MailState, Staff


def receive_staff(arrival: Arrival, person: Staff) -> Outcome:
    """Answer a staff member's mail as design.md's Authority table says."""
    decided = answer_to_challenge(arrival, person) or answer_about_stranger(arrival, person)
    if decided is not None:
        return decided
    parsed = parse(arrival.message.new_text, own_name=person.name)
    token = arrival.match.token
    report = arrival.clues.own_token(person.email, {Audience.REPORT})
    ruling = staff_standing(
        arrival.sender,
        has_own_token=token is not None or report is not None,
        has_commands=parsed.has_commands,
        has_ticket=arrival.match.ticket is not None,
    )
    ticket = arrival.work.tickets.by_number(arrival.match.ticket) if arrival.match.ticket is not None else None
    arrival.note("ruling", ticket=ticket, actor=person.slug, standing=ruling.standing.value, why=ruling.reason)
    match ruling.standing:
        case StaffStanding.ACT:
            return _acts(arrival, person, parsed)
        case StaffStanding.HOLD_AND_CHALLENGE:
            return _cannot_be_done(arrival, person, parsed) or hold_and_ask(arrival, person, parsed, ruling.reason)
        case StaffStanding.NOTE | StaffStanding.UNVERIFIED_NOTE:
            is_verified = ruling.standing is StaffStanding.NOTE
            outcome = _note_only(arrival, person, is_verified=is_verified, reason=ruling.reason)
            tell_of_unsent(arrival, person)
            if ruling.tells_registered_address:
                _tell_registered(arrival, person)
            return outcome
        case StaffStanding.TRIAGE:
            tell_of_unsent(arrival, person)
            return Outcome(state=MailState.TRIAGE, fate=Fate.TRIAGE, reason=ruling.reason)
        case StaffStanding.QUARANTINE:
            return Outcome(state=MailState.QUARANTINED, fate=Fate.QUARANTINE, reason=ruling.reason)


def _cannot_be_done(arrival: Arrival, person: Staff, parsed: Parsed) -> Outcome | None:
    """Refuse at once, at the registered address, what no yes could carry out; None for what may be asked about."""
    is_answer = arrival.clues.own_token(person.email, {Audience.TRIAGE}) is not None
    if arrival.match.ticket is not None or is_answer or not parsed.has_commands:
        return None
    told = arrival.work.outbox.sent_since(Code.CMD, since=arrival.now - timedelta(hours=1), reader=person.email)
    errors = objections_without_ticket(arrival, person, parsed)
    return refuse(arrival, person, None, parsed, errors) if errors and told < MOST_IN_AN_HOUR else None


def receive_confirmed(arrival: Arrival, person: Staff) -> Outcome:
    """Do what a held mail says, now that its writer has confirmed it."""
    decided = answer_about_stranger(arrival, person, is_confirmed=True)
    if decided is not None:
        return decided
    return _acts(arrival, person, parse(arrival.message.new_text, own_name=person.name))


def _acts(arrival: Arrival, person: Staff, parsed: Parsed) -> Outcome:
    """Do what a mail says: an answer to a report by its lines, any other by its commands and words."""
    report = arrival.clues.own_token(person.email, {Audience.REPORT})
    if not parsed.has_commands and (report is not None or answers_reminder(arrival, person)):
        return answered(arrival, person, report)
    is_public = speaks_to_client(arrival, person, parsed)
    return act(arrival, person, parsed, is_public=is_public)


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
