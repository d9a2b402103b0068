"""Reports with a form: delivery status (RFC 3464), disposition (RFC 8098), complaints (RFC 5965), read from parts."""

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from ticketbot.domain.messages import FailedRecipient, Report, fold
from ticketbot.inbound import headers, structured
from ticketbot.inbound.headers import Headers
from ticketbot.inbound.phrases import (
    DELAY_WORDS,
    DELIVERED_WORDS,
    FAILURE_WORDS,
    GREETING,
    MISSED_WORDS,
    OF_A_SERVER,
    ORIGINAL_BEHIND_RULER,
    ORIGINAL_BEHIND_STARS,
    ORIGINAL_FOLLOWS,
    ORIGINAL_WORDS,
)
from ticketbot.inbound.walk import Part

#: How much of a report's text is looked at.
MAX_TEXT: Final = 64 * 1024
#: Letters beyond ASCII of scripts that set blanks between words; of others one cannot say where an address begins.
_LETTERS: Final = "\u00c0-\u024f\u0300-\u052f\u1e00-\u1fff"
ADDRESS: Final = re.compile(
    rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~{_LETTERS}-]{{1,120}}@[A-Za-z0-9{_LETTERS}-]{{1,63}}(?:\.[A-Za-z0-9{_LETTERS}-]{{1,63}}){{0,8}}"
)
STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
SMTP_CODE_5: Final = re.compile(r"(?<![\d.])5[0-5]\d[ -]|\b5\.\d\.\d{1,3}\b")


def outer(root: Part) -> Iterable[Part]:
    """Yield the parts of this mail, not those of the mails inside it."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        if not part.content_type.startswith("message/") or part is root:
            waiting.extend(reversed(part.children))


def _groups(part: Part) -> list[Headers]:
    """Return the groups of fields in a report part: the mail's first, then one for each recipient."""
    data = part.content().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return [headers.split(block + b"\n\n")[0] for block in re.split(rb"\n[ \t]*\n", data[:MAX_TEXT]) if block.strip()]


def _typed(value: str) -> str:
    r"""Return the address of "rfc822; ann@example.com", without brackets; "" where it cannot be read for certain.

    Addresses of other scripts (RFC 6533) stand as they are, or in the escapes of "utf-8; j\x{FC}rgen@example.com".
    """
    kind, _, address = value.partition(";") if ";" in value else ("", "", value)
    if kind.strip().lower() == "utf-8":
        address = _ESCAPED.sub(_character, address)
    if not address.isascii():
        found = _ANY_ADDRESS.fullmatch(address.strip(" <>'"))
        return found[0] if found else ""
    found = ADDRESS.search(address)
    return found[0].strip("'") if found else address.strip(" <>")


_ESCAPED: Final = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
#: An address in any script; nothing that was lost in decoding.
_ANY_ADDRESS: Final = re.compile(
    r"[^\s<>()\[\],;:\"@\\\ufffd\x00-\x1f\x7f-\x9f]{1,120}@[^\s<>()\[\],;:\"@\\\ufffd\x00-\x1f\x7f-\x9f]{1,255}"
)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def is_whole(address: str, text: str) -> bool:
    """Return whether an address is no mere piece of a longer one in *text* that has letters beyond ASCII."""
    if not address.isascii():
        return True
    at = text.find(address)
    if at < 0:
        return True
    around = text[at - 1 : at] + text[at + len(address) : at + len(address) + 1]
    return not _LETTER_BEYOND_ASCII.search(around)


_LETTER_BEYOND_ASCII: Final = re.compile(f"[{_LETTERS}]")


def delivery(root: Part, statuses: Sequence[Part], *, text: str) -> Report | None:
    """Return what delivery statuses say, or None where they say nothing. Recipients may be missing."""
    told = [item for part in statuses for group in _groups(part) if (item := _about(group))]
    if not told:
        return None
    found = [item for item in told if item.action not in _DELIVERED]
    if not found:
        return Report(action="delivered", original_ids=original_ids(root, text))
    named = once(item for item in found if "@" in item.address)
    action = "delayed" if named and all(item.action == "delayed" for item in named) else "failed"
    return Report(recipients=named, original_ids=original_ids(root, text), action=action)


_DELIVERED: Final = frozenset(("delivered", "relayed", "expanded"))


def _about(group: Headers) -> FailedRecipient | None:
    """Return what one group of fields says of its recipient, or None where it is about none."""
    action = group.text("action").lower().split(" ")[0].strip(";,.")
    if not (group.has("final-recipient") or group.has("original-recipient") or action):
        return None
    status = STATUS.search(group.text("status"))
    code = status[1] if status else ""
    action = action or {"2": "delivered", "4": "delayed"}.get(code[:1], "failed")
    if action not in _DELIVERED:
        action = "delayed" if action.startswith("delay") else "failed"
    address = _recipient(group)
    diagnostic = group.text("diagnostic-code")[:500]
    return FailedRecipient(address=address, action=action, status=code, diagnostic=diagnostic)


def _recipient(group: Headers) -> str:
    """Return the address of one group: as we wrote it where the server tells that (it may have been forwarded)."""
    told = [_typed(group.text(name)) for name in ("original-recipient", "final-recipient", "x-actual-recipient")]
    public = (item for item in told if "." in item.partition("@")[2])
    return next(public, next((item for item in told if "@" in item), ""))


