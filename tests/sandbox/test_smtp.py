from base64 import b64encode
from datetime import UTC, datetime
from smtplib import SMTP, SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

import pytest
from tests.sandbox.visitors import MARA, SUPPORT, a_mail, smtp

from ticketbot.clock import FixedClock
from ticketbot.sandbox.mailserver import MailServer
from ticketbot.sandbox.postoffice import PostOffice


def test_a_mail_arrives_in_the_recipients_inbox(server: MailServer) -> None:
    with smtp(server) as client:
        client.sendmail(MARA, [SUPPORT], a_mail())

    (mail,) = server.office.messages(SUPPORT)
    assert mail.raw.endswith(a_mail())
    assert mail.flags == frozenset()


def test_the_post_office_remembers_envelope_and_bytes(server: MailServer) -> None:
    with smtp(server) as client:
        client.sendmail(MARA, [SUPPORT, MARA], a_mail())

    (transaction,) = server.office.transactions
    assert (transaction.sender, transaction.recipients) == (MARA, (SUPPORT, MARA))
    assert transaction.raw == a_mail()
    assert len(server.office.messages(MARA)) == 1


def test_mail_to_a_plus_address_goes_to_its_account(server: MailServer) -> None:
    with smtp(server) as client:
        client.sendmail(MARA, ["Support+r.abc@desk.example"], a_mail())

    (mail,) = server.office.messages(SUPPORT)
    assert b"Delivered-To: Support+r.abc@desk.example\r\n" in mail.raw


def test_mail_to_an_alias_goes_to_its_account() -> None:
    with MailServer() as server:
        server.office.add_account(SUPPORT, aliases=["help@desk.example"])

        server.office.deliver(a_mail(), to="help+x@desk.example")

        assert len(server.office.messages(SUPPORT)) == 1


def test_an_unknown_recipient_is_refused_and_the_others_are_served(server: MailServer) -> None:
    with smtp(server) as client:
        refused = client.sendmail(MARA, ["nobody@desk.example", SUPPORT], a_mail())

    assert refused == {"nobody@desk.example": (550, b"5.1.1 <nobody@desk.example>: no such user here")}
    assert len(server.office.messages(SUPPORT)) == 1


def test_a_catch_all_takes_mail_for_everybody_else() -> None:
    with MailServer(PostOffice(catch_all="elsewhere@sandbox.example")) as server:
        server.office.add_account("elsewhere@sandbox.example")

        with smtp(server) as client:
            client.sendmail(MARA, ["nobody@desk.example"], a_mail())

        assert len(server.office.messages("elsewhere@sandbox.example")) == 1


def test_a_null_sender_may_write(server: MailServer) -> None:
    with smtp(server) as client:
        client.sendmail("", [SUPPORT], a_mail())

    assert server.office.messages(SUPPORT)[0].raw.startswith(b"Return-Path: <>\r\n")


@pytest.mark.parametrize("method", ["auth_plain", "auth_login"])
def test_a_password_is_checked(server: MailServer, method: str) -> None:
    for password, outcome in (("secret", 235), ("wrong", 535)):
        with smtp(server) as client:
            client.ehlo()
            client.user, client.password = SUPPORT, password

            try:
                code, _ = client.auth(method.removeprefix("auth_").upper(), getattr(client, method))
            except SMTPAuthenticationError as error:
                code = error.smtp_code

        assert code == outcome


def test_a_token_is_checked(server: MailServer) -> None:
    def sign_in(client: SMTP, token: str) -> int:
        client.ehlo()
        code, _ = client.auth("XOAUTH2", lambda _challenge=None: f"user={SUPPORT}\1auth=Bearer {token}\1\1")
        return int(code)

    with smtp(server) as client:
        assert sign_in(client, "token-of-support") == 235
    with smtp(server) as client, pytest.raises(SMTPAuthenticationError):
        sign_in(client, "stale")


def test_a_mail_over_the_size_limit_is_refused_before_and_after_it_is_sent() -> None:
    with MailServer(max_size=1000) as server:
        server.office.add_account(SUPPORT)

        with smtp(server) as client, pytest.raises(SMTPSenderRefused, match="too big"):
            client.sendmail(MARA, [SUPPORT], a_mail(text="x" * 990))
        with smtp(server) as client:
            client.helo()
            with pytest.raises(SMTPDataError, match="too big"):
                client.sendmail(MARA, [SUPPORT], a_mail(text="x\r\n" * 500))

        assert server.office.messages(SUPPORT) == []


