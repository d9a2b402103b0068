"""The rules in force are read again when the desk's rows change, by whomever, and only then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from tests.desk.driver import DeskDriver
from tests.factories import a_mail

from ticketbot.desk.book import Rules
from ticketbot.store.database import Store
from ticketbot.store.models import PlanEvent, Staff


def read(desk: DeskDriver) -> Rules:
    with desk.store.look() as work:
        return desk.desk.rules(work)


def somebody_new() -> Staff:
    return Staff(slug="zoe", name="Zoe", email="zoe@desk.example", role="engineer", timezone="Europe/Berlin")


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Give the statements that are run meanwhile, but for the beginnings of transactions."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_args: object) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def test_rules_that_have_not_changed_cost_one_question(store: Store) -> None:
    desk = DeskDriver(store)
    first = read(desk)

    with statements(store) as said:
        second = read(desk)

    assert second is first
    assert len(said) == 1


def test_a_change_by_another_process_is_seen_by_the_next_transaction(store: Store) -> None:
    desk, other = DeskDriver(store), DeskDriver(store)
    read(desk)

    with other.store.work() as work:
        work.desk.add(somebody_new())

    assert read(desk).staff["zoe@desk.example"] == "zoe"


def test_a_row_that_is_changed_or_blocked_or_removed_counts_as_a_change(store: Store) -> None:
    desk = DeskDriver(store)
    read(desk)
    with store.work() as work:
        ana = work.desk.agent("ana")
        assert ana is not None
        ana.email = "ana.silva@desk.example"
    assert read(desk).staff["ana.silva@desk.example"] == "ana"

    with store.work() as work:
        work.desk.block("spam.example", by="ana", now=desk.now)
    assert "@spam.example" in read(desk).blocked

    with store.work() as work:
        for domain in work.desk.all_domains():
            work.desk.remove(domain)
    assert read(desk).domains == {}


def test_a_plan_that_was_changed_is_foreseen_anew(store: Store) -> None:
    desk = DeskDriver(store)
    with store.look() as work:
        before = desk.desk.book.plans(work)
    changed_at = datetime(2027, 3, 3, 9, tzinfo=UTC)

    with store.work() as work:
        work.desk.add(
            PlanEvent(launch_id=before[0].launch_id, recorded_at=changed_at, kind="extend", detail={"days": 7})
        )

    with store.look() as work:
        after = desk.desk.book.plans(work)
        assert desk.desk.book.plans(work) is after
    assert (len(before[0].plan.events), len(after[0].plan.events)) == (0, 1)


def test_what_a_transaction_changed_and_took_back_is_never_a_rule(store: Store) -> None:
    desk = DeskDriver(store)

    def add_and_read(*, is_kept: bool) -> Rules:
        with store.work() as work:
            work.desk.add(somebody_new())
            rules = desk.desk.rules(work)
            desk.desk.book.plans(work)
            if not is_kept:
                raise RuntimeError
        return rules

    with pytest.raises(RuntimeError):
        add_and_read(is_kept=False)
    assert "zoe@desk.example" not in read(desk).staff

    assert "zoe@desk.example" in add_and_read(is_kept=True).staff
    assert "zoe@desk.example" in read(desk).staff


def test_the_mark_of_a_savepoint_that_was_undone_does_not_hide_a_later_change(store: Store) -> None:
    desk = DeskDriver(store)
    read(desk)

    def undone() -> None:
        with work.apart():
            work.desk.add(somebody_new())
            raise RuntimeError

    with store.work() as work:
        with pytest.raises(RuntimeError):
            undone()
        work.desk.block("spam.example", by="ana", now=desk.now)

    assert "@spam.example" in read(desk).blocked
    assert "zoe@desk.example" not in read(desk).staff


def test_mail_changes_no_rules(store: Store) -> None:
    desk = DeskDriver(store)
    first = read(desk)

    desk.receive(a_mail(body="The page stays blank."))

    assert read(desk) is first
