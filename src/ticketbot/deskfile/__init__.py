"""desk.toml: what the desk promises, who we are and whom we look after.

`read_desk` is for people's files: every fault is a sentence with its line and a remedy. `desk_of` takes the document
back that `DeskFile.document` gave and the store kept. `policy_of` makes the policy of either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ticketbot.deskfile.consistency import faults, notices
from ticketbot.deskfile.model import ClientSection, ContactSection, Desk, LaunchSection, StaffSection
from ticketbot.deskfile.policy import policy_of
from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.policy import Policy
from ticketbot.tomlfile import Document, Misconfigured, Place, Problem, checked, parse_document, read_document

__all__ = [
    "ClientSection", "ContactSection", "Desk", "DeskFile", "LaunchSection", "StaffSection",
    "desk_of", "parse_desk", "policy_of", "read_desk",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFile:
    """A desk file that was read and found right. `document` is the file as JSON, for the store.

    `notices` are sentences about what is allowed and has no effect.
    """

    desk: Desk
    policy: Policy
    document: dict[str, Any]
    source: Document
    notices: tuple[str, ...] = ()

    def where(self, place: Place) -> str:
        """Return 'desk.toml line 7' for a value."""
        return self.source.where(place)


def read_desk(path: Path) -> DeskFile:
    """Return the desk file at *path*; raises `Misconfigured` with every fault, its line and its remedy."""
    return _right(read_document(path))


def parse_desk(text: str, *, name: str = "desk.toml") -> DeskFile:
    """Return the desk file in *text*, likewise."""
    return _right(parse_document(text, name=name))


def desk_of(document: Mapping[str, Any]) -> Desk:
    """Return the desk of a document that was kept."""
    return checked(Desk, document, where=lambda _: "the desk file in force")


def _right(source: Document) -> DeskFile:
    desk = checked(Desk, source.data, where=source.where)
    try:
        policy = policy_of(desk)
    except ConfigurationError as error:
        raise Misconfigured([Problem(where=source.name, what=str(error))]) from error
    found = [Problem(where=source.where(place), what=what) for place, what in faults(desk, policy)]
    if found:
        raise Misconfigured(found)
    return DeskFile(desk=desk, policy=policy, document=_json(source.data), source=source, notices=tuple(notices(desk)))


def _json(value: Any) -> Any:  # noqa: ANN401 - any value of TOML
    match value:
        case dict():
            return {str(key): _json(inner) for key, inner in value.items()}
        case list():
            return [_json(inner) for inner in value]
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return value
