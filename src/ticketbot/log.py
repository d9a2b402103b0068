"""Log lines on stderr: a sentence for people, fields for machines, never a secret.

Every room logs through the standard library with `extra={"action": Action.…}`; `configure` decides how lines look.
"""

import json
import logging
import sys
from collections.abc import Iterable, MutableMapping
from enum import StrEnum
from typing import Any, TextIO

from typing_extensions import override

_QUIET = ("imapclient", "apscheduler", "alembic", "sqlalchemy", "mailparser", "asyncio")
_MASK = "********"
_SECRET_FIELDS = ("password", "secret", "token", "authorization", "api_key")


class Action(StrEnum):
    """What a log line is about. A line without one is a foreign library's."""

    STARTED = "started"
    STOPPED = "stopped"
    READY = "ready"
    SETTINGS_READ = "settings_read"
    DESK_APPLIED = "desk_applied"
    DATABASE_UPGRADED = "database_upgraded"
    NO_DESK = "no_desk"
    DATABASE_UNAVAILABLE = "database_unavailable"
    MAILBOX_OPENED = "mailbox_opened"
    MAILBOX_LOST = "mailbox_lost"
    MAILBOX_REFUSED = "mailbox_refused"
    MAILBOX_REBUILT = "mailbox_rebuilt"
    MAIL_STORED = "mail_stored"
    MAIL_DONE = "mail_done"
    MAIL_IGNORED = "mail_ignored"
    MAIL_HELD = "mail_held"
    MAIL_FAILED = "mail_failed"
    MAIL_QUARANTINED = "mail_quarantined"
    MAIL_ACKNOWLEDGED = "mail_acknowledged"
    READER_DIED = "reader_died"
    LETTER_QUEUED = "letter_queued"
    LETTER_SENT = "letter_sent"
    LETTER_DEFERRED = "letter_deferred"
    LETTER_FAILED = "letter_failed"
    LETTER_UNKNOWN = "letter_unknown"
    LETTERS_TAKEN_BACK = "letters_taken_back"
    RELAY_LOST = "relay_lost"
    REMINDED = "reminded"
    ROUND_WRITTEN = "round_written"
    INCIDENT_BEGAN = "incident_began"
    INCIDENT_ENDED = "incident_ended"
    SECURITY_EVENT = "security_event"
    JOB_FAILED = "job_failed"
    LOOP_WAITS = "loop_waits"
    LOOP_FAILED = "loop_failed"


def configure(
    *, level: str = "info", look: str = "auto", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send every log line to stderr; *secrets* are masked wherever they would appear.

    *look* is console, json or logfmt; auto is console on a terminal, else json.
    """
    stream = stream or sys.stderr
    if look == "auto":
        look = "console" if stream.isatty() else "json"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Masking(_formatter(look, colours=stream.isatty()), secrets=secrets))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _formatter(look: str, *, colours: bool) -> logging.Formatter:
    import structlog  # noqa: PLC0415 - commands that log nothing start without it

    renderer: Any
    match look:
        case "json":
            renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
        case "logfmt":
            renderer = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], sort_keys=True)
        case _:
            renderer = structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
    shared: list[Any] = [
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_fields,
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if look != "console":
        last += [structlog.processors.format_exc_info]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, renderer])


def _hide_fields(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask fields whose very name says that they are secret."""
    for name in fields:
        if any(word in name.lower() for word in _SECRET_FIELDS):
            fields[name] = _MASK
    return fields


class _Masking(logging.Formatter):
    """Formats as another formatter does, and takes out every secret, tracebacks included."""

    def __init__(self, inner: logging.Formatter, *, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        plain = {secret for secret in secrets if secret}
        quoted = {json.dumps(secret, ensure_ascii=False)[1:-1] for secret in plain}
        self._secrets = sorted(plain | quoted, key=len, reverse=True)

    @override
    def format(self, record: logging.LogRecord) -> str:
        text = self._inner.format(record)
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text
