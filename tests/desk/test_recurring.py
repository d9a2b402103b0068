"""The same trouble again: when leads hear of it, and what they are offered."""

from typing import Any

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import DESK, a_mail

from ticketbot.store.database import Store

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MARA, JONAS, VERA = (f"{name}@acme.example" for name in ("mara", "jonas", "vera"))
AINO, NILS = "aino@borealis.example", "nils@corvus.example"
LIKE = (
    "Cannot find the menu for job requisitions",
    "Where is the menu for job requisitions?",
    "How do I find the job requisitions menu",
)


def ask(desk: DeskDriver, subject: str, *, sender: str = MARA, body: str = "Could you tell me?", **fields: Any) -> None:
    desk.sleep(hours=1)
    desk.receive(a_mail(sender=sender, subject=subject, body=body, **fields))


def told(desk: DeskDriver, code: str = "RECUR") -> list[tuple[str, int]]:
    """Return who was told of clusters, and how large they were."""
    return [
        (each.reader.partition("@")[0], len(each.draft["values"]["cluster"]["tickets"])) for each in desk.letters(code)
    ]


def three_alike(store: Store, *, file: str = DESK) -> DeskDriver:
    desk = DeskDriver(store, file=file)
    for subject, sender in zip(LIKE, (MARA, JONAS, MARA), strict=True):
        ask(desk, subject, sender=sender)
    return desk


def test_three_tickets_of_two_people_about_the_same_are_shown_to_the_lead(store: Store) -> None:
    desk = three_alike(store)

    values = desk.letter("RECUR").draft["values"]
    assert told(desk) == [("ana", 3)]
    assert values["cluster"]["phrase"] == "job menu requisition"
    assert [each["number"] for each in values["cluster"]["tickets"]] == [1001, 1002, 1003]
    assert values["cluster"]["people"] == ["Mara Lind", "Jonas Weber"]
    assert desk.letter("RECUR").draft["launch"] == "acme/hr"


def test_a_cluster_of_questions_comes_with_a_workshop_to_propose(store: Store) -> None:
    desk = DeskDriver(store)
    ask(desk, LIKE[0])
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nIt sits under Recruiting, Jobs."))
    ask(desk, LIKE[1], sender=JONAS)

    ask(desk, LIKE[2])

    letter = desk.letter("WORKSHOP").draft
    assert desk.codes()[-2:] == ["RECUR ana", "WORKSHOP ana"]
    assert letter["values"]["answer"] == "It sits under Recruiting, Jobs."
    assert len(letter["values"]["slots"]) == 3
    assert letter["zone"] == "Europe/Berlin"


def test_where_something_is_broken_nobody_needs_a_workshop(store: Store) -> None:
    desk = DeskDriver(store)
    for subject, sender in zip(("Payslip import fails", "Import of payslip fails", "The payslip import failed"),
                               (MARA, JONAS, MARA), strict=True):  # fmt: skip
        ask(desk, subject, sender=sender, body="It stops.")

    assert (told(desk), told(desk, "WORKSHOP")) == ([("ana", 3)], [])


def test_who_asks_alone_is_no_cluster(store: Store) -> None:
    desk = DeskDriver(store)
    for subject in LIKE:
        ask(desk, subject)

    assert told(desk) == []


def test_leads_hear_again_when_it_has_doubled(store: Store) -> None:
    desk = three_alike(store)
    for number in range(3):
        ask(desk, f"Where is the job requisitions menu? {number}", sender=VERA)

    assert told(desk) == [("ana", 3), ("ana", 6)]


def test_what_came_longer_ago_than_the_phase_looks_back_does_not_count(store: Store) -> None:
    desk = DeskDriver(store)
    ask(desk, LIKE[0])
    desk.sleep(days=8)
    ask(desk, LIKE[1], sender=JONAS)

    ask(desk, LIKE[2])

    assert told(desk) == []


def test_the_same_error_makes_a_cluster_whatever_the_subject(store: Store) -> None:
    desk = DeskDriver(store)
    for subject, sender in (("Payslips", MARA), ("It stops at night", JONAS), ("Trouble again", VERA)):
        ask(desk, subject, sender=sender, body="It says ERR-4711 and stops.")

    assert told(desk) == [("ana", 3)]


def test_a_wish_is_no_trouble(store: Store) -> None:
    desk = DeskDriver(store)
    for sender in (MARA, JONAS, VERA):
        ask(desk, "Feature request: notice period", sender=sender, body="Could you add a field?")

    assert told(desk) == []


def test_mail_that_was_imported_tells_nobody(store: Store) -> None:
    desk = DeskDriver(store)
    for subject, sender in zip(LIKE, (MARA, JONAS, MARA), strict=True):
        desk.receive(a_mail(sender=sender, subject=subject, body="Could you tell me?"), is_imported=True)

    assert desk.codes() == []


# The platform's


def platform(desk: DeskDriver) -> list[str]:
    return [
        each.reader.partition("@")[0] for each in desk.letters("RECUR") if each.draft["values"]["variant"] == "platform"
    ]


def test_the_same_error_at_two_clients_within_a_day_is_told_to_all_leads_once(store: Store) -> None:
    desk = DeskDriver(store)
    ask(desk, "Payslips", body="It says ERR-4711.")
    ask(desk, "Night job", sender=AINO, body="ERR-4711 all the time.")

    ask(desk, "Again", sender=AINO, body="ERR-4711 again.")

    values = desk.letter("RECUR").draft["values"]
    assert platform(desk) == ["ana", "chen"]
    assert values["cluster"]["clients"] == ["Acme Recruiting GmbH", "Borealis Oy"]
    assert values["cluster"]["phrase"] == "ERR4711"


def test_within_a_week_it_takes_three_clients(store: Store) -> None:
    desk = DeskDriver(store)
    ask(desk, "Payslips", body="It says ERR-4711.")
    desk.sleep(days=2)
    ask(desk, "Night job", sender=AINO, body="ERR-4711 all the time.")
    assert platform(desk) == []
    desk.sleep(days=2)

    ask(desk, "Import", sender=NILS, body="ERR-4711 at every start.")

    assert platform(desk) == ["ana", "chen"]


def test_one_question_elsewhere_is_no_trouble_of_the_platform(store: Store) -> None:
    desk = DeskDriver(store)
    ask(desk, LIKE[0], sender=AINO)

    for subject, sender in zip(LIKE, (MARA, JONAS, MARA), strict=True):
        ask(desk, subject, sender=sender)

    assert (told(desk), platform(desk)) == ([("ana", 3)], [])
