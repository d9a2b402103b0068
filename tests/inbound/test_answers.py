# ruff: noqa: RUF001 - what people of many languages really write
"""Answers that stand inside the quoted mail, and the words above it that say so."""

import time

import pytest

from ticketbot.inbound.answers import answers_below, points_below, with_answers
from ticketbot.inbound.quotes import new_text

BLOCK = "From: Ann Lee <ann@desk.example>\nSent: Monday, 16 November 2026 08:55\nTo: Pat\nSubject: Login"
INSIDE = "Which user?\nBob, 17\n\nSince when?\nFriday"
HEADS = {
    "outlook": BLOCK,
    "ruled": f"{'_' * 32}\n{BLOCK}",
    "original": f"-----Original Message-----\n{BLOCK}",
    "german": "Von: Ann Lee <ann@desk.example>\nGesendet: Montag, 16. November 2026 08:55\nAn: Pat\nBetreff: Login",
    "attribution": "On Mon, Nov 16, 2026 at 8:55 AM Ann Lee <ann@desk.example> wrote:",
}
POINTERS = (
    "See my answers below in red.",
    "Answers in blue below.",
    "My comments are inline.",
    "See inline.",
    "Inline:",
    "Replies between the lines.",
    "I added my notes underneath.",
    "Hallo, siehe unten in rot.",
    "Antworten siehe unten",
    "Meine Anmerkungen stehen im Text.",
    "Voir mes réponses ci-dessous.",
    "Mes commentaires en rouge",
    "Ver mis respuestas más abajo.",
    "Respuestas en azul",
    "Vedi sotto le mie risposte.",
    "Risposte in rosso",
    "Veja as respostas abaixo.",
    "Zie mijn antwoorden hieronder.",
    "Se mina svar nedan.",
    "Se mine svar nedenfor.",
    "Katso vastaukset alla",
    "Odpowiedzi poniżej",
    "Odpovědi níže",
    "Odpovede nižšie",
    "Válaszok alább",
    "Răspunsurile mai jos",
    "Ответы ниже",
    "Відповіді нижче",
    "Cevaplarım aşağıda",
    "Οι απαντήσεις παρακάτω",
    "回答は下記です",
    "回复见下面",
    "답변은 아래에 있습니다",
    "תשובות למטה",
    "الردود أدناه",
)


@pytest.mark.parametrize("pointer", POINTERS)
def test_answers_are_shown_where_the_words_above_point_to_them(pointer: str) -> None:
    text = f"{pointer}\n\n{BLOCK}\n\n{INSIDE}"

    assert with_answers(text, new_text(text)) == f"{pointer}\n\n{INSIDE}"


@pytest.mark.parametrize("name", HEADS)
def test_answers_are_shown_whatever_introduces_the_quoted_mail(name: str) -> None:
    text = f"See my answers below.\n\nRegards\nPat\n\n{HEADS[name]}\n\n{INSIDE}"

    assert with_answers(text, new_text(text)) == f"See my answers below.\n\n{INSIDE}"


def test_answers_written_into_quoted_lines_are_shown() -> None:
    quoted = "> Which user?\n> Bob, 17"
    text = f"See inline.\n\n{HEADS['attribution']}\n{quoted}"

    assert with_answers(text, new_text(text)) == f"See inline.\n\n{quoted}"


def test_answers_that_look_like_labels_are_shown() -> None:
    text = f"Answers below\n\n{BLOCK}\n\nTo: nobody\nWhich user?\nBob"

    assert answers_below(text, "Answers below") == "To: nobody\nWhich user?\nBob"


@pytest.mark.parametrize(
    "written",
    [
        "It still fails.",
        "Danke, geht.",
        "The balance is below zero since Monday and nobody knows why that could be so",
        "Grazie alla prossima",
        "See below.\n" + "And more.\n" * 12,
        "See my answers below. " + "word " * 60,
        "",
    ],
)
def test_other_answers_are_cut_as_ever(written: str) -> None:
    assert not points_below(written)
    assert with_answers(f"{written}\n\n{BLOCK}\n\n{INSIDE}", written) == written


@pytest.mark.parametrize(
    "text",
    [
        "See below:\n\n1. Log in\n2. Print",
        "FYI, see below.\n\n---------- Forwarded message ----------\nFrom: A <a@b.example>\nSubject: x\n\nThe text.",
        f"Answers inline.\n\n{HEADS['attribution']}\n> Which?\n\nBob\n\n> Since when?\n\nFriday\n\n> Regards",
        f"See my answers below.\n\n{BLOCK}\n",
    ],
)
def test_what_is_shown_already_is_not_shown_twice(text: str) -> None:
    shown = new_text(text)

    assert with_answers(text, shown) == shown


@pytest.mark.parametrize("line", ["See below", "From: a@b.example", "> a", "a:", "-----", "answers below " * 100])
def test_endless_text_takes_no_time(line: str) -> None:
    for text in (f"{line}\n" * 9_000, f"{line}\n" * 20_000, f"See below\n\n{line}\n" + "word " * 200_000):
        began = time.process_time()
        answers_below(text, "See my answers below")
        answers_below(text, text)
        assert time.process_time() - began < 1
