# ruff: noqa: RUF001 - what people of many languages really write
"""Words that only stand below or beside something that looks like a tail: they are the sender's own and stay."""

import time

import pytest

from ticketbot.inbound.quotes import new_text

RULES = ("-----", "-" * 30, "=" * 20, "*" * 12, "_" * 20, "_" * 32, "~" * 8, "--", "---")


@pytest.mark.parametrize("is_reply", [True, False])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "form",
    [
        "Please correct this:\n\n{0}\nid 17 amount 5.00\n{0}\n\nThe right sum is 50.00.",
        "The console prints:\n\n{0}\nFAILED 3\n{0}\n\nNobody can work now, please call me on 030 1234567.",
        "Run this:\n\n{0}\nUPDATE t SET a = 1\nWHERE id = 17;\n{0}\n\nand tell me when it is done",
        "Overview:\n\n{0}\nOne\n{0}\nThe login fails.\n\n{0}\nTwo\n{0}\nThe report is empty.",
    ],
)
def test_what_is_framed_by_rules_and_all_below_it_stays(form: str, rule: str, is_reply: bool) -> None:
    body = form.format(rule)

    assert new_text(body, is_reply=is_reply) == body


@pytest.mark.parametrize("rule", ["-------", "=======", "*******", "_______", "~~~~~~~"])
@pytest.mark.parametrize(
    "form",
    [
        "The sum is wrong:\n\nName   Net\n{0}\nAnn    100\nBob    200\n\nBob gets less.",
        "Login fails\n{0}\nSince Monday, for Ann.\n\nPrinter fails\n{0}\nFor all.",
        "Two things\n{0}\n\n1. Login\n2. Printer\n\nBoth urgent.",
        "Part one.\n\n{0}\n\nPart two: the printer.",
        "It fails.\n\n{0}\nIt is down here now, please call me on 030 1234567.",
    ],
)
def test_tables_headings_and_parts_are_no_signatures(form: str, rule: str) -> None:
    body = form.format(rule)

    assert new_text(body) == body
    assert new_text(body, is_reply=False) == body


@pytest.mark.parametrize("rule", ["-------", "=======", "*******", "_______", "~~~~~~~"])
def test_a_name_with_telephone_or_page_below_a_rule_is_a_signature(rule: str) -> None:
    assert new_text(f"It fails.\n\n{rule}\nPat Doe\nACME Ltd\n+49 30 1234567\n") == "It fails."
    assert new_text(f"It fails.\n\n{rule}\nPat Doe\nwww.acme.example\n{rule}\n") == "It fails."


@pytest.mark.parametrize("mark", ["-- ", "--"])
def test_a_signature_below_two_dashes_goes_whatever_footer_follows(mark: str) -> None:
    footer = f"{mark}\nYou received this message because you are subscribed to the group.\nTo unsubscribe, send a mail."

    assert new_text(f"It fails.\n\n{mark}\nPat Doe\nHead of IT\n") == "It fails."
    assert new_text(f"It fails.\n\n{mark}\nPat Doe\n\n{footer}\n") == "It fails."


def test_a_saying_below_the_exact_delimiter_is_signature_and_prose_below_mere_dashes_is_not() -> None:
    assert new_text("It fails.\n\n-- \nPat\nlife is what happens while you make plans.\n") == "It fails."
    body = "It fails.\n\n--\nthe second point is that nobody can print.\nPlease look."
    assert new_text(body) == body


@pytest.mark.parametrize("mark", ["P.S. ", "PS: ", "p.s.: "])
def test_a_postscript_below_a_signature_stays(mark: str) -> None:
    assert new_text(f"It fails.\n\n-- \nPat Doe\nTel. 030 1234567\n\n{mark}Bob is hit too.") == (
        f"It fails.\n\n{mark}Bob is hit too."
    )


@pytest.mark.parametrize(
    "body",
    [
        "Is this footer ours?\n\nThis e-mail and any attachments are confidential.\n\nWe never wrote it. Take it off.",
        "Take it off.\n\nThis email is confidential.\n\nThat one is printed twice on each payslip.",
        "It is double.\n\nThis e-mail is confidential and intended only for the addressee.\nWhy is that?",
        "Bob cannot.\n\nTo unsubscribe from this page he pressed the button, nothing came.\nWhat next?",
        "Unsere?\n\nDiese E-Mail ist vertraulich.\n\nDie Zeile steht zweimal auf jedem Blatt.",
    ],
)
def test_who_writes_on_below_a_lawyers_line_means_that_line(body: str) -> None:
    assert new_text(body) == body


def test_a_footer_of_several_paragraphs_is_no_text() -> None:
    footer = (
        "This e-mail is confidential and intended only for the addressee.\n\n"
        "If you are not the recipient, please delete it.\n\n"
        "Opinions are those of the author. " + "They bind nobody. " * 20
    )
    assert new_text(f"It fails.\n\n{footer}\n") == "It fails."


@pytest.mark.parametrize(
    "body",
    [
        "The letter was\nSent from my iPhone\nand still it is missing",
        "They all end with\n\nSent from my iPhone\n\nCan you cut that off?",
        "Hi\n\nSent from my iPhone\n\nThe log:\nERROR 5",
        "Hi\n\nSent from my iPhone\n\nERROR 5 in line 7",
    ],
)
def test_what_is_written_below_a_devices_line_stays(body: str) -> None:
    assert new_text(body) == body


