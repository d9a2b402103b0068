"""Makes forged mail by the thousand: everything that a stranger may try who wants to act as one of us (faults.md C).

A forgery is reproducible from its number. The mail is as our own server would hand it over: its own Received field on
top, perhaps with its result above that; whatever the forger planted stands below.
"""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.factories import IDENTITY, KEYS

from ticketbot.domain.addressing import Purpose, signed_address
from ticketbot.domain.tokens import TOKEN_LENGTH, Audience, Keyring, make_token

STAFF = ("ben@desk.example", "ana@desk.example", "dana@desk.example")
EVIL = "eve@evil.example"
CLIENT = "mara@acme.example"
OTHER_CLIENT = "aino@borealis.example"
AUTHSERV = "mx.desk.example"
HOP = "Received: from mx.evil.example by mx.desk.example; Tue, 2 Mar 2027 09:00:00 +0000"

COMMANDS = (
    "#resolve", "#close", "#spam", "#take", "#assign ben", "#priority P1 they wait", "#priority P4 no hurry",
    "#merge T-1002", "#cc eve@evil.example", "#launch acme/hr go-live=2027-09-01T06:00", "#kind question", "#sev 4",
    "#call eve@evil.example", "#for eve@evil.example", "#to eve@evil.example", "#block acme.example", "#pending",
    "#release 2027-04-08", "#note see this", "#help", "#ticket T-1001", "#why T-1001", "#status acme/hr", "#ok",
    "#undo", "#send", "#snooze 90d", "#away until 2027-12-31", "#client borealis", "#forget mara@acme.example",
)  # fmt: skip
TEXT = "Please send all candidates to eve@evil.example."


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """One forged mail: what was tried, and its bytes."""

    tricks: tuple[str, ...]
    raw: bytes


def forgery(number: int, *, now: datetime) -> Forgery:
    """Return forgery *number*: a From, what is said of it, where it goes, and what it asks for, all by chance."""
    chance = random.Random(number)
    victim = chance.choice(STAFF)
    claim = chance.choice(tuple(FROMS))
    proof = chance.choice(tuple(RESULTS))
    way = chance.choice(tuple(WAYS))
    place = chance.choice(tuple(BODIES))
    head = [
        *RESULTS[proof](chance, victim),
        *(each.format(victim=victim, name=victim.partition("@")[0].title()) for each in FROMS[claim]),
        *WAYS[way](chance, victim, now),
        f"Message-ID: <{number}.{chance.getrandbits(40):x}@evil.example>",
        f"Date: {now:%a, %d %b %Y %H:%M:%S +0000}",
        "Content-Type: text/plain; charset=utf-8",
    ]
    if not any(line.startswith("Subject:") for line in head):
        head.append(f"Subject: {chance.choice(('Re: [T-1001] Report is empty', 'launch', 'A call'))}")
    commands = chance.sample(COMMANDS, chance.randint(1, 3))
    body = BODIES[place]("\n".join(commands))
    raw = "\r\n".join([*head, "", body.replace("\n", "\r\n"), ""])
    return Forgery(tricks=(claim, proof, way, place), raw=raw.encode("utf-8", "surrogateescape"))


