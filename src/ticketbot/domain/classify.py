"""What a mail is: a table of rules, asked in order, each with its reason. It decides effects, never what we keep."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ticketbot.domain.absence import (
    ABSENCE_PREFIX,
    AUTO_SUBJECT,
    AUTO_WORDS,
    FORMS,
    ONLY_NOTICE,
    PROGRAM_PREFIX,
    is_brief,
    is_only_notice,
)
from ticketbot.domain.ids import is_ours
from ticketbot.domain.invitations import has_own_words
from ticketbot.domain.messages import Message, fold
from ticketbot.domain.subjects import is_answer, tags_in
from ticketbot.domain.tokens import Keyring


class Kind(StrEnum):
    """Every kind of mail that the pipeline tells apart."""

    CLIENT = "client"
    STAFF = "staff"
    AUTO_REPLY = "auto_reply"
    LIST = "list"
    ALERT = "alert"
    VOTE = "vote"
    BOUNCE = "bounce"
    FEEDBACK_REPORT = "feedback_report"
    CALENDAR_REPLY = "calendar_reply"
    OWN = "own"
    RECEIPT = "receipt"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the rules know of us: our addresses, our people, our keys, and the mailbox that the mail came to.

    All addresses are in lower case. `channel` is the mailbox's own: normal, urgent, alerts or receipts. `is_vote`
    answers whether a recipient address carries a valid rating token (the wiring knows keys and clock).
    """

    own_addresses: frozenset[str] = frozenset()
    staff_addresses: frozenset[str] = frozenset()
    blocked_addresses: frozenset[str] = frozenset()
    channel: str = "normal"
    alert_addresses: frozenset[str] = frozenset()
    receipt_addresses: frozenset[str] = frozenset()
    authserv_ids: frozenset[str] = frozenset()
    keys: Keyring = field(default_factory=lambda: Keyring({}))
    is_vote: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One rule that was asked, and what it said."""

    rule: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a mail is, which rule said so and why; `trace` holds every rule that was asked, in order."""

    kind: Kind
    rule: str
    reason: str
    trace: tuple[Asked, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Return whether only weak hints speak for it, so that it may be a person's: it is heard, yet not answered."""
        return self.rule in {perhaps_absent.__name__, calendar_words.__name__}


Rule = Callable[[Message, House], tuple[Kind, str] | None]


def classify(message: Message, house: House) -> Verdict:
    """Return the verdict of the first rule that answers, else a client's mail."""
    trace: list[Asked] = []
    for rule in RULES:
        if answer := rule(message, house):
            kind, reason = answer
            trace.append(Asked(rule=rule.__name__, answer=f"{kind}: {reason}"))
            return Verdict(kind=kind, rule=rule.__name__, reason=reason, trace=tuple(trace))
        trace.append(Asked(rule=rule.__name__, answer="no"))
    return Verdict(kind=Kind.CLIENT, rule="default", reason="no rule objected", trace=tuple(trace))


def own_mail(message: Message, house: House) -> tuple[Kind, str] | None:
    """Recognise our own letter come back: from our address, with a mark that only our keys can make.

    From alone proves nothing, and a mark alone no more: everybody whom we wrote to has seen one.
    """
    if message.sender is None or message.sender.key not in house.own_addresses:
        return None
    marks = [("X-Ticketbot-Id", value) for value in message.headers.get("x-ticketbot-id", ())]
    for name, value in [*marks, ("Message-ID", message.message_id)]:
        if value and is_ours(house.keys, value):
            is_receipt = _is_receipt(message, house)
            return (Kind.RECEIPT, "our receipt copy") if is_receipt else (Kind.OWN, f"its {name} is ours")
    return None


def receipt_copy(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Whatever else comes to the receipts mailbox is no client's mail."""
    if house.channel == "receipts":
        return Kind.RECEIPT, "it came to the mailbox for receipt copies"
    return None


def monitor_alert(message: Message, house: House) -> tuple[Kind, str] | None:
    """Mail to the alerts address is an alert, whatever its headers (behaviours.md §1, step 7)."""
    if house.channel == "alerts":
        return Kind.ALERT, "it came to the mailbox for alerts"
    if house.alert_addresses & _recipients(message):
        return Kind.ALERT, "it is addressed to the alerts address"
    return None


def bounce(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Recognise a delivery report, with or without the standard form."""
    report = message.report
    if report is None or report.is_feedback or report.action not in {"failed", "delayed"}:
        return None
    named = ", ".join(item.address for item in report.recipients[:3]) or "nobody by name"
    return Kind.BOUNCE, f"a delivery report ({report.action}) about {named}"


def feedback_report(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Somebody pressed "spam" on a mail of ours (RFC 5965)."""
    if message.report is not None and message.report.is_feedback:
        return Kind.FEEDBACK_REPORT, "an abuse report about mail of ours"
    return None


def calendar_words(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Recognise an answer to an invitation to which a person added words; those are heard."""
    name = message.sender.name if message.sender is not None else ""
    if message.calendar_method in _ANSWERS_OF_CALENDARS and has_own_words(
        message.new_text, subject=message.subject, name=name
    ):
        return Kind.CALENDAR_REPLY, f"a calendar's {message.calendar_method}, with words of a person"
    return None


def calendar_reply(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Recognise an answer to an invitation: it says yes or no and nothing else."""
    if message.calendar_method in _ANSWERS_OF_CALENDARS:
        return Kind.CALENDAR_REPLY, f"a calendar's {message.calendar_method}"
    return None


def auto_reply(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Recognise what a machine wrote by its own word (RFC 3834 and what vendors use); phrases alone are a weak hint."""
    if message.report is not None:
        return Kind.AUTO_REPLY, {"receipt": "a read receipt", "delivered": "a notice of delivery"}.get(
            message.report.action, "a report"
        )
    submitted = re.sub(r"\([^()]*\)", "", message.header("auto-submitted")).split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return Kind.AUTO_REPLY, f"Auto-Submitted: {submitted[:40]}"
    for name, meant in _AUTO_HEADERS.items():
        for value in message.headers.get(name, ()):
            if meant.search(value):
                return Kind.AUTO_REPLY, f"{name}: {value[:40]}"
    if message.header("precedence").strip().lower() in {"auto_reply", "auto-reply"}:
        return Kind.AUTO_REPLY, "Precedence: auto_reply"
    return _told_by_subject(message)


def _told_by_subject(message: Message) -> tuple[Kind, str] | None:
    """Recognise a program that sets no header, by a form of subject that programs use and people do not.

    What answers an automatic answer ("Re: Automatic reply: …") is a person's, unless the envelope or a header hints.
    """
    subject = message.subject.strip()
    if message.return_path == "" and (found := AUTO_SUBJECT.match(subject)):
        return Kind.AUTO_REPLY, f"{_said(found)} and an empty envelope sender"
    found = FORMS.match(subject)
    if found and _has_auto_hint(message):
        return Kind.AUTO_REPLY, f"{_said(found)} and a header that asks for no answer"
    follows = bool(message.in_reply_to or message.references)
    if (found := PROGRAM_PREFIX.match(subject)) and (follows or _answers(subject[found.end() :])):
        return Kind.AUTO_REPLY, f"{_said(found)} in the place of “Re:”"
    if (found := ABSENCE_PREFIX.match(subject)) and _answers(subject[found.end() :]) and _tells_absence(message):
        return Kind.AUTO_REPLY, f"{_said(found)} before the subject of an answer, and words of absence"
    return None


def perhaps_absent(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Guess at a program that names nothing it answers; people may write so, too, so that it is doubtful."""
    subject = message.subject.strip()
    if (found := PROGRAM_PREFIX.match(subject)) and (_tells_absence(message) or is_brief(message.text)):
        return Kind.AUTO_REPLY, f"{_said(found)} before a subject"
    if (found := ABSENCE_PREFIX.match(subject)) and _tells_absence(message):
        return Kind.AUTO_REPLY, f"{_said(found)} before a subject, and words of absence"
    if (found := ONLY_NOTICE.match(subject)) and is_only_notice(message.text):
        return Kind.AUTO_REPLY, f"{_said(found)}, and nothing but an absence"
    return None


def _said(found: re.Match[str]) -> str:
    return f"the subject “{found[0].strip()[:40]}”"


def _answers(rest: str) -> bool:
    """Return whether what stands behind a program's prefix is the subject of a letter of ours or of an answer."""
    return bool(tags_in(rest)) or is_answer(rest)


def _tells_absence(message: Message) -> bool:
    return bool(AUTO_WORDS.search(message.text[:1500]))


def mailing_list(message: Message, house: House) -> tuple[Kind, str] | None:  # noqa: ARG001 - a rule
    """Recognise what came through a list or was sent in bulk."""
    for name in (
        "list-id",
        "list-post",
        "mailing-list",
        "x-mailing-list",
        "x-mailinglist",
        "x-beenthere",
        "list-unsubscribe",
    ):
        if message.header(name):
            return Kind.LIST, f"it has {name}"
    precedence = message.header("precedence").strip().lower()
    if precedence in {"bulk", "list", "junk"}:
        return Kind.LIST, f"Precedence: {precedence}"
    return None


def blocked(message: Message, house: House) -> tuple[Kind, str] | None:
    """Its sender is blocked, by address or by domain."""
    if message.sender and {message.sender.key, f"@{message.sender.domain}"} & house.blocked_addresses:
        return Kind.BLOCKED, "the sender is blocked"
    return None


def vote(message: Message, house: House) -> tuple[Kind, str] | None:
    """Recognise a rating: it is sent to an address that carries a rating token."""
    if any(house.is_vote(address) for address in (*message.delivered_to, *(a.address for a in message.people))):
        return Kind.VOTE, "it is addressed to a rating address"
    return None


def staff_mail(message: Message, house: House) -> tuple[Kind, str] | None:
    """Its one From mailbox is in the roster. What it may do is authority's to say."""
    if message.sender and message.sender.key in house.staff_addresses:
        return Kind.STAFF, "the sender is in the roster"
    return None


#: The whole policy, in order. Adding a rule means adding a function and a line here.
RULES: Final[tuple[Rule, ...]] = (
    own_mail, receipt_copy, monitor_alert, bounce, feedback_report, calendar_words, calendar_reply, auto_reply,
    mailing_list, blocked, vote, perhaps_absent, staff_mail,
)  # fmt: skip

_ANSWERS_OF_CALENDARS: Final = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER"})
_ANY: Final = re.compile(r".")
_AUTO_HEADERS: Final[Mapping[str, re.Pattern[str]]] = {
    "x-autoreply": re.compile(r"^(?!no$|false$|0$)", re.IGNORECASE),
    "x-autorespond": _ANY,
    "x-autoresponder": _ANY,
    "x-autoreply-from": _ANY,
    "x-mail-autoreply": _ANY,
    "x-auto-reply-from": _ANY,
    "x-autoreplyfrom": _ANY,
    "x-vacation": _ANY,
    "x-autogenerated": re.compile(r"reply|forward|group|letter|mirror", re.IGNORECASE),
    "x-ms-exchange-inbox-rules-loop": _ANY,
    "x-ms-exchange-generated-message-source": re.compile(r"mailbox rules agent|auto|oof", re.IGNORECASE),
    "x-cron-env": _ANY,
}


def _has_auto_hint(message: Message) -> bool:
    suppress = message.header("x-auto-response-suppress").lower()
    return bool(suppress and suppress != "none") or message.header("precedence").strip().lower() in {"bulk", "junk"}


def _recipients(message: Message) -> set[str]:
    return {address.key for address in message.people} | {fold(address) for address in message.delivered_to}


def _is_receipt(message: Message, house: House) -> bool:
    return house.channel == "receipts" or bool(house.receipt_addresses & {fold(a) for a in message.delivered_to})
