"""What the sender newly wrote: without history and signature. Line by line, linear in time; in doubt it shows more.

The whole text is always kept beside it: what is cut here is folded away, never lost.
"""

import re
from collections.abc import Sequence
from typing import Final

from ticketbot.inbound import text as texts
from ticketbot.inbound.dialects import (
    ADDRESS,
    BANNER,
    CLOSING,
    DEVICE,
    DISCLAIMER,
    FORWARDED,
    KIND_OF_LABEL,
    LABEL,
    ORIGINAL,
    REPLY_ABOVE,
    RULERS,
    WHEN,
    WROTE,
)

#: Stored with the result, so that a better reading can find what an older one cut.
VERSION: Final = 1

_MAX_LINES: Final = 20_000
_LOOKED_AT: Final = 500
_SPAN: Final = 6
_LONGEST_SIGNATURE: Final = 31
_QUOTED: Final = re.compile(r"\s{0,3}>|\s{0,3}[A-Z]{1,3}> ?(?=\S|$)")
_PLAIN_QUOTED: Final = re.compile(r"\s{0,3}>")
_DELIMITER: Final = re.compile(r"\s*(?:[-_=*#~+\u2013\u2014]\s?){2,}\s*$|\s*ᐧ\s*$")
_RULE: Final = re.compile(r"\s*(?:_{5,}|-{5,}|={5,}|\*{5,}|~{5,})\s*$")
_SIGNATURE_MARK: Final = re.compile(r"\s{0,3}--\s?$")
_ENDS: Final = re.compile(
    r"[:\uff1a][\s\u200e\u200f]*[\]*_>-]{0,4}[\s\u200e\u200f]*$|(?:wrote|schrieb|écrit|escribió|escreveu|scritto|skrev|写道|寫道)[\s*_-]*$"
)
_PHONE: Final = re.compile(r"(?:\+|\(?0|\b\d{3}|\(\d)[\d\s()./\u2013-]{6,}\d")
_URL: Final = re.compile(r"(?:https?://|www\.)\S|\b[\w-]+\.(?:com|de|org|net|eu|fr|nl|ch|at|io|co)\b/?$", re.IGNORECASE)
_TORN_END: Final = re.compile(r"\s*>\s?(?:[^\W\d]{1,12}\s){0,3}[^\W\d]{0,12}\s?[:\uff1a]\s*$")
_ADDRESS_ENDS: Final = re.compile("[>)][\u200e\u200f\u202c ]{0,4}[:\uff1a]$")


def new_text(marked: str, *, is_reply: bool = True) -> str:
    """Return what the sender newly wrote, from a body as `Body.text()` gives it (marks still in).

    *is_reply* says whether headers or subject make it an answer: in a first mail a quote at the end that nothing
    introduces is the sender's own matter and stays.
    """
    lines = [line.rstrip() for line in _without_marked(marked).split("\n")]
    if len(lines) > _MAX_LINES:
        return texts.unmarked(marked).strip()
    whole = "\n".join(lines)
    kept = _newly_written(lines, is_reply=is_reply)
    while kept and not kept[0].strip():
        kept.pop(0)
    result = "\n".join(kept).rstrip()
    return result if result.strip() else whole.strip("\n").rstrip()


def is_forwarded(text: str, *, new_text: str) -> bool:
    """Return whether a body passes on another mail: it holds a forward's line, outside of any quote."""
    del new_text
    return any(_is_forward_line(line) for line in text.split("\n")[:2000] if not line.startswith(">"))


# --- the parts ------------------------------------------------------------------------------------------------------


def _newly_written(lines: list[str], *, is_reply: bool) -> list[str]:
    lines = _without_banners(lines)
    forward = next((n for n, line in enumerate(lines) if _is_forward_line(line)), None)
    if forward is not None and not any(_QUOTED.match(line) for line in lines[:forward]):
        before = _trimmed(lines[:forward])
        if any(line.strip() for line in before) and not _cut_at(lines[:forward]):
            return lines
        if not any(line.strip() for line in before):
            return _after_header_block(lines, forward + 1)
    end = _history_begins(lines)
    lines = lines[:end]
    lines = _without_signature(lines, by_marks=True)
    lines = _trimmed(_without_quotes(lines, is_reply=is_reply))
    return _trimmed(_without_signature(lines, by_marks=False))


def _is_forward_line(line: str) -> bool:
    """Return whether a line says that what follows was passed on: between rulers, or as Apple's programs begin it."""
    bare = line.strip(RULERS)
    return 5 < len(bare) < 80 and (bare != line or line.endswith(":")) and FORWARDED.fullmatch(bare) is not None  # noqa: PLR2004


def _is_original_line(line: str) -> bool:
    bare = line.strip(RULERS)
    ruled = line.strip()[:2].strip(RULERS) == ""
    return ruled and 3 < len(bare) < 60 and ORIGINAL.fullmatch(bare) is not None  # noqa: PLR2004


def _cut_at(lines: list[str]) -> bool:
    return _history_begins(lines) < len(lines)


