"""How values and frames cross the border to a reading child: JSON by the dataclass's own types, never a pickle.

What comes back was made next to hostile bytes. It is built field by field, and a value of another type is refused.
"""

import json
import struct
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ticketbot.domain.messages import Attachment
from ticketbot.inbound.reader import File

T = TypeVar("T")
_Build = Callable[[object], object]

#: Of a request: the length of the mail, of what is asked, and the seconds of CPU that it may use.
_REQUEST: Final = struct.Struct("!QII")
#: Of an answer: what it is, its length.
_ANSWER: Final = struct.Struct("!cQ")
#: Of files: the length of what is said of them.
_FILES: Final = struct.Struct("!I")
REQUEST_HEAD: Final = _REQUEST.size
ANSWER_HEAD: Final = _ANSWER.size

HELLO, MESSAGE, FILES, FAILED = b"H", b"M", b"F", b"E"
#: The same as the last that a child says: it has grown old.
LAST_MESSAGE, LAST_FILES = b"m", b"f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a mail is asked: what it says (None), or for the octets of *files* that it encloses, by index."""

    names: frozenset[str] = frozenset()
    files: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What stands before a mail: how long it is, how long the question is, and what the answer may cost."""

    size: int
    question_size: int
    cpu_seconds: int


def request(raw: bytes, question: Question, *, cpu_seconds: int) -> bytes:
    """Return what a child is sent before the bytes of the mail themselves."""
    told = json.dumps([sorted(question.names), question.files]).encode()
    return _REQUEST.pack(len(raw), len(told), cpu_seconds) + told


def asked(head: bytes) -> Request:
    """Return what a request's head says."""
    size, question_size, cpu_seconds = _REQUEST.unpack(head)
    return Request(size=size, question_size=question_size, cpu_seconds=cpu_seconds)


def question(told: bytes) -> Question:
    """Return what is asked."""
    names, files = json.loads(told)
    return Question(names=frozenset(names), files=None if files is None else tuple(files))


def answer(kind: bytes, *pieces: bytes | memoryview) -> Iterator[bytes | memoryview]:
    """Yield an answer as it is sent."""
    yield _ANSWER.pack(kind, sum(map(len, pieces)))
    yield from pieces


def packed(files: Sequence[File]) -> list[bytes | memoryview]:
    """Return files as they are sent: what each is, then the octets of all."""
    told = json.dumps([_plain(attachment) for attachment, _ in files], ensure_ascii=False).encode("utf-8", "replace")
    return [_FILES.pack(len(told)), told, *(octets for _, octets in files)]


def unpacked(data: bytearray) -> list[File]:
    """Return the files in an answer, their octets where they stand in it. Raises ValueError for anything else."""
    view = memoryview(data)
    try:
        start = _FILES.size + _FILES.unpack_from(data)[0]
        build = _class(Attachment)
        told = json.loads(bytes(view[_FILES.size : start]))
        if type(told) is not list:
            raise ValueError("not files: no list")
        attachments = [cast("Attachment", build(each)) for each in told]
    except (TypeError, KeyError, RecursionError, struct.error) as error:
        raise ValueError(f"not files: {type(error).__name__}") from error
    if start + sum(each.size for each in attachments) != len(data) or any(each.size < 0 for each in attachments):
        raise ValueError("not files: their sizes are wrong")
    found: list[File] = []
    for attachment in attachments:
        found.append((attachment, view[start : start + attachment.size]))
        start += attachment.size
    return found


def answered(head: bytes | bytearray) -> tuple[bytes, int]:
    """Return what kind of answer follows, and its length."""
    kind, size = _ANSWER.unpack(head)
    return cast("bytes", kind), cast("int", size)


def dumped(value: object) -> bytes:
    """Return a dataclass of plain values as bytes; a lone surrogate becomes a question mark."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def loaded(kind: type[T], data: bytes | bytearray) -> T:
    """Return the value of this dataclass that the bytes describe. Raises ValueError for anything else."""
    try:
        return cast("T", _class(kind)(json.loads(data)))
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"not a {kind.__name__}: {type(error).__name__}") from error


def _plain(value: object) -> object:
    if value is None or isinstance(value, (str, int)):
        return value  # an Enum of strings is a string to JSON
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, name)) for name in _names(type(value))]
    raise TypeError(f"{type(value).__name__} does not cross the border")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _builder(kind: Any) -> _Build:  # noqa: ANN401 - a type as written in a field: a class, X | None, tuple[X, ...]
    """Return the function that builds a value of a field's type from JSON."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        (inner,) = (part for part in parts if part is not types.NoneType)
        return _optional(_builder(inner))
    if origin is tuple:
        return _many(parts[0])
    if origin is not None:
        return _mapping(_builder(parts[1]))
    return _class(kind)


def _class(kind: type) -> _Build:
    if is_dataclass(kind):
        return _record(kind)
    if issubclass(kind, datetime):
        return lambda data: datetime.fromisoformat(cast("str", data))
    if issubclass(kind, Enum):
        return kind
    return _exactly(kind)


def _exactly(kind: type) -> _Build:
    def build(data: object) -> object:
        if type(data) is not kind:
            raise TypeError
        return data

    return build


def _optional(inner: _Build) -> _Build:
    return lambda data: None if data is None else inner(data)


def _many(kind: object) -> _Build:
    def build(data: object) -> object:
        if type(data) is not list:
            raise TypeError
        return tuple(map(_builder(kind), data)) if data else ()  # asked for only now: a message holds messages

    return build


def _mapping(inner: _Build) -> _Build:
    def build(data: object) -> object:
        if type(data) is not dict:
            raise TypeError
        return {key: inner(value) for key, value in data.items()}

    return build


@cache
def _record(kind: type) -> _Build:
    hints = get_type_hints(kind)
    builders = [(name, _builder(hints[name])) for name in _names(kind)]

    def build(data: object) -> object:
        if type(data) is not list or len(data) != len(builders):
            raise TypeError
        return kind(**{name: inner(value) for (name, inner), value in zip(builders, data, strict=True)})

    return build
