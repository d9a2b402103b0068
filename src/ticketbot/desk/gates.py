"""The gates at the ends of hypercare and transition, each decided exactly once at its instant (GT1 to GT4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ticketbot.desk.book import Planned, Rules
from ticketbot.desk.care import Care, care_for
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.entering import AT_ONCE
from ticketbot.desk.standing import KINDS, guards, record_event, ruling_of
from ticketbot.domain.calendars import DAY, Schedule, local_date, local_instant
from ticketbot.domain.gate import (
    Decision,
    Ruling,
    asks_at,
    decide,
    decision_at,
    ruling_facts,
)
from ticketbot.domain.phases import GATE, Phase, PlanEvent, PlanEventKind
from ticketbot.outbound.facts import iso
from ticketbot.store.database import Work

ROUND = "GATE"
ASKED_ROUND = "GATE_ASK"
ASKED = "gate_asked"
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """A gate of a plan: which end it guards, and when it decides."""

    planned: Planned
    phase: Phase
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates(Timed):
    """Decides every gate when its instant has come; asks daily about a phase that stays."""

    _decided: set[tuple[str, datetime]] = field(default_factory=set)
    _known_at: dict[tuple[int, str], datetime] = field(default_factory=dict)
    _read: list[tuple[tuple[Planned, ...], tuple[_Gate, ...]]] = field(default_factory=list)
    _hours: list[tuple[tuple[Planned, ...], dict[str, Schedule]]] = field(default_factory=list)

    def do_one(self, now: datetime) -> bool:
        """Decide one gate, or ask about one phase that stays; return whether there was one."""
        with self.store.look() as work:
            if self._first(work, now) is None and self._asked(work, now) is None:
                return False
        with self.store.work() as work:
            rules = self.desk.rules(work)
            if (gate := self._first(work, now)) is not None:
                self._decide(work, rules, gate, now)
            elif (asked := self._asked(work, now)) is not None:
                self._ask(work, rules, *asked, now=now)
            work.ring()
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next gate decides, or somebody is asked again."""
        with self.store.look() as work:
            rules = self.desk.rules(work)
            instants = [gate.at for gate in self._gates(work) if gate.at > now]
            for planned in self.desk.book.plans(work):
                if (since := planned.plan.stays_since(now)) is not None:
                    office = self._office(work, rules, planned, now)
                    instants.append(asks_at(since, after=now, schedule=office, timetable=rules.policy.timetable))
            return min(instants, default=None)

    # Gates

    def _first(self, work: Work, now: datetime) -> _Gate | None:
        """Return the earliest gate whose instant has come and that was not decided."""
        due = (gate for gate in self._gates(work) if gate.at <= now and self._is_undecided(work, gate))
        return min(due, key=lambda gate: (gate.at, gate.planned.slug), default=None)

    def _is_undecided(self, work: Work, gate: _Gate) -> bool:
        """Return whether a gate waits: each end is decided once; what lay before the desk knew the launch is past."""
        key = (gate.planned.slug, gate.ends_at)
        if key in self._decided:
            return False
        if gate.planned.slug in work.desk.readers_of_round(ROUND, period_start=gate.ends_at):
            self._decided.add(key)
            return False
        return gate.at > self._known(work, gate.planned)

    def _known(self, work: Work, planned: Planned) -> datetime:
        key = (self.desk.rules(work).version, planned.slug)
        if key not in self._known_at:
            launch = work.desk.launch(planned.launch_id)
            assert launch is not None
            self._known_at[key] = work.desk.launch_known_at(launch)
        return self._known_at[key]

    def _gates(self, work: Work) -> tuple[_Gate, ...]:
        """Return every gate of every plan; they are laid out anew when a plan or the policy has changed."""
        plans = self.desk.book.plans(work)
        if not self._read or self._read[0][0] is not plans:
            rules = self.desk.rules(work)
            self._read[:] = [(plans, tuple(gate for each in plans for gate in _gates_of(work, rules, each)))]
        return self._read[0][1]

    def _office(self, work: Work, rules: Rules, planned: Planned, now: datetime) -> Schedule:
        """Return the opening hours of a launch's client; they change only when the plans are read anew."""
        plans = self.desk.book.plans(work)
        if not self._hours or self._hours[0][0] is not plans:
            self._hours[:] = [(plans, {})]
        known = self._hours[0][1]
        if planned.slug not in known:
            known[planned.slug] = _care(work, rules, planned, now).schedules[rules.policy.office]
        return known[planned.slug]

    def _decide(self, work: Work, rules: Rules, gate: _Gate, now: datetime) -> None:
        """Decide a gate: record how it stands, and lengthen the phase where it fails."""
        planned = gate.planned
        care = _care(work, rules, planned, now)
        assert care.launch is not None
        is_late = now - gate.at > AT_ONCE  # as a boundary, it counts from its very instant until then
        told = "late" if is_late else "decided"
        if not work.desk.write_round(ROUND, reader=planned.slug, period_start=gate.ends_at, now=now, state=told):
            return
        kind = KINDS[gate.phase]
        _, ruling = ruling_of(work, rules, care, kind=kind, at=gate.at)
        seen = min(gate.at, gate.ends_at - _MOMENT)
        decision = decide(ruling, extensions=planned.plan.gate_extensions(seen), rules=rules.policy.gate)
        event = _consequence(decision, ruling, gate, rules, at=now if is_late else gate.at)
        new_end = None
        if event is not None:
            new_end = planned.plan.with_event(event).end_of(planned.plan.with_event(event).phase_at(event.recorded_at))
            record_event(work, care.launch, event)
        detail: dict[str, Any] = {
            "kind": kind.value,
            "decision": (Decision.EXIT if decision is Decision.EXIT else Decision.EXTEND).value,
            "new_end": iso(new_end) if new_end is not None else None,
            **ruling_facts(ruling),
            "stays": decision is Decision.HOLD or None,
            "late": is_late or None,
        }
        work.tickets.note(
            "gate",
            at=gate.at,
            actor="ticketbot",
            launch_id=planned.launch_id,
            detail={name: value for name, value in detail.items() if value is not None},
        )
        # Here PHASE_CLIENT and PHASE_STAFF are put: :advance where it passed, :extended where not (PH6, M15, M16).

    # A phase that stays

    def _asked(self, work: Work, now: datetime) -> tuple[Planned, datetime] | None:
        """Return the first launch whose phase stays and about which nobody was asked today, with today's instant."""
        rules = self.desk.rules(work)
        for planned in self.desk.book.plans(work):
            since = planned.plan.stays_since(now)
            if since is None:
                continue
            noon = rules.policy.timetable.decision.at
            slots = (
                local_instant(local_date(now, planned.plan.zone) - step * DAY, noon, planned.plan.zone)
                for step in (0, 1)
            )
            slot = next(each for each in slots if each <= now)
            is_new = local_date(slot, planned.plan.zone) > local_date(since, planned.plan.zone)
            if is_new and planned.slug not in work.desk.readers_of_round(ASKED_ROUND, period_start=slot):
                return planned, slot
        return None

    def _ask(self, work: Work, rules: Rules, planned: Planned, slot: datetime, *, now: datetime) -> None:
        """Record that the manager must say what becomes of a phase, with how its gate stands."""
        if not work.desk.write_round(ASKED_ROUND, reader=planned.slug, period_start=slot, now=now, state="asked"):
            return
        care = _care(work, rules, planned, now)
        kind = KINDS[planned.plan.phase_at(now)]
        _, ruling = ruling_of(work, rules, care, kind=kind, at=now)
        detail = {"kind": kind.value, **ruling_facts(ruling)}
        work.tickets.note(ASKED, at=slot, actor="ticketbot", launch_id=planned.launch_id, detail=detail)
        # Here READY is put, to the manager: answer `#extend` or `#exit` (GT4).


