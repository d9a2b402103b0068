"""What machines tell us: delivery reports, receipts and complaints, from the parts or, failing that, the words."""

import email
import itertools
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from flufl.bounce import all_failures

from ticketbot.domain.messages import FailedRecipient, Report, fold
from ticketbot.inbound import charsets
from ticketbot.inbound.phrases import (
    BOUNCE_SUBJECT,
    DELAY_WORDS,
    FAILURE_WORDS,
    GIVEN_UP,
    NO_MEMBER,
    STILL_TRYING,
)
from ticketbot.inbound.reports import (
    ADDRESS,
    MAX_TEXT,
    SMTP_CODE_5,
    STATUS,
    delivery,
    feedback,
    is_opaque_complaint,
    is_persons_letter,
    is_whole,
    once,
    original_begins,
    original_ids,
    outer,
    receipt,
    tells_only_of_delivery,
)
from ticketbot.inbound.walk import Part

#: flufl.bounce logs what its detectors stumble over, with a traceback; such failures are ours to judge, in `_flufl`.
logging.getLogger("flufl.bounce").disabled = True

_FLUFL_MAX: Final = 128 * 1024
_FLUFL_LINES: Final = 3000
_DAEMON: Final = re.compile(
    r"^(?:mailer-?daemon|mail-daemon|postmaster|mdaemon|mail\.daemon|bounce[-+.\w]*|mail-system|mailsystem|mailerdaemon"
    r"|smtp-?gateway|mmdf|microsoftexchange[0-9a-f]+|notification|delivery|mailadmin|uucp|root|nobody|mailgate|no-?reply"
    r"|complaints|abuse|staff|administrator|admin|system|exchange|antispam|spam|quarantine)(?:[@.+-]|$)",
    re.IGNORECASE,
)
_STRONG_DAEMON: Final = re.compile(
    r"^(?:mailer-?daemon|mail-daemon|post_?master|mdaemon|mail\.daemon|mailerdaemon|mmdf|microsoftexchange[0-9a-f]+)(?:[@.+-]|$)"
    r"|^(?:mail delivery|mailer[- ]?daemon|postmaster|delivery (?:sub)?system|mail administrator|system administrator)",
    re.IGNORECASE,
)
_SMTP_CODE: Final = re.compile(r"(?<![\d.])(5[0-5]\d|4[0-5]\d)(?:[ -]|$)")


def report_of(root: Part, *, text: str, raw: bytes) -> Report | None:
    """Return what a machine's mail reports, or None when it is no report."""
    by_type: dict[str, list[Part]] = {}
    for part in outer(root):
        by_type.setdefault(part.content_type, []).append(part)
    if parts := by_type.get("message/feedback-report"):
        return feedback(root, parts)
    if parts := [*by_type.get("message/disposition-notification", []), *by_type.get("message/mdn", [])]:
        return receipt(parts, text=text)
    statuses = [*by_type.get("message/delivery-status", []), *by_type.get("message/global-delivery-status", [])]
    if statuses and (found := delivery(root, statuses, text=text)):
        if found.recipients or found.action == "delivered":
            return found
        told = (FailedRecipient(address=item, action="failed") for item in _from_words(root, text))
        return replace(found, recipients=once(told))
    if is_opaque_complaint(root, text):
        return feedback(root, [])
    return _told_in_words(root, text=text, raw=raw)


def _told_in_words(root: Part, *, text: str, raw: bytes) -> Report | None:
    if refused := _refused_by_list(root, text):
        return refused
    likelihood = _likelihood(root, text)
    if likelihood <= 0:
        return None
    if tells_only_of_delivery(text):
        return Report(action="delivered", original_ids=original_ids(root, text))
    temporary, permanent = (
        [item for item in found if is_whole(item, text)] for found in _flufl(_opened(root, raw, text=text))
    )
    temporary, permanent = _believable(root, temporary), _believable(root, permanent)
    if likelihood == 1 and not permanent and not temporary and not _names_somebody(root, text):
        return None
    written = _written_fields(text)
    if written and ((not permanent and not temporary) or written.keys() & {*permanent, *temporary}):
        permanent += [item for item, action in written.items() if action == "failed" and item not in permanent]
        temporary += [item for item, action in written.items() if action == "delayed" and item not in temporary]
    if not permanent and not temporary:
        told = _from_words(root, text)
        if DELAY_WORDS.search(text[:4000]) and not SMTP_CODE_5.search(text[:MAX_TEXT]):
            temporary = told
        else:
            permanent = told
    if permanent and _is_only_a_warning(root, text):
        temporary, permanent = [*temporary, *permanent], []
    found = [
        *(FailedRecipient(address=item, action="failed", **_reason(text, item)) for item in permanent),
        *(
            FailedRecipient(address=item, action="delayed", **_reason(text, item))
            for item in temporary
            if item not in permanent
        ),
    ]
    delayed = bool(temporary) and not permanent
    return Report(
        recipients=once(found), original_ids=original_ids(root, text), action="delayed" if delayed else "failed"
    )


