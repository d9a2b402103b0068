"""The gallery: every letter in every language can be looked at, with or without a browser."""

from pathlib import Path

import pytest
from bench import gallery
from tests.outbound.samples import samples

from ticketbot.outbound.letters import Code


def test_the_gallery_shows_a_letter_in_each_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gallery.main([str(tmp_path), "ack"], browsers=())

    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")) == [
        "de/ack.html",
        "en/ack.html",
        "index.html",
    ]
    assert "Your mail has arrived" in (tmp_path / "en/ack.html").read_text(encoding="utf-8")
    assert "chromium is not installed" in capsys.readouterr().out


@pytest.mark.parametrize("locale", gallery.LOCALES)
def test_every_letter_has_a_sample_in_each_language(locale: str) -> None:
    drafts = samples(locale).values()

    assert {each.code for each in drafts} == set(Code)
    assert {each.locale for each in drafts} == {locale}
