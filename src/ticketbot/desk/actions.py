"""The verbs of a ticket: each changes state and promises, records one event, and writes the letters that it causes."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care, care_of
from ticketbot.desk.feedback import asked
from ticketbot.desk.promises import load_clocks, outcome_of, pass_over, save_clocks
from ticketbot.desk.relayed import for_client
from ticketbot.desk.told import (
    client_reader,
    client_thread,
    clock_facts,
    copies_of,
    has_client,
    reader_of,
    staff_thread,
    story_of,
    ticket_facts,
)
from ticketbot.desk.waiting import plan_wait
from ticketbot.domain.addressing import read_address, without_extension
from ticketbot.domain.errors import Conflict
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES, PAUSED_STATES, Act, Refusal, TicketState, closes_at, move
from ticketbot.domain.messages import fold
from ticketbot.domain.priority import Priority
from ticketbot.domain.senders import client_of_domain
from ticketbot.domain.sla import (
    Clocks,
    ClockState,
    Terms,
    on_lowered,
    on_pending,
    on_public_reply,
    on_raised,
    on_reopened,
    on_resolved,
    on_restored,
    on_voided,
)
from ticketbot.outbound.facts import MailFacts, Reader, iso
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_client import relay_out, resolved
from ticketbot.outbound.letters_staff import new_ticket
from ticketbot.store.models import LetterState, Staff, Ticket

RUNNING = ClockState.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """One of our people at work on a ticket by mail.

    `words` is what their mail says besides its commands; `goes_out` says whether that is for the client.
    """

    arrival: Arrival
    ticket: Ticket
    care: Care
    person: Staff
    words: str = ""
    goes_out: bool = False

    @property
    def terms(self) -> Terms:
        """Return what the ticket is promised now."""
        return terms_of(self.ticket, self.care, self.arrival.at)

    def note(self, action: str, **detail: object) -> None:
        """Record what was done."""
        self.arrival.note(action, ticket=self.ticket, actor=self.person.slug, **detail)


def terms_of(ticket: Ticket, care: Care, at: datetime) -> Terms:
    """Return what a ticket is promised at an instant."""
    return care.terms(at=at, kind=TicketKind(ticket.kind), priority=Priority(ticket.priority))


def change_state(arrival: Arrival, ticket: Ticket, act: Act, *, care: Care, actor: str) -> bool:
    """Make a legal move and record it; return whether the state changed. Raises Conflict with the reason otherwise."""
    before = TicketState(ticket.state)
    after = move(before, act, before=TicketState(ticket.state_before) if ticket.state_before else None)
    if isinstance(after, Refusal):
        raise Conflict(after.reason)
    ticket.updated_at = arrival.at
    if act is Act.CLIENT_MAIL:
        ticket.snoozed_until = None
    if after is before:
        return False
    if after in (TicketState.SPAM, TicketState.MERGED):
        ticket.state_before = before
    ticket.state = after
    ticket.act_at, ticket.act = None, None
    if after is TicketState.RESOLVED:
        ticket.resolved_at = arrival.at
        ticket.act_at = closes_at(
            arrival.at, schedule=care.schedules[care.policy.office], after=care.policy.closes_after
        )
        ticket.act = Act.AUTO_CLOSE
    if after is TicketState.CLOSED:
        ticket.closed_at = arrival.at
    if after in OPEN_STATES:
        ticket.closed_at = None
    if after is TicketState.REOPENED:
        ticket.reopened += 1
        ticket.reopened_at = arrival.at
        ticket.resolved_at = None
    arrival.note("state", ticket=ticket, actor=actor, before=before.value, after=after.value, act=act.value)
    return True


def save_promises(arrival: Arrival, ticket: Ticket, clocks: Clocks) -> None:
    """Write back the clocks. Reminders that have not left are dropped where nothing is due any more (behaviour 89).

    A breach that waits is sent all the same, with what became of it (SL8).
    """
    work = arrival.work
    save_clocks(work, ticket, clocks, policy=arrival.rules.policy)
    if ticket.state == TicketState.PENDING_CLIENT or ticket.kind == TicketKind.MEETING:
        plan_wait(work, ticket, care_of(work, ticket, policy=arrival.rules.policy, now=arrival.at))
    if arrival.is_silent:
        pass_over(work, ticket, clocks, policy=arrival.rules.policy, now=arrival.now)
    ended = {(clock.name.value, iso(clock.started_at)): clock for clock in clocks if clock.state is not RUNNING}
    for letter in work.outbox.of_ticket(ticket.id):
        if letter.state != LetterState.QUEUED or letter.code not in (Code.REMIND, Code.BREACH):
            continue
        told = [ended.get((each["clock"], each["started_at"])) for each in letter.draft["values"]["clocks"]]
        over = [clock for clock in told if clock is not None]
        if len(over) < len(told):
            continue
        if letter.code == Code.REMIND:
            work.outbox.supersede(letter, reason="answered meanwhile")
        else:
            work.outbox.amend(letter, outcome=outcome_of(over[0], locale=letter.draft["locale"]))


def raise_to(arrival: Arrival, ticket: Ticket, care: Care, priority: Priority, *, reasons: tuple[str, ...]) -> None:
    """Raise a ticket's priority and tighten its promises; never loosens one (SL5)."""
    if priority.rank >= Priority(ticket.priority).rank:
        return
    rank_as(arrival, ticket, priority, reasons=reasons)
    clocks = on_raised(
        load_clocks(arrival.work, ticket),
        at=arrival.at,
        terms=terms_of(ticket, care, arrival.at),
        cause=f"raised to {priority}",
        since=owed_since(ticket),
        is_pending=TicketState(ticket.state) in PAUSED_STATES,
    )
    save_promises(arrival, ticket, clocks)


