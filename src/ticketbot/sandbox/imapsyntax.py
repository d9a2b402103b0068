"""The words of IMAP (RFC 3501 section 9): commands cut into tokens, sets of numbers, flags, dates, quoted strings."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from ticketbot.sandbox.connection import Connection, Hangup

#: An atom or quoted string, a literal, or a list in parentheses.
Token: TypeAlias = "str | bytes | list[Token]"  # noqa: S105 - a word, not a secret

MAX_LITERAL = 64 * 1024 * 1024

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")
_WORD = re.compile(
    rb'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<atom>(?:[^\s()"\[]|\[[^\]]*\])+))'
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Refused(Exception):
    """The answer is NO or BAD; the message is the whole of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: FETCH, or UID FETCH with `by_uid`."""

    tag: str
    verb: str
    by_uid: bool
    arguments: list[Token]

    def text(self, index: int) -> str:
        """Return an argument as text."""
        if index >= len(self.arguments):
            raise Refused("BAD Something is missing")
        return text(self.arguments[index])

    def listed(self, index: int) -> list[Token]:
        """Return an argument as a list, with or without its parentheses."""
        token = self.arguments[index] if index < len(self.arguments) else []
        return token if isinstance(token, list) else [token]


async def read_command(connection: Connection) -> Command:
    """Read a line with its literals, asking for those that wait to be asked for."""
    parts: list[bytes] = []
    while True:
        line = await connection.line()
        found = _LITERAL.search(line)
        if not found:
            parts.append(line)
            break
        size = int(found[1])
        if size > MAX_LITERAL:
            connection.say("* BYE [TOOBIG] Literal too large")
            await connection.flush()
            raise Hangup
        if not found[2]:
            connection.say("+ Go ahead")
            await connection.flush()
        parts += [line[: found.start()], await connection.reader.readexactly(size)]
    match tokens(parts):
        case [str(tag), str(uid), str(verb), *arguments] if uid.upper() == "UID":
            return Command(tag=tag, verb=verb.upper(), by_uid=True, arguments=arguments)
        case [str(tag), str(verb), *arguments]:
            return Command(tag=tag, verb=verb.upper(), by_uid=False, arguments=arguments)
        case _:
            return Command(tag="*", verb="", by_uid=False, arguments=[])


def tokens(parts: list[bytes]) -> list[Token]:
    """Cut a command into tokens; every second part is a literal."""
    stack: list[list[Token]] = [[]]
    for index, part in enumerate(parts):
        if index % 2:
            stack[-1].append(part)
            continue
        for word in _WORD.finditer(part):
            if word["open"]:
                stack.append([])
            elif word["close"]:
                if len(stack) > 1:
                    done = stack.pop()
                    stack[-1].append(done)
            elif word["quoted"] is not None:
                stack[-1].append(re.sub(rb"\\(.)", rb"\1", word["quoted"]).decode("utf-8", "surrogateescape"))
            else:
                stack[-1].append(word["atom"].decode("utf-8", "surrogateescape"))
    return stack[0]


def text(token: Token) -> str:
    """Return an atom, string or literal as text."""
    if isinstance(token, list):
        raise Refused("BAD A list came where a string was due")
    return token if isinstance(token, str) else token.decode("utf-8", "surrogateescape")


def ranges(token: Token, *, largest: int) -> list[tuple[int, int]]:
    """Read "1,4:6,9:*" as ranges with both ends; the star is the largest number, so "9:*" of 7 is 7 to 9."""
    read: list[tuple[int, int]] = []
    for part in text(token).split(","):
        first, _, last = part.partition(":")
        try:
            ends = [largest if end == "*" else int(end) for end in (first, last or first)]
        except ValueError:
            raise Refused("BAD Not a set of numbers") from None
        read.append((min(ends), max(ends)))
    return read


def is_set(token: Token) -> bool:
    """Tell whether *token* is a set of numbers."""
    return isinstance(token, str) and re.fullmatch(r"[\d*][\d:,*]*", token) is not None


def flag(name: str) -> str:
    r"""Return a flag in its usual spelling: \Seen, but keywords as they come."""
    return "\\" + name[1:].capitalize() if name.startswith("\\") else name


def quoted(string: str) -> str:
    """Return *string* in quotes."""
    return '"' + string.replace("\\", "\\\\").replace('"', '\\"') + '"'


def internal_date(instant: datetime) -> str:
    """Write an instant as INTERNALDATE does."""
    utc = instant.astimezone(UTC)
    return f'"{utc.day:2d}-{_MONTHS[utc.month - 1]}-{utc:%Y %H:%M:%S} +0000"'


def read_date(written: str) -> datetime:
    """Read a date ("21-Nov-2026") or an INTERNALDATE, whatever the language of the machine."""
    day, _, rest = written.strip().partition("-")
    month, _, rest = rest.partition("-")
    try:
        number = _MONTHS.index(month.capitalize()) + 1
        if " " not in rest:
            return datetime(int(rest), number, int(day), tzinfo=UTC)
        return datetime.strptime(f"{day} {number} {rest}", "%d %m %Y %H:%M:%S %z")
    except ValueError:
        raise Refused("BAD Not a date") from None