def test_a_mail_of_25_megabytes_arrives(server: MailServer) -> None:
    big = a_mail(text=("0123456789abcdef" * 4 + "\r\n") * (25 * 1024 * 1024 // 66))

    with smtp(server) as client:
        client.sendmail(MARA, [SUPPORT], big)

    assert server.office.transactions[0].raw == big


def test_a_line_that_begins_with_a_dot_comes_through(server: MailServer) -> None:
    with smtp(server) as client:
        client.sendmail(MARA, [SUPPORT], a_mail(text=".\r\n..two"))

    assert server.office.transactions[0].raw == a_mail(text=".\r\n..two")


def test_a_dot_between_other_line_ends_does_not_end_a_mail(server: MailServer) -> None:
    with smtp(server) as client:
        for line in (f"MAIL FROM:<{MARA}>", f"RCPT TO:<{SUPPORT}>", "DATA"):
            client.docmd(line)
        client.send(b"one\n.\r\ntwo\r\n.\n.\r\nthree\r\n.\r\n")
        code, _ = client.getreply()

    assert code == 250
    assert server.office.transactions[0].raw == b"one\n.\r\ntwo\r\n\n.\r\nthree\r\n"


def test_commands_out_of_order_are_refused(server: MailServer) -> None:
    with smtp(server) as client:
        assert client.docmd("RCPT", f"TO:<{SUPPORT}>")[0] == 503
        assert client.docmd("DATA")[0] == 503
        assert client.docmd("MAIL", "FROM nobody")[0] == 501
        assert client.docmd("MAIL", "FROM:<>")[0] == 250
        assert client.docmd("RCPT", "nobody")[0] == 501
        assert client.docmd("NONSENSE")[0] == 500
        assert client.docmd("AUTH", "SCRAM-SHA-1")[0] == 504
        assert client.docmd("AUTH", "PLAIN !")[0] == 535
        assert client.docmd("VRFY", "mara")[0] == 252
        assert client.noop()[0] == 250
        assert client.rset()[0] == 250


def test_an_arriving_mail_is_stamped_with_an_aligned_pass() -> None:
    office = PostOffice(authserv_id="mx.desk.example", clock=FixedClock(datetime(2027, 3, 1, 6, 0, tzinfo=UTC)))
    office.add_account(SUPPORT)

    stored = office.deliver(a_mail(sender="Mara <mara@acme.example>"), to=SUPPORT)

    assert stored.raw.decode().splitlines()[:9] == [
        "Return-Path: <mara@acme.example>",
        "Delivered-To: support@desk.example",
        "Authentication-Results: mx.desk.example;",
        "\tdkim=pass header.d=acme.example;",
        "\tspf=pass smtp.mailfrom=acme.example;",
        "\tdmarc=pass header.from=acme.example",
        "Received: by mx.desk.example with ESMTP for <support@desk.example>;",
        "\tMon, 01 Mar 2027 06:00:00 +0000",
        "From: Mara <mara@acme.example>",
    ]
    assert stored.received_at == datetime(2027, 3, 1, 6, 0, tzinfo=UTC)


def test_a_mail_that_carries_a_judgement_is_not_stamped_and_keeps_it_on_top() -> None:
    office = PostOffice(authserv_id="mx.desk.example")
    office.add_account(SUPPORT)
    judged = b"Authentication-Results: mx.desk.example; dmarc=fail header.from=acme.example\r\n" + a_mail()

    stored = office.deliver(judged, to=SUPPORT)

    assert stored.raw.count(b"Authentication-Results:") == 1
    assert b"Received:" not in stored.raw


def test_nobody_is_told_about_recipients_that_do_not_exist(server: MailServer) -> None:
    with smtp(server) as client, pytest.raises(SMTPRecipientsRefused):
        client.sendmail(MARA, ["nobody@desk.example"], a_mail())

    assert server.office.transactions == []


def test_an_exchange_over_several_lines_signs_in(server: MailServer) -> None:
    with smtp(server) as client:
        assert client.docmd("AUTH", "PLAIN") == (334, b"")
        assert client.docmd(b64encode(f"\0{SUPPORT}\0secret".encode()).decode())[0] == 235


def test_a_mail_without_a_header_is_delivered_as_it_is() -> None:
    office = PostOffice()
    office.add_account(SUPPORT)

    stored = office.deliver(b"\r\nonly text\r\n", to=SUPPORT)

    assert stored.raw.startswith(b"Return-Path: <>\r\n")
    assert stored.raw.endswith(b"\r\n\r\nonly text\r\n")


def test_a_login_at_the_relay_can_be_refused(server: MailServer) -> None:
    server.faults.refuse_logins(user=SUPPORT)

    with smtp(server) as client, pytest.raises(SMTPAuthenticationError):
        client.login(SUPPORT, "secret")
