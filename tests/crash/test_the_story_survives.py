"""The main job, with the service killed in it by SIGKILL and started anew as operators do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crash.balance import assert_every_letter_went_out
from tests.crash.chance import Chance
from tests.journeys.house import House, as_a_command, lived_in
from tests.journeys.story import a_story, assert_told_to_the_end
from tests.servers.dovecot import Dovecot
from tests.servers.smtpsink import SmtpSink

KILLS = 5
#: A mail is noticed, worked on and answered within about this many seconds.
BUSY_FOR = 1.5


@pytest.fixture
def post(dovecot: Dovecot) -> Iterator[SmtpSink]:
    """The server by which people send."""
    with SmtpSink(deliver=dovecot.deliver) as sink:
        yield sink


@pytest.fixture
def house(tmp_path: Path, store_url: str, dovecot: Dovecot, mail_relay: SmtpSink) -> Iterator[House]:
    with lived_in(
        House(folder=tmp_path, url=store_url, dovecot=dovecot, relay=mail_relay, launch=as_a_command)
    ) as house:
        house.furnish()
        yield house


def test_five_kills_at_random_points_change_nothing(house: House, post: SmtpSink, chance: Chance) -> None:
    kills = 0

    def die_and_rise() -> None:
        nonlocal kills
        chance.let_pass(BUSY_FOR)
        house.kill()
        kills += 1
        house.start()

    a_story(house, post, disturb=die_and_rise).play()

    assert kills == KILLS
    assert_told_to_the_end(house)
    assert_every_letter_went_out(house, kills=kills)
