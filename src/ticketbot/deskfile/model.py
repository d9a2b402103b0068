"""desk.toml as a whole: who we are, whom we look after, what we promise."""

from datetime import date, time
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PositiveInt, model_validator

from ticketbot.deskfile.gates import MonitorSection
from ticketbot.deskfile.promises import PromiseSections
from ticketbot.deskfile.values import (
    Address,
    ContactRole,
    Domain,
    LaunchSlug,
    LocalDateTime,
    Locale,
    Names,
    Role,
    Slot,
    Slug,
    WallTime,
    WeeklySlot,
    Zone,
)
from ticketbot.domain.policy import Slot as DailySlot
from ticketbot.domain.policy import Timetable
from ticketbot.domain.profiles import Complexity
from ticketbot.tomlfile import Section


class DeskSection(Section):
    """[desk]: the organisation."""

    name: str = Field(min_length=1, description="the desk's name, as clients read it")
    timezone: Zone = Field(default="UTC", description="the organisation's zone, e.g. Europe/Berlin")
    locale: Locale = Field(default="en", description="the language of staff")
    address: Address | None = Field(default=None, description="where clients write; support@ of the staff's domain")
    urgent: Address | None = Field(default=None, description="where urgent mail goes; urgent@ of the staff's domain")
    alerts: Address | None = Field(default=None, description="where monitors write; alerts@ of the staff's domain")
    triage: Names = Field(default=(), description="who looks at mail of strangers; the launch's team, else all staff")
    oncall: str | None = Field(default=None, description="who is on call: a person of [staff], or an address")


class StaffSection(Section):
    """[staff.NAME]: one of our people."""

    name: str = Field(min_length=1, description="the full name")
    email: Address = Field(description="the registered address; mail from it is this person's")
    role: Role = Field(default="engineer", description="engineer, hypercare_lead, support_lead, manager, director, …")
    team: str | None = Field(default=None, description='"hypercare", "standard" or a discipline')
    timezone: Zone | None = Field(default=None, description="the person's zone; the desk's unless given")
    locale: Locale | None = Field(default=None, description="the person's language; the desk's unless given")


class ContactSection(Section):
    """One person at a client."""

    address: Address = Field(description="the person's address")
    name: str = Field(default="", description="the person's name")
    roles: tuple[ContactRole, ...] = Field(default=(), description="user, key_user, vip, sponsor, stakeholder, vendor")
    locale: Locale | None = Field(default=None, description="the person's language; the client's unless given")


class ClientSection(Section):
    """[clients.NAME]: a company that we look after."""

    name: str = Field(min_length=1, description="the company's name")
    domains: tuple[Domain, ...] = Field(default=(), description="mail domains whose people are theirs")
    timezone: Zone | None = Field(default=None, description="the company's zone; the desk's unless given")
    locale: Locale = Field(default="en", description="the company's language")
    holidays: str | None = Field(default=None, description="which of [holidays]; the one of its own name, else none")
    contacts: tuple[ContactSection, ...] = Field(default=(), description="its people, as far as we know them")


class HolidaySection(Section):
    """[holidays.NAME]: days on which calendars are closed; or simply a list of dates."""

    country: str | None = Field(default=None, pattern="^[A-Z]{2}$", description='whose public holidays, e.g. "DE"')
    region: str | None = Field(default=None, description='of which part of the country, e.g. "BY"')
    dates: tuple[date, ...] = Field(default=(), description="further days")

    @model_validator(mode="before")
    @classmethod
    def _or_a_list(cls, value: object) -> object:
        return {"dates": value} if isinstance(value, list) else value


class AssignmentSection(Section):
    """Somebody who holds a role for a launch, for some time."""

    staff: str = Field(description="a person of [staff]")
    since: date | None = Field(default=None, description="the first day")
    until: date | None = Field(default=None, description="the day from which it is over")


def _assigned(value: object) -> object:
    many = value if isinstance(value, list) else [value]
    return [{"staff": each} if isinstance(each, str) else each for each in many]


Assignments = Annotated[tuple[AssignmentSection, ...], BeforeValidator(_assigned)]


class LaunchSection(Section):
    """[launches."client/launch"]: one system that goes live, and the plan it begins with."""

    name: str = Field(min_length=1, description="the launch's name, as the client reads it")
    go_live: LocalDateTime = Field(description="wall time in the launch's zone; a date alone means its midnight")
    timezone: Zone | None = Field(default=None, description="the launch's zone; the client's unless given")
    customised: bool = Field(default=True, description="whether there is anything to look after closely")
    complexity: Complexity = Field(default=Complexity.MEDIUM, description="low, medium, high or very_high")
    profile: str | None = Field(default=None, description="focused14, command30_90, none, or one of [profiles]")
    reason: str | None = Field(default=None, description="why it has hypercare though it is not customised")
    hypercare_days: int | None = Field(default=None, ge=0, description="days of hypercare, instead of the profile's")
    transition_end_day: int | None = Field(default=None, ge=0, description="the day on which transition ends, likewise")
    address: Address | None = Field(default=None, description="the launch's own address, e.g. support+hr@…")
    aliases: tuple[str, ...] = Field(default=(), description="words in a subject that mean this launch")
    roles: dict[Role, Assignments] = Field(default={}, description="who holds a role here, instead of everywhere")
    min_transition_days: int | None = Field(default=None, ge=0, description="what an extension leaves of transition")
    knowledge: dict[str, LocalDateTime] = Field(default={}, description="when each knowledge item was done (W9)")
    blockers: Names = Field(default=(), description="what else must be settled before the gate lets it pass")
    monitors: dict[str, MonitorSection] = Field(default={}, description="what is watched by machines that write mail")

    @model_validator(mode="after")
    def _lengths_in_order(self) -> Self:
        if self.hypercare_days and self.transition_end_day and self.transition_end_day < self.hypercare_days:
            raise ValueError("has a transition that ends before hypercare does; make transition_end_day larger")
        return self


