"""What has a form inside a header: parameters (RFC 2045, 2231), Message-IDs and dates, also where it is broken."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from urllib.parse import unquote_to_bytes

from ticketbot.inbound import charsets
from ticketbot.inbound.headers import MAX_HEADER, words


def parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """Return a structured value and its parameters by lower-case name (RFC 2045, 2231, and what senders do)."""
    value, _, rest = raw.partition(b";")
    if b"=" in value and (early := _EARLY_PARAMETER.search(value)):  # the first semicolon, or all before it, is missing
        value, rest = raw[: early.start()], raw[early.end() :]
    main = charsets.clean_line(charsets.decode(_without_comments(value))).strip().lower()
    simple: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for name, data in _pairs(rest):
        base, star, section = name.partition("*")
        if not star:
            simple.setdefault(base, data)
            continue
        encoded = name.endswith("*")
        number = section.rstrip("*")
        pieces.setdefault(base, {}).setdefault(int(number) if _SECTION.fullmatch(number) else 0, (encoded, data))
    out = {name: _plain(data) for name, data in simple.items()}
    for name, sections in pieces.items():
        out[name] = _continued(sections)
    return main, out


_EARLY_PARAMETER: Final = re.compile(rb"(?:^|[ \t])(?=[A-Za-z-]{2,20}\*?\d{0,3}\*?[ \t]*=)")


def _plain(data: bytes) -> str:
    """Decode a parameter without sections, also one in the form of RFC 2231 that lacks the star in its name."""
    if (found := _STARLESS.fullmatch(data)) and charsets.codec_of(found[1].decode()):
        return _continued({0: (True, data)})
    return charsets.clean_line(words(charsets.decode(data)))


_STARLESS: Final = re.compile(rb"([A-Za-z][A-Za-z0-9_-]{2,20})'[A-Za-z-]{0,8}'[^'%]{0,200}%[0-9A-Fa-f]{2}[!-~]{0,2000}")


def _pairs(rest: bytes) -> Iterable[tuple[str, bytes]]:
    """Yield name and value of each parameter; quoted or not, with stray quotes, blanks and semicolons."""
    position, end = 0, len(rest)
    for _ in range(200):
        found = _NAME.search(rest, position)
        if found is None:
            return
        name = found[1].decode("ascii", "ignore").lower()
        position = found.end()
        if rest[position : position + 1] == b'"':
            close = position + 1
            while close < end and rest[close] != 0x22:
                close += 2 if rest[close] == 0x5C else 1
            data = _unescaped(rest[position + 1 : close])
            position = close + 1
        else:
            stop = rest.find(b";", position)
            stop = end if stop < 0 else stop
            data = rest[position:stop].strip()
            following = _BLANK_NAME.search(data)
            if following:  # "charset=utf-8 format=flowed": the semicolon was forgotten
                stop = position + rest[position:stop].index(data) + following.start()
                data = data[: following.start()].strip()
            data = data.strip(b"\"'") if not data.startswith(b"'") or data.endswith(b"'") else data
            position = stop
        yield name, data


_SECTION: Final = re.compile(r"[0-9]{1,3}")
_NAME: Final = re.compile(rb"([A-Za-z0-9_.+-]{1,60}(?:\*\d{0,4}\*?)?)[ \t]*=[ \t]*")
_BLANK_NAME: Final = re.compile(
    rb"[ \t]+(?:charset|name|filename|format|boundary|type|method|delsp)\*?=", re.IGNORECASE
)


def _unescaped(data: bytes) -> bytes:
    """Undo quoted pairs (RFC 5322 §3.2.1). Behind an 8-bit or in a shifted byte a backslash may be half a character."""
    if b"\\" not in data or b"\x1b" in data:
        return data
    return re.sub(rb"(?<![\x80-\xff])\\(.)", rb"\1", data)


def _continued(sections: dict[int, tuple[bool, bytes]]) -> str:
    """Join the sections of an RFC 2231 parameter and decode it."""
    label, data = "", b""
    for position, (encoded, piece) in sorted(sections.items()):
        if encoded:
            chunk = piece
            if position == min(sections) and chunk.count(b"'") >= 2:
                charset, _, chunk = chunk.split(b"'", 2)
                label = charset.decode("ascii", "ignore")
            data += unquote_to_bytes(chunk)
        else:
            data += piece
    return charsets.clean_line(words(charsets.decode(data, label)))


def _without_comments(data: bytes) -> bytes:
    return re.sub(rb"\([^()]{0,200}\)", b" ", data)


def identifiers(raw: bytes, *, at_most: int = 100) -> tuple[str, ...]:
    """Return the Message-IDs of a header in order, without brackets, each once (RFC 5322 §3.6.4, leniently)."""
    text = charsets.clean_line(charsets.decode(raw[:MAX_HEADER]))
    found = [re.sub(r"\s", "", item) for item in re.findall(r"<([^<>]{1,998})>", text)]
    if not found:
        found = [item.strip("<>\"'") for item in re.split(r"[\s,;]+", text) if "@" in item]
    return tuple(dict.fromkeys(item for item in found if item))[:at_most]


_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene gen", "feb febr févr fév", "mar mär mrz maa mrt", "apr avr abr", "may mai maj mei maggio mag",
            "jun juin giu", "jul juil lug", "aug août ago aoû", "sep sept set", "oct okt ott out", "nov",
            "dec dez déc dic des",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DATE: Final = re.compile(
    r"(\d{1,2})[ .-]{1,3}([^\W\d]{3,10})[. -]{1,3}(\d{2,4})[ ,]{1,3}(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"(?:[.,]\d{1,6})?\s*([+-]\d{4}|[A-Z]{1,5})?"
)
_ZONES: Final = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1,
                 "CEST": 2, "MEZ": 1, "MESZ": 2, "BST": 1, "JST": 9, "MSK": 3}  # fmt: skip


def date(text: str) -> datetime | None:
    """Return the instant that a Date header names, also with a foreign weekday or month; None where it names none."""
    found = _DATE.search(text[:300])
    if found is None:
        return _in_another_form(text[:300])
    day, name, year, hour, minute, second, zone = found.groups()
    month = _MONTHS.get(name.lower()) or _MONTHS.get(name.lower()[:3])
    if month is None:
        return None
    number = int(year)
    if len(year) < 4:
        number += 1900 if len(year) == 3 or number >= 70 else 2000
    shift = timedelta(hours=_ZONES.get(zone or "", 0))
    if zone and zone[0] in "+-":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) * (-1 if zone[0] == "-" else 1)
    try:
        return datetime(
            number, month, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=timezone(shift)
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _in_another_form(text: str) -> datetime | None:
    """Return what ISO 8601 or C's asctime says, as programs write it that never read RFC 5322."""
    if asctime := _ASCTIME.search(text):
        month, day, time, zone, year = asctime.groups()
        return date(f"{day} {month} {year} {time} {zone or ''}")
    if iso := _ISO.search(text):
        try:
            instant = datetime.fromisoformat(iso[0])
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    return None


_ASCTIME: Final = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (?:([A-Z]{2,5}|[+-]\d{4}) )?(\d{4})")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?")
