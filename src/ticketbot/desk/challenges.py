"""Mail of ours that gives no proof: held, asked about at the registered address, and executed by one reply to that."""

import re
from datetime import timedelta

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.outcome import Fate, Outcome, suppressed
from ticketbot.desk.post import CHALLENGE_HOURS, mark_of_mail
from ticketbot.desk.told import reader_of
from ticketbot.domain.commands import Parsed
from ticketbot.domain.messages import fold
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_desk import challenge
from ticketbot.store.models import MailState, Staff

#: Whoever writes in somebody's name cannot fill their mailbox with our questions.
MOST_IN_AN_HOUR = 5
_HOUR = timedelta(hours=1)
#: How an answer to a challenge begins that does not confirm it.
_NO = re.compile(
    r"\W*(?:no\b|nope\b|not\b|never\b|don.?t\b|do not\b|stop\b|cancel\b|that was(?:n.?t| not)\b|it was(?:n.?t| not)\b"
    r"|i did(?:n.?t| not)\b|nein\b|nicht\b|das war nicht\b|das war ich nicht\b|abbrechen\b|stopp\b)",
    re.IGNORECASE,
)


def hold_and_ask(arrival: Arrival, person: Staff, parsed: Parsed, reason: str) -> Outcome:
    """Hold a mail that gives no proof, and ask the registered address; one reply executes it."""
    mark = mark_of_mail(arrival.message.sha256)
    asked = arrival.work.outbox.sent_since(Code.CHALLENGE, since=arrival.now - _HOUR, reader=person.email)
    is_flood = asked >= MOST_IN_AN_HOUR
    expires_at = arrival.now + timedelta(hours=CHALLENGE_HOURS)
    if not is_flood:
        arrival.send(
            challenge(
                reader=reader_of(person),
                commands=_shown(parsed),
                subject=arrival.message.subject,
                reply_to=arrival.post.challenge_address(mark, reader=person.email, now=arrival.now),
                expires_at=expires_at,
                cause=arrival.cause,
                thread=Thread(),
                now=arrival.now,
            )
        )
    return Outcome(
        state=MailState.HELD,
        fate=Fate.REJECT,
        reason=f"{'held, one of too many this hour' if is_flood else 'held and challenged'}: {reason}",
        challenge=mark,
        held_until=expires_at,
    )


def answer_to_challenge(arrival: Arrival, person: Staff) -> Outcome | None:
    """Return what a reply to a challenge does, None for any other mail.

    The question went to the registered address alone, so that the answer's token is proof enough where our server
    says nothing of the sender; what it says is somebody else's is no answer.
    """
    token = arrival.clues.own_token(person.email, {Audience.CHALLENGE})
    if token is None or arrival.sender.has_failed:
        return None
    held = arrival.work.inbox.by_challenge(token.number)
    if held is None or fold(held.from_address) != fold(person.email):
        return suppressed("the mail that it confirms is not held any more")
    if _NO.match(arrival.message.new_text):
        reason = f"{person.slug} says that it was not theirs"
        arrival.work.inbox.close(held, state=MailState.DROPPED, outcome=Fate.REJECT, reason=reason, now=arrival.now)
        arrival.note("security", actor=person.slug, what=reason, dropped=held.sha256)
        return suppressed(f"{reason}; the held mail is dropped")
    arrival.work.inbox.release(held, now=arrival.now, confirmed_by=person.slug)
    arrival.note("challenge_answered", actor=person.slug, released=held.sha256)
    return suppressed("confirms a held mail, which is taken up now")


def _shown(parsed: Parsed) -> list[str]:
    """Return the lines that show what the mail would do."""
    return (
        [command.line for command in parsed.commands]
        or [error.line for error in parsed.errors]
        or [parsed.text.strip().partition("\n")[0][:200]]
    )
