"""Verbs of the group Plan for a launch that is under way: longer, shorter, paused, back, accepted (CM6, PH5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care, care_for
from ticketbot.desk.errands import Errand
from ticketbot.desk.people import roles_of
from ticketbot.desk.plans import described, instant_of, next_instant
from ticketbot.desk.promises import load_clocks
from ticketbot.desk.standing import guards, lines_of, record_event, standing
from ticketbot.domain.calendars import local_date
from ticketbot.domain.command_specs import ROLES, Who
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.gate import RELAPSE_WITHIN, leaves_on, ruling_facts
from ticketbot.domain.lifecycle import OPEN_STATES
from ticketbot.domain.phases import Phase, PlanEvent, PlanEventKind
from ticketbot.domain.plans import PhasePlan
from ticketbot.domain.sla import current
from ticketbot.domain.when import duration
from ticketbot.outbound.facts import iso
from ticketbot.reports.readiness import ACCEPTED, RECEIVING_LEAD
from ticketbot.store.models import Launch, Staff

CADENCE, CONFIG, LEFT_EARLY = "cadence", "config", "left_early"
#: How much of a phase must be over before a lead may end it.
LEAST_SHARE = 0.5
_MANAGERS = ROLES[Who.MANAGER] or frozenset()
_LEADS = ROLES[Who.LEAD] or frozenset()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Helm:
    """A launch in the hand of somebody who may steer it."""

    arrival: Arrival
    person: Staff
    launch: Launch
    care: Care

    @property
    def plan(self) -> PhasePlan:
        """Return the plan as it stands."""
        assert self.care.plan is not None
        return self.care.plan

    @property
    def phase(self) -> Phase:
        """Return where the launch stands."""
        return self.plan.phase_at(self.at)

    @property
    def at(self) -> datetime:
        """Return when a change counts: when its mail came, and after the change before it."""
        return next_instant(self.plan, at=self.arrival.at)

    @property
    def roles(self) -> frozenset[str]:
        """Return what the person is, here and everywhere."""
        return roles_of(self.person, self.launch)

    def record(self, event: PlanEvent) -> Care:
        """Keep a change of the plan; return how the launch stands then. Raises Conflict where it makes no sense."""
        self.plan.with_event(event)
        record_event(self.arrival.work, self.launch, event)
        self.note("plan", kind=event.kind.value, reason=event.reason or None)
        return self.now()

    def now(self) -> Care:
        """Return the launch as its rows say."""
        return care_for(
            self.arrival.work, policy=self.arrival.rules.policy, client=None, launch=self.launch, now=self.arrival.at
        )

    def event(
        self,
        kind: PlanEventKind,
        command: Command,
        *,
        days: int = 0,
        effective_on: date | None = None,
        go_live_at: datetime | None = None,
    ) -> PlanEvent:
        """Return a change of the plan by this person, with the reason that they gave."""
        return PlanEvent(
            kind=kind,
            recorded_at=self.at,
            days=days,
            effective_on=effective_on,
            go_live_at=go_live_at,
            reason=command.args.get("reason", ""),
            by=self.person.slug,
        )

    def note(self, action: str, **detail: object) -> None:
        """Record what was done with the launch."""
        self.arrival.work.tickets.note(
            action,
            at=self.arrival.at,
            actor=self.person.slug,
            launch_id=self.launch.id,
            detail={name: value for name, value in detail.items() if value is not None},
            cause=self.arrival.message.sha256,
        )


def go_live(errand: Errand, command: Command) -> str:
    """Move the go-live that has not come; one that has is rolled back: the launch is before its go-live again."""
    helm = _helm(errand, command)
    on, hour = command.args["date"], command.args.get("time")
    at = instant_of(on if hour is None else f"{on.partition('T')[0]}T{hour}", zone=helm.care.zone, now=helm.arrival.at)
    if helm.phase is Phase.PRE_LIVE:
        after = helm.record(helm.event(PlanEventKind.MOVE_GO_LIVE, command, go_live_at=at))
        return f"{helm.launch.slug}: the go-live moved. {described(after)}"
    event = helm.event(PlanEventKind.ROLLBACK, command, go_live_at=at)
    after = helm.record(event)
    assert after.plan is not None
    helm.note(
        "phase", to=Phase.PRE_LIVE.value, day_index=after.plan.day_index(event.recorded_at), open_tickets=_open(helm)
    )
    return f"{helm.launch.slug} is rolled back and goes live again. {described(after)}"


def extend(errand: Errand, command: Command) -> str:
    """Lengthen the present phase by whole days."""
    helm = _helm(errand, command)
    _need_manager_where_it_stays(helm)
    if helm.phase is Phase.PRE_LIVE:
        raise Conflict(f"{helm.launch.slug} is not live yet; #launch and #golive change its plan until then")
    span = duration(command.args["duration"]) or timedelta()
    if span % _DAY or not span:
        raise Conflict(f"{command.args['duration']} is not whole days; write #extend {helm.launch.slug} 7d and why")
    phase = helm.phase
    after = helm.record(helm.event(PlanEventKind.EXTEND, command, days=span // _DAY))
    return f"{helm.launch.slug}: {phase.value} is {span // _DAY} days longer. {described(after)}"


def leave(errand: Errand, command: Command) -> str:
    """End the present phase early, after a whole business day; where its gate does not pass, only for a manager."""
    helm = _helm(errand, command)
    _need_manager_where_it_stays(helm)
    if helm.phase not in (Phase.HYPERCARE, Phase.TRANSITION):
        raise Conflict(f"{helm.launch.slug} is in {helm.phase.value}; only hypercare and transition end early")
    objections, told = _objections(helm)
    is_forced = bool(objections)
    if is_forced and _MANAGERS.isdisjoint(helm.roles):
        raise Conflict(f"{'; '.join(objections)}; a manager may end it all the same, with a reason")
    phase, office = helm.phase, helm.care.schedules[helm.care.policy.office]
    on = leaves_on(helm.arrival.at, schedule=office)
    after = helm.record(helm.event(PlanEventKind.EXIT_EARLY, command, effective_on=on))
    helm.note(LEFT_EARLY, phase=phase.value, forced=is_forced or None, **told)
    overruled = f" Against: {'; '.join(objections)}." if is_forced else ""
    return f"{helm.launch.slug}: {phase.value} ends on {on.isoformat()}.{overruled} {described(after)}"


def pause(errand: Errand, command: Command) -> str:
    """Let the days stand still: the phase stays, later boundaries move."""
    helm = _helm(errand, command)
    helm.record(helm.event(PlanEventKind.PAUSE, command))
    return f"{helm.launch.slug} is paused on day {helm.plan.day_index(helm.at)}; promises stay as they are."


def resume(errand: Errand, command: Command) -> str:
    """Let the days go on."""
    helm = _helm(errand, command)
    return f"{helm.launch.slug} goes on. {described(helm.record(helm.event(PlanEventKind.RESUME, command)))}"


def relapse(errand: Errand, command: Command) -> str:
    """Open a week of hypercare again, soon after it ended."""
    helm = _helm(errand, command)
    steps = helm.plan.boundaries(helm.at)
    exits = [after.at for step, after in pairwise(steps) if step.phase is Phase.HYPERCARE and after.at <= helm.at]
    if exits and helm.phase is not Phase.HYPERCARE and helm.at - exits[-1] > RELAPSE_WITHIN:
        days = RELAPSE_WITHIN // _DAY
        raise Conflict(f"hypercare of {helm.launch.slug} ended more than {days} days ago; plan another launch instead")
    after = helm.record(helm.event(PlanEventKind.RELAPSE, command))
    return f"{helm.launch.slug} is in hypercare again. {described(after)}"


def accept(errand: Errand, command: Command) -> str:
    """Record that the receiving lead takes over (G6)."""
    helm = _helm(errand, command)
    if helm.roles.isdisjoint({RECEIVING_LEAD, *_MANAGERS}):
        raise Conflict("only the receiving lead, or a manager, accepts a launch")
    if not guards(helm.care, helm.phase):
        raise Conflict(f"{helm.launch.slug} is in {helm.phase.value}; nothing is handed over there")
    helm.note(ACCEPTED, text=command.args.get("text"))
    return f"{helm.launch.slug} is accepted by {helm.person.name}."


def set_cadence(errand: Errand, command: Command) -> str:
    """Say how often the client is told, until the phase ends."""
    helm = _helm(errand, command)
    if helm.phase not in (Phase.TRANSITION, Phase.STANDARD):
        raise Conflict(f"{helm.launch.slug} is in {helm.phase.value}; its updates begin with transition")
    helm.note(CADENCE, cadence=command.args["cadence"], phase=helm.phase.value)
    return f"{helm.launch.slug}: updates are {command.args['cadence']} until {helm.phase.value} ends."


def configure(errand: Errand, command: Command) -> str:
    """Add a line to the configuration record; the last value of a key counts (KB4)."""
    helm = _helm(errand, command)
    key, _, value = command.args["setting"].partition("=")
    helm.note(CONFIG, key=" ".join(key.split()), value=value.strip())
    since = local_date(helm.at, helm.care.zone).isoformat()
    return f"{helm.launch.slug}: {' '.join(key.split())} is {value.strip()}, from {since}."


def tell_readiness(errand: Errand, command: Command) -> str:
    """Return what is still to settle before the next gate, line by line."""
    arrival = errand.arrival
    launch = _named(errand, command)
    care = care_for(arrival.work, policy=arrival.rules.policy, client=None, launch=launch, now=arrival.at)
    assert care.plan is not None
    found = standing(arrival.work, arrival.rules, care, at=arrival.at)
    if found is None:
        return f"{launch.slug} is in {care.plan.phase_at(arrival.at).value}; no gate is before it. {described(care)}"
    return "\n".join(lines_of(found, care))


#: Each is done wherever it is written, on a ticket too.
VERBS: Mapping[str, Callable[[Errand, Command], str]] = {
    "golive": go_live,
    "extend": extend,
    "exit": leave,
    "pause": pause,
    "resume": resume,
    "relapse": relapse,
    "accept": accept,
    "cadence": set_cadence,
    "config": configure,
    "ready": tell_readiness,
}


def _helm(errand: Errand, command: Command) -> _Helm:
    """Return the launch that a command names, or that its ticket is about; raises Conflict for who may not steer it."""
    arrival, launch = errand.arrival, _named(errand, command)
    if _LEADS.isdisjoint(roles_of(errand.person, launch)):
        raise Conflict(f"only a lead or a manager may do that with {launch.slug}")
    care = care_for(arrival.work, policy=arrival.rules.policy, client=None, launch=launch, now=arrival.at)
    return _Helm(arrival=arrival, person=errand.person, launch=launch, care=care)


def _named(errand: Errand, command: Command) -> Launch:
    slug = command.args.get("launch")
    if slug is None:
        launch = errand.acting.care.launch if errand.acting is not None else None
        if launch is None:
            raise Conflict(f"say which launch: {command.spec.example}")
        return launch
    found = errand.arrival.work.desk.launch_named(slug)
    if found is None or not found.is_active:
        known = ", ".join(each.slug for each in errand.arrival.work.desk.launches())
        raise Conflict(f"there is no launch {slug}; known are {known or 'none'}")
    return found


def _open(helm: _Helm) -> list[dict[str, object]]:
    """Return the launch's open tickets as a change of phase tells them; going back changes none of them."""
    found: list[dict[str, object]] = []
    for ticket in helm.arrival.work.tickets.of_launch(helm.launch.id, OPEN_STATES):
        clocks = current(load_clocks(helm.arrival.work, ticket)).items()
        due = {name.value: iso(clock.due_at) for name, clock in clocks if clock.is_live and clock.due_at is not None}
        same = {"priority_from": ticket.priority, "priority_to": ticket.priority}
        found.append({"ticket": f"T-{ticket.number}", **same, "due": due})
    return found


