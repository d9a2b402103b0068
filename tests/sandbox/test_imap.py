import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from tests.sandbox.visitors import SUPPORT, a_mail, imap

from ticketbot.clock import FixedClock
from ticketbot.sandbox.mailserver import MailServer
from ticketbot.sandbox.postoffice import PostOffice

SIZE = len(a_mail())
HEADER = a_mail().index(b"\r\n\r\n") + 4


def connect(server: MailServer) -> IMAPClient:
    return IMAPClient(server.host, server.imap_port, ssl=False, timeout=10)


def test_a_password_opens_an_account_by_login_and_by_authenticate(server: MailServer) -> None:
    with connect(server) as by_login, connect(server) as by_sasl:
        by_login.login(SUPPORT, "secret")
        by_sasl.plain_login(SUPPORT, "secret")

        assert by_login.folder_exists("Processed")
        assert by_sasl.folder_exists("Processed")


def test_a_wrong_password_and_an_unknown_user_are_refused(server: MailServer) -> None:
    for user, password in ((SUPPORT, "wrong"), ("nobody@desk.example", "secret")):
        with connect(server) as client, pytest.raises(LoginError, match="AUTHENTICATIONFAILED"):
            client.login(user, password)


def test_a_token_opens_an_account_by_xoauth2(server: MailServer) -> None:
    with connect(server) as client:
        client.oauth2_login(SUPPORT, "token-of-support")

        assert client.folder_exists("INBOX")


def test_a_refused_token_is_explained_to_the_client(server: MailServer) -> None:
    challenges: list[bytes] = []

    def answer(challenge: bytes) -> bytes:
        challenges.append(challenge)
        return f"user={SUPPORT}\1auth=Bearer stale\1\1".encode() if len(challenges) == 1 else b""

    with connect(server) as client, pytest.raises(LoginError):
        client.sasl_login("XOAUTH2", answer)

    assert challenges == [b"", b'{"status":"401"}']


def test_nothing_is_shown_before_signing_in(server: MailServer) -> None:
    with connect(server) as client, pytest.raises(IMAPClientError):
        client.select_folder("INBOX")


def test_folders_are_made_listed_and_deleted(server: MailServer) -> None:
    with imap(server, select=None) as client:
        client.create_folder("Archive/2026")

        names = {name for _, _, name in client.list_folders()}
        below = {name for _, _, name in client.list_folders("", "%")}
        client.delete_folder("Archive/2026")

        assert names == {"INBOX", "Processed", "Archive/2026"}
        assert below == {"INBOX", "Processed"}
        assert not client.folder_exists("Archive/2026")


def test_a_folder_tells_its_figures(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())
    server.office.append(SUPPORT, a_mail(), flags=["\\Seen"])
    folder = server.office.folder(SUPPORT)

    with imap(server, select=None) as client:
        figures = client.folder_status("INBOX")
        selected = client.select_folder("INBOX")

    assert figures == {
        b"MESSAGES": 2,
        b"RECENT": 0,
        b"UIDNEXT": 3,
        b"UIDVALIDITY": folder.uidvalidity,
        b"UNSEEN": 1,
    }
    assert (selected[b"EXISTS"], selected[b"UIDVALIDITY"], selected[b"UIDNEXT"]) == (2, folder.uidvalidity, 3)


def test_a_mail_is_fetched_as_it_was_stored_and_stays_unseen() -> None:
    clock = FixedClock(datetime(2027, 3, 1, 6, 0, tzinfo=UTC))
    with MailServer(PostOffice(clock=clock)) as server:
        server.office.add_account(SUPPORT)
        server.office.append(SUPPORT, a_mail())

        with imap(server) as client:
            answer = client.fetch([1], ["FLAGS", "BODY.PEEK[]", "INTERNALDATE", "RFC822.SIZE"])[1]

    assert answer[b"BODY[]"] == a_mail()
    assert answer[b"RFC822.SIZE"] == len(a_mail())
    assert answer[b"INTERNALDATE"] == clock.now()
    assert answer[b"FLAGS"] == ()


def test_reading_without_peek_marks_a_mail_as_seen(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())

    with imap(server) as client:
        client.fetch([1], ["BODY[]"])

    assert server.office.messages(SUPPORT)[0].flags == {"\\Seen"}


