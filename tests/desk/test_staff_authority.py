"""Who may act by mail as one of us: design.md's table row by row, challenges, and other people's addresses."""

from datetime import timedelta

import pytest
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import InboxMail

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def a_desk_with(store: Store, server: str) -> DeskDriver:
    """Return a desk with one ticket, whose mail server is asked (any answer) or not ("unasked")."""
    desk = DeskDriver(store) if server == "unasked" else DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched("mara@acme.example") if server != "unasked" else None))
    return desk


def from_ben(desk: DeskDriver, server: str, **fields: str) -> InboxMail:
    """Let a mail in Ben's name arrive, of which our server says this."""
    headers = vouched("ben@desk.example", result=server) if server in {"pass", "fail"} else {}
    return desk.receive(a_mail(sender=BEN, headers=headers, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "server", "state", "standing"),
    [
        pytest.param("token", "pass", "done", "act", id="token, pass"),
        pytest.param("token", "none", "held", "hold_and_challenge", id="token, no result"),
        pytest.param("token", "unasked", "done", "act", id="token, not configured"),
        pytest.param("token", "fail", "quarantined", "quarantine", id="token, failed"),
        pytest.param("commands", "pass", "done", "act", id="commands, pass"),
        pytest.param("commands", "none", "held", "hold_and_challenge", id="commands, no result"),
        pytest.param("commands", "unasked", "held", "hold_and_challenge", id="commands, not configured"),
        pytest.param("commands", "fail", "quarantined", "quarantine", id="commands, failed"),
        pytest.param("text", "pass", "done", "note", id="text on a ticket, pass"),
        pytest.param("text", "none", "done", "unverified_note", id="text on a ticket, no result"),
        pytest.param("text", "unasked", "done", "note", id="text on a ticket, not configured"),
        pytest.param("text", "fail", "quarantined", "quarantine", id="text on a ticket, failed"),
        pytest.param("bare", "pass", "triage", "triage", id="bare, pass"),
        pytest.param("bare", "none", "triage", "triage", id="bare, no result"),
        pytest.param("bare", "unasked", "triage", "triage", id="bare, not configured"),
        pytest.param("bare", "fail", "quarantined", "quarantine", id="bare, failed"),
    ],
)
@on_sqlite
def test_the_table_of_authority(store: Store, row: str, server: str, state: str, standing: str) -> None:
    desk = a_desk_with(store, server)
    before = desk.letters()
    shown = {
        "token": {"to": desk.answer_address(), "body": "We are on it."},
        "commands": {"subject": "Re: [T-1001] Report", "body": "#take"},
        "text": {"subject": "Re: [T-1001] Report", "body": "I know this one."},
        "bare": {"subject": "Something else", "body": "Hello all."},
    }

    mail = from_ben(desk, server, **shown[row])

    letters = {
        "act": ["RELAY_OUT mara"] if row == "token" else [],
        "hold_and_challenge": ["CHALLENGE ben"],
        "note": ["NOTICE ben"] if server == "unasked" else [],
    }
    rulings = [
        each.detail["standing"] for number in (1001, None) for each in desk.events(number) if each.action == "ruling"
    ]
    assert (mail.state, rulings) == (state, [standing])
    assert desk.codes(since=before) == letters.get(standing, [])


@on_sqlite
def test_a_note_that_our_server_does_not_vouch_for_is_marked(store: Store) -> None:
    desk = a_desk_with(store, "none")

    from_ben(desk, "none", subject="Re: [T-1001] Report", body="Send the money there.")

    kept = desk.messages()[-1]
    assert (kept.audience, kept.author, kept.is_verified) == ("internal", "unknown", False)


@on_sqlite
def test_the_registered_address_hears_once_a_day_of_notes_in_its_name(store: Store) -> None:
    desk = a_desk_with(store, "unasked")

    for hours in (0, 1, 24):
        desk.sleep(hours=hours)
        from_ben(desk, "unasked", subject="[T-1001] Report", body=f"Words after {hours}.")

    assert len(desk.letters("NOTICE", to="ben@desk.example")) == 2


@on_sqlite
@pytest.mark.parametrize("way", ["another person's address", "another ticket's address"])
def test_somebody_elses_token_is_no_proof(store: Store, way: str) -> None:
    desk = a_desk_with(store, "unasked")
    to = (
        desk.answer_address(agent="ana@desk.example")
        if way == "another person's address"
        else desk.answer_address(9999)
    )

    from_ben(desk, "unasked", to=to, subject="[T-1001] x", body="We are on it.")

    assert desk.letters("RELAY_OUT") == []
    assert desk.messages()[-1].audience == "internal"


@on_sqlite
def test_two_senders_are_nobody_however_good_the_token(store: Store) -> None:
    desk = a_desk_with(store, "unasked")

    mail = desk.receive(a_mail(sender="ben@desk.example, eve@nowhere.example", to=desk.answer_address(), body="#close"))

    assert desk.ticket().state == "new"
    assert mail.state in {"triage", "done"}
    assert desk.letters("RELAY_OUT") == []


