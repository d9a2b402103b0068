"""The weekly digest: how the week went for the whole desk and for each launch, worst first (domain.md §3.3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule, local_instant
from ticketbot.domain.clocks import clock_of
from ticketbot.domain.figures import (
    Backlog,
    ClockRow,
    TicketRow,
    Window,
    attainment,
    backlog,
    flow,
    misses,
    row_of,
    tally,
)
from ticketbot.domain.kinds import Severity, TicketKind
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.outbound.facts import PhaseFacts
from ticketbot.outbound.letters_reports import Attainment, LaunchWeek, Miss, Week
from ticketbot.store.database import Work
from ticketbot.store.models import Event, Launch, Ticket

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchAt:
    """A launch as the digest shows it: its row, and where it stands."""

    launch: Launch
    phase: PhaseFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """The tickets and promises of one launch, or of all."""

    tickets: Sequence[TicketRow]
    clocks: Sequence[ClockRow]


def window_of(first_day: date, zone: ZoneInfo, *, now: datetime) -> Window:
    """Return the week that begins on *first_day* at local midnight, as far as it has gone by *now*.

    A week with a clock change has 167 or 169 hours.
    """
    start, end = (local_instant(day, time(), zone) for day in (first_day, first_day + _WEEK))
    return Window(start=start, end=max(start, min(end, now)))


def week_of(
    work: Work, *, first_day: date, zone: ZoneInfo, launches: Sequence[LaunchAt], schedule: Schedule, now: datetime
) -> Week:
    """Return the figures of the week that begins on *first_day*, as they are at *now*.

    *schedule* is calendar B, in which tickets age.
    """
    window = window_of(first_day, zone, now=now)
    before = window_of(first_day - _WEEK, zone, now=now)
    tickets = list(work.readings.tickets_born_before(window.end))
    stories = _stories(tickets, work.readings.state_events(until=window.end))
    readings = work.readings.clocks_decided(since=before.start, until=window.end)
    rows = [(reading.ticket, row_of(clock_of(reading.clock.memory))) for reading in readings]

    def scope(launch_id: int | None) -> _Scope:
        return _Scope(
            tickets=[stories[ticket.id] for ticket in tickets if launch_id in (None, ticket.launch_id)],
            clocks=[row for ticket, row in rows if launch_id in (None, ticket.launch_id)],
        )

    def kept(part: _Scope) -> dict[ClockName, Attainment]:
        ended = attainment(part.clocks, window=window, now=now)
        return {
            name: Attainment(met=each.met, missed=each.missed, before=share(part, name)) for name, each in ended.items()
        }

    def share(part: _Scope, name: ClockName) -> float | None:
        earlier = tally((row for row in part.clocks if row.clock is name), window=before, now=now)
        return earlier.met / earlier.count if earlier.count else None

    def launch_week(each: LaunchAt) -> LaunchWeek:
        part = scope(each.launch.id)
        went, left, ended = flow(part.tickets, window=window), _left(part, window, schedule), kept(part)
        return LaunchWeek(
            name=each.launch.name,
            ref=each.launch.slug,
            phase=each.phase,
            first_answers=ended[ClockName.FIRST_RESPONSE],
            next_answers=ended[ClockName.NEXT_RESPONSE],
            resolutions=ended[ClockName.RESOLUTION],
            updates=ended[ClockName.UPDATE],
            received=went.received,
            resolved=went.resolved,
            reopened=went.reopened,
            open=left.open,
            aged=left.aged,
        )

    whole = scope(None)
    went, left, ended = flow(whole.tickets, window=window), _left(whole, window, schedule), kept(whole)
    return Week(
        first_day=first_day,
        last_day=first_day + _WEEK - timedelta(days=1),
        first_answers=ended[ClockName.FIRST_RESPONSE],
        next_answers=ended[ClockName.NEXT_RESPONSE],
        resolutions=ended[ClockName.RESOLUTION],
        updates=ended[ClockName.UPDATE],
        received=went.received,
        resolved=went.resolved,
        reopened=went.reopened,
        open=left.open,
        aged=left.aged,
        launches=tuple(sorted(map(launch_week, launches), key=_badness)),
        misses=_misses(work, rows, launches, window=window, now=now),
    )


def _left(part: _Scope, window: Window, schedule: Schedule) -> Backlog:
    return backlog(part.tickets, at=window.end, schedule=schedule)


def _misses(
    work: Work,
    rows: Sequence[tuple[Ticket, ClockRow]],
    launches: Sequence[LaunchAt],
    *,
    window: Window,
    now: datetime,
) -> tuple[Miss, ...]:
    """Return every promise that was missed in the window, in order of the due instants."""
    names = {each.launch.id: each.launch.name for each in launches}
    people = {person.id: person.name for person in work.desk.everybody()}
    owners = {id(row): ticket for ticket, row in rows}
    found = []
    for row in misses([row for _, row in rows], window=window, now=now):
        ticket = owners[id(row)]
        assert row.due_at is not None
        found.append(
            Miss(
                number=ticket.number,
                clock=row.clock,
                due_at=row.due_at,
                launch=names.get(ticket.launch_id or 0, ""),
                subject=ticket.subject,
                owner=people.get(ticket.owner_id or 0, ""),
                late=row.stopped_at - row.due_at if row.stopped_at is not None and row.stopped_at <= now else None,
            )
        )
    return tuple(found)


def _stories(tickets: Iterable[Ticket], events: Iterable[Event]) -> Mapping[int, TicketRow]:
    """Return each ticket as figures see it, replayed from its changes of state."""
    changes: dict[int, list[tuple[datetime, TicketState]]] = {ticket.id: [] for ticket in tickets}
    for event in events:
        if event.ticket_id in changes:
            changes[event.ticket_id].append((event.at, TicketState(event.detail["after"])))
    return {
        ticket.id: TicketRow(
            number=ticket.number,
            kind=TicketKind(ticket.kind),
            severity=Severity(ticket.severity),
            priority=Priority(ticket.priority),
            created_at=ticket.created_at,
            resolved_at=_when(changes[ticket.id], TicketState.RESOLVED),
            reopened_at=_when(changes[ticket.id], TicketState.REOPENED),
            ended_at=next(iter(_when(changes[ticket.id], TicketState.MERGED)), None),
            is_spam=bool(changes[ticket.id]) and changes[ticket.id][-1][1] is TicketState.SPAM,
        )
        for ticket in tickets
    }


def _when(changes: Iterable[tuple[datetime, TicketState]], state: TicketState) -> tuple[datetime, ...]:
    return tuple(at for at, after in changes if after is state)


def _badness(week: LaunchWeek) -> tuple[int, int, str]:
    missed = sum(each.missed for each in (week.first_answers, week.next_answers, week.resolutions, week.updates))
    return -missed, -week.open, week.name
