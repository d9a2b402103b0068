"""The weekly digest as a round: when, to whom, once, and what of missed weeks."""

from datetime import UTC, datetime

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import BEGUN, DESK, IDENTITY, KEYS, a_desk_file, a_mail

from ticketbot.clock import FixedClock
from ticketbot.desk.apply import apply_desk
from ticketbot.desk.book import Book
from ticketbot.desk.desk import Desk
from ticketbot.desk.post import Post
from ticketbot.desk.rounds import DigestRound
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MONDAY = datetime(2027, 3, 8, 7, 0, tzinfo=UTC)  # 08:00 in Berlin
#: A desk whose first launch goes live on Monday 1 March.
YOUNG = DESK.partition("[clients.borealis]")[0]


def a_young_desk(store: Store, *, file: str = YOUNG) -> DeskDriver:
    """Return a desk that was set up a week before its first go-live."""
    return DeskDriver(store, clock=FixedClock(BEGUN), file=file)


def weeks(desk: DeskDriver, *, to: str = "dana@desk.example") -> list[str]:
    """Return the first days of the weeks that digests are about."""
    return [each.draft["values"]["week"]["first_day"] for each in desk.letters("DIGEST", to=to)]


def test_the_first_digest_is_of_the_first_whole_week_after_go_live_and_then_one_each_monday(store: Store) -> None:
    desk = a_young_desk(store)

    desk.wait(days=28)

    letters = desk.letters("DIGEST")
    assert [each.send_at for each in letters] == [
        datetime(2027, 3, 8, 7, 0, tzinfo=UTC), datetime(2027, 3, 15, 7, 0, tzinfo=UTC),
        datetime(2027, 3, 22, 7, 0, tzinfo=UTC),
    ]  # fmt: skip
    assert weeks(desk) == ["2027-03-01", "2027-03-08", "2027-03-15"]
    assert {each.reader for each in letters} == {"dana@desk.example"}


def test_a_digest_is_written_once_for_each_manager_and_week_however_often_the_service_restarts(store: Store) -> None:
    file = YOUNG.replace('role = "director"', 'role = "manager"')
    desk = a_young_desk(store, file=file)
    desk.clock.instant = MONDAY

    for _ in range(3):
        desk.run_due()
        desk.restart()

    assert [each.reader for each in desk.letters("DIGEST")] == ["dana@desk.example", "ravi@desk.example"]
    assert len({each.key for each in desk.letters("DIGEST")}) == 2


@on_sqlite
def test_the_zone_of_the_organisation_says_when_monday_begins(store: Store) -> None:
    desk = a_young_desk(store)
    desk.clock.instant = datetime(2027, 3, 8, 6, 59, 59, tzinfo=UTC)
    desk.run_due()
    before = len(desk.letters("DIGEST"))
    desk.clock.instant = MONDAY
    desk.run_due()

    assert (before, len(desk.letters("DIGEST"))) == (0, 1)


@on_sqlite
def test_after_the_clocks_changed_the_digest_keeps_its_hour(store: Store) -> None:
    desk = a_young_desk(store)

    desk.wait(days=36)

    assert desk.letter("DIGEST").send_at == datetime(2027, 3, 29, 6, 0, tzinfo=UTC)


def test_of_several_missed_weeks_the_latest_is_sent_once_marked_late_and_names_the_gap(store: Store) -> None:
    desk = a_young_desk(store)
    desk.clock.instant = MONDAY
    desk.run_due()
    desk.clock.instant = datetime(2027, 3, 31, 10, 0, tzinfo=UTC)

    desk.run_due()
    desk.run_due()

    late = desk.letter("DIGEST")
    assert weeks(desk) == ["2027-03-01", "2027-03-22"]
    assert late.draft["values"]["skipped"] == ["2027-03-08", "2027-03-15"]
    assert (late.draft["values"]["slot"], late.draft["values"]["written_at"]) == (
        "2027-03-29T06:00:00Z", "2027-03-31T10:00:00Z",
    )  # fmt: skip


@on_sqlite
def test_a_quiet_week_is_reported_too(store: Store) -> None:
    desk = a_young_desk(store)
    desk.clock.instant = MONDAY

    desk.run_due()

    week = desk.letter("DIGEST").draft["values"]["week"]
    assert (week["received"], week["open"], week["misses"]) == (0, 0, [])


