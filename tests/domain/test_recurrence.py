"""Clusters: what is alike, within which time, and from how many people (RC1)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.domain.ground import POLICY, at

from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.recurrence import WINDOWS, Cluster, Occurrence, clusters, codes_in, is_alike, is_told, tokens_of

STOPWORDS = POLICY.stopwords["en"]


def seen(
    number: int, when: str, subject: str = "Cannot find the menu", *, contact: str = "", **values: Any
) -> Occurrence:
    return Occurrence(
        number=number,
        kind=values.pop("kind", TicketKind.QUESTION),
        contact=contact or f"person{number}@acme.example",
        at=at(when),
        tokens=tokens_of(subject, stopwords=STOPWORDS),
        **values,
    )


def found(*occurrences: Occurrence, phase: Phase = Phase.HYPERCARE) -> list[tuple[int, ...]]:
    return [each.numbers for each in clusters(occurrences, window_at=lambda _: WINDOWS[phase])]


@pytest.mark.parametrize(
    ("subject", "tokens"),
    [
        ("Cannot find the menu for job requisitions", {"menu", "job", "requisition"}),
        ("Re: [T-1042] Where is the menu for Job Requisitions?", {"menu", "job", "requisition"}),
        ("I can't find the job requisitions menu after the update", {"job", "requisition", "menu", "update"}),
        ("Process access has a gas bus", {"process", "access", "has", "gas", "bus"}),
        ("", set()),
    ],
)
def test_the_words_of_a_subject_that_say_something(subject: str, tokens: set[str]) -> None:
    assert tokens_of(subject, stopwords=STOPWORDS) == tokens


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ORA-01555 and ora-01555, HTTP404, then ERROR 502", {"ORA01555", "HTTP404", "ERROR 502"}),
        ("Error 502 again", {"ERROR 502"}),
        ("T-1042, A1, AB12, error 5021", set()),
    ],
)
def test_error_codes_are_found(text: str, codes: set[str]) -> None:
    assert codes_in(text) == codes


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"subject": "job menu"}, {"subject": "job menu update"}, True),
        ({"subject": "job menu"}, {"subject": "job update list"}, False),
        ({"subject": "the"}, {"subject": "of"}, False),
        ({"subject": "import"}, {"subject": "login", "codes": frozenset({"ORA01555"})}, False),
        (
            {"subject": "import", "codes": frozenset({"ORA01555"})},
            {"subject": "login", "codes": frozenset({"ORA01555"})},
            True,
        ),
        ({"subject": "import", "faq": "F1"}, {"subject": "login", "faq": "F1"}, True),
        ({"subject": "import", "faq": "F1"}, {"subject": "login", "faq": "F2"}, False),
    ],
)
def test_alike_are_words_codes_or_the_answer(one: dict[str, Any], other: dict[str, Any], alike: bool) -> None:
    assert is_alike(seen(1, "2027-03-08 09:00", **one), seen(2, "2027-03-08 10:00", **other)) is alike


def test_three_tickets_of_two_contacts_are_a_cluster_when_the_third_comes() -> None:
    menu = clusters(
        [
            seen(9, "2027-03-10 11:20", "Cannot find the job requisitions menu after the update"),
            seen(7, "2027-03-08 09:05", "Cannot find the menu for job requisitions", contact="pia"),
            seen(8, "2027-03-09 10:10", "Where is the menu for job requisitions?", contact="pia"),
        ],
        window_at=lambda _: WINDOWS[Phase.HYPERCARE],
    )

    assert [(each.numbers, each.found_at) for each in menu] == [((7, 8, 9), at("2027-03-10 11:20"))]
    assert menu[0].phrase == ("job", "menu", "requisition")
    assert menu[0].is_usability


@pytest.mark.parametrize(
    "others",
    [
        [seen(1, "2027-03-08 09:00", contact="pia"), seen(2, "2027-03-08 10:00", contact="pia")],
        [seen(1, "2027-03-08 09:00"), seen(2, "2027-03-08 10:00", "Payroll is wrong")],
        [seen(1, "2027-03-08 09:00"), seen(2, "2027-03-08 10:00", merged_at=at("2027-03-08 11:00"))],
        [seen(1, "2027-03-08 09:00"), seen(2, "2027-03-08 10:00", kind=TicketKind.ENHANCEMENT)],
        [seen(1, "2027-03-02 08:59"), seen(2, "2027-03-08 10:00")],
    ],
    ids=["one contact", "another matter", "merged before", "a wish", "too long ago"],
)
def test_no_cluster_of(others: list[Occurrence]) -> None:
    assert found(*others, seen(3, "2027-03-09 09:00", contact="pia")) == []


def test_what_is_merged_afterwards_still_counts() -> None:
    tickets = [seen(1, "2027-03-08 09:00", merged_at=at("2027-03-10 09:00")), seen(2, "2027-03-08 10:00")]

    assert found(*tickets, seen(3, "2027-03-09 09:00")) == [(1, 2, 3)]


@pytest.mark.parametrize(("phase", "days"), [(Phase.HYPERCARE, 7), (Phase.TRANSITION, 14), (Phase.STANDARD, 30)])
def test_how_far_back_a_ticket_looks_depends_on_the_phase(phase: Phase, days: int) -> None:
    last = at("2027-06-01 12:00")

    def story(first: datetime) -> list[tuple[int, ...]]:
        tickets = [seen(number, "2027-06-01 12:00") for number in (1, 2, 3)]
        early = Occurrence(number=0, kind=TicketKind.QUESTION, contact="x", at=first, tokens=tickets[0].tokens)
        return found(early, *tickets[:2], phase=phase)

    assert story(last - timedelta(days=days)) == [(0, 1, 2)]
    assert story(last - timedelta(days=days, seconds=1)) == []


def test_a_cluster_grows_and_stays_one_and_two_are_two() -> None:
    menu = [seen(number, f"2027-03-0{number} 09:00") for number in range(1, 6)]
    login = [seen(10 + number, f"2027-03-0{number} 10:00", "Login broken") for number in range(1, 4)]

    assert found(*menu, *login) == [(1, 2, 3, 4, 5), (11, 12, 13)]


def test_a_cluster_with_an_incident_is_not_for_a_workshop() -> None:
    tickets = (seen(1, "2027-03-08 09:00"), seen(2, "2027-03-08 10:00", kind=TicketKind.INCIDENT))

    assert not Cluster(tickets=tickets, found_at=tickets[1].at).is_usability


@pytest.mark.parametrize(
    ("size", "told", "is_news"),
    [(2, 0, False), (3, 0, True), (4, 3, False), (5, 3, False), (6, 3, True), (7, 6, False), (12, 6, True)],
)
def test_leads_hear_of_a_cluster_at_three_tickets_and_at_each_doubling(size: int, told: int, *, is_news: bool) -> None:
    assert is_told(size, told=told) is is_news
