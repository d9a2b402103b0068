"""How ready a launch is to leave its phase: what the gate asks, counted as at any instant (domain.md GT1, GT2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.domain.calendars import Schedule, local_instant, worked
from ticketbot.domain.clocks import clock_of
from ticketbot.domain.figures import Tally, Window, row_of, tally
from ticketbot.domain.gate import GateFacts
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES, TicketState
from ticketbot.domain.messages import fold
from ticketbot.domain.phases import Phase
from ticketbot.domain.plans import PhasePlan
from ticketbot.domain.policy import ClockName, Policy
from ticketbot.domain.priority import Priority
from ticketbot.domain.ratings import Rating, that_count
from ticketbot.domain.recurrence import KINDS, WINDOWS, Cluster, Occurrence, clusters, codes_in, tokens_of
from ticketbot.store.database import Work
from ticketbot.store.models import Event, Launch, Staff, Ticket

WEEK = timedelta(days=7)
FORTNIGHT = timedelta(days=14)
MONTH = timedelta(days=30)
GREEN_FOR = timedelta(hours=72)
RECEIVING_TEAM = "standard"
RECEIVING_LEAD = "support_lead"
#: Events that the gate reads, beside those of tickets' fields.
RATING, CONCERN, WORKAROUND, PROBLEM = "rating", "concern", "workaround", "problem"
SIGN_OFF, ACCEPTED, MONITOR = "signoff", "accepted", "monitor"
_ON_TICKETS = ("state", "priority", "kind", RATING, CONCERN, WORKAROUND, PROBLEM)
_GONE = frozenset({TicketState.MERGED, TicketState.SPAM})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAt:
    """A ticket as it stood at an instant, with what was done on it until then and later, in order."""

    row: Ticket
    state: TicketState
    priority: Priority
    kind: TicketKind
    events: Sequence[Event]
    later: Sequence[Event]

    @property
    def is_open(self) -> bool:
        """Say whether it was open."""
        return self.state in OPEN_STATES

    def last(self, action: str) -> Event | None:
        """Return the last event of an action."""
        return next((each for each in reversed(self.events) if each.action == action), None)

    def moves(self, after: TicketState, window: Window | None = None) -> list[Event]:
        """Return when it went into a state, within a window or ever."""
        moves = [each for each in self.events if each.action == "state" and each.detail["after"] == after]
        return [each for each in moves if window is None or each.at in window]


def tickets_at(rows: Iterable[Ticket], events: Iterable[Event], *, at: datetime) -> tuple[TicketAt, ...]:
    """Return tickets as they stood just before *at*: what changed since is taken back."""
    done: dict[int, list[Event]] = {row.id: [] for row in rows}
    since: dict[int, list[Event]] = {row.id: [] for row in rows}
    for event in events:
        if event.ticket_id in done:
            (done if event.at < at else since)[event.ticket_id].append(event)

    def was(row: Ticket, field: str) -> str:
        first = next((each for each in since[row.id] if each.action == field and "before" in each.detail), None)
        return str(first.detail["before"] if first is not None else getattr(row, field))

    return tuple(
        TicketAt(
            row=row,
            state=TicketState(was(row, "state")),
            priority=Priority(was(row, "priority")),
            kind=TicketKind(was(row, "kind")),
            events=done[row.id],
            later=since[row.id],
        )
        for row in rows
    )


def gate_facts(
    work: Work, *, launch: Launch, plan: PhasePlan, office: Schedule, policy: Policy, at: datetime
) -> GateFacts:
    """Return what the gate asks of a launch, as it was just before *at*; work ages in the calendar *office*."""
    rows = work.readings.tickets_of_client(launch.client_id, until=at)
    events = work.readings.ticket_events(_ON_TICKETS, client_id=launch.client_id)
    everything = tickets_at(rows, events, at=at)
    own = [each for each in everything if each.row.launch_id == launch.id]
    real = [each for each in own if each.state not in _GONE]
    there = [each for each in real if each.is_open]
    fortnight = Window(start=at - FORTNIGHT, end=at)
    settled = [event for each in real for event in each.moves(TicketState.RESOLVED, fortnight)]
    first = plan.boundaries(at)[0].at
    found = unowned = 0
    for cluster, owner in clusters_of(work, everything, plan=plan, policy=policy):
        if set(cluster.numbers) & {each.row.number for each in own}:
            found, unowned = found + 1, unowned + (owner is None)
    helpers = {person.slug: person for person in work.desk.everybody()}
    by_staff = [helpers[event.actor] for event in settled if event.actor in helpers]
    signed = work.readings.launch_events(launch.id, (SIGN_OFF, ACCEPTED), until=at)
    done, items = _knowledge(launch, plan=plan, at=at)
    return GateFacts(
        at=at,
        open_critical=_numbers(each for each in there if each.priority is Priority.P1),
        open_high=_numbers(each for each in there if each.priority is Priority.P2 and not _has_workaround(each)),
        last_critical_at=max((moment for each in real for moment in _critical_since(each)), default=None),
        concerns=_numbers(each for each in real if _has_concern(each)),
        signed_off_at=_last(signed, SIGN_OFF),
        accepted_at=_last(signed, ACCEPTED),
        shared=sum(map(_receives, by_staff)),
        settled=len(by_staff),
        manual=tuple(launch.settings.get("blockers", ())),
        first_answers=_kept(work, launch, ClockName.FIRST_RESPONSE, at=at),
        resolutions=_kept(work, launch, ClockName.RESOLUTION, at=at),
        inflow_first=_received(real, Window(start=first, end=first + WEEK)),
        inflow_last=_received(real, Window(start=at - WEEK, end=at)),
        aged=sum(
            each.kind in KINDS and worked(office, start=each.row.created_at, end=at) > policy.gate.aged_after
            for each in there
        ),
        reopened=sum(len(each.moves(TicketState.REOPENED, fortnight)) for each in real),
        resolved=len(settled),
        clusters=found,
        unowned_clusters=unowned,
        ratings=_ratings(real, Window(start=at - MONTH, end=at)),
        red_at=_red_at(work, launch, Window(start=at - GREEN_FOR, end=at)),
        knowledge_done=done,
        knowledge_items=items,
    )


def clusters_of(
    work: Work, tickets: Sequence[TicketAt], *, plan: PhasePlan, policy: Policy
) -> list[tuple[Cluster, str | None]]:
    """Return the clusters among a client's tickets, each with who looks after its problem, if anybody (RC1)."""
    texts = work.readings.opening_texts(tickets[0].row.client_id or 0) if tickets else {}
    seen = [_occurrence(each, texts.get(each.row.id, ""), policy) for each in tickets if each.state != TicketState.SPAM]
    found = clusters(seen, window_at=_window(plan))
    by_number = {each.row.number: each for each in tickets}
    return [(cluster, _owner(by_number[number] for number in cluster.numbers)) for cluster in found]


