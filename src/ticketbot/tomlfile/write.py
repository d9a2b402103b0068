"""Values and tables as TOML text, which `parse_document` reads back."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PRINTED = re.compile(r"[^\x00-\x1f\x7f]")


def as_toml(value: object) -> str:
    """Return a value in TOML's form."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case date() | time():
            return value.isoformat()
        case list() | tuple():
            return "[" + ", ".join(as_toml(each) for each in value) + "]"
        case dict():
            inner = ", ".join(f"{_key(name)} = {as_toml(each)}" for name, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return _quoted(str(value))


def toml_text(document: Mapping[str, object]) -> str:
    """Return a document: tables under their headers, in the order given; what is None is left out."""
    return "\n".join(_lines(document, ())).strip("\n") + "\n"


def _lines(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    plain = {name: value for name, value in table.items() if not isinstance(value, dict) and value is not None}
    if path and (plain or not table):
        yield ""
        yield "[" + ".".join(_key(name) for name in path) + "]"
    for name, value in plain.items():
        yield from _pair(name, value)
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _lines(value, (*path, name))


def _pair(name: str, value: object) -> Iterator[str]:
    if isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
        yield f"{_key(name)} = ["
        yield from (f"  {as_toml(each)}," for each in value)
        yield "]"
    else:
        yield f"{_key(name)} = {as_toml(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    short = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return (
        '"'
        + "".join(short.get(sign) or (sign if _PRINTED.match(sign) else f"\\u{ord(sign):04x}") for sign in text)
        + '"'
    )