@on_sqlite
def test_a_client_with_a_staff_token_stays_a_client(store: Store) -> None:
    desk = a_desk_with(store, "unasked")

    desk.receive(a_mail(to=desk.answer_address(), body="#resolve\n\nhello"))

    assert desk.ticket().state == "new"
    assert desk.messages()[-1].author == "client"


@on_sqlite
def test_a_person_who_left_is_nobody(store: Store) -> None:
    desk = a_desk_with(store, "unasked")
    to = desk.answer_address()
    with store.work() as work:
        person = work.desk.agent("ben")
        assert person is not None
        person.is_active = False

    mail = desk.receive(a_mail(sender=BEN, to=to, body="We are on it."))

    assert desk.letters("RELAY_OUT") == []
    assert mail.outcome == "append"
    assert desk.messages()[-1].author == "unknown"


@on_sqlite
def test_a_token_ends(store: Store) -> None:
    desk = a_desk_with(store, "unasked")
    to = desk.answer_address()
    desk.sleep(days=120)

    desk.receive(a_mail(sender=BEN, to=to, body="We are on it.", subject="x"))

    assert desk.letters("RELAY_OUT") == []


# Challenges


@pytest.mark.parametrize("server", ["unasked", "none"])
def test_one_reply_to_a_challenge_executes_the_mail_once(store: Store, server: str) -> None:
    desk = a_desk_with(store, server)
    held = from_ben(desk, server, subject="[T-1001] Report", body="#take")
    challenge = desk.letter("CHALLENGE")
    reply = {"to": challenge.draft["reply_to"], "subject": "Re: Was it you?", "body": ""}
    untouched = desk.owner()

    confirmed = from_ben(desk, server, **reply)
    again = from_ben(desk, server, **reply)

    assert (untouched, desk.owner(), desk.mail(held.id).state) == (None, "ben", "done")
    assert (confirmed.outcome, again.outcome) == ("suppress", "suppress")
    assert desk.actions().count("owner") == 1
    assert challenge.draft["values"]["commands"] == ["#take"]
    assert challenge.to == ["ben@desk.example"]


@on_sqlite
def test_a_held_answer_goes_to_the_client_once_it_is_confirmed(store: Store) -> None:
    desk = a_desk_with(store, "none")
    from_ben(desk, "none", to=desk.answer_address(), body="We are on it.")
    assert desk.letters("RELAY_OUT") == []

    from_ben(desk, "none", to=desk.letter("CHALLENGE").draft["reply_to"], body="yes")

    assert desk.letter("RELAY_OUT").draft["values"]["text"] == "We are on it."


@on_sqlite
@pytest.mark.parametrize(
    ("sender", "result"),
    [
        pytest.param("eve@nowhere.example", "none", id="a stranger"),
        pytest.param("ana@desk.example", "none", id="a colleague"),
        pytest.param("ben@desk.example", "fail", id="somebody who is not Ben"),
    ],
)
def test_nobody_else_can_answer_a_challenge(store: Store, sender: str, result: str) -> None:
    desk = a_desk_with(store, "none")
    held = from_ben(desk, "none", subject="[T-1001] Report", body="#take")

    desk.receive(
        a_mail(sender=sender, to=desk.letter("CHALLENGE").draft["reply_to"], headers=vouched(sender, result=result))
    )

    assert (desk.owner(), desk.mail(held.id).state) == (None, "held")


@on_sqlite
def test_an_absence_note_does_not_answer_a_challenge(store: Store) -> None:
    desk = a_desk_with(store, "unasked")
    held = from_ben(desk, "unasked", subject="[T-1001] Report", body="#take")

    desk.receive(
        a_mail(sender=BEN, to=desk.letter("CHALLENGE").draft["reply_to"], headers={"Auto-Submitted": "auto-replied"})
    )

    assert desk.mail(held.id).state == "held"


def test_a_challenge_that_nobody_answers_ends_after_a_day(store: Store) -> None:
    desk = a_desk_with(store, "unasked")
    held = from_ben(desk, "unasked", subject="[T-1001] Report", body="#take")
    desk.sleep(hours=24)
    desk.run_due()

    late = from_ben(desk, "unasked", to=desk.letter("CHALLENGE").draft["reply_to"], body="")

    assert (desk.mail(held.id).state, desk.mail(held.id).outcome) == ("dropped", "reject")
    assert (late.outcome, desk.owner()) == ("suppress", None)


@on_sqlite
def test_confirmed_commands_are_still_checked(store: Store) -> None:
    desk = a_desk_with(store, "unasked")
    held = from_ben(desk, "unasked", subject="[T-1001] Report", body="#clos")

    from_ben(desk, "unasked", to=desk.letter("CHALLENGE").draft["reply_to"], body="")

    assert desk.letter("CMD").draft["values"]["variant"] == "error"
    assert desk.mail(held.id).state == "held"


@on_sqlite
def test_whoever_uses_a_name_cannot_fill_its_owners_mailbox(store: Store) -> None:
    desk = a_desk_with(store, "unasked")

    mails = [from_ben(desk, "unasked", subject="[T-1001] x", body=f"#note {number}") for number in range(8)]

    assert len(desk.letters("CHALLENGE")) == 5
    assert {each.state for each in mails} == {"held"}
    assert len({each.challenge for each in mails}) == 8


