"""What staff answer to a report, line by line (CM5)."""

import time

import pytest

from ticketbot.domain.report_lines import MOST_LINES, Asked, ReportLine, read_report_answer


def line(text: str) -> ReportLine:
    answer = read_report_answer(text)
    assert (len(answer.lines), answer.rest) == (1, "")
    return answer.lines[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("T-1042 ben", (Asked.ASSIGN, 1042, "ben", "", "")),
        ("t1042 @Ben", (Asked.ASSIGN, 1042, "ben", "", "")),
        ("[T-1042]: team:standard", (Asked.ASSIGN, 1042, "team:standard", "", "")),
        ("T-1042 P2 the board waits", (Asked.PRIORITY, 1042, "p2", "the board waits", "")),
        ("T-1042 p2", (Asked.PRIORITY, 1042, "p2", "", "")),
        ("action: call Tom @ben fri", (Asked.ACTION, None, "ben", "call Tom", "fri")),
        ("ACTION:call Tom @ben 2027-03-18", (Asked.ACTION, None, "ben", "call Tom", "2027-03-18")),
        ("why T-1042?", (Asked.WHY, 1042, "", "", "")),
        ("`why T-1042`", (Asked.WHY, 1042, "", "", "")),
        ("launch acme/hr", (Asked.LAUNCH, None, "", "acme/hr", "")),
        ("help", (Asked.HELP, None, "", "", "")),
    ],
)
def test_the_forms_of_a_line(text: str, told: tuple[object, ...]) -> None:
    found = line(text)

    assert (found.asked, found.number, found.who, found.text, found.on) == told


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "T-1042",
        "T-1042 ben and chen",
        "T-0 ben",
        "why T06",
        "1042 ben",
        "action: call Tom",
        "why",
        "x" * 600,
    ],
)
def test_everything_else_is_a_note(text: str) -> None:
    assert read_report_answer(text).lines == ()
    assert read_report_answer(text).rest == text


def test_lines_and_a_note_may_stand_together() -> None:
    answer = read_report_answer("Good morning,\n\nT-1 ben\nT-2 chen\n\nWe meet at ten.\n")

    assert [each.number for each in answer.lines] == [1, 2]
    assert answer.rest == "Good morning,\n\n\nWe meet at ten."


def test_no_more_lines_are_read_than_anybody_writes() -> None:
    answer = read_report_answer("\n".join(["T-1 ben"] * (MOST_LINES + 1)))

    assert (len(answer.lines), answer.rest) == (MOST_LINES, "T-1 ben")


@pytest.mark.parametrize("text", ["action: " + "@a " * 200, "T-1 " + "a." * 240, "action:" + " " * 450])
def test_no_line_takes_long_to_read(text: str) -> None:
    began = time.perf_counter()

    read_report_answer("\n".join([text] * 50))

    assert time.perf_counter() - began < 1