def _window(plan: PhasePlan) -> Callable[[datetime], timedelta]:
    """Return how far back a ticket looks: by the phase in which it came; before go-live as in transition."""
    return lambda at: WINDOWS.get(plan.phase_at(at), WINDOWS[Phase.TRANSITION])


def _occurrence(each: TicketAt, text: str, policy: Policy) -> Occurrence:
    merged = next((event for event in each.events if event.detail.get("after") == TicketState.MERGED), None)
    return Occurrence(
        number=each.row.number,
        kind=each.kind,
        contact=fold(each.row.requester_address),
        at=each.row.created_at,
        tokens=tokens_of(each.row.subject, stopwords=policy.stopwords_of(each.row.locale)),
        codes=codes_in(each.row.subject, text),
        merged_at=merged.at if merged is not None and each.state is TicketState.MERGED else None,
    )


def _owner(tickets: Iterable[TicketAt]) -> str | None:
    named = (each.last(PROBLEM) for each in tickets)
    return next((event.detail.get("owner") for event in named if event is not None), None)


def _critical_since(each: TicketAt) -> list[datetime]:
    """Return when a ticket was received as, or raised to, P1."""
    raised = [event for event in each.events if event.action == "priority"]
    first = raised[0].detail["before"] if raised else each.priority
    since = [event.at for event in raised if event.detail["after"] == Priority.P1]
    return [each.row.created_at, *since] if first == Priority.P1 else since


def _has_workaround(each: TicketAt) -> bool:
    return _mark(each, WORKAROUND, now=each.row.workaround) == "accepted"


def _has_concern(each: TicketAt) -> bool:
    """Say whether a major concern is open: until `#concern done`, or until the matter is resolved after it (G4)."""
    if _mark(each, CONCERN, now=each.row.concern) != "open":
        return False
    raised, settled = each.last(CONCERN), each.moves(TicketState.RESOLVED)
    return raised is None or not any(event.at > raised.at for event in settled)


def _mark(each: TicketAt, action: str, *, now: str | None) -> str | None:
    """Return how a ticket was marked: as it is *now*, unless that was done later."""
    if not any(event.action == action for event in each.later):
        return now
    last = each.last(action)
    return str(last.detail["state"]) if last is not None else None


def _receives(person: Staff) -> bool:
    """Say whether somebody is of the receiving team."""
    return person.team == RECEIVING_TEAM or person.role == RECEIVING_LEAD


def _kept(work: Work, launch: Launch, name: ClockName, *, at: datetime) -> Tally:
    window = Window(start=at - WEEK, end=at)
    rows = work.readings.clocks_of_launch(launch.id, since=window.start, until=window.end)
    return tally((row_of(clock_of(row.memory)) for row in rows if row.clock == name), window=window, now=at)


def _received(tickets: Iterable[TicketAt], window: Window) -> int:
    return sum(each.row.created_at in window for each in tickets)


def _ratings(tickets: Iterable[TicketAt], window: Window) -> tuple[int, ...]:
    """Return the scores that count: of each settling of a ticket the last."""
    given = (
        Rating(ticket=str(each.row.number), cycle=event.detail["cycle"], score=int(event.detail["score"]), at=event.at)
        for each in tickets
        for event in each.events
        if event.action == RATING and event.at in window
    )
    return tuple(rating.score for rating in that_count(given))


def _red_at(work: Work, launch: Launch, window: Window) -> datetime | None:
    """Return when a monitor was last red within a window, None if all were green throughout (W8)."""
    changes = work.readings.launch_events(launch.id, (MONITOR,), until=window.end)
    red: dict[str, datetime] = {}
    last: datetime | None = None
    for event in changes:
        name, is_red = str(event.detail["monitor"]), event.detail["state"] == "red"
        if is_red:
            red.setdefault(name, event.at)
        elif red.pop(name, None) is not None and event.at > window.start:
            last = event.at
    return window.end if red else last


def _knowledge(launch: Launch, *, plan: PhasePlan, at: datetime) -> tuple[int, int]:
    """Return how many of the launch's knowledge items are done, and how many there are (W9)."""
    items: Mapping[str, str] = launch.settings.get("knowledge", {})
    walls = [datetime.fromisoformat(text) for text in items.values()]
    return sum(local_instant(wall.date(), wall.time(), plan.zone) <= at for wall in walls), len(walls)


def _last(events: Iterable[Event], action: str) -> datetime | None:
    return max((each.at for each in events if each.action == action), default=None)


def _numbers(tickets: Iterable[TicketAt]) -> tuple[int, ...]:
    return tuple(each.row.number for each in tickets)
