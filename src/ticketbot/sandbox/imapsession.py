"""One visit to the sandbox's mailboxes: who has signed in, which folder is open, and what they must be told."""

from typing import Final

from ticketbot.sandbox.connection import Connection
from ticketbot.sandbox.credentials import Credentials
from ticketbot.sandbox.imapsyntax import Refused
from ticketbot.sandbox.imapview import View
from ticketbot.sandbox.postoffice import INBOX, Account, Folder, PostOffice

CAPABILITIES: Final = (
    *("IMAP4rev1", "LITERAL+", "SASL-IR", "AUTH=PLAIN", "AUTH=XOAUTH2"),
    *("IDLE", "MOVE", "UIDPLUS", "UNSELECT", "NAMESPACE"),
)


class ImapSession:
    """The state between a visitor's commands. *without* takes capabilities away, and the commands they bring."""

    def __init__(self, connection: Connection, *, office: PostOffice, without: frozenset[str] = frozenset()) -> None:
        """Serve *connection* from *office*; nobody has signed in yet."""
        self.connection = connection
        self.office = office
        self.without = without
        self.capabilities = tuple(name for name in CAPABILITIES if name not in without)
        self.visitor: Account | None = None
        self.view: View | None = None

    @property
    def account(self) -> Account:
        """Return whose mailbox it is."""
        if self.visitor is None:
            raise Refused("BAD Log in first")
        return self.visitor

    def admit(self, credentials: Credentials) -> str:
        """Open the account that the credentials fit, and return the answer to the login."""
        self.visitor = credentials.open(self.office)
        if self.visitor is None:
            return "NO [AUTHENTICATIONFAILED] Invalid credentials"
        return f"OK [CAPABILITY {' '.join(self.capabilities)}] Welcome"

    def folder(self, name: str) -> Folder:
        """Return a folder of the account; INBOX in whatever case."""
        try:
            return self.account.folders[INBOX if name.upper() == INBOX else name]
        except KeyError:
            raise Refused(f"NO [TRYCREATE] There is no folder {name}") from None

    def selected(self, *, writable: bool = False) -> View:
        """Return the view of the selected folder."""
        if self.view is None:
            raise Refused("BAD Select a folder first")
        if writable and self.view.read_only:
            raise Refused("NO [READ-ONLY] The folder was opened to read")
        return self.view

    def say(self, line: str | bytes) -> None:
        """Say an untagged line."""
        self.connection.say(line)

    def tell_news(self) -> bool:
        """Say what has changed in the selected folder; tell whether there was anything."""
        news = self.view.news() if self.view else []
        for line in news:
            self.say(line)
        return bool(news)
