"""What staff ask by mail: where launches stand, a ticket whole, the figures of a week."""

import pytest
from tests.desk.acts import answer, note, opened, refused
from tests.factories import a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_status_tells_where_a_launch_stands(store: Store) -> None:
    desk = opened(store)

    note(desk, "#status acme/hr")

    (line,) = desk.letter("CMD").draft["values"]["done"]
    assert line.startswith("acme/hr · hypercare d1 · until 2027-03-31 · open: 1 P2 · 1 without an owner · ")
    assert line.endswith("next due 2027-03-02 10:30 (Europe/Berlin)")


@on_sqlite
def test_status_without_a_name_tells_of_every_launch(store: Store) -> None:
    desk = opened(store)

    note(desk, "#status")

    told = desk.letter("CMD").draft["values"]["done"]
    assert [line.partition(" ")[0] for line in told] == ["acme/hr", "borealis/portal", "corvus/erp"]


@on_sqlite
def test_a_ticket_is_shown_with_its_promises_and_its_story(store: Store) -> None:
    desk = opened(store)
    answer(desk, "We are on it.")
    desk.receive(a_mail(subject="Another", body="matter"))

    note(desk, "#ticket T-1001", number=1002)

    told = desk.letter("CMD").draft["values"]["done"]
    assert told[:2] == ["T-1001 · Report is empty", "open · P2 · incident · owner ben"]
    assert any(line.startswith("RES due 2027-03-02 18:00") for line in told)
    assert told[-1].endswith("Ben Okafor: We are on it.")


@on_sqlite
def test_the_ticket_in_hand_needs_no_name(store: Store) -> None:
    desk = opened(store)

    note(desk, "#ticket")

    assert desk.letter("CMD").draft["values"]["done"][0] == "T-1001 · Report is empty"


@on_sqlite
@pytest.mark.parametrize("line", ["#digest", "#digest 7d", "#digest 1w"])
def test_the_figures_of_seven_days_come_as_a_digest(store: Store, line: str) -> None:
    desk = opened(store)
    desk.sleep(minutes=1)

    note(desk, line)

    week = desk.letter("DIGEST", to="ben@desk.example").draft["values"]["week"]
    assert (week["received"], week["open"]) == (1, 1)


@on_sqlite
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#status acme/crm", "there is no launch acme/crm"),
        ("#ticket T-9", "there is no ticket T-9"),
        ("#digest 3d", "seven days at a time"),
    ],
)
def test_what_cannot_be_answered_is_refused(store: Store, line: str, why: str) -> None:
    desk = opened(store)

    note(desk, line)

    assert why in refused(desk)
