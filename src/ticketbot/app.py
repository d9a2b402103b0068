"""The only wiring: builds store, mailboxes, sender, clock and desk from the settings and hands them to each other."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from ticketbot.clock import Clock, SystemClock
from ticketbot.config import MailboxChannel, MailboxSettings, Settings, load_keyring
from ticketbot.desk.book import Book, MailboxRules
from ticketbot.desk.breaker import Breaker
from ticketbot.desk.bundling import Bundles
from ticketbot.desk.chasing import Silence
from ticketbot.desk.deadlines import Deadlines
from ticketbot.desk.desk import Desk
from ticketbot.desk.gates import Gates
from ticketbot.desk.launches import Launches
from ticketbot.desk.post import Post
from ticketbot.desk.rounds import DigestRound
from ticketbot.desk.security import SecurityNotices
from ticketbot.desk.setaside import HeldTooLong, Quarantine, Strangers
from ticketbot.desk.undelivered import Undelivered
from ticketbot.desk.watchdog import MailboxTrouble, Oversize, Renumbered
from ticketbot.domain.drafts import Draft
from ticketbot.domain.errors import MailboxRefused, MailboxUnavailable, RelayUnavailable
from ticketbot.domain.tokens import Keyring
from ticketbot.inbound.ahead import Hand
from ticketbot.inbound.fetch import Fetcher, Source
from ticketbot.inbound.mailbox import Account, ImapMailbox, Mailbox
from ticketbot.inbound.pipeline import Pipeline
from ticketbot.inbound.reader import File, FullReader, Unpacker
from ticketbot.inbound.watch import Watch
from ticketbot.outbound.deliver import Deliverer
from ticketbot.outbound.identity import DeskIdentity
from ticketbot.outbound.smtp import Relay, Sender, SmtpSender
from ticketbot.schedule import Entry, Timetable
from ticketbot.service import Loop, Role, ScheduleLoop, Service
from ticketbot.store.database import Store
from ticketbot.store.lock import alone_on, is_dead, our_name
from ticketbot.store.models import OutboxMail
from ticketbot.store.outbox import draft_from_json

log = logging.getLogger(__name__)

ALL_ROLES = (Role.POLL, Role.PROCESS, Role.SEND, Role.SCHEDULE)
_ROUNDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The whole service, wired and not yet running."""

    settings: Settings
    clock: Clock
    store: Store
    keys: Keyring
    identity: DeskIdentity
    desk: Desk
    pipeline: Pipeline
    deliverer: Deliverer
    timetable: Timetable
    watches: Sequence[Watch]

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Hold the lock of a SQLite desk for the block, and first take back what a dead service had in hand."""
        with alone_on(self.settings.database.sqlite_file):
            self.take_back()
            yield

    def take_back(self) -> None:
        """Free the mails and letters that dead processes had in hand."""
        only_one = self.store.is_sqlite
        with self.store.look() as work:
            readers = [each for each in work.inbox.holders() if only_one or is_dead(each)]
            senders = [each for each in work.outbox.holders() if only_one or is_dead(each)]
        for holder in readers:
            self.pipeline.take_back(holder)
        for holder in senders:
            self.deliverer.take_back(holder)

    def run(self, stop: threading.Event, *, roles: Collection[Role] = ALL_ROLES) -> None:
        """Serve until *stop* is set."""
        with self.serving():
            service = self.service(stop, roles=roles)
            service.start(stop)
            log.info("ticketbot serves", extra={"action": "service_started", "roles": [role.value for role in roles]})
            stop.wait()
            service.stop()
            self.pipeline.close()
            self.deliverer.close()
        log.info("ticketbot stopped", extra={"action": "service_stopped"})

    def run_once(self, *, roles: Collection[Role] = ALL_ROLES) -> None:
        """Fetch, process, do what is due and send until nothing is left. The caller holds `serving`.

        A server that does not let us keeps nothing else from being done; what it said is raised at the end:
        MailboxUnavailable, MailboxRefused or RelayUnavailable.
        """
        shut: dict[str, MailboxUnavailable | MailboxRefused] = {}
        for _ in range(_ROUNDS):
            happened = False
            if Role.POLL in roles:
                happened |= self._fetch(shut)
            if Role.PROCESS in roles:
                happened |= _until_done(self.pipeline.do_one)
            if Role.SCHEDULE in roles:
                self.timetable.run_due(self.clock.now())
            if Role.SEND in roles:
                happened |= _until_done(self.deliverer.do_one)
            if not happened:
                break
        for refusal in shut.values():
            raise refusal
        if Role.SEND in roles and self.deliverer.trouble is not None:
            raise RelayUnavailable(self.deliverer.trouble)

    def _fetch(self, shut: dict[str, MailboxUnavailable | MailboxRefused]) -> bool:
        """Fetch from every mailbox that is not *shut*, and note there which do not let us in."""
        happened = False
        for watch in self.watches:
            if watch.name not in shut:
                try:
                    happened |= watch.fetch_all()
                except (MailboxUnavailable, MailboxRefused) as error:
                    shut[watch.name] = error
        return happened

    def upcoming(self) -> datetime | None:
        """Return when something will be due of itself: a job of the timetable, a mail or a letter that waits."""
        now = self.clock.now()
        instants = (self.timetable.next_at(now), self.pipeline.next_at(), self.deliverer.next_at())
        return min((instant for instant in instants if instant is not None), default=None)

    def close(self) -> None:
        """Close every connection."""
        with ExitStack() as stack:
            stack.callback(self.store.close)
            stack.callback(self.deliverer.close)
            for watch in self.watches:
                stack.callback(watch.close)

    def service(self, stop: threading.Event, *, roles: Collection[Role]) -> Service:
        """Return the threads that serve these roles, not yet started."""
        watches = self.watches if Role.POLL in roles else ()
        bell, clock = self.store.bell, self.clock

        def wake_watches() -> None:
            for watch in watches:
                watch.wake()

        loops: list[Loop | ScheduleLoop] = []
        if Role.PROCESS in roles:
            loops.append(Loop("process", self.pipeline, bell=bell, clock=clock, stop=stop, when_idle=wake_watches))
        if Role.SEND in roles:
            loops.append(Loop("send", self.deliverer, bell=bell, clock=clock, stop=stop))
        if Role.SCHEDULE in roles:
            loops.append(ScheduleLoop(self.timetable, bell=bell, clock=clock, stop=stop))
        return Service(loops, watches, bell=bell)


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    sender: Sender | None = None,
    reader: FullReader | None = None,
    lanes: int = 1,
    mailbox: Callable[[MailboxSettings], Mailbox] | None = None,
    is_lasting: bool = True,
) -> App:
    """Return the service that these settings describe; connects to nothing yet, but makes the key file once.

    Mails are read in this very process unless a *reader* is handed in, which reads so many at a time as it has
    *lanes*; who hands one in also closes it. *mailbox* opens a mailbox in place of IMAP; what is not *is_lasting* need
    not survive a crash of the machine.
    """
    clock = clock or SystemClock()
    reader = reader or _inline_reader()
    store = Store(settings.database.url, is_lasting=is_lasting)
    keys = load_keyring(settings.security.key_file, create=True)
    identity = identity_of(settings)
    desk = Desk(
        book=Book(mailboxes=mailbox_rules(settings), ack_cap=settings.relay.ack_cap),
        post=Post(keys=keys, identity=identity),
    )
    watches = [
        watch_for(name, each, store=store, clock=clock, mailbox=mailbox(each) if mailbox is not None else None)
        for name, each in settings.mailboxes.items()
    ]
    pipeline = Pipeline(
        store=store,
        reader=reader,
        desk=desk,
        clock=clock,
        holder=our_name("process"),
        hand=Hand(lanes),
    )
    deliverer = Deliverer(
        store=store,
        sender=sender or SmtpSender(relay_of(settings, identity)),
        clock=clock,
        holder=our_name("send"),
        render=lambda letter: render_letter(store, desk, letter, unpacker=reader),
        envelope_sender=identity.address,
        unknown_after=settings.relay.unknown_after,
        receipts=receipts_address(settings),
    )
    return App(
        settings=settings,
        clock=clock,
        store=store,
        keys=keys,
        identity=identity,
        desk=desk,
        pipeline=pipeline,
        deliverer=deliverer,
        timetable=timetable_of(store, desk),
        watches=watches,
    )


def _inline_reader() -> FullReader:
    from ticketbot.inbound.inline import InlineReader  # noqa: PLC0415 - the service reads in children, and starts sooner

    return InlineReader()


def timetable_of(store: Store, desk: Desk) -> Timetable:
    """Return everything that happens by itself, in the order in which it happens at one instant."""
    return Timetable(
        (
            Entry(name="gates", job=Gates(store=store, desk=desk), is_before_mail=True),
            Entry(name="launches", job=Launches(store=store, desk=desk), is_before_mail=True),
            Entry(name="deadlines", job=Deadlines(store=store, desk=desk)),
            Entry(name="bundles", job=Bundles(store=store, desk=desk)),
            Entry(name="silence", job=Silence(store=store, desk=desk)),
            Entry(name="digest", job=DigestRound(store=store, desk=desk)),
            Entry(name="strangers", job=Strangers(store=store, desk=desk)),
            Entry(name="held", job=HeldTooLong(store=store, desk=desk)),
            Entry(name="quarantine", job=Quarantine(store=store, desk=desk)),
            Entry(name="breaker", job=Breaker(store=store, desk=desk)),
            Entry(name="security", job=SecurityNotices(store=store, desk=desk)),
            Entry(name="undelivered", job=Undelivered(store=store, desk=desk)),
            Entry(name="oversize", job=Oversize(store=store, desk=desk)),
            Entry(name="mailboxes", job=MailboxTrouble(store=store, desk=desk)),
            Entry(name="renumbered", job=Renumbered(store=store, desk=desk)),
        ),
        one_look=store.one_look,
    )


def identity_of(settings: Settings) -> DeskIdentity:
    """Return who we are in a From header: the first ordinary mailbox's address."""
    ordinary = [each for each in settings.mailboxes.values() if each.channel == MailboxChannel.NORMAL]
    address = (ordinary or list(settings.mailboxes.values()))[0].address if settings.mailboxes else "support@localhost"
    return DeskIdentity(name="Support", address=address, domain=address.rpartition("@")[2])


