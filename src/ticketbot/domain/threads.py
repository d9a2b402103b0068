"""Which ticket a mail belongs to: behaviours.md §1, steps 4 and 5. The evidence is a table, and so are the vetoes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ticketbot.domain.addressing import STAFF_AUDIENCES, without_extension
from ticketbot.domain.authority import Voice
from ticketbot.domain.clues import Clues, Known
from ticketbot.domain.evidence import RULES, Candidate, Case, Evidence, by_own_id
from ticketbot.domain.messages import Message
from ticketbot.domain.senders import Sender
from ticketbot.domain.tokens import Audience, Token

REOPEN_WINDOW = timedelta(days=14)


class Veto(StrEnum):
    """Why a mail does not join the ticket that its evidence names."""

    FORWARDED = "forwarded"
    CLOSED = "closed for too long"
    CIRCLE = "merged in a circle"
    OTHER_CLIENT = "another client's ticket"
    CONTRADICTION = "address and headers name different tickets"


#: Evidence that speaks of another client's ticket only where somebody wrote what was not theirs.
_TELLING = frozenset({Evidence.ADDRESS, Evidence.OWN_ID, Evidence.FOREIGN_ID, Evidence.MARKER, Evidence.TAG})

#: Vetoes that a weaker piece of evidence may get around, where it leads to another ticket: a follow-up that is open.
PASSING = frozenset({Veto.FORWARDED, Veto.CLOSED})

#: Evidence that outweighs a forward: the ticket's own address, and the very same mail again.
_EXPLICIT = frozenset({Evidence.ADDRESS, Evidence.DUPLICATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One candidate that was looked at, and what was found: a line of `mail why`."""

    evidence: Evidence
    ticket: int | None
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The ticket of a mail, or none, with the reason and every step that led there.

    `ticket` is None for a new one. `voice` says how a sender who is not staff speaks on it. `token` is the staff
    member's own token, where they wrote to the address made for them. `is_internal`: the mail answers an internal one
    and stays internal whoever wrote it. `follow_up_of` is the closed ticket that a new one continues, `related` a
    ticket to link or suggest to staff. A security event is recorded where `is_security_event`; `is_flagged` asks a
    person to look.
    """

    ticket: int | None
    evidence: Evidence
    reason: str
    veto: Veto | None = None
    voice: Voice | None = None
    token: Token | None = None
    is_internal: bool = False
    follow_up_of: int | None = None
    related: int | None = None
    is_security_event: bool = False
    is_flagged: bool = False
    trace: tuple[Step, ...] = field(default=())


def decide(
    message: Message,
    clues: Clues,
    known: Known,
    *,
    sender: Sender,
    ours: frozenset[str],
    now: datetime,
    is_machine: bool = False,
    reopen_window: timedelta = REOPEN_WINDOW,
) -> Match:
    """Return the ticket that a mail belongs to, or none.

    *ours* are all our addresses and those of staff, lower case: they are nobody's new recipients. *is_machine*: the
    mail is an automatic reply, which never reopens anything and so may join a closed ticket.
    """
    case = Case(
        message=message,
        clues=clues,
        known=known,
        sender=sender,
        ours=ours,
        now=now,
        is_machine=is_machine,
        reopen_window=reopen_window,
    )
    asked: list[Candidate] = []
    refused: Match | None = None
    for candidate in _valid(case, asked):
        match = _settle(case, candidate, asked)
        if match.veto not in PASSING:
            return _told(case, match, asked)
        refused = refused or match
    suggested = next((each.ticket for each in asked if each.is_suggested), None)
    nothing = Match(ticket=None, evidence=Evidence.NONE, reason="nothing ties it to a ticket", related=suggested)
    return _told(case, refused or nothing, asked)


def _valid(case: Case, asked: list[Candidate]) -> Iterator[Candidate]:
    """Yield the valid candidates, strongest first, and keep every one that was asked on the way."""
    for rule in RULES:
        for candidate in rule(case):
            asked.append(candidate)
            if candidate.is_valid:
                yield candidate


def _told(case: Case, match: Match, asked: list[Candidate]) -> Match:
    """Return a match with its trace, and with a security event where the sender named another client's ticket."""
    steps = tuple(Step(evidence=each.evidence, ticket=each.ticket, finding=each.finding) for each in asked)
    is_foreign = any(each.evidence in _TELLING and case.voice(each.ticket) is Voice.OTHER_CLIENT for each in asked)
    return replace(match, trace=steps, is_security_event=is_foreign)


def _settle(case: Case, found: Candidate, asked: list[Candidate]) -> Match:
    """Return what becomes of a valid candidate: vetoed, contradicted, or joined."""
    refused = _vetoed(case, found)
    rival = next((each for each in by_own_id(case) if each.is_valid), None)
    if rival is None or found.evidence is not Evidence.ADDRESS or not _contradicts(case, found, rival):
        return refused or _joined(case, found)
    asked.append(rival)
    if _is_bound(case, found) == _is_bound(case, rival):
        return _refused(found, Veto.CONTRADICTION, related=found.ticket, is_flagged=True)
    return (refused or _joined(case, found)) if _is_bound(case, found) else _settle(case, rival, asked)


