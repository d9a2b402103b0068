"""What a new ticket is and how bad: kind, impact, urgency, severity, by word lists (domain.md TK2 to TK4, TK7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Optional

from ticketbot.domain.phases import Phase
from ticketbot.domain.wishes import wants_something

#: How much of the new text is looked at, and how long a mail of mere thanks may be.
READ_CHARACTERS = 1000
THANKS_WORDS = 12
URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
QUESTION_MARKS = re.compile("[?\uff1f\u061f]")
APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))


class TicketKind(StrEnum):
    """What a matter is (TK2)."""

    INCIDENT = "incident"
    QUESTION = "question"
    REQUEST = "request"
    ENHANCEMENT = "enhancement"
    TRAINING = "training"
    MEETING = "meeting"
    FEEDBACK = "feedback"
    ALERT = "alert"
    PROBLEM = "problem"


class Channel(StrEnum):
    """How a matter came."""

    MAIL = "mail"
    URGENT = "urgent"
    HOTLINE = "hotline"
    ON_BEHALF = "on_behalf"
    ALERT = "alert"


#: Channels that say by themselves that it is urgent (TK4, TK5).
URGENT_CHANNELS = frozenset({Channel.URGENT, Channel.HOTLINE})


class Impact(IntEnum):
    """How many are hit."""

    ALL = 1
    SEVERAL = 2
    ONE = 3


class Urgency(IntEnum):
    """How long it can wait."""

    STOPPED = 1
    NORMAL = 2
    NO_HURRY = 3


class Severity(StrEnum):
    """A fact: impact by urgency (TK4)."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"

    @property
    def rank(self) -> int:
        """Return 1 … 4."""
        return int(self.value[1])


