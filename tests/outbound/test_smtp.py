import re

from hypothesis import given
from hypothesis import strategies as st

from ticketbot.outbound.smtp import Relay, as_sent

END = b"\r\n.\r\n"


LETTERS = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"a", b"MAIL FROM:<x@y>", b"\0"])).map(b"".join)


@given(LETTERS)
def test_only_the_last_dot_ends_a_letter(letter: bytes) -> None:
    sent = b"".join(as_sent(letter))

    assert (b"\r\n" + sent).endswith(END)
    assert (b"\r\n" + sent).count(END) == 1
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", sent)


@given(st.lists(st.sampled_from([b"", b".", b"..", b".a", b"plain", b"a.b"]), min_size=1))
def test_a_proper_letter_arrives_as_it_was(lines: list[bytes]) -> None:
    letter = b"".join(line + b"\r\n" for line in lines)

    undotted = re.sub(rb"(?m)^\.(?=.)", b"", b"".join(as_sent(letter)).removesuffix(b".\r\n"))

    assert undotted == letter


@given(LETTERS, st.integers(min_value=0, max_value=20))
def test_pieces_of_any_size_say_the_same_as_one(letter: bytes, at_once: int) -> None:
    assert b"".join(as_sent(letter, at_once=at_once)) == b"".join(as_sent(letter, at_once=1_000))


def test_a_large_letter_goes_in_many_pieces() -> None:
    letter = b"a line of a letter\r\n" * 20_000

    pieces = list(as_sent(letter))

    assert max(map(len, pieces)) < 70_000
    assert b"".join(pieces) == letter + b".\r\n"


def test_a_relay_never_shows_its_password() -> None:
    assert "secret" not in repr(Relay(host="smtp.desk.example", username="desk", password="secret"))
