"""The rules in force: the policy of the desk file, the roster, and what the settings say of our mailboxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from weakref import WeakKeyDictionary

from ticketbot.deskfile import desk_of, policy_of
from ticketbot.deskfile.model import Desk as DeskDocument
from ticketbot.domain.messages import fold
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

    @property
    def not_clients(self) -> frozenset[str]:
        """Return every address of ours and of our people."""
        return self.own_addresses | frozenset(self.staff)

    def authserv_ids(self, mailbox: str) -> frozenset[str]:
        """Return under which names our own server speaks in a mailbox; an imported file's server is nobody's."""
        found = self.mailboxes.get(mailbox)
        return frozenset({found.authserv_id}) if found is not None and found.authserv_id else frozenset()


@dataclass(slots=True)
class Book:
    """Reads the rules, and the policy only when a new version was applied."""

    mailboxes: tuple[MailboxRules, ...]
    ack_cap: int = 600
    _version: int = field(default=-1, init=False)
    _document: DeskDocument | None = field(default=None, init=False)
    _policy: Policy = field(default_factory=default_policy, init=False)

    _read: WeakKeyDictionary[Work, Rules] = field(default_factory=WeakKeyDictionary, init=False)

    def read(self, work: Work) -> Rules:
        """Return the rules in force when this transaction first asked; before the first `desk apply` nobody is here."""
        rules = self._read.get(work)
        if rules is None:
            rules = self._read[work] = self._rules(work)
        return rules

    def policy(self, work: Work) -> Policy:
        """Return the policy in force, for those who need no more."""
        self._turn(work)
        return self._policy

    def _turn(self, work: Work) -> None:
        """Read the policy if another version was applied since."""
        version = work.desk.policy_version()
        if version != self._version:
            row = work.desk.policy()
            self._document = desk_of(row.document) if row is not None else None
            self._policy = policy_of(self._document) if self._document is not None else default_policy()
            self._version = version

    def _rules(self, work: Work) -> Rules:
        self._turn(work)
        document = self._document
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
            policy=self._policy,
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
        )
