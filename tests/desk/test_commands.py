"""The commands that class, join, release, plan, and open tickets for somebody else."""

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import InboxMail


def a_desk_that_asks(store: Store) -> DeskDriver:
    """Return a desk whose own server says who wrote."""
    return DeskDriver(store, mailboxes=asking_its_server())


def client_writes(desk: DeskDriver, *, subject: str = "Report is empty", body: str = "It is broken.") -> InboxMail:
    return desk.receive(a_mail(subject=subject, body=body, headers=vouched("mara@acme.example")))


def staff_writes(
    desk: DeskDriver, body: str, *, to: str = "support@desk.example", sender: str = BEN, subject: str = "A call"
) -> InboxMail:
    return desk.receive(a_mail(sender=sender, to=to, subject=subject, body=body, headers=vouched("ben@desk.example")))


def staff_answers(desk: DeskDriver, body: str, *, sender: str = BEN, number: int = 1001) -> InboxMail:
    agent = sender.partition("<")[2].rstrip(">")
    return staff_writes(desk, body, to=desk.answer_address(number, agent=agent), sender=sender)


def test_a_logged_call_is_answered_owned_and_of_the_hotline(store: Store) -> None:
    desk = a_desk_that_asks(store)

    mail = staff_writes(desk, "#call jonas@acme.example\n#sev 2", subject="Scheduling broken for two sites")

    ticket = desk.ticket()
    assert mail.outcome == "ticket"
    assert (ticket.channel, ticket.state, ticket.severity, ticket.priority) == ("hotline", "open", "S2", "P1")
    assert ticket.requester_address == "jonas@acme.example"
    assert desk.owner() == "ben"
    assert desk.clocks()["FR", 1].is_met
    assert desk.codes() == ["CALL_RECEIPT jonas", "NEW ana", "NEW ben", "INCIDENT ana"]


def test_a_call_of_nobody_we_know_is_refused_and_opens_nothing(store: Store) -> None:
    desk = a_desk_that_asks(store)

    mail = staff_writes(desk, "#call someone@nowhere.example")

    assert mail.outcome == "reject"
    assert desk.tickets() == []


def test_a_mail_passed_on_is_the_client_s_ticket_and_they_are_acknowledged(store: Store) -> None:
    desk = a_desk_that_asks(store)

    mail = staff_writes(
        desk,
        "#for mara@acme.example\n\nThe import stopped at row 40.",
        subject="Fwd: Import stopped",
    )

    ticket = desk.ticket()
    assert mail.outcome == "ticket"
    assert (ticket.channel, ticket.requester_address, ticket.subject) == (
        "on_behalf", "mara@acme.example", "Import stopped",
    )  # fmt: skip
    assert desk.codes() == ["ACK mara", "NEW ana", "NEW ben", "INCIDENT ana"]


def test_an_enhancement_waits_for_its_release_and_is_told_so(store: Store) -> None:
    desk = a_desk_that_asks(store)
    client_writes(desk, subject="Feature request: notice period", body="Could you add a field?")

    mail = staff_answers(desk, "#release 2027-04-08\n\nAccepted for April.")

    assert mail.outcome == "append"
    assert desk.ticket().state == "pending_release"
    assert desk.letters("RELAY_OUT")


@pytest.mark.parametrize(
    "body",
    ["#release 2027-03-11\n\nSoon.", "#release 2027-03-11 !\n\nSoon.", "#resolve\n\nDone.", "#shipped\n\nIt is out."],
    ids=["before the window", "forced by an engineer", "resolved without a release", "shipped without one"],
)
def test_an_enhancement_does_not_leave_outside_a_release(store: Store, body: str) -> None:
    desk = a_desk_that_asks(store)
    client_writes(desk, subject="Feature request: notice period", body="Could you add a field?")

    mail = staff_answers(desk, body)

    assert mail.outcome == "reject"
    assert (desk.ticket().state, desk.letters("RELAY_OUT")) == ("new", [])


def test_what_a_release_brought_is_resolved(store: Store) -> None:
    desk = a_desk_that_asks(store)
    client_writes(desk, subject="Feature request: notice period", body="Could you add a field?")
    staff_answers(desk, "#release 2027-04-08\n\nAccepted for April.")

    staff_answers(desk, "#shipped\n\nIt is out.")

    assert desk.ticket().state == "resolved"
    assert desk.letters("RESOLVED")