def _contradicts(case: Case, found: Candidate, rival: Candidate) -> bool:
    """Return whether headers name another ticket than the address, and neither outweighs the other at once."""
    if _is_same(case, found, rival) or _is_own(case, found):
        return False
    return not any(veto is not None and veto.veto in PASSING for veto in (_vetoed(case, found), _vetoed(case, rival)))


def _vetoed(case: Case, found: Candidate) -> Match | None:
    """Return the answer of the first veto that speaks."""
    return next((refused for veto in VETOES if (refused := veto(case, found)) is not None), None)


def _is_same(case: Case, one: Candidate, other: Candidate) -> bool:
    """Return whether two candidates lead to the same ticket once merges are followed."""
    ends = (case.survivor(one.ticket), case.survivor(other.ticket))
    return one.ticket == other.ticket or (ends[0] is not None and ends[0] == ends[1])


def _is_own(case: Case, found: Candidate) -> bool:
    """Return whether a candidate's address was made for this very sender."""
    return found.token is not None and found.token.is_for(case.sender.address)


def _is_bound(case: Case, found: Candidate) -> bool:
    """Return whether a candidate is this sender's: by their own address, or because they take part."""
    ticket = case.survivor(found.ticket)
    takes_part = ticket is not None and not case.sender.has_failed and case.sender.address in ticket.participants
    return takes_part or _is_own(case, found)


def _circle(case: Case, found: Candidate) -> Match | None:
    """Refuse a chain of merges that does not end; a person must look."""
    if case.survivor(found.ticket) is not None:
        return None
    return _refused(found, Veto.CIRCLE, related=found.ticket, is_flagged=True)


def _other_client(case: Case, found: Candidate) -> Match | None:
    """Refuse another client's ticket; nothing of it is linked."""
    return _refused(found, Veto.OTHER_CLIENT) if case.voice(found.ticket) is Voice.OTHER_CLIENT else None


def _forwarded(case: Case, found: Candidate) -> Match | None:
    """Refuse a forward to another mailbox of ours or to people who are new to the ticket; staff's stay notes on it."""
    ticket = case.survivor(found.ticket)
    is_staff = case.voice(found.ticket) is None
    if ticket is None or is_staff or not case.clues.is_forward or found.evidence in _EXPLICIT:
        return None
    people = {each.key for each in case.message.people}
    mailboxes = case.ours & (people | {each.lower() for each in case.message.delivered_to})
    is_elsewhere = bool(ticket.mailboxes and mailboxes) and ticket.mailboxes.isdisjoint(mailboxes)
    newcomers = people - ticket.participants - {case.sender.address}
    if is_elsewhere or any(without_extension(each) not in case.ours for each in newcomers - case.ours):
        return _refused(found, Veto.FORWARDED, related=ticket.number)
    return None


def _closed(case: Case, found: Candidate) -> Match | None:
    """Refuse a ticket that was closed for longer than clients may reopen it; the new one follows it up."""
    ticket = case.survivor(found.ticket)
    if ticket is None or ticket.closed_at is None or case.is_machine or case.voice(found.ticket) is not Voice.CLIENT:
        return None
    if case.now - ticket.closed_at <= case.reopen_window:
        return None
    return _refused(found, Veto.CLOSED, follow_up_of=ticket.number)


#: The vetoes in order; the first that speaks decides.
VETOES: tuple[Callable[[Case, Candidate], Match | None], ...] = (_circle, _other_client, _forwarded, _closed)


def _refused(
    found: Candidate,
    veto: Veto,
    *,
    related: int | None = None,
    follow_up_of: int | None = None,
    is_flagged: bool = False,
) -> Match:
    """Return the match of a mail that opens a new ticket in spite of its evidence."""
    return Match(
        ticket=None,
        evidence=found.evidence,
        reason=f"T-{found.ticket}: {veto}",
        veto=veto,
        related=related,
        follow_up_of=follow_up_of,
        is_flagged=is_flagged,
    )


def _joined(case: Case, found: Candidate) -> Match:
    """Return the match of a mail that joins a ticket."""
    ticket = case.survivor(found.ticket)
    number = found.ticket if ticket is None else ticket.number
    is_own = case.sender.staff is not None and _is_own(case, found)
    return Match(
        ticket=number,
        evidence=found.evidence,
        reason=f"T-{number}: {found.finding}" + (f", merged from T-{found.ticket}" if number != found.ticket else ""),
        voice=case.voice(found.ticket),
        token=found.token if found.ticket in case.own_numbers and is_own else None,
        is_internal=_is_internal(case, found),
    )


def _is_internal(case: Case, found: Candidate) -> bool:
    """Return whether a mail answers an internal one; staff's own answer-the-client address alone lifts that."""
    if found.token is not None and found.token.audience in STAFF_AUDIENCES:
        return found.token.audience is not Audience.STAFF_REPLY or found.ticket not in case.own_numbers
    signs = (*(each.anchor for each in case.clues.ancestors), *case.clues.markers)
    if any(each is not None and each.audience is Audience.STAFF_NOTE for each in signs):
        return True
    kept = {each.message_id for each in case.known.messages}
    internal = {each.message_id for each in case.known.messages if each.is_internal}
    nearest = next((each for each in case.clues.message_ids if each in kept), "")
    return nearest in internal
