from datetime import timedelta

from tests.journeys.house import SUPPORT, House
from tests.journeys.people import plain
from tests.journeys.story import a_story
from tests.servers.smtpsink import SmtpSink

from ticketbot.store.database import Work


def codes(work: Work) -> list[tuple[str, str]]:
    return [(letter.code, letter.to[0]) for letter in reversed(work.outbox.listed())]


def test_a_deadline_that_comes_near_brings_a_reminder_and_one_that_passes_a_breach_each_once(
    house: House, mail_relay: SmtpSink
) -> None:
    story = a_story(house, mail_relay)
    story.begin()
    story.ask()
    story.ben.answer(story.ben.gets(1), "#take")
    house.until(lambda: story.owner() == "ben", what="Ben takes the ticket")
    house.stop()

    house.start(later=timedelta(minutes=24))
    reminder = story.ben.gets(2)
    house.kill()
    house.start(later=timedelta(minutes=31))
    breach = story.ben.gets(3)
    house.kill()
    house.start(later=timedelta(minutes=31))
    story.mara.write(to=SUPPORT, subject="Another matter", text="Who may see the vacancies of a colleague?")
    story.ben.gets(4)

    assert "T-1001 Exports are empty" in reminder["Subject"]
    assert "first answer" in plain(reminder).lower()
    assert "T-1001 Exports are empty" in breach["Subject"]
    told = [(code, reader) for code, reader in house.read(codes) if code in {"REMIND", "BREACH"}]
    assert sorted(told) == [
        ("BREACH", "ana@desk.example"),
        ("BREACH", "ben@desk.example"),
        ("BREACH", "dana@desk.example"),
        ("REMIND", "ana@desk.example"),
        ("REMIND", "ben@desk.example"),
    ]
