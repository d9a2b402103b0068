"""Copies of the whole desk in one file: the database and the signing keys, restored together or not at all.

A backup is a tar archive of `manifest.json`, `database` (a SQLite file, or what pg_dump wrote) and `ticketbot.key`.
"""

import contextlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from ticketbot import __version__
from ticketbot.domain.errors import ConfigurationError, Conflict, DatabaseTooNew, DatabaseUnavailable, NotFound
from ticketbot.store import schema
from ticketbot.store.columns import Base
from ticketbot.store.database import Store

_DATABASE, _KEYS, _MANIFEST = "database", "ticketbot.key", "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is a copy of."""

    kind: str
    revision: str | None
    program: str
    made_at: str


def back_up(store: Store, file: Path, *, key_file: Path, now: datetime) -> Manifest:
    """Write a backup of a running or resting desk to *file*, readable by its owner only.

    Raises Conflict when *file* exists, DatabaseUnavailable when the copy cannot be made.
    """
    if file.exists():
        raise Conflict(f"{file} exists; name another file or remove it first")
    if not file.absolute().parent.is_dir():
        raise NotFound(f"there is no folder {file.absolute().parent}; make it first")
    manifest = Manifest(
        kind="sqlite" if store.is_sqlite else "postgresql",
        revision=store.revision(),
        program=__version__,
        made_at=now.isoformat(),
    )
    with _beside(file) as folder:
        copy = folder / _DATABASE
        if store.is_sqlite:
            copy_sqlite(store, copy)
        else:
            _postgresql("pg_dump", store.url, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
        archive = folder / "archive"
        descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w") as tar:
                _add_text(tar, _MANIFEST, json.dumps(asdict(manifest)))
                if key_file.exists():
                    tar.add(key_file, _KEYS)
                tar.add(copy, _DATABASE)
            raw.flush()
            os.fsync(raw.fileno())
        archive.rename(file)
    return manifest


def restore(url: str, file: Path, *, key_file: Path, now: datetime) -> tuple[Manifest, list[Path]]:
    """Put the desk of *file* in place of the one at *url*; return what it was and what was moved aside.

    What was there is kept beside it. The caller holds the lock. Raises ConfigurationError for a file that is no backup
    or one of the other database, DatabaseTooNew for one that a newer ticketbot made.
    """
    stamp = f"before-restore-{now:%Y%m%dT%H%M%S}"
    sqlite_file = Path(make_url(url).database or "") if url.startswith("sqlite:") else None
    with _beside(sqlite_file) as folder, _opened(file) as (manifest, tar):
        _check(manifest, file, kind="sqlite" if sqlite_file else "postgresql")
        copy = folder / _DATABASE
        _extract(tar, _DATABASE, copy)
        found = tar.extractfile(_KEYS) if _KEYS in tar.getnames() else None
        keys = found.read() if found else None
        if sqlite_file:
            aside = _restore_sqlite(copy, sqlite_file, stamp=stamp)
        else:
            aside = _restore_postgresql(url, copy, key_file=key_file, file=file, stamp=stamp, now=now)
    if keys is not None and not (key_file.exists() and key_file.read_bytes() == keys):
        aside += _moved_aside(key_file, stamp)
        with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(keys)
    return manifest, aside


def upgrade_with_copy(store: Store, *, file: Path | None, now: datetime) -> tuple[str | None, str, Path | None]:
    """Bring the schema up to date, after copying a SQLite *file*; return the revisions before and after, and the copy.

    The caller holds the lock.
    """
    copy = file.with_name(f"{file.name}.before-upgrade-{now:%Y%m%dT%H%M%S}") if file else None
    before, after = store.upgrade(backup=(lambda: copy_sqlite(store, copy)) if copy else None)
    return before, after, copy if copy and copy.exists() else None


def copy_sqlite(store: Store, file: Path) -> None:
    """Copy a SQLite database, in use or not, to a new *file*."""
    raw = store.engine.raw_connection()
    try:
        # Not through the engine: its transactions begin at once, and VACUUM refuses to run in one.
        connection = raw.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.execute("VACUUM INTO ?", (str(file),))
    except sqlite3.Error as error:
        raise DatabaseUnavailable(f"the database could not be copied to {file}: {error}") from error
    finally:
        raw.close()
    file.chmod(0o600)


def _restore_sqlite(copy: Path, target: Path, *, stamp: str) -> list[Path]:
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
    if verdict != "ok":
        raise ConfigurationError(f"the backup is damaged ({verdict}); nothing was changed, try another one")
    aside = [moved for part in ("", "-wal", "-shm") for moved in _moved_aside(Path(f"{target}{part}"), stamp)]
    copy.chmod(0o600)
    copy.rename(target)
    return aside


def _restore_postgresql(url: str, copy: Path, *, key_file: Path, file: Path, stamp: str, now: datetime) -> list[Path]:
    _postgresql("pg_restore", url, "--list", str(copy))
    store = Store(url)
    aside: list[Path] = []
    try:
        if store.revision() is not None:
            aside = [file.with_name(f"{file.name}.{stamp}")]
            back_up(store, aside[0], key_file=key_file, now=now)
        with store.engine.begin() as connection:
            for table in (*Base.metadata.tables, "alembic_version"):
                connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{table}" CASCADE')
    finally:
        store.close()
    database = make_url(url).database or ""
    options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _postgresql("pg_restore", url, *options, f"--dbname={database}", str(copy))
    return aside


def _postgresql(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, where other users cannot read it."""
    parsed = make_url(url)
    given = {
        "PGHOST": parsed.host or str(parsed.query.get("host", "")),
        "PGPORT": str(parsed.port or parsed.query.get("port", "")),
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
        "PGSSLMODE": str(parsed.query.get("sslmode", "")),
        "PGCONNECT_TIMEOUT": "15",
    }
    environ = os.environ | {name: value for name, value in given.items() if value}
    try:
        # The program's name is ours, and the arguments are a list that no shell reads.
        subprocess.run([program, *arguments], env=environ, check=True, capture_output=True, text=True)  # noqa: S603 - no shell
    except FileNotFoundError as error:
        raise ConfigurationError(f"{program} is not installed; install the package postgresql-client") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or ["it gave no reason"])[0]
        raise DatabaseUnavailable(f"{program} failed: {said}") from error


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    try:
        with tarfile.open(file, mode="r:") as tar:
            found = tar.extractfile(_MANIFEST)
            assert found is not None
            yield Manifest(**json.load(found)), tar
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {file}; name a file that `ticketbot db backup` wrote") from error
    except (tarfile.TarError, KeyError, TypeError, ValueError, AssertionError) as error:
        raise ConfigurationError(f"{file} is not a backup of `ticketbot db backup`, or it is damaged") from error


def _check(manifest: Manifest, file: Path, *, kind: str) -> None:
    if manifest.kind != kind:
        raise ConfigurationError(f"{file} is of {manifest.kind}, and database.url names {kind}; set the right url")
    if manifest.revision is not None and manifest.revision not in schema.known():
        raise DatabaseTooNew(f"{file} was made by ticketbot {manifest.program}, which is newer; install that version")


def _extract(tar: tarfile.TarFile, name: str, file: Path) -> None:
    found = tar.extractfile(name)
    if found is None:
        raise ValueError(name)
    with found, file.open("wb") as target:
        while chunk := found.read(1 << 20):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())


def _moved_aside(file: Path, stamp: str) -> list[Path]:
    if not file.exists():
        return []
    aside = file.with_name(f"{file.name}.{stamp}")
    file.rename(aside)
    return [aside]


@contextlib.contextmanager
def _beside(file: Path | None) -> Iterator[Path]:
    """Give a private folder on the same disk as *file*, so that a finished file is only renamed; or any for none."""
    parent = file.absolute().parent if file else None
    with tempfile.TemporaryDirectory(prefix=".ticketbot-", dir=parent) as folder:
        yield Path(folder)


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mode = 0o600
    tar.addfile(info, io.BytesIO(data))
