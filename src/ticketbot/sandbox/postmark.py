"""What a receiving server does to a mail's bytes: line ends, trace headers, Authentication-Results."""

import re
from datetime import datetime
from email.utils import format_datetime, parseaddr

HOST = "mx.sandbox.example"

_LINE_END = re.compile(rb"\r\n|\r|\n")


def canonical(raw: bytes) -> bytes:
    """Return *raw* as servers keep it: CRLF everywhere, and no NUL (Dovecot writes 0x80 for it, and so do we)."""
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"\x80")
    if raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r"):
        return raw
    return _LINE_END.sub(b"\r\n", raw)


def head(raw: bytes) -> bytes:
    """Return the header block of *raw*, with the end of its last line."""
    if raw.startswith((b"\r\n", b"\n")):
        return b""
    found = re.search(rb"\r?\n(?=\r?\n)", raw)
    return raw[: found.end()] if found else raw


def header(raw: bytes, name: str) -> str:
    """Return the first header of that name, unfolded, or an empty string."""
    pattern = rb"(?im)^" + re.escape(name.encode()) + rb":[ \t]*((?:.*)(?:\n[ \t].*)*)"
    found = re.search(pattern, head(raw))
    return re.sub(rb"\r?\n(?=[ \t])", b"", found[1]).strip().decode("utf-8", "replace") if found else ""


def postmarked(raw: bytes, *, sender: str, recipient: str, at: datetime, authserv_id: str | None) -> bytes:
    """Return *raw* as it lies in the INBOX after arriving.

    A mail that carries Authentication-Results plays one that our server judged so: nothing is written above that
    header but the envelope, for a Received of ours above it would make it somebody else's claim (RFC 8601 section 5).
    """
    raw = canonical(raw)
    marks = [f"Return-Path: <{sender}>", f"Delivered-To: {recipient}"]
    if not header(raw, "Authentication-Results"):
        if authserv_id:
            marks.append(authentication_results(raw, authserv_id=authserv_id))
        marks.append(f"Received: by {authserv_id or HOST} with ESMTP for <{recipient}>;\r\n\t{format_datetime(at)}")
    return "".join(f"{mark}\r\n" for mark in marks).encode("utf-8", "replace") + raw


def authentication_results(raw: bytes, *, authserv_id: str, result: str = "pass") -> str:
    """Return the header by which our own server says how the From of *raw* fared, aligned."""
    domain = parseaddr(header(raw, "From"))[1].rpartition("@")[2]
    return (
        f"Authentication-Results: {authserv_id};\r\n\tdkim={result} header.d={domain};\r\n"
        f"\tspf={result} smtp.mailfrom={domain};\r\n\tdmarc={result} header.from={domain}"
    )
