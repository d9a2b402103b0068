"""The rules in force: the policy of the desk file, the roster, and what the settings say of our mailboxes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from weakref import WeakKeyDictionary

from ticketbot.desk.care import plan_event_of, plan_of
from ticketbot.deskfile import desk_of, policy_of
from ticketbot.deskfile.model import Desk as DeskDocument
from ticketbot.domain.messages import fold
from ticketbot.domain.plans import PhasePlan
from ticketbot.domain.policy import Policy, default_policy
from ticketbot.domain.releases import CYCLE_DAYS
from ticketbot.store.database import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRules:
    """What the desk must know of one of our mailboxes: its addresses, its channel, and its server's authserv-id."""

    name: str
    addresses: tuple[str, ...]
    channel: str = "normal"
    authserv_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that one transaction must know of us. Addresses are lower case; `staff` maps them to slugs."""

    policy: Policy
    version: int = 0
    name: str
    mailboxes: Mapping[str, MailboxRules]
    staff: Mapping[str, str]
    domains: Mapping[str, str]
    own_addresses: frozenset[str]
    blocked: frozenset[str] = frozenset()
    alert_addresses: frozenset[str] = frozenset()
    receipt_addresses: frozenset[str] = frozenset()
    urgent_address: str | None = None
    oncall: str | None = None
    triage: tuple[str, ...] = ()
    letters_off: frozenset[str] = frozenset()
    digest_weekday: int = 0
    digest_at: time = time(8)
    ack_cap: int = 600
    release_days: tuple[int, int] = CYCLE_DAYS
    trains: tuple[date, ...] = ()
    locale: str = "en"
    disciplines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channels: tuple[str, ...] = ()

    @property
    def not_clients(self) -> frozenset[str]:
        """Return every address of ours and of our people."""
        return self.own_addresses | frozenset(self.staff)

    def authserv_ids(self, mailbox: str) -> frozenset[str]:
        """Return under which names our own server speaks in a mailbox; an imported file's server is nobody's."""
        found = self.mailboxes.get(mailbox)
        return frozenset({found.authserv_id}) if found is not None and found.authserv_id else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A launch that is looked after, with its plan as it stands."""

    launch_id: int
    slug: str
    plan: PhasePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What was read under one mark of the desk's rows."""

    mark: int | None
    document: DeskDocument | None
    rules: Rules


@dataclass(slots=True)
class Book:
    """Reads the rules, and again only when the desk's rows have changed. Threads share it."""

    mailboxes: tuple[MailboxRules, ...]
    ack_cap: int = 600
    _page: _Page | None = field(default=None, init=False)
    _plans: tuple[int | None, tuple[Planned, ...]] | None = field(default=None, init=False)
    _open: WeakKeyDictionary[Work, _Page] = field(default_factory=WeakKeyDictionary, init=False)

    def read(self, work: Work) -> Rules:
        """Return the rules in force when this transaction first asked; before the first `desk apply` nobody is here."""
        return self._opened(work).rules

    def plans(self, work: Work) -> tuple[Planned, ...]:
        """Return every launch's plan, by slug, under the rules that this transaction goes by."""
        page, kept = self._opened(work), self._plans
        if kept is None or page.mark is None or kept[0] != page.mark:
            kept = page.mark, tuple(_planned(work, page.rules.policy))
            self._plans = kept
        return kept[1]

    def authserv_ids(self, mailbox: str) -> frozenset[str]:
        """Return under which names our own server speaks in a mailbox, see `Rules.authserv_ids`."""
        names = {each.authserv_id for each in self.mailboxes if each.name == mailbox}
        return frozenset(name for name in names if name)

    def _opened(self, work: Work) -> _Page:
        page = self._open.get(work)
        if page is None:
            page = self._open[work] = self._current(work)
        return page

    def _current(self, work: Work) -> _Page:
        """Return the page of today, which is read if there is none or the desk's rows have changed since."""
        mark, page = work.desk.mark(), self._page
        if page is None or mark is None or page.mark != mark:
            page = self._written(work, mark, before=page)
            if mark is not None:
                self._page = page
        return page

    def _written(self, work: Work, mark: int | None, *, before: _Page | None) -> _Page:
        """Return what the rows say; the policy is made anew only if another version was applied."""
        version = work.desk.policy_version()
        if before is not None and before.rules.version == version:
            document, policy = before.document, before.rules.policy
        else:
            row = work.desk.policy()
            document = desk_of(row.document) if row is not None else None
            policy = policy_of(document) if document is not None else default_policy()
        rules = replace(self._rules(work, document, policy), version=version)
        return _Page(mark=mark, document=document, rules=rules)

    def _rules(self, work: Work, document: DeskDocument | None, policy: Policy) -> Rules:
        clients = {client.id: client.slug for client in work.desk.clients()}
        own = {fold(address) for mailbox in self.mailboxes for address in mailbox.addresses}
        by_channel = {
            channel: {
                fold(address)
                for mailbox in self.mailboxes
                if mailbox.channel == channel
                for address in mailbox.addresses
            }
            for channel in ("urgent", "alerts", "receipts")
        }
        launches = {fold(launch.address) for launch in work.desk.launches() if launch.address}
        urgent = sorted(by_channel["urgent"])
        return Rules(
            policy=policy,
            name=document.desk.name if document is not None else "Support",
            mailboxes={mailbox.name: mailbox for mailbox in self.mailboxes},
            staff={fold(person.email): person.slug for person in work.desk.roster()},
            domains={row.domain: clients[row.client_id] for row in work.desk.all_domains() if row.client_id in clients},
            own_addresses=frozenset(own | launches),
            blocked=frozenset(work.desk.blocked()),
            alert_addresses=frozenset(by_channel["alerts"]),
            receipt_addresses=frozenset(by_channel["receipts"]),
            urgent_address=urgent[0] if urgent else None,
            oncall=document.desk.oncall if document is not None else None,
            triage=document.desk.triage if document is not None else (),
            letters_off=frozenset(document.letters.off) if document is not None else frozenset(),
            digest_weekday=document.schedule.digest.weekday if document is not None else 0,
            digest_at=document.schedule.digest.at if document is not None else time(8),
            ack_cap=self.ack_cap,
            release_days=document.releases.window_days if document is not None else CYCLE_DAYS,
            trains=document.releases.trains if document is not None else (),
            locale=document.desk.locale if document is not None else "en",
            disciplines=document.disciplines if document is not None else {},
            channels=tuple(each for each in document.channels.values() if "://" not in each) if document else (),
        )


def _planned(work: Work, policy: Policy) -> Iterator[Planned]:
    events = work.desk.all_plan_events()
    for launch in work.desk.launches():
        changes = tuple(plan_event_of(row) for row in events.get(launch.id, ()))
        plan = plan_of(launch, events=changes, policy=policy)
        yield Planned(launch_id=launch.id, slug=launch.slug, plan=plan)
