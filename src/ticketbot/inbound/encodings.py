"""Bodies out of their wrapping: Content-Transfer-Encoding as it is meant (RFC 2045 §6) and as it is met."""

import quopri
import re
from typing import Final

from ticketbot.inbound import charsets, headers

_BASE64: Final = frozenset(("base64", "b64", "base-64"))
_QUOTED: Final = frozenset(("quoted-printable", "qp", "quotedprintable", "quoted_printable"))
_UUENCODED: Final = frozenset(("x-uuencode", "x-uue", "uuencode", "uue"))


def is_wrapped(encoding: str) -> bool:
    """Return whether a body comes wrapped under this name; under any other it stands as it is."""
    return _bare(encoding) in _BASE64 | _QUOTED | _UUENCODED


def unwrapped(body: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding; what is not understood stays as it is."""
    name = _bare(encoding)
    if name in _BASE64:
        encoded = _without_footer(body)
        return body if _is_prose(encoded) else headers.unbase64(encoded)
    if name in _QUOTED:
        return quopri.decodestring(body)
    if name in _UUENCODED:
        opened = uudecoded(body)
        return opened[1] if opened else body
    return body


def _bare(encoding: str) -> str:
    """Return the bare name in a Content-Transfer-Encoding."""
    name = encoding.lower().strip().strip("\"'")
    return re.split(r"[\s;,(]", name, maxsplit=1)[0] if name else ""


def _is_prose(body: bytes) -> bool:
    """Return whether bytes that are called base64 are plainly none: words with blanks between them."""
    sample = body[:4096]
    return len(sample.translate(None, headers.BASE64_LINES)) > max(4, len(sample) // 20)


def _without_footer(body: bytes) -> bytes:
    """Return base64 without the plain text that a list or a gateway added under it."""
    for found in _PADDED.finditer(body):
        if found[1].count(b"\n") > 1 and _FOREIGN_LINE.match(body, found.end()):
            return body[: found.start() + 1]
    return body


#: The end of base64 and all blanks below it: taken whole or not at all, so that endless blanks cost their length.
_PADDED: Final = re.compile(rb"=(\s{2,}+)")
_FOREIGN_LINE: Final = re.compile(rb"[A-Za-z0-9+/=]*+[^A-Za-z0-9+/=\r\n]")
_UU_BEGIN: Final = re.compile(rb"(?:^|[\r\n])begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n")


def uudecoded(body: bytes, position: int = 0) -> tuple[str, bytes, int, int] | None:
    """Return name, bytes and span of the first uuencoded file in *body* from *position*."""
    import binascii  # noqa: PLC0415 - few mails need it

    found = _UU_BEGIN.search(body, position)
    if found is None:
        return None
    end = re.compile(rb"\nend[ \t]*(?:\r|\n|$)").search(body, found.end() - 1)
    stop = end.start() if end else len(body)
    out = []
    for line in body[found.end() : stop].splitlines():
        if not line or line in {b"`", b" "}:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            try:
                out.append(binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3]))
            except binascii.Error:
                break
    name = charsets.clean_line(charsets.decode(found[1]))
    return name, b"".join(out), found.start(), end.end() if end else len(body)
