"""Addresses in headers: every mailbox that a line names, and the one strict reading that decides who wrote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ticketbot.domain.messages import Address
from ticketbot.inbound import charsets
from ticketbot.inbound.headers import words

MAX_ADDRESSES: Final = 200
_MOST_FIELDS: Final = 20
_STRICT: Final = re.compile(r"(?:[^\s@<>()\[\]\\,;:\"]{1,64}|\"[^\"\\\s<>]{1,62}\")@[^\W_](?:[\w.-]{0,251}[^\W_])?|"
                            r"[^\s@<>()\[\]\\,;:\"]{1,64}@\[[0-9A-Fa-f.:IPv]{3,45}\]")  # fmt: skip
#: What no reader shows: it may not decide who somebody is.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
#: Words, and one address behind them, whatever became of its brackets.
_LONE: Final = re.compile(r"[^@<>()\\,;:]*<?[^\s@<>()\\,;:\"]+@[^\s@<>()\\,;:\"]+>?\s*")
#: Stands for an @ inside quotes while a line is taken apart.
_SHIELD: Final = "\ue000"
_LOOSE: Final = re.compile(r"[^\s@<>()\[\],;:\"']{1,200}@[^\s@<>()\[\],;:\"']{1,255}")
#: A quoted local part with blanks in it: allowed, shown, never trusted.
_BLANK_LOCAL: Final = re.compile(r"\"[^\"\\<>]{1,62}\"@[\w.-]{1,253}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailboxes:
    """What an address header names. `is_plain` says that nothing in it was ambiguous: no group, no torn syntax.

    `is_cut` says that there was more than is read.
    """

    found: tuple[Address, ...]
    is_plain: bool
    is_cut: bool = False


def read(values: Sequence[bytes]) -> Mailboxes:
    """Return the mailboxes of all fields of one name, in order (at most 200)."""
    found: list[Address] = []
    plain = len(values) <= 1
    for raw in values[:_MOST_FIELDS]:
        text = charsets.decode(raw)
        part = _line(charsets.clean_line(text).replace(_SHIELD, ""))
        found += part.found
        plain = plain and part.is_plain and not _CONTROLS.search(text)
    is_cut = len(found) > MAX_ADDRESSES or len(values) > _MOST_FIELDS
    return Mailboxes(found=tuple(found[:MAX_ADDRESSES]), is_plain=plain, is_cut=is_cut)


def sender_of(values: Sequence[bytes]) -> Address | None:
    """Return who wrote: the one mailbox of the one From field, else None (faults.md finding 8)."""
    boxes = read(values)
    if len(values) != 1 or len(boxes.found) != 1 or not boxes.is_plain:
        return None
    return boxes.found[0] if _is_strict(boxes.found[0]) else None


def author_of(values: Sequence[bytes]) -> Address | None:
    """Return whom a From may be told to name where `sender_of` is nobody; it grants nothing.

    That is the first of a list of mailboxes that is well written, the one mailbox that several fields repeat, the only
    address that there is, or a name without one. Where two readers could see two people in it, nobody is named.
    """
    found = read(values).found
    if len(found) == 1 and not found[0].address:
        return found[0]
    is_clear = all(read([value]).is_plain for value in values) and all(map(_is_strict, found))
    is_one = len({each.key for each in found}) == 1
    is_list = len(values) == 1 and len(found) > 1
    if is_clear and (is_list or (len(values) > 1 and is_one)):
        return found[0]
    return lone_author(values)


def lone_author(values: Sequence[bytes]) -> Address | None:
    """Return the one address of a From that is badly written and holds no other: "Ann Lee ann@client.example"."""
    found = read(values).found
    if len(values) != 1 or len(found) != 1 or not _is_strict(found[0]):
        return None
    line = words(charsets.decode(values[0]))
    return found[0] if _LONE.fullmatch(line) and not _CONTROLS.search(line) else None


def _is_strict(box: Address) -> bool:
    is_seen = charsets.without_invisible(box.address) == box.address and "\ufffd" not in box.address
    return is_seen and _STRICT.fullmatch(box.address) is not None


@dataclass(slots=True)
class _Chunk:
    """What stands between two commas, sorted into words, angle brackets and comments."""

    words: str
    angles: list[str]
    comments: list[str]
    torn: bool = False


def _line(text: str) -> Mailboxes:
    chunks, plain = _chunks(text)
    found: list[Address] = []
    carried = ""
    for chunk in chunks:
        if not chunk.angles and "@" not in chunk.words:
            carried = f"{carried}, {chunk.words}".strip(", ") if chunk.words.strip() else carried
            if "=?" in chunk.words:
                whole = charsets.clean_line(words(chunk.words))
                if "@" in whole and (loose := _LOOSE.search(whole)):
                    found.append(Address(address=loose[0], name=_name(whole[: loose.start()])))
                    plain, carried = False, ""
            continue
        addresses, is_plain = _of_chunk(chunk, carried)
        plain = plain and is_plain
        found += addresses
        carried = ""
    if carried and not found:  # a name and nothing else: shown, never trusted
        found.append(Address(address="", name=_name(carried)))
        plain = False
    return Mailboxes(found=tuple(found), is_plain=plain and not carried)


def _of_chunk(chunk: _Chunk, carried: str) -> tuple[list[Address], bool]:
    plain = not chunk.torn
    before = f"{carried}, {chunk.words}" if carried else chunk.words
    if chunk.angles:
        good = [spec for angle in chunk.angles if (spec := _spec(angle))]
        if not good and (loose := _LOOSE.search(chunk.words)):
            return [Address(address=loose[0].rstrip("."))], False
        name = _name(before.rstrip(" >")) or _name(" ".join(chunk.comments))
        return [Address(address=spec, name=name) for spec in good] or [Address(address="", name=name)], (
            plain and len(chunk.angles) == 1 and len(good) == 1
        )
    spec = _spec(chunk.words)
    if _STRICT.fullmatch(spec):
        return [Address(address=spec, name=_name(" ".join(chunk.comments)) or _name(carried))], plain and not carried
    several = [item.rstrip(".") for item in _LOOSE.findall(chunk.words) or _BLANK_LOCAL.findall(chunk.words)]
    name = _name(chunk.words[: chunk.words.find(several[0])].rstrip(" [(")) if several else ""
    return [Address(address=item, name=name) for item in several], plain and len(
        several
    ) == 1 and not chunk.words.count("@") > 1


def _spec(text: str) -> str:
    """Return the bare address of an addr-spec: no blanks around dots and @, no source route, no quotes around all."""
    text = charsets.clean_line(text).strip().strip("'").strip()
    text = re.sub(r"^(?:mailto:)+", "", text, flags=re.IGNORECASE)
    if text.startswith("@") and ":" in text:  # source route (RFC 5322 §4.4)
        text = text.rpartition(":")[2]
    text = re.sub(r" ?([@.]) ?", r"\1", text)
    if text.startswith('"') and text.endswith('"') and "@" in text:
        text = text[1:-1]
    if "=?" in text:
        text = charsets.clean_line(words(text))
    return text.rstrip(".").strip() if "@" in text else ""


def _name(text: str) -> str:
    text = charsets.clean_line(words(text)).strip(" ,")
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text.strip(" ,")[:300]


def _chunks(text: str) -> tuple[list[_Chunk], bool]:  # noqa: C901, PLR0912, PLR0915 - one scan over the characters, linear
    """Split at the commas that separate mailboxes. Also says whether the line had no group and no torn quotes."""
    chunks: list[_Chunk] = []
    current = _Chunk("", [], [])
    buffer: list[str] = []
    plain, position, end = True, 0, len(text)

    def close() -> None:
        nonlocal current, buffer
        current.words = "".join(buffer).strip()
        if current.words or current.angles:
            chunks.append(current)
        current, buffer = _Chunk("", [], []), []

    while position < end and len(chunks) <= MAX_ADDRESSES:
        char = text[position]
        if char == '"':
            stop = position + 1
            while stop < end and text[stop] != '"':
                stop += 2 if text[stop] == "\\" else 1
            if stop >= end:
                plain = False
                buffer.append(text[position + 1 : position + 1 + 300])
                following = text.find("<", position)
                position = following if following >= 0 else end
                continue
            inside = re.sub(r"\\(.)", r"\1", text[position + 1 : stop])
            quoted_local = text[stop + 1 : stop + 2] == "@"
            # What is quoted is a name, whatever it looks like: its @ and commas separate nothing.
            buffer.append(f'"{inside}"' if quoted_local else inside.replace("@", _SHIELD))
            position = stop + 1
        elif char == "(":
            depth, stop = 1, position + 1
            while stop < end and depth:
                depth += {"(": 1, ")": -1}.get(text[stop], 0)
                stop += 2 if text[stop] == "\\" else 1
            if depth:
                plain = False
            if "@" in "".join(buffer) and re.match(r"\s*[^\s,;<]", text[stop:]):
                current.torn = True
            current.comments.append(text[position + 1 : stop - 1])
            position = stop
        elif char == "<":
            stop = text.find(">", position)
            if stop < 0:
                stop, plain = end, False
            current.angles.append(re.sub(r"\([^()]*\)", "", text[position + 1 : stop]).rpartition("<")[2])
            if "<" in text[position + 1 : stop]:
                plain = False
            position = stop + 1
        elif char in ",;":
            close()
            position += 1
        elif char == ":" and "@" not in "".join(buffer) and not current.angles:
            if "".join(buffer).strip().lower() != "mailto":
                plain = False  # a group: shown, never trusted
            buffer = []
            position += 1
        else:
            buffer.append(char)
            position += 1
    close()
    for chunk in chunks:
        if chunk.angles and _SHIELD in chunk.words:
            chunk.words = chunk.words.replace(_SHIELD, "@")
        elif _SHIELD in chunk.words:  # a quoted address without brackets: the address itself
            chunk.words = chunk.words.replace(_SHIELD, "@")
            chunk.torn = True
    return chunks, plain
