"""FETCH: what is said of one mail (RFC 3501 section 7.4.2)."""

import re
from collections.abc import Callable
from typing import Final

from ticketbot.sandbox.imapsyntax import Refused, Token, internal_date, text
from ticketbot.sandbox.postmark import head
from ticketbot.sandbox.postoffice import StoredMail

_SECTION = re.compile(
    r"BODY(?P<peek>\.PEEK)?\[(?P<section>[^\]]*)\](?:<(?P<first>\d+)\.(?P<count>\d+)>)?$", re.IGNORECASE
)
_FIELDS = re.compile(r"HEADER\.FIELDS(?P<negated>\.NOT)? \((?P<names>[^)]*)\)$", re.IGNORECASE)
_MACROS: Final = {"FAST": ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]}


def read_items(items: list[Token], *, by_uid: bool) -> list[str]:
    """Return the items asked for; UID always belongs to an answer to UID FETCH."""
    names = [text(item) for item in items]
    if len(names) == 1:
        names = _MACROS.get(names[0].upper(), names)
    return ["UID", *(name for name in names if name.upper() != "UID")] if by_uid else names


def marks_seen(items: list[str]) -> bool:
    """Tell whether fetching *items* makes a mail seen."""
    found = (_SECTION.match(item) for item in items)
    return any(section and not section["peek"] for section in found) or "RFC822" in (item.upper() for item in items)


def fetch_response(mail: StoredMail, items: list[str], *, number: int) -> bytes:
    """Return the untagged FETCH of one mail."""
    return b"* %d FETCH (%s)" % (number, b" ".join(_item(mail, item) for item in items))


def _item(mail: StoredMail, item: str) -> bytes:
    if plain := _ITEMS.get(item.upper()):
        return item.upper().encode() + b" " + plain(mail)
    if not (section := _SECTION.match(item)):
        raise Refused(f"BAD {item} cannot be fetched here")
    octets = _section(mail.raw, section["section"])
    if section["first"] is None:
        return f"BODY[{section['section']}] ".encode() + _literal(octets)
    first, count = int(section["first"]), int(section["count"])
    return f"BODY[{section['section']}]<{first}> ".encode() + _literal(octets[first : first + count])


def flags_item(mail: StoredMail) -> bytes:
    """Return the flags as FETCH and STORE say them."""
    return b"FLAGS " + _flags(mail)


def _flags(mail: StoredMail) -> bytes:
    return f"({' '.join(sorted(mail.flags))})".encode()


def _literal(octets: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(octets), octets)


def _header_block(raw: bytes) -> bytes:
    return head(raw) + b"\r\n"


def _section(raw: bytes, section: str) -> bytes:
    match section.upper():
        case "":
            return raw
        case "HEADER":
            return _header_block(raw)
        case "TEXT":
            return raw[len(_header_block(raw)) :]
        case _:
            return _header_fields(raw, section)


def _header_fields(raw: bytes, section: str) -> bytes:
    if not (fields := _FIELDS.match(section)):
        raise Refused(f"BAD Section {section} cannot be fetched here")
    wanted = {name.lower().encode() for name in fields["names"].split()}
    lines = re.findall(rb"(?m)^[^\s:]+:.*\n(?:[ \t].*\n)*", head(raw))
    kept = (line for line in lines if (line.partition(b":")[0].lower() in wanted) is not bool(fields["negated"]))
    return b"".join(kept) + b"\r\n"


_ITEMS: Final[dict[str, Callable[[StoredMail], bytes]]] = {
    "UID": lambda mail: b"%d" % mail.uid,
    "FLAGS": _flags,
    "RFC822.SIZE": lambda mail: b"%d" % len(mail.raw),
    "INTERNALDATE": lambda mail: internal_date(mail.received_at).encode(),
    "RFC822": lambda mail: _literal(mail.raw),
    "RFC822.HEADER": lambda mail: _literal(_header_block(mail.raw)),
}
