"""In whose care a matter is: its client, launch, plan and policy, and what they promise at an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule, local_date, schedule_for
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.messages import fold
from ticketbot.domain.phases import STRENGTH, Phase, PlanEvent, PlanEventKind, event_of
from ticketbot.domain.plans import PhasePlan
from ticketbot.domain.policy import Policy
from ticketbot.domain.priority import Priority
from ticketbot.domain.profiles import Complexity, plan_for, profile_name
from ticketbot.domain.sla import Terms
from ticketbot.outbound.facts import HoursFacts, PhaseFacts
from ticketbot.store.database import Work
from ticketbot.store.desk import holidays_of
from ticketbot.store.models import Client, Launch, Ticket
from ticketbot.store.models import PlanEvent as PlanEventRow

_YEARS_AHEAD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """A client's launch under the policy in force; no launch means standard support, no client the desk's zone."""

    policy: Policy
    client: Client | None = None
    launch: Launch | None = None
    plan: PhasePlan | None = None
    schedules: Mapping[str, Schedule]

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which promises are counted and shown to the client."""
        if self.plan is not None:
            return self.plan.zone
        return ZoneInfo(self.client.timezone) if self.client is not None else self.policy.zone

    def phase(self, at: datetime) -> Phase | None:
        """Return the launch's phase, None where there is no launch."""
        return self.plan.phase_at(at) if self.plan is not None else None

    def terms(self, *, at: datetime, kind: TicketKind, priority: Priority) -> Terms:
        """Return what a ticket of this kind and priority is promised at an instant."""
        phase = self.phase(at)
        targets = self.policy.targets_for(
            phase,
            priority,
            profile=self.launch.profile if self.launch is not None else None,
            client=self.client.slug if self.client is not None else None,
        )
        return Terms(
            kind=kind, phase=phase or Phase.STANDARD, priority=priority, targets=targets, schedules=self.schedules
        )

    def phase_facts(self, at: datetime) -> PhaseFacts | None:
        """Return where the launch stands, as letters tell it."""
        if self.plan is None:
            return None
        phase = self.plan.phase_at(at)
        ends_at = self.plan.end_of(phase, at)
        last_day = local_date(ends_at - timedelta(seconds=1), self.zone) if ends_at is not None else None
        go_live_on = local_date(self.plan.go_live_at, self.zone)
        return PhaseFacts(
            phase=phase,
            day_index=self.plan.day_index(at),
            days=(last_day - go_live_on).days + 1 if last_day is not None and phase is not Phase.PRE_LIVE else 0,
            is_taper=self.plan.is_taper(at) and phase is Phase.HYPERCARE,
            go_live_at=self.plan.go_live_at,
            ends_at=ends_at,
        )


def hours_of(schedule: Schedule) -> HoursFacts:
    """Return opening hours as letters tell them: around the clock, or the open days with the first one's hours."""
    calendar = schedule.calendar
    if calendar.is_around_the_clock:
        return HoursFacts()
    first = next(day for day in calendar.weekly if day)
    closes = first[-1].closes
    return HoursFacts(
        days=tuple(index for index, day in enumerate(calendar.weekly) if day),
        opens=_wall(first[0].opens),
        closes=_wall(closes if closes <= 24 * 60 else closes - 24 * 60),
    )


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def plan_of(launch: Launch, *, events: tuple[PlanEvent, ...], policy: Policy) -> PhasePlan:
    """Return a launch's plan with all that was recorded since."""
    profile = policy.profiles[profile_name(customised=launch.is_customised, chosen=launch.profile)]
    plan = plan_for(
        profile,
        go_live=datetime.fromisoformat(launch.go_live),
        zone=ZoneInfo(launch.timezone),
        complexity=Complexity(launch.complexity),
        hypercare_end_day=launch.settings.get("hypercare_days"),
        transition_end_day=launch.settings.get("transition_end_day"),
        min_transition_days=launch.settings.get("min_transition_days"),
    )
    for event in events:
        plan = plan.with_event(event)
    return plan


def plan_event_of(row: PlanEventRow) -> PlanEvent:
    """Return a recorded change of a plan as the domain knows it."""
    return event_of(PlanEventKind(row.kind), recorded_at=row.recorded_at, detail=row.detail)


def care_for(work: Work, *, policy: Policy, client: Client | None, launch: Launch | None, now: datetime) -> Care:
    """Return in whose care something of this client and launch is."""
    plan = None
    if launch is not None:
        events = tuple(plan_event_of(row) for row in work.desk.plan_events(launch.id))
        plan = plan_of(launch, events=events, policy=policy)
        client = client or work.desk.client(launch.client_id)
    zone = plan.zone if plan is not None else ZoneInfo(client.timezone) if client is not None else policy.zone
    years = range(now.year - 1, now.year + _YEARS_AHEAD)
    holidays = holidays_of(client.holidays, years=years) if client is not None else frozenset()
    return Care(
        policy=policy,
        client=client,
        launch=launch,
        plan=plan,
        schedules={
            name: schedule_for(calendar=calendar, zone=zone, holidays=holidays)
            for name, calendar in policy.calendars.items()
        },
    )


def care_of(work: Work, ticket: Ticket, *, policy: Policy, now: datetime) -> Care:
    """Return in whose care a ticket is."""
    return care_for(
        work,
        policy=policy,
        client=work.desk.client(ticket.client_id),
        launch=work.desk.launch(ticket.launch_id),
        now=now,
    )


def launch_for(
    work: Work, client: Client, *, policy: Policy, written_to: frozenset[str], subject: str, now: datetime
) -> Launch | None:
    """Return which launch of a client a new matter belongs to (PH7).

    Its own address decides, then an alias among the words of the subject, then the strongest phase, then the earliest
    go-live.
    """
    launches = work.desk.launches(client.id)
    for launch in launches:
        if launch.address is not None and fold(launch.address) in written_to:
            return launch
    words = frozenset(subject.casefold().split())
    for launch in launches:
        if words & {alias.casefold() for alias in launch.aliases}:
            return launch

    def strength(launch: Launch) -> tuple[int, datetime]:
        plan = plan_of(
            launch, events=tuple(plan_event_of(row) for row in work.desk.plan_events(launch.id)), policy=policy
        )
        return STRENGTH.index(plan.phase_at(now)), plan.go_live_at

    return min(launches, key=strength, default=None)
