"""Mail of ours that gives no proof: held, asked about at the registered address, and executed by one reply to that."""

import re
from datetime import timedelta
from enum import StrEnum

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.outcome import Fate, Outcome, suppressed
from ticketbot.desk.post import CHALLENGE_HOURS, mark_of_mail
from ticketbot.desk.told import reader_of
from ticketbot.domain.commands import Parsed
from ticketbot.domain.messages import fold
from ticketbot.domain.signoffs import is_sign_off, without_banners
from ticketbot.domain.tokens import Audience
from ticketbot.outbound.facts import Thread
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_desk import LineError, challenge, command_error
from ticketbot.store.models import InboxMail, MailState, Staff

#: Whoever writes in somebody's name cannot fill their mailbox with our questions.
MOST_IN_AN_HOUR = 5
_HOUR = timedelta(hours=1)
#: What an answer may say, and nothing else, to confirm; an empty one does too (M38).
_YES = re.compile(
    r"yes|yep|ok|okay|confirm|confirmed|#ok|(?:yes )?(?:it|that|this) was me|(?:yes )?i (?:did|sent (?:it|this|that))"
    r"|ja|bestätigt|(?:ja )?(?:ich war (?:es|das)|das war ich|das ist von mir)"
)
#: Sentences that say clearly that the mail is somebody else's, or that nothing is to be done.
_NO = re.compile(
    r"no|nope|never|stop|cancel|drop(?: it)?|#no|no thanks|nein|nie|stopp|abbrechen|verwerfen"
    r"|(?:no )?(?:(?:that|this|it) (?:was|is) ?)?(?:not|wasnt|isnt) (?:me|mine|from me|by me|sent by me)"
    r"|(?:no )?(?:thats|its) not (?:me|mine|from me)|(?:no )?(?:that|this|it) (?:wasnt|isnt) (?:me|mine|from me|by me)"
    r"|(?:no )?i (?:did not|didnt|never|have not|havent) (?:send|sent|write|wrote|written)(?: (?:this|that|it))?"
    r"|(?:please )?(?:do not|dont) do (?:this|that|it)"
    r"|(?:nein )?(?:das )?(?:war|bin) ich nicht|(?:nein )?das war nicht ich|(?:nein )?ich war (?:das|es) nicht"
    r"|(?:nein )?(?:(?:das|die) )?(?:kam |ist |war |kommt )?nicht von mir|nicht ich"
    r"|(?:nein )?(?:das|die) hab(?:e)? ich (?:nicht|nie) (?:geschickt|gesendet|geschrieben)"
    r"|(?:nein )?ich hab(?:e)? (?:das|die|sie) (?:nicht|nie) (?:geschickt|gesendet|geschrieben)"
)
_SENTENCE_ENDS = re.compile(r"[.!?,;:\n]+")
_LONGEST_ANSWER = 1000


class Answer(StrEnum):
    """What a reply to a challenge says."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def read_answer(new_text: str, *, own_name: str = "") -> Answer:
    """Return what a reply to a challenge says; only a short clear yes, or nothing at all, is a yes.

    A signature or *own_name* below does not count. Whatever else is written confirms nothing.
    """
    text = without_banners(new_text).strip()
    first, _, below = text.partition("\n")
    if not text or (_YES.fullmatch(_plain(first)) and is_sign_off(below, own_name=own_name)):
        return Answer.YES
    said = (_plain(each) for each in _SENTENCE_ENDS.split(text[:_LONGEST_ANSWER]))
    return Answer.NO if any(_NO.fullmatch(each) for each in said) else Answer.UNCLEAR


def _plain(text: str) -> str:
    """Return words without their punctuation, in lower case."""
    return " ".join(re.sub(r"[^\w\s#]", "", text.casefold().replace("\u2019", "")).split())


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
    answer = read_answer(arrival.message.new_text, own_name=person.name)
    if answer is Answer.UNCLEAR:
        _ask_again(arrival, person, held)
        return suppressed("neither a clear yes nor a clear no to a challenge; the mail stays held")
    if answer is Answer.NO:
        reason = f"{person.slug} says that it was not theirs"
        arrival.work.inbox.close(held, state=MailState.DROPPED, outcome=Fate.REJECT, reason=reason, now=arrival.now)
        arrival.note("security", actor=person.slug, what=reason, dropped=held.sha256)
        return suppressed(f"{reason}; the held mail is dropped")
    arrival.work.inbox.release(held, now=arrival.now, confirmed_by=person.slug)
    arrival.note("challenge_answered", actor=person.slug, released=held.sha256)
    return suppressed("confirms a held mail, which is taken up now")


def _ask_again(arrival: Arrival, person: Staff, held: InboxMail) -> None:
    """Say (CMD:error), once for a held mail, how it is confirmed or dropped."""
    is_new = arrival.work.desk.write_round(
        "UNCLEAR", reader=held.sha256[:40], period_start=held.received_at, now=arrival.now, state="written"
    )
    if not is_new or held.challenge is None:
        return
    first = next((each.strip() for each in arrival.message.new_text.split("\n") if each.strip()), "")
    reason = "that is no clear yes or no; the mail in question waits, and nothing of it is done"
    arrival.send(
        command_error(
            reader=reader_of(person),
            errors=[LineError(line=first[:200], reason=reason, nearest="yes   (it was me)   or   no   (drop it)")],
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
            subject=arrival.message.subject,
            reply_to=arrival.post.challenge_address(held.challenge, reader=person.email, now=arrival.now),
        )
    )


def _shown(parsed: Parsed) -> list[str]:
    """Return the lines that show what the mail would do."""
    return (
        [command.line for command in parsed.commands]
        or [error.line for error in parsed.errors]
        or [parsed.text.strip().partition("\n")[0][:200]]
    )