MATRIX: Mapping[tuple[Impact, Urgency], Severity] = {
    (Impact.ALL, Urgency.STOPPED): Severity.S1,
    (Impact.ALL, Urgency.NORMAL): Severity.S2,
    (Impact.ALL, Urgency.NO_HURRY): Severity.S3,
    (Impact.SEVERAL, Urgency.STOPPED): Severity.S2,
    (Impact.SEVERAL, Urgency.NORMAL): Severity.S3,
    (Impact.SEVERAL, Urgency.NO_HURRY): Severity.S4,
    (Impact.ONE, Urgency.STOPPED): Severity.S3,
    (Impact.ONE, Urgency.NORMAL): Severity.S4,
    (Impact.ONE, Urgency.NO_HURRY): Severity.S4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The word lists of one language; a word is found whole, alone or with one of its language's endings.

    `beneath` is asked as well, with its own endings: people mix English into every language.
    """

    outage: tuple[str, ...] = ()
    enhancement: tuple[str, ...] = ()
    training: tuple[str, ...] = ()
    meeting: tuple[str, ...] = ()
    howto: tuple[str, ...] = ()
    incident: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    u1: tuple[str, ...] = ()
    u3: tuple[str, ...] = ()
    i3: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()
    objection: tuple[str, ...] = ()
    frustration: tuple[str, ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endings: tuple[str, ...] = ("s", "es", "ed", "ing", "ure")
    beneath: Optional["Lexicon"] = None

    def found(self, name: str, text: str) -> str | None:
        """Return the first word of the list *name* that stands in *text*, which `plain` has made."""
        match = _pattern(getattr(self, name), self.endings).search(text)
        if match:
            return match.group()
        return self.beneath.found(name, text) if self.beneath else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What a new ticket is, with one reason for each part, for people to read."""

    kind: TicketKind
    impact: Impact
    urgency: Urgency
    severity: Severity
    category: str | None
    reasons: tuple[str, ...]


def classify_ticket(
    *, subject: str, new_text: str, channel: Channel, phase: Phase | None, lexicon: Lexicon
) -> Classification:
    """Return kind, impact, urgency and severity by the words of subject and the first 1,000 new characters (TK3, TK4).

    *phase* is None where there is no launch, which counts as standard.
    """
    text = plain(subject, new_text[:READ_CHARACTERS])
    kind, why_kind = _kind(text, channel=channel, phase=phase, lexicon=lexicon)
    impact, why_impact = _impact(text, lexicon)
    urgency, why_urgency = _urgency(text, channel=channel, lexicon=lexicon)
    return Classification(
        kind=kind,
        impact=impact,
        urgency=urgency,
        severity=severity_of(kind=kind, impact=impact, urgency=urgency, channel=channel),
        category=category_of(text, lexicon),
        reasons=(f"{kind}: {why_kind}", f"impact {impact}: {why_impact}", f"urgency {urgency}: {why_urgency}"),
    )


def severity_of(*, kind: TicketKind, impact: Impact, urgency: Urgency, channel: Channel) -> Severity:
    """Return the severity by the matrix; kinds that are no trouble are S4, a question over an urgent way S3 (TK4)."""
    if kind in {TicketKind.INCIDENT, TicketKind.ALERT}:
        return MATRIX[impact, urgency]
    if kind is TicketKind.QUESTION and channel in URGENT_CHANNELS:
        return Severity.S3
    return Severity.S4


def is_pure_thanks(new_text: str, *, has_attachment: bool, lexicon: Lexicon) -> bool:
    """Say whether a mail only thanks: nothing to do, nothing reopens (TK7).

    Words of objection, requests, orders and questions speak against it: "thanks, but it still fails" must not be lost.
    """
    text = plain(new_text)
    return (
        not has_attachment
        and len(re.findall(r"\w+(?:'\w+)?", text)) <= THANKS_WORDS
        and not _asks(text)
        and bool(lexicon.found("thanks", text))
        and not lexicon.found("objection", text)
        and not lexicon.found("request", text)
        and not wants_something(plain(*new_text.splitlines()))
    )


def frustration_in(text: str, lexicon: Lexicon) -> str | None:
    """Return the words in *text* that put a ticket on the watch list (SL7), None if there are none."""
    return lexicon.found("frustration", plain(text))


def category_of(text: str, lexicon: Lexicon) -> str | None:
    """Return the first category one of whose words stands in *text*."""
    searched = plain(text)
    for name, words in lexicon.categories.items():
        if _pattern(words, lexicon.endings).search(searched):
            return name
    return category_of(text, lexicon.beneath) if lexicon.beneath else None


def plain(*parts: str) -> str:
    """Return texts as words are looked up in them: case folded, one kind of apostrophe, single spaces in each part."""
    return "\n".join(" ".join(part.translate(APOSTROPHES).casefold().split()) for part in parts)


#: The order of TK3 after "outage and incident word"; each list and the kind that it means.
WORD_RULES: tuple[tuple[str, TicketKind], ...] = (
    ("enhancement", TicketKind.ENHANCEMENT),
    ("training", TicketKind.TRAINING),
    ("meeting", TicketKind.MEETING),
    ("howto", TicketKind.QUESTION),
    ("incident", TicketKind.INCIDENT),
    ("request", TicketKind.REQUEST),
)


def _kind(text: str, *, channel: Channel, phase: Phase | None, lexicon: Lexicon) -> tuple[TicketKind, str]:
    if channel is Channel.ALERT:
        return TicketKind.ALERT, "a monitor's mail"
    outage, incident = lexicon.found("outage", text), lexicon.found("incident", text)
    if outage and incident:
        return TicketKind.INCIDENT, f"“{outage}” and “{incident}”"
    for name, kind in WORD_RULES:
        if word := lexicon.found(name, text):
            return kind, f"“{word}”"
    return _kind_without_words(text, phase=phase, praise=lexicon.found("feedback", text))


def _kind_without_words(text: str, *, phase: Phase | None, praise: str | None) -> tuple[TicketKind, str]:
    if _asks(text):
        return TicketKind.QUESTION, "a question mark"
    if praise:
        return TicketKind.FEEDBACK, f"“{praise}”"
    if phase in {Phase.HYPERCARE, Phase.TRANSITION}:
        return TicketKind.INCIDENT, f"no word speaks for another kind, and the launch is in {phase}"
    return TicketKind.QUESTION, "no word speaks for another kind"


def _impact(text: str, lexicon: Lexicon) -> tuple[Impact, str]:
    if word := lexicon.found("outage", text):
        return Impact.ALL, f"“{word}”"
    if word := lexicon.found("i3", text):
        return Impact.ONE, f"“{word}”"
    return Impact.SEVERAL, "no word says how many"


def _urgency(text: str, *, channel: Channel, lexicon: Lexicon) -> tuple[Urgency, str]:
    if channel in URGENT_CHANNELS:
        return Urgency.STOPPED, f"it came by {channel}"
    if word := lexicon.found("u1", text):
        return Urgency.STOPPED, f"“{word}”"
    if word := lexicon.found("u3", text):
        return Urgency.NO_HURRY, f"“{word}”"
    return Urgency.NORMAL, "no word says how urgent"


def _asks(text: str) -> bool:
    """Say whether there is a question mark outside of web addresses."""
    return bool(QUESTION_MARKS.search(URL.sub(" ", text)))


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...], endings: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of *words* whole; with no words at all, nothing."""
    listed = "|".join(re.escape(plain(word)) for word in sorted(words, key=len, reverse=True))
    ended = "|".join(map(re.escape, endings))
    return re.compile(rf"(?<!\w)(?:{listed})(?:{ended})?(?!\w)" if words else r"(?!)")
