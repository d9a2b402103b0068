"""When an incident is told of, and as what."""

import pytest

from ticketbot.domain.incidents import Deed, Stage, Standing, stage_of
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority


def standing(
    priority: Priority, kind: TicketKind = TicketKind.INCIDENT, phase: Phase | None = Phase.HYPERCARE
) -> Standing:
    return Standing(priority=priority, kind=kind, phase=phase)


P1, P2, P3 = (standing(priority) for priority in (Priority.P1, Priority.P2, Priority.P3))


@pytest.mark.parametrize(
    ("now", "level"),
    [
        (P1, 2),
        (standing(Priority.P1, TicketKind.QUESTION, Phase.STANDARD), 2),
        (standing(Priority.P1, phase=None), 2),
        (P2, 1),
        (standing(Priority.P2, TicketKind.ALERT), 1),
        (standing(Priority.P2, TicketKind.QUESTION), 0),
        (standing(Priority.P2, TicketKind.REQUEST), 0),
        (standing(Priority.P2, phase=Phase.TRANSITION), 0),
        (standing(Priority.P2, phase=Phase.PRE_LIVE), 0),
        (P3, 0),
    ],
)
def test_others_must_know_of_critical_matters_and_in_hypercare_of_high_incidents(now: Standing, level: int) -> None:
    assert now.level == level


@pytest.mark.parametrize(
    ("before", "now", "deed", "is_open", "stage"),
    [
        (None, P1, Deed.NONE, True, Stage.OPEN),
        (None, P2, Deed.NONE, True, Stage.OPEN),
        (None, P3, Deed.NONE, True, None),
        (P3, P1, Deed.NONE, True, Stage.OPEN),
        (P2, P1, Deed.ANSWERED, True, Stage.OPEN),
        (P3, P2, Deed.NONE, True, Stage.OPEN),
        (P3, P1, Deed.SETTLED, False, Stage.RESOLVED),
        (P1, P1, Deed.NONE, True, None),
        (P1, P1, Deed.ANSWERED, True, Stage.UPDATE),
        (P1, P1, Deed.ANSWERED, False, None),
        (P1, P1, Deed.SETTLED, False, Stage.RESOLVED),
        (P2, P2, Deed.ANSWERED, True, None),
        (P2, P2, Deed.SETTLED, False, None),
        (P1, P2, Deed.ANSWERED, True, None),
        (P1, P2, Deed.SETTLED, False, None),
    ],
)
def test_what_rises_is_opened_and_only_a_major_incident_has_news_and_an_end(
    before: Standing | None, now: Standing, deed: Deed, stage: Stage | None, *, is_open: bool
) -> None:
    assert stage_of(before=before, now=now, deed=deed, is_open=is_open) is stage
