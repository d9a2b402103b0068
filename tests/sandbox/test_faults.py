import threading
import time
from contextlib import suppress
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from tests.sandbox.visitors import MARA, SUPPORT, a_mail, imap, smtp

from ticketbot.domain.errors import NotFound
from ticketbot.sandbox.mailserver import MailServer

#: What a client sees of a line that was cut, depending on the moment.
CUT = (IMAPClientAbortError, OSError)


def test_a_new_uidvalidity_numbers_the_mails_anew_and_ends_sessions(server: MailServer) -> None:
    for subject in ("one", "two"):
        server.office.append(SUPPORT, a_mail(subject))
    with imap(server) as client:
        before = client.folder_status("INBOX")[b"UIDVALIDITY"]
        client.move([1], "Processed")

        server.office.change_uidvalidity(SUPPORT)

        with pytest.raises(CUT):
            client.noop()
    with imap(server, select=None) as client:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] > before
        assert client.search() == [1]


def test_every_line_can_be_dropped(server: MailServer) -> None:
    with imap(server) as one, smtp(server) as two:
        assert server.connections == 2

        server.drop_connections()

        with pytest.raises(CUT):
            one.noop()
        with pytest.raises(SMTPServerDisconnected):
            two.docmd("NOOP")


def test_idle_ends_when_the_line_is_dropped(server: MailServer) -> None:
    with imap(server) as client:
        client.idle()
        began = time.monotonic()

        server.drop_connections()

        with suppress(*CUT):
            assert client.idle_check(timeout=5) == []
        with pytest.raises(CUT):
            client.idle_done()
        assert time.monotonic() - began < 4


def test_a_line_that_is_silently_dead_tells_no_news(server: MailServer) -> None:
    server.faults.stall("NEWS", seconds=600)
    with IMAPClient(server.host, server.imap_port, ssl=False, timeout=0.3) as client:
        client.plain_login(SUPPORT, "secret")
        client.select_folder("INBOX")
        client.idle()
        server.office.deliver(a_mail(), to=SUPPORT)

        assert client.idle_check(timeout=0.1) == []
        with pytest.raises(TimeoutError):
            client.idle_done()
        client.shutdown()


def test_logins_are_refused_for_a_while(server: MailServer) -> None:
    server.faults.refuse_logins(user=SUPPORT, times=1)

    with IMAPClient(server.host, server.imap_port, ssl=False, timeout=10) as client:
        with pytest.raises(LoginError):
            client.plain_login(SUPPORT, "secret")
        client.plain_login(SUPPORT, "secret")


def test_a_busy_server_says_goodbye_in_its_greeting(server: MailServer) -> None:
    server.faults.answer("IMAP", "* BYE Too many connections", times=1)

    with pytest.raises(IMAPClientError, match="Too many"):
        IMAPClient(server.host, server.imap_port, ssl=False, timeout=10)


def test_an_answer_is_put_into_the_servers_mouth(server: MailServer) -> None:
    server.faults.answer("SELECT", "NO [UNAVAILABLE] Try later", about="INBOX", times=1)

    with imap(server, select=None) as client:
        with pytest.raises(IMAPClientError, match="UNAVAILABLE"):
            client.select_folder("INBOX")
        client.select_folder("INBOX")


def test_a_word_that_nobody_asked_for_is_inserted(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())
    server.faults.insert("FETCH", "* 1 FETCH (UID 1 FLAGS (\\Flagged))")

    with imap(server) as client:
        answer = client.fetch([1], ["RFC822.SIZE"])

    assert answer[1][b"FLAGS"] == (b"\\Flagged",)
    assert answer[1][b"RFC822.SIZE"] == len(a_mail())


def test_a_mail_is_cut_in_the_middle(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())
    server.faults.lose_reply("FETCH", octets=60)

    with imap(server) as client, pytest.raises(CUT):
        client.fetch([1], ["BODY.PEEK[]"])

    with imap(server) as client:
        assert client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"] == a_mail()


