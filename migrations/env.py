"""How Alembic runs here: on the connection that the program hands in, or on TICKETBOT_DATABASE__URL for developers."""

import os
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from ticketbot.store.columns import CleanText
from ticketbot.store.database import open_store
from ticketbot.store.models import Base, UtcDateTime


def render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as plain ones, so that a migration never imports the application."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, CleanText):
        return "sa.Text()"
    return False


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    store = open_store(os.environ.get("TICKETBOT_DATABASE__URL", "sqlite:///ticketbot.db"))
    with store.engine.connect() as own, own.begin():
        run(own)
    store.close()
