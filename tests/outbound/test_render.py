"""How letters read: times in the reader's zone and language, other people's words made harmless."""

from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError
from tests.outbound.samples import NOW, samples

from ticketbot.domain.drafts import Json
from ticketbot.outbound.letters import Code
from ticketbot.render import FILES, MAIL, language_of, render, words
from ticketbot.render.times import Times, times_for

OURS: dict[str, Json] = {"desk": {"name": "Example Support", "address": "support@desk.example"}, "marker": ""}


def times(language: str = "en", zone: str = "Europe/Berlin", at: datetime = NOW) -> Times:
    return times_for(language=language, zone=zone, at=at)


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "zone", "value", "reads"),
    [
        ("en", "Europe/Berlin", "2027-03-06T21:55:00Z", "Saturday 6 March, 22:55 (Berlin time)"),
        ("de", "Europe/Berlin", "2027-03-06T21:55:00Z", "Samstag, 6. März, 22:55 Uhr (Berliner Zeit)"),
        ("en", "America/New_York", "2027-03-06T21:55:00Z", "Saturday 6 March, 16:55 (New York time)"),
        ("de", "Europe/Vienna", "2027-03-06T21:55:00Z", "Samstag, 6. März, 22:55 Uhr (Wiener Zeit)"),
        ("de", "Europe/Helsinki", "2027-03-06T21:55:00Z", "Samstag, 6. März, 23:55 Uhr (Ortszeit Helsinki)"),
        ("en", "America/Argentina/Buenos_Aires", "2027-03-06T21:55:00Z", "Saturday 6 March, 18:55 (Buenos Aires time)"),
        ("en", "UTC", "2027-03-06T21:55:00Z", "Saturday 6 March, 21:55 (UTC)"),
        ("en", "Etc/GMT+3", "2027-03-06T21:55:00Z", "Saturday 6 March, 18:55 (UTC-3)"),
        ("en", "Asia/Kathmandu", "2027-03-06T21:55:00Z", "Sunday 7 March, 03:40 (Kathmandu time)"),
        ("en", "Nowhere/At_All", "2027-03-06T21:55:00Z", "Saturday 6 March, 21:55 (UTC)"),
        ("en", "Europe/Berlin", "2028-01-03T08:00:00Z", "Monday 3 January 2028, 09:00 (Berlin time)"),
        ("en", "Europe/Berlin", "2027-10-31T00:30:00Z", "Sunday 31 October, 02:30 (Berlin time, UTC+2)"),
        ("en", "Europe/Berlin", "2027-10-31T01:30:00Z", "Sunday 31 October, 02:30 (Berlin time, UTC+1)"),
    ],
)
def test_an_instant_names_weekday_and_zone_in_the_readers_language(
    language: str, zone: str, value: str, reads: str
) -> None:
    assert spaced(times(language, zone).instant(value)) == reads


@pytest.mark.parametrize(
    ("language", "value", "reads"),
    [
        ("en", "2027-03-07T08:45:00Z", "Sun 09:45"),
        ("de", "2027-03-07T08:45:00Z", "So 09:45"),
        ("en", "2027-03-30T10:00:00Z", "30 Mar 12:00"),
        ("de", "2027-03-30T10:00:00Z", "30. März 12:00"),
    ],
)
def test_a_short_time_names_the_weekday_only_while_it_is_clear(language: str, value: str, reads: str) -> None:
    assert spaced(times(language).short(value)) == reads


@pytest.mark.parametrize(
    ("seconds", "reads"),
    [
        (0, "1 min"),
        (900, "15 min"),
        (4_500, "1 h 15 min"),
        (90_000, "25 h"),
        (266_400, "3 days 2 h"),
        (1_800_000, "21 days"),
    ],
)
def test_a_span_is_told_in_the_units_that_people_use(seconds: int, reads: str) -> None:
    assert spaced(times().span(seconds)) == reads