def test_a_move_is_done_and_its_answer_lost(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())
    server.faults.lose_reply("MOVE")

    with imap(server) as client, pytest.raises(CUT):
        client.move([1], "Processed")

    assert len(server.office.messages(SUPPORT, "Processed")) == 1


def test_a_move_is_cut_before_it_is_done(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())
    server.faults.cut("MOVE")

    with imap(server) as client, pytest.raises(CUT):
        client.move([1], "Processed")

    assert len(server.office.messages(SUPPORT)) == 1


def test_a_recipient_is_deferred_and_then_served(server: MailServer) -> None:
    server.faults.answer("RCPT", "450 4.2.1 Greylisted", about=SUPPORT, times=1)

    with smtp(server) as client:
        with pytest.raises(SMTPRecipientsRefused, match="Greylisted"):
            client.sendmail(MARA, [SUPPORT], a_mail())
        assert client.sendmail(MARA, [SUPPORT, MARA], a_mail()) == {}


def test_a_mail_is_refused_after_its_dot(server: MailServer) -> None:
    server.faults.answer("DOT", "554 5.7.1 Spam", times=1)

    with smtp(server) as client, pytest.raises(SMTPDataError, match="Spam"):
        client.sendmail(MARA, [SUPPORT], a_mail())

    assert server.office.transactions == []


def test_a_250_is_lost_after_the_mail_was_taken(server: MailServer) -> None:
    server.faults.lose_250()

    with smtp(server) as client, pytest.raises(SMTPServerDisconnected):
        client.sendmail(MARA, [SUPPORT], a_mail())

    assert len(server.office.messages(SUPPORT)) == 1


def test_a_slow_server_answers_at_last(server: MailServer) -> None:
    server.faults.stall("DATA", seconds=0.1)

    with smtp(server) as client:
        began = time.monotonic()
        client.sendmail(MARA, [SUPPORT], a_mail())

    assert time.monotonic() - began >= 0.1


def test_cleared_faults_strike_nobody(server: MailServer) -> None:
    server.faults.refuse_logins()
    server.faults.clear()

    with imap(server) as client:
        assert client.search() == []


def test_a_server_that_was_down_comes_back_on_its_ports_with_its_mail(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())
    server.stop()
    with pytest.raises(ConnectionRefusedError), imap(server):
        pass

    server.start()

    with imap(server) as client:
        assert client.search() == [1]


def test_a_port_in_use_is_reported(server: MailServer) -> None:
    with pytest.raises(OSError, match="in use"):
        MailServer(imap_port=server.imap_port).start()


def test_a_stopped_server_leaves_no_thread(server: MailServer) -> None:
    server.faults.stall("NOOP", seconds=600)
    with smtp(server) as client:
        client.putcmd("NOOP")
        server.stop()

    assert not [thread for thread in threading.enumerate() if thread.name == "sandbox-mail" and thread.is_alive()]


def test_waiting_for_mail_ends_when_it_comes_or_says_what_is_missing(server: MailServer) -> None:
    timer = threading.Timer(0.05, lambda: server.office.deliver(a_mail(), to=SUPPORT))
    timer.start()

    (mail,) = server.office.wait_for_mail(SUPPORT)

    timer.join()
    assert mail.raw.endswith(a_mail())
    with pytest.raises(AssertionError, match="holds 1 mails"):
        server.office.wait_for_mail(SUPPORT, count=2, timeout=0.01)


def test_accounts_and_folders_that_do_not_exist_are_named(server: MailServer) -> None:
    with pytest.raises(NotFound, match=r"nobody@desk\.example"):
        server.office.messages("nobody@desk.example")
    with pytest.raises(NotFound, match="Nowhere"):
        server.office.messages(SUPPORT, "Nowhere")
    with pytest.raises(NotFound, match=r"nobody@desk\.example"):
        server.office.submit(a_mail(), sender=MARA, recipients=["nobody@desk.example"])
