"""A house for each journey, with nobody serving yet."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.house import House, lived_in
from tests.servers.dovecot import Dovecot
from tests.servers.smtpsink import SmtpSink


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own TICKETBOT_ variables away from the services that are started here."""
    for name in list(os.environ):
        if name.startswith("TICKETBOT_"):
            monkeypatch.delenv(name)


@pytest.fixture
def relay(dovecot: Dovecot) -> Iterator[SmtpSink]:
    """The desk's relay, which brings its letters to mailboxes on Dovecot. People send by `mail_relay`."""
    with SmtpSink(deliver=dovecot.deliver) as sink:
        yield sink


@pytest.fixture
def empty_house(tmp_path: Path, database_url: str, dovecot: Dovecot, relay: SmtpSink) -> Iterator[House]:
    """A desk of which nothing is written yet, with a database that is empty."""
    with lived_in(House(folder=tmp_path, url=database_url, dovecot=dovecot, relay=relay)) as house:
        yield house


@pytest.fixture
def house(tmp_path: Path, store_url: str, dovecot: Dovecot, relay: SmtpSink) -> Iterator[House]:
    """A desk that is ready to be served, on each database."""
    with lived_in(House(folder=tmp_path, url=store_url, dovecot=dovecot, relay=relay)) as house:
        house.furnish()
        yield house
