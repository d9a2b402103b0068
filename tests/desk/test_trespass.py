"""What staff cannot do to clients by a slip: let others take part, block them, or write to one about another."""

import pytest
from tests.desk.acts import answer, note, opened, refused
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


# Whom staff let in


def test_nobody_of_another_clients_domain_takes_part(store: Store) -> None:
    desk = opened(store)

    answer(desk, "#cc someone@borealis.example\n\nHere are the salaries.")

    assert "another client" in refused(desk)
    assert (desk.participants(), desk.letters("RELAY_OUT")) == (["mara@acme.example"], [])


@pytest.mark.parametrize("way", ["plus", "signed", "person"])
def test_no_form_of_our_own_addresses_takes_part(store: Store, way: str) -> None:
    desk = opened(store)
    address = {"plus": "support+x@desk.example", "signed": desk.client_address(), "person": "ben+x@desk.example"}[way]

    note(desk, f"#cc {address}")

    assert "our own" in refused(desk)
    assert desk.participants() == ["mara@acme.example"]


@pytest.mark.parametrize("address", ["someone@acme.example", "lawyer@partner.example"])
def test_people_of_the_client_and_of_nobody_still_take_part(store: Store, address: str) -> None:
    desk = opened(store)

    note(desk, f"#cc {address}")

    assert address in desk.participants()


# Whom staff block in an answer about a stranger


def about_stranger(store: Store, body: str) -> tuple[DeskDriver, int]:
    """Return a desk on which Ben answered about a stranger's mail, and the mail's row."""
    desk = DeskDriver(store)
    stranger = desk.receive(a_mail(sender="Eve <eve@nowhere.example>"))
    desk.run_due()
    desk.receive(a_mail(sender=BEN, to=desk.letter("TRIAGE", to="ben@desk.example").draft["reply_to"], body=body))
    return desk, stranger.id


@pytest.mark.parametrize(
    ("party", "why"),
    [
        pytest.param("desk.example", "ours", id="our domain"),
        pytest.param("ana@desk.example", "ours", id="a colleague"),
        pytest.param("acme.example", "client", id="a client's domain"),
        pytest.param("mara@acme.example", "client", id="a contact"),
        pytest.param("gmail.com", "everybody", id="a provider"),
    ],
)
def test_an_answer_about_a_stranger_blocks_neither_us_nor_a_client(store: Store, party: str, why: str) -> None:
    desk, stranger = about_stranger(store, f"#block {party}")

    assert why in refused(desk)
    assert desk.mail(stranger).state == "triage"
    with desk.store.look() as work:
        assert work.desk.blocked() == set()


@pytest.mark.parametrize("body", ["#spam\n#client acme", "#client acme\n#block nowhere.example"])
def test_lines_about_a_stranger_that_contradict_each_other_are_refused(store: Store, body: str) -> None:
    desk, stranger = about_stranger(store, body)

    assert "contradict" in refused(desk)
    assert (desk.mail(stranger).state, desk.tickets()) == ("triage", [])


def test_a_stranger_is_spam_and_blocked_in_one_answer(store: Store) -> None:
    desk, stranger = about_stranger(store, "#spam\n#block nowhere.example")

    assert desk.mail(stranger).state == "dropped"
    with desk.store.look() as work:
        assert len(work.desk.blocked()) == 1


# What opens a ticket with words to a client


def from_ben(desk: DeskDriver, body: str, *, subject: str = "A call") -> None:
    """Let Ben write a command mail that our server vouches for."""
    desk.receive(a_mail(sender=BEN, subject=subject, body=body, headers=vouched("ben@desk.example")))


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        pytest.param("A call", "#call mara@acme.example 5m\n\nAs aino@borealis.example told us.", id="call"),
        pytest.param("As aino@borealis.example", "#call mara@acme.example 5m\n\nAs told.", id="title of a call"),
        pytest.param("Hello", "#to mara@acme.example\n\nAs aino@borealis.example told us.", id="to"),
        pytest.param("As aino@borealis.example", "#to mara@acme.example\n\nHello.", id="title of a first word"),
        pytest.param("Like aino@borealis.example", "#for mara@acme.example\n\nHelp her.", id="title of another's"),
    ],
)
def test_no_opening_names_another_clients_people_to_a_client(store: Store, subject: str, body: str) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    from_ben(desk, body, subject=subject)

    assert "another client" in refused(desk)
    assert (desk.tickets(), [each.code for each in desk.letters()]) == ([], ["CMD"])


@pytest.mark.parametrize(
    ("opening", "code"), [("#call mara@acme.example 5m", "CALL_RECEIPT"), ("#to mara@acme.example", "RELAY_OUT")]
)
def test_no_opening_passes_on_what_staff_quote_of_our_own(store: Store, opening: str, code: str) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    from_ben(desk, f"{opening}\n\nWe talked about the pay run.\n> Owner: ben, their margin is low\n")

    assert desk.letter(code).draft["values"]["text"] == "We talked about the pay run."
