"""What our own people do by mail: answers, notes and commands, all or nothing."""

from datetime import timedelta

import pytest
from tests.desk.acts import refused, reply_to
from tests.desk.driver import ANA, BEN, DeskDriver
from tests.factories import DESK, a_mail, a_mail_with_attachment

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def opened(store: Store) -> DeskDriver:
    """Return a desk with one new ticket."""
    desk = DeskDriver(store)
    desk.receive(a_mail(message_id="first@acme.example"))
    return desk


def answer(desk: DeskDriver, body: str, *, sender: str = BEN, number: int = 1001, **fields: str) -> None:
    """Let one of our people answer the client."""
    agent = sender.partition("<")[2].rstrip(">")
    desk.receive(a_mail(sender=sender, to=desk.answer_address(number, agent=agent), body=body, **fields))  # type: ignore[arg-type]


def note(desk: DeskDriver, body: str, *, sender: str = BEN) -> None:
    """Let one of our people write to the address that leaves a note."""
    agent = sender.partition("<")[2].rstrip(">")
    desk.receive(a_mail(sender=sender, to=desk.note_address(agent=agent), body=body))


# Answers


def test_an_answer_goes_to_the_client_stops_the_first_response_and_makes_its_writer_the_owner(store: Store) -> None:
    desk = opened(store)
    before = desk.letters()
    desk.sleep(minutes=5)

    answer(desk, "We are on it.\n\n-- \nBen Okafor\n+49 30 1234567")

    clocks = desk.clocks()
    relay = desk.letter("RELAY_OUT")
    assert desk.codes(since=before) == ["RELAY_OUT mara"]
    assert (relay.draft["from_name"], relay.draft["values"]["text"]) == ("Ben, Support", "We are on it.")
    assert (relay.draft["in_reply_to"], relay.draft["automatic"]) == ("first@acme.example", "no")
    assert relay.draft["reply_to"] == desk.client_address()
    assert (desk.ticket().state, desk.owner()) == ("open", "ben")
    assert (clocks["FR", 1].is_met, clocks["UPD", 1].state) == (True, "running")
    assert desk.actions() == ["opened", "ruling", "state", "owner", "reply"]


@on_sqlite
def test_a_second_answer_leaves_the_owner_and_starts_the_next_update(store: Store) -> None:
    desk = opened(store)
    answer(desk, "One.")
    desk.sleep(minutes=10)

    answer(desk, "Two.", sender=ANA)

    assert desk.owner() == "ben"
    assert [name for name in desk.clocks() if name[0] == "UPD"] == [("UPD", 1), ("UPD", 2)]


@on_sqlite
@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("Please try.\n\nBen\nben@desk.example\n+49 (30) 123-4567", "Please try.", id="a signature"),
        pytest.param("Mail ben@desk.example for it.", "Mail support@desk.example for it.", id="in a sentence"),
        pytest.param(
            "Call +49 30 7654321, the bank's line.", "Call +49 30 7654321, the bank's line.", id="a phone meant"
        ),
        pytest.param("Try it.\n\nTel. +49 30 1234567", "Try it.", id="a phone alone at the end"),
        pytest.param(
            "Please try.\nE-mail: ben@desk.example\nBen", "Please try.\nBen", id="an address alone at the end"
        ),
        pytest.param("See the mail.\nRef. t.{token}\nThanks", "See the mail.\n\nThanks", id="a marker"),
        pytest.param("Write to {reply} please.", "Write to support@desk.example please.", id="our own address"),
    ],
)
def test_what_must_not_leave_is_cut_from_an_answer(store: Store, body: str, text: str) -> None:
    desk = opened(store)
    token = desk.anchor().partition("@")[0].removeprefix("t.")

    answer(desk, body.replace("{token}", token).replace("{reply}", desk.note_address()))

    assert desk.letter("RELAY_OUT").draft["values"]["text"] == text


@on_sqlite
@pytest.mark.parametrize("word", ["aino@borealis.example", "someone@borealis.example"])
def test_an_answer_that_names_another_clients_people_is_held(store: Store, word: str) -> None:
    desk = opened(store)

    answer(desk, f"It is the same as with\n{word} last week.")

    assert desk.letters("RELAY_OUT") == []
    error = desk.letter("CMD").draft["values"]["errors"][0]
    assert error["line"] == f"{word} last week."


