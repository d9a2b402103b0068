"""Which parts of the tree are the mail's text, and which are attachments: one walk, the same order every time."""

import hashlib
import re
from dataclasses import dataclass, field
from html import escape
from typing import Final

from ticketbot.domain.messages import Attachment
from ticketbot.inbound import charsets, filenames, invites, plaintext, tnef
from ticketbot.inbound import text as texts
from ticketbot.inbound.encodings import uudecoded
from ticketbot.inbound.walk import Part

MAX_TEXT: Final = 1024 * 1024
_MACHINE_PARTS: Final = frozenset(
    ("message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
     "message/feedback-report")
)  # fmt: skip
_ANSWERING: Final = frozenset(("REPLY", "COUNTER", "DECLINECOUNTER"))
_TNEF: Final = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))


@dataclass(slots=True)
class Body:
    """The pieces of text in their order, and every file."""

    pieces: list[tuple[str, str]] = field(default_factory=list)  # (plain text, HTML), one of them may be empty
    files: list[tuple[Attachment, bytes | memoryview]] = field(default_factory=list)
    mails: list[Part] = field(default_factory=list)
    calendar_method: str = ""
    calendar_uid: str = ""
    calendar_answer: str = ""
    is_encrypted: bool = False
    own_words: str | None = None  # where the body is a calendar's: nothing quotes there
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Remember what was left out or guessed; each once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def text(self) -> str:
        """Return the whole body as text; HTML stands in where a piece has nothing plain. Marks are still in."""
        out = [plain if plain.strip() else texts.from_html(html) for plain, html in self.pieces]
        whole = "\n".join(
            piece.strip("\n") if number else piece.rstrip("\n") for number, piece in enumerate(out) if piece.strip()
        )
        is_cut = any(len(html) > texts.MAX_HTML for plain, html in self.pieces if not plain.strip())
        if is_cut or len(whole) > MAX_TEXT:
            self.note("the text is longer than 1 MB: the rest of it is left out")
        return whole[:MAX_TEXT]

    def html(self) -> str:
        """Return the whole body as HTML as it came (not yet sanitised), or nothing where no piece has HTML."""
        if not any(html for _, html in self.pieces):
            return ""
        return "\n".join(html or f"<pre>{escape(plain)}</pre>" for plain, html in self.pieces)


def of(root: Part) -> Body:
    """Return body and files of a mail."""
    body = Body()
    collector = _Collector(body)
    collector.collect(root)
    collector.finish()
    return body


