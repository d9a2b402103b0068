"""Mail that is no joy: each gets its clear outcome, and the mail behind it flows on."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.journeys.house import SUPPORT, House
from tests.journeys.people import plain
from tests.journeys.story import Story, a_story
from tests.servers.smtpsink import SmtpSink

from ticketbot.store.database import Work

GARBAGE = bytes(range(256)) * 40
NO_SENDER = b"To: support@desk.example\r\nSubject: Who am I\r\n\r\nNobody signs this.\r\n"
#: What the service itself may need (faults.md A13).
SERVICE_KB = 250_000


@pytest.fixture
def story(house: House, mail_relay: SmtpSink) -> Iterator[Story]:
    story = a_story(house, mail_relay)
    story.begin()
    yield story
    house.stop()
    assert '"level": "error"' not in house.log.read_text()


def outcomes(work: Work) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return state and reason of each received mail, by its size class and subject."""
    return {(mail.from_address, mail.subject): (mail.state, mail.reason) for mail in work.inbox.listed()}


def all_settled(work: Work, *, mails: int) -> bool:
    return work.ledger.counts().get("acked", 0) == mails and set(work.outbox.counts()) == {"sent"}


def test_garbage_nothing_nobody_and_a_stranger_wait_for_people_while_a_client_is_answered(story: Story) -> None:
    house = story.house
    stranger = a_story(house, story.mara.post).mara
    stranger.name, stranger.address = "Sam Stranger", "sam@nowhere.example"

    house.dovecot.drop(GARBAGE, to=SUPPORT)
    house.dovecot.drop(b"", to=SUPPORT)
    house.dovecot.append(SUPPORT, NO_SENDER)
    stranger.write(to=SUPPORT, subject="May I ask something?", text="You do not know me, I am nobody's customer.")
    acknowledgement = story.ask()
    house.until(lambda: house.read(lambda work: all_settled(work, mails=5)), what="all five are settled")

    assert acknowledgement["Subject"] == "[T-1001] Exports are empty"
    assert [ticket.number for ticket in house.read(lambda work: work.tickets.listed())] == [1001]
    assert house.read(lambda work: work.inbox.counts()) == {"triage": 4, "done": 1}
    found = house.read(outcomes)
    assert found["sam@nowhere.example", "May I ask something?"] == ("triage", "the sender is not known")
    assert found["", "Who am I"] == ("triage", "nobody can be named as its sender")
    assert house.folder_of("sam@nowhere.example") == [], "a stranger gets no answer"
    kept = house.read(lambda work: {work.inbox.raw(mail.sha256) for mail in work.inbox.listed()})
    assert b"" in kept
    assert NO_SENDER in kept
    assert any(len(raw) >= len(GARBAGE) for raw in kept), "the garbage is kept, as Dovecot gives it"
    triage = story.dana.gets(1)
    assert len(story.dana.inbox()) == 1, "the first at once, the others together by the hour"
    assert "#client" in plain(triage)
    assert re.search(r"support\+n\.[a-z2-7]{32}@desk\.example", plain(triage))


def test_a_mail_with_50_mb_attached_becomes_a_ticket_and_a_notice_and_needs_little_memory(
    story: Story, record_property: Callable[[str, object], None]
) -> None:
    house = story.house
    assert house.process

    house.dovecot.append(SUPPORT, a_large_mail(megabytes=50))
    acknowledgement = story.mara.gets(1)
    notice = story.dana.gets(1)
    shown = story.ben.gets(1)
    peak = peak_kb(house.process.pid)

    record_property("service_peak_kb", peak)
    assert acknowledgement["Subject"] == "[T-1001] The dump"
    assert "too large" in notice["Subject"]
    assert "T-1001" in plain(notice)
    assert "mara@acme.example" in plain(notice)
    assert "Here is the dump that you asked for." in plain(shown)
    assert [part.get_filename() for part in shown.iter_attachments()] == [], "half a file is worse than none"
    house.until(lambda: house.read(lambda work: all_settled(work, mails=1)), what="it is settled")
    (whole,) = house.folder_of(SUPPORT, "Processed")
    assert len(whole.raw) > 70_000_000, "the whole of it is on the server"
    assert peak < SERVICE_KB


def a_large_mail(*, megabytes: int) -> bytes:
    line = b"QUJD" * 19 + b"\r\n"
    head = (
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\r\n"
        "From: Mara Keller <mara@acme.example>\r\n"
        f"To: {SUPPORT}\r\n"
        "Subject: The dump\r\n"
        "Message-ID: <dump@acme.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n"
        "\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nHere is the dump that you asked for.\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=dump.bin\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + line * (megabytes * 1024 * 1024 // 57) + b"--b--\r\n"


def peak_kb(process: int) -> int:
    """Return the most memory that a process has needed so far."""
    (line,) = [line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])
