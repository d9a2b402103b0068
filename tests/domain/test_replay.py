"""What a ticket's events say of its promises, and the promises played again from that."""

from datetime import datetime
from typing import Any

import pytest
from tests.domain.ground import at, minutes, terms

from ticketbot.domain.clocks import ClockState, Terms
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName
from ticketbot.domain.replay import Fact, Happening, What, enters_hypercare, facts_of, replay
from ticketbot.domain.sla import current

START = at("2027-03-08 09:00")
FR, NR, RES, UPD = ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION, ClockName.UPDATE


def happened(*deeds: tuple[Any, ...]) -> list[Happening]:
    """Events of (minute, mail or None, action, detail), in that order, after the opening one."""
    first = (0, "m0", "opened", {"kind": "incident", "priority": "P3", "channel": "mail"})
    rows = [*deeds] if deeds and deeds[0][2] == "opened" else [first, *deeds]
    return [
        Happening(number=number, at=START + minutes(minute), actor="x", action=action, detail=detail, mail=mail)
        for number, (minute, mail, action, detail) in enumerate(rows, start=1)
    ]


def moved(after: str, act: str) -> dict[str, str]:
    return {"after": after, "act": act}


def steps(*deeds: tuple[Any, ...]) -> list[tuple[str, bool]]:
    """What happened after the opening, and whether nothing new begins with it."""
    return [(fact.what.value, fact.is_settled) for fact in facts_of(happened(*deeds))[1:]]


REPLY: tuple[Any, ...] = (10, "m1", "reply", {})
HEARD = {"verified": True}


@pytest.mark.parametrize(
    ("deeds", "expected"),
    [
        ([(10, "m1", "state", moved("open", "reply")), REPLY], [("answered", False)]),
        ([(10, "m1", "state", moved("pending_client", "pending")), REPLY], [("pending", True)]),
        ([(10, "m1", "state", moved("pending_release", "release"))], [("pending", True)]),
        ([(10, "m1", "state", moved("resolved", "resolve")), REPLY], [("resolved", False)]),
        ([(10, "m1", "state", moved("resolved", "resolve"))], [("resolved", False)]),
        ([(10, "m1", "state", moved("resolved", "resolve")), (20, "m2", "reply", {})],
         [("resolved", False), ("answered", True)]),
        ([(10, None, "state", moved("resolved", "auto_resolve")), (20, None, "state", moved("closed", "auto_close"))],
         [("resolved", False)]),
        ([(10, "m1", "state", moved("resolved", "resolve")), (20, "m2", "state", moved("reopened", "reopen"))],
         [("resolved", False), ("reopened", False)]),
        ([(10, "m1", "state", moved("resolved", "resolve")), (20, "m2", "received", HEARD),
          (20, "m2", "state", moved("reopened", "client_mail"))], [("resolved", False), ("reopened", False)]),
        ([(10, "m1", "received", HEARD)], [("client_wrote", False)]),
        ([(10, "m1", "received", HEARD), (10, "m1", "thanks", {})], []),
        ([(10, "m1", "received", {"verified": False})], []),
        ([(10, "m1", "state", moved("pending_client", "pending")), REPLY, (20, "m2", "received", HEARD),
          (20, "m2", "state", moved("open", "client_mail"))], [("pending", True), ("client_wrote", True)]),
        ([(10, "m1", "state", moved("spam", "spam")), (20, "m2", "received", HEARD),
          (30, "m3", "state", moved("open", "notspam"))], [("voided", False), ("restored", False)]),
        ([(10, "m1", "split", {"wrote_at": START.isoformat()})], [("parted", False)]),
        ([(10, "m1", "state", moved("merged", "merge"))], [("voided", False)]),
        ([(10, "m1", "priority", {"after": "P1"})], [("raised", False)]),
        ([(10, "m1", "priority", {"after": "P4"})], [("lowered", False)]),
        ([(10, "m1", "priority", {"after": "P3"})], []),
        ([(10, "m1", "kind", {"after": "question"})], [("classed", False)]),
        ([(10, "m1", "state", moved("resolved", "resolve")), (20, "m2", "kind", {"after": "question"})],
         [("resolved", False)]),
        ([(10, "m1", "state", moved("spam", "spam")), (12, "m2", "undone", {"step": "m1"})], []),
        ([(10, "m1", "note", {}), (10, "m1", "owner", {"to": "ben"})], []),
        ([(10, None, "deadline", {"cause": "desk file, version 2", "version": 2})], []),
    ],
)  # fmt: skip
def test_events_say_what_happened_to_promises(deeds: list[tuple[Any, ...]], expected: list[tuple[str, bool]]) -> None:
    assert steps(*deeds) == expected


