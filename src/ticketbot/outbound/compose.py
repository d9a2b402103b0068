"""From a draft to the bytes that leave: CRLF, 7-bit, no line over 998 octets, no header made of hostile words.

Every header is built from a bare address, a Message-ID of plain characters, or one cleaned line of text; names and
subjects that others wrote can be ugly, but they can neither add a header nor stop a letter (faults.md §1, 6 and P9).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from ticketbot.domain.addressing import anchor_id, marker
from ticketbot.domain.drafts import Automatic, Draft, Json
from ticketbot.domain.messages import Attachment
from ticketbot.domain.tokens import Audience, Keyring, make_token
from ticketbot.outbound import mime
from ticketbot.outbound.identity import DeskIdentity
from ticketbot.outbound.letters import LETTERS, Code, Letter
from ticketbot.render import Rendered, render, words

LONGEST_REFERENCES = 1_500
_LONGEST_FILENAME = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    """What ties a letter to its ticket when its Message-ID is lost: Message-IDs for References, text for the body."""

    ids: tuple[str, ...] = ()
    marker: str = ""


def compose(
    draft: Draft,
    *,
    keys: Keyring,
    desk: DeskIdentity,
    message_id: str,
    date: datetime,
    enclosures: Sequence[tuple[Attachment, bytes | memoryview]] = (),
) -> bytes:
    """Return the whole mail. The same arguments give the same bytes; hostile subjects, names and texts never fail.

    *message_id* has no brackets; *enclosures* are the draft's, in order, with their decoded bytes.
    """
    letter = LETTERS[Code(draft.code)]
    anchor = _anchor(draft, letter=letter, keys=keys, domain=desk.domain)
    ours: dict[str, Json] = {"desk": {"name": desk.name, "address": desk.address}, "marker": anchor.marker}
    rendered = render(draft.code, {**draft.values, **ours}, locale=draft.locale, zone=draft.zone, at=date)
    headers = [
        mime.token("Date", format_datetime(date.astimezone(UTC))),
        mime.mailbox("From", display=words.one_line(draft.from_name or desk.name), address=desk.address),
        *_recipients(draft),
        mime.unstructured("Subject", rendered.subject),
        mime.message_ids("Message-ID", [message_id]),
        *_thread(draft, anchor),
        *_manners(draft, letter=letter, desk=desk),
        mime.message_ids("X-Ticketbot-Id", [message_id]),
        mime.token("MIME-Version", "1.0"),
    ]
    boundary = "=_" + keys.digest("boundary", message_id)
    mail = BytesIO()
    mail.write(mime.CRLF.join([*headers, b""]))
    request = _request(draft, desk=desk, date=date) if letter.has_request else ""
    mail.writelines(_body(rendered, enclosures, boundary=boundary, request=request))
    return mail.getvalue()  # its own bytes, not a copy


def _anchor(draft: Draft, *, letter: Letter, keys: Keyring, domain: str) -> _Anchor:
    """Return the ticket's anchor; an internal letter has another beside it, so that an answer to it stays internal."""
    if draft.ticket is None:
        return _Anchor()
    public = make_token(keys, audience=Audience.ANCHOR, number=draft.ticket)
    if not letter.is_internal:
        return _Anchor(ids=(anchor_id(public, domain=domain),), marker=marker(public))
    inside = make_token(keys, audience=Audience.STAFF_NOTE, number=draft.ticket)
    return _Anchor(ids=(anchor_id(public, domain=domain), anchor_id(inside, domain=domain)), marker=marker(inside))


def _recipients(draft: Draft) -> Iterator[bytes]:
    yield mime.addresses("To", draft.to)
    if any(map(mime.is_address, draft.cc)):
        yield mime.addresses("Cc", draft.cc)
    if draft.reply_to and mime.is_address(draft.reply_to):
        yield mime.addresses("Reply-To", [draft.reply_to])