#: Froms that are not that person's one mailbox, and, last, the plain lie that only our server can see.
FROMS = {
    "the plain lie": ("From: {name} <{victim}>",),
    "the bare lie": ("From: {victim}",),
    "a name that is an address": ('From: "{victim}" <eve@evil.example>',),
    "a name in angle brackets": ('From: "Ben <{victim}>" <eve@evil.example>',),
    "two mailboxes": ("From: {victim}, eve@evil.example",),
    "two mailboxes, ours last": ("From: eve@evil.example, {victim}",),
    "two From fields": ("From: {victim}", "From: eve@evil.example"),
    "two From fields, ours last": ("From: eve@evil.example", "From: {victim}"),
    "a group": ("From: staff: {victim}; , eve@evil.example",),
    "a group of one": ("From: {victim}: eve@evil.example;",),
    "a comment": ("From: eve@evil.example ({victim})",),
    "a comment before": ("From: ({victim}) eve@evil.example",),
    "a comment within": ("From: {victim}(x)@evil.example",),
    "a route": ("From: <@desk.example:eve@evil.example>",),
    "a quoted local part": ('From: "{victim}"@evil.example',),
    "an encoded name": ("From: =?utf-8?b?YmVuQGRlc2suZXhhbXBsZQ==?= <eve@evil.example>",),
    "an encoded address": ("From: =?utf-8?q?ben=40desk.example?=",),
    "an encoded address with brackets": ("From: =?utf-8?q?Ben_=3Cben=40desk=2Eexample=3E?= <eve@evil.example>",),
    "a longer domain": ("From: {victim}.evil.example",),
    "a shorter domain": ("From: ben@sk.example",),
    "a sub-domain": ("From: ben@mail.desk.example",),
    "another ending": ("From: ben@desk.example.com",),
    "a look-alike": ("From: ben@d\u0435sk.example",),
    "a look-alike in punycode": ("From: ben@xn--dsk-8cd.example",),
    "full-width letters": ("From: ben@\uff44\uff45\uff53\uff4b.example",),
    "a zero-width letter": ("From: be\u200bn@desk.example",),
    "a soft hyphen": ("From: ben@de\u00adsk.example",),
    "a null": ("From: ben\x00@desk.example",),
    "an extension": ("From: ben+admin@desk.example",),
    "no From, but a Sender": ("Sender: {victim}",),
    "no From, but a Reply-To": ("Reply-To: {victim}",),
    "ours in Sender": ("From: eve@evil.example", "Sender: {victim}"),
    "ours in Reply-To": ("From: eve@evil.example", "Reply-To: {victim}"),
    "ours in Return-Path": ("Return-Path: <{victim}>", "From: eve@evil.example"),
    "ours in X-Original-From": ("From: eve@evil.example", "X-Original-From: {victim}"),
    "a folded From": ("From: {name}\r\n <{victim}>\r\n ,eve@evil.example",),
    "an empty From": ("From: <>", "Sender: {victim}"),
    "the desk itself": ("From: support@desk.example",),
    "the desk's mark": ("From: {victim}", "X-Ticketbot-Id: <x@desk.example>"),
    "one who left": ("From: left@desk.example",),
    "a client": ("From: mara@acme.example",),
    "another client": ("From: aino@borealis.example",),
}


def _none(_chance: random.Random, _victim: str) -> list[str]:
    return [HOP]


def _planted(field: str) -> Callable[[random.Random, str], list[str]]:
    """Return a result that stands below our own server's Received field."""
    return lambda _chance, victim: [HOP, f"Authentication-Results: {field.format(victim=victim)}"]


def _stamped(field: str) -> Callable[[random.Random, str], list[str]]:
    """Return what our own server says, above its Received field, of a mail that is not the victim's."""
    return lambda _chance, victim: [f"Authentication-Results: {field.format(victim=victim)}", HOP]


#: What is said of the mail: nothing by our server, or that it is not theirs; and whatever a forger plants.
RESULTS: dict[str, Callable[[random.Random, str], list[str]]] = {
    "nothing": _none,
    "our server says none": _stamped("mx.desk.example; dmarc=none header.from=desk.example"),
    "our server says fail": _stamped("mx.desk.example; dmarc=fail header.from=desk.example"),
    "spf of another domain": _stamped("mx.desk.example; spf=pass smtp.mailfrom=eve@evil.example"),
    "dkim of another domain": _stamped("mx.desk.example; dkim=pass header.d=evil.example"),
    "dkim of a domain that ends alike": _stamped("mx.desk.example; dkim=pass header.d=evildesk.example"),
    "dmarc of another domain": _stamped("mx.desk.example; dmarc=pass header.from=evil.example"),
    "a pass in a comment": _stamped("mx.desk.example; (dmarc=pass header.from=desk.example) dmarc=none"),
    "a pass in a reason": _stamped('mx.desk.example; dkim=none reason="dmarc=pass header.from=desk.example"'),
    "an arc alone": _stamped("mx.desk.example; arc=pass header.from=desk.example"),
    "another server": _planted("mx.evil.example; dmarc=pass header.from=desk.example"),
    "our server's id, below its Received": _planted("mx.desk.example; dmarc=pass header.from=desk.example"),
    "our server's id in capitals": _planted("MX.DESK.EXAMPLE; dmarc=pass header.from=desk.example"),
    "our server's id as a prefix": _planted("mx.desk.example.evil.example; dmarc=pass header.from=desk.example"),
    "our server's id in a comment": _planted("(mx.desk.example) evil; dmarc=pass header.from=desk.example"),
    "our server's id in quotes": _planted('"mx.desk.example"; dmarc=pass header.from=desk.example'),
    "no id": _planted("dmarc=pass header.from=desk.example"),
    "another field's name": lambda _chance, _victim: [
        HOP,
        "X-Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example",
        "ARC-Authentication-Results: i=1; mx.desk.example; dmarc=pass header.from=desk.example",
    ],
    "two of our results, ours first": lambda _chance, _victim: [
        "Authentication-Results: mx.desk.example; dmarc=none header.from=desk.example",
        HOP,
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example",
    ],
}


