"""Backtest on a desk: whatever happened to tickets is played again exactly; another policy says why it would differ."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver
from tests.factories import DESK, a_desk_file, a_mail

from ticketbot.desk.backtest import Backtest
from ticketbot.deskfile import parse_desk
from ticketbot.domain.clocks import memory_of
from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.policy import Policy
from ticketbot.reports.backtest import Fate, Judged, backtest_json, backtest_text
from ticketbot.store.database import Store

ZONE = a_desk_file(DESK).policy.zone


def played(desk: DeskDriver, other: Policy | None = None) -> list[Judged]:
    policy = a_desk_file(desk.file).policy
    with desk.store.look() as work:
        backtest = Backtest(work=work, policy=policy, other=other or policy, now=desk.now)
        return backtest.judge(since=desk.now - timedelta(days=90))


def writes(desk: DeskDriver, body: str = "It is broken.", *, subject: str = "Report is empty", number: int = 0) -> None:
    to = desk.client_address(number) if number else "support@desk.example"
    desk.receive(a_mail(subject=subject, body=body, to=to))
    desk.sleep(minutes=20)


def says(desk: DeskDriver, body: str, *, number: int = 1001, sender: str = BEN) -> None:
    agent = sender.partition("<")[2].rstrip(">")
    mail = desk.receive(a_mail(sender=sender, to=desk.answer_address(number, agent=agent), body=body))
    assert mail.outcome == "append", mail.reason
    desk.sleep(minutes=30)


def _answered_and_settled(desk: DeskDriver) -> None:
    says(desk, "We look at it.")
    writes(desk, "Any news?", number=1001)
    says(desk, "#resolve\n\nIt works again.")
    writes(desk, "Thanks!", number=1001)


def _waited_for(desk: DeskDriver) -> None:
    says(desk, "#pending\n\nWhich browser?")
    desk.sleep(hours=20)
    says(desk, "Did you see it?")
    writes(desk, "Firefox.", number=1001)
    says(desk, "Thank you.")
    desk.sleep(days=3)


def _back_twice(desk: DeskDriver) -> None:
    for _ in range(2):
        says(desk, "#resolve\n\nDone.")
        desk.sleep(hours=3)
        writes(desk, "It is broken again.", number=1001)
    says(desk, "#resolve\n\nDone.")
    says(desk, "#reopen\n\nNot yet after all.")


def _raised_and_lowered(desk: DeskDriver) -> None:
    says(desk, "#priority P1 the client called", sender=ANA)
    says(desk, "#pending\n\nCan you log in?")
    says(desk, "#priority P3 only one user\n\nIt hits one user only.", sender=ANA)
    desk.sleep(hours=5)
    writes(desk, "Yes.", number=1001)


def _classed_anew(desk: DeskDriver) -> None:
    says(desk, "#kind feedback\n\nWe take it as such.")
    says(desk, "#kind incident")
    says(desk, "#sev 1")


def _spam_and_back(desk: DeskDriver) -> None:
    says(desk, "#spam")
    says(desk, "#notspam")
    says(desk, "Sorry for that.")


def _merged(desk: DeskDriver) -> None:
    writes(desk, "It is broken too.", subject="Another report is empty")
    says(desk, "#merge T-1001", number=1002)
    writes(desk, "More of it.", number=1002)


def _undone(desk: DeskDriver) -> None:
    says(desk, "We look at it.")
    desk.sleep(hours=1)
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#close"))
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#spam"))
    desk.sleep(minutes=2)
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#undo"))


def _split(desk: DeskDriver) -> None:
    says(desk, "We look at it.")
    writes(desk, "By the way, the import is broken too.", number=1001)
    says(desk, "#split")
    says(desk, "We look at that as well.", number=1002)


def _written_first(desk: DeskDriver) -> None:
    desk.receive(a_mail(sender=BEN, subject="Your report", body="#to jonas@acme.example\n\nIt works again."))
    desk.sleep(hours=2)
    writes(desk, "Does it?", number=1002)


def _released(desk: DeskDriver) -> None:
    says(desk, "#kind enhancement\n\nWe take it as a wish.")
    says(desk, "#release 2027-04-08\n\nIt comes in April.")
    writes(desk, "Fine, which day?", number=1001)
    says(desk, "#shipped\n\nIt is there.")


@pytest.mark.parametrize(
    "story",
    [_answered_and_settled, _waited_for, _back_twice, _raised_and_lowered, _classed_anew, _spam_and_back, _merged,
     _undone, _released, _split, _written_first],
    ids=lambda story: story.__name__.strip("_"),
)  # fmt: skip
def test_the_policy_in_force_gives_every_promise_as_it_was(store: Store, story: object) -> None:
    desk = DeskDriver(store)
    writes(desk)
    assert callable(story)
    story(desk)

    found = played(desk)

    assert found
    for each in found:
        assert each.was is not None, each.would
        assert each.would is not None, each.was
        was, would = memory_of(each.was), memory_of(each.would)
        for memory in (was, would):
            for move in memory["history"]:
                del move["cause"]
            for change in memory["waiting"]:
                del change["cause"]
        assert would == was


def test_a_call_and_the_beginning_of_hypercare_are_played_again(store: Store) -> None:
    desk = DeskDriver(store)
    desk.clock.instant = datetime(2027, 2, 26, 9, tzinfo=UTC)
    writes(desk)
    desk.receive(a_mail(sender=BEN, subject="A call", body="#call jonas@acme.example\n\nLogin fails."))
    desk.wait(days=4)

    found = played(desk)

    assert [each.clock.name for each in found if each.differs] == []
    assert {each.would.due_at for each in found if each.would} == {each.was.due_at for each in found if each.was}
    assert "hypercare begins" in {move.cause for each in found if each.would for move in each.would.history}


def test_a_stricter_policy_would_have_missed_what_was_kept_and_says_why(store: Store) -> None:
    desk = DeskDriver(store)
    writes(desk)
    says(desk, "We look at it.")
    priority = desk.ticket().priority
    other = parse_desk(DESK + f'\n[targets.hypercare]\n{priority} = {{ first_response = "10 min" }}\n').policy

    found = played(desk, other)

    first = next(each for each in found if each.clock.name == "FR")
    assert (first.fate, first.other_fate, first.differs) == (Fate.MET, Fate.MISSED, True)
    assert first.reason(zone=ZONE).startswith("10 min")
    assert first.reason(zone=ZONE).endswith("due Tue 2 Mar 10:10, done Tue 2 Mar 10:20: 10 min too late")
    lines = list(backtest_text(found, zone=ZONE))
    assert any(f"T-1001 {priority} first answer: kept now, missed then (10 min" in line for line in lines)
    totals = [line for line in backtest_json(found, zone=ZONE) if line["type"] == "sum" and line["clock"] == "FR"]
    assert [(line["now"], line["then"]) for line in totals] == [
        ({"met": 1, "missed": 0, "attainment": 1.0}, {"met": 0, "missed": 1, "attainment": 0.0})
    ]


def test_promises_that_one_policy_makes_and_the_other_does_not_are_told(store: Store) -> None:
    desk = DeskDriver(store)
    writes(desk)
    says(desk, "#pending\n\nWhich browser?")
    priority = desk.ticket().priority
    other = parse_desk(DESK + f'\n[targets.hypercare]\n{priority} = {{ resolution = "none" }}\n').policy

    less, more = played(desk, other), _turned(played(desk, other))

    gone = next(each for each in less if each.clock.name == "RES")
    assert gone.other_fate is Fate.NONE
    assert gone.reason(zone=ZONE) == "the other policy makes no such promise"
    new = next(each for each in more if each.clock.name == "RES")
    assert (new.fate, new.other_fate) == (Fate.NONE, Fate.OPEN)
    assert "at rest with" in new.reason(zone=ZONE)


def _turned(found: list[Judged]) -> list[Judged]:
    return [replace(each, was=each.would, would=each.was) for each in found]


def test_a_policy_without_the_profile_of_a_launch_is_refused_with_the_remedy(store: Store) -> None:
    desk = DeskDriver(store)
    writes(desk)
    policy = a_desk_file(DESK).policy

    with pytest.raises(ConfigurationError, match="no profile command30_90, which acme/hr has; add it"):
        played(desk, replace(policy, profiles={"none": policy.profiles["none"]}))


def test_the_holidays_are_those_of_the_other_file(store: Store) -> None:
    desk = DeskDriver(store)
    writes(desk)
    day = desk.ticket().created_at.date()
    days = ", ".join(str(day + timedelta(days=count)) for count in range(3))
    text = DESK + f'\n[targets.hypercare]\n{desk.ticket().priority} = {{ calendar = "B" }}\n'
    other = parse_desk(f"{text}[holidays]\nacme = [{days}]\n")

    with store.look() as work:
        backtest = Backtest(work=work, policy=other.policy, other=other.policy, now=desk.now, desk=other.desk)
        found = backtest.judge(since=desk.now - timedelta(days=90))

    first = next(each for each in found if each.clock.name == "FR")
    assert first.was is not None
    assert first.would is not None
    assert first.was.due_at is not None
    assert first.would.due_at is not None
    assert first.would.due_at - first.was.due_at >= timedelta(days=2)


def test_what_an_earlier_version_of_the_desk_promised_is_named_so_where_it_differs(store: Store) -> None:
    desk = DeskDriver(store)
    writes(desk)
    says(desk, "We look at it.")
    priority = desk.ticket().priority
    other = parse_desk(DESK + f'\n[targets.hypercare]\n{priority} = {{ first_response = "10 min" }}\n').policy
    policy = a_desk_file(desk.file).policy

    with store.look() as work:
        backtest = Backtest(work=work, policy=policy, other=other, now=desk.now, in_force_since=desk.now)
        found = backtest.judge(since=desk.now - timedelta(days=90))

    told = {each.clock.name.value: each.reason(zone=ZONE) for each in found}
    assert told["FR"].endswith("10 min too late; promised under an earlier version of the desk")
    assert "earlier version" not in told["RES"]


def test_no_tickets_are_said_as_such(store: Store) -> None:
    assert list(backtest_text(played(DeskDriver(store)), zone=ZONE)) == ["no ticket in that time"]
