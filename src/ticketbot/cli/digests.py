"""The digest for the command line: the same figures and words as the Monday letter."""

from datetime import datetime, time, timedelta
from typing import Any

from ticketbot.app import App
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.weeks import desk_week
from ticketbot.domain.calendars import local_date, local_instant
from ticketbot.domain.drafts import Json
from ticketbot.outbound.facts import Reader
from ticketbot.outbound.letters_reports import Attainment, LaunchWeek, Week
from ticketbot.outbound.letters_reports import digest as write_digest
from ticketbot.render import Rendered, render
from ticketbot.reports.tickets import instant
from ticketbot.store.database import Work

_WEEK = timedelta(days=7)


def shown(app: App, *, now: datetime, is_running: bool, locale: str) -> tuple[Rendered, dict[str, Any]]:
    """Return the digest at an instant in words, and as JSON in the form of contracts.md §5."""
    with app.store.look() as work:
        rules = app.desk.rules(work)
        week = _week(app, work, now=now, is_running=is_running)
    zone = rules.policy.zone
    reader = Reader(address="manager@localhost", locale=locale, zone=zone.key)
    draft = write_digest(reader=reader, week=week, slot=now, now=now)
    since, until = (local_instant(day, time(), zone) for day in (week.first_day, week.first_day + _WEEK))
    facts = {
        "window": [instant(since), instant(until)],
        "received": week.received,
        "resolved": week.resolved,
        "reopened": week.reopened,
        "open_at_end": week.open,
        "aged": week.aged,
        "clocks": _clocks(week),
        "launches": [
            {
                "launch": each.ref,
                "phase": str(each.phase.phase),
                "received": each.received,
                "resolved": each.resolved,
                "reopened": each.reopened,
                "open_at_end": each.open,
                "aged": each.aged,
                "clocks": _clocks(each),
            }
            for each in week.launches
        ],
        "misses": [
            {"ticket": f"T-{each.number}", "clock": each.clock, "due_at": instant(each.due_at), "launch": each.launch}
            for each in week.misses
        ],
    }
    desk: Json = {"name": rules.name, "address": app.identity.address}
    values: dict[str, Json] = {**draft.values, "desk": desk, "marker": ""}
    return render(draft.code, values, locale=draft.locale, zone=draft.zone, at=now), facts


def mailed(app: App, *, now: datetime, is_running: bool) -> list[str]:
    """Queue the digest for the managers, as a letter of its own beside the Monday one; return their addresses."""
    asked_at = app.clock.now()
    with app.store.work() as work:
        rules = app.desk.rules(work)
        week = _week(app, work, now=now, is_running=is_running)
        managers = Timed(store=app.store, desk=app.desk).people(work, rules, now=asked_at).managers()
        drafts = [
            write_digest(
                reader=Reader(address=each.address, name=each.name, locale=each.locale, zone=each.zone),
                week=week,
                slot=now,
                now=asked_at,
                asked_by=f"command line {asked_at.isoformat()}",
            )
            for each in managers
        ]
        app.desk.post.put(work, drafts, now=asked_at)
    return [each.address for each in managers]


def _week(app: App, work: Work, *, now: datetime, is_running: bool) -> Week:
    rules = app.desk.rules(work)
    today = local_date(now, rules.policy.zone)
    monday = today - timedelta(days=today.weekday())
    return desk_week(work, rules, first_day=monday if is_running else monday - _WEEK, now=now)


def _clocks(week: Week | LaunchWeek) -> dict[str, dict[str, int]]:
    found: dict[str, Attainment] = {
        "FR": week.first_answers, "NR": week.next_answers, "RES": week.resolutions, "UPD": week.updates,
    }  # fmt: skip
    return {name: {"met": each.met, "missed": each.missed} for name, each in found.items()}
