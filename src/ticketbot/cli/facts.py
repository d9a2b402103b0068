"""Received mails and letters as scripts read them."""

from typing import Any

from ticketbot.domain.messages import Message
from ticketbot.store.database import Work
from ticketbot.store.models import InboxMail, OutboxMail


def mail_facts(work: Work, mail: InboxMail) -> dict[str, Any]:
    """Return a received mail without its text."""
    return {
        "id": mail.id,
        "sha256": mail.sha256,
        "size": mail.size,
        "mailbox": mail.mailbox,
        "channel": mail.channel,
        "received_at": mail.received_at,
        "state": mail.state,
        "attempts": mail.attempts,
        "kind": mail.kind,
        "rule": mail.rule,
        "outcome": mail.outcome,
        "reason": mail.reason,
        "ticket": _number(work, mail.ticket_id),
        "from": mail.from_address or None,
        "subject": mail.subject or None,
    }


def read_facts(message: Message) -> dict[str, Any]:
    """Return what only the bytes of a mail tell, without its text."""
    return {
        "to": [each.address for each in message.to],
        "cc": [each.address for each in message.cc],
        "message_id": message.message_id or None,
        "attachments": [
            {"filename": each.filename, "content_type": each.content_type, "size": each.size, "sha256": each.sha256}
            for each in message.attachments
        ],
        "error": message.error,
        "notes": list(message.notes),
    }


def letter_facts(work: Work, letter: OutboxMail) -> dict[str, Any]:
    """Return a letter without its words."""
    return {
        "id": letter.id,
        "code": letter.code,
        "state": letter.state,
        "to": [*letter.to, *letter.cc],
        "ticket": _number(work, letter.ticket_id),
        "send_at": letter.send_at,
        "next_at": letter.next_at,
        "sent_at": letter.sent_at,
        "attempts": letter.attempts,
        "reply": letter.reply,
        "reason": letter.reason,
        "key": letter.key,
        "message_id": letter.message_id,
        "cause": letter.cause,
    }


def _number(work: Work, ticket_id: int | None) -> str | None:
    return f"T-{work.tickets.by_id(ticket_id).number}" if ticket_id is not None else None