def _after_header_block(lines: list[str], start: int) -> list[str]:
    """Return a bare forward's own text: what follows the block of labels."""
    position = start
    while position < len(lines) and (not lines[position].strip() or position < start + 12):
        if not lines[position].strip() and any(line.strip() for line in lines[start:position]):
            break
        position += 1
    rest = lines[position:]
    return rest if any(line.strip() for line in rest) else lines


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
    return texts.unmarked("\n".join(without))


def _without_banners(lines: list[str]) -> list[str]:
    """Take out a gateway's warning and a device's line at the very top."""
    start = 0
    seen = 0
    for number, line in enumerate(lines[:12]):
        if not line.strip():
            continue
        seen += 1
        if BANNER.match(line[:_LOOKED_AT]) or (seen == 1 and _is_device(line)):
            start = number + 1
        elif start == 0 or not _DELIMITER.match(line):
            break
    while start < len(lines) and start and (not lines[start].strip() or _DELIMITER.match(lines[start])):
        start += 1
    return lines[start:] if any(line.strip() for line in lines[start:]) else lines


def _is_device(line: str) -> bool:
    return len(line) < 130 and bool(DEVICE.match(line))  # noqa: PLR2004 - one short line


def _history_begins(lines: Sequence[str]) -> int:
    """Return the line from which on everything is history, or the number of lines."""
    for number, line in enumerate(lines):
        if not line.strip() or (_PLAIN_QUOTED.match(line) and not _is_torn_end(lines, number)):
            continue
        head = line[:_LOOKED_AT]
        if (_is_original_line(line) or REPLY_ABOVE.search(head)) and number:
            return number
        if _is_header_block(lines, number):
            return number
        if _ENDS.search(head) or ":>" in head:
            start = _attribution_start(lines, number)
            if start is not None and not _quote_follows(lines, number):
                return start
    return len(lines)


def _is_torn_end(lines: Sequence[str], number: int) -> bool:
    """Return whether a line only looks quoted: the ">" closes an address that was broken over two lines."""
    return bool(_TORN_END.match(lines[number])) and bool(number) and not _PLAIN_QUOTED.match(lines[number - 1])


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """Return whether labels of at least three kinds, From among them, follow one another from this line on."""
    first = _label_of(lines[number])
    if first not in {"from", "date"}:
        return False
    kinds = {first}
    missed = 0
    for line in lines[number + 1 : number + 12]:
        kind = _label_of(line)
        if kind:
            kinds.add(kind)
            kinds |= {
                _kind
                for word in re.findall(r"\s([^\W\d_]{2,12})\s?:", line[:200])
                if (_kind := KIND_OF_LABEL.get(word.lower()))
            }
            missed = 0
        elif line.strip():
            missed += 1
            if missed > 2:  # noqa: PLR2004 - a folded value
                break
        elif missed or len(kinds) >= 3:  # noqa: PLR2004
            break
        else:
            missed += 1
    return "from" in kinds and len(kinds) >= 3 and bool(kinds & {"date", "subject"})  # noqa: PLR2004


def _label_of(line: str) -> str | None:
    found = LABEL.match(line[:80])
    return KIND_OF_LABEL.get(" ".join(found[1].strip(" *_").lower().split())) if found else None


def _attribution_start(lines: Sequence[str], end: int) -> int | None:
    """Return where "On … Ann wrote:" begins that ends on line *end*, or None when it is none."""
    joined = ""
    start = None
    for number in range(end, max(-1, end - _SPAN), -1):
        joined = f"{lines[number].strip()} {joined}".strip()
        if len(joined) > _LOOKED_AT:
            break
        if _is_attribution(joined):
            start = number
            break
    if start is None:
        return None
    for number in range(start - 1, max(-1, start - _SPAN), -1):
        line = lines[number].strip()
        if line.endswith((".", "!", "?")) and not re.search(r"\b(?:a|p)\.m\.$|\d\.$", line):
            break
        if WHEN.search(line) and len(line) < 120 and not WROTE.search(line) and not _is_sentence(line):  # noqa: PLR2004
            return number
    return start


def _is_sentence(line: str) -> bool:
    """Return whether a line is prose that happens to name a time."""
    return len(line.split()) > 14 or ". " in re.sub(r"\b\w{1,4}\. ", "", line)  # noqa: PLR2004


def _is_attribution(text: str) -> bool:
    has_time, has_address = bool(WHEN.search(text)), bool(ADDRESS.search(text)) or "&lt;" in text
    if WROTE.search(text):
        if not (has_time or has_address):
            return False
        if has_time:
            return len(text.split()) <= 40  # noqa: PLR2004 - names and dates, no story
        return len(text) < 160 and len(text.split()) <= 9  # noqa: PLR2004 - "Ann <ann@example.com> wrote:"
    bare = text.rstrip("\u200e\u200f\u202c ")
    return has_time and has_address and _ADDRESS_ENDS.search(bare) is not None and len(text.split()) <= 20  # noqa: PLR2004


