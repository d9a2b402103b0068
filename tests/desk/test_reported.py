"""Answers to reports: lines that assign, rank and ask are done together, other words reach the lead as a note."""

import pytest
from tests.desk.acts import DANA, note, opened, refused, reply_to
from tests.desk.driver import DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import InboxMail

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def answer_report(
    desk: DeskDriver, body: str, *, launch: str | None = "acme/hr", sender: str = DANA, of: str = "dana@desk.example"
) -> InboxMail:
    """Let one of our people answer a report that somebody got."""
    to = desk.desk.post.report_address(launch, reader=of, now=desk.now)
    headers = vouched("dana@desk.example") if any(each.authserv_id for each in desk.mailboxes) else None
    return desk.receive(a_mail(sender=sender, to=to, subject="Re: digest", body=body, headers=headers))


def test_two_lines_make_two_owners_and_two_notices(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(subject="Another", body="matter"))
    before = desk.letters()

    answer_report(desk, "T-1001 ben\nT-1002: @chen\n\nDana")

    assert (desk.owner(1001), desk.owner(1002)) == ("ben", "chen")
    assert {"NEW ben", "NEW chen", "CMD dana"} <= set(desk.codes(since=before))
    assert desk.letters("NOTICE") == []


def test_every_form_of_a_line_does_what_it_says(store: Store) -> None:
    desk = opened(store)

    answer_report(
        desk,
        "T-1001 P1 the board waits\nT-1001 team:standard\naction: call Tom @chen fri\nwhy T-1001\nlaunch acme/hr\nhelp",
    )

    done = desk.letter("CMD").draft["values"]["done"]
    with store.look() as work:
        actions = [(each.title, each.owner, each.due_on) for each in work.register.items("action")]
    assert (desk.ticket().priority, desk.ticket().owner_team) == ("P1", "standard")
    assert actions == [("call Tom", "chen", "2027-03-05")]
    assert any(line.startswith("acme/hr · hypercare") for line in done)
    assert any("first answer" in line.lower() for line in done)
    assert desk.letter("HELP").reader == "dana@desk.example"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("T-1001 bob", "nobody here is called bob"),
        ("T-1001 team:moon", "there is no team moon"),
        ("T-9 ben", "there is no ticket T-9"),
        ("T-1001 P1", "needs its reason"),
        ("T-1001 P4 there is time", "needs a word to the client"),
        ("action: call Tom @bob fri", "nobody here is called bob"),
        ("launch acme/crm", "there is no launch acme/crm"),
    ],
)
@on_sqlite
def test_one_line_that_cannot_be_done_stops_them_all(store: Store, line: str, why: str) -> None:
    desk = opened(store)
    before = desk.letters()

    mail = answer_report(desk, f"T-1001 chen\n{line}\n")

    assert (desk.owner(), mail.state) == (None, "held")
    assert why in refused(desk)
    assert desk.codes(since=before) == ["CMD dana"]


@on_sqlite
def test_other_words_are_a_note_to_the_lead(store: Store) -> None:
    desk = opened(store)

    answer_report(desk, "We should look at payroll again.\nIt was bad on Monday.")

    note_ = desk.letter("NOTICE").draft["values"]
    assert desk.letter("NOTICE").reader == "ana@desk.example"
    assert (note_["what"], note_["detail"]) == (
        "report_note",
        "We should look at payroll again.\nIt was bad on Monday.",
    )


@on_sqlite
def test_the_monday_digest_can_be_answered(store: Store) -> None:
    desk = opened(store)
    desk.wait(days=14)
    digest = desk.letter("DIGEST", to="dana@desk.example")

    desk.receive(a_mail(sender=DANA, to=digest.draft["reply_to"], subject="Re: digest", body="T-1001 ben"))

    assert desk.owner() == "ben"


@on_sqlite
def test_somebody_elses_report_gives_no_rights(store: Store) -> None:
    desk = opened(store)

    mail = answer_report(desk, "T-1001 ben", of="ana@desk.example")

    assert (desk.owner(), mail.state) == (None, "triage")


@on_sqlite
def test_an_answer_that_our_server_does_not_vouch_for_is_asked_about_first(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example")))
    to = desk.desk.post.report_address(None, reader="dana@desk.example", now=desk.now)
    held = desk.receive(a_mail(sender=DANA, to=to, subject="Re: digest", body="T-1001 ben"))
    before = desk.owner()

    desk.receive(
        a_mail(
            sender=DANA,
            to=desk.letter("CHALLENGE").draft["reply_to"],
            body="yes",
            headers=vouched("dana@desk.example"),
        )
    )

    assert (held.state, before, desk.owner()) == ("held", None, "ben")


@on_sqlite
def test_commands_in_an_answer_to_a_report_are_commands(store: Store) -> None:
    desk = opened(store)

    answer_report(desk, "#lesson ask early")

    with store.look() as work:
        assert [each.title for each in work.register.items("lesson")] == ["ask early"]


@on_sqlite
@pytest.mark.parametrize(("body", "owner"), [("T-1001 chen\n\nAna", "chen"), ("T-1001 chen, perhaps?", None)])
def test_a_reminder_is_answered_by_lines_or_by_a_note(store: Store, body: str, owner: str | None) -> None:
    desk = opened(store)
    desk.wait(minutes=25)

    reply_to(desk, desk.letter("REMIND", to="ana@desk.example"), body, sender="Ana Silva <ana@desk.example>")

    assert desk.owner() == owner
    assert len(desk.messages()) == (1 if owner else 2)


@on_sqlite
def test_a_plain_note_to_a_ticket_that_looks_like_a_line_stays_a_note(store: Store) -> None:
    desk = opened(store)

    note(desk, "T-1001 chen")

    assert desk.owner() is None


@on_sqlite
def test_an_answer_to_a_refusal_or_receipt_about_a_report_acts_like_an_answer_to_the_report(store: Store) -> None:
    desk = opened(store)
    answer_report(desk, "T-1001 bne", launch=None)

    reply_to(desk, desk.letter("CMD"), "T-1001 ben", sender=DANA)
    reply_to(desk, desk.letters("CMD")[-1], "T-1001 chen", sender=DANA)

    assert desk.owner() == "chen"
    assert desk.letters("TRIAGE") == []


@on_sqlite
def test_an_answer_to_a_refused_plan_takes_commands(store: Store) -> None:
    desk = opened(store)
    answer_report(desk, "#status acme/hx")

    reply_to(desk, desk.letter("CMD"), "#status acme/hr", sender=DANA)

    assert desk.letters("CMD")[-1].draft["values"]["variant"] == "receipt"


@on_sqlite
def test_words_that_nobody_would_read_come_back_with_the_forms_of_an_answer(store: Store) -> None:
    desk = opened(store)
    lead = "Ana Silva <ana@desk.example>"

    mail = answer_report(desk, "A good week, thanks all.", sender=lead, of="ana@desk.example")

    assert mail.state == "held"
    assert "no lead but you" in refused(desk)
    assert "T-1042 ben" in desk.letter("CMD", to="ana@desk.example").draft["values"]["errors"][0]["nearest"]
    assert desk.letters("NOTICE") == []


@on_sqlite
def test_our_own_people_are_never_shown_as_unknown_senders(store: Store) -> None:
    desk = opened(store)

    desk.receive(a_mail(sender=DANA, subject="Good morning", body="Hello all."))
    desk.run_due()

    letters = desk.letters("TRIAGE")
    assert letters
    for letter in letters:
        assert letter.draft["values"]["mails"][0]["is_staff"] is True
        assert letter.draft["reply_to"] is None
