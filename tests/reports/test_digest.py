"""The figures of a week, counted from what happened."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import BEGUN, DESK, a_mail, a_ticket

from ticketbot.clock import FixedClock
from ticketbot.desk.weeks import desk_week
from ticketbot.outbound.letters_reports import Attainment, LaunchWeek, Week
from ticketbot.reports.digest import window_of
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FIRST = date(2027, 3, 1)
TUESDAY = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


def a_desk_on(store: Store, instant: datetime = TUESDAY) -> DeskDriver:
    """Return a desk at an instant."""
    desk = DeskDriver(store, clock=FixedClock(BEGUN))
    desk.clock.instant = instant
    return desk


def week(desk: DeskDriver, *, first_day: date = FIRST, at: datetime | None = None) -> Week:
    """Return a week's figures as they are on the Monday after it."""
    now = at or datetime.combine(first_day, datetime.min.time(), tzinfo=UTC) + timedelta(days=7, hours=7)
    with desk.store.look() as work:
        return desk_week(work, desk.desk.rules(work), first_day=first_day, now=now)


def of(found: Week, ref: str) -> LaunchWeek:
    """Return one launch's week."""
    return next(each for each in found.launches if each.ref == ref)


def counts(each: Attainment) -> tuple[int, int]:
    """Return how many promises were kept and missed."""
    return each.met, each.missed


def answer(desk: DeskDriver, body: str, number: int = 1001) -> None:
    """Let Ben answer."""
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(number), body=body))


@pytest.mark.parametrize(
    ("first_day", "hours"),
    [(date(2027, 3, 1), 168), (date(2027, 3, 22), 167), (date(2027, 10, 25), 169)],
    ids=["plain", "clocks go forward", "clocks go back"],
)
def test_a_week_goes_from_local_midnight_to_local_midnight(first_day: date, hours: int) -> None:
    window = window_of(first_day, ZoneInfo("Europe/Berlin"), now=datetime(2028, 1, 1, tzinfo=UTC))

    assert window.end - window.start == timedelta(hours=hours)


def test_a_week_that_lasts_ends_now() -> None:
    window = window_of(FIRST, ZoneInfo("Europe/Berlin"), now=TUESDAY)

    assert window.end == TUESDAY


def test_received_resolved_reopened_and_open_are_counted_from_what_happened(store: Store) -> None:
    desk = a_desk_on(store)
    for number in range(3):
        desk.receive(a_mail(subject=f"Matter {number}", body=f"Words {number}"))
    answer(desk, "#resolve\n\nDone.")
    answer(desk, "#spam", 1003)
    desk.sleep(minutes=1)
    desk.receive(a_mail(to=desk.client_address(), body="It fails again."))

    found = week(desk)

    assert (found.received, found.resolved, found.reopened, found.open) == (2, 1, 1, 2)


@on_sqlite
def test_what_happens_after_the_week_changes_nothing_in_it(store: Store) -> None:
    desk = a_desk_on(store)
    desk.receive(a_mail())
    answer(desk, "On it.")
    before = week(desk)
    desk.clock.instant = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)

    answer(desk, "#resolve\n\nDone.")

    after = week(desk)
    assert (before.open, after.open, after.resolved) == (1, 1, 0)
    assert week(desk, first_day=FIRST + timedelta(days=7)).resolved == 1


def test_a_miss_counts_once_in_the_week_of_its_due_instant_even_while_the_clock_runs(store: Store) -> None:
    desk = a_desk_on(store, datetime(2027, 3, 7, 22, 0, tzinfo=UTC))  # Sunday 23:00 in Berlin, due 23:30
    desk.receive(a_mail())
    still_running = week(desk)
    desk.clock.instant = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)

    answer(desk, "On it.")

    weeks = [week(desk, first_day=FIRST + timedelta(days=days), at=desk.now) for days in (0, 7)]
    assert counts(still_running.first_answers) == (0, 1)
    assert [counts(each.first_answers) for each in weeks] == [(0, 1), (0, 0)]
    assert [(miss.number, miss.clock, miss.late) for miss in weeks[0].misses] == [
        (1001, "FR", timedelta(hours=10, minutes=30))
    ]
    assert still_running.misses[0].late is None


