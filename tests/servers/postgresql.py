"""A PostgreSQL of our own from Debian's binaries: private cluster, nothing synced to disk, a database for each test."""

import itertools
import os
import pwd
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

from tests.servers.keeper import HOST, Facts, MissingServer, free_port, leashed, listens, put_down, wait_until

USER = "ticketbot"
_SETTINGS = {
    "listen_addresses": HOST,
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "autovacuum": "off",
    "unix_socket_directories": "",
    "logging_collector": "off",
}


class PostgresqlServer:
    """The cluster. PostgreSQL refuses root, so root runs it as the user postgres."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.binaries = _binaries()
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "log").touch()
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        initdb = [self._binary("initdb"), "-D", str(folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8"]
        made = leashed([*initdb, "--locale=C.UTF-8", "--no-sync"], log=folder / "log", user=self.user)
        if made.wait():
            raise RuntimeError((folder / "log").read_text(errors="replace"))

    @property
    def facts(self) -> Facts:
        return {"port": self.port}

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@{HOST}:{self.port}/postgres"

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def start(self) -> None:
        settings = itertools.chain.from_iterable(("-c", f"{name}={value}") for name, value in _SETTINGS.items())
        command = [self._binary("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *settings]
        self.process = leashed(command, log=self.folder / "log", user=self.user)
        wait_until(self.process, self._is_ready, log=self.folder / "log")

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop at once, as in a crash; SIGINT stops in order."""
        if self.process:
            put_down(self.process, how, within=20)
            self.process = None

    def _is_ready(self) -> bool:
        ask = [self._binary("pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return listens(self.port) and subprocess.run(ask, check=False).returncode == 0

    def _binary(self, name: str) -> str:
        return str(self.binaries / name)


def _binaries() -> Path:
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = sorted(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    if not newest:
        raise MissingServer("PostgreSQL is not installed: apt-get install postgresql")
    return newest[-1].parent


class Postgresql:
    """What tests do with the cluster: a database for each, made from a template in 30 ms."""

    def __init__(self, facts: Facts, *, name: str) -> None:
        """Connect; *name* keeps the databases of several workers apart."""
        import psycopg  # noqa: PLC0415 - the keeper does without

        self.port = int(facts["port"])
        self._names = (f"{name}_{number}" for number in itertools.count(1))
        self._connection = psycopg.connect(self.url("postgres"), autocommit=True)

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@{HOST}:{self.port}/{database}"

    def has(self, database: str) -> bool:
        return self._run("SELECT 1 FROM pg_database WHERE datname = %s", database) is not None

    def create(self, *, template: str = "template1", database: str | None = None) -> str:
        """Make a database, and return its URL."""
        name = database or next(self._names)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever still uses it."""
        self._run(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')

    def kill_connections(self, url: str) -> int:
        """Cut every connection to a database; return how many there were."""
        sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        row = self._run(sql, url.rpartition("/")[2])
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, *values: str) -> tuple[Any, ...] | None:
        cursor = self._connection.execute(sql.encode(), values)
        return cursor.fetchone() if cursor.description else None
