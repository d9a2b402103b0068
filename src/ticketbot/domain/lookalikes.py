# ruff: noqa: RUF001 - letters that look like others
"""Domains that only look like a client's (faults.md C5): other letters, other endings, a name in front or behind."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

#: Letters of other scripts, and digits, with the Latin letter that each is taken for; i and l are one.
_TAKEN_FOR: Final = str.maketrans("аеорсухіјѕһԁӏквмнтοανρικυτηωıɡłøđ0135i|", "aeopcyxljshdlkbmhtoavplkutnwlglodolesll")
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff-]")
#: Shorter names are too near to one another to say anything.
_SHORTEST: Final = 4


def looks_like(domain: str, known: Iterable[str]) -> str | None:
    """Return which of the *known* domains (`acme.example` or `*.acme.example`) one only looks like, or None.

    It says nothing of who writes: it is shown to the people who decide about a stranger.
    """
    if not domain:
        return None
    seen = domain.lower().rstrip(".")[:253]
    names = sorted({each.removeprefix("*.") for each in known})
    if any(seen == name or seen.endswith(f".{name}") for name in names):
        return None
    shown = _shown(seen)
    return next((name for name in names if _is_taken_for(shown, _shown(name))), None)


def _is_taken_for(seen: str, known: str) -> bool:
    """Return whether one domain is taken for another at a glance; both as `_shown` returns them."""
    if _skeleton(seen) == _skeleton(known) or seen.startswith((f"{known}.", f"{known}-")):
        return True
    name, own = known.rpartition(".")[0], seen.rpartition(".")[0]
    if len(name) < _SHORTEST:
        return False
    label = own.rpartition(".")[2]
    return (
        _skeleton(own) == _skeleton(name)
        or label.startswith(f"{name}-")
        or label.endswith(f"-{name}")
        or (len(name) > _SHORTEST and _is_one_off(_skeleton(seen), _skeleton(known)))
    )


def _shown(domain: str) -> str:
    """Return a domain as a mail program shows it: its encoded labels in their own script."""
    return ".".join(_label(label) for label in domain.split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError):
        return label


def _skeleton(domain: str) -> str:
    """Return what an eye in a hurry sees."""
    plain = unicodedata.normalize("NFKD", _UNSEEN.sub("", domain)).casefold()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_TAKEN_FOR)
    for pair, single in _PAIRS:
        bare = bare.replace(pair, single)
    return bare


def _is_one_off(one: str, other: str) -> bool:
    """Return whether one letter more, less, other, or two in the other order is all the difference."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[:2][::-1] and left[2:] == right[2:])
    )
