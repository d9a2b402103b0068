"""Monitors' mail: red opens one ticket, repeats join it, green is noted, and nothing is answered."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import DESK, a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import InboxMail

FILE = (
    DESK
    + """
[launches."acme/hr".monitors.payroll-sync]
group = "integration"
subject = '^(?P<state>CRITICAL|OK) (?P<monitor>[\\w-]+):'
severity = { CRITICAL = 2 }
"""
)
SENDER = "Nagios <nagios@monitoring.example>"


def on_watch(store: Store) -> DeskDriver:
    return DeskDriver(store, file=FILE)


def alert(desk: DeskDriver, subject: str, *, sender: str = SENDER, headers: dict[str, str] | None = None) -> InboxMail:
    raw = a_mail(sender=sender, to="alerts@desk.example", subject=subject, body="See the log.", headers=headers)
    return desk.receive(raw, mailbox="alerts")


def states(desk: DeskDriver) -> list[tuple[str, str]]:
    with desk.store.look() as work:
        return [(each.detail["monitor"], each.detail["state"]) for each in work.tickets.events_named("monitor")]


def test_a_red_monitor_opens_a_ticket_of_its_launch_that_staff_see_and_nobody_else(store: Store) -> None:
    desk = on_watch(store)

    mail = alert(desk, "CRITICAL payroll-sync: 3 records failed")

    ticket = desk.ticket()
    assert (mail.outcome, ticket.kind, ticket.severity, ticket.priority) == ("ticket", "alert", "S2", "P2")
    assert ticket.priority_reasons[0].startswith("P2 = S2")
    assert {code.partition(" ")[0] for code in desk.codes()} == {"NEW", "INCIDENT"}
    assert not desk.letters(to="nagios@monitoring.example")
    assert states(desk) == [("payroll-sync", "red")]


def test_repeats_join_the_open_ticket_and_green_is_noted_on_it(store: Store) -> None:
    desk = on_watch(store)
    alert(desk, "CRITICAL payroll-sync: 3 records failed")
    before = desk.letters()

    again = alert(desk, "CRITICAL payroll-sync: 5 records failed")
    green = alert(desk, "OK payroll-sync: recovered")

    assert [each.outcome for each in (again, green)] == ["append", "append"]
    assert len(desk.tickets()) == 1
    assert desk.ticket().state == "new"
    assert len(desk.messages()) == 3
    assert desk.codes(since=before) == []
    assert states(desk) == [("payroll-sync", "red"), ("payroll-sync", "red"), ("payroll-sync", "green")]


def merged_into_a_clients(desk: DeskDriver) -> None:
    """Let an alert become part of what a client wrote of the same trouble: T-1001 of T-1002."""
    alert(desk, "CRITICAL payroll-sync: 3 records failed")
    desk.receive(a_mail(subject="Payroll is missing", body="It fails.", headers=vouched("mara@acme.example")))
    desk.receive(
        a_mail(
            sender=BEN,
            to=desk.answer_address(1001),
            subject="Re: alert",
            body="#merge T-1002",
            headers=vouched("ben@desk.example"),
        )
    )


def test_repeats_of_an_alert_that_was_merged_go_where_it_went(store: Store) -> None:
    desk = on_watch(store)
    merged_into_a_clients(desk)

    again = alert(desk, "CRITICAL payroll-sync: 5 records failed")
    alert(desk, "OK payroll-sync: recovered")

    assert desk.ticket(1001).state == "merged"
    assert (again.outcome, len(desk.tickets())) == ("append", 2)
    assert [len(desk.messages(number)) for number in (1001, 1002)] == [2, 3]
    assert states(desk)[-2:] == [("payroll-sync", "red"), ("payroll-sync", "green")]
    assert not [each for each in desk.letters(to="mara@acme.example") if each.code not in ("ACK", "MERGED")]


def test_red_after_what_it_was_merged_into_is_settled_opens_another(store: Store) -> None:
    desk = on_watch(store)
    merged_into_a_clients(desk)
    desk.receive(
        a_mail(
            sender=BEN,
            to=desk.answer_address(1002),
            subject="Re: Payroll",
            body="#resolve\n\nIt runs.",
            headers=vouched("ben@desk.example"),
        )
    )

    again = alert(desk, "CRITICAL payroll-sync: 5 records failed")

    assert (again.outcome, desk.ticket(1003).kind) == ("ticket", "alert")


def test_green_without_a_ticket_is_noted_on_the_launch(store: Store) -> None:
    desk = on_watch(store)

    mail = alert(desk, "OK payroll-sync: fine")

    assert (mail.outcome, desk.tickets()) == ("suppress", [])
    assert states(desk) == [("payroll-sync", "green")]


def test_red_after_its_ticket_was_resolved_opens_another(store: Store) -> None:
    desk = on_watch(store)
    alert(desk, "CRITICAL payroll-sync: 3 records failed")
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nRestarted."))

    alert(desk, "CRITICAL payroll-sync: down")

    assert [each.state for each in desk.tickets()] == ["resolved", "new"]


def test_the_promises_of_an_alert_run_from_its_mail(store: Store) -> None:
    desk = on_watch(store)

    alert(desk, "CRITICAL payroll-sync: down")

    assert desk.due("FR") == desk.now + timedelta(minutes=30)
    assert desk.due("RES") == desk.now + timedelta(hours=8)


@pytest.mark.parametrize("subject", ["CRITICAL other-sync: down", "Is anybody there?"])
def test_what_no_monitor_writes_is_left_to_people(store: Store, subject: str) -> None:
    desk = on_watch(store)

    mail = alert(desk, subject)

    assert (mail.state, states(desk)) == ("triage", [])


def test_a_forged_alert_opens_nothing(store: Store) -> None:
    desk = DeskDriver(store, file=FILE, mailboxes=asking_its_server())

    mail = alert(desk, "CRITICAL payroll-sync: down", headers=vouched(SENDER, result="fail"))

    assert (mail.state, desk.tickets(), states(desk)) == ("triage", [], [])


def test_an_alert_that_our_server_does_not_vouch_for_is_not_urgent(store: Store) -> None:
    desk = DeskDriver(store, file=FILE, mailboxes=asking_its_server())

    alert(desk, "CRITICAL payroll-sync: down")

    assert desk.ticket().priority == "P3"


def test_alerts_before_go_live_open_tickets_too(store: Store) -> None:
    desk = on_watch(store)
    desk.clock.instant = datetime(2027, 2, 25, 9, tzinfo=UTC)

    alert(desk, "CRITICAL payroll-sync: down")

    assert (desk.ticket().phase_at_receipt, desk.ticket().priority) == ("pre_live", "P2")
