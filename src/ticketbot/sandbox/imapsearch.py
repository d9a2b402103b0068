"""SEARCH: which mails of a folder somebody asks for (RFC 3501 section 6.4.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ticketbot.sandbox.imapsyntax import Refused, Token, flag, is_set, ranges, read_date, text
from ticketbot.sandbox.postmark import header
from ticketbot.sandbox.postoffice import StoredMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One mail that may be meant, and its sequence number."""

    number: int
    mail: StoredMail


Test = Callable[[Candidate], bool]


def read_search(keys: list[Token], *, largest_number: int, largest_uid: int) -> Test:
    """Turn search keys into a test that all of them pass."""
    return _Reader(keys, largest_number=largest_number, largest_uid=largest_uid).all()


class _Reader:
    """Reads search keys one after the other."""

    def __init__(self, keys: list[Token], *, largest_number: int, largest_uid: int) -> None:
        self._words = iter(keys)
        self._largest_number = largest_number
        self.largest_uid = largest_uid

    def all(self) -> Test:
        """Read to the end."""
        tests = [self.key(word) for word in self._words]
        return lambda one: all(test(one) for test in tests)

    def key(self, word: Token) -> Test:
        """Read the key that begins with *word*."""
        if isinstance(word, list):
            return read_search(word, largest_number=self._largest_number, largest_uid=self.largest_uid)
        if is_set(word):
            return _among(lambda one: one.number, ranges(word, largest=self._largest_number))
        name = text(word).upper()
        if name not in _KEYS:
            raise Refused(f"BAD Search key {name} is not known here")
        return _KEYS[name](self)

    def word(self) -> Token:
        """Return the next word."""
        for word in self._words:
            return word
        raise Refused("BAD A search key lacks its value")

    def text(self) -> str:
        """Return the next word as text."""
        return text(self.word())

    def number(self) -> int:
        """Return the next word as a number."""
        word = self.text()
        if not word.isdecimal():
            raise Refused("BAD A number was expected")
        return int(word)

    def next(self) -> Test:
        """Read one more key."""
        return self.key(self.word())

    def date(self) -> date:
        """Return the next word as a date."""
        return read_date(self.text()).date()


def _among(number: Callable[[Candidate], int], spans: list[tuple[int, int]]) -> Test:
    return lambda one: any(first <= number(one) <= last for first, last in spans)


def _not(test: Test) -> Test:
    return lambda one: not test(one)


def _either(first: Test, second: Test) -> Test:
    return lambda one: first(one) or second(one)


def _flagged(name: str) -> Test:
    return lambda one: name.lower() in {held.lower() for held in one.mail.flags}


def _headed(name: str, value: str) -> Test:
    return lambda one: value.lower() in header(one.mail.raw, name).lower()


def _size(passes: Callable[[int], bool]) -> Test:
    return lambda one: passes(len(one.mail.raw))


def _received(passes: Callable[[date], bool]) -> Test:
    return lambda one: passes(one.mail.received_at.date())


def _charset(reader: _Reader) -> Test:
    reader.text()
    return reader.next()


def _larger(reader: _Reader) -> Test:
    size = reader.number()
    return _size(lambda octets: octets > size)


def _smaller(reader: _Reader) -> Test:
    size = reader.number()
    return _size(lambda octets: octets < size)


def _before(reader: _Reader) -> Test:
    day = reader.date()
    return _received(lambda received: received < day)


def _since(reader: _Reader) -> Test:
    day = reader.date()
    return _received(lambda received: received >= day)


def _on(reader: _Reader) -> Test:
    day = reader.date()
    return _received(lambda received: received == day)


def _flag_keys(name: str) -> dict[str, Callable[[_Reader], Test]]:
    test = _flagged(flag("\\" + name))
    return {name: lambda _reader: test, f"UN{name}": lambda _reader: _not(test)}


def _header_key(name: str) -> dict[str, Callable[[_Reader], Test]]:
    return {name: lambda reader: _headed(name, reader.text())}


#: The keys, and what reads the words behind them.
_KEYS: Final[dict[str, Callable[[_Reader], Test]]] = {
    "CHARSET": _charset,
    "ALL": lambda _reader: lambda _one: True,
    "UID": lambda reader: _among(lambda one: one.mail.uid, ranges(reader.word(), largest=reader.largest_uid)),
    "NOT": lambda reader: _not(reader.next()),
    "OR": lambda reader: _either(reader.next(), reader.next()),
    "KEYWORD": lambda reader: _flagged(reader.text()),
    "UNKEYWORD": lambda reader: _not(_flagged(reader.text())),
    "HEADER": lambda reader: _headed(reader.text(), reader.text()),
    "LARGER": _larger,
    "SMALLER": _smaller,
    "BEFORE": _before,
    "SINCE": _since,
    "ON": _on,
    **{
        key: reads
        for name in ("SEEN", "ANSWERED", "FLAGGED", "DELETED", "DRAFT")
        for key, reads in _flag_keys(name).items()
    },
    **{key: reads for name in ("FROM", "TO", "CC", "BCC", "SUBJECT") for key, reads in _header_key(name).items()},
}
