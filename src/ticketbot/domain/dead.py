"""Whether a server's refusal means that nobody lives at an address: only then is it left alone (behaviour 61)."""

import re

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
#: The class and subject of an enhanced status code (RFC 3463) that mean: no such mailbox, no such domain, switched off.
_GONE = re.compile(r"5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.4)")
#: A full mailbox, a policy, a large mail or a busy server say nothing of the address.
_SAYS_NOTHING = re.compile(r"[24]\.\d+\.\d+|5\.(?:[36-9]\.\d+|2\.[2-9]|4\.[^4]|5\.\d+|1\.[4789])")
_WORDS = re.compile(
    r"(?:user|recipient|mailbox|address|account|alias)\S*\s+(?:\S+\s+){0,3}?(?:unknown|not found"
    r"|not exist|does not exist|doesn't exist|is invalid|disabled|inactive|unavailable|rejected: user unknown)"
    r"|(?:unknown|no such|invalid|nonexistent)\s+(?:local\s+)?(?:user|recipient|mailbox|address|account|person)"
    r"|(?:host|domain)\s+(?:\S+\s+){0,2}?not found|no such domain",
    re.IGNORECASE,
)
_LONGEST = 1_000


def is_dead(*, status: str = "", words: str = "") -> bool:
    """Return whether a refusal for good says that an address does not exist; delays, full mailboxes and policies don't.

    *status* is the enhanced status code where the report has one; *words* are the server's own.
    """
    told = words[:_LONGEST]
    code = status.strip()
    if not _STATUS.fullmatch(code):
        found = _STATUS.search(told)
        code = found[0] if found else ""
    if _GONE.fullmatch(code):
        return True
    if _SAYS_NOTHING.fullmatch(code):
        return False
    return _WORDS.search(told) is not None
