"""`desk show`: the desk in force as a file that `desk apply` would take."""

from datetime import date, datetime
from typing import Any

from ticketbot.deskfile import Desk, desk_of
from ticketbot.domain.errors import NotFound
from ticketbot.domain.profiles import profile_name
from ticketbot.store.database import Work
from ticketbot.store.models import Client, Launch, Staff
from ticketbot.tomlfile import toml_text


def show_desk(work: Work) -> str:
    """Return the desk as TOML: the promises of the file last applied; people, clients and launches as they are now.

    A launch's plan is the first one; later changes are plan events. Raises NotFound before the first `desk apply`.
    """
    last = work.desk.policy()
    if last is None:
        raise NotFound("no desk file was applied yet; run `ticketbot desk apply desk.toml`")
    desk = desk_of(last.document)
    zone = desk.desk.timezone
    document: dict[str, Any] = {
        **last.document,
        "staff": {person.slug: _person(person, zone=zone, locale=desk.desk.locale) for person in work.desk.roster()},
        "clients": {client.slug: _client(work, client, zone=zone) for client in work.desk.clients()},
        "launches": {
            launch.slug: _launch(launch, zone=client.timezone)
            for client in work.desk.clients()
            for launch in work.desk.launches(client.id)
        },
    }
    document["holidays"] = _holidays(work, desk, document["clients"], dict(last.document.get("holidays", {})))
    order = ("desk", "staff", "clients", "launches")
    ordered = {name: document[name] for name in order} | {
        name: document[name] for name in document if name not in order
    }
    return toml_text({name: value for name, value in ordered.items() if value})


def _person(person: Staff, *, zone: str, locale: str) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "team": person.team,
        "timezone": person.timezone if person.timezone != zone else None,
        "locale": person.locale if person.locale != locale else None,
    }


def _client(work: Work, client: Client, *, zone: str) -> dict[str, Any]:
    contacts = [
        {"address": each.address, "name": each.name, "roles": each.roles, "locale": each.locale}
        for each in work.desk.contacts(client.id)
    ]
    return {
        "name": client.name,
        "domains": [each.domain for each in work.desk.domains(client.id)],
        "timezone": client.timezone if client.timezone != zone else None,
        "locale": client.locale,
        "contacts": [{name: value for name, value in each.items() if value} for each in contacts] or None,
    }


def _launch(launch: Launch, *, zone: str) -> dict[str, Any]:
    usual = profile_name(customised=launch.is_customised, chosen=None)
    knowledge = launch.settings.get("knowledge") or {}
    return {
        "name": launch.name,
        "go_live": datetime.fromisoformat(launch.go_live),
        "timezone": launch.timezone if launch.timezone != zone else None,
        "customised": launch.is_customised,
        "complexity": launch.complexity,
        "profile": launch.profile if launch.profile != usual else None,
        "reason": launch.settings.get("reason"),
        "hypercare_days": launch.settings.get("hypercare_days"),
        "transition_end_day": launch.settings.get("transition_end_day"),
        "address": launch.address,
        "aliases": launch.aliases or None,
        "roles": {role: [_holder(staff, term) for staff, term in held.items()] for role, held in launch.roles.items()},
        "min_transition_days": launch.settings.get("min_transition_days"),
        "blockers": launch.settings.get("blockers") or None,
        "knowledge": {item: datetime.fromisoformat(done) for item, done in knowledge.items()},
        "monitors": {
            name: {key: value for key, value in facts.items() if value is not None}
            for name, facts in launch.settings.get("monitors", {}).items()
        },
    }


def _holder(staff: str, term: dict[str, str]) -> dict[str, Any]:
    return {"staff": staff, **{name: date.fromisoformat(day) for name, day in term.items()}}


def _holidays(work: Work, desk: Desk, clients: dict[str, dict[str, Any]], named: dict[str, Any]) -> dict[str, Any]:
    """Return the lists of holidays; a client that the file does not name any more gets one of its own."""
    for client in work.desk.clients():
        if client.slug in desk.clients and desk.holidays_of(client.slug) == client.holidays:
            clients[client.slug]["holidays"] = desk.clients[client.slug].holidays
        elif client.holidays:
            named[client.slug] = dict(client.holidays)
    return named
