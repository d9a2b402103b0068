"""The sandbox's IMAP side: reads commands and lets them be answered."""

from collections.abc import Awaitable, Callable
from typing import Final

from ticketbot.domain.errors import NotFound
from ticketbot.sandbox import imapfolders, imapmails
from ticketbot.sandbox.imapsession import ImapSession
from ticketbot.sandbox.imapsyntax import Command, Refused, read_command

Handler = Callable[[ImapSession, Command], Awaitable[str]]

#: What may be said before signing in.
OPEN_VERBS: Final[dict[str, Handler]] = {
    "CAPABILITY": imapfolders.capability,
    "NOOP": imapfolders.nothing,
    "LOGIN": imapfolders.login,
    "AUTHENTICATE": imapfolders.authenticate,
    "LOGOUT": imapfolders.logout,
}
#: Everything that may be said, and what answers.
VERBS: Final[dict[str, Handler]] = OPEN_VERBS | {
    "SELECT": imapfolders.select,
    "EXAMINE": imapfolders.select,
    "CLOSE": imapfolders.unselect,
    "UNSELECT": imapfolders.unselect,
    "STATUS": imapfolders.status,
    "CREATE": imapfolders.create,
    "DELETE": imapfolders.delete,
    "LIST": imapfolders.list_folders,
    "LSUB": imapfolders.list_folders,
    "SUBSCRIBE": imapfolders.nothing,
    "UNSUBSCRIBE": imapfolders.nothing,
    "NAMESPACE": imapfolders.namespace,
    "CHECK": imapfolders.nothing,
    "SEARCH": imapmails.search,
    "FETCH": imapmails.fetch,
    "STORE": imapmails.store,
    "COPY": imapmails.copy,
    "MOVE": imapmails.copy,
    "EXPUNGE": imapmails.expunge,
    "APPEND": imapmails.append,
    "IDLE": imapmails.idle,
}
#: Numbers of mails must not change under those who use them (RFC 3501 section 7.4.1).
_NO_NEWS: Final = frozenset({"FETCH", "STORE", "SEARCH"})


async def talk(session: ImapSession) -> None:
    """Greet, and answer until the visitor leaves."""
    line = session.connection
    refusal = await line.suffer("IMAP")
    line.say(refusal or f"* OK [CAPABILITY {' '.join(session.capabilities)}] Sandbox ready")
    await line.flush()
    while not refusal:
        command = await read_command(line)
        line.say(f"{command.tag} {await answer(session, command)}")
        await line.flush()
        if command.verb == "LOGOUT":
            return


async def answer(session: ImapSession, command: Command) -> str:
    """Do what is asked and return the tagged answer."""
    handler = (VERBS if session.visitor else OPEN_VERBS).get(command.verb)
    if handler is None or command.verb in session.without:
        return "BAD Command not known, or not yet"
    first = command.arguments[0] if command.arguments else ""
    if refusal := await session.connection.suffer(command.verb, first if isinstance(first, str) else ""):
        return refusal
    try:
        said = await handler(session, command)
    except Refused as refused:
        return str(refused)
    except NotFound as error:
        return f"NO [NONEXISTENT] {error}"
    if command.by_uid or command.verb not in _NO_NEWS:
        session.tell_news()
    return said or f"OK {command.verb} done"
