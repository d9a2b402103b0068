import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import TypeVar

import pytest
from imapclient import IMAPClient
from sqlalchemy import NullPool, create_engine, text
from tests.conftest import SocketsAreClosed
from tests.sandbox.visitors import MARA, SUPPORT, a_mail
from tests.servers import keeper
from tests.servers.certificate import Certificate
from tests.servers.dovecot import Dovecot, DovecotServer
from tests.servers.keeper import MissingServer, private, shared, stop_all
from tests.servers.postgresql import Postgresql, PostgresqlServer
from tests.servers.smtpsink import SmtpSink

from ticketbot.store.database import Store


def ends(pid: int) -> bool:
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 20)[0])
    finally:
        os.close(watched)


def test_dovecot_delivers_to_a_world_of_its_own(dovecot: Dovecot) -> None:
    at = datetime(2027, 3, 1, 6, 0, tzinfo=UTC)

    dovecot.deliver(a_mail(), to="support+r.abc@desk.example", at=at)

    (mail,) = dovecot.messages(SUPPORT)
    assert mail.raw.endswith(a_mail())
    assert (mail.received_at, mail.flags) == (at, frozenset())
    assert dovecot.messages(MARA) == []


def test_dovecot_stamps_if_it_has_an_authserv_id(dovecot: Dovecot) -> None:
    dovecot.authserv_id = "mx.desk.example"

    dovecot.deliver(a_mail(), to=SUPPORT)

    assert b"Authentication-Results: mx.desk.example;" in dovecot.messages(SUPPORT)[0].raw


def test_dovecot_takes_mail_by_append(dovecot: Dovecot) -> None:
    dovecot.append(SUPPORT, a_mail(), flags=["$Ticketbot"])

    (mail,) = dovecot.messages(SUPPORT)
    assert (mail.raw, mail.flags) == (a_mail(), frozenset({"$Ticketbot"}))


def test_dovecot_speaks_tls_with_a_certificate_that_can_be_trusted(dovecot: Dovecot) -> None:
    trusting = ssl.create_default_context(cafile=str(dovecot.ca_file))

    with IMAPClient("localhost", dovecot.tls_port, ssl_context=trusting, timeout=10) as client:
        client.plain_login(dovecot.user(SUPPORT), dovecot.password)

        assert client.has_capability("IDLE")
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient("localhost", dovecot.tls_port, timeout=10)


def test_dovecot_rebuilds_a_mailbox_under_a_new_uidvalidity(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(), to=SUPPORT)
    with dovecot.session(SUPPORT, folder=None) as client:
        before = client.select_folder("INBOX")[b"UIDVALIDITY"]

    dovecot.change_uidvalidity(SUPPORT)

    with dovecot.session(SUPPORT, folder=None) as client:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] != before
        assert len(client.search()) == 1


def test_waiting_for_mail_on_dovecot_ends_when_it_comes(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(), to=SUPPORT)

    assert len(dovecot.wait_for_mail(SUPPORT)) == 1
    with pytest.raises(AssertionError, match="holds 0 mails"):
        dovecot.wait_for_mail(MARA, folder="Processed", timeout=0)


def test_the_relay_delivers_to_each_recipient_on_dovecot(mail_relay: SmtpSink, dovecot: Dovecot) -> None:
    with SMTP(mail_relay.host, mail_relay.port, timeout=10) as client:
        client.sendmail(MARA, ["support+n.abc@desk.example", MARA], a_mail())

    (taken,) = mail_relay.mails
    assert (taken.sender, taken.raw) == (MARA, a_mail())
    assert len(dovecot.wait_for_mail(SUPPORT)) == 1
    assert len(dovecot.wait_for_mail(MARA)) == 1


def test_the_sink_answers_as_told(smtp_sink: SmtpSink) -> None:
    smtp_sink.faults.answer("RCPT", "450 4.2.1 Greylisted", about=SUPPORT, times=1)
    smtp_sink.faults.answer("DOT", "554 5.7.1 Spam", times=1)

    with SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client:
        with pytest.raises(SMTPRecipientsRefused, match="Greylisted"):
            client.sendmail(MARA, [SUPPORT], a_mail())
        with pytest.raises(SMTPDataError, match="Spam"):
            client.sendmail(MARA, [SUPPORT], a_mail())
        client.sendmail(MARA, [SUPPORT], a_mail())

    assert len(smtp_sink.wait_for(1)) == 1


def test_the_sink_takes_a_mail_and_loses_the_250(smtp_sink: SmtpSink) -> None:
    smtp_sink.faults.lose_250()

    with SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client, pytest.raises(SMTPServerDisconnected):
        client.sendmail(MARA, [SUPPORT], a_mail())

    assert len(smtp_sink.mails) == 1


