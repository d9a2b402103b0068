"""How ticketbot runs: one frozen `Settings`, read once from flags, environment, secret files and ticketbot.toml."""

from ticketbot.config.keys import load_keyring
from ticketbot.config.model import (
    After,
    DatabaseSettings,
    LogFormat,
    LogLevel,
    LogSettings,
    MailboxChannel,
    MailboxSettings,
    RelaySettings,
    SecuritySettings,
    ServerSettings,
    Settings,
    WebSettings,
)
from ticketbot.config.sources import Effective, find_file, load_effective, load_settings

__all__ = [
    "After", "DatabaseSettings", "Effective", "LogFormat", "LogLevel", "LogSettings", "MailboxChannel",
    "MailboxSettings", "RelaySettings", "SecuritySettings", "ServerSettings", "Settings", "WebSettings",
    "find_file", "load_effective", "load_keyring", "load_settings",
]  # fmt: skip