def _need_manager_where_it_stays(helm: _Helm) -> None:
    """Refuse to a lead what the manager was asked: the gate has failed once too often (GT4)."""
    if helm.plan.stays_since(helm.at) is not None and _MANAGERS.isdisjoint(helm.roles):
        raise Conflict(f"the gate of {helm.launch.slug} failed once too often; its manager says how it goes on")


def _objections(helm: _Helm) -> tuple[list[str], dict[str, object]]:
    """Return why a lead may not end the phase, and how its gate stands."""
    found = standing(helm.arrival.work, helm.arrival.rules, helm.care, at=helm.arrival.at)
    objections, told = [], dict[str, object]()
    if found is not None:
        told = ruling_facts(found.ruling)
        objections = [_named_blocker(each.criterion.value, each.tickets) for each in found.ruling.blockers]
        if found.way.points:
            objections.append(f"the score is {found.ruling.score:g} of {found.ruling.threshold:g}")
    if (share := helm.plan.planned_share(helm.at)) < LEAST_SHARE:
        objections.append(f"only {share:.0%} of its planned days are over, and half must be")
    return objections, told


def _named_blocker(code: str, tickets: tuple[int, ...]) -> str:
    return " ".join([f"{code} is not met", *(f"T-{number}" for number in tickets)])
