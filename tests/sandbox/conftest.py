from collections.abc import Iterator

import pytest
from tests.sandbox.visitors import MARA, SUPPORT

from ticketbot.sandbox.mailserver import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        server.office.add_account(SUPPORT, token="token-of-support", folders=("Processed",))
        server.office.add_account(MARA)
        yield server
