"""A ready word to a client whose promise was not kept: what was promised, sorry, and a new time (M07)."""

from dataclasses import dataclass
from datetime import datetime

from ticketbot.desk.actions import terms_of
from ticketbot.desk.care import Care
from ticketbot.desk.told import client_reader
from ticketbot.domain.calendars import add_working
from ticketbot.domain.clocks import Clock, ClockState
from ticketbot.domain.policy import ClockName
from ticketbot.domain.priority import Priority
from ticketbot.outbound.facts import iso
from ticketbot.render.times import times_for
from ticketbot.store.database import Work
from ticketbot.store.models import Ticket

_PRESSING = (Priority.P1, Priority.P2)
#: What the new time is a promise of: the next news, else the next answer.
_NEXT = (ClockName.UPDATE, ClockName.NEXT_RESPONSE, ClockName.FIRST_RESPONSE)
_SORRY = {
    "en": {
        "answer": "You should have had an answer from us by {due}, and you did not. We are sorry.",
        "news": "You should have had news from us by {due}, and you did not. We are sorry.",
        "settled": "We wanted to have this settled by {due}, and it is not yet. We are sorry.",
        "hello": "Hello{name},",
        "next": "We are looking at it now. By {until} you hear from us again, with what we know by then.",
    },
    "de": {
        "answer": "Bis {due} hätten Sie Antwort von uns haben sollen. Das haben wir versäumt, und es tut uns leid.",
        "news": "Bis {due} hätten Sie von uns hören sollen. Das haben wir versäumt, und es tut uns leid.",
        "settled": "Bis {due} wollten wir das gelöst haben, und es ist noch nicht so weit. Das tut uns leid.",
        "hello": "Guten Tag{name},",
        "next": "Wir sehen es uns jetzt an. Bis {until} hören Sie wieder von uns, mit dem, was wir dann wissen.",
    },
}
_WORDS = {
    ClockName.FIRST_RESPONSE: "answer",
    ClockName.NEXT_RESPONSE: "answer",
    ClockName.UPDATE: "news",
    ClockName.RESOLUTION: "settled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Apology:
    """Words to the client, and the new time in them: after it they are out of date."""

    text: str = ""
    until: datetime | None = None


def apology(work: Work, ticket: Ticket, care: Care, clock: Clock, *, now: datetime) -> Apology:
    """Return words for a critical or high matter whose clock still runs too late; none for any other."""
    if Priority(ticket.priority) not in _PRESSING or clock.state is not ClockState.RUNNING or clock.due_at is None:
        return Apology()
    terms = terms_of(ticket, care, now)
    target = next((found for name in _NEXT if (found := terms.targets.of(name)) is not None), None)
    if target is None:
        return Apology()
    until = add_working(terms.schedule, start=now, amount=target)
    reader = client_reader(work, ticket, care)
    language = "de" if reader.locale.startswith("de") else "en"
    when, words = times_for(language=language, zone=reader.zone, at=now), _SORRY[language]
    lines = (words["hello"], words[_WORDS[clock.name]], words["next"])
    text = "\n\n".join(lines).format(
        name=f" {reader.name}" if reader.name else "",
        due=when.instant(iso(clock.due_at)),
        until=when.instant(iso(until)),
    )
    return Apology(text=text.replace("\N{NO-BREAK SPACE}", " "), until=until)
