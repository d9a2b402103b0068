"""What desk.toml says of reminders, closing and coming back is what the desk does."""

from datetime import timedelta

from tests.desk.driver import BEN, DeskDriver
from tests.factories import DESK, a_mail

from ticketbot.store.database import Store


def resolved(store: Store, extra: str) -> DeskDriver:
    desk = DeskDriver(store, file=DESK + extra)
    desk.receive(a_mail())
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="#resolve\n\nIt works again."))
    return desk


def test_a_resolved_ticket_closes_after_the_span_of_the_desk_file_in_its_calendar(store: Store) -> None:
    desk = resolved(store, '\n[closing]\ncloses_after = "3 h"\ncalendar = "A"\n')

    assert desk.ticket().act_at == desk.now + timedelta(hours=3)


def test_a_closed_ticket_comes_back_within_the_span_of_the_desk_file_only(store: Store) -> None:
    desk = resolved(store, '\n[closing]\ncloses_after = "1 h"\ncalendar = "A"\nreopens_within = "2 days"\n')
    desk.wait(hours=2)
    desk.sleep(days=3)

    desk.receive(a_mail(to=desk.client_address(), subject="Re: Report is empty", body="It is broken again."))

    assert [each.state for each in desk.tickets()] == ["closed", "new"]


def test_the_manager_hears_from_the_percent_that_the_desk_file_says(store: Store) -> None:
    desk = DeskDriver(
        store, file=DESK + "\n[ladder]\nP2 = [50, 100]\nP3 = [50, 100]\nlead_from = 40\nmanager_from = 45\n"
    )
    desk.receive(a_mail(body="The report is broken."))

    desk.wait(hours=3)

    assert "dana@desk.example" in {each.reader for each in desk.letters("REMIND")}
