"""Backtest on the story: the policy in force gives back exactly what was recorded, another one says what it changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenario.test_story import DESK, SCENARIO

from ticketbot.app import App
from ticketbot.desk.backtest import Backtest
from ticketbot.deskfile import read_desk
from ticketbot.domain.clocks import clock_facts, memory_of
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import Policy
from ticketbot.reports.backtest import Fate, Judged
from ticketbot.sandbox.rehearse import Rehearsal, _stage
from ticketbot.sandbox.story import read_story

STORY = SCENARIO / "story.json"
pytestmark = pytest.mark.skipif(not SCENARIO.is_dir(), reason="../shared/scenario is not beside this checkout")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The service at the end of the story."""
    story, desk = read_story(STORY), read_desk(DESK)
    with _stage(tmp_path_factory.mktemp("story"), story, desk) as (app, office, clock):
        Rehearsal(app, office=office, clock=clock, story=story).play(story.until)
        yield app


def judged(app: App, other: Policy) -> list[Judged]:
    now = app.clock.now()
    with app.store.look() as work:
        backtest = Backtest(work=work, policy=read_desk(DESK).policy, other=other, now=now)
        return backtest.judge(since=now - timedelta(days=365))


def test_the_policy_in_force_gives_exactly_what_was_recorded(played: App) -> None:
    found = judged(played, read_desk(DESK).policy)

    assert len(found) > 20
    assert [(each.ticket, each.clock.name, each.clock.cycle) for each in found if each.differs] == []
    for each in found:
        assert each.was is not None, each
        assert each.would is not None, each
        was, would = clock_facts(each.was), clock_facts(each.would)
        del was["history"], would["history"]
        assert (each.ticket, would) == (each.ticket, was)
        assert [(move.at, move.due_at) for move in each.would.history] == [
            (move.at, move.due_at) for move in each.was.history
        ]
        assert memory_of(each.would)["remaining"] == memory_of(each.was)["remaining"]


def test_promises_of_a_minute_would_mostly_have_been_missed_and_looser_ones_kept(played: App) -> None:
    policy = read_desk(DESK).policy
    minute, year = timedelta(minutes=1), timedelta(days=365)

    strict = judged(played, _with(policy, first_response=minute))
    loose = judged(played, _with(policy, first_response=year))

    answered = [each for each in strict if each.clock.name == "FR" and each.fate in (Fate.MET, Fate.MISSED)]
    late = [
        each for each in answered if each.clock.stopped_at and each.clock.stopped_at > each.clock.started_at + minute
    ]
    assert late
    assert all(each.other_fate is Fate.MISSED for each in late)
    assert not [each for each in loose if each.clock.name == "FR" and each.other_fate is Fate.MISSED]
    assert [each for each in strict if each.clock.name != "FR" and each.differs] == []


def _with(policy: Policy, *, first_response: timedelta) -> Policy:
    targets = {
        phase: {priority: replace(each, first_response=first_response) for priority, each in row.items()}
        for phase, row in policy.targets.items()
        if phase in Phase
    }
    return replace(policy, targets=targets)
