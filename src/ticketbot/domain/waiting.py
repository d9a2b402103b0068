"""What happens by itself while a ticket waits for its client: asked again, told of the end, ended (TK6, M27, M40)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import Schedule, add_working
from ticketbot.domain.ladder import client_send_at
from ticketbot.domain.lifecycle import BUSINESS_DAY, LEAST_BETWEEN_CHASES, auto_resolves_at, chased_at
from ticketbot.domain.policy import Policy
from ticketbot.domain.priority import Priority

MOST_CHASES = 2


class Step(StrEnum):
    """What is done next."""

    CHASE = "chase"
    TELL_END = "tell_end"
    END = "auto_resolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A step and when it is due."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A ticket that waits for its client: since when, when they were asked again, when they were told of the end."""

    since: datetime
    priority: Priority
    chased: Sequence[datetime] = ()
    told_at: datetime | None = None


def next_step(wait: Wait, *, office: Schedule, client_zone: ZoneInfo, policy: Policy) -> Planned | None:
    """Return what happens next unless the client writes, None where nothing does any more; the earlier step first.

    What was late moves what follows: nobody is asked twice within a day, or told less than the promised time before.
    """
    found = (_chase(wait, office, client_zone, policy), _end(wait, office, client_zone, policy))
    return min((each for each in found if each is not None), key=lambda each: each.at, default=None)


def _chase(wait: Wait, office: Schedule, client_zone: ZoneInfo, policy: Policy) -> Planned | None:
    if len(wait.chased) >= MOST_CHASES:
        return None
    at = chased_at(
        wait.chased[-1] if wait.chased else wait.since,
        least=LEAST_BETWEEN_CHASES if wait.chased else timedelta(),
        priority=wait.priority,
        schedule=office,
        client_zone=client_zone,
        policy=policy,
    )
    return Planned(step=Step.CHASE, at=at)


def _end(wait: Wait, office: Schedule, client_zone: ZoneInfo, policy: Policy) -> Planned | None:
    days, before = policy.resolves_after_days, policy.resolve_told_days_before
    instants = auto_resolves_at(wait.since, priority=wait.priority, schedule=office, days=days, told_days_before=before)
    if instants is None:
        return None
    announced, ends = instants
    if wait.told_at is None:
        at = client_send_at(announced, zone=client_zone, quiet=policy.quiet_client)
        return Planned(step=Step.TELL_END, at=at)
    return Planned(step=Step.END, at=max(ends, add_working(office, start=wait.told_at, amount=before * BUSINESS_DAY)))
