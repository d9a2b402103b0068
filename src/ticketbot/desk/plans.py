"""Verbs of the group Plan: a launch is planned, confirmed or changed by mail before go-live (domain.md CM6, PH5)."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care, care_for
from ticketbot.desk.people import roles_of
from ticketbot.desk.standing import record_event
from ticketbot.desk.told import reader_of
from ticketbot.domain.calendars import local_date
from ticketbot.domain.command_specs import ROLES, Who
from ticketbot.domain.commands import Command, Parsed
from ticketbot.domain.drafts import Draft
from ticketbot.domain.errors import Conflict
from ticketbot.domain.phases import Phase, PlanEvent, PlanEventKind
from ticketbot.domain.plans import PhasePlan
from ticketbot.domain.profiles import Complexity, needs_reason, profile_name
from ticketbot.domain.when import day, instant, wall_time
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters_desk import command_receipt
from ticketbot.store.models import Launch, Staff

_MOMENT = timedelta(microseconds=1)
_PLANNING = ("go-live", "customised", "complexity", "profile", "reason")


def launch_of_ticket(acting: Acting, command: Command) -> str:
    """Say which launch a ticket is about; or, with options, plan the launch."""
    if any(name in command.args for name in _PLANNING):
        return plan_launch(acting.arrival, acting.person, command)
    launch = acting.arrival.work.desk.launch_named(command.args["launch"])
    if launch is None or launch.client_id != acting.ticket.client_id:
        raise Conflict(f"{command.args['launch']} is no launch of this ticket's client")
    if acting.ticket.launch_id == launch.id:
        return f"T-{acting.ticket.number} is about {launch.slug} already."
    acting.ticket.launch_id = launch.id
    acting.note("launch", to=launch.slug)
    return f"T-{acting.ticket.number} is about {launch.slug} now."


def plan_launch(arrival: Arrival, person: Staff, command: Command) -> str:
    """Make a launch, or confirm or change the plan of one that is not live yet; for leads."""
    desk, slug = arrival.work.desk, command.args["launch"]
    launch = desk.launch_named(slug)
    if (ROLES[Who.LEAD] or frozenset()).isdisjoint(roles_of(person, launch)):
        raise Conflict("only a lead or a manager plans a launch")
    if launch is None:
        return _made(arrival, person, command)
    care = care_for(arrival.work, policy=arrival.rules.policy, client=None, launch=launch, now=arrival.at)
    changes = [*_moved(arrival, person, launch, care, command), *_replanned(arrival, launch, care, command)]
    _note(arrival, person, launch, "launch_planned" if changes else "launch_confirmed", changes=changes)
    after = care_for(arrival.work, policy=arrival.rules.policy, client=None, launch=launch, now=arrival.at)
    return f"{launch.slug}: {'; '.join(changes) or 'the plan is confirmed'}. {described(after)}"


def described(care: Care) -> str:
    """Return a plan in a sentence: from when to when each phase lasts."""
    assert care.plan is not None
    steps = (
        f"{boundary.phase.value.replace('_', ' ')} from {boundary.at.astimezone(care.zone):%Y-%m-%d %H:%M}"
        for boundary in care.plan.boundaries()
    )
    return f"{', '.join(steps)} ({care.zone.key})."


def receipt(arrival: Arrival, person: Staff, done: list[str]) -> Draft:
    """Return the receipt of what was planned."""
    return command_receipt(
        reader=reader_of(person),
        done=done,
        cause=arrival.cause,
        thread=Thread.after(arrival.message),
        now=arrival.now,
        subject=arrival.message.subject,
        note_address=arrival.own_report_address(person),
    )


def next_instant(plan: PhasePlan, *, at: datetime) -> datetime:
    """Return when a change of a plan counts: when its mail came, but after the change before it."""
    return max(at, plan.events[-1].recorded_at + _MOMENT) if plan.events else at


def roles_for(arrival: Arrival, person: Staff, parsed: Parsed) -> frozenset[str]:
    """Return the roles that somebody holds everywhere, and for the launches that their commands name."""
    slugs = {command.args["launch"] for command in parsed.commands if "launch" in command.args}
    launches = [arrival.work.desk.launch_named(slug) for slug in sorted(slugs)]
    return roles_of(person, None).union(*(roles_of(person, launch) for launch in launches))


def instant_of(text: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that a go-live names: a date alone means its midnight; raises Conflict where there is none."""
    on, _, at = text.partition("T")
    named = day(on, today=local_date(now, zone))
    hour = wall_time(at[:5]) if at else time()
    found = instant(named, hour, zone=zone) if named is not None and hour is not None else None
    if found is None:
        raise Conflict(f"{text} does not exist in {zone.key}: the clocks leave it out")
    return found


