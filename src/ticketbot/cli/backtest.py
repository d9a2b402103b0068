"""`ticketbot backtest`: which past promises would have been kept under another policy."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options, as_json, open_store, print_json
from ticketbot.cli.report import parse_instant

if TYPE_CHECKING:
    from ticketbot.deskfile import DeskFile

LONGEST = timedelta(days=36500)


@click.command(cls=Verb)
@click.option("--policy", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The desk file to try.")
@click.option("--since", default="90d", show_default=True, metavar="SPAN", help="How far back, e.g. 30d or 12 weeks.")
@click.option("--until", metavar="INSTANT", help="Only tickets received before, e.g. 2027-03-30T10:00:00Z.")
@as_json
@Options.shared
def backtest(*, policy: Path, since: str, until: str | None, as_json: bool) -> None:
    """Play past tickets again under the promises of another desk file: which would have been kept, which missed.

    What happened stays: when mails came and answers went, priorities and phases. Only targets, opening hours and
    holidays are FILE's. Each promise that would have gone otherwise is told with its reason, above them the sums.
    Nothing is written. With the file in force it says what was; a promise that an earlier version of the desk made
    is named so where it differs.

    Examples:
      ticketbot backtest --policy stricter.toml
      ticketbot backtest --policy stricter.toml --since 30d --json
    """
    from ticketbot.clock import SystemClock
    from ticketbot.desk.backtest import Backtest
    from ticketbot.deskfile import desk_of, policy_of
    from ticketbot.domain.errors import ConfigurationError
    from ticketbot.reports.backtest import backtest_json, backtest_text

    span = _span(since)
    other = _whole_desk(policy)
    now = SystemClock().now()
    end = min(parse_instant(until), now) if until else now
    with open_store() as store, store.look() as work:
        version = work.desk.policy()
        if version is None:
            raise ConfigurationError("no desk file was applied yet; run `ticketbot desk apply desk.toml`")
        present = desk_of(version.document)
        played = Backtest(
            work=work,
            policy=policy_of(present),
            other=other.policy,
            now=now,
            desk=other.desk,
            in_force_since=version.applied_at,
        )
        judged = played.judge(since=end - span, until=end)
    if as_json:
        for line in backtest_json(judged, zone=present.zone):
            print_json(line)
        return
    for text in backtest_text(judged, zone=present.zone):
        click.echo(text)


def _whole_desk(path: Path) -> "DeskFile":
    """Return the desk file to try; one with promises only is told how it becomes whole."""
    from ticketbot.deskfile import read_desk
    from ticketbot.tomlfile import Misconfigured, Problem, read_document

    if not {"desk", "staff"} & read_document(path).data.keys():
        what = "holds no desk; a whole desk file is needed: `ticketbot desk show > new.toml` writes the one in force"
        raise Misconfigured([Problem(where=path.name, what=f"{what}, then change its targets")])
    return read_desk(path)


def _span(text: str) -> timedelta:
    """Return a span that was typed."""
    from ticketbot.domain.errors import UsageError
    from ticketbot.tomlfile import parse_duration

    try:
        found = parse_duration(text)
    except ValueError:
        found = timedelta()
    if not timedelta() < found <= LONGEST:
        raise UsageError(f"--since {text!r} is no span; write it like 90d")
    return found
