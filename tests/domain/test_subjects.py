"""Subjects: prefixes of twenty languages, our tags, other systems' tags."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketbot.domain.subjects import (
    FORWARD_PREFIXES,
    OUR_PREFIXES,
    REPLY_PREFIXES,
    bare_subject,
    is_answer,
    is_forward,
    strip_own_tags,
    subject_key,
    tag,
    tags_in,
)


@pytest.mark.parametrize(
    "subject",
    [
        "Printer broken",
        "Re: Printer broken",
        "RE:Printer broken",
        "re : Printer broken",
        "Re[5]: Printer broken",
        "Re(2): Printer broken",
        "Re^3: Printer broken",
        "Re: Re: Re: Printer broken",
        "AW: WG: Re: Printer broken",
        "WG: Printer broken",
        "TR: Printer broken",
        "RV: Printer broken",
        "Fwd: Printer broken",
        "FW: Fwd: Printer broken",
        "RE：Printer broken",  # noqa: RUF001 - the full-width colon that Chinese and Japanese mail programs write
        "回复：Printer broken",  # noqa: RUF001
        "Re: [T-1042] AW: Printer broken",
        "[T-1042] Re: Printer broken",
        "  Re:   Printer    broken ",
        "SV: VS: Antw: Odp: Ynt: İlt: ΑΠ: Отв: Rép: Printer broken",
        "Chuyển tiếp: Trả lời: Printer broken",
        "ОТВ: printer BROKEN",  # noqa: RUF001
    ],
)
def test_stacked_prefixes_of_many_languages_give_one_subject(subject: str) -> None:
    assert subject_key(subject) == "printer broken"


@pytest.mark.parametrize(
    ("language", "word"),
    [(language, word) for language, words in (*REPLY_PREFIXES, *FORWARD_PREFIXES) for word in words],
)
def test_every_word_of_the_tables_is_a_prefix(language: str, word: str) -> None:
    assert bare_subject(f"{word.upper()}: Lohnlauf") == "Lohnlauf", language


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Resolution: change it", "Resolution: change it"),
        ("Reboot: needed", "Reboot: needed"),
        ("Rechnung: 4711", "Rechnung: 4711"),
        ("SVN: access", "SVN: access"),
        ("Re", "Re"),
        ("", ""),
        ("Re:", ""),
    ],
)
def test_words_that_only_begin_like_a_prefix_stay(subject: str, expected: str) -> None:
    assert bare_subject(subject) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Fwd: x", True),
        ("WG: AW: x", True),
        ("[T-1042] Fwd: x", True),
        ("轉寄: x", True),
        ("Re: Fwd: x", False),
        ("Redir.: x", True),
        ("Videresend: x", True),
        ("İLT: x", True),
        ("VS: x", False),
        ("x", False),
    ],
)
def test_the_outermost_prefix_says_whether_a_mail_was_passed_on(subject: str, expected: bool) -> None:
    assert is_forward(subject) is expected


@pytest.mark.parametrize(("subject", "expected"), [("[T-1042] AW: WG: x", True), ("WG: AW: x", False), ("x", False)])
def test_the_outermost_prefix_says_whether_a_mail_answers(subject: str, expected: bool) -> None:
    assert is_answer(subject) is expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("[T-1042] x", (1042,)),
        ("Re: [T-7] and [T-8] and [T-7]", (7, 8)),
        ("invoice #12345", ()),
        ("T-1042 x", ()),
        ("[T1042] x", ()),
        ("[t-1042] x", ()),
        ("[ T-1042 ] x", ()),
        ("[T-01042] x", ()),
        ("[ref:T-1042]", ()),
        ("[T-99999999999999999999]", ()),
        ("[T-١٢]", ()),
    ],
)
def test_only_the_bracketed_tag_with_our_prefix_is_a_tag(subject: str, expected: tuple[int, ...]) -> None:
    assert tags_in(subject) == expected


def test_our_tag_is_removed_and_other_systems_tags_stay() -> None:
    assert strip_own_tags("Re: [T-1042] [JIRA-7] [ref:abc] Login [T-9] fails") == "Re: [JIRA-7] [ref:abc] Login fails"


def test_a_tag_reads_as_people_see_it() -> None:
    assert tag(1042) == "[T-1042]"
    assert tags_in(tag(1042)) == (1042,)


def test_a_subject_of_nothing_but_prefixes_takes_no_time() -> None:
    assert bare_subject("Re: " * 100_000) == ""


@given(st.text(max_size=300))
def test_a_bare_subject_stays_as_it_is(subject: str) -> None:
    once = bare_subject(subject)

    assert bare_subject(once) == once


@pytest.mark.parametrize("word", OUR_PREFIXES)
def test_what_our_own_letters_put_before_a_subject_goes_with_the_prefix_of_an_answer(word: str) -> None:
    assert bare_subject(f"Re: [{word}] T-1005 AW: [{word}] Login broken") == "Login broken"
    assert bare_subject(f"Re: [{word}] Login broken") == "Login broken"


def test_brackets_of_a_clients_own_subject_stay() -> None:
    assert bare_subject("[done] Login works") == "[done] Login works"
    assert bare_subject("Re: [urgent] Login broken") == "[urgent] Login broken"


def test_every_bracket_of_our_letters_to_staff_is_known() -> None:
    subjects = [each.read_text() for each in Path("templates/mail").rglob("subject.txt")]
    first = "\n".join(line for text in subjects for line in text.splitlines() if "[" in line)
    bracketed = re.findall(r"\[([^\W\d][\w ]+)\]", re.sub(r"\w+\[[^]]*\]", "", first))
    quoted = re.findall(r"\[\{\{ \"([^\"]+)\" if [^}]* else \"([^\"]+)\" \}\}\]", first)

    assert {*bracketed, *(word for pair in quoted for word in pair)} <= set(OUR_PREFIXES)
    assert len(quoted) == 4
