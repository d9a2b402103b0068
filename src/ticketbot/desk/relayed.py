"""Words of ours on their way to a client: what must not leave is cut, or stops the whole mail (domain.md CM8)."""

import re
from collections.abc import Collection, Iterator

from ticketbot.desk.arrival import Arrival
from ticketbot.domain.addressing import STAFF_AUDIENCES, read_address, read_markers
from ticketbot.domain.commands import CommandError
from ticketbot.domain.messages import Message, fold
from ticketbot.domain.senders import client_of_domain
from ticketbot.domain.signoffs import is_sign_off
from ticketbot.domain.tokens import Audience
from ticketbot.store.models import Staff, Ticket

_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_MARKER = re.compile(r"(?:Ref\.\s*)?(?<![a-z0-9])t\.[a-z2-7]{32}(?![a-z0-9])", re.IGNORECASE)
_NUMBER = r"(?![0-9]{4}-[0-9]{2}-[0-9]{2})\+?\(?[0-9][0-9\s()/.\u2010-\u2013-]{5,30}[0-9]"
_PHONE = re.compile(rf"(?:[^\W\d_]{{1,12}}(?:[ -][^\W\d_]{{1,12}})?[.:]?\s*|[^\w\s+(]{{1,3}}\s*)?{_NUMBER}")
_CONTACT = re.compile(rf"(?<![\w-]){_NUMBER}")
_QUOTED = re.compile(r"\s{0,3}>")
_WORD = re.compile(r"[^\W_]|[^\x00-\x7f]")
_MOST_ADDRESSES = 200
_MOST_QUOTED = 500
_LONGEST_INTRODUCTION = 3
_MAILS_COMPARED = 20
_LONGEST_COMPARED = 20_000
_LONGEST_SIGNATURE = 12
_LONGEST_LABEL = 2
_MOST_LABELS = 4


def for_client(arrival: Arrival, person: Staff, text: str) -> str:
    """Return a staff member's words without our tokens, our people's own addresses, and their signature's phone."""
    lines = _MARKER.sub("", text).split("\n")
    names = {fold(person.name), fold(person.name.partition(" ")[0])}
    begins = _signature(lines, names=names, arrival=arrival)
    signed = _below_name(lines, names=names)
    kept = [line for line in lines[begins:signed] if not _is_private(line, arrival)]
    own = (_without_contacts(line, arrival) for line in lines[signed:])
    kept = [*lines[: min(begins, signed)], *kept, *(line for line in own if line is not None)]
    shown = "\n".join(_ADDRESS.sub(lambda found: _public(found[0], arrival), line) for line in kept)
    return shown.strip()


def without_history(arrival: Arrival, ticket: Ticket, text: str) -> str:
    """Return a staff member's words without quoted lines that the client has not read on this ticket.

    What staff quote is our letter to them: it says who owns what, why, and which commands there are. A quote between
    which they answer keeps the lines that the client wrote or got.
    """
    lines = text.split("\n")
    quoted = sum(_QUOTED.match(line) is not None for line in lines)
    if not quoted:
        return text
    known = _read_by_client(arrival, ticket) if quoted <= _MOST_QUOTED else []
    kept: list[str] = []
    for line in lines:
        if _QUOTED.match(line):
            words = " ".join(line.lstrip(" \t>").split())
            follows = bool(kept) and _QUOTED.match(kept[-1]) is not None
            if not (any(words in each for each in known) if words else follows):
                continue
        kept.append(line)
    return "\n".join(kept).strip("\n")


def _read_by_client(arrival: Arrival, ticket: Ticket) -> list[str]:
    """Return what the client wrote or got on a ticket, each mail as one line; of what they got, our new words alone."""
    mails = [each for each in arrival.work.tickets.messages(ticket.id) if each.audience == "public"]
    texts = (each.text if each.direction == "in" else each.new_text for each in mails[-_MAILS_COMPARED:])
    return [" ".join(text[:_LONGEST_COMPARED].split()) for text in texts]


def nothing_new(arrival: Arrival, whole: str, own: str) -> Iterator[CommandError]:
    """Yield a refusal for a mail that is history alone, or holds our letter to staff where no quote marks it.

    *whole* is its text, *own* that text `without_history`.
    """
    written = [line for line in own.split("\n") if line.strip() and not _QUOTED.match(line)]
    is_cut = len(own) < len(whole)
    is_one = bool(written) and "\n".join(written) in own  # a paragraph by itself
    if is_cut and is_one and len(written) <= _LONGEST_INTRODUCTION and written[-1].rstrip().endswith((":", "\uff1a")):
        written = []  # "On Tuesday … wrote:" over what was cut
    if _holds_staff_letter("\n".join(written), arrival):
        reason = "it holds a whole letter to staff, which clients never read"
    elif whole.strip() and not _WORD.search("".join("".join(written).split())) and not arrival.message.attachments:
        reason = "nothing of your own stands in it, only history"
    else:
        return
    line = next((each.strip() for each in whole.split("\n") if each.strip()), "")[:200]
    yield CommandError(line_no=1, line=line, reason=reason, suggestion="write your answer above it, and take it out")


def _holds_staff_letter(text: str, arrival: Arrival) -> bool:
    """Return whether a letter to staff stands in a text: its marker, or both of its addresses side by side."""
    keys, now = arrival.post.keys, arrival.now
    if any(each.audience is Audience.STAFF_NOTE for each in read_markers(text, keys=keys, now=now)):
        return True
    signed = (read_address(each, keys=keys, now=now) for each in _ADDRESS.findall(text)[:_MOST_ADDRESSES])
    return {Audience.STAFF_REPLY, Audience.STAFF_NOTE} <= {each.token.audience for each in signed if each is not None}