def mailbox_rules(settings: Settings) -> tuple[MailboxRules, ...]:
    """Return what the desk must know of our mailboxes."""
    return tuple(
        MailboxRules(
            name=name, addresses=mailbox.addresses, channel=mailbox.channel.value, authserv_id=mailbox.authserv_id
        )
        for name, mailbox in settings.mailboxes.items()
    )


def account_of(mailbox: MailboxSettings) -> Account:
    """Return how a mailbox is opened."""
    return Account(
        host=mailbox.host,
        username=mailbox.username,
        password=mailbox.secret,
        port=mailbox.port,
        tls=mailbox.tls,
        folder=mailbox.folder,
        ca_file=mailbox.ca_file,
        after=mailbox.after,
        max_size=mailbox.max_size,
    )


def watch_for(
    name: str, settings: MailboxSettings, *, store: Store, clock: Clock, mailbox: Mailbox | None = None
) -> Watch:
    """Return the watch over one mailbox: that on its server, unless another is handed in."""
    start: datetime | None = None
    if settings.start == "all":
        start = datetime(1970, 1, 1, tzinfo=UTC)
    elif settings.start != "now":
        start = datetime.combine(settings.start, time(0), tzinfo=UTC)
    opened = mailbox or ImapMailbox(account_of(settings))
    source = Source(name=name, channel=settings.channel.value, start_at=start, census_every=settings.census_every)
    return Watch(
        Fetcher(opened, store=store, clock=clock, source=source),
        opened,
        store=store,
        clock=clock,
        poll_every=settings.poll_every,
    )


