"""What the sender newly wrote: without history and signature. Line by line, linear in time; in doubt it shows more.

The whole text is always kept beside it: what is cut here is folded away, never lost.
"""

import itertools
from collections.abc import Sequence
from typing import Final

from ticketbot.inbound import text as texts
from ticketbot.inbound.dialects import ADDRESS, RULERS, WHEN, WROTE
from ticketbot.inbound.forwards import forward_begins, is_forward_line, passed_on
from ticketbot.inbound.history import (
    LOOKED_AT,
    PLAIN_QUOTED,
    QUOTED,
    attribution_start,
    history_begins,
    is_attribution,
    is_header_block,
    is_original_line,
    is_torn_end,
    label_of,
    may_introduce,
    names_speaker,
    quote_follows,
)
from ticketbot.inbound.signatures import EXACT_MARK, trimmed, without_banners, without_signature

#: Stored with the result, so that a better reading can find what an older one cut.
VERSION: Final = 4

_MAX_LINES: Final = 10_000


def new_text(marked: str, *, is_reply: bool = True, is_forward: bool = False) -> str:
    """Return what the sender newly wrote, from a body as `Body.text()` gives it (marks still in).

    *is_reply* says whether headers or subject make it an answer: in a first mail a quote at the end that nothing
    introduces is the sender's own matter and stays. *is_forward* says that the subject makes it a forward: what was
    passed on is what the sender wants read, whatever its form.
    """
    lines = _lines(marked, is_forward=is_forward)
    if len(lines) > _MAX_LINES:
        return texts.unmarked(marked).strip()
    whole = "\n".join(lines)
    kept = _newly_written(without_banners(lines), is_reply=is_reply, is_forward=is_forward)
    while kept and not kept[0].strip():
        kept.pop(0)
    shown = "\n".join(kept).rstrip() if _says_something(kept) else whole.strip("\n").rstrip()
    return shown.replace(f"\n{EXACT_MARK}\n", "\n--\n")


# --- the parts ------------------------------------------------------------------------------------------------------


def _says_something(kept: list[str]) -> bool:
    """Return whether anything is left but the first line of a block of labels with the ruler over it."""
    said = [line for line in kept if line.strip()]
    return bool(said) and not (is_original_line(said[0]) and all(label_of(line) for line in said[1:]))


def _lines(marked: str, *, is_forward: bool) -> list[str]:
    shown = texts.unmarked(marked) if is_forward else _without_marked(marked)
    return [line if line == EXACT_MARK else line.rstrip() for line in shown.split("\n")]


def _newly_written(lines: list[str], *, is_reply: bool, is_forward: bool) -> list[str]:
    forward = forward_begins(lines)
    bare = _bare_forward(lines, forward, is_forward=is_forward)
    if bare is not None:
        return passed_on(lines, bare)
    if forward is not None or is_forward:
        return trimmed(lines) if is_forward else lines
    end = history_begins(lines, is_reply=is_reply)
    lines = lines[:end]
    lines = without_signature(lines, by_marks=True)
    lines = trimmed(_without_quotes(lines, is_reply=is_reply))
    return trimmed(without_signature(lines, by_marks=False))


def _bare_forward(lines: list[str], forward: int | None, *, is_forward: bool) -> int | None:
    """Return where the block of labels of a forward without own words begins, or None."""
    if forward is not None:
        return None if any(line.strip() for line in trimmed(lines[:forward])) else forward + 1
    if not is_forward:
        return None
    begins = next((number for number, line in enumerate(lines) if line.strip(RULERS)), 0)
    if is_original_line(lines[begins]):
        return begins + 1
    return begins if is_header_block(lines, begins, is_ruled=begins > 0) else None


def _without_marked(marked: str) -> str:
    """Take out what the sender's program marked as signature, and as a quote where it is not quoted by lines."""
    if texts.SIGNATURE_BEGINS not in marked and texts.QUOTE_BEGINS not in marked:
        return marked
    lines = marked.split("\n")
    without: list[str] = []
    depth = 0
    for line in lines:
        mark = line.strip("> ")
        if mark == texts.SIGNATURE_BEGINS:
            depth += 1
        elif mark == texts.SIGNATURE_ENDS:
            depth = max(0, depth - 1)
        elif not depth:
            without.append(line)
    if not any(line.strip("> \ue003\ue004") for line in without):
        without = [line for line in lines if line.strip("> ") not in {texts.SIGNATURE_BEGINS, texts.SIGNATURE_ENDS}]
    return texts.unmarked("\n".join(_without_marked_quotes(without)))


