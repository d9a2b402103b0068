"""Servers, databases and closed doors for every test. Real servers are started by the first test that asks."""

import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from tests.servers.certificate import Certificate, make_certificate
from tests.servers.dovecot import Dovecot
from tests.servers.keeper import Facts, locked, shared, stop_all
from tests.servers.postgresql import Postgresql
from tests.servers.smtpsink import SmtpSink

from ticketbot.sandbox.mailserver import MailServer
from ticketbot.store.database import Store, open_store

#: Here tests may talk to servers on this machine; everywhere else only to the test database.
ROOMS_WITH_SOCKETS = frozenset({"contracts", "journeys", "crash", "sandbox"})
TEMPLATE = "ticketbot_template"

settings.register_profile("ticketbot", deadline=None)
settings.load_profile("ticketbot")


class SocketsAreClosed(AssertionError):
    """A test opened a connection that its folder does not allow (design.md §7)."""


def run_folder(config: pytest.Config) -> Path:
    """Return the folder that all workers of this run share."""
    base: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return base.parent if hasattr(config, "workerinput") else base


def worker(config: pytest.Config) -> dict[str, Any]:
    """Return what the controller told this worker; nothing without workers."""
    told: dict[str, Any] = getattr(config, "workerinput", {})
    return told


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker which process the servers belong to."""
    node.workerinput["servers_owner"] = os.getpid()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the servers once every worker is done."""
    if not worker(session.config):
        stop_all(run_folder(session.config))


@pytest.fixture(autouse=True)
def closed_sockets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections: all but loopback in the rooms with sockets, all elsewhere."""
    room = request.path.relative_to(Path(__file__).parent).parts[0]

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family == socket.AF_UNIX:
                return original(self, address)
            if room in ROOMS_WITH_SOCKETS and address[0] in {"127.0.0.1", "::1", "localhost"}:
                return original(self, address)
            raise SocketsAreClosed(f"tests/{room} may not connect to {address}")

        return connect

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))


@pytest.fixture(scope="session")
def shared_server(request: pytest.FixtureRequest) -> Callable[[str], Facts]:
    """Return what starts a server by name, once for the run."""
    run = run_folder(request.config)
    owner = int(worker(request.config).get("servers_owner", os.getpid()))
    return lambda name: shared(name, run=run, owner=owner)


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """Return this worker's name, to keep its databases and mailboxes apart."""
    return str(worker(request.config).get("workerid", "gw"))


# Mail


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost, which clients must be told to trust."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def _worlds(worker_name: str) -> Iterator[str]:
    return (f"{worker_name}x{number}" for number in itertools.count(1))


@pytest.fixture
def dovecot(shared_server: Callable[[str], Facts], _worlds: Iterator[str]) -> Dovecot:
    """A world of empty mailboxes on Dovecot: every address has one."""
    return Dovecot(shared_server("dovecot"), world=next(_worlds))


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """An SMTP server that keeps what it is given."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def mail_relay(dovecot: Dovecot) -> Iterator[SmtpSink]:
    """An SMTP server that delivers to the test's mailboxes on Dovecot."""
    with SmtpSink(deliver=dovecot.deliver) as sink:
        yield sink


@pytest.fixture
def sandbox() -> Iterator[MailServer]:
    """Our own mail servers in memory, without accounts yet."""
    with MailServer() as server:
        yield server


# Databases


@pytest.fixture(scope="session")
def postgresql(shared_server: Callable[[str], Facts], worker_name: str) -> Iterator[Postgresql]:
    """The run's PostgreSQL: makes and drops databases."""
    cluster = Postgresql(shared_server("postgresql"), name=worker_name)
    yield cluster
    cluster.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other; `parametrize(…, indirect=True)` picks one."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, on SQLite and on PostgreSQL."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'ticketbot.db'}"
        return
    cluster: Postgresql = request.getfixturevalue("postgresql")
    url = cluster.create()
    yield url
    cluster.drop(url)


@pytest.fixture
def store_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database with our schema and nothing in it, on SQLite and on PostgreSQL."""
    if database_kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "ticketbot.db")
        yield f"sqlite:///{tmp_path / 'ticketbot.db'}"
        return
    cluster: Postgresql = request.getfixturevalue("postgresql")
    url = cluster.create(template=request.getfixturevalue("postgresql_template"))
    yield url
    cluster.drop(url)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty desk's store, on SQLite and on PostgreSQL."""
    store = open_store(store_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def sqlite_template(request: pytest.FixtureRequest) -> Path:
    """A file with our schema, made once for the run."""
    run = run_folder(request.config)
    template = run / f"{TEMPLATE}.db"
    with locked(run / f"{TEMPLATE}.lock"):
        if not template.exists():
            draft = run / "draft.db"
            upgrade(f"sqlite:///{draft}")
            draft.rename(template)
    return template


@pytest.fixture(scope="session")
def postgresql_template(request: pytest.FixtureRequest, postgresql: Postgresql) -> str:
    """A database with our schema, made once for the run."""
    with locked(run_folder(request.config) / "postgresql_template.lock"):
        if not postgresql.has(TEMPLATE):
            upgrade(postgresql.create(database=TEMPLATE))
    return TEMPLATE


def upgrade(url: str) -> None:
    store = open_store(url)
    store.upgrade()
    store.close()
