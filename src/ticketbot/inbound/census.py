"""The census: everything on the server compared with the ledger, so that nothing depends on having been told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ticketbot.inbound.mailbox import Listed, Mailbox, Shelf
from ticketbot.store.database import Store
from ticketbot.store.models import MailState

#: How far the server's clock may be behind ours without a mail being taken for one from before the start.
SKEW = timedelta(minutes=2)


def take_census(mailbox: Mailbox, store: Store, *, name: str, uidvalidity: int, now: datetime) -> list[int]:
    """Return the UIDs that are still to be fetched, oldest first, and note in the ledger which mails are gone.

    No flag and no date decides (behaviours 1, 2 and 12): what the ledger does not hold is fetched.
    """
    present = mailbox.uids()
    with store.work() as work:
        work.ledger.gone(name, uidvalidity, present=present, now=now)
        return work.ledger.unseen(name, uidvalidity, present)


def start_of(now: datetime) -> datetime:
    """Return the instant from which the mails of a mailbox count that is first connected *now*.

    INTERNALDATE knows whole seconds. What is in the mailbox now is from before, so the second of now is, too; what
    arrives in the rest of it is let in by `SKEW`.
    """
    return now.replace(microsecond=0) + timedelta(seconds=1)


def is_before_start(mail: Listed, *, start_at: datetime, forgives: bool) -> bool:
    """Return whether a mail is from before the mailbox's start, and so nobody's business (behaviour 15).

    In the first generation of UIDs the mails of before are in the ledger already, so there a late clock is forgiven;
    after a change of UIDVALIDITY the time alone tells them from others.
    """
    if mail.internal_at is None:
        return False
    return mail.internal_at < (start_at - SKEW if forgives else start_at)


def shelved(outcomes: Sequence[tuple[int, str]]) -> Mapping[Shelf, list[int]]:
    """Return the ids of sightings by the shelf on which their mails belong, from (id, state of the mail)."""
    shelves: dict[Shelf, list[int]] = {}
    for sighting, state in outcomes:
        shelf = Shelf.QUARANTINE if state == MailState.QUARANTINED else Shelf.PROCESSED
        shelves.setdefault(shelf, []).append(sighting)
    return shelves
