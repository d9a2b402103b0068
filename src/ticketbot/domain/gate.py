"""The gate at the end of hypercare and of transition: blockers, score, what follows, when (domain.md GT1 to GT4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from ticketbot.domain.calendars import (
    Schedule,
    business_days_after,
    business_days_before,
    local_date,
    local_instant,
)
from ticketbot.domain.figures import Tally
from ticketbot.domain.policy import GateRules, Timetable

NOTHING_ENDED = Tally()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: Two P1 within this time after an exit, or a score below this, are worth the question whether it was too early (PH5).
RELAPSE_WITHIN = timedelta(days=30)
RELAPSE_SPAN = timedelta(hours=72)
RELAPSE_SCORE = 50


class GateKind(StrEnum):
    """Which end a gate guards: that of hypercare, or that of transition, where the receiving team takes over."""

    EXIT = "exit"
    HANDOVER = "handover"


class Decision(StrEnum):
    """What a gate decides: the phase ends as planned, lasts longer, or stays until a manager says what."""

    EXIT = "exit"
    EXTEND = "extend"
    HOLD = "hold"


class Criterion(StrEnum):
    """What must hold (GT1); the last is whatever a person put before a launch by hand."""

    OPEN_CRITICAL = "G1"
    OPEN_HIGH = "G2"
    CALM = "G3"
    CONCERNS = "G4"
    SIGN_OFF = "G5"
    ACCEPTANCE = "G6"
    SELF_SUFFICIENCY = "G7"
    MANUAL = "manual"


class Part(StrEnum):
    """What the score is made of (GT2)."""

    FIRST_ANSWERS = "W1"
    RESOLUTIONS = "W2"
    INFLOW = "W3"
    AGED = "W4"
    REOPENED = "W5"
    CLUSTERS = "W6"
    RATINGS = "W7"
    MONITORS = "W8"
    KNOWLEDGE = "W9"


#: What is earned with so many tickets that are too old; with more, nothing.
AGED: Mapping[int, Fraction] = {0: Fraction(1), 1: Fraction(1, 2), 2: Fraction(1, 2)}
#: What each gate asks beyond the blockers by hand.
ASKED: Mapping[GateKind, tuple[Criterion, ...]] = {
    GateKind.EXIT: (Criterion.OPEN_CRITICAL, Criterion.OPEN_HIGH, Criterion.CALM, Criterion.CONCERNS),
    GateKind.HANDOVER: tuple(each for each in Criterion if each is not Criterion.MANUAL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """What was counted for a launch as at one instant; `reports/readiness` counts it.

    `open_high` are those without an accepted workaround; `shared` and `settled` are what the receiving team and all
    staff resolved in two weeks; `inflow_first` and `inflow_last` what came in the first and the last seven days;
    `red_at` is when a monitor was last red within three days, None if none was.
    """

    at: datetime
    open_critical: tuple[int, ...] = ()
    open_high: tuple[int, ...] = ()
    last_critical_at: datetime | None = None
    concerns: tuple[int, ...] = ()
    signed_off_at: datetime | None = None
    accepted_at: datetime | None = None
    shared: int = 0
    settled: int = 0
    manual: tuple[str, ...] = ()
    first_answers: Tally = NOTHING_ENDED
    resolutions: Tally = NOTHING_ENDED
    inflow_first: int = 0
    inflow_last: int = 0
    aged: int = 0
    reopened: int = 0
    resolved: int = 0
    clusters: int = 0
    unowned_clusters: int = 0
    ratings: tuple[int, ...] = ()
    red_at: datetime | None = None
    knowledge_done: int = 0
    knowledge_items: int = 0

    @property
    def calm(self) -> timedelta | None:
        """Return how long ago the last P1 was, None if there was none."""
        return self.at - self.last_critical_at if self.last_critical_at is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one criterion stands; `value` and `needed` where it is a number, `tickets` or `texts` what stands against."""

    criterion: Criterion
    is_met: bool
    value: float | None = None
    needed: float | None = None
    tickets: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """One part of the score: how many of how many points, exactly."""

    part: Part
    points: Fraction
    weight: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """How a gate stands: every criterion and every part, and whether all that is asked holds."""

    kind: GateKind
    at: datetime
    findings: tuple[Finding, ...]
    parts: tuple[Points, ...]
    threshold: float

    @property
    def score(self) -> float:
        """Return the score to two decimals; nothing was rounded before."""
        return float(round(self._score, 2))

    @property
    def passed(self) -> bool:
        """Say whether every blocker is gone and the score suffices."""
        return not self.blockers and self.missing <= 0

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """Return the criteria that are not met."""
        return tuple(each for each in self.findings if not each.is_met)

    @property
    def missing(self) -> Fraction:
        """Return how many points are missing, exactly; not above 0 where the score suffices."""
        return Fraction(str(self.threshold)) - self._score

    @property
    def _score(self) -> Fraction:
        return sum((each.points for each in self.parts), Fraction())


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What it takes to pass: tickets to settle, what else, from when at the earliest; `points` are those missing."""

    tickets: tuple[int, ...] = ()
    else_: tuple[Criterion, ...] = ()
    texts: tuple[str, ...] = ()
    earliest_at: datetime | None = None
    points: float = 0


def evaluate(facts: GateFacts, *, kind: GateKind, rules: GateRules, calm_hours: float) -> Ruling:
    """Return how a gate stands by what was counted."""
    asked = {*ASKED[kind], *([Criterion.MANUAL] if facts.manual else [])}
    found = (finding for finding in _findings(facts, rules, calm_hours) if finding.criterion in asked)
    weights = {part: Fraction(str(rules.weights[part.value])) for part in Part}
    parts = tuple(
        Points(part=part, points=weights[part] * share, weight=weights[part]) for part, share in _shares(facts)
    )
    return Ruling(kind=kind, at=facts.at, findings=tuple(found), parts=parts, threshold=rules.threshold)


def decide(ruling: Ruling, *, extensions: int, rules: GateRules) -> Decision:
    """Return what follows (GT4); *extensions* counts those of this phase that the gate made before."""
    if ruling.passed:
        return Decision.EXIT
    return Decision.EXTEND if extensions < rules.automatic_extensions else Decision.HOLD


def forecast(ruling: Ruling, facts: GateFacts, *, calm_hours: float) -> Forecast:
    """Return what it takes until a gate passes that does not now."""
    against = ruling.blockers
    named = (Criterion.OPEN_CRITICAL, Criterion.OPEN_HIGH, Criterion.CONCERNS)
    is_waiting = any(each.criterion is Criterion.CALM for each in against)
    return Forecast(
        tickets=tuple(sorted({number for each in against if each.criterion in named for number in each.tickets})),
        else_=tuple(
            each.criterion
            for each in against
            if each.criterion not in named and each.criterion not in (Criterion.CALM, Criterion.MANUAL)
        ),
        texts=tuple(text for each in against for text in each.texts),
        earliest_at=(
            facts.last_critical_at + calm_hours * HOUR if is_waiting and facts.last_critical_at is not None else None
        ),
        points=float(round(max(ruling.missing, Fraction()), 2)),
    )


def ruling_facts(ruling: Ruling) -> dict[str, Any]:
    """Return a ruling as plain values for JSON: codes of what is not met, points by part, and each criterion whole."""
    return {
        "score": ruling.score,
        "threshold": ruling.threshold,
        "blockers": [each.criterion.value for each in ruling.blockers],
        "parts": {each.part.value: float(round(each.points, 2)) for each in ruling.parts},
        "criteria": {each.criterion.value: _finding_facts(each) for each in ruling.findings},
    }


def _finding_facts(finding: Finding) -> dict[str, Any]:
    facts: dict[str, Any] = {"met": finding.is_met, "value": finding.value, "needed": finding.needed}
    if finding.tickets:
        facts["tickets"] = [f"T-{number}" for number in finding.tickets]
    if finding.texts:
        facts["texts"] = list(finding.texts)
    return {name: value for name, value in facts.items() if value is not None}


def decision_at(end: datetime, *, schedule: Schedule, timetable: Timetable) -> datetime:
    """Return when the gate before *end* decides: 12:00, one business day of the client before it (GT3)."""
    return _before(end, timetable.decision_days_before, schedule=schedule, at=timetable.decision.at)


def ready_at(end: datetime, *, schedule: Schedule, timetable: Timetable) -> tuple[datetime, ...]:
    """Return when READY goes before *end*: 08:00, five and two business days before it (GT3)."""
    return tuple(_before(end, days, schedule=schedule, at=timetable.ready.at) for days in timetable.ready_days_before)


def leaves_on(at: datetime, *, schedule: Schedule) -> date:
    """Return at whose midnight an early exit takes effect: after one whole business day (PH5)."""
    return business_days_after(schedule, local_date(at, schedule.zone), 1) + DAY


def asks_at(since: datetime, *, after: datetime, schedule: Schedule, timetable: Timetable) -> datetime:
    """Return when the manager is next asked what becomes of a phase that stays *since*: daily, from the next day on."""
    day = max(local_date(since, schedule.zone), local_date(after, schedule.zone) - DAY)
    moments = (local_instant(day + count * DAY, timetable.decision.at, schedule.zone) for count in (1, 2))
    return next(moment for moment in moments if moment > after)


def suggests_relapse(criticals: tuple[datetime, ...], *, exited_at: datetime, score: float, at: datetime) -> bool:
    """Say whether hypercare ended too early: within 30 days after it two P1 in 72 hours, or a score below 50 (PH5)."""
    if not exited_at <= at <= exited_at + RELAPSE_WITHIN:
        return False
    since = sorted(each for each in criticals if exited_at <= each <= at)
    return score < RELAPSE_SCORE or any(late - early <= RELAPSE_SPAN for early, late in pairwise(since))


def _before(end: datetime, days: int, *, schedule: Schedule, at: time) -> datetime:
    return local_instant(business_days_before(schedule, local_date(end, schedule.zone), days), at, schedule.zone)


def _findings(facts: GateFacts, rules: GateRules, calm_hours: float) -> Iterator[Finding]:
    """Yield how each criterion stands."""
    yield _none_open(Criterion.OPEN_CRITICAL, facts.open_critical)
    yield _none_open(Criterion.OPEN_HIGH, facts.open_high)
    calm = facts.calm
    yield Finding(
        criterion=Criterion.CALM,
        is_met=calm is None or calm >= calm_hours * HOUR,
        value=round(calm / HOUR, 2) if calm is not None else None,
        needed=calm_hours,
    )
    yield _none_open(Criterion.CONCERNS, facts.concerns)
    yield Finding(criterion=Criterion.SIGN_OFF, is_met=facts.signed_off_at is not None)
    yield Finding(criterion=Criterion.ACCEPTANCE, is_met=facts.accepted_at is not None)
    own = Fraction(facts.shared * 100, facts.settled) if facts.settled else Fraction(100)
    yield Finding(
        criterion=Criterion.SELF_SUFFICIENCY,
        is_met=own >= Fraction(str(rules.self_sufficiency_percent)),
        value=float(round(own, 2)),
        needed=rules.self_sufficiency_percent,
    )
    yield Finding(criterion=Criterion.MANUAL, is_met=not facts.manual, texts=facts.manual)


def _none_open(criterion: Criterion, tickets: tuple[int, ...]) -> Finding:
    return Finding(criterion=criterion, is_met=not tickets, value=len(tickets), needed=0, tickets=tickets)


def _shares(facts: GateFacts) -> Iterator[tuple[Part, Fraction]]:
    """Yield which share of its weight each part earns, from 0 to 1 (GT2)."""
    yield Part.FIRST_ANSWERS, _earned(facts.first_answers, above="0.80", over="0.15")
    yield Part.RESOLUTIONS, _earned(facts.resolutions, above="0.70", over="0.20")
    inflow = Fraction(facts.inflow_last, max(1, facts.inflow_first))
    yield Part.INFLOW, _clamped((1 - inflow) / Fraction("0.5"))
    yield Part.AGED, AGED.get(facts.aged, Fraction())
    again = Fraction(facts.reopened, max(1, facts.resolved))
    yield Part.REOPENED, _clamped((Fraction("0.10") - again) / Fraction("0.05"))
    yield Part.CLUSTERS, Fraction(not facts.unowned_clusters)
    yield Part.RATINGS, _content(facts.ratings)
    yield Part.MONITORS, Fraction(facts.red_at is None)
    yield Part.KNOWLEDGE, Fraction(facts.knowledge_done, max(1, facts.knowledge_items))


def _earned(kept: Tally, *, above: str, over: str) -> Fraction:
    """Return the share for an attainment; where no promise ended nothing was missed."""
    reached = Fraction(kept.met, kept.count) if kept.count else Fraction(1)
    return _clamped((reached - Fraction(above)) / Fraction(over))


def _content(ratings: tuple[int, ...]) -> Fraction:
    """Return the share for the mean rating; silence is neither praise nor blame."""
    if not ratings:
        return Fraction(1, 2)
    return _clamped((Fraction(sum(ratings), len(ratings)) - 3) / Fraction("1.2"))


def _clamped(share: Fraction) -> Fraction:
    return min(max(share, Fraction()), Fraction(1))
