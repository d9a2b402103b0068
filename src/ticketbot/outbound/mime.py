"""Header lines and body parts as octets: 7 bit, folded, CRLF.

Written here because the standard library's generator refuses some hostile words, takes seconds over others and, in
older versions, lets some through as new headers (gh-143935, CVE-2024-6923). These functions never refuse.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar
from urllib.parse import quote

CRLF = b"\r\n"
Piece = TypeVar("Piece", str, bytes)
_LINE = 76
_ENCODED = 52
_LONGEST_WORD = 60
_WRAPPED_AT_ONCE = 57 * 4096  # octets: whole lines of base64
_LONGEST_ID = 900
_PRINTABLE = re.compile(r"[!-~]+")
_MESSAGE_ID = re.compile(r"[!-;=?-~]+")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{0,63}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.IPv]{1,60}\])"
)
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,63}/[a-z0-9][a-z0-9.+_-]{0,63}")
_Q_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def unstructured(name: str, text: str) -> bytes:
    """Return a header of free text, e.g. Subject; *text* is one harmless line with single spaces."""
    return _folded(name, _words(text))


def mailbox(name: str, *, display: str, address: str) -> bytes:
    """Return a header of one mailbox with a display name, e.g. From."""
    plain = _PRINTABLE.fullmatch(display.replace(" ", "")) is not None and len(display) <= _LONGEST_WORD
    quoted = '"' + display.replace("\\", "").replace('"', "") + '"'
    phrase = [quoted] if plain and "=?" not in display else _encoded(display)
    return _folded(name, [*(phrase if display else []), f"<{address}>"])


def addresses(name: str, found: Iterable[str]) -> bytes:
    """Return a header of bare addresses, e.g. To. An address that no header can carry stays in the envelope alone."""
    kept = [address for address in found if is_address(address)]
    if not kept:
        return _folded(name, ["undisclosed-recipients:;"])
    return _folded(name, [f"{address}," for address in kept[:-1]] + kept[-1:])


def message_ids(name: str, ids: Iterable[str]) -> bytes:
    """Return a header of Message-IDs given without brackets."""
    return _folded(name, [f"<{message_id}>" for message_id in ids])


def token(name: str, value: str) -> bytes:
    """Return a header whose value is ours: short, ASCII."""
    return _folded(name, value.split(" "))


def is_address(text: str) -> bool:
    """Return whether *text* is a bare addr-spec of ASCII that can stand in a header as it is."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def is_message_id(text: str) -> bool:
    """Return whether *text* can be named in a reply: printable ASCII without blanks and brackets, and not too long."""
    return len(text) <= _LONGEST_ID and _MESSAGE_ID.fullmatch(text) is not None


def text_part(text: str, *, subtype: str) -> bytes:
    """Return a text part with its headers: as it is where safe, else quoted-printable, or base64 where much shorter."""
    data = text.rstrip("\n").encode("utf-8", "replace")
    plain = data.isascii() and not any(_is_delicate(line) for line in data.split(b"\n"))
    if plain:
        encoding, body = "7bit", data
    else:
        encoding, body = "quoted-printable", binascii.b2a_qp(data, istext=True)
        wrapped = base64.encodebytes(data.replace(b"\n", CRLF)).rstrip(b"\n")
        if len(wrapped) * 5 < len(body) * 4:
            encoding, body = "base64", wrapped
    return CRLF.join(
        [
            f"Content-Type: text/{subtype}; charset=utf-8".encode(),
            f"Content-Transfer-Encoding: {encoding}".encode(),
            b"",
            body.replace(b"\n", CRLF),
        ]
    )


def attachment_part(data: bytes | memoryview, *, content_type: str, filename: str) -> Iterator[bytes]:
    """Yield an attachment with its headers, piece by piece, so that memory holds a large one once.

    Mails and multiparts may not be base64 (RFC 2046) and go as octets.
    """
    kind = content_type.lower()
    if not _CONTENT_TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    is_plain = _Q_SAFE.union("._ ").issuperset(filename) and len(filename) <= _ENCODED
    names = [f'filename="{filename}"'] if is_plain else _continued(filename)
    yield CRLF.join(
        [
            f"Content-Type: {kind}".encode(),
            b"Content-Transfer-Encoding: base64",
            ";\r\n ".join(["Content-Disposition: attachment", *names]).encode(),
            b"",
            b"",
        ]
    )
    for start in range(0, len(data), _WRAPPED_AT_ONCE):
        end = start + _WRAPPED_AT_ONCE
        lines = base64.encodebytes(data[start:end]).replace(b"\n", CRLF)
        yield lines if end < len(data) else lines.removesuffix(CRLF)


def multipart(parts: Iterable[Iterable[bytes]], *, subtype: str, boundary: str) -> Iterator[bytes]:
    """Yield parts, each with its headers, as one multipart with its own headers, piece by piece.

    A boundary that begins with "=_" occurs in no quoted-printable or base64 body.
    """
    line = f"--{boundary}".encode()
    yield f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    for part in parts:
        yield line + CRLF
        yield from part
        yield CRLF
    yield line + b"--" + CRLF


def _is_delicate(line: bytes) -> bool:
    """Return whether some relay might change this line: long, blank at its end, or an mbox separator."""
    return len(line) > _LINE or line[-1:] in (b" ", b"\t", b"\r") or line.startswith(b"From ") or line == b"."


def _folded(name: str, words: Iterable[str]) -> bytes:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode("ascii")


def _words(text: str) -> list[str]:
    """Return the words of free text, runs of words that ASCII cannot carry as encoded words (RFC 2047)."""
    words = [word for word in text.split(" ") if word]
    strange = [index for index, word in enumerate(words) if not _is_plain(word)]
    if not strange:
        return words
    first, last = strange[0], strange[-1] + 1
    return [*words[:first], *_encoded(" ".join(words[first:last])), *words[last:]]


def _is_plain(word: str) -> bool:
    return len(word) <= _LONGEST_WORD and "=?" not in word and _PRINTABLE.fullmatch(word) is not None


def _encoded(text: str) -> list[str]:
    """Return *text* as encoded words, cut between characters, in the encoding that takes fewer of them."""
    readable = [f"=?utf-8?q?{piece}?=" for piece in _chunks([_q(character) for character in text], _ENCODED)]
    octets = _chunks([character.encode("utf-8", "replace") for character in text], _ENCODED // 4 * 3)
    compact = [f"=?utf-8?b?{base64.b64encode(piece).decode()}?=" for piece in octets]
    return readable if len(readable) <= len(compact) else compact


def _q(character: str) -> str:
    if character == " ":
        return "_"
    if character in _Q_SAFE:
        return character
    return "".join(f"={octet:02X}" for octet in character.encode("utf-8", "replace"))


def _chunks(pieces: Iterable[Piece], longest: int) -> list[Piece]:
    """Return the pieces joined, each result as long as may be, none cut; one piece at least."""
    chunks: list[Piece] = []
    for piece in pieces:
        if chunks and len(chunks[-1]) + len(piece) <= longest:
            chunks[-1] += piece
        else:
            chunks.append(piece)
    return chunks


def _continued(filename: str) -> list[str]:
    """Return a file name as RFC 2231 has it, in continuations where it is long."""
    pieces = _chunks([quote(character, safe="", errors="replace") for character in filename], _ENCODED)
    if len(pieces) == 1:
        return [f"filename*=utf-8''{pieces[0]}"]
    first, *rest = pieces
    return [f"filename*0*=utf-8''{first}", *(f"filename*{index}*={piece}" for index, piece in enumerate(rest, 1))]
