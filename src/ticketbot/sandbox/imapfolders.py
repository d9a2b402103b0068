"""The commands about signing in and about folders (RFC 3501 sections 6.1 to 6.3, RFC 2342, RFC 3691)."""

import re

from ticketbot.sandbox.credentials import Credentials, challenge, decoded, read_sasl
from ticketbot.sandbox.imapmails import expunge_deleted
from ticketbot.sandbox.imapsession import ImapSession
from ticketbot.sandbox.imapsyntax import Command, Refused, quoted, text
from ticketbot.sandbox.imapview import View
from ticketbot.sandbox.postoffice import INBOX

_FLAGS = r"\Answered \Flagged \Deleted \Seen \Draft"


async def capability(session: ImapSession, _command: Command) -> str:
    """CAPABILITY."""
    session.say(f"* CAPABILITY {' '.join(session.capabilities)}")
    return ""


async def login(session: ImapSession, command: Command) -> str:
    """LOGIN."""
    return session.admit(Credentials(user=command.text(0), password=command.text(1)))


async def authenticate(session: ImapSession, command: Command) -> str:
    """AUTHENTICATE PLAIN or XOAUTH2."""
    mechanism = command.text(0).upper()
    if f"AUTH={mechanism}" not in session.capabilities:
        return "NO Mechanism not known"
    initial = command.text(1).encode() if len(command.arguments) > 1 else await _ask(session, "")
    credentials = read_sasl(mechanism, decoded(initial))
    if refusal := await session.connection.suffer("LOGIN", credentials.user):
        return refusal
    if credentials.token is not None and not credentials.open(session.office):
        await _ask(session, '{"status":"401"}')  # the reason, which the client acknowledges with an empty line
    return session.admit(credentials)


async def _ask(session: ImapSession, question: str) -> bytes:
    session.say(f"+ {challenge(question)}")
    await session.connection.flush()
    return await session.connection.line()


async def logout(session: ImapSession, _command: Command) -> str:
    """LOGOUT."""
    session.view = None
    session.say("* BYE See you")
    return ""


async def nothing(_session: ImapSession, _command: Command) -> str:
    """NOOP, CHECK, SUBSCRIBE and UNSUBSCRIBE."""
    return ""


async def select(session: ImapSession, command: Command) -> str:
    """SELECT and EXAMINE."""
    name, read_only = command.text(0), command.verb == "EXAMINE"
    session.view = None
    folder = session.folder(name)
    session.view = View(folder, name=name, read_only=read_only)
    for line in (
        f"FLAGS ({_FLAGS})",
        f"OK [PERMANENTFLAGS ({_FLAGS} \\*)] Keywords are welcome",
        f"{session.view.count} EXISTS",
        "0 RECENT",
        f"OK [UIDVALIDITY {folder.uidvalidity}] UIDs are valid",
        f"OK [UIDNEXT {folder.uidnext}] The next UID",
    ):
        session.say(f"* {line}")
    return f"OK [READ-{'ONLY' if read_only else 'WRITE'}] {command.verb} done"


async def unselect(session: ImapSession, command: Command) -> str:
    """CLOSE, which expunges, and UNSELECT, which does not."""
    if command.verb == "CLOSE" and session.view and not session.view.read_only:
        expunge_deleted(session.view, session.view.everything())
    session.view = None
    return ""


async def status(session: ImapSession, command: Command) -> str:
    """STATUS."""
    folder = session.folder(command.text(0))
    mails = folder.snapshot()
    figures = {
        "MESSAGES": len(mails),
        "RECENT": 0,
        "UIDNEXT": folder.uidnext,
        "UIDVALIDITY": folder.uidvalidity,
        "UNSEEN": sum("\\Seen" not in mail.flags for mail in mails),
    }
    wanted = [text(name).upper() for name in command.listed(1)]
    if unknown := set(wanted) - set(figures):
        raise Refused(f"BAD {' '.join(unknown)} is not known here")
    told = " ".join(f"{name} {figures[name]}" for name in wanted)
    session.say(f"* STATUS {quoted(command.text(0))} ({told})")
    return ""


async def create(session: ImapSession, command: Command) -> str:
    """CREATE."""
    name = command.text(0).rstrip("/")
    if name.upper() == INBOX or name in session.account.folders:
        return "NO [ALREADYEXISTS] It is there already"
    session.office.create_folder(session.account.address, name)
    return ""


async def delete(session: ImapSession, command: Command) -> str:
    """DELETE."""
    session.office.delete_folder(session.account.address, command.text(0))
    return ""


async def list_folders(session: ImapSession, command: Command) -> str:
    """LIST and LSUB."""
    if not command.text(1):
        session.say('* LIST (\\Noselect) "/" ""')
    spelled = re.escape(command.text(0) + command.text(1)).replace(r"\*", ".*").replace("%", "[^/]*")
    for name in tuple(session.account.folders):
        if re.fullmatch(spelled, name, re.IGNORECASE if name == INBOX else 0):
            session.say(f'* {command.verb} () "/" {quoted(name)}')
    return ""


async def namespace(session: ImapSession, _command: Command) -> str:
    """NAMESPACE."""
    session.say('* NAMESPACE (("" "/")) NIL NIL')
    return ""
