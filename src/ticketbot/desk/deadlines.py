"""The sweep over promises: a reminder before a deadline, a breach after it, each exactly once (domain.md SL6, SL8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from ticketbot.desk.apologies import apology
from ticketbot.desk.care import Care, care_of
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.people import Told, told
from ticketbot.desk.promises import load_clocks, save_clocks, told_of
from ticketbot.desk.told import last_mails, one_clock, reader_of_told, staff_thread, ticket_facts
from ticketbot.domain.drafts import Draft
from ticketbot.domain.errors import TemporaryError
from ticketbot.domain.ladder import Step, due_steps, send_at
from ticketbot.domain.ladder import Told as Place
from ticketbot.domain.ladder import told as places_for
from ticketbot.domain.messages import fold
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import Clock
from ticketbot.outbound.facts import ClockFacts
from ticketbot.outbound.letters_staff import breach, reminder
from ticketbot.store.database import Work
from ticketbot.store.models import Ticket

_PUT_OFF = timedelta(minutes=10)
_MOST_PRESSING = {"FR": 0, "NR": 1, "UPD": 2, "RES": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Somebody who is told: in which role, and of which promises."""

    who: Told
    place: Place
    news: list[tuple[Clock, Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines(Timed):
    """Acts on clocks whose next threshold has come."""

    def do_one(self, now: datetime) -> bool:
        """Tell of the thresholds that one ticket has passed; return whether there was one.

        A ticket with which that fails is put off, so that no other waits behind it.
        """
        with self.store.look() as work:
            due = work.tickets.due_ticket(now=now)
        if due is None:
            return False
        try:
            with self.store.work() as work:
                self._tell(work, work.tickets.lock(work.tickets.by_id(due.id)), now)
        except TemporaryError:
            raise
        except Exception:
            with self.store.work() as work:
                work.tickets.put_off(due.id, now=now, until=now + _PUT_OFF)
            raise
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return the next threshold of any clock."""
        del now
        with self.store.look() as work:
            return work.tickets.next_clock_at()

    def _tell(self, work: Work, ticket: Ticket, now: datetime) -> None:
        """Record every threshold that was passed, and write one letter to each reader about all that are told.

        Of one clock only the highest is told; clocks that are due at the same instant, or that were passed while
        nobody swept, come in one letter (SL6, faults.md B10).
        """
        rules = self.desk.rules(work)
        recorded = told_of(work, ticket)
        clocks = load_clocks(work, ticket)
        rows = {(row.clock, row.cycle): row for row in work.tickets.clocks(ticket.id)}
        found: list[tuple[Clock, Step]] = []
        for clock in sorted(clocks, key=lambda clock: _MOST_PRESSING[clock.name.value]):
            name = (clock.name.value, clock.cycle)
            steps = due_steps(clock, rules.policy, recorded=recorded[name], now=now)
            due_at = clock.due_at or clock.breached_at or now
            for step in steps[:-1]:
                work.tickets.remind(rows[name], level=step.percent, due_at=due_at, at=step.at, state="superseded")
            found += [
                (clock, step)
                for step in steps[-1:]
                if work.tickets.remind(rows[name], level=step.percent, due_at=due_at, at=step.at, state="told")
            ]
        save_clocks(work, ticket, clocks, policy=rules.policy)
        care = care_of(work, ticket, policy=rules.policy, now=now)
        for reader in self._readers(work, ticket, care, found, now=now):
            self.send(work, [self._draft(work, ticket, care, reader, now=now)], now=now)
        for clock, step in found:
            work.tickets.note(
                "breach" if step.is_breach else "remind",
                at=step.at,
                actor="ticketbot",
                ticket=ticket,
                detail={"clock": clock.name.value, "cycle": clock.cycle, "percent": step.percent},
            )

    def _readers(
        self, work: Work, ticket: Ticket, care: Care, found: list[tuple[Clock, Step]], *, now: datetime
    ) -> list[_Reader]:
        """Return who is told of what: each person once, in the first role in which they are told anything."""
        people = self.people(work, self.desk.rules(work), now=now)
        owner = people.owner(ticket)
        readers: dict[str, _Reader] = {}
        for place in Place:
            news = [each for each in found if place in places_for(each[1].percent, has_owner=owner is not None)]
            if not news:
                continue
            if place is Place.OWNER and owner is not None:
                holders = [told(owner, "owner")]
            else:
                holders = people.in_role(place.value, launch=care.launch, phase=care.phase(now))
            for who in holders:
                readers.setdefault(fold(who.address), _Reader(who=who, place=place, news=news))
        return list(readers.values())

    def _draft(self, work: Work, ticket: Ticket, care: Care, reader: _Reader, *, now: datetime) -> Draft:
        policy = self.desk.rules(work).policy
        who, slot = reader.who, max(step.at for _, step in reader.news)
        late = next((clock for clock, step in reader.news if step.is_breach), None)
        sorry = apology(work, ticket, care, late, now=now) if late is not None else None
        write = reminder if sorry is None else partial(breach, draft_text=sorry.text, draft_until=sorry.until)
        return write(
            reader=reader_of_told(who),
            ticket=ticket_facts(work, ticket, care, now=now),
            clocks=[_facts(clock, step, now) for clock, step in reader.news],
            slot=slot,
            mails=last_mails(work, ticket),
            addresses=self.desk.post.staff_addresses(ticket.number, reader=who.address, now=now),
            thread=staff_thread(work, ticket, who.address),
            now=now,
            send_at=send_at(
                max(slot, now),
                zone=ZoneInfo(who.zone),
                priority=Priority(ticket.priority),
                who=reader.place,
                quiet=policy.quiet_staff,
            ),
        )


def _facts(clock: Clock, step: Step, now: datetime) -> ClockFacts:
    ended = clock.stopped_at or now
    late = ended - clock.due_at if clock.due_at is not None and ended > clock.due_at else None
    return one_clock(clock, share=step.percent, late=late)
