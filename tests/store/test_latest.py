"""What likeness looks at: the latest tickets, light, and their first words."""

from datetime import timedelta

from tests.desk.driver import DeskDriver
from tests.factories import NOW, a_mail

from ticketbot.store.database import Store


def three_tickets(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(subject="One", body="First words."))
    desk.sleep(hours=1)
    desk.receive(a_mail(subject="Two", body="Other words.", sender="Aino <aino@borealis.example>"))
    desk.sleep(hours=1)
    desk.receive(a_mail(subject="Three", body="Last words."))


def test_the_latest_tickets_are_seen_newest_first_as_far_back_as_asked(store: Store) -> None:
    three_tickets(store)

    with store.look() as work:
        seen = work.readings.latest(since=NOW + timedelta(minutes=1), limit=200)
        fewest = work.readings.latest(since=NOW, limit=1)

    assert [(each.number, each.subject) for each in seen] == [(1003, "Three"), (1002, "Two")]
    assert [each.number for each in fewest] == [1003]


def test_one_clients_latest_tickets_are_seen_alone(store: Store) -> None:
    three_tickets(store)

    with store.look() as work:
        client = work.tickets.get(1001).client_id
        seen = work.readings.latest(since=NOW, limit=200, client_id=client)

    assert [(each.number, each.requester_address) for each in seen] == [
        (1003, "mara@acme.example"),
        (1001, "mara@acme.example"),
    ]
    assert seen[1].created_at == NOW


def test_first_words_are_those_that_opened_a_ticket(store: Store) -> None:
    three_tickets(store)

    with store.look() as work:
        one = work.tickets.get(1001)
        words = work.readings.first_words([one.id], longest=5)

    assert words == {one.id: "First"}
