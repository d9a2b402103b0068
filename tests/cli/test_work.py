"""`ticketbot mail`, `ticket`, `outbox` and `report`: what came, what became of it, what was sent."""

import email
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import MAIL, Run

from ticketbot.store.lock import alone_on


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_mails_are_understood_without_a_database(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "b.eml").write_text(MAIL.format(subject="Second"))
    (tmp_path / "mails" / "a.eml").write_bytes(b"\xff\x00garbage")

    result = run("mail", "parse", "mails", "--json")

    assert result.exit_code == 0
    told = lines(result.stdout)
    assert [each["file"] for each in told] == ["a.eml", "b.eml"]
    assert told[1]["subject"] == "Second"
    assert set(told[1]) == {
        "file", "error", "subject", "from_address", "from_name", "message_id", "to", "cc", "text", "visible_reply",
        "attachments", "kind", "bounce_recipients", "notes", "thread",
    }  # fmt: skip
    assert "Second" in run("mail", "parse", "mails").stdout
    assert list(tmp_path.iterdir()) == [tmp_path / "mails"]


def test_where_no_path_names_anything_it_is_an_error(run: Run, desk: Path) -> None:
    for words in (["mail", "parse"], ["mail", "import"]):
        result = run(*words, "none.eml", "missing.eml")
        assert result.exit_code == 1
        assert "there is no file or folder none.eml, missing.eml" in result.stderr
        assert result.stdout == ""


def test_what_cannot_be_read_has_a_line_and_the_rest_is_read(run: Run, desk: Path) -> None:
    (desk / "one.eml").write_text(MAIL.format(subject="One"))
    (desk / "link.eml").symlink_to("nowhere")

    parsed = run("mail", "parse", "--json", "missing.eml", "link.eml", "one.eml")
    taken = run("mail", "import", "missing.eml", "link.eml", "one.eml")

    told = [(each["file"], each["error"], each["subject"]) for each in lines(parsed.stdout)]
    assert told == [
        ("missing.eml", "there is no such file or folder", None),
        ("link.eml", "could not be read: No such file or directory", None),
        ("one.eml", None, "One"),
    ]
    assert (parsed.exit_code, taken.exit_code) == (0, 0)
    assert "missing.eml: there is no such file or folder" in parsed.stderr
    assert "1 new mails, 0 known before, 2 could not be read" in taken.stdout


def test_an_import_answers_nobody_and_is_safe_to_repeat(run: Run, desk: Path) -> None:
    (desk / "one.eml").write_text(MAIL.format(subject="One"))

    first = run("mail", "import", "one.eml")
    again = run("mail", "import", "one.eml")

    assert first.stdout == "1 new mails, 0 known before\nunderstood: 1 done\n"
    assert again.stdout == "0 new mails, 1 known before\nunderstood: nothing\n"
    assert "ACK" not in run("outbox", "list").stdout
    tickets = lines(run("ticket", "list", "--json").stdout)
    assert [ticket["created_at"] for ticket in tickets] == ["2026-01-12T08:00:00Z"]


def test_an_import_is_left_to_the_service_that_runs(run: Run, desk: Path) -> None:
    (desk / "one.eml").write_text(MAIL.format(subject="One"))

    with alone_on(desk / "ticketbot.db"):
        result = run("mail", "import", "one.eml")

    assert result.stdout == "1 new mails, 0 known before\nthe running service takes them up\n"
    assert lines(run("mail", "list", "--json").stdout)[0]["state"] == "received"
    assert "not understood yet" in run("mail", "why", "1").stdout


def test_an_import_into_an_unknown_mailbox_is_refused(run: Run, desk: Path) -> None:
    (desk / "one.eml").write_text(MAIL.format(subject="One"))

    result = run("mail", "import", "one.eml", "--mailbox", "suport")

    assert result.exit_code == 2
    assert "there is no mailbox 'suport' in ticketbot.toml; known are support" in result.stderr


def test_received_mails_are_listed_and_shown(run: Run, with_ticket: Path) -> None:
    listed = lines(run("mail", "list", "--state", "done", "--json").stdout)

    assert [(each["id"], each["ticket"], each["outcome"]) for each in listed] == [(1, "T-1001", "ticket")]
    assert "T-1001" in run("mail", "list").stdout
    assert run("mail", "list", "--state", "triage").stdout == "no mail in that state\n"
    shown = run("mail", "show", "1").stdout
    assert "Please help, it says error 502." in shown
    assert json.loads(run("mail", "show", "1", "--json").stdout)["visible_reply"] == "Please help, it says error 502."
    assert run("mail", "show", "1", "--raw").stdout == MAIL.format(subject="Broken")
    assert run("mail", "show", "99").exit_code == 1


