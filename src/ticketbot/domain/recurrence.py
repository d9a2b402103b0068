"""Clusters: the same trouble of one client, come back from several people (domain.md RC1)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.domain.kinds import APOSTROPHES, TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.subjects import bare_subject

LIKENESS = 0.5
FEWEST_TICKETS = 3
FEWEST_CONTACTS = 2
LONGEST_TEXT = 10_000
#: The kinds of TK5: what is in the way, or in question.
KINDS = frozenset({TicketKind.INCIDENT, TicketKind.QUESTION, TicketKind.REQUEST, TicketKind.ALERT})
WINDOWS: Mapping[Phase, timedelta] = {
    Phase.HYPERCARE: timedelta(days=7),
    Phase.TRANSITION: timedelta(days=14),
    Phase.STANDARD: timedelta(days=30),
}
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"\b[A-Z]{2,10}-?\d{3,10}\b|\b[Ee][Rr][Rr][Oo][Rr] \d{3}\b")
_ENDING_FROM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A ticket as likeness sees it. `faq` names what answered it; `merged_at` is when it became part of another."""

    number: int
    kind: TicketKind
    contact: str
    at: datetime
    tokens: frozenset[str]
    codes: frozenset[str] = frozenset()
    faq: str | None = None
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Tickets about the same trouble, oldest first, and since when they are enough to be one."""

    tickets: tuple[Occurrence, ...]
    found_at: datetime

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the tickets' numbers."""
        return tuple(each.number for each in self.tickets)

    @property
    def phrase(self) -> tuple[str, ...]:
        """Return the words that most of its tickets share, those of most tickets first."""
        counts: dict[str, int] = {}
        for each in self.tickets:
            for token in each.tokens:
                counts[token] = counts.get(token, 0) + 1
        shared = [(count, token) for token, count in counts.items() if count * 2 > len(self.tickets)]
        return tuple(token for _, token in sorted(shared, key=lambda pair: (-pair[0], pair[1])))

    @property
    def is_usability(self) -> bool:
        """Say whether every ticket is a question: then people need to be shown, not the system mended (M20)."""
        return all(each.kind is TicketKind.QUESTION for each in self.tickets)


def tokens_of(subject: str, *, stopwords: frozenset[str]) -> frozenset[str]:
    """Return the words of a subject that say something: stop words out, then one final s of longer words."""
    text = bare_subject(subject[:LONGEST_TEXT]).casefold().translate(APOSTROPHES).replace("'", "")
    return frozenset(_singular(word) for word in _WORD.findall(text) if word not in stopwords)


def codes_in(*texts: str) -> frozenset[str]:
    """Return the error codes that texts name: ABC-123, HTTP404, error 502."""
    found = (code for text in texts for code in _CODE.findall(text[:LONGEST_TEXT]))
    return frozenset(code.upper().replace("-", "") for code in found)


def is_alike(one: Occurrence, other: Occurrence) -> bool:
    """Say whether two tickets are about the same trouble: words of the subject, an error code, or the answer."""
    if one.codes & other.codes or (one.faq is not None and one.faq == other.faq):
        return True
    either = one.tokens | other.tokens
    return bool(either) and len(one.tokens & other.tokens) >= LIKENESS * len(either)


def clusters(occurrences: Iterable[Occurrence], *, window_at: Callable[[datetime], timedelta]) -> tuple[Cluster, ...]:
    """Return the clusters of one client's tickets; each new ticket is held against those of its window before it.

    *window_at* is how far back a ticket looks that came at an instant: that of its launch's phase then.
    """
    seen: list[Occurrence] = []
    groups: list[_Group] = []
    for new in sorted(occurrences, key=lambda each: (each.at, each.number)):
        if new.kind not in KINDS:
            continue
        since = new.at - window_at(new.at)
        alike = [each for each in seen if each.at >= since and _counts(each, new.at) and is_alike(each, new)]
        seen.append(new)
        _join(groups, [*alike, new])
    return tuple(
        Cluster(tickets=tuple(sorted(group.tickets, key=lambda each: (each.at, each.number))), found_at=group.found_at)
        for group in groups
    )


def is_told(size: int, *, told: int) -> bool:
    """Say whether leads hear of a cluster of *size*: at three tickets, then at each doubling (M32)."""
    step = FEWEST_TICKETS
    while step <= told:
        step *= 2
    return size >= step


@dataclass(slots=True)
class _Group:
    """A cluster that grows."""

    tickets: list[Occurrence]
    found_at: datetime


def _join(groups: list[_Group], alike: Sequence[Occurrence]) -> None:
    """Let tickets that are alike join a cluster that one of them belongs to, or become one if they are enough."""
    new = alike[-1]
    known = next((group for group in groups if any(each in group.tickets for each in alike)), None)
    if known is not None:
        known.tickets += [each for each in alike if each not in known.tickets]
    elif len(alike) >= FEWEST_TICKETS and len({each.contact for each in alike}) >= FEWEST_CONTACTS:
        groups.append(_Group(tickets=list(alike), found_at=new.at))


def _counts(ticket: Occurrence, at: datetime) -> bool:
    """Say whether a ticket is still one of its own at *at*."""
    return ticket.merged_at is None or ticket.merged_at > at


def _singular(word: str) -> str:
    return word[:-1] if len(word) >= _ENDING_FROM and word.endswith("s") and not word.endswith("ss") else word
