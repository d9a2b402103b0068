"""The tree of a mail's parts, read from the bytes in linear time and within caps (faults.md P1). It never raises."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ticketbot.inbound import charsets, encodings, headers, structured
from ticketbot.inbound.headers import Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps that hold before anything is understood."""

    depth: int = 50
    parts: int = 500
    size: int = 64 * 1024 * 1024


@dataclass(slots=True)
class Part:
    """One part: its headers, where its body stands (from *start* to *end* of *source*), and its children.

    Parts share the bytes that they stand in: a mail within mails is held once, however deep.

    The root's `notes` say what of the tree was not read; `is_guessed` says, once there is text, that its charset was.
    """

    headers: Headers
    source: bytes
    start: int
    end: int
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    children: list["Part"] = field(default_factory=list)
    is_declared: bool = True
    is_guessed: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def main_type(self) -> str:
        """Return what stands before the slash."""
        return self.content_type.partition("/")[0]

    @property
    def charset(self) -> str:
        """Return the charset label as written, or an empty string."""
        return self.parameters.get("charset", "")

    @property
    def content_id(self) -> str:
        """Return the Content-ID without brackets."""
        return self.headers.text("content-id").strip("<> ")

    @property
    def body(self) -> bytes:
        """Return the body as it stands in the mail: a copy."""
        return self.source[self.start : self.end]

    def content(self) -> bytes:
        """Return the decoded bytes of this part."""
        return encodings.unwrapped(self.body, self.headers.text("content-transfer-encoding"))

    def octets(self) -> bytes | memoryview:
        """Return the same without a copy, where it stands as it is."""
        if encodings.is_wrapped(self.headers.text("content-transfer-encoding")):
            return self.content()
        return memoryview(self.source)[self.start : self.end]

    def text(self) -> str:
        """Return the decoded text of this part, clean."""
        data = self.content()
        label = self.charset
        if self.content_type == "text/html" and (not label or charsets.codec_of(label) is None):
            label = _meta_charset(data) or label
        self.is_guessed = charsets.is_guess(data, label)
        return charsets.clean(charsets.decode(data, label))

    def every(self) -> Iterator["Part"]:
        """Yield this part and all below it, in order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


def tree(raw: bytes, *, limits: Limits = Limits()) -> Part:
    """Return the root part of a mail."""
    source = _without_mark(raw[: limits.size])
    found, start = headers.split_at(source, 0, len(source))
    walk = _Walk(limits)
    root = walk.part(Part(headers=found, source=source, start=start, end=len(source)), depth=0, default="text/plain")
    root.notes = [*found.notes, *walk.notes()]
    if len(raw) > limits.size:
        root.notes.append(f"the mail is larger than {limits.size >> 20} MB: the rest of it was not read")
    return root


def _without_mark(raw: bytes) -> bytes:
    """Return a mail without the byte order mark that an editor set before it; UTF-16 as UTF-8, for no header is that.

    No mail comes over the wire like this, since servers set their own lines above it: it was saved as a file.
    """
    for mark, wide in _WIDE_MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(wide, "replace").encode("utf-8", "replace")
    return raw.removeprefix(codecs.BOM_UTF8)


_WIDE_MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class _Walk:
    """Counts the parts of one mail while it builds them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = limits.parts
        self.is_too_deep = False

    def notes(self) -> Iterator[str]:
        """Yield what was not read."""
        if self.left <= 0:
            yield f"the mail has more than {self.limits.parts - 1} parts: only the first were read"
        if self.is_too_deep:
            yield f"parts lie within parts more than {self.limits.depth} deep: the innermost were not opened"

    def part(self, part: Part, *, depth: int, default: str) -> Part:
        """Return a part of which only headers and body are known, with what they say and all below it."""
        self.left -= 1
        _describe(part, default)
        if depth >= self.limits.depth or self.left <= 0:
            self.is_too_deep |= depth >= self.limits.depth and part.main_type in {"multipart", "message"}
            return part
        if part.main_type == "multipart":
            self._divide(part, depth=depth)
        elif part.content_type in {"message/rfc822", "message/global", "message/news"}:
            octets = part.octets()
            source, start, end = (
                (octets, 0, len(octets)) if isinstance(octets, bytes) else (part.source, part.start, part.end)
            )
            if _INK.search(source, start, end):
                found, start = headers.split_at(source, start, end)
                inner = Part(headers=found, source=source, start=start, end=end)
                part.children = [self.part(inner, depth=depth + 1, default="text/plain")]
        return part

    def _divide(self, part: Part, *, depth: int) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")
        source, start, end = part.source, part.start, part.end
        if part.headers.text("content-transfer-encoding").lower() in {"base64", "quoted-printable"}:
            opened = part.content()  # forbidden by RFC 2045 §6.4, and met
            if b"--" + boundary in opened:
                source, start, end = opened, 0, len(opened)
        written = _QUOTED_BOUNDARY.search(part.headers.raw("content-type"))
        pieces = None
        for candidate in dict.fromkeys((written[1] if written else boundary, boundary)):
            if candidate:
                pieces = pieces or pieces_between(source, candidate, start=start, end=end, at_most=self.left)
        if pieces is None:
            guessed = _guessed_boundary(source[start : min(end, start + 65536)])
            if guessed and guessed != boundary:
                pieces = pieces_between(source, guessed, start=start, end=end, at_most=self.left)
        if pieces is None:  # a multipart of nothing: what is there is text
            part.content_type = "text/html" if _looks_like_html(source[start : min(end, start + 300)]) else "text/plain"
            part.is_declared = False
            return
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for opened_at, closed_at in pieces:
            if self.left <= 0:
                return
            found, begin = headers.split_part_at(source, opened_at, closed_at)
            inner = Part(headers=found, source=source, start=begin, end=closed_at)
            part.children.append(self.part(inner, depth=depth + 1, default=default))