def _without_marked_quotes(lines: list[str]) -> list[str]:
    """Take out what introduces a quote inside a marked block, whatever its language: the quote is found by its ">".

    A marked block of nothing but labels, as Outlook sets it over history that is not quoted, ends the new text.
    """
    begin = next((n for n, line in enumerate(lines) if line.strip("> ") == texts.QUOTE_BEGINS), None)
    if begin is None or not any(line.strip("> \ue003\ue004") for line in lines[:begin]):
        return lines
    depth = 0
    for end in range(begin, len(lines)):
        depth += {texts.QUOTE_BEGINS: 1, texts.QUOTE_ENDS: -1}.get(lines[end].strip("> "), 0)
        if not depth:
            break
    inside = [line for line in lines[begin + 1 : end] if line.strip("> \ue003\ue004")]
    head = list(itertools.takewhile(lambda line: not PLAIN_QUOTED.match(line), inside))
    if any(is_forward_line(line) for line in head) or not 0 < len(head) <= 8:
        return lines
    if all(":" in line or "\uff1a" in line for line in head) and 3 <= len(head) == len(inside):
        return lines[:begin]
    if len(head) < len(inside) and len(head) <= 4 and all(PLAIN_QUOTED.match(line) for line in inside[len(head) :]):
        dropped = set(head)
        return [line for n, line in enumerate(lines) if not (begin < n < end and line in dropped)]
    return lines


def _without_quotes(lines: list[str], *, is_reply: bool) -> list[str]:
    """Take out quoted lines where they are history; keep them where answers stand between them."""
    quoted = _quoted_lines(lines)
    introductions = _introductions(lines, quoted)
    gone = set(introductions)
    runs = _runs(lines, quoted, gone)
    written = [n for n, line in enumerate(lines) if n not in quoted and n not in gone and line.strip()]
    if not written:
        return lines if not introductions else [line for n, line in enumerate(lines) if n not in gone]
    first, last = written[0], written[-1]
    inner = [run for run in runs if run[0] > first and run[1] < last]
    leading = [run for run in runs if run[1] < first]
    interleaved = bool(inner)
    drop = set(gone)
    for begin, end in runs:
        is_history = is_reply and not _is_presented(lines, begin)
        trailing = begin > last and (is_history or bool(introductions) or _introduces_itself(lines, begin))
        if trailing or ((begin, end) in leading and introductions and not interleaved):
            drop.update(range(begin, end + 1))
    return [line for number, line in enumerate(lines) if number not in drop]


def _is_presented(lines: Sequence[str], begin: int) -> bool:
    """Return whether the sender's own line presents what is quoted below it: "The page says:"."""
    above = next((line.strip() for line in reversed(lines[:begin]) if line.strip()), "")[-LOOKED_AT:]
    return above.endswith((":", "\uff1a")) and not (WHEN.search(above) or ADDRESS.search(above) or WROTE.search(above))


def _introduces_itself(lines: Sequence[str], begin: int) -> bool:
    """Return whether a quote begins with "On … Ann wrote:" or a block of labels of its own."""
    head = [line.strip("> ") for line in lines[begin : begin + 8]]
    return (
        any(is_attribution(line[:LOOKED_AT]) for line in head) or sum(label_of(line) is not None for line in head) > 1
    )


def _quoted_lines(lines: Sequence[str]) -> set[int]:
    plain = {n for n, line in enumerate(lines) if PLAIN_QUOTED.match(line) and not is_torn_end(lines, n)}
    initials = {number for number, line in enumerate(lines) if number not in plain and QUOTED.match(line)}
    return plain | {n for n in initials if n - 1 in initials or n + 1 in initials}


def _introductions(lines: Sequence[str], quoted: set[int]) -> list[int]:
    """Return the lines of "On … wrote:" that stand over quoted lines."""
    out: list[int] = []
    for number, line in enumerate(lines):
        if number not in quoted and may_introduce(line) and quote_follows(lines, number):
            start = attribution_start(lines, number)
            if start is None and number + 1 in quoted and names_speaker(line):
                start = number
            if start is not None:
                out.extend(range(start, number + 1))
    return out


def _runs(lines: Sequence[str], quoted: set[int], gone: set[int]) -> list[tuple[int, int]]:
    """Return first and last line of every run of quoted lines; blank lines between them do not end a run."""
    runs: list[tuple[int, int]] = []
    for number in sorted(quoted - gone):
        if runs and all(not line.strip() for line in lines[runs[-1][1] + 1 : number]):
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