@on_sqlite
def test_a_manager_who_came_since_gets_their_own(store: Store) -> None:
    desk = a_young_desk(store)
    desk.clock.instant = MONDAY
    desk.run_due()
    with store.work() as work:
        apply_desk(a_desk_file(YOUNG.replace('role = "director"', 'role = "manager"')), work=work, now=desk.now)

    desk.run_due()

    assert [each.reader for each in desk.letters("DIGEST")] == ["dana@desk.example", "ravi@desk.example"]


@on_sqlite
def test_without_manager_the_leads_get_it(store: Store) -> None:
    desk = a_young_desk(store, file=YOUNG.replace('role = "manager"', 'role = "engineer"'))
    desk.clock.instant = MONDAY

    desk.run_due()

    assert {each.reader for each in desk.letters("DIGEST")} <= {"ana@desk.example", "chen@desk.example"}
    assert desk.letters("DIGEST")


@on_sqlite
def test_a_digest_that_is_switched_off_is_not_written(store: Store) -> None:
    desk = a_young_desk(store, file=YOUNG + '\n[letters]\noff = ["DIGEST"]\n')

    desk.wait(days=30)

    assert desk.letters("DIGEST") == []


@on_sqlite
def test_another_day_and_hour_still_tell_of_a_week_from_monday_to_monday(store: Store) -> None:
    desk = a_young_desk(store, file=YOUNG + '\n[schedule]\ndigest = "wed 09:30"\n')

    desk.wait(days=17)

    assert [each.send_at for each in desk.letters("DIGEST")] == [datetime(2027, 3, 10, 8, 30, tzinfo=UTC)]
    assert weeks(desk) == ["2027-03-01"]


@on_sqlite
def test_the_round_knows_its_next_monday(store: Store) -> None:
    desk = a_young_desk(store)
    desk.clock.instant = MONDAY

    assert DigestRound(store=store, desk=desk.desk).next_at(desk.now) == datetime(2027, 3, 15, 7, 0, tzinfo=UTC)


@on_sqlite
def test_before_there_is_a_desk_nothing_is_written(store: Store) -> None:
    desk = Desk(book=Book(mailboxes=()), post=Post(keys=KEYS, identity=IDENTITY))

    assert DigestRound(store=store, desk=desk).do_one(MONDAY) is False


@on_sqlite
def test_a_desk_without_launches_reports_from_its_first_whole_week_on(store: Store) -> None:
    desk = a_young_desk(store, file=YOUNG.partition('[launches."acme/hr"]')[0])

    desk.wait(days=8)

    assert weeks(desk) == ["2027-02-22"]


@on_sqlite
def test_a_desk_that_was_set_up_long_after_its_first_go_live_reports_no_week_before_itself(store: Store) -> None:
    desk = DeskDriver(store, clock=FixedClock(BEGUN))
    desk.run_due()
    at_once = desk.letters("DIGEST")

    desk.wait(days=7)

    assert at_once == []
    assert weeks(desk) == ["2027-02-22"]


def test_the_digest_tells_what_the_week_held(store: Store) -> None:
    desk = a_young_desk(store)
    desk.clock.instant = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
    desk.receive(a_mail())  # P2, answered late, resolved
    desk.sleep(minutes=45)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nDone."))
    desk.sleep(hours=1)
    desk.receive(a_mail(to=desk.client_address(), body="It fails again."))
    desk.receive(a_mail(subject="Another matter", body="shows an error"))

    desk.clock.instant = MONDAY
    desk.run_due()

    week = desk.letter("DIGEST").draft["values"]["week"]
    assert (week["received"], week["resolved"], week["reopened"], week["open"]) == (2, 1, 1, 2)
    assert (week["first_answers"]["met"], week["first_answers"]["missed"]) == (0, 2)
    assert (week["resolutions"]["met"], week["resolutions"]["missed"]) == (1, 2)
    assert [(each["number"], each["clock"]) for each in week["misses"]][:2] == [(1001, "FR"), (1002, "FR")]
    assert week["misses"][0]["late"] == 15 * 60
    launch = week["launches"][0]
    assert (launch["ref"], launch["received"], launch["phase"]["phase"]) == ("acme/hr", 2, "hypercare")