def test_parts_of_a_mail_can_be_fetched(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail(text="Since noon."))

    with imap(server) as client:
        answer = client.fetch([1], ["BODY.PEEK[]<6.10>", "BODY.PEEK[TEXT]", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]"])[1]

    assert answer[b"BODY[]<6>"] == a_mail()[6:16]
    assert answer[b"BODY[TEXT]"] == b"Since noon.\r\n"
    assert answer[b"BODY[HEADER.FIELDS (SUBJECT)]"] == b"Subject: Payroll is late\r\n\r\n"


def test_line_ends_and_nul_are_repaired_as_other_servers_do(server: MailServer) -> None:
    stored = server.office.append(SUPPORT, b"Subject: x\n\na\0b\rc\n")

    assert stored.raw == b"Subject: x\r\n\r\na\x80b\r\nc\r\n"


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (["ALL"], [1, 2, 3]),
        (["UID", "2:*"], [2, 3]),
        (["UID", "9:*"], [3]),
        (["UID", "1,3"], [1, 3]),
        (["KEYWORD", "$TicketbotDone"], [2]),
        (["UNKEYWORD", "$TicketbotDone"], [1, 3]),
        (["HEADER", "Message-ID", "<two@acme.example>"], [2]),
        (["SUBJECT", "thr"], [3]),
        (["SEEN"], [2]),
        (["UNSEEN", "NOT", "SUBJECT", "one"], [3]),
        (["OR", "SUBJECT", "one", "SUBJECT", "two"], [1, 2]),
        (["SINCE", date(2027, 3, 2)], [2, 3]),
        (["BEFORE", date(2027, 3, 2)], [1]),
        (["ON", date(2027, 3, 3)], [3]),
        (["LARGER", 500], [3]),
        (["SMALLER", 500, "UNSEEN"], [1]),
    ],
    ids=str,
)
def test_search_finds(criteria: list[object], found: list[int]) -> None:
    clock = FixedClock(datetime(2027, 3, 1, 6, 0, tzinfo=UTC))
    with MailServer(PostOffice(clock=clock)) as server:
        server.office.add_account(SUPPORT)
        for subject, flags in (("one", []), ("two", ["\\Seen", "$TicketbotDone"]), ("three", [])):
            server.office.append(
                SUPPORT, a_mail(subject, text=subject * (200 if subject == "three" else 1)), flags=flags
            )
            clock.advance(timedelta(days=1))

        with imap(server) as client:
            assert client.search(criteria) == found


def test_keywords_are_kept_and_taken_away(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())

    with imap(server) as client:
        client.add_flags([1], ["$TicketbotDone", "\\Flagged"])
        after_adding = client.get_flags([1])[1]
        client.remove_flags([1], ["$ticketbotdone"])

        assert set(after_adding) == {b"$TicketbotDone", b"\\Flagged"}
        assert client.get_flags([1])[1] == (b"\\Flagged",)


def test_move_takes_a_mail_to_another_folder_and_tells_its_new_uid(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail(), flags=["$TicketbotDone"])

    with imap(server) as client:
        client.move([1], "Processed")
        told = client._imap.untagged_responses["COPYUID"]

    (moved,) = server.office.messages(SUPPORT, "Processed")
    assert told == [f"{server.office.folder(SUPPORT, 'Processed').uidvalidity} 1 {moved.uid}".encode()]
    assert (moved.raw, moved.flags) == (a_mail(), frozenset({"$TicketbotDone"}))
    assert server.office.messages(SUPPORT) == []


def test_copy_and_uid_expunge_leave_what_others_marked(server: MailServer) -> None:
    for subject in ("one", "two"):
        server.office.append(SUPPORT, a_mail(subject), flags=["\\Deleted"])

    with imap(server) as client:
        client.copy([1], "Processed")
        told = client._imap.untagged_responses["COPYUID"]
        client.uid_expunge([1])

    assert told == [f"{server.office.folder(SUPPORT, 'Processed').uidvalidity} 1 1".encode()]
    assert [mail.uid for mail in server.office.messages(SUPPORT)] == [2]
    assert len(server.office.messages(SUPPORT, "Processed")) == 1


def test_expunge_removes_all_that_is_marked(server: MailServer) -> None:
    for subject in ("one", "two", "three"):
        server.office.append(SUPPORT, a_mail(subject))

    with imap(server) as client:
        client.delete_messages([1, 3])
        client.expunge()

        assert client.search() == [2]


def test_a_folder_that_is_missing_is_named_when_moving(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())

    with imap(server) as client, pytest.raises(IMAPClientError, match="TRYCREATE"):
        client.move([1], "Nowhere")

    assert len(server.office.messages(SUPPORT)) == 1


