"""What staff answer to a report, line by line (domain.md CM5): who does what, in which order, and what they ask.

T-1042 ben          T-1042 P2 the board waits          action: call Tom @ben fri
why T-1042          launch acme/hr                     help
"""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_LINES = 50
LONGEST_LINE = 500


class Asked(StrEnum):
    """What a line asks for."""

    ASSIGN = "assign"
    PRIORITY = "priority"
    ACTION = "action"
    WHY = "why"
    LAUNCH = "launch"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line that was understood: the ticket it names, if any, and what stands behind it."""

    asked: Asked
    line: str
    number: int | None = None
    who: str = ""
    text: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswer:
    """An answer to a report: its lines that were understood, and the rest, which is a note."""

    lines: tuple[ReportLine, ...] = ()
    rest: str = ""


_TICKET = r"\[?T-?(?P<number>[1-9][0-9]{0,8})\]?:?"
_FORMS: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    (Asked.PRIORITY, re.compile(rf"{_TICKET}\s+(?P<who>P[1-4])(?:\s+(?P<text>\S.*))?", re.IGNORECASE)),
    (Asked.ASSIGN, re.compile(rf"{_TICKET}\s+@?(?P<who>(?:team:)?[^\W\d_][\w.-]{{0,63}})", re.IGNORECASE)),
    (Asked.ACTION, re.compile(r"action:\s*(?P<text>\S.*?)\s+@(?P<who>[\w.-]{1,64})\s+(?P<on>\S+)", re.IGNORECASE)),
    (Asked.WHY, re.compile(rf"why\s+{_TICKET}\??", re.IGNORECASE)),
    (Asked.LAUNCH, re.compile(r"launch\s+(?P<text>[\w.-]{1,64}/[\w.-]{1,64})", re.IGNORECASE)),
    (Asked.HELP, re.compile(r"help[.!?]?", re.IGNORECASE)),
)


def read_report_answer(text: str) -> ReportAnswer:
    """Return what an answer to a report says. A line that has none of the forms is part of the note."""
    lines: list[ReportLine] = []
    rest: list[str] = []
    for line in text.split("\n"):
        told = line.strip().strip("`")
        found = _read(told) if len(lines) < MOST_LINES and len(told) <= LONGEST_LINE else None
        if found is not None:
            lines.append(found)
        else:
            rest.append(line.rstrip())
    return ReportAnswer(lines=tuple(lines), rest="\n".join(rest).strip())


def _read(line: str) -> ReportLine | None:
    """Return what one line asks for, or None."""
    for asked, form in _FORMS:
        if found := form.fullmatch(line):
            told = found.groupdict(default="")
            number = int(told["number"]) if told.get("number") else None
            return ReportLine(
                asked=asked,
                line=line,
                number=number,
                who=told.get("who", "").lower(),
                text=told.get("text", "").strip(),
                on=told.get("on", ""),
            )
    return None