@on_sqlite
def test_an_answer_that_carries_another_matters_token_is_held(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(sender="aino@borealis.example"))

    answer(desk, f"See {desk.anchor(1002).partition('@')[0]}")

    assert desk.letters("RELAY_OUT") == []


@on_sqlite
def test_the_clients_own_people_may_be_named(store: Store) -> None:
    desk = opened(store)

    answer(desk, "I wrote to jonas@acme.example and to the vendor, help@vendor.example.")

    assert "jonas@acme.example" in desk.letter("RELAY_OUT").draft["values"]["text"]


@on_sqlite
def test_an_attachment_alone_is_an_answer(store: Store) -> None:
    desk = opened(store)

    desk.receive(a_mail_with_attachment(sender=BEN, to=desk.answer_address(), body=""))

    assert len(desk.letter("RELAY_OUT").draft["enclosures"]) == 1
    assert desk.clocks()["FR", 1].state == "stopped"


@on_sqlite
def test_an_empty_answer_goes_to_nobody(store: Store) -> None:
    desk = opened(store)

    answer(desk, "")

    assert desk.letters("RELAY_OUT") == []
    assert desk.clocks()["FR", 1].state == "running"


@on_sqlite
def test_an_automatic_reply_of_one_of_us_is_never_an_answer(store: Store) -> None:
    desk = opened(store)

    desk.receive(
        a_mail(sender=BEN, to=desk.answer_address(), body="I am away.", headers={"Auto-Submitted": "auto-replied"})
    )

    assert desk.letters("RELAY_OUT") == []
    assert (desk.messages()[-1].author, desk.clocks()["FR", 1].state) == ("machine", "running")


def test_the_same_answer_delivered_twice_goes_out_once(store: Store) -> None:
    desk = opened(store)
    raw = a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nDone.")

    desk.receive(b"Delivered-To: a@desk.example\r\n" + raw)
    desk.receive(a_mail(to=desk.client_address(), body="It fails again."))
    replay = desk.receive(b"Delivered-To: b@desk.example\r\n" + raw)

    assert replay.outcome == "append"
    assert (len(desk.letters("RESOLVED")), desk.ticket().state) == (1, "reopened")


@on_sqlite
def test_answers_are_shown_by_first_name_whatever_the_name_is(store: Store) -> None:
    desk = DeskDriver(store, file=DESK.replace('name = "Ben Okafor"', 'name = " "'))
    desk.receive(a_mail())

    answer(desk, "Hello.")

    assert desk.letter("RELAY_OUT").draft["values"]["text"] == "Hello."


# Notes


def test_a_note_reaches_nobody_outside(store: Store) -> None:
    desk = opened(store)
    before = desk.letters()

    note(desk, "They forgot the licence again.")

    kept = desk.messages()[-1]
    assert (kept.direction, kept.audience, kept.author) == ("note", "internal", "staff")
    assert desk.codes(since=before) == []
    assert (desk.ticket().state, desk.owner(), desk.clocks()["FR", 1].state) == ("new", None, "running")
    assert desk.actions() == ["opened", "ruling", "note"]


@on_sqlite
def test_a_note_is_a_note_at_the_answer_address_too(store: Store) -> None:
    desk = opened(store)

    answer(desk, "#note call her tomorrow\n\nafter nine")

    assert desk.letters("RELAY_OUT") == []
    assert desk.messages()[-1].new_text == "call her tomorrow\nafter nine"


# Commands, each on both databases


def test_take_makes_the_sender_the_owner(store: Store) -> None:
    desk = opened(store)
    before = desk.letters()

    note(desk, "#take")

    assert desk.owner() == "ben"
    assert desk.detail("owner") == {"to": "ben"}
    assert desk.codes(since=before) == []


@on_sqlite
def test_taking_ones_own_ticket_changes_nothing(store: Store) -> None:
    desk = opened(store)
    note(desk, "#take")

    note(desk, "#take")

    assert desk.actions().count("owner") == 1


def test_assign_gives_it_to_somebody_who_is_shown_everything(store: Store) -> None:
    desk = opened(store)
    before = desk.letters()

    note(desk, "#assign chen\n\nPlease look at the licence.")

    new = desk.letter("NEW")
    assert (desk.owner(), desk.codes(since=before)) == ("chen", ["NEW chen"])
    assert (new.draft["values"]["is_handover"], new.draft["reply_to"]) == (
        True,
        desk.answer_address(agent="chen@desk.example"),
    )
    assert new.draft["values"]["mail"]["text"] == desk.messages()[0].new_text
    told = new.draft["values"]["earlier"][-1]
    assert (told["author"], told["text"], told["is_note"]) == ("Ben Okafor", "Please look at the licence.", True)


