"""What stands around a text and is none: signatures, lawyers' footers, gateways' banners, what devices add."""

import re
from collections.abc import Sequence
from typing import Final

from ticketbot.inbound.dialects import ADDRESS, BANNER, CLOSING, DEVICE, DISCLAIMER
from ticketbot.inbound.history import LOOKED_AT, PLAIN_QUOTED

_LONGEST_SIGNATURE: Final = 31
_DELIMITER: Final = re.compile(r"\s*(?:[-_=*#~+\u2013\u2014]\s?){2,}\s*$|\s*ᐧ\s*$")
_RULE: Final = re.compile(r"\s*(?:_{5,}|-{5,}|={5,}|\*{5,}|~{5,})\s*$")
_SIGNATURE_MARK: Final = re.compile(r"\s{0,3}--\s?$")
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
    """
    written = [number for number, line in enumerate(lines) if line.strip() and not PLAIN_QUOTED.match(line)]
    if not written:
        return lines
    for number in written[1:][-_LONGEST_SIGNATURE:]:
        if _mark_begins(lines, number) if by_marks else _card_begins(lines, number):
            return lines[:number]
    return lines


def _mark_begins(lines: Sequence[str], number: int) -> bool:
    line = lines[number][:LOOKED_AT]
    if not _SIGNATURE_MARK.match(line) and not _RULE.match(line) and not DISCLAIMER.match(line):
        return False
    rest = [item for item in lines[number + 1 :] if item.strip()]
    if any(PLAIN_QUOTED.match(item) for item in rest):
        return False
    if _SIGNATURE_MARK.match(line) or DISCLAIMER.match(line):
        return True
    return bool(_RULE.match(line) and rest) and (_is_card(rest, at_most=20) or bool(DISCLAIMER.match(rest[0])))


def _card_begins(lines: Sequence[str], number: int) -> bool:
    line = lines[number][:LOOKED_AT]
    rest = [item for item in lines[number + 1 :] if item.strip()]
    if is_device(line):
        return all(len(item) < 80 for item in rest) and len(rest) <= 3
    if CLOSING.match(line) and len(line) < 60:
        return _is_card(rest, at_most=12)
    return _mark_begins(lines, number) or _is_contact_block(lines, number)


def _is_card(rest: Sequence[str], *, at_most: int) -> bool:
    """Return whether lines look like who somebody is: few, short, no questions, no quotes."""
    head = [item for item in rest if not DISCLAIMER.match(item)]
    return (
        len(head) <= at_most
        and all(len(item) < 90 for item in head)
        and not any(item.rstrip().endswith(("?", ":")) or PLAIN_QUOTED.match(item) for item in head)
        and not any(re.match(r"\s*(?:p\.?\s?s\.?|nb|ps)\b\s*[:.]?", item, re.IGNORECASE) for item in head)
        and not any(_is_sentence(item) for item in head)
    )


def _is_sentence(line: str) -> bool:
    """Return whether a line says something: several words with a full stop, and nothing by which to reach anybody."""
    return len(line.split()) > 5 and line.rstrip().endswith((".", "!")) and not _reaches(line)


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
