"""`ticketbot healthcheck`: 0 if the running service is well."""

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options, as_json, open_store, print_json, settings


@click.command(cls=Verb)
@as_json
@Options.shared
def healthcheck(*, as_json: bool) -> None:
    """Tell whether the running service is well: it runs, polls, understands and sends in time.

    Ends with 0 if it is, else with 1 and one line for each trouble. It asks the database, not the service.

    Examples:
      ticketbot healthcheck
      ticketbot healthcheck --json
    """
    from ticketbot.clock import SystemClock
    from ticketbot.reports.health import health_of
    from ticketbot.store.lock import is_locked

    found = settings()
    file = found.database.sqlite_file
    problems = [] if file is None or is_locked(file) else ["the service does not run"]
    with open_store() as store, store.look() as work:
        problems += health_of(work, mailboxes=found.mailboxes, now=SystemClock().now()).problems
    if as_json:
        print_json({"is_well": not problems, "problems": problems})
    elif not problems:
        click.echo("the service is well")
    for problem in problems if not as_json else ():
        click.echo(problem, err=True)
    click.get_current_context().exit(1 if problems else 0)
