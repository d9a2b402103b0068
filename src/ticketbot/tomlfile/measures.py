"""Durations and sizes as people write them."""

import re
from datetime import timedelta
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)?")
_SECONDS = {
    "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600,
    "d": 86400, "day": 86400, "w": 604800, "week": 604800,
}  # fmt: skip
_BARE = re.compile(r"\d+(?:\.\d+)?")
_BARE_END = re.compile(r"\s\d+(?:\.\d+)?$")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)i?b?", re.IGNORECASE)
_BYTES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def parse_duration(value: object) -> timedelta:
    """Return '10 min', '90 s', '1h 30m' or a number of seconds as a duration."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return timedelta(seconds=value)
    text = value.strip().lower() if isinstance(value, str) else ""
    parts = list(_DURATION.finditer(text))
    units = [_SECONDS.get((part[2] or "s").removesuffix("s") or "s") for part in parts]
    if not parts or None in units or re.sub(r"[\s,]", "", _DURATION.sub("", text)):
        raise ValueError('must be a duration such as "10 min", "90 s", "2 h" or "7 days"')
    return timedelta(seconds=sum(float(part[1]) * (unit or 0) for part, unit in zip(parts, units, strict=True)))


def parse_span(value: object) -> timedelta:
    """Return a duration likewise, but only one with its unit: a bare number might mean seconds, minutes or hours."""
    text = str(value).strip() if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    if _BARE.fullmatch(text) and float(text):
        raise ValueError(f'has no unit; write "{text} h", "{text} min" or "{text} s"')
    if isinstance(value, str) and _BARE_END.search(text):
        raise ValueError('has a number without its unit; write it like "1 h 30 min"')
    return parse_duration(value)


def parse_size(value: object) -> int:
    """Return '50 MB' or a number of bytes as bytes."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('must be a size such as "50 MB" or "800 kB"')
    return int(float(match[1]) * _BYTES[match[2].lower()])


Duration: TypeAlias = Annotated[timedelta, BeforeValidator(parse_duration)]
#: A duration that says its unit, for what is promised: `1` would silently be a second.
Span: TypeAlias = Annotated[timedelta, BeforeValidator(parse_span)]
Size: TypeAlias = Annotated[int, BeforeValidator(parse_size)]
