"""Mail that waits for people: strangers' mail, quarantine, held mail."""

import pytest
from tests.desk.driver import BEN, DeskDriver, asking_its_server, vouched
from tests.factories import DESK, a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def stranger(number: int = 1, **headers: str) -> bytes:
    """Return a mail of somebody whom nobody knows."""
    return a_mail(sender=f"Eve <eve{number}@nowhere.example>", body=f"Hello {number}.", headers=headers or None)


def subjects(desk: DeskDriver, *, to: str = "ben@desk.example") -> list[list[str]]:
    """Return whose mails each TRIAGE letter shows."""
    return [[mail["sender"] for mail in each.draft["values"]["mails"]] for each in desk.letters("TRIAGE", to=to)]


def test_the_first_mail_of_a_stranger_is_shown_at_once_and_later_ones_together_by_the_hour(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(stranger(1))
    desk.run_due()
    for number in (2, 3):
        desk.sleep(minutes=10)
        desk.receive(stranger(number))
        desk.run_due()
    so_far = subjects(desk)
    desk.sleep(minutes=40)

    desk.run_due()

    assert so_far == [["eve1@nowhere.example"]]
    assert subjects(desk) == [["eve1@nowhere.example"], ["eve2@nowhere.example", "eve3@nowhere.example"]]
    assert len({each.key for each in desk.letters("TRIAGE")}) == len(desk.letters("TRIAGE"))


@on_sqlite
def test_everybody_in_the_triage_list_gets_their_own_copy_with_their_own_token(store: Store) -> None:
    desk = DeskDriver(
        store,
        file=DESK.replace('timezone = "Europe/Berlin"', 'timezone = "Europe/Berlin"\ntriage = ["ana", "chen"]', 1),
    )
    desk.receive(stranger())

    desk.run_due()

    letters = desk.letters("TRIAGE")
    assert [each.reader for each in letters] == ["ana@desk.example", "chen@desk.example"]
    assert len({each.draft["reply_to"] for each in letters}) == 2


@on_sqlite
def test_a_stranger_whose_domain_only_looks_like_a_clients_is_shown_with_a_warning(store: Store) -> None:
    desk = DeskDriver(store)

    warned = desk.receive(a_mail(sender="casey@acme-support.example"))
    plain = desk.receive(a_mail(sender="casey@nowhere.example"))

    assert warned.reason == "the sender is not known; careful: its domain only looks like acme.example"
    assert plain.reason == "the sender is not known"


@on_sqlite
def test_without_a_list_all_staff_look_at_strangers_mail(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(stranger())

    desk.run_due()

    assert len(desk.letters("TRIAGE")) == 5


@on_sqlite
def test_the_job_knows_when_the_next_bundle_is_due(store: Store) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from ticketbot.desk.setaside import Strangers  # noqa: PLC0415

    desk = DeskDriver(store)
    job = Strangers(store=store, desk=desk.desk)
    nobody = job.next_at(desk.now)
    desk.receive(stranger(1))
    first = job.next_at(desk.now)
    desk.run_due()
    desk.receive(stranger(2))

    assert (nobody, first, job.next_at(desk.now)) == (None, desk.now, desk.now + timedelta(hours=1))


@on_sqlite
def test_a_copy_of_a_strangers_mail_does_not_hide_the_others(store: Store) -> None:
    desk = DeskDriver(store)
    raw = stranger(1)
    desk.receive(b"Delivered-To: a@desk.example\r\n" + raw)
    desk.run_due()
    desk.receive(b"Delivered-To: b@desk.example\r\n" + raw)
    desk.receive(stranger(2))
    desk.sleep(hours=1)

    desk.run_due()

    assert subjects(desk)[1] == ["eve1@nowhere.example", "eve2@nowhere.example"]


@on_sqlite
@pytest.mark.parametrize("header", [{"X-Spam-Flag": "YES"}, {"X-Spam-Status": "Yes, score=12"}])
def test_what_the_server_marked_as_spam_is_shown_to_nobody_and_delays_nobody(
    store: Store, header: dict[str, str]
) -> None:
    desk = DeskDriver(store)
    spam = desk.receive(stranger(1, **header))
    desk.run_due()
    desk.receive(stranger(2))

    desk.run_due()

    assert desk.mail(spam.id).state == "triage"
    assert subjects(desk) == [["eve2@nowhere.example"]]


@on_sqlite
def test_a_staff_mail_about_nothing_is_shown_too(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender=BEN, subject="Lunch?", body="Who comes along?"))

    desk.run_due()

    assert subjects(desk) == [["ben@desk.example"]]


@on_sqlite
def test_fifty_strangers_and_more_are_all_shown(store: Store) -> None:
    desk = DeskDriver(store)
    for number in range(53):
        desk.keep(stranger(number))
    desk.process()

    desk.run_due()
    desk.sleep(hours=1)
    desk.run_due()

    assert [len(each) for each in subjects(desk)] == [50, 3]


# Quarantine


def test_managers_hear_at_once_of_a_mail_that_was_set_aside_and_by_the_hour_of_more(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    for number in range(3):
        desk.receive(a_mail(sender=BEN, body=f"#close {number}", headers=vouched("ben@desk.example", result="fail")))
        desk.run_due()
    at_once = len(desk.letters("NOTICE"))
    desk.sleep(hours=1)

    desk.run_due()

    first, second = desk.letters("NOTICE", to="dana@desk.example")
    assert at_once == 1
    assert ["From", "ben@desk.example"] in first.draft["values"]["facts"]
    assert ["Mails", "2"] in second.draft["values"]["facts"]
    assert second.draft["values"]["command"] == "ticketbot mail list --state quarantined"


@on_sqlite
def test_a_mail_that_was_set_aside_is_told_of_once(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    desk.receive(a_mail(sender=BEN, headers=vouched("ben@desk.example", result="fail")))
    desk.run_due()

    desk.sleep(hours=30)
    desk.run_due()

    assert len(desk.letters("NOTICE")) == 1


# Held


@on_sqlite
def test_held_commands_about_no_ticket_end_after_a_day(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    mail = desk.receive(a_mail(sender=BEN, subject="hm", body="#take", headers=vouched("ben@desk.example")))
    held = desk.mail(mail.id).state
    desk.sleep(hours=24)

    desk.run_due()

    assert (held, desk.mail(mail.id).state, desk.mail(mail.id).outcome) == ("held", "dropped", "reject")
    assert desk.letter("CMD").reader == "ben@desk.example"


@on_sqlite
def test_the_job_knows_when_the_next_wait_ends(store: Store) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from ticketbot.desk.setaside import HeldTooLong  # noqa: PLC0415

    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolv"))

    assert HeldTooLong(store=store, desk=desk.desk).next_at(desk.now) == desk.now + timedelta(hours=24)


@on_sqlite
def test_a_held_mail_whose_copy_is_here_leaves_no_second_note(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    raw = a_mail(sender=BEN, to=desk.answer_address(), body="#resolv\nFine now.")
    desk.receive(b"Delivered-To: a@desk.example\r\n" + raw)
    desk.receive(b"Delivered-To: b@desk.example\r\n" + raw)
    desk.sleep(hours=25)

    desk.run_due()

    assert len(desk.messages()) == 2
    assert len(desk.letters("CMD")) == 1


@on_sqlite
def test_a_forged_mail_in_our_name_is_told_as_one_and_never_to_be_answered(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())
    headers = vouched("ana@desk.example", result="fail")

    desk.receive(a_mail(sender="Ana Silva <ana@desk.example>", body="#cadence acme/hr weekly", headers=headers))
    desk.run_due()

    told = desk.letters("NOTICE")
    assert told
    assert {each.draft["values"]["what"] for each in told} == {"forged"}
