"""How a launch stands before its next gate: what READY and `#ready` tell, and what the gate itself decides by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.desk.book import Rules
from ticketbot.desk.care import Care
from ticketbot.domain.calendars import local_date
from ticketbot.domain.figures import Tally
from ticketbot.domain.gate import (
    Criterion,
    Finding,
    Forecast,
    GateFacts,
    GateKind,
    Part,
    Points,
    Ruling,
    decision_at,
    evaluate,
    forecast,
    ready_at,
)
from ticketbot.domain.phases import Phase, PlanEvent, event_detail
from ticketbot.domain.profiles import HandoverAt
from ticketbot.reports.readiness import gate_facts
from ticketbot.store.database import Work
from ticketbot.store.models import Launch
from ticketbot.store.models import PlanEvent as PlanEventRow

_MOMENT = timedelta(microseconds=1)
KINDS = {Phase.HYPERCARE: GateKind.EXIT, Phase.TRANSITION: GateKind.HANDOVER}
#: What each criterion is called, and what it is counted in.
CALLED = {
    Criterion.OPEN_CRITICAL: "open critical",
    Criterion.OPEN_HIGH: "open high",
    Criterion.CALM: "calm",
    Criterion.CONCERNS: "concerns",
    Criterion.SIGN_OFF: "signed off",
    Criterion.ACCEPTANCE: "accepted",
    Criterion.SELF_SUFFICIENCY: "self-sufficiency",
    Criterion.MANUAL: "by hand",
}
#: What a manager or lead does about a criterion that no ticket stands for.
DOES = {
    Criterion.SIGN_OFF: "the sponsor signs off",
    Criterion.ACCEPTANCE: "the receiving lead writes #accept",
    Criterion.SELF_SUFFICIENCY: "the receiving team resolves what comes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a launch's next gate stands; `ends_at` and `decides_at` are None while its phase stays or is paused."""

    kind: GateKind
    facts: GateFacts
    ruling: Ruling
    way: Forecast
    ends_at: datetime | None = None
    decides_at: datetime | None = None
    ready_at: tuple[datetime, ...] = ()


def guards(care: Care, phase: Phase) -> bool:
    """Return whether a gate stands at the end of a phase: of hypercare always, of transition where it hands over."""
    assert care.launch is not None
    if phase is Phase.TRANSITION:
        return care.policy.profiles[care.launch.profile].handover_at is HandoverAt.END_OF_TRANSITION
    return phase is Phase.HYPERCARE


def ruling_of(work: Work, rules: Rules, care: Care, *, kind: GateKind, at: datetime) -> tuple[GateFacts, Ruling]:
    """Return what was counted for a gate just before *at*, and how it stands by that."""
    launch, plan, policy = care.launch, care.plan, rules.policy
    assert launch is not None
    assert plan is not None
    facts = gate_facts(work, launch=launch, plan=plan, office=care.schedules[policy.office], policy=policy, at=at)
    return facts, evaluate(facts, kind=kind, rules=policy.gate, calm_hours=policy.calm_hours(launch.profile))


def standing(work: Work, rules: Rules, care: Care, *, at: datetime) -> Standing | None:
    """Return how a launch's next gate stands, None where no gate is before it: what happened at *at* itself counts."""
    assert care.launch is not None
    assert care.plan is not None
    plan, policy = care.plan, rules.policy
    phase = plan.phase_at(at)
    if not guards(care, phase):
        return None
    kind = KINDS[phase]
    facts, ruling = ruling_of(work, rules, care, kind=kind, at=at + _MOMENT)
    way = forecast(ruling, facts, calm_hours=policy.calm_hours(care.launch.profile))
    end = plan.end_of(phase, at) if not plan.is_paused(at) else None
    if end is None:
        return Standing(kind=kind, facts=facts, ruling=ruling, way=way)
    office, timetable = care.schedules[policy.office], policy.timetable
    return Standing(
        kind=kind,
        facts=facts,
        ruling=ruling,
        way=way,
        ends_at=end,
        decides_at=gate_after(rules, care, at=at),
        ready_at=ready_at(end, schedule=office, timetable=timetable),
    )


def gate_after(rules: Rules, care: Care, *, at: datetime) -> datetime | None:
    """Return when the next gate decides, None where none is before the launch, or its phase stays or is paused."""
    assert care.plan is not None
    plan, phase = care.plan, care.plan.phase_at(at)
    end = plan.end_of(phase, at) if not plan.is_paused(at) and guards(care, phase) else None
    if end is None or plan.is_left_early(at):
        return None
    return decision_at(end, schedule=care.schedules[rules.policy.office], timetable=rules.policy.timetable)