def _care(work: Work, rules: Rules, planned: Planned, now: datetime) -> Care:
    return care_for(work, policy=rules.policy, client=None, launch=work.desk.launch(planned.launch_id), now=now)


def _gates_of(work: Work, rules: Rules, planned: Planned) -> Iterator[_Gate]:
    """Yield the gates of a plan, those of past phases too; none for an end that somebody has decided."""
    plan = planned.plan
    last = plan.events[-1] if plan.events else None
    paused_since = last.recorded_at if last is not None and plan.is_paused(last.recorded_at) else None
    care: Care | None = None
    for step, following in pairwise(plan.boundaries()):
        end = following.at
        is_onward = step.phase in KINDS and following.phase is not Phase.HYPERCARE
        if not is_onward or (paused_since is not None and end > paused_since):
            continue
        care = care or _care(work, rules, planned, step.at)
        if not guards(care, step.phase) or plan.is_left_early(end - _MOMENT):
            continue
        noon = decision_at(end, schedule=care.schedules[rules.policy.office], timetable=rules.policy.timetable)
        changed_at = max((each.recorded_at for each in plan.events if each.recorded_at < end), default=step.at)
        yield _Gate(planned=planned, phase=step.phase, ends_at=end, at=max(noon, step.at, changed_at))


def _consequence(decision: Decision, ruling: Ruling, gate: _Gate, rules: Rules, *, at: datetime) -> PlanEvent | None:
    """Return how the plan changes by a gate's decision.

    A gate that is decided only after its phase has ended cannot undo that: hypercare is opened again instead, and a
    handover stands.
    """
    days = rules.policy.gate.extension_days
    why = ", ".join(
        [each.criterion.value for each in ruling.blockers] or [f"score {ruling.score} of {ruling.threshold:g}"]
    )
    if decision is Decision.EXIT:
        return None
    kind = PlanEventKind.HOLD if decision is Decision.HOLD else PlanEventKind.EXTEND
    if gate.planned.plan.phase_at(at) is not gate.phase:
        if gate.phase is Phase.TRANSITION:
            return None
        kind = PlanEventKind.RELAPSE
    return PlanEvent(kind=kind, recorded_at=at, days=days if kind is not PlanEventKind.HOLD else 0, reason=why, by=GATE)
