"""Data for tests, with defaults for everything that does not matter there: `a_mail(subject="…")`, `a_desk(store)` …"""

import itertools
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from ticketbot.desk.apply import apply_desk
from ticketbot.deskfile import DeskFile, parse_desk
from ticketbot.domain.tokens import Keyring
from ticketbot.outbound.identity import DeskIdentity
from ticketbot.store.database import Store, Work
from ticketbot.store.models import Client, Contact, Event, OutboxMail, SlaClock, Staff, Ticket, key_of

KEYS = Keyring({1: b"0123456789abcdef0123456789abcdef"})
IDENTITY = DeskIdentity(name="Example Support", address="support@desk.example", domain="desk.example")

#: A Tuesday, 10:00 in Berlin: Acme HR is on the second day of its hypercare.
NOW = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
#: When the desk was set up: some days before the first go-live of the test's weeks.
BEGUN = datetime(2027, 2, 22, 9, 0, tzinfo=UTC)

#: Five people, and three clients: Acme in hypercare, Borealis in transition, Corvus in standard support.
DESK = """
[desk]
name = "Example Support"
timezone = "Europe/Berlin"

[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "hypercare_lead"
team = "hypercare"
[staff.ben]
name = "Ben Okafor"
email = "ben@desk.example"
team = "hypercare"
[staff.chen]
name = "Chen Wei"
email = "chen@desk.example"
role = "support_lead"
team = "standard"
[staff.dana]
name = "Dana Moore"
email = "dana@desk.example"
role = "manager"
timezone = "America/New_York"
[staff.ravi]
name = "Ravi Patel"
email = "ravi@desk.example"
role = "director"
timezone = "America/New_York"

[clients.acme]
name = "Acme Recruiting GmbH"
domains = ["acme.example"]
contacts = [
  { address = "mara@acme.example", name = "Mara Lind", roles = ["key_user"] },
  { address = "jonas@acme.example", name = "Jonas Weber" },
  { address = "vera@acme.example", name = "Vera Holm", roles = ["vip"] },
  { address = "freelancer@gmail.com", name = "Fred Lance" },
]
[launches."acme/hr"]
name = "Acme HR"
go_live = 2027-03-01T06:00:00
profile = "command30_90"

[clients.borealis]
name = "Borealis Oy"
domains = ["borealis.example"]
contacts = [{ address = "aino@borealis.example", name = "Aino Korhonen" }]
[launches."borealis/portal"]
name = "Borealis Portal"
go_live = 2027-01-11T06:00:00
profile = "command30_90"

[clients.corvus]
name = "Corvus AG"
domains = ["corvus.example"]
contacts = [{ address = "nils@corvus.example", name = "Nils Berg" }]
[launches."corvus/erp"]
name = "Corvus ERP"
go_live = 2026-09-01T06:00:00
profile = "none"
customised = false
"""

_numbers = itertools.count(1)


@lru_cache(maxsize=32)
def a_desk_file(text: str = DESK) -> DeskFile:
    """Return a desk file that was read and found right."""
    return parse_desk(text)


def a_desk(store: Store, text: str = DESK, *, at: datetime = BEGUN) -> None:
    """Put a desk file in force."""
    with store.work() as work:
        apply_desk(a_desk_file(text), work=work, now=at)


