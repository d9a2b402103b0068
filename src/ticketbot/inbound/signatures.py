"""What stands around a text and is none: signatures, lawyers' footers, gateways' banners, what devices add."""

import itertools
import re
from collections.abc import Sequence
from typing import Final

from ticketbot.inbound.dialects import ADDRESS, BANNER, CLOSING, DEVICE, DISCLAIMER, LEGAL
from ticketbot.inbound.history import LOOKED_AT, PLAIN_QUOTED

_LONGEST_SIGNATURE: Final = 31
#: A paragraph below a footer that is longer is the footer's: lawyers write at length.
_LONGEST_OWN: Final = 250
_FEW_WORDS: Final = 6
#: The delimiter that programs set over a signature (RFC 3676): two dashes and a blank.
EXACT_MARK: Final = "-- "
_DELIMITER: Final = re.compile(r"\s*(?:[-_=*#~+\u2013\u2014]\s?){2,}\s*$|\s*ᐧ\s*$")
_RULE: Final = re.compile(r"\s*(?:_{5,}|-{5,}|={5,}|\*{5,}|~{5,})\s*$")
_SIGNATURE_MARK: Final = re.compile(r"\s{0,3}--\s?$")
_POSTSCRIPT: Final = re.compile(r"\s*(?:p\.?\s?s\.?|nb|ps)\b\s*[:.]?", re.IGNORECASE)
#: How lines of logs and programs begin.
_PASTED: Final = re.compile(
    r"\s*[\[(]?(?:(?:19|20)\d\d-\d\d-\d\d|\d\d:\d\d:\d\d|(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|Traceback|Exception"
    r"|Caused by)\b)"
)
_PHONE: Final = re.compile(r"(?:\+|\(?0|\b\d{3}|\(\d)[\d\s()./\u2013-]{6,}\d")
_URL: Final = re.compile(r"(?:https?://|www\.)\S|\b[\w-]+\.(?:com|de|org|net|eu|fr|nl|ch|at|io|co)\b/?$", re.IGNORECASE)


def without_banners(lines: list[str]) -> list[str]:
    """Take out a gateway's warning and a device's line at the very top."""
    start = 0
    seen = 0
    for number, line in enumerate(lines[:12]):
        if not line.strip():
            continue
        seen += 1
        if BANNER.match(line[:LOOKED_AT]) or (seen == 1 and is_device(line)):
            start = number + 1
        elif start == 0 or not _DELIMITER.match(line):
            break
    while start < len(lines) and start and (not lines[start].strip() or _DELIMITER.match(lines[start])):
        start += 1
    return lines[start:] if any(line.strip() for line in lines[start:]) else lines


def without_signature(lines: list[str], *, by_marks: bool) -> list[str]:
    """Cut at the first line below which there is only who wrote, on what, and what lawyers add.

    *by_marks* asks for what marks itself (a line of two dashes, a rule, a disclaimer) and may stand below a quote.
    A postscript below the signature stays.
    """
    written = [number for number, line in enumerate(lines) if line.strip() and not PLAIN_QUOTED.match(line)]
    if not written:
        return lines
    for number in written[1:][-_LONGEST_SIGNATURE:]:
        if _mark_begins(lines, number) if by_marks else _card_begins(lines, number):
            return lines[:number] + _postscript(lines, number)
    return lines


def _postscript(lines: list[str], number: int) -> list[str]:
    for below in range(number + 1, len(lines)):
        if not lines[below - 1].strip() and _POSTSCRIPT.match(lines[below]):
            return lines[below:]
    return []


def _mark_begins(lines: Sequence[str], number: int) -> bool:
    line = lines[number][:LOOKED_AT]
    rest = [item for item in lines[number + 1 :] if item.strip()]
    if DISCLAIMER.match(line):
        return not any(PLAIN_QUOTED.match(item) for item in rest) and not _says_more(lines, number)
    is_dashes = bool(_SIGNATURE_MARK.match(line))
    if not is_dashes and not _RULE.match(line):
        return False
    if any(PLAIN_QUOTED.match(item) for item in rest) or _is_frame(lines, number):
        return False
    if is_dashes:
        return line == EXACT_MARK or not any(_is_told(item) or _is_pasted(item) for item in _before_footers(rest))
    return _rule_begins(lines, number, rest=rest)


def _rule_begins(lines: Sequence[str], number: int, *, rest: Sequence[str]) -> bool:
    """Return whether below a rule there is a card by which somebody can be reached, or a footer."""
    own = _before_footers(rest)
    if not own:
        return bool(rest)
    if lines[number][:1] == "_" and own == lines[number + 1 :] and len(own) == 1 and not lines[number - 1].strip():
        return len(own[0].split()) < _FEW_WORDS
    return (
        any(_reaches(item) for item in own) and not any(_is_told(item) for item in own) and _is_card(rest, at_most=20)
    )


def _is_frame(lines: Sequence[str], number: int) -> bool:
    """Return whether a rule frames something: the same one stands above or below it, and it is no footer's."""
    mark = lines[number].strip()
    if lines[number] != EXACT_MARK and any(item.strip() == mark for item in lines[:number]):
        own = _before_footers([item for item in lines[number + 1 :] if item.strip()])
        return bool(own) and not any(_reaches(item) for item in own)
    footer = next((n for n in range(number + 1, len(lines)) if DISCLAIMER.match(lines[n][:LOOKED_AT])), len(lines))
    below = [n for n in range(number + 1, footer) if lines[n].strip() == mark]
    return any(any(item.strip() for item in lines[n + 1 : footer]) for n in below)


