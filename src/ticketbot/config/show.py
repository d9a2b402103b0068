"""Settings as people read them: the commented example, and the values in force with their sources."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from ticketbot.config.model import MailboxSettings, Settings
from ticketbot.config.sources import Effective
from ticketbot.tomlfile import Place, as_toml

MASK = "********"
_SAMPLES: Mapping[str, Mapping[str, str]] = {
    "mailboxes.support": {
        "address": '"support@desk.example"',
        "host": '"imap.desk.example"',
        "username": '"support@desk.example"',
        "password_file": '"/run/secrets/support"',
    },
    "relay": {
        "host": '"smtp.desk.example"',
        "username": '"support@desk.example"',
        "password_file": '"/run/secrets/support"',
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One setting in force: its dotted name, its value with secrets masked, and its source."""

    name: str
    value: str | int | bool | list[str] | None
    source: str


def settings_shown(effective: Effective) -> list[Shown]:
    """Return every setting in force, in the order of the example."""
    return [
        Shown(name=".".join(map(str, place)), value=value, source=effective.origin(place))
        for place, value in _walk(effective.settings, ())
    ]


def example() -> str:
    """Return a ticketbot.toml with every setting: what must be set as a sample, the rest as comments with defaults."""
    lines = [
        "# ticketbot.toml: how ticketbot runs. `ticketbot config check` checks it, `config show` explains it.",
        "# Each setting may also come from the environment: TICKETBOT_RELAY__HOST, TICKETBOT_RELAY__PASSWORD_FILE, …",
        "# or, for passwords, from systemd credentials named relay.password, mailboxes.support.password, …",
        "# Paths are relative to this file.",
    ]
    for name, field in Settings.model_fields.items():
        model = MailboxSettings if name == "mailboxes" else type(getattr(Settings(), name))
        title = "mailboxes.support" if name == "mailboxes" else name
        lines += ["", f"# {field.description}", f"[{title}]"]
        fields = sorted(model.model_fields.items(), key=lambda each: each[0] != "address")
        lines += [_example_line(title, key, inner) for key, inner in fields]
    return "\n".join(lines) + "\n"


def _example_line(title: str, key: str, field: FieldInfo) -> str:
    if sample := _SAMPLES.get(title, {}).get(key):
        return f"{key} = {sample}  # {field.description}"
    value = "50 MB" if key == "max_size" else _plain(field.get_default())
    return f"# {key} = {as_toml('' if value is None else value)}  # {field.description}"


def _walk(model: BaseModel, place: Place) -> Iterator[tuple[Place, str | int | bool | list[str] | None]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        here = (*place, name)
        if isinstance(value, BaseModel):
            yield from _walk(value, here)
        elif isinstance(value, dict):
            for key, inner in value.items():
                yield from _walk(inner, (*here, key))
        else:
            yield here, _plain(value)


def _plain(value: object) -> str | int | bool | list[str] | None:
    match value:
        case None | bool() | int():
            return value
        case SecretStr():
            return MASK
        case Enum():
            return str(value.value)
        case timedelta():
            return _duration(value)
        case tuple():
            return [str(each) for each in value]
        case Path() | date() | str():
            return re.sub(r"(://[^:@/]*:)[^@]*@", rf"\g<1>{MASK}@", str(value))
        case _:
            raise AssertionError(f"a setting of type {type(value)} needs a form here")


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
