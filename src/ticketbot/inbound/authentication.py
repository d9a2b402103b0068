"""What our own mail server said of a mail's sender: the reader of its Authentication-Results (RFC 8601).

Trusted is only the topmost field with exactly our authserv-id that stands above the first Received field: everything
below may have come with the mail. Google and Microsoft write theirs below their own Received fields; both remove or
rename what a sender planted, so for their ids the topmost field of that id counts wherever it stands, as long as the
hops above it are their own.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ticketbot.domain.messages import Authentication, fold

#: How the hops of those hosts name themselves (RFC 5321 §4.4, the `by` clause).
_HOSTED: Final = {
    "mx.google.com": re.compile(r"mx\.google\.com|2002:a05:[0-9a-f:]{1,40}|10(?:\.\d{1,3}){3}", re.IGNORECASE),
    "protection.outlook.com": re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:outlook|exchangelabs)\.com", re.IGNORECASE),
}
_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|;|=|[^\s;="()]+)')
_MAX: Final = 8192


def verdict(fields: Sequence[tuple[str, bytes]], *, authserv_ids: frozenset[str], sender_domain: str) -> Authentication:
    """Return pass, none or fail for the domain of the one From mailbox.

    DMARC decides where it is told; else an aligned DKIM or SPF pass. Fail is DMARC's fail, or both others failing.
    """
    raw = trusted_field(fields, authserv_ids=authserv_ids)
    if raw is None or not sender_domain:
        return Authentication.NONE
    return judged(results(raw), sender_domain=sender_domain)


def trusted_field(fields: Sequence[tuple[str, bytes]], *, authserv_ids: frozenset[str]) -> str | None:
    """Return the text of the one field that our server wrote, or None."""
    ours = {fold(item) for item in authserv_ids}
    hops: list[bytes] = []
    for name, raw in fields:
        if name == "received":
            hops.append(raw)
            if not ours & _HOSTED.keys():
                return None
        elif name == "authentication-results":
            text = raw[:_MAX].decode("latin-1")
            identity = authserv_id(text)
            if identity is None and "protection.outlook.com" in ours:
                identity = "protection.outlook.com"  # Microsoft 365 leaves it out
            if identity not in ours:
                continue
            if hops and not (identity in _HOSTED and all(_HOSTED[identity].fullmatch(_taken_by(hop)) for hop in hops)):
                return None
            return text
    return None


def _taken_by(hop: bytes) -> str:
    """Return which host says that it took the mail in: the `by` clause, never what the other side called itself."""
    words = list(_tokens(hop[:_MAX].decode("latin-1"), at_most=4))
    if words and words[0].casefold() == "from":
        words = words[2:]
    return words[1] if len(words) > 1 and words[0].casefold() == "by" else ""


def authserv_id(text: str) -> str | None:
    """Return the authserv-id in lower case, or None where the field has none (it begins with a method)."""
    found = list(_tokens(text, at_most=3))
    if not found or found[0] in {";", "="}:
        return None
    if len(found) > 1 and found[1] == "=":
        return None
    return fold(_unquoted(found[0]))


def results(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return method, result and properties of every statement, by grammar: comments and quotes hide nothing."""
    out: list[tuple[str, str, dict[str, str]]] = []
    statement: list[str] = []
    statements: list[list[str]] = []
    for token in _tokens(text, at_most=2000):
        if token == ";":  # noqa: S105 - a separator
            statements.append(statement)
            statement = []
        else:
            statement.append(token)
    statements.append(statement)
    for words in statements:
        pairs = [
            (words[at - 1].casefold(), _unquoted(words[at + 1])) for at in range(1, len(words) - 1) if words[at] == "="
        ]
        if pairs and words[1] == "=":
            method, result = pairs[0]
            out.append((method.partition("/")[0], result.lower(), dict(reversed(pairs[1:]))))
    return out


def judged(found: Sequence[tuple[str, str, dict[str, str]]], *, sender_domain: str) -> Authentication:
    """Return what the statements of one field mean for mail from *sender_domain*."""
    dmarc = [(result, facts) for method, result, facts in found if method == "dmarc"]
    for result, facts in dmarc:
        if not _same(facts.get("header.from", sender_domain), sender_domain):
            continue
        if result in {"pass", "bestguesspass"}:
            return Authentication.PASS if result == "pass" else Authentication.NONE
        if result == "fail":
            return Authentication.FAIL
    dkim = [(r, f.get("header.d") or f.get("header.i", "").rpartition("@")[2]) for m, r, f in found if m == "dkim"]
    spf = [(r, f.get("smtp.mailfrom", "").rpartition("@")[2]) for m, r, f in found if m == "spf"]
    if any(result == "pass" and _aligned(domain, sender_domain) for result, domain in (*dkim, *spf)):
        return Authentication.PASS
    if spf and spf[0][0] == "fail" and not any(result == "pass" for result, _ in dkim) and dkim:
        return Authentication.FAIL
    return Authentication.NONE


def _aligned(domain: str, sender_domain: str) -> bool:
    """Return whether a proven domain speaks for the sender's: the same, or a parent of at least two labels."""
    domain, sender_domain = fold(domain).rstrip("."), fold(sender_domain).rstrip(".")
    return bool(domain) and (domain == sender_domain)


def _same(one: str, other: str) -> bool:
    return fold(one).rstrip(".").rpartition("@")[2] == fold(other).rstrip(".")


def _tokens(text: str, *, at_most: int) -> Iterator[str]:
    """Yield words, quoted strings, semicolons and equals signs; comments, also nested ones, are left out."""
    position, given = 0, 0
    while position < len(text) and given < at_most:
        if text[position] == "(":
            position = _after_comment(text, position)
            continue
        if text[position].isspace() or text[position] == ")":
            position += 1
            continue
        found = _TOKEN.match(text, position)
        if found is None:
            position += 1
            continue
        yield found[1]
        given += 1
        position = found.end()


def _after_comment(text: str, position: int) -> int:
    depth = 0
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                return position + 1
        position += 1
    return position


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token.startswith('"') else token
