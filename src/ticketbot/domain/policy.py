"""What the desk promises, as one table that a support manager could have read aloud; every number may be replaced."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import BusinessCalendar, Opening, around_the_clock, weekdays
from ticketbot.domain.kinds import Lexicon
from ticketbot.domain.lexicons import LEXICONS, STOPWORDS
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority
from ticketbot.domain.profiles import PROFILES, Profile


class ClockName(StrEnum):
    """The four promises (SL2)."""

    FIRST_RESPONSE = "FR"
    NEXT_RESPONSE = "NR"
    RESOLUTION = "RES"
    UPDATE = "UPD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The promises of one phase and priority, in working time of one calendar; None is no promise.

    `contracted` are those that a client's contract has otherwise.
    """

    first_response: timedelta | None
    next_response: timedelta | None
    resolution: timedelta | None
    update: timedelta | None
    calendar: str
    contracted: frozenset[ClockName] = frozenset()

    def of(self, clock: ClockName) -> timedelta | None:
        """Return the target of *clock*."""
        return {
            ClockName.FIRST_RESPONSE: self.first_response,
            ClockName.NEXT_RESPONSE: self.next_response,
            ClockName.RESOLUTION: self.resolution,
            ClockName.UPDATE: self.update,
        }[clock]


TargetTable = Mapping[Phase, Mapping[Priority, Targets]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From when to when of a person's own wall clock an automatic mail may have to wait (SL8)."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time of day, on a weekday (Monday is 0) where it is weekly."""

    at: time
    weekday: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When what is sent by itself goes out, on the launch's wall clock; the digest on the organisation's (§3, GT3)."""

    standup: Slot = Slot(at=time(8, 30))
    daily: Slot = Slot(at=time(17))
    trend: Slot = Slot(at=time(10), weekday=3)
    update_weekly: Slot = Slot(at=time(15), weekday=4)
    update_monthly: Slot = Slot(at=time(9))
    digest: Slot = Slot(at=time(8), weekday=0)
    ready: Slot = Slot(at=time(8))
    ready_days_before: tuple[int, ...] = (5, 2)
    decision: Slot = Slot(at=time(12))
    decision_days_before: int = 1
    phase_client: Slot = Slot(at=time(8))
    pack: Slot = Slot(at=time(9))
    meeting: Slot = Slot(at=time(10), weekday=1)
    meeting_from_day: int = 14
    agenda: Slot = Slot(at=time(9))
    agenda_days_before: int = 2
    pulse: Slot = Slot(at=time(10))
    pulse_percents: tuple[int, ...] = (50, 90)
    quarterly: Slot = Slot(at=time(9))
    quarterly_every_days: int = 91


#: GT2: how many points each part of the score may bring.
WEIGHTS: Mapping[str, float] = {
    "W1": 20, "W2": 20, "W3": 15, "W4": 10, "W5": 5, "W6": 10, "W7": 10, "W8": 5, "W9": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """What the gate asks for and what it does (GT1 to GT4); a profile may ask for other calm hours of its own.

    `weights` are the parts' of the score, by their codes; `aged_after` is working time of the office calendar.
    """

    threshold: float = 75
    p1_quiet_hours: float = 168
    extension_days: int = 7
    automatic_extensions: int = 2
    self_sufficiency_percent: float = 95
    aged_after: timedelta = timedelta(hours=40)
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRules:
    """When a ticket is watched (SL7); `owner_within` is working time of `calendar`, the others are real time."""

    pressing_owner_within: timedelta = timedelta(minutes=15)
    owner_within: timedelta = timedelta(hours=2)
    calendar: str = "X"
    reply_within: timedelta = timedelta(hours=24)
    owners: int = 3
    unanswered: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRules:
    """From which percent whom a reminder reaches beside the owner, and when reminders are bundled (SL6)."""

    lead_from: int = 75
    manager_from: int = 100
    director_from: int = 150
    bundle_over: int = 5
    bundle_within: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that decides about time, words and order; `default_policy` gives domain.md's numbers.

    `contracts` holds target tables of single clients; `chase` real time, `chase_days` business days of eight hours in
    `office`, the calendar of closing and chasing.
    """

    zone: ZoneInfo
    calendars: Mapping[str, BusinessCalendar]
    targets: TargetTable
    contracts: Mapping[str, TargetTable] = field(default_factory=dict)
    thresholds: Mapping[Priority, tuple[int, ...]]
    update_thresholds: tuple[int, ...] = (75, 100)
    quiet_staff: QuietHours
    quiet_client: QuietHours
    chase: Mapping[Priority, timedelta]
    chase_days: Mapping[Priority, int]
    profiles: Mapping[str, Profile]
    lexicons: Mapping[str, Lexicon]
    stopwords: Mapping[str, frozenset[str]]
    office: str = "B"
    closes_after: timedelta = timedelta(hours=40)
    reopens_within: timedelta = timedelta(days=14)
    resolves_after_days: int = 7
    resolve_told_days_before: int = 2
    nudges_every: timedelta = timedelta(days=7)
    timetable: Timetable = Timetable()
    gate: GateRules = GateRules()
    watch: WatchRules = WatchRules()
    ladder: LadderRules = LadderRules()

    def targets_for(
        self, phase: Phase | None, priority: Priority, *, profile: str | None = None, client: str | None = None
    ) -> Targets:
        """Return the promises: pre_live as transition, no launch (None) as standard, focused14 with X for A (SL2)."""
        row = {None: Phase.STANDARD, Phase.PRE_LIVE: Phase.TRANSITION}.get(phase, phase or Phase.STANDARD)
        targets = self.contracts.get(client or "", self.targets)[row][priority]
        if profile is None:
            return targets
        replaced = self.profiles[profile].replaces_calendars
        return replace(targets, calendar=replaced.get(targets.calendar, targets.calendar))

    def calm_hours(self, profile: str) -> float:
        """Return for how many hours there must have been no P1 at the exit of a launch of this profile (G3)."""
        own = self.profiles[profile].calm_hours
        return self.gate.p1_quiet_hours if own is None else own

    def lexicon(self, locale: str) -> Lexicon:
        """Return the word lists of *locale* or its language, else the English ones."""
        language = locale.replace("_", "-").partition("-")[0].casefold()
        return self.lexicons.get(locale) or self.lexicons.get(language) or self.lexicons["en"]

    def stopwords_of(self, locale: str) -> frozenset[str]:
        """Return the words of a locale's language that say nothing, else the English ones."""
        return self.stopwords.get(locale.partition("-")[0], self.stopwords["en"])


def _targets(first: str, next_: str, resolution: str, update: str, calendar: str) -> Targets:
    """Return a row of the table, written as SL2 writes it: 15m, 4h, - for no promise."""
    return Targets(
        first_response=_within(first),
        next_response=_within(next_),
        resolution=_within(resolution),
        update=_within(update),
        calendar=calendar,
    )


def _within(text: str) -> timedelta | None:
    if text == "-":
        return None
    amount, unit = int(text[:-1]), text[-1]
    return timedelta(minutes=amount) if unit == "m" else timedelta(hours=amount)


#: SL2: first response, next response, resolution, update, and the calendar in which they count.
TARGETS: TargetTable = {
    Phase.HYPERCARE: {
        Priority.P1: _targets("15m", "30m", "4h", "1h", "A"),
        Priority.P2: _targets("30m", "1h", "8h", "4h", "A"),
        Priority.P3: _targets("2h", "4h", "24h", "12h", "X"),
        Priority.P4: _targets("4h", "8h", "60h", "-", "X"),
    },
    Phase.TRANSITION: {
        Priority.P1: _targets("30m", "1h", "8h", "2h", "A"),
        Priority.P2: _targets("2h", "4h", "24h", "12h", "X"),
        Priority.P3: _targets("4h", "8h", "40h", "40h", "B"),
        Priority.P4: _targets("8h", "16h", "80h", "-", "B"),
    },
    Phase.STANDARD: {
        Priority.P1: _targets("1h", "2h", "12h", "4h", "X"),
        Priority.P2: _targets("4h", "8h", "24h", "16h", "B"),
        Priority.P3: _targets("8h", "16h", "80h", "-", "B"),
        Priority.P4: _targets("16h", "24h", "-", "-", "B"),
    },
}

#: SL6: at which percent of a promise people are told.
THRESHOLDS: Mapping[Priority, tuple[int, ...]] = {
    Priority.P1: (50, 75, 90, 100, 150, 200),
    Priority.P2: (50, 75, 90, 100, 150, 200),
    Priority.P3: (75, 100, 150),
    Priority.P4: (90, 100),
}


def default_policy(zone: ZoneInfo | None = None) -> Policy:
    """Return domain.md's numbers, for an organisation in *zone* (UTC if none)."""
    return Policy(
        zone=zone or ZoneInfo("UTC"),
        calendars={
            "A": around_the_clock("A"),
            "X": weekdays("X", Opening.between("07:00", "19:00")),
            "B": weekdays("B", Opening.between("09:00", "17:00")),
        },
        targets=TARGETS,
        thresholds=THRESHOLDS,
        quiet_staff=QuietHours(begins=time(22), ends=time(7)),
        quiet_client=QuietHours(begins=time(20), ends=time(7)),
        chase={Priority.P1: timedelta(hours=4), Priority.P2: timedelta(hours=8)},
        chase_days={Priority.P3: 2, Priority.P4: 3},
        profiles=PROFILES,
        lexicons=LEXICONS,
        stopwords=STOPWORDS,
    )
