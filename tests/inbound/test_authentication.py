# ruff: noqa: E501 - fields as servers write them
"""What our own server said of the sender, and what others would like it to have said."""

import pytest

from ticketbot.domain.messages import Authentication
from ticketbot.inbound.parse import read

OURS = frozenset({"mx.desk.example"})
FROM = "From: Ana <ana@client.example>\n"
HOP = "Received: from mx.client.example by mx.desk.example; Mon, 16 Nov 2026 09:12:00 +0100\n"


def said(*fields: str, ids: frozenset[str] = OURS, sender: str = FROM) -> Authentication:
    return read(("".join(f"Authentication-Results: {f}\n" if f[0] != "\n" else f[1:] for f in fields) + sender + "\nx").encode(),
                authserv_ids=ids).authentication  # fmt: skip


PASSES = [
    "mx.desk.example; dmarc=pass header.from=client.example",
    "mx.desk.example 1; dmarc=pass (p=reject dis=none) header.from=client.example",
    "MX.DESK.EXAMPLE; spf=pass smtp.mailfrom=ana@client.example",
    "mx.desk.example; dkim=pass header.d=client.example header.s=s1 header.b=abc; spf=none",
    'mx.desk.example; dkim=pass header.i="@client.example"',
    "mx.desk.example;\n\tdkim=fail header.d=client.example;\n\tspf=pass smtp.mailfrom=bounce@client.example",
    "mx.desk.example (Postfix; dmarc=fail); dmarc=pass header.from=client.example",
]
NOT_PASSES = [
    "mx.evil.example; dmarc=pass header.from=client.example",
    "mx.desk.example.evil.example; dmarc=pass header.from=client.example",
    "(mx.desk.example) mx.evil.example; dmarc=pass header.from=client.example",
    "mx.desk.example; none",
    "mx.desk.example; spf=pass smtp.mailfrom=x@evil.example",
    "mx.desk.example; dkim=pass header.d=evil.example",
    "mx.desk.example; dkim=pass header.d=evilclient.example",
    "mx.desk.example; (dmarc=pass) dmarc=none",
    'mx.desk.example; dkim=none reason="dmarc=pass header.from=client.example"',
    "mx.desk.example; dmarc=pass header.from=evil.example",
    "mx.desk.example; arc=pass",
    "dmarc=pass header.from=client.example",
    "",
]


@pytest.mark.parametrize("line", PASSES)
def test_a_pass_for_the_senders_domain_counts(line: str) -> None:
    assert said(line) is Authentication.PASS


@pytest.mark.parametrize("line", NOT_PASSES)
def test_nothing_else_is_a_pass(line: str) -> None:
    assert said(line or " ") is not Authentication.PASS


def test_without_a_configured_id_nothing_is_believed() -> None:
    assert said(PASSES[0], ids=frozenset()) is Authentication.NONE


def test_a_fail_of_dmarc_is_a_fail() -> None:
    assert (
        said("mx.desk.example; spf=pass smtp.mailfrom=x@client.example; dmarc=fail header.from=client.example")
        is Authentication.FAIL
    )


def test_the_topmost_of_ours_decides_and_planted_ones_below_say_nothing() -> None:
    planted = PASSES[0]

    assert said("mx.desk.example; dmarc=fail header.from=client.example", "\n" + HOP, planted) is Authentication.FAIL
    assert said("\n" + HOP, planted) is Authentication.NONE


def test_two_senders_have_no_authentication() -> None:
    assert said(PASSES[0], sender=FROM + "From: b@client.example\n") is Authentication.NONE


def test_google_writes_below_its_own_hop() -> None:
    hop = "\nReceived: from mx.client.example by mx.google.com with ESMTPS id x; Mon, 16 Nov 2026 09:12:00 +0100\n"
    line = (
        "mx.google.com; dkim=pass header.i=@client.example header.s=s1; dmarc=pass (p=NONE) header.from=client.example"
    )

    assert said(hop, line, ids=frozenset({"mx.google.com"})) is Authentication.PASS
    assert said("\n" + HOP, line, ids=frozenset({"mx.google.com"})) is Authentication.NONE


GOOGLES = "mx.google.com; dmarc=pass (p=NONE) header.from=client.example"


@pytest.mark.parametrize(
    "hop",
    [
        "from evil.example (HELO by mx.google.com) by mx.house.example",
        "from evil.example (by mx.google.com [1.2.3.4]) by mx.house.example with SMTP",
        'from "x by mx.google.com" by mx.house.example',
        "from by mx.google.com (evil.example [1.2.3.4]) by mx.house.example",
        "from mx.google.com by mx.house.example for <by@mx.google.com>",
        "from evil.example by mx.google.com.evil.example",
        "from evil.example by cafe.de",
        "from evil.example with SMTP; by mx.google.com",
        "by",
        "",
    ],
)
def test_a_hop_that_only_names_google_somewhere_is_not_googles(hop: str) -> None:
    assert said(f"\nReceived: {hop}; Mon, 16 Nov 2026 09:12:00 +0100\n", GOOGLES, ids=frozenset({"mx.google.com"})) is (
        Authentication.NONE
    )


@pytest.mark.parametrize(
    "hop",
    [
        "by 2002:a05:7010:6a8d:b0:3d8:1234:5678 with SMTP id x",
        "by 10.25.26.72 with SMTP id x",
        "FROM mx.client.example (mx.client.example. [1.2.3.4])\n\tBY MX.Google.com WITH ESMTPS id x",
    ],
)
def test_googles_own_hops_are_known_by_their_by_clause(hop: str) -> None:
    assert said(f"\nReceived: {hop}; Mon, 16 Nov 2026 09:12:00 +0100\n", GOOGLES, ids=frozenset({"mx.google.com"})) is (
        Authentication.PASS
    )


def test_microsoft_names_no_id_at_all() -> None:
    hop = "\nReceived: from a.outbound.protection.outlook.com by b.prod.outlook.com with HTTPS; Mon, 16 Nov 2026 09:12:00 +0100\n"
    line = "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=client.example; dkim=pass header.d=client.example; dmarc=pass action=none header.from=client.example;compauth=pass reason=100"

    assert said(hop, line, ids=frozenset({"protection.outlook.com"})) is Authentication.PASS


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (
            "mx.desk.example; dkim=fail header.d=client.example; spf=fail smtp.mailfrom=x@client.example",
            Authentication.FAIL,
        ),
        ("mx.desk.example; spf=fail smtp.mailfrom=x@client.example", Authentication.NONE),
        ("mx.desk.example; dmarc=bestguesspass header.from=client.example", Authentication.NONE),
        (
            "mx.desk.example; dmarc=fail header.from=other.example; spf=pass smtp.mailfrom=client.example",
            Authentication.PASS,
        ),
        ("mx.desk.example; dmarc=pass\\ (((", Authentication.NONE),
        ("mx.desk.example; dmarc=pass header.from=client.example (never closed", Authentication.PASS),
        ("; dmarc=pass", Authentication.NONE),
    ],
)
def test_what_each_statement_is_worth(line: str, verdict: Authentication) -> None:
    assert said(line) is verdict