@on_sqlite
def test_a_promise_kept_counts_in_the_week_in_which_it_was_kept(store: Store) -> None:
    desk = a_desk_on(store, datetime(2027, 3, 7, 22, 50, tzinfo=UTC))
    desk.receive(a_mail())
    desk.sleep(minutes=15)  # Monday 00:05 in Berlin

    answer(desk, "On it.")

    weeks = [week(desk, first_day=FIRST + timedelta(days=days)) for days in (0, 7)]
    assert [counts(each.first_answers) for each in weeks] == [(0, 0), (1, 0)]


def test_a_promise_that_was_missed_and_then_rested_counts_as_missed(store: Store) -> None:
    desk = a_desk_on(store)
    desk.receive(a_mail())
    desk.sleep(hours=9)  # resolution was due after eight

    answer(desk, "#pending\n\nWhich one?")

    assert counts(week(desk).resolutions) == (0, 1)


@on_sqlite
def test_void_promises_count_nowhere(store: Store) -> None:
    desk = a_desk_on(store)
    desk.receive(a_mail())
    desk.sleep(hours=9)

    answer(desk, "#spam")

    found = week(desk)
    assert (counts(found.first_answers), counts(found.resolutions), found.misses) == ((0, 0), (0, 0), ())


@on_sqlite
def test_each_launch_is_counted_by_itself_and_the_worst_comes_first(store: Store) -> None:
    desk = a_desk_on(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender="aino@borealis.example"))
    answer(desk, "On it.", 1002)

    found = week(desk)

    assert [each.ref for each in found.launches] == ["acme/hr", "borealis/portal", "corvus/erp"]
    assert [each.phase.phase for each in found.launches] == ["hypercare", "transition", "standard"]
    assert (counts(of(found, "acme/hr").first_answers), counts(of(found, "borealis/portal").first_answers)) == (
        (0, 1), (1, 0),
    )  # fmt: skip
    assert counts(found.first_answers) == (1, 1)


@on_sqlite
def test_a_ticket_without_launch_counts_for_the_desk_alone(store: Store) -> None:
    desk = a_desk_on(store)
    with store.work() as work:
        a_ticket(work, created_at=TUESDAY)

    found = week(desk)

    assert (found.received, found.open) == (1, 1)
    assert [each.received for each in found.launches] == [0, 0, 0]


@on_sqlite
def test_the_share_of_the_week_before_is_there_for_the_arrow(store: Store) -> None:
    desk = a_desk_on(store)
    desk.receive(a_mail())
    answer(desk, "On it.")
    desk.clock.instant = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)
    desk.receive(a_mail(subject="Another", body="matter"))

    found = week(desk, first_day=FIRST + timedelta(days=7))

    assert (found.first_answers.before, counts(found.first_answers)) == (1.0, (0, 1))
    assert week(desk).first_answers.before is None


@on_sqlite
@pytest.mark.parametrize(("days", "aged"), [(7, 0), (8, 1)])
def test_a_ticket_is_aged_after_five_business_days(store: Store, days: int, aged: int) -> None:
    desk = a_desk_on(store, datetime(2027, 3, 1, 8, 0, tzinfo=UTC))
    desk.receive(a_mail())

    found = week(desk, first_day=date(2027, 3, 8), at=datetime(2027, 3, 1, 8, 1, tzinfo=UTC) + timedelta(days=days - 1))

    assert found.aged == (1 if days > 7 else 0) == aged


@on_sqlite
def test_misses_name_owner_launch_and_subject(store: Store) -> None:
    desk = a_desk_on(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take"))

    miss = week(desk).misses[0]

    facts: dict[str, Any] = {"owner": miss.owner, "launch": miss.launch, "subject": miss.subject}
    assert facts == {"owner": "Ben Okafor", "launch": "Acme HR", "subject": "Report is empty"}


@on_sqlite
def test_a_desk_without_launches_has_figures_too(store: Store) -> None:
    desk = DeskDriver(store, file=DESK.partition('[launches."acme/hr"]')[0])
    desk.receive(a_mail())

    assert week(desk).received == 1
