"""The weekly digest: how the week went for the whole desk and for each launch, worst first (domain.md §3.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule, local_instant, worked
from ticketbot.domain.clocks import ClockState
from ticketbot.domain.lifecycle import OPEN_STATES, TicketState
from ticketbot.outbound.facts import PhaseFacts
from ticketbot.outbound.letters_reports import Attainment, LaunchWeek, Miss, Week
from ticketbot.store.database import Work
from ticketbot.store.models import Launch, SlaClock, Ticket
from ticketbot.store.readings import ClockReading

_WEEK = timedelta(days=7)
_AGED_AFTER = timedelta(hours=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchAt:
    """A launch as the digest shows it: its row, where it stands, and the schedule in which its tickets age."""

    launch: Launch
    phase: PhaseFacts
    schedule: Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open week of the organisation's zone, as instants, and when it is looked at."""

    first_day: date
    since: datetime
    until: datetime
    now: datetime

    @property
    def end(self) -> datetime:
        """Return the end of the window, or now while it lasts."""
        return min(self.until, self.now)


def window_of(first_day: date, zone: ZoneInfo, *, now: datetime) -> Window:
    """Return the week that begins on *first_day* at local midnight; a week with a clock change has 167 or 169 hours."""
    return Window(
        first_day=first_day,
        since=local_instant(first_day, time(), zone),
        until=local_instant(first_day + _WEEK, time(), zone),
        now=now,
    )


def week_of(work: Work, *, window: Window, zone: ZoneInfo, launches: Sequence[LaunchAt]) -> Week:
    """Return the figures of a week as they are at the window's `now`."""
    before = window_of(window.first_day - _WEEK, zone, now=window.now)
    tickets = work.readings.tickets_born_before(window.end)
    states = _states(work, tickets, until=window.end)
    counts = _Counts(work, window)
    clocks = work.readings.clocks_decided(since=window.since, until=window.end)
    clocks_before = work.readings.clocks_decided(since=before.since, until=before.until)
    names = {each.launch.id: each.launch.name for each in launches}
    zones = {each.launch.id: each for each in launches}

    def scope(launch_id: int | None) -> list[Ticket]:
        return [ticket for ticket in tickets if launch_id is None or ticket.launch_id == launch_id]

    def received(launch_id: int | None) -> int:
        return sum(
            ticket.created_at >= window.since and states[ticket.id] is not TicketState.SPAM
            for ticket in scope(launch_id)
        )

    def still_open(launch_id: int | None) -> list[Ticket]:
        return [ticket for ticket in scope(launch_id) if states[ticket.id] in OPEN_STATES]

    def aged(launch_id: int | None) -> int:
        return sum(_is_aged(ticket, zones, window.end) for ticket in still_open(launch_id))

    def kept(name: str, launch_id: int | None) -> Attainment:
        earlier = share(_of(clocks_before, name, launch_id), before)
        return attainment(_of(clocks, name, launch_id), window, before=earlier)

    weeks = [
        LaunchWeek(
            name=each.launch.name,
            ref=each.launch.slug,
            phase=each.phase,
            first_answers=kept("FR", each.launch.id),
            next_answers=kept("NR", each.launch.id),
            resolutions=kept("RES", each.launch.id),
            updates=kept("UPD", each.launch.id),
            received=received(each.launch.id),
            resolved=counts.of("resolved", each.launch.id),
            reopened=counts.of("reopened", each.launch.id),
            open=len(still_open(each.launch.id)),
            aged=aged(each.launch.id),
        )
        for each in launches
    ]
    people = {person.id: person.name for person in work.desk.everybody()}
    return Week(
        first_day=window.first_day,
        last_day=window.first_day + _WEEK - timedelta(days=1),
        launches=tuple(sorted(weeks, key=_badness)),
        misses=tuple(
            Miss(
                number=reading.ticket.number,
                clock=reading.clock.clock,
                due_at=_missed_at(reading.clock, window),
                launch=names.get(reading.ticket.launch_id or 0, ""),
                subject=reading.ticket.subject,
                owner=people.get(reading.ticket.owner_id or 0, ""),
                late=_late(reading.clock),
            )
            for reading in clocks
            if is_missed(reading.clock, window)
        ),
        first_answers=kept("FR", None),
        next_answers=kept("NR", None),
        resolutions=kept("RES", None),
        updates=kept("UPD", None),
        received=received(None),
        resolved=counts.of("resolved", None),
        reopened=counts.of("reopened", None),
        open=len(still_open(None)),
        aged=aged(None),
    )


