"""Dead addresses: nothing more is sent there, somebody hears of it, and a mail from it ends that (behaviour 61)."""

import pytest
from tests.desk.acts import answer, note, opened
from tests.desk.driver import DeskDriver
from tests.factories import a_bounce, a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def come_back(desk: DeskDriver, *, status: str = "5.1.1", recipient: str = "mara@acme.example") -> None:
    """Let our last answer to the client come back."""
    desk.deliver_all()
    desk.receive(a_bounce(of=desk.letter("RELAY_OUT").message_id, recipient=recipient, status=status))


def dead(desk: DeskDriver) -> set[str]:
    with desk.store.look() as work:
        return set(work.register.suppressed(["mara@acme.example", "jonas@acme.example", "ben@desk.example"]))


def test_a_hard_bounce_suppresses_the_address_and_its_owner_hears_of_what_is_not_sent(store: Store) -> None:
    desk = opened(store)
    answer(desk, "On it.")
    come_back(desk)
    before = desk.letters()

    answer(desk, "Can you hear me?")
    desk.run_due()

    relay = desk.letter("RELAY_OUT")
    assert dead(desk) == {"mara@acme.example"}
    assert (relay.state, "nothing is sent to mara@acme.example any more" in str(relay.reason)) == ("failed", True)
    assert "NOTICE ben" in desk.codes(since=before)


def test_a_mail_from_a_dead_address_ends_it(store: Store) -> None:
    desk = opened(store)
    answer(desk, "On it.")
    come_back(desk)

    desk.receive(a_mail(to=desk.client_address(), body="I am back."))
    answer(desk, "Good.")

    assert dead(desk) == set()
    assert desk.letter("RELAY_OUT").state == "queued"


@on_sqlite
def test_a_mail_that_is_not_theirs_does_not_end_it(store: Store) -> None:
    desk = opened(store)
    answer(desk, "On it.")
    come_back(desk)

    desk.receive(a_mail(sender="jonas@acme.example", to=desk.client_address(), body="Mara is away."))

    assert dead(desk) == {"mara@acme.example"}


@on_sqlite
@pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.7.1", "4.4.1"])
def test_a_delay_a_full_mailbox_or_a_policy_suppresses_nobody(store: Store, status: str) -> None:
    desk = opened(store)
    answer(desk, "On it.")
    desk.deliver_all()
    action = "delayed" if status.startswith("4") else "failed"

    raw = a_bounce(
        of=desk.letter("RELAY_OUT").message_id, recipient="mara@acme.example", status=status, action=action
    ).replace(b"no such user", b"try again")
    desk.receive(raw)

    assert dead(desk) == set()


@on_sqlite
def test_a_report_about_somebody_who_did_not_get_the_letter_suppresses_nobody(store: Store) -> None:
    desk = opened(store)
    answer(desk, "On it.")

    come_back(desk, recipient="jonas@acme.example")

    assert dead(desk) == set()


@on_sqlite
def test_a_report_about_no_letter_of_ours_suppresses_nobody(store: Store) -> None:
    desk = opened(store)

    desk.receive(a_bounce(of="forged@desk.example", recipient="mara@acme.example"))

    assert dead(desk) == set()


@on_sqlite
def test_automatic_letters_to_a_dead_address_are_not_sent_and_tell_nobody(store: Store) -> None:
    desk = opened(store)
    with store.work() as work:
        work.register.suppress("ana@desk.example", reason="gone", now=desk.now)
    before = desk.letters()

    desk.receive(a_mail(subject="Another", body="matter"))
    desk.run_due()

    new = {each.reader: each.state for each in desk.letters("NEW") if each.id not in {old.id for old in before}}
    assert new == {"ana@desk.example": "cancelled", "ben@desk.example": "queued"}
    assert desk.letters("NOTICE") == []


@on_sqlite
def test_who_takes_part_and_is_dead_is_left_out_and_the_others_are_told(store: Store) -> None:
    desk = opened(store)
    note(desk, "#cc jonas@acme.example")
    with store.work() as work:
        work.register.suppress("jonas@acme.example", reason="gone", now=desk.now)

    answer(desk, "On it.")

    relay = desk.letter("RELAY_OUT")
    assert (relay.state, relay.to, relay.cc) == ("queued", ["mara@acme.example"], [])


@on_sqlite
@pytest.mark.parametrize(
    ("reason", "is_gone"), [("550 5.1.1 user unknown", True), ("552 5.2.2 mailbox full", False), ("451 later", False)]
)
def test_a_relay_that_refuses_an_address_for_good_suppresses_it_too(store: Store, reason: str, is_gone: bool) -> None:
    desk = opened(store)
    answer(desk, "On it.")

    desk.fail(desk.letter("RELAY_OUT"), reason=reason)
    desk.run_due()

    assert ("mara@acme.example" in dead(desk)) is is_gone