def test_a_folder_opened_to_read_cannot_be_changed(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())

    with imap(server, select=None) as client:
        client.select_folder("INBOX", readonly=True)

        with pytest.raises(IMAPClientError, match="READ-ONLY"):
            client.add_flags([1], ["\\Seen"])


def test_append_keeps_flags_and_instant_and_tells_the_uid(server: MailServer) -> None:
    at = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)

    with imap(server) as client:
        answer = client.append("INBOX", a_mail(), flags=["\\Seen"], msg_time=at)

    (stored,) = server.office.messages(SUPPORT)
    assert f"APPENDUID {server.office.folder(SUPPORT).uidvalidity} {stored.uid}".encode() in answer
    assert (stored.raw, stored.flags, stored.received_at) == (a_mail(), frozenset({"\\Seen"}), at)


def test_a_mail_of_25_megabytes_goes_in_and_out(server: MailServer) -> None:
    big = a_mail(text="0123456789abcdef" * (25 * 1024 * 1024 // 16))

    with imap(server) as client:
        client.append("INBOX", big)
        answer = client.fetch([1], ["BODY.PEEK[]", "RFC822.SIZE"])[1]

    assert answer[b"RFC822.SIZE"] == len(big)
    assert answer[b"BODY[]"] == big


def test_idle_tells_of_a_mail_at_once(server: MailServer) -> None:
    with imap(server) as client:
        client.idle()
        server.office.deliver(a_mail(), to=SUPPORT)

        news = client.idle_check(timeout=5)
        client.idle_done()

        assert (1, b"EXISTS") in news
        assert client.search() == [1]


def test_idle_tells_what_another_session_removed(server: MailServer) -> None:
    server.office.append(SUPPORT, a_mail())
    with imap(server) as watching, imap(server) as acting:
        watching.idle()
        acting.move([1], "Processed")

        news = watching.idle_check(timeout=5)
        watching.idle_done()

    assert (1, b"EXPUNGE") in news


def test_idle_without_news_ends_when_asked(server: MailServer) -> None:
    with imap(server) as client:
        client.idle()
        began = time.monotonic()
        news = client.idle_check(timeout=0.05)
        client.idle_done()

    assert news == []
    assert time.monotonic() - began < 2


def test_a_session_hears_of_arrivals_with_its_next_command(server: MailServer) -> None:
    with imap(server) as client:
        server.office.deliver(a_mail(), to=SUPPORT)

        assert (1, b"EXISTS") in client.noop()[1]


def test_many_sessions_share_a_mailbox(server: MailServer) -> None:
    for number in range(40):
        server.office.append(SUPPORT, a_mail(str(number)))

    def take(first: int) -> None:
        with imap(server) as client:
            for uid in range(first, 41, 4):
                client.move([uid], "Processed")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, range(1, 5)))

    assert server.office.messages(SUPPORT) == []
    assert len(server.office.messages(SUPPORT, "Processed")) == 40


def test_capabilities_can_be_left_out() -> None:
    with MailServer(without=["MOVE", "UIDPLUS", "IDLE"]) as server:
        server.office.add_account(SUPPORT, folders=["Processed"])
        server.office.append(SUPPORT, a_mail())

        with imap(server) as client:
            client.copy([1], "Processed")

            assert not {b"MOVE", b"UIDPLUS", b"IDLE"} & set(client.capabilities())
            assert "COPYUID" not in client._imap.untagged_responses
            with pytest.raises(IMAPClientError):
                client._imap.uid("MOVE", "1", "Processed")


