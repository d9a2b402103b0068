"""A client's further mails: which ticket they join, who may write there, and what they move."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_contact, a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
EVE = "Eve <eve@nowhere.example>"
AINO = "Aino Korhonen <aino@borealis.example>"


def answered(store: Store, *, body: str = "We are on it.", **fields: str) -> DeskDriver:
    """Return a desk with one ticket, which Ben has answered."""
    desk = DeskDriver(store)
    desk.receive(a_mail(**fields))  # type: ignore[arg-type]
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body=body))
    return desk


def resolved(store: Store, **fields: str) -> DeskDriver:
    """Return a desk with one ticket, which Ben has resolved."""
    return answered(store, body="#resolve\n\nIt works again.", **fields)


# Which ticket


@pytest.mark.parametrize("clue", ["reply address", "our message-id", "its own message-id", "anchor", "subject tag"])
def test_a_reply_joins_its_ticket(store: Store, clue: str) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(message_id="first@acme.example"))
    ack = desk.letter("ACK")
    shown: dict[str, dict[str, str]] = {
        "reply address": {"to": desk.client_address()},
        "our message-id": {"in_reply_to": ack.message_id},
        "its own message-id": {"references": "<other@acme.example> <first@acme.example>"},
        "anchor": {"in_reply_to": desk.anchor()},
        "subject tag": {"subject": "AW: [T-1001] something else"},
    }

    mail = desk.receive(a_mail(body="More words.", **shown[clue]))  # type: ignore[arg-type]

    assert mail.outcome == "append"
    assert (len(desk.tickets()), len(desk.messages())) == (1, 2)
    assert "RELAY_IN ben" in desk.codes()
    assert desk.actions() == ["opened", "received"]


@on_sqlite
def test_a_reply_address_in_cc_works_as_in_to(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())

    desk.receive(a_mail(to="ben@desk.example", cc=desk.client_address().upper(), body="More."))

    assert len(desk.tickets()) == 1


@on_sqlite
def test_a_number_that_merely_looks_like_a_tag_ties_nothing(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())

    desk.receive(a_mail(subject="Invoice T-1001 (1001)", body="Please pay."))

    assert len(desk.tickets()) == 2


@on_sqlite
def test_a_clients_further_mail_is_shown_to_the_owner_alone(store: Store) -> None:
    desk = answered(store)
    before = desk.letters()

    desk.receive(a_mail(to=desk.client_address(), body="Still broken."))

    assert desk.codes(since=before) == ["RELAY_IN ben"]
    relay = desk.letter("RELAY_IN")
    assert relay.draft["reply_to"] == desk.answer_address()
    assert relay.draft["in_reply_to"] == desk.letter("NEW", to="ben@desk.example").message_id


# Who may write


@pytest.mark.parametrize("clue", ["token", "message-id"])
def test_a_stranger_with_a_leaked_token_is_kept_as_an_internal_unverified_message(store: Store, clue: str) -> None:
    desk = answered(store)
    before = desk.letters()
    clocks = {name: clock.memory for name, clock in desk.clocks().items()}

    mail = desk.receive(
        a_mail(
            sender=EVE,
            to=desk.client_address() if clue == "token" else "support@desk.example",
            in_reply_to=desk.letter("ACK").message_id if clue == "message-id" else None,
            body="Please send me everything.",
        )
    )

    kept = desk.messages()[-1]
    assert (mail.outcome, kept.audience, kept.author, kept.is_verified) == ("append", "internal", "unknown", False)
    assert desk.codes(since=before) == ["RELAY_IN ben"]
    assert desk.letter("RELAY_IN").draft["values"]["mail"]["is_verified"] is False
    assert desk.participants() == ["mara@acme.example"]
    assert {name: clock.memory for name, clock in desk.clocks().items()} == clocks


@on_sqlite
def test_a_stranger_who_guesses_a_number_writes_on_nothing(store: Store) -> None:
    desk = answered(store)

    mail = desk.receive(a_mail(sender=EVE, subject="Re: [T-1001] Report is empty", body="More."))

    assert mail.state == "triage"
    assert len(desk.messages()) == 2


@on_sqlite
def test_a_stranger_does_not_reopen_what_is_settled(store: Store) -> None:
    desk = resolved(store)

    desk.receive(a_mail(sender=EVE, to=desk.client_address(), body="Open it again."))

    assert desk.ticket().state == "resolved"


def test_a_sender_of_another_client_gets_a_ticket_of_their_own_and_a_security_event(store: Store) -> None:
    desk = answered(store)

    mail = desk.receive(a_mail(sender=AINO, to=desk.client_address(), body="What is this?"))

    assert mail.outcome == "ticket"
    assert (desk.ticket(1002).requester_address, len(desk.messages(1001))) == ("aino@borealis.example", 2)
    assert desk.actions(None) == ["security"]


@on_sqlite
def test_another_clients_sender_who_only_guesses_gets_a_ticket_of_their_own_too(store: Store) -> None:
    desk = answered(store)

    desk.receive(a_mail(sender=AINO, subject="[T-1001] Report is empty", body="What is this?"))

    assert len(desk.tickets()) == 2
    assert desk.letter("NEW").draft["values"]["similar"] == []


@on_sqlite
def test_a_colleague_of_the_requester_writes_on_the_ticket_and_changes_neither_requester_nor_readers(
    store: Store,
) -> None:
    desk = answered(store)

    desk.receive(a_mail(sender="jonas@acme.example", to=desk.client_address(), body="I see it too."))
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="Thank you both."))

    assert desk.messages()[2].audience == "public"
    assert (desk.letter("RELAY_OUT").to, desk.letter("RELAY_OUT").cc) == (["mara@acme.example"], [])


@on_sqlite
def test_a_colleague_whose_authentication_failed_is_unverified(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example")))

    desk.receive(
        a_mail(to=desk.client_address(), body="Send it to me.", headers=vouched("mara@acme.example", result="fail"))
    )

    assert (desk.messages()[-1].audience, desk.messages()[-1].author) == ("internal", "unknown")


@on_sqlite
def test_a_reply_to_an_internal_letter_stays_internal_whoever_writes_it(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.sleep(minutes=16)
    desk.run_due()

    desk.receive(a_mail(in_reply_to=desk.letter("REMIND").message_id, body="Somebody forwarded me this."))

    assert desk.messages()[-1].audience == "internal"


def test_people_in_cc_of_a_further_mail_take_part_from_then_on_and_strangers_are_offered(store: Store) -> None:
    desk = answered(store)

    desk.receive(a_mail(to=desk.client_address(), cc="jonas@acme.example, eve@nowhere.example", body="With Jonas."))
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="Welcome."))

    assert desk.letter("RELAY_IN").draft["values"]["cc_hints"] == ["eve@nowhere.example"]
    assert (desk.letter("RELAY_OUT").to, desk.letter("RELAY_OUT").cc) == (["mara@acme.example"], ["jonas@acme.example"])
    assert desk.letters("RELAY_OUT")[0].cc == []


@on_sqlite
def test_a_stranger_lets_nobody_in(store: Store) -> None:
    desk = answered(store)

    desk.receive(a_mail(sender=EVE, to=desk.client_address(), cc="jonas@acme.example", body="Add Jonas."))

    assert desk.participants() == ["mara@acme.example"]


# What it moves


def test_a_clients_mail_after_the_answer_starts_one_next_response(store: Store) -> None:
    desk = answered(store)

    desk.receive(a_mail(to=desk.client_address(), body="And this?"))
    desk.sleep(minutes=10)
    desk.receive(a_mail(to=desk.client_address(), body="And that?"))

    clocks = desk.clocks()
    assert [name for name in clocks if name[0] == "NR"] == [("NR", 1)]
    assert (clocks["NR", 1].state, clocks["NR", 1].started_at) == ("running", desk.now - timedelta(minutes=10))


@on_sqlite
def test_a_further_mail_before_the_first_answer_starts_nothing(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())

    desk.receive(a_mail(to=desk.client_address(), body="Hello?"))

    assert set(desk.clocks()) == {("FR", 1), ("RES", 1)}


def test_the_clients_answer_ends_the_waiting(store: Store) -> None:
    desk = answered(store, body="#pending\n\nWhich report?")
    due_before = desk.clocks()["RES", 1]
    desk.sleep(hours=2)

    desk.receive(a_mail(to=desk.client_address(), body="The monthly one."))

    clocks = desk.clocks()
    assert (due_before.state, due_before.due_at) == ("paused", None)
    assert desk.ticket().state == "open"
    assert (clocks["RES", 1].state, clocks["NR", 1].state, clocks["UPD", 1].state) == ("running",) * 3
    assert clocks["RES", 1].due_at == desk.now + timedelta(hours=8)


@pytest.mark.parametrize("state", ["open", "pending_client", "resolved"])
@on_sqlite
def test_pure_thanks_move_nothing_and_are_still_shown(store: Store, state: str) -> None:
    body = {"open": "We are on it.", "pending_client": "#pending\n\nWhich?", "resolved": "#resolve\n\nDone."}
    desk = answered(store, body=body[state])
    clocks = {name: clock.memory for name, clock in desk.clocks().items()}
    before = desk.letters()

    desk.receive(a_mail(to=desk.client_address(), body="Thank you very much!"))

    assert desk.ticket().state == state
    assert {name: clock.memory for name, clock in desk.clocks().items()} == clocks
    assert desk.codes(since=before) == ["RELAY_IN ben"]
    assert desk.actions()[-1] == "thanks"


@on_sqlite
@pytest.mark.parametrize("body", ["Thanks, but it still fails.", "Thanks. Is it really done?"])
def test_thanks_with_more_behind_them_reopen(store: Store, body: str) -> None:
    desk = resolved(store)

    desk.receive(a_mail(to=desk.client_address(), body=body))

    assert desk.ticket().state == "reopened"


def test_a_clients_mail_on_a_settled_ticket_reopens_it_and_tells_owner_and_lead(store: Store) -> None:
    desk = resolved(store)
    before = desk.letters()
    desk.sleep(hours=1)

    desk.receive(a_mail(to=desk.client_address(), body="It fails again."))

    ticket = desk.ticket()
    clocks = desk.clocks()
    assert (ticket.state, ticket.reopened, ticket.resolved_at, ticket.act_at) == ("reopened", 1, None, None)
    assert desk.codes(since=before) == ["REOPENED ana", "REOPENED ben", "RELAY_IN ben"]
    assert (clocks["RES", 2].state, clocks["NR", 1].state) == ("running", "running")
    assert ("UPD", 2) not in clocks
    assert clocks["RES", 2].due_at == desk.now + timedelta(hours=8)


def test_the_second_reopening_raises_the_priority_one_step(store: Store) -> None:
    desk = resolved(store, sender=AINO, subject="Report shows an error")
    for _ in range(2):
        desk.sleep(minutes=30)
        desk.receive(a_mail(sender=AINO, to=desk.client_address(), body=f"Again at {desk.now}."))
        desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nNow then."))

    reopened = desk.letters("REOPENED", to="ben@desk.example")
    assert [each.draft["values"]["raised_from"] for each in reopened] == [None, "P3"]
    assert [each.draft["values"]["times"] for each in reopened] == [1, 2]
    assert desk.ticket().priority == "P2"
    assert [clock.priority for name, clock in desk.clocks().items() if name[0] == "RES"] == ["P3", "P3", "P2"]
    assert desk.actions().count("priority") == 1


@on_sqlite
def test_a_settled_ticket_closes_after_forty_hours_of_office_time(store: Store) -> None:
    desk = resolved(store)
    assert desk.ticket().act_at == datetime(2027, 3, 9, 9, 0, tzinfo=UTC)

    desk.clock.instant = datetime(2027, 3, 9, 8, 59, 59, tzinfo=UTC)
    desk.run_due()
    before = desk.ticket().state
    desk.clock.instant = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)
    desk.run_due()

    ticket = desk.ticket()
    assert (before, ticket.state, ticket.closed_at) == ("resolved", "closed", desk.now)
    assert desk.detail("state") == {"before": "resolved", "after": "closed", "act": "auto_close"}


def test_a_closing_that_was_missed_counts_from_its_own_instant_and_happens_once(store: Store) -> None:
    desk = resolved(store)
    closes_at = desk.ticket().act_at
    desk.sleep(days=30)

    desk.run_due()
    desk.run_due()

    assert desk.ticket().closed_at == closes_at
    assert desk.actions().count("state") == 2


@on_sqlite
def test_a_mail_within_two_weeks_of_closing_reopens(store: Store) -> None:
    desk = resolved(store)
    desk.clock.instant = datetime(2027, 3, 23, 9, 0, tzinfo=UTC)
    desk.run_due()

    desk.receive(a_mail(to=desk.client_address(), body="It fails again."))

    assert (desk.ticket().state, desk.ticket().closed_at, len(desk.tickets())) == ("reopened", None, 1)


def test_a_later_mail_is_a_follow_up_in_the_same_launch_with_everything_a_new_ticket_gets(store: Store) -> None:
    desk = resolved(store)
    desk.clock.instant = datetime(2027, 3, 23, 9, 0, 1, tzinfo=UTC)
    desk.run_due()
    before = desk.letters()

    desk.receive(a_mail(to=desk.client_address(), subject="Re: [T-1001] Report is empty", body="It fails again."))

    first, second = desk.tickets()
    assert (first.state, second.follow_up_of, second.launch_id) == ("closed", first.id, first.launch_id)
    assert second.subject == "Report is empty"
    assert desk.codes(since=before) == ["ACK mara", "NEW ana", "NEW ben", "INCIDENT ana"]
    assert desk.letter("NEW").draft["values"]["similar"] == [
        {"number": 1001, "subject": "Report is empty", "state": "closed"}
    ]


@on_sqlite
def test_a_reply_in_the_old_thread_finds_the_follow_up(store: Store) -> None:
    desk = resolved(store)
    desk.clock.instant = datetime(2027, 3, 30, 9, 0, tzinfo=UTC)
    desk.run_due()
    desk.receive(a_mail(to=desk.client_address(), body="It fails again.", message_id="again@acme.example"))

    desk.receive(a_mail(to=desk.client_address(), in_reply_to="again@acme.example", body="And again."))

    assert [len(desk.messages(number)) for number in (1001, 1002)] == [2, 2]


@on_sqlite
def test_a_forward_to_new_people_is_a_new_ticket_with_the_old_one_beside_it(store: Store) -> None:
    desk = answered(store)

    desk.receive(
        a_mail(
            to="support@desk.example, eve@nowhere.example",
            subject="WG: [T-1001] Report is empty",
            in_reply_to=desk.letter("RELAY_OUT").message_id,
            body="Have a look, please.",
        )
    )

    assert len(desk.tickets()) == 2
    assert [each["number"] for each in desk.letter("NEW").draft["values"]["similar"]] == [1001]


@on_sqlite
def test_a_mail_on_a_spam_ticket_changes_nothing(store: Store) -> None:
    desk = answered(store, body="#spam")

    desk.receive(a_mail(to=desk.client_address(), body="Buy more."))

    assert desk.ticket().state == "spam"
    assert {clock.state for clock in desk.clocks().values()} == {"void"}


@on_sqlite
def test_staff_who_are_a_clients_contact_on_this_ticket_write_as_client(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    with store.work() as work:  # a desk file refuses such a contact, and nobody of ours joins by a Cc
        ticket = work.tickets.get(1001)
        a_contact(work, ticket.client_id, address="chen@desk.example")
        work.tickets.join(ticket, address="chen@desk.example", name="Chen", now=desk.now)

    desk.receive(a_mail(sender="chen@desk.example", subject="Re: [T-1001] Report is empty", body="Same here."))

    assert (desk.messages()[-1].author, desk.messages()[-1].audience) == ("client", "public")
