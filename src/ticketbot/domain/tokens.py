"""Signed tokens for addresses and Message-IDs: short, case-proof, and worth nothing without our key.

A token is 20 bytes in base32 (RFC 4648, lower case, 32 characters): a payload of 10 bytes and the first 10 bytes of
its HMAC-SHA256 under one of our keys. The payload holds the id of the key (1 byte), the audience (1 byte), the number
of the ticket or launch (4 bytes), the reader (2 bytes, a hash of their address; 0 where the token is nobody's own),
and the day on which it ends (2 bytes, counted from 2020-01-01; 65535 means never).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from ticketbot.domain.messages import fold

TOKEN_LENGTH = 32
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_NEVER = 0xFFFF
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")


class Audience(IntEnum):
    """What a token is good for. Client tokens name a ticket; staff tokens are one person's own."""

    CLIENT_REPLY = 1
    STAFF_REPLY = 2
    STAFF_NOTE = 3
    RATING = 4
    SIGN_OFF = 5
    ANCHOR = 6
    CHALLENGE = 7
    TRIAGE = 8
    REPORT = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a valid token says. `reader_mark` is compared with `mark_of(address)`."""

    audience: Audience
    number: int
    reader_mark: int
    ends_at: datetime | None

    def is_for(self, address: str) -> bool:
        """Return whether *address* is the reader that the token was made for."""
        return self.reader_mark == mark_of(address)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Our signing keys by id (1 … 255); the newest signs, all verify."""

    keys: Mapping[int, bytes]

    @property
    def current(self) -> int:
        """Return the id of the key that signs."""
        return max(self.keys)

    def sign(self, data: bytes, *, key_id: int | None = None) -> bytes:
        """Return the HMAC-SHA256 of *data* under the current key, or under the one named."""
        return hmac.new(self.keys[key_id if key_id is not None else self.current], data, hashlib.sha256).digest()

    def digest(self, purpose: str, value: str) -> str:
        """Return a name for *value*, e.g. for a Message-ID: 20 characters under the oldest key, which never changes."""
        raw = self.sign(f"{purpose}:{value}".encode(), key_id=min(self.keys))
        return base64.b32encode(raw[:13]).decode().lower()[:20]


def mark_of(address: str) -> int:
    """Return the two-byte mark of an address, never 0."""
    value = int.from_bytes(hashlib.sha256(fold(address).encode()).digest()[:2])
    return value or 1


def make_token(
    keys: Keyring, *, audience: Audience, number: int, reader: str | None = None, ends_at: datetime | None = None
) -> str:
    """Return a signed token of 32 lower-case base32 characters."""
    days = _NEVER if ends_at is None else max(0, min(_NEVER - 1, (ends_at - _EPOCH).days + 1))
    payload = (
        bytes([keys.current, audience])
        + number.to_bytes(4)
        + (mark_of(reader) if reader else 0).to_bytes(2)
        + days.to_bytes(2)
    )
    return base64.b32encode(payload + keys.sign(b"token" + payload)[:10]).decode().lower()


def read_token(keys: Keyring, text: str, *, now: datetime) -> Token | None:
    """Return what a token says, or None when it is not ours, was changed or has ended. Case does not matter."""
    text = text.lower()
    if len(text) != TOKEN_LENGTH or not _ALPHABET.issuperset(text):
        return None
    raw = base64.b32decode(text.upper())
    payload, mac = raw[:10], raw[10:]
    if payload[0] not in keys.keys or payload[1] not in Audience.__members__.values():
        return None
    if not hmac.compare_digest(mac, keys.sign(b"token" + payload, key_id=payload[0])[:10]):
        return None
    days = int.from_bytes(payload[8:10])
    ends_at = None if days == _NEVER else _EPOCH + timedelta(days=days)
    if ends_at is not None and now >= ends_at:
        return None
    return Token(
        audience=Audience(payload[1]),
        number=int.from_bytes(payload[2:6]),
        reader_mark=int.from_bytes(payload[6:8]),
        ends_at=ends_at,
    )
