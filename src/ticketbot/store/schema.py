"""The schema's revisions: which one a database has, which ones this program knows, and how one becomes another.

Alembic is loaded only where something is to be changed: it takes a tenth of a second, and every start asks.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from ticketbot.domain.errors import ConfigurationError, DatabaseTooNew
from ticketbot.resources import shipped

if TYPE_CHECKING:
    from alembic.config import Config

_NAMED = re.compile(r"""^(down_revision|revision)\b[^=\n]*=[ ]*(?:["']([\w-]+)["']|None)""", re.MULTILINE)


@cache
def _parents() -> dict[str, str | None]:
    """Return every revision that this program knows, with the one before it."""
    found: dict[str, str | None] = {}
    for file in sorted((shipped("migrations") / "versions").glob("*.py")):
        names = {name: value or None for name, value in _NAMED.findall(file.read_text(encoding="utf-8"))}
        if revision := names.get("revision"):
            found[revision] = names.get("down_revision")
    return found


def known() -> frozenset[str]:
    """Return every revision that this program knows."""
    return frozenset(_parents())


def head() -> str:
    """Return the newest revision that this program knows."""
    newest = known() - set(_parents().values())
    if not newest:
        raise ConfigurationError("this installation holds no migrations; please install ticketbot again")
    return max(newest)


def revision_of(connection: Connection) -> str | None:
    """Return the revision that a database has, None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def refuse_newer(found: str | None) -> None:
    """Raise DatabaseTooNew for a revision that this program does not know."""
    if found is not None and found not in known():
        raise DatabaseTooNew(
            f"the database has schema {found}, which a newer ticketbot made; "
            "run that version, or restore a backup with `ticketbot db restore`"
        )


def bring_up_to_date(connection: Connection) -> None:
    """Run every migration that this database has not seen."""
    from alembic import command  # noqa: PLC0415 - see above

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection | None) -> "Config":
    """Return the settings by which Alembic finds our migrations, bound to *connection*."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
