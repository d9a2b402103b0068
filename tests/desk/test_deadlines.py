"""Promises that come near or pass: who is told, when, how often, and of what not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import ANA, BEN, DeskDriver
from tests.factories import DESK, a_mail
from typing_extensions import override

from ticketbot.desk.chasing import Silence
from ticketbot.desk.deadlines import Deadlines
from ticketbot.domain.errors import DatabaseUnavailable
from ticketbot.store.database import Store, Work
from ticketbot.store.models import Ticket

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
REMINDERS = ("REMIND", "BREACH")
AINO = "Aino Korhonen <aino@borealis.example>"


def told(desk: DeskDriver) -> list[str]:
    """Return the reminders that were written, as `12:30 REMIND ben 75`, in order."""
    found = [each for each in desk.letters() if each.code in REMINDERS and each.state != "superseded"]
    return [
        f"{each.send_at:%H:%M} {each.code} {each.reader.partition('@')[0]} {each.draft['values']['clocks'][0]['share']}"
        for each in sorted(found, key=lambda each: (each.send_at, each.id))
    ]


def owned(store: Store, *, file: str = DESK, **fields: str) -> DeskDriver:
    """Return a desk with one P2 ticket of Ben's, received at 09:00, first answer due at 09:30."""
    desk = DeskDriver(store, file=file)
    desk.receive(a_mail(**fields))  # type: ignore[arg-type]
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take"))
    return desk


def test_a_first_answer_that_nobody_gives_climbs_the_whole_ladder(store: Store) -> None:
    desk = owned(store)

    desk.wait(hours=1, minutes=5)

    assert told(desk) == [
        "09:15 REMIND ben 50",
        "09:22 REMIND ben 75",
        "09:22 REMIND ana 75",
        "09:27 REMIND ben 90",
        "09:27 REMIND ana 90",
        "09:30 BREACH ben 100",
        "09:30 BREACH ana 100",
        "09:45 BREACH ben 150",
        "09:45 BREACH ana 150",
        "10:00 BREACH ben 200",
        "10:00 BREACH ana 200",
        "12:00 BREACH dana 100",  # 07:00 in New York
        "12:00 BREACH dana 150",
        "12:00 BREACH ravi 150",
        "12:00 BREACH dana 200",
        "12:00 BREACH ravi 200",
    ]
    assert [each.detail["percent"] for each in desk.events() if each.action in {"remind", "breach"}] == [
        50, 75, 90, 100, 150, 200,
    ]  # fmt: skip


def test_sweeps_and_restarts_write_no_reminder_twice(store: Store) -> None:
    desk = owned(store)
    desk.sleep(minutes=15)
    for _ in range(3):
        desk.run_due()
        desk.restart()

    assert told(desk) == ["09:15 REMIND ben 50"]
    assert [(each.level, each.state) for each in desk.reminders()] == [(50, "told")]


@on_sqlite
def test_a_threshold_is_told_at_its_very_instant_and_not_before(store: Store) -> None:
    desk = owned(store)
    desk.clock.instant = datetime(2027, 3, 2, 9, 14, 59, tzinfo=UTC)
    desk.run_due()
    before = told(desk)
    desk.clock.instant = datetime(2027, 3, 2, 9, 15, tzinfo=UTC)

    desk.run_due()

    assert (before, told(desk)) == ([], ["09:15 REMIND ben 50"])


@on_sqlite
def test_an_answer_in_the_same_second_is_in_time(store: Store) -> None:
    desk = owned(store)
    desk.clock.instant = desk.due("FR")

    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="On it."))
    desk.run_due()

    assert desk.clocks()["FR", 1].is_met is True
    assert [each for each in told(desk) if "BREACH" in each] == []


def test_after_an_outage_only_the_highest_threshold_is_told_and_it_says_how_late_it_is(store: Store) -> None:
    desk = owned(store)
    desk.sleep(minutes=40)

    desk.run_due()

    assert told(desk) == ["09:40 BREACH ben 100", "09:40 BREACH ana 100", "12:00 BREACH dana 100"]
    assert [(each.level, each.state) for each in desk.reminders()] == [
        (50, "superseded"), (75, "superseded"), (90, "superseded"), (100, "told"),
    ]  # fmt: skip
    letter = desk.letter("BREACH")
    assert (letter.draft["values"]["slot"], letter.draft["values"]["written_at"]) == (
        "2027-03-02T09:30:00Z", "2027-03-02T09:40:00Z",
    )  # fmt: skip
    assert letter.draft["values"]["clocks"][0]["late"] == 600


def test_after_a_long_outage_each_person_gets_one_letter_on_a_ticket(store: Store) -> None:
    desk = owned(store)
    desk.sleep(days=7)

    desk.run_due()

    letters = [each.reader for each in desk.letters() if each.code in REMINDERS]
    assert letters == ["ben@desk.example", "ana@desk.example", "dana@desk.example", "ravi@desk.example"]
    assert [each["clock"] for each in desk.letter("BREACH").draft["values"]["clocks"]] == ["FR", "RES"]