def record_event(work: Work, launch: Launch, event: PlanEvent) -> None:
    """Keep a change of a launch's plan."""
    row = PlanEventRow(
        launch_id=launch.id, recorded_at=event.recorded_at, kind=event.kind.value, detail=event_detail(event)
    )
    work.desk.add(row)


def lines_of(standing: Standing, care: Care) -> list[str]:
    """Return how a launch stands as READY lays it out: the state, the criteria, the parts of the score, the way."""
    assert care.launch is not None
    assert care.plan is not None
    ruling, phase = standing.ruling, care.plan.phase_at(standing.facts.at).value
    ends = "is paused" if care.plan.is_paused(standing.facts.at) else "stays until a manager says how it ends"
    if standing.ends_at is not None:
        ends = f"ends {standing.ends_at.astimezone(care.zone):%a %d %B %Y %H:%M}"
    verdict = "READY" if ruling.passed else "NOT READY"
    lines = [
        f"{care.launch.name} · {phase} {ends} · score {ruling.score:g} of {ruling.threshold:g} · {verdict}",
        " · ".join(_told(each) for each in ruling.findings),
        " · ".join(f"{what} {float(each.points):.4g}/{float(each.weight):g}" for what, each in _parts(standing, care)),
    ]
    if standing.decides_at is not None:
        decides_at = standing.decides_at.astimezone(care.zone)
        lines.append(f"The gate decides on {decides_at:%a %d %B %H:%M} ({care.zone.key}).")
    if not ruling.passed:
        lines.append(f"To pass: {_way(standing.way, care)}")
    return lines


def _told(finding: Finding) -> str:
    mark = "✓" if finding.is_met else "✗"
    amount = ""
    if finding.criterion is Criterion.CALM:
        amount = f" {finding.value:.0f} of {finding.needed:g} h" if finding.value is not None else " always"
    elif finding.criterion is Criterion.SELF_SUFFICIENCY:
        amount = f" {finding.value:g} of {finding.needed:g} %"
    elif finding.value is not None:
        amount = f" {finding.value:g}"
    against = [*(f"T-{number}" for number in finding.tickets), *finding.texts]
    return " ".join([f"{finding.criterion} {CALLED[finding.criterion]}{amount} {mark}", *against])


def _parts(standing: Standing, care: Care) -> Iterator[tuple[str, Points]]:
    """Yield each part of the score with what was counted for it."""
    facts = standing.facts
    red = f"red {facts.red_at.astimezone(care.zone):%d %b}" if facts.red_at is not None else "green"
    mean = f"{sum(facts.ratings) / len(facts.ratings):.2f}" if facts.ratings else "none"
    said = {
        Part.FIRST_ANSWERS: f"first answers {_percent(facts.first_answers)}",
        Part.RESOLUTIONS: f"resolved {_percent(facts.resolutions)}",
        Part.INFLOW: f"inflow {facts.inflow_last} of {facts.inflow_first}",
        Part.AGED: f"aged {facts.aged}",
        Part.REOPENED: f"reopened {facts.reopened} of {facts.resolved}",
        Part.CLUSTERS: f"clusters without owner {facts.unowned_clusters}",
        Part.RATINGS: f"CSAT {mean}",
        Part.MONITORS: f"monitors {red}",
        Part.KNOWLEDGE: f"knowledge {facts.knowledge_done} of {facts.knowledge_items}",
    }
    for each in standing.ruling.parts:
        yield said[each.part], each


def _percent(kept: Tally) -> str:
    return f"{kept.share:.0%}".replace("%", " %") if kept.share is not None else "none due"


def _way(way: Forecast, care: Care) -> str:
    steps = [f"resolve {', '.join(f'T-{number}' for number in way.tickets)}"] if way.tickets else []
    steps += [DOES[each] for each in way.else_]
    steps += [f"settle {text}" for text in way.texts]
    if way.points:
        steps.append(f"{way.points:g} points more")
    told = "; ".join(steps)
    if way.earliest_at is None:
        return told
    on = local_date(way.earliest_at, care.zone)
    return f"{told}{' → ' if told else ''}earliest {on.day} {on:%B} (G3)"
