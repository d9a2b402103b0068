"""Mails in files, folders, mboxes and Maildirs."""

from pathlib import Path

import pytest

from ticketbot.domain.errors import NotFound
from ticketbot.inbound.files import mails_in

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
        ("box:1", b"Subject: one\n\nFrom here on\nit works\nFrom there it does not\n"),
        ("box:2", b"Subject: two\n\nx\n"),
    ]


def test_a_mail_that_begins_like_an_mbox_is_one_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MBOX)

    assert list(mails_in(tmp_path / "a.eml")) == [("a.eml", MBOX)]


def test_a_folder_gives_its_mails_by_name_and_skips_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.eml", "a.eml", "sub/c.eml", "expected.jsonl", ".hidden"):
        (tmp_path / name).write_bytes(b"x")

    assert [name for name, _ in mails_in(tmp_path)] == ["a.eml", "b.eml", "c.eml"]


def test_a_maildir_gives_new_and_current_mails(tmp_path: Path) -> None:
    for folder, name in (("cur", "2.host:2,S"), ("new", "1.host"), ("tmp", "3.host")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(b"x")

    assert [name for name, _ in mails_in(tmp_path)] == ["1.host", "2.host:2,S"]


def test_nothing_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file or folder"):
        list(mails_in(tmp_path / "none"))