def owed_since(ticket: Ticket) -> datetime | None:
    """Return from when a promise counts that a ticket is given late; a settled one is owed nothing."""
    is_open = TicketState(ticket.state) in OPEN_STATES
    return (ticket.reopened_at or ticket.created_at) if is_open else None


def rank_as(arrival: Arrival, ticket: Ticket, priority: Priority, *, reasons: tuple[str, ...]) -> None:
    """Give a ticket its place in the order of work; running promises stay as they are."""
    arrival.note("priority", ticket=ticket, before=ticket.priority, after=priority.value, reasons=list(reasons))
    ticket.priority, ticket.priority_reasons = priority, list(reasons)


def set_priority(acting: Acting, priority: Priority, *, reason: str, tells_client: bool) -> str:
    """Change the order of work: up tightens the promises, down loosens them and needs words for the client (SL5)."""
    ticket, arrival = acting.ticket, acting.arrival
    before = Priority(ticket.priority)
    if priority is before:
        return f"T-{ticket.number} is {priority} already."
    told = (f"{priority}: {acting.person.slug}: {reason}",)
    if priority.rank < before.rank:
        raise_to(arrival, ticket, acting.care, priority, reasons=told)
        return f"T-{ticket.number} is {priority} now; its promises are tighter."
    if not tells_client:
        raise Conflict(f"lowering {before} to {priority} needs a word to the client: write it below the command")
    acting.note("priority", before=before.value, after=priority.value, reasons=list(told))
    ticket.priority, ticket.priority_reasons = priority, list(told)
    clocks = on_lowered(
        load_clocks(arrival.work, ticket), at=arrival.at, terms=acting.terms, cause=f"#priority {priority}"
    )
    save_promises(arrival, ticket, clocks)
    return f"T-{ticket.number} is {priority} now."


def is_ours(arrival: Arrival, address: str) -> bool:
    """Return whether an address is the desk's or one of our people's, also with something behind a plus, or signed."""
    key = fold(address)
    signed = read_address(key, keys=arrival.post.keys, now=arrival.now)
    return signed is not None or not arrival.rules.not_clients.isdisjoint({key, without_extension(key)})


def let_take_part(acting: Acting, address: str) -> str:
    """Let somebody of the client take part from now on, without history."""
    arrival, ticket, key = acting.arrival, acting.ticket, fold(address)
    if is_ours(arrival, key):
        raise Conflict(f"{key} is one of our own addresses")
    contact = arrival.work.desk.contact_at(key)
    slug = client_of_domain(key.rpartition("@")[2], arrival.rules.domains) if contact is None else None
    by_domain = arrival.work.desk.client_named(slug) if slug is not None else None
    belongs_to = contact.client_id if contact is not None else by_domain.id if by_domain is not None else None
    if belongs_to not in (None, ticket.client_id):
        raise Conflict(f"{key} belongs to another client")
    name = contact.name if contact is not None else ""
    if not arrival.work.tickets.join(ticket, address=key, name=name, now=arrival.at):
        return f"{key} takes part in T-{ticket.number} already."
    acting.note("joined", address=key)
    return f"{key} takes part in T-{ticket.number} from now on."


