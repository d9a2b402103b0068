"""The reports that are mailed: figures come in as counts, the words are made when the letter is rendered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ticketbot.domain.drafts import Draft
from ticketbot.outbound.facts import PhaseFacts, Reader
from ticketbot.outbound.letters import Code, key_of, write


@dataclass(frozen=True, slots=True, kw_only=True)
class Attainment:
    """Promises of one kind that ended in the window. `before` is the share kept the week before, for the arrow."""

    met: int = 0
    missed: int = 0
    before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchWeek:
    """One launch's week. `score` is its readiness before a gate, `satisfaction` the mean of `ratings` ratings."""

    name: str
    ref: str
    phase: PhaseFacts
    first_answers: Attainment = Attainment()
    next_answers: Attainment = Attainment()
    resolutions: Attainment = Attainment()
    updates: Attainment = Attainment()
    received: int = 0
    resolved: int = 0
    reopened: int = 0
    open: int = 0
    aged: int = 0
    score: int | None = None
    satisfaction: float | None = None
    ratings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A promise that was not kept. `late` is None while it is still open."""

    number: int
    clock: str
    due_at: datetime
    launch: str = ""
    subject: str = ""
    owner: str = ""
    late: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """Something that comes up: what (a sentence in the desk's own words), and when."""

    what: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The figures of a digest: the window's first and last local day, the totals, and each launch, worst first."""

    first_day: date
    last_day: date
    received: int
    resolved: int
    reopened: int
    open: int
    aged: int = 0
    first_answers: Attainment = Attainment()
    next_answers: Attainment = Attainment()
    resolutions: Attainment = Attainment()
    updates: Attainment = Attainment()
    launches: tuple[LaunchWeek, ...] = ()
    misses: tuple[Miss, ...] = ()
    ahead: tuple[Ahead, ...] = ()


def digest(
    *,
    reader: Reader,
    week: Week,
    slot: datetime,
    now: datetime,
    skipped: Sequence[date] = (),
    reply_to: str | None = None,
    asked_by: str | None = None,
) -> Draft:
    """Tell (DIGEST) how the week went, worst first, on one page. *slot* is the Monday 08:00 that it belongs to.

    One for each reader and week; *skipped* are the first days of earlier weeks whose digest was never sent, and
    *asked_by* the fingerprint of the mail that asked for one (`#digest`), which makes it a letter of its own.
    """
    mark = (week.first_day.isoformat(), asked_by) if asked_by else (week.first_day.isoformat(),)
    return write(
        Code.DIGEST,
        key=key_of(Code.DIGEST, *mark, reader=reader),
        reader=reader,
        now=now,
        reply_to=reply_to,
        values={"week": week, "slot": slot, "written_at": now, "skipped": skipped},
    )
