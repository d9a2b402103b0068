"""The guide: commands for our people by role, and what hypercare means for a client who asks."""

import pytest
from tests.desk.acts import CHEN, note, opened
from tests.desk.driver import DeskDriver
from tests.factories import a_mail, a_mail_with_attachment

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def examples(desk: DeskDriver) -> set[str]:
    groups = desk.letter("HELP").draft["values"]["groups"]
    return {order["example"].partition(" ")[0] for group in groups for order in group["orders"]}


def test_help_lists_the_commands_that_are_open_to_its_reader(store: Store) -> None:
    desk = opened(store)

    note(desk, "#help")
    of_ben = examples(desk)
    note(desk, "#help", sender=CHEN)

    assert {"#take", "#undo", "#why"} <= of_ben <= examples(desk)
    assert desk.letter("HELP").reader == "chen@desk.example"
    assert desk.letters("CMD") == []


@pytest.mark.parametrize("subject", ["help", "Hypercare", "HELP!", "Hilfe", "Re: help", "hypercare?"])
@on_sqlite
def test_a_client_who_asks_for_the_guide_gets_their_own_plan(store: Store, subject: str) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(subject=subject, body="What is hypercare and what can I expect?"))

    guide = desk.letter("HELP").draft
    course = guide["values"]["courses"][0]
    assert (mail.outcome, desk.codes(), desk.tickets()) == ("suppress", ["HELP mara"], [])
    assert (course["name"], course["phase"]["phase"]) == ("Acme HR", "hypercare")
    assert (course["hypercare_ends_at"], course["transition_ends_at"]) == (
        "2027-03-30T21:59:59Z",
        "2027-05-29T22:00:00Z",
    )
    assert len(course["included"]) == 5
    assert (guide["values"]["urgent_address"], guide["values"]["reader"]["name"]) == (
        "urgent@desk.example",
        "Mara Lind",
    )


@on_sqlite
def test_an_empty_mail_with_such_a_subject_is_only_asking(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(subject="help", body=""))

    assert desk.codes() == ["HELP mara"]


@on_sqlite
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(a_mail(subject="help", body="Nobody can log in since this morning."), id="trouble"),
        pytest.param(a_mail(subject="help", body="Please give Tom access to payroll"), id="a request"),
        pytest.param(a_mail(subject="help", body="my list is odd"), id="few words of something else"),
        pytest.param(a_mail(subject="help", body="What is hypercare? " + "word " * 20), id="many words"),
        pytest.param(a_mail_with_attachment(subject="help", body=""), id="a file"),
    ],
)
def test_a_call_for_help_that_says_what_is_wrong_is_a_ticket_too(store: Store, raw: bytes) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(raw)

    assert mail.outcome == "ticket"
    assert desk.codes()[:2] == ["HELP mara", "ACK mara"]


@on_sqlite
def test_a_call_for_help_on_the_urgent_line_is_always_a_ticket(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(to="urgent@desk.example", subject="help", body=""), mailbox="urgent")

    assert mail.outcome == "ticket"


@on_sqlite
def test_strangers_get_no_guide(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(sender="eve@nowhere.example", subject="help", body=""))

    assert (mail.outcome, desk.letters("HELP")) == ("triage", [])


@on_sqlite
def test_nobody_gets_the_guide_more_than_five_times_an_hour(store: Store) -> None:
    desk = DeskDriver(store)

    for number in range(8):
        desk.receive(a_mail(subject="help", body="help " * (number + 1)))

    assert len(desk.letters("HELP")) == 5


@on_sqlite
def test_an_answer_on_a_ticket_called_help_is_no_question_for_the_guide(store: Store) -> None:
    desk = opened(store)

    desk.receive(a_mail(to=desk.client_address(), subject="help", body=""))

    assert desk.letters("HELP") == []


@on_sqlite
def test_a_client_without_a_launch_is_told_how_to_reach_us(store: Store) -> None:
    desk = DeskDriver(store)
    with store.work() as work:
        for launch in work.desk.launches():
            launch.is_active = False

    desk.receive(a_mail(subject="help", body=""))

    assert desk.letter("HELP").draft["values"]["courses"] == []


@on_sqlite
def test_a_client_in_standard_support_is_promised_what_is_theirs_now(store: Store) -> None:
    desk = DeskDriver(store)
    desk.sleep(days=400)

    desk.receive(a_mail(subject="help", body=""))

    [course] = desk.letter("HELP").draft["values"]["courses"]
    assert course["phase"]["phase"] == "standard"
    assert (course["included"], course["excluded"]) == ([], [])
    assert [each["priority"] for each in course["promises"]] == ["P1", "P2", "P3", "P4"]