def _refused_by_list(root: Part, text: str) -> Report | None:
    """Return the report of a list's program that what we wrote did not reach its members."""
    found = root.headers
    is_program = any(found.has(name) for name in ("x-mlserver", "mailing-list", "list-id", "x-list-administrivia"))
    if not is_program or not NO_MEMBER.search(found.text("subject")) or not NO_MEMBER.search(text[:2000]):
        return None
    own = _own_addresses(root)
    named = next((item for item in _ANGLED.findall(text[:2000]) if _is_foreign(item, own)), "")
    failed = [FailedRecipient(address=named, action="failed", **_reason(text, named))] if named else []
    return Report(recipients=once(failed), original_ids=original_ids(root, text))


def _written_fields(text: str) -> dict[str, str]:
    """Return address and action of a delivery status that stands in the text itself, its part being torn."""
    found: dict[str, str] = {}
    latest = ""
    for match in _STATUS_FIELD.finditer(text[:MAX_TEXT]):
        address, action = match[1], match[2]
        if address:
            latest = address
            found.setdefault(address, "failed")
        elif latest and action.lower().startswith(("delay", "deliver", "relay", "expand")):
            found[latest] = "delayed" if action.lower().startswith("delay") else "delivered"
    return {address: action for address, action in found.items() if action != "delivered"}


_STATUS_FIELD: Final = re.compile(
    r"^[ >]{0,4}(?:final-recipient:\s{0,4}rfc822;\s{0,4}<?(" + ADDRESS.pattern + r")>?|action:\s{0,4}([a-z]{4,12}))",
    re.IGNORECASE | re.MULTILINE,
)


def _is_only_a_warning(root: Part, text: str) -> bool:
    """Return whether a report says in so many words that the server goes on trying."""
    told = f"{root.headers.text('subject')}\n{text[:4000]}"
    return bool(STILL_TRYING.search(told)) and not GIVEN_UP.search(told)


def _names_somebody(root: Part, text: str) -> bool:
    """Return whether a mail of the empty envelope sender says by name who was not reached."""
    if root.headers.text("return-path").strip("<> ") or not root.headers.has("return-path"):
        return False
    own = _own_addresses(root)
    return any(_is_foreign(found[1], own) for found in _LABELLED.finditer(text[:8000]))


def _believable(root: Part, addresses: Sequence[str]) -> list[str]:
    """Return the addresses without our own and without Message-IDs; all of them where none would be left."""
    own = _own_addresses(root)
    return [item for item in addresses if _is_foreign(item, own) and not _LIKE_AN_ID.match(item)] or list(addresses)


#: Long runs of digits or hexadecimals before the @, as programs make them.
_LIKE_AN_ID: Final = re.compile(
    r"(?=[^@]*\d)[0-9a-f.$]{20,}@|[^@]{0,60}\d{12,}[^@]{0,60}@|[^@]*\.javamail\.", re.IGNORECASE
)


def _likelihood(root: Part, text: str) -> int:  # noqa: PLR0911 - a ladder of evidence
    """Return 0 for no report, 1 for perhaps (only if recipients are found in a known form), 2 for surely."""
    found = root.headers
    submitted = found.text("auto-submitted").lower()
    sender = found.text("from")
    subject = found.text("subject")
    address = ADDRESS.search(sender)
    from_daemon = bool(
        _STRONG_DAEMON.search(address[0] if address else sender) or _STRONG_DAEMON.search(sender.strip('" <'))
    )
    null_path = found.has("return-path") and found.text("return-path").strip("<> ") == ""
    daemon_path = bool(_STRONG_DAEMON.search(found.text("return-path").strip("<> ")))
    about_failure = bool(BOUNCE_SUBJECT.search(subject))
    report = root.content_type == "multipart/report" and "disposition" not in root.parameters.get("report-type", "")
    if found.has("x-failed-recipients") or report:
        return 2
    if not (from_daemon or daemon_path or null_path or about_failure):
        return 0
    if not (null_path or daemon_path or submitted) and is_persons_letter(address[0] if address else "", text):
        return 0
    tells_failure = bool(FAILURE_WORDS.search(text[:8000]))
    if submitted.startswith("auto-replied") and not (from_daemon and (about_failure or tells_failure)):
        return 0
    score = (
        3 * from_daemon + 2 * about_failure + 2 * tells_failure + (null_path or daemon_path)
        + (bool(_DAEMON.search(address[0] if address else sender)) and bool(SMTP_CODE_5.search(text[:MAX_TEXT])))
    )  # fmt: skip
    if score == _SURE - 1 and original_begins(text[:MAX_TEXT]) is not None:
        score = _SURE
    if from_daemon and score >= _SURE:
        return 2
    if score >= _SURE and about_failure and tells_failure:
        return 2
    if from_daemon or (null_path and (about_failure or tells_failure)) or (about_failure and tells_failure):
        return 1 if not (null_path and about_failure) else 2
    return 0


#: From so much evidence on, a report in words is one.
_SURE: Final = 5


