"""The pool of children: what one mail does to its child is nobody else's trouble."""

import base64
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.desk.driver import DeskDriver
from tests.factories import a_mail, a_mail_with_attachment
from tests.inbound.hostile import CHANGES, HOOKED

from ticketbot.domain.errors import TemporaryError, UnreadableMail
from ticketbot.inbound.inline import InlineReader
from ticketbot.inbound.parse import read
from ticketbot.inbound.pool import PooledReader, cores
from ticketbot.inbound.ward import Allowance
from ticketbot.store.database import Store

MISBEHAVE = "tests.inbound.hostile:misbehave"
HASTY = Allowance(seconds=2.5)
MAIL = b"From: Casey <casey@client.example>\r\nSubject: It is down\r\n\r\nThe shop is down.\r\n"
BIG = (
    b'Subject: big\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n'
    b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)
PATIENCE = 20.0
#: Whether a filter can be had here, told by the kernel and not by the code under test.
KERNEL_FILTERS = platform.machine() in {"x86_64", "aarch64"} and "\nSeccomp:" in Path("/proc/self/status").read_text(
    encoding="ascii"
)


def lends_network_namespaces() -> bool:
    """Ask the kernel itself, in a process of its own: what a pool says of itself cannot excuse it."""
    user, network = 0x10000000, 0x40000000
    ask = "import ctypes; lend = ctypes.CDLL(None).unshare; raise SystemExit(lend({}) and lend({}))"
    return subprocess.run([sys.executable, "-c", ask.format(user | network, network)], check=False).returncode == 0


@pytest.fixture
def pool() -> Iterator[PooledReader]:
    """One child that does what the mail says."""
    with PooledReader(size=1, function=MISBEHAVE, allowance=HASTY) as pool:
        yield pool


@pytest.fixture(scope="module")
def child() -> Iterator[PooledReader]:
    """The same, one child for many acts that do it no harm."""
    with PooledReader(size=1, function=MISBEHAVE, allowance=HASTY) as pool:
        yield pool


def asked(pool: PooledReader, word: str) -> str:
    return pool.read(f"{word} ".encode()).error or ""


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def until(is_so: Callable[[], bool]) -> bool:
    """Wait for it, not long."""
    end = time.monotonic() + PATIENCE
    while not (found := is_so()) and time.monotonic() < end:
        threading.Event().wait(0.01)
    return found


def test_a_mail_is_read_as_inline() -> None:
    with PooledReader(size=1) as pool:
        assert pool.read(MAIL, authserv_ids=frozenset({"mx.example"})) == read(MAIL)


def test_a_child_reads_many_mails(pool: PooledReader) -> None:
    assert asked(pool, "process") == asked(pool, "process") == str(pool.processes()[0])


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("sleep", "longer than 2.5 s"),
        ("hoard", "MemoryError"),
        ("exit", "ended with 3"),
        ("abort", "Aborted"),
        ("segfault", "Segmentation fault"),
        ("raise", "ZeroDivisionError"),
        ("babble", "too long"),
    ],
)
def test_a_child_that_goes_wrong_costs_one_mail_and_is_replaced(pool: PooledReader, word: str, reason: str) -> None:
    before = asked(pool, "process")

    with pytest.raises(UnreadableMail, match=reason):
        pool.read(f"{word} ".encode())

    assert pool.read(MAIL).subject == "It is down"
    assert asked(pool, "process") != before
    assert not is_alive(int(before))


def test_a_child_that_burns_its_allowance_is_ended_by_the_kernel() -> None:
    with (
        PooledReader(size=1, function=MISBEHAVE, allowance=Allowance(cpu_seconds=0, seconds=60)) as pool,
        pytest.raises(UnreadableMail, match="CPU time limit"),
    ):
        pool.read(b"burn ")


def test_a_child_that_grew_old_makes_way_after_its_answer(pool: PooledReader) -> None:
    before = pool.isolation() and pool.processes()

    message = pool.read(b"swell \r\n\r\nhello")

    assert message.error is None
    assert pool.processes() != before


def test_a_mail_of_fifty_megabytes_is_read() -> None:
    raw = BIG + base64.encodebytes(b"\0\1\2\3" * 9_500_000) + b"\r\n--x--\r\n"

    with PooledReader(size=1) as pool:
        message = pool.read(raw)

    assert len(raw) > 50_000_000
    assert message.error is None
    assert message.attachments[0].size == 38_000_000


