"""What a real relay may do to us, and what must become of it."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.contracts.relays import ANA, MARA, SUPPORT, relay
from tests.servers.certificate import Certificate
from tests.servers.smtpsink import SmtpSink

from ticketbot.domain.errors import (
    DeliveryUnknown,
    LetterDeferred,
    LetterRefused,
    RelayRefused,
    RelayUnavailable,
    TicketbotError,
)
from ticketbot.outbound.smtp import Relay, SmtpSender
from ticketbot.sandbox.mailserver import MailServer
from ticketbot.tls import Tls

LETTER = b"From: support@desk.example\r\nTo: mara@acme.example\r\nSubject: Hello\r\n\r\nGood day.\r\n"
SECRET = "correct horse"


@pytest.fixture
def server(sandbox: MailServer) -> MailServer:
    for address in (MARA, ANA, SUPPORT):
        sandbox.office.add_account(address)
    return sandbox


@pytest.fixture
def sender(server: MailServer) -> Iterator[SmtpSender]:
    made = SmtpSender(relay(port=server.smtp_port))
    yield made
    made.close()


def send(sender: SmtpSender, letter: bytes = LETTER, *, to: str = MARA) -> None:
    sender.send(letter, sender=SUPPORT, recipients=[to])


class TestFates:
    def test_a_lost_answer_after_the_end_leaves_the_fate_unknown(self, server: MailServer, sender: SmtpSender) -> None:
        server.faults.lose_250()

        with pytest.raises(DeliveryUnknown, match="after the letter was handed over"):
            send(sender)

        assert len(server.office.transactions) == 1
        send(sender)
        assert len(server.office.transactions) == 2

    def test_an_answer_that_is_no_smtp_leaves_the_fate_unknown(self, server: MailServer, sender: SmtpSender) -> None:
        server.faults.answer("DOT", "lovely, thank you", times=1)

        with pytest.raises(DeliveryUnknown):
            send(sender)

    def test_a_relay_that_never_answers_leaves_the_fate_unknown(self, server: MailServer) -> None:
        server.faults.stall("DOT", seconds=3)
        sender = SmtpSender(replace(relay(port=server.smtp_port), fate_within=0.5))

        with pytest.raises(DeliveryUnknown):
            send(sender)

    @pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
    def test_a_line_that_breaks_before_the_end_has_sent_nothing(
        self, server: MailServer, sender: SmtpSender, verb: str
    ) -> None:
        server.faults.cut(verb, times=2)

        with pytest.raises(RelayUnavailable):
            send(sender)

        assert server.office.transactions == []

    @pytest.mark.parametrize(
        ("answer", "error"),
        [("451 4.3.0 later", LetterDeferred), ("554 5.6.0 spam", LetterRefused), ("421 closing", RelayUnavailable)],
    )
    def test_an_objection_at_the_end_is_an_answer(
        self, server: MailServer, sender: SmtpSender, answer: str, error: type[TicketbotError]
    ) -> None:
        server.faults.answer("DOT", answer, times=1)

        with pytest.raises(error):
            send(sender)

        send(sender)
        assert len(server.office.transactions) == 1

    def test_a_relay_that_closes_the_kept_line_is_called_again_at_once(
        self, server: MailServer, sender: SmtpSender
    ) -> None:
        send(sender)
        server.drop_connections()

        send(sender)

        assert len(server.office.transactions) == 2

    def test_a_relay_that_is_away_is_said_so(self, server: MailServer, sender: SmtpSender) -> None:
        server.stop()

        with pytest.raises(RelayUnavailable, match=r"cannot be reached .*check host, port"):
            send(sender)

    def test_a_relay_that_turns_us_away_is_unavailable(self, server: MailServer, sender: SmtpSender) -> None:
        server.faults.answer("SMTP", "421 4.7.0 Too many connections", times=1)

        with pytest.raises(RelayUnavailable, match="Too many connections"):
            send(sender)

    def test_a_relay_that_minds_who_sends_refuses_us(self, server: MailServer, sender: SmtpSender) -> None:
        server.faults.answer("MAIL", "550 5.7.1 Sender address rejected", times=1)

        with pytest.raises(RelayRefused, match="takes no letters from support@"):
            send(sender)

    def test_a_letter_that_is_too_large_is_refused_alone(self, server: MailServer, sender: SmtpSender) -> None:
        server.faults.answer("MAIL", "552 5.3.4 Message too big", times=1)

        with pytest.raises(LetterRefused, match="too big"):
            send(sender)

        send(sender)

    def test_a_relay_may_ask_to_come_later_at_once(self, server: MailServer, sender: SmtpSender) -> None:
        server.faults.answer("MAIL", "452 4.3.1 Insufficient storage", times=1)

        with pytest.raises(LetterDeferred):
            send(sender)

    def test_a_relay_that_breaks_the_line_after_its_objection_is_called_again(
        self, server: MailServer, sender: SmtpSender
    ) -> None:
        server.faults.answer("RCPT", "550 5.1.1 nobody", times=1)
        server.faults.cut("RSET")

        with pytest.raises(LetterRefused):
            send(sender)

        send(sender)
        assert len(server.office.transactions) == 1

    def test_a_recipient_whose_turn_ends_the_conversation_is_not_to_blame(
        self, server: MailServer, sender: SmtpSender
    ) -> None:
        server.faults.answer("RCPT", "421 4.3.2 shutting down", times=1)

        with pytest.raises(RelayUnavailable, match="ended the conversation"):
            send(sender)

    def test_a_relay_that_will_not_take_data_defers_the_letter(self, server: MailServer, sender: SmtpSender) -> None:
        server.faults.answer("DATA", "451 4.3.0 not now", times=1)

        with pytest.raises(LetterDeferred):
            send(sender)

    def test_what_is_no_smtp_is_no_relay(self, server: MailServer) -> None:
        with pytest.raises(RelayUnavailable):
            send(SmtpSender(relay(port=server.imap_port)))

    def test_shut_from_outside_it_ends_what_it_does(self, server: MailServer, sender: SmtpSender) -> None:
        sender.shut()
        send(sender)
        server.faults.stall("DOT", seconds=3)
        end = threading.Timer(0.2, sender.shut)
        end.start()

        with pytest.raises(DeliveryUnknown):
            send(sender)

        end.join()


class TestWhatGoesOverTheLine:
    @pytest.mark.parametrize(
        ("letter", "arrives"),
        [
            (b"A: b\n\nbare\n.\nMAIL FROM:<x@y>\r\n", b"A: b\r\n\r\nbare\r\n.\r\nMAIL FROM:<x@y>\r\n"),
            (b"A: b\r\n\r\nsmuggled\r.\r\nMAIL\r.\r", b"A: b\r\n\r\nsmuggled\r\n.\r\nMAIL\r\n.\r\n"),
            (b"A: b\r\n\r\nno end", b"A: b\r\n\r\nno end\r\n"),
            (b".\r\n..\r\n\r\n.", b".\r\n..\r\n\r\n.\r\n"),
            (b"", b"\r\n"),
        ],
        ids=["bare line feeds", "bare carriage returns", "no line end", "dots", "nothing"],
    )
    def test_no_letter_can_end_itself(
        self, server: MailServer, sender: SmtpSender, letter: bytes, arrives: bytes
    ) -> None:
        send(sender, letter)

        assert [mail.raw for mail in server.office.transactions] == [arrives]

    def test_a_large_letter_arrives_whole(self, server: MailServer, sender: SmtpSender) -> None:
        large = LETTER + b".0123456789\r\n" * 200_000

        send(sender, large)

        assert server.office.transactions[0].raw == large

    @pytest.mark.parametrize(
        "address",
        [
            "mara",
            "mara@acme.example>\r\nRCPT TO:<eve@evil.example",
            "mara @acme.example",
            "märä@acme.example",
            "a@ü..x",
        ],
    )
    def test_what_is_no_address_is_refused_and_the_others_get_the_letter(
        self, server: MailServer, sender: SmtpSender, address: str
    ) -> None:
        receipt = sender.send(LETTER, sender=SUPPORT, recipients=[address, ANA])

        assert receipt.refused.keys() == {address}
        assert [mail.recipients for mail in server.office.transactions] == [(ANA,)]

    def test_a_comma_in_an_address_makes_no_other_address_of_it(self, server: MailServer, sender: SmtpSender) -> None:
        server.office.add_account("mara,eve@acme.example")

        send(sender, to="mara,eve@acme.example")

        assert server.office.transactions[0].recipients == ("mara,eve@acme.example",)

    def test_a_domain_in_any_script_is_reached(self, server: MailServer, sender: SmtpSender) -> None:
        server.office.add_account("mara@xn--bcher-kva.example")

        send(sender, to="mara@bücher.example")

        assert server.office.transactions[0].recipients == ("mara@xn--bcher-kva.example",)

    def test_a_letter_to_nobody_or_from_nowhere_is_refused(self, sender: SmtpSender) -> None:
        with pytest.raises(LetterRefused, match="no recipient"):
            sender.send(LETTER, sender=SUPPORT, recipients=[])
        with pytest.raises(LetterRefused, match="come from"):
            sender.send(LETTER, sender="nowhere", recipients=[MARA])


class TestGettingIn:
    def test_user_name_and_password_are_said_in_any_script(self) -> None:
        with SmtpSink(password='geheim ж "ü"') as sink:
            sender = SmtpSender(relay(port=sink.port, username="désk", password='geheim ж "ü"'))

            send(sender)

            sender.close()
            assert sink.logins == ["désk"]

    def test_a_relay_that_knows_login_only_is_content(self, server: MailServer) -> None:
        with SmtpSink(password="secret") as sink:
            sink._controller.SMTP_kwargs["auth_exclude_mechanism"] = ["PLAIN"]
            sender = SmtpSender(relay(port=sink.port, username="desk", password="secret"))

            send(sender)

            sender.close()
            assert len(sink.mails) == 1

    def test_a_wrong_password_is_refused_and_never_shown(self, caplog: pytest.LogCaptureFixture) -> None:
        with SmtpSink(password="another") as sink, caplog.at_level(logging.DEBUG):
            sender = SmtpSender(relay(port=sink.port, username="desk", password=SECRET))

            with pytest.raises(RelayRefused, match=r"refused the login .*check the user name") as caught:
                send(sender)

        assert SECRET not in str(caught.value)
        assert SECRET not in caplog.text
        assert SECRET not in repr(sender.relay)

    def test_a_relay_that_cannot_look_up_passwords_now_is_unavailable(self, server: MailServer) -> None:
        server.faults.answer("AUTH", "454 4.7.0 Temporary authentication failure", times=1)
        sender = SmtpSender(relay(port=server.smtp_port, username=SUPPORT, password="secret"))

        with pytest.raises(RelayUnavailable, match="not let us in now"):
            send(sender)

        send(sender)
        sender.close()

    @pytest.mark.parametrize("tls", [Tls.TLS, Tls.STARTTLS])
    def test_tls_is_verified_against_the_authorities_we_name(self, certificate: Certificate, tls: Tls) -> None:
        with encrypted_sink(certificate, tls) as sink:
            sender = SmtpSender(encrypted(sink, certificate, tls))

            send(sender)

            sender.close()
            assert len(sink.mails) == 1

    @pytest.mark.parametrize("tls", [Tls.TLS, Tls.STARTTLS])
    def test_a_certificate_of_unknown_authority_is_refused(self, certificate: Certificate, tls: Tls) -> None:
        with encrypted_sink(certificate, tls) as sink:
            sender = SmtpSender(replace(encrypted(sink, certificate, tls), ca_file=None))

            with pytest.raises(RelayRefused, match="certificate that is not valid"):
                send(sender)

    def test_a_relay_without_starttls_never_hears_letter_or_password(self, server: MailServer) -> None:
        bare = relay(port=server.smtp_port, username=SUPPORT, password="secret")

        with pytest.raises(RelayRefused, match="offers no STARTTLS, so nothing was sent"):
            send(SmtpSender(replace(bare, tls=Tls.STARTTLS)))

    def test_a_bare_line_never_leaves_this_machine(self) -> None:
        with pytest.raises(RelayRefused, match="would hear every letter unprotected"):
            send(SmtpSender(replace(relay(port=25), host="smtp.desk.example")))

    def test_a_relay_that_knows_no_login_is_named(self) -> None:
        with SmtpSink() as sink:
            sink._controller.SMTP_kwargs["auth_exclude_mechanism"] = ["PLAIN", "LOGIN"]
            sender = SmtpSender(relay(port=sink.port, username="desk", password="secret"))

            with pytest.raises(RelayRefused, match="takes no password in a way that we know"):
                send(sender)


def encrypted_sink(certificate: Certificate, tls: Tls) -> SmtpSink:
    return SmtpSink(password="secret", certificate=certificate, tls="tls" if tls == Tls.TLS else "starttls")


def encrypted(sink: SmtpSink, certificate: Certificate, tls: Tls) -> Relay:
    plain = relay(port=sink.port, username="desk", password="secret")
    return replace(plain, host="localhost", tls=tls, ca_file=certificate.certificate)
