"""Turns a letter's values into subject, text and HTML: the one door to templates, languages and readers' zones.

A letter's folder holds `subject.txt`, `body.txt` and `body.html` in English; a translation is a folder in it, all
three files or none. `_shared` holds the frame and the words that letters share, translated in the same way.
Templates are ours alone; what people wrote is data, made harmless wherever it is printed and escaped in HTML.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ticketbot.domain.drafts import Json
from ticketbot.render import words
from ticketbot.render.times import Times, times_for
from ticketbot.resources import shipped

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2.sandbox import SandboxedEnvironment

MAIL = shipped("templates") / "mail"
SHARED = "_shared"
ENGLISH = "en"
FILES = ("subject.txt", "body.txt", "body.html")
_LOCALE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter in words: one line of subject, LF line ends in both bodies, the language that it is in."""

    subject: str
    text: str
    html: str
    language: str


def render(code: str, values: Mapping[str, Json], *, locale: str, zone: str, at: datetime) -> Rendered:
    """Return a letter in the best language there is for *locale* (de-AT, else de, else English), times in *zone*.

    *at* is when the letter is made: it decides whether a year must be named. A missing value is an error.
    """
    folder = code.lower()
    language = language_of(folder, locale)
    environment = _environment(language)
    context = {**values, "when": times_for(language=language, zone=zone, at=at), "language": language}
    subject, text, html = (_plain(environment, f"{folder}/{name}", context) for name in FILES)
    return Rendered(
        subject=words.one_line(subject, longest=words.LONGEST_SUBJECT * 2),
        text=words.tidy(text),
        html=_inliner().inline(html),
        language=language,
    )


def language_of(folder: str, locale: str) -> str:
    """Return the closest language that a letter is translated into, by its folders."""
    wanted = locale.replace("_", "-").lower()
    while _LOCALE.fullmatch(wanted):
        if wanted == ENGLISH or (MAIL / folder / wanted).is_dir():
            return wanted
        wanted = wanted.rpartition("-")[0]
    return ENGLISH


def _translated(language: str) -> Callable[[str], tuple[str, str, Callable[[], bool]] | None]:
    """Return how a language finds its templates: `ack/body.txt` is `ack/de/body.txt` where that is there."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        folder, _, file = name.rpartition("/")
        for path in (MAIL / folder / language / file, MAIL / folder / file):
            if path.is_file():
                return path.read_text(encoding="utf-8"), str(path), lambda: True
        return None

    return load


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # noqa: PLC0415 - with the first letter: a start need not wait for it

    return CSSInliner(keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False)


@lru_cache(maxsize=8)
def _environment(language: str) -> "SandboxedEnvironment":
    from jinja2 import FunctionLoader, StrictUndefined, select_autoescape  # noqa: PLC0415 - with the first letter
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - the same

    environment = SandboxedEnvironment(
        loader=FunctionLoader(_translated(language)),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=False),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {
        "titled": words.subject_line,
        "one_line": words.one_line,
        "quoted": words.quoted,
        "wrapped": words.wrapped,
        "stepped": words.stepped,
        "clipped": words.clipped,
        "lines": words.lines,
        "percent": _percent,
    }
    return environment


def _plain(environment: "SandboxedEnvironment", name: str, context: Mapping[str, Json | Times]) -> str:
    """Render one file; the spaces that kept an instant on one line have done their work."""
    return environment.get_template(name).render(context).replace("\N{NO-BREAK SPACE}", " ")


def _finalize(value: object) -> object:
    """Make every printed value harmless; what is markup already came from our templates, its values made harmless."""
    return words.harmless(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _percent(share: float) -> str:
    """Return `83 %`, never 100 % for less than all."""
    return f"{min(99, round(share * 100)) if share < 1 else 100}\N{NO-BREAK SPACE}%"
