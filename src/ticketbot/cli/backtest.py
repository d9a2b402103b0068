"""`ticketbot backtest`: which past promises would have been kept under another policy."""

from datetime import timedelta
from pathlib import Path

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options, as_json, open_store, print_json

LONGEST = timedelta(days=36500)


@click.command(cls=Verb)
@click.option("--policy", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The desk file to try.")
@click.option("--since", default="90d", show_default=True, metavar="SPAN", help="How far back, e.g. 30d or 12 weeks.")
@as_json
@Options.shared
def backtest(*, policy: Path, since: str, as_json: bool) -> None:
    """Play past tickets again under the promises of another desk file: which would have been kept, which missed.

    What happened stays: when mails came and answers went, priorities and phases. Only targets and opening hours are
    FILE's. Each promise that would have gone otherwise is told with its reason, above them the sums. Nothing is
    written. With the file in force it says what was.

    Examples:
      ticketbot backtest --policy stricter.toml
      ticketbot backtest --policy stricter.toml --since 30d --json
    """
    from ticketbot.clock import SystemClock
    from ticketbot.desk.backtest import Backtest
    from ticketbot.deskfile import desk_of, policy_of, read_desk
    from ticketbot.domain.errors import ConfigurationError
    from ticketbot.reports.backtest import backtest_json, backtest_text

    span = _span(since)
    other = read_desk(policy)
    now = SystemClock().now()
    with open_store() as store, store.look() as work:
        version = work.desk.policy()
        if version is None:
            raise ConfigurationError("no desk file was applied yet; run `ticketbot desk apply desk.toml`")
        present = desk_of(version.document)
        played = Backtest(work=work, policy=policy_of(present), other=other.policy, now=now)
        judged = played.judge(since=now - span)
    if as_json:
        for line in backtest_json(judged, zone=present.zone):
            print_json(line)
        return
    for text in backtest_text(judged, zone=present.zone):
        click.echo(text)


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
