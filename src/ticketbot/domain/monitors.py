"""What a monitor's mail says: which monitor, in which state, and how bad that is (domain.md TK8, DB2)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ticketbot.domain.kinds import Severity
from ticketbot.domain.messages import fold

LONGEST_SUBJECT = 1_000
LONGEST_BODY = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A rule of the desk file: how the mails of one monitor look, and the severity of each state that is red."""

    name: str
    group: str = "performance"
    subject: str | None = None
    body: str | None = None
    sender: str | None = None
    severity: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one mail says of a monitor; no severity is green."""

    monitor: str
    state: str
    severity: Severity | None = None

    @property
    def is_red(self) -> bool:
        """Say whether the monitor is red."""
        return self.severity is not None


def monitor_of(name: str, facts: Mapping[str, Any]) -> Monitor:
    """Return the monitor that the store keeps in these values."""
    known = ("group", "subject", "body", "sender", "severity")
    return Monitor(name=name, **{key: facts[key] for key in known if facts.get(key) is not None})


def reading_of(monitors: Iterable[Monitor], *, sender: str, subject: str, body: str) -> Reading | None:
    """Return what a mail says of the first monitor whose mail it is, None if it is nobody's."""
    return next((found for each in monitors if (found := _read(each, sender, subject, body)) is not None), None)


def _read(monitor: Monitor, sender: str, subject: str, body: str) -> Reading | None:
    if monitor.sender is not None and fold(monitor.sender) != fold(sender):
        return None
    named: dict[str, str] = {}
    for pattern, text in ((monitor.subject, subject[:LONGEST_SUBJECT]), (monitor.body, body[:LONGEST_BODY])):
        if pattern is None:
            continue
        found = re.search(pattern, text, re.MULTILINE)
        if found is None:
            return None
        named |= {key: value for key, value in found.groupdict().items() if value is not None}
    if "state" not in named or named.get("monitor", monitor.name) != monitor.name:
        return None
    rank = monitor.severity.get(named["state"])
    return Reading(
        monitor=monitor.name, state=named["state"], severity=Severity(f"S{rank}") if rank is not None else None
    )
