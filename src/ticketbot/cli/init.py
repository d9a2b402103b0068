"""`ticketbot init`: asks for mailbox, relay and desk, tries both servers, writes the configuration."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ticketbot.cli.nouns import Verb
from ticketbot.cli.options import Options

_PORTS = {"imap": {"tls": 993, "starttls": 143, "none": 143}, "smtp": {"tls": 465, "starttls": 587, "none": 25}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server as it was asked for."""

    host: str
    port: int
    tls: str
    username: str
    password: str


@click.command(cls=Verb)
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path(), help="Where to write; here.")
@click.option("--no-try", is_flag=True, help="Write without trying the servers.")
@Options.shared
def init(*, folder: Path, no_try: bool) -> None:
    """Ask for mailbox, relay and desk, try both servers, and write ticketbot.toml, desk.toml and secret files.

    An answer in [brackets] is taken by pressing Enter. Nothing is overwritten, nothing is sent.

    Examples:
      ticketbot init
      ticketbot init --dir /etc/ticketbot
    """
    from ticketbot.domain.errors import Conflict

    for name in ("ticketbot.toml", "desk.toml", "support.secret", "relay.secret"):
        if (folder / name).exists():
            raise Conflict(f"{folder / name} exists; remove it or choose another folder with --dir")
    click.echo("The mailbox to which clients write.")
    address = _asked("address", check=_address)
    domain = address.partition("@")[2]
    mailbox = _until_it_works(lambda: _server("imap", f"imap.{domain}", address), _try_mailbox, is_off=no_try)
    click.echo("\nThe relay by which letters leave.")
    relay = _until_it_works(
        lambda: _server("smtp", f"smtp.{domain}", mailbox.username, password=mailbox.password),
        lambda server: _try_relay(server, address),
        is_off=no_try,
    )
    click.echo("\nThe desk. Everything can be changed later in desk.toml.")
    desk = _desk(domain)
    _write(folder, address=address, mailbox=mailbox, relay=relay, desk=desk)
    where = f" --config {folder / 'ticketbot.toml'}" if folder != Path() else ""
    click.echo(f"\nWritten: {folder / 'ticketbot.toml'}, {folder / 'desk.toml'}, secret files (mode 0600). Next:")
    click.echo(f"  ticketbot desk apply {folder / 'desk.toml'}{where}")
    click.echo(f"  ticketbot doctor{where}")
    click.echo(f"  ticketbot run{where}")


def _server(kind: str, host: str, username: str, *, password: str | None = None) -> Server:
    host = _asked(f"{kind.upper()} server", default=host)
    tls = click.prompt(
        "protection", default="tls" if kind == "imap" else "starttls", type=click.Choice(["tls", "starttls", "none"])
    )
    port = click.prompt("port", default=_PORTS[kind][tls], type=click.IntRange(1, 65535))
    username = _asked("user name", default=username)
    if password is not None and click.confirm("the same password as the mailbox", default=True):
        return Server(host=host, port=port, tls=tls, username=username, password=password)
    # Without a terminal nobody looks on, and getpass would complain.
    typed = click.prompt("password", hide_input=sys.stdin.isatty())
    return Server(host=host, port=port, tls=tls, username=username, password=typed)


def _until_it_works(ask: Callable[[], Server], attempt: Callable[[Server], str], *, is_off: bool) -> Server:
    """Ask and try until the server lets us in, or the person wants to go on without."""
    from ticketbot.domain.errors import TicketbotError

    while True:
        server = ask()
        if is_off:
            return server
        try:
            click.echo(f"  trying {server.host}:{server.port} … {attempt(server)}")
        except TicketbotError as error:
            click.echo(f"  trying {server.host}:{server.port} … no: {error}")
            if not click.confirm("ask again", default=True):
                return server
        else:
            return server


def _try_mailbox(server: Server) -> str:
    from ticketbot.inbound.mailbox import Account, ImapMailbox
    from ticketbot.tls import Tls

    account = Account(
        host=server.host, port=server.port, tls=Tls(server.tls), username=server.username, password=server.password
    )
    mailbox = ImapMailbox(account)
    try:
        opened = mailbox.open()
    finally:
        mailbox.close()
    return f"good: INBOX holds {opened.mails} mails; only later ones will count"


