"""Who a From line names: exactly one mailbox, or nobody."""

import pytest

from ticketbot.inbound import people
from ticketbot.inbound.parse import read

ONE = [
    ("Ann Lee <ann@client.example>", "ann@client.example", "Ann Lee"),
    ("ann@client.example", "ann@client.example", ""),
    ("<ann@client.example>", "ann@client.example", ""),
    ('"Lee, Ann" <ann@client.example>', "ann@client.example", "Lee, Ann"),
    ("Lee, Ann <ann@client.example>", "ann@client.example", "Lee, Ann"),
    ("ann@client.example (Ann Lee)", "ann@client.example", "Ann Lee"),
    ("Ann <ann@client.example.>", "ann@client.example", "Ann"),
    ("Ann < ann @ client.example >", "ann@client.example", "Ann"),
    ("'ann@client.example' <ann@client.example>", "ann@client.example", "ann@client.example"),
    ("=?utf-8?q?J=C3=B6rg?= <j@client.example>", "j@client.example", "Jörg"),
    ("Jörg <j@client.example>", "j@client.example", "Jörg"),
    ('"ana@desk.example" <evil@evil.example>', "evil@evil.example", "ana@desk.example"),
    ("ana@desk.example <evil@evil.example>", "evil@evil.example", "ana@desk.example"),
    ("=?utf-8?q?ana=40desk=2Eexample=3E?= <evil@evil.example>", "evil@evil.example", "ana@desk.example>"),
    ("evil@evil.example (ana@desk.example)", "evil@evil.example", "ana@desk.example"),
]
NOBODY = [
    "",
    "Ann Lee",
    "ana@desk.example, evil@evil.example",
    "<ana@desk.example> <evil@evil.example>",
    "group: ana@desk.example;",
    "group: ana@desk.example;, evil@evil.example",
    "ana@desk.example(comment).evil.example",
    "ana@desk.example@evil.example",
    "=?utf-8?q?ana=40desk=2Eexample?=",
    '"ana@desk.example',
    "ana@desk.example <evil@evil.example",
    "undisclosed-recipients:;",
    '"ana@desk.example"',
    "ana@desk\0.example",
    "ana@des\u200bk.example",
    "a\u00adna@desk.example",
    "\u202eana@desk.example",
]


@pytest.mark.parametrize(("line", "address", "name"), ONE)
def test_one_mailbox_is_the_sender(line: str, address: str, name: str) -> None:
    sender = read(f"From: {line}\r\n\r\nx".encode()).sender

    assert sender is not None
    assert (sender.address, sender.name) == (address, name)


@pytest.mark.parametrize("line", NOBODY)
def test_anything_else_is_nobody(line: str) -> None:
    assert read(f"From: {line}\r\n\r\nx".encode()).sender is None


def test_addresses_are_capped() -> None:
    boxes = people.read([b"a@b.example, " * 1000])

    assert len(boxes.found) == 200


def test_a_group_still_shows_its_members() -> None:
    assert [box.address for box in people.read([b"Team: a@x.example, b@x.example;"]).found] == [
        "a@x.example",
        "b@x.example",
    ]


def test_whom_the_desk_refuses_is_not_told_either() -> None:
    for line in (
        '"ana@desk.example "@bad.example',
        '"Ann" <ana@desk.example> <evil@bad.example>',
        "Bob <bob@x.example> Bobby <bobby@x.example>",
        "a@desk.example\0@bad.example",
        "ana@desk.example\r\nFrom: evil@bad.example",
        "group: ana@desk.example;",
        "ana@des\u200bk.example",
        "ana@desk.example(comment).evil.example",
    ):
        message = read(f"From: {line}\r\n\r\nx".encode())

        assert (message.sender, message.author) == (None, None), line
        assert len(message.notes) == 1
        assert "so it names nobody: " in message.notes[0]


@pytest.mark.parametrize(
    "line", ["Ann <ann@a.example>, Bob <bob@b.example>", "ann@a.example\r\nFrom: Ann Lee <Ann@a.example>"]
)
def test_a_list_that_is_well_written_tells_its_first_and_trusts_nobody(line: str) -> None:
    message = read(f"From: {line}\r\n\r\nx".encode())

    assert message.sender is None
    assert message.author is not None
    assert message.author.address == "ann@a.example"
    assert "so it is trusted for nobody; " in message.notes[0]


@pytest.mark.parametrize("line", ["Ann Lee ann@a.example", "Ann Lee <ann@a.example", "Ann ann@a.example>"])
def test_the_only_address_of_a_torn_line_is_told_and_not_trusted(line: str) -> None:
    message = read(f"From: {line}\r\n\r\nx".encode())

    assert message.sender is None
    assert message.author is not None
    assert message.author.address == "ann@a.example"
    assert "so it is trusted for nobody; ann@a.example is only told" in message.notes[0]


def test_a_name_without_an_address_is_told_without_ado() -> None:
    message = read(b"From: MAILER-DAEMON <>\r\n\r\nx")

    assert message.author is not None
    assert (message.author.name, message.author.address, message.notes) == ("MAILER-DAEMON", "", ())


def test_one_mailbox_leaves_no_note() -> None:
    message = read(b"From: Ann <ann@a.example>\r\n\r\nx")

    assert message.author == message.sender
    assert message.notes == ()
