"""Who is who for a ticket: owner, lead, manager, director, on-call, triage; a role that nobody holds falls on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from ticketbot.domain.calendars import local_date
from ticketbot.domain.phases import Phase
from ticketbot.store.database import Work
from ticketbot.store.models import Launch, Staff, Ticket

#: Who takes over when nobody holds a role (contracts.md §6): director → manager → lead → all staff, on-call → lead.
FALLS_TO = {
    "director": "manager",
    "manager": "lead",
    "oncall": "lead",
}
HYPERCARE_LEAD = "hypercare_lead"
SUPPORT_LEAD = "support_lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody who gets a letter: one of our people, or an address of the desk file (the on-call address)."""

    role: str
    address: str
    name: str
    zone: str
    locale: str = "en"


def told(person: Staff, role: str) -> Told:
    """Return one of our people as somebody who gets a letter in a role."""
    return Told(role=role, address=person.email, name=person.name, zone=person.timezone, locale=person.locale)


class People:
    """The roster, asked by role."""

    def __init__(
        self, work: Work, *, today: date, oncall_address: str | None = None, triage: Sequence[str] = ()
    ) -> None:
        """Read the roster of this transaction; roles for a launch count as they are held *today*.

        Whoever is away today is passed over, wherever somebody else is there.
        """
        self._today = today.isoformat()
        self.roster = work.desk.roster()
        self._away = frozenset(person.id for person in self.roster if is_away(person, today))
        self._by_id = {person.id: person for person in self.roster}
        self._oncall_address = oncall_address
        self._triage = [person for person in self.roster if person.slug in triage]

    def owner(self, ticket: Ticket) -> Staff | None:
        """Return who owns a ticket, if anybody who is still here, and not away."""
        owner = self._by_id.get(ticket.owner_id) if ticket.owner_id is not None else None
        return owner if owner is not None and owner.id not in self._away else None

    def in_role(self, role: str, *, launch: Launch | None, phase: Phase | None) -> list[Told]:
        """Return who holds a role for a launch in a phase; the lead is the support lead in standard support."""
        if role == "oncall":
            found = self._oncall(launch, phase)
            if found:
                return found
        else:
            held = self._holders(role, launch, phase)
            if held:
                return [told(person, role) for person in held]
        if (next_role := FALLS_TO.get(role)) is not None:
            return [
                Told(role=role, address=each.address, name=each.name, zone=each.zone, locale=each.locale)
                for each in self.in_role(next_role, launch=launch, phase=phase)
            ]
        return [told(person, role) for person in self.roster]

    def managers(self) -> list[Told]:
        """Return who is told of the desk as a whole."""
        return self.in_role("manager", launch=None, phase=None)

    def leads(self, launch: Launch | None, phase: Phase | None) -> list[Staff]:
        """Return who leads in a phase of a launch, and is not away."""
        return self._holders("lead", launch, phase)

    def triage(self, launch: Launch | None, phase: Phase | None, *, team: str | None = None) -> list[Staff]:
        """Return who looks at what no person owns: its *team*, else the desk file's list, the launch's team, all."""
        owners = [person for person in self.roster if person.team == team] if team is not None else []
        return self._present(owners or self._watch(launch, phase)) or list(self.roster)

    def _watch(self, launch: Launch | None, phase: Phase | None) -> list[Staff]:
        """Return who looks at what nobody owns."""
        if self._triage:
            return list(self._triage)
        if launch is None:
            return list(self.roster)
        team = "standard" if phase is Phase.STANDARD else "hypercare"
        members = [person for person in self.roster if person.team == team]
        leads = self._holders("lead", launch, phase)
        return list({person.id: person for person in (*leads, *members)}.values())

    def _present(self, people: Sequence[Staff]) -> list[Staff]:
        """Return those of some people who are not away; all of them where nobody is left."""
        return [person for person in people if person.id not in self._away] or list(people)

    def _oncall(self, launch: Launch | None, phase: Phase | None) -> list[Told]:
        if self._oncall_address is None:
            return [told(person, "oncall") for person in self._holders("oncall", launch, phase)]
        for person in self.roster:
            if self._oncall_address in (person.slug, person.email):
                return [told(person, "oncall")]
        return [Told(role="oncall", address=self._oncall_address, name="on-call", zone="UTC")]

    def _holders(self, role: str, launch: Launch | None, phase: Phase | None) -> list[Staff]:
        return self._present(self._named_holders(role, launch, phase))

    def _named_holders(self, role: str, launch: Launch | None, phase: Phase | None) -> list[Staff]:
        wanted = role
        if role == "lead":
            wanted = SUPPORT_LEAD if phase is Phase.STANDARD or (phase is None and launch is None) else HYPERCARE_LEAD
        if launch is not None and (named := launch.roles.get(wanted)):
            holders = {slug for slug, term in named.items() if self._is_now(term)}
            if holders:
                return [person for person in self.roster if person.slug in holders]
        held = [person for person in self.roster if person.role == wanted]
        if not held and role == "lead":
            held = [person for person in self.roster if person.role in (SUPPORT_LEAD, HYPERCARE_LEAD)]
        return held

    def _is_now(self, term: Mapping[str, str]) -> bool:
        """Return whether a role is held today: from its first day, until the day on which it is over (OR2)."""
        return term.get("since", "") <= self._today < term.get("until", "9999")


def is_away(person: Staff, today: date) -> bool:
    """Return whether somebody is away today, by the calendar on their own wall."""
    return person.away_until is not None and local_date(person.away_until, ZoneInfo(person.timezone)) > today


def roles_of(person: Staff, launch: Launch | None) -> frozenset[str]:
    """Return the roles that somebody holds: everywhere, and for a launch."""
    held = launch.roles.items() if launch is not None else ()
    return frozenset({person.role, *(role for role, holders in held if person.slug in holders)})
