"""Ten thousand forgeries gain nothing: no staff's rights, no change of state, no letter to an outsider (C1 to C7)."""

from collections import Counter

import pytest
from tests.desk.driver import DeskDriver, asking_its_server, vouched
from tests.desk.forgeries import CLIENT, EVIL, FROMS, OTHER_CLIENT, RESULTS, STAFF, WAYS, Forgery, forgery, vouched_mail
from tests.factories import KEYS, NOW, a_mail

from ticketbot.domain.authority import StaffStanding, Voice, staff_standing
from ticketbot.domain.classify import House, Kind, classify
from ticketbot.domain.clues import Known, KnownTicket, clues
from ticketbot.domain.commands import parse
from ticketbot.domain.messages import Message
from ticketbot.domain.senders import Sender, client_of_domain
from ticketbot.domain.threads import decide
from ticketbot.domain.tokens import Audience
from ticketbot.inbound.parse import read
from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

FORGERIES = 10_000
THROUGH_THE_DESK = 400
ROSTER = {address: address.partition("@")[0] for address in STAFF}
AUTHSERV_IDS = frozenset({"mx.desk.example"})
HOUSE = House(
    own_addresses=frozenset({"support@desk.example"}),
    staff_addresses=frozenset(ROSTER),
    authserv_ids=AUTHSERV_IDS,
    keys=KEYS,
)
KNOWN = Known(
    tickets={
        1001: KnownTicket(number=1001, client="acme", participants=frozenset({CLIENT})),
        1002: KnownTicket(number=1002, client="borealis", participants=frozenset({OTHER_CLIENT})),
    }
)


def sender_of(message: Message, *, is_asked: bool) -> Sender:
    """Return who wrote a mail, as the desk knows its people."""
    if message.sender is None:
        return Sender(result=message.authentication, authserv_configured=is_asked)
    address = message.sender.key
    client = {CLIENT: "acme", OTHER_CLIENT: "borealis"}.get(address)
    domains = {"acme.example": "acme", "borealis.example": "borealis"}
    return Sender(
        address=address,
        staff=ROSTER.get(address),
        client=client or client_of_domain(message.sender.domain, domains),
        is_contact=client is not None,
        result=message.authentication,
        authserv_configured=is_asked,
    )


def gains(forged: Forgery, *, is_asked: bool) -> str:
    """Return what a forgery would gain by the pure decisions alone, nothing as it should be."""
    message = read(forged.raw, authserv_ids=AUTHSERV_IDS if is_asked else frozenset())
    sender = sender_of(message, is_asked=is_asked)
    found = clues(message, keys=KEYS, now=NOW)
    match = decide(message, found, KNOWN, sender=sender, ours=HOUSE.own_addresses | set(ROSTER), now=NOW)
    if classify(message, HOUSE).kind is not Kind.STAFF:
        is_heard = match.voice is Voice.CLIENT and sender.address not in {CLIENT, OTHER_CLIENT}
        return "a stranger speaks as a client" if is_heard else ""
    if found.own_token(sender.address, {Audience.CHALLENGE, Audience.TRIAGE}) and sender.is_credible:
        return "an answer that only one of us can give"
    ruling = staff_standing(
        sender,
        has_own_token=match.token is not None or found.own_token(sender.address, {Audience.REPORT}) is not None,
        has_commands=parse(message.new_text).has_commands,
        has_ticket=match.ticket is not None,
    )
    return "staff's rights" if ruling.standing is StaffStanding.ACT else ""


@pytest.mark.parametrize("part", range(4))
def test_ten_thousand_forgeries_gain_no_rights_where_our_server_is_asked(part: int) -> None:
    gained = Counter(
        (gain, *forged.tricks)
        for number in range(part, FORGERIES, 4)
        if (gain := gains(forged := forgery(number, now=NOW), is_asked=True))
    )

    assert gained == Counter()


#: Without an authserv-id a person's own token is all the proof there is: who has stolen it acts (design.md, Authority).
STOLEN = {
    "a stolen token", "a stolen note token", "a stolen token in Bcc", "a challenge's token", "a triage token",
    "the other client's token", "a report's token",
}  # fmt: skip