def feedback(root: Part, parts: Sequence[Part]) -> Report:
    """Return a complaint (RFC 5965), with or without its form."""
    addresses = [
        _typed(value)
        for part in parts
        for group in _groups(part)
        for value in (*group.texts("original-rcpt-to"), *group.texts("removal-recipient"))
    ]
    return Report(
        recipients=once(FailedRecipient(address=item, action="failed") for item in addresses if "@" in item),
        original_ids=original_ids(root, ""),
        is_feedback=True,
        action="complaint",
    )


def is_opaque_complaint(root: Part, text: str) -> bool:
    """Return whether this is a complaint without the form: Microsoft's junk reports and their like."""
    sender = root.headers.text("from").lower()
    subject = root.headers.text("subject").lower()
    return bool(
        ("staff@hotmail.com" in sender and "complaint" in subject)
        or (
            re.search(r"\b(?:fbl|feedback-?loop|scomp|abuse-report)\b", sender)
            and re.search(r"complaint|abuse|feedback|junk|spam", subject)
        )
        or ("this is an email abuse report" in text[:2000].lower())
    )


def receipt(parts: Sequence[Part], *, text: str) -> Report:
    """Return a read receipt (RFC 8098) and the letters that it is about.

    Some delivery agents refuse a mail in this form: thrown away unread, and the words say that it was rejected.
    """
    groups = [group for part in parts for group in _groups(part)]
    ids = dict.fromkeys(item for group in groups for item in structured.identifiers(group.raw("original-message-id")))
    if any(_THROWN_AWAY.search(group.text("disposition")) for group in groups) and _REJECTED.search(text[:2000]):
        failed = (
            FailedRecipient(address=address, action="failed") for group in groups if (address := _recipient(group))
        )
        return Report(recipients=once(failed), original_ids=tuple(ids))
    return Report(original_ids=tuple(ids), action="receipt")


_THROWN_AWAY: Final = re.compile(r"automatic-action\W.{0,200}\b(?:deleted|failed|denied|error)\b", re.IGNORECASE)
_REJECTED: Final = re.compile(r"\b(?:automatically )?(?:rejected|refused)\b|over quota|quota exceeded", re.IGNORECASE)


def original_ids(root: Part, text: str) -> tuple[str, ...]:
    """Return the Message-IDs of the mail that a report is about: from its copy, its headers, or the words around it."""
    ids: list[str] = []
    for part in outer(root):
        if part is root:
            continue
        if part.content_type in {"message/rfc822", "message/global", "message/news"} and part.children:
            ids += structured.identifiers(part.children[0].headers.raw("message-id"))
        elif part.content_type in {
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global-headers",
            "text/rfc822",
        }:
            ids += structured.identifiers(headers.split(part.content())[0].raw("message-id"))
        elif part.content_type == "message/delivery-status":
            ids += [i for group in _groups(part) for i in structured.identifiers(group.raw("x-original-message-id"))]
    ids += re.findall(r"^[> ]*message-id:\s*<([^<>\s]{3,300})>", text[:MAX_TEXT], re.IGNORECASE | re.MULTILINE)
    if not ids:
        ids += structured.identifiers(root.headers.raw("in-reply-to")) + structured.identifiers(
            root.headers.raw("references")
        )
    return tuple(dict.fromkeys(ids))[:20]


def original_begins(text: str) -> int | None:
    """Return where the copy of the mail that came back begins, as its program says it, or None: line by line."""
    folded = text.lower()
    if not any(word in folded for word in ORIGINAL_WORDS):
        return None
    position = 0
    for line in text.split("\n"):
        bare = line.lstrip(" >*-=")
        lead, told = line[: len(line) - len(bare)], bare[:80]
        if told and (ORIGINAL_FOLLOWS.match(told) or (lead and _says_original(lead, told))):
            return position
        position += len(line) + 1
    return None


def _says_original(lead: str, told: str) -> bool:
    """Return whether what stands right behind a ruler says that the original follows."""
    if "----" in lead and told[:5].lower() == "begin":
        return True
    if "--" in lead and told[:10].lower() == "the header":
        return True
    if "***" in lead and ORIGINAL_BEHIND_STARS.match(told):
        return True
    return ("---" in lead or "===" in lead) and ORIGINAL_BEHIND_RULER.search(told) is not None


def tells_only_of_delivery(text: str) -> bool:
    """Return whether a report tells, as somebody asked it to, that a mail arrived, and of nobody who was missed."""
    told = text[: original_begins(text[:MAX_TEXT])][:MAX_TEXT]
    if not DELIVERED_WORDS.search(told) or SMTP_CODE_5.search(text[:MAX_TEXT]):
        return False
    return not any(words.search(told) for words in (FAILURE_WORDS, DELAY_WORDS, MISSED_WORDS))


def is_persons_letter(address: str, text: str) -> bool:
    """Return whether somebody writes by hand from a mail server's role address: they greet, and not as programs do."""
    is_role = _ROLE.match(address) is not None
    return is_role and GREETING.match(text) is not None and not OF_A_SERVER.search(text[:MAX_TEXT])


_ROLE: Final = re.compile(r"post_?master|.{0,60}admin", re.IGNORECASE)


def once(found: Iterable[FailedRecipient]) -> tuple[FailedRecipient, ...]:
    """Return each recipient once, at most 200."""
    by_key: dict[str, FailedRecipient] = {}
    for item in found:
        by_key.setdefault(fold(item.address), item)
    return tuple(by_key.values())[:200]
