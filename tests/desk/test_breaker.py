"""Beyond a cap automatic letters to clients wait, people's do not, and managers hear of it once."""

from datetime import timedelta

import pytest
from tests.desk.acts import answer, opened
from tests.desk.driver import DeskDriver

from ticketbot.desk.post import MOST_TO_ALL, MOST_TO_ONE
from ticketbot.domain.drafts import Automatic, Draft
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def put(desk: DeskDriver, number: int, *, to: str = "mara@acme.example", code: str = "NUDGE") -> None:
    """Let something of the desk write an automatic letter to a client."""
    draft = Draft(
        code=code, key=f"{code}/{number}/{to}", to=(to,), send_at=desk.now, values={}, automatic=Automatic.REPLIED
    )
    with desk.store.work() as work:
        desk.desk.post.put(work, [draft], now=desk.now)


def states(desk: DeskDriver, code: str = "NUDGE") -> list[str]:
    return [each.state for each in desk.letters(code)]


def test_one_person_gets_so_many_automatic_letters_an_hour_and_the_rest_wait(store: Store) -> None:
    desk = opened(store)

    for number in range(MOST_TO_ONE + 2):
        put(desk, number)
    put(desk, 1, to="jonas@acme.example")
    desk.run_due()

    (notice,) = desk.letters("NOTICE")
    assert states(desk) == ["queued"] * MOST_TO_ONE + ["held"] * 2 + ["queued"]
    assert (notice.reader, notice.draft["values"]["what"]) == ("dana@desk.example", "stalled")


def test_waiting_letters_leave_as_the_hour_passes_and_managers_hear_that_none_waits(store: Store) -> None:
    desk = opened(store)
    for number in range(MOST_TO_ONE + 2):
        put(desk, number)
    desk.run_due()
    desk.deliver_all()

    desk.clock.advance(timedelta(minutes=61))
    desk.run_due()
    desk.run_due()

    assert states(desk)[-2:] == ["queued", "queued"]
    assert [each.draft["values"]["recovered"] for each in desk.letters("NOTICE")] == [False, True]


@on_sqlite
def test_the_whole_desk_has_a_cap_too(store: Store) -> None:
    desk = opened(store)

    for number in range(MOST_TO_ALL + 1):
        put(desk, number, to=f"person{number}@acme.example")

    assert states(desk).count("held") == 1


@on_sqlite
def test_words_of_people_and_acknowledgements_never_wait_here(store: Store) -> None:
    desk = opened(store)
    for number in range(MOST_TO_ONE + 2):
        put(desk, number)
        put(desk, number, code="ACK")

    answer(desk, "We are on it.")

    assert desk.letter("RELAY_OUT").state == "queued"
    assert set(states(desk, "ACK")) == {"queued"}


@on_sqlite
def test_nothing_is_told_where_nothing_waits(store: Store) -> None:
    desk = opened(store)

    desk.run_due()

    assert desk.letters("NOTICE") == []