def test_where_no_server_is_asked_only_a_persons_own_stolen_token_is_worth_anything() -> None:
    gained = Counter(
        (forged.tricks[0], forged.tricks[2])
        for number in range(0, FORGERIES, 4)
        if gains(forged := forgery(number, now=NOW), is_asked=False)
    )

    assert {way for _, way in gained} <= STOLEN
    assert {claim for claim, _ in gained} <= {"the plain lie", "the bare lie", "the desk's mark"}


def state_of(desk: DeskDriver) -> dict[str, object]:
    """Return all that a forgery could change by staff's rights."""
    with desk.store.look() as work:
        return {
            "tickets": [
                (each.number, each.state, each.owner_id, each.priority, each.kind, each.severity, each.client_id)
                for each in work.tickets.listed()
                if each.number in (1001, 1002)
            ],
            "people": [(number, desk.participants(number)) for number in (1001, 1002)],
            "plans": [(each.slug, each.go_live, len(work.desk.plan_events(each.id))) for each in work.desk.launches()],
            "blocked": work.desk.blocked(),
            "away": [each.away_until for each in work.desk.roster()],
            "said": [
                each.new_text
                for number in (1001, 1002)
                for each in work.tickets.messages(work.tickets.get(number).id)
                if each.direction == "out"
            ],
        }


def is_outsider(address: str) -> bool:
    """Return whether nobody of ours and nobody of our clients reads mail there."""
    return not address.endswith(("@desk.example", "@acme.example", "@borealis.example"))


@pytest.mark.parametrize("part", range(4))
@on_sqlite
def test_hundreds_of_forgeries_change_nothing_at_the_desk_and_bring_no_outsider_a_letter(
    store: Store, part: int
) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched(CLIENT)))
    desk.receive(a_mail(sender=OTHER_CLIENT, subject="Ours", headers=vouched(OTHER_CLIENT)))
    before, letters = state_of(desk), desk.letters()

    for number in range(part, THROUGH_THE_DESK, 4):
        forged = forgery(number, now=NOW)
        desk.receive(forged.raw)

        assert state_of(desk) == before, forged.tricks

    desk.wait(hours=2)
    old = {each.id for each in letters}
    written = [each for each in desk.letters() if each.id not in old]
    assert [each.code for each in written for to in (*each.to, *each.cc) if is_outsider(to)] == []
    assert not {each.code for each in written} & {"RELAY_OUT", "RESOLVED"}
    assert not any(EVIL in map(str.lower, (*each.to, *each.cc)) for each in written)


def test_the_same_ask_in_a_mail_that_our_server_vouches_for_is_heard() -> None:
    raw = a_mail(sender=STAFF[0], body="#close", headers=vouched(STAFF[0]))

    assert gains(Forgery(tricks=(), raw=raw), is_asked=True) == "staff's rights"


def test_every_trick_is_tried_with_every_other_kind_of_trick() -> None:
    tried = [forgery(number, now=NOW).tricks for number in range(FORGERIES)]

    assert {claim for claim, *_ in tried} == set(FROMS)
    assert len({(claim, proof) for claim, proof, *_ in tried}) == len(FROMS) * len(RESULTS)
    assert len({(claim, way) for claim, _, way, _ in tried}) == len(FROMS) * len(WAYS)


@pytest.mark.parametrize("number", range(200))
def test_commands_that_others_wrote_are_no_commands_in_mail_that_is_truly_bens(number: int) -> None:
    forged = vouched_mail(number, now=NOW)
    message = read(forged.raw, authserv_ids=AUTHSERV_IDS)

    assert sender_of(message, is_asked=True).is_verified
    assert not parse(message.new_text).has_commands, forged.tricks


@on_sqlite
def test_truly_bens_mail_with_commands_of_others_changes_nothing_and_his_note_never_speaks_in_public(
    store: Store,
) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(headers=vouched(CLIENT)))
    desk.receive(a_mail(sender=OTHER_CLIENT, subject="Ours", headers=vouched(OTHER_CLIENT)))
    before = state_of(desk)

    for number in range(60):
        forged = vouched_mail(number, now=NOW)
        desk.receive(forged.raw)

        assert state_of(desk) == before, forged.tricks
    assert desk.letters("RELAY_OUT") == []
