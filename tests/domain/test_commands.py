"""Commands that staff write at the top of a mail: domain.md CM2, CM3; behaviours 76, 77."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ticketbot.domain.command_forms import Misfit, fill
from ticketbot.domain.command_specs import CommandName, Who
from ticketbot.domain.command_table import COMMANDS, TABLE
from ticketbot.domain.commands import (
    LONGEST_LINE,
    MOST_COMMANDS,
    Command,
    CommandError,
    Parsed,
    as_plain_text,
    parse,
    refusals,
)

#: What is suggested where nothing is near: all that works.
MENU = " ".join(f"#{spec.name}" for spec in COMMANDS.values() if spec.is_served)


def named(parsed: Parsed) -> list[str]:
    return [command.name for command in parsed.commands]


def the_error(text: str) -> CommandError:
    parsed = parse(text)
    assert len(parsed.errors) == 1, parsed
    return parsed.errors[0]


# The grammar


@pytest.mark.parametrize(
    ("mail", "commands", "text"),
    [
        pytest.param("", [], "", id="nothing"),
        pytest.param("We see it and are on it.", [], "We see it and are on it.", id="text alone"),
        pytest.param("#take", ["take"], "", id="a command alone"),
        pytest.param("#resolve\n\nYes, we went live at 06:00.", ["resolve"], "Yes, we went live at 06:00.", id="E003"),
        pytest.param("#resolve\nDone.", ["resolve"], "Done.", id="text right below"),
        pytest.param("\n\n#take\n\n#note\n\n\nA\n\nB\n", ["take", "note"], "A\n\nB", id="blank lines between"),
        pytest.param("#ReSolVe\nok", ["resolve"], "ok", id="any case"),
        pytest.param("Hello\n#close", [], "Hello\n#close", id="the block ends at the first other line"),
        pytest.param("#take\nHello\n#close", ["take"], "Hello\n#close", id="no command below text"),
        pytest.param("> #close", [], "> #close", id="a quoted command"),
        pytest.param("# heading", [], "# heading", id="a heading"),
        pytest.param("#1 is the first", [], "#1 is the first", id="a number"),
        pytest.param("#", [], "#", id="a lone sign"),
        pytest.param("##resolve is a command", [], "#resolve is a command", id="two signs are one"),
        pytest.param("#take\n\n##1 of two", ["take"], "#1 of two", id="two signs below a command"),
        pytest.param("Steps\n## Second", [], "Steps\n## Second", id="two signs further down stay"),
        pytest.param("\uff03take", ["take"], "", id="a full-width sign"),
        pytest.param("  #take \r\n\u00a0#note\u200b", ["take", "note"], "", id="indented by a phone or by HTML"),
        pytest.param("\ufeff#take", ["take"], "", id="a byte order mark"),
        pytest.param("#assign\tben", ["assign"], "", id="a tab"),
        pytest.param("  indented\n  text\n", [], "  indented\n  text", id="text keeps its indent"),
    ],
)
def test_commands_stand_above_the_text(mail: str, commands: list[str], text: str) -> None:
    parsed = parse(mail)

    assert (named(parsed), parsed.text, parsed.errors) == (commands, text, ())
    assert parsed.has_commands == bool(commands)


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("#assign ben", {"to": "ben"}),
        ("#assign @Ben", {"to": "ben"}),
        ("#assign team:Standard", {"to": "team:standard"}),
        ("#note", {}),
        ("#note they called back", {"text": "they called back"}),
        ("#resolve fixed in the settings", {"how": "fixed in the settings"}),
    ],
)
def test_arguments_are_named_and_spelt_in_one_way(line: str, args: dict[str, str]) -> None:
    parsed = parse(line)

    assert parsed.errors == ()
    assert dict(parsed.commands[0].args) == args
    assert (parsed.commands[0].line, parsed.commands[0].line_no) == (line, 1)


def test_lines_are_counted_as_the_writer_sees_them() -> None:
    parsed = parse("\n#take\n\n#pending\n#resolv\n\nText")

    assert [command.line_no for command in parsed.commands] == [2, 4]
    assert [error.line_no for error in parsed.errors] == [5]


# Errors: the line, the reason, the nearest valid form


@pytest.mark.parametrize(
    ("line", "reason", "suggestion"),
    [
        pytest.param("#resolv", "there is no command “#resolv”", "#resolve", id="E014"),
        pytest.param("#asign ben", "there is no command “#asign”", "#assign ben", id="arguments kept"),
        pytest.param("#asign", "there is no command “#asign”", "#assign ben", id="the example where they are missing"),
        pytest.param("#resolve:", "there is no command “#resolve:”", "#resolve", id="a colon"),
        pytest.param("#take/", "there is no command “#take/”", "#take", id="a slash"),
        pytest.param("#xyzzy", "there is no command “#xyzzy”", MENU, id="nothing is near"),
        pytest.param("#é", "there is no command “#é”", MENU, id="another alphabet"),
        pytest.param("#dashboard", "“#dashboard” does not work in this version yet", MENU, id="not served"),
        pytest.param("#take it", "“it” is too much here", "#take", id="too much"),
        pytest.param("#pending waiting", "“waiting” is too much here", "#pending", id="words behind #pending"),
        pytest.param("#assign", "a person or a team (ben, team:standard) is missing", "#assign ben", id="missing"),
        pytest.param("#assign ben cara", "“cara” is too much here", "#assign ben", id="two people"),
        pytest.param(
            "#assign ben,cara", "“ben,cara” is not a person or a team (ben, team:standard)", "#assign ben", id="no name"
        ),
        pytest.param(
            "#note " + "x" * LONGEST_LINE, f"the line is longer than {LONGEST_LINE} characters", MENU, id="endless"
        ),
    ],
)
def test_a_bad_line_is_shown_with_its_reason_and_the_nearest_valid_form(
    line: str, reason: str, suggestion: str
) -> None:
    error = the_error(f"{line}\nShould be fine now.")

    assert (error.reason, error.suggestion) == (reason, suggestion)
    assert line.startswith(error.line)
    assert len(error.line) <= 200


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        ("#take\n#take", "“#take” stands there twice"),
        ("#take\n#assign ben", "“#take” and “#assign” do not go together in one mail"),
        ("#pending\n#resolve\n\nText", "“#pending” and “#resolve” do not go together in one mail"),
        ("#spam\n#note\n#close", "“#spam” and “#close” do not go together in one mail"),
    ],
)
def test_what_does_not_go_together_is_refused(mail: str, reason: str) -> None:
    assert the_error(mail).reason == reason


def test_every_bad_line_is_told_at_once_and_the_good_ones_are_still_known() -> None:
    parsed = parse("#take\n#resolv\n#xyzzy\n\nText")

    assert named(parsed) == ["take"]
    assert [error.line for error in parsed.errors] == ["#resolv", "#xyzzy"]
    assert parsed.has_commands
    assert parsed.text == "Text"


def test_a_flood_of_commands_is_one_error() -> None:
    parsed = parse("#take\n" * 10_000)

    assert len(parsed.commands) + len(parsed.errors) == MOST_COMMANDS + 1
    assert parsed.errors[-1].line_no == MOST_COMMANDS + 1


@pytest.mark.parametrize(
    ("mail", "wrapped"),
    [
        pytest.param("#take\nprofile=focused14", True, id="right below"),
        pytest.param("#take\nprofile=focused14 complexity=low", True, id="two options"),
        pytest.param("#take\n\nprofile=focused14", False, id="below a blank line"),
        pytest.param("profile=focused14", False, id="no command above"),
        pytest.param("#take\nprofile = focused14", False, id="a sentence"),
    ],
)
def test_a_line_that_a_mail_program_wrapped_never_becomes_text_in_silence(mail: str, wrapped: bool) -> None:
    assert bool(parse(mail).errors) == wrapped


# Signatures below a command (77)


@pytest.mark.parametrize(
    "below",
    [
        "Sent from my iPhone",
        "Sent from my Galaxy S21, powered by Samsung",
        "Get Outlook for iOS",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPad",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "iPhone'umdan gönderildi",
        "Отправлено с iPhone",  # noqa: RUF001
        "iPhoneから送信",
        "发自我的iPhone",
        "나의 iPhone에서 보냄",
        "*Sent from my iPhone*",
        "Best regards\nBen Novak",
        "Viele Grüße,\nBen\n\nSent from my iPhone",
        "Thanks,\nBen",
        "BEN NOVAK",
        "Kind regards",
    ],
)
def test_a_signature_below_a_command_is_no_answer(below: str) -> None:
    parsed = parse(f"#close\n\n{below}\n", own_name="Ben Novak")

    assert (named(parsed), parsed.text) == (["close"], "")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks",
        "Best to restart it.",
        "Sent from my side: the file is here.",
        "Gesendet von uns, bitte prüfen.",
        "Please restart.\nSent from my iPhone",
        "Ben will call you.",
        "Sent with the wrong header, and this goes on and on until nobody would take it for what an iPhone writes. "
        * 2,
    ],
)
def test_what_could_be_an_answer_stays(text: str) -> None:
    assert parse(f"#resolve\n\n{text}", own_name="Ben Novak").text == text.strip()


@pytest.mark.parametrize(
    ("mail", "text"),
    [
        ("It works again.\n\nSent from my iPhone\n\nGet Outlook for iOS", "It works again."),
        ("It works again.\n\nBest regards\nBen", "It works again.\n\nBest regards\nBen"),
        ("Cheers\nBen", "Cheers\nBen"),
        ("Sent from my iPhone", ""),
    ],
)
def test_a_plain_answer_loses_the_banner_and_nothing_else(mail: str, text: str) -> None:
    assert parse(mail, own_name="Ben Novak").text == text


# What a ticket refuses


@pytest.mark.parametrize(
    ("mail", "has_ticket", "is_public", "waits", "refused"),
    [
        pytest.param("#resolve\n\nDone.", True, True, True, False, id="resolve with an answer"),
        pytest.param("#resolve", True, True, True, True, id="resolve in silence while the client waits"),
        pytest.param("#resolve", True, True, False, False, id="resolve in silence after the first answer"),
        pytest.param("#resolve\n\nDone.", True, False, True, True, id="resolve with a note only"),
        pytest.param("#resolve\n#note\n\nDone.", True, True, True, True, id="resolve, but the text is a note"),
        pytest.param("#pending\n\nWhich file?", True, True, True, False, id="pending with a question"),
        pytest.param("#pending", True, True, True, True, id="pending in silence"),
        pytest.param("#pending", True, True, False, True, id="pending in silence, after the first answer"),
        pytest.param("#pending\n\nWhich file?", True, False, False, True, id="pending with a note only"),
        pytest.param("#close", True, False, True, False, id="close needs no text"),
        pytest.param("#close", False, False, False, True, id="close what?"),
        pytest.param("#pending\n\nSent from my iPhone", True, True, True, True, id="a banner is no question"),
    ],
)
def test_silence_towards_a_waiting_client_is_refused(
    mail: str, has_ticket: bool, is_public: bool, waits: bool, refused: bool
) -> None:
    answer = refusals(parse(mail), has_ticket=has_ticket, is_public=is_public, first_response_runs=waits)

    assert bool(answer) == refused
    assert all(error.reason and error.suggestion for error in answer)


@pytest.mark.parametrize(
    ("roles", "allowed"), [((), False), (("engineer",), False), (("hypercare_lead",), True), (("director",), True)]
)
def test_plans_are_for_leads(roles: tuple[str, ...], allowed: bool) -> None:
    exit_early = Command(name="exit", line_no=1, line="#exit acme/hr done")  # type: ignore[arg-type]
    parsed = Parsed(commands=(exit_early,))

    refused = refusals(parsed, has_ticket=False, is_public=False, first_response_runs=False, roles=roles)

    assert COMMANDS["exit"].who is Who.LEAD
    assert bool(refused) != allowed


# The table


def test_the_table_knows_every_command_of_the_domain() -> None:
    text = """
        take away assign note pending resolve reopen close spam notspam snooze send ok undo
        kind sev impact urgency priority category found client launch cc block concern
        merge split link problem workaround release shipped for call to
        meet training workshop webinar visit kb faq docgap doc insight lesson action review ic comms
        golive extend exit pause resume relapse accept cadence config forget
        help status ticket why ready digest dashboard
    """

    assert set(COMMANDS) == set(text.split())
    assert len(COMMANDS) == sum(len(row) for row in TABLE.values())


def test_what_is_served_is_in_the_table() -> None:
    assert {name for name, spec in COMMANDS.items() if spec.is_served} == set(CommandName)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_example_fits_its_own_form(name: str) -> None:
    spec = COMMANDS[name]

    assert re.fullmatch(r"#[a-z-]+( .+)?", spec.example)
    assert not isinstance(fill(spec.form, spec.example.partition(" ")[2]), Misfit)
    assert spec.says


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("launch acme/hr", {"launch": "acme/hr"}),
        (
            "launch acme/hr go-live=2027-03-01T06:00 customised=YES complexity=very_high profile=command30_90",
            {
                "launch": "acme/hr",
                "go-live": "2027-03-01T06:00",
                "customised": "yes",
                "complexity": "very_high",
                "profile": "command30_90",
            },
        ),
        ("sev 2", {"severity": "S2"}),
        ("sev s2", {"severity": "S2"}),
        ("priority p1 client called", {"priority": "P1", "reason": "client called"}),
        ("link t9", {"ticket": "T-9"}),
        ("why 1001", {"ticket": "T-1001"}),
        ("link [T-9]", {"ticket": "T-9"}),
        ("why T18", {"ticket": "T-18"}),
        ("why", {}),
        ("cc <Tom@Acme.example>", {"address": "tom@acme.example"}),
        ("block spam.example", {"party": "spam.example"}),
        ("call tom@acme.example", {"address": "tom@acme.example"}),
        ("problem Menu hard to find | owner ben", {"title": "Menu hard to find", "owner": "ben"}),
        ("problem Menu hard to find", {"title": "Menu hard to find"}),
        (
            "workshop 2027-03-18 14:00 60m remote",
            {"date": "2027-03-18", "time": "14:00", "duration": "60m", "place": "remote"},
        ),
        ("release 2027-04-08 !", {"date": "2027-04-08", "force": "!"}),
        ("concern done", {"done": "done"}),
        ("concern they are angry", {"text": "they are angry"}),
        ("config menu = Recruiting, Jobs", {"setting": "menu = Recruiting, Jobs"}),
        ("config acme/hr menu = Jobs", {"launch": "acme/hr", "setting": "menu = Jobs"}),
        ("action call Tom @ben fri", {"action": "call Tom @ben fri"}),
        ("away until 2027-03-18", {"until_word": "until", "until": "2027-03-18"}),
        ("snooze 2d", {"until": "2d"}),
        ("insight praise they like it", {"class": "praise", "text": "they like it"}),
    ],
)
def test_arguments_of_every_shape_are_read(line: str, args: dict[str, str]) -> None:
    name, _, text = line.partition(" ")

    assert fill(COMMANDS[name].form, text) == args


@pytest.mark.parametrize(
    ("line", "reason", "nearest"),
    [
        ("priority P1", "a reason is missing", None),
        ("priority P5 now", "“P5” is not a priority (P1 to P4)", None),
        ("kind incidnt", "“incidnt” is not a kind (incident, question, request …)", "incident"),
        ("release 2027-02-30", "“2027-02-30” is not a date (2027-03-18, fri, 3d)", None),
        ("launch acme", "“acme” is not a launch (acme/hr)", None),
        ("launch acme/hr profil=x", "there is no option “profil”", "profile=x"),
        ("launch acme/hr zzz=x", "there is no option “zzz”", None),
        ("launch acme/hr customised=maybe", "“maybe” is not yes or no", None),
        ("launch acme/hr go-live=2027-03-01T25:00", "“2027-03-01T25:00” is not a date (2027-03-18, fri, 3d)", None),
        ("launch acme/hr soon", "“soon” is too much here", None),
        ("problem Menu | who ben", "after | comes owner, not “who”", None),
        ("problem Menu | owner", "a person or a team (ben, team:standard) is missing", None),
        ("workshop fri 14:00 remote", "“remote” is not a duration (60m, 2h, 7d)", None),
        ("action call Tom", "“call Tom” is not an action, a person and a date (text @ben fri)", None),
    ],
)
def test_what_does_not_fit_says_why(line: str, reason: str, nearest: str | None) -> None:
    name, _, text = line.partition(" ")

    found = fill(COMMANDS[name].form, text)

    assert isinstance(found, Misfit)
    assert found.reason == reason
    assert found.nearest == nearest


# It never fails, and never takes long


@given(st.text(max_size=400))
@example("#" * 400)
@example("#take\x00\n#\ud7ff")
def test_parsing_never_raises(text: str) -> None:
    parsed = parse(text)

    assert parsed.has_commands == bool(parsed.commands or parsed.errors)
    assert all(error.suggestion for error in parsed.errors)


_LINES = st.sampled_from(
    [*(spec.example for row in TABLE.values() for spec in row), "", "text", "> #close", "#resolv", "##x", "key=value"]
)


@given(st.lists(_LINES, max_size=12))
def test_what_stands_below_the_first_other_line_is_never_a_command(lines: list[str]) -> None:
    parsed = parse("\n".join(lines))

    end = next((i for i, line in enumerate(lines) if line and not re.match("#[a-z]", line)), len(lines))
    assert all(each.line_no <= end for each in parsed.commands)
    assert sum(bool(line) for line in lines[:end]) <= len(parsed.commands) + len(parsed.errors)


@pytest.mark.parametrize(
    "unit",
    ["#take\n", "#a", "# ", "\n", "#note x\n", "Sent from my iPhone\n\n", "#launch acme/hr a=b\n", "mailto:<", "#x=y "],
)
def test_parsing_is_linear(unit: str) -> None:
    start = time.process_time()

    parse(unit * (400_000 // len(unit)))

    assert time.process_time() - start < 2


# What stands alone, and words without commands


@pytest.mark.parametrize("name", ["ok", "send", "undo"])
def test_what_stands_alone_is_fine_by_itself(name: str) -> None:
    assert named(parse(f"#{name}\n\nBest regards\nBen", own_name="Ben Okafor")) == [name]


@pytest.mark.parametrize("mail", ["#ok\nand say hello", "#ok\n#take", "#take\n#undo", "#send\n#resolv"])
def test_what_stands_alone_goes_with_nothing_else(mail: str) -> None:
    assert "stands alone in its mail" in parse(mail).errors[-1].reason


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        pytest.param("#resolv\nShould be fine now.", "Should be fine now.", id="E014"),
        pytest.param("#resolve\n#priority P1 they shout\n\nDone.", "Done.", id="right commands"),
        pytest.param("Just words.", "Just words.", id="no command"),
        pytest.param("#hypercarerocks", "#hypercarerocks", id="only looks like one"),
        pytest.param("#hypercarerocks\n#resolv", "#hypercarerocks", id="one of each"),
        pytest.param("#resolv", "", id="a slip alone"),
        pytest.param("#tak", "", id="a short slip"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_words_of_a_mail_hold_no_command(mail: str, words: str) -> None:
    assert as_plain_text(mail) == words


@given(st.lists(st.sampled_from(["#take", "#resolv", "#close now", "#priority P1 x", "#x y", "words", ""]), max_size=6))
def test_no_command_of_the_table_is_ever_among_the_words(lines: list[str]) -> None:
    first = as_plain_text("\n".join(lines)).split("\n")[0]

    assert first.partition(" ")[0].removeprefix("#") not in COMMANDS or not first.startswith("#")
