"""Another desk file over tickets at work: only what is tighter moves, once, with an event for each (behaviour 90)."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver
from tests.factories import DESK, a_mail

from ticketbot.desk.apply import Difference, apply_desk
from ticketbot.desk.promises import clock_from
from ticketbot.deskfile import parse_desk
from ticketbot.store.database import Store
from ticketbot.store.models import Event, LetterState

AINO = "Aino Korhonen <aino@borealis.example>"
TIGHTER = DESK + '\n[targets.hypercare]\nP3 = { first_response = "1 h" }\n'
LOOSER = DESK + '\n[targets.hypercare]\nP3 = { first_response = "3 h" }\n'


def apply(desk: DeskDriver, text: str, *, dry_run: bool = False) -> Difference:
    with desk.store.work() as work:
        return apply_desk(parse_desk(text), work=work, now=desk.now, dry_run=dry_run)


def apply_and_crash(desk: DeskDriver, text: str) -> None:
    with desk.store.work() as work:
        apply_desk(parse_desk(text), work=work, now=desk.now)
        raise ZeroDivisionError


def deadlines(store: Store, number: int = 1001) -> list[Event]:
    with store.look() as work:
        events = work.tickets.events(work.tickets.get(number).id)
        return [each for each in events if each.action == "deadline"]


def a_ticket(store: Store) -> DeskDriver:
    """A P3 of hypercare, received at 10:00 in Berlin: first answer due at 12:00."""
    desk = DeskDriver(store)
    desk.receive(a_mail(subject="A typo in one label", body="One label has a typo, no hurry."))
    desk.sleep(minutes=30)
    return desk


def test_a_tighter_promise_raises_what_runs_and_leaves_an_event_of_it(store: Store) -> None:
    desk = a_ticket(store)
    received, before = desk.ticket().created_at, desk.due("FR")
    target = before - received

    difference = apply(desk, TIGHTER.replace("P3", desk.ticket().priority))

    assert target > timedelta(hours=1)
    assert difference.moved == 1
    assert desk.due("FR") == received + timedelta(hours=1)
    (event,) = deadlines(store)
    assert event.actor == "desk apply"
    assert event.detail == {
        "clock": "FR",
        "cycle": 1,
        "before": before.isoformat().replace("+00:00", "Z"),
        "after": desk.due("FR").isoformat().replace("+00:00", "Z"),
        "cause": f"desk file, version {difference.version}",
        "version": difference.version,
    }


def test_the_same_file_again_moves_nothing_again(store: Store) -> None:
    desk = a_ticket(store)
    text = TIGHTER.replace("P3", desk.ticket().priority)
    apply(desk, text)
    due = desk.due("FR")
    desk.sleep(minutes=5)

    again = apply(desk, text)

    assert (again.moved, desk.due("FR"), len(deadlines(store))) == (0, due, 1)


def test_a_looser_promise_moves_nothing_that_was_mailed(store: Store) -> None:
    desk = a_ticket(store)
    text = TIGHTER.replace("P3", desk.ticket().priority)
    apply(desk, text)
    due = desk.due("FR")

    difference = apply(desk, LOOSER.replace("P3", desk.ticket().priority))

    assert (difference.moved, desk.due("FR"), len(deadlines(store))) == (0, due, 1)


def test_an_edited_calendar_moves_nothing_that_runs_and_counts_for_what_begins(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender=AINO, subject="A typo", body="A typo in one label."))
    due = desk.due("RES")

    difference = apply(desk, DESK + '\n[calendars.B]\nhours = "07:00-20:00"\n[calendars.X]\nhours = "06:00-22:00"\n')
    desk.receive(a_mail(sender=AINO, subject="Another matter", body="A typo in one label."))

    assert (difference.moved, desk.due("RES"), deadlines(store)) == (0, due, [])
    assert desk.due("RES", number=1002) < due


def test_a_settled_ticket_is_not_touched(store: Store) -> None:
    desk = a_ticket(store)
    priority = desk.ticket().priority
    desk.receive(a_mail(sender="Ben Okafor <ben@desk.example>", to=desk.answer_address(), body="#resolve\n\nDone."))
    due = desk.due("RES")

    difference = apply(
        desk, DESK + f'\n[targets.hypercare]\n{priority} = {{ first_response = "5 min", resolution = "1 h" }}\n'
    )

    assert (difference.moved, desk.due("RES"), deadlines(store)) == (0, due, [])


def test_a_contract_of_one_client_moves_no_other(store: Store) -> None:
    desk = a_ticket(store)
    desk.receive(a_mail(sender="Nils Berg <nils@corvus.example>", subject="A typo", body="One label has a typo."))
    priority, due = desk.ticket(1002).priority, desk.due("FR")

    difference = apply(desk, DESK + f'\n[contracts.corvus.standard]\n{priority} = {{ first_response = "30 min" }}\n')

    assert difference.moved == 1
    assert desk.due("FR") == due
    assert desk.due("FR", number=1002) == desk.ticket(1002).created_at + timedelta(minutes=30)


def test_a_dry_run_counts_and_moves_nothing(store: Store) -> None:
    desk = a_ticket(store)
    due = desk.due("FR")

    difference = apply(desk, TIGHTER.replace("P3", desk.ticket().priority), dry_run=True)

    assert (difference.moved, desk.due("FR"), deadlines(store)) == (1, due, [])


def test_a_crash_in_the_middle_leaves_all_as_it_was_and_the_next_apply_does_all_once(store: Store) -> None:
    desk = a_ticket(store)
    text = TIGHTER.replace("P3", desk.ticket().priority)
    due = desk.due("FR")

    with pytest.raises(ZeroDivisionError):
        apply_and_crash(desk, text)
    crashed = (desk.due("FR"), deadlines(store))
    apply(desk, text)

    assert crashed == (due, [])
    assert len(deadlines(store)) == 1


def a_reminder_that_waits(store: Store, *, owner: str) -> DeskDriver:
    """A P3 answered at once, 75 % of its resolution reached while it is night where its lead lives."""
    far = DESK.replace('role = "hypercare_lead"', 'role = "hypercare_lead"\ntimezone = "America/New_York"')
    desk = DeskDriver(store, file=far)
    desk.clock.instant = datetime(2027, 3, 2, 13, tzinfo=UTC)
    desk.receive(a_mail(subject="A typo in one label", body="One label has a typo, no hurry. It is broken."))
    agent = owner.partition("<")[2].rstrip(">")
    desk.receive(a_mail(sender=owner, to=desk.answer_address(agent=agent), body="We look at it."))
    desk.wait(days=1, hours=19)
    desk.deliver_all()
    return desk


def test_a_reminder_that_waits_and_names_a_moved_time_is_void_and_a_new_one_comes(store: Store) -> None:
    desk = a_reminder_that_waits(store, owner=ANA)
    (waiting,) = [each for each in desk.letters("REMIND") if each.state == LetterState.QUEUED]

    apply(desk, desk.file + '\n[targets.hypercare]\nP3 = { resolution = "12 h" }\n')
    desk.run_due()

    superseded, fresh = [each for each in desk.letters("REMIND") if each.send_at > desk.now]
    assert (superseded.id, superseded.state, fresh.state) == (waiting.id, LetterState.SUPERSEDED, LetterState.QUEUED)
    assert [each["share"] for each in fresh.draft["values"]["clocks"]] == [75]
    assert fresh.draft["values"]["clocks"][0]["due_at"] != waiting.draft["values"]["clocks"][0]["due_at"]


def test_what_somebody_has_read_is_not_told_again(store: Store) -> None:
    desk = a_reminder_that_waits(store, owner=BEN)
    before = len(desk.letters("REMIND"))

    apply(desk, desk.file + '\n[targets.hypercare]\nP3 = { resolution = "12 h" }\n')
    desk.run_due()

    assert len(desk.letters("REMIND")) == before
    assert [each.reader for each in desk.letters("REMIND") if each.state == LetterState.SUPERSEDED] == [
        "ana@desk.example"
    ]


def test_a_plan_that_began_keeps_its_lengths_and_says_so(store: Store) -> None:
    desk = a_ticket(store)

    difference = apply(desk, DESK + "\n[profiles.command30_90]\nlengths = { medium = [20, 80] }\n")

    with store.look() as work:
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        assert (launch.settings["hypercare_days"], launch.settings["transition_end_day"]) == (30, 90)
    assert "launch acme/hr has begun and keeps its plan: hypercare to day 30, transition to day 90" in difference.notes
    assert apply(desk, DESK + "\n[profiles.command30_90]\nlengths = { medium = [20, 80] }\n").notes == ()


def test_a_dry_run_pins_no_plan(store: Store) -> None:
    desk = a_ticket(store)

    difference = apply(desk, DESK + "\n[profiles.command30_90]\nlengths = { medium = [20, 80] }\n", dry_run=True)

    with store.look() as work:
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        assert launch.settings.get("hypercare_days") is None
    assert difference.notes


def a_resting_ticket(store: Store) -> DeskDriver:
    """A P3 of hypercare that was asked back at 10:30, half an hour after it came."""
    desk = a_ticket(store)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(agent="ben@desk.example"), body="#pending\n\nWhich label?"))
    desk.sleep(hours=1)
    return desk


def test_a_promise_at_rest_is_counted_recorded_at_once_and_again_when_it_goes_on(store: Store) -> None:
    desk = a_resting_ticket(store)
    applied_at = desk.now
    text = DESK + f'\n[targets.hypercare]\n{desk.ticket().priority} = {{ resolution = "6 h" }}\n'

    difference = apply(desk, text)
    again = apply(desk, text)
    (waits,) = deadlines(store)
    resting = clock_from(desk.clocks()["RES", 1])
    desk.sleep(hours=1)
    desk.receive(a_mail(to=desk.client_address(), subject="Re: A typo in one label", body="The red one."))
    _, resumed = deadlines(store)

    assert (difference.moved, again.moved) == (1, 0)
    assert waits.at == applied_at
    assert (waits.detail["waits"], waits.detail["target_minutes"], waits.detail["after"]) == (True, 360, None)
    assert [change.at for change in resting.waiting] == [applied_at]
    assert resumed.detail["after"] == desk.due("RES").isoformat().replace("+00:00", "Z")
    assert resumed.detail["before"] > resumed.detail["after"]
    assert resumed.detail["cause"] == f"desk file, version {difference.version}"


def test_a_looser_promise_of_a_ticket_at_rest_is_neither_counted_nor_recorded(store: Store) -> None:
    desk = a_resting_ticket(store)

    difference = apply(desk, DESK + f'\n[targets.hypercare]\n{desk.ticket().priority} = {{ resolution = "200 h" }}\n')
    desk.receive(a_mail(to=desk.client_address(), subject="Re: A typo in one label", body="The red one."))

    assert (difference.moved, deadlines(store)) == (0, [])


def test_which_promises_move_is_told(store: Store) -> None:
    desk = a_ticket(store)
    before = desk.due("FR").isoformat().replace("+00:00", "Z")

    (move,) = apply(desk, TIGHTER.replace("P3", desk.ticket().priority), dry_run=True).moves

    assert (move["ticket"], move["clock"], move["before"]) == ("T-1001", "FR", before)
    assert move["after"] < before
