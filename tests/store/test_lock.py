"""One service on one SQLite file, and the names under which processes take work in hand."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ticketbot.domain.errors import TemporaryError
from ticketbot.store.lock import alone_on, is_dead, is_locked, our_name

HOST = socket.gethostname()[:24]


def test_a_second_service_on_the_same_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ticketbot.db"

    with alone_on(file):
        assert is_locked(file)
        with pytest.raises(TemporaryError, match=r"another ticketbot works on .*ticketbot\.db"), alone_on(file):
            pass

    assert not is_locked(file)


def test_a_file_that_nobody_ever_served_is_free(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "ticketbot.db")


def test_a_database_that_serves_many_is_locked_by_none() -> None:
    with alone_on(None), alone_on(None):
        pass


def test_a_process_that_runs_is_not_dead() -> None:
    assert our_name("send").endswith(":send")
    assert not is_dead(our_name("send"))


def test_a_process_that_ended_is_dead_also_when_its_number_is_used_again() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert is_dead(f"{HOST}:{ended.pid}:123:send")
    assert is_dead(f"{HOST}:{os.getpid()}:1:send")


@pytest.mark.parametrize("holder", ["elsewhere:1:1:send", f"{HOST}:x:1:send", "", "odd"])
def test_nothing_can_be_said_of_processes_elsewhere(holder: str) -> None:
    assert not is_dead(holder)
