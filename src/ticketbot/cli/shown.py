"""Mails as people read them in a terminal: a block for one mail, and how it was read, for `mail why`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Final

from ticketbot.cli.options import instant
from ticketbot.domain.messages import Message

_LONGEST_REPLY: Final = 2000
_MOST_CUTS: Final = 10
_MOST_LINES: Final = 5000
_QUOTED: Final = 80


def block(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that tell of one mail what `mail parse --json` says, the visible reply shortened."""
    sender = " ".join(filter(None, (facts["from_name"], f"<{facts['from_address']}>" if facts["from_address"] else "")))
    rows: list[tuple[str, str]] = [
        ("file", facts["file"]),
        ("error", facts["error"] or ""),
        ("subject", facts["subject"] or "(none)"),
        ("from", sender or "nobody"),
        ("to", ", ".join(facts["to"])),
        ("cc", ", ".join(facts["cc"])),
        ("kind", facts["kind"]),
        ("bounced", ", ".join(facts["bounce_recipients"])),
        *(("attached", attachment_line(each)) for each in facts["attachments"]),
        *(("note", each) for each in facts["notes"]),
    ]  # fmt: skip
    yield from (f"{name + ':':10}{printable(value)}" for name, value in rows if value)
    yield ""
    yield shortened(facts["visible_reply"]) or "(no text)"


def noted(facts: Mapping[str, Any]) -> str:
    """Return the notes of a mail for a column."""
    return "; ".join(facts["notes"])


def attachment_line(attachment: Mapping[str, Any]) -> str:
    """Return name, type and size of a file on one line."""
    return f"{attachment['filename']} ({attachment['content_type']}, {attachment['size']} bytes)"


def printable(text: str) -> str:
    """Return a text of a mail as one line that does nothing to a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def told_as(value: object) -> str:
    """Return a fact as a terminal shows it: instants as everywhere, nothing as a dash."""
    if isinstance(value, datetime):
        return instant(value)
    return "-" if value is None or value == "" else printable(str(value))


def shortened(text: str) -> str:
    """Return a reply, and how much of it is not shown."""
    left = len(text) - _LONGEST_REPLY
    return text if left <= 0 else f"{text[:_LONGEST_REPLY]}\n… ({left} more characters; --json shows all)"


def reading(message: Message) -> list[dict[str, Any]]:
    """Return the steps of reading a mail: what was noted, what it is, which lines of the text are not its own words."""
    steps = [("noted", each) for each in message.notes]
    if message.error:
        steps.append(("error", message.error))
    if message.passes_on:
        steps.append(("forward", "its form, not its subject, shows that it passes a mail on"))
    if message.sender is None and not message.notes:
        steps.append(("sender", "From names nobody"))
    steps += [("cut", each) for each in _cuts(message.text, message.new_text)]
    return [{"step": "reading", "rule": rule, "ticket": None, "said": said} for rule, said in steps]


def _cuts(text: str, reply: str) -> Iterator[str]:
    """Yield how much of a text is the reply, and each run of lines that was left out, by its first."""
    lines = [line.strip() for line in text.split("\n")]
    kept = [line.strip() for line in reply.split("\n")]
    if lines == kept or len(lines) > _MOST_LINES:
        return
    matcher = SequenceMatcher(None, lines, kept, autojunk=False)
    runs = [
        (first, last) for tag, first, last, _, _ in matcher.get_opcodes() if tag != "equal" and any(lines[first:last])
    ]
    for first, last in runs[:_MOST_CUTS]:
        shown = next(line for line in lines[first:last] if line)
        count = sum(1 for line in lines[first:last] if line)
        short = shown if len(shown) <= _QUOTED else f"{shown[: _QUOTED - 1]}…"
        yield f"{count} line{'s' * (count > 1)} from line {first + 1}, {_looks(lines[first:last])}: {printable(short)}"
    if len(runs) > _MOST_CUTS:
        yield f"and {len(runs) - _MOST_CUTS} more such runs of lines"


def _looks(lines: Sequence[str]) -> str:
    """Return what lines that were left out look like."""
    said = [line for line in lines if line]
    if all(line.startswith(">") for line in said):
        return "quoted lines"
    if said[0] == "--":
        return "a marked signature"
    if any(line.startswith(">") for line in said):
        return "what introduces a quote, and the quote"
    return "history, signature, banner or farewell"


def trace_lines(trace: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a trace in columns as wide as what stands in them."""
    rows = [
        (
            str(step.get("step", "")),
            str(step.get("rule", "")),
            f"T-{step['ticket']}" if step.get("ticket") and step.get("step") != "decided" else "",
            str(step.get("said") or "no"),
        )
        for step in trace
    ]
    widths = [max((len(row[place]) for row in rows), default=0) for place in range(3)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False) if width)
        yield "  " + "  ".join((*cells, row[3]))