#: Anything but blanks.
_INK: Final = re.compile(rb"\S")
#: The boundary as it is written: one that ends in blanks is forbidden, and met.
_QUOTED_BOUNDARY: Final = re.compile(rb'boundary\s*=\s*"([^"\\]{1,200})"', re.IGNORECASE)


def pieces_between(
    body: bytes, boundary: bytes, *, start: int, end: int, at_most: int = 500
) -> list[tuple[int, int]] | None:
    """Return where each piece between the boundary lines begins and ends, or None when there is none.

    A missing last line is forgiven.
    """
    mark = b"--" + boundary
    pieces: list[tuple[int, int]] = []
    position, opened = start, -1
    while (found := body.find(mark, position, end)) >= 0:
        position = found + len(mark)
        if found > start and body[found - 1] not in b"\r\n":
            continue
        tail = _LINE_END.match(body, position, end)
        if tail is None:
            continue
        if opened >= 0:
            pieces.append((opened, _before_newline(body, found, opened)))
        opened = tail.end()
        position = max(position, tail.end() - 1) if tail.end() < end else end
        if tail[1] and body.find(mark, opened, end) < 0:
            return pieces
        if tail[1]:
            opened = -1
        if len(pieces) >= at_most:
            return pieces
    if opened < 0:
        return pieces or None
    if _INK.search(body, opened, end):
        pieces.append((opened, end))
    return pieces


_LINE_END: Final = re.compile(rb"(--)?[ \t]*(?:\r\n|\n|\r|$|\Z)")


def _before_newline(body: bytes, position: int, floor: int) -> int:
    """Return where the line before *position* ends: its newline belongs to the boundary."""
    if position > floor and body[position - 1] == 0x0A:
        position -= 1
        if position > floor and body[position - 1] == 0x0D:
            position -= 1
    elif position > floor and body[position - 1] == 0x0D:
        position -= 1
    return position


def _guessed_boundary(body: bytes) -> bytes:
    """Return the boundary that the first line of dashes suggests, if a header follows it."""
    found = re.search(rb"(?:^|[\r\n])--([!-~][ -~]{0,68}[!-~])[ \t]*\r?\n(?=[Cc]ontent-[A-Za-z-]{3,30}:|\r?\n)", body)
    return found[1] if found else b""


def _describe(part: Part, default: str) -> None:
    raw = part.headers.raw("content-type")
    kind, part.parameters = structured.parameters(raw) if raw else ("", {})
    kind = kind.strip("\"' ")
    if "/" not in kind:
        kind = {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(kind, "") or default
        part.is_declared = False
        if raw and "boundary" in part.parameters:
            kind = "multipart/mixed"
    part.content_type = re.sub(r"[^a-z0-9!#$&^_.+/-].*", "", kind) or default
    value, extras = structured.parameters(part.headers.raw("content-disposition"))
    part.disposition = value.partition(" ")[0]
    part.filename = extras.get("filename") or part.parameters.get("name") or extras.get("name") or ""
    whole = part.parameters.get("name", "")
    if _LOST.search(part.filename) and whole and not _LOST.search(whole):
        part.filename = whole  # the sender's charset could not say it; the other parameter can
    if not part.filename and part.disposition in {"attachment", "inline"} and part.main_type != "text":
        location = part.headers.text("content-location")
        part.filename = location.rpartition("/")[2] if "." in location.rpartition("/")[2] else ""
    if not raw and not part.is_declared and _looks_like_html(part.source[part.start : min(part.end, part.start + 300)]):
        part.content_type = "text/html"


_LOST: Final = re.compile("\\?\\?|\ufffd")


def _looks_like_html(body: bytes) -> bool:
    return bool(re.match(rb"\s*(?:<!doctype html|<html[\s>])", body[:300], re.IGNORECASE))


def _meta_charset(data: bytes) -> str:
    found = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", data[:4096], re.IGNORECASE)
    return found[1].decode("ascii", "ignore") if found else ""
