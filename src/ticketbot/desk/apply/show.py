"""`desk show`: the desk in force as a file that `desk apply` would take."""

from datetime import datetime
from typing import Any

from ticketbot.deskfile import desk_of
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
        "staff": {
            person.slug: _person(person, zone=zone, locale=desk.desk.locale) for person in work.desk.roster()
        },
        "clients": {client.slug: _client(work, client, zone=zone) for client in work.desk.clients()},
        "launches": {
            launch.slug: _launch(launch, zone=client.timezone)
            for client in work.desk.clients()
            for launch in work.desk.launches(client.id)
        },
    }
    holidays = dict(document.get("holidays", {}))
    for client in work.desk.clients():
        document["clients"][client.slug]["holidays"] = _holidays(client, holidays, desk_of(last.document))
    document["holidays"] = holidays
    order = ("desk", "staff", "clients", "launches")
    ordered = {name: document[name] for name in order} | {name: document[name] for name in document if name not in order}
    return toml_text({name: value for name, value in ordered.items() if value})
