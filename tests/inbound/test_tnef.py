"""Outlook's winmail.dat: its files are the mail's files, its text stands in where the mail has none."""

import base64
import struct

from hypothesis import given
from hypothesis import strategies as st

from ticketbot.inbound import tnef
from ticketbot.inbound.inline import InlineReader
from ticketbot.inbound.parse import read

HEAD = b"From: a@client.example\r\nMIME-Version: 1.0\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"


def attribute(level: int, number: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, number, 0, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text_property(tag: int, text: str) -> bytes:
    raw = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x1F, tag, 1, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def named_number(value: int) -> bytes:
    return struct.pack("<HH", 0x3, 0x8001) + b"\0" * 16 + struct.pack("<III", 0, 1, value)


def winmail(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


SAMPLE = winmail(
    attribute(1, 0x9007, struct.pack("<II", 1252, 0)),
    attribute(1, 0x800C, b"The body\0"),
    attribute(2, 0x9002, b"\0" * 14),
    attribute(2, 0x8010, b"SHORT~1.TXT\0"),
    attribute(2, 0x800F, b"file one"),
    attribute(2, 0x9005, struct.pack("<I", 2) + named_number(7) + text_property(0x3707, "Störung eins.txt")),
    attribute(2, 0x9002, b"\0" * 14),
    attribute(2, 0x8010, b"two.txt\0"),
    attribute(2, 0x800F, b"file two"),
)

#: The properties of a message that has its words elsewhere: formatting, and nothing else.
RTF_ONLY = struct.pack("<IHHII", 1, 0x102, 0x1009, 1, 4) + b"LZFu"


def as_mail(data: bytes) -> bytes:
    return HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)


def test_files_come_out_with_their_long_names() -> None:
    raw = as_mail(SAMPLE)

    message = read(raw)

    assert [file.filename for file in message.attachments] == ["Störung eins.txt", "two.txt"]
    assert InlineReader().files(raw, [1]) == [(message.attachments[1], b"file two")]


def test_its_text_stands_in_for_a_mail_without_any() -> None:
    assert read(as_mail(SAMPLE)).text == "The body"


def test_a_message_inside_gives_its_files_too() -> None:
    inner = bytes.fromhex("0703020000000000c000000000000046") + SAMPLE
    value = struct.pack("<IHHII", 1, 0x0D, 0x3701, 1, len(inner)) + inner + b"\0" * (-len(inner) % 4)
    outer = winmail(attribute(2, 0x9002, b"\0" * 14), attribute(2, 0x9005, value))

    assert [file.filename for file in read(as_mail(outer)).attachments] == ["Störung eins.txt", "two.txt"]


def test_what_only_has_the_name_is_a_file_like_any() -> None:
    message = read(as_mail(b"no tnef at all"))

    assert [(file.filename, file.size) for file in message.attachments] == [("winmail.dat", 14)]


def html_property(raw: bytes) -> bytes:
    return struct.pack("<HHII", 0x102, 0x1013, 1, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def test_its_text_and_html_among_the_properties_stand_in_too() -> None:
    text = winmail(attribute(1, 0x9003, struct.pack("<I", 1) + text_property(0x1000, "Störung im Büro")))
    html = winmail(attribute(1, 0x9003, struct.pack("<I", 1) + html_property(b"<p>St\xf6rung im <b>Haus</b></p>")))

    assert read(as_mail(text)).text == "Störung im Büro"
    assert read(as_mail(html)).text == "Störung im Haus"


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=400))
def test_torn_files_are_read_as_far_as_they_go(noise: bytes, cut: int) -> None:
    tnef.read(SAMPLE[:cut] + noise)

    assert tnef.read(struct.pack("<IH", 0x223E9F78, 1) + noise) is not None


def test_a_torn_one_keeps_itself_beside_what_came_out() -> None:
    for cut in (len(SAMPLE) - 6, len(SAMPLE) // 2, 40, 6):
        message = read(as_mail(SAMPLE[:cut]))

        assert message.attachments[-1].filename == "winmail.dat", cut
        assert message.attachments[-1].size == cut
        assert message.notes == ("winmail.dat could not be read to its end: it is kept as a file",)


def test_a_whole_one_leaves_nothing_behind() -> None:
    for data in (SAMPLE, SAMPLE + b"\0\0\0", winmail(attribute(1, 0x9003, RTF_ONLY))):
        message = read(as_mail(data))

        assert "winmail.dat" not in [file.filename for file in message.attachments]
        assert message.notes == ()


def test_noise_after_its_end_and_a_torn_message_inside_keep_it() -> None:
    inner = bytes.fromhex("0703020000000000c000000000000046") + SAMPLE[:-9]
    value = struct.pack("<IHHII", 1, 0x0D, 0x3701, 1, len(inner)) + inner + b"\0" * (-len(inner) % 4)
    outer = winmail(attribute(2, 0x9002, b"\0" * 14), attribute(2, 0x9005, value))

    for data in (SAMPLE + b"garbage behind it", outer):
        assert [file.filename for file in read(as_mail(data)).attachments][-1] == "winmail.dat"