def _before_footers(rest: Sequence[str]) -> list[str]:
    return list(itertools.takewhile(lambda item: not DISCLAIMER.match(item[:LOOKED_AT]), rest))


def _says_more(lines: Sequence[str], number: int) -> bool:
    """Return whether somebody goes on writing below what looks like a lawyer's footer."""
    paragraph: list[str] = []
    paragraphs = [paragraph]
    for line in lines[number + 1 :]:
        if line.strip():
            paragraph.append(line)
        elif paragraph:
            paragraph = []
            paragraphs.append(paragraph)
    if any(item.rstrip().endswith("?") and not LEGAL.search(item[:LOOKED_AT]) for item in paragraphs[0]):
        return True
    return any(_is_own(" ".join(item)) for item in paragraphs[1 if lines[number + 1 : number + 2] != [""] else 0 :])


def _is_own(paragraph: str) -> bool:
    return (
        len(paragraph) < _LONGEST_OWN
        and paragraph.rstrip().endswith((".", "!", "?"))
        and len(paragraph.split()) > 1
        and not _reaches(paragraph)
        and not DISCLAIMER.match(paragraph)
        and not LEGAL.search(paragraph)
    )


def _card_begins(lines: Sequence[str], number: int) -> bool:
    line = lines[number][:LOOKED_AT]
    rest = [item for item in lines[number + 1 :] if item.strip()]
    if is_device(line):
        if any(_is_told(item) or item.rstrip().endswith(":") or _is_pasted(item) for item in rest[:3]):
            return False
        return all(len(item) < 80 for item in rest) and len(rest) <= 3 and not (rest and rest[0][:1].islower())
    if CLOSING.match(line) and len(line) < 60:
        above = next((item.rstrip() for item in reversed(lines[:number]) if item.strip()), "")
        return not above.endswith(":") and _is_card(rest, at_most=12) and not _is_data(rest)
    return _mark_begins(lines, number) or _is_contact_block(lines, number)


def _is_data(rest: Sequence[str]) -> bool:
    """Return whether rows of a table or lines of a log were pasted below a name."""
    rows = [(item.count(";"), item.count("\t")) for item in rest]
    return any(_is_pasted(item) for item in rest) or any(
        one == other and any(one) for one, other in itertools.pairwise(rows)
    )


def _is_pasted(line: str) -> bool:
    return _PASTED.match(line[:LOOKED_AT]) is not None


def _is_card(rest: Sequence[str], *, at_most: int) -> bool:
    """Return whether lines look like who somebody is: few, short, no questions, no quotes."""
    head = [item for item in rest if not DISCLAIMER.match(item)]
    return (
        len(head) <= at_most
        and all(len(item) < 90 for item in head)
        and not any(item.rstrip().endswith(("?", ":")) or PLAIN_QUOTED.match(item) for item in head)
        and not any(_POSTSCRIPT.match(item) for item in head)
        and not any(_is_sentence(item) for item in head)
    )


def _is_sentence(line: str) -> bool:
    """Return whether a line says something: several words with a full stop, and nothing by which to reach anybody."""
    return len(line.split()) > 5 and line.rstrip().endswith((".", "!")) and not _reaches(line)


def _is_told(line: str) -> bool:
    """Return whether a line is prose, whatever number or address it names: small words up to a full stop."""
    if not line.rstrip().endswith((".", "!", "?")) or line.lstrip().startswith(
        ('"', "'", "\u201c", "\u201e", "\u00ab")
    ):
        return False
    words = line[:LOOKED_AT].split()
    return (
        not is_device(line)
        and len(words) > 1
        and (line.rstrip().endswith("?") or sum(word.islower() for word in words) > 2)
    )


def _reaches(line: str) -> bool:
    return bool(_PHONE.search(line) or _URL.search(line) or ("@" in line and ADDRESS.search(line)))


def _is_contact_block(lines: Sequence[str], number: int) -> bool:
    """Return whether the last paragraph, beginning here, is a name with telephone, address or page."""
    if number and lines[number - 1].strip():
        return False
    above = next((line.rstrip() for line in reversed(lines[:number]) if line.strip()), "")
    if above.endswith(":"):
        return False  # "my data:"
    block = lines[number:]
    if any(not line.strip() for line in block):
        return False
    if not 2 <= len(block) <= 9 or any(len(line) > 70 for line in block):
        return False
    told = sum(_reaches(line) for line in block[1:])
    first = block[0].split()
    return told >= 2 and len(first) <= 6 and not _reaches(block[0]) and not block[0].rstrip().endswith((":", "?"))


def trimmed(lines: list[str]) -> list[str]:
    """Take blank lines, rules and a device's line off the end."""
    end = len(lines)
    while end and (
        not lines[end - 1].strip() or _DELIMITER.match(lines[end - 1]) or (end > 1 and is_device(lines[end - 1]))
    ):
        end -= 1
    return lines[:end]


def is_device(line: str) -> bool:
    """Return whether a line is what a phone or program adds by itself."""
    return len(line) < 130 and bool(DEVICE.match(line))