def relay_of(settings: Settings, identity: DeskIdentity) -> Relay:
    """Return how the relay is reached."""
    relay = settings.relay
    return Relay(
        host=relay.host,
        port=relay.port,
        tls=relay.tls,
        username=relay.username or "",
        password=relay.secret,
        ca_file=relay.ca_file,
        hello=identity.domain,
    )


def receipts_address(settings: Settings) -> str | None:
    """Return where a copy of every letter goes, as proof that the relay took it; None when that is off."""
    name = settings.relay.receipts
    return settings.mailboxes[name].address if name is not None else None


def render_letter(store: Store, desk: Desk, letter: OutboxMail, *, unpacker: Unpacker) -> bytes:
    """Return the bytes of a letter: its draft in words, with the files of received mails that it passes on.

    Those mails are taken apart by *unpacker*, in the service by a confined child as when they were first read.
    """
    from ticketbot.outbound.compose import compose  # noqa: PLC0415 - with the first letter: a start need not wait for it

    draft: Draft = draft_from_json(letter.draft)
    with store.look() as work:
        rules = desk.rules(work)
    found: dict[tuple[str, int], File] = {}
    for sha256 in dict.fromkeys(each.sha256 for each in draft.enclosures):
        indexes = [each.index for each in draft.enclosures if each.sha256 == sha256]
        with store.look() as work:
            raw = work.inbox.raw(sha256)
        found |= {(sha256, index): file for index, file in zip(indexes, unpacker.files(raw, indexes), strict=True)}
        del raw  # it may be large, and the letter is about to be
    return compose(
        draft,
        keys=desk.post.keys,
        desk=replace(desk.post.identity, name=rules.name),
        message_id=letter.message_id,
        date=letter.send_at,
        enclosures=[found[each.sha256, each.index] for each in draft.enclosures],
    )


def _until_done(do_one: Callable[[], bool]) -> bool:
    happened = False
    while do_one():
        happened = True
    return happened