def test_coming_back_ranks_anew_before_its_promises_begin() -> None:
    facts = facts_of(
        happened(
            (10, "m1", "state", moved("resolved", "resolve")),
            (20, "m2", "received", HEARD),
            (20, "m2", "state", moved("reopened", "client_mail")),
            (20, "m2", "priority", {"after": "P2"}),
        )
    )

    assert [(fact.what, fact.priority.value, fact.is_by_client) for fact in facts[1:]] == [
        (What.RESOLVED, "P3", False),
        (What.REOPENED, "P2", True),
    ]


@pytest.mark.parametrize(
    ("deeds", "when"),
    [
        ([], 60),
        ([(75, None, "priority", {"after": "P2"})], 75),
        ([(75, None, "deadline", {"cause": "hypercare begins"})], 75),
    ],
    ids=["nothing moved", "ranked late", "moved late"],
)
def test_a_phase_raises_at_the_instant_at_which_the_desk_acted_on_it(deeds: list[tuple[Any, ...]], when: int) -> None:
    facts = facts_of(happened(*deeds, (60, None, "phase", {"to": "hypercare"})))

    assert [(fact.what, fact.at) for fact in facts[1:]] == [(What.RAISED, START + minutes(when))]


def test_only_entering_hypercare_raises() -> None:
    hypercare, standard = happened((0, None, "phase", {"to": "hypercare"}), (0, None, "phase", {"to": "standard"}))[1:]

    assert (enters_hypercare(hypercare), enters_hypercare(standard)) == (True, False)


def played(*deeds: tuple[Any, ...]) -> dict[ClockName, tuple[str, datetime | None]]:
    """Each promise's state and due instant under the usual policy of transition."""

    def usual(fact: Fact) -> Terms:
        return terms(fact.priority.value, Phase.TRANSITION, fact.kind)

    clocks = replay(facts_of(happened(*deeds)), terms=usual)
    return {name: (clock.state.value, clock.due_at) for name, clock in current(clocks).items()}


def test_a_call_is_answered_when_it_is_logged() -> None:
    found = played((0, "m0", "opened", {"kind": "incident", "priority": "P3", "channel": "hotline"}))

    assert found[FR][0] == ClockState.STOPPED
    assert found[UPD][0] == ClockState.RUNNING


def test_every_step_does_to_promises_what_the_rules_say() -> None:
    whole = played(
        (10, "m1", "priority", {"after": "P2"}),
        (20, "m2", "state", moved("open", "reply")),
        (20, "m2", "reply", {}),
        (30, "m3", "received", HEARD),
        (35, "m3b", "split", {"wrote_at": START.isoformat()}),
        (40, "m4", "priority", {"after": "P3"}),
        (50, "m5", "kind", {"after": "request"}),
        (60, "m6", "state", moved("pending_client", "pending")),
        (60, "m6", "reply", {}),
        (70, "m7", "received", HEARD),
        (70, "m7", "state", moved("open", "client_mail")),
        (80, "m8", "state", moved("spam", "spam")),
        (90, "m9", "state", moved("open", "notspam")),
        (95, "m10", "state", moved("resolved", "resolve")),
        (99, "m11", "state", moved("reopened", "reopen")),
    )

    assert {name: state for name, (state, _) in whole.items()} == {
        FR: "stopped",
        NR: "stopped",
        RES: "running",
        UPD: "void",
    }
    assert whole[RES][1] == at("2027-03-15 10:39")
