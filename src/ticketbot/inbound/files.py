"""Mails in files: `.eml`, folders of them, mbox and Maildir."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ticketbot.domain.errors import NotFound

_SKIPPED_SUFFIXES: Final = frozenset((".json", ".jsonl", ".txt", ".md", ".toml", ".db", ".py", ".sh", ".csv", ".html"))


def mails_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name (without folder) and bytes of every mail at *path*, in the order of the names.

    A folder with `cur` and `new` is a Maildir; any other is walked for mail files. A file that begins with an mbox
    line is an mbox, unless its name ends in `.eml`. Raises NotFound where nothing is there.
    """
    if not path.exists():
        raise NotFound(f"There is no file or folder {path}; name a mail, an mbox, a Maildir or a folder of mails.")
    if path.is_file():
        yield from _in_file(path)
    elif (path / "cur").is_dir() or (path / "new").is_dir():
        found = [item for part in ("cur", "new") for item in (path / part).glob("*") if item.is_file()]
        for item in sorted(found, key=lambda item: item.name):
            yield item.name, item.read_bytes()
    else:
        for item in sorted(item for item in path.iterdir() if not item.name.startswith(".")):
            if item.is_dir():
                yield from mails_in(item)
            elif item.suffix.lower() not in _SKIPPED_SUFFIXES:
                yield from _in_file(item)


def _in_file(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        is_mbox = path.suffix.lower() != ".eml" and file.read(5) == b"From "
    if is_mbox:
        yield from _in_mbox(path)
    else:
        yield path.name, path.read_bytes()


def _in_mbox(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the mails of an mbox, named by their number; a line "From " after an empty line begins the next one."""
    number = 0
    lines: list[bytes] = []
    after_blank = True
    with path.open("rb") as file:
        for line in file:
            if after_blank and line.startswith(b"From ") and (number == 0 or _begins_mail(line)):
                if number:
                    yield f"{path.name}:{number}", _joined(lines)
                number += 1
                lines = []
            else:
                lines.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
            after_blank = not line.strip()
    if number:
        yield f"{path.name}:{number}", _joined(lines)


def _begins_mail(line: bytes) -> bool:
    """Return whether an mbox line has its usual form: "From address weekday month …" with a time of day."""
    return b":" in line and any(piece.isdigit() for piece in line.split())


def _joined(lines: list[bytes]) -> bytes:
    """Return the mail without the empty line that the mbox put behind it."""
    if len(lines) > 1 and not lines[-1].strip():
        lines = lines[:-1]
    return b"".join(lines)
