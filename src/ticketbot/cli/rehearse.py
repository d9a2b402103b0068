"""`ticketbot rehearse`: play dated mails against a plan, a client's hundred days in seconds."""

from pathlib import Path
from typing import Any

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options, as_json, print_json


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

    It shows what each mail became, which letters went when, which promises were missed, phases and gates: how a plan
    works out before a client lives it. Nothing is connected to and nothing is kept.

    Examples:
      ticketbot rehearse story.json --desk desk.toml
      ticketbot rehearse story.json --desk desk.toml --until 2027-06-10T00:00:00Z --json
    """
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
    for line in play(read_story(story), read_desk(desk), until=ends_at):
        if as_json:
            print_json(line)
        else:
            click.echo(_sentence(line))


def _sentence(line: dict[str, Any]) -> str:
    """Return a line for people."""
    at = line["at"].replace("T", " ")
    about = line.get("ticket") or line.get("launch") or ""
    match line["type"]:
        case "event":
            stands = " ".join(str(line[name]) for name in ("priority", "state", "phase") if name in line)
            letters = f" → {', '.join(line['letters'])}" if line["letters"] else ""
            return f"{at}  {line['id']} {about} {line.get('error') or stands}{letters}"
        case "phase":
            raised = ", ".join(
                f"{each['ticket']} {each['priority_from']} → {each['priority_to']}" for each in line["open_tickets"]
            )
            return f"{at}  {about} enters {line['to']}{f' ({raised})' if raised else ''}"
        case "letter":
            which = f" {line['clock']} {line['pct']} %" if "clock" in line else ""
            return f"{at}    {line['code']} {about}{which} to {', '.join(line['to'])}"
        case "gate":
            return f"{at}  {about} gate: {line.get('decision')} (score {line.get('score')})"
        case "digest":
            return f"{at}  digest: received {line['received']}, resolved {line['resolved']}, open {line['open_at_end']}"
        case _:
            stands = ", ".join(f"{label} {each['state']}" for label, each in line["tickets"].items())
            return f"{at}  the end: {stands or 'no tickets'}"