def test_working_time_is_never_told_in_days() -> None:
    assert spaced(times().working(60 * 3600)) == "60 h"


@pytest.mark.parametrize(("language", "reads"), [("en", "29 Mar to 4 Apr 2027"), ("de", "29. März to 4. Apr. 2027")])
def test_a_week_is_named_by_its_days(language: str, reads: str) -> None:
    shown = times(language).days("2027-03-29", "2027-04-04")

    assert " ".join(shown.replace("\u2009", " ").replace("\N{EN DASH}", "to").split()) == reads


def test_a_missing_time_is_a_dash_and_not_a_failure() -> None:
    assert (times().instant(None), times().short(None)) == ("\N{EN DASH}", "\N{EN DASH}")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-AT", "de"), ("de_DE", "de"), ("DE", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("../../etc", "en")],
)
def test_a_letter_comes_in_the_nearest_language_that_there_is(locale: str, language: str) -> None:
    assert language_of("ack", locale) == language


@pytest.mark.parametrize("code", Code)
def test_every_letter_has_its_three_files_and_every_translation_all_three(code: Code) -> None:
    folder = MAIL / code.lower()
    languages = [folder, *(found for found in folder.iterdir() if found.is_dir())]

    assert folder / "de" in languages
    for language in languages:
        assert [name for name in FILES if not (language / name).is_file()] == []


def test_every_folder_of_templates_belongs_to_a_letter() -> None:
    folders = {found.name for found in MAIL.iterdir() if found.is_dir() and not found.name.startswith("_")}

    assert folders == {code.lower() for code in Code}


def test_a_missing_value_is_an_error() -> None:
    values = dict(samples()["ack"].values)
    del values["due_at"]

    with pytest.raises(UndefinedError):
        render("ACK", {**values, **OURS}, locale="en", zone="UTC", at=NOW)


def test_the_subject_keeps_other_systems_tokens_and_loses_our_own_tag() -> None:
    assert words.subject_line("Re: [T-1042] [ref:_00D:ref] Import  [JIRA-7]") == "Re: [ref:_00D:ref] Import [JIRA-7]"


@pytest.mark.parametrize(
    "text",
    [
        "a\x1b[31mred",
        "a\u202eevil\u202c",
        "a\u200bb",
        "a\ud800b",
        "a\x00b",
        "a\u2028b",
        "a\U000e0041b",
        "a\x9bb",
        "\ufeffa",
    ],
)
def test_words_lose_what_could_trick_a_screen(text: str) -> None:
    cleaned = words.harmless(text)

    assert cleaned.isprintable() or set(cleaned) <= set("ab\n\ufffd")


def test_words_keep_the_joiners_that_scripts_and_emoji_need() -> None:
    assert words.harmless("👩\u200d💻 नक\u200cषा") == "👩\u200d💻 नक\u200cषा"


def test_prose_is_filled_to_a_terminals_width_and_instants_stay_whole() -> None:
    text = "word " * 12 + "by Saturday\u00a06\u00a0March,\u00a022:55 and so on.\n\n- an item that " + "goes on " * 10

    lines = words.wrapped(text).splitlines()

    assert max(map(len, lines)) <= 72
    assert any("Saturday\u00a06\u00a0March,\u00a022:55" in line for line in lines)
    assert [line[:2] for line in lines if "goes" in line] == ["- ", "  "]


def test_a_quotation_marks_each_line() -> None:
    assert words.quoted("one\n\ntwo") == "> one\n>\n> two"


def test_a_clipped_text_says_that_something_is_left_out() -> None:
    assert words.clipped("1\n2\n3", lines=2) == "1\n2\n[…]"


def test_a_language_without_patterns_of_its_own_still_names_its_days() -> None:
    french = times_for(language="fr", zone="Europe/Paris", at=datetime(2027, 3, 6, tzinfo=UTC))

    assert spaced(french.day("2027-03-06")) == "samedi 6 mars"
