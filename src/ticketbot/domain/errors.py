"""Every error that ticketbot raises on purpose.

Two questions only: will trying again help (`TemporaryError`), or must a person look (`PermanentError`)?

    TicketbotError
    ├── TemporaryError              exit 75: the same step may succeed later
    │   ├── ServerUnavailable       exit 69
    │   │   ├── MailboxUnavailable
    │   │   ├── RelayUnavailable
    │   │   └── DatabaseUnavailable
    │   ├── LetterDeferred          the relay said 4xx: try again later
    │   └── DeliveryUnknown         the connection was lost after the final dot
    └── PermanentError              exit 1: trying again changes nothing
        ├── MailboxRefused          exit 69: wrong password, no such folder
        ├── RelayRefused            exit 69: wrong password, sender refused
        ├── LetterRefused           the relay said 5xx for this letter
        ├── UnreadableMail          the parser gave up on these bytes
        ├── NotFound
        ├── Conflict                what was asked contradicts what is stored
        ├── UsageError              exit 2
        └── ConfigurationError      exit 78
            └── DatabaseTooNew      exit 78
"""

from typing import ClassVar


class TicketbotError(Exception):
    """Something went wrong."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "") -> None:
        """Say *message*, or what the class says of itself."""
        super().__init__(message or (type(self).__doc__ or "").strip())


class TemporaryError(TicketbotError):
    """It did not work now; trying again later may help."""

    exit_code: ClassVar[int] = 75


class ServerUnavailable(TemporaryError):
    """A server cannot be reached now."""

    exit_code: ClassVar[int] = 69


class MailboxUnavailable(ServerUnavailable):
    """The mailbox's server cannot be reached now."""


class RelayUnavailable(ServerUnavailable):
    """The mail relay cannot be reached now."""


class DatabaseUnavailable(ServerUnavailable):
    """The database cannot be reached now."""


class LetterDeferred(TemporaryError):
    """The relay asked to send this letter later."""


class DeliveryUnknown(TemporaryError):
    """The connection was lost after the letter was handed over: it may or may not have left."""


class PermanentError(TicketbotError):
    """It cannot work as it is; a person must look."""


class MailboxRefused(PermanentError):
    """The mailbox's server refused us."""

    exit_code: ClassVar[int] = 69


class RelayRefused(PermanentError):
    """The mail relay refused us."""

    exit_code: ClassVar[int] = 69


class LetterRefused(PermanentError):
    """The relay refused this letter for good."""


class UnreadableMail(PermanentError):
    """These bytes could not be read as a mail."""


class NotFound(PermanentError):
    """There is nothing of that name."""


class Conflict(PermanentError):
    """What was asked contradicts what is stored."""


class UsageError(PermanentError):
    """The command was not understood."""

    exit_code: ClassVar[int] = 2


class ConfigurationError(PermanentError):
    """The configuration is wrong."""

    exit_code: ClassVar[int] = 78


class DatabaseTooNew(ConfigurationError):
    """The database was made by a newer ticketbot; install that version or restore a backup."""
