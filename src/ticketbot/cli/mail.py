"""`ticketbot mail`: parse, import, list, show, why, replay, release, drop."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options, as_json, open_store, print_json, print_table, settings

STATES = ("received", "done", "triage", "held", "quarantined", "dropped", "erased")
SET_ASIDE = ("triage", "held", "quarantined")

paths = click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
ids = click.argument("ids", metavar="ID…", nargs=-1, required=True, type=int)


@click.group(cls=Noun)
def mail() -> None:
    """Look at received mails, understand or import files, repeat what went wrong.

    Examples:
      ticketbot mail parse ~/Maildir --json
      ticketbot mail list --state quarantined
      ticketbot mail why 17
      ticketbot mail release 17
    """


@mail.command()
@paths
@as_json
@Options.shared
def parse(paths: Sequence[Path], *, as_json: bool) -> None:
    """Understand mails without a database: .eml, mbox, Maildir or a folder of mails; - is standard input.

    What cannot be read has a line with its error. Exit 1 only where none of the paths names anything.

    Examples:
      ticketbot mail parse letter.eml
      cat letter.eml | ticketbot mail parse -
      ticketbot mail parse ~/Maildir --json | jq .kind
    """
    from ticketbot.cli.files import understood
    from ticketbot.cli.shown import block, noted

    described = understood(paths)
    if as_json:
        for facts in described:
            print_json(facts)
        return
    found = list(described)
    if len(found) == 1:
        for line in block(found[0]):
            click.echo(line)
        return
    columns = ("file", "kind", "from_address", "subject", "thread", "error")
    rows = [(*(facts[name] for name in columns), noted(facts)) for facts in found]
    print_table((*columns, "notes"), rows, empty="no mail there")
    if found and sys.stdout.isatty():
        click.echo("A mail by itself is shown whole; --json prints all there is of each.", err=True)


@mail.command(name="import")
@paths
@click.option("--mailbox", metavar="NAME", help="The mailbox of ticketbot.toml that they count as coming from.")
@click.option("--answer", is_flag=True, help="Acknowledge and notify as if they had just arrived.")
@Options.shared
def import_(paths: Sequence[Path], *, mailbox: str | None, answer: bool) -> None:
    """Take mails from files into the same pipeline: .eml, mbox, Maildir or a folder of mails.

    Nobody is answered unless --answer is given. It is safe to repeat: a mail that is known is left alone.
    What cannot be read is named on stderr and counted; the rest is taken in.

    Examples:
      ticketbot mail import old-inbox.mbox
      ticketbot mail import today/ --mailbox support --answer
    """
    from ticketbot.cli.files import take_in

    taken = take_in(settings(), paths, mailbox=mailbox, is_answered=answer)
    unread = f", {taken.unread} could not be read" if taken.unread else ""
    click.echo(f"{taken.new} new mails, {taken.known} known before{unread}")
    if taken.is_left_to_service:
        click.echo("the running service takes them up")
    else:
        told = ", ".join(f"{number} {state}" for state, number in sorted(taken.states.items()))
        click.echo(f"understood: {told or 'nothing'}")


@mail.command(name="list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states; may be repeated.")
@click.option("--limit", default=100, show_default=True, help="At most so many, the newest.")
@as_json
@Options.shared
def list_(*, states: Sequence[str], limit: int, as_json: bool) -> None:
    """List received mails, newest first.

    Examples:
      ticketbot mail list --state quarantined --state triage
      ticketbot mail list --json
    """
    from ticketbot.cli.facts import mail_facts

    with open_store() as store, store.look() as work:
        found = [mail_facts(work, each) for each in work.inbox.listed(states or None, limit=limit)]
    if as_json:
        for facts in found:
            print_json(facts)
        return
    columns = ("id", "received_at", "state", "outcome", "ticket", "from", "subject", "reason")
    print_table(columns, (tuple(facts[name] for name in columns) for facts in found), empty="no mail in that state")


@mail.command()
@click.argument("mail_id", metavar="ID", type=int)
@click.option("--raw", is_flag=True, help="Print the bytes as they came.")
@as_json
@Options.shared
def show(mail_id: int, *, raw: bool, as_json: bool) -> None:
    """Show one received mail.

    Examples:
      ticketbot mail show 17
      ticketbot mail show 17 --raw > mail.eml
    """
    from ticketbot.cli.facts import mail_facts, read_facts
    from ticketbot.cli.files import read_one
    from ticketbot.cli.shown import attachment_line, shortened, told_as

    with open_store() as store, store.look() as work:
        row = work.inbox.mail(mail_id)
        facts, data = mail_facts(work, row), work.inbox.raw(row.sha256)
    if raw:
        sys.stdout.buffer.write(data)
        return
    message = read_one(data)
    if as_json:
        print_json(facts | read_facts(message) | {"text": message.text, "visible_reply": message.new_text})
        return
    for name, value in (facts | read_facts(message)).items():
        for each in value if isinstance(value, list) else [value]:
            told = attachment_line(each) if isinstance(each, dict) else each
            click.echo(f"{name + ':':14}{told_as(told)}")
    click.echo(f"\n{message.text or '(no text)'}")
    if message.new_text.strip() not in ("", message.text.strip()):
        click.echo(f"\n--- of this, the sender newly wrote ---\n{shortened(message.new_text)}")


@mail.command()
@click.argument("mail_id", metavar="ID", type=int)
@as_json
@Options.shared
def why(mail_id: int, *, as_json: bool) -> None:
    """Tell why a mail became what it is: every rule asked, what it said, what followed.

    Examples:
      ticketbot mail why 17
      ticketbot mail why 17 --json
    """
    from ticketbot.cli.facts import mail_facts
    from ticketbot.cli.files import read_one
    from ticketbot.cli.shown import reading, trace_lines
    from ticketbot.domain.errors import NotFound

    with open_store() as store, store.look() as work:
        row = work.inbox.mail(mail_id)
        facts = mail_facts(work, row)
        trace = [dict(step) for step in row.trace]
        try:
            steps = reading(read_one(work.inbox.raw(row.sha256)))
        except NotFound as erased:
            steps = [{"step": "reading", "rule": "erased", "ticket": None, "said": str(erased)}]
    if as_json:
        print_json(facts | {"trace": [*steps, *trace]})
        return
    click.echo(f"mail {mail_id} from {facts['from'] or 'nobody'}: {facts['subject'] or '(no subject)'}")
    if not trace:
        click.echo(f"not understood yet (state {facts['state']}, attempts {facts['attempts']})")
    for line in trace_lines([*steps, *trace]):
        click.echo(line)
    became = f" {facts['ticket']}" if facts["ticket"] else ""
    click.echo(f"so it became: {facts['outcome'] or facts['state']}{became} ({facts['reason'] or 'no reason noted'})")


@mail.command()
@ids
@Options.shared
def replay(ids: Sequence[int]) -> None:
    """Understand mails anew, from the beginning, whatever became of them; no ticket or letter is doubled.

    Example:
      ticketbot mail replay 17 18
    """
    _take_up(ids, states=None)


@mail.command()
@ids
@Options.shared
def release(ids: Sequence[int]) -> None:
    """Take mails up that were set aside: quarantined, held or in triage.

    You vouch for them: a staff member's mail that our server refused acts as theirs, so read it before.

    Examples:
      ticketbot mail release 17
    """
    _take_up(ids, states=SET_ASIDE, is_vouched=True)


@mail.command()
@ids
@click.option("--reason", default="dropped by hand", show_default=True, help="Why; kept with the mail.")
@Options.shared
def drop(ids: Sequence[int], *, reason: str) -> None:
    """Close mails that were set aside, for good; their bytes are kept.

    Example:
      ticketbot mail drop 17 --reason "advertising"
    """
    from ticketbot.clock import SystemClock
    from ticketbot.domain.errors import Conflict
    from ticketbot.store.models import MailState

    with open_store() as store, store.work() as work:
        for mail_id in ids:
            row = work.inbox.mail(mail_id)
            if row.state not in SET_ASIDE:
                raise Conflict(f"mail {mail_id} is {row.state}; only mails that were set aside can be dropped")
            now = SystemClock().now()
            work.inbox.close(row, state=MailState.DROPPED, outcome="reject", reason=reason, now=now)
            work.tickets.note("mail_dropped", at=now, actor="command line", detail={"reason": reason}, cause=row.sha256)
    click.echo(f"dropped: {', '.join(map(str, ids))}")


def _take_up(ids: Sequence[int], *, states: Sequence[str] | None, is_vouched: bool = False) -> None:
    from ticketbot.clock import SystemClock
    from ticketbot.domain.errors import Conflict
    from ticketbot.store.inbox import OPERATOR

    with open_store() as store, store.work() as work:
        for mail_id in ids:
            row = work.inbox.mail(mail_id)
            if states is not None and row.state not in states:
                raise Conflict(f"mail {mail_id} is {row.state}; only mails that were set aside can be released")
            work.inbox.release(row, now=SystemClock().now(), confirmed_by=OPERATOR if is_vouched else None)
    click.echo(f"taken up again: {', '.join(map(str, ids))}; the service understands them within seconds ({_hint()})")


def _hint() -> str:
    return "or `ticketbot run --once`, if none runs"
