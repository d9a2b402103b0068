"""The database: one schema for SQLite and PostgreSQL, one way to begin and end a transaction."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from ticketbot.domain.errors import ConfigurationError, DatabaseUnavailable
from ticketbot.store import schema
from ticketbot.store.desk import DeskRows, count_change
from ticketbot.store.inbox import InboxRows
from ticketbot.store.ledger import LedgerRows
from ticketbot.store.outbox import OutboxRows
from ticketbot.store.readings import Readings
from ticketbot.store.registerrows import RegisterRows
from ticketbot.store.roster import COUNTED
from ticketbot.store.threads import ThreadRows
from ticketbot.store.tickets import TicketRows

_UPGRADE_LOCK = 740_411_092


class _Session(Session):
    """A session that turns the desk's mark when it writes rows of the desk."""


@event.listens_for(_Session, "before_flush")
def _count_changes(session: Session, *_args: object) -> None:
    if any(isinstance(row, COUNTED) for rows in (session.new, session.dirty, session.deleted) for row in rows):
        count_change(session)


class Work:
    """One transaction and its repositories. It ends with the `with` block: committed, or rolled back on an error."""

    def __init__(self, session: Session) -> None:
        """Open the repositories on *session*, which nobody else sees."""
        self._session = session
        self.inbox = InboxRows(session)
        self.ledger = LedgerRows(session)
        self.tickets = TicketRows(session)
        self.threads = ThreadRows(session)
        self.outbox = OutboxRows(session)
        self.desk = DeskRows(session)
        self.readings = Readings(session)
        self.register = RegisterRows(session)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Run the block in a savepoint: an error in it undoes it alone, and is raised."""
        with self._session.begin_nested():
            yield

    def ring(self) -> None:
        """Wake the service's loops once this transaction is committed."""
        self._session.info["news"] = True

    def flush(self) -> None:
        """Send what was added to the database, so that its constraints answer now."""
        self._session.flush()


class Bell:
    """Wakes the service's loops when there is news; a ring that nobody waits for is kept."""

    def __init__(self) -> None:
        """Begin silent."""
        self._news = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """Return how often it rang so far."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._news:
            self._rings += 1
            self._news.notify_all()

    def wait(self, *, since: int, seconds: float) -> int:
        """Wait until it rang after *since*, at most *seconds*; return how often it rang so far."""
        with self._news:
            self._news.wait_for(lambda: self._rings != since, timeout=seconds)
            return self._rings


class Store:
    """The desk's memory. Threads share it; each transaction has its own session."""

    def __init__(self, url: str, *, is_lasting: bool = True) -> None:
        """Prepare for the database at *url* (sqlite:///… or postgresql://…); connects at first use.

        A SQLite file that is not *is_lasting* need not survive a crash of the machine: it is a rehearsal's.
        Raises ConfigurationError for a URL that is neither.
        """
        self.url = url
        self.engine = _engine(url, synchronous="FULL" if is_lasting else "OFF")
        self.bell = Bell()
        # On PostgreSQL each question sees what is committed, in a transaction or not: two journeys less without.
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._for_reading = self.engine.execution_options(read_only=True, **alone)
        self._here = threading.local()

    @property
    def is_sqlite(self) -> bool:
        """Return whether it is SQLite, which serves one service."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open a transaction that may write; commit at the end, roll back on an exception.

        Raises DatabaseUnavailable when the server is gone; the step may then be repeated.
        """
        with _translated(), _Session(self.engine, expire_on_commit=False) as session:
            try:
                yield Work(session)
                session.commit()
            except BaseException:
                session.rollback()
                raise
            has_news = bool(session.info.get("news"))
        if has_news:
            self.bell.ring()

    @contextmanager
    def look(self) -> Iterator[Work]:
        """Open a transaction that only reads; on SQLite it does not wait for a writer.

        What was read stays readable afterwards: closing the session ends the transaction, and expires nothing.
        """
        shared: Work | None = getattr(self._here, "look", None)
        if shared is not None:
            yield shared
            return
        with _translated(), Session(self._for_reading, expire_on_commit=False) as session:
            yield Work(session)

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Let every `look` that this thread takes within the block be the same one: cheaper, and of one moment."""
        outer = getattr(self._here, "look", None)
        with self.look() as work:
            self._here.look = work
            try:
                yield
            finally:
                self._here.look = outer

    def upgrade(self, *, backup: Callable[[], object] | None = None) -> tuple[str | None, str]:
        """Bring the schema to this program's; return the revisions before and after.

        SQLite enforces no foreign keys meanwhile (a batch rewrite of a parent table would empty its children) and
        checks them all at the end. *backup* is called first when there is something to change and to lose.
        Raises DatabaseTooNew when a newer program made the schema.
        """
        with _translated(), self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if self.is_sqlite and raw is not None:
                raw.cursor().execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    if not self.is_sqlite:
                        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_UPGRADE_LOCK})")
                    before = schema.revision_of(connection)
                    schema.refuse_newer(before)
                    if before != schema.head():
                        if before is not None and backup is not None:
                            backup()
                        schema.bring_up_to_date(connection)
                    if self.is_sqlite:
                        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                        if broken:
                            raise ConfigurationError(
                                f"the upgrade would leave {len(broken)} broken references in table {broken[0][0]}; "
                                "nothing was changed, please restore a backup or report this"
                            )
            finally:
                if self.is_sqlite and raw is not None:
                    raw.cursor().execute("PRAGMA foreign_keys=ON")
        return before, schema.head()

    def revision(self) -> str | None:
        """Return the schema's revision, or None for an empty database."""
        with _translated(), self.engine.connect() as connection:
            return schema.revision_of(connection)

    def require_current(self) -> None:
        """Raise DatabaseTooNew or ConfigurationError unless the schema is this program's."""
        found = self.revision()
        schema.refuse_newer(found)
        if found != schema.head():
            raise ConfigurationError("the database is not up to date: run `ticketbot db upgrade`")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Return the store at *url*."""
    return Store(url)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnavailable(f"the database does not answer: {_first_line(error)}") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable(f"the database connection was lost: {_first_line(error)}") from error
        raise


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]


def _engine(url: str, *, synchronous: str) -> Engine:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ConfigurationError("database.url is not a database address, e.g. sqlite:///ticketbot.db") from error
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(url, Path(parsed.database or ""), synchronous=synchronous)
        case "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
            )
        case other:
            raise ConfigurationError(f"database.url names {other!r}; ticketbot keeps its data in sqlite or postgresql")


def _sqlite(url: str, file: Path, *, synchronous: str) -> Engine:
    if not file.name or not file.parent.is_dir():
        raise ConfigurationError(f"database.url: the folder of {file} does not exist; make it or name another file")
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "do_connect")
    def keep_private(*_args: object) -> None:
        file.touch(mode=0o600)  # it holds every mail
        if file.stat().st_mode & 0o077:
            with suppress(PermissionError):
                file.chmod(0o600)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own type
        connection.isolation_level = None  # we begin transactions ourselves
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute("PRAGMA " + pragma).close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails with SQLITE_BUSY at once; an immediate one waits.
        read_only = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
