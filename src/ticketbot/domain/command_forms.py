"""The forms that a command's arguments take: words, choices, options and fields (domain.md CM2)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from ticketbot.domain import when

_A_MONDAY = date(2024, 1, 1)
_FIELD_BREAK = re.compile(r"\s*\|\s*")


def _as_written(text: str) -> str:
    """Return an argument as it was written."""
    return text


def _plain(text: str) -> str:
    """Return a name or an address in lower case, without @ before it or brackets around it."""
    return text.lower().strip("<>").removeprefix("@")


def _ticket(text: str) -> str:
    """Return a ticket as T-9."""
    return "T-" + text.strip("[]").upper().removeprefix("T").removeprefix("-")


def _severity(text: str) -> str:
    """Return a severity as S2."""
    return "S" + text[-1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One kind of argument: how it is called when it is missing, what it looks like, and how it is spelt."""

    says: str
    pattern: str = ""
    choices: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    spell: Callable[[str], str] = _as_written

    def read(self, text: str) -> str | None:
        """Return such an argument in its one spelling, whatever case it was written in, or None."""
        if self.choices:
            return next((each for each in self.choices if each.casefold() == text.casefold()), None)
        fits = self.check(text) if self.check else re.fullmatch(self.pattern, text, re.IGNORECASE) is not None
        return self.spell(text) if fits else None

    def nearest(self, text: str) -> str | None:
        """Return the choice that was probably meant."""
        return next(iter(get_close_matches(text[:40], self.choices, n=1)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a command. A rest takes all that is left of the line."""

    name: str
    word: Word
    is_optional: bool = False
    is_rest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What may follow a command's name: arguments in order, then `key=value` options, then `| key value` fields."""

    arguments: tuple[Argument, ...] = ()
    options: Mapping[str, Word] = field(default_factory=dict)
    fields: Mapping[str, Word] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Why arguments do not fit their form; `wrong` and `nearest` name a word that was probably meant otherwise."""

    reason: str
    wrong: str = ""
    nearest: str | None = None


def _is_date(text: str) -> bool:
    """Return whether a date is meant that exists, with a time behind a T or without."""
    on, _, at = text.partition("T") if text[:1].isdigit() else (text, "", "")
    return when.day(on, today=_A_MONDAY) is not None and (not at or when.wall_time(at[:5]) is not None)


_NAME = r"[^\W_][\w.-]{0,63}"
_ADDRESS = r"<?[^\s@<>,;|]{1,64}@[^\s@<>,;|]{1,255}>?"
_DOMAIN = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}"

DATE = Word(says="a date (2027-03-18, fri, 3d)", check=_is_date)
TIME = Word(says="a time (14:00)", check=lambda text: when.wall_time(text) is not None)
DURATION = Word(says="a duration (60m, 2h, 7d)", check=lambda text: when.duration(text) is not None, spell=str.lower)
TEXT = Word(says="some text", pattern=r"\S.*")
REASON = Word(says="a reason", pattern=r"\S.*")
PERSON = Word(says="a person (ben)", pattern=rf"@?{_NAME}", spell=_plain)
OWNER = Word(says="a person or a team (ben, team:standard)", pattern=rf"(?:team:|@)?{_NAME}", spell=_plain)
SLUG = Word(says="a short name (acme)", pattern=_NAME, spell=str.lower)
LAUNCH = Word(says="a launch (acme/hr)", pattern=rf"{_NAME}/{_NAME}", spell=str.lower)
TICKET = Word(says="a ticket (T-9)", pattern=r"\[?(?:T-?)?[1-9][0-9]{0,8}\]?", spell=_ticket)
ADDRESS = Word(says="an address (tom@acme.example)", pattern=_ADDRESS, spell=_plain)
PARTY = Word(says="an address or a domain (acme.example)", pattern=rf"{_ADDRESS}|{_DOMAIN}", spell=_plain)
PRIORITY = Word(says="a priority (P1 to P4)", choices=("P1", "P2", "P3", "P4"))
SEVERITY = Word(says="a severity (1 to 4)", pattern="S?[1-4]", spell=_severity)
LEVEL = Word(says="a level (1 to 3)", choices=("1", "2", "3"))
KIND = Word(
    says="a kind (incident, question, request …)",
    choices=("incident", "question", "request", "enhancement", "training", "meeting", "feedback", "alert", "problem"),
)
PLACE = Word(says="onsite or remote", choices=("onsite", "remote"))
CADENCE = Word(says="a cadence (weekly, biweekly, monthly)", choices=("daily", "weekly", "biweekly", "monthly"))
YES = Word(says="yes or no", choices=("yes", "no"))
COMPLEXITY = Word(says="a complexity (low, medium, high, very_high)", choices=("low", "medium", "high", "very_high"))
INSIGHT = Word(says="need, gap or praise", choices=("need", "gap", "praise"))
DONE = Word(says="done", choices=("done",))
UNTIL = Word(says="until", choices=("until",))
FORCE = Word(says="!", choices=("!",))
SETTING = Word(says="a setting (key = value)", pattern=r"[^\s=|][^=|]{0,99}=\s*\S.*")
ACTION = Word(says="an action, a person and a date (text @ben fri)", pattern=r"\S.*\s@[\w.-]{1,64}\s+\S+")


def fill(form: Form, text: str) -> dict[str, str] | Misfit:
    """Return the named arguments that *text* gives, or why it does not fit."""
    head, *pieces = _FIELD_BREAK.split(text.strip()) if form.fields else (text.strip(),)
    words = head.split()
    found: dict[str, str] = {}
    for argument in form.arguments:
        given = " ".join(words) if argument.is_rest else " ".join(words[:1])
        if given and (value := argument.word.read(given)) is not None:
            found[argument.name] = value
            words = [] if argument.is_rest else words[1:]
        elif not argument.is_optional:
            return _misfit(argument.word, given)
    return _with_options(form, words, found) or _with_fields(form, pieces, found) or found


def _misfit(word: Word, given: str) -> Misfit:
    """Say that a word is missing or is something else."""
    if not given:
        return Misfit(reason=f"{word.says} is missing")
    return Misfit(reason=f"“{given[:60]}” is not {word.says}", wrong=given, nearest=word.nearest(given))


def _with_options(form: Form, words: list[str], found: dict[str, str]) -> Misfit | None:
    """Add `key=value` options to what was found."""
    for given in words:
        key, equals, value = given.partition("=")
        if not equals or not form.options:
            return Misfit(reason=f"“{given[:60]}” is too much here", wrong=given)
        if key.casefold() not in form.options:
            nearest = next(iter(get_close_matches(key.casefold()[:40], form.options, n=1)), None)
            meant = f"{nearest}={value}" if nearest else None
            return Misfit(reason=f"there is no option “{key[:60]}”", wrong=given, nearest=meant)
        read = form.options[key.casefold()].read(value)
        if read is None:
            return _misfit(form.options[key.casefold()], value)
        found[key.casefold()] = read
    return None


def _with_fields(form: Form, pieces: list[str], found: dict[str, str]) -> Misfit | None:
    """Add `| key value` fields to what was found."""
    for piece in pieces:
        key, _, value = piece.partition(" ")
        if key.casefold() not in form.fields:
            return Misfit(reason=f"after | comes {' or '.join(form.fields)}, not “{key[:60]}”")
        read = form.fields[key.casefold()].read(value.strip())
        if read is None:
            return _misfit(form.fields[key.casefold()], value.strip())
        found[key.casefold()] = read
    return None
