"""Out of sight: snoozed tickets, people who are away, senders who are heard no more; and tickets that a team has."""

from datetime import UTC, datetime

import pytest
from tests.desk.acts import answer, note, opened, refused
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.reports.tickets import ticket_json
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def write(desk: DeskDriver, body: str, *, sender: str = BEN) -> None:
    """Let one of our people write a command mail that our server vouches for."""
    address = sender.partition("<")[2].rstrip(">")
    desk.receive(a_mail(sender=sender, subject="a word", body=body, headers=vouched(address)))


def test_a_snoozed_ticket_is_out_of_sight_until_its_morning_and_its_clocks_run_on(store: Store) -> None:
    desk = opened(store)
    clocks = {name: clock.memory for name, clock in desk.clocks().items()}

    note(desk, "#snooze 2d")

    assert desk.ticket().snoozed_until == datetime(2027, 3, 3, 23, tzinfo=UTC)
    assert {name: clock.memory for name, clock in desk.clocks().items()} == clocks


def test_a_snoozed_ticket_is_back_when_the_client_writes(store: Store) -> None:
    desk = opened(store)
    note(desk, "#snooze 2d")

    desk.receive(a_mail(to=desk.client_address(), body="Any news?"))

    assert desk.ticket().snoozed_until is None


@on_sqlite
def test_snoozing_until_a_day_that_is_past_is_refused(store: Store) -> None:
    desk = opened(store)

    note(desk, "#snooze 2027-03-01")

    assert "not to come" in refused(desk)
    assert desk.ticket().snoozed_until is None


def test_whoever_is_away_is_passed_over_until_they_are_back(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    before = desk.letters()

    write(desk, "#away until fri")
    desk.receive(a_mail(subject="Another", body="matter", headers=vouched("mara@acme.example")))
    while_away = desk.codes(since=before)
    before = desk.letters()
    desk.sleep(days=4)
    desk.receive(a_mail(subject="A third", body="matter of mine", headers=vouched("mara@acme.example")))

    assert [each for each in while_away if "INCIDENT" not in each] == ["CMD ben", "ACK mara", "NEW ana"]
    assert "NEW ben" in desk.codes(since=before)


@on_sqlite
def test_what_comes_for_an_owner_who_is_away_goes_to_the_others(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take", headers=vouched("ben@desk.example")))
    write(desk, "#away until 3d")
    before = desk.letters()

    desk.receive(a_mail(to=desk.client_address(), body="And?", headers=vouched("mara@acme.example")))

    assert desk.codes(since=before) == ["RELAY_IN ana"]
    assert desk.owner() == "ben"


@on_sqlite
def test_who_is_away_until_today_is_back(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    write(desk, "#away until fri")

    write(desk, "#away until today")

    with store.look() as work:
        ben = work.desk.agent("ben")
        assert ben is not None
        assert ben.away_until is None


@on_sqlite
def test_nobody_is_away_into_the_past(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    write(desk, "#away until 2027-02-01")

    assert "is past" in refused(desk)


@on_sqlite
def test_where_everybody_is_away_somebody_is_told_all_the_same(store: Store) -> None:
    desk = opened(store)
    with store.work() as work:
        for person in work.desk.roster():
            person.away_until = datetime(2027, 4, 1, tzinfo=UTC)
    before = desk.letters()

    desk.receive(a_mail(subject="Another", body="matter"))

    assert {"NEW ana", "NEW ben"} <= set(desk.codes(since=before))


def test_a_team_that_has_a_ticket_hears_of_it_until_a_person_takes_it(store: Store) -> None:
    desk = opened(store)
    note(desk, "#assign team:standard")
    before = desk.letters()
    desk.receive(a_mail(to=desk.client_address(), body="And?"))
    to_the_team = desk.codes(since=before)
    with store.look() as work:
        shown = ticket_json(work, work.tickets.get(1001), is_whole=False)["owner"]

    note(desk, "#take", sender="Chen Wei <chen@desk.example>")

    assert (to_the_team, shown) == (["RELAY_IN chen"], "team:standard")
    assert (desk.owner(), desk.ticket().owner_team) == ("chen", None)


def test_a_blocked_sender_is_heard_no_more(store: Store) -> None:
    desk = opened(store)

    note(desk, "#block spam.example")
    mail = desk.receive(a_mail(sender="eve@spam.example"))

    assert (mail.outcome, mail.reason) == ("suppress", "blocked: the sender is blocked")


@on_sqlite
@pytest.mark.parametrize(
    ("party", "why"),
    [
        ("desk.example", "is one of ours"),
        ("ben@desk.example", "is one of ours"),
        ("mara@acme.example", "is a client's"),
        ("acme.example", "is a client's"),
        ("freelancer@gmail.com", "is a client's"),
        ("gmail.com", "a provider that everybody uses"),
    ],
)
def test_nobody_blocks_us_or_a_client_by_one_line(store: Store, party: str, why: str) -> None:
    desk = opened(store)

    note(desk, f"#block {party}")

    assert why in refused(desk)
    with store.look() as work:
        assert work.desk.blocked() == set()


@on_sqlite
def test_an_answer_takes_the_ticket_from_its_team(store: Store) -> None:
    desk = opened(store)
    note(desk, "#assign team:standard")

    answer(desk, "On it.")

    assert desk.owner() == "ben"
