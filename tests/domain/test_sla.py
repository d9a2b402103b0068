"""The promises: start, stop, pause, raise, lower; by hand and as laws over whole stories."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.ground import POLICY, SCHEDULES, a_schedule, at, hours, minutes, terms

from ticketbot.domain.calendars import worked
from ticketbot.domain.clocks import (
    Clock,
    Clocks,
    ClockState,
    Terms,
    clock_facts,
    clock_of,
    current,
    memory_of,
    missed_at,
)
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.ladder import thresholds_of
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import (
    on_call,
    on_client_mail,
    on_kind,
    on_lowered,
    on_opened,
    on_parted,
    on_pending,
    on_public_reply,
    on_raised,
    on_reopened,
    on_resolved,
    on_restored,
    on_voided,
    promise,
)

FR, NR, RES, UPD = ClockName
MONDAY = at("2027-03-01 09:12")


def shown(clocks: Clocks) -> dict[str, tuple[str, str | None]]:
    """Return state and due wall time of the latest cycle of each promise, as short as it can be read."""
    return {
        f"{clock.name.value}{clock.cycle}": (
            clock.state.value,
            clock.due_at.astimezone(SCHEDULES["B"].zone).strftime("%d %H:%M:%S").removesuffix(":00")
            if clock.due_at
            else None,
        )
        for clock in current(clocks).values()
    }


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (TicketKind.INCIDENT, {FR, NR, RES, UPD}),
        (TicketKind.ALERT, {FR, NR, RES, UPD}),
        (TicketKind.QUESTION, {FR, NR, RES}),
        (TicketKind.REQUEST, {FR, NR, RES}),
        (TicketKind.ENHANCEMENT, {FR, NR}),
        (TicketKind.TRAINING, {FR, NR}),
        (TicketKind.MEETING, {FR, NR}),
        (TicketKind.PROBLEM, {FR, NR}),
        (TicketKind.FEEDBACK, {NR}),
    ],
)
def test_which_kind_makes_which_promise(kind: TicketKind, names: set[ClockName]) -> None:
    assert {name for name in ClockName if promise(terms("P1", kind=kind), name)} == names


def test_a_new_incident_runs_to_its_first_answer_and_its_resolution() -> None:
    clocks = on_opened(at=MONDAY, terms=terms("P1"))

    assert shown(clocks) == {"FR1": ("running", "01 09:27"), "RES1": ("running", "01 13:12")}
    assert [(move.at, move.due_at, move.cause) for move in clocks[0].history] == [
        (MONDAY, at("2027-03-01 09:27"), "received")
    ]


def test_feedback_promises_nothing_until_the_client_writes_again() -> None:
    feedback = terms("P4", kind=TicketKind.FEEDBACK)
    clocks = on_opened(at=MONDAY, terms=feedback)

    assert clocks == ()
    assert shown(on_client_mail(clocks, at=MONDAY, terms=feedback)) == {"NR1": ("running", "01 17:12")}


def test_where_the_table_promises_nothing_there_is_no_clock() -> None:
    clocks = on_opened(at=MONDAY, terms=terms("P4", Phase.STANDARD))

    assert list(current(clocks)) == [FR]


def test_the_first_public_reply_stops_the_first_response_and_starts_updates() -> None:
    p1 = terms("P1")
    clocks = on_public_reply(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 09:20"), terms=p1)

    assert shown(clocks) == {
        "FR1": ("stopped", "01 09:27"),
        "RES1": ("running", "01 13:12"),
        "UPD1": ("running", "01 10:20"),
    }
    assert current(clocks)[FR].met is True


def test_a_stop_at_the_due_instant_is_met_and_one_microsecond_later_is_not() -> None:
    p1 = terms("P1")
    clocks = on_opened(at=MONDAY, terms=p1)
    due = at("2027-03-01 09:27")

    kept, late = (
        current(on_public_reply(clocks, at=when, terms=p1))[FR] for when in (due, due + timedelta(microseconds=1))
    )

    assert (kept.met, kept.breached_at) == (True, None)
    assert (late.met, late.breached_at) == (False, due)


def test_a_missed_update_is_recorded_and_the_next_reply_starts_a_new_cycle() -> None:
    p1 = terms("P1")
    clocks = on_public_reply(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 09:20"), terms=p1)
    clocks = on_public_reply(clocks, at=at("2027-03-01 11:00"), terms=p1)

    assert [
        (clock.cycle, clock.met, missed_at(clock, now=at("2027-03-02 00:00"))) for clock in clocks if clock.name is UPD
    ] == [
        (1, False, at("2027-03-01 10:20")),
        (2, None, at("2027-03-01 12:00")),
    ]


def test_the_next_response_counts_from_the_oldest_unanswered_mail() -> None:
    p1 = terms("P1")
    clocks = on_public_reply(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 09:20"), terms=p1)
    clocks = on_client_mail(clocks, at=at("2027-03-01 09:30"), terms=p1)
    clocks = on_client_mail(clocks, at=at("2027-03-01 09:50"), terms=p1)

    assert shown(clocks)["NR1"] == ("running", "01 10:00")


def test_before_the_first_answer_a_client_may_write_as_often_as_they_like() -> None:
    p1 = terms("P1")

    clocks = on_client_mail(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 09:15"), terms=p1)

    assert set(current(clocks)) == {FR, RES}


def test_a_logged_call_is_its_own_first_answer() -> None:
    clocks = on_call(at=at("2027-03-03 15:05"), terms=terms("P1"))

    assert shown(clocks) == {
        "FR1": ("stopped", "03 15:20"),
        "RES1": ("running", "03 19:05"),
        "UPD1": ("running", "03 16:05"),
    }
    assert current(clocks)[FR].met is True


def _pending(priority: str = "P1") -> Clocks:
    """Return an incident of Saturday evening, answered and then waiting for the client since 00:05."""
    given_terms = terms(priority)
    clocks = on_opened(at=at("2027-03-06 22:40"), terms=given_terms)
    clocks = on_public_reply(clocks, at=at("2027-03-06 23:10"), terms=given_terms)
    return on_pending(clocks, at=at("2027-03-07 00:05"), is_reply=True)


def test_waiting_for_the_client_keeps_what_is_left_and_ends_the_update_cycle() -> None:
    clocks = _pending()

    assert shown(clocks) == {
        "FR1": ("stopped", "06 22:55"),
        "RES1": ("paused", None),
        "UPD1": ("stopped", "07 00:10"),
    }
    assert current(clocks)[RES].remaining == minutes(155)


def test_the_clients_answer_resumes_the_resolution_and_starts_the_rest() -> None:
    clocks = on_client_mail(_pending(), at=at("2027-03-07 09:15"), terms=terms("P1"), ends_pause=True)

    assert shown(clocks) == {
        "FR1": ("stopped", "06 22:55"),
        "NR1": ("running", "07 09:45"),
        "RES1": ("running", "07 11:50"),
        "UPD2": ("running", "07 10:15"),
    }


def test_a_further_reply_while_waiting_starts_no_clock() -> None:
    clocks = on_public_reply(_pending(), at=at("2027-03-07 08:00"), terms=terms("P1"), is_pending=True)

    assert [clock for clock in clocks if clock.state is ClockState.RUNNING] == []


def test_a_release_without_words_stops_no_answer_but_rests_the_resolution() -> None:
    clocks = on_pending(on_opened(at=MONDAY, terms=terms("P3")), at=at("2027-03-01 10:12"), is_reply=False)

    assert shown(clocks) == {"FR1": ("running", "01 11:12"), "RES1": ("paused", None)}


def test_a_client_who_writes_while_a_release_is_awaited_is_answered_and_the_rest_stays() -> None:
    p3 = terms("P3")
    clocks = on_pending(on_opened(at=MONDAY, terms=p3), at=at("2027-03-01 10:12"), is_reply=True)

    clocks = on_client_mail(clocks, at=at("2027-03-01 11:00"), terms=p3)

    assert shown(clocks) == {
        "FR1": ("stopped", "01 11:12"),
        "RES1": ("paused", None),
        "NR1": ("running", "01 15:00"),
    }


def test_a_resolution_that_rested_with_time_left_is_met() -> None:
    resolved = current(on_resolved(_pending(), at=at("2027-03-09 12:00")))[RES]

    assert (resolved.state, resolved.met, resolved.due_at) == (ClockState.STOPPED, True, None)


def test_a_miss_before_the_pause_stays_a_miss_at_its_due_instant() -> None:
    p1 = terms("P1")
    late = on_pending(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 14:12"), is_reply=True)
    due = at("2027-03-01 13:12")

    rested = current(on_resolved(late, at=at("2027-03-02 10:00")))[RES]
    resumed = current(on_client_mail(late, at=at("2027-03-02 10:00"), terms=p1, ends_pause=True))[RES]
    stopped = current(on_resolved((resumed,), at=at("2027-03-02 11:00")))[RES]

    assert (rested.met, rested.breached_at) == (False, due)
    assert (resumed.due_at, resumed.late, resumed.remaining) == (due, hours(1), None)
    assert (stopped.met, stopped.breached_at) == (False, due)
    assert missed_at(current(late)[RES], now=at("2027-03-01 15:00")) == due


def test_lateness_adds_up_over_two_pauses() -> None:
    p1 = terms("P1")
    clocks = on_pending(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 14:12"), is_reply=True)
    clocks = on_client_mail(clocks, at=at("2027-03-02 10:00"), terms=p1, ends_pause=True)

    again = on_pending(clocks, at=at("2027-03-02 10:30"), is_reply=True)

    assert current(again)[RES].late == hours(1.5)


def test_pausing_at_the_very_due_instant_leaves_nothing() -> None:
    clocks = on_pending(on_opened(at=MONDAY, terms=terms("P1")), at=at("2027-03-01 13:12"), is_reply=True)

    assert current(clocks)[RES].remaining == timedelta()
    assert current(on_resolved(clocks, at=at("2027-03-01 15:00")))[RES].met is False


def test_a_client_who_writes_while_an_update_runs_starts_no_second_one() -> None:
    p1 = terms("P1")
    clocks = on_public_reply(_pending(), at=at("2027-03-07 08:00"), terms=p1)

    clocks = on_client_mail(clocks, at=at("2027-03-07 08:10"), terms=p1, ends_pause=True)

    assert [clock.cycle for clock in clocks if clock.name is UPD] == [1, 2]


def test_a_reopened_ticket_gets_a_full_new_resolution_and_an_answer_but_no_update_yet() -> None:
    p1 = terms("P1")
    clocks = on_resolved(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 10:00"))

    by_client = on_reopened(clocks, at=at("2027-03-02 10:00"), terms=p1)
    by_staff = on_reopened(clocks, at=at("2027-03-02 10:00"), terms=p1, by_client=False)

    assert shown(by_client) == {
        "FR1": ("stopped", "01 09:27"),
        "NR1": ("running", "02 10:30"),
        "RES2": ("running", "02 14:00"),
    }
    assert set(shown(by_staff)) == {"FR1", "RES2"}


def test_reopening_what_is_open_starts_no_second_answer() -> None:
    p1 = terms("P1")

    clocks = on_reopened(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 09:20"), terms=p1)

    assert set(shown(clocks)) == {"FR1", "RES2"}


def test_why_t18_is_due_as_the_guide_shows_it() -> None:
    clocks = on_opened(at=at("2027-04-13 15:30"), terms=terms("P3", Phase.TRANSITION))
    assert shown(clocks)["FR1"] == ("running", "14 11:30")

    clocks = on_raised(clocks, at=at("2027-04-13 16:00"), terms=terms("P1", Phase.TRANSITION), cause="#priority P1")

    first = current(clocks)[FR]
    move = first.history[-1]
    assert shown(clocks)["FR1"] == ("running", "13 16:07:30")
    assert (move.cause, move.used, move.left, move.target, move.calendar) == (
        "#priority P1",
        minutes(30),
        minutes(7.5),
        minutes(30),
        "A",
    )
    assert current(on_public_reply(clocks, at=at("2027-04-13 16:06"), terms=terms("P1")))[FR].met is True


def test_entering_hypercare_counts_what_was_used_in_the_new_calendar() -> None:
    question = TicketKind.QUESTION
    clocks = on_opened(at=at("2027-02-26 14:10"), terms=terms("P4", Phase.PRE_LIVE, question))

    clocks = on_raised(clocks, at=at("2027-03-01 06:00"), terms=terms("P3", kind=question), cause="hypercare")

    assert shown(clocks) == {"FR1": ("running", "01 07:30"), "RES1": ("running", "02 14:10")}
    assert [(clock.phase, clock.priority, clock.calendar) for clock in clocks] == [(Phase.PRE_LIVE, "P3", "X")] * 2


def test_a_raise_never_moves_later_and_then_the_old_terms_stand() -> None:
    clocks = on_opened(at=at("2027-03-01 09:00"), terms=terms("P3"))

    raised = on_raised(clocks, at=at("2027-03-01 10:55"), terms=terms("P2"), cause="raised")

    first = current(raised)[FR]
    assert (first.target, first.calendar, first.priority) == (hours(2), "X", "P3")
    assert first == current(clocks)[FR]
    assert current(raised)[RES].priority == "P2"


def test_what_is_overdue_is_moved_by_nothing() -> None:
    clocks = on_opened(at=at("2027-03-01 09:00"), terms=terms("P3"))
    when = at("2027-03-01 11:01")

    for change in (on_raised, on_lowered):
        assert current(change(clocks, at=when, terms=terms("P1"), cause="x"))[FR] == current(clocks)[FR]


def test_a_running_update_keeps_its_target_and_the_next_takes_the_new_one() -> None:
    p3 = terms("P3")
    clocks = on_public_reply(on_opened(at=MONDAY, terms=p3), at=at("2027-03-01 10:00"), terms=p3)
    clocks = on_raised(clocks, at=at("2027-03-01 10:30"), terms=terms("P1"), cause="raised")

    assert current(clocks)[UPD].target == hours(12)
    assert current(on_public_reply(clocks, at=at("2027-03-01 11:00"), terms=terms("P1")))[UPD].target == hours(1)


def test_lowering_gives_the_full_new_target_and_never_less_than_before() -> None:
    clocks = on_opened(at=at("2027-03-01 09:00"), terms=terms("P1"))

    lowered = on_lowered(clocks, at=at("2027-03-01 09:10"), terms=terms("P3"), cause="lowered")

    assert shown(lowered) == {"FR1": ("running", "01 11:00"), "RES1": ("running", "03 09:00")}
    assert [clock.calendar for clock in lowered] == ["X", "X"]


def test_a_lowering_that_would_be_sooner_leaves_the_old_promise() -> None:
    clocks = on_opened(at=at("2027-03-05 16:00"), terms=terms("P3", Phase.TRANSITION))

    assert on_lowered(clocks, at=at("2027-03-05 16:05"), terms=terms("P4"), cause="x")[0] == clocks[0]


def test_a_lowering_to_no_promise_keeps_the_one_that_was_made() -> None:
    clocks = on_opened(at=at("2027-03-01 09:00"), terms=terms("P3", Phase.STANDARD))

    lowered = on_lowered(clocks, at=at("2027-03-01 10:00"), terms=terms("P4", Phase.STANDARD), cause="x")

    assert current(lowered)[RES] == current(clocks)[RES]


def test_a_raise_that_reaches_a_resting_clock_is_reckoned_when_it_goes_on() -> None:
    clocks = on_raised(_pending("P3"), at=at("2027-03-07 08:00"), terms=terms("P1"), cause="raised")
    assert current(clocks)[RES].target == hours(24)

    clocks = on_client_mail(clocks, at=at("2027-03-08 09:00"), terms=terms("P1"), ends_pause=True)

    resumed = current(clocks)[RES]
    assert (resumed.target, resumed.due_at, resumed.waiting) == (hours(4), at("2027-03-08 11:35"), ())


def test_a_lowering_that_reaches_a_resting_clock_waits_too() -> None:
    clocks = on_lowered(_pending("P1"), at=at("2027-03-07 08:00"), terms=terms("P3"), cause="lowered")
    clocks = on_client_mail(clocks, at=at("2027-03-08 09:00"), terms=terms("P3"), ends_pause=True)

    assert shown(clocks)["RES1"] == ("running", "10 09:00")


def test_a_raise_may_bring_a_resolution_that_was_not_promised_before() -> None:
    p4 = terms("P4", Phase.STANDARD)
    clocks = on_opened(at=at("2027-03-01 09:00"), terms=p4)
    p2 = terms("P2", Phase.STANDARD)

    plain = on_raised(clocks, at=at("2027-03-01 11:00"), terms=p2, cause="raised")
    running = on_raised(clocks, at=at("2027-03-01 11:00"), terms=p2, cause="raised", since=at("2027-03-01 09:00"))
    resting = on_raised(
        clocks, at=at("2027-03-01 11:00"), terms=p2, cause="raised", since=at("2027-03-01 09:00"), is_pending=True
    )

    assert RES not in current(plain)
    assert shown(running)["RES1"] == ("running", "03 17:00")
    assert current(resting)[RES].remaining == hours(22)


def test_a_raise_brings_no_second_resolution_and_none_that_is_not_promised() -> None:
    p1, question = terms("P1"), terms("P1", kind=TicketKind.ENHANCEMENT)
    clocks = on_opened(at=MONDAY, terms=p1)

    assert len(on_raised(clocks, at=MONDAY, terms=p1, cause="x", since=MONDAY)) == 2
    assert len(on_raised((), at=MONDAY, terms=question, cause="x", since=MONDAY)) == 0


def test_a_corrected_kind_voids_what_it_does_not_promise_and_begins_what_it_does() -> None:
    as_incident, as_wish = terms("P3"), terms("P4", kind=TicketKind.ENHANCEMENT)
    clocks = on_public_reply(on_opened(at=MONDAY, terms=as_incident), at=at("2027-03-01 10:00"), terms=as_incident)

    wish = on_kind(clocks, at=at("2027-03-01 10:30"), terms=as_wish, since=MONDAY, cause="#kind")
    again = on_kind(wish, at=at("2027-03-01 11:12"), terms=as_incident, since=MONDAY, cause="#kind")

    assert {name: clock.state for name, clock in current(wish).items()} == {
        FR: ClockState.STOPPED,
        RES: ClockState.VOID,
        UPD: ClockState.VOID,
    }
    assert shown(again)["RES2"] == ("running", "03 09:12")
    assert current(again)[RES].started_at == MONDAY


def test_praise_that_turns_out_to_be_trouble_gets_a_first_response_that_never_begins_overdue() -> None:
    clocks = on_kind(
        (), at=at("2027-03-01 15:00"), terms=terms("P3"), since=at("2027-03-01 09:00"), cause="#kind", is_pending=True
    )

    assert shown(clocks) == {"FR1": ("running", "01 15:30"), "RES1": ("paused", None)}


def test_merged_and_spam_void_what_runs_and_count_nowhere() -> None:
    clocks = on_voided(on_opened(at=MONDAY, terms=terms("P1")), at=at("2027-03-01 14:00"))

    assert shown(clocks) == {"FR1": ("void", "01 09:27"), "RES1": ("void", "01 13:12")}
    assert [missed_at(clock, now=at("2027-03-02 00:00")) for clock in clocks] == [None, None]


def test_a_mail_that_was_a_matter_of_its_own_owes_no_answer_where_it_came_in() -> None:
    p1, wrote_at = terms("P1"), at("2027-03-01 12:00")
    answered = on_public_reply(on_opened(at=MONDAY, terms=p1), at=at("2027-03-01 10:00"), terms=p1)
    asked = on_client_mail(answered, at=wrote_at, terms=p1)

    parted = on_parted(asked, at=at("2027-03-01 12:05"), wrote_at=wrote_at)
    other = on_parted(asked, at=at("2027-03-01 12:05"), wrote_at=at("2027-03-01 11:00"))

    assert {clock.name: clock.state for clock in parted if clock.cycle == 1}[NR] is ClockState.VOID
    assert current(parted)[RES].state is ClockState.RUNNING
    assert other == asked


def test_not_spam_begins_anew_what_the_voiding_ended() -> None:
    p1 = terms("P1")
    voided = on_voided(_pending(), at=at("2027-03-07 01:00"))

    clocks = on_restored(voided, at=at("2027-03-08 09:00"), terms=p1)
    fresh = on_restored(on_voided(on_opened(at=MONDAY, terms=p1), at=MONDAY), at=at("2027-03-01 10:00"), terms=p1)

    assert shown(clocks)["RES2"] == ("paused", None)
    assert current(clocks)[RES].remaining == hours(4)
    assert shown(fresh) == {"FR2": ("running", "01 10:15"), "RES2": ("running", "01 14:00")}
    assert on_restored((), at=MONDAY, terms=p1) == ()


def test_clocks_keep_the_calendar_that_they_started_with() -> None:
    p3 = terms("P3", Phase.TRANSITION)
    clocks = on_pending(on_opened(at=MONDAY, terms=p3), at=at("2027-03-01 10:12"), is_reply=True)
    edited = {name: a_schedule(name, holidays=frozenset({at("2027-03-02 12:00").date()})) for name in "AXB"}

    resumed = current(
        on_client_mail(clocks, at=at("2027-03-01 11:00"), terms=replace(p3, schedules=edited), ends_pause=True)
    )

    assert resumed[RES].schedule.version == SCHEDULES["B"].version
    assert resumed[NR].schedule.version == edited["B"].version


def test_a_clock_is_shown_as_the_contract_says() -> None:
    facts = clock_facts(current(_pending())[RES])

    assert facts == {
        "clock": "RES",
        "cycle": 1,
        "state": "paused",
        "started_at": at("2027-03-06 22:40"),
        "due_at": None,
        "stopped_at": None,
        "met": None,
        "target_minutes": 240,
        "calendar": "A",
        "phase": "hypercare",
        "history": [
            {"at": at("2027-03-06 22:40"), "due_at": at("2027-03-07 02:40"), "cause": "received"},
            {"at": at("2027-03-07 00:05"), "due_at": None, "cause": "paused"},
        ],
        "remaining_minutes": 155,
    }
    assert isinstance(facts["target_minutes"], int)


def test_a_clock_survives_as_plain_values_with_all_that_it_remembers() -> None:
    resting = on_raised(_pending("P3"), at=at("2027-03-07 08:00"), terms=terms("P1"), cause="raised")
    moved = on_raised(on_opened(at=MONDAY, terms=terms("P3")), at=MONDAY, terms=terms("P1"), cause="raised")

    for clock in (*resting, *moved, *on_voided(moved, at=MONDAY)):
        assert clock_of(json.loads(json.dumps(memory_of(clock)))) == clock


def test_a_target_of_half_a_minute_is_shown_as_such() -> None:
    short = replace(current(_pending())[FR], target=timedelta(seconds=90))

    assert clock_facts(short)["target_minutes"] == 1.5


# Laws: whole stories of a ticket, told at random.


@dataclass
class Told:
    """A ticket in a random story."""

    clocks: Clocks
    now: datetime
    priority: Priority = Priority.P3
    phase: Phase = Phase.HYPERCARE
    state: str = "open"
    seen: list[tuple[str, Clocks, Clocks]] = field(default_factory=list)

    def terms(self) -> Terms:
        return terms(self.priority.value, self.phase)

    def step(self, act: str, wait: timedelta, priority: Priority, phase: Phase) -> None:
        self.now += wait
        before = self.clocks
        if act == "reply" and self.state != "resolved":
            self.clocks = on_public_reply(before, at=self.now, terms=self.terms(), is_pending=self.state == "pending")
        elif act == "mail" and self.state != "resolved":
            self.clocks = on_client_mail(before, at=self.now, terms=self.terms(), ends_pause=self.state == "pending")
            self.state = "open"
        elif act == "pending" and self.state == "open":
            self.clocks, self.state = on_pending(before, at=self.now, is_reply=True), "pending"
        elif act == "resolve" and self.state != "resolved":
            self.clocks, self.state = on_resolved(before, at=self.now), "resolved"
        elif act == "reopen" and self.state == "resolved":
            self.clocks, self.state = on_reopened(before, at=self.now, terms=self.terms()), "open"
        elif act == "raise" and priority.rank <= self.priority.rank:
            self.priority, self.phase = priority, phase
            self.clocks = on_raised(before, at=self.now, terms=self.terms(), cause="raised")
        elif act == "lower" and priority.rank >= self.priority.rank:
            self.priority = priority
            self.clocks = on_lowered(before, at=self.now, terms=self.terms(), cause="lowered")
        self.seen.append((act, before, self.clocks))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reply", "mail", "pending", "resolve", "reopen", "raise", "lower"]),
        st.one_of(st.timedeltas(timedelta(), hours(3)), st.timedeltas(timedelta(), timedelta(days=5))),
        st.sampled_from(Priority),
        st.sampled_from([Phase.HYPERCARE, Phase.TRANSITION, Phase.STANDARD]),
    ),
    max_size=12,
)
STARTS = st.datetimes(
    datetime.fromisoformat("2027-02-26"), datetime.fromisoformat("2027-04-08"), timezones=st.just(UTC)
)


def told(start: datetime, steps: list[tuple[str, timedelta, Priority, Phase]]) -> Told:
    ticket = Told(clocks=on_opened(at=start, terms=terms("P3")), now=start)
    for act, wait, priority, phase in steps:
        ticket.step(act, wait, priority, phase)
    return ticket


def pairs(before: Clocks, after: Clocks) -> list[tuple[Clock, Clock]]:
    return list(zip(before, after, strict=False))


@settings(max_examples=150, deadline=None)
@given(start=STARTS, steps=STEPS)
def test_no_rule_moves_a_promise_later_in_silence_and_no_raise_lands_in_the_past(
    start: datetime, steps: list[tuple[str, timedelta, Priority, Phase]]
) -> None:
    ticket = told(start, steps)
    moment = start

    for (act, before, after), (_, wait, *_rest) in zip(ticket.seen, steps, strict=True):
        moment += wait
        for old, new in pairs(before, after):
            if old.due_at is None or new.due_at is None:
                continue
            if act == "lower":
                assert new.due_at >= old.due_at
            elif act == "raise":
                assert new.due_at <= old.due_at
                assert new.due_at == old.due_at or new.due_at > moment
            else:
                assert new.due_at == old.due_at


@settings(max_examples=150, deadline=None)
@given(start=STARTS, steps=STEPS)
def test_what_holds_of_every_clock_in_every_story(
    start: datetime, steps: list[tuple[str, timedelta, Priority, Phase]]
) -> None:
    ticket = told(start, steps)

    for name in ClockName:
        cycles = [clock for clock in ticket.clocks if clock.name is name]
        assert [clock.cycle for clock in cycles] == list(range(1, len(cycles) + 1))
        assert sum(clock.is_live for clock in cycles) <= 1
    for clock in ticket.clocks:
        assert clock_of(json.loads(json.dumps(memory_of(clock)))) == clock
        assert (clock.due_at is None) is (clock.state is ClockState.PAUSED or clock.remaining is not None)
        assert (clock.met is None) is clock.is_live
        if clock.met is not None and clock.due_at and clock.stopped_at:
            assert clock.met is (clock.stopped_at <= clock.due_at)
        steps_up = [step.at for step in thresholds_of(clock, POLICY)]
        assert steps_up == sorted(steps_up)
        assert all(at_ >= clock.measured_from for at_ in steps_up)


@settings(max_examples=100, deadline=None)
@given(start=STARTS, waits=st.lists(st.timedeltas(timedelta(), timedelta(days=2)), min_size=2, max_size=8))
def test_time_split_by_pauses_adds_up(start: datetime, waits: list[timedelta]) -> None:
    given_terms = terms("P3")
    clocks, now = on_opened(at=start, terms=given_terms), start
    for number, wait in enumerate(waits):
        now += wait
        if number % 2:
            clocks = on_client_mail(clocks, at=now, terms=given_terms, ends_pause=True)
        else:
            clocks = on_pending(clocks, at=now, is_reply=True)
    clock = current(clocks)[RES]

    used = sum((worked(clock.schedule, start=since, end=until) for since, until in clock.runs), timedelta())

    if clock.state is ClockState.PAUSED and clock.breached_at is None:
        assert clock.remaining == clock.target - used
    if clock.state is ClockState.RUNNING and clock.breached_at is None:
        assert clock.due_at is not None
        assert used + worked(clock.schedule, start=clock.running_since, end=clock.due_at) == clock.target
