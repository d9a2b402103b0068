"""How long a client waits for the acknowledgement: `python -m bench.latency [--mails 20] [--database sqlite]`.

Each mail is put into the mailbox by APPEND on a Dovecot of our own. The floor is what a bare client in IDLE needs to
hear of such a mail in another mailbox of the same server, in turn with ours; the rest is what ticketbot adds until the
relay has the acknowledgement: fetch, commit, read, decide, commit, write, send.
"""

import argparse
import math
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

from imapclient import IMAPClient
from tests.journeys.house import SUPPORT, House, as_a_command
from tests.servers.dovecot import Dovecot, DovecotServer
from tests.servers.keeper import private
from tests.servers.postgresql import PostgresqlServer
from tests.servers.smtpsink import SmtpSink

FLOOR = "floor@desk.example"
WITHIN = 60.0


def a_mail(number: int) -> bytes:
    return (
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\r\n"
        f"From: Person {number} <p{number}@acme.example>\r\n"
        f"To: {SUPPORT}\r\n"
        f"Subject: Matter {number}\r\n"
        f"Message-ID: <matter.{number}@acme.example>\r\n"
        "\r\n"
        f"Document {number} cannot be opened.\r\n"
    ).encode()


class Ear:
    """A bare client in IDLE, which notes when it hears of a mail."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self._heard = threading.Event()
        self._listens = threading.Event()
        self._instant = 0.0

    def time(self, put: Callable[[], float]) -> float:
        """Return how long after *put*, which tells when the mail was there, the client hears of it."""
        self._heard.clear()
        self._listens.clear()
        thread = threading.Thread(target=self._listen, daemon=True)
        thread.start()
        self._listens.wait(WITHIN)
        began = put()
        thread.join(WITHIN)
        return self._instant - began

    def _listen(self) -> None:
        self._client.idle()
        self._listens.set()
        while not any(len(words) > 1 and words[1] == b"EXISTS" for words in self._client.idle_check(timeout=WITHIN)):
            pass
        self._instant = perf_counter()
        self._client.idle_done()


def acknowledged(relay: SmtpSink, message_id: bytes) -> float:
    """Return the instant at which the relay has the acknowledgement of a mail."""
    with relay.news:
        heard = relay.news.wait_for(
            lambda: any(b"auto-replied" in mail.raw and message_id in mail.raw for mail in relay.mails), WITHIN
        )
        if not heard:
            raise TimeoutError("the acknowledgement never came")
        return perf_counter()


@contextmanager
def opened(dovecot: Dovecot, address: str) -> Iterator[Callable[[bytes], float]]:
    """Give what puts a mail into a mailbox and tells when it was there."""
    with dovecot.session(address) as client:

        def put(raw: bytes) -> float:
            client.append("INBOX", raw)
            return perf_counter()

        yield put


def measure(house: House, *, mails: int) -> tuple[list[float], list[float]]:
    """Return the floor's and our times, in the order of the mails; the first of each is not counted."""
    floor, ours = [], []
    with ExitStack() as stack:
        ear = Ear(stack.enter_context(house.dovecot.session(FLOOR)))
        put_bare = stack.enter_context(opened(house.dovecot, FLOOR))
        put = stack.enter_context(opened(house.dovecot, SUPPORT))
        for number in range(mails + 1):
            raw = a_mail(number)
            floor.append(ear.time(lambda raw=raw: put_bare(raw)))  # type: ignore[misc]
            began = put(raw)
            ours.append(acknowledged(house.relay, b"<matter.%d@acme.example>" % number) - began)
    return floor[1:], ours[1:]


def percentile(times: list[float], share: float) -> float:
    """Return the nearest rank."""
    return sorted(times)[math.ceil(share * len(times)) - 1]


def show(floor: list[float], ours: list[float]) -> None:
    print(f"{'milliseconds':34}{'p50':>8}{'p99':>8}")
    for label, times in (
        ("APPEND to IDLE, a bare client", floor),
        ("APPEND to acknowledgement sent", ours),
        ("ticketbot's share", [mine - bare for mine, bare in zip(ours, floor, strict=True)]),
    ):
        print(f"{label:34}{percentile(times, 0.5) * 1000:8.0f}{percentile(times, 0.99) * 1000:8.0f}")
    ratios = [percentile(ours, share) / percentile(floor, share) for share in (0.5, 0.99)]
    print(f"{'ratio to the floor':34}{ratios[0]:8.2f}{ratios[1]:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=20)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    wanted = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        dovecot = Dovecot(stack.enter_context(private(DovecotServer)).facts, world="bench")
        relay = stack.enter_context(SmtpSink())
        url = f"sqlite:///{folder / 'ticketbot.db'}"
        if wanted.database == "postgresql":
            url = stack.enter_context(private(PostgresqlServer)).url
        house = House(folder=folder, url=url, dovecot=dovecot, relay=relay, triage=("ben",), launch=as_a_command)
        stack.callback(house.close)
        house.store.upgrade()
        house.furnish()
        house.start()
        house.wait_until_it_listens()
        show(*measure(house, mails=wanted.mails))
        house.stop()


if __name__ == "__main__":
    main()
