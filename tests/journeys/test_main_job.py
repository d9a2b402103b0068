import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.forked import as_a_fork
from tests.journeys.house import RELAY_PASSWORD, RELAY_USER, House, as_a_command
from tests.journeys.people import addresses, everything, html, plain
from tests.journeys.story import MESSAGES, Story, a_story, assert_told_to_the_end
from tests.servers.certificate import Certificate
from tests.servers.dovecot import Dovecot
from tests.servers.smtpsink import SmtpSink

from ticketbot.clock import SystemClock

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def relay(dovecot: Dovecot, certificate: Certificate, database_kind: str) -> Iterator[SmtpSink]:
    """The desk's relay: in the open with SQLite; with PostgreSQL it takes letters from who signs in, over STARTTLS."""
    if database_kind == "sqlite":
        with SmtpSink(deliver=dovecot.deliver) as sink:
            yield sink
        return
    with SmtpSink(deliver=dovecot.deliver, tls="starttls", certificate=certificate, password=RELAY_PASSWORD) as sink:
        yield sink


@pytest.fixture
def ready_house(empty_house: House, certificate: Certificate, database_kind: str) -> House:
    """A desk set up by the commands that the operator's guide names."""
    if database_kind == "postgresql":
        empty_house.tls = "starttls"
        empty_house.relay_certificate = certificate
    empty_house.launch = as_a_command
    empty_house.write_files()
    empty_house.ticketbot("db", "upgrade")
    empty_house.ticketbot("desk", "apply", str(empty_house.desk))
    return empty_house


def test_a_client_is_acknowledged_answered_asked_resolved_and_told_in_the_digest(
    ready_house: House, mail_relay: SmtpSink
) -> None:
    house, story = ready_house, a_story(ready_house, mail_relay)
    story.begin()

    acknowledgement = story.ask()

    assert_acknowledged(acknowledgement, story.mara.sent[0])
    assert_shown_to_staff(story)

    answer = story.answer()

    assert_looks_like_a_person_s_mail(answer, story, answered=story.mara.sent[0])
    assert plain(answer).startswith(MESSAGES[1][3])
    assert "Since this morning" not in everything(answer), "the quoted history is cut"

    relayed = story.ask_again()

    assert MESSAGES[2][3] in plain(relayed)
    assert re.fullmatch(r"support\+r\.[a-z2-7]{32}@desk\.example", addresses(relayed, "Reply-To"))
    assert len(story.ana.inbox()) == 2, "beside the new ticket and the incident only the owner hears of what follows"
    assert story.state() == "open"

    resolved = story.resolve()

    assert_looks_like_a_person_s_mail(resolved, story, answered=story.mara.sent[1])
    assert plain(resolved).startswith(MESSAGES[3][3])
    assert "#resolve" not in everything(resolved)
    assert story.state() == "resolved"

    story.thank()

    assert story.state() == "resolved", "thanks open nothing again"
    assert_told_to_the_end(house)
    assert_promised_and_kept(story, acknowledgement)
    house.stop()
    assert '"level": "error"' not in house.log.read_text()
    assert_told_once_on_monday(story)
    if house.relay_certificate:
        assert set(house.relay.logins) == {RELAY_USER}


def assert_acknowledged(mail: EmailMessage, asked: EmailMessage) -> None:
    assert mail["In-Reply-To"] == asked["Message-ID"]
    assert addresses(mail, "References").endswith(str(asked["Message-ID"]))
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Subject"] == "[T-1001] Exports are empty"
    assert parseaddr(str(mail["From"])) == ("Example Support", "support@desk.example")
    assert addresses(mail, "To") == "mara@acme.example"


def assert_shown_to_staff(story: Story) -> None:
    """Everybody on the triage list got the mail, each with an address of their own to answer it at."""
    ways = set()
    for person in (story.ana, story.ben):
        mail = person.gets(1)
        assert "T-1001 Exports are empty" in mail["Subject"]
        assert MESSAGES[0][3] in plain(mail)
        assert addresses(mail, "To") == person.address
        assert re.fullmatch(r"support\+r\.[a-z2-7]{32}@desk\.example", addresses(mail, "Reply-To"))
        ways.add(addresses(mail, "Reply-To"))
    assert len(ways) == 2


def assert_looks_like_a_person_s_mail(mail: EmailMessage, story: Story, *, answered: EmailMessage) -> None:
    """It threads below the client's own mail, and says nothing of tokens, commands, or where staff read their mail."""
    assert parseaddr(str(mail["From"])) == ("Ben, Support", "support@desk.example")
    assert mail["In-Reply-To"] == answered["Message-ID"]
    references = addresses(mail, "References").split()
    assert [str(each["Message-ID"]) in references for each in story.mara.sent] == [True] * len(story.mara.sent)
    assert mail["Auto-Submitted"] is None
    assert mail["Subject"] == "[T-1001] Exports are empty"
    whole = everything(mail)
    for secret in ("ben@desk.example", "ana@desk.example", *(addresses(each, "To") for each in story.ben.sent)):
        assert secret not in whole
    assert "\n>" not in plain(mail)
    assert "Okafor" not in whole, "the staff member's own signature is cut"


def assert_promised_and_kept(story: Story, acknowledgement: EmailMessage) -> None:
    """The acknowledgement named the very instant at which the first answer was due, and every promise was kept."""
    clocks = {clock["clock"]: clock for clock in story.ticket()["clocks"]}
    assert {name: clock["met"] for name, clock in clocks.items()} == {"FR": True, "NR": True, "RES": True, "UPD": True}
    due = datetime.fromisoformat(clocks["FR"]["due_at"]).astimezone(BERLIN)
    for text in (" ".join(plain(acknowledgement).split()), html(acknowledgement)):
        assert f"{due:%A} {due.day} {due:%B}" in text
        assert f", {due:%H:%M} (Berlin time)" in text


def assert_told_once_on_monday(story: Story) -> None:
    """The manager gets the digest on Monday at eight, once however often the service starts; a week later the next."""
    house, now = story.house, SystemClock().now()
    today = now.astimezone(BERLIN).date()
    monday = today + timedelta(days=7 - today.weekday())
    eight = datetime.combine(monday, time(8), tzinfo=BERLIN)

    house.launch = as_a_fork
    house.start(later=eight - now)
    digest = story.dana.gets(1)
    house.kill()
    house.start(later=eight + timedelta(weeks=1) - now)
    second = story.dana.gets(2)
    house.stop()

    assert f"week {today.isocalendar().week} " in digest["Subject"]
    assert "Received 1 · resolved 1 · reopened 0 · open at the end 0" in " ".join(plain(digest).split())
    assert "Acme HR" in plain(digest)
    assert "Acme HR" in html(digest)
    assert f"week {monday.isocalendar().week} " in second["Subject"]
    assert "Received 0 · resolved 0" in plain(second)
    assert len(story.dana.inbox()) == 2
