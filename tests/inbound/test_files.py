"""Mails in files, folders, mboxes and Maildirs."""

import os
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from ticketbot.domain.errors import NotFound
from ticketbot.inbound.files import Found, mails_in

MBOX = b"""From a@x.example Mon Nov 16 09:12:00 2026
Subject: one

>From here on
it works
From there it does not

From b@x.example Mon Nov 16 09:13:00 2026
Subject: two

x
"""


def test_an_mbox_gives_its_mails_in_order(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(MBOX)

    assert list(mails_in(tmp_path / "box")) == [
        Found(name="box:1", raw=b"Subject: one\n\nFrom here on\nit works\nFrom there it does not\n"),
        Found(name="box:2", raw=b"Subject: two\n\nx\n"),
    ]


def test_a_mail_that_begins_like_an_mbox_is_one_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MBOX)

    assert list(mails_in(tmp_path / "a.eml")) == [Found(name="a.eml", raw=MBOX)]


def test_a_folder_gives_its_mails_by_name_and_skips_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.eml", "a.eml", "sub/c.eml", "expected.jsonl", ".hidden"):
        (tmp_path / name).write_bytes(b"x")

    assert [found.name for found in mails_in(tmp_path)] == ["a.eml", "b.eml", "c.eml"]


def test_a_maildir_gives_new_and_current_mails(tmp_path: Path) -> None:
    for folder, name in (("cur", "2.host:2,S"), ("new", "1.host"), ("tmp", "3.host")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(b"x")

    assert [found.name for found in mails_in(tmp_path)] == ["1.host", "2.host:2,S"]


def test_nothing_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file or folder"):
        list(mails_in(tmp_path / "none"))


def test_one_that_cannot_be_read_takes_no_other_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.eml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "b.eml").write_bytes(b"x")
    (tmp_path / "c.eml").symlink_to("c.eml")

    found = list(mails_in(tmp_path))

    assert [each.name for each in found] == ["a.eml", "b.eml", "c.eml"]
    assert [bool(each.error) for each in found] == [True, False, True]
    assert found[0].error == "could not be read: No such file or directory"


def test_a_file_of_a_maildir_that_cannot_be_read_has_its_error(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1").symlink_to("nowhere")
    (tmp_path / "cur" / "2").write_bytes(b"x")
    os.mkfifo(tmp_path / "cur" / "3")

    assert [(found.name, bool(found.error)) for found in mails_in(tmp_path)] == [("1", True), ("2", False)]


def test_a_folder_that_may_not_be_read_has_a_line_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shut").mkdir()
    (tmp_path / "z.eml").write_bytes(b"x")
    monkeypatch.setattr(Path, "iterdir", _shut(Path.iterdir))

    assert [(found.name, found.error) for found in mails_in(tmp_path)] == [
        ("shut", "could not be read: Permission denied"),
        ("z.eml", None),
    ]


def _shut(inner: Callable[[Path], Iterator[Path]]) -> Callable[[Path], Iterator[Path]]:
    def iterdir(path: Path) -> Iterator[Path]:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return inner(path)

    return iterdir


def test_a_folder_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"x")
    (tmp_path / "loop").symlink_to(".")

    assert [found.name for found in mails_in(tmp_path)] == ["a.eml"]


def test_a_pipe_in_a_folder_is_no_mail(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert list(mails_in(tmp_path)) == []


@pytest.mark.parametrize(
    ("content", "names"), [(b"Subject: x\n\nx", ["pipe"]), (MBOX, ["pipe:1", "pipe:2"]), (b"", ["pipe"])]
)
def test_a_pipe_that_is_named_is_read(tmp_path: Path, content: bytes, names: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
    writer.start()

    assert [found.name for found in mails_in(tmp_path / "pipe")] == names
    writer.join()


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(b"Subject: x\n\nx")))

    assert list(mails_in(Path("-"))) == [Found(name="-", raw=b"Subject: x\n\nx")]


def test_an_empty_device_is_an_empty_mail() -> None:
    assert list(mails_in(Path(os.devnull))) == [Found(name="null")]
