"""What happens by itself while a ticket waits for its client."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.ground import BERLIN, NEW_YORK, POLICY, a_schedule, at

from ticketbot.domain.priority import Priority
from ticketbot.domain.waiting import Planned, Step, Wait, next_step


def after(wait: Wait) -> Planned | None:
    return next_step(wait, office=a_schedule(), client_zone=BERLIN, policy=POLICY)


def days(priority: str) -> list[tuple[str, str]]:
    """Return all that happens to a ticket that waits from Monday 1 March, 10:00, each at its time."""
    wait, told = Wait(since=at("2027-03-01 10:00"), priority=Priority(priority)), []
    while (step := after(wait)) is not None:
        told.append((step.step.value, f"{step.at.astimezone(BERLIN):%m-%d %H:%M}"))
        match step.step:
            case Step.CHASE:
                wait = replace(wait, chased=(*wait.chased, step.at))
            case Step.TELL_END:
                wait = replace(wait, told_at=step.at)
            case Step.END:
                break
    return told


@pytest.mark.parametrize(
    ("priority", "told"),
    [
        ("P1", [("chase", "03-01 14:00"), ("chase", "03-02 14:00")]),
        ("P2", [("chase", "03-01 18:00"), ("chase", "03-02 18:00")]),
        (
            "P3",
            [
                ("chase", "03-03 10:00"),
                ("chase", "03-05 10:00"),
                ("tell_end", "03-08 10:00"),
                ("auto_resolve", "03-10 10:00"),
            ],
        ),
        (
            "P4",
            [
                ("chase", "03-04 10:00"),
                ("tell_end", "03-08 10:00"),
                ("chase", "03-09 10:00"),
                ("auto_resolve", "03-10 10:00"),
            ],
        ),
    ],
)
def test_a_waiting_ticket_asks_twice_and_what_does_not_press_ends(priority: str, told: list[tuple[str, str]]) -> None:
    assert days(priority) == told


def test_what_was_asked_late_is_asked_again_a_day_later() -> None:
    late = at("2027-03-02 09:00")

    step = after(Wait(since=at("2027-03-01 10:00"), priority=Priority.P1, chased=(late,)))

    assert step == Planned(step=Step.CHASE, at=late + timedelta(days=1))


def test_what_was_told_late_ends_two_business_days_after_that() -> None:
    chased = (at("2027-03-03 10:00"), at("2027-03-05 10:00"))

    step = after(
        Wait(since=at("2027-03-01 10:00"), priority=Priority.P3, chased=chased, told_at=at("2027-03-12 12:00"))
    )

    assert step == Planned(step=Step.END, at=at("2027-03-16 12:00"))


def test_no_client_is_told_of_an_end_by_night() -> None:
    wait = Wait(since=at("2027-03-01 10:00"), priority=Priority.P3, chased=[at("2027-03-01 11:00")] * 2)

    step = next_step(wait, office=a_schedule(), client_zone=NEW_YORK, policy=POLICY)

    assert step == Planned(step=Step.TELL_END, at=at("2027-03-08 07:00", NEW_YORK))
