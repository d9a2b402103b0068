"""The part of desk.toml that says how we look after tickets: reminders, waiting, closing, nudges, the watch list."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from ticketbot.deskfile.values import Quiet
from ticketbot.domain.policy import LadderRules, WatchRules
from ticketbot.tomlfile import Section, Span

#: Ten times the promise: nobody waits longer with a reminder.
HIGHEST_STEP = 1000
Percent = Annotated[int, Field(ge=1, le=HIGHEST_STEP)]
Count = Annotated[int, Field(ge=1)]
_LADDER, _WATCH = LadderRules(), WatchRules()


class LadderSection(Section):
    """[ladder]: at which percent of a promise people are told, and from which percent whom beside the owner."""

    P1: tuple[int, ...] | None = Field(default=None, description="percents for P1")
    P2: tuple[int, ...] | None = Field(default=None, description="percents for P2")
    P3: tuple[int, ...] | None = Field(default=None, description="percents for P3")
    P4: tuple[int, ...] | None = Field(default=None, description="percents for P4")
    update: tuple[int, ...] | None = Field(default=None, description="percents for updates, of any priority")
    lead_from: Percent = Field(default=_LADDER.lead_from, description="from which percent the lead is told too")
    manager_from: Percent = Field(default=_LADDER.manager_from, description="from which percent the manager is")
    director_from: Percent = Field(default=_LADDER.director_from, description="from which percent the director is")

    bundle_over: int = Field(default=_LADDER.bundle_over, ge=1, description="more reminders than this become one mail")
    bundle_within: Span = Field(default=_LADDER.bundle_within, description="if they come within this time")

    @field_validator("P1", "P2", "P3", "P4", "update")
    @classmethod
    def _climbs(cls, steps: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if steps is not None and not (steps and list(steps) == sorted(set(steps)) and steps[0] > 0):
            raise ValueError("must be percents above 0, each higher than the one before")
        if steps is not None and steps[-1] > HIGHEST_STEP:
            raise ValueError(f"must be percents of the promise, {HIGHEST_STEP} at most: 200 is twice its time")
        return steps

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not self.lead_from <= self.manager_from <= self.director_from:
            raise ValueError("tells the higher one before the lower: let lead_from, manager_from, director_from rise")
        return self

    @property
    def rules(self) -> LadderRules:
        """Return whom reminders reach."""
        return LadderRules(
            lead_from=self.lead_from,
            manager_from=self.manager_from,
            director_from=self.director_from,
            bundle_over=self.bundle_over,
            bundle_within=self.bundle_within,
        )


class QuietSection(Section):
    """[quiet]: when automatic mail waits, on the reader's own clock."""

    staff: Quiet | None = Field(default=None, description='for staff, e.g. "22:00-07:00"')
    client: Quiet | None = Field(default=None, description='for clients, e.g. "20:00-07:00"')


class ChaseSection(Section):
    """[chase]: how long a question to the client may wait before it is asked again."""

    P1: Span | None = Field(default=None, description="for P1, in real time")
    P2: Span | None = Field(default=None, description="for P2, in real time")
    P3: Count | None = Field(default=None, description="for P3, in business days")
    P4: Count | None = Field(default=None, description="for P4, in business days")


class ClosingSection(Section):
    """[closing]: when a ticket is settled by itself, and for how long it may come back."""

    calendar: str = Field(default="B", description="the calendar whose days count for closing and chasing")
    closes_after: Span = Field(
        default=timedelta(hours=40), description="how long a resolved ticket stays silent before it closes, open hours"
    )
    reopens_within: Span = Field(
        default=timedelta(days=14), description="until when a client's mail reopens a closed ticket; later, a new one"
    )
    resolves_after_days: Count = Field(
        default=7, description="business days without the client's answer before a P3 or P4 is resolved by itself"
    )
    told_days_before: Count = Field(default=2, description="how many business days before that the client is told")

    @model_validator(mode="after")
    def _told_in_time(self) -> Self:
        if self.told_days_before >= self.resolves_after_days:
            raise ValueError("tells the client before the question is asked; make told_days_before smaller")
        return self


class NudgeSection(Section):
    """[nudge]: how often a client is told, at most, that support@ helps them better."""

    every: Span = Field(default=timedelta(days=7), description="at most once in this time for each person")


class WatchSection(Section):
    """[watch]: when a ticket of hypercare or transition needs a second pair of eyes."""

    pressing_owner_within: Span = Field(
        default=_WATCH.pressing_owner_within, description="how long a P1 or P2 may have no owner"
    )
    owner_within: Span = Field(default=_WATCH.owner_within, description="how long any other may, in open hours")
    calendar: str = Field(default=_WATCH.calendar, description="the calendar of those open hours")
    reply_within: Span = Field(default=_WATCH.reply_within, description="how long nobody may answer")
    owners: Count = Field(default=_WATCH.owners, description="how many owners are too many")
    unanswered: Count = Field(default=_WATCH.unanswered, description="how many unanswered mails are too many")

    @property
    def rules(self) -> WatchRules:
        """Return when a ticket is watched."""
        return WatchRules(
            pressing_owner_within=self.pressing_owner_within,
            owner_within=self.owner_within,
            calendar=self.calendar,
            reply_within=self.reply_within,
            owners=self.owners,
            unanswered=self.unanswered,
        )
