"""Many reminders for one person at once are one letter; few are letters of their own; each is recorded by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.desk.driver import DeskDriver
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import LetterState, OutboxMail
from ticketbot.store.outbox import BUNDLED

#: Ana is the only one here.
ALONE = """
[desk]
name = "Example Support"
timezone = "Europe/Berlin"
[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "hypercare_lead"
[clients.acme]
name = "Acme"
domains = ["acme.example"]
contacts = [{ address = "mara@acme.example" }, { address = "jonas@acme.example" }]
[launches."acme/hr"]
name = "Acme HR"
go_live = 2027-03-01T06:00:00
profile = "command30_90"
"""


def tickets(store: Store, count: int, *, extra: str = "") -> DeskDriver:
    """A desk of one person with so many tickets of the same instant."""
    desk = DeskDriver(store, file=ALONE + extra)
    for number in range(count):
        desk.receive(a_mail(subject=f"Matter {number} of {'abcdefgh'[number] * 5}", body="One label has a typo."))
    return desk


def told(desk: DeskDriver, code: str, *, state: str = LetterState.QUEUED) -> list[OutboxMail]:
    return [each for each in desk.letters(code, to="ana@desk.example") if each.state == state]


@pytest.mark.parametrize(("count", "singles", "together"), [(5, 5, 0), (6, 0, 1), (8, 0, 1)])
def test_more_than_five_at_once_are_one_letter(store: Store, count: int, singles: int, together: int) -> None:
    desk = tickets(store, count)
    due = desk.due("FR")
    desk.clock.instant = due - timedelta(minutes=1)

    desk.run_due()

    assert (len(told(desk, "REMIND")), len(told(desk, "BUNDLE"))) == (singles, together)
    assert all(len(desk.reminders(number)) >= 1 for number in range(1001, 1001 + count))
    if together:
        (letter,) = told(desk, "BUNDLE")
        named = [each["ticket"]["number"] for each in letter.draft["values"]["reminders"]]
        assert sorted(set(named)) == list(range(1001, 1001 + count))
        assert {each.reason for each in told(desk, "REMIND", state=LetterState.SUPERSEDED)} == {BUNDLED}


def test_reminders_leave_at_their_instant_and_nothing_waits_for_more(store: Store) -> None:
    desk = tickets(store, 1)
    desk.clock.instant = desk.due("FR") - timedelta(minutes=1)

    desk.run_due()

    (letter,) = told(desk, "REMIND")
    assert letter.next_at == letter.send_at == desk.now


def test_a_desk_may_want_no_bundles(store: Store) -> None:
    desk = tickets(store, 7, extra='[letters]\noff = ["BUNDLE"]\n')
    desk.clock.instant = desk.due("FR") - timedelta(minutes=1)

    desk.run_due()

    assert (len(told(desk, "REMIND")), told(desk, "BUNDLE")) == (7, [])


def test_what_waited_through_the_night_comes_together_in_the_morning_without_what_was_answered(store: Store) -> None:
    far = ALONE.replace('role = "hypercare_lead"', 'role = "hypercare_lead"\ntimezone = "America/New_York"')
    desk = DeskDriver(store, file=far + '[staff.ben]\nname = "Ben"\nemail = "ben@desk.example"\n')
    for number in range(8):
        desk.receive(a_mail(subject=f"Matter {number} of {'abcdefgh'[number] * 5}", body="One label has a typo."))
    with store.work() as work:
        ben = work.desk.agent("ben")
        assert ben is not None
        for ticket in work.tickets.listed():
            ticket.owner_id = ben.id
    at_night = desk.due("FR") - timedelta(minutes=1)
    desk.wait(hours=(at_night - desk.now) / timedelta(hours=1))
    waiting = told(desk, "REMIND")
    desk.receive(
        a_mail(
            sender="Ben <ben@desk.example>", to=desk.answer_address(1001), body="#resolve\n\nThe label is right now."
        )
    )

    morning = datetime(2027, 3, 2, 12, tzinfo=UTC)
    desk.wait(hours=(morning - desk.now) / timedelta(hours=1))

    assert len(waiting) == 8
    assert {each.send_at for each in waiting} == {morning}
    (letter,) = told(desk, "BUNDLE")
    bundled = {each["ticket"]["number"] for each in letter.draft["values"]["reminders"]}
    assert bundled == set(range(1002, 1009))


def test_a_second_flood_of_the_same_instant_goes_by_itself(store: Store) -> None:
    desk = tickets(store, 6)
    desk.clock.instant = desk.due("FR") - timedelta(minutes=1)
    desk.run_due()
    with store.work() as work:
        for letter in work.outbox.listed():
            if letter.code == "REMIND":
                letter.state, letter.reason, letter.next_at = LetterState.QUEUED, None, desk.now + timedelta(seconds=9)

    desk.run_due()

    assert (len(told(desk, "REMIND")), len(told(desk, "BUNDLE"))) == (6, 1)
