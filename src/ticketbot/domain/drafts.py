"""A letter as the desk asks for it: code, key, frozen recipients and values, written by what causes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, Union

Json: TypeAlias = Union[str, int, float, bool, list["Json"], dict[str, "Json"], None]  # noqa: UP007 - it recurs


class Automatic(StrEnum):
    """The Auto-Submitted header of a letter (RFC 3834). A relayed person's mail carries none."""

    REPLIED = "auto-replied"
    GENERATED = "auto-generated"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A part of a received mail that a letter passes on: the mail's SHA-256 and the attachment's index in it."""

    sha256: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One letter to be sent. `key` is unique in the outbox, so the same letter cannot be written twice.

    `to` and `cc` are bare addresses, frozen here. `values` is what the templates of the letter's folder need, as JSON.
    `in_reply_to` and `references` are Message-IDs without brackets, oldest first. `send_at` is an aware UTC instant.
    `locale` and `zone` are the reader's. `cause` is the SHA-256 of the received mail that caused the letter, if any.
    """

    code: str
    key: str
    to: tuple[str, ...]
    send_at: datetime
    values: Mapping[str, Json]
    cc: tuple[str, ...] = ()
    locale: str = "en"
    zone: str = "UTC"
    from_name: str = ""
    reply_to: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    automatic: Automatic = Automatic.GENERATED
    enclosures: tuple[Enclosure, ...] = field(default=())
    ticket: int | None = None
    launch: str | None = None
    cause: str | None = None
