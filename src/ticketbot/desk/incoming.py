"""A client's mail: a step in its ticket, a new ticket, or triage for a stranger."""

from collections.abc import Iterable
from datetime import UTC, datetime

from ticketbot.desk.actions import change_state, raise_to, rank_as, save_promises, terms_of
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.calls import choose
from ticketbot.desk.care import Care, care_of
from ticketbot.desk.feedback import asks_something, rate, vote_by_reply
from ticketbot.desk.incidents import announce
from ticketbot.desk.intake import let_in, listeners, open_ticket
from ticketbot.desk.learning import hear_yes
from ticketbot.desk.outcome import Fate, Outcome, joined
from ticketbot.desk.promises import load_clocks, resumed_deadlines
from ticketbot.desk.told import clock_facts, reader_of, staff_thread, ticket_facts
from ticketbot.domain.authority import Voice, is_capped
from ticketbot.domain.kinds import Channel, Impact, TicketKind, Urgency, is_pure_thanks, severity_of
from ticketbot.domain.lifecycle import Act, TicketState
from ticketbot.domain.lookalikes import looks_like
from ticketbot.domain.messages import Address
from ticketbot.domain.priority import Priority, after_reopening, priority_of
from ticketbot.domain.sla import on_client_mail, on_reopened
from ticketbot.outbound.letters_staff import relay_in, reopened
from ticketbot.store.models import MailState, Ticket

#: When people were told of mail that they are never told of: so long ago that it delays nobody else's.
NOBODY_TOLD = datetime(1970, 1, 1, tzinfo=UTC)


def receive_client(arrival: Arrival) -> Outcome:
    """Answer a client's mail: a step in its ticket, a new ticket, or triage for a stranger."""
    match = arrival.match
    if match.is_flagged:
        arrival.note("flagged", what=match.reason, evidence=match.evidence.value)
    if match.is_security_event:
        arrival.note("security", what=match.reason, evidence=match.evidence.value)
    if match.ticket is not None:
        ticket = arrival.work.tickets.lock(arrival.work.tickets.get(match.ticket))
        return _append(arrival, ticket)
    client = arrival.work.desk.client_named(arrival.sender.client) if arrival.sender.client else None
    if client is None or not arrival.sender.is_known:
        return _to_triage(arrival)
    ticket = open_ticket(arrival, client)
    return Outcome(
        state=MailState.DONE,
        fate=Fate.TICKET,
        reason=f"a new ticket of {client.slug}: {match.reason}",
        message_id=_message_id(arrival),
        ticket_id=ticket.id,
    )


def strengthen(arrival: Arrival, ticket: Ticket) -> None:
    """Raise a ticket whose opening mail came a second time by an urgent way (design.md, Received mail in tables)."""
    if arrival.mail.channel != "urgent" or TicketState(ticket.state) in (TicketState.SPAM, TicketState.MERGED):
        return
    work = arrival.work
    care = care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at)
    ticket.channel = Channel.URGENT
    kind, urgency = TicketKind(ticket.kind), Urgency.STOPPED
    severity = severity_of(kind=kind, impact=Impact(ticket.impact), urgency=urgency, channel=Channel.URGENT)
    ticket.urgency, ticket.severity = int(urgency), severity
    contact = work.desk.contact_at(ticket.requester_address)
    priority, reasons = priority_of(
        severity=severity,
        kind=kind,
        phase=care.phase(arrival.at),
        channel=Channel.URGENT,
        is_vip=contact is not None and "vip" in contact.roles,
        is_verified=not is_capped(arrival.sender),
    )
    raise_to(arrival, ticket, care, priority, reasons=reasons)
    announce(arrival, ticket, care)


def _append(arrival: Arrival, ticket: Ticket) -> Outcome:
    """Make a mail a step in its ticket; what its sender may do there is the match's `voice`."""
    work, match, message = arrival.work, arrival.match, arrival.message
    care = care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at)
    is_client = match.voice is Voice.CLIENT and not match.is_internal
    kept = arrival.keep(
        ticket,
        direction="in",
        audience="public" if is_client else "internal",
        author="client" if match.voice is Voice.CLIENT else "unknown",
    )
    arrival.note("received", ticket=ticket, verified=is_client)
    if not is_client:
        _relay(arrival, ticket, care, offered=(), is_verified=False)
        return joined(ticket.id, kept.id, f"{match.reason}; kept as an internal message")
    vote = vote_by_reply(arrival, ticket)
    if vote is not None:
        rate(arrival, ticket, vote)
        if not asks_something(arrival, vote):
            return joined(ticket.id, kept.id, f"a rating by reply: {vote.score} of 5")
    hear_yes(arrival, ticket)
    people = let_in(arrival, ticket, care.client)
    thanks = is_pure_thanks(
        message.new_text,
        has_attachment=bool(message.attachments),
        lexicon=arrival.rules.policy.lexicon(ticket.locale),
    )
    if thanks:
        arrival.note("thanks", ticket=ticket)
    elif not choose(arrival, ticket, care):
        _step(arrival, ticket, care)
    _relay(arrival, ticket, care, offered=people.offered, is_verified=True)
    return joined(ticket.id, kept.id, f"{match.reason}{'; mere thanks' if thanks else ''}")


