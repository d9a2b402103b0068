"""What no single value of desk.toml can show to be wrong: names that nobody bears, addresses borne twice."""

import difflib
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from ticketbot.deskfile.model import Desk, LaunchSection
from ticketbot.deskfile.promises import Targets as TargetSections
from ticketbot.deskfile.values import ROLES
from ticketbot.domain.calendars import wall_exists
from ticketbot.domain.policy import ClockName, Policy, TargetTable
from ticketbot.domain.priority import Priority
from ticketbot.domain.profiles import needs_reason, profile_name
from ticketbot.domain.senders import FREE_MAIL
from ticketbot.tomlfile import Place

#: The step at which a promise is missed.
BREACH = 100
Fault = tuple[Place, str]


def faults(desk: Desk, policy: Policy) -> Iterator[Fault]:
    """Yield the place and the sentence of each fault."""
    yield from _staff(desk)
    yield from _clients(desk)
    yield from _launches(desk, policy)
    yield from _promises(desk, policy)


def notices(desk: Desk) -> Iterator[str]:
    """Yield a sentence for each thing that is allowed and does nothing, as far as the rules know."""
    for slug, person in desk.staff.items():
        if person.role not in ROLES:
            known = ", ".join(sorted(ROLES))
            yield f"staff.{slug}.role {person.role!r} gives the rights of an engineer; the rules know {known}"
    used = {client.holidays or slug for slug, client in desk.clients.items()}
    for name in desk.holidays:
        if name not in used:
            yield f"holidays.{name} is used by no client; [clients.NAME] holidays = {name!r} would use it"
    for slug, launch in desk.launches.items():
        for role in launch.roles:
            if role not in ROLES:
                yield f'launches."{slug}".roles.{role} is no role that the rules know; nothing falls to it'


def _staff(desk: Desk) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for slug, person in desk.staff.items():
        if (other := seen.setdefault(person.email, slug)) != slug:
            yield (
                ("staff", slug, "email"),
                f"staff.{slug}.email is {other}'s too; each person has an address of their own",
            )
        if person.email in {desk.address, desk.urgent_address, desk.alerts_address}:
            yield ("staff", slug, "email"), f"staff.{slug}.email is the desk's own address; give the person's own"
    for index, name in enumerate(desk.desk.triage):
        if name not in desk.staff:
            yield ("desk", "triage", index), _nobody("desk.triage", name, desk.staff)
    oncall = desk.desk.oncall
    if oncall is not None and "@" not in oncall and oncall not in desk.staff:
        yield ("desk", "oncall"), _nobody("desk.oncall", oncall, desk.staff)
    for discipline, names in desk.disciplines.items():
        for index, name in enumerate(names):
            if name not in desk.staff:
                yield ("disciplines", discipline, index), _nobody(f"disciplines.{discipline}", name, desk.staff)


def _clients(desk: Desk) -> Iterator[Fault]:
    domains: dict[str, str] = {}
    yield from _contacts(desk)
    yield from _holidays(desk)
    for slug, client in desk.clients.items():
        for index, domain in enumerate(client.domains):
            place: Place = ("clients", slug, "domains", index)
            if domain.removeprefix("*.") in FREE_MAIL:
                yield place, f"{domain} gives mail to anybody; list this client's people under contacts instead"
            if domain.removeprefix("*.") == desk.domain:
                yield place, f"{domain} is the staff's own domain; it belongs to no client"
            if (other := domains.setdefault(domain, slug)) != slug:
                yield place, f"{domain} is {other}'s too; a domain has one client"
        if client.holidays is not None and client.holidays not in desk.holidays:
            yield (
                ("clients", slug, "holidays"),
                _nobody(f"clients.{slug}.holidays", client.holidays, desk.holidays, kind="list of holidays"),
            )


def _contacts(desk: Desk) -> Iterator[Fault]:
    staff = {person.email for person in desk.staff.values()}
    people: dict[str, str] = {}
    for slug, client in desk.clients.items():
        for index, contact in enumerate(client.contacts):
            place: Place = ("clients", slug, "contacts", index)
            if contact.address in {each.address for each in client.contacts[:index]}:
                yield place, f"{contact.address} stands here twice; keep one, with all its roles"
            elif (other := people.setdefault(contact.address, slug)) != slug:
                yield place, f"{contact.address} is a contact of {other} too; a contact has one client"
            if contact.address in staff:
                yield place, f"{contact.address} is one of the staff; a contact is somebody at the client"


def _holidays(desk: Desk) -> Iterator[Fault]:
    """Yield a fault for each list that no client uses and whose name is that of a client but for a slip."""
    without = [slug for slug, client in desk.clients.items() if client.holidays is None and slug not in desk.holidays]
    used = {client.holidays or slug for slug, client in desk.clients.items()}
    for name in desk.holidays:
        near = difflib.get_close_matches(name, without, n=1, cutoff=_SLIP)
        if name not in used and near:
            yield ("holidays", name), f"holidays.{name} is used by no client; did you mean {near[0]}?"


#: How alike two names must be for one to be a slip of the other.
_SLIP = 0.7


