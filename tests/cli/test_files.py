"""Mails in files: one that costs its reader's life still has its line."""

from ticketbot.cli.files import read_by
from ticketbot.domain.errors import UnreadableMail
from ticketbot.domain.messages import Message


class Dying:
    """A reader whose child dies of every mail."""

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        raise UnreadableMail(f"the reader was ended: CPU time limit exceeded at {len(raw)} bytes")


def test_a_mail_that_costs_its_child_s_life_has_a_line_with_the_reason() -> None:
    message = read_by(Dying(), b"Subject: Help\r\n\r\nWords")

    assert message.error == "the reader was ended: CPU time limit exceeded at 22 bytes"
    assert message.subject == "Help"
