"""Priority: severity lifted by phase, VIP and urgent channel, never to P1 by uplift alone."""

import pytest

from ticketbot.domain.kinds import Channel, Severity, TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority, after_reopening, priority_of, raised


def ranked(
    severity: str,
    *,
    kind: TicketKind = TicketKind.INCIDENT,
    phase: Phase | None = Phase.HYPERCARE,
    channel: Channel = Channel.MAIL,
    is_vip: bool = False,
    is_verified: bool = True,
) -> tuple[Priority, tuple[str, ...]]:
    return priority_of(
        severity=Severity(severity), kind=kind, phase=phase, channel=channel, is_vip=is_vip, is_verified=is_verified
    )


@pytest.mark.parametrize(
    ("severity", "phase", "channel", "is_vip", "priority"),
    [
        ("S1", Phase.STANDARD, Channel.MAIL, False, "P1"),
        ("S1", Phase.HYPERCARE, Channel.URGENT, True, "P1"),
        ("S2", Phase.STANDARD, Channel.MAIL, False, "P2"),
        ("S2", Phase.HYPERCARE, Channel.MAIL, False, "P2"),
        ("S2", Phase.HYPERCARE, Channel.MAIL, True, "P2"),
        ("S2", Phase.HYPERCARE, Channel.URGENT, False, "P1"),
        ("S2", Phase.HYPERCARE, Channel.HOTLINE, False, "P1"),
        ("S2", Phase.TRANSITION, Channel.URGENT, True, "P2"),
        ("S3", Phase.HYPERCARE, Channel.MAIL, False, "P2"),
        ("S3", Phase.TRANSITION, Channel.MAIL, False, "P3"),
        ("S3", Phase.STANDARD, Channel.MAIL, False, "P3"),
        ("S3", Phase.HYPERCARE, Channel.URGENT, True, "P2"),
        ("S3", None, Channel.HOTLINE, False, "P2"),
        ("S4", Phase.HYPERCARE, Channel.MAIL, False, "P3"),
        ("S4", Phase.HYPERCARE, Channel.MAIL, True, "P2"),
        ("S4", Phase.HYPERCARE, Channel.URGENT, True, "P2"),
        ("S4", Phase.PRE_LIVE, Channel.MAIL, False, "P4"),
        ("S4", Phase.STANDARD, Channel.ON_BEHALF, False, "P4"),
    ],
)
def test_priority(severity: str, phase: Phase | None, channel: Channel, is_vip: bool, priority: str) -> None:
    assert ranked(severity, phase=phase, channel=channel, is_vip=is_vip)[0] == priority


@pytest.mark.parametrize(
    "kind", [TicketKind.ENHANCEMENT, TicketKind.TRAINING, TicketKind.MEETING, TicketKind.FEEDBACK, TicketKind.PROBLEM]
)
def test_other_kinds_are_always_p4(kind: TicketKind) -> None:
    assert ranked("S1", kind=kind, is_vip=True, channel=Channel.URGENT) == (Priority.P4, (f"P4 = {kind.value}",))


@pytest.mark.parametrize("kind", [TicketKind.QUESTION, TicketKind.REQUEST, TicketKind.ALERT])
def test_questions_requests_and_alerts_are_ranked_like_incidents(kind: TicketKind) -> None:
    assert ranked("S3", kind=kind)[0] is Priority.P2


def test_the_reasons_are_a_sum_to_read() -> None:
    assert ranked("S3")[1] == ("P2 = S3, hypercare",)
    assert ranked("S3", phase=Phase.STANDARD)[1] == ("P3 = S3",)
    assert ranked("S4", is_vip=True, channel=Channel.URGENT)[1] == (
        "P2 = S4, hypercare, VIP, urgent",
        "not above P2 by uplift",
    )


@pytest.mark.parametrize(("severity", "priority"), [("S1", "P3"), ("S3", "P3"), ("S4", "P3")])
def test_an_unverified_sender_gets_p3_at_most(severity: str, priority: str) -> None:
    assert ranked(severity, is_verified=False)[0] == priority


def test_being_unverified_is_said_only_where_it_counts() -> None:
    assert ranked("S1", is_verified=False)[1] == ("P3 = S1, hypercare", "not above P3: the sender is not verified")
    assert ranked("S4", is_verified=False)[1] == ("P3 = S4, hypercare",)


def test_entering_hypercare_raises_and_never_lowers() -> None:
    by = ranked("S4")

    assert raised(Priority.P4, by=by) == by
    assert raised(Priority.P3, by=by) is None
    assert raised(Priority.P1, by=by) is None


@pytest.mark.parametrize(
    ("priority", "times", "after"),
    [("P4", 1, "P4"), ("P4", 2, "P3"), ("P3", 2, "P2"), ("P2", 2, "P2"), ("P1", 2, "P1"), ("P4", 3, "P4")],
)
def test_the_second_reopening_lifts_one_step_but_not_above_p2(priority: str, times: int, after: str) -> None:
    assert after_reopening(Priority(priority), times=times) == after