class _Collector:
    """Goes through the parts in order. Nested mails add files, never text."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.nested = 0
        self.named: list[Part] = []
        self.calendars: list[Part] = []

    def collect(self, part: Part, *, related: bool = False, sole: bool = True) -> None:
        kind = part.content_type
        if part.main_type == "multipart":
            self._multipart(part, related=related)
        elif kind in {"message/rfc822", "message/global", "message/news"}:
            self._mail(part)
        elif kind in _TNEF or part.filename.lower() == "winmail.dat":
            self._tnef(part)
        elif kind == "text/calendar" and part.disposition != "attachment":
            self.body.calendar_method = self.body.calendar_method or _method(part)
            self.body.calendar_uid = self.body.calendar_uid or _calendar_value(part, _UID)
            self.body.calendar_answer = self.body.calendar_answer or _calendar_value(part, _PARTSTAT).upper()
            self._file(part, inline=True)
            self.calendars += [] if self.nested else [part]
        elif self._is_text(part, sole=sole):
            self._text(part)
        elif kind in {"text/plain", "text/html"} and part.disposition != "attachment" and not self.nested:
            self.named.append(part)
            self._file(part, inline=True)
        else:
            if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"} and "signed" not in part.parameters.get(
                "smime-type", ""
            ):
                self.body.is_encrypted = True
            self._file(part, inline=related or part.disposition == "inline")

    def finish(self) -> None:
        """Show a named text or a calendar where there is no other text: it stays a file, too."""
        if any(plain.strip() or html.strip() for plain, html in self.body.pieces):
            return
        if self.named:
            self._text(self.named[0])
        elif self.calendars:
            found = invites.read(self.calendars[0].text())
            self.body.pieces.append((texts.unmarkable(found.text), ""))
            self.body.own_words = found.comment if self.body.calendar_method in _ANSWERING else found.text

    def _is_text(self, part: Part, *, sole: bool) -> bool:
        if part.content_type not in {
            "text/plain",
            "text/html",
            "text/enriched",
            "text/richtext",
            "text/x-amp-html",
            "text",
        }:
            return False
        if part.disposition == "attachment":
            return sole and not part.filename and not self.nested
        return not part.filename

    def _multipart(self, part: Part, *, related: bool) -> None:
        kind = part.content_type
        if kind == "multipart/encrypted":
            self.body.is_encrypted = True
        if kind == "multipart/alternative" and len(part.children) > 1:
            self._alternative(part)
            return
        for child in part.children:
            self.collect(child, related=related or kind == "multipart/related", sole=len(part.children) == 1)

    def _alternative(self, part: Part) -> None:
        """One text in several forms: the plain one is shown, HTML kept; what else is there are files."""
        before = self.body.pieces
        forms: list[list[tuple[str, str]]] = []
        for child in part.children:
            self.body.pieces = []
            self.collect(child, related=True, sole=True)
            forms.append(self.body.pieces)
        self.body.pieces = before
        plain = next((form for form in forms if any(p.strip() for p, _ in form) and not any(h for _, h in form)), None)
        rich = next((form for form in reversed(forms) if any(h for _, h in form)), None)
        html = "\n".join(h or f"<pre>{escape(p)}</pre>" for p, h in rich) if rich else ""
        if plain:
            shown = "\n".join(p for p, _ in plain)
            if _is_placeholder(plain, html):
                shown = f"{shown.rstrip()}\n\n{texts.unmarked(texts.from_html(html))}"
            self.body.pieces.append((shown, html))
        elif rich:
            self.body.pieces += rich

    def _text(self, part: Part) -> None:
        text = part.text()[: MAX_TEXT * 2]
        if part.is_guessed:
            self.body.note("the charset of the text is not named, or named wrong: it was guessed")
        if part.content_type == "text/html":
            if not self.nested:
                self.body.pieces.append(("", text))
            return
        if part.content_type in {"text/enriched", "text/richtext"}:
            text = plaintext.enriched(text)
        elif part.content_type == "text/x-amp-html":
            return
        elif part.parameters.get("format", "").lower() == "flowed":
            text = plaintext.unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
        if "\nbegin " in f"\n{text}":
            text = self._uuencoded(part, text)
        if not self.nested and text.strip():
            self.body.pieces.append((texts.unmarkable(text), ""))

    def _uuencoded(self, part: Part, text: str) -> str:
        """Take files that stand in the text itself out of it."""
        data = part.content()
        kept: list[bytes] = []
        position = 0
        while (found := uudecoded(data, position)) is not None and len(kept) < 100:
            name, content, start, end = found
            if not content:
                break
            kept.append(data[position:start])
            self._add(name, "application/octet-stream", content, part)
            position = end
        if not position:
            return text
        kept.append(data[position:])
        return charsets.clean(charsets.decode(b"\n".join(kept), part.charset))

    def _mail(self, part: Part) -> None:
        content = part.octets()
        name = part.filename
        if not name and part.children:
            subject = part.children[0].headers.text("subject")
            name = f"{filenames.label(subject)[:80]}.eml" if filenames.label(subject) else ""
        self._add(name, part.content_type, content, part)
        if not self.nested:
            self.body.mails.extend(part.children)
        self.nested += 1
        for child in part.children:
            self.collect(child)
        self.nested -= 1

    def _tnef(self, part: Part) -> None:
        content = part.content()
        found = tnef.read(content)
        if found is None:
            self._file(part, inline=False)
            return
        for file in found.files:
            self._add(
                file.name, file.content_type or "application/octet-stream", file.data, part, content_id=file.content_id
            )
        if not found.is_opened:
            self.body.note("winmail.dat could not be read to its end: it is kept as a file")
            self._file(part, inline=False)
        if not self.nested and not self.body.pieces and (found.text.strip() or found.html):
            self.body.pieces.append((texts.unmarkable(found.text), found.html))

    def _file(self, part: Part, *, inline: bool) -> None:
        content = part.octets()
        if not part.filename and part.main_type == "text" and not bytes(content).strip():
            return
        self._add(part.filename, part.content_type, content, part, inline=inline)

    def _add(
        self,
        name: str,
        kind: str,
        content: bytes | memoryview,
        part: Part,
        *,
        inline: bool = False,
        content_id: str = "",
    ) -> None:
        index = len(self.body.files)
        self.body.files.append((
            Attachment(
                index=index,
                filename=filenames.label(name) or filenames.stable_name(index, kind),
                content_type=kind,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                content_id=content_id or part.content_id,
                inline=inline,
            ),
            content,
        ))  # fmt: skip


def _method(part: Part) -> str:
    declared = part.parameters.get("method", "")
    if not declared:
        found = re.search(rb"^METHOD:([A-Za-z]{3,20})", part.content()[:8192], re.MULTILINE)
        declared = found[1].decode() if found else ""
    return declared.upper()


def _calendar_value(part: Part, pattern: re.Pattern[bytes]) -> str:
    """Return what a line of an answer to an invitation says: whose it is, or yes or no."""
    found = pattern.search(re.sub(rb"\r?\n[ \t]", b"", part.content()[:_CALENDAR_READ]))
    return found[1].decode("ascii", "replace").strip() if found else ""


_CALENDAR_READ: Final = 65_536
_UID: Final = re.compile(rb"^UID:([!-~]{1,250})", re.MULTILINE)
_PARTSTAT: Final = re.compile(rb"^ATTENDEE[^\r\n]{0,500}?PARTSTAT=([A-Za-z-]{1,20})", re.MULTILINE)


def _is_placeholder(plain: list[tuple[str, str]], html: str) -> bool:
    """Return whether the plain form only says that there is another."""
    said = " ".join(p for p, _ in plain).strip()
    return bool(html) and len(said) < 400 and bool(_PLACEHOLDER.search(said))


_PLACEHOLDER: Final = re.compile(
    r"(?:does(?: not|n't) support|cannot (?:display|read)|unable to (?:display|view)|not support"
    r"|to view (?:this|the) (?:message|e-?mail)|html[- ](?:capable|compatible|enabled|format))"
    r".{0,80}(?:html|e-?mail|message|format)"
    r"|^this is a multi-?part message|^this (?:is an?|message is in|e-?mail is in) html",
    re.IGNORECASE,
)
