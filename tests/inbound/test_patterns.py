"""No pattern runs away: each is asked of lines that nearly match it, made from its own words and repetitions."""

import importlib
import re
import time
from collections.abc import Callable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]  # how a pattern is built, to hold it against itself
from typing import Any

import pytest

Asking = Callable[..., object]
MODULES = (
    "answers", "authentication", "body", "charsets", "describe", "dialects", "encodings", "forwards", "headers",
    "history", "invites", "known", "machine", "people", "phrases", "quotes", "reports", "signatures", "structured",
    "text", "walk", "parse",
)  # fmt: skip
#: A piece of what a pattern may be given: what runs away takes a second for it, any other some thousandths.
SIZE = 8 * 1024
LINE = 500
SECONDS = 0.2
#: Those whose patterns are asked of whole texts; the others get lines of 500 characters.
OF_TEXTS = frozenset(("encodings", "headers", "machine", "phrases", "reports", "text", "walk"))
#: In those modules, patterns that are asked of one address or one header line.
OF_LINES = frozenset(("_DAEMON", "_LIKE_AN_ID", "_STRONG_DAEMON"))
#: Those that are only asked whether they match where something begins.
AT_THE_BEGINNING = frozenset(("GREETING", "_FOLDED", "_LIKE_AN_ID", "_LONE"))


def patterns() -> Iterator[Any]:
    seen = set()
    for name in MODULES:
        module = importlib.import_module(f"ticketbot.inbound.{name}")
        for label, value in sorted(vars(module).items()):
            if isinstance(value, re.Pattern) and value not in seen:
                seen.add(value)
                is_of_text = name in OF_TEXTS and label not in OF_LINES
                asking = value.match if label in AT_THE_BEGINNING else value.search
                yield pytest.param(value, asking, is_of_text, id=f"{name}.{label}")


def pieces(tree: Any) -> Iterator[tuple[str, str]]:  # noqa: C901 - the parser's own untyped tree
    """Yield ("word", a run of letters) and ("run", a character that may be repeated) for a parsed pattern."""
    word = ""
    for code, value in tree:
        if code is _constants.LITERAL:
            word += chr(value)
            continue
        if len(word) > 1:
            yield "word", word
        word = ""
        if code in {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}:
            _, most, inner = value
            if most > 1 and (char := one_of(inner)):
                yield "run", char
            yield from pieces(inner)
        elif code is _constants.SUBPATTERN:
            yield from pieces(value[-1])
        elif code is _constants.BRANCH:
            for branch in value[1]:
                yield from pieces(branch)
        elif code in {_constants.ASSERT, _constants.ASSERT_NOT}:
            yield from pieces(value[1])
    if len(word) > 1:
        yield "word", word


def one_of(inner: Any) -> str:
    """Return a character that a repeated piece takes."""
    taken = re.compile(inner.state.str) if len(inner) != 1 else None
    if taken is not None:
        return ""
    code, value = inner[0]
    if code is _constants.LITERAL:
        return chr(value)
    if code is _constants.IN:
        for kind, what in value:
            if kind is _constants.LITERAL:
                return chr(what)
            if kind is _constants.RANGE:
                return chr(what[0])
            if kind is _constants.CATEGORY:
                return " " if what is _constants.CATEGORY_SPACE else "7" if what is _constants.CATEGORY_DIGIT else "b"
    return "b"


def half_matches(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Yield lines that begin as the pattern wants and then do not go on: its words, its repetitions, both."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    found = list(dict.fromkeys(pieces(_parser.parse(source, pattern.flags & ~re.UNICODE & ~re.DEBUG))))
    words = [text for kind, text in found if kind == "word"]
    runs = list(dict.fromkeys([*(text for kind, text in found if kind == "run"), " ", "-", "a", "7"]))
    for run in runs[:8]:
        yield run * 60 + "x" * 59
        yield (run * 59 + "~ ") * 8
        yield run * LINE
        yield "=" + run * SIZE
    for word in words[:6] + words[-3:]:
        yield f"{word} " * (LINE // (len(word) + 1))
        yield word + "x" * 110
        for run in runs[:4]:
            yield run * 40 + word + run * 400


@pytest.mark.parametrize(("pattern", "asking", "is_of_text"), list(patterns()))
def test_no_pattern_runs_away_on_lines_that_nearly_match(
    pattern: re.Pattern[Any], asking: Asking, *, is_of_text: bool
) -> None:
    for line in half_matches(pattern):
        took = cost(pattern, asking, line, is_of_text=is_of_text)

        assert took < SECONDS, repr(line[:70])


def cost(pattern: re.Pattern[Any], asking: Asking, line: str, *, is_of_text: bool) -> float:
    """Return the seconds of CPU that a search of such lines costs."""
    text = f"{line}\n" * (SIZE // (len(line) + 1) or 1) if is_of_text else line[:LINE]
    asked = text if isinstance(pattern.pattern, str) else text.encode("utf-8")
    began = time.process_time()
    for _ in range(1 if is_of_text else SIZE // LINE):
        asking(asked)
    return time.process_time() - began


@pytest.mark.parametrize(
    "runaway",
    [
        re.compile(r"^[ >*-]{0,40}(?:a|-{3,60}|={3,60}).{0,60}(?:original|copy of|unsent|transcript)", re.MULTILINE),
    ],
)
def test_a_pattern_that_runs_away_would_be_found(runaway: re.Pattern[Any]) -> None:
    usual = re.compile(r"^-- ?$|original message", re.MULTILINE)
    worst = max(cost(runaway, runaway.search, line, is_of_text=True) for line in quick(half_matches(runaway)))

    assert worst > 10 * max(cost(usual, usual.search, line, is_of_text=True) for line in half_matches(usual))


def quick(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines without those that a runaway needs hours for."""
    return (line for line in lines if len(line) <= LINE)
