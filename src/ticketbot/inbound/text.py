"""Bodies as text: HTML turned into readable text or into harmless HTML."""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Final

import nh3
from lxml import etree
from lxml import html as lxml_html

from ticketbot.inbound import charsets

MAX_HTML: Final = 1024 * 1024
MAX_SANITISED: Final = 512 * 1024
MAX_DEPTH: Final = 150

#: Lines that stand around what the sender's program itself marked; `unmarked` takes them out again.
SIGNATURE_BEGINS, SIGNATURE_ENDS, QUOTE_BEGINS, QUOTE_ENDS = "\ue001", "\ue002", "\ue003", "\ue004"
_MARKS: Final = re.compile("[\ue000-\ue00f]")
_MARK_LINES: Final = re.compile("^[> ]*[\ue001-\ue004]\n?", re.MULTILINE)

_SKIPPED: Final = frozenset(("head", "style", "script", "title", "template", "noscript", "select", "object", "svg"))
_PARAGRAPHS: Final = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "table", "blockquote")
)
_BLOCKS: Final = frozenset(
    ("div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "address", "center", "form", "fieldset",
     "body", "html", "tbody", "thead", "caption", "figure", "main", "nav", "aside")
)  # fmt: skip
_SIGNATURE: Final = re.compile(
    r"gmail_signature|moz-signature|AppleMailSignature|ms-outlook-mobile-signature|outlook_mobile_signature"
    r"|protonmail_signature_block|^Signature$|^x_Signature$|zmail_signature|yahoo-?signature|mail_android_signature"
    r"|^(?:front|missive|mailspring|sh|composer|tutanota|freshdesk)[-_]signature$",
    re.IGNORECASE,
)
_QUOTE: Final = re.compile(
    r"(?:^|[ _])(?:gmail_quote(?:_container)?|yahoo_quoted|protonmail_quote|moz-cite-prefix|zmail_extra|divRplyFwdMsg"
    r"|mail-?editor-reference-message-container|OutlookMessageHeader|tutanota_quote|WordSection_quote)(?:$| )",
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)


def from_html(source: str) -> str:
    """Return HTML as readable text; quoted blocks get "> ", what is marked as signature or quote keeps a mark."""
    source = unmarkable(source[:MAX_HTML])
    try:
        root = lxml_html.document_fromstring(_prepared(source), parser=_parser())
    except (etree.LxmlError, ValueError, AssertionError):
        return stripped(source)
    writer = _Writer()
    try:
        _write(root, writer)
    except RecursionError:
        return stripped(source)
    return writer.text()


def stripped(source: str) -> str:
    """Return the text of HTML that no parser understands: tags cut out, nothing else."""
    out, position = [], 0
    while (start := source.find("<", position)) >= 0:
        out.append(source[position:start])
        stop = source.find(">", start)
        if stop < 0:
            position = start
            break
        out.append("\n" if re.match(r"</?(?:p|div|br|tr|li|h\d)\b", source[start : start + 6], re.IGNORECASE) else "")
        position = stop + 1
    out.append(source[position:])
    return charsets.clean(re.sub(r"\n{3,}", "\n\n", unmarkable(unescape("".join(out))))).strip()


def unmarkable(text: str) -> str:
    """Return text that holds no character which we would take for a mark: only what `from_html` sets is one."""
    return _MARKS.sub("", text)


def unmarked(text: str) -> str:
    """Return text without the marks of `from_html`."""
    return _MARKS.sub("", _MARK_LINES.sub("", text)).strip("\n")


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, remove_pis=True)


def _prepared(source: str) -> bytes:
    """Return bytes for the parser: a stray second <html> or </body> would hide what stands around it."""
    source = re.sub(
        r"</?(?:html|body)\b[^<>]{0,2000}>|<!doctype[^>]{0,300}>|<\?xml[^>]{0,300}\?>|</?o:p>",
        " ",
        source,
        flags=re.IGNORECASE,
    )
    source = re.sub(r"<!--\[if[^\]]{0,80}\]>|<!\[endif\]-->|<!\[if[^\]]{0,80}\]>|<!\[endif\]>", "", source)
    return b"<html><body>" + source.encode("utf-8", "replace") + b"</body></html>"