def test_a_challenge_that_names_more_than_postgresql_counts_to_is_compared_with_no_ticket(store: Store) -> None:
    desk = a_desk_with(store, "unasked")
    address = desk.desk.post.challenge_address(2**32 - 1, reader="ben@desk.example", now=desk.now)

    mail = from_ben(desk, "unasked", to=address, body="")

    assert mail.outcome == "suppress"


# Strangers


def test_a_line_says_whose_a_strangers_mail_is(store: Store) -> None:
    desk = DeskDriver(store)
    stranger = desk.receive(a_mail(sender="Eve <eve@nowhere.example>", subject="Where is my application?"))
    arrived = desk.now
    desk.run_due()
    desk.sleep(minutes=30)

    desk.receive(
        a_mail(sender=BEN, to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body="#client acme")
    )

    ticket = desk.ticket()
    assert (ticket.requester_address, ticket.created_at, desk.clocks()["FR", 1].started_at) == (
        "eve@nowhere.example", arrived, arrived,
    )  # fmt: skip
    assert desk.mail(stranger.id).outcome == "ticket"
    assert "ACK eve" in desk.codes()


@pytest.mark.parametrize(("line", "state"), [("#spam", "dropped"), ("#block nowhere.example", "dropped")])
def test_a_line_sends_a_strangers_mail_away(store: Store, line: str, state: str) -> None:
    desk = DeskDriver(store)
    stranger = desk.receive(a_mail(sender="Eve <eve@nowhere.example>"))
    desk.run_due()

    desk.receive(a_mail(sender=BEN, to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body=line))
    again = desk.receive(a_mail(sender="Eve <eve@nowhere.example>", body="Hello again."))

    assert desk.mail(stranger.id).state == state
    assert (again.outcome, again.kind) == (("triage", "client") if line == "#spam" else ("suppress", "blocked"))


@on_sqlite
@pytest.mark.parametrize(
    "body",
    [
        pytest.param("#client nobody", id="no such client"),
        pytest.param("#take", id="a command for tickets"),
        pytest.param("Dear Eve, we do not know you.", id="words to nobody"),
        pytest.param("#clint acme", id="a typo"),
    ],
)
def test_a_wrong_line_about_a_stranger_does_nothing_and_says_why(store: Store, body: str) -> None:
    desk = DeskDriver(store)
    stranger = desk.receive(a_mail(sender="Eve <eve@nowhere.example>"))
    desk.run_due()

    desk.receive(a_mail(sender=BEN, to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body=body))

    assert desk.mail(stranger.id).state == "triage"
    assert desk.letter("CMD", to="ben@desk.example").draft["values"]["variant"] == "error"


@on_sqlite
def test_a_stranger_is_decided_about_once(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender="Eve <eve@nowhere.example>"))
    desk.run_due()
    for body in ("#spam", "#client acme"):
        desk.receive(a_mail(sender=BEN, to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body=body))

    assert desk.tickets() == []


@on_sqlite
def test_where_our_server_says_nothing_a_line_about_a_stranger_is_challenged_first(store: Store) -> None:
    desk = a_desk_with(store, "none")
    desk.receive(a_mail(sender="Eve <eve@nowhere.example>", body="Hello."))
    desk.run_due()
    from_ben(desk, "none", to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body="#client acme")
    assert len(desk.tickets()) == 1

    from_ben(desk, "none", to=desk.letter("CHALLENGE").draft["reply_to"], body="")

    assert desk.ticket(1002).requester_address == "eve@nowhere.example"


@on_sqlite
def test_a_mail_that_our_server_says_is_forged_becomes_nobodys(store: Store) -> None:
    desk = a_desk_with(store, "pass")
    desk.receive(a_mail(body="Give me access.", headers=vouched("mara@acme.example", result="fail")))
    desk.run_due()

    from_ben(desk, "pass", to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body="#client acme")

    assert len(desk.tickets()) == 1


@on_sqlite
def test_a_contact_made_by_mail_is_known_from_then_on(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender="Eve <eve@nowhere.example>"))
    desk.run_due()
    desk.receive(
        a_mail(sender=BEN, to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body="#client acme")
    )
    desk.sleep(hours=1)

    desk.receive(a_mail(sender="Eve <eve@nowhere.example>", subject="Another", body="thing"))

    assert len(desk.tickets()) == 2
    assert desk.now - desk.ticket(1002).created_at == timedelta()


@on_sqlite
@pytest.mark.parametrize("server", ["none", "unasked"])
def test_nobody_is_asked_to_confirm_what_cannot_be_done(store: Store, server: str) -> None:
    desk = a_desk_with(store, server)

    for body in ("#assign ben", "#statuss acme/hr"):
        from_ben(desk, server, subject="plan", body=body)

    assert desk.letters("CHALLENGE") == []
    assert {each.reader for each in desk.letters("CMD")} == {"ben@desk.example"}
