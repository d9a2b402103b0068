"""Taking back the last step: all of it goes back exactly, or nothing does and its maker learns why."""

from collections.abc import Callable

import pytest
from tests.desk.acts import answer, note, opened, refused
from tests.desk.driver import ANA, DeskDriver
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import Ticket

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def state_of(desk: DeskDriver) -> tuple[object, ...]:
    """Return all that a step may change: the ticket's columns, its clocks, its people."""
    ticket = desk.ticket()
    columns = {
        column.key: getattr(ticket, column.key) for column in Ticket.__table__.columns if column.key != "updated_at"
    }
    clocks = {name: (clock.memory, clock.next_at, clock.state) for name, clock in desk.clocks().items()}
    return columns, clocks, desk.participants()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("#take", id="take"),
        pytest.param("#spam", id="spam"),
        pytest.param("#priority P1 the board asks", id="priority"),
        pytest.param("#kind question\n\nIt is only a question.", id="kind"),
        pytest.param("#sev 1", id="sev"),
        pytest.param("#impact 1", id="impact"),
        pytest.param("#urgency 3\n\nThere is time.", id="urgency"),
        pytest.param("#category payroll", id="category"),
        pytest.param("#cc tom@acme.example", id="cc"),
        pytest.param("#take\n#category payroll\n#priority P1 they wait", id="several"),
    ],
)
def test_undo_puts_everything_back_exactly(store: Store, body: str) -> None:
    desk = opened(store)
    desk.sleep(minutes=3)
    before = state_of(desk)
    note(desk, body)
    changed = state_of(desk)
    desk.sleep(minutes=9)

    note(desk, "#undo")

    assert changed != before
    assert state_of(desk) == before
    assert "taken back" in desk.letter("CMD").draft["values"]["done"][0]


@pytest.mark.parametrize(
    ("prepare", "body"),
    [
        pytest.param(lambda desk: answer(desk, "#resolve\n\nDone."), "#close", id="close"),
        pytest.param(lambda desk: answer(desk, "#resolve\n\nDone."), "#reopen", id="reopen"),
        pytest.param(lambda desk: note(desk, "#spam"), "#notspam", id="notspam"),
        pytest.param(lambda desk: desk.receive(a_mail(subject="Again", body="x")), "#merge T-1002", id="merge"),
    ],
)
def test_undo_puts_settled_and_joined_matters_back(
    store: Store, prepare: Callable[[DeskDriver], object], body: str
) -> None:
    desk = opened(store)
    prepare(desk)
    desk.deliver_all()
    desk.sleep(minutes=1)
    before = state_of(desk)
    note(desk, body)

    note(desk, "#undo")

    assert state_of(desk) == before


def test_letters_that_have_not_left_never_do(store: Store) -> None:
    desk = opened(store)
    before = state_of(desk)
    answer(desk, "#resolve\n\nDone.")

    note(desk, "#undo")

    assert state_of(desk) == before
    assert desk.letter("RESOLVED").state == "cancelled"
    assert (desk.messages()[1].direction, desk.messages()[1].audience) == ("note", "internal")


@pytest.mark.parametrize("state", ["sent", "in_flight", "unknown"])
def test_what_the_client_was_told_is_not_taken_back(store: Store, state: str) -> None:
    desk = opened(store)
    answer(desk, "#resolve\n\nDone.")
    with store.work() as work:
        work.outbox.letter(desk.letter("RESOLVED").id).state = state

    note(desk, "#undo")

    assert desk.ticket().state == "resolved"
    assert "mara@acme.example was told already" in refused(desk)


@on_sqlite
def test_a_reminder_that_an_answer_ended_is_due_again(store: Store) -> None:
    desk = opened(store)
    note(desk, "#take")
    desk.sleep(minutes=16)
    desk.run_due()
    waiting = desk.letter("REMIND").key
    answer(desk, "On it.")
    ended = desk.letter("REMIND").state

    note(desk, "#undo")

    assert (ended, desk.letter("REMIND").key, desk.letter("REMIND").state) == ("superseded", waiting, "queued")


@on_sqlite
@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        pytest.param(lambda _: None, "nothing was done", id="nothing was done"),
        pytest.param(lambda desk: (note(desk, "#take"), desk.sleep(minutes=11)), "more than 10 minutes", id="too late"),
        pytest.param(lambda desk: note(desk, "#take", sender=ANA), "was ana's", id="somebody else's"),
        pytest.param(
            lambda desk: (note(desk, "#spam"), note(desk, "#take", sender=ANA)), "was ana's", id="not the last"
        ),
        pytest.param(
            lambda desk: (note(desk, "#take"), desk.receive(a_mail(to=desk.client_address(), body="And?"))),
            "something happened to T-1001 since",
            id="the client wrote",
        ),
        pytest.param(
            lambda desk: (note(desk, "#assign chen"), desk.deliver_all()),
            "chen@desk.example was told already",
            id="a colleague was told",
        ),
        pytest.param(lambda desk: (note(desk, "#take"), note(desk, "#undo")), "nothing was done", id="twice"),
        pytest.param(lambda desk: note(desk, "#release 2027-04-08"), "#release with another date", id="a release"),
        pytest.param(lambda desk: note(desk, "#take\n#problem x"), "#problem with another title", id="a problem"),
    ],
)
def test_undo_is_refused_with_the_reason(store: Store, prepare: Callable[[DeskDriver], object], why: str) -> None:
    desk = opened(store)
    prepare(desk)
    before = state_of(desk)

    note(desk, "#undo")

    assert why in refused(desk)
    assert state_of(desk) == before


@on_sqlite
def test_a_note_in_between_does_not_hide_the_last_step(store: Store) -> None:
    desk = opened(store)
    note(desk, "#take")
    note(desk, "I know this one.")

    note(desk, "#undo")

    assert desk.owner() is None


@on_sqlite
def test_who_came_along_by_a_merge_leaves_again(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(sender="jonas@acme.example", subject="Again", body="It is the same"))
    note(desk, "#merge T-1001", number=1002)
    joined = desk.participants()

    note(desk, "#undo", number=1002)

    assert (joined, desk.participants()) == (["mara@acme.example", "jonas@acme.example"], ["mara@acme.example"])
    assert desk.ticket(1002).state == "new"


@on_sqlite
@pytest.mark.parametrize("lasting", ["#block evil.example", "#away until 2027-03-18", "#take\n#block evil.example"])
def test_undo_never_takes_back_an_older_step_or_half_a_step(store: Store, lasting: str) -> None:
    desk = opened(store)
    note(desk, "#priority P1 they wait")
    note(desk, lasting)
    before = state_of(desk)

    note(desk, "#undo")

    assert f"{lasting.rsplit(chr(10), maxsplit=1)[-1].split(maxsplit=1)[0]} is not taken back" in refused(desk)
    assert state_of(desk) == before


@on_sqlite
def test_undo_takes_back_what_was_written_down_last_and_names_it(store: Store) -> None:
    desk = opened(store)
    note(desk, "#priority P1 they wait")
    note(desk, "#docgap how to sign")

    note(desk, "#undo")

    assert desk.ticket().priority == "P1"
    assert "(#docgap how to sign)" in desk.letter("CMD").draft["values"]["done"][0]
