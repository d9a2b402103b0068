"""What happens before the service serves: its database has this program's schema."""

import logging

from ticketbot.app import App
from ticketbot.log import Action
from ticketbot.store.backup import upgrade_with_copy
from ticketbot.store.lock import alone_on

log = logging.getLogger(__name__)


def prepare(app: App) -> None:
    """Bring the schema up to date, after a copy of a SQLite file, or insist that it is.

    Raises DatabaseTooNew, or ConfigurationError where `auto_migrate` is off and an upgrade is needed.
    """
    if not app.settings.database.auto_migrate:
        app.store.require_current()
        return
    file = app.settings.database.sqlite_file
    with alone_on(file):
        before, after, copy = upgrade_with_copy(app.store, file=file, now=app.clock.now())
    with app.store.look() as work:
        if work.desk.policy() is None:
            log.warning(
                "no desk is in force: all mail goes to triage and nobody is told; run `ticketbot desk apply desk.toml`",
                extra={"action": Action.NO_DESK},
            )
    if before != after:
        detail = {"before": before, "after": after, "copy": str(copy) if copy else None}
        log.info("the database is now at schema %s", after, extra={"action": Action.DATABASE_UPGRADED, **detail})
