"""Who the desk is in the letters that it sends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskIdentity:
    """Who we are in a From header, and the domain of our Message-IDs."""

    name: str
    address: str
    domain: str