def take(acting: Acting) -> str:
    """Make the sender the owner."""
    if acting.ticket.owner_id == acting.person.id:
        return f"T-{acting.ticket.number} is yours already."
    acting.ticket.owner_id, acting.ticket.owner_team = acting.person.id, None
    acting.note("owner", to=acting.person.slug)
    return f"T-{acting.ticket.number} is yours."


def assign(acting: Acting, *, to: Staff | None, team: str | None = None, text: str = "") -> str:
    """Make somebody else the owner, or give the ticket to a team; the new owner is told with the whole story."""
    ticket, arrival = acting.ticket, acting.arrival
    if to is not None and to.id == ticket.owner_id:
        return f"T-{ticket.number} is with {to.name} already."
    ticket.owner_id = to.id if to is not None else None
    ticket.owner_team = team if to is None else None
    acting.note("owner", to=to.slug if to is not None else f"team:{team}")
    readers = [to] if to is not None else [each for each in arrival.people().roster if each.team == team]
    tell_new_owner(acting, [each for each in readers if each.id != acting.person.id], text=text)
    return f"T-{ticket.number} is now with {to.name if to is not None else f'team {team}'}."


def tell_new_owner(acting: Acting, readers: list[Staff], *, text: str) -> None:
    """Show a ticket to people who get it from somebody else: what the client wrote last, and the story around it."""
    work, ticket, arrival = acting.arrival.work, acting.ticket, acting.arrival
    story = story_of(work, ticket)
    mail = next((each for each in reversed(story) if not each.is_staff), None)
    earlier = [each for each in story if each is not mail]
    if text:
        earlier.append(MailFacts(author=acting.person.name, at=arrival.at, text=text, is_staff=True, is_note=True))
    facts = ticket_facts(work, ticket, acting.care, now=arrival.at)
    for person in readers:
        arrival.send(
            new_ticket(
                reader=reader_of(person),
                ticket=facts,
                mail=mail or arrival.shown(),
                earlier=earlier,
                clocks=clock_facts(load_clocks(work, ticket)),
                addresses=arrival.post.staff_addresses(ticket.number, reader=person.email, now=arrival.now),
                cause=arrival.cause,
                thread=staff_thread(work, ticket, person.email),
                now=arrival.now,
                is_handover=True,
            )
        )


def reply(acting: Acting, text: str, *, act: Act = Act.REPLY, gives_away: bool = False) -> str:
    """Send the sender's words to the client; stops first and next response, and starts the next update.

    *act* is a plain reply, or the move that the text comes with: pending or resolve. Whoever answers first owns the
    ticket, unless the same mail *gives_away* the ticket.
    """
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    change_state(arrival, ticket, act, care=acting.care, actor=acting.person.slug)
    arrival.keep(ticket, direction="out", audience="public", author="staff", new_text=text)
    if ticket.owner_id is None and not gives_away:
        ticket.owner_id, ticket.owner_team = acting.person.id, None
        acting.note("owner", to=acting.person.slug, why="first to answer")
    acting.note("reply", act=act.value)
    save_promises(arrival, ticket, _answered(acting, load_clocks(work, ticket), act=act))
    write_to_client(acting, for_client(arrival, acting.person, text), act=act)
    return {
        Act.PENDING: f"Your question went to the client; T-{ticket.number} waits for their answer.",
        Act.RESOLVE: f"T-{ticket.number} is resolved and the client was told.",
        Act.SHIPPED: f"T-{ticket.number} has shipped and the client was told.",
    }.get(act, f"Your answer on T-{ticket.number} went to the client.")


def _answered(acting: Acting, clocks: Clocks, *, act: Act) -> Clocks:
    """Return the clocks after words to the client that came with a move."""
    at = acting.arrival.at
    match act:
        case Act.PENDING | Act.RELEASE:
            return on_pending(clocks, at=at, is_reply=True)
        case Act.RESOLVE | Act.SHIPPED:
            return on_resolved(clocks, at=at)
        case _:
            rests = TicketState(acting.ticket.state) in PAUSED_STATES | {TicketState.RESOLVED, TicketState.CLOSED}
            return on_public_reply(clocks, at=at, terms=acting.terms, is_pending=rests)