class ReleaseSection(Section):
    """[releases]: when enhancements leave."""

    trains: tuple[date, ...] = Field(default=(), description="the dates of the release trains")
    window_days: tuple[int, int] = Field(default=(30, 45), description="earliest and latest day after the wish")

    @model_validator(mode="after")
    def _window_in_order(self) -> Self:
        if not 0 <= self.window_days[0] <= self.window_days[1]:
            raise ValueError("has a window that ends before it begins; give two days such as [30, 45]")
        return self


class ScheduleSection(Section):
    """[schedule]: when scheduled letters go; each in the zone that the letter's rule names."""

    digest: Slot = Field(default=WeeklySlot(weekday=0, at=time(8)), description="the weekly digest, organisation zone")
    ready: WallTime = Field(default=time(8), description="the readiness sheet before a phase ends, launch zone")
    ready_days_before: tuple[PositiveInt, ...] = Field(
        default=(5, 2), description="how many business days before the end it goes out"
    )
    decision: WallTime = Field(default=time(12), description="the gate's decision, launch zone")
    decision_days_before: PositiveInt = Field(default=1, description="how many business days before the end it falls")

    @model_validator(mode="after")
    def _sheet_before_decision(self) -> Self:
        if any(days < self.decision_days_before for days in self.ready_days_before):
            raise ValueError("sends the readiness sheet after the decision; let ready_days_before be larger")
        return self

    @property
    def timetable(self) -> Timetable:
        """Return when what is sent by itself goes out."""
        return Timetable(
            digest=DailySlot(at=self.digest.at, weekday=self.digest.weekday),
            ready=DailySlot(at=self.ready),
            ready_days_before=self.ready_days_before,
            decision=DailySlot(at=self.decision),
            decision_days_before=self.decision_days_before,
        )


class LettersSection(Section):
    """[letters]: which letters are not sent."""

    off: Names = Field(default=(), description='codes of letters that are switched off, e.g. ["NUDGE"]')


class Desk(PromiseSections):
    """Everything that can be set in desk.toml."""

    desk: DeskSection = Field(description="the organisation")
    staff: dict[Slug, StaffSection] = Field(min_length=1, description="our people")
    clients: dict[Slug, ClientSection] = Field(default={}, description="the companies that we look after")
    launches: dict[LaunchSlug, LaunchSection] = Field(default={}, description="their launches")
    holidays: dict[str, HolidaySection] = Field(default={}, description="days off, by name")
    releases: ReleaseSection = Field(default=ReleaseSection(), description="when enhancements leave")
    schedule: ScheduleSection = Field(default=ScheduleSection(), description="when scheduled letters go")
    disciplines: dict[str, Names] = Field(default={}, description="who belongs to each discipline")
    channels: dict[str, str] = Field(default={}, description="addresses or webhooks that incidents are told to")
    letters: LettersSection = Field(default=LettersSection(), description="letters switched off")

    @property
    def domain(self) -> str:
        """Return the staff's domain."""
        return next(iter(self.staff.values())).email.partition("@")[2]

    @property
    def address(self) -> str:
        """Return where clients write."""
        return self.desk.address or f"support@{self.domain}"

    @property
    def urgent_address(self) -> str:
        """Return where urgent mail goes."""
        return self.desk.urgent or f"urgent@{self.domain}"

    @property
    def alerts_address(self) -> str:
        """Return where monitors write."""
        return self.desk.alerts or f"alerts@{self.domain}"

    @property
    def zone(self) -> ZoneInfo:
        """Return the organisation's zone."""
        return ZoneInfo(self.desk.timezone)

    def client_zone(self, slug: str) -> str:
        """Return a client's zone."""
        return self.clients[slug].timezone or self.desk.timezone

    def launch_zone(self, slug: str) -> str:
        """Return a launch's zone."""
        return self.launches[slug].timezone or self.client_zone(slug.partition("/")[0])

    def holidays_of(self, slug: str) -> dict[str, object]:
        """Return a client's holidays as the store keeps them: country, region and dates."""
        found = self.holidays.get(self.clients[slug].holidays or slug)
        if found is None:
            return {}
        dates = [day.isoformat() for day in found.dates]
        facts: dict[str, object] = {"country": found.country, "region": found.region, "dates": dates}
        return {name: value for name, value in facts.items() if value}
