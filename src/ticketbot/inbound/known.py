"""Our own words in a mail that came back: cut where nothing marks them, found because we know what we sent."""

import re
from collections.abc import Iterable
from typing import Final

from ticketbot.inbound.dialects import ADDRESS, WHEN

_LONGEST: Final = 64 * 1024
_MAX_LINES: Final = 400
#: What is shorter could be anybody's: "Thank you!" stands in our letters and in theirs.
_SHORTEST: Final = 30
_MARKS: Final = re.compile(r"[\s>|\u200b\u200e\u200f]+")


def without_ours(new_text: str, ours: Iterable[str]) -> str:
    """Return what the sender newly wrote, without a copy of one of *ours* at its end or its beginning.

    *ours* are the texts of letters that we sent in this conversation. The copy may be wrapped anew, but is whole in
    itself: lines that answer inside it keep it all. Where nothing else would be left, nothing is cut.
    """
    lines = new_text.split("\n")
    if len(lines) > _MAX_LINES:
        return new_text
    for text in ours:
        known = _flat(text[:_LONGEST])
        if len(known) >= _SHORTEST:
            lines = _without_end(lines, known)
            lines = _without_end(lines[::-1], known, upwards=True)[::-1]
    return "\n".join(lines).strip("\n")


def _without_end(lines: list[str], known: str, *, upwards: bool = False) -> list[str]:
    """Return the lines before the longest run at the end that stands in *known*, word for word."""
    start, run = len(lines), ""
    for number in range(len(lines) - 1, -1, -1):
        words = _flat(lines[number])
        grown = " ".join((run, words) if upwards else (words, run)).strip() if words else run
        if words and f" {grown} " not in f" {known} ":
            break
        start, run = number, grown
    if len(run) < _SHORTEST or (upwards and not known.endswith(run)):
        return lines
    kept = lines[:start]
    while kept and not kept[-1].strip():
        kept.pop()
    if not upwards and len(kept) > 1 and _introduces(kept[-1]):
        kept.pop()
    is_answered_inside = any(len(words := _flat(line)) >= _SHORTEST and words in known for line in kept)
    return kept if not is_answered_inside and any(line.strip() for line in kept) else lines


def _introduces(line: str) -> bool:
    """Return whether a line ends as one that introduces a quote, in whatever language: who or when, and a colon."""
    bare = line.strip()
    return bare.endswith((":", "\uff1a")) and bool(WHEN.search(bare) or ADDRESS.search(bare))


def _flat(text: str) -> str:
    return _MARKS.sub(" ", text).strip().casefold()