def _moved(arrival: Arrival, person: Staff, launch: Launch, care: Care, command: Command) -> Iterator[str]:
    """Move the go-live where another is given."""
    assert care.plan is not None
    if "go-live" not in command.args:
        return
    go_live_at = instant_of(command.args["go-live"], zone=care.zone, now=arrival.at)
    if go_live_at == care.plan.go_live_at.astimezone(UTC):
        return
    recorded_at = next_instant(care.plan, at=arrival.at)
    event = PlanEvent(
        kind=PlanEventKind.MOVE_GO_LIVE,
        recorded_at=recorded_at,
        go_live_at=go_live_at,
        reason=command.args.get("reason", ""),
        by=person.slug,
    )
    care.plan.with_event(event)
    record_event(arrival.work, launch, event)
    yield f"the go-live moved to {go_live_at.astimezone(care.zone):%Y-%m-%d %H:%M}"


def _replanned(arrival: Arrival, launch: Launch, care: Care, command: Command) -> Iterator[str]:
    """Change what the plan's lengths follow from, as long as nothing of it has begun."""
    assert care.plan is not None
    wanted = _wanted(arrival, command, launch)
    changes = {name: value for name, value in wanted.items() if getattr(launch, name) != value}
    if changes and care.plan.phase_at(arrival.at) is not Phase.PRE_LIVE:
        raise Conflict(f"{launch.slug} is live; its lengths change by #extend or #exit")
    for name, value in changes.items():
        setattr(launch, name, value)
    if changes:
        _justified(arrival, launch, command)
    for name, value in changes.items():
        yield f"{name.removeprefix('is_')} is {str(value).lower()}"


def _justified(arrival: Arrival, launch: Launch, command: Command) -> None:
    """Keep why a launch that is not customised gets hypercare all the same; refuse it without (PH1)."""
    profile = arrival.rules.policy.profiles[launch.profile]
    if not needs_reason(
        profile,
        is_customised=launch.is_customised,
        complexity=Complexity(launch.complexity),
        hypercare_days=launch.settings.get("hypercare_days"),
    ):
        return
    reason = command.args.get("reason") or launch.settings.get("reason")
    if not reason:
        raise Conflict(f'{launch.slug} is not customised and would have hypercare; say why with reason="…"')
    launch.settings = {**launch.settings, "reason": reason}


def _wanted(arrival: Arrival, command: Command, launch: Launch | None) -> dict[str, str | bool]:
    """Return the columns that a command's options set."""
    wanted: dict[str, str | bool] = {}
    if (customised := command.args.get("customised")) is not None:
        wanted["is_customised"] = customised == "yes"
    if (complexity := command.args.get("complexity")) is not None:
        wanted["complexity"] = Complexity(complexity).value
    if (profile := command.args.get("profile")) is not None:
        if profile not in arrival.rules.policy.profiles:
            known = ", ".join(sorted(arrival.rules.policy.profiles))
            raise Conflict(f"there is no profile {profile}; known are {known}")
        wanted["profile"] = profile
    elif "is_customised" in wanted and (launch is None or launch.is_customised != wanted["is_customised"]):
        wanted["profile"] = profile_name(customised=bool(wanted["is_customised"]), chosen=None)
    return wanted


def _made(arrival: Arrival, person: Staff, command: Command) -> str:
    """Make a launch that the desk file does not hold."""
    desk, slug = arrival.work.desk, command.args["launch"]
    client = desk.client_named(slug.partition("/")[0])
    if client is None:
        raise Conflict(f"there is no client {slug.partition('/')[0]}; the desk file names them")
    if "go-live" not in command.args:
        raise Conflict(f"there is no launch {slug}; to plan it give go-live=2027-03-01T06:00")
    zone = ZoneInfo(client.timezone)
    go_live_at = instant_of(command.args["go-live"], zone=zone, now=arrival.at)
    if go_live_at <= arrival.at:
        raise Conflict("the go-live of a new launch must lie in the future")
    columns = {"is_customised": True, "complexity": Complexity.MEDIUM.value, **_wanted(arrival, command, None)}
    columns.setdefault("profile", profile_name(customised=bool(columns["is_customised"]), chosen=None))
    launch = Launch(
        client_id=client.id,
        slug=slug,
        name=f"{client.name} {slug.partition('/')[2]}",
        go_live=go_live_at.astimezone(zone).replace(tzinfo=None).isoformat(),
        timezone=client.timezone,
        aliases=[],
        roles={},
        settings={},
        **columns,
    )
    _justified(arrival, launch, command)
    desk.add(launch)
    _note(arrival, person, launch, "launch_made", changes=[command.line])
    care = care_for(arrival.work, policy=arrival.rules.policy, client=client, launch=launch, now=arrival.at)
    return f"{slug} is planned. {described(care)}"


def _note(arrival: Arrival, person: Staff, launch: Launch, action: str, *, changes: list[str]) -> None:
    arrival.work.tickets.note(
        action,
        at=arrival.at,
        actor=person.slug,
        launch_id=launch.id,
        detail={"changes": changes},
        cause=arrival.message.sha256,
    )