def test_why_tells_every_rule_that_was_asked(run: Run, with_ticket: Path) -> None:
    told = run("mail", "why", "1").stdout
    facts = json.loads(run("mail", "why", "1", "--json").stdout)

    assert "own_mail" in told
    assert re.search(r"thread +7 the same mail again +no$", told, re.MULTILINE)
    assert "so it became: ticket T-1001" in told
    assert facts["kind"] == "client"
    assert facts["trace"][-1]["step"] == "decided"


def test_mails_that_were_set_aside_are_released_or_dropped(run: Run, desk: Path) -> None:
    for name in ("one", "two"):
        text = MAIL.format(subject=name).replace("mara@acme.example", "nobody@elsewhere.example")
        (desk / f"{name}.eml").write_text(text)
    run("mail", "import", "--answer", "one.eml", "two.eml")
    assert len(lines(run("mail", "list", "--state", "triage", "--json").stdout)) == 2

    dropped = run("mail", "drop", "1", "--reason", "advertising")
    released = run("mail", "release", "2")

    assert dropped.stdout == "dropped: 1\n"
    assert released.stdout.startswith("taken up again: 2;")
    states = {each["id"]: (each["state"], each["reason"]) for each in lines(run("mail", "list", "--json").stdout)}
    assert states[1] == ("dropped", "advertising")
    assert states[2][0] == "received"


def test_only_what_was_set_aside_can_be_released_or_dropped(run: Run, with_ticket: Path) -> None:
    for verb in ("release", "drop"):
        result = run("mail", verb, "1")
        assert result.exit_code == 1
        assert "mail 1 is done; only mails that were set aside can be" in result.stderr


def test_a_replay_understands_anew_and_doubles_nothing(run: Run, with_ticket: Path) -> None:
    letters = len(lines(run("outbox", "list", "--json").stdout))

    assert run("mail", "replay", "1").exit_code == 0
    (with_ticket / "empty").mkdir()
    run("mail", "import", "empty")

    assert len(lines(run("ticket", "list", "--json").stdout)) == 1
    assert len(lines(run("outbox", "list", "--json").stdout)) == letters
    assert lines(run("mail", "list", "--json").stdout)[0]["state"] == "done"


def test_tickets_are_listed_and_shown_whole(run: Run, with_ticket: Path) -> None:
    listed = lines(run("ticket", "list", "--state", "new", "--json").stdout)
    shown = json.loads(run("ticket", "show", "T-1001", "--json").stdout)

    assert "messages" not in listed[0]
    assert {
        "number", "subject", "state", "kind", "channel", "severity", "priority", "priority_reasons", "phase_at_receipt",
        "client", "launch", "requester", "participants", "owner", "created_at", "clocks", "messages", "events",
    } <= set(shown)  # fmt: skip
    assert (shown["number"], shown["client"], shown["launch"]) == ("T-1001", "acme", "acme/hr")
    assert shown["messages"][0]["visible_text"] == "Please help, it says error 502."
    told = run("ticket", "show", "1001").stdout
    assert told.startswith("T-1001  Broken\n")
    assert "promises, times in Europe/Berlin" in told
    assert re.search(r"\d\d:\d\d:\d\d received · P\d \(S\d\) · standard · \d+ h of Mon", told)
    assert "T-1001" in run("ticket", "list").stdout
    assert run("ticket", "list", "--state", "spam").stdout == "no ticket in that state\n"


def test_letters_are_listed_shown_cancelled_and_retried(run: Run, with_ticket: Path) -> None:
    listed = lines(run("outbox", "list", "--state", "queued", "--json").stdout)
    ack = next(each for each in listed if each["code"] == "ACK")

    shown = run("outbox", "show", str(ack["id"])).stdout
    raw = run("outbox", "show", str(ack["id"]), "--raw").stdout_bytes
    whole = json.loads(run("outbox", "show", str(ack["id"]), "--json").stdout)

    assert ack["to"] == ["mara@acme.example"]
    assert "[T-1001] Broken" in shown
    assert email.message_from_bytes(raw)["To"] == "mara@acme.example"
    assert "T-1001" in whole["text"]
    assert run("outbox", "cancel", str(ack["id"])).stdout == f"cancelled: {ack['id']}\n"
    assert "cancelled by hand" in run("outbox", "list", "--state", "cancelled").stdout
    assert run("outbox", "retry", str(ack["id"])).stdout == f"queued again: {ack['id']}\n"
    assert run("outbox", "list", "--state", "cancelled").stdout == "no letter in that state\n"
    assert run("outbox", "show", "99").exit_code == 1