class _Counts:
    """Changes of state within a window, by new state and launch."""

    def __init__(self, work: Work, window: Window) -> None:
        self._events = work.tickets.events_of(["state"], since=window.since, until=window.end)

    def of(self, after: str, launch_id: int | None) -> int:
        return sum(
            event.detail.get("after") == after and (launch_id is None or event.launch_id == launch_id)
            for event in self._events
        )


def _states(work: Work, tickets: Iterable[Ticket], *, until: datetime) -> dict[int, TicketState]:
    """Return each ticket's state at an instant, replayed from its changes of state."""
    states = {ticket.id: TicketState.NEW for ticket in tickets}
    for event in work.readings.state_events(until=until):
        if event.ticket_id in states:
            states[event.ticket_id] = TicketState(event.detail["after"])
    return states


def _of(clocks: Iterable[ClockReading], name: str, launch_id: int | None) -> list[SlaClock]:
    return [
        reading.clock
        for reading in clocks
        if reading.clock.clock == name and (launch_id is None or reading.ticket.launch_id == launch_id)
    ]


def is_missed(clock: SlaClock, window: Window) -> bool:
    """Return whether a promise was missed within the window: by its due instant, even while it still runs."""
    at = clock.breached_at or clock.due_at
    if clock.state == ClockState.VOID or at is None or not window.since <= at < window.end:
        return False
    return clock.is_met is False if clock.state == ClockState.STOPPED else True


def is_kept(clock: SlaClock, window: Window) -> bool:
    """Return whether a promise was kept within the window: by the instant at which it stopped."""
    at = clock.stopped_at
    return (
        clock.state == ClockState.STOPPED and bool(clock.is_met) and at is not None and window.since <= at < window.end
    )


def attainment(clocks: Iterable[SlaClock], window: Window, *, before: float | None) -> Attainment:
    """Return how many promises were kept and missed within the window; *before* is the share of the week before."""
    clocks = list(clocks)
    return Attainment(
        met=sum(is_kept(clock, window) for clock in clocks),
        missed=sum(is_missed(clock, window) for clock in clocks),
        before=before,
    )


def share(clocks: Iterable[SlaClock], window: Window) -> float | None:
    """Return the share of promises kept within the window, None where none ended."""
    found = attainment(clocks, window, before=None)
    return found.met / (found.met + found.missed) if found.met + found.missed else None


def _missed_at(clock: SlaClock, window: Window) -> datetime:
    return clock.breached_at or clock.due_at or window.since


def _late(clock: SlaClock) -> timedelta | None:
    due_at = clock.breached_at or clock.due_at
    return clock.stopped_at - due_at if clock.stopped_at is not None and due_at is not None else None


def _is_aged(ticket: Ticket, launches: Mapping[int, LaunchAt], at: datetime) -> bool:
    """Return whether an open ticket is older than five business days (40 h of calendar B)."""
    known = launches.get(ticket.launch_id or 0)
    if known is None:
        return at - ticket.created_at > timedelta(days=7)
    return worked(known.schedule, start=ticket.created_at, end=at) > _AGED_AFTER


def _badness(week: LaunchWeek) -> tuple[int, int, str]:
    missed = sum(each.missed for each in (week.first_answers, week.next_answers, week.resolutions, week.updates))
    return -missed, -week.open, week.name