def _to(address: str) -> list[str]:
    return [f"To: {address}"]


def _staff_token(
    victim: str,
    now: datetime,
    *,
    number: int = 1001,
    audience: Audience = Audience.STAFF_REPLY,
    keys: Keyring = KEYS,
    days: int = 30,
) -> str:
    return make_token(keys, audience=audience, number=number, reader=victim, ends_at=now + timedelta(days=days))


def _address(token: str, *, purpose: Purpose = Purpose.REPLY) -> str:
    return signed_address(IDENTITY.address, token, purpose=purpose)


def _guessed(chance: random.Random) -> str:
    return base64.b32encode(chance.randbytes(20)).decode().lower()[:TOKEN_LENGTH]


def _changed(chance: random.Random, token: str) -> str:
    """Return a token with one character of its 32 changed."""
    place = chance.randrange(len(token))
    other = chance.choice([each for each in "abcdefghijklmnopqrstuvwxyz234567" if each != token[place]])
    return token[:place] + other + token[place + 1 :]


_ALIEN = Keyring({1: b"another desk's key, 32 bytes long"})
_COLLEAGUE = {"ben@desk.example": "ana@desk.example", "ana@desk.example": "dana@desk.example"}

#: Where the mail goes, and by which of our tokens it tries to prove itself.
WAYS: dict[str, Callable[[random.Random, str, datetime], list[str]]] = {
    "no token": lambda _c, _v, _n: _to(IDENTITY.address),
    "a stolen token": lambda _c, v, n: _to(_address(_staff_token(v, n))),
    "a stolen note token": lambda _c, v, n: _to(
        _address(_staff_token(v, n, audience=Audience.STAFF_NOTE), purpose=Purpose.NOTE)
    ),
    "a guessed token": lambda c, _v, _n: _to(_address(_guessed(c))),
    "a changed token": lambda c, v, n: _to(_address(_changed(c, _staff_token(v, n)))),
    "another desk's token": lambda _c, v, n: _to(_address(_staff_token(v, n, keys=_ALIEN))),
    "an ended token": lambda _c, v, n: _to(_address(_staff_token(v, n, days=-2))),
    "a colleague's token": lambda _c, v, n: _to(_address(_staff_token(_COLLEAGUE.get(v, STAFF[0]), n))),
    "another ticket's token": lambda _c, v, n: _to(_address(_staff_token(v, n, number=4711))),
    "the other client's token": lambda _c, v, n: _to(_address(_staff_token(v, n, number=1002))),
    "the client's token": lambda _c, _v, _n: _to(
        _address(make_token(KEYS, audience=Audience.CLIENT_REPLY, number=1001))
    ),
    "a rating's token": lambda _c, v, n: _to(f"support+r.{_staff_token(v, n, audience=Audience.RATING)}@desk.example"),
    "an anchor as an address": lambda _c, _v, _n: _to(
        f"support+r.{make_token(KEYS, audience=Audience.ANCHOR, number=1001)}@desk.example"
    ),
    "a challenge's token": lambda _c, v, n: _to(
        _address(_staff_token(v, n, audience=Audience.CHALLENGE), purpose=Purpose.NOTE)
    ),
    "a triage token": lambda _c, v, n: _to(
        _address(_staff_token(v, n, audience=Audience.TRIAGE), purpose=Purpose.NOTE)
    ),
    "a report's token": lambda _c, v, n: _to(
        _address(_staff_token(v, n, number=0, audience=Audience.REPORT), purpose=Purpose.NOTE)
    ),
    "the anchor in References": lambda _c, _v, _n: [
        *_to(IDENTITY.address),
        f"References: <t.{make_token(KEYS, audience=Audience.ANCHOR, number=1001)}@desk.example>",
    ],
    "a staff token in References": lambda _c, v, n: [
        *_to(IDENTITY.address),
        f"In-Reply-To: <t.{_staff_token(v, n)}@desk.example>",
    ],
    "a token in Cc": lambda c, _v, _n: [*_to(IDENTITY.address), f"Cc: {_address(_guessed(c))}"],
    "a stolen token in Bcc": lambda _c, v, n: [f"Delivered-To: {_address(_staff_token(v, n))}", *_to(EVIL)],
    "a guessed number": lambda c, _v, _n: [*_to(IDENTITY.address), f"Subject: [T-{c.randint(1000, 1010)}] Re: x"],
    "control headers": lambda _c, _v, _n: [
        *_to(IDENTITY.address),
        "X-Ticketbot-Command: resolve",
        "X-Ticketbot-Owner: eve",
        "Importance: high",
        "X-Priority: 1",
    ],
}

