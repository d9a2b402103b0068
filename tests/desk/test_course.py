"""Letters to clients on how a matter goes on: calls, nudges, wishes, merges."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver, asking_its_server, vouched
from tests.factories import DESK, a_mail

from ticketbot.clock import FixedClock
from ticketbot.store.database import Store

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
AINO = "aino@borealis.example"
NILS = "nils@corvus.example"
WISH: dict[str, Any] = {"subject": "Feature request: notice period", "body": "Could you add a field?"}
WITH_TRAINS = DESK + "\n[releases]\ntrains = [2027-03-11, 2027-04-08, 2027-05-13]\n"


def a_house(store: Store, **fields: Any) -> DeskDriver:
    return DeskDriver(store, mailboxes=asking_its_server(), **fields)


def order(desk: DeskDriver, body: str, *, subject: str = "Where is the report?", sender: str = BEN) -> None:
    """Let one of our people write a command mail."""
    desk.receive(a_mail(sender=sender, subject=subject, body=body, headers=vouched(sender)))


def answer(desk: DeskDriver, body: str, *, sender: str = BEN, number: int = 1001) -> None:
    agent = sender.partition("<")[2].rstrip(">")
    desk.sleep(minutes=3)
    address = desk.answer_address(number, agent=agent)
    desk.receive(a_mail(sender=sender, to=address, body=body, headers=vouched(sender)))


# Calls


def test_a_caller_reads_what_was_noted_and_by_when_they_hear_more(store: Store) -> None:
    desk = a_house(store)

    order(desk, "#call mara@acme.example\n#sev 2\n\nTwo sites cannot plan.", subject="Interviews broken")

    letter = desk.letter("CALL_RECEIPT")
    values = letter.draft["values"]
    assert desk.codes()[:2] == ["CALL_RECEIPT mara", "NEW ana"]
    assert (values["text"], values["author"], values["next_update_at"]) == (
        "Two sites cannot plan.",
        "Ben",
        "2027-03-02T10:00:00Z",
    )
    assert (letter.draft["reply_to"], letter.draft["in_reply_to"]) == (desk.client_address(), None)


def test_an_answer_to_a_call_receipt_is_a_step_in_the_ticket(store: Store) -> None:
    desk = a_house(store)
    order(desk, "#call mara@acme.example\n\nTwo sites cannot plan.")
    receipt = desk.letter("CALL_RECEIPT")

    desk.receive(a_mail(to=receipt.draft["reply_to"], body="Three sites.", headers=vouched("mara@acme.example")))

    assert [message.new_text for message in desk.messages()] == ["Two sites cannot plan.", "Three sites."]


# Nudges


@pytest.mark.parametrize(
    ("address", "level"),
    [("mara@acme.example", None), (AINO, 2), (NILS, 3)],
    ids=["hypercare", "transition", "standard"],
)
def test_who_reached_us_by_another_way_is_nudged_as_the_phase_has_it(
    store: Store, address: str, level: int | None
) -> None:
    desk = a_house(store)

    order(desk, f"#for {address}\n\nWhere is the report?")

    nudges = desk.letters("NUDGE")
    assert [each.draft["values"]["level"] for each in nudges] == ([level] if level is not None else [])
    assert desk.codes()[0].startswith("ACK")


@pytest.mark.parametrize(("days", "nudges"), [(6, 1), (7, 2)])
def test_nobody_is_nudged_twice_within_a_week(store: Store, days: int, nudges: int) -> None:
    desk = a_house(store)
    order(desk, f"#for {AINO}\n\nWhere is the report?")
    desk.sleep(days=days)

    order(desk, f"#for {AINO}\n\nAnd where is the other one?", subject="The other report")

    assert len(desk.letters("NUDGE")) == nudges


@pytest.mark.parametrize(
    "body",
    [f"#call {AINO}\n#sev 2\n\nIt stopped.", f"#for {AINO}\n\nNobody can log in, all users are blocked."],
    ids=["a call that could not wait", "what presses"],
)
def test_nobody_is_nudged_while_something_presses(store: Store, body: str) -> None:
    desk = a_house(store)

    order(desk, body, subject="Trouble")

    assert desk.letters("NUDGE") == []


def test_a_light_call_is_a_reason_to_nudge(store: Store) -> None:
    desk = a_house(store)

    order(desk, f"#call {AINO}\n#sev 4\n\nWhere is the report?")

    nudge = desk.letter("NUDGE").draft
    assert (nudge["values"]["is_call"], nudge["values"]["author"]) == (True, "Ben")
    assert desk.codes()[0] == "CALL_RECEIPT aino"


def test_a_nudge_names_the_urgent_way(store: Store) -> None:
    desk = a_house(store)

    order(desk, f"#for {NILS}\n\nWhere is the report?")

    assert desk.letter("NUDGE").draft["values"]["urgent_address"] == "urgent@desk.example"


def test_letters_about_a_mail_that_was_passed_on_do_not_hang_below_our_own(store: Store) -> None:
    desk = a_house(store)

    order(desk, f"#for {NILS}\n\nWhere is the report?")

    ack, nudge = desk.letter("ACK"), desk.letter("NUDGE")
    assert (ack.draft["in_reply_to"], nudge.draft["in_reply_to"]) == (None, ack.message_id)


# Wishes


def test_a_wish_is_told_its_window_and_train(store: Store) -> None:
    desk = a_house(store, file=WITH_TRAINS)

    desk.receive(a_mail(**WISH, headers=vouched("mara@acme.example")))

    window = desk.letter("ENH").draft["values"]["window"]
    assert desk.codes() == ["ACK mara", "NEW ana", "NEW ben", "ENH mara"]
    assert window == {
        "earliest": "2027-04-01",
        "latest": "2027-04-16",
        "train": "2027-04-08",
        "is_within": True,
        "days": [30, 45],
    }


@pytest.mark.parametrize(
    ("at", "train", "is_within"),
    [
        (datetime(2027, 3, 9, 9, tzinfo=UTC), "2027-04-08", True),
        (datetime(2027, 3, 10, 9, tzinfo=UTC), "2027-05-13", False),
        (datetime(2027, 4, 20, 9, tzinfo=UTC), None, False),
    ],
    ids=["on the last day", "a day too late", "no train any more"],
)
def test_where_no_train_lies_in_the_window_the_next_is_named(
    store: Store, at: datetime, train: str | None, *, is_within: bool
) -> None:
    desk = a_house(store, file=WITH_TRAINS, clock=FixedClock(at))

    desk.receive(a_mail(**WISH, headers=vouched("mara@acme.example")))

    window = desk.letter("ENH").draft["values"]["window"]
    assert (window["train"], window["is_within"]) == (train, is_within)


@pytest.mark.parametrize(("on", "told"), [("2027-04-08", 1), ("2027-05-13", 2)])
def test_a_wish_is_told_its_date_again_only_when_it_changes(store: Store, on: str, told: int) -> None:
    desk = a_house(store, file=WITH_TRAINS)
    desk.receive(a_mail(**WISH, headers=vouched("mara@acme.example")))

    answer(desk, f"#release {on}\n\nAccepted.")

    letters = desk.letters("ENH")
    assert len(letters) == told
    assert letters[-1].draft["values"]["window"]["train"] == on
    assert letters[-1].draft["values"]["is_change"] is (told == 2)
    assert letters[-1].draft["values"]["had_date"] is (told == 2)


def test_a_wish_without_a_date_is_told_its_first_one_as_such(store: Store) -> None:
    desk = a_house(store)
    desk.receive(a_mail(**WISH, headers=vouched("mara@acme.example")))

    answer(desk, "#release 2027-05-13\n\nAccepted.")

    values = desk.letters("ENH")[-1].draft["values"]
    assert (values["window"]["train"], values["is_change"], values["had_date"]) == ("2027-05-13", True, False)


def test_what_turns_out_to_be_a_wish_is_told_so(store: Store) -> None:
    desk = a_house(store, file=WITH_TRAINS)
    desk.receive(a_mail(subject="How do I see the notice period?", headers=vouched("mara@acme.example")))

    answer(desk, "#kind enhancement\n\nThat is not there yet, but a good idea.")

    assert desk.letter("ENH").draft["values"]["is_change"] is False


# Merges


def two_tickets(store: Store) -> DeskDriver:
    desk = a_house(store)
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    jonas = "Jonas Weber <jonas@acme.example>"
    desk.receive(a_mail(sender=jonas, subject="No report", body="Why?", headers=vouched("jonas@acme.example")))
    return desk


def test_whose_ticket_goes_on_elsewhere_is_told_so(store: Store) -> None:
    desk = two_tickets(store)
    before = desk.letters()

    answer(desk, "#merge T-1001", sender=ANA, number=1002)

    letter = desk.letter("MERGED")
    assert sorted(desk.codes(since=before)) == ["CMD ana", "MERGED jonas"]
    assert letter.draft["values"]["into"]["number"] == 1001
    assert letter.draft["reply_to"] == desk.client_address(1001)


def test_where_no_client_asked_nobody_is_told_of_a_merge(store: Store) -> None:
    desk = two_tickets(store)
    with store.work() as work:
        alert = work.tickets.get(1002)
        alert.channel, alert.requester_address = "alert", "monitor@acme.example"
    before = desk.letters()

    answer(desk, "#merge T-1001", sender=ANA, number=1002)

    assert desk.codes(since=before) == ["CMD ana"]


# Releases


def test_a_release_that_is_out_is_proposed_to_be_shown_once_with_all_that_it_brought(store: Store) -> None:
    desk = a_house(store, file=WITH_TRAINS)
    for subject in ("Feature request: notice period", "Feature request: dark colours"):
        desk.receive(a_mail(subject=subject, body="Could you add it?", headers=vouched("mara@acme.example")))
    for number in (1001, 1002):
        answer(desk, "#release 2027-04-08\n\nAccepted.", number=number)
    desk.sleep(days=37)

    for number in (1001, 1002):
        answer(desk, "#shipped\n\nIt is live.", number=number)

    letter = desk.letter("WEBINAR").draft
    assert [each.reader for each in desk.letters("WEBINAR")] == ["ana@desk.example"]
    assert [each["number"] for each in letter["values"]["tickets"]] == [1001, 1002]
    assert (letter["values"]["released_on"], len(letter["values"]["slots"])) == ("2027-04-08", 3)
    assert len(desk.letters("ENH")) == 2


# Monitors


def an_alert(store: Store) -> DeskDriver:
    desk = a_house(store)
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    with store.work() as work:
        alert = work.tickets.get(1001)
        alert.channel, alert.requester_address = "alert", "monitor@acme.example"
        for each in work.tickets.participants(alert.id):
            work.register.leave(alert.id, each.address)
    return desk


def test_words_on_what_a_monitor_reported_go_to_nobody_and_count_as_an_answer(store: Store) -> None:
    desk = an_alert(store)
    before = desk.letters()

    answer(desk, "#resolve\n\nReloaded.")

    assert [each for each in desk.codes(since=before) if "INCIDENT" not in each] == []
    assert (desk.ticket().state, desk.clocks()["FR", 1].is_met) == ("resolved", True)


def test_whom_staff_let_in_reads_what_is_written_on_a_monitors_ticket(store: Store) -> None:
    desk = an_alert(store)

    answer(desk, "#cc jonas@acme.example\n\nWe reload.")

    assert desk.letter("RELAY_OUT").to == ["jonas@acme.example"]
