"""What a new ticket is and how bad: kind, impact, urgency, severity, by word lists (domain.md TK2–TK4, TK7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Optional

from ticketbot.domain.phases import Phase


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
    """A fact: impact × urgency (TK4)."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The word lists of one language; a word is found whole, alone or with one of its language's endings."""

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
    raise NotImplementedError


def severity_of(*, kind: TicketKind, impact: Impact, urgency: Urgency, channel: Channel) -> Severity:
    """Return the severity by the matrix; kinds that are no trouble are S4, a question over an urgent way S3 (TK4)."""
    raise NotImplementedError


def is_pure_thanks(new_text: str, *, has_attachment: bool, lexicon: Lexicon) -> bool:
    """Say whether a mail only thanks: nothing to do, nothing reopens (TK7)."""
    raise NotImplementedError


def frustration_in(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the words of *text* that put a ticket on the watch list (SL7)."""
    raise NotImplementedError


def category_of(text: str, lexicon: Lexicon) -> str | None:
    """Return the category whose words stand in *text*, the first of the lists that does."""
    raise NotImplementedError
