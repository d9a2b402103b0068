"""Scheduled letters: each written once for each reader and period, however often the service restarts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ticketbot.desk.book import Rules
from ticketbot.desk.care import plan_event_of, plan_of
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.people import Told
from ticketbot.desk.told import reader_of_told
from ticketbot.desk.weeks import desk_week
from ticketbot.domain.calendars import local_date, local_instant
from ticketbot.domain.figures import first_digest_on
from ticketbot.domain.messages import fold
from ticketbot.outbound.letters_reports import digest
from ticketbot.store.database import Work

_WEEK = timedelta(days=7)
DIGEST = "DIGEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRound(Timed):
    """The weekly digest to managers (M12)."""

    def do_one(self, now: datetime) -> bool:
        """Write the latest digest that is due to every manager who has not got it; return whether there was one."""
        with self.store.look() as work:
            rules = self.desk.rules(work)
            if not self._unwritten(work, rules, now):
                return False
        with self.store.work() as work:
            rules = self.desk.rules(work)
            slot_day = _slot_day(rules, now)
            if slot_day is None:  # pragma: no cover - the look above found one
                return False
            slot = _slot(rules, slot_day)
            monday = slot_day - timedelta(days=slot_day.weekday())
            week = desk_week(work, rules, first_day=monday - _WEEK, now=now)
            for manager in self._unwritten(work, rules, now):
                skipped = self._skipped(work, rules, manager, monday)
                if not work.desk.write_round(
                    DIGEST, reader=manager.address, period_start=slot, now=now, state="written"
                ):
                    continue
                reader = reader_of_told(manager)
                address = self.desk.post.report_address(None, reader=manager.address, now=now)
                draft = digest(reader=reader, week=week, slot=slot, now=now, skipped=skipped, reply_to=address)
                self.send(work, [draft], now=now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return the next Monday morning of the organisation."""
        with self.store.look() as work:
            rules = self.desk.rules(work)
            today = local_date(now, rules.policy.zone)
            for ahead in range(8):
                day = today + timedelta(days=ahead)
                if day.weekday() == rules.digest_weekday and _slot(rules, day) > now:
                    return _slot(rules, day)
        return None  # pragma: no cover - every week has such a day

    def _unwritten(self, work: Work, rules: Rules, now: datetime) -> list[Told]:
        day = _slot_day(rules, now)
        first = first_digest_day(work, rules)
        if day is None or first is None or day < first or DIGEST in rules.letters_off:
            return []
        slot = _slot(rules, day)
        begun = work.desk.began_at()
        if begun is None or slot < begun:
            return []
        written = work.desk.readers_of_round(DIGEST, period_start=slot)
        managers = {fold(each.address): each for each in self.people(work, rules, now=now).managers()}
        return [each for address, each in managers.items() if address not in written]

    def _skipped(self, work: Work, rules: Rules, manager: Told, monday: date) -> list[date]:
        """Return the first days of the weeks between the last digest that this manager got and this one."""
        last = work.desk.last_round(DIGEST, reader=manager.address)
        if last is None:
            return []
        last_day = local_date(last.period_start, rules.policy.zone)
        last_monday = last_day - timedelta(days=last_day.weekday())
        gap = (monday - last_monday).days // 7 - 1
        return [last_monday + _WEEK * step for step in range(gap)]


def first_digest_day(work: Work, rules: Rules) -> date | None:
    """Return the day of the first digest: the first whose window begins on or after the desk's first go-live (M12)."""
    go_lives = [
        plan_of(
            launch, events=tuple(plan_event_of(row) for row in work.desk.plan_events(launch.id)), policy=rules.policy
        ).go_live_at
        for launch in work.desk.launches()
    ]
    begun = min(go_lives, default=work.desk.began_at())
    if begun is None:
        return None
    return first_digest_on(local_date(begun, rules.policy.zone)) + timedelta(days=rules.digest_weekday)


def _slot(rules: Rules, day: date) -> datetime:
    return local_instant(day, rules.digest_at, rules.policy.zone)


def _slot_day(rules: Rules, now: datetime) -> date | None:
    """Return the day of the latest slot that has come."""
    today = local_date(now, rules.policy.zone)
    for back in range(8):
        day = today - timedelta(days=back)
        if day.weekday() == rules.digest_weekday and _slot(rules, day) <= now:
            return day
    return None  # pragma: no cover - every week has such a day
