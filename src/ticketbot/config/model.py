"""What can be set in ticketbot.toml: one frozen `Settings`, every field with a description and a default, or none."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator

from ticketbot.domain.errors import ConfigurationError
from ticketbot.tls import Tls, is_loopback
from ticketbot.tomlfile import Duration, Section, Size


class After(StrEnum):
    """What becomes of a mail on the server once it is understood."""

    MOVE = "move"
    KEYWORD = "keyword"


class MailboxChannel(StrEnum):
    """What arrives in a mailbox."""

    NORMAL = "normal"
    URGENT = "urgent"
    ALERTS = "alerts"
    RECEIPTS = "receipts"


class LogFormat(StrEnum):
    """How log lines look. `auto` is console on a terminal, else JSON."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"
    LOGFMT = "logfmt"


class LogLevel(StrEnum):
    """From which weight on a line is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", value):
        raise ValueError('must be one bare address such as "support@desk.example"')
    return value


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _start(value: object) -> object:
    day = value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
    if value not in ("now", "all") and (isinstance(day, datetime) or not isinstance(day, date)):
        raise ValueError('must be "now", "all" or a date such as 2027-03-01')
    return day


EmailAddress: TypeAlias = Annotated[str, AfterValidator(_address)]
Addresses: TypeAlias = Annotated[tuple[EmailAddress, ...], BeforeValidator(_listed)]
Start: TypeAlias = Annotated[Literal["now", "all"] | date, BeforeValidator(_start)]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]


class DatabaseSettings(Section):
    """[database]: where everything is kept."""

    url: str = Field(
        default="sqlite:///ticketbot.db",
        description="sqlite:///FILE (relative to this file) or postgresql://user@host/name",
    )
    url_file: Path | None = Field(default=None, description="a file that holds the url, when it contains a password")
    auto_migrate: bool = Field(
        default=True, description="`run` brings the schema up to date when it starts (SQLite: after a backup)"
    )

    @field_validator("url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url.startswith("postgres://"):
            raise ValueError("must begin with postgresql:// (not postgres://)")
        if not re.match(r"sqlite:///|sqlite://$|postgresql(\+psycopg)?://.", url):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @property
    def sqlite_file(self) -> Path | None:
        """Return the SQLite file, or None with PostgreSQL or a database in memory."""
        file = self.url.partition(":///")[2].partition("?")[0] if self.url.startswith("sqlite:") else ""
        return Path(file) if file and file != ":memory:" else None


class ServerSettings(Section):
    """What a mailbox and the relay have in common: a server, an account on it, and a protected way there."""

    host: str = Field(description="the server's name")
    port: Port = Field(description="the server's port")
    tls: Tls = Field(description='"tls", "starttls", or "none" (this machine only)')
    username: str | None = Field(default=None, description="the account's name")
    password: SecretStr | None = Field(default=None, description="the account's password; better: password_file")
    password_file: Path | None = Field(default=None, description="a file that holds the password, mode 0600")
    ca_file: Path | None = Field(default=None, description="certificates to trust instead of the system's (PEM)")

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if self.tls is Tls.NONE and self.host and not is_loopback(self.host):
            raise ValueError('must not have tls = "none" unless the host is this machine; use "tls" or "starttls"')
        return self

    @property
    def secret(self) -> str:
        """Return the password itself, for the one call that signs in."""
        return self.password.get_secret_value() if self.password else ""


class MailboxSettings(ServerSettings):
    """[mailboxes.NAME]: an IMAP folder that is read."""

    address: EmailAddress = Field(description="the address whose mail arrives here")
    host: str = Field(min_length=1, description="the IMAP server's name")
    port: Port = Field(default=993, description='the IMAP server\'s port; 143 unless tls = "tls"')
    tls: Tls = Field(default=Tls.TLS, description='"tls", "starttls", or "none" (this machine only)')
    username: str = Field(default="", description="the account's name; the address, unless given")
    folder: str = Field(default="INBOX", min_length=1, description="the folder to read")
    aliases: Addresses = Field(default=(), description="other addresses that arrive here, e.g. reply@ and note@")
    after: After = Field(
        default=After.MOVE, description='"move" (to Processed or Quarantine) or "keyword" ($Ticketbot; nothing moves)'
    )
    start: Start = Field(
        default="now", description='which mail counts at the first start: "now" (later mail only), "all", or a date'
    )
    channel: MailboxChannel = Field(
        default=MailboxChannel.NORMAL, description='"normal", "urgent", "alerts" or "receipts"'
    )
    authserv_id: str | None = Field(
        default=None, description="the name under which our own mail server writes Authentication-Results"
    )
    max_size: Size = Field(default=50_000_000, description="of a larger mail only its headers are taken, with a notice")
    poll_every: Duration = Field(default=timedelta(minutes=1), description="how often to look, should IDLE be silent")
    census_every: Duration = Field(
        default=timedelta(minutes=15), description="how often the whole folder is compared with the ledger"
    )

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        port = 993 if data.get("tls", "tls") == "tls" else 143
        return {"port": port, **({"username": data["address"]} if "address" in data else {}), **data}

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        if self.password is None:
            raise ValueError("has no password: set password_file to a file that holds it")
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every address whose mail arrives here."""
        return (self.address, *self.aliases)


