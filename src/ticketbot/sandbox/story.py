"""Stories: dated mails as a file; addresses and threads may name what was mailed before (contracts.md §5)."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, parseaddr
from pathlib import Path
from typing import Any

from ticketbot.domain.errors import ConfigurationError

SCHEMA = "ticketbot-story/1"
_MAIL = frozenset({"from", "to", "cc", "subject", "body", "headers", "in_reply_to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMail:
    """A mail as a story gives it; addresses and `in_reply_to` may name what only the played desk knows."""

    sender: str
    to: str
    body: str
    cc: str = ""
    subject: str | None = None
    headers: Mapping[str, str]
    in_reply_to: str | None = None

    @property
    def address(self) -> str:
        """Return the bare address that it comes from."""
        return parseaddr(self.sender)[1].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEvent:
    """One mail of a story: `label` names the ticket that it opens or belongs to."""

    id: str
    at: datetime
    mail: StoryMail
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Dated mails in order of time, and until when to go on after them."""

    events: tuple[StoryEvent, ...]
    until: datetime


def read_story(path: Path) -> Story:
    """Return the story in a file; raises ConfigurationError with what is wrong and where."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ConfigurationError(f'{path} is no story; it must be an object with "schema": "{SCHEMA}"')
    events = tuple(_event(each, where=f"{path}, event {count}") for count, each in enumerate(_events(data, path), 1))
    until = read_instant(data["until"], where=f"{path}, until") if "until" in data else None
    if until is None and not events:
        raise ConfigurationError(f"{path} has neither events nor an end; say until when to play it")
    counted = Counter(event.id for event in events)
    if twice := [name for name, times in counted.items() if times > 1]:
        raise ConfigurationError(f"{path} has more than one event {twice[0]!r}; give each an id of its own")
    events = tuple(sorted(events, key=lambda event: event.at))
    return Story(events=events, until=until or events[-1].at)


def read_instant(text: object, *, where: str) -> datetime:
    """Return an instant with its zone, in UTC; raises ConfigurationError for anything else."""
    try:
        instant = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ConfigurationError(f"{where}: {text!r} is no instant; write it like 2027-03-01T08:12:00Z")
    return instant.astimezone(UTC)


def compose_mail(
    event: StoryEvent, *, to: str, cc: str, body: str, parent: str | None, at: datetime
) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes of a story's mail, its references resolved, and the addresses that it goes to."""
    given = {name.casefold(): value for name, value in event.mail.headers.items()}
    subtype = "html" if given.pop("content-type", "").casefold().startswith("text/html") else "plain"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = event.mail.sender
    mail["To"] = to
    if cc:
        mail["Cc"] = cc
    if event.mail.subject is not None:
        mail["Subject"] = event.mail.subject
    if "date" not in given:
        mail["Date"] = format_datetime(at)
    if "message-id" not in given:
        mail["Message-ID"] = f"<{event.id}.story@{event.mail.address.rpartition('@')[2] or 'story.example'}>"
    if parent is not None:
        mail["In-Reply-To"] = parent
        mail["References"] = parent
    for name, value in event.mail.headers.items():
        if name.casefold() in given and name.casefold() not in mail:
            mail[name] = value
    mail.set_content(body or "\n", subtype=subtype)
    recipients = [address for _, address in getaddresses([to, cc, given.get("cc", "")]) if "@" in address]
    return mail.as_bytes(), tuple(dict.fromkeys(recipients))


def _events(data: Mapping[str, Any], path: Path) -> list[Any]:
    events = data.get("events")
    if not isinstance(events, list):
        raise ConfigurationError(f'{path} has no list of "events"')
    return events


def _event(data: object, *, where: str) -> StoryEvent:
    if not isinstance(data, dict) or not isinstance(data.get("mail"), dict):
        raise ConfigurationError(f'{where} must be an object with "id", "at" and "mail"')
    name = data.get("id")
    if not isinstance(name, str) or not name:
        raise ConfigurationError(f'{where} has no "id"')
    where = f"{where} ({name})"
    mail = data["mail"]
    if unknown := sorted(mail.keys() - _MAIL):
        raise ConfigurationError(f"{where}: a mail has no {unknown[0]!r}; known are {', '.join(sorted(_MAIL))}")
    headers = mail.get("headers") or {}
    if not isinstance(headers, dict):
        raise ConfigurationError(f"{where}: headers must be an object of names and texts")
    label = data.get("label")
    return StoryEvent(
        id=name,
        at=read_instant(data.get("at"), where=f"{where}, at"),
        label=str(label) if label is not None else None,
        mail=StoryMail(
            sender=_text(mail, "from", where),
            to=_text(mail, "to", where),
            cc=_addresses(mail.get("cc")),
            subject=_one_line(mail["subject"]) if mail.get("subject") is not None else None,
            body=str(mail.get("body") or ""),
            headers={str(name): _one_line(value) for name, value in headers.items()},
            in_reply_to=str(mail["in_reply_to"]) if mail.get("in_reply_to") else None,
        ),
    )


def _text(mail: Mapping[str, Any], name: str, where: str) -> str:
    text = _addresses(mail.get(name))
    if not text:
        raise ConfigurationError(f"{where}: the mail has no {name!r}")
    return text


def _addresses(value: object) -> str:
    found = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return _one_line(found)


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
