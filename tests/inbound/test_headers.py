"""Encoded words and base64 as senders write them, also broken ones."""

import pytest

from ticketbot.inbound.headers import decoded, split, unbase64

WORDS = {
    "=?utf-8?Q?Hello_W=C3=B6rld?=": "Hello Wörld",
    "=?UTF-8?B?SGVsbG8?=": "Hello",
    "=?utf-8?Q?a b?=": "a b",
    "=?iso-8859-1*en?Q?caf=E9?=": "café",
    "=?utf-8?b?4pyT?= =?utf-8?b?IG9r?=": "✓ ok",
    "=?utf-8?B?4pw=?= =?utf-8?B?kw==?=": "✓",
    "=?UTF-8?B?w6k=?==?UTF-8?B?w6k=?=": "éé",
    "=?utf-8?Q?x?=\t=?utf-8?Q?y?=": "xy",
    "=?utf-8?Q?x?= =?iso-8859-1?Q?=E9?=": "xé",
    "Re: =?utf-8?Q?x?= and y": "Re: x and y",
    '"=?utf-8?q?J=C3=B6rg?=" Lee': '"Jörg" Lee',
    "=?unknown?Q?caf=E9?=": "café",
    "=?us-ascii?Q?caf=E9?=": "café",
    "=?utf-8?X?abc?=": "=?utf-8?X?abc?=",
    "=?utf-8?Q??= x": "x",
    "=?utf-8?Q?=3D?=": "=",
    "=?utf-8?Q?a=?= b": "a= b",
    "=?utf-8?B?SGVsbG8": "Hello",
    "=?utf-8?Q?Hello": "Hello",
    "=?utf-8?B?no base64 at all, and no end": "=?utf-8?B?no base64 at all, and no end",
    "=?utf-8?Q?torn=?utf-8?Q?whole?=": "=?utf-8?Q?tornwhole",
    "a =? b ?= c": "a =? b ?= c",
    "a =?": "a =?",
    "=?gb2312?B?xOO6ww==?=": "你好",
    "=?iso-2022-jp?B?GyRCNEE7ehsoQg==?=": "漢字",
    "=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=": "Привет",
    "=?utf-8?Q?two=0Alines=0D?=": "two lines",
}


@pytest.mark.parametrize("word", WORDS)
def test_encoded_words_are_read_also_broken_ones(word: str) -> None:
    assert decoded(word.encode()) == WORDS[word]


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"SGVsbG8=", b"Hello"),
        (b"SGVs\r\nbG8", b"Hello"),
        (b"SGVsbG8=SGVsbG8=", b"HelloHello"),
        (b"SGVsbG8=\r\nSGVsbG8=\r\n", b"HelloHello"),
        (b"SGVs!! bG8=", b"Hello"),
        (b"SGVsbG8===\r\n", b"Hello"),
        (b"S", b""),
        (b"", b""),
        (b"SGVs" + b"=" * 2000, b"Hel"),
    ],
)
def test_base64_is_decoded_as_far_as_it_goes(data: bytes, content: bytes) -> None:
    assert unbase64(data) == content


def test_an_endless_block_of_headers_ends_at_the_cap() -> None:
    found, body = split(b"X-A: a\r\n" * 60_000 + b"\r\nbody")

    assert body == b"body"
    assert 0 < len(found.fields) < 60_000


def test_headers_without_an_end_are_headers() -> None:
    found, body = split(b"Subject: x\r\nX-A: b")

    assert (found.text("subject"), found.has("x-a"), found.has("x-b"), body) == ("x", True, False, b"")
