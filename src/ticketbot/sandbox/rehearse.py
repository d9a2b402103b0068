"""`ticketbot rehearse`: a story played through the whole service on a clock that jumps to the next due instant.

The pipeline, the timetable and SQLite are the service's own; mailboxes and relay are a post office in memory, so that
no socket is opened and a client's hundred days take seconds.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.app import App, build
from ticketbot.config import MailboxSettings, load_settings
from ticketbot.desk.apply import apply_desk
from ticketbot.deskfile import Desk, DeskFile
from ticketbot.domain.calendars import local_instant
from ticketbot.domain.errors import ConfigurationError
from ticketbot.sandbox.account import Account
from ticketbot.sandbox.memory import MemoryMailbox, MemorySender
from ticketbot.sandbox.postoffice import PostOffice
from ticketbot.sandbox.references import References
from ticketbot.sandbox.story import Story, StoryEvent, compose_mail
from ticketbot.sandbox.world import AUTHSERV_ID, StoryClock

OUTSIDE = "everybody-else@sandbox.example"
#: A plan is played from its go-live even where the first mail comes later, but not from longer ago than this.
LONGEST_BEFORE = timedelta(days=120)
_DAY = timedelta(days=1)
#: What is due and does not get done (a job that fails) is left alone for so long.
_STUCK = timedelta(minutes=5)
#: What is due at once is done at once; what is still due after so many rounds does not get done.
_ROUNDS = 20
_ALIASES = ("reply", "note", "csat", "signoff")

_MAILBOX = """\
[mailboxes.{name}]
address = "{address}"
host = "memory.invalid"
username = "{name}"
password = "unused"
aliases = [{aliases}]
channel = "{channel}"
authserv_id = "{authserv}"
start = "all"
max_size = "50 MB"
"""


def rehearse(story: Story, desk: DeskFile, *, until: datetime | None = None) -> list[dict[str, Any]]:
    """Play *story* at the desk that *desk* describes, to its end or *until*; return what happened, in order of time."""
    ends_at = until or story.until
    with (
        tempfile.TemporaryDirectory(prefix="ticketbot-rehearse-") as folder,
        _stage(Path(folder), story, desk) as (app, office, clock),
    ):
        return Rehearsal(app, office=office, clock=clock, story=story).play(ends_at)


class Rehearsal:
    """One playing of a story."""

    def __init__(self, app: App, *, office: PostOffice, clock: StoryClock, story: Story) -> None:
        """Be ready to play *story* at the desk of *app*."""
        self._app = app
        self._office = office
        self._clock = clock
        self._story = story
        self._numbers: dict[str, int] = {}
        self._events: list[dict[str, Any]] = []
        self._upcoming: datetime | None = None
        self._foreseen: dict[str, datetime | None] = {}

    def play(self, until: datetime) -> list[dict[str, Any]]:
        """Let everything happen up to *until*; return it as lines."""
        self._foresee()
        due = [event for event in self._story.events if event.at <= until]
        for at, mails in groupby(due, key=lambda event: event.at):
            self._go_on(until=at)
            self._clock.jump(at)
            self._app.timetable.run_before_mail(at)
            for event in mails:
                self._mail(event)
            self._app.timetable.run_due(at)
            self._settle()
        self._go_on(until=until + timedelta(microseconds=1))
        self._clock.jump(until)
        with self._app.store.look() as work:
            account = Account(app=self._app, work=work, labels=self._labels)
            return account.lines(self._events, until=until)

    @property
    def _labels(self) -> dict[int, str]:
        return {number: label for label, number in self._numbers.items()}

    def _go_on(self, *, until: datetime) -> None:
        """Let everything happen that is due before *until*."""
        while self._upcoming is not None and self._upcoming < until:
            now = self._clock.now()
            at = self._upcoming if self._upcoming > now else now + _STUCK
            if at >= until:
                return
            self._clock.jump(at)
            if self._app.timetable.run_foreseen(at, self._foreseen):
                self._foresee()
            self._settle()

    def _settle(self) -> None:
        """Do all that is left to do at this instant, letters last."""
        app, now = self._app, self._clock.now()
        for _ in range(_ROUNDS):
            has_mail = _until_done(app.pipeline.do_one)
            if has_mail:
                app.timetable.run_due(now)
            else:
                app.timetable.run_foreseen(now, self._foreseen)
            _until_done(app.deliverer.do_one)
            self._foresee()
            if not self._is_due(now):
                return

    def _foresee(self) -> None:
        """Find out when something will be due next."""
        app = self._app
        with app.store.one_look():
            self._foreseen = app.timetable.foresee(self._clock.now())
            waiting = (*self._foreseen.values(), app.pipeline.next_at(), app.deliverer.next_at())
        self._upcoming = min((each for each in waiting if each is not None), default=None)

    def _is_due(self, now: datetime) -> bool:
        """Return whether something of the timetable is due at this very instant."""
        return any(instant is not None and instant <= now for instant in self._foreseen.values())

    def _mail(self, event: StoryEvent) -> None:
        """Let a mail arrive and be understood; remember what it made, or why it could not be written."""
        try:
            raw, recipients = self._written(event)
        except ConfigurationError as error:
            self._events.append({"at": event.at, "id": event.id, "causes": [], "error": str(error)})
            return
        accounts = self._accounts(recipients)
        if accounts.keys() <= {OUTSIDE}:
            reason = f"it reaches no mailbox of this desk: {', '.join(recipients) or 'it goes to nobody'}"
            self._events.append({"at": event.at, "id": event.id, "causes": [], "error": reason})
            return
        arrived = [
            hashlib.sha256(self._office.deliver(raw, to=each, sender=event.mail.address).raw).hexdigest()
            for each in accounts.values()
        ]
        for watch in self._app.watches:
            if self._app.settings.mailboxes[watch.name].address in accounts:
                watch.fetch_all()
        _until_done(self._app.pipeline.do_one)
        self._remember(event, arrived)

    def _written(self, event: StoryEvent) -> tuple[bytes, tuple[str, ...]]:
        with self._app.store.look() as work:
            known = References(app=self._app, work=work, numbers=self._numbers, sender=event.mail.address, now=event.at)
            parent = known.message_id(event.mail.in_reply_to) if event.mail.in_reply_to else None
            to, cc = known.address(event.mail.to), known.address(event.mail.cc)
            body = known.body(event.mail.body)
        return compose_mail(event, to=to, cc=cc, body=body, parent=parent, at=event.at)

    def _accounts(self, recipients: tuple[str, ...]) -> dict[str, str]:
        """Return the accounts that a mail goes to, and one address of each: a server delivers one copy."""
        accounts: dict[str, str] = {}
        for recipient in recipients:
            account = self._office.find(recipient)
            if account is not None:
                accounts.setdefault(account.address, recipient)
        return accounts

    def _remember(self, event: StoryEvent, arrived: list[str]) -> None:
        with self._app.store.look() as work:
            mails = [mail for mail in (work.inbox.by_sha256(sha256) for sha256 in arrived) if mail is not None]
            ticket_id = next((mail.ticket_id for mail in mails if mail.ticket_id is not None), None)
            told: dict[str, Any] = {"at": event.at, "id": event.id, "causes": [mail.sha256 for mail in mails]}
            account = Account(app=self._app, work=work, labels=self._labels)
            if ticket_id is not None:
                ticket = work.tickets.by_id(ticket_id)
                if event.label is not None and ticket.number not in self._labels:
                    self._numbers.setdefault(event.label, ticket.number)
                told |= {"number": ticket.number, **account.state(ticket, at=event.at)}
            else:
                done = (each for mail in mails for each in work.tickets.events_caused_by(mail.sha256))
                launch_id = next((each.launch_id for each in done if each.launch_id is not None), None)
                if launch_id is not None:
                    told |= account.launch(launch_id, at=event.at)
            self._events.append(told)


@contextmanager
def _stage(folder: Path, story: Story, desk: DeskFile) -> Iterator[tuple[App, PostOffice, StoryClock]]:
    """Open the service on a database in *folder*, its doors leading into a post office in memory."""
    clock = StoryClock(_begins_at(story, desk.desk))
    office = PostOffice(clock=clock, authserv_id=AUTHSERV_ID, catch_all=OUTSIDE)
    office.add_account(OUTSIDE)
    (folder / "ticketbot.toml").write_text(_settings(desk.desk, office), encoding="utf-8")
    app = build(
        load_settings(folder / "ticketbot.toml", environ={}),
        clock=clock,
        sender=MemorySender(office),
        mailbox=lambda mailbox: _opened(office, mailbox),
        is_lasting=False,
    )
    try:
        app.store.upgrade()
        with app.store.work() as work:
            apply_desk(desk, work=work, now=clock.now())
        yield app, office, clock
    finally:
        app.close()


def _opened(office: PostOffice, mailbox: MailboxSettings) -> MemoryMailbox:
    return MemoryMailbox(office, mailbox.address, max_size=mailbox.max_size)


def _settings(desk: Desk, office: PostOffice) -> str:
    """Return the settings for the mailboxes that the desk file names, and open their accounts."""
    domain = desk.address.partition("@")[2]
    aliases = [f"{alias}@{domain}" for alias in _ALIASES]
    aliases += [each.address for each in desk.launches.values() if each.address and "+" not in each.address]
    boxes = {
        "support": (desk.address, aliases, "normal"),
        "urgent": (desk.urgent_address, [], "urgent"),
        "alerts": (desk.alerts_address, [], "alerts"),
    }
    text = '[database]\nurl = "sqlite:///ticketbot.db"\n[relay]\nhost = "memory.invalid"\n'
    for name, (address, others, channel) in boxes.items():
        office.add_account(address, aliases=others)
        listed = ", ".join(f'"{each}"' for each in others)
        text += _MAILBOX.format(name=name, address=address, aliases=listed, channel=channel, authserv=AUTHSERV_ID)
    return text


def _begins_at(story: Story, desk: Desk) -> datetime:
    """Return from when the desk is played: its first mail, or the eve of an earlier go-live."""
    first = min((event.at for event in story.events), default=story.until)
    eves = [
        local_instant(launch.go_live.date(), launch.go_live.time(), ZoneInfo(desk.launch_zone(slug))) - _DAY
        for slug, launch in desk.launches.items()
    ]
    return min([first, *(eve for eve in eves if first - LONGEST_BEFORE <= eve < first)])


def _until_done(do_one: Callable[[], bool]) -> bool:
    happened = False
    while do_one():
        happened = True
    return happened
