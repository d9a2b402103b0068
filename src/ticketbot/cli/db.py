"""`ticketbot db`: upgrade, current, backup, restore."""

from pathlib import Path

import click

from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, as_json, open_store, print_json, settings


@click.group(cls=Noun)
def db() -> None:
    """Upgrade, back up and restore the database; the same on SQLite and PostgreSQL.

    Examples:
      ticketbot db upgrade
      ticketbot db backup /backups/desk.ticketbot
      ticketbot db restore /backups/desk.ticketbot
    """


@db.command()
@as_json
@Options.shared
def upgrade(*, as_json: bool) -> None:
    """Bring the database's schema up to date; a SQLite file is copied first.

    Example:
      ticketbot db upgrade
    """
    from ticketbot.clock import SystemClock
    from ticketbot.store.backup import upgrade_with_copy
    from ticketbot.store.lock import alone_on

    file = settings().database.sqlite_file
    with alone_on(file), open_store(current=False) as store:
        before, after, copy = upgrade_with_copy(store, file=file, now=SystemClock().now())
    if as_json:
        print_json({"before": before, "after": after, "copy": str(copy) if copy else None})
    elif before == after:
        click.echo(f"the database is up to date (schema {after})")
    else:
        click.echo(f"the database is now at schema {after}, it was {'empty' if before is None else f'at {before}'}")
        if copy:
            click.echo(f"a copy of what it was is in {copy}")


@db.command()
@as_json
@Options.shared
def current(*, as_json: bool) -> None:
    """Print the database's schema and whether it is this program's.

    Examples:
      ticketbot db current
      ticketbot db current --json
    """
    from ticketbot.store.schema import head

    with open_store(current=False) as store:
        found, newest = store.revision(), head()
        if found not in (None, newest):
            store.require_current()
    if as_json:
        print_json({"revision": found, "newest": newest, "is_current": found == newest})
    elif found == newest:
        click.echo(f"schema {found}, up to date")
    else:
        click.echo("the database is empty: run `ticketbot db upgrade`")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
@Options.shared
def backup(file: Path, *, as_json: bool) -> None:
    """Copy the database and the signing keys to FILE, also while the service runs.

    FILE is for this user only (mode 0600): it holds every mail. PostgreSQL needs pg_dump.

    Example:
      ticketbot db backup /backups/desk-monday.ticketbot
    """
    from ticketbot.clock import SystemClock
    from ticketbot.store.backup import back_up

    found = settings()
    with open_store(current=False) as store:
        manifest = back_up(store, file, key_file=found.security.key_file, now=SystemClock().now())
    if as_json:
        print_json(
            {"file": str(file), "kind": manifest.kind, "revision": manifest.revision, "made_at": manifest.made_at}
        )
    else:
        click.echo(f"{file}: database ({manifest.kind}, schema {manifest.revision}) and signing keys, {_size(file)}")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
@Options.shared
def restore(file: Path, *, as_json: bool) -> None:
    """Put the desk of FILE in place of the present one, which is kept aside.

    Stop the service first. PostgreSQL needs pg_restore.

    Example:
      ticketbot db restore /backups/desk-monday.ticketbot
    """
    from ticketbot.clock import SystemClock
    from ticketbot.store.backup import restore as put_back
    from ticketbot.store.lock import alone_on

    found = settings()
    with alone_on(found.database.sqlite_file):
        manifest, aside = put_back(found.database.url, file, key_file=found.security.key_file, now=SystemClock().now())
    if as_json:
        print_json({"made_at": manifest.made_at, "revision": manifest.revision, "aside": [str(each) for each in aside]})
        return
    click.echo(f"restored the desk of {manifest.made_at} (schema {manifest.revision})")
    for each in aside:
        click.echo(f"what was there before is in {each}")
    click.echo("next: `ticketbot db upgrade`, then `ticketbot run`; mails since then are still in the mailbox")


def _size(file: Path) -> str:
    size = float(file.stat().st_size)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004 - units go by thousands
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
