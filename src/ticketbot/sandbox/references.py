"""What a story refers to, found in what the played desk really mailed: reply addresses, tokens, Message-IDs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketbot.app import App
from ticketbot.domain.addressing import Purpose, read_address
from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.messages import fold
from ticketbot.domain.tokens import Audience, make_token
from ticketbot.outbound.letters import LETTERS, Code
from ticketbot.outbound.letters import Audience as Readers
from ticketbot.reports.tickets import instant
from ticketbot.store.database import Work
from ticketbot.store.models import LetterState, OutboxMail

RATING_DAYS = timedelta(days=30)
_REFERENCE = re.compile(r"\{(?P<what>reply|token):(?P<name>[^{}]+)\}")
#: A ticket that a command or a line of a report names by its label: "#merge T02", "T-2 ben", "{ticket:T02}".
_LABELLED_LINE = re.compile(r"^[ \t]*(?:#|T-?\d)[^\n]*", re.MULTILINE | re.IGNORECASE)
_LABEL = re.compile(r"\{(?:ticket:)?(?P<braced>[^{}:]+)\}|\bT-?0*(?P<count>\d+)\b", re.IGNORECASE)
_COUNTED = re.compile(r"T-?0*(?P<count>\d+)", re.IGNORECASE)
_LAST_MAIL = re.compile(r"last mail to (?P<who>the client|\S+@\S+) (?:on|about) (?P<label>\S+)", re.IGNORECASE)
#: What an address is for, by the word before its token.
_PURPOSES: Mapping[str, Audience] = {
    "csat": Audience.RATING,
    "c": Audience.RATING,
    "signoff": Audience.SIGN_OFF,
    "s": Audience.SIGN_OFF,
    "note": Audience.STAFF_NOTE,
    "n": Audience.STAFF_NOTE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Resolves a story's references for one sender at one instant. `numbers` maps labels to ticket numbers."""

    app: App
    work: Work
    numbers: Mapping[str, int]
    sender: str
    now: datetime

    def address(self, text: str) -> str:
        """Return an address field with every {reply:…} and {token:…} in it made whole."""
        return _REFERENCE.sub(lambda found: self._resolved(found, text), text)

    def body(self, text: str) -> str:
        """Return a staff member's text in which commands name tickets by number where the story has their labels.

        Only lines that begin with a command or with a ticket; what no label is called stays as it stands.
        """
        if self.work.desk.agent_at(self.sender) is None:
            return text
        return _LABELLED_LINE.sub(lambda line: _LABEL.sub(self._numbered, line.group()), text)

    def message_id(self, text: str) -> str:
        """Return the Message-ID that *text* describes, in brackets, or *text* as a Message-ID."""
        found = _LAST_MAIL.fullmatch(text.strip())
        if found is None:
            return text.strip() if text.strip().startswith("<") else f"<{text.strip()}>"
        for letter in self._sent(self._number(found["label"])):
            if found["who"].casefold() == "the client":
                requester = self.work.tickets.get(self._number(found["label"])).requester_address
                is_it = LETTERS[Code(letter.code)].audience is Readers.CLIENT and letter.reader == fold(requester)
            else:
                is_it = fold(found["who"]) in map(fold, (*letter.to, *letter.cc))
            if is_it:
                return f"<{letter.message_id}>"
        raise ConfigurationError(f"nothing was mailed that is the {text!r}")

    def _numbered(self, found: re.Match[str]) -> str:
        if found["braced"] is not None:
            number = self.numbers.get(found["braced"])
        else:
            counted = ((_COUNTED.fullmatch(label), number) for label, number in self.numbers.items())
            number = next((number for match, number in counted if match and match["count"] == found["count"]), None)
        return f"T-{number}" if number is not None else found.group()

    def _resolved(self, found: re.Match[str], text: str) -> str:
        if found["what"] == "token":
            return self._token(found["name"], before=text[: found.start()])
        return self._reply(self._number(found["name"]))

    def _reply(self, number: int) -> str:
        """Return the sender's answer-the-client address in the last mail about the ticket that they got.

        Who got none answers at the address that a NEW to them would carry.
        """
        post = self.app.desk.post
        for letter in self._sent(number):
            if fold(self.sender) not in map(fold, (*letter.to, *letter.cc)):
                continue
            offered = letter.draft["values"].get("addresses")
            candidates = [offered.get("answer") if isinstance(offered, dict) else None, letter.draft.get("reply_to")]
            for address in filter(None, candidates):
                signed = read_address(address, keys=post.keys, now=self.now)
                if signed is not None and signed.purpose is Purpose.REPLY and signed.token.number == number:
                    return str(address)
        if self.work.desk.agent_at(self.sender) is None:
            return post.client_address(number)
        return post.staff_addresses(number, reader=self.sender, now=self.now).answer

    def _token(self, name: str, *, before: str) -> str:
        """Return the signed token of a ticket or launch that suits the address which it stands in."""
        word = re.split(r"[+<,\s]", before.rstrip("0123456789.").rstrip("+"))[-1].casefold()
        is_staff = self.work.desk.agent_at(self.sender) is not None
        audience = _PURPOSES.get(word, Audience.STAFF_REPLY if is_staff else Audience.CLIENT_REPLY)
        number = self.numbers.get(name) or self._launch(name)
        is_personal = audience in {Audience.STAFF_REPLY, Audience.STAFF_NOTE, Audience.RATING, Audience.SIGN_OFF}
        return make_token(
            self.app.desk.post.keys,
            audience=audience,
            number=number,
            reader=self.sender if is_personal else None,
            ends_at=self.now + RATING_DAYS if is_personal else None,
        )

    def _launch(self, name: str) -> int:
        for launch in self.work.desk.launches():
            if name in (launch.slug, launch.slug.partition("/")[2]):
                return self.app.desk.post.launch_mark(launch.slug)
        raise ConfigurationError(f"{{token:{name}}} names no ticket that was opened and no launch")

    def _number(self, label: str) -> int:
        if label not in self.numbers:
            raise ConfigurationError(f"no mail opened a ticket labelled {label!r} by {instant(self.now)}")
        return self.numbers[label]

    def _sent(self, number: int) -> list[OutboxMail]:
        """Return what was sent about a ticket, the newest first."""
        letters = self.work.outbox.of_ticket(self.work.tickets.get(number).id)
        sent = [each for each in letters if each.state == LetterState.SENT and each.sent_at is not None]
        return sorted(sent, key=lambda each: (each.sent_at, each.id), reverse=True)