def a_mail(
    *,
    sender: str | None = "Mara Lind <mara@acme.example>",
    to: str | None = "support@desk.example",
    cc: str | None = None,
    subject: str | None = "Report is empty",
    body: str = "The monthly report shows nothing.",
    message_id: str | None = "",
    in_reply_to: str | None = None,
    references: str | None = None,
    date: datetime = NOW,
    headers: dict[str, str] | None = None,
    content_type: str = "text/plain; charset=utf-8",
) -> bytes:
    """Return a mail as bytes; None leaves a header out, an empty *message_id* gives one of its own."""
    own_id = f"{next(_numbers)}@mail.example" if message_id == "" else message_id
    fields: dict[str, str | None] = {
        "From": sender,
        "To": to,
        "Cc": cc,
        "Subject": subject,
        "Message-ID": f"<{own_id}>" if own_id is not None else None,
        "In-Reply-To": f"<{in_reply_to}>" if in_reply_to is not None else None,
        "References": references,
        "Date": f"{date:%a, %d %b %Y %H:%M:%S +0000}",
        "MIME-Version": "1.0",
        "Content-Type": content_type,
        **(headers or {}),
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([*lines, "", body.replace("\n", "\r\n"), ""]).encode()


def a_mail_with_attachment(*, filename: str = "report.csv", content: str = "a;b", **fields: Any) -> bytes:
    """Return a mail with a text and one attached file."""
    body = (
        f"--mixed\nContent-Type: text/plain; charset=utf-8\n\n{fields.pop('body', 'See the file.')}\n"
        "--mixed\nContent-Type: text/csv\n"
        f'Content-Disposition: attachment; filename="{filename}"\n\n{content}\n--mixed--'
    )
    return a_mail(body=body, content_type='multipart/mixed; boundary="mixed"', **fields)


def a_bounce(*, of: str, recipient: str, status: str = "5.1.1", action: str = "failed", **fields: Any) -> bytes:
    """Return a mail server's report that the letter with the Message-ID *of* could not be delivered."""
    body = (
        "--report\nContent-Type: text/plain\n\nI could not deliver your message.\n"
        "--report\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.acme.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user\n\n"
        f"--report\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{of}>\nSubject: Report is empty\n\n--report--"
    )
    return a_mail(
        sender="Mail Delivery System <mailer-daemon@mx.acme.example>",
        subject="Undelivered Mail Returned to Sender",
        body=body,
        headers={"Return-Path": "<>", "Auto-Submitted": "auto-replied", **fields.pop("headers", {})},
        content_type='multipart/report; report-type=delivery-status; boundary="report"',
        **fields,
    )


def a_client(work: Work, **fields: Any) -> Client:
    """Keep a client."""
    number = next(_numbers)
    row = Client(**{"slug": f"client{number}", "name": "A Client", "timezone": "UTC", "holidays": {}, **fields})
    work.desk.add(row)
    return row


def a_contact(work: Work, client_id: int | None, **fields: Any) -> Contact:
    """Keep a contact of a client."""
    number = next(_numbers)
    row = Contact(**{"client_id": client_id, "address": f"contact{number}@client.example", "roles": [], **fields})
    work.desk.add(row)
    return row


def an_agent(work: Work, **fields: Any) -> Staff:
    """Keep one of our people."""
    slug = f"agent{next(_numbers)}"
    row = Staff(
        **{
            "slug": slug,
            "name": "An Agent",
            "email": f"{slug}@desk.example",
            "role": "engineer",
            "timezone": "UTC",
            **fields,
        }
    )
    work.desk.add(row)
    return row


def a_ticket(work: Work, **fields: Any) -> Ticket:
    """Keep a ticket without any promise."""
    return work.tickets.add(
        Ticket(
            **{
                "number": work.tickets.next_number(),
                "subject": "Report is empty",
                "state": "new",
                "kind": "incident",
                "channel": "mail",
                "severity": "S3",
                "priority": "P3",
                "requester_address": "mara@acme.example",
                "created_at": NOW,
                "updated_at": NOW,
                **fields,
            }
        )
    )


def a_clock(work: Work, ticket: Ticket, **fields: Any) -> SlaClock:
    """Keep a promise of a ticket: a first answer that runs, two hours of target, due in an hour."""
    row = SlaClock(
        **{
            "ticket_id": ticket.id,
            "clock": "FR",
            "cycle": 1,
            "state": "running",
            "started_at": NOW - timedelta(hours=1),
            "due_at": NOW + timedelta(hours=1),
            "target_seconds": 7200,
            "calendar": "A",
            "phase": "hypercare",
            "priority": "P3",
            **fields,
        }
    )
    work.tickets.add_clock(row)
    work.flush()
    return row


def a_letter(work: Work, **fields: Any) -> OutboxMail:
    """Keep a letter in the outbox as it is after it was queued."""
    number = next(_numbers)
    message_id = fields.get("message_id", f"letter{number}@desk.example")
    defaults: dict[str, Any] = {
        "key": f"NEW/T-1/{number}",
        "code": "NEW",
        "reader": "ben@desk.example",
        "to": ["ben@desk.example"],
        "cc": [],
        "draft": {"values": {}},
        "message_id": message_id,
        "id_key": key_of(message_id),
        "state": "queued",
        "send_at": NOW,
        "next_at": NOW,
        "created_at": NOW,
    }
    letter_id = work.outbox.insert_new(OutboxMail, **{**defaults, **fields})
    assert letter_id is not None
    return work.outbox.letter(letter_id)


def told(events: list[Event]) -> list[str]:
    """Return what events say was done, in order."""
    return [event.action for event in events]
