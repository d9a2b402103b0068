"""Our own letter that comes back inside an answer without any mark: cut, because we know what we wrote."""

import pytest

from ticketbot.inbound.known import without_ours

OURS = (
    "Hello Mara,\n\nwe have restarted the export service and it works for us again.\n"
    "Could you try the monthly report once more and tell us what you see?"
)
WRAPPED = (
    "Hello Mara,\nwe have restarted the export service and it works\nfor us again.\n\n"
    "Could you try the monthly report once more\nand tell us what you see?"
)


@pytest.mark.parametrize("copy", [OURS, WRAPPED, OURS.upper(), "\n".join(f"| {line}" for line in OURS.split("\n"))])
def test_a_copy_of_our_letter_below_the_answer_is_cut(copy: str) -> None:
    assert without_ours(f"It still fails.\n\n{copy}\n", [OURS]) == "It still fails."


def test_a_copy_above_the_answer_is_cut() -> None:
    assert without_ours(f"{OURS}\n\nIt still fails.", [OURS]) == "It still fails."


def test_the_end_of_our_letter_alone_is_a_copy_too() -> None:
    assert without_ours("It still fails.\n\n" + OURS.split("\n", 2)[2], [OURS]) == "It still fails."


def test_a_line_that_introduces_the_copy_goes_with_it() -> None:
    told = "It still fails.\n\nBen, Support <support@desk.example> 2026-11-16 09:12 idatzi zuen:"

    assert without_ours(f"{told}\n{OURS}", [OURS]) == "It still fails."


@pytest.mark.parametrize(
    "text",
    [
        "It still fails.",
        "Could you try the monthly report once more?\n\nIt still fails.\n\nThank you!",
        OURS,
        "Hello Mara,\n\nwe have restarted the export service and it works for us again.\nNo, it does not.\nCould you?",
        "It fails.\n\nThanks",
        "",
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert without_ours(text, [OURS, "Thanks", ""]) == text


def test_nothing_is_cut_where_we_wrote_nothing() -> None:
    assert without_ours(OURS, []) == OURS


def test_endless_text_takes_no_time() -> None:
    assert without_ours("word " * 200_000, [OURS * 1000]) == ("word " * 200_000)


def test_a_copy_with_an_answer_inside_it_is_kept_whole() -> None:
    first, _, rest = OURS.partition("\n\n")
    told, asked = rest.split("\n")
    text = f"{first}\n\n{told}\nNo, it does not work for anybody here.\n\n{asked}"

    assert without_ours(text, [OURS]) == text