def converse(server: MailServer, *lines: str) -> list[str]:
    """Sign in, open INBOX, say *lines*, and return all that was answered since."""
    with socket.create_connection((server.host, server.imap_port), timeout=10) as line, line.makefile("rb") as heard:
        for said in (f"a LOGIN {SUPPORT} secret", "b SELECT INBOX", *lines, "z LOGOUT"):
            line.sendall(said.encode() + b"\r\n")
        answers = heard.read().decode().splitlines()
    return answers[answers.index("b OK [READ-WRITE] SELECT done") + 1 :]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("c NONSENSE", "c BAD Command not known, or not yet"),
        ("", "* BAD Command not known, or not yet"),
        ("c FETCH", "c BAD Something is missing"),
        ("c FETCH one FLAGS", "c BAD Not a set of numbers"),
        ("c FETCH 1 ENVELOPE", "c BAD ENVELOPE cannot be fetched here"),
        ("c FETCH 1 BODY.PEEK[1.MIME]", "c BAD Section 1.MIME cannot be fetched here"),
        ("c STORE 1 FLAGGED (\\Seen)", "c BAD FLAGS, +FLAGS or -FLAGS"),
        ("c SEARCH COLOUR blue", "c BAD Search key COLOUR is not known here"),
        ("c SEARCH SUBJECT", "c BAD A search key lacks its value"),
        ("c SEARCH SINCE yesterday", "c BAD Not a date"),
        ("c SEARCH LARGER much", "c BAD A number was expected"),
        ("c SEARCH SUBJECT (one)", "c BAD A list came where a string was due"),
        ("c STATUS INBOX (HIGHESTMODSEQ)", "c BAD HIGHESTMODSEQ is not known here"),
        ("c CREATE inbox", "c NO [ALREADYEXISTS] It is there already"),
        ("c DELETE Nowhere", "c NO [NONEXISTENT] The sandbox has no folder Nowhere of support@desk.example."),
        ("c APPEND INBOX text", "c BAD A literal was expected"),
        ("c AUTHENTICATE SCRAM-SHA-1", "c NO Mechanism not known"),
        ("c CLOSE\r\nd SEARCH ALL", "d BAD Select a folder first"),
        ("c UNSELECT\r\nd FETCH 1 FLAGS", "d BAD Select a folder first"),
        ("c IDLE\r\nNONSENSE", "c BAD Expected DONE"),
        ("c APPEND INBOX {99999999999}", "* BYE [TOOBIG] Literal too large"),
        ("c AUTHENTICATE PLAIN !", "c NO [AUTHENTICATIONFAILED] Invalid credentials"),
    ],
)
def test_what_cannot_be_done_is_said(server: MailServer, line: str, answer: str) -> None:
    server.office.append(SUPPORT, a_mail())

    assert answer in converse(server, line)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("c CAPABILITY", "c OK CAPABILITY done"),
        ("c NAMESPACE", '* NAMESPACE (("" "/")) NIL NIL'),
        ('c LIST "" ""', '* LIST (\\Noselect) "/" ""'),
        ("c FETCH 1 FAST", f'* 1 FETCH (FLAGS () INTERNALDATE " 1-Mar-2027 06:00:00 +0000" RFC822.SIZE {SIZE})'),
        ("c FETCH 1 RFC822.HEADER", f"* 1 FETCH (RFC822.HEADER {{{HEADER}}}"),
        ("c FETCH 1 (BODY.PEEK[HEADER])", f"* 1 FETCH (BODY[HEADER] {{{HEADER}}}"),
        ("c FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (TO MESSAGE-ID)]", "Subject: Payroll is late"),
        ("c UID FETCH 1 UID", "* 1 FETCH (UID 1)"),
        ("c STORE 1 FLAGS \\flagged", "* 1 FETCH (FLAGS (\\Flagged))"),
        ("c SEARCH CHARSET UTF-8 (UNSEEN SUBJECT {7+}\r\nPayroll)", "* SEARCH 1"),
        ("c SEARCH 1:2", "* SEARCH 1"),
        ("c STORE 1 +FLAGS.SILENT \\Deleted\r\nd CLOSE\r\ne STATUS INBOX MESSAGES", '* STATUS "INBOX" (MESSAGES 0)'),
        ("c COPY 1 Processed", "c OK [COPYUID"),
        ("c APPEND INBOX (\\Seen) {3}\r\nabc", "+ Go ahead"),
    ],
)
def test_what_can_be_done_without_imapclient(line: str, answer: str) -> None:
    with MailServer(PostOffice(clock=FixedClock(datetime(2027, 3, 1, 6, 0, tzinfo=UTC)))) as server:
        server.office.add_account(SUPPORT, folders=["Processed"])
        server.office.append(SUPPORT, a_mail())

        assert [said for said in converse(server, line) if said.startswith(answer)]


def test_uid_expunge_is_not_known_without_uidplus() -> None:
    with MailServer(without=["UIDPLUS"]) as server:
        server.office.add_account(SUPPORT)

        assert "c BAD Command not known" in converse(server, "c UID EXPUNGE 1")


def test_a_session_that_fails_is_logged_and_the_others_go_on(
    server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(PostOffice, "create_folder", fail)
    with imap(server) as other:
        with imap(server) as client, pytest.raises((IMAPClientAbortError, OSError)):
            client.create_folder("Archive")

        assert other.search() == []
    assert "A session of the sandbox ended badly." in caplog.messages
