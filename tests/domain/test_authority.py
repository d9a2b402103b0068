"""Design.md's Authority, row by row: who may do what by mail."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketbot.domain.authority import (
    CROWD,
    AckCaps,
    StaffStanding,
    Traffic,
    Voice,
    acknowledgement,
    is_capped,
    joining,
    staff_standing,
    voice_on,
)
from ticketbot.domain.messages import Address, Authentication
from ticketbot.domain.senders import Sender

PASS, NONE, FAIL = Authentication.PASS, Authentication.NONE, Authentication.FAIL
ACT, HOLD, NOTE = StaffStanding.ACT, StaffStanding.HOLD_AND_CHALLENGE, StaffStanding.NOTE
UNVERIFIED, TRIAGE, QUARANTINE = StaffStanding.UNVERIFIED_NOTE, StaffStanding.TRIAGE, StaffStanding.QUARANTINE


def a_staff_member(result: Authentication = NONE, *, configured: bool = False) -> Sender:
    return Sender(address="ana@desk.example", staff="ana", result=result, authserv_configured=configured)


def a_client(
    result: Authentication = NONE,
    *,
    configured: bool = False,
    client: str | None = "acme",
    address: str = "mara@acme.example",
    is_contact: bool = True,
) -> Sender:
    return Sender(address=address, client=client, is_contact=is_contact, result=result, authserv_configured=configured)


@pytest.mark.parametrize(
    ("token", "commands", "ticket", "passed", "silent", "unasked"),
    [
        pytest.param(True, False, True, ACT, HOLD, ACT, id="with this person's token, text"),
        pytest.param(True, True, True, ACT, HOLD, ACT, id="with this person's token, commands"),
        pytest.param(True, False, False, ACT, HOLD, ACT, id="with this person's token, about a launch"),
        pytest.param(False, True, True, ACT, HOLD, HOLD, id="no token, commands, on a ticket"),
        pytest.param(False, True, False, ACT, HOLD, HOLD, id="no token, commands"),
        pytest.param(False, False, True, NOTE, UNVERIFIED, NOTE, id="no token, plain text on a ticket"),
        pytest.param(False, False, False, TRIAGE, TRIAGE, TRIAGE, id="no token, no command, no ticket"),
    ],
)
def test_staff_mail_follows_the_table(
    *,
    token: bool,
    commands: bool,
    ticket: bool,
    passed: StaffStanding,
    silent: StaffStanding,
    unasked: StaffStanding,
) -> None:
    for sender, expected in (
        (a_staff_member(PASS, configured=True), passed),
        (a_staff_member(NONE, configured=True), silent),
        (a_staff_member(FAIL, configured=True), QUARANTINE),
        (a_staff_member(NONE), unasked),
        (a_staff_member(PASS), unasked),
        (a_staff_member(FAIL), unasked),
    ):
        ruling = staff_standing(sender, has_own_token=token, has_commands=commands, has_ticket=ticket)
        assert (ruling.standing, bool(ruling.reason)) == (expected, True), sender


def test_the_registered_address_hears_of_notes_that_nobody_could_verify() -> None:
    told = {
        (token, commands, ticket, configured)
        for token, commands, ticket, configured in itertools.product([True, False], repeat=4)
        if staff_standing(
            a_staff_member(configured=configured), has_own_token=token, has_commands=commands, has_ticket=ticket
        ).tells_registered_address
    }

    assert told == {(False, False, True, False)}


@pytest.mark.parametrize(
    ("sender", "ticket_client", "participants", "voice"),
    [
        pytest.param(a_client(), "acme", set(), Voice.CLIENT, id="known, same client"),
        pytest.param(a_client(), "borealis", set(), Voice.OTHER_CLIENT, id="known, other client"),
        pytest.param(a_client(), "borealis", {"mara@acme.example"}, Voice.CLIENT, id="other client, but takes part"),
        pytest.param(a_client(), None, set(), Voice.UNVERIFIED, id="ticket of no client"),
        pytest.param(a_client(client=None), "acme", set(), Voice.UNVERIFIED, id="stranger"),
        pytest.param(a_client(client=None), "acme", {"mara@acme.example"}, Voice.CLIENT, id="stranger who takes part"),
        pytest.param(
            a_client(FAIL, configured=True), "acme", {"mara@acme.example"}, Voice.UNVERIFIED, id="participant, failed"
        ),
        pytest.param(
            a_client(FAIL, configured=True), "borealis", set(), Voice.UNVERIFIED, id="other client, failed: a stranger"
        ),
        pytest.param(
            a_client(NONE, configured=True, is_contact=False), "acme", set(), Voice.UNVERIFIED, id="domain, unverified"
        ),
        pytest.param(
            a_client(PASS, configured=True, is_contact=False), "acme", set(), Voice.CLIENT, id="domain, verified"
        ),
        pytest.param(Sender(), "acme", {""}, Voice.UNVERIFIED, id="no single From"),
    ],
)
def test_who_writes_on_a_ticket(
    sender: Sender, ticket_client: str | None, participants: set[str], voice: Voice
) -> None:
    assert voice_on(sender, ticket_client=ticket_client, participants=frozenset(participants)) is voice


@pytest.mark.parametrize(
    ("sender", "capped"),
    [
        pytest.param(a_client(PASS, configured=True), False, id="configured, pass"),
        pytest.param(a_client(NONE, configured=True), True, id="configured, no result"),
        pytest.param(a_client(FAIL, configured=True), True, id="configured, failed"),
        pytest.param(a_client(), False, id="not configured"),
    ],
)
def test_without_our_servers_pass_a_mail_stays_at_p3(sender: Sender, capped: bool) -> None:
    assert is_capped(sender) is capped


@pytest.mark.parametrize(
    ("sender", "traffic", "flags", "sent"),
    [
        pytest.param(a_client(), Traffic(), {}, True, id="a known sender"),
        pytest.param(a_client(client=None), Traffic(), {}, False, id="a stranger"),
        pytest.param(a_client(FAIL, configured=True), Traffic(), {}, False, id="failed"),
        pytest.param(a_client(), Traffic(), {"is_person": False}, False, id="a machine or a list"),
        pytest.param(a_client(), Traffic(), {"is_ours": True}, False, id="our own address"),
        pytest.param(a_client(), Traffic(), {"is_imported": True}, False, id="imported"),
        pytest.param(a_client(address="noreply@acme.example"), Traffic(), {}, False, id="noreply"),
        pytest.param(a_client(), Traffic(similar=2), {}, True, id="the second similar mail"),
        pytest.param(a_client(), Traffic(similar=3), {}, False, id="the third similar mail"),
        pytest.param(a_client(), Traffic(acks_to_sender=4), {}, True, id="the fifth this hour"),
        pytest.param(a_client(), Traffic(acks_to_sender=5), {}, False, id="the sixth this hour"),
        pytest.param(a_client(), Traffic(acks_of_desk=599), {}, True, id="the desk's last this hour"),
        pytest.param(a_client(), Traffic(acks_of_desk=600), {}, False, id="one too many for the desk"),
    ],
)
def test_acknowledgements_go_to_known_people_within_the_caps(
    sender: Sender, traffic: Traffic, flags: dict[str, bool], sent: bool
) -> None:
    answer = acknowledgement(
        sender,
        traffic,
        is_person=flags.get("is_person", True),
        is_ours=flags.get("is_ours", False),
        is_imported=flags.get("is_imported", False),
    )

    assert (answer.is_sent, bool(answer.reason)) == (sent, True)


@pytest.mark.parametrize(
    ("sender", "may_quote"),
    [
        (a_client(), True),
        (a_client(PASS, configured=True), True),
        (a_client(NONE, configured=True), False),
    ],
)
def test_nobody_unverified_gets_their_own_words_back(sender: Sender, may_quote: bool) -> None:
    assert acknowledgement(sender, Traffic(), is_person=True).may_quote is may_quote


def test_the_caps_can_be_set() -> None:
    assert not acknowledgement(a_client(), Traffic(), is_person=True, caps=AckCaps(for_desk=0)).is_sent


@given(
    result=st.sampled_from(Authentication),
    configured=st.booleans(),
    client=st.sampled_from([None, "acme"]),
    acks=st.integers(0, 9),
)
def test_no_stranger_ever_gets_an_acknowledgement(
    result: Authentication, configured: bool, client: str | None, acks: int
) -> None:
    sender = a_client(result, configured=configured, client=client)

    if acknowledgement(sender, Traffic(acks_to_sender=acks), is_person=True).is_sent:
        assert sender.is_known
        assert acks < 5


def addresses(*names: str) -> list[Address]:
    return [Address(address=name) for name in names]


def join(
    *people: str, sender: Sender | None = None, requester: str = "mara@acme.example", ticket_client: str | None = "acme"
) -> tuple[list[str], list[str]]:
    found = joining(
        addresses(*people),
        sender=sender or a_client(),
        requester=requester,
        ticket_client=ticket_client,
        contacts={"tom@vendor.example": "acme", "una@borealis.example": "borealis", "vip@acme.example": "acme"},
        not_clients=frozenset({"support@desk.example", "ana@desk.example"}),
        participants=frozenset({"old@acme.example"}),
    )
    return [each.address for each in found.joins], [each.address for each in found.offered]


@pytest.mark.parametrize(
    ("person", "joins", "offered"),
    [
        pytest.param("new@acme.example", True, False, id="the requester's own domain"),
        pytest.param("New@ACME.example", True, False, id="in capitals"),
        pytest.param("tom@vendor.example", True, False, id="a contact of this client"),
        pytest.param("una@borealis.example", False, True, id="another client's contact"),
        pytest.param("evil@evil.example", False, True, id="a stranger"),
        pytest.param("x@sub.acme.example", False, True, id="a sub-domain"),
        pytest.param("noreply@acme.example", False, True, id="nobody reads it"),
        pytest.param("old@acme.example", False, False, id="takes part already"),
        pytest.param("mara@acme.example", False, False, id="the sender"),
        pytest.param("support@desk.example", False, False, id="our own address"),
        pytest.param("support+r.abc@desk.example", False, False, id="our own address with an extension"),
        pytest.param("ana@desk.example", False, False, id="staff"),
    ],
)
def test_a_cc_joins_or_is_offered_to_staff(person: str, joins: bool, offered: bool) -> None:
    assert join(person) == ([person] if joins else [], [person] if offered else [])


@pytest.mark.parametrize(
    ("sender", "person", "joins"),
    [
        pytest.param(a_client(NONE, configured=True), "new@acme.example", False, id="unverified, own domain"),
        pytest.param(a_client(NONE, configured=True), "tom@vendor.example", True, id="unverified, a contact"),
        pytest.param(a_client(PASS, configured=True), "new@acme.example", True, id="verified, own domain"),
        pytest.param(a_client(FAIL, configured=True), "tom@vendor.example", False, id="failed, a contact"),
    ],
)
def test_who_joins_depends_on_how_sure_we_are_of_the_sender(sender: Sender, person: str, joins: bool) -> None:
    assert join(person, sender=sender)[0] == ([person] if joins else [])


def test_nobody_joins_by_a_free_mail_domain() -> None:
    sender = a_client(address="mara@gmail.com")

    assert join("evil@gmail.com", sender=sender, requester="mara@gmail.com") == ([], ["evil@gmail.com"])


def test_nobody_joins_by_the_domain_of_nobody() -> None:
    assert join("nobody", requester="") == ([], ["nobody"])


def test_a_crowd_is_only_shown_to_staff() -> None:
    crowd = [f"p{number}@acme.example" for number in range(CROWD + 1)]

    assert join(*crowd) == ([], crowd)
    assert join(*crowd[:CROWD]) == (crowd[:CROWD], [])
