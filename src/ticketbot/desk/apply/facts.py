"""People, clients and launches as plain facts: the same form from a desk file and from the rows, so both compare."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ticketbot.deskfile import Desk
from ticketbot.domain.profiles import profile_name
from ticketbot.store.database import Work
from ticketbot.tomlfile import Place

#: What a thing is (staff, client, domain, contact, launch) and the name it goes by.
Key: TypeAlias = tuple[str, str]
Facts: TypeAlias = Mapping[str, Any]

#: The fields of a launch that are its first plan: later changes are plan events, made by mail.
PLAN = (
    "go_live", "timezone", "is_customised", "complexity", "profile",
    "hypercare_days", "transition_end_day", "min_transition_days",
)  # fmt: skip
#: Which setting of the desk file a field comes from, where the names differ.
_SETTINGS = {"is_customised": "customised"}


def facts_of_file(desk: Desk) -> dict[Key, Facts]:
    """Return the facts that a desk file states, with what it leaves out filled in."""
    return dict(_in_file(desk))


def facts_of_rows(work: Work) -> dict[Key, Facts]:
    """Return the facts that the store holds, of everybody and everything that is active."""
    return dict(_in_rows(work))


def place_of(desk: Desk, key: Key, field: str) -> Place:
    """Return where a field stands in the desk file."""
    thing, name = key
    setting = _SETTINGS.get(field, field)
    match thing:
        case "staff":
            return ("staff", name, setting)
        case "client":
            return ("clients", name, setting)
        case "launch":
            return ("launches", name, setting)
        case _:
            return _place_in_client(desk, thing, name, setting)


def _place_in_client(desk: Desk, thing: str, name: str, setting: str) -> Place:
    for slug, client in desk.clients.items():
        if thing == "domain" and name in client.domains:
            return ("clients", slug, "domains", client.domains.index(name))
        for index, contact in enumerate(client.contacts):
            if thing == "contact" and contact.address == name:
                return ("clients", slug, "contacts", index, setting)
    return ("clients",)


def _in_file(desk: Desk) -> Iterator[tuple[Key, Facts]]:
    for slug, person in desk.staff.items():
        yield (
            ("staff", slug),
            {
                "name": person.name,
                "email": person.email,
                "role": person.role,
                "team": person.team,
                "timezone": person.timezone or desk.desk.timezone,
                "locale": person.locale or desk.desk.locale,
            },
        )
    for slug, client in desk.clients.items():
        yield (
            ("client", slug),
            {
                "name": client.name,
                "timezone": desk.client_zone(slug),
                "locale": client.locale,
                "holidays": desk.holidays_of(slug),
            },
        )
        for domain in client.domains:
            yield ("domain", domain), {"client": slug}
        for contact in client.contacts:
            yield (
                ("contact", contact.address),
                {
                    "client": slug,
                    "name": contact.name,
                    "roles": list(contact.roles),
                    "locale": contact.locale,
                },
            )
    for slug, launch in desk.launches.items():
        yield (
            ("launch", slug),
            {
                "client": slug.partition("/")[0],
                "name": launch.name,
                "go_live": launch.go_live.isoformat(),
                "timezone": desk.launch_zone(slug),
                "is_customised": launch.customised,
                "complexity": launch.complexity.value,
                "profile": profile_name(customised=launch.customised, chosen=launch.profile),
                "reason": launch.reason,
                "hypercare_days": launch.hypercare_days,
                "transition_end_day": launch.transition_end_day,
                "min_transition_days": launch.min_transition_days,
                "address": launch.address,
                "aliases": list(launch.aliases),
                "roles": {
                    role: {each.staff: _term(each.since, each.until) for each in assignments}
                    for role, assignments in launch.roles.items()
                },
                "knowledge": {item: done.isoformat() for item, done in launch.knowledge.items()},
                "blockers": list(launch.blockers),
                "monitors": {name: each.model_dump() for name, each in launch.monitors.items()},
            },
        )


def _term(since: object, until: object) -> dict[str, str]:
    """Return from when and until when somebody holds a role, as far as it is said."""
    return {name: str(day) for name, day in (("since", since), ("until", until)) if day is not None}


def _in_rows(work: Work) -> Iterator[tuple[Key, Facts]]:
    for person in work.desk.roster():
        yield ("staff", person.slug), _columns(person, "name", "email", "role", "team", "timezone", "locale")
    slugs = {client.id: client.slug for client in work.desk.clients()}
    for client in work.desk.clients():
        yield ("client", client.slug), _columns(client, "name", "timezone", "locale", "holidays")
        for domain in work.desk.domains(client.id):
            yield ("domain", domain.domain), {"client": client.slug}
        for contact in work.desk.contacts(client.id):
            yield ("contact", contact.address), {"client": client.slug, **_columns(contact, "name", "roles", "locale")}
    for launch in work.desk.launches():
        plan = _columns(launch, "go_live", "timezone", "is_customised", "complexity", "profile")
        yield (
            ("launch", launch.slug),
            {
                "client": slugs.get(launch.client_id),
                **plan,
                **_columns(launch, "name", "address", "aliases", "roles"),
                "reason": launch.settings.get("reason"),
                "hypercare_days": launch.settings.get("hypercare_days"),
                "transition_end_day": launch.settings.get("transition_end_day"),
                "min_transition_days": launch.settings.get("min_transition_days"),
                "knowledge": launch.settings.get("knowledge", {}),
                "blockers": launch.settings.get("blockers", []),
                "monitors": launch.settings.get("monitors", {}),
            },
        )


def _columns(row: object, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
