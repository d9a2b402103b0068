"""Tickets as scripts and screens read them, in the form of contracts.md §4."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.deskfile import desk_of
from ticketbot.domain.clocks import clock_facts, clock_of, current
from ticketbot.domain.explain import NAMES, Deed, explain
from ticketbot.store.database import Work
from ticketbot.store.models import Event, Message, SlaClock, Ticket


def instant(at: datetime | None) -> str | None:
    """Return an instant as UTC ISO 8601 with Z, to the second where it has no fraction."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at is not None else None


def ticket_json(work: Work, ticket: Ticket, *, is_whole: bool) -> dict[str, Any]:
    """Return a ticket as JSON; *is_whole* adds messages, events and the history of each clock."""
    client, launch = work.desk.client(ticket.client_id), work.desk.launch(ticket.launch_id)
    owner = work.desk.person(ticket.owner_id)
    told = {
        "number": f"T-{ticket.number}",
        "subject": ticket.subject,
        "state": ticket.state,
        "kind": ticket.kind,
        "channel": ticket.channel,
        "severity": ticket.severity,
        "priority": ticket.priority,
        "reasons": list(ticket.reasons),
        "priority_reasons": list(ticket.priority_reasons),
        "phase_at_receipt": ticket.phase_at_receipt,
        "client": client.slug if client is not None else None,
        "launch": launch.slug if launch is not None else None,
        "requester": ticket.requester_address,
        "participants": [each.address for each in work.tickets.participants(ticket.id)],
        "owner": owner.slug if owner is not None else f"team:{ticket.owner_team}" if ticket.owner_team else None,
        "created_at": instant(ticket.created_at),
        "resolved_at": instant(ticket.resolved_at),
        "closed_at": instant(ticket.closed_at),
        "clocks": [_clock(row, is_whole=is_whole) for row in work.tickets.clocks(ticket.id)],
    }
    if is_whole:
        told["messages"] = [_message(each) for each in work.tickets.messages(ticket.id)]
        told["events"] = [_event(each) for each in work.tickets.events(ticket.id)]
    return told


def tickets_json(work: Work, tickets: Iterable[Ticket]) -> list[dict[str, Any]]:
    """Return tickets as `ticket list --json` has them."""
    return [ticket_json(work, ticket, is_whole=False) for ticket in tickets]


def desk_zone(work: Work) -> ZoneInfo:
    """Return the organisation's zone, UTC before the first `desk apply`."""
    version = work.desk.policy()
    return desk_of(version.document).zone if version is not None else ZoneInfo("UTC")


def told_promises(
    work: Work, ticket: Ticket, *, zone: ZoneInfo, now: datetime, is_brief: bool = False
) -> list[tuple[str, ...]]:
    """Return the arithmetic of each promise, line by line, in order of time; *is_brief*: of the latest cycles only."""
    clocks = tuple(clock_of(row.memory) for row in work.tickets.clocks(ticket.id))
    wanted = current(clocks).values() if is_brief else clocks
    deeds = [
        Deed(at=each.at, actor=each.actor, action=each.action, detail=each.detail)
        for each in work.tickets.events(ticket.id)
    ]
    ordered = sorted(wanted, key=lambda clock: (clock.started_at, list(NAMES).index(clock.name), clock.cycle))
    return [explain(clock, deeds, zone=zone, now=now) for clock in ordered]


def _clock(row: SlaClock, *, is_whole: bool) -> dict[str, Any]:
    facts = clock_facts(clock_of(row.memory))
    told = {name: instant(value) if isinstance(value, datetime) else value for name, value in facts.items()}
    if is_whole:
        told["history"] = list(row.history)
    else:
        told.pop("history", None)
    return told


def _message(message: Message) -> dict[str, Any]:
    return {
        "direction": message.direction,
        "from": message.from_address,
        "to": list(message.to),
        "at": instant(message.at),
        "message_id": message.message_id or None,
        "audience": message.audience,
        "author": message.author,
        "verified": message.is_verified,
        "visible_text": message.new_text or message.text,
        "attachments": [
            {name: each.get(name) for name in ("filename", "content_type", "size", "sha256")}
            for each in message.attachments
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    return {"at": instant(event.at), "actor": event.actor, "action": event.action, "detail": dict(event.detail)}
