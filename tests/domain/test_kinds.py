"""What a mail's words make of it: kind, impact, urgency, severity, thanks, frustration, category."""

import pytest
from tests.domain.ground import POLICY

from ticketbot.domain.kinds import (
    Channel,
    Impact,
    Lexicon,
    Severity,
    TicketKind,
    Urgency,
    category_of,
    classify_ticket,
    frustration_in,
    is_pure_thanks,
    plain,
    severity_of,
)
from ticketbot.domain.lexicons import ENGLISH, GERMAN, STOPWORDS
from ticketbot.domain.phases import Phase


def kind_of(
    subject: str, text: str = "", *, phase: Phase | None = Phase.HYPERCARE, lexicon: Lexicon = ENGLISH
) -> TicketKind:
    found = classify_ticket(subject=subject, new_text=text, channel=Channel.MAIL, phase=phase, lexicon=lexicon)
    return found.kind


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("Nobody can log in", "All is down", "incident"),
        ("Everyone wants training", "nothing else", "training"),
        ("Everyone needs training since it failed", "", "incident"),
        ("Feature request: export", "It fails without", "enhancement"),
        ("Would be nice to have", "a training mode", "enhancement"),
        ("Training for new staff", "Can we schedule a call", "training"),
        ("Let us schedule a call", "How do I log in?", "meeting"),
        ("How do I reset it", "It shows an error", "question"),
        ("I can't find the menu", "", "question"),
        ("Import failed", "Please add Tom", "incident"),
        ("Imports failing", "", "incident"),
        ("A failure", "", "incident"),
        ("Errors everywhere", "", "incident"),
        ("It crashes", "", "incident"),
        ("Please add Tom", "is it possible?", "request"),
        ("Reset my password", "", "request"),
        ("Is it so?", "", "question"),
        ("Thanks", "it is great", "feedback"),
        ("We are pleased", "", "feedback"),
        ("Import", "of last night", "incident"),
    ],
)
def test_the_kind_by_the_order_of_the_lists(subject: str, text: str, kind: str) -> None:
    assert kind_of(subject, text) == kind


@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        (Phase.HYPERCARE, "incident"),
        (Phase.TRANSITION, "incident"),
        (Phase.PRE_LIVE, "question"),
        (Phase.STANDARD, "question"),
        (None, "question"),
    ],
)
def test_what_no_word_decides_the_phase_decides(phase: Phase | None, kind: str) -> None:
    assert kind_of("Import of last night", phase=phase) == kind


@pytest.mark.parametrize(
    "subject", ["The downtown office", "Scanner", "Terrorist watch list", "Cannotation", "Wrongful", "errorless"]
)
def test_only_whole_words_count(subject: str) -> None:
    assert kind_of(subject, phase=Phase.STANDARD) == "question"


def test_a_word_takes_only_the_endings_of_its_language() -> None:
    assert kind_of("Blockedness", phase=Phase.STANDARD) == "question"
    assert kind_of("Störungen", phase=Phase.STANDARD, lexicon=GERMAN) == "incident"
    assert kind_of("Störungen", phase=Phase.STANDARD, lexicon=ENGLISH) == "question"


def test_a_phrase_is_found_across_line_breaks_but_not_from_subject_to_text() -> None:
    assert kind_of("Menu", "where\n  is it", phase=Phase.STANDARD) == "question"
    assert kind_of("please", "add Tom", phase=Phase.HYPERCARE) == "incident"


def test_a_typographic_apostrophe_is_an_apostrophe() -> None:
    assert kind_of("I can\u2019t log in", phase=Phase.STANDARD) == "incident"


def test_only_the_first_thousand_characters_are_read() -> None:
    assert kind_of("Import", "x" * 1000 + " broken", phase=Phase.STANDARD) == "question"
    assert kind_of("Import", "x" * 993 + " broken", phase=Phase.STANDARD) == "incident"


def test_a_question_mark_in_an_address_asks_nothing() -> None:
    assert kind_of("Import", "see https://acme.example/list?id=1", phase=Phase.HYPERCARE) == "incident"
    assert kind_of("Import", "see https://acme.example/list?id=1 - is it right?", phase=Phase.HYPERCARE) == "question"


def test_a_monitors_mail_is_an_alert_whatever_it_says() -> None:
    found = classify_ticket(
        subject="How do I?", new_text="", channel=Channel.ALERT, phase=Phase.STANDARD, lexicon=ENGLISH
    )

    assert found.kind is TicketKind.ALERT


