"""Houses that are made to be killed in."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crash.chance import Chance
from tests.journeys.house import House, lived_in
from tests.servers.dovecot import Dovecot
from tests.servers.smtpsink import SmtpSink


@pytest.fixture
def chance() -> Chance:
    """Random moments; the seed is printed."""
    found = Chance()
    sys.stdout.write(f"TICKETBOT_TEST_SEED={found.seed}\n")
    return found


@pytest.fixture
def house(tmp_path: Path, store_url: str, dovecot: Dovecot, mail_relay: SmtpSink) -> Iterator[House]:
    """A desk with one person on the triage list, on each database."""
    with lived_in(House(folder=tmp_path, url=store_url, dovecot=dovecot, relay=mail_relay, triage=("ben",))) as house:
        house.furnish()
        yield house
