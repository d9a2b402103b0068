"""The promises of a ticket as running clocks: start, stop, pause, raise, lower (domain.md SL2–SL5, TK6).

Every function takes all clocks of a ticket and returns all of them again, changed where the rule says so; nothing is
ever removed. Ask `current` for those to show, `live` for those that run or rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketbot.domain.calendars import Schedule
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import ClockName, Targets
from ticketbot.domain.priority import Priority


class ClockState(StrEnum):
    """Where a promise stands."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of a clock's story: what set its due instant, with the arithmetic where there was one (`#why`)."""

    at: datetime
    due_at: datetime | None
    cause: str
    target: timedelta
    calendar: str
    used: timedelta | None = None
    left: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a promise is made of at one instant: the ticket's kind, phase and priority, and what they promise.

    `schedules` holds the launch's schedules of today by calendar name; clocks keep the one they started with.
    """

    kind: TicketKind
    phase: Phase
    priority: Priority
    targets: Targets
    schedules: Mapping[str, Schedule]

    @property
    def schedule(self) -> Schedule:
        """Return the schedule in which these targets count."""
        return self.schedules[self.targets.calendar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One promise. `target`, `schedule` and `priority` change together when it is raised or lowered; `phase` is that
    of its start.

    `due_at` is None while paused; a paused clock keeps its working time in `remaining`. `breached_at` is the due
    instant that passed, once it is known to have. `met` is None until it stops. The fields below `history` are what
    the arithmetic needs: when the present run began, from when thresholds are measured, how late it was then, the
    runs before pauses, and changes of target that wait for the end of a pause.
    """

    name: ClockName
    cycle: int
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    target: timedelta
    schedule: Schedule
    phase: Phase
    priority: Priority
    stopped_at: datetime | None = None
    met: bool | None = None
    remaining: timedelta | None = None
    breached_at: datetime | None = None
    voided_at: datetime | None = None
    history: tuple[Move, ...] = ()
    running_since: datetime
    measured_from: datetime
    late: timedelta = timedelta()
    runs: tuple[tuple[datetime, datetime], ...] = ()
    waiting: tuple["Change", ...] = ()

    @property
    def calendar(self) -> str:
        """Return the name of the calendar in which it counts."""
        return self.schedule.calendar.name

    @property
    def target_minutes(self) -> float:
        """Return the target in minutes of working time."""
        return self.target / timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A raise or lowering that reached a paused clock and is reckoned when it runs again."""

    is_raise: bool
    target: timedelta
    schedule: Schedule
    priority: Priority
    cause: str


Clocks = tuple[Clock, ...]


def on_opened(*, at: datetime, terms: Terms, cause: str = "received") -> Clocks:
    """Return the promises of a new ticket: FR (not for feedback), RES where the kind has one (SL3)."""
    raise NotImplementedError


def on_call(*, at: datetime, terms: Terms, cause: str = "call") -> Clocks:
    """Return the promises of a logged call: FR met at the call, UPD and RES running (TK8)."""
    raise NotImplementedError


def on_public_reply(clocks: Clocks, *, at: datetime, terms: Terms, is_pending: bool = False) -> Clocks:
    """Stop FR, NR and UPD; start the next UPD unless the ticket waits (*is_pending*: state pending_*) (SL3, TK6)."""
    raise NotImplementedError


def on_client_mail(clocks: Clocks, *, at: datetime, terms: Terms, ends_pause: bool = False) -> Clocks:
    """Start NR unless one or FR runs; *ends_pause*: out of pending_client, RES goes on and a new UPD starts (SL4)."""
    raise NotImplementedError


def on_pending(clocks: Clocks, *, at: datetime, terms: Terms, is_reply: bool) -> Clocks:
    """Enter pending_client or pending_release: RES keeps its remaining time, the UPD cycle ends (SL4)."""
    raise NotImplementedError


def on_resolved(clocks: Clocks, *, at: datetime) -> Clocks:
    """Stop everything; a paused RES is met if working time remained (SL4)."""
    raise NotImplementedError


def on_reopened(clocks: Clocks, *, at: datetime, terms: Terms, by_client: bool = True) -> Clocks:
    """Start a new full RES, and NR for a client's mail; UPD waits for the next reply (SL3)."""
    raise NotImplementedError


def on_raised(clocks: Clocks, *, at: datetime, terms: Terms, cause: str, since: datetime | None = None) -> Clocks:
    """Raise FR, NR and RES to *terms* (priority up, or hypercare entered): never later, never in the past (SL5).

    With *since* (when the ticket was received or last reopened) a RES that the old priority did not promise begins.
    """
    raise NotImplementedError


def on_lowered(clocks: Clocks, *, at: datetime, terms: Terms, cause: str) -> Clocks:
    """Lower FR, NR and RES to *terms*: never earlier; what is missed stays missed (SL5)."""
    raise NotImplementedError


def on_kind(clocks: Clocks, *, at: datetime, terms: Terms, since: datetime, cause: str) -> Clocks:
    """Void the promises that the new kind does not make and begin those it makes from *since* (`#kind`)."""
    raise NotImplementedError


def on_voided(clocks: Clocks, *, at: datetime) -> Clocks:
    """Void what runs or rests: merged or spam (SL3)."""
    raise NotImplementedError


def on_restored(clocks: Clocks, *, at: datetime, terms: Terms) -> Clocks:
    """Begin anew, from *at*, the promises that the last voiding ended (`#notspam`)."""
    raise NotImplementedError


def current(clocks: Clocks) -> Mapping[ClockName, Clock]:
    """Return the latest cycle of each promise."""
    raise NotImplementedError


def missed_at(clock: Clock, *, now: datetime) -> datetime | None:
    """Return the due instant that the clock missed, None if it has not; void clocks count nowhere."""
    raise NotImplementedError


def clock_facts(clock: Clock) -> dict[str, object]:
    """Return the clock as contracts.md §4 shows it, instants as datetimes, `target_minutes` whole where it is."""
    raise NotImplementedError


def memory_of(clock: Clock) -> dict[str, object]:
    """Return, as plain values for JSON, what the store's columns do not hold; `clock_of` takes it back."""
    raise NotImplementedError