def _quote_follows(lines: Sequence[str], end: int) -> bool:
    for line in lines[end + 1 : end + 6]:
        if line.strip():
            return bool(_QUOTED.match(line))
    return False


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
        trailing = begin > last and (is_reply or bool(introductions) or _introduces_itself(lines, begin))
        if trailing or ((begin, end) in leading and introductions and not interleaved):
            drop.update(range(begin, end + 1))
    return [line for number, line in enumerate(lines) if number not in drop]


def _introduces_itself(lines: Sequence[str], begin: int) -> bool:
    """Return whether a quote begins with "On … Ann wrote:" or a block of labels of its own."""
    head = [line.strip("> ") for line in lines[begin : begin + 8]]
    return (
        any(_is_attribution(line[:_LOOKED_AT]) for line in head)
        or sum(_label_of(line) is not None for line in head) > 1
    )


def _quoted_lines(lines: Sequence[str]) -> set[int]:
    plain = {n for n, line in enumerate(lines) if _PLAIN_QUOTED.match(line) and not _is_torn_end(lines, n)}
    initials = {number for number, line in enumerate(lines) if number not in plain and _QUOTED.match(line)}
    return plain | {n for n in initials if n - 1 in initials or n + 1 in initials}


def _introductions(lines: Sequence[str], quoted: set[int]) -> list[int]:
    """Return the lines of "On … wrote:" that stand over quoted lines."""
    out: list[int] = []
    for number, line in enumerate(lines):
        if number not in quoted and _ENDS.search(line[:_LOOKED_AT]) and _quote_follows(lines, number):
            start = _attribution_start(lines, number)
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


# --- signatures -----------------------------------------------------------------------------------------------------


def _without_signature(lines: list[str], *, by_marks: bool) -> list[str]:
    """Cut at the first line below which there is only who wrote, on what, and what lawyers add.

    *by_marks* asks for what marks itself (a line of two dashes, a rule, a disclaimer) and may stand below a quote.
    """
    written = [number for number, line in enumerate(lines) if line.strip() and not _PLAIN_QUOTED.match(line)]
    if not written:
        return lines
    for number in written[1:][-_LONGEST_SIGNATURE:]:
        if _mark_begins(lines, number) if by_marks else _card_begins(lines, number):
            return lines[:number]
    return lines


def _mark_begins(lines: Sequence[str], number: int) -> bool:
    line = lines[number][:_LOOKED_AT]
    if not _SIGNATURE_MARK.match(line) and not _RULE.match(line) and not DISCLAIMER.match(line):
        return False
    rest = [item for item in lines[number + 1 :] if item.strip()]
    if any(_PLAIN_QUOTED.match(item) for item in rest):
        return False
    if _SIGNATURE_MARK.match(line) or DISCLAIMER.match(line):
        return True
    return bool(_RULE.match(line) and rest) and (_is_card(rest, at_most=20) or bool(DISCLAIMER.match(rest[0])))


def _card_begins(lines: Sequence[str], number: int) -> bool:
    line = lines[number][:_LOOKED_AT]
    rest = [item for item in lines[number + 1 :] if item.strip()]
    if _is_device(line):
        return all(len(item) < 80 for item in rest) and len(rest) <= 3  # noqa: PLR2004
    if CLOSING.match(line) and len(line) < 60:  # noqa: PLR2004
        return _is_card(rest, at_most=12)
    return _mark_begins(lines, number) or _is_contact_block(lines, number)


def _is_card(rest: Sequence[str], *, at_most: int) -> bool:
    """Return whether lines look like who somebody is: few, short, no questions, no quotes."""
    head = [item for item in rest if not DISCLAIMER.match(item)]
    return (
        len(head) <= at_most
        and all(len(item) < 90 for item in head)  # noqa: PLR2004
        and not any(item.rstrip().endswith(("?", ":")) or _PLAIN_QUOTED.match(item) for item in head)
        and not any(re.match(r"\s*(?:p\.?\s?s\.?|nb|ps)\b\s*[:.]?", item, re.IGNORECASE) for item in head)
    )


def _is_contact_block(lines: Sequence[str], number: int) -> bool:
    """Return whether the last paragraph, beginning here, is a name with telephone, address or page."""
    if number and lines[number - 1].strip():
        return False
    block = lines[number:]
    if any(not line.strip() for line in block):
        return False
    if not 2 <= len(block) <= 9 or any(len(line) > 70 for line in block):  # noqa: PLR2004
        return False
    told = sum(bool(_PHONE.search(line) or _URL.search(line) or ADDRESS.search(line)) for line in block)
    first = block[0].split()
    return told >= 2 and len(first) <= 6 and not block[0].rstrip().endswith((":", "?"))  # noqa: PLR2004


def _trimmed(lines: list[str]) -> list[str]:
    """Take blank lines, rules and a device's line off the end."""
    end = len(lines)
    while end and (
        not lines[end - 1].strip() or _DELIMITER.match(lines[end - 1]) or (end > 1 and _is_device(lines[end - 1]))
    ):
        end -= 1
    return lines[:end]
