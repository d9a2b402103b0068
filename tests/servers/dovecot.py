"""A Dovecot of our own from Debian's binaries: any user, one password, Maildir, plain and TLS ports."""

import grp
import itertools
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.servers.certificate import make_certificate
from tests.servers.keeper import HOST, Facts, MissingServer, free_port, leashed, listens, put_down, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imapclient import IMAPClient

    from ticketbot.sandbox.postoffice import StoredMail

PASSWORD = "secret"

_COMMON = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
ssl = yes
auth_mechanisms = plain login
auth_username_chars =
auth_failure_delay = 0
mail_fsync = never
first_valid_uid = 0
mail_max_userip_connections = 1000
service auth {{
  client_limit = 2000
}}
service anvil {{
  chroot =
  client_limit = 2000
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  client_limit = 1000
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  service_count = 100
  process_min_avail = 1
  process_limit = 500
}}
"""
_UP_TO_2_3 = """
ssl_cert = <{folder}/localhost.pem
ssl_key = <{folder}/localhost.key
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
"""
#: As documented; the machines that this was written on had 2.3.
_FROM_2_4 = """
ssl_server_cert_file = {folder}/localhost.pem
ssl_server_key_file = {folder}/localhost.key
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}/mail/%{{user}}
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""


class DovecotServer:
    """The server. Started by root it reads mail as nobody; started by anybody else it is that user in every part."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.binary = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin")
        if self.binary is None or not Path("/usr/lib/dovecot/imap").exists():
            raise MissingServer("Dovecot is not installed: apt-get install dovecot-imapd")
        self.port, self.tls_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        (folder / "mail").mkdir()
        os.chown(folder / "mail", self.owner.pw_uid, self.owner.pw_gid)
        make_certificate(folder)
        (folder / "dovecot.conf").write_text(self._configuration())

    @property
    def facts(self) -> Facts:
        return {
            "port": self.port,
            "tls_port": self.tls_port,
            "ca_file": str(self.folder / "localhost.pem"),
            "mail": str(self.folder / "mail"),
            "log": str(self.folder / "log"),
            "uid": self.owner.pw_uid,
            "gid": self.owner.pw_gid,
        }

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def start(self) -> None:
        assert self.binary
        command = [self.binary, "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = leashed(command, log=self.folder / "log")
        wait_until(self.process, lambda: listens(self.port), log=self.folder / "log")

    def stop(self) -> None:
        """Stop; Dovecot would give its children several seconds for their farewells, we do not."""
        if self.process:
            put_down(self.process, signal.SIGTERM)
            self.process = None

    def _configuration(self) -> str:
        assert self.binary
        version = subprocess.run([self.binary, "--version"], check=True, capture_output=True, text=True).stdout.split()[
            0
        ]
        major, minor, *_ = (int(number) for number in version.split("."))
        group = grp.getgrgid(self.owner.pw_gid).gr_name
        is_root = os.geteuid() == 0
        values = {
            "folder": self.folder,
            "internal": "dovecot" if is_root else self.owner.pw_name,
            "internal_group": "dovecot" if is_root else group,
            "login": "dovenull" if is_root else self.owner.pw_name,
            "port": self.port,
            "tls_port": self.tls_port,
            "password": PASSWORD,
            "user": self.owner.pw_name,
            "group": group,
        }
        if (major, minor) < (2, 4):
            return (_COMMON + _UP_TO_2_3).format(**values)
        head = f"dovecot_config_version = {version}\ndovecot_storage_version = {version}\n"
        return head + (_COMMON + _FROM_2_4).format(**values)


class Dovecot:
    """What a test does with Dovecot: a world of mailboxes of its own, known by addresses, as in PostOffice.

    The user name of an address is `user(address)`, the password PASSWORD. Every address has a mailbox, and mail to its
    plus-addresses goes there. With `authserv_id` set, arriving mail is stamped as in the sandbox.
    """

    host = HOST
    password = PASSWORD

    def __init__(self, facts: Facts, *, world: str) -> None:
        """Be the *world*, a name that no other test uses."""
        self.port = int(facts["port"])
        self.tls_port = int(facts["tls_port"])
        self.ca_file = Path(str(facts["ca_file"]))
        self.log = Path(str(facts["log"]))
        self.world = world
        self.authserv_id: str | None = None
        self._mail = Path(str(facts["mail"]))
        self._owner = int(facts["uid"]), int(facts["gid"])
        self._numbers = itertools.count(1)

    def user(self, address: str) -> str:
        """Return the user name of an address."""
        local, _, domain = address.lower().rpartition("@")
        return f"{self.world}.{local.partition('+')[0]}@{domain}"

    @contextmanager
    def session(self, address: str, *, folder: str | None = "INBOX") -> "Iterator[IMAPClient]":
        """Sign in, and open a folder."""
        from imapclient import IMAPClient  # noqa: PLC0415 - the keeper does without

        with IMAPClient(self.host, self.port, ssl=False, timeout=30) as client:
            client.normalise_times = False
            client.plain_login(self.user(address), self.password)
            if folder is not None:
                client.select_folder(folder)
            yield client

    def deliver(self, raw: bytes, *, to: str, sender: str | None = None, at: datetime | None = None) -> None:
        """Drop a mail into the INBOX of *to* as if it had arrived *at* that instant, or now."""
        from ticketbot.clock import SystemClock  # noqa: PLC0415 - the keeper does without
        from ticketbot.sandbox.postmark import header, postmarked  # noqa: PLC0415

        now = at or SystemClock().now()
        envelope_sender = header(raw, "From") if sender is None else sender
        self.drop(
            postmarked(raw, sender=envelope_sender, recipient=to, at=now, authserv_id=self.authserv_id), to=to, at=at
        )

    def drop(self, raw: bytes, *, to: str, at: datetime | None = None) -> None:
        """Put exactly these bytes into Maildir/new of *to*."""
        maildir = self._maildir(to)
        name = f"{next(self._numbers)}.{os.getpid()}.{self.world}"
        (maildir / "tmp" / name).write_bytes(raw)
        os.chown(maildir / "tmp" / name, *self._owner)
        if at:
            os.utime(maildir / "tmp" / name, (at.timestamp(), at.timestamp()))
        (maildir / "tmp" / name).rename(maildir / "new" / name)

    def append(
        self,
        address: str,
        raw: bytes,
        *,
        folder: str = "INBOX",
        flags: Iterable[str] = (),
        received_at: datetime | None = None,
    ) -> None:
        """Put a mail into a folder by APPEND; Dovecot repairs bare line ends and NUL."""
        with self.session(address, folder=None) as client:
            client.append(folder, raw, flags=tuple(flags), msg_time=received_at)

    def messages(self, address: str, folder: str = "INBOX") -> "list[StoredMail]":
        """Return the mails of a folder in the order of their UIDs; none if the folder is missing."""
        with self.session(address, folder=None) as client:
            return _messages(client, folder)

    def wait_for_mail(
        self, address: str, *, folder: str = "INBOX", count: int = 1, timeout: float = 10.0
    ) -> "list[StoredMail]":
        """Block until the folder holds *count* mails, and return them; an assertion fails if it never does."""
        with self.session(address, folder=None) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.select_folder(folder)
            for _ in range(int(timeout / 0.25) + 1):
                mails = _messages(client, folder)
                if len(mails) >= count:
                    return mails
                client.idle()
                client.idle_check(timeout=0.25)
                client.idle_done()
        raise AssertionError(f"{folder} of {address} holds {len(mails)} mails after {timeout} s, not {count}.")

    def change_uidvalidity(self, address: str) -> None:
        """Let the INBOX be rebuilt: same mails, a new generation of UIDs."""
        for name in ("dovecot-uidlist", "dovecot-uidvalidity"):
            (self._maildir(address) / name).unlink(missing_ok=True)
        for index in self._maildir(address).glob("dovecot.index*"):
            index.unlink()

    def _maildir(self, address: str) -> Path:
        maildir = self._mail / self.user(address) / "Maildir"
        for folder in (maildir.parent, maildir, *(maildir / name for name in ("tmp", "new", "cur"))):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                os.chown(folder, *self._owner)
        return maildir


def _messages(client: "IMAPClient", folder: str) -> "list[StoredMail]":
    from ticketbot.sandbox.postoffice import StoredMail  # noqa: PLC0415 - the keeper does without

    if not client.folder_exists(folder):
        return []
    client.select_folder(folder, readonly=True)
    found: dict[int, dict[bytes, Any]] = client.fetch(client.search(), ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])
    as_text: Callable[[bytes], str] = bytes.decode
    return [
        StoredMail(
            uid=uid,
            raw=one[b"BODY[]"],
            received_at=one[b"INTERNALDATE"].astimezone(UTC),
            flags=frozenset(as_text(flag) for flag in one[b"FLAGS"] if flag != b"\\Recent"),
        )
        for uid, one in sorted(found.items())
    ]
