"""Where history begins: "On … Ann wrote:", blocks of labels and rulers, in every program's and language's form."""

import re
from collections.abc import Sequence
from typing import Final

from ticketbot.inbound.dialects import (
    ADDRESS,
    ARTICLE,
    HISTORY_BELOW,
    HOUR,
    KIND_OF_LABEL,
    LABEL,
    LINE_WORDS,
    LONE_INTRODUCTION,
    ORIGINAL,
    REPLY_ABOVE,
    RULERS,
    SPEAKER,
    WHEN,
    WROTE,
)

LOOKED_AT: Final = 500
#: A quoted line; one with initials before the ">" counts only beside another such line.
QUOTED: Final = re.compile(r"\s{0,3}>|\s{0,3}[A-Z]{1,3}> ?(?=\S|$)")
PLAIN_QUOTED: Final = re.compile(r"\s{0,3}>")
_SPAN: Final = 6
#: How far before the end of a line an introduction's own end begins.
_TAIL: Final = 60
_ENDS: Final = re.compile(
    r"[:\uff1a][\s\u200e\u200f]*[\]*_>-]{0,12}[\s\u200e\u200f]*$|(?:wrote|schrieb|écrit|escribió|escreveu|scritto|skrev|写道|寫道)[\s*_-]*$"
)
_TORN_END: Final = re.compile(r"\s*>\s?(?:[^\W\d]{1,12}\s){0,3}[^\W\d]{0,12}\s?[:\uff1a]\s*$")
_LOWER_CASE: Final = re.compile(r"(?:am|on|le|el|il|em|op|den|dne|at|in|um|la) ")
_ADDRESS_ENDS: Final = re.compile("[>)][\u200e\u200f\u202c ]{0,4}[:\uff1a]$")


def history_begins(lines: Sequence[str], *, is_reply: bool = True) -> int:
    """Return the line from which on everything is history, or the number of lines.

    In a first mail a bare block of labels may be a form that somebody filled in: only one with sender, date, recipient
    and subject in a program's order counts there.
    """
    asks_above = _asks_above(lines)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        head = line[:LOOKED_AT]
        if number and ">" in head and HISTORY_BELOW.match(head):
            return number
        if PLAIN_QUOTED.match(line) and not is_torn_end(lines, number):
            continue
        if number and (_is_originals_head(lines, number) or (asks_above and REPLY_ABOVE.search(head))):
            return number
        if is_header_block(lines, number) and (
            _is_programs_own(lines, number) or (is_reply and _tells_hour(lines, number))
        ):
            return _with_ruler(lines, number)
        if is_reply and _is_notes_block(lines, number):
            return number
        if may_introduce(line):
            start = attribution_start(lines, number)
            if start is not None and not quote_follows(lines, number):
                return start
    return len(lines)


def _with_ruler(lines: Sequence[str], number: int) -> int:
    """Return where history begins whose labels begin here: with the line between rulers that stands over them."""
    above = next((n for n in range(number - 1, -1, -1) if lines[n].strip()), None)
    return above if above is not None and _RULED.fullmatch(lines[above][:LOOKED_AT]) else number


_RULED: Final = re.compile(r"\s{0,9}[-_=*~]{5,60}\s?[^\W\d]{1,30}(?:\s[^\W\d]{1,30}){0,4}\s?[-_=*~]{5,60}\s{0,9}")


def _asks_above(lines: Sequence[str]) -> bool:
    """Return whether a text speaks of a line at all: the costly look for "reply above this line" is for those."""
    whole = "\n".join(lines).lower()
    return any(word in whole for word in LINE_WORDS)


def may_introduce(line: str) -> bool:
    """Return whether a line could be the last one of "On … Ann wrote:"."""
    head = line[:LOOKED_AT]
    return _ENDS.search(head[-_TAIL:]) is not None or ":>" in head or LONE_INTRODUCTION.match(head) is not None


def is_torn_end(lines: Sequence[str], number: int) -> bool:
    """Return whether a line only looks quoted: the ">" closes an address that was broken over two lines."""
    if not lines[number].rstrip().endswith((":", "\uff1a")):
        return False
    return bool(_TORN_END.match(lines[number])) and bool(number) and not PLAIN_QUOTED.match(lines[number - 1])


def is_header_block(lines: Sequence[str], number: int, *, is_ruled: bool = False) -> bool:
    """Return whether labels of at least three kinds, From among them, follow one another from this line on.

    Below a ruler (*is_ruled*) the first may be of any kind; else it is From or the date.
    """
    first = label_of(lines[number])
    if first is None or not (is_ruled or first in {"from", "date"}):
        return False
    kinds = {first}
    missed = 0
    for line in lines[number + 1 : number + 12]:
        kind = label_of(line)
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
            if missed > 2:
                break
        elif missed or len(kinds) >= 3:
            break
        else:
            missed += 1
    return "from" in kinds and len(kinds) >= 3 and bool(kinds & {"date", "subject"})


def _is_programs_own(lines: Sequence[str], number: int) -> bool:
    """Return whether a block of labels is as programs write it: a rule above it, or all four labels and an address."""
    above = next((line for line in reversed(lines[:number]) if line.strip()), "")
    if above and not above.strip(RULERS):
        return True
    kinds = [kind for line in lines[number : number + 6] if (kind := label_of(line)) and kind != "cc"]
    told = "\n".join(lines[number : number + 6])
    return kinds[:4] in _ORDERS and ADDRESS.search(told) is not None and WHEN.search(told) is not None