@on_sqlite
def test_what_was_answered_too_late_while_nobody_swept_is_still_told_as_a_breach(store: Store) -> None:
    desk = owned(store)
    desk.sleep(minutes=35)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="On it."))

    desk.run_due()

    assert next(each for each in told(desk) if "BREACH" in each) == "09:35 BREACH ben 100"
    assert desk.letter("BREACH").draft["values"]["clocks"][0]["late"] == 300
    assert desk.clocks()["FR", 1].is_met is False


@on_sqlite
def test_a_warning_for_what_was_answered_meanwhile_is_not_sent(store: Store) -> None:
    desk = owned(store)
    desk.sleep(minutes=20)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="On it."))

    desk.run_due()

    assert told(desk) == []


def test_a_reminder_that_waits_for_the_relay_is_dropped_when_the_answer_comes(store: Store) -> None:
    desk = owned(store)
    desk.wait(minutes=16)

    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="On it."))

    letter = desk.letter("REMIND")
    assert (letter.state, letter.reason) == ("superseded", "answered meanwhile")


@on_sqlite
def test_a_reminder_that_has_left_stays_sent(store: Store) -> None:
    desk = owned(store)
    desk.wait(minutes=16)
    desk.deliver_all()

    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="On it."))

    assert desk.letter("REMIND").state == "sent"


@on_sqlite
def test_without_owner_the_one_on_call_is_told(store: Store) -> None:
    desk = DeskDriver(
        store,
        file=DESK.replace(
            'timezone = "Europe/Berlin"', 'timezone = "Europe/Berlin"\noncall = "oncall@desk.example"', 1
        ),
    )
    desk.receive(a_mail())

    desk.wait(minutes=23)

    assert told(desk) == ["09:15 REMIND oncall 50", "09:22 REMIND oncall 75", "09:22 REMIND ana 75"]


@on_sqlite
def test_a_person_in_several_roles_gets_one_letter(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    desk.receive(a_mail(sender=ANA, to=desk.note_address(agent="ana@desk.example"), body="#take"))

    desk.wait(minutes=31)

    assert [each for each in told(desk) if "BREACH" in each] == ["09:30 BREACH ana 100", "12:00 BREACH dana 100"]


@on_sqlite
def test_the_lead_in_standard_support_is_the_support_lead(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender="nils@corvus.example", subject="Report shows an error"))

    desk.wait(days=2)

    assert {each.reader for each in desk.letters("REMIND")} == {"chen@desk.example"}


# Quiet hours


@on_sqlite
def test_a_p3_reminder_of_the_day_reaches_everybody_at_once(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender=AINO, subject="Report shows an error"))
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take"))
    desk.clock.instant = datetime(2027, 3, 2, 13, 0, tzinfo=UTC)

    desk.run_due()

    assert told(desk) == ["13:00 BREACH ben 100", "13:00 BREACH ana 100", "13:00 BREACH dana 100"]


@on_sqlite
def test_in_quiet_hours_a_p2_reaches_owner_and_lead_at_once_and_managers_in_the_morning(store: Store) -> None:
    desk = DeskDriver(store)
    desk.clock.instant = datetime(2027, 3, 3, 2, 0, tzinfo=UTC)  # 03:00 in Berlin, 21:00 in New York
    desk.receive(a_mail())
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take"))
    desk.wait(hours=2)

    by_person = {each.reader.partition("@")[0]: each.send_at for each in desk.letters("BREACH")}
    assert by_person["dana"] == datetime(
        2027, 3, 3, 12, 0, tzinfo=UTC
    )  # 02:30 UTC is 21:30 in New York; 150 % is later
    assert by_person["ben"] == datetime(2027, 3, 3, 3, 0, tzinfo=UTC)


@on_sqlite
def test_a_p1_reaches_everybody_at_night(store: Store) -> None:
    desk = DeskDriver(store)
    desk.clock.instant = datetime(2027, 3, 3, 5, 0, tzinfo=UTC)  # midnight in New York
    desk.receive(a_mail(subject="Nobody can log in", body="All users are blocked."))

    desk.wait(minutes=15)

    assert {each.send_at for each in desk.letters("BREACH")} == {desk.now}


@on_sqlite
def test_a_late_reminder_respects_the_quiet_hours_of_the_moment(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail(sender=AINO, subject="Report shows an error"))
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take"))
    desk.clock.instant = datetime(2027, 3, 2, 22, 0, tzinfo=UTC)  # 23:00 in Berlin

    desk.run_due()

    assert desk.letter("BREACH", to="ben@desk.example").send_at == datetime(2027, 3, 3, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_breach_that_waits_for_the_morning_says_what_became_of_it(store: Store, locale: str) -> None:
    file = DESK.replace('email = "ben@desk.example"', f'email = "ben@desk.example"\nlocale = "{locale}"')
    desk = DeskDriver(store, file=file)
    desk.receive(a_mail(sender=AINO, subject="Report shows an error"))
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take"))
    desk.clock.instant = datetime(2027, 3, 2, 22, 0, tzinfo=UTC)
    desk.run_due()
    waits = desk.letter("BREACH", to="ben@desk.example")
    desk.sleep(minutes=15)

    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="Night shift: on it."))

    letter = desk.letter("BREACH", to="ben@desk.example")
    assert (waits.draft["values"]["outcome"], letter.state) == ("", "queued")
    assert (
        letter.draft["values"]["outcome"]
        == {
            "en": "It was done since, 9 h 15 min too late.",
            "de": "Inzwischen ist es geschehen, 9 h 15 min zu spät.",
        }[locale]
    )