def attached(mail: bytes, *, times: int) -> bytes:
    """Return a mail that was forwarded as an attachment, again and again."""
    for number in range(times):
        head = b'Subject: Fwd\r\nContent-Type: multipart/mixed; boundary="z%d"\r\n\r\n--z%d\r\n' % (number, number)
        mail = head + b"Content-Type: message/rfc822\r\n\r\n" + mail + b"\r\n--z%d--\r\n" % number
    return mail


def test_a_large_mail_that_was_forwarded_again_and_again_gives_its_files_within_the_memory_of_a_child() -> None:
    pdf = bytes(range(256)) * 100_000
    raw = attached(BIG + base64.encodebytes(pdf) + b"\r\n--x--\r\n", times=3)

    with PooledReader(size=1) as pool:
        message = pool.read(raw)
        (found,) = pool.files(raw, [3])

    assert message.error is None
    assert [file.content_type for file in message.attachments] == ["message/rfc822"] * 3 + ["application/pdf"]
    assert found == (message.attachments[3], pdf)


@pytest.mark.parametrize(("size", "times"), [(40_000_000, 2), (10_000_000, 45)])
def test_a_large_mail_within_mails_is_held_once(size: int, times: int) -> None:
    raw = b"Subject: s\r\nContent-Type: message/rfc822\r\n\r\n" * times + b"Subject: s\r\n\r\n" + b"x" * size

    with PooledReader(size=1) as pool:
        message = pool.read(raw)

    assert message.error is None
    assert len(message.attachments) == times


def test_files_are_taken_out_of_a_mail_in_a_child_as_inline() -> None:
    raw = a_mail_with_attachment(content="a;b")

    with PooledReader(size=1) as pool:
        found = pool.files(raw, [0])

    assert found == InlineReader().files(raw, [0]) == [(read(raw).attachments[0], b"a;b")]


def test_a_file_that_no_child_can_take_out_costs_the_service_nothing() -> None:
    with PooledReader(size=1) as pool:
        with pytest.raises(UnreadableMail, match="IndexError"):
            pool.files(MAIL, [3])

        assert pool.read(MAIL).subject == "It is down"


def test_a_child_reaches_no_network(pool: PooledReader) -> None:
    assert asked(pool, "connect") in {"Refused", "PermissionError"}
    assert "audit hook" in pool.isolation()


def test_the_kernel_itself_refuses_sockets(pool: PooledReader) -> None:
    if not KERNEL_FILTERS:
        pytest.skip("this kernel filters no system calls")

    assert "system call filter" in pool.isolation()
    assert asked(pool, "socket") == "-1 Operation not permitted"


@pytest.mark.parametrize("act", CHANGES)
def test_the_kernel_itself_refuses_all_changes_of_files_and_processes(act: str, child: PooledReader) -> None:
    if not KERNEL_FILTERS:
        pytest.skip("this kernel filters no system calls")

    assert asked(child, act) == "-1 Operation not permitted"


@pytest.mark.parametrize("act", HOOKED)
def test_python_itself_refuses_what_would_change_anything(act: str, child: PooledReader) -> None:
    assert asked(child, act) == "Refused"


def test_a_child_has_a_network_of_its_own_with_nothing_in_it(pool: PooledReader) -> None:
    if not lends_network_namespaces():
        pytest.skip("this kernel lends no network namespaces")

    assert "network namespace" in pool.isolation()
    assert asked(pool, "namespace") != str(Path("/proc/self/ns/net").readlink())


def test_a_child_runs_no_programs_and_writes_no_files(pool: PooledReader) -> None:
    assert asked(pool, "program") in {"Refused", "PermissionError"}
    assert asked(pool, "write") == ("Operation not permitted" if KERNEL_FILTERS else "File too large")


def test_a_child_inherits_no_open_files_and_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TICKETBOT_RELAY__PASSWORD", "secret")
    with (tmp_path / "ours").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        with PooledReader(size=1, function=MISBEHAVE) as pool:
            opened, environment = asked(pool, "open"), asked(pool, "environment")

    assert opened == "null null pipe pipe"
    assert "TICKETBOT" not in environment


def test_what_a_library_prints_is_no_answer(pool: PooledReader) -> None:
    assert asked(pool, "print") == "said"


