"""What every timed job of the desk needs: the store, the rules, the post, and how letters are put without a mail."""

from dataclasses import dataclass

from ticketbot.desk.book import Rules
from ticketbot.desk.desk import Desk
from ticketbot.desk.people import People
from ticketbot.store.database import Store, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A job of the timetable that works on the desk."""

    store: Store
    desk: Desk

    def people(self, work: Work, rules: Rules) -> People:
        """Return the roster, asked by role."""
        return People(work, oncall_address=rules.oncall, triage=rules.triage)
