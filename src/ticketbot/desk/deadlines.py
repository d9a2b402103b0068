"""The sweep over promises: a reminder before a deadline, a breach after it, each exactly once (domain.md SL6, SL8)."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.desk.apologies import Apology, apology
from ticketbot.desk.book import Rules
from ticketbot.desk.care import Care, care_of
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.people import People, Told, told
from ticketbot.desk.promises import clock_from, save_all, told_of
from ticketbot.desk.told import last_of, one_clock, reader_of_told, thread_of, ticket_facts
from ticketbot.domain.drafts import Draft
from ticketbot.domain.errors import TemporaryError
from ticketbot.domain.ladder import Step, due_steps, send_at
from ticketbot.domain.ladder import Told as Place
from ticketbot.domain.ladder import told as places_for
from ticketbot.domain.messages import fold
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import Clock
from ticketbot.outbound.facts import ClockFacts
from ticketbot.outbound.letters_staff import breach, reminder
from ticketbot.store.database import Work
from ticketbot.store.models import Message, Ticket

log = logging.getLogger(__name__)

#: So many tickets share a commit: it costs as much as telling of one. Mail about them waits so long at most.
_AT_ONCE = 20
_PUT_OFF = timedelta(minutes=10)
_MOST_PRESSING = {"FR": 0, "NR": 1, "UPD": 2, "RES": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Somebody who is told: in which role, and of which promises."""

    who: Told
    place: Place
    news: list[tuple[Clock, Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sweep:
    """What one transaction of the sweep asks once, however many tickets it tells of."""

    work: Work
    rules: Rules
    people: People
    now: datetime
    _cares: dict[tuple[int | None, int | None], Care] = field(default_factory=dict)

    def care(self, ticket: Ticket) -> Care:
        """Return in whose care a ticket is."""
        key = (ticket.client_id, ticket.launch_id)
        if key not in self._cares:
            self._cares[key] = care_of(self.work, ticket, policy=self.rules.policy, now=self.now)
        return self._cares[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines(Timed):
    """Acts on clocks whose next threshold has come."""

    def do_one(self, now: datetime) -> bool:
        """Tell of the thresholds that a handful of tickets have passed, in one transaction; return whether any had.

        If that fails each is told of by itself. A ticket with which that fails is put off, so that no other waits
        behind it.
        """
        with self.store.look() as work:
            if not work.tickets.is_due(now=now):
                return False
        taken: list[int] = []
        try:
            with self.store.work() as work:
                tickets = work.tickets.take_due(now=now, limit=_AT_ONCE)
                taken = [ticket.id for ticket in tickets]
                self._tell_all(work, tickets, now)
        except TemporaryError:
            raise
        except Exception:  # noqa: BLE001 - raised again by the ticket that it was about
            log.info("the sweep of %s tickets is done one by one", len(taken), extra={"action": "sweep_parted"})
            self._one_by_one(taken, now)
        return True

    def _one_by_one(self, ticket_ids: Iterable[int], now: datetime) -> None:
        """Tell of each ticket by itself, and put off those that fail; raises what the first of them raised."""
        failures: list[Exception] = []
        for ticket_id in ticket_ids:
            try:
                with self.store.work() as work:
                    self._tell_all(work, [work.tickets.lock(work.tickets.by_id(ticket_id))], now)
            except TemporaryError:
                raise
            except Exception as error:  # noqa: BLE001 - raised when the others are told of
                failures.append(error)
                with self.store.work() as work:
                    work.tickets.put_off(ticket_id, now=now, until=now + _PUT_OFF)
        if failures:
            raise failures[0]

    def next_at(self, now: datetime) -> datetime | None:
        """Return the next threshold of any clock."""
        del now
        with self.store.look() as work:
            return work.tickets.next_clock_at()

    def _tell_all(self, work: Work, tickets: Sequence[Ticket], now: datetime) -> None:
        """Record every threshold that was passed, and write one letter to each reader of a ticket about all of its.

        Of one clock only the highest is told; clocks that are due at the same instant, or that were passed while
        nobody swept, come in one letter (SL6, faults.md B10).
        """
        rules = self.desk.rules(work)
        sweep = _Sweep(work=work, rules=rules, people=self.people(work, rules, now=now), now=now)
        ids = [ticket.id for ticket in tickets]
        clocks: dict[int, list[Clock]] = {ticket_id: [] for ticket_id in ids}
        for row in work.tickets.clocks_of(ids):
            clocks[row.ticket_id].append(clock_from(row))
        found = self._recorded(sweep, clocks)
        save_all(work, [(ticket, tuple(clocks[ticket.id])) for ticket in tickets], policy=rules.policy)
        readers = [(ticket, self._readers(sweep, ticket, found[ticket.id])) for ticket in tickets if found[ticket.id]]
        self.send(work, self._drafts(sweep, readers), now=now)
        for ticket in tickets:
            for clock, step in found[ticket.id]:
                work.tickets.note(
                    "breach" if step.is_breach else "remind",
                    at=step.at,
                    actor="ticketbot",
                    ticket=ticket,
                    detail={"clock": clock.name.value, "cycle": clock.cycle, "percent": step.percent},
                )

    def _recorded(self, sweep: _Sweep, clocks: Mapping[int, Sequence[Clock]]) -> dict[int, list[tuple[Clock, Step]]]:
        """Record the thresholds that were passed; return those to be told, by ticket, the most pressing clock first."""
        recorded = told_of(sweep.work, list(clocks))
        told: list[tuple[int, Clock, Step]] = []
        rows: list[dict[str, Any]] = []
        for ticket_id, clock in ((each, clock) for each, those in clocks.items() for clock in those):
            name = (clock.name.value, clock.cycle)
            steps = due_steps(clock, sweep.rules.policy, recorded=recorded[ticket_id][name], now=sweep.now)
            told += [(ticket_id, clock, step) for step in steps[-1:]]
            rows += [
                {
                    "ticket_id": ticket_id,
                    "clock": clock.name.value,
                    "cycle": clock.cycle,
                    "level": step.percent,
                    "due_at": clock.due_at or clock.breached_at or sweep.now,
                    "at": step.at,
                    "state": "told" if step is steps[-1] else "superseded",
                }
                for step in steps
            ]
        new = sweep.work.tickets.remind_all(rows)
        found: dict[int, list[tuple[Clock, Step]]] = {ticket_id: [] for ticket_id in clocks}
        for ticket_id, clock, step in sorted(told, key=lambda each: _MOST_PRESSING[each[1].name.value]):
            if (ticket_id, clock.name.value, clock.cycle, step.percent) in new:
                found[ticket_id].append((clock, step))
        return found

    def _readers(self, sweep: _Sweep, ticket: Ticket, found: list[tuple[Clock, Step]]) -> list[_Reader]:
        """Return who is told of what: each person once, in the first role in which they are told anything."""
        care, people, rules = sweep.care(ticket), sweep.people, sweep.rules.policy.ladder
        owner = people.owner(ticket)
        has_owner = owner is not None
        readers: dict[str, _Reader] = {}
        for place in Place:
            news = [each for each in found if place in places_for(each[1].percent, has_owner=has_owner, rules=rules)]
            if not news:
                continue
            if place is Place.OWNER and owner is not None:
                holders = [told(owner, "owner")]
            else:
                holders = people.in_role(place.value, launch=care.launch, phase=care.phase(sweep.now))
            for who in holders:
                readers.setdefault(fold(who.address), _Reader(who=who, place=place, news=news))
        return list(readers.values())

    def _drafts(self, sweep: _Sweep, readers: Sequence[tuple[Ticket, Sequence[_Reader]]]) -> Iterator[Draft]:
        """Yield the letter of each reader of each ticket; what all are shown is asked once."""
        work, now = sweep.work, sweep.now
        ids = [ticket.id for ticket, _ in readers]
        messages: dict[int | None, list[Message]] = defaultdict(list)
        for message in work.tickets.messages_of(ids):
            messages[message.ticket_id].append(message)
        threads = work.outbox.threads(ids)
        for ticket, each_reader in readers:
            care = sweep.care(ticket)
            facts, mails = ticket_facts(work, ticket, care, now=now), last_of(work, messages[ticket.id])
            apologies: dict[ClockName, Apology] = {}
            for reader in each_reader:
                who, slot = reader.who, max(step.at for _, step in reader.news)
                late = next((clock for clock, step in reader.news if step.is_breach), None)
                if late is not None and late.name not in apologies:
                    apologies[late.name] = apology(work, ticket, care, late, now=now)
                sorry = apologies[late.name] if late is not None else None
                write = reminder if sorry is None else partial(breach, draft_text=sorry.text, draft_until=sorry.until)
                yield write(
                    reader=reader_of_told(who),
                    ticket=facts,
                    clocks=[_facts(clock, step, now) for clock, step in reader.news],
                    slot=slot,
                    mails=mails,
                    addresses=self.desk.post.staff_addresses(ticket.number, reader=who.address, now=now),
                    thread=thread_of(threads.get((ticket.id, fold(who.address)), [])),
                    now=now,
                    send_at=send_at(
                        max(slot, now),
                        zone=ZoneInfo(who.zone),
                        priority=Priority(ticket.priority),
                        who=reader.place,
                        quiet=sweep.rules.policy.quiet_staff,
                    ),
                )


def _facts(clock: Clock, step: Step, now: datetime) -> ClockFacts:
    ended = clock.stopped_at or now
    late = ended - clock.due_at if clock.due_at is not None and ended > clock.due_at else None
    return one_clock(clock, share=step.percent, late=late)
