"""Invitations as text (RFC 5545), for mails that hold a calendar and no word beside it."""

import re
from dataclasses import dataclass
from typing import Final

from ticketbot.inbound import charsets

_MOST_READ: Final = 65_536
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_LINE: Final = re.compile(r'([A-Za-z-]{1,40})((?:;[A-Za-z-]{1,40}=(?:"[^"\n]{0,200}"|[^":;\n]{0,200}))*):(.*)')
_ZONE: Final = re.compile(r';TZID="?([^";:]{1,80})', re.IGNORECASE)
_INSTANT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """What an invitation says, and what a person wrote into an answer to one."""

    text: str
    comment: str


def read(source: str) -> Invite:
    """Return the first event of a calendar as text: what, when, where and its description; empty where it has none."""
    values: dict[str, tuple[str, str]] = {}
    within: list[str] = []
    for line in _FOLD.sub("", source[:_MOST_READ]).splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is None:
            continue
        name, parameters, value = found[1].upper(), found[2], found[3]
        if name == "BEGIN":
            within.append(value.upper())
        elif name == "END":
            if within[-1:] == ["VEVENT"]:
                break
            within = within[:-1]
        elif within[-1:] == ["VEVENT"]:  # not the alarm inside it
            values.setdefault(name, (parameters, value))
    head = [
        _plain(values, "SUMMARY"),
        _labelled("When", _span(values)),
        _labelled("Where", _plain(values, "LOCATION")),
    ]
    text = "\n\n".join(filter(None, ("\n".join(filter(None, head)), _plain(values, "DESCRIPTION"))))
    return Invite(text=text, comment=_plain(values, "COMMENT"))


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _plain(values: dict[str, tuple[str, str]], name: str) -> str:
    value = values.get(name, ("", ""))[1]
    return charsets.clean(_ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)).strip()


def _span(values: dict[str, tuple[str, str]]) -> str:
    """Return when it is, in the zone that it names; the end without its day where that is the same."""
    start, end = _instant(values, "DTSTART"), _instant(values, "DTEND")
    if not end or end == start:
        return start
    day, _, rest = end.partition(" ")
    if not rest:
        return f"{start} to {end}, which is free again"
    if start.startswith(day):
        begin, _, zone = start.removeprefix(f"{day} ").partition(" ")
        return f"{day} {begin} to {rest}" if zone == rest.partition(" ")[2] else f"{start} to {rest}"
    return f"{start} to {end}"


def _instant(values: dict[str, tuple[str, str]], name: str) -> str:
    parameters, value = values.get(name, ("", ""))
    found = _INSTANT.fullmatch(value.strip())
    if found is None:
        return ""
    year, month, day, hour, minute, utc = found.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = _ZONE.search(parameters)
    where = " UTC" if utc else f" {zone[1]}" if zone else ""
    return f"{year}-{month}-{day} {hour}:{minute}{where}"
