"""Plan commands by mail: each with its receipt or its reason, all or nothing, and only by who may (CM6, PH5)."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver, asking_its_server, vouched
from tests.factories import DESK, a_mail

from ticketbot.clock import FixedClock
from ticketbot.domain.phases import Phase
from ticketbot.domain.plans import PhasePlan
from ticketbot.store.database import Store
from ticketbot.store.models import Event, InboxMail

CHEN = "Chen Wei <chen@desk.example>"
DANA = "Dana Moore <dana@desk.example>"
EVE = datetime(2027, 2, 26, 8, 0, tzinfo=UTC)
#: A Monday of Acme's hypercare, day 21 of 30, 10:00 in Berlin.
MONDAY = datetime(2027, 3, 22, 9, 0, tzinfo=UTC)
ALONE = DESK.partition("[clients.borealis]")[0].replace(
    'profile = "command30_90"', 'profile = "command30_90"\nknowledge = { guide = 2027-03-02T00:00:00 }'
)
HOUR = timedelta(hours=1)


def a_launch(store: Store, *, at: datetime = MONDAY, file: str = ALONE) -> DeskDriver:
    """Return a desk whose only launch came to *at* without any trouble."""
    desk = DeskDriver(store, clock=FixedClock(EVE), file=file, mailboxes=asking_its_server())
    desk.wait(seconds=(at - EVE).total_seconds())
    return desk


def write(desk: DeskDriver, body: str, *, sender: str = ANA, to: str = "support@desk.example") -> InboxMail:
    raw = a_mail(sender=sender, to=to, subject="plan", body=body, headers=vouched(sender), date=desk.now)
    mail = desk.receive(raw)
    desk.run_due()
    return mail


def plan(desk: DeskDriver) -> PhasePlan:
    with desk.store.look() as work:
        return desk.desk.book.plans(work)[0].plan


def answer(desk: DeskDriver) -> str:
    """Return what the last receipt or error says."""
    values = desk.letter("CMD").draft["values"]
    said = [*values["done"], *(each["reason"] for each in values["errors"])]
    return "\n".join(map(str, said))


def recorded(desk: DeskDriver, action: str) -> list[Event]:
    with desk.store.look() as work:
        return list(work.tickets.events_named(action))


def local(desk: DeskDriver, phase: Phase) -> str | None:
    """Return when a phase ends, on the wall of the launch."""
    found = plan(desk)
    end = found.end_of(phase)
    return end.astimezone(found.zone).isoformat(sep=" ")[:16] if end is not None else None


# Longer


@pytest.mark.parametrize(("span", "ends"), [("7d", "2027-04-07 00:00"), ("2w", "2027-04-14 00:00")])
def test_extend_lengthens_hypercare_and_leaves_the_handover(store: Store, span: str, ends: str) -> None:
    desk = a_launch(store)

    mail = write(desk, f"#extend acme/hr {span} the import is late")

    assert mail.outcome == "suppress"
    assert (local(desk, Phase.HYPERCARE), local(desk, Phase.TRANSITION)) == (ends, "2027-05-30 00:00")
    assert "hypercare is " in answer(desk)
    with desk.store.look() as work:
        (event,) = work.desk.plan_events(1)
    assert (event.detail["by"], event.detail["reason"]) == ("ana", "the import is late")


def test_extend_moves_the_handover_that_it_would_starve(store: Store) -> None:
    desk = a_launch(store)

    write(desk, "#extend acme/hr 50d much is left")

    assert (local(desk, Phase.HYPERCARE), local(desk, Phase.TRANSITION)) == ("2027-05-20 00:00", "2027-06-19 00:00")


@pytest.mark.parametrize(
    ("command", "at", "why"),
    [
        ("#extend acme/hr 36h late", MONDAY, "is not whole days"),
        ("#extend acme/hr 7d", MONDAY, "a reason is missing"),
        ("#extend acme/nothing 7d late", MONDAY, "there is no launch acme/nothing; known are acme/hr"),
        ("#extend acme/hr 7d late", EVE, "not live yet"),
        ("#exit acme/hr done", EVE, "only hypercare and transition end early"),
        ("#pause acme/hr", EVE, "nothing to pause"),
        ("#resume acme/hr", MONDAY, "not paused"),
        ("#relapse acme/hr", MONDAY, "left hypercare"),
        ("#accept acme/hr", EVE, "only the receiving lead"),
        ("#cadence acme/hr biweekly", MONDAY, "begin with transition"),
        ("#golive acme/hr 2027-03-20", MONDAY, "in the future"),
        ("#golive acme/hr 2027-03-28T02:30", EVE, "clocks leave it out"),
        ("#config colour = blue", MONDAY, "say which launch"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(store: Store, command: str, at: datetime, why: str) -> None:
    desk = a_launch(store, at=at)
    before = plan(desk)

    mail = write(desk, command)

    assert (mail.state, why in answer(desk)) == ("held", True), answer(desk)
    assert plan(desk) == before


def test_standard_support_has_no_end_to_extend(store: Store) -> None:
    desk = a_launch(store, file=ALONE.replace("command30_90", "focused14"))

    mail = write(desk, "#extend acme/hr 7d late")

    assert (mail.state, "no end to extend" in answer(desk)) == ("held", True)


@pytest.mark.parametrize(
    "command",
    [
        "#golive acme/hr 2027-05-01",
        "#extend acme/hr 7d late",
        "#exit acme/hr done",
        "#pause acme/hr",
        "#resume acme/hr",
        "#relapse acme/hr",
        "#accept acme/hr",
        "#cadence acme/hr biweekly",
        "#config acme/hr colour = blue",
    ],
)
def test_an_engineer_steers_nothing(store: Store, command: str) -> None:
    desk = a_launch(store)
    before = plan(desk)

    mail = write(desk, command, sender=BEN)

    assert (mail.state, plan(desk)) == ("held", before)
    assert "may do that" in answer(desk)


def test_who_leads_one_launch_steers_that_one(store: Store) -> None:
    desk = a_launch(store, file=ALONE.replace("knowledge =", 'roles = { hypercare_lead = "ben" }\nknowledge ='))

    mail = write(desk, "#extend acme/hr 7d the import is late", sender=BEN)

    assert (mail.outcome, local(desk, Phase.HYPERCARE)) == ("suppress", "2027-04-07 00:00")


def test_two_mails_of_one_second_are_two_changes(store: Store) -> None:
    desk = a_launch(store)

    first = write(desk, "#extend acme/hr 7d the import is late")
    second = write(desk, "#extend acme/hr 1d and the tests")

    assert [each.outcome for each in (first, second)] == ["suppress", "suppress"]
    assert local(desk, Phase.HYPERCARE) == "2027-04-08 00:00"


def test_all_or_nothing(store: Store) -> None:
    desk = a_launch(store)
    before = plan(desk)

    mail = write(desk, "#extend acme/hr 7d late\n#resume acme/hr")

    assert (mail.state, plan(desk), recorded(desk, "plan")) == ("held", before, [])


def test_two_commands_of_one_mail_are_two_changes(store: Store) -> None:
    desk = a_launch(store)

    mail = write(desk, "#pause acme/hr\n#resume acme/hr")

    assert mail.outcome == "suppress"
    assert [each.kind.value for each in plan(desk).events] == ["pause", "resume"]
    assert len(answer(desk).splitlines()) == 2


# Shorter


def test_a_lead_ends_hypercare_after_a_whole_business_day_where_the_gate_passes(store: Store) -> None:
    desk = a_launch(store)

    write(desk, "#exit acme/hr all is calm")
    desk.wait(days=10)

    assert local(desk, Phase.HYPERCARE) == "2027-03-24 00:00"
    assert local(desk, Phase.TRANSITION) == "2027-05-30 00:00"
    assert recorded(desk, "gate") == []
    (left,) = recorded(desk, "left_early")
    assert (left.detail["score"], "forced" in left.detail) == (95.0, False)
    assert [each.detail["to"] for each in recorded(desk, "phase")] == ["hypercare", "transition"]


def test_a_lead_cannot_end_it_while_something_stands_against_it(store: Store) -> None:
    desk = a_launch(store)
    desk.receive(a_mail(subject="Payroll totals are wrong", body="We are blocked.", headers=vouched("m@acme.example")))

    mail = write(desk, "#exit acme/hr all is calm")

    assert mail.state == "held"
    assert "G2 is not met T-1001" in answer(desk)
    assert "a manager may end it all the same" in answer(desk)
    assert local(desk, Phase.HYPERCARE) == "2027-03-31 00:00"


def test_a_manager_ends_it_all_the_same(store: Store) -> None:
    desk = a_launch(store)
    desk.receive(a_mail(subject="Payroll totals are wrong", body="We are blocked.", headers=vouched("m@acme.example")))

    write(desk, "#exit acme/hr the client wishes it", sender=DANA)

    assert local(desk, Phase.HYPERCARE) == "2027-03-24 00:00"
    assert "Against: G2 is not met T-1001" in answer(desk)
    assert recorded(desk, "left_early")[0].detail["forced"] is True


def test_a_lead_waits_for_half_of_the_planned_days(store: Store) -> None:
    desk = a_launch(store, at=datetime(2027, 3, 15, 9, tzinfo=UTC))

    early = write(desk, "#exit acme/hr all is calm")
    said = answer(desk)
    desk.wait(days=1)
    late = write(desk, "#exit acme/hr all is calm")

    assert (early.state, "only 47% of its planned days" in said) == ("held", True)
    assert late.outcome == "suppress"


def test_an_exit_over_a_weekend_waits_for_the_next_business_day(store: Store) -> None:
    desk = a_launch(store, at=datetime(2027, 3, 19, 15, tzinfo=UTC))

    write(desk, "#exit acme/hr all is calm")

    assert local(desk, Phase.HYPERCARE) == "2027-03-23 00:00"


# Paused and resumed


def test_a_pause_stops_the_days_and_moves_what_comes(store: Store) -> None:
    desk = a_launch(store)

    write(desk, "#pause acme/hr")
    desk.wait(days=14)
    paused = plan(desk)
    write(desk, "#resume acme/hr")

    assert (paused.day_index(desk.now), paused.phase_at(desk.now)) == (21, Phase.HYPERCARE)
    assert (local(desk, Phase.HYPERCARE), local(desk, Phase.TRANSITION)) == ("2027-04-14 00:00", "2027-06-13 00:00")
    assert recorded(desk, "gate") == []
    desk.wait(days=10)
    assert [each.at for each in recorded(desk, "gate")] == [datetime(2027, 4, 13, 10, tzinfo=UTC)]


# Back


def test_a_relapse_opens_a_week_of_hypercare_with_a_gate_of_its_own(store: Store) -> None:
    desk = a_launch(store, at=datetime(2027, 4, 5, 9, tzinfo=UTC))

    write(desk, "#relapse acme/hr two outages")
    desk.wait(days=9)

    assert [each.detail["to"] for each in recorded(desk, "phase")] == [
        "hypercare",
        "transition",
        "hypercare",
        "transition",
    ]
    assert [each.at for each in recorded(desk, "gate")][1:] == [datetime(2027, 4, 9, 10, tzinfo=UTC)]


def test_a_relapse_comes_within_thirty_days(store: Store) -> None:
    desk = a_launch(store, at=datetime(2027, 5, 3, 9, tzinfo=UTC))

    mail = write(desk, "#relapse acme/hr two outages")

    assert (mail.state, "more than 30 days ago" in answer(desk)) == ("held", True)


def test_golive_moves_what_has_not_come(store: Store) -> None:
    desk = a_launch(store, at=EVE)

    write(desk, "#golive acme/hr 2027-03-08 07:30")

    assert local(desk, Phase.PRE_LIVE) == "2027-03-08 07:30"


def test_golive_rolls_back_what_has_come(store: Store) -> None:
    desk = a_launch(store)
    desk.receive(a_mail(subject="Payroll totals are wrong", body="We are blocked.", headers=vouched("m@acme.example")))
    due = desk.due("RES")

    write(desk, "#golive acme/hr 2027-04-12T06:00")
    desk.wait(days=30)

    told = [(each.detail["to"], each.at) for each in recorded(desk, "phase")]
    assert told[1:] == [("pre_live", MONDAY), ("hypercare", datetime(2027, 4, 12, 4, tzinfo=UTC))]
    assert recorded(desk, "phase")[1].detail["open_tickets"][0]["ticket"] == "T-1001"
    assert desk.due("RES") == due
    assert local(desk, Phase.HYPERCARE) == "2027-05-12 00:00"


# Facts


def test_the_receiving_lead_accepts(store: Store) -> None:
    desk = a_launch(store, at=datetime(2027, 5, 20, 9, tzinfo=UTC))

    refused = write(desk, "#accept acme/hr")
    accepted = write(desk, "#accept acme/hr all is known", sender=CHEN)

    assert (refused.state, accepted.outcome) == ("held", "suppress")
    assert [(each.actor, each.detail) for each in recorded(desk, "accepted")] == [("chen", {"text": "all is known"})]
    assert "accepted by Chen Wei" in answer(desk)


def test_nothing_is_accepted_where_nothing_is_handed_over(store: Store) -> None:
    desk = a_launch(store, at=EVE)

    mail = write(desk, "#accept acme/hr", sender=CHEN)

    assert (mail.state, "nothing is handed over" in answer(desk)) == ("held", True)


def test_a_cadence_is_kept_with_the_phase_in_which_it_ends(store: Store) -> None:
    desk = a_launch(store, at=datetime(2027, 4, 5, 9, tzinfo=UTC))

    write(desk, "#cadence acme/hr biweekly")

    assert [each.detail for each in recorded(desk, "cadence")] == [{"cadence": "biweekly", "phase": "transition"}]


def test_the_configuration_record_takes_lines(store: Store) -> None:
    desk = a_launch(store)

    write(desk, "#config acme/hr  approval   steps = 2 of 3\n#config acme/hr Currency = EUR")

    assert [(each.detail["key"], each.detail["value"]) for each in recorded(desk, "config")] == [
        ("approval steps", "2 of 3"),
        ("Currency", "EUR"),
    ]


def test_on_a_ticket_its_launch_is_meant_where_none_is_named(store: Store) -> None:
    desk = a_launch(store)
    desk.receive(a_mail(subject="Currency?", headers=vouched("mara@acme.example")))

    write(desk, "#config Currency = EUR", to=desk.note_address(agent="ana@desk.example"))

    assert [each.detail["key"] for each in recorded(desk, "config")] == ["Currency"]


# Asked


def test_ready_answers_with_the_gate_as_it_stands(store: Store) -> None:
    desk = a_launch(store)
    desk.receive(a_mail(subject="Payroll totals are wrong", body="We are blocked.", headers=vouched("m@acme.example")))
    desk.wait(hours=1)

    write(desk, "#ready acme/hr", sender=BEN)

    said = answer(desk)
    assert "Acme HR · hypercare ends Wed 31 March 2027 00:00 · score 60 of 75 · NOT READY" in said
    assert "G2 open high 1 ✗ T-1001" in said
    assert "first answers 0 % 0/20" in said
    assert "The gate decides on Tue 30 March 12:00 (Europe/Berlin)." in said
    assert "To pass: resolve T-1001; 15 points more" in said


def test_ready_says_so_where_no_gate_comes(store: Store) -> None:
    desk = a_launch(store, at=EVE)

    write(desk, "#ready acme/hr")

    assert "no gate is before it" in answer(desk)


# The gate failed once too often


def stuck(store: Store) -> DeskDriver:
    """Return a launch whose gate has failed three times."""
    desk = a_launch(store, file=ALONE.replace("knowledge =", 'blockers = ["the audit"]\nknowledge ='))
    desk.wait(days=30)
    return desk


def test_only_the_manager_says_how_a_phase_that_stays_goes_on(store: Store) -> None:
    desk = stuck(store)

    lead = write(desk, "#extend acme/hr 7d one more week")
    said = answer(desk)
    manager = write(desk, "#extend acme/hr 7d one more week", sender=DANA)

    assert (lead.state, "its manager says how it goes on" in said) == ("held", True)
    assert manager.outcome == "suppress"
    assert local(desk, Phase.HYPERCARE) == "2027-04-28 00:00"


def test_the_manager_ends_a_phase_that_stays(store: Store) -> None:
    desk = stuck(store)

    write(desk, "#exit acme/hr the audit is waived", sender=DANA)
    desk.wait(days=5)

    assert local(desk, Phase.HYPERCARE) == "2027-04-23 00:00"
    assert recorded(desk, "phase")[-1].detail["to"] == "transition"


def test_the_past_stays_as_it_was_after_any_command(store: Store) -> None:
    desk = a_launch(store, at=datetime(2027, 4, 5, 9, tzinfo=UTC))
    moments = [EVE + timedelta(days=day, hours=7) for day in range(39)]
    before = [plan(desk).phase_at(moment) for moment in moments]

    for command in ("#pause acme/hr", "#resume acme/hr", "#relapse acme/hr", "#golive acme/hr 2027-06-01"):
        write(desk, command)
        desk.wait(hours=30)

    assert [plan(desk).phase_at(moment) for moment in moments] == before
    assert len(plan(desk).events) == 4