def _thread(draft: Draft, anchor: _Anchor) -> Iterator[bytes]:
    parent = draft.in_reply_to if draft.in_reply_to and mime.is_message_id(draft.in_reply_to) else None
    ancestors = [found for found in draft.references if found != parent and mime.is_message_id(found)]
    references = _trimmed([*anchor.ids[:1], *ancestors, *anchor.ids[1:], *([parent] if parent else [])])
    if parent or anchor.ids:
        yield mime.message_ids("In-Reply-To", [parent or anchor.ids[-1]])
    if references:
        yield mime.message_ids("References", references)


def _trimmed(ids: Sequence[str]) -> list[str]:
    """Return the first id and as many of the latest as fit, oldest first, each once (behaviour 36)."""
    first, *rest = dict.fromkeys(ids) or [""]
    kept: list[str] = []
    room = LONGEST_REFERENCES - len(first)
    for found in reversed(rest):
        room -= len(found) + 3
        if room < 0 and kept:
            break
        kept.append(found)
    return [found for found in (first, *reversed(kept)) if found]


def _manners(draft: Draft, *, letter: Letter, desk: DeskIdentity) -> Iterator[bytes]:
    """Yield what tells machines to be silent (RFC 3834); a mail in which a person speaks has none of it (59)."""
    if draft.automatic is not Automatic.NO:
        yield mime.token("Auto-Submitted", draft.automatic.value)
        yield mime.token("X-Auto-Response-Suppress", "All")
    if letter.is_report:
        yield mime.token("List-Unsubscribe", f"<mailto:{desk.address}?subject=unsubscribe%20{draft.code.lower()}>")


def _body(
    rendered: Rendered,
    enclosures: Sequence[tuple[Attachment, bytes | memoryview]],
    *,
    boundary: str,
    request: str = "",
) -> Iterator[bytes]:
    alternatives = [
        [mime.text_part(rendered.text, subtype="plain")],
        [mime.text_part(rendered.html, subtype="html")],
    ]
    if request:
        alternatives.append([mime.text_part(request, subtype="calendar; method=REQUEST")])
    text = mime.multipart(alternatives, subtype="alternative", boundary=boundary + "_a")
    if not enclosures:
        return text
    attachments = (
        mime.attachment_part(data, content_type=part.content_type, filename=_filename(part.filename))
        for part, data in enclosures
    )
    return mime.multipart([text, *attachments], subtype="mixed", boundary=boundary + "_m")


def _request(draft: Draft, *, desk: DeskIdentity, date: datetime) -> str:
    """Return an invitation as calendars read it (RFC 5545): METHOD:REQUEST, with the zone that its times are in."""
    values = draft.values
    zone = ZoneInfo(draft.zone)
    starts_at = datetime.fromisoformat(str(values["starts_at"])).astimezone(zone)
    event = Event()
    event.add("uid", str(values["uid"]))
    event.add("sequence", int(str(values["sequence"])))
    event.add("dtstamp", date.astimezone(UTC))
    event.add("dtstart", starts_at)
    event.add("dtend", (starts_at.astimezone(UTC) + timedelta(minutes=int(str(values["minutes"])))).astimezone(zone))
    event.add("summary", words.one_line(str(values["topic"])))
    event.add("location", words.one_line(str(values["link"]) or str(values["place"])))
    event.add("status", "CONFIRMED")
    organizer = vCalAddress(f"mailto:{desk.address}")
    organizer.params["CN"] = words.one_line(desk.name).replace('"', "")
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{draft.to[0]}")
    attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
    event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", "-//ticketbot//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode()).replace("\r\n", "\n")


def _filename(name: str) -> str:
    """Return a file name as a mere label: its end kept, because that is what people and programs look at."""
    label = words.one_line(name.replace("/", "_").replace("\\", "_"), longest=1_000).lstrip(". ")
    if len(label) <= _LONGEST_FILENAME:
        return label or "attachment"
    stem, dot, ending = label.rpartition(".")
    kept = f"{dot}{ending}" if stem and len(ending) <= len(".numbers") else ""
    return label[: _LONGEST_FILENAME - len(kept) - 1] + "…" + kept
