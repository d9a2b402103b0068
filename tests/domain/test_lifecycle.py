"""States: the whole table, what is refused and why, and what happens by itself."""

from functools import partial

import pytest
from tests.domain.ground import BERLIN, NEW_YORK, POLICY, a_schedule, at

from ticketbot.domain.lifecycle import (
    LEAST_BETWEEN_CHASES,
    MOVES,
    OPEN_STATES,
    Act,
    Refusal,
    TicketState,
    auto_resolves_at,
    chased_at,
    closes_at,
    move,
)
from ticketbot.domain.priority import Priority

TABLE = """
new              reply         open
new              client_mail   new
new              call          open
new              pending       pending_client
new              release       pending_release
new              resolve       resolved
new              merge         merged
new              spam          spam
open             reply         open
open             client_mail   open
open             pending       pending_client
open             release       pending_release
open             resolve       resolved
reopened         reply         open
reopened         client_mail   reopened
reopened         pending       pending_client
reopened         resolve       resolved
pending_client   reply         pending_client
pending_client   client_mail   open
pending_client   pending       pending_client
pending_client   release       pending_release
pending_client   resolve       resolved
pending_client   auto_resolve  resolved
pending_client   merge         merged
pending_release  reply         pending_release
pending_release  client_mail   pending_release
pending_release  shipped       resolved
pending_release  resolve       resolved
pending_release  spam          spam
resolved         client_mail   reopened
resolved         auto_close    closed
resolved         close         closed
resolved         reopen        reopened
resolved         reply         resolved
closed           client_mail   reopened
closed           reopen        reopened
closed           reply         closed
merged           client_mail   merged
spam             client_mail   spam
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines(), ids=lambda row: "-".join(row.split()))
def test_a_legal_move(row: str) -> None:
    before, act, after = row.split()

    assert move(TicketState(before), Act(act)) == after


@pytest.mark.parametrize(
    ("state", "act", "why"),
    [
        ("new", "shipped", "release"),
        ("open", "close", "#resolve first"),
        ("open", "reopen", "open already"),
        ("open", "notspam", "not spam"),
        ("open", "auto_resolve", "does not wait"),
        ("open", "auto_close", "not resolved"),
        ("pending_release", "pending", "write #reopen first"),
        ("resolved", "pending", "write #reopen first"),
        ("closed", "merge", "write #reopen first"),
        ("merged", "reply", "merged into"),
        ("merged", "notspam", "merged into"),
        ("spam", "resolve", "#notspam first"),
    ],
)
def test_an_illegal_move_is_refused_with_the_reason(state: str, act: str, why: str) -> None:
    refusal = move(TicketState(state), Act(act))

    assert isinstance(refusal, Refusal)
    assert why in refusal.reason
    assert state.replace("_", " ") in refusal.reason


def test_not_spam_brings_back_the_state_before() -> None:
    assert move(TicketState.SPAM, Act.NOTSPAM, before=TicketState.PENDING_CLIENT) is TicketState.PENDING_CLIENT
    assert move(TicketState.SPAM, Act.NOTSPAM) is TicketState.NEW


def test_a_clients_mail_is_never_refused() -> None:
    assert all(isinstance(move(state, Act.CLIENT_MAIL), TicketState) for state in TicketState)


def test_every_state_has_its_row_and_every_open_one_can_be_resolved() -> None:
    assert set(MOVES) == set(TicketState)
    assert all(move(state, Act.RESOLVE) is TicketState.RESOLVED for state in OPEN_STATES)


def test_a_silent_ticket_closes_after_five_business_days() -> None:
    assert closes_at(at("2027-03-23 11:00"), schedule=a_schedule()) == at("2027-04-01 11:00")


def test_a_waiting_ticket_is_resolved_after_seven_business_days_and_told_two_before() -> None:
    found = auto_resolves_at(at("2027-03-01 11:00"), priority=Priority.P3, schedule=a_schedule())

    assert found == (at("2027-03-08 11:00"), at("2027-03-10 11:00"))


@pytest.mark.parametrize("priority", [Priority.P1, Priority.P2])
def test_urgent_tickets_are_never_resolved_by_themselves(priority: Priority) -> None:
    assert auto_resolves_at(at("2027-03-01 11:00"), priority=priority, schedule=a_schedule()) is None


@pytest.mark.parametrize(
    ("pending", "priority", "first", "second"),
    [
        pytest.param("2027-03-07 00:05", "P1", "2027-03-07 07:00", "2027-03-08 07:00", id="waits-for-the-morning"),
        pytest.param("2027-03-01 10:00", "P1", "2027-03-01 14:00", "2027-03-02 14:00", id="a-day-apart"),
        pytest.param("2027-03-01 10:00", "P2", "2027-03-01 18:00", "2027-03-02 18:00", id="eight-hours"),
        pytest.param("2027-03-01 13:00", "P2", "2027-03-02 07:00", "2027-03-03 07:00", id="not-in-the-evening"),
        pytest.param("2027-03-01 10:00", "P3", "2027-03-03 10:00", "2027-03-05 10:00", id="two-business-days"),
        pytest.param("2027-03-04 10:00", "P4", "2027-03-09 10:00", "2027-03-12 10:00", id="three-business-days"),
    ],
)
def test_an_unanswered_question_is_asked_again_twice(pending: str, priority: str, first: str, second: str) -> None:
    chase = partial(chased_at, priority=Priority(priority), schedule=a_schedule(), client_zone=BERLIN, policy=POLICY)

    assert chase(at(pending)) == at(first)
    assert chase(at(first), least=LEAST_BETWEEN_CHASES) == at(second)


def test_client_hours_are_those_of_the_client() -> None:
    first = chased_at(
        at("2027-03-01 06:30"), priority=Priority.P1, schedule=a_schedule(), client_zone=NEW_YORK, policy=POLICY
    )

    assert first == at("2027-03-01 07:00", NEW_YORK)
