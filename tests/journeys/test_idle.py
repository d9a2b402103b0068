from collections.abc import Iterator

import pytest
from tests.journeys.house import SUPPORT, House
from tests.journeys.story import MESSAGES, a_story
from tests.journeys.tripwire import Said, Tripwire
from tests.servers.dovecot import Dovecot
from tests.servers.smtpsink import SmtpSink


@pytest.fixture
def line(dovecot: Dovecot) -> Iterator[Tripwire]:
    """A line on which everything that the service and Dovecot say to each other can be heard."""
    with Tripwire(dovecot.port) as line:
        yield line


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_service_asks_for_nothing_until_the_server_says_that_mail_is_there(
    house: House, mail_relay: SmtpSink, line: Tripwire
) -> None:
    story = a_story(house, mail_relay)
    house.tls, house.imap_port = "none", line.port
    house.write_settings()
    house.start()

    began = house.until(lambda: idling_since(line), what="the service listens")
    story.mara.write(to=SUPPORT, subject="Exports are empty", text=MESSAGES[0][3])
    story.mara.gets(1)

    meanwhile = line.heard[began:]
    asked = [index for index, (said, _) in enumerate(meanwhile) if said is Said.BY_CLIENT]
    told = b"".join(words for _, words in meanwhile[: asked[0]])
    assert b"EXISTS" in told, "the server spoke first"
    assert meanwhile[asked[0]][1] == b"DONE\r\n"
    assert sum(b"AUTHENTICATE" in words for said, words in line.heard if said is Said.BY_CLIENT) == 1


def idling_since(line: Tripwire) -> int | None:
    """Return how much was said until the server began to listen to the silence."""
    return next((index + 1 for index, (_, words) in enumerate(line.heard) if b"+ idling" in words), None)
