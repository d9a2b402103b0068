"""How a line to a server is protected: verified TLS, or a plain line that never leaves this machine."""

import ssl
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

_LONGEST_SAYING = 200


class Tls(StrEnum):
    """How a connection is protected; `none` is for loopback only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


def verifying(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return a context that checks the server's certificate and name against the system's authorities.

    With *ca_file*, the authorities in that file are trusted instead. Raises OSError when it cannot be read.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine, so that what is said to it is heard by nobody else."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def without_secrets(text: str, *secrets: str) -> str:
    """Return what a server said as one short line, fit for people and logs, with every secret taken out."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _LONGEST_SAYING else line[:_LONGEST_SAYING] + "…"
