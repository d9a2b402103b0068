"""The part of desk.toml about the gate, [gate], and what each launch is measured by: its monitors."""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ticketbot.domain.policy import WEIGHTS, GateRules
from ticketbot.tomlfile import Section, Span

_USUAL = GateRules()


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}; write it like '^(?P<state>CRITICAL|OK) '") from error
    return value


Expression = Annotated[str, AfterValidator(_expression)]
Points = Annotated[float, Field(ge=0)]


class WeightsSection(Section):
    """[gate.weights]: how many points each part of the score may bring."""

    W1: Points = Field(default=WEIGHTS["W1"], description="first answers in time, of the last 7 days")
    W2: Points = Field(default=WEIGHTS["W2"], description="resolutions in time, of the last 7 days")
    W3: Points = Field(default=WEIGHTS["W3"], description="new tickets of the last 7 days against the first 7")
    W4: Points = Field(default=WEIGHTS["W4"], description="tickets that are open too long")
    W5: Points = Field(default=WEIGHTS["W5"], description="tickets that were opened again, of 14 days")
    W6: Points = Field(default=WEIGHTS["W6"], description="the same trouble from several people, with nobody on it")
    W7: Points = Field(default=WEIGHTS["W7"], description="ratings of 30 days")
    W8: Points = Field(default=WEIGHTS["W8"], description="all monitors green for 72 hours")
    W9: Points = Field(default=WEIGHTS["W9"], description="knowledge items that are done")

    @property
    def points(self) -> dict[str, float]:
        """Return the points by the part's code."""
        return {name: getattr(self, name) for name in WEIGHTS}


class GateSection(Section):
    """[gate]: what must hold before hypercare, or transition, ends as planned, and what follows where it does not."""

    threshold: float = Field(default=_USUAL.threshold, ge=0, description="the score that suffices")
    p1_quiet_hours: float = Field(
        default=_USUAL.p1_quiet_hours, ge=0, description="hours without a P1, unless the profile has calm_hours"
    )
    extension_days: int = Field(default=_USUAL.extension_days, ge=1, description="by how many days a failure extends")
    automatic_extensions: int = Field(
        default=_USUAL.automatic_extensions, ge=0, description="how often, before the manager must say how it goes on"
    )
    self_sufficiency: float = Field(
        default=_USUAL.self_sufficiency_percent,
        ge=0,
        le=100,
        description="percent that the receiving team resolves itself before it takes over",
    )
    aged_after: Span = Field(default=_USUAL.aged_after, description="working time after which a ticket is too old")
    weights: WeightsSection = Field(default=WeightsSection(), description="the points of each part of the score")

    @property
    def rules(self) -> GateRules:
        """Return what the gate asks for and does."""
        return GateRules(
            threshold=self.threshold,
            p1_quiet_hours=self.p1_quiet_hours,
            extension_days=self.extension_days,
            automatic_extensions=self.automatic_extensions,
            self_sufficiency_percent=self.self_sufficiency,
            aged_after=self.aged_after,
            weights=self.weights.points,
        )

    @model_validator(mode="after")
    def _can_be_passed(self) -> Self:
        if self.threshold > (most := sum(self.weights.points.values())):
            raise ValueError(f"asks for a score of {self.threshold:g}, and its weights bring {most:g}; lower threshold")
        if self.aged_after <= timedelta():
            raise ValueError("has an aged_after of nothing; give a duration")
        return self


class MonitorSection(Section):
    """[launches."client/launch".monitors.NAME]: whose mails to the alerts address say how something stands."""

    group: Literal["performance", "integration", "data_accuracy"] = Field(
        default="performance", description="performance, integration or data_accuracy"
    )
    subject: Expression | None = Field(default=None, description="what the subject of its mails looks like")
    body: Expression | None = Field(default=None, description="what their text holds")
    sender: str | None = Field(default=None, description="the address that they come from, if only one counts")
    severity: dict[str, Annotated[int, Field(ge=1, le=4)]] = Field(
        default={"CRITICAL": 2},
        description="states that are red, each with the severity of its ticket; others are green",
    )

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        if self.subject is None and self.body is None:
            raise ValueError('has neither subject nor body; give subject = "^(?P<state>CRITICAL|OK) "')
        if "(?P<state>" not in f"{self.subject}{self.body}":
            raise ValueError("names no state; let subject or body hold (?P<state>…)")
        return self