def _launches(desk: Desk, policy: Policy) -> Iterator[Fault]:
    addresses: dict[str, str] = {}
    for slug, launch in desk.launches.items():
        client = slug.partition("/")[0]
        if client not in desk.clients:
            yield ("launches", slug), _nobody(f'launches."{slug}"', client, desk.clients, kind="client")
            continue
        zone = desk.launch_zone(slug)
        if not wall_exists(launch.go_live.date(), launch.go_live.time(), ZoneInfo(zone)):
            what = f"{launch.go_live:%H:%M} does not exist in {zone} on that day: clocks go forward; name another time"
            yield ("launches", slug, "go_live"), what
        if launch.profile is not None and launch.profile not in policy.profiles:
            yield ("launches", slug, "profile"), _nobody("profile", launch.profile, policy.profiles, kind="profile")
        elif not launch.reason and _gives_hypercare(launch, policy):
            what = 'not customised and yet with hypercare: say why with reason = "…", or leave out profile and lengths'
            yield ("launches", slug), f'launches."{slug}" is {what}'
        if launch.address and (other := addresses.setdefault(launch.address, slug)) != slug:
            yield ("launches", slug, "address"), f"{launch.address} is {other}'s too; each launch has its own"
        for role, assignments in launch.roles.items():
            for assignment in assignments:
                if assignment.staff not in desk.staff:
                    yield ("launches", slug, "roles", role), _nobody(f"roles.{role}", assignment.staff, desk.staff)


def _gives_hypercare(launch: LaunchSection, policy: Policy) -> bool:
    """Say whether a launch that is not customised has hypercare all the same, which needs a reason (PH1)."""
    profile = policy.profiles[profile_name(customised=launch.customised, chosen=launch.profile)]
    return needs_reason(
        profile,
        is_customised=launch.customised,
        complexity=launch.complexity,
        hypercare_days=launch.hypercare_days,
    )


def _promises(desk: Desk, policy: Policy) -> Iterator[Fault]:
    yield from _table(("targets",), desk.targets, policy.targets, policy)
    yield from _ladder(desk, policy)
    yield from _calendars(desk, policy)
    for client, sections in desk.contracts.items():
        place: Place = ("contracts", client)
        if client not in desk.clients:
            yield place, _nobody("contracts", client, desk.clients, kind="client")
        yield from _table(place, sections, policy.contracts[client], policy)
    yield from _bases(desk, policy)
    for name, profile in policy.profiles.items():
        for calendar in profile.replaces_calendars.values():
            if calendar not in policy.calendars:
                place = ("profiles", name, "replaces_calendars")
                yield place, _nobody("replaces_calendars", calendar, policy.calendars, kind="calendar")


def _bases(desk: Desk, policy: Policy) -> Iterator[Fault]:
    for name, section in desk.profiles.items():
        place: Place = ("profiles", name, "based_on")
        seen, base = {name}, section.based_on
        if base not in policy.profiles:
            yield place, _nobody(f"profiles.{name}.based_on", base, policy.profiles, kind="profile")
        elif "based_on" in section.model_fields_set:
            while base in desk.profiles and base not in seen:
                seen.add(base)
                base = desk.profiles[base].based_on
            if base == name:
                yield place, f"profiles.{name} is based on itself in the end; name another"


def _calendars(desk: Desk, policy: Policy) -> Iterator[Fault]:
    for section, name in (("closing", desk.closing.calendar), ("watch", desk.watch.calendar)):
        if name not in policy.calendars:
            yield (section, "calendar"), _nobody(f"{section}.calendar", name, policy.calendars, kind="calendar")


def _ladder(desk: Desk, policy: Policy) -> Iterator[Fault]:
    """Yield a fault for each step over a promise that nobody makes."""
    tables = (policy.targets, *policy.contracts.values())
    for priority in Priority:
        is_promised = any(row[priority].of(clock) for table in tables for row in table.values() for clock in ClockName)
        if getattr(desk.ladder, priority.value) is not None and not is_promised:
            what = f"{priority} has steps, and nothing is promised for {priority}; remove them, or give it a target"
            yield ("ladder", priority.value), what
    for name in (*(each.value for each in Priority), "update"):
        steps = getattr(desk.ladder, name)
        if steps is not None and BREACH not in steps:
            what = f"ladder.{name} lacks {BREACH}: nobody would be told of a miss; write it like [75, {BREACH}, 150]"
            yield ("ladder", name), what
    has_updates = any(each.update for table in tables for row in table.values() for each in row.values())
    if desk.ladder.update is not None and not has_updates:
        yield ("ladder", "update"), "updates have steps, and no update is promised; remove them, or give one a target"


def _table(place: Place, sections: TargetSections, table: TargetTable, policy: Policy) -> Iterator[Fault]:
    for phase, row in sections.items():
        if phase not in table:
            yield (*place, phase.value), f"{phase.value} has no targets of its own, it uses transition's; remove it"
            continue
        for priority in row:
            here: Place = (*place, phase.value, priority.value)
            targets = table[phase][priority]
            if targets.calendar not in policy.calendars:
                yield here, _nobody(f"{phase.value} {priority}", targets.calendar, policy.calendars, kind="calendar")
            first, whole = targets.first_response, targets.resolution
            if first is not None and whole is not None and whole < first:
                yield here, f"{priority} is to be resolved before it is first answered; make resolution longer"


def _nobody(where: str, name: str, known: Collection[str], *, kind: str = "person") -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known)) or 'none'}"
    return f"{where} names {name!r}, and there is no such {kind}; {hint}"
