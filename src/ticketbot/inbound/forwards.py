"""Mails that pass on another one: by the lines that programs set over it, by a block of labels, or as a file."""

from collections.abc import Sequence
from typing import Final

from ticketbot.inbound.dialects import FORWARDED, RULERS
from ticketbot.inbound.history import (
    PLAIN_QUOTED,
    QUOTED,
    history_begins,
    is_header_block,
    is_original_line,
    label_of,
    may_introduce,
)

_LOOKED_AT: Final = 2000


def passes_on(text: str, *, follows: bool, holds_mails: bool) -> bool:
    """Return whether a mail passes on another one, by its form alone.

    *follows* says that it names mails that it follows: then only a forward's own line counts, for answers may hold
    nothing but a block of labels, too. *holds_mails*: others are attached to it; without any words, they are the mail.
    """
    lines = text.split("\n", _LOOKED_AT)[:_LOOKED_AT]
    if forward_begins(lines) is not None:
        return True
    return not follows and (_is_bare_block(lines) or (holds_mails and not text.strip()))


def forward_begins(lines: Sequence[str]) -> int | None:
    """Return the line from which on another mail is passed on, or None: neither quotes nor history count."""
    for number, line in enumerate(lines):
        if ">" in line[:8] and QUOTED.match(line):
            if not _is_quoted_forward(lines, number):
                return None
        elif not is_forward_line(line):
            continue
        return number if history_begins(lines[:number]) == number else None
    return None


def is_forward_line(line: str) -> bool:
    """Return whether a line says that what follows was passed on: between rulers, or as Apple's programs begin it."""
    if not line or not (line[0] in RULERS or line[-1] in RULERS):
        return False
    bare = line.strip(RULERS)
    return 3 < len(bare) < 80 and FORWARDED.fullmatch(bare) is not None


def passed_on(lines: list[str], start: int) -> list[str]:
    """Return a bare forward's own text: what follows the block of labels that begins on or below line *start*.

    Where that does not begin with a word, the block stays above it: another's "#close" must not look like an order
    of the one who passed it on.
    """
    position = start
    while position < len(lines) and (not lines[position].strip() or position < start + 12):
        if not lines[position].strip() and any(line.strip() for line in lines[start:position]):
            break
        position += 1
    first = next((line.strip() for line in lines[position:] if line.strip()), "")
    return lines[position:] if first[:1].isalnum() else lines


def _is_quoted_forward(lines: Sequence[str], number: int) -> bool:
    """Return whether a quote is a forward as Apple's programs set it: "> Begin forwarded message:", then labels.

    In an answer the line that introduces the quote stands over it.
    """
    above = next((line for line in reversed(lines[:number]) if line.strip()), "")
    if may_introduce(above) or not is_forward_line(lines[number].lstrip("> ")):
        return False
    block = [line for line in lines[number + 1 : number + 7] if line.strip("> ")]
    return all(PLAIN_QUOTED.match(line) for line in block) and sum(label_of(line) is not None for line in block) > 1


def _is_bare_block(lines: Sequence[str]) -> bool:
    """Return whether the very first thing is a program's block of labels, with a mail below it."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return False
    begins = first + 1 if is_original_line(lines[first]) else first
    while begins < len(lines) and not lines[begins].strip(RULERS):
        begins += 1
    return begins < len(lines) and is_header_block(lines, begins, is_ruled=begins > first)
