"""The desk's way into the outbox: every letter gets the Message-ID that its key decides, and a signed way back."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ticketbot.domain.addressing import Purpose, signed_address
from ticketbot.domain.drafts import Automatic, Draft
from ticketbot.domain.ids import message_id_for
from ticketbot.domain.messages import fold
from ticketbot.domain.ratings import ADDRESS_WORKS
from ticketbot.domain.tokens import Audience, Keyring, Token, make_token
from ticketbot.outbound.facts import ReplyAddresses
from ticketbot.outbound.identity import DeskIdentity
from ticketbot.outbound.letters import LETTERS, Code
from ticketbot.outbound.letters import Audience as Readers
from ticketbot.store.database import Work
from ticketbot.store.models import Launch, LetterState

#: How long a staff member's own reply addresses work. Every letter brings fresh ones.
STAFF_TOKEN_DAYS = 90
TRIAGE_TOKEN_DAYS = 30
CHALLENGE_HOURS = 24
#: Automatic letters to people outside that wait beyond these numbers an hour; acknowledgements have caps of their own,
#: and nobody waits for news of a major incident.
BREAKABLE = frozenset(
    code.value
    for code, letter in LETTERS.items()
    if letter.audience is Readers.CLIENT and letter.automatic is not Automatic.NO
) - {Code.ACK.value, Code.INCIDENT.value}
MOST_TO_ONE = 20
MOST_TO_ALL = 600
WINDOW = timedelta(hours=1)
SIGN_OFF_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Queues letters in the transaction that causes them."""

    keys: Keyring
    identity: DeskIdentity

    def put(self, work: Work, drafts: Iterable[Draft], *, now: datetime) -> int:
        """Queue letters; return how many were new. A letter whose key is in the outbox is not written again.

        Nothing leaves for an address that its server called dead (behaviour 61): an automatic letter is cancelled, a
        person's fails at once, so that somebody hears of it.
        """
        wanted = list(drafts)
        dead = work.register.suppressed(address for draft in wanted for address in (*draft.to, *draft.cc))
        new, together = 0, list[tuple[Draft, str]]()
        for draft in wanted:
            if draft.code not in BREAKABLE and not any(fold(each) in dead for each in (*draft.to, *draft.cc)):
                together.append((draft, message_id_for(self.keys, draft.key, domain=self.identity.domain)))
                continue
            new += work.outbox.put_all(together, now=now) + self._put(work, draft, dead, now=now)
            together = []
        return new + work.outbox.put_all(together, now=now)

    def _put(self, work: Work, draft: Draft, dead: Mapping[str, str], *, now: datetime) -> bool:
        message_id = message_id_for(self.keys, draft.key, domain=self.identity.domain)
        if dead and any(fold(address) in dead for address in draft.cc):
            draft = replace(draft, cc=tuple(each for each in draft.cc if fold(each) not in dead))
        reason = next((dead[fold(address)] for address in draft.to if fold(address) in dead), None)
        if reason is None:
            state = LetterState.HELD if self._is_too_much(work, draft, now=now) else LetterState.QUEUED
            return work.outbox.put(draft, message_id=message_id, now=now, state=state)
        state = LetterState.FAILED if draft.automatic is Automatic.NO else LetterState.CANCELLED
        is_new = work.outbox.put(draft, message_id=message_id, now=now, state=state)
        letter = work.outbox.by_key(draft.key)
        if is_new and letter is not None:
            letter.reason = f"nothing is sent to {draft.to[0]} any more: {reason}"
        return is_new

    def _is_too_much(self, work: Work, draft: Draft, *, now: datetime) -> bool:
        """Return whether an automatic letter to somebody outside must wait: enough of them went this hour."""
        if draft.code not in BREAKABLE or not draft.to:
            return False
        since = now - WINDOW
        return (
            work.register.letters_since(BREAKABLE, since=since, reader=draft.to[0]) >= MOST_TO_ONE
            or work.register.letters_since(BREAKABLE, since=since) >= MOST_TO_ALL
        )

    def staff_addresses(self, number: int, *, reader: str, now: datetime) -> ReplyAddresses:
        """Return a staff member's own two addresses of a ticket: answer the client, or leave a note."""
        ends_at = now + timedelta(days=STAFF_TOKEN_DAYS)

        def address(audience: Audience, purpose: Purpose) -> str:
            token = make_token(self.keys, audience=audience, number=number, reader=reader, ends_at=ends_at)
            return signed_address(self.identity.address, token, purpose=purpose)

        return ReplyAddresses(
            answer=address(Audience.STAFF_REPLY, Purpose.REPLY), note=address(Audience.STAFF_NOTE, Purpose.NOTE)
        )

    def client_address(self, number: int) -> str:
        """Return the address by which a client's reply finds its ticket; it grants nothing."""
        token = make_token(self.keys, audience=Audience.CLIENT_REPLY, number=number)
        return signed_address(self.identity.address, token, purpose=Purpose.REPLY)

    def rating_address(self, number: int, *, score: int, reader: str, now: datetime) -> str:
        """Return the address at which the requester of a settled ticket gives it this score."""
        ends_at = now + ADDRESS_WORKS
        token = make_token(self.keys, audience=Audience.RATING, number=number, reader=reader, ends_at=ends_at)
        return signed_address(self.identity.address, token, purpose=Purpose.RATE, score=score)

    def sign_off_address(self, launch: str, *, reader: str, now: datetime) -> str:
        """Return the address at which a sponsor signs a launch (its slug) off."""
        ends_at, number = now + timedelta(days=SIGN_OFF_DAYS), self.launch_mark(launch)
        token = make_token(self.keys, audience=Audience.SIGN_OFF, number=number, reader=reader, ends_at=ends_at)
        return signed_address(self.identity.address, token, purpose=Purpose.SIGN_OFF)

    @staticmethod
    def launch_mark(slug: str) -> int:
        """Return the number by which a token names a launch: from its slug, never from a row."""
        return int.from_bytes(hashlib.sha256(slug.encode()).digest()[:4])

    def challenge_address(self, challenge: int, *, reader: str, now: datetime) -> str:
        """Return the address at which one reply of this person executes a held mail."""
        token = make_token(
            self.keys,
            audience=Audience.CHALLENGE,
            number=challenge,
            reader=reader,
            ends_at=now + timedelta(hours=CHALLENGE_HOURS),
        )
        return signed_address(self.identity.address, token, purpose=Purpose.NOTE)

    def triage_address(self, mark: int, *, reader: str, now: datetime) -> str:
        """Return the address at which this person says whose mail an unknown one is."""
        token = make_token(
            self.keys,
            audience=Audience.TRIAGE,
            number=mark,
            reader=reader,
            ends_at=now + timedelta(days=TRIAGE_TOKEN_DAYS),
        )
        return signed_address(self.identity.address, token, purpose=Purpose.NOTE)

    def report_address(self, launch: str | None, *, reader: str, now: datetime) -> str:
        """Return the address at which this person answers a report, of a launch (`acme/hr`) or of the whole desk."""
        token = make_token(
            self.keys,
            audience=Audience.REPORT,
            number=self.launch_mark(launch) if launch is not None else 0,
            reader=reader,
            ends_at=now + timedelta(days=STAFF_TOKEN_DAYS),
        )
        return signed_address(self.identity.address, token, purpose=Purpose.NOTE)

    def launch_of(self, work: Work, token: Token) -> Launch | None:
        """Return the launch whose report a token answers, None for one of the whole desk."""
        return next((each for each in work.desk.launches() if self.launch_mark(each.slug) == token.number), None)


def mark_of_mail(sha256: str) -> int:
    """Return the number by which a token names a received mail: from its bytes, never from a row."""
    return int(sha256[:8], 16)
