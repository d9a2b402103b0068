"""Ratings: who is asked, what is an answer, which one counts."""

from datetime import UTC, datetime, timedelta

import pytest

from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.ratings import Rating, Vote, counts, is_low, may_ask, that_count, vote_in

NOW = datetime(2027, 3, 9, 9, 40, tzinfo=UTC)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kind", "asked_ago", "may"),
    [
        (TicketKind.INCIDENT, None, True),
        (TicketKind.QUESTION, WEEK, True),
        (TicketKind.QUESTION, WEEK - SECOND, False),
        (TicketKind.ENHANCEMENT, None, False),
    ],
)
def test_a_contact_is_asked_once_a_week_and_never_about_a_wish(
    kind: TicketKind, asked_ago: timedelta | None, *, may: bool
) -> None:
    assert may_ask(kind, at=NOW, last_asked_at=NOW - asked_ago if asked_ago is not None else None) is may


@pytest.mark.parametrize(
    ("asked_ago", "is_counted"),
    [(None, True), (timedelta(days=14), True), (timedelta(days=14) + SECOND, False)],
)
def test_an_answer_counts_for_two_weeks(asked_ago: timedelta | None, *, is_counted: bool) -> None:
    assert counts(NOW, asked_at=NOW - asked_ago if asked_ago is not None else None) is is_counted


@pytest.mark.parametrize(
    ("text", "vote"),
    [
        ("5", Vote(score=5, words="")),
        ("\n 4 \n\nQuick help.", Vote(score=4, words="Quick help.")),
        ("2/5\nStill slow.", Vote(score=2, words="Still slow.")),
        ("3 von 5", Vote(score=3, words="")),
        ("1 star!", Vote(score=1, words="")),
        ("5.", Vote(score=5, words="")),
        ("5 users cannot log in", None),
        ("1. The import stops", None),
        ("6", None),
        ("0", None),
        ("10", None),
        ("4 of 10", None),
        ("Thanks!\n5", None),
        ("", None),
    ],
)
def test_a_vote_is_a_first_line_that_is_a_score_and_nothing_else(text: str, vote: Vote | None) -> None:
    assert vote_in(text) == vote


@pytest.mark.parametrize(("score", "low"), [(1, True), (2, True), (3, False), (5, False)])
def test_two_or_less_is_low(score: int, *, low: bool) -> None:
    assert is_low(score) is low


def test_the_last_answer_to_each_settling_counts() -> None:
    first = Rating(ticket="T-1", cycle=0, score=2, at=NOW)
    better = Rating(ticket="T-1", cycle=0, score=4, at=NOW + SECOND)
    again = Rating(ticket="T-1", cycle=1, score=5, at=NOW + WEEK)
    other = Rating(ticket="T-2", cycle=0, score=3, at=NOW)

    assert that_count([better, again, first, other]) == (better, other, again)
