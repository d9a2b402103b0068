"""What the desk promises, as one table that a support manager could have read aloud; every number may be replaced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import BusinessCalendar
from ticketbot.domain.kinds import Lexicon
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority
from ticketbot.domain.profiles import Profile


class ClockName(StrEnum):
    """The four promises (SL2)."""

    FIRST_RESPONSE = "FR"
    NEXT_RESPONSE = "NR"
    RESOLUTION = "RES"
    UPDATE = "UPD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The promises of one phase and priority, in working time of one calendar; None is no promise."""

    first_response: timedelta | None
    next_response: timedelta | None
    resolution: timedelta | None
    update: timedelta | None
    calendar: str

    def of(self, clock: ClockName) -> timedelta | None:
        """Return the target of *clock*."""
        raise NotImplementedError


TargetTable = Mapping[Phase, Mapping[Priority, Targets]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From when to when of a person's own wall clock an automatic mail may have to wait (SL8)."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that decides about time, words and order; the defaults are domain.md's."""

    zone: ZoneInfo
    calendars: Mapping[str, BusinessCalendar]
    targets: TargetTable
    contracts: Mapping[str, TargetTable] = field(default_factory=dict)
    thresholds: Mapping[Priority, tuple[int, ...]]
    update_thresholds: tuple[int, ...] = (75, 100)
    quiet_staff: QuietHours
    quiet_client: QuietHours
    chase: Mapping[Priority, timedelta]
    profiles: Mapping[str, Profile]
    lexicons: Mapping[str, Lexicon]
    stopwords: Mapping[str, frozenset[str]]

    def targets_for(
        self, phase: Phase | None, priority: Priority, *, profile: str | None = None, client: str | None = None
    ) -> Targets:
        """Return the promises: pre_live as transition, no launch (None) as standard, focused14 with X for A (SL2)."""
        raise NotImplementedError

    def lexicon(self, locale: str) -> Lexicon:
        """Return the word lists of *locale*, English ones asked beneath."""
        raise NotImplementedError


def default_policy(zone: ZoneInfo | None = None) -> Policy:
    """Return domain.md's numbers, for an organisation in *zone* (UTC if none)."""
    raise NotImplementedError
