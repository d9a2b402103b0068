"""[gate], blockers, lengths and monitors in desk.toml: defaults, what may be changed, and a remedy for each mistake."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.factories import DESK, a_desk

from ticketbot.desk.apply import apply_desk, show_desk
from ticketbot.desk.care import care_for
from ticketbot.deskfile import parse_desk
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import GateRules, default_policy
from ticketbot.store.database import Store
from ticketbot.tomlfile import Misconfigured

NOW = datetime(2027, 2, 22, 9, 0, tzinfo=UTC)
GUIDE = Path(__file__).resolve().parents[1] / "docs" / "operators-guide.md"
MONITOR = """
[launches."acme/hr".monitors.payroll-sync]
group = "integration"
subject = '^(?P<state>CRITICAL|OK) '
severity = { CRITICAL = 2 }
"""
ALL = (
    DESK.replace('name = "Acme HR"', 'name = "Acme HR"\nblockers = ["the audit"]\nmin_transition_days = 20')
    + MONITOR
    + """
[gate]
threshold = 60
p1_quiet_hours = 96
extension_days = 5
automatic_extensions = 1
self_sufficiency = 80
aged_after = "24 h"
weights = { W1 = 10, W9 = 15 }
"""
)


def complaint(text: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        parse_desk(text)
    return "\n".join(problem.sentence for problem in caught.value.problems)


def test_the_gate_is_domain_md_s_unless_the_file_says_otherwise() -> None:
    assert parse_desk(DESK).policy.gate == GateRules() == default_policy().gate


def test_every_number_of_the_gate_may_be_changed() -> None:
    policy = parse_desk(ALL).policy

    assert policy.gate == GateRules(
        threshold=60,
        p1_quiet_hours=96,
        extension_days=5,
        automatic_extensions=1,
        self_sufficiency_percent=80,
        aged_after=timedelta(hours=24),
        weights={**GateRules().weights, "W1": 10, "W9": 15},
    )
    assert (policy.calm_hours("command30_90"), policy.calm_hours("focused14")) == (96, 120)


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ("[gate]\nthreshold = 101\n", "asks for a score of 101, and its weights bring 100; lower threshold"),
        ("[gate]\nweights = { W1 = 0, W2 = 0 }\n", "its weights bring 60"),
        ("[gate]\nweights = { W1 = -1 }\n", "W1"),
        ("[gate]\nextension_days = 0\n", "extension_days"),
        ('[gate]\naged_after = "0 h"\n', "give a duration"),
        ("[gate]\nself_sufficiency = 120\n", "self_sufficiency"),
        ("[gate]\ntreshold = 80\n", "did you mean threshold"),
        (MONITOR.replace("CRITICAL|OK)", "CRITICAL|OK"), "is no regular expression"),
        (MONITOR.replace("?P<state>", ""), "names no state"),
        (MONITOR.replace("subject", "# subject"), "has neither subject nor body"),
        (MONITOR.replace('"integration"', '"weather"'), "group"),
        (MONITOR.replace("CRITICAL = 2", "CRITICAL = 5"), "severity"),
    ],
)
def test_each_mistake_is_told_with_its_line_and_a_remedy(extra: str, sentence: str) -> None:
    said = complaint(DESK + extra)

    assert sentence in said
    assert re.search(r"line \d+", said)


def test_what_a_launch_is_measured_by_is_applied_shown_and_applied_again(store: Store) -> None:
    a_desk(store, ALL)

    with store.look() as work:
        shown = parse_desk(show_desk(work))
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        care = care_for(work, policy=shown.policy, client=None, launch=launch, now=NOW)
    with store.work() as work:
        again = apply_desk(shown, work=work, now=NOW, dry_run=True)

    assert launch.settings["blockers"] == ["the audit"]
    assert launch.settings["monitors"]["payroll-sync"]["severity"] == {"CRITICAL": 2}
    assert care.plan is not None
    assert care.plan.min_transition_days == 20
    assert shown.policy.gate == parse_desk(ALL).policy.gate
    assert again.lines == ()


def test_a_blocker_that_is_taken_out_of_the_file_is_gone(store: Store) -> None:
    a_desk(store, ALL)

    a_desk(store, ALL.replace('blockers = ["the audit"]\n', ""))

    with store.look() as work:
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        assert launch.settings["blockers"] == []


def test_a_launch_may_have_lengths_of_its_own(store: Store) -> None:
    own = DESK.replace('name = "Acme HR"', 'name = "Acme HR"\nhypercare_days = 50\nmin_transition_days = 45')
    a_desk(store, own)

    with store.look() as work:
        launch = work.desk.launch_named("acme/hr")
        care = care_for(work, policy=parse_desk(own).policy, client=None, launch=launch, now=NOW)

    assert care.plan is not None
    ends = [care.plan.end_of(phase) or NOW for phase in (Phase.HYPERCARE, Phase.TRANSITION)]
    assert [care.plan.day_index(end) for end in ends] == [50, 95]


def test_the_example_in_the_operators_guide_is_right() -> None:
    section = GUIDE.read_text(encoding="utf-8").partition("## Gates, and what they are told")[2]
    example = section.partition("```toml\n")[2].partition("```")[0]
    people, launch, rest = DESK.partition('[launches."acme/hr"]\n')
    facts, client, others = rest.partition("[clients")

    found = parse_desk(people + example.replace(launch, launch + facts, 1) + client + others)

    assert found.policy.gate == GateRules()
    assert list(found.desk.launches["acme/hr"].monitors) == ["payroll-sync"]