def _try_relay(server: Server, address: str) -> str:
    from ticketbot.outbound.smtp import Relay, SmtpSender
    from ticketbot.tls import Tls

    sender = SmtpSender(
        Relay(
            host=server.host, port=server.port, tls=Tls(server.tls), username=server.username, password=server.password
        )
    )
    try:
        sender.probe(sender=address)
    finally:
        sender.close()
    return f"good: it takes letters from {address}"


def _desk(domain: str) -> str:
    """Ask for organisation, the first person and the first client until they make a desk file; return its text."""
    from ticketbot.deskfile import parse_desk
    from ticketbot.tomlfile import Misconfigured, toml_text

    while True:
        text = toml_text(_desk_asked(domain))
        try:
            parse_desk(text)
        except Misconfigured as error:
            for problem in error.problems:
                click.echo(f"  {problem.what}")
            click.echo("Once more, please.")
        else:
            return text


def _desk_asked(domain: str) -> dict[str, Any]:
    name = _asked("name of the desk, as clients read it")
    timezone = _asked("time zone", default=_own_zone())
    person = _asked("your name")
    email = _asked("your own address (not the desk's)", check=_address)
    client = _asked("first client's name (Enter for none yet)", default="", is_needed=False)
    document: dict[str, Any] = {
        "desk": {"name": name, "timezone": timezone},
        "staff": {_slug(person): {"name": person, "email": email, "role": "hypercare_lead"}},
    }
    if client:
        client_domain = _asked(f"mail domain of {client}", check=lambda text: _not(text, domain))
        slug = _slug(client)
        document["clients"] = {slug: {"name": client, "domains": [client_domain]}}
        go_live = _asked(
            "go-live of its first launch, e.g. 2027-03-01 (Enter for none yet)", default="", is_needed=False
        )
        if go_live:
            document["launches"] = {f"{slug}/main": {"name": client, "go_live": go_live}}
    return document


def _write(folder: Path, *, address: str, mailbox: Server, relay: Server, desk: str) -> None:
    from ticketbot.tomlfile import toml_text

    folder.mkdir(parents=True, exist_ok=True)
    same = relay.password == mailbox.password
    settings = {
        "database": {"url": "sqlite:///ticketbot.db"},
        "mailboxes": {"support": {"address": address, **_table(mailbox, "imap", "support.secret")}},
        "relay": _table(relay, "smtp", "support.secret" if same else "relay.secret"),
    }
    _create(folder / "support.secret", mailbox.password, mode=0o600)
    if not same:
        _create(folder / "relay.secret", relay.password, mode=0o600)
    note = "# How ticketbot runs. `ticketbot config example` shows every setting.\n"
    _create(folder / "ticketbot.toml", note + toml_text(settings), mode=0o644)
    note = "# Who we are, whom we look after, what we promise. `ticketbot desk apply desk.toml` puts it in force.\n"
    _create(folder / "desk.toml", note + desk, mode=0o644)


def _table(server: Server, kind: str, secret: str) -> dict[str, Any]:
    usual = server.port == _PORTS[kind][server.tls]
    protection = server.tls if server.tls != ("tls" if kind == "imap" else "starttls") else None
    port = None if usual else server.port
    return {
        "host": server.host, "port": port, "tls": protection, "username": server.username, "password_file": secret,
    }  # fmt: skip


def _create(file: Path, text: str, *, mode: int) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as target:
        target.write(text)


def _asked(text: str, *, default: str | None = None, check: Callable[[str], str] = str, is_needed: bool = True) -> str:
    """Ask until there is an answer that passes the check."""
    while True:
        answer = str(click.prompt(text, default=default, show_default=bool(default))).strip()
        if not answer and is_needed:
            continue
        try:
            return check(answer) if answer else answer
        except ValueError as error:
            click.echo(f"  {error}")


def _address(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", text):
        raise ValueError("write one address such as support@desk.example")
    return text


def _not(text: str, own: str) -> str:
    if text.lower() == own.lower():
        raise ValueError("that is the desk's own domain; the client's is another one")
    return text


def _slug(name: str) -> str:
    """Return a short name for TOML made of the first word, e.g. acme for Acme Recruiting GmbH."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return words[0][:32] if words else "first"


def _own_zone() -> str:
    """Return this machine's time zone, as far as its link tells."""
    target = os.path.realpath("/etc/localtime")
    return target.partition("/zoneinfo/")[2] or "UTC"
