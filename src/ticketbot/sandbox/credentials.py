"""What the SASL mechanisms PLAIN and XOAUTH2 carry, and whether it opens an account."""

import base64
import binascii
from dataclasses import dataclass

from ticketbot.sandbox.postoffice import Account, PostOffice


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who somebody says they are, and the proof: a password or a token."""

    user: str
    password: str | None = None
    token: str | None = None

    def open(self, office: PostOffice) -> Account | None:
        """Return the account that these credentials open."""
        account = office.accounts.get(self.user.lower())
        if account is None:
            return None
        if self.token is not None:
            return account if self.token == account.token else None
        return account if self.password == account.password else None


def decoded(encoded: bytes) -> str:
    """Return the text of a base64 line, or an empty one."""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def challenge(question: str) -> str:
    """Return what the server's part of an exchange says, in base64."""
    return base64.b64encode(question.encode()).decode()


def read_sasl(mechanism: str, response: str) -> Credentials:
    """Read the client's one message of *mechanism*; what cannot be read belongs to nobody."""
    if mechanism == "PLAIN":
        _, _, rest = response.partition("\0")
        user, _, password = rest.partition("\0")
        return Credentials(user=user, password=password)
    fields = dict(field.partition("=")[::2] for field in response.split("\1"))
    return Credentials(user=fields.get("user", ""), token=fields.get("auth", "").removeprefix("Bearer "))