# Several clocks


@on_sqlite
def test_clocks_of_one_ticket_that_are_due_at_one_instant_come_in_one_letter(store: Store) -> None:
    desk = owned(store)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="On it."))  # UPD 4 h, RES 8 h

    desk.wait(hours=4)

    at_one = [each for each in desk.letters() if each.code in REMINDERS and each.send_at == desk.now]
    assert [(each.code, each.reader) for each in at_one] == [
        ("BREACH", "ben@desk.example"), ("BREACH", "ana@desk.example"), ("BREACH", "dana@desk.example"),
    ]  # fmt: skip
    shares = {each.reader: [(c["clock"], c["share"]) for c in each.draft["values"]["clocks"]] for each in at_one}
    assert shares["ben@desk.example"] == [("UPD", 100), ("RES", 50)]
    assert shares["dana@desk.example"] == [("UPD", 100)]


@on_sqlite
def test_a_waiting_ticket_is_reminded_of_nothing(store: Store) -> None:
    desk = owned(store)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#pending\n\nWhich one?"))

    desk.wait(days=3)

    assert told(desk) == []


@on_sqlite
def test_a_raise_tells_at_once_what_share_is_used_already(store: Store) -> None:
    desk = DeskDriver(store)
    raw = a_mail(sender=AINO, subject="Report shows an error")
    desk.receive(b"Delivered-To: support@desk.example\r\n" + raw)
    desk.receive(a_mail(sender=BEN, to=desk.note_address(), body="#take"))
    desk.wait(hours=1)

    desk.receive(b"Delivered-To: urgent@desk.example\r\n" + raw, mailbox="urgent")
    desk.run_due()

    assert desk.ticket().priority == "P2"
    assert told(desk) == ["10:00 REMIND ben 50"]


# What goes wrong


def test_one_broken_ticket_does_not_hold_up_the_others(store: Store) -> None:
    desk = DeskDriver(store)
    for number in range(2):
        desk.receive(a_mail(subject=f"Matter {number}", body=f"Words {number}"))
    with store.work() as work:
        for clock in work.tickets.clocks(work.tickets.get(1001).id):
            clock.memory = {"name": "FR"}
    desk.sleep(minutes=15)
    job = Deadlines(store=store, desk=desk.desk)

    with pytest.raises(KeyError):
        job.do_one(desk.now)
    while job.do_one(desk.now):
        pass

    assert {each.draft["ticket"] for each in desk.letters("REMIND")} == {1002}
    assert job.next_at(desk.now) is not None


@on_sqlite
def test_a_database_that_is_away_puts_nothing_off(store: Store) -> None:
    class Away(Deadlines):
        __slots__ = ()

        @override
        def _tell_all(self, work: Work, tickets: Sequence[Ticket], now: datetime) -> None:
            raise DatabaseUnavailable

    desk = owned(store)
    desk.sleep(minutes=15)

    with pytest.raises(DatabaseUnavailable):
        Away(store=store, desk=desk.desk).do_one(desk.now)
    desk.run_due()

    assert told(desk) == ["09:15 REMIND ben 50"]


def test_a_reply_that_commits_while_the_sweep_waits_for_the_ticket_is_seen(store: Store) -> None:
    """Interleaved by hand: the sweep has seen that one is due, then the reply commits, then the sweep takes it."""
    desk = owned(store)
    desk.sleep(minutes=15)

    class Slow(Deadlines):
        __slots__ = ()

        @override
        def do_one(self, now: datetime) -> bool:
            with self.store.look() as work:
                assert work.tickets.is_due(now=now)
                found = work.tickets.get(1001).id
            desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="On it."))
            self._one_by_one([found], now)
            return True

    Slow(store=store, desk=desk.desk).do_one(desk.now)

    assert told(desk) == []
    assert desk.clocks()["FR", 1].state == "stopped"


@on_sqlite
def test_a_ticket_that_moved_on_is_not_closed(store: Store) -> None:
    desk = owned(store)
    with store.work() as work:
        ticket = work.tickets.get(1001)
        ticket.act_at, ticket.act = desk.now, "auto_close"

    desk.run_due()

    assert (desk.ticket().state, desk.ticket().act_at) == ("new", None)


@on_sqlite
def test_jobs_say_when_they_are_needed_next(store: Store) -> None:
    desk = owned(store)
    assert Deadlines(store=store, desk=desk.desk).next_at(desk.now) == desk.now + timedelta(minutes=15)
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nDone."))

    assert Deadlines(store=store, desk=desk.desk).next_at(desk.now) is None
    assert Silence(store=store, desk=desk.desk).next_at(desk.now) == desk.ticket().act_at
