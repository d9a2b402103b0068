"""What every timed job of the desk needs: the store, the rules, the post, and how letters are put without a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ticketbot.desk.book import Rules
from ticketbot.desk.desk import Desk
from ticketbot.desk.people import People
from ticketbot.domain.calendars import local_date
from ticketbot.domain.drafts import Draft
from ticketbot.store.database import Store, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A job of the timetable that works on the desk."""

    store: Store
    desk: Desk

    def people(self, work: Work, rules: Rules, *, now: datetime) -> People:
        """Return the roster, asked by role."""
        today = local_date(now, rules.policy.zone)
        return People(work, today=today, oncall_address=rules.oncall, triage=rules.triage)

    def send(self, work: Work, drafts: Iterable[Draft], *, now: datetime) -> None:
        """Queue letters, but for those that the desk file switches off."""
        off = self.desk.rules(work).letters_off
        self.desk.post.put(work, [draft for draft in drafts if draft.code not in off], now=now)
