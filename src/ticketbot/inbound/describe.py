"""What `ticketbot mail parse` prints: one flat object for each mail, and which of them belong to one conversation."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ticketbot.domain import subjects
from ticketbot.domain.classify import House, Kind, Verdict, classify
from ticketbot.domain.messages import Message
from ticketbot.inbound.answers import with_answers

_NOBODY: Final = House()
_MACHINE_KINDS: Final = {
    Kind.AUTO_REPLY: "auto_reply",
    Kind.CALENDAR_REPLY: "auto_reply",
    Kind.FEEDBACK_REPORT: "feedback_report",
    Kind.LIST: "list",
    Kind.OWN: "own",
    Kind.RECEIPT: "own",
}


def describe(mails: Iterable[tuple[str, Message]], *, house: House = _NOBODY) -> Iterator[dict[str, object]]:
    """Yield one object a mail, in the order given, with the keys of contracts.md §3, and `notes`.

    *mails* are pairs of a file's name and what was read from it. All are read before the first is yielded: the
    conversations are joined over the whole graph of Message-IDs.
    """
    described: list[dict[str, object]] = []
    conversations = Conversations()
    for name, message in mails:
        described.append(_facts(name, message, classify(message, house)))
        conversations.add(message)
    for number, facts in enumerate(described):
        yield {**facts, "thread": conversations.label(number)}


#: "a.b"@c and a.b@c are one id (RFC 5256 §3).
_QUOTED_LOCAL: Final = re.compile(r'^"([^"\\@\s]+)"@')


class Conversations:
    """Joins mails that name each other's Message-IDs, also through mails that nobody gave us (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._mails: list[str] = []
        self._labels: dict[str, str] = {}

    def add(self, message: Message) -> None:
        """Take a mail in."""
        own = f"mail:{len(self._mails)}"
        self._mails.append(own)
        self._find(own)
        about = message.report.original_ids if message.report else ()
        for found in (message.message_id, *message.in_reply_to, *message.references, *about):
            if found:
                self._join(own, "id:" + _QUOTED_LOCAL.sub(r"\1@", found))

    def label(self, number: int) -> str:
        """Return the label of the conversation of the mail that was added as number *number* (from 0)."""
        return self._labels.setdefault(self._find(self._mails[number]), f"thread-{len(self._labels) + 1}")

    def _join(self, one: str, other: str) -> None:
        first, second = self._find(one), self._find(other)
        if first != second:
            self._parent[second] = first

    def _find(self, node: str) -> str:
        root = node
        while (above := self._parent.setdefault(root, root)) != root:
            root = above
        while (above := self._parent[node]) != root:
            self._parent[node] = root
            node = above
        return root


def kind_of(message: Message, verdict: Verdict) -> str:
    """Return the one word that says what a mail is: new, reply or forward for people's mail."""
    if verdict.kind is Kind.BOUNCE:
        return "delay" if message.report and message.report.action == "delayed" else "bounce"
    if machine := _MACHINE_KINDS.get(verdict.kind):
        return machine
    if subjects.is_forward(message.subject) or message.passes_on:
        return "forward"
    if (
        message.in_reply_to
        or message.references
        or subjects.bare_subject(message.subject) != subjects.strip_own_tags(message.subject)
    ):
        return "reply"
    return "new"


def _facts(name: str, message: Message, verdict: Verdict) -> dict[str, object]:
    first = message.author
    report = message.report
    return {
        "file": name,
        "error": message.error,
        "subject": message.subject or None,
        "from_address": (first.address or None) if first else None,
        "from_name": (first.name or None) if first else None,
        "message_id": message.message_id or None,
        "to": [address.address for address in message.to],
        "cc": [address.address for address in message.cc],
        "text": message.text,
        "visible_reply": with_answers(message.text, message.new_text),
        "attachments": [
            {"filename": a.filename, "content_type": a.content_type, "size": a.size, "sha256": a.sha256}
            for a in message.attachments
        ],
        "kind": kind_of(message, verdict),
        "bounce_recipients": [r.address for r in report.recipients] if report and verdict.kind is Kind.BOUNCE else [],
        "notes": list(message.notes),
    }