def test_a_worse_severity_raises_at_once_and_a_better_one_needs_words(store: Store) -> None:
    desk = a_desk_that_asks(store)
    client_writes(desk)
    before = desk.ticket().priority

    staff_answers(desk, "#sev 1")
    raised = desk.ticket().priority
    refused = staff_answers(desk, "#sev 4")

    assert (before, raised, refused.outcome) == ("P2", "P1", "reject")


def test_another_kind_voids_what_it_does_not_promise(store: Store) -> None:
    desk = a_desk_that_asks(store)
    client_writes(desk)

    staff_answers(desk, "#kind enhancement\n\nWe take this as a wish.")

    assert (desk.ticket().kind, desk.ticket().priority) == ("enhancement", "P4")
    assert desk.clocks()["RES", 1].state == "void"


def test_a_merged_ticket_goes_on_in_the_other_one(store: Store) -> None:
    desk = a_desk_that_asks(store)
    client_writes(desk)
    client_writes(desk, subject="Report is still empty", body="Again it is broken.")

    mail = staff_answers(desk, "#merge T-1001", number=1002)

    assert mail.outcome == "append"
    assert (desk.ticket(1002).state, desk.ticket(1002).merged_into) == ("merged", desk.ticket(1001).id)
    assert {clock.state for clock in desk.clocks(1002).values()} == {"void"}
    assert desk.letters("CMD", to="ben@desk.example")


def test_tickets_of_two_clients_are_never_merged(store: Store) -> None:
    desk = a_desk_that_asks(store)
    client_writes(desk)
    desk.receive(a_mail(sender="aino@borealis.example", subject="Other", headers=vouched("aino@borealis.example")))

    mail = staff_answers(desk, "#merge T-1001", number=1002)

    assert (mail.outcome, desk.ticket(1002).state) == ("reject", "new")


def test_a_lead_moves_a_go_live_before_it_comes_and_gets_a_receipt(store: Store) -> None:
    desk = a_desk_that_asks(store)

    line = "#launch acme/next go-live=2027-05-03T06:00 customised=yes complexity=low profile=focused14"
    made = staff_writes(desk, line, sender=ANA)
    moved = staff_writes(desk, "#launch acme/next go-live=2027-05-10T06:00", sender=ANA)

    assert [mail.outcome for mail in (made, moved)] == ["suppress", "suppress"]
    assert len(desk.letters("CMD", to="ana@desk.example")) == 2
    with store.look() as work:
        launch = work.desk.launch_named("acme/next")
        assert launch is not None
        assert [event.kind for event in work.desk.plan_events(launch.id)] == ["move_go_live"]


def test_a_lead_gives_hypercare_to_what_is_not_customised_with_a_reason_that_is_kept(store: Store) -> None:
    desk = a_desk_that_asks(store)
    line = "#launch acme/next go-live=2027-05-03T06:00 customised=no profile=focused14 reason=payroll"

    made = staff_writes(desk, line, sender=ANA)
    again = staff_writes(desk, "#launch acme/next profile=command30_90", sender=ANA)

    assert [mail.outcome for mail in (made, again)] == ["suppress", "suppress"]
    with store.look() as work:
        launch = work.desk.launch_named("acme/next")
        assert launch is not None
        assert (launch.profile, launch.settings["reason"]) == ("command30_90", "payroll")


@pytest.mark.parametrize(
    ("sender", "line"),
    [
        (BEN, "#launch acme/next go-live=2027-05-03T06:00"),
        (ANA, "#launch acme/hr go-live=2027-05-03T06:00"),
        (ANA, "#launch acme/next go-live=2027-03-28T02:30"),
        (ANA, "#launch nobody/next go-live=2027-05-03T06:00"),
        (ANA, "#launch acme/next go-live=2027-05-03T06:00 customised=no profile=focused14"),
    ],
    ids=["an engineer", "a live launch", "a wall time in a gap", "an unknown client", "hypercare without a reason"],
)
def test_a_plan_that_cannot_be_is_refused(store: Store, sender: str, line: str) -> None:
    desk = a_desk_that_asks(store)

    assert staff_writes(desk, line, sender=sender).outcome == "reject"
