"""Backups hold the whole desk in one file, and a restore brings exactly that back, keeping what was there."""

import json
import stat
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ticketbot.domain.errors import ConfigurationError, Conflict, DatabaseTooNew, DatabaseUnavailable, NotFound
from ticketbot.store.backup import back_up, copy_sqlite, restore
from ticketbot.store.database import Store, open_store

NOW = datetime(2027, 3, 1, 6, tzinfo=UTC)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "ticketbot.key"
    file.parent.mkdir()
    file.write_text("1:" + "ab" * 32)
    return file


def note(store: Store, action: str) -> None:
    with store.work() as work:
        work.tickets.note(action, at=NOW, actor="test")


def notes(url: str) -> list[str]:
    store = open_store(url)
    with store.look() as work:
        events = work.tickets.events_of(["before", "after"], since=NOW, until=datetime(2028, 1, 1, tzinfo=UTC))
        found = [event.action for event in events]
    store.close()
    return found


def test_a_restore_brings_back_the_database_and_the_keys(
    store: Store, store_url: str, key_file: Path, tmp_path: Path
) -> None:
    note(store, "before")
    file = tmp_path / "desk.ticketbot"
    back_up(store, file, key_file=key_file, now=NOW)
    note(store, "after")
    key_file.write_text("1:" + "cd" * 32)
    store.close()

    manifest, aside = restore(store_url, file, key_file=key_file, now=NOW)

    assert notes(store_url) == ["before"]
    assert key_file.read_text() == "1:" + "ab" * 32
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert manifest.made_at == NOW.isoformat()
    assert aside
    assert all(each.exists() for each in aside)


def test_what_was_moved_aside_can_be_restored_again(
    store: Store, store_url: str, key_file: Path, tmp_path: Path
) -> None:
    note(store, "before")
    file = tmp_path / "desk.ticketbot"
    back_up(store, file, key_file=key_file, now=NOW)
    note(store, "after")
    store.close()
    _, aside = restore(store_url, file, key_file=key_file, now=NOW)
    copy = aside[0]

    if store_url.startswith("sqlite"):
        assert notes(f"sqlite:///{copy}") == ["before", "after"]
    else:
        restore(store_url, copy, key_file=key_file, now=NOW)
        assert notes(store_url) == ["before", "after"]


def test_a_backup_is_restored_into_an_empty_database(
    store: Store, store_url: str, key_file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    note(store, "before")
    file = tmp_path / "desk.ticketbot"
    back_up(store, file, key_file=key_file, now=NOW)
    store.close()
    if store_url.startswith("sqlite"):
        fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    else:
        fresh = request.getfixturevalue("postgresql").create()
    key_file.unlink()

    _, aside = restore(fresh, file, key_file=key_file, now=NOW)

    assert notes(fresh) == ["before"]
    assert key_file.exists()
    assert not aside


def test_a_backup_is_for_its_owner_only(store: Store, key_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "desk.ticketbot"

    back_up(store, file, key_file=key_file, now=NOW)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archive:
        assert set(archive.getnames()) == {"manifest.json", "database", "ticketbot.key"}
    assert not list(tmp_path.glob(".ticketbot-*"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_backup_never_overwrites_a_file(store: Store, key_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "desk.ticketbot"
    file.write_text("precious")

    with pytest.raises(Conflict, match="exists"):
        back_up(store, file, key_file=key_file, now=NOW)
    with pytest.raises(NotFound, match="there is no folder"):
        back_up(store, tmp_path / "nowhere" / "x", key_file=key_file, now=NOW)

    assert file.read_text() == "precious"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_no_backup_changes_nothing(store: Store, store_url: str, key_file: Path, tmp_path: Path) -> None:
    note(store, "before")
    store.close()
    garbage, empty = tmp_path / "garbage", tmp_path / "empty"
    garbage.write_bytes(b"x" * 5000)
    with tarfile.open(empty, "w") as archive:
        archive.add(key_file, "ticketbot.key")

    with pytest.raises(ConfigurationError, match="is not a backup"):
        restore(store_url, garbage, key_file=key_file, now=NOW)
    with pytest.raises(ConfigurationError, match="is not a backup"):
        restore(store_url, empty, key_file=key_file, now=NOW)
    with pytest.raises(NotFound, match="there is no file"):
        restore(store_url, tmp_path / "missing", key_file=key_file, now=NOW)

    assert notes(store_url) == ["before"]


def forged(tmp_path: Path, database: bytes, **manifest: str) -> Path:
    """A backup with this manifest and these bytes for a database."""
    facts = {"kind": "sqlite", "revision": None, "program": "9.9", "made_at": NOW.isoformat()} | manifest
    (tmp_path / "manifest.json").write_text(json.dumps(facts))
    (tmp_path / "database").write_bytes(database)
    file = tmp_path / "forged"
    with tarfile.open(file, "w") as archive:
        archive.add(tmp_path / "manifest.json", "manifest.json")
        archive.add(tmp_path / "database", "database")
    return file


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_backup_of_a_newer_program_or_another_database_is_refused(
    store: Store, store_url: str, key_file: Path, tmp_path: Path
) -> None:
    note(store, "before")
    store.close()

    with pytest.raises(DatabaseTooNew, match=r"made by ticketbot 9\.9"):
        restore(store_url, forged(tmp_path, b"", revision="9999"), key_file=key_file, now=NOW)
    with pytest.raises(ConfigurationError, match="is of postgresql, and"):
        restore(store_url, forged(tmp_path, b"", kind="postgresql"), key_file=key_file, now=NOW)

    assert notes(store_url) == ["before"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_damaged_copy_is_refused_before_anything_is_moved(
    store: Store, store_url: str, key_file: Path, tmp_path: Path
) -> None:
    note(store, "before")
    copy_sqlite(store, tmp_path / "copy.db")
    store.close()
    data = bytearray((tmp_path / "copy.db").read_bytes())
    data[4096:60_000] = b"\xff" * (60_000 - 4096)

    with pytest.raises(ConfigurationError, match="the backup is damaged"):
        restore(store_url, forged(tmp_path, bytes(data)), key_file=key_file, now=NOW)

    assert notes(store_url) == ["before"]


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_missing_postgresql_program_is_named_with_its_package(
    store: Store, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigurationError, match="pg_dump is not installed; install the package postgresql-client"):
        back_up(store, tmp_path / "desk.ticketbot", key_file=key_file, now=NOW)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_what_postgresql_objects_to_is_passed_on(store_url: str, key_file: Path, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="pg_restore failed"):
        restore(store_url, forged(tmp_path, b"no dump", kind="postgresql"), key_file=key_file, now=NOW)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_copy_that_cannot_be_written_is_a_clear_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="could not be copied"):
        copy_sqlite(store, tmp_path / "nowhere" / "copy.db")