def test_the_sink_cuts_a_line_before_it_takes_a_mail(smtp_sink: SmtpSink) -> None:
    smtp_sink.faults.cut("DOT")

    with SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client, pytest.raises(SMTPServerDisconnected):
        client.sendmail(MARA, [SUPPORT], a_mail())

    assert smtp_sink.mails == []


def test_a_sink_with_a_password_wants_it() -> None:
    with SmtpSink(password="secret") as sink:
        with SMTP(sink.host, sink.port, timeout=10) as client, pytest.raises(SMTPSenderRefused):
            client.sendmail(MARA, [SUPPORT], a_mail())
        with SMTP(sink.host, sink.port, timeout=10) as client, pytest.raises(SMTPAuthenticationError):
            client.login(SUPPORT, "wrong")
        with SMTP(sink.host, sink.port, timeout=10) as client:
            client.login(SUPPORT, "secret")
            client.sendmail(MARA, [SUPPORT], a_mail())

        assert sink.logins == [SUPPORT]
        assert len(sink.mails) == 1


def test_a_sink_speaks_starttls_and_tls(certificate: Certificate) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate.certificate))

    with SmtpSink(certificate=certificate, tls="starttls") as sink:
        with SMTP("localhost", sink.port, timeout=10) as client:
            client.starttls(context=trusting)
            client.sendmail(MARA, [SUPPORT], a_mail())
        assert len(sink.mails) == 1
    with SmtpSink(certificate=certificate, tls="tls") as sink:
        with SMTP_SSL("localhost", sink.port, timeout=10, context=trusting) as client:
            client.sendmail(MARA, [SUPPORT], a_mail())
        assert len(sink.mails) == 1


def test_each_test_has_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id INTEGER)"))
    engine.dispose()


def test_each_test_has_a_database_with_our_schema(store: Store) -> None:
    store.require_current()

    with store.work() as work:
        assert work is not None


def test_connections_to_a_database_can_be_killed(postgresql: Postgresql) -> None:
    url = postgresql.create()
    engine = create_engine(url)
    engine.connect().close()

    assert postgresql.kill_connections(url) == 1

    engine.dispose()
    postgresql.drop(url)


def test_a_private_postgresql_can_crash_and_come_back() -> None:
    with private(PostgresqlServer) as server:
        engine = create_engine(server.url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE kept (id INTEGER)"))
        server.stop()

        server.start()

        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


Found = TypeVar("Found")


def patiently(ask: Callable[[], Found]) -> Found:
    """Ask a server that has just come back: its first lines may be dropped while its processes start."""
    for _ in range(20):
        with suppress(ConnectionResetError):
            return ask()
        threading.Event().wait(0.1)
    return ask()


def test_a_private_dovecot_can_be_stopped_and_come_back() -> None:
    with private(DovecotServer) as server:
        mailboxes = Dovecot(server.facts, world="private")
        mailboxes.deliver(a_mail(), to=SUPPORT)
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            mailboxes.messages(SUPPORT)

        server.start()

        assert len(patiently(lambda: mailboxes.messages(SUPPORT))) == 1


@pytest.mark.parametrize("name", ["dovecot", "postgresql"])
def test_a_shared_server_is_started_once_and_stopped_with_its_run(tmp_path: Path, name: str) -> None:
    first = shared(name, run=tmp_path, owner=os.getpid())
    second = shared(name, run=tmp_path, owner=os.getpid())
    assert first == second
    socket.create_connection(("127.0.0.1", int(first["port"]))).close()

    stop_all(tmp_path)

    assert ends(int(first["keeper"]))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(first["port"])))


def test_a_server_does_not_outlive_a_run_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as run:
        facts = shared("dovecot", run=tmp_path, owner=run.pid)

        run.send_signal(signal.SIGKILL)

    assert ends(int(facts["keeper"]))
    assert not Path(str(facts["mail"])).exists()


def test_a_missing_server_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.postgresql._binaries", lambda: (_ for _ in ()).throw(MissingServer("apt-get")))

    with pytest.raises(MissingServer, match="apt-get"):
        PostgresqlServer(tmp_path)
    with pytest.raises(MissingServer, match="nonsense"):
        shared("nonsense", run=tmp_path, owner=os.getpid())


def test_connections_beyond_this_machine_are_refused() -> None:
    with socket.socket() as line, pytest.raises(SocketsAreClosed):
        line.connect(("192.0.2.1", 25))


def test_a_free_port_is_free() -> None:
    with socket.socket() as line:
        line.bind((keeper.HOST, keeper.free_port()))
