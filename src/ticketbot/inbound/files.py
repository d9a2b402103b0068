"""Mails in files: `.eml`, folders of them, mbox, Maildir, and whatever else can be read, such as a pipe."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from ticketbot.domain.errors import NotFound

#: The path that means standard input.
STANDARD_INPUT: Final = Path("-")
_SKIPPED_SUFFIXES: Final = frozenset((".json", ".jsonl", ".txt", ".md", ".toml", ".db", ".py", ".sh", ".csv", ".html"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A mail in a file: its name without folder and its bytes, or why they cannot be read."""

    name: str
    raw: bytes = b""
    error: str | None = None


def is_there(path: Path) -> bool:
    """Return whether a path names something: a link to nothing and what may not be looked at count."""
    try:
        return path == STANDARD_INPUT or path.is_symlink() or path.exists()
    except OSError:
        return True


def mails_in(path: Path) -> Iterator[Found]:
    """Yield every mail at *path*, in the order of the names; what cannot be read is found with its error.

    A folder with `cur` and `new` is a Maildir; any other is walked for mail files, and pipes or devices in it are
    none. What is named itself is read if it is no folder, whatever it is. A file that begins with an mbox line is an
    mbox, unless its name ends in `.eml`. Raises NotFound where nothing is there.
    """
    if not is_there(path):
        raise NotFound(f"There is no file or folder {path}; name a mail, an mbox, a Maildir or a folder of mails.")
    yield from _at(path, above=frozenset())


def _at(path: Path, *, above: frozenset[Path]) -> Iterator[Found]:
    try:
        if path == STANDARD_INPUT or not path.is_dir():
            yield from _in_file(path)
        elif (home := path.resolve()) not in above:  # a link may lead back up
            yield from _in_folder(path, above=above | {home})
    except OSError as error:
        yield Found(name=path.name, error=f"could not be read: {error.strerror or type(error).__name__}")


def _in_folder(path: Path, *, above: frozenset[Path]) -> Iterator[Found]:
    if (path / "cur").is_dir() or (path / "new").is_dir():
        found = [item for part in ("cur", "new") for item in _entries(path / part) if not item.is_dir()]
        for item in sorted(found, key=lambda item: item.name):
            yield from _whole(item)
        return
    for item in sorted(_entries(path)):
        if item.is_dir() or (_is_file(item) and item.suffix.lower() not in _SKIPPED_SUFFIXES):
            yield from _at(item, above=above)


def _entries(folder: Path) -> list[Path]:
    return [item for item in folder.iterdir() if not item.name.startswith(".")] if folder.is_dir() else []


def _is_file(path: Path) -> bool:
    """Return whether a mail can be here: a link to nothing was meant to be one."""
    return path.is_file() or not path.exists()


def _whole(path: Path) -> Iterator[Found]:
    """Yield the one mail that a file of a Maildir is."""
    if not _is_file(path):
        return
    try:
        yield Found(name=path.name, raw=path.read_bytes())
    except OSError as error:
        yield Found(name=path.name, error=f"could not be read: {error.strerror or type(error).__name__}")


def _in_file(path: Path) -> Iterator[Found]:
    with nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else path.open("rb") as file:
        head = file.read(5)
        if path.suffix.lower() != ".eml" and head == b"From ":
            yield from _in_mbox(path.name, _lines(head, file))
        else:
            yield Found(name=path.name, raw=head + file.read())


def _lines(head: bytes, file: BinaryIO) -> Iterable[bytes]:
    """Return the lines of a file of which *head* was read: a pipe cannot be read twice."""
    return chain([head + file.readline()], file)


def _in_mbox(name: str, source: Iterable[bytes]) -> Iterator[Found]:
    """Yield the mails of an mbox, named by their number; a line "From " after an empty line begins the next one."""
    number = 0
    lines: list[bytes] = []
    after_blank = True
    for line in source:
        if after_blank and line.startswith(b"From ") and (number == 0 or _begins_mail(line)):
            if number:
                yield Found(name=f"{name}:{number}", raw=_joined(lines))
            number += 1
            lines = []
        else:
            lines.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
        after_blank = not line.strip()
    if number:
        yield Found(name=f"{name}:{number}", raw=_joined(lines))


def _begins_mail(line: bytes) -> bool:
    """Return whether an mbox line has its usual form: "From address weekday month …" with a time of day."""
    return b":" in line and any(piece.isdigit() for piece in line.split())


def _joined(lines: list[bytes]) -> bytes:
    """Return the mail without the empty line that the mbox put behind it."""
    if len(lines) > 1 and not lines[-1].strip():
        lines = lines[:-1]
    return b"".join(lines)
