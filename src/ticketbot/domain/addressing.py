"""Signed addresses, anchors and markers: the three places where our tokens travel in mail (contracts.md §8).

support+r.TOKEN@desk.example   reply+TOKEN@desk.example       answers the client
support+n.TOKEN@desk.example   note+TOKEN@desk.example        leaves a note (challenges, triage and reports use it too)
support+c5.TOKEN@desk.example  csat+5.TOKEN@desk.example      rates
support+s.TOKEN@desk.example   signoff+TOKEN@desk.example     signs off
<t.TOKEN@desk.example>                                        anchor: in References of every letter of a ticket
t.TOKEN                                                       marker: in the body of every letter of a ticket
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.tokens import Audience, Keyring, Token, read_token

#: RFC 5321, 4.5.3.1.1: what stands before the @ may have 64 octets; relays cut what is longer.
LONGEST_LOCAL_PART = 64
LONGEST_MARKED_TEXT = 1_000_000
_MARKERS_READ = 8


class Purpose(StrEnum):
    """What an address is for: the letter that stands before its token."""

    REPLY = "r"
    NOTE = "n"
    RATE = "c"
    SIGN_OFF = "s"


#: Which tokens an address of each purpose may carry. The token says what may be done; a mismatch was made by hand.
AUDIENCES: dict[Purpose, frozenset[Audience]] = {
    Purpose.REPLY: frozenset({Audience.CLIENT_REPLY, Audience.STAFF_REPLY}),
    Purpose.NOTE: frozenset({Audience.STAFF_NOTE, Audience.TRIAGE, Audience.CHALLENGE, Audience.REPORT}),
    Purpose.RATE: frozenset({Audience.RATING}),
    Purpose.SIGN_OFF: frozenset({Audience.SIGN_OFF}),
}

#: The tokens that are one person's own, and whose replies never go to a client unless they say so.
STAFF_AUDIENCES = frozenset(
    {Audience.STAFF_REPLY, Audience.STAFF_NOTE, Audience.TRIAGE, Audience.CHALLENGE, Audience.REPORT}
)

#: The tokens whose number is a ticket's, so that a mail to them belongs to that ticket.
TICKET_AUDIENCES = frozenset(
    {Audience.CLIENT_REPLY, Audience.STAFF_REPLY, Audience.STAFF_NOTE, Audience.RATING, Audience.ANCHOR}
)

_TOKEN = r"(?P<token>[a-z2-7]{32})"  # noqa: S105 - a pattern
_PLUS = re.compile(rf"(?:[^+]+\+)+(?:(?P<purpose>[rns])|c(?P<score>[1-5]))\.{_TOKEN}", re.IGNORECASE)
_ALIAS = re.compile(rf"(?P<alias>reply|note|signoff|csat)\+(?:(?P<score>[1-5])\.)?{_TOKEN}", re.IGNORECASE)
_ALIASES = {"reply": Purpose.REPLY, "note": Purpose.NOTE, "signoff": Purpose.SIGN_OFF, "csat": Purpose.RATE}
_MARKER = re.compile(rf"(?<![a-z0-9])t\.{_TOKEN}(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAddress:
    """An address of ours with a valid token. `score` is the rating that it gives, where it rates."""

    purpose: Purpose
    token: Token
    score: int | None = None


def signed_address(mailbox: str, token: str, *, purpose: Purpose, score: int | None = None) -> str:
    """Return `mailbox` with a token in it; raises ConfigurationError where the result would be cut on its way."""
    local, _, domain = mailbox.rpartition("@")
    signed = f"{local}+{purpose}{score or ''}.{token}"
    if len(signed.encode()) > LONGEST_LOCAL_PART:
        raise ConfigurationError(f"{mailbox} is too long to carry signed replies; give the desk a shorter address")
    return f"{signed}@{domain}"


def without_extension(address: str) -> str:
    """Return an address without what stands behind a plus before the @: a signed address's mailbox."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def anchor_id(token: str, *, domain: str) -> str:
    """Return the Message-ID, without brackets, that ties every letter of a ticket together."""
    return f"t.{token}@{domain}"


def marker(token: str) -> str:
    """Return the text that ties a quoted body to its ticket."""
    return f"t.{token}"


def read_address(address: str, *, keys: Keyring, now: datetime) -> SignedAddress | None:
    """Return what a signed address says, in any case, or None when it is not ours, was changed or has ended."""
    local = address.rpartition("@")[0]
    if len(local) > LONGEST_LOCAL_PART:
        return None
    if found := _ALIAS.fullmatch(local):
        purpose = _ALIASES[found["alias"].lower()]
    elif found := _PLUS.fullmatch(local):
        purpose = Purpose(found["purpose"].lower()) if found["purpose"] else Purpose.RATE
    else:
        return None
    if (purpose is Purpose.RATE) != (found["score"] is not None):
        return None
    token = read_token(keys, found["token"], now=now)
    if token is None or token.audience not in AUDIENCES[purpose]:
        return None
    return SignedAddress(purpose=purpose, token=token, score=int(found["score"]) if found["score"] else None)


def read_anchor(message_id: str, *, keys: Keyring, now: datetime) -> Token | None:
    """Return the token of an anchor, or None when this Message-ID is not one of ours."""
    found = _MARKER.fullmatch(message_id.partition("@")[0])
    return _of_a_ticket(found["token"], keys=keys, now=now) if found else None


def read_markers(text: str, *, keys: Keyring, now: datetime) -> tuple[Token, ...]:
    """Return the tokens of the first markers in a body, in order, each ticket once."""
    return tuple({token.number: token for token in _markers(text, keys=keys, now=now)}.values())


def _markers(text: str, *, keys: Keyring, now: datetime) -> Iterator[Token]:
    """Yield the valid tokens among the first markers of a body."""
    for count, found in enumerate(_MARKER.finditer(text, 0, LONGEST_MARKED_TEXT)):
        if count == _MARKERS_READ:
            return
        if token := _of_a_ticket(found["token"], keys=keys, now=now):
            yield token


def _of_a_ticket(text: str, *, keys: Keyring, now: datetime) -> Token | None:
    """Return an anchor's token; internal letters carry one of the note's audience, so that replies stay internal."""
    token = read_token(keys, text, now=now)
    return token if token is not None and token.audience in {Audience.ANCHOR, Audience.STAFF_NOTE} else None