def test_assign_to_a_team_leaves_it_unowned_and_shows_it_to_the_team(store: Store) -> None:
    desk = opened(store)
    note(desk, "#take")
    before = desk.letters()

    note(desk, "#assign team:standard")

    assert (desk.owner(), desk.codes(since=before)) == (None, ["NEW chen"])


@on_sqlite
def test_an_answer_that_gives_the_ticket_to_a_team_does_not_make_its_writer_the_owner(store: Store) -> None:
    desk = opened(store)

    answer(desk, "#assign team:standard\n\nMy colleagues will help you.")

    assert desk.owner() is None
    assert len(desk.letters("RELAY_OUT")) == 1


@on_sqlite
def test_assigning_to_the_present_owner_tells_nobody(store: Store) -> None:
    desk = opened(store)
    note(desk, "#take")
    before = desk.letters()

    note(desk, "#assign ben", sender=ANA)

    assert desk.codes(since=before) == []


def test_pending_with_text_asks_the_client_and_rests_the_promise(store: Store) -> None:
    desk = opened(store)
    desk.sleep(minutes=10)

    answer(desk, "#pending\n\nWhich report is it?")

    clocks = desk.clocks()
    assert desk.ticket().state == "pending_client"
    assert desk.letter("RELAY_OUT").draft["values"]["is_question"] is True
    assert (clocks["RES", 1].state, clocks["RES", 1].due_at, clocks["RES", 1].next_at) == ("paused", None, None)
    assert (clocks["FR", 1].is_met, ("UPD", 1) in clocks) == (True, False)


@pytest.mark.parametrize("way", ["answer", "note"])
def test_pending_without_words_for_the_client_is_refused(store: Store, way: str) -> None:
    desk = opened(store)

    if way == "answer":
        answer(desk, "#pending")
    else:
        note(desk, "#pending\n\nI asked them by phone.")

    assert desk.ticket().state == "new"
    assert desk.letter("CMD").draft["values"]["variant"] == "error"


def test_resolve_with_text_tells_the_client_and_stops_every_promise(store: Store) -> None:
    desk = opened(store)
    desk.sleep(minutes=10)
    before = desk.letters()

    answer(desk, "#resolve\n\nIt works again.")

    ticket = desk.ticket()
    assert (ticket.state, ticket.resolved_at, ticket.act) == ("resolved", desk.now, "auto_close")
    assert desk.codes(since=before) == ["RESOLVED mara"]
    assert desk.letter("RESOLVED").draft["values"]["text"] == "It works again."
    assert {(clock.state, clock.is_met) for clock in desk.clocks().values()} == {("stopped", True)}


@pytest.mark.parametrize("body", ["#resolve", "#resolve restarted the job"])
def test_resolve_without_text_is_refused_while_the_client_waits_for_a_first_answer(store: Store, body: str) -> None:
    desk = opened(store)

    answer(desk, body)

    assert (desk.ticket().state, desk.letters("RESOLVED")) == ("new", [])


