"""Which ticket a mail belongs to: behaviours.md §1, steps 4 and 5, and faults.md C6."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketbot.domain.addressing import Purpose, anchor_id, marker, signed_address
from ticketbot.domain.authority import Voice
from ticketbot.domain.clues import (
    ANCESTORS_READ,
    Direction,
    Known,
    KnownMessage,
    KnownTicket,
    Relative,
    body_key,
    clues,
)
from ticketbot.domain.evidence import Evidence
from ticketbot.domain.messages import Address, Attachment, Authentication, Message
from ticketbot.domain.senders import Sender
from ticketbot.domain.threads import Match, Veto, decide
from ticketbot.domain.tokens import Audience, Keyring, make_token

NOW = datetime(2027, 3, 10, 9, tzinfo=UTC)
KEYS = Keyring({1: b"k" * 32})
SUPPORT, URGENT, ANA = "support@desk.example", "urgent@desk.example", "ana@desk.example"
MARA, OURS = "mara@acme.example", frozenset({SUPPORT, URGENT, ANA})
CLIENT = Sender(address=MARA, client="acme", is_contact=True)
COLLEAGUE = Sender(address="cleo@acme.example", client="acme", is_contact=True)
FOREIGNER = Sender(address="una@borealis.example", client="borealis", is_contact=True)
STRANGER = Sender(address="x@nowhere.example")
STAFF = Sender(address=ANA, staff="ana")
FAILED = replace(CLIENT, result=Authentication.FAIL, authserv_configured=True)
UNPROVEN = replace(COLLEAGUE, result=Authentication.NONE, authserv_configured=True)

T1 = KnownTicket(number=1, client="acme", participants=frozenset({MARA}), mailboxes=frozenset({SUPPORT}))
T2 = KnownTicket(number=2, client="acme", participants=frozenset({MARA}), mailboxes=frozenset({SUPPORT}))
OTHERS = KnownTicket(number=3, client="borealis", participants=frozenset({FOREIGNER.address}))
OLD = replace(T1, closed_at=NOW - timedelta(days=14, seconds=1))


def a_token(audience: Audience = Audience.CLIENT_REPLY, number: int = 1, reader: str | None = None) -> str:
    return make_token(KEYS, audience=audience, number=number, reader=reader)


def an_address(audience: Audience = Audience.CLIENT_REPLY, number: int = 1, reader: str | None = None) -> str:
    purpose = Purpose.NOTE if audience is Audience.STAFF_NOTE else Purpose.REPLY
    return signed_address(SUPPORT, a_token(audience, number, reader), purpose=purpose)


def an_anchor(number: int = 1, audience: Audience = Audience.ANCHOR) -> str:
    return anchor_id(a_token(audience, number), domain="desk.example")


def a_mail(
    *,
    to: tuple[str, ...] = (SUPPORT,),
    cc: tuple[str, ...] = (),
    delivered_to: tuple[str, ...] = (),
    subject: str = "Login fails",
    text: str = "It does.",
    message_id: str = "m@acme.example",
    in_reply_to: tuple[str, ...] = (),
    references: tuple[str, ...] = (),
    attachments: tuple[Attachment, ...] = (),
) -> Message:
    return Message(
        sha256="0" * 64,
        size=1,
        fingerprint="f",
        sender=Address(address=MARA),
        to=tuple(Address(address=each) for each in to),
        cc=tuple(Address(address=each) for each in cc),
        delivered_to=delivered_to,
        subject=subject,
        text=text,
        new_text=text,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        attachments=attachments,
    )


def known(*tickets: KnownTicket, **found: object) -> Known:
    values: Mapping[str, object] = {"tickets": {each.number: each for each in tickets or (T1, T2, OTHERS)}, **found}
    return Known(**values)  # type: ignore[arg-type]


def matched(
    message: Message, found: Known | None = None, *, sender: Sender = CLIENT, is_machine: bool = False
) -> Match:
    return decide(
        message,
        clues(message, keys=KEYS, now=NOW),
        known() if found is None else found,
        sender=sender,
        ours=OURS,
        now=NOW,
        is_machine=is_machine,
    )


def a_kept(message_id: str, ticket: int = 1, *, days: float = 0, **more: object) -> KnownMessage:
    return KnownMessage(message_id=message_id, ticket=ticket, at=NOW - timedelta(days=days), **more)  # type: ignore[arg-type]


OUT = {"messages": (a_kept("ours", direction=Direction.OUT),)}


# Step 4: the evidence


@pytest.mark.parametrize(
    ("message", "found", "evidence"),
    [
        pytest.param(a_mail(to=(an_address(),)), {}, Evidence.ADDRESS, id="1 To"),
        pytest.param(a_mail(cc=(an_address(),)), {}, Evidence.ADDRESS, id="1 Cc"),
        pytest.param(a_mail(delivered_to=(an_address(),)), {}, Evidence.ADDRESS, id="1 Delivered-To"),
        pytest.param(a_mail(to=(an_address().upper(),)), {}, Evidence.ADDRESS, id="1 in capitals"),
        pytest.param(a_mail(in_reply_to=("ours",)), OUT, Evidence.OWN_ID, id="2 In-Reply-To"),
        pytest.param(a_mail(references=("ours", "x")), OUT, Evidence.OWN_ID, id="2 References"),
        pytest.param(a_mail(references=("x", an_anchor(), "y")), {}, Evidence.OWN_ID, id="2 anchor"),
        pytest.param(
            a_mail(in_reply_to=("theirs",)), {"messages": (a_kept("theirs"),)}, Evidence.FOREIGN_ID, id="3 kept"
        ),
        pytest.param(
            a_mail(in_reply_to=("note",)),
            {"messages": (a_kept("note", direction=Direction.NOTE),)},
            Evidence.FOREIGN_ID,
            id="3 a note of staff",
        ),
        pytest.param(a_mail(text=f"Yes.\n> {marker(a_token(Audience.ANCHOR))}"), {}, Evidence.MARKER, id="4 marker"),
        pytest.param(
            a_mail(references=("root",)),
            {"relatives": (Relative(shared_id="root", ticket=1, at=NOW - timedelta(days=14)),)},
            Evidence.ANCESTOR,
            id="5 ancestor",
        ),
        pytest.param(a_mail(subject="Re: [T-1] Login fails"), {}, Evidence.TAG, id="6 tag"),
        pytest.param(a_mail(subject="[T-77] [T-1] [T-2] x"), {}, Evidence.TAG, id="6 leftmost tag of ours"),
        pytest.param(a_mail(), {"duplicates": (1, 2)}, Evidence.DUPLICATE, id="7 the same again"),
    ],
)
def test_each_piece_of_evidence_finds_the_ticket(
    message: Message, found: dict[str, object], evidence: Evidence
) -> None:
    match = matched(message, known(**found))

    assert (match.ticket, match.evidence, match.veto) == (1, evidence, None)
    assert match.voice is Voice.CLIENT
    assert match.reason.startswith("T-1: ")
    assert match.trace[-1].ticket == 1


@pytest.mark.parametrize(
    ("message", "found"),
    [
        pytest.param(a_mail(), {}, id="nothing"),
        pytest.param(a_mail(to=(an_address(number=77),)), {}, id="1 a ticket that is gone"),
        pytest.param(a_mail(to=(SUPPORT.replace("@", "+r." + "a" * 32 + "@"),)), {}, id="1 no signature"),
        pytest.param(a_mail(references=("x",)), OUT, id="2 another id"),
        pytest.param(a_mail(references=("t." + "a" * 32 + "@desk.example",)), {}, id="2 a forged anchor"),
        pytest.param(
            a_mail(subject="Fwd: x", text=f"> {marker(a_token(Audience.ANCHOR))}"), {}, id="4 a marker in a forward"
        ),
        pytest.param(
            a_mail(references=("root",)),
            {"relatives": (Relative(shared_id="root", ticket=1, at=NOW - timedelta(days=14, seconds=1)),)},
            id="5 an ancestor from long ago",
        ),
        pytest.param(a_mail(subject="invoice #1 T-1 (T-1)"), {}, id="6 merely looks like a tag"),
        pytest.param(a_mail(subject="[T-77] x"), {}, id="6 no such ticket"),
    ],
)
def test_what_ties_a_mail_to_nothing_opens_a_new_ticket(message: Message, found: dict[str, object]) -> None:
    match = matched(message, known(**found))

    assert (match.ticket, match.evidence, match.related) == (None, Evidence.NONE, None)


def test_thread_index_alone_never_threads() -> None:
    message = replace(a_mail(), headers={"thread-index": ("AdABCDEF==",)})

    assert matched(message).ticket is None


def test_the_ids_of_a_long_thread_are_tried_from_the_right_and_not_for_ever() -> None:
    long = tuple(f"id{number}@acme.example" for number in range(100))

    found = clues(a_mail(in_reply_to=("direct",), references=long), keys=KEYS, now=NOW)

    assert len(found.message_ids) == ANCESTORS_READ
    assert found.message_ids[:3] == ("direct", "id99@acme.example", "id98@acme.example")


def test_ids_that_are_empty_endless_or_the_mails_own_are_not_asked_for() -> None:
    message = a_mail(in_reply_to=("", "m@acme.example", "x" * 999), references=("ok",), message_id="m@acme.example")

    assert clues(message, keys=KEYS, now=NOW).message_ids == ("ok",)
    assert clues(replace(message, message_id="x" * 999), keys=KEYS, now=NOW).own_id == ""


def test_what_the_store_is_asked_for_is_named_in_full() -> None:
    message = a_mail(
        to=(an_address(number=5),),
        subject="[T-6] x",
        references=("root", an_anchor(7)),
        text=marker(a_token(Audience.ANCHOR, 8)),
    )

    found = clues(message, keys=KEYS, now=NOW)

    assert found.numbers == {5, 6, 7, 8}
    assert found.shared_ids == ("root", "m@acme.example")
    assert found.subject_key == "x"
    assert clues(replace(message, message_id=""), keys=KEYS, now=NOW).shared_ids == ("root",)


def test_the_body_key_is_of_subject_text_and_attachments() -> None:
    file = Attachment(index=0, filename="a", content_type="text/plain", size=1, sha256="a" * 64)
    first = a_mail(subject="Re: Login  fails", text="It  does.\r\n")

    assert body_key(first) == body_key(a_mail()) != body_key(a_mail(attachments=(file,)))
    assert body_key(a_mail(text="Other")) != body_key(a_mail()) != body_key(a_mail(subject="Other"))
    assert len(body_key(first)) == 32


def test_of_two_kept_messages_the_newest_wins() -> None:
    found = known(messages=(a_kept("a", 1, days=2), a_kept("b", 2, days=1)))

    assert matched(a_mail(references=("b", "a")), found).ticket == 2


def test_the_nearest_of_our_letters_wins() -> None:
    found = known(messages=(a_kept("a", 1, direction=Direction.OUT), a_kept("b", 2, direction=Direction.OUT)))

    assert matched(a_mail(in_reply_to=("b",), references=("b", "a")), found).ticket == 2


# Who may use it (C6)


@pytest.mark.parametrize(
    ("sender", "ticket", "voice"),
    [
        pytest.param(CLIENT, 1, Voice.CLIENT, id="participant"),
        pytest.param(COLLEAGUE, 1, Voice.CLIENT, id="same client"),
        pytest.param(STRANGER, 1, Voice.UNVERIFIED, id="stranger"),
        pytest.param(FAILED, 1, Voice.UNVERIFIED, id="failed"),
        pytest.param(Sender(), 1, Voice.UNVERIFIED, id="nobody"),
        pytest.param(STAFF, 1, None, id="staff"),
        pytest.param(FOREIGNER, None, None, id="another client"),
    ],
)
@pytest.mark.parametrize(
    "message",
    [
        pytest.param(a_mail(to=(an_address(),)), id="token"),
        pytest.param(a_mail(references=(an_anchor(),)), id="anchor"),
        pytest.param(a_mail(text=marker(a_token(Audience.ANCHOR))), id="marker"),
    ],
)
def test_a_leaked_sign_admits_nobody(message: Message, sender: Sender, ticket: int | None, voice: Voice | None) -> None:
    match = matched(message, sender=sender)

    assert (match.ticket, match.voice) == (ticket, voice)
    assert match.is_security_event == (sender is FOREIGNER)
    assert match.veto == (Veto.OTHER_CLIENT if sender is FOREIGNER else None)
    assert match.related is None


@pytest.mark.parametrize(
    ("sender", "by_id", "by_tag"),
    [
        pytest.param(CLIENT, 1, 1, id="participant"),
        pytest.param(COLLEAGUE, 1, 1, id="same client, nobody can be verified"),
        pytest.param(UNPROVEN, 1, None, id="same client, not verified"),
        pytest.param(STAFF, 1, 1, id="staff"),
        pytest.param(
            replace(STAFF, result=Authentication.FAIL, authserv_configured=True), None, None, id="staff, failed"
        ),
        pytest.param(STRANGER, None, None, id="stranger"),
        pytest.param(FAILED, None, None, id="failed"),
        pytest.param(FOREIGNER, None, None, id="another client"),
    ],
)
def test_what_can_be_guessed_serves_only_those_who_may_write(
    sender: Sender, by_id: int | None, by_tag: int | None
) -> None:
    by_foreign_id = matched(
        a_mail(in_reply_to=("theirs",)),
        known(messages=(a_kept("theirs"),)),
        sender=sender,
    )
    tagged = matched(a_mail(subject="[T-1] x"), sender=sender)

    assert (by_foreign_id.ticket, tagged.ticket) == (by_id, by_tag)
    assert by_foreign_id.is_security_event == tagged.is_security_event == (sender is FOREIGNER)


def test_a_shared_ancestor_joins_only_people_of_the_client_and_is_suggested_otherwise() -> None:
    found = known(
        relatives=(Relative(shared_id="root", ticket=3, at=NOW), Relative(shared_id="root", ticket=2, at=NOW))
    )
    message = a_mail(references=("root",))

    assert matched(message, found).ticket == 2
    for sender in (STRANGER, STAFF):
        match = matched(message, found, sender=sender)
        assert (match.ticket, match.related, match.is_security_event) == (None, 3, False)


def test_a_mail_that_comes_after_its_own_answer_joins_it() -> None:
    found = known(relatives=(Relative(shared_id="m@acme.example", ticket=1, at=NOW),))

    assert matched(a_mail(message_id="m@acme.example"), found).ticket == 1


def test_staff_at_their_own_address_are_known_by_it() -> None:
    for audience in (Audience.STAFF_REPLY, Audience.STAFF_NOTE):
        match = matched(a_mail(to=(an_address(audience, reader=ANA),)), sender=STAFF)

        assert match.token is not None
        assert match.token.audience is audience
        assert match.is_internal == (audience is Audience.STAFF_NOTE)


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        pytest.param(STAFF, an_address(Audience.STAFF_REPLY, reader="ben@desk.example"), id="a colleague's address"),
        pytest.param(STAFF, an_address(Audience.CLIENT_REPLY), id="the client's address"),
        pytest.param(CLIENT, an_address(Audience.STAFF_REPLY, reader=ANA), id="a client at a staff address"),
        pytest.param(STRANGER, an_address(Audience.STAFF_REPLY, reader=ANA), id="a stranger at a staff address"),
        pytest.param(CLIENT, an_address(Audience.STAFF_REPLY, reader=MARA), id="a client at an address of their own"),
    ],
)
def test_nobody_acts_by_an_address_that_is_not_their_own_as_staff(sender: Sender, address: str) -> None:
    match = matched(a_mail(to=(address,)), sender=sender)

    assert (match.ticket, match.token) == (1, None)


def test_an_address_made_for_the_sender_goes_before_the_others() -> None:
    message = a_mail(to=(an_address(number=2), an_address(Audience.STAFF_REPLY, reader=ANA)))

    match = matched(message, sender=STAFF)

    assert match.ticket == 1
    assert match.token is not None


def test_a_token_that_names_no_ticket_ties_a_mail_to_none() -> None:
    token = make_token(KEYS, audience=Audience.CHALLENGE, number=1, reader=ANA)
    message = a_mail(to=(signed_address(SUPPORT, token, purpose=Purpose.NOTE),))

    found = clues(message, keys=KEYS, now=NOW)

    assert matched(message, sender=STAFF).ticket is None
    assert found.own_token(ANA, {Audience.CHALLENGE}) is not None
    assert found.own_token("ben@desk.example", {Audience.CHALLENGE}) is None
    assert found.own_token(ANA, {Audience.TRIAGE}) is None


def test_staff_who_are_the_clients_contact_on_this_ticket_post_as_client() -> None:
    both = replace(STAFF, is_contact=True, client="acme")
    ticket = replace(T1, participants=frozenset({ANA}))

    assert matched(a_mail(to=(an_address(),)), known(ticket), sender=both).voice is Voice.CLIENT
    assert matched(a_mail(to=(an_address(),)), known(T1), sender=both).voice is None
    as_staff = matched(a_mail(to=(an_address(Audience.STAFF_REPLY, reader=ANA),)), known(ticket), sender=both)
    assert as_staff.voice is None
    assert as_staff.token is not None


# Internal mail stays internal (behaviour 48)


@pytest.mark.parametrize(
    ("message", "found", "internal"),
    [
        pytest.param(a_mail(to=(an_address(Audience.STAFF_REPLY, reader=ANA),)), {}, True, id="a staff address"),
        pytest.param(a_mail(to=(an_address(Audience.STAFF_NOTE, reader=ANA),)), {}, True, id="a note address"),
        pytest.param(a_mail(references=(an_anchor(), an_anchor(1, Audience.STAFF_NOTE))), {}, True, id="inner anchor"),
        pytest.param(a_mail(text=marker(a_token(Audience.STAFF_NOTE))), {}, True, id="inner marker"),
        pytest.param(
            a_mail(in_reply_to=("in",), references=("out",)),
            {"messages": (a_kept("in", direction=Direction.OUT, is_internal=True), a_kept("out"))},
            True,
            id="answers an internal letter",
        ),
        pytest.param(
            a_mail(in_reply_to=("out",), references=("in",)),
            {"messages": (a_kept("in", is_internal=True), a_kept("out", direction=Direction.OUT))},
            False,
            id="answers a public letter",
        ),
        pytest.param(a_mail(to=(an_address(),), in_reply_to=("x",)), {}, False, id="the client's address"),
    ],
)
@pytest.mark.parametrize("sender", [CLIENT, STRANGER], ids=["client", "stranger"])
def test_the_answer_to_an_internal_mail_stays_internal(
    message: Message, found: dict[str, object], internal: bool, sender: Sender
) -> None:
    match = matched(message, known(**found), sender=sender)

    assert (match.ticket, match.is_internal) == (1, internal)


# Step 5: the vetoes


@pytest.mark.parametrize(
    ("message", "vetoed"),
    [
        pytest.param(a_mail(subject="Fwd: x", references=(an_anchor(),)), False, id="forwarded to the same desk"),
        pytest.param(
            a_mail(subject="WG: x", to=(SUPPORT,), cc=("new@acme.example",), references=(an_anchor(),)),
            True,
            id="new recipients",
        ),
        pytest.param(
            a_mail(subject="Fwd: x", cc=(MARA, ANA, "support+x@desk.example"), references=(an_anchor(),)),
            False,
            id="known people",
        ),
        pytest.param(a_mail(subject="Fwd: x", to=(URGENT,), references=(an_anchor(),)), True, id="another mailbox"),
        pytest.param(
            a_mail(subject="Fwd: x", to=(), delivered_to=(URGENT,), references=(an_anchor(),)),
            True,
            id="another mailbox, blind copy",
        ),
        pytest.param(
            a_mail(subject="Re: Fwd: x", cc=("new@acme.example",), references=(an_anchor(),)), False, id="reply"
        ),
        pytest.param(
            a_mail(subject="Re: x", to=(URGENT,), references=(an_anchor(),)), False, id="reply, other mailbox"
        ),
        pytest.param(a_mail(subject="Fwd: x", to=(an_address(), "new@acme.example")), False, id="to the ticket itself"),
    ],
)
def test_a_forward_to_others_opens_a_linked_ticket(message: Message, vetoed: bool) -> None:
    match = matched(message)

    expected = (None, Veto.FORWARDED, 1) if vetoed else (1, None, None)
    assert (match.ticket, match.veto, match.related) == expected


def test_a_forward_of_staff_stays_a_note_on_its_ticket() -> None:
    message = a_mail(subject="Fwd: x", cc=("expert@elsewhere.example",), references=(an_anchor(),))

    assert matched(message, sender=STAFF).ticket == 1


def test_answers_to_a_forward_find_the_ticket_that_it_opened() -> None:
    found = known(messages=(a_kept("fwd", 2),))
    message = a_mail(subject="Re: Fwd: x", in_reply_to=("fwd",), references=(an_anchor(), "fwd"))

    match = matched(message, found)

    assert (match.ticket, match.evidence) == (2, Evidence.FOREIGN_ID)
    assert matched(message, found, sender=STRANGER).ticket == 1


@pytest.mark.parametrize(
    ("closed_for", "sender", "is_machine", "joins"),
    [
        pytest.param(timedelta(days=14), CLIENT, False, True, id="14 days"),
        pytest.param(timedelta(days=14, seconds=1), CLIENT, False, False, id="longer"),
        pytest.param(timedelta(days=60), CLIENT, True, True, id="longer, an automatic reply"),
        pytest.param(timedelta(days=60), STAFF, False, True, id="longer, staff"),
        pytest.param(timedelta(days=60), STRANGER, False, True, id="longer, a stranger's stays internal"),
    ],
)
def test_a_ticket_that_was_closed_for_long_gets_a_follow_up(
    closed_for: timedelta, sender: Sender, is_machine: bool, joins: bool
) -> None:
    ticket = replace(T1, closed_at=NOW - closed_for)

    match = matched(a_mail(to=(an_address(),)), known(ticket), sender=sender, is_machine=is_machine)

    assert (match.ticket, match.follow_up_of) == ((1, None) if joins else (None, 1))
    assert match.veto == (None if joins else Veto.CLOSED)


def test_answers_among_clients_find_the_follow_up_and_not_the_closed_ticket() -> None:
    found = known(OLD, T2, messages=(a_kept("new", 2),))
    message = a_mail(to=(an_address(),), in_reply_to=("new",), references=(an_anchor(), "new"))

    assert matched(message, found).ticket == 2


def test_the_same_mail_again_joins_its_follow_up() -> None:
    match = matched(a_mail(to=(an_address(),)), known(OLD, T2, duplicates=(2,)))

    assert (match.ticket, match.evidence) == (2, Evidence.DUPLICATE)


def test_a_closed_ticket_never_contradicts_the_address() -> None:
    old = replace(OLD, number=2)

    assert matched(a_mail(to=(an_address(),), references=(an_anchor(2),)), known(T1, old)).ticket == 1


def test_a_reply_to_a_merged_ticket_reaches_the_survivor_and_its_people_come_along() -> None:
    chain = (
        replace(T1, merged_into=2),
        replace(T2, participants=frozenset(), merged_into=4),
        replace(T2, number=4, participants=frozenset()),
    )

    match = matched(a_mail(to=(an_address(),)), known(*chain), sender=replace(CLIENT, client=None, is_contact=False))

    assert (match.ticket, match.voice) == (4, Voice.CLIENT)
    assert match.reason.endswith("merged from T-1")


def test_staff_answer_a_merged_ticket_by_the_address_they_were_given() -> None:
    message = a_mail(to=(an_address(Audience.STAFF_REPLY, reader=ANA),))

    match = matched(message, known(replace(T1, merged_into=2), T2), sender=STAFF)

    assert (match.ticket, match.is_internal) == (2, False)
    assert match.token is not None


@pytest.mark.parametrize(
    "tickets",
    [
        pytest.param((replace(T1, merged_into=1),), id="into itself"),
        pytest.param((replace(T1, merged_into=2), replace(T2, merged_into=1)), id="into each other"),
        pytest.param((replace(T1, merged_into=9),), id="into nothing"),
    ],
)
def test_a_circle_of_merges_ends_in_a_new_ticket_that_a_person_looks_at(tickets: tuple[KnownTicket, ...]) -> None:
    for sender in (CLIENT, STAFF):
        match = matched(a_mail(to=(an_address(),)), known(*tickets), sender=sender)

        assert (match.ticket, match.veto, match.related, match.is_flagged) == (None, Veto.CIRCLE, 1, True)


@pytest.mark.parametrize(
    ("tickets", "message", "sender", "ticket"),
    [
        pytest.param(
            (T1, replace(T2, participants=frozenset())),
            a_mail(to=(an_address(),), references=(an_anchor(2),)),
            CLIENT,
            1,
            id="takes part in the address's",
        ),
        pytest.param(
            (replace(T1, participants=frozenset()), T2),
            a_mail(to=(an_address(),), references=(an_anchor(2),)),
            CLIENT,
            2,
            id="takes part in the headers'",
        ),
        pytest.param(
            (T1, T2), a_mail(to=(an_address(),), references=(an_anchor(2),)), CLIENT, None, id="takes part in both"
        ),
        pytest.param(
            (T1, T2),
            a_mail(to=(an_address(),), references=(an_anchor(2),)),
            COLLEAGUE,
            None,
            id="takes part in neither",
        ),
        pytest.param(
            (T1, T2),
            a_mail(to=(an_address(reader=MARA),), references=(an_anchor(2),)),
            CLIENT,
            1,
            id="the address is their own",
        ),
        pytest.param(
            (T1, T2),
            a_mail(to=(an_address(Audience.STAFF_REPLY, reader=ANA),), references=(an_anchor(2),)),
            STAFF,
            1,
            id="staff at their own address",
        ),
        pytest.param(
            (replace(T1, merged_into=2), T2),
            a_mail(to=(an_address(),), references=(an_anchor(2),)),
            CLIENT,
            2,
            id="merged: no contradiction",
        ),
        pytest.param(
            (T1, T2),
            a_mail(to=(an_address(),), references=(an_anchor(1), an_anchor(2), an_anchor(1))),
            CLIENT,
            1,
            id="older ids",
        ),
    ],
)
def test_where_address_and_headers_disagree_the_senders_own_ticket_wins(
    tickets: tuple[KnownTicket, ...], message: Message, sender: Sender, ticket: int | None
) -> None:
    match = matched(message, known(*tickets), sender=sender)

    assert match.ticket == ticket
    assert match.is_flagged == (ticket is None)
    assert match.veto == (Veto.CONTRADICTION if ticket is None else None)


def test_a_leaked_address_beside_ones_own_thread_is_a_security_event_and_harms_nobody() -> None:
    message = a_mail(to=(an_address(number=1),), references=(an_anchor(3),))

    match = matched(message, sender=FOREIGNER)

    assert (match.ticket, match.is_security_event) == (3, True)


def test_the_trace_tells_every_candidate_in_order() -> None:
    message = a_mail(to=(an_address(number=77),), subject="[T-3] x")

    match = matched(message, known(T1, OTHERS, duplicates=(1,)))

    assert [(step.evidence, step.ticket) for step in match.trace] == [
        (Evidence.ADDRESS, 77),
        (Evidence.TAG, 3),
        (Evidence.DUPLICATE, 1),
    ]
    assert all(step.finding for step in match.trace)


# It always answers

_NUMBERS = st.integers(1, 4)
_SENDERS = st.sampled_from([CLIENT, COLLEAGUE, FOREIGNER, STRANGER, STAFF, FAILED, UNPROVEN, Sender()])
_TICKETS = st.builds(
    KnownTicket,
    number=_NUMBERS,
    client=st.sampled_from([None, "acme", "borealis"]),
    participants=st.frozensets(st.sampled_from([MARA, FOREIGNER.address, ANA])),
    closed_at=st.sampled_from([None, NOW, NOW - timedelta(days=90)]),
    merged_into=st.none() | _NUMBERS,
    mailboxes=st.frozensets(st.sampled_from([SUPPORT, URGENT])),
)
_IDS = st.sampled_from(["a", "b", "c", an_anchor(1), an_anchor(2), an_anchor(3, Audience.STAFF_NOTE)])
_MAILS = st.builds(
    a_mail,
    to=st.lists(
        st.sampled_from([SUPPORT, URGENT, "new@x.example", an_address(), an_address(number=2), an_address(number=4)])
        | st.sampled_from([an_address(Audience.STAFF_REPLY, n, ANA) for n in (1, 2)]),
        max_size=3,
    ).map(tuple),
    subject=st.sampled_from(["x", "Fwd: x", "[T-1] x", "Re: [T-2] x"]),
    in_reply_to=st.lists(_IDS, max_size=1).map(tuple),
    references=st.lists(_IDS, max_size=5).map(tuple),
    text=st.sampled_from(["x", marker(a_token(Audience.ANCHOR, 2))]),
)


@given(
    message=_MAILS,
    tickets=st.lists(_TICKETS, max_size=4),
    messages=st.lists(
        st.builds(
            a_kept,
            st.sampled_from(["a", "b", "c"]),
            _NUMBERS,
            direction=st.sampled_from(Direction),
            is_internal=st.booleans(),
        ),
        max_size=4,
    ),
    relatives=st.lists(st.builds(Relative, shared_id=st.just("a"), ticket=_NUMBERS, at=st.just(NOW)), max_size=2),
    duplicates=st.lists(_NUMBERS, max_size=2),
    sender=_SENDERS,
    is_machine=st.booleans(),
)
def test_every_mail_gets_an_answer_and_nobody_writes_where_they_may_not(
    *,
    message: Message,
    tickets: list[KnownTicket],
    messages: list[KnownMessage],
    relatives: list[Relative],
    duplicates: list[int],
    sender: Sender,
    is_machine: bool,
) -> None:
    found = Known(
        tickets={each.number: each for each in tickets},
        messages=tuple(messages),
        relatives=tuple(relatives),
        duplicates=tuple(duplicates),
    )

    match = matched(message, found, sender=sender, is_machine=is_machine)

    assert (match.ticket is None) == (match.veto is not None or match.evidence is Evidence.NONE)
    if match.ticket is not None:
        assert found.tickets[match.ticket].merged_into is None
        assert match.voice is not Voice.OTHER_CLIENT
        assert match.voice is not None or sender.staff is not None
        assert not (sender.has_failed and match.voice is Voice.CLIENT)
    if match.token is not None:
        assert sender.staff is not None
        assert match.token.is_for(sender.address)
        assert match.token.number == match.ticket or found.tickets[match.token.number].merged_into is not None
