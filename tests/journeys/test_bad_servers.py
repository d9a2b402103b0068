"""Servers that do not let us: a wrong password, a certificate nobody trusts, a relay that is not there."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from tests.journeys.house import SUPPORT, House
from tests.journeys.people import plain
from tests.journeys.story import MESSAGES, a_story
from tests.servers.dovecot import Dovecot
from tests.servers.keeper import free_port
from tests.servers.smtpsink import SmtpSink

from ticketbot.store.database import Work

#: What Mara's mail causes: it is work stopped, in hypercare.
LETTERS = ("ACK", "NEW", "NEW", "INCIDENT")
WRONG = "wr0ng-passw0rd"
#: Trouble that lasts so long is told.
LASTING = timedelta(minutes=6)

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def logins(house: House) -> int:
    """Return how often somebody tried to sign in to the desk's mailbox with a wrong password."""
    name = house.dovecot.user(SUPPORT)
    return sum("auth failed" in line and f"<{name}>" in line for line in house.dovecot.log.read_text().splitlines())


def trouble(work: Work) -> str | None:
    return next((mark.trouble for mark in work.ledger.marks()), None)


def notices(work: Work) -> list[tuple[str, str]]:
    return [(letter.to[0], letter.state) for letter in work.outbox.listed() if letter.code == "NOTICE"]


def unquoted(mail: EmailMessage) -> str:
    """Return the text of a mail as one line, without quotation marks at its lines' beginnings."""
    return " ".join(plain(mail).replace("\n> ", "\n").split())


@on_sqlite
def test_a_run_with_a_wrong_password_ends_with_69_and_says_what_to_check(house: House) -> None:
    house.password = WRONG
    house.write_settings()

    said = house.ticketbot("run", "--once", code=69)

    sentence = said.strip().splitlines()[-1]
    assert sentence.startswith(f"ticketbot: the mailbox of {house.dovecot.user(SUPPORT)} at localhost:")
    assert "refused the login" in sentence
    assert "check the user name, the password, and that the account allows IMAP" in sentence
    assert "Traceback" not in said
    assert WRONG not in said
    assert logins(house) == 1


@on_sqlite
def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_password(house: House) -> None:
    text = house.config.read_text()
    house.config.write_text("\n".join(line for line in text.splitlines() if not line.startswith("ca_file")))

    said = house.ticketbot("run", "--once", code=69)

    assert "certificate that is not valid" in said
    assert "the password was not sent" in said
    assert "ca_file" in said
    assert house.dovecot.user(SUPPORT) not in house.dovecot.log.read_text()


def test_a_password_that_became_wrong_is_tried_rarely_and_told_once_and_its_recovery_once(
    house: House, mail_relay: SmtpSink
) -> None:
    story = a_story(house, mail_relay)
    story.begin()
    house.stop()
    house.password = WRONG
    house.write_settings()

    house.start()
    house.until(lambda: house.read(trouble), what="the trouble is noted")
    story.mara.write(to=SUPPORT, subject="Exports are empty", text=MESSAGES[0][3])
    house.kill()
    house.start(later=LASTING)
    notice = story.dana.gets(1)
    house.stop()
    tries = logins(house)
    house.password = house.dovecot.password
    house.write_settings()
    house.start(later=2 * LASTING)
    recovered = story.dana.gets(2)
    acknowledgement = story.mara.gets(1)
    house.stop()

    assert tries == 2, "once in each life"
    pauses = [int(seconds) for seconds in re.findall(r"trying again in (\d+) s", house.log.read_text())]
    assert [seconds >= 60 for seconds in pauses] == [True, True], "a server that refuses is left alone for a minute"
    assert "mailbox" in notice["Subject"].lower()
    assert "refused the login" in unquoted(notice)
    assert "in again" in recovered["Subject"]
    assert acknowledgement["Subject"] == "[T-1001] Exports are empty", "what arrived meanwhile is not lost"
    assert house.read(notices) == [("dana@desk.example", "sent")] * 2
    for place in (house.log.read_text(), plain(notice), house.folder_of("dana@desk.example")[0].raw.decode()):
        assert WRONG not in place


@on_sqlite
def test_a_password_that_never_was_right_is_told_too(house: House, mail_relay: SmtpSink) -> None:
    story = a_story(house, mail_relay)
    house.password = WRONG
    house.write_settings()

    house.start()
    house.until(lambda: house.read(trouble), what="the trouble is noted")
    house.kill()
    house.start(later=LASTING)
    notice = story.dana.gets(1)

    assert "refused the login" in unquoted(notice)


def test_letters_wait_for_a_dead_relay_and_go_when_it_is_back(
    house: House, mail_relay: SmtpSink, dovecot: Dovecot
) -> None:
    story = a_story(house, mail_relay)
    house.relay_port = free_port()
    house.write_settings()
    story.begin()

    story.mara.write(to=SUPPORT, subject="Exports are empty", text=MESSAGES[0][3])
    waiting = house.until(lambda: house.read(waiting_letters), what="the letters wait")
    said = house.ticketbot("outbox", "list", "--json")
    assert house.folder_of("mara@acme.example") == []
    with SmtpSink(deliver=dovecot.deliver, port=house.relay_port) as returned:
        acknowledgement = story.mara.gets(1)
        house.until(
            lambda: house.read(lambda work: work.outbox.counts()) == {"sent": len(LETTERS)}, what="all letters go"
        )
        house.stop()

    (reason,) = {reason for _, reason in waiting if reason}
    assert reason.startswith(f"the relay localhost:{house.relay_port} cannot be reached")
    assert reason.endswith("check host, port and tls")
    assert "cannot be reached" in said
    assert acknowledgement["Subject"] == "[T-1001] Exports are empty"
    assert len(returned.mails) == len(LETTERS)


def waiting_letters(work: Work) -> list[tuple[str, str | None]]:
    letters = [(letter.code, letter.reason) for letter in work.outbox.listed(["queued"])]
    return letters if len(letters) == len(LETTERS) and any(reason for _, reason in letters) else []


@on_sqlite
def test_one_run_with_a_dead_relay_takes_the_mail_in_and_ends_with_69(house: House, mail_relay: SmtpSink) -> None:
    story = a_story(house, mail_relay)
    house.relay_port = free_port()
    house.write_settings()
    house.ticketbot("run", "--once")
    story.mara.write(to=SUPPORT, subject="Exports are empty", text=MESSAGES[0][3])

    said = house.ticketbot("run", "--once", code=69)

    assert f"the relay localhost:{house.relay_port} cannot be reached" in said.strip().splitlines()[-1]
    assert house.read(lambda work: work.outbox.counts()) == {"queued": len(LETTERS)}
    assert [ticket.number for ticket in house.read(lambda work: work.tickets.listed())] == [1001]
