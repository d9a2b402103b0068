"""Other people's words in our letters: harmless on every screen, one line where one line is due, never markup."""

import re
import textwrap
import unicodedata
from collections.abc import Iterator

from ticketbot.domain.subjects import strip_own_tags

LONGEST_SUBJECT = 200
LONGEST_NAME = 80
WIDTH = 72
_SPACE = re.compile(r"\s+")
_BLANK = re.compile(r"\n{3,}")
_ITEM = re.compile(r"(- |\d+\. | {2,})")

#: Controls, direction marks and overrides, invisible and private characters: ANSI sequences and bidi tricks end here.
#: The two joiners stay, since scripts and emoji need them, and so does what languages write.
_HARMFUL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_HARMLESS = frozenset("\t\n\u200c\u200d")


class _Harmless(dict[int, str | None]):
    """A table for `str.translate` that decides each character once."""

    def __missing__(self, code: int) -> str | None:
        """Return what stands in the place of a character: itself, nothing, or U+FFFD for half a surrogate pair."""
        character = chr(code)
        category = unicodedata.category(character)
        if character in _HARMLESS or category not in _HARMFUL_CATEGORIES:
            found: str | None = character
        elif category == "Cs":
            found = "\N{REPLACEMENT CHARACTER}"
        else:
            found = "\n" if category in {"Zl", "Zp"} else None
        self[code] = found
        return found


_TABLE = _Harmless()


def harmless(text: str) -> str:
    """Return *text* without what could move a cursor, turn the reading direction or hide; line ends become LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)


def one_line(text: str, *, longest: int = LONGEST_NAME) -> str:
    """Return *text* as one harmless line of at most *longest* characters, cut with an ellipsis."""
    line = _SPACE.sub(" ", harmless(text[: longest * 8])).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def subject_line(text: str) -> str:
    """Return a subject as our letters show it: one line, without our own tags, other systems' tokens kept (45)."""
    return one_line(strip_own_tags(one_line(text, longest=LONGEST_SUBJECT * 2)), longest=LONGEST_SUBJECT)


def lines(text: str) -> list[str]:
    """Return the lines of a text for HTML, which marks each end itself."""
    return harmless(text).strip("\n").expandtabs(4).split("\n")


def quoted(text: str) -> str:
    """Return *text* as a quotation of a text mail, wrapped to the width of a terminal."""
    return "\n".join(f"> {line}".rstrip() for line in _fitted(harmless(text).strip("\n"), width=WIDTH - 2))


def wrapped(text: str, *, indent: str = "") -> str:
    """Return prose with each paragraph filled to 72 columns; items that begin with a dash or a number hang."""
    return "\n".join(_filled(text.strip("\n"), indent))


def stepped(text: str) -> str:
    """Return a line that stands further in, fitted to 72 columns; what goes on below it hangs."""
    indent = " " * (len(text) - len(text.lstrip()))
    hang = f"{indent}  "
    fitted = textwrap.wrap(
        text.strip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(fitted)


def clipped(text: str, *, lines: int = 12, longest: int = 1_200) -> str:
    """Return the beginning of a text, whole lines, with an ellipsis where something is left out."""
    kept = harmless(text).strip()
    short = "\n".join(kept[:longest].splitlines()[:lines]).rstrip()
    return short if short == kept else f"{short}\n[…]"


def tidy(text: str) -> str:
    """Return a text body with no blank at line ends (a signature's delimiter keeps its own) and no gap of two lines."""
    lines = (line if line == "-- " else line.rstrip() for line in text.split("\n"))
    return _BLANK.sub("\n\n", "\n".join(lines)).strip("\n") + "\n"


def _fitted(text: str, *, width: int) -> Iterator[str]:
    for line in text.split("\n"):
        if len(line) <= width:
            yield line
        else:
            yield from textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


def _filled(text: str, indent: str) -> Iterator[str]:
    paragraph: list[str] = []
    for line in [*text.split("\n"), ""]:
        starts_anew = not line.strip() or _ITEM.match(line)
        if starts_anew and paragraph:
            yield from _paragraph(paragraph, indent)
            paragraph = []
        if line.strip():
            paragraph.append(line)
        elif starts_anew:
            yield ""


def _paragraph(lines: list[str], indent: str) -> Iterator[str]:
    item = _ITEM.match(lines[0])
    hang = " " * len(item[0]) if item else ""
    first = item[0] if item else ""
    words = " ".join(line.strip() for line in lines)[len(first.strip()) :].strip(" ")
    yield from textwrap.wrap(
        words,
        WIDTH,
        initial_indent=indent + first,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
