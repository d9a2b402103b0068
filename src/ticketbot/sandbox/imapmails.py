"""The commands about mails (RFC 3501 section 6.4, RFC 2177 IDLE, RFC 4315 UIDPLUS, RFC 6851 MOVE)."""

import asyncio
from collections.abc import Iterable

from ticketbot.sandbox.imapfetch import fetch_response, flags_item, marks_seen, read_items
from ticketbot.sandbox.imapsearch import Candidate, read_search
from ticketbot.sandbox.imapsession import ImapSession
from ticketbot.sandbox.imapsyntax import Command, Refused, flag, read_date, text
from ticketbot.sandbox.imapview import View


async def search(session: ImapSession, command: Command) -> str:
    """SEARCH."""
    view = session.selected()
    candidates = view.everything()
    largest_uid = candidates[-1].mail.uid if candidates else 0
    test = read_search(command.arguments, largest_number=view.count, largest_uid=largest_uid)
    found = (one.mail.uid if command.by_uid else one.number for one in candidates if test(one))
    session.say(" ".join(("* SEARCH", *map(str, found))))
    return ""


async def fetch(session: ImapSession, command: Command) -> str:
    """FETCH."""
    view = session.selected()
    items = read_items(command.listed(1), by_uid=command.by_uid)
    for one in view.chosen(command.text(0), by_uid=command.by_uid):
        mail = one.mail
        if marks_seen(items) and not view.read_only:
            mail = view.folder.flag(mail.uid, {*mail.flags, "\\Seen"}) or mail
        session.say(fetch_response(mail, items, number=one.number))
        await session.connection.flush()
    return ""


async def store(session: ImapSession, command: Command) -> str:
    """STORE."""
    view = session.selected(writable=True)
    how, _, silent = command.text(1).upper().partition(".")
    given = {flag(text(name)) for name in command.listed(2)}
    for one in view.chosen(command.text(0), by_uid=command.by_uid):
        with session.office.lock:
            held = view.folder.mails.get(one.mail.uid, one.mail).flags
            mail = view.folder.flag(one.mail.uid, _changed(held, how=how, given=given))
        view.told(one.mail.uid)
        if mail and not silent:
            uid = b"UID %d " % mail.uid if command.by_uid else b""
            session.say(b"* %d FETCH (%s%s)" % (one.number, uid, flags_item(mail)))
    return ""


def _changed(held: frozenset[str], *, how: str, given: set[str]) -> set[str]:
    lowered = {name.lower() for name in given}
    others = {name for name in held if name.lower() not in lowered}
    match how:
        case "FLAGS":
            return given
        case "+FLAGS":
            return others | given
        case "-FLAGS":
            return others
        case _:
            raise Refused("BAD FLAGS, +FLAGS or -FLAGS")


async def copy(session: ImapSession, command: Command) -> str:
    """COPY and MOVE."""
    moving = command.verb == "MOVE"
    view = session.selected(writable=moving)
    target = session.folder(command.text(1))
    sources: list[int] = []
    copies: list[int] = []
    with session.office.lock:
        for one in view.chosen(command.text(0), by_uid=command.by_uid):
            if moving and not view.folder.remove(one.mail.uid):
                continue
            sources.append(one.mail.uid)
            copies.append(target.add(one.mail.raw, received_at=one.mail.received_at, flags=one.mail.flags).uid)
    if not sources or "UIDPLUS" in session.without:
        return ""
    told = f"[COPYUID {target.uidvalidity} {_uids(sources)} {_uids(copies)}]"
    if not moving:
        return f"OK {told} Copied"
    session.say(f"* OK {told} Moved")
    return ""


def _uids(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


async def expunge(session: ImapSession, command: Command) -> str:
    """EXPUNGE and UID EXPUNGE."""
    view = session.selected(writable=True)
    if not command.by_uid:
        expunge_deleted(view, view.everything())
    elif "UIDPLUS" in session.without:
        raise Refused("BAD Command not known")
    else:
        expunge_deleted(view, view.chosen(command.text(0), by_uid=True))
    return ""


def expunge_deleted(view: View, candidates: Iterable[Candidate]) -> None:
    r"""Remove those of *candidates* that are marked \Deleted."""
    for one in candidates:
        if "\\Deleted" in one.mail.flags:
            view.folder.remove(one.mail.uid)


async def append(session: ImapSession, command: Command) -> str:
    """APPEND."""
    folder = session.folder(command.text(0))
    *options, raw = command.arguments[1:] or [""]
    if not isinstance(raw, bytes):
        raise Refused("BAD A literal was expected")
    flags = {flag(text(name)) for option in options if isinstance(option, list) for name in option}
    dates = [read_date(option) for option in options if isinstance(option, str)]
    stored = session.office.append(
        session.account.address,
        raw,
        folder=folder.name,
        flags=flags,
        received_at=dates[0] if dates else None,
    )
    return "" if "UIDPLUS" in session.without else f"OK [APPENDUID {folder.uidvalidity} {stored.uid}] Stored"


async def idle(session: ImapSession, _command: Command) -> str:
    """IDLE: tell the news as they come, until DONE."""
    line = session.connection
    line.say("+ Waiting")
    await line.flush()
    done = asyncio.ensure_future(line.line())
    try:
        while not done.done():
            line.bell.clear()
            if session.tell_news():
                await line.suffer("NEWS", session.selected().name)
            await line.flush()
            ring = asyncio.ensure_future(line.bell.wait())
            await asyncio.wait((done, ring), return_when=asyncio.FIRST_COMPLETED)
            ring.cancel()
        if (await done).upper() != b"DONE":
            raise Refused("BAD Expected DONE")
    finally:
        done.cancel()
    return ""
