"""Puts facts into rows: makes them, changes single fields, sets them aside."""

from typing import Any

from ticketbot.desk.apply.facts import Facts, Key
from ticketbot.domain.errors import NotFound
from ticketbot.store.database import Work
from ticketbot.store.models import Client, ClientDomain, Contact, Launch, Staff

FILE = "file"
_SETTINGS = (
    "reason", "hypercare_days", "transition_end_day", "min_transition_days", "knowledge", "blockers", "monitors",
)  # fmt: skip
Row = Staff | Client | ClientDomain | Contact | Launch


def row_of(work: Work, key: Key) -> Row | None:
    """Return the row of a thing, one that was set aside too."""
    thing, name = key
    match thing:
        case "staff":
            return next((person for person in work.desk.everybody() if person.slug == name), None)
        case "client":
            return work.desk.client_named(name)
        case "domain":
            return work.desk.domain(name)
        case "contact":
            return work.desk.anyone_at(name)
        case _:
            return work.desk.launch_named(name)


def put(work: Work, key: Key, facts: Facts) -> None:
    """Make the row of a thing, or take one up again that was set aside."""
    row = row_of(work, key)
    if row is None:
        work.desk.add(_made(work, key, facts))
        return
    for field, value in facts.items():
        change(work, row, field, value)
    if not isinstance(row, ClientDomain):
        row.is_active = True


def change(work: Work, row: Row, field: str, value: Any) -> None:  # noqa: ANN401 - any fact
    """Put one fact into a row."""
    if field == "client" and not isinstance(row, Staff | Client):
        row.client_id = _client_id(work, value)
    elif field in _SETTINGS and isinstance(row, Launch):
        row.settings = {**row.settings, field: value}
    else:
        setattr(row, field, value)


def set_aside(work: Work, row: Row) -> None:
    """Let a thing count no more; what it took part in stays."""
    if isinstance(row, ClientDomain):
        work.desk.remove(row)
    else:
        row.is_active = False


def is_from_file(row: Row) -> bool:
    """Return whether a desk file made the row, so that a desk file may set it aside."""
    match row:
        case Staff() | Client():
            return True
        case ClientDomain() | Contact():
            return row.origin == FILE
        case Launch():
            return row.settings.get("origin") == FILE


def _made(work: Work, key: Key, facts: Facts) -> Row:
    thing, name = key
    columns = {field: value for field, value in facts.items() if field != "client" and field not in _SETTINGS}
    match thing:
        case "staff":
            return Staff(slug=name, **columns)
        case "client":
            return Client(slug=name, **columns)
        case "domain":
            return ClientDomain(domain=name, client_id=_client_id(work, facts["client"]), origin=FILE)
        case "contact":
            return Contact(address=name, client_id=_client_id(work, facts["client"]), origin=FILE, **columns)
        case _:
            settings = {field: facts[field] for field in _SETTINGS} | {"origin": FILE}
            return Launch(slug=name, client_id=_client_id(work, facts["client"]), settings=settings, **columns)


def _client_id(work: Work, slug: str) -> int:
    client = work.desk.client_named(slug)
    if client is None:
        raise NotFound(f"there is no client {slug}")
    return client.id
