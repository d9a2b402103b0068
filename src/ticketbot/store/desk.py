"""Who we are and whom we look after: staff, clients, contacts, launches and the policy in force."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.messages import fold
from ticketbot.store.models import (
    Blocked,
    Client,
    ClientDomain,
    Contact,
    DeskMark,
    Event,
    Incident,
    Launch,
    PlanEvent,
    PolicyVersion,
    Round,
    Staff,
)
from ticketbot.store.rows import Rows

_HAS_CHANGED = "desk_has_changed"
_MARK = select(cast(Table, DeskMark.__table__).c.changes)
# Every mail and every threshold asks these, so they are written once.
_ROSTER = select(Staff).where(Staff.is_active).order_by(Staff.slug)
_EVERYBODY = select(Staff).order_by(Staff.slug)
_AGENT_AT = select(Staff).where(func.lower(Staff.email) == bindparam("address"), Staff.is_active)
_CLIENTS = select(Client).where(Client.is_active).order_by(Client.slug)
_CONTACT_AT = select(Contact).where(Contact.address == bindparam("address"), Contact.is_active)
_LAUNCHES = select(Launch).where(Launch.is_active).order_by(Launch.slug)
_LAUNCHES_OF = _LAUNCHES.where(Launch.client_id == bindparam("client"))
_PLAN_EVENTS = (
    select(PlanEvent).where(PlanEvent.launch_id == bindparam("launch")).order_by(PlanEvent.recorded_at, PlanEvent.id)
)
_POLICY_VERSION = select(func.max(cast(Table, PolicyVersion.__table__).c.id))
_BEGAN_AT: Select[datetime | None] = select(func.min(cast(Table, PolicyVersion.__table__).c.applied_at))


def count_change(session: Session) -> None:
    """Turn the mark of the desk's own rows, so that everybody reads them again once this is committed."""
    session.info[_HAS_CHANGED] = True
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(DeskMark).values(id=1, changes=1)
    session.execute(first.on_conflict_do_update(index_elements=["id"], set_={"changes": DeskMark.changes + 1}))


