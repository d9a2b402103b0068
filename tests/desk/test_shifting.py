"""The receiving team takes over step by step: which new tickets go to it, and who goes on watching (PH8, GT6)."""

from datetime import UTC, datetime

import pytest
from tests.desk.driver import DeskDriver
from tests.factories import DESK, a_mail

from ticketbot.clock import FixedClock
from ticketbot.domain.plans import falls_to
from ticketbot.store.database import Store

FOCUSED = DESK.replace('profile = "command30_90"', 'profile = "focused14"')


def after(store: Store, instant: datetime, *, mails: int = 1, file: str = DESK) -> DeskDriver:
    desk = DeskDriver(store, file=file, clock=FixedClock(instant))
    for number in range(mails):
        desk.receive(a_mail(subject=f"Trouble {number}", body=f"Report {number} shows nothing.", date=instant))
    return desk


@pytest.mark.parametrize(
    ("on", "teams"),
    [
        (datetime(2027, 3, 20, 9, tzinfo=UTC), [None] * 4),
        (datetime(2027, 4, 2, 9, tzinfo=UTC), [None, None, None, "standard"]),
        (datetime(2027, 4, 20, 9, tzinfo=UTC), [None, "standard"] * 2),
        (datetime(2027, 5, 3, 9, tzinfo=UTC), [None, "standard", "standard", "standard"]),
        (datetime(2027, 5, 20, 9, tzinfo=UTC), ["standard"] * 4),
        (datetime(2027, 6, 1, 9, tzinfo=UTC), ["standard"] * 4),
    ],
    ids=["hypercare", "first quarter", "second", "third", "last", "standard support"],
)
def test_each_quarter_of_transition_gives_more_new_tickets_to_the_receiving_team(
    store: Store, on: datetime, teams: list[str | None]
) -> None:
    desk = after(store, on, mails=4)

    assert [ticket.owner_team for ticket in desk.tickets()] == teams


def test_a_new_ticket_of_the_taper_goes_to_the_receiving_team_and_the_hypercare_lead_watches(store: Store) -> None:
    desk = after(store, datetime(2027, 3, 8, 9, tzinfo=UTC), file=FOCUSED)

    assert desk.ticket().owner_team == "standard"
    assert sorted(letter.reader for letter in desk.letters("NEW")) == ["ana@desk.example", "chen@desk.example"]


def test_nobody_of_hypercare_watches_what_standard_support_has(store: Store) -> None:
    desk = after(store, datetime(2027, 6, 1, 9, tzinfo=UTC))

    assert [letter.reader for letter in desk.letters("NEW")] == ["chen@desk.example"]


def test_a_desk_without_a_receiving_team_shifts_nothing(store: Store) -> None:
    desk = after(store, datetime(2027, 5, 20, 9, tzinfo=UTC), file=DESK.replace('team = "standard"', ""))

    assert desk.ticket().owner_team is None


@pytest.mark.parametrize("share", [0, 25, 50, 75, 100])
def test_of_a_hundred_tickets_just_the_planned_share_goes_over(share: int) -> None:
    assert sum(falls_to(nth, share=share) for nth in range(1, 101)) == share
