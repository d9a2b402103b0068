"""What the sweep over promises costs: `python -m bench.sweep [--database postgresql] [--tickets 100000] [--check]`.

    python -m bench.sweep                        # SQLite
    python -m bench.sweep --database postgresql  # a cluster of its own
    python -m bench.sweep --check                # ends with 1 above 50 ms with nothing due, or 5 s with 1,000 due
    python -m bench.sweep --profile              # where the time of the thousand goes

A desk with 100,000 open tickets, each with its mail, its clocks and an owner. A sweep is what the service does when its
alarm clock rings: every job of the timetable is asked, what is due is done, and the next due instant is found. First
nothing is due; then a thousand tickets reach half of their first-answer time at one instant, and later their end.
"""

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, func, insert, select, update
from sqlalchemy.orm import Session
from tests.desk.driver import DeskDriver
from tests.factories import a_mail
from tests.servers.keeper import private
from tests.servers.postgresql import PostgresqlServer

from ticketbot.app import timetable_of
from ticketbot.store.database import Store, open_store
from ticketbot.store.models import Base, Message, Participant, SlaClock, Staff, Ticket, key_of

DUE = 1_000
QUIET_REACH, DUE_REACH = 0.050, 5.0
_AT_ONCE = 5_000


def fill(store: Store, *, tickets: int) -> DeskDriver:
    """Return a desk with so many open tickets, all but the last thousand of them in no hurry."""
    desk = DeskDriver(store)
    desk.receive(a_mail(subject="No rush: two words overlap", body="Cosmetic, when you have time."))
    desk.receive(a_mail(subject="Nobody can log in", body="All users are blocked, please help right now."))
    with Session(store.engine) as session, session.begin():
        owner = session.scalar(select(Staff.id).where(Staff.slug == "ben"))
        session.execute(update(Ticket).values(owner_id=owner))
        for number, copies in ((1001, tickets - DUE - 1), (1002, DUE - 1)):
            _copy(session, number, copies)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE").close()
        connection.commit()
    return desk


def _copy(session: Session, number: int, copies: int) -> None:
    """Add copies of a ticket with all that belongs to it."""
    model = _rows(session, Ticket, Ticket.number == number)[0]
    belongings = {table: _rows(session, table, table.ticket_id == model["id"]) for table in (SlaClock, Participant)}
    mail = _rows(session, Message, Message.ticket_id == model["id"])[0]
    first = (session.scalar(select(func.max(Ticket.id))) or 0) + 1
    numbers = (session.scalar(select(func.max(Ticket.number))) or 0) + 1
    for begin in range(0, copies, _AT_ONCE):
        batch = range(begin, min(copies, begin + _AT_ONCE))
        _insert(session, Ticket, [{**model, "id": first + each, "number": numbers + each} for each in batch])
        for table, rows in belongings.items():
            plain = [{name: value for name, value in row.items() if name != "id"} for row in rows]
            _insert(session, table, [{**row, "ticket_id": first + each} for each in batch for row in plain])
        plain_mail = {name: value for name, value in mail.items() if name != "id"}
        _insert(
            session,
            Message,
            [
                {
                    **plain_mail,
                    "ticket_id": first + each,
                    "fingerprint": f"{number}-{each}",
                    "message_id": f"{number}.{each}@acme.example",
                    "id_key": key_of(f"{number}.{each}@acme.example"),
                    "sha256": None,
                }
                for each in batch
            ],
        )


def _rows(session: Session, model: type[Base], condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(model.__table__).where(condition)).mappings()]


def _insert(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    table = model.__table__
    assert isinstance(table, Table)
    if rows:
        session.execute(insert(table), rows)


def sweep(desk: DeskDriver) -> float:
    """Return how long it takes to do what is due and to find out what will be next."""
    timetable = timetable_of(desk.store, desk.desk)
    began = time.perf_counter()
    timetable.run_due(desk.now)
    timetable.next_at(desk.now)
    return time.perf_counter() - began


@contextmanager
def opened(kind: str) -> Iterator[Store]:
    """Open an empty database of a kind."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "postgresql":
            with private(PostgresqlServer) as server:
                store = open_store(server.url)
                store.upgrade()
                yield store
                store.close()
        else:
            store = open_store(f"sqlite:///{Path(folder) / 'ticketbot.db'}")
            store.upgrade()
            yield store
            store.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--profile", action="store_true")
    wanted = parser.parse_args()
    with opened(wanted.database) as store:
        desk = fill(store, tickets=wanted.tickets)
        sweep(desk)  # what a service that has run for a while holds in memory
        quiet = sorted(sweep(desk) for _ in range(9))[4]
        print(f"{wanted.database}: nothing due of {wanted.tickets}: {quiet * 1000:.1f} ms (50 are allowed)")
        slowest = 0.0
        for name, percent in (("half", 50), ("the end", 100)):
            promise = desk.clocks(1002)["FR", 1]
            assert promise.due_at is not None
            desk.clock.instant = promise.started_at + (promise.due_at - promise.started_at) * percent / 100
            desk.clock.instant += timedelta(seconds=1)
            before = letters(store)
            profile = cProfile.Profile()
            took = profile.runcall(sweep, desk) if wanted.profile else sweep(desk)
            print(f"{wanted.database}: {DUE} tickets at {name}: {took:.2f} s, {letters(store) - before} letters")
            slowest = max(slowest, took)
            if wanted.profile:
                pstats.Stats(profile).sort_stats("cumulative").print_stats("ticketbot", 60)
    return int(wanted.check and (quiet > QUIET_REACH or slowest > DUE_REACH))


def letters(store: Store) -> int:
    with store.look() as work:
        return sum(work.outbox.counts().values())


if __name__ == "__main__":
    sys.exit(main())
