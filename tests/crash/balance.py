"""The balance after a crash: every mail has one outcome, every letter went out, and repeats are rare and identical."""

from collections import Counter, defaultdict
from email.utils import unquote

from tests.journeys.house import House
from tests.journeys.people import read

from ticketbot.store.database import Work


def assert_every_letter_went_out(house: House, *, kills: int) -> None:
    """Fail unless each letter is sent, lies in its readers' mailboxes, and was repeated at most once for each kill.

    Without receipts a letter whose fate is unknown goes again, byte for byte (faults.md B1).
    """
    expected = house.read(_letters)
    taken: dict[str, list[tuple[bytes, tuple[str, ...]]]] = defaultdict(list)
    for transaction in house.relay.mails:
        taken[_message_id(transaction.raw)].append((transaction.raw, transaction.recipients))
    assert {message_id: state for message_id, (_, state) in expected.items()} == dict.fromkeys(taken, "sent")
    for message_id, sendings in taken.items():
        assert len(set(sendings)) == 1, f"{message_id} went out with different bytes"
    repeats = len(house.relay.mails) - len(expected)
    assert repeats <= kills, f"{repeats} letters were repeated after {kills} kills"
    for address in sorted({reader for readers, _ in expected.values() for reader in readers}):
        arrived = Counter(_message_id(mail.raw) for mail in house.folder_of(address))
        sent = Counter({each: len(taken[each]) for each, (readers, _) in expected.items() if address in readers})
        assert arrived == sent, f"{address} did not get what was sent"


def _letters(work: Work) -> dict[str, tuple[frozenset[str], str]]:
    return {each.message_id: (frozenset([*each.to, *each.cc]), each.state) for each in work.outbox.listed(limit=10_000)}


def _message_id(raw: bytes) -> str:
    return unquote(str(read(raw)["Message-ID"]).strip())


def states(work: Work) -> Counter[str]:
    """Return how many received mails are in which state."""
    return Counter(work.inbox.counts())
