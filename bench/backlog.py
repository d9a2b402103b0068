"""How much faster a backlog becomes tickets when every core reads: `python -m bench.backlog [--database sqlite]`.

The same backlog on the same kind of database, in turn: one by one with one child, as a service with one core does, then
with a child for each core. Reading alone is measured as well, by as many threads as there are children. The ratios are
the figures to trust: a busy machine disturbs all sides alike. Ends with 1 when the tickets are not the same.
"""

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from bench.understand import TONGUES, TRACE, answer
from tests.factories import IDENTITY, KEYS, NOW, a_desk
from tests.servers.keeper import private
from tests.servers.postgresql import Postgresql, PostgresqlServer
from typing_extensions import override

from ticketbot.clock import FixedClock
from ticketbot.desk.book import Book, MailboxRules
from ticketbot.desk.desk import Desk
from ticketbot.desk.post import Post
from ticketbot.domain.messages import Message
from ticketbot.inbound.ahead import Hand
from ticketbot.inbound.pipeline import Pipeline
from ticketbot.inbound.pool import PooledReader, cores
from ticketbot.store.database import Store

KILOBYTES = 100


def a_backlog(mails: int) -> list[bytes]:
    """Mails of some 100 kB: text beside HTML, with a long history; every third answers the one before it."""
    found = []
    for number, tongue in zip(range(mails), itertools.cycle(TONGUES)):
        text = answer(tongue, size=KILOBYTES * 310)
        html = "".join(f"<p style='margin:0'>{line}</p>\n" for line in text.splitlines())
        parent = f"In-Reply-To: <matter.{number - 1}@acme.example>\r\n" if number % 3 == 2 else ""
        head = (
            f"{TRACE}From: Person {number} <p{number - number % 3}@acme.example>\r\nTo: support@desk.example\r\n"
            f"Subject: Matter {number - number % 3}\r\nMessage-ID: <matter.{number}@acme.example>\r\n{parent}"
            'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="x"\r\n\r\n'
        )
        parts = [
            f"--x\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
            for kind, body in (("plain", text), ("html", html))
        ]
        found.append("".join([head, *parts, "--x--\r\n"]).encode())
    return found


class Counting(PooledReader):
    """A pool that notes how many mails were being read at once."""

    def __init__(self, *, size: int) -> None:
        super().__init__(size=size)
        self.at_once: Counter[int] = Counter()
        self._now = 0
        self._count = threading.Lock()

    @override
    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        with self._count:
            self._now += 1
            self.at_once[self._now] += 1
        try:
            return super().read(raw, authserv_ids=authserv_ids)
        finally:
            with self._count:
                self._now -= 1


def processed(url: str, backlog: Sequence[bytes], *, lanes: int) -> tuple[float, list[tuple[object, ...]], int]:
    """Return the seconds that the backlog took, what became of it, and how many mails were read at once."""
    store = Store(url)
    store.upgrade()
    a_desk(store)
    with store.work() as work:
        for number, raw in enumerate(backlog):
            at = NOW - timedelta(seconds=len(backlog) - number)
            work.inbox.keep(raw, mailbox="support", channel="normal", received_at=at, now=NOW)
    book = Book(mailboxes=(MailboxRules(name="support", addresses=("support@desk.example",)),))
    with Counting(size=lanes) as reader:
        warm(reader, lanes)
        pipeline = Pipeline(
            store=store,
            reader=reader,
            desk=Desk(book=book, post=Post(keys=KEYS, identity=IDENTITY)),
            clock=FixedClock(NOW),
            holder="bench",
            hand=Hand(lanes),
        )
        began = perf_counter()
        while pipeline.do_one():
            pass
        took = perf_counter() - began
        pipeline.close()
    with store.look() as work:
        became = [
            (ticket.number, ticket.subject, ticket.state, [each.new_text for each in work.tickets.messages(ticket.id)])
            for ticket in work.tickets.listed()
        ]
        outcomes = [(mail.id, mail.state, mail.outcome, mail.attempts) for mail in work.inbox.listed()]
    store.close()
    return took, [*became, *outcomes], max(reader.at_once)


def read_alone(backlog: Sequence[bytes], *, lanes: int) -> float:
    """Return the seconds that reading takes, without store and desk."""
    with PooledReader(size=lanes) as reader, ThreadPoolExecutor(lanes) as threads:
        warm(reader, lanes)
        began = perf_counter()
        for _ in threads.map(reader.read, backlog):
            pass
        return perf_counter() - began


def warm(reader: PooledReader, lanes: int) -> None:
    """Have every child ready before the clock runs."""
    meet = threading.Barrier(lanes)

    def greet(_: int) -> None:
        meet.wait()
        reader.read(b"Subject: hello\r\n\r\nhello " * 20_000)

    with ThreadPoolExecutor(lanes) as threads:
        list(threads.map(greet, range(lanes)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    wanted = parser.parse_args()
    backlog = a_backlog(wanted.mails)
    every = cores()
    size = statistics.mean(map(len, backlog)) / 1000
    load = os.getloadavg()[0]
    print(f"{wanted.mails} mails of {size:.0f} kB, {every} children against one, {wanted.database}, load {load:.1f}")
    ratios, whole = [], []
    is_same = True
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster: Postgresql | None = None
        if wanted.database == "postgresql":
            cluster = Postgresql(stack.enter_context(private(PostgresqlServer)).facts, name="bench")
        names = itertools.count()

        def a_database() -> str:
            return cluster.create() if cluster else f"sqlite:///{folder / f'{next(names)}.db'}"

        for _ in range(wanted.rounds):
            alone = read_alone(backlog, lanes=1)
            together = read_alone(backlog, lanes=every)
            one, became_of_one, _ = processed(a_database(), backlog, lanes=1)
            many, became_of_many, at_once = processed(a_database(), backlog, lanes=every)
            is_same &= became_of_one == became_of_many
            ratios.append(alone / together)
            whole.append(one / many)
            print(
                f"  reading {alone:.1f} s and {together:.1f} s ({alone / together:.2f}x); from bytes to tickets "
                f"{one:.1f} s and {many:.1f} s ({one / many:.2f}x), {at_once} mails read at once"
            )
    print(f"reading {statistics.median(ratios):.2f}x, from bytes to tickets {statistics.median(whole):.2f}x")
    if not is_same:
        sys.exit("the tickets are not the same")


if __name__ == "__main__":
    main()
