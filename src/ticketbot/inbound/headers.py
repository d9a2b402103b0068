"""Header lines of a mail: split, unfolded, decoded; strict where a header grants power, lenient where it is shown."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from ticketbot.inbound import charsets

MAX_BLOCK: Final = 256 * 1024
MAX_HEADER: Final = 32 * 1024
_NEWLINE: Final = re.compile(rb"\r\n|\n|\r")
_FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_LEADING: Final = re.compile(rb"(?:[ \t]{0,2000}[\r\n]){1,100}")
#: What follows a line of nothing but blanks when that line only folds a header (RFC 5322 §4.2, obs-FWS).
_FOLDED: Final = re.compile(
    rb"[ \t]+[^ \t\r\n]|(?:MIME-Version|Content-Type|Message-ID|Date|To|From|Subject)[ \t]*:", re.IGNORECASE
)
_END_OF_BLOCK: Final = re.compile(rb"\r\n[ \t]*\r\n|\n[ \t]*\r?\n|\r[ \t]*\r(?!\n)")


@dataclass(slots=True)
class Headers:
    """The fields of one part, topmost first: lower-case name and raw unfolded value; notes say what was not read."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, value: bytes, *, is_cut: bool) -> None:
        """Take one field in, and note where it was cut."""
        self.fields.append((name, value))
        if is_cut and len(self.notes) < _MOST_NOTES:
            self.notes.append(f"the header {name} is longer than 32 KB: the rest of it was not read")

    def raw(self, name: str) -> bytes:
        """Return the topmost raw value, or nothing."""
        for key, value in self.fields:
            if key == name:
                return value
        return b""

    def all_raw(self, name: str) -> list[bytes]:
        """Return every raw value of that name, topmost first."""
        return [value for key, value in self.fields if key == name]

    def text(self, name: str) -> str:
        """Return the topmost value decoded, as one clean line."""
        return decoded(self.raw(name))

    def texts(self, name: str) -> list[str]:
        """Return every value of that name decoded, topmost first."""
        return [decoded(value) for value in self.all_raw(name)]

    def has(self, name: str) -> bool:
        """Return whether there is a field of that name."""
        return any(key == name for key, _ in self.fields)


def split(raw: bytes) -> tuple[Headers, bytes]:
    """Return the headers of a mail or part and its body. Caps: 256 KB for the block, 32 KB for one header.

    Beyond the block only the fields are read that say who, to whom, when and what, so that no header can push them out.
    """
    found, body = split_at(raw, 0, len(raw))
    return found, raw[body:]