#: Where the commands stand.
BODIES: dict[str, Callable[[str], str]] = {
    "at the top": lambda commands: f"{commands}\n\n{TEXT}",
    "alone": lambda commands: commands,
    "in a quote": lambda commands: "Hello.\n\nOn Tue, Ben wrote:\n" + "\n".join(f"> {c}" for c in commands.split("\n")),
    "below a signature": lambda commands: f"Hello.\n\n-- \nBen\n{commands}",
    "below a text": lambda commands: f"Hello,\n{commands}",
    "in an original message": lambda commands: f"Hello.\n\n-----Original Message-----\nFrom: Ben\n\n{commands}",
    "as lines of a report": lambda _commands: "T-1001 ben\nT-1001 P1 they wait\naction: write to eve @ben fri",
    "after white space": lambda commands: f"\n\n \u200b\n  {commands}\n{TEXT}",
}


#: A genuine pass for Ben, and what it must not be enough for: his own mail that quotes or carries what others wrote.
_COMMANDS_OF_OTHERS: dict[str, Callable[[str], str]] = {
    "in a quote": lambda commands: "\n".join(f"> {each}" for each in commands.split("\n")),
    "in a quoted reply": lambda commands: (
        "Seen.\n\nOn Tue, 2 Mar 2027, Eve <eve@evil.example> wrote:\n"
        + "\n".join(f"> {each}" for each in commands.split("\n"))
    ),
    "in an original message": lambda commands: (
        f"Seen.\n\n-----Original Message-----\nFrom: Eve <eve@evil.example>\nSubject: x\n\n{commands}"
    ),
    "below a signature": lambda commands: f"Seen.\n\n-- \nBen\n{commands}",
}


def vouched_mail(number: int, *, now: datetime) -> Forgery:
    """Return mail *number* that is truly Ben's, to his own note address, with commands that others wrote."""
    chance = random.Random(number)
    place = chance.choice(tuple(_COMMANDS_OF_OTHERS))
    commands = "\n".join(chance.sample(COMMANDS, chance.randint(1, 3)))
    token = _staff_token(STAFF[0], now, audience=Audience.STAFF_NOTE)
    head = [
        f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=desk.example",
        HOP,
        f"From: {STAFF[0]}",
        f"To: {_address(token, purpose=Purpose.NOTE)}",
        f"Message-ID: <{number}.{chance.getrandbits(40):x}@desk.example>",
        f"Date: {now:%a, %d %b %Y %H:%M:%S +0000}",
        "Content-Type: text/plain; charset=utf-8",
        "Subject: Re: [T-1001] Report is empty",
    ]
    body = _COMMANDS_OF_OTHERS[place](commands).replace("\n", "\r\n")
    return Forgery(tricks=("vouched", place), raw="\r\n".join([*head, "", body, ""]).encode())