class DeskRows(Rows):
    """The roster, the clients and their plans."""

    _names: Mapping[str, str] | None = None

    # Staff

    def roster(self) -> Sequence[Staff]:
        """Return all active staff, by slug."""
        return self.session.scalars(_ROSTER).all()

    def everybody(self) -> Sequence[Staff]:
        """Return all staff, those who left too."""
        return self.session.scalars(_EVERYBODY).all()

    def names(self) -> Mapping[str, str]:
        """Return everybody's name by address, of those who left too, as this transaction first saw them."""
        if self._names is None:
            self._names = {fold(person.email): person.name for person in self.everybody()}
        return self._names

    def person(self, staff_id: int | None) -> Staff | None:
        """Return one of our people by row, if any."""
        return self.session.get(Staff, staff_id) if staff_id is not None else None

    def agent(self, slug: str) -> Staff | None:
        """Return one of our active people by slug, if there is one."""
        return self.session.scalar(select(Staff).where(Staff.slug == slug.lower(), Staff.is_active))

    def agent_at(self, address: str) -> Staff | None:
        """Return one of our active people by address, if there is one."""
        return self.session.scalar(_AGENT_AT, {"address": fold(address)})

    # Clients

    def clients(self) -> Sequence[Client]:
        """Return all active clients, by slug."""
        return self.session.scalars(_CLIENTS).all()

    def client(self, client_id: int | None) -> Client | None:
        """Return a client by row, if any."""
        return self.session.get(Client, client_id) if client_id is not None else None

    def client_named(self, slug: str) -> Client | None:
        """Return a client by slug, if there is one."""
        return self.session.scalar(select(Client).where(Client.slug == slug.lower()))

    def contact_at(self, address: str) -> Contact | None:
        """Return the active contact with this address, if there is one."""
        return self.session.scalar(_CONTACT_AT, {"address": fold(address)})

    def anyone_at(self, address: str) -> Contact | None:
        """Return the contact with this address, one who was set aside too, if there is one."""
        return self.session.scalar(select(Contact).where(Contact.address == fold(address)))

    def contacts(self, client_id: int) -> Sequence[Contact]:
        """Return a client's active contacts, by address."""
        return self.session.scalars(
            select(Contact).where(Contact.client_id == client_id, Contact.is_active).order_by(Contact.address)
        ).all()

    def domain(self, domain: str) -> ClientDomain | None:
        """Return the client's domain of exactly this name, if there is one."""
        return self.session.scalar(select(ClientDomain).where(ClientDomain.domain == fold(domain)))

    def domains(self, client_id: int) -> Sequence[ClientDomain]:
        """Return a client's domains."""
        return self.session.scalars(
            select(ClientDomain).where(ClientDomain.client_id == client_id).order_by(ClientDomain.domain)
        ).all()

    def all_domains(self) -> Sequence[ClientDomain]:
        """Return every client's domains."""
        return self.session.scalars(select(ClientDomain).order_by(ClientDomain.domain)).all()

    def block(self, party: str, *, by: str, now: datetime) -> bool:
        """Hear an address, or a whole domain, no more; return False when it is blocked already."""
        name = party if "@" in party else f"@{party}"
        is_new = self.insert_new(Blocked, party=name, by=by, at=now) is not None
        if is_new:
            count_change(self.session)
        return is_new

    def blocked(self) -> set[str]:
        """Return who is not heard: addresses, and domains written @domain."""
        return set(self.session.scalars(select(Blocked.party)))

    def mark(self) -> int | None:
        """Return the mark of the desk's own rows: while it stays, so do they, but for contacts.

        None where this very transaction changed them: what it reads now may never be committed.
        """
        self.session.flush()
        if self.session.info.get(_HAS_CHANGED):
            return None
        return self.session.scalar(_MARK) or 0

    # Launches

    def launches(self, client_id: int | None = None) -> Sequence[Launch]:
        """Return all active launches, of one client or of all, by slug."""
        if client_id is not None:
            return self.session.scalars(_LAUNCHES_OF, {"client": client_id}).all()
        return self.session.scalars(_LAUNCHES).all()

    def launch(self, launch_id: int | None) -> Launch | None:
        """Return a launch by row, if any."""
        return self.session.get(Launch, launch_id) if launch_id is not None else None

    def launch_named(self, slug: str) -> Launch | None:
        """Return a launch by slug (client/launch), if there is one."""
        return self.session.scalar(select(Launch).where(Launch.slug == slug.lower()))

    def plan_events(self, launch_id: int) -> Sequence[PlanEvent]:
        """Return the changes of a launch's plan in the order in which they were recorded."""
        return self.session.scalars(_PLAN_EVENTS, {"launch": launch_id}).all()

    def all_plan_events(self) -> Mapping[int, Sequence[PlanEvent]]:
        """Return the changes of every launch's plan, by the launch's row, each in order."""
        found: dict[int, list[PlanEvent]] = {}
        for event in self.session.scalars(select(PlanEvent).order_by(PlanEvent.recorded_at, PlanEvent.id)):
            found.setdefault(event.launch_id, []).append(event)
        return found

    # Policy

    def policy(self) -> PolicyVersion | None:
        """Return the policy in force, or None before the first `desk apply`."""
        return self.session.scalar(select(PolicyVersion).order_by(PolicyVersion.id.desc()).limit(1))

    def policy_version(self) -> int:
        """Return the number of the policy in force, 0 before the first."""
        return self.session.scalar(_POLICY_VERSION) or 0

    def launch_known_at(self, launch: Launch) -> datetime:
        """Return since when the desk knows of a launch: the first desk file that names it, else the mail that made it.

        The beginning of time where neither is recorded.
        """
        for version in self.session.scalars(select(PolicyVersion).order_by(PolicyVersion.id)):
            if launch.slug in version.document.get("launches", {}):
                return version.applied_at
        made = select(func.min(Event.at)).where(Event.action == "launch_made", Event.launch_id == launch.id)
        found: datetime | None = self.session.scalar(made)
        return found or datetime.min.replace(tzinfo=UTC)

    def began_at(self) -> datetime | None:
        """Return when the desk's first policy was applied, None before."""
        return self.session.scalar(_BEGAN_AT)

    def add_policy(self, *, sha256: str, document: Mapping[str, Any], now: datetime) -> PolicyVersion:
        """Put a policy in force."""
        version = PolicyVersion(sha256=sha256, document=dict(document), applied_at=now)
        self.session.add(version)
        self.session.flush()
        return version

    def add(self, row: Staff | Client | ClientDomain | Contact | Launch | PlanEvent) -> None:
        """Keep a new row of the desk."""
        self.session.add(row)
        self.session.flush()

    def remove(self, row: ClientDomain) -> None:
        """Forget a domain of a client."""
        self.session.delete(row)
        self.session.flush()

    # Rounds and incidents

    def write_round(self, kind: str, *, reader: str, period_start: datetime, now: datetime, state: str) -> bool:
        """Record a scheduled letter; return False when it was written before, by whomever."""
        return (
            self.insert_new(Round, kind=kind, reader=reader, period_start=period_start, written_at=now, state=state)
            is not None
        )

    def last_round(self, kind: str, *, reader: str) -> Round | None:
        """Return the newest scheduled letter of a kind to a reader."""
        return self.session.scalar(
            select(Round).where(Round.kind == kind, Round.reader == reader).order_by(Round.period_start.desc()).limit(1)
        )

    def readers_of_round(self, kind: str, *, period_start: datetime) -> set[str]:
        """Return who got the scheduled letter of a period, lower case."""
        return {
            fold(reader)
            for reader in self.session.scalars(
                select(Round.reader).where(Round.kind == kind, Round.period_start == period_start)
            )
        }

    def open_incident(self, what: str, subject: str) -> Incident | None:
        """Return the operator's matter that people were told of and that is not over, if there is one."""
        return self.session.scalar(
            select(Incident)
            .where(Incident.what == what, Incident.subject == subject, Incident.ended_at.is_(None))
            .limit(1)
        )

    def had_incident(self, what: str, subject: str) -> bool:
        """Return whether people were ever told of this matter."""
        query = select(Incident.id).where(Incident.what == what, Incident.subject == subject).limit(1)
        return self.session.scalar(query) is not None

    def begin_incident(self, what: str, subject: str, *, now: datetime) -> bool:
        """Record that a matter began; return False when it is known and not over."""
        if self.open_incident(what, subject) is not None:
            return False
        return self.insert_new(Incident, what=what, subject=subject, began_at=now) is not None

    def end_incident(self, what: str, subject: str, *, now: datetime) -> bool:
        """Record that a matter is over; return False when none was open."""
        found = self.open_incident(what, subject)
        if found is None:
            return False
        found.ended_at = now
        return True

    def open_incidents(self) -> Sequence[Incident]:
        """Return all matters that are not over."""
        return self.session.scalars(select(Incident).where(Incident.ended_at.is_(None)).order_by(Incident.id)).all()


def holidays_of(settings: Mapping[str, Any], *, years: range) -> frozenset[date]:
    """Return a client's holidays: its country's (and region's) public ones, and the dates that it lists.

    *settings* holds `country`, `region` and `dates` as the desk file has them. Raises ConfigurationError for a
    country that is not known.
    """
    found = {date.fromisoformat(text) for text in settings.get("dates", ())}
    country = settings.get("country")
    if country:
        import holidays as public_holidays  # noqa: PLC0415 - with the first such client: a start need not wait for it

        try:
            found |= set(public_holidays.country_holidays(country, subdiv=settings.get("region"), years=list(years)))
        except NotImplementedError as error:
            raise ConfigurationError(f"holidays: {error}") from error
    return frozenset(found)