def test_the_digest_is_shown_in_every_form(run: Run, with_ticket: Path) -> None:
    text = run("report", "digest").stdout
    facts = json.loads(run("report", "digest", "--running", "--format", "json").stdout)
    html = run("report", "digest", "--format", "html").stdout
    german = run("report", "digest", "--locale", "de").stdout

    assert "digest" in text.lower()
    assert facts["received"] == 1
    assert facts["clocks"].keys() == {"FR", "NR", "RES", "UPD"}
    assert facts["launches"][0]["launch"] == "acme/hr"
    assert "<html" in html
    assert "Woche" in german


def test_the_digest_is_as_it_would_be_at_an_instant(run: Run, with_ticket: Path) -> None:
    facts = json.loads(run("report", "digest", "--at", "2026-01-19T08:00:00", "--format", "json").stdout)

    assert facts["window"] == ["2026-01-11T23:00:00Z", "2026-01-18T23:00:00Z"]
    assert run("report", "digest", "--at", "tomorrow").exit_code == 2


def test_a_digest_can_be_mailed_at_once(run: Run, with_ticket: Path) -> None:
    result = run("report", "digest", "--send")

    assert result.stdout == "queued for ana@desk.example\n"
    assert "DIGEST" in run("outbox", "list", "--state", "queued").stdout


def test_tables_are_cut_to_the_terminal_and_show_no_control_characters(run: Run, desk: Path) -> None:
    (desk / "one.eml").write_text(MAIL.format(subject="Bell =?utf-8?q?=07?= rings"))
    run("mail", "import", "one.eml")

    assert "\x07" not in run("mail", "list").stdout


ANSWER = """From: {sender}
To: support@desk.example
Subject: Re: Broken
Message-ID: <answer@acme.example>
In-Reply-To: <first@acme.example>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=us-ascii

It works again.

On Monday, Ann wrote:
> Please try once more.
> Thank you.

--b
Content-Type: application/ms-tnef; name=winmail.dat

torn
--b--
"""


def test_one_mail_alone_is_told_in_a_block(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.eml").write_text(ANSWER.format(sender="Mara <mara@acme.example> <eve@bad.example>"))
    Path("long.eml").write_text(f"From: a@b.example\nSubject: \x1b[31mx\n\n{'word ' * 1000}")

    told = run("mail", "parse", "one.eml").stdout

    assert "from:     nobody\nto:       support@desk.example\nkind:     reply\n" in told
    assert "attached: winmail.dat (application/ms-tnef, 4 bytes)\n" in told
    assert "note:     From does not name one mailbox" in told
    assert told.endswith("\nIt works again.\n")
    long = run("mail", "parse", "long.eml").stdout
    assert "(2999 more characters; --json shows all)" in long
    assert "\x1b" not in long
    assert len(run("mail", "parse", "one.eml", "long.eml").stdout.splitlines()) == 3


def test_show_and_why_tell_how_a_mail_was_read(run: Run, with_ticket: Path) -> None:
    (with_ticket / "answer.eml").write_text(ANSWER.format(sender="Mara <mara@acme.example> <eve@bad.example>"))
    run("mail", "import", "answer.eml")

    shown, why = run("mail", "show", "2").stdout, run("mail", "why", "2").stdout
    steps = [
        each for each in json.loads(run("mail", "why", "2", "--json").stdout)["trace"] if each["step"] == "reading"
    ]

    assert re.search(r"^to: +support@desk.example$", shown, re.MULTILINE)
    assert re.search(r"^attachments: +winmail.dat", shown, re.MULTILINE)
    assert re.search(r"^received_at: +\d{4}-\d\d-\d\d \d\d:\d\dZ$", shown, re.MULTILINE)
    assert shown.endswith("--- of this, the sender newly wrote ---\nIt works again.\n")
    assert [each["rule"] for each in steps] == ["noted", "cut"]
    assert "<eve@bad.example>" in steps[0]["said"]
    assert steps[1]["said"] == "3 lines from line 2, what introduces a quote, and the quote: On Monday, Ann wrote:"
    assert re.search(r"reading +cut +3 lines", why)


def test_why_says_which_rules_were_not_asked_any_more(run: Run, with_ticket: Path) -> None:
    (with_ticket / "again.eml").write_text(MAIL.format(subject="[T-1001] Still broken"))
    run("mail", "import", "again.eml")

    trace = json.loads(run("mail", "why", "2", "--json").stdout)["trace"]

    said = {each["rule"]: each["said"] for each in trace if each["step"] == "thread"}
    assert said["1 signed address"] == "no"
    assert said["6 tag in the subject"] == "tagged in the subject"
    assert said["7 the same mail again"] == "not asked: decided above"
