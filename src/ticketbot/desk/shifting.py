"""Which team a new ticket goes to while the receiving team takes over, step by step (domain.md PH8, GT6)."""

from datetime import datetime

from ticketbot.desk.care import Care
from ticketbot.domain.phases import Phase
from ticketbot.domain.plans import falls_to
from ticketbot.reports.readiness import RECEIVING_TEAM
from ticketbot.store.database import Work


def team_of(work: Work, care: Care, *, at: datetime) -> str | None:
    """Return the team that a new ticket of a launch goes to by its shift plan, None for the team that has it anyway.

    Of the new tickets of a transition every so many go over that the planned share of its present quarter is kept.
    A desk that has nobody in the receiving team shifts nothing.
    """
    if care.plan is None or care.launch is None:
        return None
    share = _share(care, at)
    if not share or not any(person.team == RECEIVING_TEAM for person in work.desk.roster()):
        return None
    since = max(step.at for step in care.plan.boundaries(at) if step.at <= at)
    nth = 1 if share == 100 else 1 + work.readings.opened(care.launch.id, since=since)  # noqa: PLR2004 (percent)
    return RECEIVING_TEAM if falls_to(nth, share=share) else None


def is_watched(team: str | None, care: Care, *, at: datetime) -> bool:
    """Return whether the hypercare lead goes on watching what the receiving team has got."""
    return team == RECEIVING_TEAM and care.phase(at) is not Phase.STANDARD and bool(_share(care, at))


def _share(care: Care, at: datetime) -> int:
    return care.plan.receiving_share(at) if care.plan is not None else 0