def test_resolve_without_text_settles_what_was_answered_before(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Please try again.")

    answer(desk, "#resolve restarted the job")

    assert desk.ticket().state == "resolved"
    assert desk.letter("RESOLVED").draft["values"]["text"] == ""
    assert desk.detail("how") == {"text": "restarted the job"}


@on_sqlite
def test_resolve_by_the_note_address_keeps_its_words_inside(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Please try again.")

    note(desk, "#resolve\n\nShe was quite angry.")

    assert (desk.ticket().state, desk.letter("RESOLVED").draft["values"]["text"]) == ("resolved", "")
    assert (desk.messages()[-1].audience, desk.messages()[-1].new_text) == ("internal", "She was quite angry.")


@on_sqlite
def test_resolving_twice_changes_nothing(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolve\n\nDone.")
    closes_at = desk.ticket().act_at
    desk.sleep(hours=1)

    note(desk, "#resolve")

    assert desk.ticket().act_at == closes_at
    assert len(desk.letters("RESOLVED")) == 1


def test_close_ends_a_resolved_ticket_at_once(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolve\n\nDone.")
    before = desk.letters()

    note(desk, "#close")

    assert (desk.ticket().state, desk.ticket().closed_at, desk.ticket().act_at) == ("closed", desk.now, None)
    assert desk.codes(since=before) == []


@on_sqlite
def test_closing_twice_changes_nothing(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolve\n\nDone.")
    note(desk, "#close")

    note(desk, "#close")

    assert desk.actions().count("state") == 2


def test_close_is_refused_before_it_is_resolved(store: Store) -> None:
    desk = opened(store)

    note(desk, "#take\n#close\n\nIt is nothing.")

    error = desk.letter("CMD").draft["values"]["errors"][0]
    assert error["line"] == "#close"
    assert (desk.ticket().state, desk.owner()) == ("new", None)


def test_reopen_begins_a_new_resolution_and_no_answer_is_owed(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolve\n\nDone.")
    desk.sleep(hours=1)

    note(desk, "#reopen")

    clocks = desk.clocks()
    assert (desk.ticket().state, desk.ticket().act_at) == ("reopened", None)
    assert (clocks["RES", 2].state, ("NR", 1) in clocks) == ("running", False)


@on_sqlite
def test_reopening_what_is_open_is_refused(store: Store) -> None:
    desk = opened(store)

    note(desk, "#reopen")

    assert "open already" in desk.letter("CMD").draft["values"]["errors"][0]["reason"]


def test_spam_voids_its_promises_and_notspam_begins_them_anew(store: Store) -> None:
    desk = opened(store)
    note(desk, "#spam")
    void = {clock.state for clock in desk.clocks().values()}
    desk.sleep(hours=1)

    note(desk, "#notspam")

    clocks = desk.clocks()
    assert (void, desk.ticket().state) == ({"void"}, "new")
    assert (clocks["FR", 2].state, clocks["FR", 2].started_at) == ("running", desk.now)
    assert clocks["FR", 1].state == "void"


@on_sqlite
def test_nobody_answers_spam(store: Store) -> None:
    desk = opened(store)
    note(desk, "#spam")

    answer(desk, "Hello?")

    assert desk.letters("RELAY_OUT") == []
    assert "#notspam" in desk.letter("CMD").draft["values"]["errors"][0]["reason"]


@on_sqlite
def test_an_answer_to_a_settled_ticket_keeps_its_state(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolve\n\nDone.")
    closes_at = desk.ticket().act_at

    answer(desk, "One more thing: clear your cache.")

    assert (desk.ticket().state, desk.ticket().act_at) == ("resolved", closes_at)
    assert [name for name in desk.clocks() if name[0] == "UPD"] == []


@on_sqlite
def test_an_answer_to_a_waiting_ticket_keeps_waiting(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#pending\n\nWhich one?")

    answer(desk, "I mean the report.")

    assert desk.ticket().state == "pending_client"
    assert desk.clocks()["RES", 1].state == "paused"


# All or nothing


def test_one_bad_line_stops_everything_and_the_sender_is_told_at_once(store: Store) -> None:
    desk = opened(store)
    before = desk.letters()
    clocks = {name: clock.memory for name, clock in desk.clocks().items()}
    raw = a_mail(sender=BEN, to=desk.answer_address(), body="#take\n#resolv\nShould be fine now.")

    mail = desk.receive(raw)

    error = desk.letter("CMD").draft["values"]
    assert (mail.state, mail.outcome) == ("held", "reject")
    assert desk.codes(since=before) == ["CMD ben"]
    assert [(each["line"], each["nearest"]) for each in error["errors"]] == [("#resolv", "#resolve")]
    assert (desk.ticket().state, desk.owner(), len(desk.messages())) == ("new", None, 1)
    assert {name: clock.memory for name, clock in desk.clocks().items()} == clocks
    assert desk.letter("CMD").draft["reply_to"] == desk.note_address()
    assert desk.actions() == ["opened", "ruling", "command_refused"]


@on_sqlite
def test_a_command_that_fails_half_way_leaves_no_trace_of_those_before(store: Store) -> None:
    desk = opened(store)
    before = desk.letters()

    note(desk, "#assign chen\n#close")

    assert (desk.owner(), desk.codes(since=before)) == (None, ["CMD ben"])
    assert "owner" not in desk.actions()


@on_sqlite
def test_assigning_to_nobody_is_refused_with_everybody_named(store: Store) -> None:
    desk = opened(store)

    note(desk, "#assign bob")

    error = desk.letter("CMD").draft["values"]["errors"][0]
    assert error["reason"] == "nobody here is called bob"
    assert error["nearest"] == "#assign ana|ben|chen|dana|ravi|team:hypercare|team:standard"


def test_held_words_become_a_note_after_a_day(store: Store) -> None:
    desk = opened(store)
    mail_id = desk.keep(a_mail(sender=BEN, to=desk.answer_address(), body="#resolv\nShould be fine now."))
    desk.process()
    desk.sleep(hours=23, minutes=59)
    desk.run_due()
    still_held = desk.mail(mail_id).state
    desk.sleep(minutes=1)

    desk.run_due()
    desk.run_due()

    mail, kept = desk.mail(mail_id), desk.messages()[-1]
    assert (still_held, mail.state, mail.outcome) == ("held", "done", "append")
    assert (kept.direction, kept.audience, kept.author) == ("note", "internal", "staff")
    assert "Should be fine now." in kept.new_text
    assert (len(desk.messages()), desk.letters("RELAY_OUT")) == (2, [])


@on_sqlite
def test_long_held_words_are_kept_whole(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\n" + "word " * 2000 + "end")
    desk.sleep(hours=25)

    desk.run_due()

    assert desk.messages()[-1].new_text.endswith("end")


@on_sqlite
def test_a_corrected_resend_works(store: Store) -> None:
    desk = opened(store)
    answer(desk, "#resolv\nShould be fine now.")

    reply_to(desk, desk.letter("CMD"), "#resolve\nShould be fine now.")

    assert desk.ticket().state == "resolved"


@on_sqlite
def test_commands_below_a_quote_do_nothing(store: Store) -> None:
    desk = opened(store)

    answer(desk, "Thanks.\n\nOn Tue, Ana wrote:\n> #close\n> #spam")

    assert desk.ticket().state == "open"


STAFF_LETTER = """\
A new ticket that nobody owns yet: T-1001.
Class         incident · S3 · P2 high
Mara Lind, Tuesday 2 March, 10:00 (Berlin time):
> The monthly report shows nothing.
To answer the client, reply to this mail:
  {answer}
To leave a note that the client never sees, write to:
  {note}
"""


def quoted(desk: DeskDriver) -> str:
    """Return a letter to staff as mail programs quote it below an answer, or without one."""
    letter = STAFF_LETTER.format(answer=desk.answer_address(), note=desk.note_address())
    return "\n".join(f"> {line}" for line in letter.splitlines())


@on_sqlite
@pytest.mark.parametrize("program", ["quotes", "introduces", "copies", "rules"])
def test_an_answer_that_is_history_alone_goes_nowhere(store: Store, program: str) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    letter = STAFF_LETTER.format(answer=desk.answer_address(), note=desk.note_address())
    head = "-----Original Message-----\nFrom: Support\nSent: Tuesday\nTo: Ben\nSubject: Report is empty\n\n"

    answer(
        desk,
        {
            "quotes": quoted(desk),
            "introduces": f"On Tue, Support wrote:\n{quoted(desk)}",
            "copies": head + letter,
            "rules": "________________________________",
        }[program],
    )

    assert desk.codes()[-1] == "CMD ben"
    assert desk.letters("RELAY_OUT") == []
    assert desk.clocks()["FR", 1].state == "running"


@on_sqlite
def test_an_answer_between_quoted_lines_keeps_what_the_client_wrote_alone(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    wrote = "> > The monthly report shows nothing."
    history = quoted(desk).replace(wrote, f"{wrote}\nWe mended it.")

    answer(desk, f"On Tue, 2 Mar 2027 at 10:00, Support <support@desk.example> wrote:\n{history}\nTell me.")

    text = desk.letter("RELAY_OUT").draft["values"]["text"]
    assert [line.strip() for line in text.splitlines()] == [wrote, "We mended it.", "Tell me."]
    assert desk.messages()[-1].new_text == text


@on_sqlite
def test_a_phones_signature_below_a_command_is_no_answer(store: Store) -> None:
    desk = opened(store)
    answer(desk, "On it.")

    answer(desk, "#resolve\n\nSent from my iPhone")

    assert desk.letter("RESOLVED").draft["values"]["text"] == ""


@on_sqlite
def test_a_command_for_a_ticket_in_a_mail_about_none_is_refused(store: Store) -> None:
    desk = opened(store)

    desk.receive(a_mail(sender=BEN, subject="hello", body="#take"))

    assert "no ticket" in refused(desk)
    assert desk.letters("CHALLENGE") == []


def test_a_merged_tickets_reply_address_leads_to_the_survivor(store: Store) -> None:
    desk = opened(store)
    desk.receive(a_mail(subject="Another", body="matter"))
    with store.work() as work:
        merged, survivor = work.tickets.get(1002), work.tickets.get(1001)
        merged.state, merged.merged_into = "merged", survivor.id

    answer(desk, "It is the same matter.", number=1002)

    assert desk.letter("RELAY_OUT").draft["ticket"] == 1001


@on_sqlite
def test_staff_letters_of_one_ticket_thread_in_each_readers_mailbox(store: Store) -> None:
    desk = opened(store)
    answer(desk, "On it.")

    desk.receive(a_mail(to=desk.client_address(), body="Thanks, but it still fails."))
    desk.receive(a_mail(to=desk.client_address(), body="Any news of it?"))

    first, second = desk.letters("RELAY_IN", to="ben@desk.example")
    new = desk.letter("NEW", to="ben@desk.example")
    assert (first.draft["in_reply_to"], second.draft["in_reply_to"]) == (new.message_id, first.message_id)
    assert second.draft["references"] == [new.message_id, first.message_id]


@on_sqlite
def test_a_clients_conversation_threads_in_their_mailbox(store: Store) -> None:
    desk = opened(store)
    answer(desk, "On it.")
    desk.sleep(minutes=1)
    desk.receive(a_mail(to=desk.client_address(), body="And?", message_id="second@acme.example"))
    desk.sleep(minutes=1)

    answer(desk, "#resolve\n\nDone.")

    draft = desk.letter("RESOLVED").draft
    assert draft["in_reply_to"] == "second@acme.example"
    assert draft["references"][:2] == ["first@acme.example", desk.letter("ACK").message_id]


@on_sqlite
def test_an_answer_counts_from_its_receipt_by_our_server(store: Store) -> None:
    desk = opened(store)
    raw = a_mail(sender=BEN, to=desk.answer_address(), body="On it.")
    received_at = desk.now + timedelta(minutes=20)
    desk.sleep(hours=3)

    desk.receive(raw, at=received_at)

    assert (desk.clocks()["FR", 1].stopped_at, desk.clocks()["FR", 1].is_met) == (received_at, True)


@pytest.mark.parametrize("line", ["#priority P1 the board asks", "#sev 1", "#kind alert", "#impact 1"])
def test_a_settled_ticket_that_is_classed_anew_is_owed_nothing(store: Store, line: str) -> None:
    desk = opened(store)
    answer(desk, "#resolve\n\nDone.")

    note(desk, line)

    assert desk.letters("CMD") == [] or desk.letter("CMD").draft["values"]["variant"] == "receipt"
    assert {clock.state for clock in desk.clocks().values()} == {"stopped"}


@on_sqlite
@pytest.mark.parametrize(
    ("body", "actions"),
    [
        pytest.param("#take", ["owner"], id="take"),
        pytest.param("#assign chen", ["owner"], id="assign"),
        pytest.param("#note hm", ["note"], id="note"),
        pytest.param("#pending\n\nWhich one?", ["state", "owner", "reply"], id="pending"),
        pytest.param("#resolve\n\nDone.", ["state", "owner", "reply"], id="resolve"),
        pytest.param("#spam", ["state"], id="spam"),
        pytest.param("#priority P1 the board asks", ["priority"], id="priority"),
        pytest.param("#cc jonas@acme.example", ["joined"], id="cc"),
        pytest.param("On it.", ["state", "owner", "reply"], id="an answer"),
    ],
)
def test_every_verb_leaves_its_event_with_who_did_it_and_by_which_mail(
    store: Store, body: str, actions: list[str]
) -> None:
    desk = opened(store)
    mail = desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body=body))

    left = [each for each in desk.events() if each.action not in {"opened", "ruling"}]
    assert [each.action for each in left] == actions
    assert {(each.actor, each.cause) for each in left} == {("ben", mail.sha256)}
