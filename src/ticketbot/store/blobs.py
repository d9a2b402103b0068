"""The bytes of mails in the database: a large one goes in and out in slices, so that memory holds it once.

SQLite copies a value twice before it writes it, and PostgreSQL hands one out as text of twice its size.
"""

from io import BytesIO
from typing import Any, cast

from sqlalchemy import LargeBinary, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ticketbot.store.models import Blob

#: What is larger (octets) goes in slices.
LARGE = 2 * 1024 * 1024
_SLICE = 1024 * 1024
#: PostgreSQL may have to unpack all that stands before a slice.
_SLICE_OF_POSTGRESQL = 4 * 1024 * 1024


def insert(session: Session, sha256: str, raw: bytes) -> int | None:
    """Keep *raw* under its name; return its row, or None when it is here already."""
    in_slices = len(raw) > LARGE and _is_sqlite(session)
    dialect = sqlite if _is_sqlite(session) else postgresql
    values = {"sha256": sha256, "size": len(raw), "raw": func.zeroblob(len(raw)) if in_slices else raw}
    statement = dialect.insert(cast("Table", Blob.__table__)).values(values).on_conflict_do_nothing()
    session.flush()
    blob_id = cast("int | None", session.execute(statement.returning(Blob.id)).scalar())
    if in_slices and blob_id is not None:
        left = memoryview(raw)
        with _driver(session).blobopen("blob", "raw", blob_id) as room:
            while left:
                room.write(left[:_SLICE])
                left = left[_SLICE:]
    renew_after(session, raw)
    return blob_id


def renew_after(session: Session, raw: bytes) -> None:
    """Have another connection opened behind a large value: PostgreSQL's library keeps the room that one took."""
    if len(raw) > LARGE and not _is_sqlite(session):
        session.connection().connection.invalidate(soft=True)


def read(session: Session, sha256: str) -> bytes | None:
    """Return the bytes with this name, if they are here."""
    found = session.execute(select(Blob.id, Blob.size).where(Blob.sha256 == sha256)).one_or_none()
    if found is None:
        return None
    blob_id, size = found
    if size <= LARGE:
        return session.scalar(select(Blob.raw).where(Blob.id == blob_id))
    spool = BytesIO()
    if _is_sqlite(session):
        with _driver(session).blobopen("blob", "raw", blob_id, readonly=True) as room:
            while piece := room.read(_SLICE):
                spool.write(piece)
    else:
        for start in range(0, size, _SLICE_OF_POSTGRESQL):
            part = func.substring(Blob.raw, start + 1, _SLICE_OF_POSTGRESQL, type_=LargeBinary)
            spool.write(session.scalars(select(part).where(Blob.id == blob_id)).one())
    return spool.getvalue()  # the spool's own bytes, not a copy


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _driver(session: Session) -> Any:  # noqa: ANN401 - the driver's own connection
    return cast("Any", session.connection().connection.driver_connection)
