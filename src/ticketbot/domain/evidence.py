"""The evidence that ties a mail to a ticket, as a table: behaviours.md §1, step 4."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ticketbot.domain.addressing import STAFF_AUDIENCES, TICKET_AUDIENCES
from ticketbot.domain.authority import Voice, voice_on
from ticketbot.domain.clues import Clues, Direction, Known, KnownTicket
from ticketbot.domain.messages import Message
from ticketbot.domain.senders import Sender
from ticketbot.domain.tokens import Token

RELATED_WINDOW = timedelta(days=14)


class Evidence(StrEnum):
    """What ties a mail to a ticket, strongest first (the numbers of behaviours.md)."""

    ADDRESS = "1 signed address"
    OWN_ID = "2 our own Message-ID"
    FOREIGN_ID = "3 a Message-ID that we keep"
    MARKER = "4 signed marker in the quoted body"
    ANCESTOR = "5 shared ancestor that nobody sent us"
    TAG = "6 tag in the subject"
    DUPLICATE = "7 the same mail again"
    NONE = "8 nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the rules look at."""

    message: Message
    clues: Clues
    known: Known
    sender: Sender
    ours: frozenset[str]
    now: datetime
    is_machine: bool
    reopen_window: timedelta

    @property
    def own_numbers(self) -> frozenset[int]:
        """Return the tickets for which this staff member wrote to an address made for them."""
        if self.sender.staff is None:
            return frozenset()
        tokens = (each.token for each in self.clues.signed if each.token.audience in STAFF_AUDIENCES)
        return frozenset(token.number for token in tokens if token.is_for(self.sender.address))

    def survivor(self, number: int) -> KnownTicket | None:
        """Return the ticket at the end of a chain of merges, with everybody who took part; None for a circle."""
        seen: set[int] = set()
        participants: frozenset[str] = frozenset()
        ticket = self.known.tickets.get(number)
        while ticket is not None and ticket.number not in seen:
            seen.add(ticket.number)
            participants |= ticket.participants
            if ticket.merged_into is None:
                return replace(ticket, participants=participants)
            ticket = self.known.tickets.get(ticket.merged_into)
        return None

    def voice(self, number: int) -> Voice | None:
        """Return how the sender speaks on a ticket, or None for staff.

        Staff who take part in it as a client's contact speak as a client, but at an address made for them as staff.
        """
        ticket = self.survivor(number)
        if ticket is None:
            return Voice.UNVERIFIED
        takes_part = self.sender.is_contact and self.sender.address in ticket.participants
        if self.sender.staff is not None and (number in self.own_numbers or not takes_part):
            return None
        return voice_on(self.sender, ticket_client=ticket.client, participants=ticket.participants)

    def may_write(self, number: int) -> bool:
        """Return whether the sender is staff, or writes on this ticket as its client does."""
        return not self.sender.has_failed and self.voice(number) in {None, Voice.CLIENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket that a piece of evidence names. `is_suggested`: staff are told of it, though the mail does not join."""

    evidence: Evidence
    ticket: int
    finding: str
    is_valid: bool = True
    is_suggested: bool = False
    token: Token | None = None


Rule = Callable[[Case], Iterator[Candidate]]


def by_address(case: Case) -> Iterator[Candidate]:
    """Rule 1: our signed address; one made for this very sender goes before the others."""
    tokens = [each.token for each in case.clues.signed if each.token.audience in TICKET_AUDIENCES]
    for token in sorted(tokens, key=lambda token: not token.is_for(case.sender.address)):
        own = token.is_for(case.sender.address)
        finding = "signed address made for this sender" if own else "signed address"
        yield _signed(case, Evidence.ADDRESS, token.number, finding, token=token)


def by_own_id(case: Case) -> Iterator[Candidate]:
    """Rule 2: a Message-ID or anchor of ours, the nearest first.

    A kept message that stands nearer than any of them goes before: its thread has left the ticket, as forwards and
    follow-ups do, and still carries the old ids along (of all replies to it, none would find the new ticket).
    """
    letters = {each.message_id: each.ticket for each in case.known.messages if each.direction is Direction.OUT}
    kept = {each.message_id: each.ticket for each in case.known.messages if each.direction is not Direction.OUT}
    nearer: list[int] = []
    for ancestor in case.clues.ancestors:
        is_anchor = ancestor.anchor is not None
        number = ancestor.anchor.number if ancestor.anchor is not None else letters.get(ancestor.message_id)
        if number is None:
            nearer += [kept[ancestor.message_id]] if ancestor.message_id in kept else []
            continue
        for each in nearer:
            yield _guarded(case, Evidence.FOREIGN_ID, each, "follows a kept message, nearer than any letter of ours")
        nearer.clear()
        yield _signed(
            case, Evidence.OWN_ID, number, "anchor of the ticket" if is_anchor else "answers a letter of ours"
        )


def by_foreign_id(case: Case) -> Iterator[Candidate]:
    """Rule 3: a Message-ID of somebody else's that we keep, the newest first; only for those who may write there."""
    kept = (each for each in case.known.messages if each.direction is not Direction.OUT)
    for each in sorted(kept, key=lambda each: each.at, reverse=True):
        yield _guarded(case, Evidence.FOREIGN_ID, each.ticket, "follows a message that is kept")


def by_marker(case: Case) -> Iterator[Candidate]:
    """Rule 4: a signed marker in the quoted body, unless the mail is a forward."""
    for token in case.clues.markers:
        found = _signed(case, Evidence.MARKER, token.number, "signed marker")
        yield replace(found, is_valid=False, finding="a forward") if case.clues.is_forward else found


def by_ancestor(case: Case) -> Iterator[Candidate]:
    """Rule 5: both name an ancestor that nobody sent us, within 14 days; a suggestion where the clients differ."""
    recent = [each for each in case.known.relatives if each.at >= case.now - RELATED_WINDOW]
    for each in sorted(recent, key=lambda each: each.at, reverse=True):
        if case.sender.staff is None and case.may_write(each.ticket):
            yield Candidate(evidence=Evidence.ANCESTOR, ticket=each.ticket, finding="shares an ancestor")
        else:
            finding = "shares an ancestor, but not the client"
            yield Candidate(
                evidence=Evidence.ANCESTOR, ticket=each.ticket, finding=finding, is_valid=False, is_suggested=True
            )


def by_tag(case: Case) -> Iterator[Candidate]:
    """Rule 6: the leftmost tag that is a ticket's, for participants, staff, and credible people of its client."""
    number = next((each for each in case.clues.tags if each in case.known.tickets), None)
    if number is None:
        return
    found = _guarded(case, Evidence.TAG, number, "tagged in the subject")
    ticket = case.survivor(number)
    takes_part = ticket is not None and case.sender.address in ticket.participants
    if found.is_valid and not (takes_part or case.sender.staff is not None or case.sender.is_credible):
        found = replace(found, is_valid=False, finding="tagged, but the sender is not verified")
    yield found


def by_duplicate(case: Case) -> Iterator[Candidate]:
    """Rule 7: the same sender wrote the same within 24 hours."""
    for number in case.known.duplicates[:1]:
        yield _signed(case, Evidence.DUPLICATE, number, "the same sender wrote the same")


#: The whole evidence, strongest first. The first valid candidate is taken, and then the vetoes are asked.
RULES: tuple[Rule, ...] = (by_address, by_own_id, by_foreign_id, by_marker, by_ancestor, by_tag, by_duplicate)


def _signed(case: Case, evidence: Evidence, number: int, finding: str, *, token: Token | None = None) -> Candidate:
    """Return a candidate that is valid for anybody, because we signed it; what they may do there is asked later."""
    if number not in case.known.tickets:
        return Candidate(evidence=evidence, ticket=number, finding="there is no such ticket", is_valid=False)
    return Candidate(evidence=evidence, ticket=number, finding=finding, token=token)


def _guarded(case: Case, evidence: Evidence, number: int, finding: str) -> Candidate:
    """Return a candidate that is valid only for those who may write on the ticket, because anybody could guess it."""
    if case.may_write(number):
        return Candidate(evidence=evidence, ticket=number, finding=finding)
    return Candidate(
        evidence=evidence, ticket=number, finding=f"{finding}, but the sender may not write there", is_valid=False
    )
