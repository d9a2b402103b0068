"""The only door to IMAP: what fetching asks of a mailbox, and a real one behind imapclient."""

from ticketbot.inbound.mailbox.imap import ImapMailbox
from ticketbot.inbound.mailbox.port import (
    Account,
    Fetched,
    Listed,
    Mailbox,
    Opened,
    Shelf,
    batches,
)

__all__ = [
    "Account",
    "Fetched",
    "ImapMailbox",
    "Listed",
    "Mailbox",
    "Opened",
    "Shelf",
    "batches",
]