def _step(arrival: Arrival, ticket: Ticket, care: Care) -> None:
    """Move state and clocks as a client's mail does (TK6, SL3, SL4)."""
    before = TicketState(ticket.state)
    change_state(arrival, ticket, Act.CLIENT_MAIL, care=care, actor=arrival.sender.address)
    clocks = load_clocks(arrival.work, ticket)
    if TicketState(ticket.state) is TicketState.REOPENED and before is not TicketState.REOPENED:
        _reopened(arrival, ticket, care)
        return
    if before in (TicketState.SPAM, TicketState.MERGED):
        return
    ends_pause = before is TicketState.PENDING_CLIENT
    terms = terms_of(ticket, care, arrival.at)
    gone_on = on_client_mail(clocks, at=arrival.at, terms=terms, ends_pause=ends_pause)
    save_promises(arrival, ticket, gone_on)
    for detail in resumed_deadlines(clocks, gone_on):
        arrival.note("deadline", ticket=ticket, **detail)


def _reopened(arrival: Arrival, ticket: Ticket, care: Care) -> None:
    work = arrival.work
    old = Priority(ticket.priority)
    new = after_reopening(old, times=ticket.reopened)
    if new is not old:
        rank_as(arrival, ticket, new, reasons=(f"{new} = {old}, opened again {ticket.reopened} times",))
    clocks = on_reopened(load_clocks(work, ticket), at=arrival.at, terms=terms_of(ticket, care, arrival.at))
    save_promises(arrival, ticket, clocks)
    facts = ticket_facts(work, ticket, care, now=arrival.at)
    people = arrival.people()
    leads = [each.address for each in people.in_role("lead", launch=care.launch, phase=care.phase(arrival.at))]
    readers = {each.email: each for each in people.roster if each.id == ticket.owner_id or each.email in leads}
    for person in readers.values():
        arrival.send(
            reopened(
                reader=reader_of(person),
                ticket=facts,
                clocks=clock_facts(clocks),
                addresses=arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now),
                cause=arrival.cause,
                thread=staff_thread(work, ticket, person.email),
                now=arrival.now,
                times=ticket.reopened,
                raised_from=old if new is not old else None,
                by=arrival.shown().author,
            )
        )


def _relay(arrival: Arrival, ticket: Ticket, care: Care, *, offered: Iterable[Address], is_verified: bool) -> None:
    work = arrival.work
    facts = ticket_facts(work, ticket, care, now=arrival.at)
    clocks = clock_facts(load_clocks(work, ticket))
    for person in listeners(arrival, ticket, care):
        arrival.send(
            relay_in(
                reader=reader_of(person),
                ticket=facts,
                mail=arrival.shown(is_verified=is_verified),
                clocks=clocks,
                addresses=arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now),
                cause=arrival.cause,
                thread=staff_thread(work, ticket, person.email),
                now=arrival.now,
                cc_hints=[each.address for each in offered],
                enclosures=arrival.enclosures(),
            )
        )


def _to_triage(arrival: Arrival) -> Outcome:
    """Leave a stranger's mail to people: no ticket, no clock, no answer."""
    why = "nobody can be named as its sender" if not arrival.sender.address else "the sender is not known"
    if arrival.sender.client is not None and not arrival.sender.is_known:
        why = f"the address is of {arrival.sender.client}'s domain, but no contact's, and our server says no pass"
    if arrival.sender.has_failed and arrival.sender.address:
        why = "our server says that somebody else wrote it"
    if like := looks_like(arrival.sender.address.rpartition("@")[2], arrival.rules.domains):
        why = f"{why}; careful: its domain only looks like {like}"
    if _is_spam(arrival):
        why = f"the server marked it as spam, and {why}"
        arrival.mail.told_at = NOBODY_TOLD
    arrival.note("triage", why=why)
    return Outcome(state=MailState.TRIAGE, fate=Fate.TRIAGE, reason=why)


def _is_spam(arrival: Arrival) -> bool:
    """Return whether a server on the way took it for spam; whoever forges that harms themselves alone."""
    marks = (arrival.message.header("x-spam-flag"), arrival.message.header("x-spam-status"))
    return any(mark.strip().lower().startswith("yes") for mark in marks)


def _message_id(arrival: Arrival) -> int | None:
    kept = arrival.work.tickets.by_fingerprint(arrival.message.fingerprint)
    return kept.id if kept is not None else None
