"""`ticketbot config`: example, show, check."""

import click

from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, as_json, effective, print_json, print_table


@click.group(cls=Noun)
def config() -> None:
    """Show, explain and check the settings (ticketbot.toml).

    Examples:
      ticketbot config example > ticketbot.toml
      ticketbot config check
      ticketbot config show --json
    """


@config.command()
def example() -> None:
    """Print a commented ticketbot.toml with every setting.

    Example:
      ticketbot config example > ticketbot.toml
    """
    from ticketbot.config.show import example as text

    click.echo(text(), nl=False)


@config.command()
@as_json
@Options.shared
def show(*, as_json: bool) -> None:
    """Print every setting in force and where it comes from; secrets are masked.

    Examples:
      ticketbot config show
      TICKETBOT_RELAY__HOST=mx.example ticketbot config show --json
    """
    from ticketbot.config.show import settings_shown

    shown = settings_shown(effective())
    if as_json:
        for each in shown:
            print_json({"name": each.name, "value": each.value, "source": each.source})
        return
    print_table(("setting", "value", "source"), ((s.name, s.value, s.source) for s in shown), empty="no settings")


@config.command()
@Options.shared
def check() -> None:
    """Check the settings; every fault is named with its line and a remedy.

    The servers are not asked: that does `ticketbot doctor`.

    Example:
      ticketbot config check --config /etc/ticketbot/ticketbot.toml
    """
    found = effective()
    click.echo(f"{found.file or 'the settings without a file'}: everything is in order")
    if not found.settings.mailboxes or not found.settings.relay.host:
        click.echo("note: `ticketbot run` will need a mailbox and a relay; `ticketbot init` asks for both")
