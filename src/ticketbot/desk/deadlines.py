"""The sweep over promises: a reminder before a deadline, a breach after it, each exactly once (domain.md SL6, SL8)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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
from ticketbot.domain.lifecycle import Act, TicketState, move
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
        """Record every threshold that was passed, and write one letter for each instant, reader and kind of news."""
        rules = self.desk.rules(work)
        recorded = told_of(work, ticket)
        clocks = load_clocks(work, ticket)
        rows = {(row.clock, row.cycle): row for row in work.tickets.clocks(ticket.id)}
        slots: dict[tuple[datetime, bool], list[tuple[Clock, Step]]] = defaultdict(list)
        for clock in clocks:
            name = (clock.name.value, clock.cycle)
            steps = due_steps(clock, rules.policy, recorded=recorded[name], now=now)
            due_at = clock.due_at or clock.breached_at or now
            for step in steps[:-1]:
                work.tickets.remind(rows[name], level=step.percent, due_at=due_at, at=step.at, state="superseded")
            for step in steps[-1:]:
                if work.tickets.remind(rows[name], level=step.percent, due_at=due_at, at=step.at, state="told"):
                    slots[step.at, step.is_breach].append((clock, step))
        save_clocks(work, ticket, clocks, policy=rules.policy)
        care = care_of(work, ticket, policy=rules.policy, now=now)
        for (slot, is_breach), found in slots.items():
            found.sort(key=lambda each: _MOST_PRESSING[each[0].name.value])
            drafts = [
                self._draft(work, ticket, care, found, who=who, place=place, slot=slot, is_breach=is_breach, now=now)
                for place, who in self._readers(work, ticket, care, found, now=now)
            ]
            self.send(work, drafts, now=now)
            for clock, step in found:
                work.tickets.note(
                    "breach" if is_breach else "remind",
                    at=slot,
                    actor="ticketbot",
                    ticket=ticket,
                    detail={"clock": clock.name.value, "cycle": clock.cycle, "percent": step.percent},
                )

    def _readers(
        self, work: Work, ticket: Ticket, care: Care, found: list[tuple[Clock, Step]], *, now: datetime
    ) -> list[tuple[Place, Told]]:
        """Return who is told, each person once, in the first role in which they are."""
        people = self.people(work, self.desk.rules(work), now=now)
        owner = people.owner(ticket)
        percent = max(step.percent for _, step in found)
        readers: dict[str, tuple[Place, Told]] = {}
        for place in places_for(percent, has_owner=owner is not None):
            if place is Place.OWNER and owner is not None:
                holders = [told(owner, "owner")]
            else:
                holders = people.in_role(place.value, launch=care.launch, phase=care.phase(now))
            for who in holders:
                readers.setdefault(fold(who.address), (place, who))
        return list(readers.values())

    def _draft(
        self,
        work: Work,
        ticket: Ticket,
        care: Care,
        found: list[tuple[Clock, Step]],
        *,
        who: Told,
        place: Place,
        slot: datetime,
        is_breach: bool,
        now: datetime,
    ) -> Draft:
        policy = self.desk.rules(work).policy
        write = breach if is_breach else reminder
        return write(
            reader=reader_of_told(who),
            ticket=ticket_facts(work, ticket, care, now=now),
            clocks=[_facts(clock, step, now) for clock, step in found],
            slot=slot,
            mails=last_mails(work, ticket),
            addresses=self.desk.post.staff_addresses(ticket.number, reader=who.address, now=now),
            thread=staff_thread(work, ticket, who.address),
            now=now,
            send_at=send_at(
                max(slot, now),
                zone=ZoneInfo(who.zone),
                priority=Priority(ticket.priority),
                who=place,
                quiet=policy.quiet_staff,
            ),
        )


def _facts(clock: Clock, step: Step, now: datetime) -> ClockFacts:
    late = now - clock.due_at if clock.due_at is not None and now > clock.due_at else None
    return one_clock(clock, share=step.percent, late=late if late is None or late > timedelta() else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(Timed):
    """Closes tickets that stayed silent after they were resolved (TK6)."""

    def do_one(self, now: datetime) -> bool:
        """Close one ticket whose time has come; return whether there was one."""
        with self.store.look() as work:
            if not work.tickets.to_act(now=now, limit=1):
                return False
        with self.store.work() as work:
            for row in work.tickets.to_act(now=now, limit=1):
                ticket = work.tickets.lock(row)
                at = ticket.act_at
                if at is None or at > now:
                    continue  # somebody changed it before it was locked
                ticket.act_at, ticket.act = None, None
                after = move(TicketState(ticket.state), Act.AUTO_CLOSE)
                if not isinstance(after, TicketState):
                    continue
                work.tickets.note(
                    "state",
                    at=at,
                    actor="ticketbot",
                    ticket=ticket,
                    detail={"before": ticket.state, "after": after.value, "act": Act.AUTO_CLOSE.value},
                )
                ticket.state, ticket.closed_at, ticket.updated_at = after, at, at
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next ticket closes by itself."""
        del now
        with self.store.look() as work:
            return work.tickets.next_act_at()