def test_a_child_leaves_the_signals_of_the_service_to_the_service(pool: PooledReader) -> None:
    assert asked(pool, "terminate") == "alive"
    assert asked(pool, "process") == str(pool.processes()[0])


def test_a_child_that_dies_between_two_mails_costs_none(pool: PooledReader) -> None:
    process = int(asked(pool, "process"))
    os.kill(process, signal.SIGKILL)
    assert until(lambda: not is_alive(process))

    assert pool.read(MAIL).subject == "It is down"


def test_a_pool_that_can_start_no_child_blames_no_mail() -> None:
    with PooledReader(size=1, function="tests.inbound.hostile:nobody") as pool, pytest.raises(TemporaryError):
        pool.read(MAIL)


def test_others_go_on_while_one_hangs() -> None:
    with PooledReader(size=2, function=MISBEHAVE, allowance=Allowance(seconds=5)) as pool, ThreadPoolExecutor(2) as two:
        two.submit(pool.read, b"sleep ")
        began = time.monotonic()
        subjects = [pool.read(MAIL).subject for _ in range(20)]
        took = time.monotonic() - began
        pool.close()

    assert subjects == ["It is down"] * 20
    assert took < 5


def test_many_threads_read_at_once_and_none_gets_another_s_mail() -> None:
    mails = [MAIL.replace(b"It is down", b"mail %d" % number) for number in range(120)]

    with PooledReader(size=3) as pool, ThreadPoolExecutor(8) as threads:
        subjects = [message.subject for message in threads.map(pool.read, mails)]
        children = len(pool.processes())

    assert subjects == [f"mail {number}" for number in range(120)]
    assert children <= 3


def test_closing_ends_every_child_and_frees_who_waits() -> None:
    pool = PooledReader(size=1, function=MISBEHAVE)
    with ThreadPoolExecutor(2) as two:
        waiting = [two.submit(pool.read, b"sleep ") for _ in range(2)]
        assert until(lambda: len(pool.processes()) == 1 and not pool._idle)
        processes = pool.processes()
        pool.close()

    assert {type(each.exception()) for each in waiting} <= {TemporaryError}
    assert not any(is_alive(process) for process in processes)
    with pytest.raises(TemporaryError, match="stopping"):
        pool.read(MAIL)


@pytest.mark.parametrize(
    ("share", "found"),
    [
        ("100000 100000", 1),
        ("50000 100000", 1),
        ("1 100000", 1),
        ("max 100000", None),
        ("", None),
        ("9900000 100000", None),
    ],
)
def test_there_are_as_many_children_as_cores_or_as_the_container_s_share(
    share: str, found: int | None, tmp_path: Path
) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(share, encoding="ascii")

    assert cores(file) == (found or len(os.sched_getaffinity(0)))


def test_without_a_container_every_core_counts(tmp_path: Path) -> None:
    assert cores(tmp_path / "none") == len(os.sched_getaffinity(0))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_mail_that_kills_three_children_is_set_aside_and_the_others_become_tickets(store: Store) -> None:
    with PooledReader(size=1, function=MISBEHAVE) as pool:
        desk = DeskDriver(store, reader=pool)
        poison = desk.keep(b"segfault ")
        good = desk.keep(a_mail(subject="It is down"))

        desk.process()

    mail = desk.mail(poison)
    assert (mail.state, mail.attempts) == ("quarantined", 3)
    assert "Segmentation fault" in (mail.reason or "")
    assert desk.mail(good).outcome == "ticket"


@pytest.mark.parametrize("word", ["nothing", "sleep", "burn"])
def test_no_child_outlives_a_service_that_was_killed(word: str) -> None:
    service = subprocess.Popen(
        [sys.executable, "-c", PARENT.replace("WORD", word)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert service.stdout is not None
    with service.stdout as told:
        child = int(told.readline())
        assert is_alive(child)

        service.kill()
        service.wait()

    assert until(lambda: not is_alive(child))


PARENT = f"""
import threading, time
from ticketbot.inbound.pool import PooledReader
from ticketbot.inbound.ward import Allowance
pool = PooledReader(size=1, function="{MISBEHAVE}", allowance=Allowance(seconds=600, cpu_seconds=600))
pool.isolation()
threading.Thread(target=pool.read, args=(b"WORD ",), daemon=True).start()
time.sleep(0.2)
print(pool.processes()[0], flush=True)
time.sleep(600)
"""
