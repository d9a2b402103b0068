"""The digest's arithmetic, by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.domain.ground import BERLIN, NEW_YORK, POLICY, a_schedule, at, hours, minutes, terms

from ticketbot.domain.clocks import current
from ticketbot.domain.figures import (
    GOALS,
    Arrow,
    ClockRow,
    Flow,
    Outcome,
    Tally,
    TicketRow,
    Window,
    arrow,
    attainment,
    backlog,
    blocked,
    error_budget,
    escape_rate,
    first_digest_on,
    flow,
    handling,
    inflow_trend,
    mean_time_to_resolve,
    median,
    misses,
    nearest_rank,
    outcome_of,
    row_of,
    tally,
    week_before,
)
from ticketbot.domain.kinds import Severity, TicketKind
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import on_client_mail, on_opened, on_pending, on_public_reply, on_resolved, on_voided

FR, NR, RES, UPD = ClockName
WEEK = Window(start=at("2027-03-01 00:00"), end=at("2027-03-08 00:00"))
NOW = at("2027-03-08 08:00")


def a_row(due: str, stopped: str | None = None, *, clock: ClockName = FR, priority: Priority = Priority.P3) -> ClockRow:
    due_at, stopped_at = at(due), at(stopped) if stopped else None
    met = stopped_at <= due_at if stopped_at else None
    return ClockRow(
        clock=clock,
        priority=priority,
        started_at=due_at - hours(2),
        due_at=due_at,
        stopped_at=stopped_at,
        met=met,
    )


def a_ticket(
    created: str,
    *,
    resolved: tuple[str, ...] = (),
    reopened: tuple[str, ...] = (),
    ended: str | None = None,
    kind: TicketKind = TicketKind.INCIDENT,
    severity: Severity = Severity.S2,
    priority: Priority = Priority.P1,
    is_spam: bool = False,
    is_test_gap: bool = False,
    replies: int = 0,
    owner_changes: int = 0,
    paused: timedelta = timedelta(),
) -> TicketRow:
    return TicketRow(
        number=1,
        kind=kind,
        severity=severity,
        priority=priority,
        created_at=at(created),
        resolved_at=tuple(map(at, resolved)),
        reopened_at=tuple(map(at, reopened)),
        ended_at=at(ended) if ended else None,
        is_spam=is_spam,
        is_test_gap=is_test_gap,
        replies=replies,
        owner_changes=owner_changes,
        paused=paused,
    )


@pytest.mark.parametrize(
    ("now", "start", "end", "long"),
    [
        ("2027-03-08 08:00", "2027-03-01 00:00", "2027-03-08 00:00", 168),
        ("2027-03-14 23:59", "2027-03-01 00:00", "2027-03-08 00:00", 168),
        ("2027-03-15 00:00", "2027-03-08 00:00", "2027-03-15 00:00", 167),
        ("2027-11-08 08:00", "2027-11-01 00:00", "2027-11-08 00:00", 169),
    ],
)
def test_the_week_before_is_one_of_the_organisations_zone(now: str, start: str, end: str, long: int) -> None:
    found = week_before(at(now, NEW_YORK), NEW_YORK)

    assert (found.start, found.end) == (at(start, NEW_YORK), at(end, NEW_YORK))
    assert found.end - found.start == hours(long)


@pytest.mark.parametrize(
    ("go_live", "digest"),
    [
        (date(2027, 3, 1), date(2027, 3, 8)),
        (date(2027, 3, 2), date(2027, 3, 15)),
        (date(2027, 3, 7), date(2027, 3, 15)),
    ],
)
def test_the_first_digest_tells_of_the_first_whole_week(go_live: date, digest: date) -> None:
    assert first_digest_on(go_live) == digest


def test_a_window_is_half_open_and_measures_overlaps() -> None:
    assert WEEK.start in WEEK
    assert WEEK.end not in WEEK
    assert WEEK.overlap(at("2027-02-28 23:00"), at("2027-03-01 02:00")) == hours(2)
    assert WEEK.overlap(at("2027-02-27 23:00"), at("2027-02-28 02:00")) == timedelta()


def test_a_promise_ends_kept_at_its_stop_or_missed_at_its_due_instant() -> None:
    kept = a_row("2027-03-02 10:00", "2027-03-02 09:00")
    late = a_row("2027-03-02 10:00", "2027-03-09 09:00")
    running = a_row("2027-03-02 10:00")

    assert outcome_of(kept, now=NOW) == Outcome(at=at("2027-03-02 09:00"), met=True)
    assert outcome_of(late, now=NOW) == Outcome(at=at("2027-03-02 10:00"), met=False)
    assert outcome_of(running, now=NOW) == Outcome(at=at("2027-03-02 10:00"), met=False)
    assert outcome_of(running, now=at("2027-03-02 10:00")) is None


def test_void_and_resting_promises_count_nowhere() -> None:
    clocks = on_opened(at=at("2027-03-01 09:00"), terms=terms("P1"))
    void = row_of(current(on_voided(clocks, at=at("2027-03-01 09:05")))[FR])
    resting = row_of(current(on_pending(clocks, at=at("2027-03-01 09:05"), is_reply=True))[RES])

    assert [outcome_of(row, now=NOW) for row in (void, resting)] == [None, None]


def test_a_resting_promise_that_was_missed_before_counts_at_its_due_instant() -> None:
    clocks = on_opened(at=at("2027-03-01 09:00"), terms=terms("P1"))
    resting = row_of(current(on_pending(clocks, at=at("2027-03-01 14:00"), is_reply=True))[RES])

    assert outcome_of(resting, now=NOW) == Outcome(at=at("2027-03-01 13:00"), met=False)


def test_a_row_knows_the_working_time_used_without_pauses() -> None:
    p1 = terms("P1")
    clocks = on_public_reply(on_opened(at=at("2027-03-01 09:00"), terms=p1), at=at("2027-03-01 09:10"), terms=p1)
    clocks = on_pending(clocks, at=at("2027-03-01 10:00"), is_reply=True)
    resumed = on_client_mail(clocks, at=at("2027-03-01 12:00"), terms=p1, ends_pause=True)
    done = at("2027-03-01 12:30")

    assert row_of(current(on_resolved(resumed, at=done))[RES]).used == hours(1.5)
    assert row_of(current(on_resolved(clocks, at=done))[RES]).used == hours(1)
    assert row_of(current(resumed)[RES]).used is None
    assert row_of(current(resumed)[FR]).used == minutes(10)


def test_attainment_counts_by_promise_and_by_the_instant_of_the_outcome() -> None:
    rows = [
        a_row("2027-03-02 10:00", "2027-03-02 09:00"),
        a_row("2027-03-02 10:00", "2027-03-02 11:00"),
        a_row("2027-03-07 23:00", "2027-03-08 01:00"),
        a_row("2027-03-08 01:00", "2027-03-08 02:00"),
        a_row("2027-03-09 10:00", "2027-03-07 10:00", clock=RES),
    ]

    found = attainment(rows, window=WEEK, now=NOW)

    assert found == {FR: Tally(met=1, missed=2), NR: Tally(), RES: Tally(met=1), UPD: Tally()}
    assert (found[FR].count, found[FR].share, found[NR].share) == (3, 1 / 3, None)
    assert tally(rows, window=WEEK, now=NOW) == Tally(met=2, missed=2)


def test_misses_are_listed_in_order_of_their_due_instants() -> None:
    rows = [
        a_row("2027-03-05 10:00"),
        a_row("2027-03-02 10:00", "2027-03-02 09:00"),
        a_row("2027-03-02 10:00", "2027-03-02 11:00"),
        a_row("2027-02-22 10:00"),
    ]

    assert misses(rows, window=WEEK, now=NOW) == (rows[2], rows[0])


def test_the_error_budget_is_what_the_goal_leaves() -> None:
    budget = error_budget(Tally(met=38, missed=2), goal=GOALS[FR])

    assert (round(budget.allowed, 6), round(budget.burn or 0, 6)) == (2, 1)
    assert error_budget(Tally(), goal=0.9).burn is None


def test_what_came_and_went() -> None:
    tickets = [
        a_ticket("2027-03-01 00:00", resolved=("2027-03-02 10:00", "2027-03-08 00:00"), reopened=("2027-03-03 10:00",)),
        a_ticket("2027-02-28 23:59", resolved=("2027-03-01 00:00",)),
        a_ticket("2027-03-04 10:00", ended="2027-03-04 11:00"),
        a_ticket("2027-03-04 10:00", is_spam=True),
    ]

    assert flow(tickets, window=WEEK) == Flow(received=2, resolved=2, reopened=1)
    assert flow(tickets, window=WEEK).net == 0


@pytest.mark.parametrize(
    ("ticket", "is_open"),
    [
        (a_ticket("2027-03-04 10:00"), True),
        (a_ticket("2027-03-08 00:00"), False),
        (a_ticket("2027-03-04 10:00", resolved=("2027-03-05 10:00",)), False),
        (a_ticket("2027-03-04 10:00", resolved=("2027-03-08 00:00",)), True),
        (a_ticket("2027-03-04 10:00", resolved=("2027-03-05 10:00",), reopened=("2027-03-06 10:00",)), True),
        (a_ticket("2027-03-04 10:00", ended="2027-03-05 10:00"), False),
        (a_ticket("2027-03-04 10:00", is_spam=True), False),
    ],
)
def test_what_is_open_at_the_end_of_the_window(ticket: TicketRow, is_open: bool) -> None:
    assert ticket.is_open_at(WEEK.end) is is_open


def test_the_backlog_counts_age_in_working_days() -> None:
    tickets = [
        a_ticket("2027-03-01 09:00"),
        a_ticket("2027-03-01 08:00"),
        a_ticket("2027-02-26 16:00"),
        a_ticket("2027-03-05 13:00"),
        a_ticket("2027-03-01 09:00", resolved=("2027-03-02 10:00",)),
    ]

    found = backlog(tickets, at=WEEK.end, schedule=a_schedule())

    assert (found.open, found.median_days, found.oldest_days, found.aged) == (4, 5.0, 5.125, 1)


def test_an_empty_desk_has_no_ages() -> None:
    found = backlog([], at=WEEK.end, schedule=a_schedule())

    assert (found.open, found.median_days, found.oldest_days, found.aged) == (0, None, None, 0)


def test_blocked_time_adds_up_the_open_hours_of_major_incidents() -> None:
    tickets = [
        a_ticket("2027-03-01 09:12", resolved=("2027-03-01 11:40",)),
        a_ticket("2027-02-28 23:00", resolved=("2027-03-01 01:00",)),
        a_ticket("2027-03-07 22:00"),
        a_ticket("2027-03-02 09:00", resolved=("2027-03-02 10:00", "2027-03-02 12:00"), reopened=("2027-03-02 11:00",)),
        a_ticket("2027-03-02 09:00", ended="2027-03-02 09:30"),
        a_ticket("2027-03-08 01:00"),
        a_ticket("2027-03-02 09:00", severity=Severity.S3),
        a_ticket("2027-03-02 09:00", kind=TicketKind.QUESTION),
        a_ticket("2027-03-02 09:00", is_spam=True),
    ]

    assert blocked(tickets[:1], window=WEEK) == minutes(148)
    assert blocked(tickets, window=WEEK) == minutes(148) + hours(1) + hours(2) + hours(2) + hours(0.5)


def test_a_ticket_reopened_while_open_stays_one_span() -> None:
    ticket = a_ticket(
        "2027-03-02 09:00", reopened=("2027-03-02 10:00", "2027-03-08 00:00"), resolved=("2027-03-02 11:00",)
    )

    assert ticket.open_spans(WEEK.end) == ((at("2027-03-02 09:00"), at("2027-03-02 11:00")),)


def test_the_mean_time_to_resolve_leaves_pauses_out_and_looks_at_incidents_alone() -> None:
    tickets = [
        a_ticket("2027-03-02 09:00", resolved=("2027-03-02 12:00",), paused=hours(1)),
        a_ticket("2027-03-02 09:00", resolved=("2027-03-02 13:00",)),
        a_ticket("2027-03-02 09:00", resolved=("2027-03-02 10:00",), priority=Priority.P3),
        a_ticket("2027-03-02 09:00", resolved=("2027-03-09 10:00",)),
        a_ticket("2027-03-02 09:00", resolved=("2027-03-02 10:00",), kind=TicketKind.QUESTION),
        a_ticket("2027-03-02 09:00"),
    ]

    assert mean_time_to_resolve(tickets, window=WEEK) == {Priority.P1: hours(3), Priority.P3: hours(1)}


def test_how_work_went_is_told_per_ticket_resolved() -> None:
    tickets = [
        a_ticket("2027-03-02 09:00", resolved=("2027-03-02 12:00",), replies=1, owner_changes=1),
        a_ticket(
            "2027-03-02 09:00",
            resolved=("2027-03-02 12:00", "2027-03-04 12:00"),
            reopened=("2027-03-03 12:00",),
            replies=3,
            owner_changes=2,
        ),
        a_ticket("2027-03-02 09:00", resolved=("2027-03-02 12:00",), replies=1),
        a_ticket("2027-03-02 09:00", resolved=("2027-02-02 12:00",), replies=1),
    ]

    found = handling(tickets, window=WEEK)

    assert (found.reopen_rate, found.one_touch, found.hand_offs) == (1 / 4, 2 / 4, 3 / 4)
    assert handling([], window=WEEK).one_touch is None


def test_the_escape_rate_is_the_share_of_incidents_that_tests_should_have_found() -> None:
    tickets = [a_ticket("2027-03-02 09:00", is_test_gap=number < 2) for number in range(8)]

    assert escape_rate([*tickets, a_ticket("2027-03-02 09:00", kind=TicketKind.QUESTION)]) == 0.25
    assert escape_rate([]) is None


@pytest.mark.parametrize(
    ("share", "found"),
    [
        (None, Arrow.LEVEL),
        (1.149, Arrow.LEVEL),
        (1.15, Arrow.UP),
        (0.851, Arrow.LEVEL),
        (0.85, Arrow.DOWN),
        (1, Arrow.LEVEL),
    ],
)
def test_an_arrow_needs_fifteen_percent(share: float | None, found: Arrow) -> None:
    assert arrow(share) is found


def test_the_inflow_is_held_against_the_mean_of_four_weeks() -> None:
    assert inflow_trend(6, before=[4, 4, 4, 4]) == 1.5
    assert inflow_trend(6, before=[0, 0, 0, 0]) is None
    assert inflow_trend(6, before=[]) is None


def test_medians_and_percentiles_by_nearest_rank() -> None:
    numbers = [float(number) for number in range(1, 11)]

    assert [nearest_rank(numbers, percent=percent) for percent in (0, 50, 90, 91, 100)] == [1, 5, 9, 10, 10]
    assert (median(numbers), median(numbers[:3]), median([hours(1), hours(2)])) == (5.5, 2, hours(1.5))
    assert nearest_rank(list[float](), percent=90) is None
    assert median(list[float]()) is None


def test_rows_are_of_the_policy_that_made_them() -> None:
    clock = on_opened(at=datetime(2027, 3, 1, 9, tzinfo=UTC), terms=terms("P3"))[0]

    assert row_of(clock).priority is Priority.P3
    assert clock.schedule.zone == BERLIN
    assert POLICY.thresholds[clock.priority] == (75, 100, 150)
