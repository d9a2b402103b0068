"""How columns are kept: aware instants, short strings for closed sets, keys of one length, and the states of rows."""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from typing_extensions import override


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC; a naive one is an error. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text of any length from anywhere: what a database refuses is replaced at this one door (faults.md §1, 5).

    PostgreSQL takes no NUL, neither takes half a surrogate pair; servers' words and errors may hold both.
    """

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


class Base(DeclarativeBase):
    """House rules of every table: named constraints (batch migrations need them) and our column types."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        str: CleanText,
        bytes: LargeBinary,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }

    id: Mapped[int] = mapped_column(primary_key=True)


def key_of(text: str) -> str:
    """Return the fixed-length key under which an id of any length is indexed."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


Short = String(32)
Hash = String(64)
Line = String(320)


class MailState(StrEnum):
    """The life of a received mail."""

    RECEIVED = "received"
    DONE = "done"
    TRIAGE = "triage"
    HELD = "held"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"
    ERASED = "erased"


class SightingState(StrEnum):
    """What became of one sighting of a mail on the server."""

    LISTED = "listed"
    STORED = "stored"
    ACKED = "acked"
    VANISHED = "vanished"
    BEFORE_START = "before_start"


class LetterState(StrEnum):
    """The life of a letter."""

    HELD = "held"
    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