def _opened(root: Part, raw: bytes, *, text: str) -> bytes:
    """Return a mail whose text is encoded as it would stand without that: detectors look for lines."""
    if not any(part.main_type == "text" and _is_encoded(part) for part in outer(root)):
        return raw
    kept = (name.encode() + b": " + value for name, value in root.headers.fields if not name.startswith("content-"))
    return b"\n".join((*kept, b"Content-Type: text/plain; charset=utf-8", b"", text.encode()))


def _is_encoded(part: Part) -> bool:
    return part.headers.text("content-transfer-encoding").lower() in {"base64", "quoted-printable"}


def _flufl(raw: bytes) -> tuple[list[str], list[str]]:
    """Ask flufl.bounce; it may raise on torn mails, and then knows nothing."""
    try:
        temporary, permanent = all_failures(email.message_from_bytes(_beginning(raw)))
    except Exception:  # noqa: BLE001 - a vendor's detectors against hostile bytes
        return [], []
    return _addresses(temporary), _addresses(permanent)


def _beginning(raw: bytes) -> bytes:
    """Return what a detector may see: its time grows with lines times patterns."""
    return b"\n".join(raw[:_FLUFL_MAX].split(b"\n", _FLUFL_LINES)[:_FLUFL_LINES])


def _addresses(items: Iterable[bytes]) -> list[str]:
    texts = (charsets.clean_line(charsets.decode(item)).strip("<> ") for item in items)
    return sorted({text for text in texts if "@" in text})


#: Lines that name whom to ask, not who was missed.
_CONTACT: Final = re.compile(
    r"^.{0,200}\b(?:contact|assistance|help|support|questions?|abuse|wenden|problem report|postmaster)\b.{0,200}$",
    re.IGNORECASE | re.MULTILINE,
)
_LABELLED: Final = re.compile(
    r"(?:final-recipient|original-recipient|rcpt to|recipient(?:\(?s\)?)?(?: address(?:es)?)?|failed recipient"
    r"|to address|destinat\w+|empf\S{1,4}nger|intended recipients?|the following (?:recipient|address)\w*"
    r"|unknown user|user unknown|no such user|mailbox (?:full|unavailable|not found)|undeliverable to"
    r"|deliver(?:ed|y) to|to user)\W{1,6}"
    r"(?:rfc822\s*;\s*)?[<\"']?(" + ADDRESS.pattern + r")",
    re.IGNORECASE,
)
_LINE: Final = re.compile(r"^[\s>*]{0,8}[<\"']?(" + ADDRESS.pattern + r")[>\"']?(?=[\s:;,.(<\[]|$)", re.MULTILINE)
_ANGLED: Final = re.compile(r"<(?:mailto:)?(" + ADDRESS.pattern + r")>")


def _from_words(root: Part, text: str) -> list[str]:
    """Return the addresses that the words of a report say were not reached."""
    if known := root.headers.text("x-failed-recipients"):
        return [found.rstrip(".") for found in dict.fromkeys(ADDRESS.findall(known))]
    cut = original_begins(text[:MAX_TEXT])
    told, rest = (text[:MAX_TEXT], "") if cut is None else (text[:cut], text[cut:MAX_TEXT])
    own = _own_addresses(root)
    for pattern, source in itertools.product((_LINE, _LABELLED, _ANGLED, ADDRESS), (_CONTACT.sub("", told), told)):
        found = [item if isinstance(item, str) else item[0] for item in pattern.findall(source)]
        if kept := list(dict.fromkeys(item.rstrip(".") for item in found if _is_foreign(item, own))):
            return kept[:50] if pattern is not ADDRESS else kept[:1]
    original = next(
        (p.children[0].headers for p in outer(root) if p.content_type == "message/rfc822" and p.children), None
    )
    source = (
        original.text("to")
        if original
        else " ".join(re.findall(r"^[> ]*to:(.{1,300})", rest, re.IGNORECASE | re.MULTILINE)[:1])
    )
    return [item for item in dict.fromkeys(ADDRESS.findall(source)) if "." in item.partition("@")[2]][:5]


def _own_addresses(root: Part) -> set[str]:
    return {
        fold(address)
        for name in ("from", "to", "reply-to", "return-path", "sender", "delivered-to", "x-original-to", "cc")
        for value in root.headers.texts(name)
        for address in ADDRESS.findall(value)
    }


def _is_foreign(address: str, own: set[str]) -> bool:
    key = fold(address)
    return key not in own and not _STRONG_DAEMON.search(key) and "." in key.partition("@")[2]


def _reason(text: str, address: str) -> dict[str, str]:
    """Return status and diagnostic that stand near an address in a report in words."""
    at = text.lower().find(address.lower())
    near = text[at : at + 1500] if at >= 0 else text[:3000]
    status = STATUS.search(near) or STATUS.search(text[:8000])
    line = next((item.strip() for item in near.split("\n")[:12] if STATUS.search(item) or _SMTP_CODE.search(item)), "")
    return {"status": status[1] if status else "", "diagnostic": line[:500]}
