"""What the sender newly wrote (first version)."""

from ticketbot.inbound import text as texts


def new_text(marked: str, *, subject: str = "", is_reply: bool = False) -> str:
    """Return the new text."""
    return texts.unmarked(marked).strip()


def is_forwarded(text: str, *, new_text: str) -> bool:
    """Return whether."""
    return False