@pytest.mark.parametrize(
    "data",
    [
        "Name;Id\nAnn;1\nBob;2",
        "Name\tId\nAnn\t1",
        "ERROR 77 cannot open",
        "2026-11-16 09:12:01 started",
        "[09:12:01] started",
    ],
)
def test_data_pasted_below_a_name_stays(data: str) -> None:
    body = f"The data is below.\n\nBest regards,\nPat\n\n{data}"

    assert new_text(body) == body


def test_a_signature_that_is_the_matter_itself_stays() -> None:
    body = "Please put this under our letters:\n\nRegards,\nPat Doe\nTel. +49 30 1234567"

    assert new_text(body) == body


def test_a_line_that_ends_in_a_number_is_no_part_of_an_introduction() -> None:
    history = "On Mon, Nov 16, 2026 at 8:55 AM Ann <ann@desk.example> wrote:\n> Which?"

    assert new_text(f"Net\nAnn 1.200\n\nBob should have 1.900.\n\n{history}") == (
        "Net\nAnn 1.200\n\nBob should have 1.900."
    )


@pytest.mark.parametrize(
    "line",
    [
        "-----",
        "--",
        "-- ",
        "-----\n\n",
        "This e-mail is confidential.",
        "Best regards\n\na;b",
        "P.S. a",
        "Sent from my iPhone",
    ],
)
def test_endless_tails_take_no_time(line: str) -> None:
    for text in (f"{line}\n" * 4_900, f"{line}\na short line\n" * 3_000, f"{line}\n" + "word " * 200_000):
        began = time.process_time()
        new_text(text)
        assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "body",
    [
        "It comes back:\n\nFrom: payroll@acme.example\nTo: ann@acme.example\nSubject: Payslip\n\nNo PDF.",
        "Log of the job:\n\nFrom: a@acme.example\nTo: b@acme.example\nSubject: x\nDate: 16 Nov 2026\n\nWhy?",
        "Bitte prüfen:\n\nDatum: 01.11.2026\nVon: Lager\nAn: Filiale 3\nBetreff: Umbuchung\n\nDie Menge ist falsch.",
        "De: almacén\nFecha: 1-11-2026\nPara: tienda\nAsunto: traslado\n\nEstá mal.",
    ],
)
def test_a_block_of_labels_without_an_hour_is_a_form_that_somebody_pasted(body: str) -> None:
    assert new_text(body) == body


@pytest.mark.parametrize(
    "sent",
    [
        "Monday, 16 November 2026 08:55",
        "16.11.2026 9.05",
        "Nov 16, 2026, 9 AM",
        "2026年11月16日 9時12分",
        "16.11.2026 9 Uhr",
    ],
)
def test_a_block_of_labels_with_an_hour_is_history(sent: str) -> None:
    assert new_text(f"It fails.\n\nFrom: Ann\nSent: {sent}\nTo: Pat\nSubject: x\n\nDear Pat") == "It fails."


def test_a_block_of_labels_below_a_ruler_is_history_whatever_its_date() -> None:
    block = "From: Ann\nSent: Tuesday\nTo: Pat\nSubject: x"

    assert new_text(f"It fails.\n\n________________________________\n{block}\n\nDear Pat") == "It fails."
    assert new_text(f"It fails.\n\n-----Original Message-----\n{block}\n\nDear Pat") == "It fails."


@pytest.mark.parametrize("line", ["----- Original Message -----", "-------- Ursprüngliche Nachricht --------"])
def test_a_line_over_an_original_that_the_sender_presents_needs_labels_below_it(line: str) -> None:
    body = f"The log says:\n\n{line}\nerror: cannot parse\n\nWhat now?"
    assert new_text(body) == body

    block = "From: Ann\nSent: Tuesday\nTo: Pat\nSubject: x"
    assert new_text(f"Here is the answer:\n\n{line}\n{block}\n\nDear Pat") == "Here is the answer:"


@pytest.mark.parametrize("said", ["The page says:", "Die Meldung lautet:", "画面の表示："])
def test_a_quote_at_the_end_that_the_sender_presents_stays(said: str) -> None:
    assert new_text(f"{said}\n\n> Error 77: call support") == f"{said}\n\n> Error 77: call support"


@pytest.mark.parametrize("said", ["Ann wrote:", "Ann <ann@desk.example>:", "16.11.2026 Ann:"])
def test_a_quote_at_the_end_below_a_speaker_is_history(said: str) -> None:
    assert "Which user?" not in new_text(f"It fails.\n\n{said}\n\n> Which user?\n> Ann")


@pytest.mark.parametrize(
    "line",
    [
        "a:\n----- Original Message -----\nx",
        "> a\nb:",
        "From: a\nTo: b\nSubject: c\n",
        "Date: 1\nFrom: a\nTo: b\nSubject: c",
    ],
)
def test_endless_look_alikes_take_no_time(line: str) -> None:
    began = time.process_time()
    new_text(f"{line}\n" * 2_400)
    assert time.process_time() - began < 1
