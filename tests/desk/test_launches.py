"""Boundaries of phases: acted on once, at their instant; entering hypercare raises and never loosens."""

from datetime import UTC, datetime, timedelta

from tests.desk.driver import DeskDriver
from tests.factories import a_mail

from ticketbot.clock import FixedClock
from ticketbot.store.database import Store
from ticketbot.store.models import Event

FRIDAY = datetime(2027, 2, 26, 13, 10, tzinfo=UTC)
GO_LIVE = datetime(2027, 3, 1, 5, 0, tzinfo=UTC)


def before_go_live(store: Store) -> DeskDriver:
    """Return a desk with a question of the Friday before Acme's go-live."""
    desk = DeskDriver(store, clock=FixedClock(FRIDAY))
    desk.receive(a_mail(subject="Is the cutover still on for Monday?", body="We would like to confirm the time."))
    return desk


def recorded(desk: DeskDriver, action: str) -> list[Event]:
    with desk.store.look() as work:
        return list(work.tickets.events_named(action))


def test_entering_hypercare_raises_what_is_open_and_tightens_its_promises(store: Store) -> None:
    desk = before_go_live(store)

    desk.wait(hours=64)

    ticket = desk.ticket()
    assert (ticket.priority, ticket.priority_reasons[0]) == ("P3", "P3 = S4, hypercare")
    assert desk.due("FR") == datetime(2027, 3, 1, 6, 30, tzinfo=UTC)
    assert desk.due("RES") == datetime(2027, 3, 2, 13, 10, tzinfo=UTC)


def test_each_moved_deadline_has_an_event_with_both_instants(store: Store) -> None:
    desk = before_go_live(store)

    desk.wait(hours=64)

    moved = {
        event.detail["clock"]: (event.at, event.detail["before"], event.detail["after"])
        for event in recorded(desk, "deadline")
    }
    assert moved == {
        "FR": (GO_LIVE, "2027-03-01T13:10:00Z", "2027-03-01T06:30:00Z"),
        "RES": (GO_LIVE, "2027-03-12T13:10:00Z", "2027-03-02T13:10:00Z"),
    }


def test_a_phase_is_entered_once_however_often_the_service_restarts(store: Store) -> None:
    desk = before_go_live(store)
    desk.wait(hours=64)

    for _ in range(3):
        desk.restart()
        desk.run_due()

    phases = [(event.at, event.detail["to"]) for event in recorded(desk, "phase")]
    assert phases == [(GO_LIVE, "hypercare")]


def test_a_boundary_that_passed_during_an_outage_counts_from_the_return_and_never_sets_a_past_deadline(
    store: Store,
) -> None:
    desk = before_go_live(store)
    desk.sleep(days=3)

    desk.run_due()

    assert [event.at for event in recorded(desk, "phase")] == [GO_LIVE]
    assert all(event.at == desk.now for event in recorded(desk, "deadline"))
    assert desk.ticket().priority == "P3"


def stands(desk: DeskDriver, number: int) -> list[object]:
    """Return what a ticket is promised, and why it has its priority."""
    ticket = desk.ticket(number)
    return [ticket.priority, ticket.priority_reasons, desk.due("FR", number=number), desk.due("RES", number=number)]


def test_a_mail_of_before_a_boundary_that_is_worked_on_after_it_ends_as_if_it_had_been_in_time(store: Store) -> None:
    desk = DeskDriver(store, clock=FixedClock(GO_LIVE - timedelta(minutes=1)))
    words = "We would like to confirm the time."
    desk.receive(a_mail(subject="Is the cutover still on?", body=words))
    desk.keep(a_mail(subject="Is the cutover still on, please?", body=words))

    desk.clock.instant = GO_LIVE
    desk.run_due()
    desk.clock.instant = GO_LIVE + timedelta(minutes=2)
    desk.process()
    desk.run_due()

    assert stands(desk, 1002) == stands(desk, 1001)
    assert desk.ticket(1002).priority == "P3"
    assert [event.detail["to"] for event in recorded(desk, "phase")] == ["hypercare"]


def test_a_late_mail_is_raised_once_whichever_is_first_the_boundary_or_the_mail(store: Store) -> None:
    desk = DeskDriver(store, clock=FixedClock(GO_LIVE - timedelta(minutes=1)))
    desk.keep(a_mail(subject="Is the cutover still on?", body="We would like to confirm the time."))

    desk.clock.instant = GO_LIVE + timedelta(minutes=2)
    desk.process()
    before = desk.ticket().priority
    desk.run_due()

    assert (before, desk.ticket().priority) == ("P4", "P3")
    assert len(recorded(desk, "priority")) == 1


def test_a_mail_of_after_the_boundary_is_not_raised_by_it(store: Store) -> None:
    desk = before_go_live(store)
    desk.wait(hours=64)
    raised = len(recorded(desk, "priority"))

    desk.receive(a_mail(subject="How do I print?", body="I cannot find it."))

    assert len(recorded(desk, "priority")) == raised


def test_phases_that_began_before_the_desk_knew_the_launch_are_not_entered_again(store: Store) -> None:
    desk = DeskDriver(store, clock=FixedClock(FRIDAY))

    desk.run_due()

    assert recorded(desk, "phase") == []


def test_the_next_boundary_is_foreseen_to_the_second(store: Store) -> None:
    desk = before_go_live(store)
    desk.run_due()

    desk.clock.instant = GO_LIVE - timedelta(seconds=1)
    desk.run_due()
    before = len(recorded(desk, "phase"))
    desk.clock.instant = GO_LIVE
    desk.run_due()

    assert (before, len(recorded(desk, "phase"))) == (0, 1)
