"""Gates: decided once, at their instant, by what real mails made; what fails lengthens the phase and then stays."""

from datetime import UTC, datetime, timedelta

from tests.desk.driver import DeskDriver
from tests.factories import DESK, a_desk, a_mail

from ticketbot.clock import FixedClock
from ticketbot.desk.gates import Gates
from ticketbot.store.database import Store
from ticketbot.store.models import Event

GO_LIVE = datetime(2027, 3, 1, 5, 0, tzinfo=UTC)
EVE = datetime(2027, 2, 26, 8, 0, tzinfo=UTC)
NOON = datetime(2027, 3, 30, 10, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
#: All of a small launch's own: nothing else lives on this desk.
ALONE = DESK.partition("[clients.borealis]")[0].replace(
    'profile = "command30_90"', 'profile = "command30_90"\nknowledge = { guide = 2027-03-02T00:00:00 }'
)


def before_go_live(store: Store, file: str = ALONE) -> DeskDriver:
    return DeskDriver(store, clock=FixedClock(EVE), file=file)


def wait_until(desk: DeskDriver, when: datetime) -> None:
    desk.wait(seconds=(when - desk.now).total_seconds())


def gates(desk: DeskDriver) -> list[Event]:
    with desk.store.look() as work:
        return list(work.tickets.events_named("gate"))


def phases(desk: DeskDriver) -> list[tuple[datetime, str]]:
    with desk.store.look() as work:
        return [(each.at, each.detail["to"]) for each in work.tickets.events_named("phase")]


def an_unsolved_concern(desk: DeskDriver) -> None:
    """Let the client be in trouble that nobody ends."""
    desk.receive(a_mail(subject="Payroll totals are wrong", body="We are blocked.", date=desk.now))


def test_a_calm_launch_leaves_hypercare_as_planned(store: Store) -> None:
    desk = before_go_live(store)

    wait_until(desk, NOON + timedelta(days=1))

    (gate,) = gates(desk)
    assert (gate.at, gate.detail["kind"], gate.detail["decision"]) == (NOON, "exit", "exit")
    assert (gate.detail["blockers"], gate.detail["score"]) == ([], 95.0)
    assert "new_end" not in gate.detail
    assert phases(desk)[1:] == [(datetime(2027, 3, 30, 22, tzinfo=UTC), "transition")]


def test_a_gate_that_fails_extends_by_a_week_and_is_held_again_before_the_new_end(store: Store) -> None:
    desk = before_go_live(store)
    wait_until(desk, NOON - timedelta(days=1))
    an_unsolved_concern(desk)

    wait_until(desk, NOON + WEEK - timedelta(seconds=1))
    (first,) = gates(desk)
    wait_until(desk, NOON + WEEK)

    assert first.detail["decision"] == "extend"
    assert first.detail["new_end"] == "2027-04-06T22:00:00Z"
    assert first.detail["blockers"] == ["G2"]
    assert first.detail["criteria"]["G2"]["tickets"] == ["T-1001"]
    assert [each.at for each in gates(desk)] == [NOON, NOON + WEEK]
    assert [to for _, to in phases(desk)] == ["hypercare"]


def test_after_two_extensions_the_phase_stays_and_somebody_is_asked_daily(store: Store) -> None:
    desk = before_go_live(store)
    wait_until(desk, NOON - timedelta(days=1))
    an_unsolved_concern(desk)

    wait_until(desk, NOON + 2 * WEEK + timedelta(days=4, hours=1))

    assert [each.detail.get("new_end") for each in gates(desk)] == [
        "2027-04-06T22:00:00Z",
        "2027-04-13T22:00:00Z",
        None,
    ]
    assert gates(desk)[-1].detail["stays"] is True
    with desk.store.look() as work:
        asked = [each.at for each in work.tickets.events_named("gate_asked")]
    assert asked == [NOON + 2 * WEEK + timedelta(days=day) for day in (1, 2, 3, 4)]
    assert [to for _, to in phases(desk)] == ["hypercare"]


def test_a_gate_is_decided_once_however_often_the_service_restarts(store: Store) -> None:
    desk = before_go_live(store)
    wait_until(desk, NOON - timedelta(days=1))
    an_unsolved_concern(desk)
    wait_until(desk, NOON)

    for _ in range(3):
        desk.restart()
        desk.run_due()

    assert len(gates(desk)) == 1


def test_a_gate_that_was_missed_for_an_hour_extends_all_the_same(store: Store) -> None:
    desk = before_go_live(store)
    wait_until(desk, NOON - timedelta(days=1))
    an_unsolved_concern(desk)
    desk.sleep(days=1, hours=1)

    desk.run_due()

    (gate,) = gates(desk)
    assert (gate.at, gate.detail["late"], gate.detail["new_end"]) == (NOON, True, "2027-04-06T22:00:00Z")
    with desk.store.look() as work:
        (event,) = work.desk.plan_events(1)
    assert (event.recorded_at, event.kind) == (desk.now, "extend")


def test_a_gate_that_was_missed_beyond_the_end_opens_hypercare_again_and_leaves_the_past_alone(store: Store) -> None:
    desk = before_go_live(store)
    wait_until(desk, NOON - timedelta(days=1))
    an_unsolved_concern(desk)
    desk.sleep(days=3)

    desk.run_due()

    assert [each.detail["decision"] for each in gates(desk)] == ["extend"]
    assert phases(desk)[1:] == [(datetime(2027, 3, 30, 22, tzinfo=UTC), "transition"), (desk.now, "hypercare")]


def test_the_handover_asks_for_signature_and_acceptance(store: Store) -> None:
    desk = before_go_live(store)

    wait_until(desk, datetime(2027, 5, 28, 11, tzinfo=UTC))

    gate = gates(desk)[-1]
    assert (gate.detail["kind"], gate.detail["decision"]) == ("handover", "extend")
    assert gate.detail["blockers"] == ["G5", "G6"]
    assert gate.detail["new_end"] == "2027-06-05T22:00:00Z"


def test_a_focused_launch_has_one_gate_with_four_blockers(store: Store) -> None:
    desk = before_go_live(store, ALONE.replace("command30_90", "focused14"))

    wait_until(desk, datetime(2027, 4, 30, 12, tzinfo=UTC))

    (gate,) = gates(desk)
    assert (gate.at, gate.detail["decision"]) == (datetime(2027, 3, 12, 11, tzinfo=UTC), "exit")
    assert list(gate.detail["criteria"]) == ["G1", "G2", "G3", "G4"]
    assert gate.detail["criteria"]["G3"]["needed"] == 120


def test_gates_from_before_the_desk_knew_the_launch_are_past(store: Store) -> None:
    desk = DeskDriver(store)

    desk.run_due()

    assert gates(desk) == []


def test_a_blocker_by_hand_holds_the_gate_until_the_desk_file_drops_it(store: Store) -> None:
    desk = before_go_live(store, ALONE.replace("knowledge =", 'blockers = ["the audit"]\nknowledge ='))

    wait_until(desk, NOON)

    (gate,) = gates(desk)
    assert (gate.detail["blockers"], gate.detail["criteria"]["manual"]["texts"]) == (["manual"], ["the audit"])


def test_a_desk_file_that_moves_the_hour_decides_nothing_again(store: Store) -> None:
    desk = before_go_live(store)
    wait_until(desk, NOON + timedelta(hours=1))
    an_unsolved_concern(desk)

    a_desk(store, ALONE + '[schedule]\ndecision = "11:30"\n', at=desk.now)
    wait_until(desk, NOON + timedelta(days=2))

    assert [(each.at, each.detail["decision"]) for each in gates(desk)] == [(NOON, "exit")]


def test_two_services_decide_a_gate_once(store: Store) -> None:
    desk = before_go_live(store)
    wait_until(desk, NOON - timedelta(days=1))
    an_unsolved_concern(desk)
    wait_until(desk, NOON - timedelta(minutes=1))
    one, other = (Gates(store=store, desk=desk.desk) for _ in range(2))

    done = [one.do_one(NOON), other.do_one(NOON), one.do_one(NOON)]

    assert done == [True, False, False]
    assert len(gates(desk)) == 1
