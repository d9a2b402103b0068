"""`ticketbot demo`: the real service against mail servers in memory, a scripted fortnight mail by mail, then live."""

import json
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from ticketbot.domain.errors import UsageError
from ticketbot.reports.tickets import instant, tickets_json
from ticketbot.sandbox.fortnight import DESK, ENDS_AT, PEOPLE, STARTS_AT, STORY, Step
from ticketbot.sandbox.live import live
from ticketbot.sandbox.people import Person, text_of
from ticketbot.sandbox.world import World, world

_EXCERPT_LINES = 6


@dataclass(slots=True, kw_only=True)
class Told:
    """What became of one step of the story, against what it should have become."""

    step: Step
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Return whether the mail became what it should."""
        return all(self.found.get(name) == value for name, value in self.expected.items())

    @property
    def expected(self) -> dict[str, Any]:
        """Return what the step says that must be so."""
        step = self.step
        wanted = {
            "becomes": step.becomes,
            "ticket": step.ticket,
            "state": step.state,
            "priority": step.priority,
            "letters": list(step.letters),
        }
        return {name: value for name, value in wanted.items() if value is not None}


def run(
    *,
    once: bool,
    as_json: bool,
    keep: Path | None,
    port: int | None,
    say: Callable[[str], None],
    ask: Callable[[], str | None],
    stop: threading.Event,
) -> int:
    """Play the fortnight; with *once* end then, else serve live until *stop*. Return 0 if every mail became right.

    *say* prints a line, *ask* returns a typed line or None at the end of input. *keep* is a folder for the database
    and configuration, which other commands can then use; *port* the port of the IMAP server (SMTP gets the next).
    """
    if keep is not None and (keep / "ticketbot.db").exists():
        raise UsageError(f"{keep} holds the desk of an earlier demo; name another folder, or remove this one")
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ticketbot-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        stage = stack.enter_context(
            world(
                folder,
                desk_toml=DESK,
                starts_at=STARTS_AT,
                imap_port=port or 0,
                smtp_port=port + 1 if port else 0,
            )
        )
        teller = Teller(stage, say=(lambda _: None) if as_json else say)
        told = teller.tell()
        if as_json:
            say(json.dumps(_summary(stage, told), ensure_ascii=False, indent=2))
        else:
            _close_the_book(stage, told, say)
        is_right = all(each.is_right for each in told)
        if not once:
            live(stage, say=say, ask=ask, stop=stop, people=teller.people, show=teller.show_new)
    return 0 if is_right else 1


class Teller:
    """Plays the steps in their time and shows every mail that moves."""

    def __init__(self, stage: World, *, say: Callable[[str], None]) -> None:
        """Give everybody of the story a mailbox."""
        self._stage = stage
        self._say = say
        self._shown = 0
        self.people: dict[str, Person] = {key: stage.person(name, address) for key, (name, address) in PEOPLE.items()}
        self._names = {person.address: person.name.split()[0] for person in self.people.values()}

    def tell(self) -> list[Told]:
        """Play the whole story; return what became of each step."""
        self._say("A fortnight at a support desk. Every mail below went through a real IMAP and SMTP server.\n")
        told = []
        for step in STORY:
            self._stage.play_until(step.instant, after_each=self.show_new)
            told.append(self._play(step))
        self._stage.play_until(ENDS_AT, after_each=self.show_new)
        return told

    def _play(self, step: Step) -> Told:
        if step.tells:
            self._say(f"\n   {step.tells}")
        person = self.people[step.who]
        headers = {"Auto-Submitted": "auto-replied"} if step.is_automatic else {}
        if step.about:
            raw = person.answer(step.text, about=step.about, is_note=step.is_note, headers=headers)
        else:
            raw = person.write(to=step.to, subject=step.subject, text=step.text, headers=headers)
        self._show(BytesParser(_class=EmailMessage, policy=default).parsebytes(raw), arrow="→")
        self._stage.play_until(self._stage.clock.now(), after_each=self.show_new)
        return Told(step=step, found=self._found(step))

    def _found(self, step: Step) -> dict[str, Any]:
        with self._stage.app.store.look() as work:
            mail = work.inbox.listed(limit=1)[0]
            ticket = work.tickets.by_id(mail.ticket_id) if mail.ticket_id is not None else None
            codes = sorted(letter.code for letter in work.outbox.listed() if letter.cause == mail.sha256)
            return {
                "becomes": mail.outcome,
                "ticket": ticket.number if ticket is not None else None,
                "state": ticket.state if ticket is not None else None,
                "priority": ticket.priority if ticket is not None else None,
                "letters": codes,
                "reason": mail.reason,
                "from": step.who,
            }

    def show_new(self) -> None:
        """Show what ticketbot mailed since the last look."""
        for transaction in self._stage.office.transactions[self._shown :]:
            if transaction.sender.endswith("@desk.example") and transaction.sender.startswith("support"):
                mail = BytesParser(_class=EmailMessage, policy=default).parsebytes(transaction.raw)
                self._show(mail, arrow="⇒", to=transaction.recipients)
        self._shown = len(self._stage.office.transactions)

    def _show(self, mail: EmailMessage, *, arrow: str, to: tuple[str, ...] = ()) -> None:
        at = self._stage.clock.now().astimezone(self._stage.zone)
        sender = "ticketbot" if arrow == "⇒" else self._named(str(mail["From"]))
        reader = ", ".join(self._named(each) for each in to) or _without_token(str(mail["To"]))
        self._say(f"{at:%a %d %b %H:%M}  {sender} {arrow} {reader}: {mail['Subject']}")
        for line in _gist(text_of(mail)):
            self._say(f"                  │ {line}")

    def _named(self, address: str) -> str:
        return self._names.get(parseaddr(address)[1], address)


def _gist(text: str) -> list[str]:
    """Return the first lines of a mail that say something, without quotes."""
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith((">", "On ")) and set(line) - set("-=_ ")]
    return [line[:100] for line in told[:_EXCERPT_LINES]]


def _without_token(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}+…@{domain}" if "+" in local else address


def _close_the_book(stage: World, told: list[Told], say: Callable[[str], None]) -> None:
    say("\nTICKET   STATE           PRIORITY  PHASE       CLIENT    SUBJECT")
    with stage.app.store.look() as work:
        for ticket in tickets_json(work, work.tickets.listed()):
            say(
                f"{ticket['number']:<8} {ticket['state']:<15} {ticket['priority']:<9} "
                f"{ticket['phase_at_receipt'] or '-':<11} {ticket['client'] or '-':<9} {ticket['subject']}"
            )
        counts: dict[str, int] = {}
        for letter in work.outbox.listed():
            counts[letter.code] = counts.get(letter.code, 0) + 1
    say(f"\nMailed: {', '.join(f'{number} {code}' for code, number in sorted(counts.items()))}")
    wrong = [each for each in told if not each.is_right]
    for each in wrong:
        say(f"NOT AS IT SHOULD BE at {each.step.at}: expected {each.expected}, found {each.found}")
    say(f"{len(told) - len(wrong)} of {len(told)} mails became what they should.")


def _summary(stage: World, told: list[Told]) -> dict[str, Any]:
    with stage.app.store.look() as work:
        tickets = tickets_json(work, work.tickets.listed())
        letters = [
            {
                "code": letter.code,
                "to": [*letter.to, *letter.cc],
                "sent_at": instant(letter.sent_at),
                "state": letter.state,
                "message_id": letter.message_id,
            }
            for letter in reversed(work.outbox.listed())
        ]
    return {
        "ok": all(each.is_right for each in told),
        "until": instant(stage.clock.now()),
        "steps": [
            {"at": instant(each.step.instant), "expected": each.expected, "found": each.found, "ok": each.is_right}
            for each in told
        ],
        "tickets": tickets,
        "letters": letters,
    }
