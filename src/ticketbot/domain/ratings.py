"""Ratings: who is asked when, which answers are one, and which of several counts (domain.md FB1, §3.4)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.domain.kinds import TicketKind

#: One contact is asked at most once in so long a time.
ASKED_EVERY = timedelta(days=7)
#: An answer counts that comes within this time of the question; its address works a little longer.
COUNTS_WITHIN = timedelta(days=14)
ADDRESS_WORKS = timedelta(days=30)
#: The best score that opens a concern.
LOW = 2
_SCORE = re.compile(
    r"(?P<score>[1-5])(?:\s*(?:/|of|out of|von|\u002d|\u2013)\s*5)?\s*(?:points?|punkte?|stars?|sterne?)?[.!)]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One answer: how content somebody was, from 1 to 5, with a settled ticket.

    `cycle` counts how often the ticket had been opened again when they were asked: each settling has its own vote.
    """

    ticket: str
    cycle: int
    score: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A score that stands in a mail, with the words that came along."""

    score: int
    words: str


def may_ask(kind: TicketKind, *, at: datetime, last_asked_at: datetime | None) -> bool:
    """Say whether a letter that settles a ticket may ask: not about a wish, not the same person twice a week."""
    if kind is TicketKind.ENHANCEMENT:
        return False
    return last_asked_at is None or at - last_asked_at >= ASKED_EVERY


def counts(at: datetime, *, asked_at: datetime | None) -> bool:
    """Say whether an answer comes in time; one to a question that nobody remembers does."""
    return asked_at is None or at - asked_at <= COUNTS_WITHIN


def vote_in(text: str) -> Vote | None:
    """Return the vote that a reply begins with: a first line that is a score from 1 to 5 and nothing else."""
    first, _, rest = text.strip().partition("\n")
    found = _SCORE.fullmatch(first.strip())
    return Vote(score=int(found["score"]), words=rest.strip()) if found is not None else None


def is_low(score: int) -> bool:
    """Say whether a score opens a concern."""
    return score <= LOW


def that_count(ratings: Iterable[Rating]) -> tuple[Rating, ...]:
    """Return the last answer of each settled ticket; earlier ones were thought better of."""
    last: dict[tuple[str, int], Rating] = {}
    for rating in sorted(ratings, key=lambda rating: rating.at):
        last[rating.ticket, rating.cycle] = rating
    return tuple(last.values())