def write_to_client(acting: Acting, text: str, *, act: Act) -> None:
    """Send words, or none, to requester and participants: as news, or as the end of the matter."""
    arrival, ticket, work = acting.arrival, acting.ticket, acting.arrival.work
    reader = client_reader(work, ticket, acting.care)
    copies = copies_of(work, ticket)
    if not has_client(work, ticket):  # a monitor asked: it reads nothing, but whom staff let in does
        if not copies:
            return
        reader, copies = Reader(address=copies[0], locale=reader.locale, zone=reader.zone), copies[1:]
    facts = ticket_facts(work, ticket, acting.care, now=arrival.at)
    author = acting.person.name.strip().partition(" ")[0]
    thread = client_thread(work, ticket)
    reply_to = arrival.post.client_address(ticket.number)
    if act in (Act.RESOLVE, Act.SHIPPED):
        csat = asked(arrival, ticket)
        told = partial(
            resolved,
            ticket=facts,
            author=author,
            text=text,
            cause=arrival.cause,
            thread=thread,
            now=arrival.now,
            closes_at=ticket.act_at,
            enclosures=arrival.enclosures(),
            reply_to=reply_to,
        )
        arrival.send(told(reader=reader, cc=[] if csat else copies, csat=csat))
        if csat and copies:  # a score's address is the requester's own: nobody else gets it (contracts.md §8)
            others = Reader(address=copies[0], locale=reader.locale, zone=reader.zone)
            arrival.send(told(reader=others, cc=copies[1:], is_copy=True))
        return
    arrival.send(
        relay_out(
            reader=reader,
            cc=copies,
            ticket=facts,
            author=author,
            text=text,
            cause=arrival.cause,
            thread=thread,
            now=arrival.now,
            enclosures=arrival.enclosures(),
            is_question=act is Act.PENDING,
            reply_to=reply_to,
        )
    )


def resolve_silently(acting: Acting) -> str:
    """Settle a ticket without new words: the client had an answer before, and is told that it is settled."""
    arrival, ticket = acting.arrival, acting.ticket
    if not change_state(arrival, ticket, Act.RESOLVE, care=acting.care, actor=acting.person.slug):
        return f"T-{ticket.number} is resolved already."
    save_promises(arrival, ticket, on_resolved(load_clocks(arrival.work, ticket), at=arrival.at))
    write_to_client(acting, "", act=Act.RESOLVE)
    return f"T-{ticket.number} is resolved and the client was told."


def add_note(acting: Acting, text: str, *, is_verified: bool = True) -> str:
    """Keep words for ourselves."""
    author = "staff" if is_verified else "unknown"
    acting.arrival.keep(acting.ticket, direction="note", audience="internal", author=author, new_text=text)
    acting.ticket.updated_at = acting.arrival.at
    acting.note("note", verified=is_verified)
    return f"Your note is kept on T-{acting.ticket.number}; the client does not see it."


def close(acting: Acting) -> str:
    """Close a resolved ticket before its time."""
    changed = change_state(acting.arrival, acting.ticket, Act.CLOSE, care=acting.care, actor=acting.person.slug)
    return f"T-{acting.ticket.number} is closed{'' if changed else ' already'}."


def reopen(acting: Acting) -> str:
    """Open a settled ticket again: a new resolution promise begins."""
    arrival, ticket = acting.arrival, acting.ticket
    if not change_state(arrival, ticket, Act.REOPEN, care=acting.care, actor=acting.person.slug):
        return f"T-{ticket.number} is open already."
    clocks = on_reopened(load_clocks(arrival.work, ticket), at=arrival.at, terms=acting.terms, by_client=False)
    save_promises(arrival, ticket, clocks)
    return f"T-{ticket.number} is open again."


def spam(acting: Acting) -> str:
    """Put a ticket aside as spam: its promises are void."""
    arrival, ticket = acting.arrival, acting.ticket
    if change_state(arrival, ticket, Act.SPAM, care=acting.care, actor=acting.person.slug):
        save_promises(arrival, ticket, on_voided(load_clocks(arrival.work, ticket), at=arrival.at))
    return f"T-{ticket.number} is spam; nobody is answered any more."


def not_spam(acting: Acting) -> str:
    """Take a ticket back from spam: the promises that it had begin anew."""
    arrival, ticket = acting.arrival, acting.ticket
    if change_state(arrival, ticket, Act.NOTSPAM, care=acting.care, actor=acting.person.slug):
        clocks = on_restored(load_clocks(arrival.work, ticket), at=arrival.at, terms=acting.terms)
        save_promises(arrival, ticket, clocks)
    return f"T-{ticket.number} is back as {ticket.state}."
