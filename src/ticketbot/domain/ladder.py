"""The reminder ladder: which share of a promise is used, who is told, and when it may reach them (domain.md SL6, SL8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.policy import ClockName, Policy, QuietHours
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import Clock


class Told(StrEnum):
    """Who is told, as a place that people hold."""

    OWNER = "owner"
    ON_CALL = "oncall"
    LEAD = "lead"
    MANAGER = "manager"
    DIRECTOR = "director"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A threshold of a clock and the instant at which it lies. `late_by` is how long ago, for late notices."""

    clock: ClockName
    cycle: int
    percent: int
    at: datetime
    late_by: timedelta = timedelta()

    @property
    def is_breach(self) -> bool:
        """Say whether it is a BREACH (100 and above) or a REMIND."""
        return self.percent >= 100  # noqa: PLR2004 - the whole of a promise


def thresholds_of(clock: Clock, policy: Policy) -> tuple[Step, ...]:
    """Return every threshold of a running clock with its instant, lowest first; none for one that does not run."""
    raise NotImplementedError


def due_step(clock: Clock, policy: Policy, *, recorded: int, now: datetime) -> Step | None:
    """Return the threshold to tell of now: the highest passed above *recorded* (the highest percent told of so far)."""
    raise NotImplementedError


def next_threshold(clock: Clock, policy: Policy, *, recorded: int) -> datetime | None:
    """Return when the clock next has something to tell; in the past if that is overdue."""
    raise NotImplementedError


def told(percent: int, *, has_owner: bool) -> tuple[Told, ...]:
    """Return who is told at *percent*; without an owner the one on call (SL6)."""
    raise NotImplementedError


def send_at(instant: datetime, *, zone: ZoneInfo, priority: Priority, who: Told, quiet: QuietHours) -> datetime:
    """Return when a reminder of *instant* may reach somebody whose wall clock is *zone* (SL8)."""
    raise NotImplementedError


def client_send_at(instant: datetime, *, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return when an automatic mail that answers nobody's act may reach a client (SL8)."""
    raise NotImplementedError


def bundles(send_ats: Sequence[datetime]) -> tuple[tuple[int, ...], ...]:
    """Return which of one person's reminders, by index and in order of time, go in one mail together (SL6)."""
    raise NotImplementedError


def lead_role(phase: object) -> Mapping[str, str]:
    """Replaced below."""
    raise NotImplementedError