class RelaySettings(ServerSettings):
    """[relay]: the SMTP server that takes our letters."""

    host: str = Field(default="", description="the SMTP server's name")
    port: Port = Field(default=587, description='the SMTP server\'s port; 465 with tls = "tls", 25 with "none"')
    tls: Tls = Field(default=Tls.STARTTLS, description='"starttls", "tls", or "none" (this machine only)')
    receipts: str | None = Field(
        default=None, description='the mailbox (channel = "receipts") that gets a copy of every letter'
    )
    unknown_after: Duration = Field(
        default=timedelta(minutes=10), description="a letter whose fate is unknown goes again after this, byte for byte"
    )
    ack_cap: int = Field(default=600, ge=0, description="acknowledgements an hour, for the whole desk")

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        tls = data.get("tls", "tls" if str(data.get("port")) == "465" else "starttls")
        return {"tls": tls, "port": {"tls": 465, "none": 25}.get(str(tls), 587), **data}

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        if self.username and self.password is None:
            raise ValueError("has a username and no password: set password_file to a file that holds it")
        if self.password is not None and not self.username:
            raise ValueError("has a password and no username: add username")
        return self


class ReadingSettings(Section):
    """[reading]: the child processes in which mails are read."""

    children: int = Field(
        default=0, ge=0, le=256, description="how many mails are read at a time when many wait; 0: one for each core"
    )


class SecuritySettings(Section):
    """[security]: our own keys."""

    key_file: Path = Field(
        default=Path("ticketbot.key"),
        description="the keys that sign reply addresses; beside the SQLite file, with PostgreSQL beside this file",
    )


class WebSettings(Section):
    """[web]: the command centre's page."""

    listen: str = Field(default="127.0.0.1:8080", description="HOST:PORT of the page")

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:  # noqa: PLR2004 - ports end there
            raise ValueError('must be HOST:PORT such as "127.0.0.1:8080"')
        return value

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Return where to listen, taken apart."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class LogSettings(Section):
    """[log]: what goes to stderr."""

    level: LogLevel = Field(default=LogLevel.INFO, description='"debug", "info", "warning" or "error"')
    format: LogFormat = Field(
        default=LogFormat.AUTO, description='"auto" (console on a terminal, else JSON), "console", "json" or "logfmt"'
    )


class Settings(Section):
    """Everything that can be set in ticketbot.toml."""

    database: DatabaseSettings = Field(default=DatabaseSettings(), description="where everything is kept")
    mailboxes: dict[str, MailboxSettings] = Field(default={}, description="the mailboxes that are read, by name")
    relay: RelaySettings = Field(
        default_factory=lambda: RelaySettings.model_validate({}), description="the SMTP server that takes our letters"
    )
    reading: ReadingSettings = Field(default=ReadingSettings(), description="how mails are read")
    security: SecuritySettings = Field(default=SecuritySettings(), description="our own keys")
    web: WebSettings = Field(default=WebSettings(), description="the command centre's page")
    log: LogSettings = Field(default=LogSettings(), description="what goes to stderr")

    @field_validator("mailboxes")
    @classmethod
    def _one_mailbox_for_each_address(cls, mailboxes: dict[str, MailboxSettings]) -> dict[str, MailboxSettings]:
        seen: dict[str, str] = {}
        for name, mailbox in mailboxes.items():
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", name):
                raise ValueError(f'has the name "{name}"; use lower-case letters, digits, - and _ (32 at most)')
            for address in mailbox.addresses:
                if (other := seen.setdefault(address.lower(), name)) != name:
                    raise ValueError(f"has {address} in {other} and in {name}; give each address to one mailbox")
        return mailboxes

    @model_validator(mode="after")
    def _receipts_exist(self) -> Self:
        name = self.relay.receipts
        if name is not None and (name not in self.mailboxes or self.mailboxes[name].channel != MailboxChannel.RECEIPTS):
            raise ValueError(f'relay.receipts = "{name}" needs a [mailboxes.{name}] with channel = "receipts"')
        return self

    def demand_service(self) -> None:
        """Insist on what `run` cannot do without: a mailbox to read and a relay to send by."""
        if all(mailbox.channel == MailboxChannel.RECEIPTS for mailbox in self.mailboxes.values()):
            raise ConfigurationError(
                "no mailbox is set: add [mailboxes.support] to ticketbot.toml or run ticketbot init"
            )
        if not self.relay.host:
            raise ConfigurationError("no relay is set: add [relay] to ticketbot.toml or run ticketbot init")
