"""What a mail says, once read: values that every later step works with, never the bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

_ASCII = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fold(address: str) -> str:
    """Return an address or domain as it is compared: ASCII letters in lower case, every other one as it is.

    `str.lower` would turn a Kelvin sign into k, and `str.casefold` a sharp s into ss: another's address into ours.
    """
    return address.translate(_ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address as a header names it: the bare addr-spec, lower-cased for comparison in `key`, and a clean name."""

    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """Return the address as it is compared: lower case."""
        return fold(self.address)

    @property
    def domain(self) -> str:
        """Return the part behind the last @, lower case, or an empty string."""
        return self.key.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A decoded part that is not the mail's text. `index` is its place in the mail's own walk order."""

    index: int
    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str = ""
    inline: bool = False


class Authentication(StrEnum):
    """What our own mail server said of the sender (RFC 8601), read from its header alone."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NONE = "none"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecipient:
    """One recipient that a delivery report is about (RFC 3464). `action` is failed or delayed."""

    address: str
    action: str
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a machine's report says, and the Message-IDs of the mail that it is about.

    `action` is failed, delayed, delivered (a success notice), receipt (read or deleted, RFC 8098) or complaint.
    """

    recipients: tuple[FailedRecipient, ...] = ()
    original_ids: tuple[str, ...] = ()
    is_feedback: bool = False
    action: str = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail as it was understood. All text is clean: no NUL, no surrogates, no control characters but tab and newline.

    Message-IDs are written without angle brackets. `sender` is None unless there is exactly one From header with
    exactly one mailbox; `from_mailboxes` holds what was there. `new_text` is what the sender newly wrote (no quoted
    history, no signature); `text` is the whole body. `headers` maps lower-case names of the few headers that later
    rules ask for to their cleaned values, topmost first. `passes_on`: its form, not its subject, shows a forward.
    `author` is whom From shows, which may be told and is never trusted: the sender, else the first of a list that is
    well written. `notes` are sentences that say what was left out, guessed or refused while the mail was read.
    """

    sha256: str
    size: int
    fingerprint: str
    sender: Address | None
    author: Address | None = None
    from_mailboxes: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    text: str = ""
    new_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    authentication: Authentication = Authentication.NONE
    report: Report | None = None
    nested: tuple["Message", ...] = ()
    passes_on: bool = False
    is_encrypted: bool = False
    calendar_method: str = ""
    calendar_uid: str = ""
    calendar_answer: str = ""
    notes: tuple[str, ...] = ()
    error: str | None = None

    def header(self, name: str) -> str:
        """Return the topmost value of a header, or an empty string."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""

    @property
    def people(self) -> tuple[Address, ...]:
        """Return everybody named in To and Cc, in order."""
        return (*self.to, *self.cc)