def strangers_in(arrival: Arrival, ticket: Ticket, text: str) -> Iterator[CommandError]:
    """Yield a refusal for every line that names another client's people or another matter's token."""
    for number, line in enumerate(text.split("\n"), start=1):
        why = _foreign(arrival, ticket, line)
        if why:
            yield CommandError(
                line_no=number,
                line=line.strip()[:200],
                reason=f"{why}; nothing of one client goes to another",
                suggestion="take it out, or send the mail to the note address",
            )
    for mail in arrival.message.nested:
        if why := _why_not_enclosed(arrival, ticket, mail):
            yield CommandError(
                line_no=1,
                line=f"(the attached mail {mail.subject[:150]!r})",
                reason=f"{why}; it does not go to the client",
                suggestion="send your answer without this attachment",
            )


def _why_not_enclosed(arrival: Arrival, ticket: Ticket, mail: Message) -> str:
    """Return why a mail that is attached to an answer must not leave, empty where it may."""
    people = (*mail.from_mailboxes, *mail.reply_to, *mail.people)
    words = "\n".join([mail.text, *(each.address for each in people), *mail.references, *mail.in_reply_to])
    keys, now = arrival.post.keys, arrival.now
    signed = (read_address(each, keys=keys, now=now) for each in _ADDRESS.findall(words)[:_MOST_ADDRESSES])
    audiences = {each.token.audience for each in signed if each is not None}
    audiences |= {each.audience for each in read_markers(words, keys=keys, now=now)}
    if STAFF_AUDIENCES & audiences:
        return "it is a letter to staff"
    lines = (_foreign(arrival, ticket, line) for line in words.split("\n"))
    inner = (_why_not_enclosed(arrival, ticket, each) for each in mail.nested)
    return next(filter(None, (*lines, *inner)), "")


def _foreign(arrival: Arrival, ticket: Ticket, line: str) -> str:
    """Return what a line names that belongs to another client."""
    keys, now = arrival.post.keys, arrival.now
    others = [each.number for each in read_markers(line, keys=keys, now=now) if each.number != ticket.number]
    client = arrival.work.desk.client(ticket.client_id)
    own = client.slug if client is not None else None
    slugs = {each.id: each.slug for each in arrival.work.desk.clients()}
    for address in _ADDRESS.findall(line)[:_MOST_ADDRESSES]:
        signed = read_address(address, keys=keys, now=now)
        if signed is not None and signed.token.number != ticket.number:
            others.append(signed.token.number)
        contact = arrival.work.desk.contact_at(address)
        named = slugs.get(contact.client_id) if contact is not None else None
        named = named or client_of_domain(address.rpartition("@")[2], arrival.rules.domains)
        if named is not None and named != own:
            return f"{address} belongs to another client"
    return f"it carries the token of T-{others[0]}" if others else ""


def _signature(lines: list[str], *, names: Collection[str], arrival: Arrival) -> int:
    """Return where an informal signature begins: the last lines that are names, greetings, numbers or addresses."""
    begins = len(lines)
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _LONGEST_SIGNATURE), -1):
        line = lines[index].strip(" \t,|*_-")
        if line and not (fold(line) in names or is_sign_off(line) or _is_private(line, arrival)):
            break
        begins = index
    return begins


def _below_name(lines: list[str], *, names: Collection[str]) -> int:
    """Return where the last lines are signed by the writer's name or a closing formula, their number if nowhere."""
    first = max(0, len(lines) - _LONGEST_SIGNATURE)
    for index in range(first, len(lines)):
        line = lines[index].partition("|")[0].strip(" \t,|*_-")
        if line and (fold(line) in names or is_sign_off(line)):
            return index
    return len(lines)


def _without_contacts(line: str, arrival: Arrival) -> str | None:
    """Return a line of a signature without phones and our people's addresses, None where nothing else stands in it."""
    if not line.strip():
        return line
    kept = [each for each in line.split("|") if not (_is_private(each, arrival) or _is_contact(each))]
    return "|".join(kept).rstrip() if kept else None


def _is_contact(words: str) -> bool:
    """Return whether words are phones and their labels, and no sentence."""
    bare = words.strip()
    if not _CONTACT.search(bare) or bare.endswith((".", "!", "?")):
        return False
    return len(_CONTACT.sub(" ", _ADDRESS.sub(" ", bare)).split()) <= _MOST_LABELS


def _is_private(line: str, arrival: Arrival) -> bool:
    """Return whether a line of a signature is one of our people's address or phone."""
    bare = line.strip(" \t,|*_-<>")
    if bare and all(_PHONE.fullmatch(each.strip()) for each in bare.split("|")):
        return True
    found = _ADDRESS.search(bare)
    if found is None or not _is_ours(found[0], arrival):
        return False
    return len(_ADDRESS.sub(" ", bare).split()) <= _LONGEST_LABEL


def _is_ours(address: str, arrival: Arrival) -> bool:
    signed = read_address(address, keys=arrival.post.keys, now=arrival.now)
    return signed is not None or fold(address) in arrival.rules.staff


def _public(address: str, arrival: Arrival) -> str:
    """Return an address as a client may see it: the desk's instead of our people's and of signed ones."""
    return arrival.post.identity.address if _is_ours(address, arrival) else address
