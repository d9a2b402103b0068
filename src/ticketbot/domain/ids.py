"""Message-IDs of our own letters: stable for a key, and recognisable as ours without a look-up.

`<tb.NAME.MARK@domain>`: NAME is 20 base32 characters of the HMAC of the letter's key, MARK 10 more of the HMAC of NAME.
Whoever knows no key of ours can neither make nor change one.
"""

import base64
import hmac
import re
from typing import Final

from ticketbot.domain.tokens import Keyring

_OURS: Final = re.compile(r"tb\.([a-z2-7]{20})\.([a-z2-7]{10})", re.IGNORECASE)
_MARK_LENGTH: Final = 10


def message_id_for(keys: Keyring, key: str, domain: str) -> str:
    """Return the Message-ID, without brackets, of the letter that has this key: always the same one."""
    name = keys.digest("message-id", key)
    return f"tb.{name}.{_mark(keys, name, key_id=min(keys.keys))}@{domain}"


def is_ours(keys: Keyring, message_id: str) -> bool:
    """Return whether a Message-ID was made with one of our keys, whatever a relay did to its case or domain."""
    found = _OURS.fullmatch(message_id.strip("<> \t").rpartition("@")[0])
    if found is None:
        return False
    name, mark = found[1].lower(), found[2].lower()
    return any(hmac.compare_digest(mark, _mark(keys, name, key_id=key_id)) for key_id in keys.keys)


def _mark(keys: Keyring, name: str, *, key_id: int) -> str:
    raw = keys.sign(f"message-id-mark:{name}".encode(), key_id=key_id)
    return base64.b32encode(raw[:7]).decode().lower()[:_MARK_LENGTH]
