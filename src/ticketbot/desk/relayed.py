"""Words of ours on their way to a client: what must not leave is cut, or stops the whole mail (domain.md CM8)."""

import re
from collections.abc import Collection, Iterator

from ticketbot.desk.arrival import Arrival
from ticketbot.domain.addressing import read_address, read_markers
from ticketbot.domain.commands import CommandError
from ticketbot.domain.messages import fold
from ticketbot.domain.senders import client_of_domain
from ticketbot.domain.signoffs import is_sign_off
from ticketbot.store.models import Staff, Ticket

_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_MARKER = re.compile(r"(?:Ref\.\s*)?(?<![a-z0-9])t\.[a-z2-7]{32}(?![a-z0-9])", re.IGNORECASE)
_PHONE = re.compile(r"(?:[A-Za-z]{1,12}[.:]?\s*)?\+?[0-9][0-9 ()/.-]{5,30}[0-9]")
_MOST_ADDRESSES = 200
_LONGEST_SIGNATURE = 12
_LONGEST_LABEL = 2


def for_client(arrival: Arrival, person: Staff, text: str) -> str:
    """Return a staff member's words without our tokens, our people's own addresses, and their signature's phone."""
    lines = _MARKER.sub("", text).split("\n")
    begins = _signature(lines, names={fold(person.name), fold(person.name.partition(" ")[0])}, arrival=arrival)
    kept = [*lines[:begins], *(line for line in lines[begins:] if not _is_private(line, arrival))]
    shown = "\n".join(_ADDRESS.sub(lambda found: _public(found[0], arrival), line) for line in kept)
    return shown.strip()


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


def _is_private(line: str, arrival: Arrival) -> bool:
    """Return whether a line of a signature is one of our people's address or phone."""
    bare = line.strip(" \t,|*_-<>")
    if _PHONE.fullmatch(bare):
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
