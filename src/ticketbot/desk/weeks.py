"""The week of the whole desk, as the digest tells it and as anybody may ask for it."""

from datetime import date, datetime

from ticketbot.desk.book import Rules
from ticketbot.desk.care import care_for
from ticketbot.domain.calendars import schedule_for
from ticketbot.outbound.letters_reports import Week
from ticketbot.reports.digest import LaunchAt, week_of, window_of
from ticketbot.store.database import Work


def desk_week(work: Work, rules: Rules, *, first_day: date, now: datetime) -> Week:
    """Return the week of the organisation that begins on *first_day*, as it looks at *now*."""
    zone = rules.policy.zone
    end = window_of(first_day, zone, now=now).end
    launches = []
    for launch in work.desk.launches():
        care = care_for(work, policy=rules.policy, client=None, launch=launch, now=now)
        phase = care.phase_facts(end)
        if phase is not None:
            launches.append(LaunchAt(launch=launch, phase=phase))
    schedule = schedule_for(calendar=rules.policy.calendars[rules.policy.office], zone=zone)
    return week_of(work, first_day=first_day, zone=zone, launches=launches, schedule=schedule, now=now)
