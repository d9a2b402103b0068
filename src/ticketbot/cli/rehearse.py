"""`ticketbot rehearse`: play dated mails against a plan, a client's hundred days in seconds."""

from pathlib import Path

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options, as_json, print_json, printable


@click.command(cls=Verb)
@click.argument("story", type=click.Path(path_type=Path))
@click.option("--desk", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The desk file to try.")
@click.option(
    "--until", metavar="INSTANT", help="End there instead of where the story does, e.g. 2027-03-13T00:00:00Z."
)
@as_json
@Options.shared
def rehearse(*, story: Path, desk: Path, until: str | None, as_json: bool) -> None:
    """Play the dated mails of STORY through the real pipeline and timetable on a simulated clock.

    It shows what each mail became, which letters went when, phases and gates, and at the end which promises were kept
    and missed: how a plan works out before a client lives it. Nothing is connected to and nothing is kept. What of the
    story cannot be played is warned of on stderr.

    Examples:
      ticketbot rehearse story.json --desk desk.toml
      ticketbot rehearse story.json --desk desk.toml --until 2027-06-10T00:00:00Z --json
    """
    from ticketbot.cli.rehearsal import Page, warnings
    from ticketbot.deskfile import read_desk
    from ticketbot.domain.errors import ConfigurationError, UsageError
    from ticketbot.log import configure
    from ticketbot.sandbox.rehearse import rehearse as play
    from ticketbot.sandbox.story import read_instant, read_story

    options = click.get_current_context().ensure_object(Options)
    configure(level="debug" if options.debug else "error")
    try:
        ends_at = read_instant(until, where="--until") if until is not None else None
    except ConfigurationError as error:
        raise UsageError(str(error)) from error
    plan = read_desk(desk)
    told = play(read_story(story), plan, until=ends_at)
    if as_json:
        for line in told:
            print_json(line)
    else:
        for text in Page(desk=plan.desk).lines(told):
            click.echo(printable(text))
    for each in warnings(told):
        click.echo(f"warning: {printable(each)}", err=True)
