"""Settings: every source in its place, and a plain sentence for everything that can be wrong."""

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from ticketbot.config import After, MailboxChannel, Settings, load_effective, load_keyring, load_settings
from ticketbot.config.keys import write_keyring
from ticketbot.config.show import example, settings_shown
from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.tokens import Keyring
from ticketbot.tls import Tls
from ticketbot.tomlfile import Misconfigured, parse_document

LEAST = """\
[database]
url = "sqlite:///desk.db"
[mailboxes.support]
address = "support@desk.example"
host = "imap.desk.example"
username = "support@desk.example"
password_file = "support.secret"
[relay]
host = "smtp.desk.example"
username = "support@desk.example"
password_file = "support.secret"
[web]
listen = "127.0.0.1:8080"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "support.secret").write_text("hunter2\n")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    file = folder / "ticketbot.toml"
    file.write_text(text)
    return file


def settings_of(folder: Path, text: str, **environ: str) -> Settings:
    return load_settings(written(folder, text), environ=environ)


def complaint(folder: Path, text: str, **environ: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        settings_of(folder, text, **environ)
    assert caught.value.exit_code == 78
    return "\n".join(problem.sentence for problem in caught.value.problems)


def test_the_least_file_gives_a_complete_desk(folder: Path) -> None:
    settings = settings_of(folder, LEAST)

    support = settings.mailboxes["support"]
    assert (support.port, support.tls, support.folder, support.after) == (993, Tls.TLS, "INBOX", After.MOVE)
    assert (support.start, support.channel, support.max_size) == ("now", MailboxChannel.NORMAL, 50_000_000)
    assert support.secret == "hunter2"
    assert (settings.relay.port, settings.relay.tls, settings.relay.ack_cap) == (587, Tls.STARTTLS, 600)
    assert settings.relay.unknown_after == timedelta(minutes=10)
    assert settings.web.host_and_port == ("127.0.0.1", 8080)
    settings.demand_service()


def test_paths_in_the_file_are_meant_from_its_folder(folder: Path) -> None:
    settings = settings_of(folder, LEAST)

    assert settings.database.sqlite_file == folder / "desk.db"
    assert settings.security.key_file == folder / "ticketbot.key"


def test_the_key_file_lies_beside_the_sqlite_file_and_with_postgresql_beside_the_settings(folder: Path) -> None:
    elsewhere = settings_of(folder, '[database]\nurl = "sqlite:////var/lib/desk/t.db"\n')
    server = settings_of(folder, '[database]\nurl = "postgresql://desk@db/desk"\n')

    assert elsewhere.security.key_file == Path("/var/lib/desk/ticketbot.key")
    assert server.security.key_file == folder / "ticketbot.key"


def test_nothing_set_at_all_is_a_valid_start_but_no_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load_settings(environ={})

    assert settings.database.sqlite_file == tmp_path / "ticketbot.db"
    with pytest.raises(ConfigurationError, match="no mailbox is set"):
        settings.demand_service()


def test_a_relay_is_needed_for_the_service(folder: Path) -> None:
    text = LEAST.partition("[relay]")[0]

    with pytest.raises(ConfigurationError, match="no relay is set"):
        settings_of(folder, text).demand_service()


def test_flags_come_before_environment_before_secret_files_before_the_file_before_defaults(folder: Path) -> None:
    (folder / "other.secret").write_text("from a file")
    file = written(folder, LEAST)
    environ = {
        "TICKETBOT_RELAY__HOST": "env.example",
        "TICKETBOT_RELAY__PORT": "2525",
        "TICKETBOT_RELAY__PASSWORD_FILE": str(folder / "other.secret"),
        "TICKETBOT_MAILBOXES__SUPPORT__PASSWORD": "from the environment",
    }

    effective = load_effective(file, flags={"relay.host": "flag.example"}, environ=environ)

    relay = effective.settings.relay
    assert (relay.host, relay.port, relay.secret) == ("flag.example", 2525, "from a file")
    assert effective.settings.mailboxes["support"].secret == "from the environment"
    assert effective.origin(("relay", "host")) == "flag for relay.host"
    assert effective.origin(("relay", "port")) == "environment variable TICKETBOT_RELAY__PORT"
    assert effective.origin(("relay", "password")) == f"secret file {folder / 'other.secret'}"
    assert effective.origin(("relay", "username")) == "ticketbot.toml line 10"
    assert effective.origin(("relay", "ack_cap")) == "default"


def test_a_password_in_the_environment_makes_the_secret_file_needless(folder: Path) -> None:
    (folder / "support.secret").unlink()
    text = LEAST.replace("[relay]\n", "[relay]\n#").partition("[relay]")[0]

    settings = settings_of(folder, text, TICKETBOT_MAILBOXES__SUPPORT__PASSWORD="direct")

    assert settings.mailboxes["support"].secret == "direct"


def test_systemd_credentials_are_secret_files(folder: Path) -> None:
    credentials = folder / "credentials"
    credentials.mkdir()
    (credentials / "relay.password").write_text("one\n")
    (credentials / "mailboxes__support__password").write_text("two\n")
    (credentials / "unrelated.pem").write_text("three")
    text = LEAST.replace('password_file = "support.secret"\n', "")

    settings = settings_of(folder, text, CREDENTIALS_DIRECTORY=str(credentials))

    assert (settings.relay.secret, settings.mailboxes["support"].secret) == ("one", "two")


def test_the_database_url_may_come_from_a_file(folder: Path) -> None:
    (folder / "url").write_text("postgresql://desk:pw@db/desk\n")

    settings = settings_of(folder, '[database]\nurl_file = "url"\n')

    assert settings.database.url == "postgresql://desk:pw@db/desk"


def test_an_empty_variable_sets_nothing(folder: Path) -> None:
    assert settings_of(folder, LEAST, TICKETBOT_RELAY__HOST="").relay.host == "smtp.desk.example"


def test_a_whole_desk_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(
        environ={
            "TICKETBOT_MAILBOXES__SUPPORT__ADDRESS": "support@desk.example",
            "TICKETBOT_MAILBOXES__SUPPORT__HOST": "localhost",
            "TICKETBOT_MAILBOXES__SUPPORT__TLS": "none",
            "TICKETBOT_MAILBOXES__SUPPORT__PASSWORD": "x",
            "TICKETBOT_MAILBOXES__SUPPORT__ALIASES": "reply@desk.example, note@desk.example",
            "TICKETBOT_MAILBOXES__SUPPORT__START": "2027-03-01",
            "TICKETBOT_MAILBOXES__SUPPORT__MAX_SIZE": "2 MB",
            "TICKETBOT_DATABASE__AUTO_MIGRATE": "false",
        }
    )

    support = settings.mailboxes["support"]
    assert support.username == "support@desk.example"
    assert support.addresses == ("support@desk.example", "reply@desk.example", "note@desk.example")
    assert (support.port, support.start, support.max_size) == (143, date(2027, 3, 1), 2_000_000)
    assert settings.database.auto_migrate is False


@pytest.mark.parametrize(
    ("relay", "port", "tls"),
    [
        ('host = "mx.example"', 587, Tls.STARTTLS),
        ('host = "mx.example"\ntls = "tls"', 465, Tls.TLS),
        ('host = "mx.example"\nport = 465', 465, Tls.TLS),
        ('host = "localhost"\ntls = "none"', 25, Tls.NONE),
        ('host = "127.0.0.1"\ntls = "none"\nport = 1025', 1025, Tls.NONE),
        ('host = "::1"\ntls = "none"', 25, Tls.NONE),
    ],
)
def test_port_and_protection_of_the_relay_follow_each_other(folder: Path, relay: str, port: int, tls: Tls) -> None:
    settings = settings_of(folder, f"[relay]\n{relay}\n")

    assert (settings.relay.port, settings.relay.tls) == (port, tls)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[relay]\nhots = "x"\n', "ticketbot.toml line 2: unknown key relay.hots; did you mean host?"),
        ('[relai]\nhost = "x"\n', "ticketbot.toml line 1: unknown key relai; did you mean relay?"),
        ('[web]\nlisten = "127.0.0.1:8080"\nzzz = 1\n', "line 3: unknown key web.zzz; known are listen"),
        ('[relay]\nport = "abc"\n', "line 2: relay.port = 'abc' must be a whole number"),
        ("[relay]\nport = 70000\n", "line 2: relay.port = 70000 should be less than or equal to 65535"),
        ("[relay]\nhost = 5\n", "line 2: relay.host = 5 must be text in quotes"),
        ('[relay]\ntls = "startls"\n', "tls = 'startls' must be one of tls, starttls, none; did you mean starttls?"),
        ('[relay]\nunknown_after = "soon"\n', 'must be a duration such as "10 min"'),
        ('relay = "x"\n', "line 1: relay = 'x' must be a table"),
        ("[database]\nauto_migrate = 7\n", "must be true or false"),
        ('[database]\nurl = "mysql://x/y"\n', "database.url must begin with sqlite:/// or postgresql://"),
        ('[database]\nurl = "postgres://x/y"\n', "must begin with postgresql:// (not postgres://)"),
        ('[web]\nlisten = "8080"\n', "must be HOST:PORT"),
        ('[web]\nlisten = "localhost:99999"\n', "must be HOST:PORT"),
        ('[log]\nlevel = "loud"\n', "must be one of debug, info, warning, error"),
        ('[relay]\nhost = "mx.example"\ntls = "none"\n', 'must not have tls = "none" unless the host is this machine'),
        ('[relay]\nhost = "mx.example"\nusername = "x"\n', "line 1: relay has a username and no password: set"),
        ('[relay]\nhost = "mx.example"\npassword = "x"\n', "relay has a password and no username"),
        ('[relay]\nreceipts = "receipts"\n', 'needs a [mailboxes.receipts] with channel = "receipts"'),
        ('[mailboxes.support]\nhost = "h"\n', "line 1: mailboxes.support.address is missing (the address whose"),
        ("[relay\n", "ticketbot.toml line 1: is not TOML here"),
        ("[relay]\nhost = smtp.example\n", "ticketbot.toml line 2: is not TOML here"),
        ("a = 1\na = 2\n", "ticketbot.toml line 2: is not TOML here: cannot overwrite a value"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_answered_with_line_and_remedy(folder: Path, text: str, says: str) -> None:
    assert says in complaint(folder, text)


MAILBOX = '[mailboxes.{name}]\naddress = "{address}"\nhost = "h.example"\npassword = "x"\n'


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ('tls = "none"', 'mailboxes.support must not have tls = "none" unless the host is this machine'),
        ('start = "tomorrow"', 'must be "now", "all" or a date'),
        ("start = 2027-03-01T06:00:00", 'must be "now", "all" or a date'),
        ("start = 5", 'must be "now", "all" or a date'),
        ('aliases = ["reply"]', "must be one bare address"),
        ("aliases = 5", "must be a list in [ ]"),
        ('channel = "fast"', "must be one of normal, urgent, alerts, receipts"),
        ('after = "delete"', "must be one of move, keyword"),
        ('max_size = "huge"', 'must be a size such as "50 MB"'),
        ("max_size = -1", 'must be a size such as "50 MB"'),
        ('folder = ""', "mailboxes.support.folder"),
    ],
)
def test_a_wrong_mailbox_is_answered_with_line_and_remedy(folder: Path, extra: str, says: str) -> None:
    text = MAILBOX.format(name="support", address="support@desk.example") + extra + "\n"

    said = complaint(folder, text)

    assert says in said
    assert said.startswith("ticketbot.toml line ")


def test_a_mailbox_without_a_password_is_refused(folder: Path) -> None:
    text = MAILBOX.format(name="support", address="support@desk.example").replace('password = "x"\n', "")

    assert "mailboxes.support has no password: set password_file" in complaint(folder, text)


def test_two_mailboxes_cannot_share_an_address(folder: Path) -> None:
    text = MAILBOX.format(name="one", address="support@desk.example") + MAILBOX.format(
        name="two", address="Support@desk.example"
    )

    assert "has Support@desk.example in one and in two" in complaint(folder, text)


def test_a_mailbox_needs_a_plain_name(folder: Path) -> None:
    assert "use lower-case letters" in complaint(folder, MAILBOX.format(name='"Main Desk"', address="a@b.example"))


def test_all_faults_are_named_at_once(folder: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        settings_of(folder, "[relay]\nhots = 1\nport = 0\n[web]\nlisen = 2\n")

    assert len(caught.value.problems) == 3
    assert str(caught.value).endswith("(and 2 more)")


def test_a_missing_secret_file_is_named(folder: Path) -> None:
    (folder / "support.secret").unlink()

    said = complaint(folder, LEAST)

    assert f"line 7: mailboxes.support.password_file: {folder / 'support.secret'} cannot be read (No such file" in said


def test_an_empty_secret_file_is_refused(folder: Path) -> None:
    (folder / "support.secret").write_text("\n")

    assert "support.secret is empty; put the secret there" in complaint(folder, LEAST)


def test_a_binary_secret_file_is_refused(folder: Path) -> None:
    (folder / "support.secret").write_bytes(b"\xff\xfe")

    assert "cannot be read (not UTF-8 text)" in complaint(folder, LEAST)


def test_password_and_password_file_together_are_ambiguous(folder: Path) -> None:
    text = LEAST.replace(
        'password_file = "support.secret"\n[relay]', 'password_file = "support.secret"\npassword = "x"\n[relay]'
    )

    assert "line 7: password_file and password are both set; keep one of them" in complaint(folder, text)


def test_a_missing_or_unreadable_file_is_named(folder: Path) -> None:
    with pytest.raises(Misconfigured, match=r"other\.toml: cannot be read \(No such file"):
        load_settings(folder / "other.toml", environ={})
    with pytest.raises(Misconfigured, match="cannot be read \\(Is a directory"):
        load_settings(folder, environ={})


def test_a_file_that_is_not_text_is_named(folder: Path) -> None:
    file = folder / "ticketbot.toml"
    file.write_bytes(b"a = '\xe9'")

    with pytest.raises(Misconfigured, match="is not UTF-8 text"):
        load_settings(file, environ={})


def test_an_unknown_variable_is_an_error_with_a_suggestion(folder: Path) -> None:
    said = complaint(folder, LEAST, TICKETBOT_RELAY__HOTS="x", TICKETBOT_WEBB__LISTEN="y")

    assert "environment variable TICKETBOT_RELAY__HOTS: unknown key relay.hots; did you mean host?" in said
    assert "unknown key webb; did you mean web?" in said


def test_the_file_may_be_named_by_a_variable_and_is_else_found_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(folder, LEAST)

    assert load_effective(environ={"TICKETBOT_CONFIG": str(file)}).file == file
    monkeypatch.chdir(folder)
    assert load_effective(environ={}).file == Path("ticketbot.toml")


def test_no_secret_is_ever_shown(folder: Path) -> None:
    text = LEAST.replace('url = "sqlite:///desk.db"', 'url = "postgresql://desk:topsecret@db/desk"')
    effective = load_effective(written(folder, text), environ={"TICKETBOT_RELAY__PASSWORD": "geheim"})

    shown = settings_shown(effective)

    everything = f"{shown} {effective} {effective.settings!r}"
    assert "hunter2" not in everything
    assert "geheim" not in everything
    assert "topsecret" not in str(shown)
    by_name = {each.name: each for each in shown}
    assert by_name["database.url"].value == "postgresql://desk:********@db/desk"
    assert by_name["relay.unknown_after"].value == "10 min"


def test_a_wrong_secret_is_not_repeated_in_the_complaint(folder: Path) -> None:
    assert "12345678" not in complaint(folder, '[relay]\nhost = "h"\npassword = 12345678\n')


def test_every_setting_has_a_description_and_stands_in_the_example() -> None:
    text = example()

    shown = settings_shown(load_effective(environ={"TICKETBOT_CONFIG": "/dev/null"}))
    assert all(f"{each.name.rpartition('.')[2]} = " in text for each in shown)
    assert all(line.partition("  # ")[2] for line in text.splitlines() if " = " in line)


def test_the_example_is_a_valid_file(folder: Path) -> None:
    text = example().replace("/run/secrets/support", str(folder / "support.secret"))

    settings = settings_of(folder, text)

    assert settings.mailboxes["support"].address == "support@desk.example"
    parse_document(text, name="example")


def test_the_key_file_is_made_once_and_read_ever_after(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ticketbot.key"

    first = load_keyring(path, create=True)
    again = load_keyring(path, create=True)

    assert first == again == load_keyring(path)
    assert first.current == 1
    assert len(first.keys[1]) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["ticketbot.key"]


def test_several_keys_stand_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "ticketbot.key"
    keys = Keyring({1: b"a" * 32, 2: b"b" * 32})

    write_keyring(path, keys)

    assert load_keyring(path) == keys
    assert load_keyring(path).current == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "does not exist"),
        ("", "holds no key"),
        ("# only words\n", "holds no key"),
        ("1:zz\n", "line 1 is not ID:HEX"),
        ("0:" + "ab" * 32, "is not ID:HEX"),
        ("1:" + "ab" * 32 + "\n1:" + "cd" * 32, "key 1 stands there twice"),
        ("1:ab", "at least 16 bytes"),
        ("é", "cannot be read"),
    ],
)
def test_a_damaged_key_file_is_a_clear_error(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "ticketbot.key"
    if text is not None:
        path.write_text(text)

    with pytest.raises(ConfigurationError, match=says):
        load_keyring(path)


def test_a_key_file_in_an_impossible_place_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="cannot be made"):
        load_keyring(tmp_path / "file" / "ticketbot.key", create=True)
