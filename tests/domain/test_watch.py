"""The watch list (SL7): who is on it and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.ground import SCHEDULES, at

from ticketbot.domain.kinds import frustration_in
from ticketbot.domain.lexicons import LEXICONS
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import WatchRules
from ticketbot.domain.priority import Priority
from ticketbot.domain.watch import Watched, Worry, worries

#: A Friday, an hour before calendar X closes for the weekend.
FRIDAY = at("2027-03-05 18:00")
QUIET = Watched(
    phase=Phase.HYPERCARE,
    priority=Priority.P3,
    state=TicketState.OPEN,
    received_at=FRIDAY,
    unowned_since=None,
    owners=1,
    answered_at=FRIDAY,
)
UNOWNED = replace(QUIET, unowned_since=FRIDAY, owners=0)


def found(ticket: Watched, *, after: timedelta = timedelta(), rules: WatchRules | None = None) -> list[Worry]:
    return list(worries(ticket, now=FRIDAY + after, rules=rules or WatchRules(), schedule=SCHEDULES["X"]))


def test_a_ticket_that_is_owned_and_answered_worries_nobody() -> None:
    assert found(QUIET) == []


@pytest.mark.parametrize(
    ("priority", "minutes", "is_listed"),
    [("P1", 14, False), ("P1", 15, True), ("P2", 16, True), ("P3", 60, False), ("P3", 61, False), ("P4", 90, False)],
)
def test_the_pressing_need_an_owner_within_minutes_the_others_within_hours_that_are_open(
    priority: str, minutes: int, is_listed: bool
) -> None:
    ticket = replace(UNOWNED, priority=Priority(priority))

    assert (Worry.NO_OWNER in found(ticket, after=timedelta(minutes=minutes))) is is_listed


def test_the_weekend_does_not_count_for_what_is_not_pressing() -> None:
    monday = at("2027-03-08 08:00") - FRIDAY

    assert Worry.NO_OWNER not in found(UNOWNED, after=monday - timedelta(seconds=1))
    assert Worry.NO_OWNER in found(UNOWNED, after=monday)


@pytest.mark.parametrize(
    ("phase", "is_listed"),
    [
        (Phase.HYPERCARE, True),
        (Phase.TRANSITION, True),
        (Phase.STANDARD, False),
        (Phase.PRE_LIVE, False),
        (None, False),
    ],
)
def test_only_hypercare_and_transition_are_watched(phase: Phase | None, is_listed: bool) -> None:
    ticket = replace(UNOWNED, priority=Priority.P2, phase=phase)

    assert bool(found(ticket, after=timedelta(minutes=16))) is is_listed


@pytest.mark.parametrize("state", [TicketState.RESOLVED, TicketState.CLOSED, TicketState.MERGED, TicketState.SPAM])
def test_what_is_settled_is_not_watched(state: TicketState) -> None:
    assert found(replace(UNOWNED, state=state), after=timedelta(days=3)) == []


@pytest.mark.parametrize(
    ("change", "hours", "is_listed"),
    [
        ({}, 23.9, False),
        ({}, 24, True),
        ({"answered_at": None}, 24, True),
        ({"answered_at": FRIDAY + timedelta(hours=10)}, 24, False),
        ({"state": TicketState.PENDING_CLIENT}, 48, False),
        ({"state": TicketState.PENDING_RELEASE}, 48, False),
        ({"state": TicketState.REOPENED}, 48, True),
    ],
)
def test_a_day_without_reply_is_silence_unless_it_is_the_clients_turn(
    change: dict[str, object], hours: float, is_listed: bool
) -> None:
    ticket = replace(QUIET, **change)  # type: ignore[arg-type]  # a row of the table

    assert (found(ticket, after=timedelta(hours=hours)) == [Worry.SILENCE]) is is_listed


@pytest.mark.parametrize(
    ("change", "worry"),
    [
        ({"owners": 2}, None),
        ({"owners": 3}, Worry.PING_PONG),
        ({"unanswered": 2}, None),
        ({"unanswered": 3}, Worry.UNANSWERED),
        ({"frustration": "third time"}, Worry.FRUSTRATION),
    ],
)
def test_many_owners_many_mails_or_bitter_words_worry(change: dict[str, object], worry: Worry | None) -> None:
    ticket = replace(QUIET, **change)  # type: ignore[arg-type]  # a row of the table

    assert found(ticket) == ([worry] if worry else [])


@pytest.mark.parametrize(
    ("text", "locale", "is_found"),
    [
        ("This is the third time I ask.", "en", True),
        ("We are frustrated by now", "en", True),
        ("Could you look at it?", "en", False),
        ("Ich melde mich zum dritten Mal", "de", True),
        ("Wie lange noch?", "de", True),
        ("Danke für die Hilfe", "de", False),
    ],
)
def test_words_of_frustration_are_found_in_both_languages(text: str, locale: str, is_found: bool) -> None:
    assert (frustration_in(text, LEXICONS[locale]) is not None) is is_found


def test_what_is_put_out_of_sight_comes_back_when_its_time_is_over() -> None:
    ticket = replace(QUIET, owners=5, snoozed_until=FRIDAY + timedelta(days=2))

    assert found(ticket, after=timedelta(hours=47)) == []
    assert found(ticket, after=timedelta(hours=48)) == [Worry.SILENCE, Worry.PING_PONG]


def test_every_number_may_be_another() -> None:
    rules = WatchRules(
        pressing_owner_within=timedelta(minutes=5),
        owner_within=timedelta(minutes=30),
        reply_within=timedelta(hours=4),
        owners=2,
        unanswered=1,
    )
    ticket = replace(UNOWNED, owners=2, unanswered=1)

    assert found(ticket, after=timedelta(hours=4), rules=rules) == [
        Worry.NO_OWNER,
        Worry.SILENCE,
        Worry.PING_PONG,
        Worry.UNANSWERED,
    ]
