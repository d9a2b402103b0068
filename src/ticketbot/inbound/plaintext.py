"""Plain text with a form: flowed (RFC 3676) and enriched (RFC 1896)."""

import re


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Join the lines of format=flowed text (RFC 3676): quote depth by depth, signature marks left alone."""
    out: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_mark = content == "-- "
        flows = content.endswith(" ") and not is_mark
        shown = content[:-1] if flows and delsp else content
        if open_depth == depth and not is_mark:
            out[-1].append(shown)
        else:
            out.append([">" * depth + " " if depth else "", shown])
        open_depth = depth if flows else -1
    return "\n".join("".join(pieces) for pieces in out)


def enriched(text: str) -> str:
    """Return text/enriched (RFC 1896) or richtext as plain text."""
    text = re.sub(r"<param>[^<]{0,500}</param>", "", text, flags=re.IGNORECASE)
    text = re.sub(r"<nl>|<np>", "\n", text, flags=re.IGNORECASE)
    text = re.sub(r"</?[A-Za-z][A-Za-z0-9-]{0,60}>", "", text)
    return text.replace("<<", "<").replace("<lt>", "<")