def split_at(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Return the headers of the mail that stands in *raw* from *start* to *end*, and where its body begins."""
    leading = _LEADING.match(raw, start, end)
    begin = leading.end() if leading else start
    if begin > start and not _FIELD.match(raw, begin, end):  # an empty block of headers: all is body
        return Headers(), start + (2 if raw.startswith(b"\r\n", start, end) else 1)
    return _split_from(raw, begin, end)


def split_part_at(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Return the same of a part inside a multipart, where an empty first line means: no headers."""
    if raw.startswith(b"\r\n", start, end):
        return Headers(), start + 2
    if raw.startswith((b"\n", b"\r"), start, end):
        return Headers(), start + 1
    return _split_from(raw, start, end)


def _split_from(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    headers = Headers()
    name, size = "", 0
    pieces: list[bytes] = []
    position, first = start, True

    def close() -> None:
        if name:
            headers.add(name, b" ".join(pieces)[:MAX_HEADER], is_cut=size >= MAX_HEADER)

    while position < end:
        newline = _NEWLINE.search(raw, position, end)
        stop, following = (newline.start(), newline.end()) if newline else (end, end)
        line = raw[position : min(stop, position + MAX_HEADER)]
        if not line.strip() and not (line and name and _FOLDED.match(raw, following, end)):
            position = following
            break
        if position - start > MAX_BLOCK:  # the rest of an endless block is not read as headers
            rest = _END_OF_BLOCK.search(raw, position, end)
            close()
            name = ""
            stop, following = rest.span() if rest else (end, end)
            headers.fields += _beyond(raw[position - 1 : stop])
            headers.notes.append("there are more than 256 KB of headers: of the rest, only the best known were read")
            position = following
            break
        if line[:1] in b" \t" and name:
            if size < MAX_HEADER:
                pieces.append(line.strip())
                size += len(line)
        elif found := _FIELD.match(line):
            close()
            name, value = found[1].decode("ascii").lower(), line[found.end() :].strip()
            pieces, size = [value], min(stop - position, MAX_HEADER)
        elif not ((first and line.startswith((b"From ", b">From "))) or _more_fields_follow(raw, following, end)):
            break  # else it is an mbox line, or garbage between fields
        first = False
        position = following
    close()
    return headers, position


def _beyond(block: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the best known fields of a block that is otherwise not read; it begins with a line end."""
    for found in islice(_BEST_KNOWN.finditer(block), 100):
        window = block[found.end() : found.end() + MAX_HEADER]
        lines = _VALUE_ENDS.split(window, maxsplit=1)[0].splitlines()
        yield found[1].decode("ascii").lower(), b" ".join(line.strip() for line in lines).strip()


_MOST_NOTES: Final = 10
_BEST_KNOWN: Final = re.compile(
    rb"\n(From|To|Cc|Subject|Date|Message-ID|In-Reply-To|References|Reply-To|Sender|Return-Path|Delivered-To"
    rb"|MIME-Version|Content-Type|Content-Transfer-Encoding|Content-Disposition|Auto-Submitted|Precedence|List-Id)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_VALUE_ENDS: Final = re.compile(rb"\r?\n(?![ \t])")


def _more_fields_follow(raw: bytes, position: int, end: int) -> bool:
    """Return whether the next line is a well-known field: then what stands before it is garbage, not the body."""
    return _WELL_KNOWN.match(raw, position, end) is not None


_WELL_KNOWN: Final = re.compile(
    rb"(?:Received|From|To|Cc|Subject|Date|Message-ID|MIME-Version|Content-[a-z-]{2,30}|X-[A-Za-z-]{2,40}|Return-Path"
    rb"|Reply-To|In-Reply-To|References|Sender|Delivered-To|DKIM-Signature):",
    re.IGNORECASE,
)


def decoded(raw: bytes) -> str:
    """Return a header's value for people: 8-bit text recovered, encoded words (RFC 2047) read, one clean line."""
    return charsets.clean_line(words(charsets.decode(raw)))


def words(text: str) -> str:
    """Read the encoded words of *text*, also broken ones; neighbours of one charset are joined before decoding."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: list[bytes] = []
    label = ""
    position = 0
    while (found := _next_word(text, position)) is not None:
        start, end, charset, data = found
        between = text[position:start]
        if pending and (between.strip() or charset != label):
            out.append(charsets.decode(b"".join(pending), label))
            pending = []
            if not between.strip():
                between = ""
        elif pending:
            between = ""
        out.append(between)
        pending.append(data)
        label, position = charset, end
    if pending:
        out.append(charsets.decode(b"".join(pending), label))
    out.append(text[position:])
    return "".join(out)


def _next_word(text: str, position: int) -> tuple[int, int, str, bytes] | None:
    """Return where the next encoded word starts and ends, its charset and its bytes."""
    while (start := text.find("=?", position)) >= 0:
        if (mark := text.find("?", start + 2)) < 0:
            return None
        charset = text[start + 2 : mark].partition("*")[0].strip()
        how = text[mark + 1 : mark + 3].lower()
        if how not in {"b?", "q?"} or not 0 < len(charset) <= 40:
            position = start + 2
            continue
        end = text.find("?=", mark + 3)
        if how == "q?" and end == mark + 2:
            end = text.find("?=", end + 2)
        if end < 0:
            end, after = len(text), len(text)
            if how == "b?" and not re.fullmatch(r"[A-Za-z0-9+/=\s]*", text[mark + 3 :]):
                return None
        else:
            after = end + 2
        payload = text[mark + 3 : end]
        if (inner := payload.rfind("=?")) >= 0 and re.match(r"=\?[^?\s]{1,40}\?[bqBQ]\?", payload[inner:]):
            position = mark + 3 + inner
            continue
        return (
            start,
            after,
            charset.lower(),
            _unq(payload) if how == "q?" else unbase64(payload.encode("ascii", "ignore")),
        )
    return None


def _unq(payload: str) -> bytes:
    data = payload.replace("_", " ").encode("utf-8", "replace")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), data)


def unbase64(data: bytes) -> bytes:
    """Decode base64 as far as it goes: foreign characters skipped, padding anywhere, a torn end kept."""
    end = data.find(b"=")
    if not data.translate(None, BASE64_LINES) and (end < 0 or not data[end:].strip(b"=\r\n")):
        try:
            return binascii.a2b_base64(data)
        except (binascii.Error, ValueError):
            pass
    kept = data.translate(None, _NOT_BASE64)
    if kept.count(b"=") > _MANY_ENDS:
        kept = kept.replace(b"=", b"")
    out = []
    for run in re.split(rb"=+", kept):
        whole = run[: len(run) - 1] if len(run) % 4 == 1 else run
        out.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(out)


_MANY_ENDS: Final = 1000
BASE64_LINES: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