class _Writer:
    """Collects lines: collapses blanks, knows quote depth, never two blank lines in a row."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.buffer: list[str] = []
        self.depth = 0
        self.preformatted = 0
        self.blank_wanted = False

    def write(self, text: str | None) -> None:
        if not text:
            return
        if self.preformatted:
            first, *others = text.split("\n")
            self.buffer.append(first)
            for line in others:
                self.newline(always=True)
                self.buffer.append(line)
            return
        flat = _BLANKS.sub(" ", text)
        if flat == " " and not self.buffer:
            return
        self.buffer.append(flat if self.buffer else flat.lstrip(" "))

    def newline(self, *, always: bool = False) -> None:
        line = "".join(self.buffer)
        self.buffer = []
        if not self.preformatted:
            line = _DOUBLE.sub(" ", line)
        line = line.replace("\xa0", " ").rstrip()
        if not line.isascii():
            line = unmarkable(line)  # "&#xe001;" is no mark of ours either
        if not line and not always:
            return
        self._emit(line)

    def paragraph(self) -> None:
        self.newline()
        self.blank_wanted = True

    def mark(self, mark: str) -> None:
        self.newline()
        self.lines.append(mark)

    def _emit(self, line: str) -> None:
        prefix = "> " * min(self.depth, 10)
        if self.blank_wanted and self.lines:
            previous = self.lines[-1].strip("> ")
            if previous and not _MARKS.match(previous):
                shared = min(self.depth, self.lines[-1][:20].count("> ") if self.lines[-1].startswith(">") else 0)
                self.lines.append(("> " * shared).rstrip())
        self.blank_wanted = False
        self.lines.append((prefix + line).rstrip())

    def text(self) -> str:
        self.newline()
        return charsets.clean(re.sub(r"\n{4,}", "\n\n\n", "\n".join(self.lines))).strip("\n")


_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_DOUBLE: Final = re.compile(r" {2,}")


def _events(root: etree._Element) -> Iterator[tuple[str, etree._Element, bool]]:
    """Yield start and end of every element that is shown, without recursion; beyond MAX_DEPTH as one text."""
    stack: list[tuple[etree._Element, bool]] = [(root, False)]
    depth = 0
    while stack:
        node, seen = stack.pop()
        if seen:
            depth -= 1
            yield "end", node, True
            continue
        shown = isinstance(node, lxml_html.HtmlElement) and node.tag not in _SKIPPED and not _is_hidden(node)
        yield "start", node, shown
        if not shown:
            yield "end", node, False
            continue
        depth += 1
        stack.append((node, True))
        if depth <= MAX_DEPTH:
            stack.extend((child, False) for child in reversed(node))


def _is_hidden(node: etree._Element) -> bool:
    style = node.get("style")
    return bool(style and _HIDDEN.search(style[:1000]))


def _write(root: etree._Element, writer: _Writer) -> None:
    depth = 0
    for event, node, shown in _events(root):
        if event == "start":
            if not shown:
                continue
            depth += 1
            _open(node, writer)
            if depth > MAX_DEPTH:
                writer.write(" ".join(str(piece) for piece in node.itertext()))
            else:
                writer.write(node.text)
        else:
            if shown:
                depth -= 1
                _close(node, writer)
            if node is not root:
                writer.write(node.tail)


def _open(node: etree._Element, writer: _Writer) -> None:  # noqa: C901 - one table of what each tag does
    tag = node.tag
    if tag == "br":
        writer.newline(always=True)
        return
    if tag == "hr":
        writer.newline()
        writer.buffer.append("_" * 32)
        writer.newline()
        return
    if tag in _PARAGRAPHS and not _is_tight(node):
        writer.paragraph()
    elif tag in _BLOCKS or tag in _PARAGRAPHS:
        writer.newline()
    elif tag in {"td", "th"} and writer.buffer:
        writer.buffer.append("\xa0\xa0")
    elif tag == "img" and (alt := (node.get("alt") or "")) and len(alt) <= 4 and not alt.isascii():
        writer.write(alt)
    if tag == "li":
        writer.buffer.append("- ")
    elif tag == "pre":
        writer.preformatted += 1
    elif tag == "blockquote":
        writer.depth += 1
    if mark := _mark_of(node):
        writer.mark(mark)


def _close(node: etree._Element, writer: _Writer) -> None:
    tag = node.tag
    if mark := _mark_of(node):
        writer.mark(SIGNATURE_ENDS if mark == SIGNATURE_BEGINS else QUOTE_ENDS)
    if tag in _PARAGRAPHS:
        if tag == "p" and not "".join(writer.buffer).strip() and "\xa0" in "".join(writer.buffer):
            writer.newline(always=True)
        elif _is_tight(node):
            writer.newline()
        else:
            writer.paragraph()
    elif tag in _BLOCKS:
        writer.newline()
    if tag == "pre":
        writer.preformatted = max(0, writer.preformatted - 1)
    elif tag == "blockquote":
        writer.newline()
        writer.depth = max(0, writer.depth - 1)


def _is_tight(node: etree._Element) -> bool:
    """Return whether a paragraph is only a line, as in mails written with Word."""
    return node.tag in {"p", "table"} and ((node.get("class") or "").startswith("Mso") or node.tag == "table")


def _mark_of(node: etree._Element) -> str:
    name = f"{node.get('id') or ''} {node.get('class') or ''}".strip()
    if not name:
        return ""
    name = name[:200]
    if any(_SIGNATURE.search(part) for part in name.split()):
        return SIGNATURE_BEGINS
    return QUOTE_BEGINS if _QUOTE.search(name) else ""


_CLEANER: Final = nh3.Cleaner(
    tags=set(nh3.ALLOWED_TAGS) - {"map", "area"} | {"font", "u", "s"},
    clean_content_tags={"script", "style", "title", "template"},
    url_schemes={"http", "https", "mailto", "cid", "tel"},
    attributes={
        "a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"}, "ol": {"start"}, "font": {"color"}, "blockquote": {"type"}, "*": {"dir", "lang"},
    },
    attribute_filter=lambda tag, name, value: (
        None if (tag, name) == ("img", "src") and not value.lower().startswith("cid:") else value
    ),
    link_rel="noopener noreferrer nofollow",
)  # fmt: skip
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]{0,3000}?(/?)>")
_VOID: Final = frozenset(
    ("br", "img", "hr", "meta", "link", "input", "area", "col", "wbr", "p", "li", "td", "tr", "th")
)


def sanitised(source: str) -> str:
    """Return HTML that may be shown: an allow-list of tags, images only from the mail itself (cid:), nothing remote."""
    if not source.strip():
        return ""
    if len(source) > MAX_SANITISED or _is_deep(source):
        return f"<pre>{escape(stripped(source[:MAX_SANITISED]))}</pre>"
    return charsets.clean(_CLEANER.clean(source))


def _is_deep(source: str) -> bool:
    depth = deepest = 0
    for found in _TAG.finditer(source):
        if found[3] or found[2].lower() in _VOID:
            continue
        depth += -1 if found[1] else 1
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH * 2
