"""A TOML text, and the line on which each of its values stands."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from ticketbot.domain.errors import ConfigurationError

Place: TypeAlias = tuple[str | int, ...]
Table: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, where it stands, and what to do about it."""

    where: str
    what: str

    @property
    def sentence(self) -> str:
        """Return the whole sentence."""
        return f"{self.where}: {self.what}"


class Misconfigured(ConfigurationError):
    """A configuration file is wrong; `problems` names every fault that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep all problems; the first is the message."""
        self.problems = tuple(problems)
        more = len(self.problems) - 1
        super().__init__(self.problems[0].sentence + (f" (and {more} more)" if more else ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A TOML document and the line on which each of its values stands."""

    name: str
    data: Table
    lines: Mapping[Place, int]

    def where(self, place: Place) -> str:
        """Return 'desk.toml line 7' for a value, or for the nearest table around a missing one."""
        for length in range(len(place), 0, -1):
            if line := self.lines.get(place[:length]):
                return f"{self.name} line {line}"
        return self.name


def read_document(path: Path) -> Document:
    """Return the document at *path*; an unreadable file or wrong syntax is a `Misconfigured`."""
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise Misconfigured([Problem(where=str(path), what=f"cannot be read ({error.strerror})")]) from error
    except UnicodeDecodeError as error:
        raise Misconfigured([Problem(where=str(path), what="is not UTF-8 text; save it as UTF-8")]) from error
    return parse_document(text, name=path.name)


def parse_document(text: str, *, name: str) -> Document:
    """Return the document in *text*."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, line = _syntax(str(error), text)
        raise Misconfigured([Problem(where=f"{name} line {line}", what=what)]) from error
    return Document(name=name, data=data, lines=_Scanner(text).scan())


def _syntax(message: str, text: str) -> tuple[str, int]:
    """Return a plain sentence and the line for a syntax error of tomllib."""
    match = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(match[1]) if match else text.count("\n") + 1
    row = (text.splitlines() or [""])[min(line, text.count("\n") + 1) - 1 :][:1]
    for day in re.findall(r"\b\d{4}-\d\d-\d\d\b", row[0] if row else ""):
        if not _is_day(day):
            return f"{day} is no day of the calendar; write one that exists, such as {day[:8]}01", line
    said = re.sub(r"\s*\(at .*\)$", "", message)
    return f"is not TOML here: {said[:1].lower()}{said[1:]}; text stands in quotes, a list in [ ]", line


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class _Scanner:
    """Finds the line of each key in a document that tomllib has accepted."""

    BLANK = re.compile(r"(?:\s|#[^\n]*)*")
    KEY = re.compile(r"""[\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""", re.ASCII)
    TEXT = re.compile(
        r'''"""(?:\\.|[^\\])*?"""(?:"{1,2}(?!"))?|\'\'\'.*?\'\'\'(?:'{1,2}(?!'))?'''
        r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'""",
        re.DOTALL,
    )
    BARE = re.compile(r"[^,\]}#\n]*")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Place, int] = {}
        self.arrays: dict[Place, int] = {}

    def scan(self) -> dict[Place, int]:
        prefix: Place = ()
        while self.skip():
            if self.text.startswith("[", self.at):
                prefix = self.header()
            else:
                self.pair(prefix)
        return self.lines

    def skip(self) -> bool:
        """Go to the next sign; tell whether there is one."""
        blank = self.BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at < len(self.text)

    def header(self) -> Place:
        repeated = self.text.startswith("[[", self.at)
        self.at += 2 if repeated else 1
        line = self.line()
        place: Place = ()
        keys = self.keys()
        for index, key in enumerate(keys):
            place = (*place, key)
            self.lines.setdefault(place, line)
            if repeated and index == len(keys) - 1:
                self.arrays[place] = self.arrays.get(place, -1) + 1
            if place in self.arrays:
                place = (*place, self.arrays[place])
        self.lines.setdefault(place, line)
        self.at += 2 if repeated else 1
        return place

    def pair(self, prefix: Place) -> None:
        line = self.line()
        place = prefix
        for key in self.keys():
            place = (*place, key)
            self.lines.setdefault(place, line)
        self.at += 1  # the equals sign
        self.value(place)

    def keys(self) -> list[str]:
        found: list[str] = []
        while True:
            self.skip()
            match = self.KEY.match(self.text, self.at)
            if match is None:  # pragma: no cover - tomllib accepted the text
                raise AssertionError(self.text[self.at : self.at + 20])
            self.at = match.end()
            raw = match[0]
            found.append(str(tomllib.loads(f"k = {raw}")["k"]) if raw[0] in "\"'" else raw)
            self.skip()
            if not self.text.startswith(".", self.at):
                return found
            self.at += 1

    def value(self, place: Place) -> None:
        self.skip()
        self.lines.setdefault(place, self.line())
        match self.text[self.at]:
            case "[":
                self.inside("]", lambda index: self.value((*place, index)))
            case "{":
                self.inside("}", lambda _: self.pair(place))
            case '"' | "'":
                text = self.TEXT.match(self.text, self.at)
                self.at = text.end() if text else len(self.text)
            case _:
                bare = self.BARE.match(self.text, self.at)
                self.at = bare.end() if bare else len(self.text)

    def inside(self, closing: str, each: Callable[[int], None]) -> None:
        self.at += 1
        index = 0
        while self.skip() and self.text[self.at] != closing:
            each(index)
            index += 1
            if self.skip() and self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def line(self) -> int:
        return bisect_right(self.breaks, self.at - 1) + 1
