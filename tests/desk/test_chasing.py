"""Silent clients: asked again, told of the end, settled, each once, however the service was stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import DESK, a_mail

from ticketbot.clock import FixedClock
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MORNING = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # Monday, 10:00 in Berlin
LIGHT = {"subject": "How do I approve a requisition?", "body": "I see the list and no button. No rush."}


def answer(desk: DeskDriver, body: str, **fields: str) -> None:
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body=body, **fields))  # type: ignore[arg-type]


def waiting(store: Store, *, priority: str = "P3", at: datetime = MORNING, cc: str | None = None) -> DeskDriver:
    """Return a desk whose one ticket was asked about at *at*."""
    desk = DeskDriver(store, clock=FixedClock(at - timedelta(minutes=5)))
    desk.receive(a_mail(cc=cc, **LIGHT))  # type: ignore[arg-type]
    desk.clock.instant = at
    answer(desk, f"#priority {priority} as agreed\n#pending\n\nWhich list is it?")
    assert (desk.ticket().priority, desk.ticket().state) == (priority, "pending_client")
    return desk


def told(desk: DeskDriver) -> list[str]:
    """Return what was written by itself and when, in Berlin: `CHASE 03-03 10:00`."""
    return [
        f"{each.code} {each.created_at + timedelta(hours=1):%m-%d %H:%M}"
        for each in desk.letters()
        if each.code in ("CHASE", "AUTOCLOSE")
    ]


def test_a_silent_client_is_asked_twice_told_of_the_end_and_the_ticket_ends(store: Store) -> None:
    desk = waiting(store)

    desk.wait(days=9)

    ticket = desk.ticket()
    assert told(desk) == ["CHASE 03-03 10:00", "CHASE 03-05 10:00", "AUTOCLOSE 03-08 10:00"]
    assert (ticket.state, ticket.resolved_at, ticket.act) == ("resolved", MORNING + timedelta(days=9), "auto_close")
    assert desk.letters("RESOLVED") == []
    assert desk.clocks()["RES", 1].state == "stopped"


def test_a_settled_ticket_of_a_silent_client_closes_in_the_end(store: Store) -> None:
    desk = waiting(store)

    desk.wait(days=17)

    assert desk.ticket().state == "closed"


@on_sqlite
@pytest.mark.parametrize(
    ("priority", "letters"),
    [("P1", ["CHASE 03-01 14:00", "CHASE 03-02 14:00"]), ("P2", ["CHASE 03-01 18:00", "CHASE 03-02 18:00"])],
)
def test_what_presses_is_asked_sooner_and_never_ends_by_itself(store: Store, priority: str, letters: list[str]) -> None:
    desk = waiting(store, priority=priority)

    desk.wait(days=20)

    assert (told(desk), desk.ticket().state) == (letters, "pending_client")


@on_sqlite
def test_a_chase_quotes_the_question_and_says_when_it_is_the_last(store: Store) -> None:
    desk = waiting(store, cc="jonas@acme.example")

    desk.wait(days=5)

    first, second = (each.draft for each in desk.letters("CHASE"))
    assert (first["values"]["question"], first["values"]["asked_at"]) == ("Which list is it?", "2027-03-01T09:00:00Z")
    assert [each["values"]["is_last"] for each in (first, second)] == [False, True]
    assert (first["cc"], first["reply_to"]) == (["jonas@acme.example"], desk.client_address())
    assert first["automatic"] == "auto-generated"
    assert first["in_reply_to"]


@on_sqlite
def test_the_client_is_told_when_it_ends(store: Store) -> None:
    desk = waiting(store)

    desk.wait(days=8)

    assert desk.letter("AUTOCLOSE").draft["values"]["resolves_at"] == "2027-03-10T09:00:00Z"


@on_sqlite
def test_an_answer_ends_the_waiting(store: Store) -> None:
    desk = waiting(store)
    desk.wait(days=3)

    desk.receive(a_mail(in_reply_to=desk.letter("CHASE").message_id, body="The list of June."))
    desk.wait(days=20)

    assert told(desk) == ["CHASE 03-03 10:00"]
    assert desk.ticket().state == "open"


@on_sqlite
def test_a_new_question_waits_anew(store: Store) -> None:
    desk = waiting(store)
    desk.wait(days=3)
    desk.receive(a_mail(in_reply_to=desk.letter("CHASE").message_id, body="The list of June."))

    answer(desk, "#pending\n\nOf which year?")
    desk.wait(days=4)

    assert told(desk) == ["CHASE 03-03 10:00", "CHASE 03-08 10:00"]
    assert desk.letter("CHASE").draft["values"]["question"] == "Of which year?"


@on_sqlite
def test_what_is_raised_while_it_waits_is_asked_as_what_presses(store: Store) -> None:
    desk = waiting(store)
    desk.wait(hours=1)

    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#priority P1 the board waits"))
    desk.wait(days=1)

    assert told(desk) == ["CHASE 03-01 14:00"]


@on_sqlite
def test_after_a_night_without_service_nobody_is_asked_before_the_morning(store: Store) -> None:
    desk = waiting(store, priority="P1")
    desk.sleep(hours=12)

    desk.wait(days=3)

    assert told(desk) == ["CHASE 03-02 07:00", "CHASE 03-03 07:00"]


@on_sqlite
def test_after_a_week_without_service_the_client_still_has_two_days(store: Store) -> None:
    desk = waiting(store)
    desk.sleep(days=10)

    desk.wait(days=9)

    assert told(desk) == ["CHASE 03-11 10:00", "AUTOCLOSE 03-11 10:00", "CHASE 03-15 10:00"]
    assert desk.ticket().resolved_at == datetime(2027, 3, 15, 9, tzinfo=UTC)


@on_sqlite
def test_nothing_is_written_twice_after_a_restart(store: Store) -> None:
    desk = waiting(store)
    desk.wait(days=3)
    desk.restart()

    desk.run_due()

    assert told(desk) == ["CHASE 03-03 10:00"]


@on_sqlite
def test_a_machine_is_not_asked_but_its_ticket_ends_all_the_same(store: Store) -> None:
    desk = waiting(store)
    with store.work() as work:
        ticket = work.tickets.get(1001)
        ticket.channel, ticket.requester_address = "alert", "monitor@acme.example"

    desk.wait(days=9)

    assert (told(desk), desk.ticket().state) == ([], "resolved")


@on_sqlite
def test_letters_that_are_switched_off_are_not_written(store: Store) -> None:
    desk = DeskDriver(store, clock=FixedClock(MORNING), file=DESK + '\n[letters]\noff = ["CHASE"]\n')
    desk.receive(a_mail(**LIGHT))  # type: ignore[arg-type]
    answer(desk, "#priority P3 as agreed\n#pending\n\nWhich list is it?")

    desk.wait(days=8)

    assert told(desk) == ["AUTOCLOSE 03-08 10:00"]
