"""What tests of the promise engine stand on: calendars, schedules and terms with defaults for all that is not asked."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule
from ticketbot.domain.clocks import Terms
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import default_policy
from ticketbot.domain.priority import Priority

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
POLICY = default_policy(NEW_YORK)
HOLIDAYS = frozenset({date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)})
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "UTC",
)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return the instant of a wall time like `2027-03-01 09:00`, the first of a double one."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def a_schedule(name: str = "B", zone: ZoneInfo = BERLIN, holidays: frozenset[date] = HOLIDAYS) -> Schedule:
    return Schedule(calendar=POLICY.calendars[name], zone=zone, holidays=holidays)


SCHEDULES = {name: a_schedule(name) for name in "AXB"}


def terms(
    priority: str = "P3",
    phase: Phase = Phase.HYPERCARE,
    kind: TicketKind = TicketKind.INCIDENT,
    profile: str | None = None,
) -> Terms:
    rank = Priority(priority)
    return Terms(
        kind=kind,
        phase=phase,
        priority=rank,
        targets=POLICY.targets_for(phase, rank, profile=profile),
        schedules=SCHEDULES,
    )