@pytest.mark.parametrize(
    ("text", "channel", "impact", "urgency", "severity"),
    [
        ("all users are blocked", Channel.MAIL, 1, 1, "S1"),
        ("an error for everyone", Channel.MAIL, 1, 2, "S2"),
        ("an error for everyone, no rush", Channel.MAIL, 1, 3, "S3"),
        ("an error, urgent", Channel.MAIL, 2, 1, "S2"),
        ("an error", Channel.MAIL, 2, 2, "S3"),
        ("a cosmetic error", Channel.MAIL, 2, 3, "S4"),
        ("an error, only me, asap", Channel.MAIL, 3, 1, "S3"),
        ("an error, only me", Channel.MAIL, 3, 2, "S4"),
        ("a minor error, just me", Channel.MAIL, 3, 3, "S4"),
        ("an error for everyone, not only me", Channel.MAIL, 1, 2, "S2"),
        ("a minor error but urgent", Channel.MAIL, 2, 1, "S2"),
        ("a minor error", Channel.URGENT, 2, 1, "S2"),
        ("a minor error", Channel.HOTLINE, 2, 1, "S2"),
        ("a minor error", Channel.ON_BEHALF, 2, 3, "S4"),
        ("is it so?", Channel.MAIL, 2, 2, "S4"),
        ("is it so?", Channel.URGENT, 2, 1, "S3"),
        ("is it so for everyone?", Channel.MAIL, 1, 2, "S4"),
        ("please add Tom, urgent", Channel.URGENT, 2, 1, "S4"),
    ],
)
def test_severity_is_impact_by_urgency(text: str, channel: Channel, impact: int, urgency: int, severity: str) -> None:
    found = classify_ticket(subject="Import", new_text=text, channel=channel, phase=None, lexicon=ENGLISH)

    assert (found.impact, found.urgency, found.severity) == (impact, urgency, severity)


def test_an_alert_has_a_severity_of_its_own() -> None:
    found = severity_of(kind=TicketKind.ALERT, impact=Impact.SEVERAL, urgency=Urgency.STOPPED, channel=Channel.ALERT)

    assert found is Severity.S2


def test_the_reasons_name_the_words() -> None:
    found = classify_ticket(
        subject="Nobody can log in", new_text="All are blocked", channel=Channel.MAIL, phase=None, lexicon=ENGLISH
    )

    assert found.reasons == (
        "incident: “nobody” and “blocked”",
        "impact 1: “nobody”",
        "urgency 1: “blocked”",
    )


def test_without_words_the_reasons_say_so() -> None:
    found = classify_ticket(subject="", new_text="", channel=Channel.URGENT, phase=Phase.TRANSITION, lexicon=Lexicon())

    assert found.reasons == (
        "incident: no word speaks for another kind, and the launch is in transition",
        "impact 2: no word says how many",
        "urgency 1: it came by urgent",
    )


@pytest.mark.parametrize(
    ("text", "kind", "severity"),
    [
        ("Niemand kann sich anmelden, alles ist ausgefallen", "incident", "S2"),
        ("Der Import steht still", "incident", "S2"),
        ("Wo finde ich das Menü?", "question", "S4"),
        ("Bitte anlegen: Tom Meier", "request", "S4"),
        ("Wir wünschen uns eine Schulung", "training", "S4"),
        ("Änderungswunsch für die Liste", "enhancement", "S4"),
        ("Können wir einen Termin vereinbaren", "meeting", "S4"),
        ("Vielen Dank, sehr schön", "feedback", "S4"),
        ("Der Import ist broken", "incident", "S3"),
    ],
)
def test_german_mails_are_understood_with_english_words_in_them(text: str, kind: str, severity: str) -> None:
    found = classify_ticket(subject="Import", new_text=text, channel=Channel.MAIL, phase=None, lexicon=GERMAN)

    assert (found.kind, found.severity) == (kind, severity)


@pytest.mark.parametrize(
    ("text", "is_thanks"),
    [
        ("Thanks!", True),
        ("Thank you so much, that was quick.", True),
        ("Thanks, the error is gone.", True),
        ("Great", False),
        ("Thanks, but it still fails.", False),
        ("Thanks. Please add Tom as well.", False),
        ("Thanks, can you look again?", False),
        ("Thanks, one two three four five six seven eight nine ten eleven", True),
        ("Thanks, one two three four five six seven eight nine ten eleven twelve", False),
        ("", False),
    ],
)
def test_pure_thanks(text: str, is_thanks: bool) -> None:
    assert is_pure_thanks(text, has_attachment=False, lexicon=ENGLISH) is is_thanks


def test_thanks_with_an_attachment_are_not_pure() -> None:
    assert not is_pure_thanks("Thanks!", has_attachment=True, lexicon=ENGLISH)


def test_german_thanks_are_thanks() -> None:
    assert is_pure_thanks("Vielen Dank!", has_attachment=False, lexicon=GERMAN)
    assert not is_pure_thanks("Danke, geht aber immer noch nicht", has_attachment=False, lexicon=GERMAN)


def test_frustration_is_heard() -> None:
    assert frustration_in("This is the THIRD time I ask", ENGLISH) == "third time"
    assert frustration_in("All is well", GERMAN) is None


@pytest.mark.parametrize(
    ("text", "lexicon", "category"),
    [
        ("Documents lost in the migration", ENGLISH, "data_migration"),
        ("The payroll interface", ENGLISH, "integration"),
        ("Die Datenübernahme", GERMAN, "data_migration"),
        ("The payroll interface", GERMAN, "integration"),
        ("Something else", GERMAN, None),
    ],
)
def test_the_category_by_its_words(text: str, lexicon: Lexicon, category: str | None) -> None:
    assert category_of(text, lexicon) == category


def test_texts_are_compared_folded_and_without_double_spaces() -> None:
    assert plain("Straße  IST\tzu", "\u00b4x") == "strasse ist zu\n'x"


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_list_has_words_in_both_languages(locale: str) -> None:
    lexicon = POLICY.lexicons[locale]

    lists = ("outage", "enhancement", "training", "meeting", "howto", "incident", "request", "feedback", "u1", "u3")
    assert all(getattr(lexicon, name) for name in (*lists, "i3", "thanks", "objection", "frustration", "categories"))
    assert STOPWORDS[locale]
