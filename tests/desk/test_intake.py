"""What becomes of a client's first mail: who wrote, which launch, which promise, who is told."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import DeskDriver, asking_its_server, vouched
from tests.factories import DESK, NOW, a_mail, a_mail_with_attachment

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_a_contacts_mail_becomes_a_ticket_with_a_promise_an_acknowledgement_and_news_to_staff(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(subject="Nobody can log in", body="Since this morning all users are blocked."))

    ticket = desk.ticket()
    assert (mail.state, mail.outcome) == ("done", "ticket")
    assert (ticket.number, ticket.subject, ticket.state) == (1001, "Nobody can log in", "new")
    assert (ticket.kind, ticket.severity, ticket.priority) == ("incident", "S1", "P1")
    assert desk.due("FR") == datetime(2027, 3, 2, 9, 15, tzinfo=UTC)
    assert desk.codes() == ["ACK mara", "NEW ana", "NEW ben", "INCIDENT ana"]
    assert desk.actions() == ["opened"]


def test_an_acknowledgement_names_the_due_time_and_threads_below_the_clients_mail(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(message_id="first@acme.example"))

    ack = desk.letter("ACK")
    assert ack.to == ["mara@acme.example"]
    assert ack.draft["values"]["due_at"] == "2027-03-02T09:30:00Z"
    assert (ack.draft["in_reply_to"], ack.draft["automatic"]) == ("first@acme.example", "auto-replied")
    assert ack.draft["reply_to"] == desk.client_address()


@on_sqlite
def test_a_colleague_of_a_contact_is_known_by_the_clients_domain(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(sender="New Person <new.person@ACME.example>"))

    ticket = desk.ticket()
    assert (ticket.requester_address, ticket.requester_name) == ("new.person@acme.example", "New Person")
    assert "ACK new.person" in desk.codes()


@on_sqlite
@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("Eve <eve@nowhere.example>", id="a stranger"),
        pytest.param("Eve <eve@sub.acme.example>", id="a sub-domain that is not listed"),
        pytest.param("Eve <eve@notacme.example>", id="a domain that only ends alike"),
        pytest.param("Fred <other@gmail.com>", id="free mail, although a contact has an address there"),
        pytest.param(None, id="no From"),
        pytest.param("mara@acme.example, eve@nowhere.example", id="two From mailboxes"),
        pytest.param("Undisclosed: mara@acme.example;", id="a group"),
    ],
)
def test_a_sender_whom_nobody_knows_opens_no_ticket_and_gets_no_answer(store: Store, sender: str | None) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(sender=sender))

    assert (mail.state, mail.outcome) == ("triage", "triage")
    assert mail.reason
    assert (desk.tickets(), desk.letters()) == ([], [])
    assert desk.actions(None) == ["triage"]


@on_sqlite
def test_a_second_from_header_leaves_nobody_to_be_named(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(b"From: eve@nowhere.example\r\n" + a_mail())

    assert mail.state == "triage"


@on_sqlite
def test_free_mail_of_a_contact_is_known_by_its_address(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(sender="freelancer@gmail.com"))

    assert desk.ticket().requester_name == "Fred Lance"


@on_sqlite
@pytest.mark.parametrize(
    ("subject", "body", "title"),
    [
        pytest.param("", "The report is empty.\nPlease help.", "The report is empty.", id="no subject"),
        pytest.param(None, "The report is empty.", "The report is empty.", id="no Subject header"),
        pytest.param("", "", "(no subject)", id="nothing at all"),
        pytest.param("?", "", "?", id="one character"),
        pytest.param("Fwd: Report", "", "Report", id="a prefix"),
        pytest.param("[T-77] Report", "", "Report", id="a tag of ours that names no ticket"),
        pytest.param("Report\t of\r\n  March", "", "Report of March", id="folded"),
        pytest.param("x" * 900, "", "x" * 300, id="far too long"),
    ],
)
def test_every_mail_of_a_known_sender_gets_a_title(store: Store, subject: str | None, body: str, title: str) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(subject=subject, body=body))

    assert desk.ticket().subject == title


def test_bytes_that_no_database_likes_are_stored_and_shown(store: Store) -> None:
    desk = DeskDriver(store)
    raw = a_mail(subject="=?utf-8?b?TlVMIAAg7aCAIHN1cnJvZ2F0ZQ==?=", body="NUL \0 and \x1b[31m red \u202e")

    mail = desk.receive(raw.replace(b"red", b"red \xed\xa0\x80 \xff"))

    assert mail.outcome == "ticket"
    assert "\0" not in desk.messages()[0].text
    assert desk.ticket().subject.startswith("NUL")


def test_the_urgent_mailbox_makes_it_urgent(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(to="urgent@desk.example", subject="Candidate import stopped", body="x"), mailbox="urgent")

    ticket = desk.ticket()
    assert (ticket.channel, ticket.urgency, ticket.severity, ticket.priority) == ("urgent", 1, "S2", "P1")


@on_sqlite
def test_words_of_importance_change_nothing(store: Store) -> None:
    desk = DeskDriver(store)
    claims = {"Importance": "high", "X-Priority": "1", "X-Ticketbot-Priority": "P1", "X-Ticketbot-Owner": "ben"}

    desk.receive(a_mail(subject="Report is empty", body="Make this P1 please.", headers=claims))

    assert (desk.ticket().priority, desk.ticket().owner_id) == ("P2", None)


@on_sqlite
@pytest.mark.parametrize(
    ("sender", "phase", "priority", "due_at"),
    [
        pytest.param("mara@acme.example", "hypercare", "P2", datetime(2027, 3, 2, 9, 30, tzinfo=UTC), id="hypercare"),
        pytest.param(
            "aino@borealis.example", "transition", "P3", datetime(2027, 3, 2, 13, 0, tzinfo=UTC), id="transition"
        ),
        pytest.param("nils@corvus.example", "standard", "P3", datetime(2027, 3, 3, 9, 0, tzinfo=UTC), id="standard"),
    ],
)
def test_the_same_mail_is_promised_otherwise_in_each_phase(
    store: Store, sender: str, phase: str, priority: str, due_at: datetime
) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(sender=sender, subject="Report shows an error", body="Since this morning."))

    ticket = desk.ticket()
    assert (ticket.phase_at_receipt, ticket.severity, ticket.priority) == (phase, "S3", priority)
    assert desk.due("FR") == due_at


@on_sqlite
def test_a_client_without_launch_has_standard_support(store: Store) -> None:
    desk = DeskDriver(store, file=DESK.partition("[clients.borealis]")[0].partition('[launches."acme/hr"]')[0])

    desk.receive(a_mail(subject="Report shows an error"))

    ticket = desk.ticket()
    assert (ticket.phase_at_receipt, ticket.launch_id, ticket.priority) == (None, None, "P3")
    assert desk.clocks()["FR", 1].calendar == "B"


@on_sqlite
def test_the_promise_counts_from_receipt_and_not_from_what_the_mail_says(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(date=NOW - timedelta(days=400)), at=NOW - timedelta(minutes=10))

    assert desk.ticket().created_at == NOW - timedelta(minutes=10)
    assert desk.clocks()["FR", 1].started_at == NOW - timedelta(minutes=10)


@on_sqlite
def test_a_server_whose_clock_is_ahead_promises_nothing_in_the_future(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(), at=NOW + timedelta(days=3))

    assert desk.ticket().created_at == NOW


@on_sqlite
def test_a_vip_is_lifted(store: Store) -> None:
    desk = DeskDriver(store, file=DESK.replace("go_live = 2027-03-01T06:00:00", "go_live = 2027-01-11T06:00:00"))

    desk.receive(a_mail(sender="vera@acme.example", subject="Report shows an error"))

    assert desk.ticket().priority == "P2"
    assert "VIP" in desk.ticket().priority_reasons[0]


@on_sqlite
def test_mail_that_our_server_does_not_vouch_for_is_p3_at_most_and_its_acknowledgement_quotes_nothing(
    store: Store,
) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    desk.receive(a_mail(subject="Nobody can log in"))

    assert desk.ticket().priority == "P3"
    assert desk.letter("ACK").draft["values"]["verified"] is False


@on_sqlite
def test_mail_that_our_server_vouches_for_has_its_full_priority(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    headers = vouched("mara@acme.example")
    desk.receive(a_mail(subject="Nobody can log in", body="All users are blocked.", headers=headers))

    assert desk.ticket().priority == "P1"
    assert desk.letter("ACK").draft["values"]["verified"] is True
    assert desk.messages()[0].is_verified


@on_sqlite
@pytest.mark.parametrize(
    ("sender", "result", "state"),
    [
        pytest.param("mara@acme.example", "fail", "triage", id="a contact whose authentication failed"),
        pytest.param("new@acme.example", "none", "triage", id="a colleague whom our server does not vouch for"),
        pytest.param("new@acme.example", "pass", "done", id="a colleague whom it vouches for"),
    ],
)
def test_our_servers_word_decides_who_is_known(store: Store, sender: str, result: str, state: str) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    mail = desk.receive(a_mail(sender=sender, headers=vouched(sender, result=result)))

    assert mail.state == state


# Copies


def test_the_same_bytes_twice_are_one_mail(store: Store) -> None:
    desk = DeskDriver(store)
    raw = a_mail()

    first, second = desk.receive(raw), desk.receive(raw)

    assert first.id == second.id
    assert len(desk.tickets()) == 1
    assert desk.codes() == ["ACK mara", "NEW ana", "NEW ben", "INCIDENT ana"]


def test_mail_to_two_mailboxes_makes_one_ticket_and_one_acknowledgement(store: Store) -> None:
    desk = DeskDriver(store)
    raw = a_mail(to="support@desk.example, urgent@desk.example")

    first = desk.receive(b"Delivered-To: support@desk.example\r\n" + raw)
    second = desk.receive(b"Delivered-To: urgent@desk.example\r\n" + raw, mailbox="urgent")

    assert (second.outcome, second.ticket_id, second.message_id) == ("append", first.ticket_id, first.message_id)
    assert second.reason
    assert (len(desk.tickets()), len(desk.messages()), len(desk.letters("ACK"))) == (1, 1, 1)


@pytest.mark.parametrize("order", [("support", "urgent"), ("urgent", "support")], ids=["urgent second", "urgent first"])
def test_the_stronger_channel_wins_even_when_it_is_seen_second(store: Store, order: tuple[str, str]) -> None:
    desk = DeskDriver(store)
    raw = a_mail(subject="Candidate import stopped", body="x")

    for mailbox in order:
        desk.receive(f"Delivered-To: {mailbox}@desk.example\r\n".encode() + raw, mailbox=mailbox)

    ticket = desk.ticket()
    assert (ticket.channel, ticket.urgency, ticket.severity, ticket.priority) == ("urgent", 1, "S2", "P1")
    assert desk.due("FR") == datetime(2027, 3, 2, 9, 15, tzinfo=UTC)


@on_sqlite
def test_the_same_words_again_within_a_day_join_the_first_ticket(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.sleep(hours=23)

    again = desk.receive(a_mail(subject="RE: Report is empty"))

    assert again.outcome == "append"
    assert (len(desk.tickets()), len(desk.messages()), len(desk.letters("ACK"))) == (1, 2, 1)


@on_sqlite
def test_the_same_words_after_a_day_are_a_new_ticket(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.sleep(hours=25)

    desk.receive(a_mail())

    assert len(desk.tickets()) == 2


@on_sqlite
def test_equal_message_ids_with_other_content_are_both_kept(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(message_id="same@acme.example", subject="One", body="One thing."))
    desk.receive(
        a_mail(message_id="same@acme.example", subject="Two", body="Another thing.", sender="jonas@acme.example")
    )

    assert len(desk.tickets()) == 2


# Machines and lists


@on_sqlite
def test_an_automatic_reply_outside_any_thread_is_kept_and_does_nothing(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(headers={"Auto-Submitted": "auto-generated (vacation)"}))

    assert (mail.state, mail.outcome) == ("done", "suppress")
    assert mail.reason
    assert (desk.tickets(), desk.letters()) == ([], [])


@on_sqlite
@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Vacation request cannot be approved", "The button is grey. I am on vacation from Friday, please hurry."),
        ("Urlaub", "Ich bin ab Montag im Urlaub, aber das System zeigt mich als anwesend."),
    ],
)
def test_a_client_who_writes_of_an_absence_is_a_client(store: Store, subject: str, body: str) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(subject=subject, body=body))

    assert mail.outcome == "ticket"
    assert "ACK mara" in desk.codes()


@on_sqlite
@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Urlaub: Antrag lässt sich nicht genehmigen", "Ich bin ab Freitag im Urlaub, bitte beeilen Sie sich."),
        ("Out of office", "I am on annual leave until Monday."),
        ("Automatic reply: Report is empty", "Back soon."),
    ],
)
def test_what_only_looks_like_an_absence_is_a_ticket_but_not_acknowledged(
    store: Store, subject: str, body: str
) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(subject=subject, body=body))

    assert mail.outcome == "ticket"
    assert len(desk.tickets()) == 1
    assert not [code for code in desk.codes() if code.startswith("ACK")]


@on_sqlite
def test_what_only_looks_like_an_absence_of_a_stranger_is_for_people_to_see(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(sender="who@else.example", subject="Out of office", body="I am on vacation."))

    assert mail.outcome == "triage"


@on_sqlite
def test_what_looks_like_an_absence_of_ours_never_reaches_the_client(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    before = desk.letters()

    mail = desk.receive(
        a_mail(
            sender="Ben <ben@desk.example>",
            to=desk.letter("NEW", to="ben@desk.example").draft["reply_to"],
            subject="Out of office",
            body="I am on vacation until Monday.",
        )
    )

    assert mail.outcome == "append"
    assert desk.messages()[-1].author == "machine"
    assert desk.codes(since=before) == []


@on_sqlite
def test_a_programs_answer_without_headers_is_folded_into_its_ticket(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    before = desk.letters()

    mail = desk.receive(a_mail(subject="Automatic reply: [T-1001] Report is empty", body="Back soon."))

    kept = desk.messages()[-1]
    assert (mail.outcome, kept.author, kept.audience) == ("append", "machine", "internal")
    assert desk.codes(since=before) == []


def test_an_automatic_reply_in_a_thread_is_folded_into_its_ticket(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    before = desk.letters()

    mail = desk.receive(
        a_mail(in_reply_to=desk.letter("ACK").message_id, headers={"Auto-Submitted": "auto-replied"}, body="I am away.")
    )

    kept = desk.messages()[-1]
    assert (mail.outcome, kept.author, kept.audience) == ("append", "machine", "internal")
    assert desk.actions() == ["opened", "machine_mail"]
    assert desk.codes(since=before) == []


@on_sqlite
def test_an_automatic_reply_does_not_reopen_a_settled_ticket(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender="ben@desk.example", to=desk.answer_address(), body="#resolve\n\nDone."))

    desk.receive(
        a_mail(in_reply_to=desk.letter("RESOLVED").message_id, headers={"Auto-Submitted": "auto-replied"}, body="Away.")
    )

    assert desk.ticket().state == "resolved"


@on_sqlite
def test_list_mail_of_a_contact_is_a_ticket_without_acknowledgement(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(headers={"List-Id": "<team.acme.example>"}))

    assert desk.codes() == ["NEW ana", "NEW ben", "INCIDENT ana"]
    assert desk.detail("not_acknowledged")["why"] == "a machine or a list wrote this"


@on_sqlite
def test_list_mail_of_nobody_we_know_is_kept_and_does_nothing(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(sender="news@shop.example", headers={"List-Unsubscribe": "<mailto:x@shop.example>"}))

    assert (mail.state, mail.outcome) == ("done", "suppress")
    assert desk.tickets() == []


@on_sqlite
def test_list_mail_on_a_ticket_is_never_lost_on_it(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender="new@acme.example"))

    desk.receive(
        a_mail(
            sender="new@acme.example",
            body="It still fails.",
            in_reply_to=desk.letter("ACK").message_id,
            headers={"List-Id": "<team.acme.example>"},
        )
    )

    assert [each.new_text for each in desk.messages()][-1] == "It still fails."
    assert "RELAY_IN ben" in desk.codes()


def test_our_own_mail_that_comes_back_is_recorded_and_answered_by_nobody(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    ack = desk.letter("ACK")
    before = desk.letters()

    mail = desk.receive(
        a_mail(
            sender="support@desk.example", message_id=ack.message_id, headers={"X-Ticketbot-Id": f"<{ack.message_id}>"}
        )
    )

    assert (mail.outcome, mail.kind) == ("suppress", "own")
    assert desk.codes(since=before) == []


@on_sqlite
def test_a_forged_mark_of_ours_makes_no_mail_our_own(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    forged = desk.letter("ACK").message_id.replace("tb.", "tb.a", 1)

    mail = desk.receive(a_mail(subject="Another", body="thing", headers={"X-Ticketbot-Id": f"<{forged}>"}))

    assert mail.outcome == "ticket"


@on_sqlite
def test_mail_from_our_own_address_that_is_not_ours_gets_no_acknowledgement(store: Store) -> None:
    desk = DeskDriver(store, file=DESK.replace("jonas@acme.example", "support@desk.example"))

    desk.receive(a_mail(sender="support@desk.example"))

    assert desk.detail("not_acknowledged")["why"] == "it came from an address of ours"


# Caps


@on_sqlite
def test_at_most_five_acknowledgements_go_to_one_sender_in_an_hour(store: Store) -> None:
    desk = DeskDriver(store)

    for number in range(7):
        desk.receive(a_mail(subject=f"Matter {number}", body=f"Words {number}"))

    assert (len(desk.tickets()), len(desk.letters("ACK"))) == (7, 5)
    assert desk.detail("not_acknowledged", 1007)["why"] == "the sender got enough of them this hour"


@on_sqlite
def test_after_an_hour_a_sender_is_acknowledged_again(store: Store) -> None:
    desk = DeskDriver(store)
    for number in range(6):
        desk.receive(a_mail(subject=f"Matter {number}", body=f"Words {number}"))
    desk.sleep(minutes=61)

    desk.receive(a_mail(subject="Matter 9", body="Words 9"))

    assert len(desk.letters("ACK")) == 6


@on_sqlite
def test_the_whole_desk_sends_no_more_acknowledgements_than_its_cap(store: Store) -> None:
    desk = DeskDriver(store, ack_cap=2)

    for sender in ("mara@acme.example", "jonas@acme.example", "vera@acme.example"):
        desk.receive(a_mail(sender=sender))

    assert (len(desk.tickets()), len(desk.letters("ACK"))) == (3, 2)


@on_sqlite
def test_the_third_similar_mail_looks_automatic(store: Store) -> None:
    desk = DeskDriver(store)

    for number in range(3):
        desk.receive(a_mail(subject="Backup failed", body=f"Run {number}"))

    assert (len(desk.tickets()), len(desk.letters("ACK"))) == (3, 2)


@on_sqlite
def test_nobody_reads_noreply(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(sender="no-reply@acme.example"))

    assert "ACK no-reply" not in desk.codes()


def test_imported_mail_answers_nobody_and_reminds_nobody_of_what_is_long_past(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(), at=NOW - timedelta(days=40), is_imported=True)
    desk.wait(days=2)

    assert desk.ticket().number == 1001
    assert {each.code for each in desk.letters()} == {"DIGEST"}
    assert {each.state for each in desk.reminders()} == {"superseded"}


@on_sqlite
def test_mail_of_a_stranger_that_is_imported_is_shown_to_nobody(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(sender="eve@nowhere.example"), is_imported=True)
    desk.run_due()

    assert desk.letters("TRIAGE") == []


# Launch, people, attachments


@on_sqlite
@pytest.mark.parametrize(
    ("to", "subject", "launch"),
    [
        pytest.param("support+learning@desk.example", "Help", "acme/learning", id="its own address"),
        pytest.param("support@desk.example", "Trouble with Academy", "acme/learning", id="an alias in the subject"),
        pytest.param("support@desk.example", "Help", "acme/hr", id="the strongest phase"),
    ],
)
def test_a_mail_belongs_to_the_launch_that_it_names(store: Store, to: str, subject: str, launch: str) -> None:
    learning = """
