"""What a real IMAP server may do to us, and what must become of it."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, process_time

import pytest
from tests.contracts.boxes import SUPPORT, account
from tests.servers.dovecot import Dovecot

from ticketbot.config.model import After
from ticketbot.domain.errors import MailboxRefused, MailboxUnavailable
from ticketbot.inbound.mailbox import Account, ImapMailbox, Shelf
from ticketbot.sandbox.mailserver import MailServer
from ticketbot.tls import Tls

AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
SECRET = "correct horse"


def a_mail(subject: str = "Payroll is late") -> bytes:
    return f"From: mara@acme.example\r\nSubject: {subject}\r\n\r\nSince noon.\r\n".encode()


@pytest.fixture
def server(sandbox: MailServer) -> MailServer:
    sandbox.office.add_account(SUPPORT)
    return sandbox


@pytest.fixture
def mailbox(server: MailServer) -> Iterator[ImapMailbox]:
    made = ImapMailbox(replace(account(port=server.imap_port), answer_within=3))
    yield made
    made.close()


def drop(server: MailServer, *subjects: str) -> None:
    for subject in subjects:
        server.office.append(SUPPORT, a_mail(subject), received_at=AT)


def subjects(server: MailServer, folder: str = "INBOX") -> list[str]:
    return [
        mail.raw.split(b"Subject: ")[1].partition(b"\r\n")[0].decode()
        for mail in server.office.messages(SUPPORT, folder)
    ]


class TestGettingIn:
    def test_a_wrong_password_is_refused_in_words_that_help(
        self, server: MailServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        mailbox = ImapMailbox(replace(account(port=server.imap_port), password=SECRET))

        with caplog.at_level(logging.DEBUG), pytest.raises(MailboxRefused, match=r"refused the login .*check the user"):
            mailbox.open()

        assert not mailbox.is_open
        assert SECRET not in caplog.text

    def test_no_secret_is_shown_though_the_server_repeats_it(self, server: MailServer) -> None:
        mailbox = ImapMailbox(replace(account(port=server.imap_port), password=SECRET))
        server.faults.answer("LOGIN", f"NO the password {SECRET!r} is wrong")

        with pytest.raises(MailboxRefused) as caught:
            mailbox.open()

        assert SECRET not in str(caught.value)
        assert "***" in str(caught.value)
        assert SECRET not in repr(mailbox.account)

    @pytest.mark.parametrize(
        "answer",
        ["NO [UNAVAILABLE] later", "NO [LIMIT] Too many connections", "BAD User is authenticated but not connected."],
    )
    def test_a_busy_server_is_no_wrong_password(self, server: MailServer, mailbox: ImapMailbox, answer: str) -> None:
        server.faults.answer("LOGIN", answer, times=1)

        with pytest.raises(MailboxUnavailable, match=r"does not|did not"):
            mailbox.open()

        mailbox.open()

    def test_a_throttling_server_names_the_pause(self, server: MailServer, mailbox: ImapMailbox) -> None:
        server.faults.answer("SEARCH", "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", times=1)
        mailbox.open()

        with pytest.raises(MailboxUnavailable):
            mailbox.uids()

        assert mailbox.patience == timedelta(milliseconds=92415)
        mailbox.open()
        assert mailbox.patience == timedelta()

    def test_a_password_in_any_script_is_understood(self, server: MailServer) -> None:
        server.office.add_account("mara ä@desk.example", password='geheim ж "ü"\\')

        stranger = replace(account(port=server.imap_port), username="mara ä@desk.example", password='geheim ж "ü"\\')
        mailbox = ImapMailbox(stranger)

        mailbox.open()

        mailbox.close()

    def test_without_authenticate_plain_login_is_used(self) -> None:
        with MailServer(without=["AUTH=PLAIN"]) as server:
            server.office.add_account("the desk@desk.example", password='se"cret\\')
            plain = account(port=server.imap_port)
            mailbox = ImapMailbox(replace(plain, username="the desk@desk.example", password='se"cret\\'))

            mailbox.open()
            mailbox.close()

            with pytest.raises(MailboxRefused, match="plain ASCII"):
                ImapMailbox(replace(plain, password="gehüim")).open()

    @pytest.mark.parametrize("password", ["secret\n", "sec\0ret"])
    def test_a_line_break_in_the_password_is_found_before_it_is_sent(self, server: MailServer, password: str) -> None:
        with pytest.raises(MailboxRefused, match="line break"):
            ImapMailbox(replace(account(port=server.imap_port), password=password)).open()

        assert server.connections == 0

    def test_a_missing_folder_is_named(self, server: MailServer) -> None:
        with pytest.raises(MailboxRefused, match="has no folder 'Süpport'"):
            ImapMailbox(replace(account(port=server.imap_port), folder="Süpport")).open()

    def test_a_folder_in_any_script_is_read(self, server: MailServer) -> None:
        server.office.create_folder(SUPPORT, "S&APw-pport")  # as IMAP writes it
        mailbox = ImapMailbox(replace(account(port=server.imap_port), folder="Süpport"))

        assert mailbox.open().mails == 0
        mailbox.close()

    def test_a_folder_that_is_not_there_just_now_is_asked_for_again(
        self, server: MailServer, mailbox: ImapMailbox
    ) -> None:
        server.faults.answer("SELECT", "NO [UNAVAILABLE] rebuilding", times=1)

        with pytest.raises(MailboxUnavailable):
            mailbox.open()

        mailbox.open()

    def test_a_server_that_takes_no_password_here_hears_none(self, mailbox: ImapMailbox) -> None:
        with pytest.raises(MailboxRefused, match="takes no password on this kind of line"):
            fake_capabilities(mailbox, b"IMAP4REV1", b"LOGINDISABLED")

    def test_nobody_at_home_is_said_so(self, server: MailServer, mailbox: ImapMailbox) -> None:
        server.stop()

        with pytest.raises(MailboxUnavailable, match=r"cannot be reached .*check host, port"):
            mailbox.open()

    def test_a_silent_server_does_not_hold_us(self, server: MailServer, mailbox: ImapMailbox) -> None:
        server.faults.stall("SEARCH", seconds=8)
        mailbox.open()
        since = monotonic()

        with pytest.raises(MailboxUnavailable, match="no answer in time"):
            mailbox.uids()

        assert monotonic() - since < 6
        assert not mailbox.is_open


def fake_capabilities(mailbox: ImapMailbox, *capabilities: bytes) -> None:
    """Log in on a line whose server says that it can only these."""

    class Client:
        def has_capability(self, name: str) -> bool:
            return name.encode() in capabilities

    mailbox._line._log_in(Client())  # type: ignore[arg-type]


class TestPrivacy:
    def test_tls_is_verified_against_the_authorities_we_name(self, dovecot: Dovecot) -> None:
        mailbox = ImapMailbox(encrypted(dovecot, host="localhost"))

        mailbox.open()

        mailbox.close()

    def test_starttls_is_verified_too(self, dovecot: Dovecot) -> None:
        mailbox = ImapMailbox(replace(encrypted(dovecot, host="localhost"), tls=Tls.STARTTLS, port=dovecot.port))

        mailbox.open()

        mailbox.close()

    def test_news_is_heard_over_tls(self, dovecot: Dovecot) -> None:
        mailbox = ImapMailbox(encrypted(dovecot, host="localhost"))
        mailbox.open()
        arrival = threading.Timer(0.3, lambda: dovecot.drop(a_mail(), to=SUPPORT))
        arrival.start()

        has_news = mailbox.wait(20)

        arrival.join()
        assert has_news
        assert [mail.raw for mail in mailbox.fetch(mailbox.listing(mailbox.uids()))] == [a_mail()]
        mailbox.close()

    @pytest.mark.parametrize("tls", [Tls.TLS, Tls.STARTTLS])
    def test_a_certificate_of_unknown_authority_is_refused(self, dovecot: Dovecot, tls: Tls) -> None:
        port = dovecot.tls_port if tls == Tls.TLS else dovecot.port
        stranger = replace(encrypted(dovecot, host="localhost"), ca_file=None, tls=tls, port=port)

        with pytest.raises(MailboxRefused, match="certificate that is not valid"):
            ImapMailbox(stranger).open()

    def test_a_server_without_starttls_never_hears_the_password(self, server: MailServer) -> None:
        server.faults.answer("LOGIN", "NO heard it")
        mailbox = ImapMailbox(replace(account(port=server.imap_port), tls=Tls.STARTTLS))

        with pytest.raises(MailboxRefused, match="offers no STARTTLS, so the password was not sent"):
            mailbox.open()

    def test_a_server_that_speaks_no_tls_never_hears_the_password(self, server: MailServer) -> None:
        with pytest.raises(MailboxUnavailable):
            ImapMailbox(replace(account(port=server.imap_port), tls=Tls.TLS)).open()

    @pytest.mark.parametrize("host", ["imap.desk.example", "192.0.2.7"])
    def test_a_bare_line_never_leaves_this_machine(self, host: str) -> None:
        with pytest.raises(MailboxRefused, match="would hear the password unprotected"):
            ImapMailbox(replace(account(port=143), host=host)).open()


def encrypted(dovecot: Dovecot, *, host: str) -> Account:
    return Account(
        host=host,
        port=dovecot.tls_port,
        tls=Tls.TLS,
        username=dovecot.user(SUPPORT),
        password=dovecot.password,
        ca_file=Path(dovecot.ca_file),
    )


class TestFetching:
    def test_what_nobody_asked_for_changes_nothing(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one", "two", "three")
        mailbox.open()
        for line in ("* 1 FETCH (FLAGS (\\Seen))", "* 9 EXISTS", "* 2 FETCH (UID 2 FLAGS ())", "* 0 RECENT"):
            server.faults.insert("FETCH", line)
            server.faults.insert("SEARCH", line)

        for _ in range(4):
            fetched = mailbox.fetch(mailbox.listing(mailbox.uids()))

            assert [mail.raw for mail in fetched] == [a_mail("one"), a_mail("two"), a_mail("three")]

    def test_a_garbled_answer_costs_only_the_mail_it_is_about(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one", "two", "three", "four")
        mailbox.open()
        listed = mailbox.listing(mailbox.uids())
        server.faults.insert("FETCH", "* 3 FETCH (UID 3 INTERNALDATE (((", times=1)

        assert {mail.listed.uid for mail in mailbox.fetch(listed)} == {1, 2, 3, 4}

    def test_a_mail_that_the_server_cannot_read_is_left_out(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one", "two", "three", "four")
        mailbox.open()
        listed = mailbox.listing(mailbox.uids())
        # The first FETCH is for all four, the next for the first two, and then for the first alone.
        server.faults.answer("FETCH", "NO [SERVERBUG] Internal error occurred", times=3)

        fetched = mailbox.fetch(listed)

        assert [mail.listed.uid for mail in fetched] == [2, 3, 4]

    def test_a_line_that_breaks_inside_a_mail_gives_nothing_of_it(
        self, server: MailServer, mailbox: ImapMailbox
    ) -> None:
        drop(server, "one")
        mailbox.open()
        listed = mailbox.listing(mailbox.uids())
        server.faults.lose_reply("FETCH", octets=60)

        with pytest.raises(MailboxUnavailable):
            mailbox.fetch(listed)

        mailbox.open()
        assert [mail.raw for mail in mailbox.fetch(listed)] == [a_mail("one")]

    @pytest.mark.parametrize("difference", [-5, 5], ids=["the size is too small", "the size is too large"])
    def test_a_server_that_always_announces_a_wrong_size_is_believed_at_the_second_reading(
        self, server: MailServer, mailbox: ImapMailbox, difference: int
    ) -> None:
        drop(server, "one")
        mailbox.open()
        (listed,) = mailbox.listing(mailbox.uids())

        (fetched,) = mailbox.fetch([replace(listed, size=listed.size + difference)])

        assert fetched.raw == a_mail("one")

    def test_a_cut_mail_is_completed_by_the_second_reading(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one")
        mailbox.open()
        (listed,) = mailbox.listing(mailbox.uids())
        half = a_mail("one")[:40]
        server.faults.answer("FETCH", "OK done", before=f"* 1 FETCH (UID 1 BODY[] {{40}}\r\n{half.decode()})", times=1)

        (fetched,) = mailbox.fetch([listed])

        assert fetched.raw == a_mail("one")

    def test_a_busy_server_is_not_blamed_on_a_mail(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one")
        mailbox.open()
        listed = mailbox.listing(mailbox.uids())
        server.faults.answer("FETCH", "NO [INUSE] try again", times=1)

        with pytest.raises(MailboxUnavailable):
            mailbox.fetch(listed)

    def test_a_very_full_folder_is_listed_in_parts(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one", "two", "three")
        mailbox.open()
        mailbox._opened = replace(mailbox._opened, mails=200_000)

        assert mailbox.uids() == [1, 2, 3]
        assert mailbox.uids(after=1) == [2, 3]


class TestPuttingAway:
    def test_a_folder_that_may_only_be_read_is_read(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one")
        server.faults.insert("SELECT", "* OK [READ-ONLY] not yours")

        opened = mailbox.open()

        assert opened.is_read_only
        assert len(mailbox.fetch(mailbox.listing(mailbox.uids()))) == 1
        with pytest.raises(MailboxRefused, match="lets us only read"):
            mailbox.put_away([1], Shelf.PROCESSED)

    def test_a_busy_server_is_asked_again_later(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one")
        mailbox.open()
        server.faults.answer("MOVE", "NO [INUSE] try again", times=1)

        with pytest.raises(MailboxUnavailable):
            mailbox.put_away([1], Shelf.PROCESSED)

    def test_a_line_that_breaks_while_mails_are_put_away_is_no_refusal(
        self, server: MailServer, mailbox: ImapMailbox
    ) -> None:
        drop(server, "one")
        mailbox.open()
        server.faults.cut("MOVE")

        with pytest.raises(MailboxUnavailable):
            mailbox.put_away([1], Shelf.PROCESSED)

    def test_without_move_only_our_mails_are_expunged(self) -> None:
        with MailServer(without=["MOVE"]) as server:
            server.office.add_account(SUPPORT)
            drop(server, "done", "thrown away by a person", "stays")
            server.office.folder(SUPPORT).flag(2, ["\\Deleted"])
            mailbox = ImapMailbox(account(port=server.imap_port))
            mailbox.open()

            mailbox.put_away([1], Shelf.PROCESSED)

            assert subjects(server) == ["thrown away by a person", "stays"]
            assert subjects(server, "Processed") == ["done"]
            mailbox.close()

    def test_without_move_and_uidplus_a_keyword_must_do(self) -> None:
        with MailServer(without=["MOVE", "UIDPLUS"]) as server:
            server.office.add_account(SUPPORT)
            drop(server, "done", "not done")
            mailbox = ImapMailbox(account(port=server.imap_port))
            mailbox.open()

            mailbox.put_away([1], Shelf.PROCESSED)

            assert [mail.flags for mail in server.office.messages(SUPPORT)] == [frozenset({"$Ticketbot"}), frozenset()]
            mailbox.close()

    def test_in_a_shared_mailbox_nothing_moves(self, server: MailServer) -> None:
        drop(server, "done", "not done")
        mailbox = ImapMailbox(replace(account(port=server.imap_port), after=After.KEYWORD))
        mailbox.open()

        mailbox.put_away([1], Shelf.QUARANTINE)

        assert [mail.flags for mail in server.office.messages(SUPPORT)] == [frozenset({"$Ticketbot"}), frozenset()]
        mailbox.close()

    def test_a_refusal_is_told_and_the_line_lives_on(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "done")
        mailbox.open()
        server.faults.answer("MOVE", "NO [OVERQUOTA] Quota exceeded", times=1)

        with pytest.raises(MailboxRefused, match=r"'Processed' .*Quota exceeded"):
            mailbox.put_away([1], Shelf.PROCESSED)

        mailbox.put_away([1], Shelf.PROCESSED)
        assert subjects(server, "Processed") == ["done"]

    def test_a_shelf_that_somebody_removed_is_made_again(self, server: MailServer, mailbox: ImapMailbox) -> None:
        drop(server, "one", "two")
        mailbox.open()
        mailbox.put_away([1], Shelf.PROCESSED)
        server.office.delete_folder(SUPPORT, "Processed")

        with pytest.raises(MailboxRefused):
            mailbox.put_away([2], Shelf.PROCESSED)
        mailbox.put_away([2], Shelf.PROCESSED)

        assert subjects(server, "Processed") == ["two"]


class TestWaiting:
    def test_a_line_that_is_cut_while_we_wait_is_noticed_at_once(
        self, server: MailServer, mailbox: ImapMailbox
    ) -> None:
        mailbox.open()
        cut = threading.Timer(0.2, server.drop_connections)
        cut.start()
        cpu, since = process_time(), monotonic()

        with pytest.raises(MailboxUnavailable):
            mailbox.wait(30)

        cut.join()
        assert monotonic() - since < 5
        assert process_time() - cpu < 1

    def test_a_server_without_idle_is_asked_now_and_then(self) -> None:
        with MailServer(without=["IDLE"]) as server:
            server.office.add_account(SUPPORT)
            mailbox = ImapMailbox(account(port=server.imap_port))
            mailbox.open()

            assert mailbox.wait(0.1)
            mailbox.wake()
            assert not mailbox.wait(30)
            mailbox.close()

    def test_a_server_that_promises_idle_and_refuses_it_is_polled(
        self, server: MailServer, mailbox: ImapMailbox
    ) -> None:
        mailbox.open()
        server.faults.answer("IDLE", "NO not today", times=1)

        assert mailbox.wait(0.1)
        assert mailbox.uids() == []
        assert mailbox.wait(0.1)

    @pytest.mark.parametrize("verb", ["SEARCH", "FETCH", "IDLE"])
    def test_news_that_came_with_another_answer_is_heard(
        self, server: MailServer, mailbox: ImapMailbox, verb: str
    ) -> None:
        drop(server, "one")
        mailbox.open()
        server.faults.insert(verb, "* 2 EXISTS")
        mailbox.listing(mailbox.uids())
        since = monotonic()

        assert mailbox.wait(20)

        assert monotonic() - since < 5
        mailbox.uids()
        assert not mailbox.wait(0.1)

    def test_news_said_before_the_server_is_ready_to_wait_is_heard(
        self, server: MailServer, mailbox: ImapMailbox
    ) -> None:
        mailbox.open()
        server.faults.insert("IDLE", "* 1 EXISTS")
        waker = threading.Timer(0.3, mailbox.wake)
        waker.start()

        mailbox.wait(30)

        waker.join()
        assert mailbox.uids() == []

    def test_a_sign_of_life_is_no_news(self, server: MailServer, mailbox: ImapMailbox) -> None:
        mailbox.open()
        alarm = threading.Timer(0.2, lambda: server.office.append("mara@acme.example", a_mail()))
        server.office.add_account("mara@acme.example")
        alarm.start()

        assert not mailbox.wait(0.5)

        alarm.join()
