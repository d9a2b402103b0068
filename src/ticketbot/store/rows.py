"""What every repository needs: the session, and inserting where the database's constraint may say no."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ticketbot.store.models import Base

RowT = TypeVar("RowT", bound=Base)


@cache
def _insert(model: type[Base], is_postgresql: bool) -> Any:  # noqa: ANN401 - either database's own insert
    table = cast(Table, model.__table__)
    insert = postgresql.insert if is_postgresql else sqlite.insert
    return insert(table).on_conflict_do_nothing().returning(table.c.id)


class Rows:
    """A repository: the rows of one subject, in one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in *session*."""
        self.session = session

    @property
    def is_postgresql(self) -> bool:
        """Return whether rows can be locked one by one."""
        return self.session.get_bind().dialect.name == "postgresql"

    def insert_new(self, model: type[Base], **values: Any) -> int | None:  # noqa: ANN401 - any column
        """Insert a row and return its id, or None when a unique constraint says that it is there already."""
        self.session.flush()
        return cast(int | None, self.session.execute(_insert(model, self.is_postgresql), values).scalar())

    def insert_all(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """Insert rows in their order, but for those that a unique constraint knows; return the ids of the new."""
        self.session.flush()
        return self.session.scalars(_insert(model, self.is_postgresql), rows).all() if rows else []

    def _locking(self, query: Select[RowT], *, skip: bool = False) -> Select[RowT]:
        """Return a query that takes its rows for this transaction; *skip* leaves out what somebody else has taken.

        On SQLite a transaction that writes has the whole database to itself.
        """
        return query.with_for_update(skip_locked=skip) if self.is_postgresql else query

    def changed(self, statement: Any) -> int:  # noqa: ANN401 - an update or delete of any table
        """Run an update or delete and return how many rows it touched."""
        options = {"synchronize_session": False}
        self.session.flush()
        result = cast(CursorResult[Any], self.session.execute(statement, execution_options=options))
        return result.rowcount
