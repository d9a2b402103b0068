"""Outlook's winmail.dat (MS-OXTNEF): the files inside it, and its text when the mail has no other."""

import struct
from dataclasses import dataclass, field
from typing import Final

from ticketbot.inbound import charsets

_SIGNATURE: Final = 0x223E9F78
_MAX_ATTRIBUTES: Final = 5000
_ATT_BODY, _ATT_TITLE, _ATT_DATA, _ATT_REND, _ATT_ATTACHMENT, _ATT_MAPI, _ATT_CODEPAGE, _ATT_SUBJECT = (
    0x800C, 0x8010, 0x800F, 0x9002, 0x9005, 0x9003, 0x9007, 0x8004,
)  # fmt: skip
_PROP_BODY, _PROP_RTF, _PROP_HTML, _PROP_LONG_NAME, _PROP_NAME, _PROP_DATA, _PROP_MIME, _PROP_CID, _PROP_SHOWN = (
    0x1000, 0x1009, 0x1013, 0x3707, 0x3704, 0x3701, 0x370E, 0x3712, 0x3001,
)  # fmt: skip
_WIDTHS: Final = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16, 0x1: 4}
_TYPE_TEXT, _TYPE_UNICODE, _TYPE_OBJECT, _TYPE_BINARY = 0x1E, 0x1F, 0x0D, 0x102
_NESTED_ID: Final = bytes.fromhex("0703020000000000c000000000000046")


@dataclass(slots=True)
class TnefFile:
    """One file of a winmail.dat."""

    name: str = ""
    data: bytes = b""
    content_type: str = ""
    content_id: str = ""
    embedded: bytes = b""


@dataclass(slots=True)
class Tnef:
    """What a winmail.dat holds; whether it was read to its end; whether it holds formatting, which nobody misses."""

    files: list[TnefFile] = field(default_factory=list)
    text: str = ""
    html: str = ""
    is_whole: bool = True
    is_formatting: bool = False

    @property
    def is_opened(self) -> bool:
        """Return whether all that a person wants of it came out, so that the file itself is not needed any more."""
        return self.is_whole and bool(self.files or self.text or self.html or self.is_formatting)


def read(data: bytes, *, depth: int = 0) -> Tnef | None:
    """Return what is inside, as far as it can be read, or None when these bytes are no TNEF."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    found = Tnef()
    codepage = "cp1252"
    position = 6
    for _ in range(_MAX_ATTRIBUTES):
        if position + 9 > len(data):
            break
        level, number, _kind, length = struct.unpack_from("<BHHI", data, position)
        if level not in {1, 2}:
            break
        value = data[position + 9 : position + 9 + length]
        position += 9 + length + 2
        found.is_whole = found.is_whole and len(value) == length
        if number == _ATT_CODEPAGE and len(value) >= 4:
            codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif number == _ATT_BODY:
            found.text = _string(value, codepage)
        elif number == _ATT_REND:
            found.files.append(TnefFile())
        elif level == 2 and found.files:
            _file_attribute(found.files[-1], number, value, codepage)
        elif number == _ATT_MAPI:
            _body_properties(found, value, codepage)
    found.is_whole = found.is_whole and not data[position:].strip(b"\0\r\n")
    _open_embedded(found, depth)
    found.is_whole = found.is_whole and all(file.data for file in found.files)
    return found


def _file_attribute(file: TnefFile, number: int, value: bytes, codepage: str) -> None:  # noqa: C901 - a table
    if number == _ATT_TITLE:
        file.name = file.name or _string(value, codepage)
    elif number == _ATT_DATA:
        file.data = value
    elif number == _ATT_ATTACHMENT:
        for tag, kind, content in _properties(value):
            if tag == _PROP_LONG_NAME:
                file.name = _typed(content, kind, codepage) or file.name
            elif tag in {_PROP_NAME, _PROP_SHOWN}:
                file.name = file.name or _typed(content, kind, codepage)
            elif tag == _PROP_DATA and kind == _TYPE_OBJECT and content[:16] == _NESTED_ID:
                file.embedded = content[16:]
            elif tag == _PROP_DATA and not file.data:
                file.data = content[16:] if kind == _TYPE_OBJECT else content
            elif tag == _PROP_MIME:
                file.content_type = _typed(content, kind, codepage).lower()
            elif tag == _PROP_CID:
                file.content_id = _typed(content, kind, codepage)


def _body_properties(found: Tnef, value: bytes, codepage: str) -> None:
    for tag, kind, content in _properties(value):
        found.is_formatting = found.is_formatting or tag == _PROP_RTF
        if tag == _PROP_BODY and kind in {_TYPE_TEXT, _TYPE_UNICODE}:
            found.text = found.text or _typed(content, kind, codepage)
        elif tag == _PROP_HTML and kind == _TYPE_BINARY:
            found.html = charsets.clean(
                charsets.decode(content, "" if b"charset=utf-8" in content.lower() else codepage)
            )


def _open_embedded(found: Tnef, depth: int) -> None:
    """Bring the files of messages inside the message to the top: they keep their names."""
    for file in list(found.files):
        if not file.embedded:
            continue
        inner = read(file.embedded, depth=depth + 1) if depth < 5 else None
        if inner is None:
            file.data = file.data or file.embedded
            continue
        if not file.data:
            found.files.remove(file)
        found.is_whole = found.is_whole and inner.is_whole
        found.files += inner.files


def _string(value: bytes, codepage: str) -> str:
    return charsets.clean(charsets.decode(value.split(b"\0", 1)[0], codepage))


def _typed(content: bytes, kind: int, codepage: str) -> str:
    if kind == _TYPE_UNICODE:
        return charsets.clean(content.decode("utf-16-le", "replace").split("\0", 1)[0])
    return _string(content, codepage)


def _properties(data: bytes) -> list[tuple[int, int, bytes]]:
    """Return the MAPI properties: id, type and first value, as far as the list can be followed."""
    out: list[tuple[int, int, bytes]] = []
    try:
        count = min(struct.unpack_from("<I", data)[0], 2000)
        position = 4
        for _ in range(count):
            kind, tag = struct.unpack_from("<HH", data, position)
            position += 4
            if tag >= 0x8000:
                (named,) = struct.unpack_from("<I", data, position + 16)
                position += 20
                if named == 1:
                    (length,) = struct.unpack_from("<I", data, position)
                    position += 4 + length + (-length % 4)
                else:
                    position += 4
            position = _values(data, position, kind, tag, out)
    except struct.error:
        pass
    return out


def _values(data: bytes, position: int, kind: int, tag: int, out: list[tuple[int, int, bytes]]) -> int:
    several = bool(kind & 0x1000)
    plain = kind & 0x0FFF
    if plain in _WIDTHS:
        count = 1
        if several:
            (count,) = struct.unpack_from("<I", data, position)
            position += 4
        out.append((tag, plain, data[position : position + _WIDTHS[plain]]))
        return position + _WIDTHS[plain] * count
    if plain == 0x2 or plain == 0xB:  # noqa: PLR1714 - two codes, one kind
        return position + 4
    (count,) = struct.unpack_from("<I", data, position)
    position += 4
    for number in range(min(count, 1000)):
        (length,) = struct.unpack_from("<I", data, position)
        position += 4
        if number == 0:
            out.append((tag, _TYPE_BINARY if plain == 0x102 else plain, data[position : position + length]))
        position += length + (-length % 4)
    return position
