"""The part of desk.toml that says what is promised: calendars, targets, ladder, profiles, words."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ticketbot.deskfile.gates import GateSection
from ticketbot.deskfile.manners import (
    ChaseSection,
    ClosingSection,
    LadderSection,
    NudgeSection,
    QuietSection,
    WatchSection,
)
from ticketbot.deskfile.values import Days, Hours
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority
from ticketbot.domain.profiles import Complexity, HandoverAt
from ticketbot.tomlfile import Section, Span, parse_span


def _promise(value: object) -> object:
    if value == "none":
        return None
    found = parse_span(value)
    if found <= timedelta():
        raise ValueError('cannot be kept; give a span such as "4 h", or "none" to promise nothing')
    return found


Promise = Annotated[Span | None, BeforeValidator(_promise)]


class WeekSection(Section):
    """[calendars.NAME.week]: hours of single weekdays."""

    mon: Hours = Field(default=(), description="Monday's hours")
    tue: Hours = Field(default=(), description="Tuesday's hours")
    wed: Hours = Field(default=(), description="Wednesday's hours")
    thu: Hours = Field(default=(), description="Thursday's hours")
    fri: Hours = Field(default=(), description="Friday's hours")
    sat: Hours = Field(default=(), description="Saturday's hours")
    sun: Hours = Field(default=(), description="Sunday's hours")


class CalendarSection(Section):
    """[calendars.NAME]: opening hours, counted in each client's or launch's own zone."""

    always_open: bool = Field(default=False, description="open around the clock, holidays too")
    days: Days = Field(default=(0, 1, 2, 3, 4), description='weekdays, "mon-fri" unless given')
    hours: Hours = Field(default=(), description='hours of those days: "09:00-17:00", or a list with a lunch break')
    week: WeekSection | None = Field(default=None, description="hours of single weekdays instead")
    special: dict[date, Hours] = Field(
        default={},
        description="hours of single dates; [] closes, holiday or not",
        examples=['{ 2027-12-24 = "09:00-12:00" }'],
    )

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.always_open and (self.hours or self.week or self.special):
            raise ValueError("is always_open and has hours; keep one of them")
        if self.hours and self.week:
            raise ValueError("has hours and a week; keep one of them")
        if not self.always_open and not any(self.weekly):
            raise ValueError('has no open hour; give hours = "09:00-17:00" or always_open = true')
        return self

    @property
    def weekly(self) -> tuple[Hours, ...]:
        """Return the hours of the seven weekdays, Monday first."""
        if self.week is not None:
            week = self.week
            return (week.mon, week.tue, week.wed, week.thu, week.fri, week.sat, week.sun)
        return tuple(self.hours if day in self.days else () for day in range(7))


class TargetSection(Section):
    """[targets.PHASE] PRIORITY = {…}: promises in working time; what is left out stays as it is by default."""

    first_response: Promise = Field(default=None, description='until a person first answers; "none" promises nothing')
    next_response: Promise = Field(default=None, description="until each further mail is answered")
    resolution: Promise = Field(default=None, description="until it is resolved")
    update: Promise = Field(default=None, description="from one answer to the next news")
    calendar: str | None = Field(default=None, description="the calendar in which these count")


class ProfileSection(Section):
    """[profiles.NAME]: a kind of launch; a name that exists is changed, another is made from `based_on`."""

    based_on: str = Field(default="focused14", description="the profile that gives what is left out")
    lengths: dict[Complexity, tuple[int, int]] = Field(
        default={},
        description="by complexity: the day on which hypercare ends, and the one on which transition ends",
        examples=["{ medium = [30, 90] }"],
    )
    handover_at: HandoverAt | None = Field(default=None, description="at which end the receiving team takes over")
    replaces_calendars: dict[str, str] | None = Field(
        default=None, description="calendars that stand for others", examples=['{ A = "X" }']
    )
    standup: bool | None = Field(default=None, description="whether there is a daily stand-up sheet")
    daily: bool | None = Field(default=None, description="whether stakeholders get a daily status")
    calm_hours: float | None = Field(default=None, ge=0, description="hours without a P1 before the exit (G3)")
    taper_from_percent: int | None = Field(default=None, ge=0, le=100, description="when new tickets begin to move")
    nudge_from_percent: int | None = Field(default=None, ge=0, le=100, description="when we first point to support@")
    min_transition_days: int | None = Field(default=None, ge=0, description="what an extension leaves of transition")
    included: dict[str, tuple[str, ...]] | None = Field(default=None, description="what the period holds, by language")
    excluded: dict[str, tuple[str, ...]] | None = Field(default=None, description="what it does not, by language")

    @field_validator("lengths")
    @classmethod
    def _in_order(cls, lengths: dict[Complexity, tuple[int, int]]) -> dict[Complexity, tuple[int, int]]:
        if any(not 0 <= hypercare <= transition for hypercare, transition in lengths.values()):
            raise ValueError("must be two days each, hypercare's end first, e.g. medium = [30, 90]")
        return lengths


class LexiconSection(Section):
    """[lexicon.LANGUAGE]: the words by which new tickets are classified; a list given here replaces the default one."""

    outage: tuple[str, ...] | None = Field(default=None, description="words of a matter that hits all")
    enhancement: tuple[str, ...] | None = Field(default=None, description="words of a wish for something new")
    training: tuple[str, ...] | None = Field(default=None, description="words of a wish to learn")
    meeting: tuple[str, ...] | None = Field(default=None, description="words of a wish to talk")
    howto: tuple[str, ...] | None = Field(default=None, description="words of a question how something is done")
    incident: tuple[str, ...] | None = Field(default=None, description="words of trouble")
    request: tuple[str, ...] | None = Field(default=None, description="words of something to be done")
    feedback: tuple[str, ...] | None = Field(default=None, description="words of praise")
    u1: tuple[str, ...] | None = Field(default=None, description="words of work that stopped")
    u3: tuple[str, ...] | None = Field(default=None, description="words of no hurry")
    i3: tuple[str, ...] | None = Field(default=None, description="words of one person's matter")
    thanks: tuple[str, ...] | None = Field(default=None, description="words of thanks")
    objection: tuple[str, ...] | None = Field(default=None, description="words that take thanks back")
    frustration: tuple[str, ...] | None = Field(default=None, description="words that put a ticket on the watch list")
    categories: dict[str, tuple[str, ...]] | None = Field(default=None, description="words of each category")
    endings: tuple[str, ...] | None = Field(default=None, description="endings that a word may have")
    stopwords: tuple[str, ...] | None = Field(default=None, description="words that say nothing, for likeness")


Targets = dict[Phase, dict[Priority, TargetSection]]


class PromiseSections(Section):
    """The sections of desk.toml that make the policy."""

    calendars: dict[str, CalendarSection] = Field(default={}, description="opening hours by name; A, X and B exist")
    targets: Targets = Field(default={}, description="promises by phase and priority")
    contracts: dict[str, Targets] = Field(default={}, description="other promises for a client, by phase and priority")
    ladder: LadderSection = Field(default=LadderSection(), description="at which percent of a promise people are told")
    quiet: QuietSection = Field(default=QuietSection(), description="when automatic mail waits")
    chase: ChaseSection = Field(default=ChaseSection(), description="when an unanswered question is asked again")
    closing: ClosingSection = Field(default=ClosingSection(), description="when tickets are settled by themselves")
    nudge: NudgeSection = Field(default=NudgeSection(), description="how often clients are pointed to support@")
    watch: WatchSection = Field(default=WatchSection(), description="which tickets need a second pair of eyes")
    profiles: dict[str, ProfileSection] = Field(default={}, description="kinds of launch")
    gate: GateSection = Field(default=GateSection(), description="what must hold before a phase ends")
    lexicon: dict[str, LexiconSection] = Field(default={}, description="the words that classify, by language")