[launches."acme/learning"]
name = "Acme Learning"
go_live = 2027-06-07T06:00:00
profile = "focused14"
address = "support+learning@desk.example"
aliases = ["academy"]
"""
    desk = DeskDriver(store, file=DESK + learning)

    desk.receive(a_mail(to=to, subject=subject))

    assert desk.letter("NEW").draft["launch"] == launch


def test_people_of_the_client_in_cc_take_part_and_others_are_offered_to_staff(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(
        a_mail(cc="Jonas <jonas@acme.example>, colleague@acme.example, eve@nowhere.example, aino@borealis.example, "
               "ben@desk.example, urgent@desk.example")
    )  # fmt: skip

    assert desk.participants() == ["mara@acme.example", "jonas@acme.example", "colleague@acme.example"]
    assert desk.letter("NEW").draft["values"]["cc_hints"] == ["eve@nowhere.example", "aino@borealis.example"]
    assert desk.actions() == ["opened", "joined", "joined"]


def test_an_address_that_no_mail_can_go_to_takes_part_in_nothing(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail(cc=f"<{'x' * 400}@acme.example>, jonas@acme.example"))

    assert mail.outcome == "ticket"
    assert desk.participants() == ["mara@acme.example", "jonas@acme.example"]


@on_sqlite
def test_attachments_are_passed_on_to_staff(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(a_mail_with_attachment(filename="report.csv"))

    new = desk.letter("NEW")
    assert new.draft["values"]["mail"]["attachments"] == ["report.csv"]
    assert new.draft["enclosures"] == [{"sha256": mail.sha256, "index": 0}]


@on_sqlite
def test_a_mail_that_nobody_can_read_is_left_to_people(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(b"\xff\xfe\x00garbage" * 50)

    assert mail.state == "triage"


@on_sqlite
def test_an_empty_mail_is_left_to_people(store: Store) -> None:
    desk = DeskDriver(store)

    mail = desk.receive(b"")

    assert mail.state == "triage"


@on_sqlite
def test_an_alert_of_a_known_sender_is_an_alert_without_acknowledgement(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(
        a_mail(to="alerts@desk.example", subject="payroll-sync failed", headers={"Auto-Submitted": "auto-generated"}),
        mailbox="alerts",
    )

    assert (desk.ticket().kind, desk.ticket().channel) == ("alert", "alert")
    assert desk.letters("ACK") == []


@on_sqlite
def test_an_alert_that_was_delivered_twice_is_one_ticket(store: Store) -> None:
    desk = DeskDriver(store)
    raw = a_mail(to="alerts@desk.example", subject="payroll-sync failed")
    desk.receive(b"Delivered-To: a@desk.example\r\n" + raw, mailbox="alerts")
    desk.sleep(days=2)

    desk.receive(b"Delivered-To: b@desk.example\r\n" + raw, mailbox="alerts")

    assert (len(desk.tickets()), len(desk.messages())) == (1, 1)
    assert desk.letters("RELAY_IN") == []


@on_sqlite
def test_a_sender_with_an_endless_name_breaks_nothing(store: Store) -> None:
    desk = DeskDriver(store)
    letters = "\ufb03" * 60  # one letter each, three when the case is folded

    mail = desk.receive(a_mail(sender=f"{letters}@acme.example"))

    assert mail.state in {"done", "triage"}
