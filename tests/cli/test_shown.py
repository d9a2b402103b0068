"""How a mail was read, step by step."""

from typing import Any

import pytest

from ticketbot.cli.shown import reading, told_as, trace_lines
from ticketbot.domain.messages import Address, Message


def mail(text: str, reply: str, **values: Any) -> Message:
    sender = Address(address="a@b.example")
    return Message(
        **{"sha256": "", "size": 0, "fingerprint": "", "sender": sender, "text": text, "new_text": reply, **values}
    )


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("> a\n> b", "2 lines from line 2, quoted lines: > a"),
        ("-- \nAnn", "2 lines from line 2, a marked signature: --"),
        ("On Monday:\n> b", "2 lines from line 2, what introduces a quote, and the quote: On Monday:"),
        ("\nRegards", "1 line from line 2, history, signature, banner or farewell: Regards"),
        ("x" * 100, f"1 line from line 2, history, signature, banner or farewell: {'x' * 79}…"),
    ],
)
def test_what_was_cut_is_told_by_its_first_line(cut: str, said: str) -> None:
    assert [step["said"] for step in reading(mail(f"words\n{cut}", "words"))] == [said]


def test_many_cuts_are_counted() -> None:
    text = "\n".join(f"> {n}\nword {n}" for n in range(14))
    reply = "\n".join(f"word {n}" for n in range(14))

    assert reading(mail(text, reply))[-1]["said"] == "and 4 more such runs of lines"


def test_a_mail_that_is_all_its_own_words_has_no_steps() -> None:
    assert reading(mail("words", "words")) == []


def test_what_is_odd_about_a_mail_is_told() -> None:
    odd = mail("x", "x", sender=None, passes_on=True, error="ValueError while reading")

    assert [step["rule"] for step in reading(odd)] == ["error", "forward", "sender"]


def test_columns_never_run_together_and_the_ticket_stands_once() -> None:
    trace: list[dict[str, Any]] = [
        {"step": "classify", "rule": "a_very_long_rule_by_name", "said": "no"},
        {"step": "decided", "rule": "x", "ticket": 7, "said": "T-7: why"},
        {"step": "thread", "rule": "y", "ticket": 7, "said": None},
    ]

    assert list(trace_lines(trace)) == [
        "  classify  a_very_long_rule_by_name       no",
        "  decided   x                              T-7: why",
        "  thread    y                         T-7  no",
    ]
    assert list(trace_lines([])) == []


def test_nothing_is_a_dash() -> None:
    assert (told_as(None), told_as(""), told_as("a\x1bb"), told_as(0)) == ("-", "-", "a b", "0")
