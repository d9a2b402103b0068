"""The database: one schema on two engines, transactions that end whole, and a file that is the owner's alone."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError
from tests.factories import NOW

from ticketbot.domain.errors import ConfigurationError, DatabaseTooNew
from ticketbot.store.columns import UtcDateTime
from ticketbot.store.database import Store, Work, open_store
from ticketbot.store.models import Staff
from ticketbot.store.schema import alembic_config, head, known


def somebody(slug: str, *, away_until: datetime | None = None) -> Staff:
    return Staff(
        slug=slug,
        name=slug.title(),
        email=f"{slug}@desk.example",
        role="engineer",
        timezone="Europe/Berlin",
        away_until=away_until,
    )


def test_the_known_revisions_are_those_that_alembic_finds() -> None:
    scripts = ScriptDirectory.from_config(alembic_config(None))

    assert known() == {script.revision for script in scripts.walk_revisions()}
    assert head() == scripts.get_current_head()


def test_an_upgrade_makes_the_newest_schema_and_a_second_one_changes_nothing(database_url: str) -> None:
    store = open_store(database_url)

    assert store.upgrade() == (None, head())
    assert store.upgrade() == (head(), head())
    store.require_current()
    store.close()


def test_an_empty_database_is_not_up_to_date(database_url: str) -> None:
    store = open_store(database_url)

    with pytest.raises(ConfigurationError, match="ticketbot db upgrade"):
        store.require_current()
    store.close()


def test_a_database_from_the_future_is_refused_and_left_as_it_is(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")

    with pytest.raises(DatabaseTooNew, match="9999"):
        store.require_current()
    with pytest.raises(DatabaseTooNew):
        store.upgrade()
    assert store.revision() == "9999"


def add_and_fail(work: Work, slug: str) -> None:
    work.desk.add(somebody(slug))
    work.ring()
    raise RuntimeError


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.work() as work:
        add_and_fail(work, "ana")

    with store.look() as work:
        assert work.desk.roster() == []


def test_a_savepoint_that_fails_undoes_itself_alone(store: Store) -> None:
    with store.work() as work:
        work.desk.add(somebody("ana"))
        with pytest.raises(RuntimeError), work.apart():
            add_and_fail(work, "ben")

    with store.look() as work:
        assert [person.slug for person in work.desk.roster()] == ["ana"]


def test_what_was_read_stays_readable_after_the_transaction(store: Store) -> None:
    with store.work() as work:
        work.desk.add(somebody("ana"))
    with store.look() as work:
        ana = work.desk.roster()[0]

    assert ana.email == "ana@desk.example"


def test_looks_within_one_look_are_that_look_and_later_ones_see_what_is_new(store: Store) -> None:
    with store.one_look():
        with store.look() as first, store.look() as second:
            pass
        assert first is second

    with store.work() as work:
        work.desk.add(somebody("ana"))
    with store.look() as third:
        assert third is not first
        assert len(third.desk.roster()) == 1


def test_one_look_is_of_its_thread_alone(store: Store) -> None:
    found: list[Work] = []

    def look() -> None:
        with store.look() as work:
            found.append(work)

    with store.one_look(), store.look() as ours:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert found[0] is not ours


def test_the_bell_rings_only_when_a_transaction_with_news_is_committed(store: Store) -> None:
    before = store.bell.rings
    with store.work() as work:
        work.desk.add(somebody("ana"))
    with pytest.raises(RuntimeError), store.work() as work:
        add_and_fail(work, "ben")
    assert store.bell.rings == before

    with store.work() as work:
        work.ring()
    assert store.bell.rings == before + 1


def test_an_instant_comes_back_in_utc_whatever_zone_it_went_in_with(store: Store) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    with store.work() as work:
        work.desk.add(somebody("ana", away_until=datetime(2027, 3, 1, 9, 30, 0, 123456, tzinfo=india)))

    with store.look() as work:
        back = work.desk.roster()[0].away_until

    assert back == datetime(2027, 3, 1, 4, 0, 0, 123456, tzinfo=UTC)
    assert back is not None
    assert back.tzinfo is UTC


def test_a_naive_instant_is_an_error(store: Store) -> None:
    with pytest.raises(StatementError, match="naive"), store.work() as work:
        work.desk.add(somebody("ana", away_until=NOW.replace(tzinfo=None)))


@given(st.datetimes(timezones=st.timezones()))
def test_instants_keep_their_order_as_sqlite_keeps_them(instant: datetime) -> None:
    class Sqlite:
        name = "sqlite"

    column, later = UtcDateTime(), instant.astimezone(UTC)
    kept = column.process_bind_param(instant, Sqlite())  # type: ignore[arg-type] # a dialect by its name alone

    assert kept is not None
    assert kept.tzinfo is None
    assert column.process_result_value(kept, Sqlite()) == later  # type: ignore[arg-type] # the same


def test_the_file_with_everybodys_mail_is_the_owners_alone(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    store.upgrade()
    store.close()

    assert (tmp_path / "desk.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "nonsense", "sqlite:////no/such/folder/x.db"])
def test_an_address_that_is_no_database_of_ours_is_a_clear_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"database\.url"):
        open_store(url)
