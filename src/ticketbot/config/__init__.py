"""How ticketbot runs: one frozen `Settings`, read once from flags, environment, secret files and ticketbot.toml."""

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
    Tls,
    WebSettings,
    is_loopback,
)

__all__ = [
    "After", "DatabaseSettings", "LogFormat", "LogLevel", "LogSettings", "MailboxChannel", "MailboxSettings",
    "RelaySettings", "SecuritySettings", "ServerSettings", "Settings", "Tls", "WebSettings", "is_loopback",
]  # fmt: skip
