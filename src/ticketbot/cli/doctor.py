"""`ticketbot doctor`: numbered checks, each with its fix."""

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options, as_json, print_json, settings

_MARKS = {"ok": "ok", "warning": "!!", "failed": "NO"}


@click.command(cls=Verb)
@as_json
@Options.shared
def doctor(*, as_json: bool) -> None:
    """Check everything that ticketbot depends on: Python, database, mailboxes, relay, desk; each with the fix.

    Ends with 0 when nothing failed; warnings do not count.

    Examples:
      ticketbot doctor
      ticketbot doctor --json
    """
    from ticketbot.app import account_of, identity_of, relay_of
    from ticketbot.clock import SystemClock
    from ticketbot.doctor import Patient, Verdict, examine
    from ticketbot.store.database import Store

    found = settings()
    identity = identity_of(found)
    patient = Patient(
        settings=found,
        store=Store(found.database.url),
        accounts={name: account_of(mailbox) for name, mailbox in found.mailboxes.items()},
        relay=relay_of(found, identity),
        sender=identity.address,
    )
    code = 0
    try:
        for number, each in enumerate(examine(patient, now=SystemClock().now()), start=1):
            if each.verdict is Verdict.FAILED:
                code = code or each.exit_code
            if as_json:
                facts = {"check": each.name, "verdict": each.verdict, "found": each.found, "fix": each.fix or None}
                print_json({"number": number, **facts})
                continue
            click.echo(f"{number:2}. {_MARKS[each.verdict]}  {each.name}: {each.found}")
            if each.fix:
                click.echo(f"        {each.fix}")
    finally:
        patient.store.close()
    click.get_current_context().exit(code)