def _tells_hour(lines: Sequence[str], number: int) -> bool:
    """Return whether a block of labels says at what hour the mail was sent, as programs do and forms rarely."""
    for at, line in enumerate(lines[number : number + 16], start=number):
        if label_of(line) == "date":
            return HOUR.search(" ".join(item[:LOOKED_AT] for item in lines[at : at + 3])) is not None
    return False


def _is_originals_head(lines: Sequence[str], number: int) -> bool:
    """Return whether the original follows a line that says so; one that the sender introduces must have labels below.

    "The log says:" over "----- Original Message -----" and a line of a log is no history.
    """
    if not is_original_line(lines[number]):
        return False
    above = next((line.rstrip() for line in reversed(lines[:number]) if line.strip()), "")
    if not above.endswith((":", "\uff1a")) or label_of(above) is not None:
        return True
    below = [line for line in lines[number + 1 : number + 8] if line.strip()]
    return any(label_of(line) or may_introduce(line) or PLAIN_QUOTED.match(line) for line in below[:2])


_ORDERS: Final = (
    ["from", "date", "to", "subject"],
    ["from", "to", "date", "subject"],
    ["date", "from", "to", "subject"],
)


def _is_notes_block(lines: Sequence[str], number: int) -> bool:
    """Return whether Notes' header begins here: name, date, then labels that stand on lines of their own."""
    if not 0 < len(lines[number]) < 120 or number + 2 >= len(lines):
        return False
    following = (
        _CELLS.split(line[:LOOKED_AT].strip(" *_:"), maxsplit=1)[0]
        for line in lines[number + 1 : number + 24]
        if line.strip()
    )
    told = next(following, "")
    if not 0 < len(told) <= 40 or not WHEN.search(told):
        return False
    if KIND_OF_LABEL.get(next(following, "").lower()) not in {"to", "from"}:
        return False
    return any(KIND_OF_LABEL.get(line.lower()) == "subject" for line in following)


#: What parts the cells of one line, where a table became text.
_CELLS: Final = re.compile(r"\s{2,}|\t")


def label_of(line: str) -> str | None:
    """Return which label of a quoted header block a line begins with: from, date, to, subject, cc or none."""
    found = LABEL.match(line[:80])
    return KIND_OF_LABEL.get(" ".join(found[1].strip(" *_").lower().split())) if found else None


def attribution_start(lines: Sequence[str], end: int) -> int | None:
    """Return where "On … Ann wrote:" begins that ends on line *end*, or None when it is none."""
    if LONE_INTRODUCTION.match(lines[end][:LOOKED_AT]):
        return end
    span = " ".join(line.strip()[:LOOKED_AT] for line in lines[max(0, end - _SPAN + 1) : end + 1])[-LOOKED_AT:]
    if not (WROTE.search(span) or _ADDRESS_ENDS.search(_bare(span))):
        return None  # the cheap look first: endless lines that end in a colon cost nothing more
    joined = ""
    start = None
    for number in range(end, max(-1, end - _SPAN), -1):
        joined = f"{lines[number].strip()} {joined}".strip()
        if len(joined) > LOOKED_AT:
            break
        if is_attribution(joined):
            start = number
            break
    if start is None:
        return None
    for number in range(start - 1, max(-1, start - _SPAN), -1):
        line = lines[number].strip()
        if line.endswith((".", "!", "?")) and not re.search(r"\b(?:a|p)\.m\.$|(?:^|\s)\d{1,4}\.$", line):
            break
        if WHEN.search(line) and len(line) < 120 and not WROTE.search(line) and not _is_sentence(line):
            return number
    return start


def names_speaker(line: str) -> bool:
    """Return whether a line right above a quote only says whose it is: "Ann wrote:", without time or address."""
    told = line.strip(" \t*>")
    return (
        len(told.split()) <= 7 and told[:1].isupper() and SPEAKER.search(told) is not None and not ARTICLE.match(told)
    )


def _is_sentence(line: str) -> bool:
    """Return whether a line is prose that happens to name a time."""
    return len(line.split()) > 14 or ". " in re.sub(r"\b\w{1,4}\. ", "", line)


def is_attribution(text: str) -> bool:
    """Return whether a text says who wrote when, as programs say it."""
    has_time = bool(WHEN.search(text))
    has_address = ("@" in text and bool(ADDRESS.search(text))) or "&lt;" in text
    if not has_address and _LOWER_CASE.match(text):
        return False  # people write "am 16.11. schrieb der Server", programs begin with a capital
    if WROTE.search(text):
        if not (has_time or has_address):
            return False
        if has_time:
            return len(text.split()) <= 40
        return len(text) < 160 and len(text.split()) <= 9
    return has_time and has_address and _ADDRESS_ENDS.search(_bare(text)) is not None and len(text.split()) <= 20


def _bare(text: str) -> str:
    return text.rstrip("\u200e\u200f\u202c ")


def quote_follows(lines: Sequence[str], end: int) -> bool:
    """Return whether the next line with anything on it is quoted."""
    for line in lines[end + 1 : end + 6]:
        if line.strip():
            return bool(QUOTED.match(line))
    return False


def is_original_line(line: str) -> bool:
    """Return whether a line between rulers says that the original follows."""
    bare = line.strip(RULERS)
    ruled = line.strip()[:2].strip(RULERS) == ""
    return ruled and 3 < len(bare) < 60 and ORIGINAL.fullmatch(bare) is not None
