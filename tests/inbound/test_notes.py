"""What was left out or guessed is said, in sentences that a mail's reader gets to see."""

import pytest

from ticketbot.inbound.body import MAX_TEXT
from ticketbot.inbound.headers import MAX_BLOCK, MAX_HEADER
from ticketbot.inbound.parse import read
from ticketbot.inbound.walk import Limits

HEAD = b"From: Ann <ann@a.example>\r\nSubject: s\r\nMessage-ID: <1@a>\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
MANY = b"X-Filler: " + b"f" * 990 + b"\r\n"
KNOWN = (
    "To: bob@b.example\r\n",
    "Subject: late\r\n words\r\n",
    "Message-ID: <2@a>\r\n",
    "From: Ann\r\n <ann@a.example>\r\n",
)


def test_an_ordinary_mail_has_none() -> None:
    html = b"Content-Type: text/html; charset=iso-8859-1\r\n\r\n<p>St\xf6rung"
    for raw in (HEAD + b"\r\nhello", HEAD + html, HEAD + "\r\nStörung".encode(), b""):
        assert read(raw).notes == ()


@pytest.mark.parametrize("kind", [b"plain", b"html"])
def test_a_text_beyond_the_cap_says_that_it_is_cut(kind: bytes) -> None:
    raw = HEAD + b"Content-Type: text/" + kind + b"\r\n\r\n" + b"word\n" * (MAX_TEXT // 5 + 9)

    message = read(raw)

    assert len(message.text) <= MAX_TEXT
    assert message.notes == ("the text is longer than 1 MB: the rest of it is left out",)


def test_parts_beyond_the_cap_are_said() -> None:
    assert read(MIXED + b"--b\r\n\r\nx\r\n" * 600).notes == (
        "the mail has more than 499 parts: only the first were read",
    )
    assert read(MIXED + b"--b\r\n\r\nx\r\n" * 100).notes == ()


def test_parts_too_deep_are_said() -> None:
    raw = HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 60 + b"x"

    assert read(raw, limits=Limits(depth=20)).notes == (
        "parts lie within parts more than 20 deep: the innermost were not opened",
    )


def test_a_mail_beyond_the_cap_is_said() -> None:
    assert read(HEAD + b"\r\n" + b"x" * 2_000_000, limits=Limits(size=1024 * 1024)).notes == (
        "the mail is larger than 1 MB: the rest of it was not read",
    )


def test_people_beyond_the_cap_are_said() -> None:
    message = read(HEAD + b"Cc: " + b", ".join(b"a%d@b.example" % n for n in range(300)) + b"\r\n\r\nx")

    assert len(message.cc) == 200
    assert message.notes == ("the header cc names more than 200 people: only the first were read",)


@pytest.mark.parametrize("fold", [b"", b"\r\n "])
def test_an_endless_header_is_said(fold: bytes) -> None:
    ids = b" ".join(b"<%d@a>%s" % (n, fold) for n in range(MAX_HEADER // 6))

    assert read(HEAD + b"References: " + ids.strip() + b"\r\n\r\nx").notes == (
        "the header references is longer than 32 KB: the rest of it was not read",
    )


def test_no_crowd_of_headers_pushes_the_best_known_out() -> None:
    filler = MANY * (MAX_BLOCK // len(MANY) + 20)
    raw = filler + "".join(KNOWN).encode() + MANY * 50 + b"\r\nthe text"

    message = read(raw)

    assert message.sender is not None
    assert (message.sender.address, message.subject, message.message_id) == ("ann@a.example", "late words", "2@a")
    assert [each.address for each in message.to] == ["bob@b.example"]
    assert message.text == "the text"
    assert message.notes == ("there are more than 256 KB of headers: of the rest, only the best known were read",)


def test_a_second_sender_far_below_is_seen_too() -> None:
    raw = HEAD + MANY * (MAX_BLOCK // len(MANY) + 20) + b"From: eve@bad.example\r\n\r\nx"

    assert read(raw).sender is None


@pytest.mark.parametrize(
    ("label", "data"), [(b"", b"St\xf6rung"), (b"; charset=utf-8", b"St\xf6rung"), (b"; charset=x-none", b"St\xf6rung")]
)
def test_a_guessed_charset_is_said(label: bytes, data: bytes) -> None:
    message = read(HEAD + b"Content-Type: text/plain" + label + b"\r\n\r\n" + data)

    assert message.text == "Störung"
    assert message.notes == ("the charset of the text is not named, or named wrong: it was guessed",)
