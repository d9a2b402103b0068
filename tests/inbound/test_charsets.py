# ruff: noqa: RUF001 - many scripts
"""Bytes whose charset is missing or lies."""

import pytest

from ticketbot.inbound.charsets import decode

UNLABELLED = {
    "russian_cp1251": ("cp1251", "Это сообщение имеет неправильную кодировку."),
    "russian_koi8": ("koi8-r", "Ошибка при входе в систему, помогите пожалуйста"),
    "ukrainian_cp1251": ("cp1251", "Не можу увійти до системи з учорашнього дня"),
    "chinese_gb": ("gb18030", "从今天早上开始，仓库里没有人能打印送货单。"),
    "japanese_sjis": ("cp932", "今朝から倉庫で納品書を印刷できません。"),
    "korean": ("cp949", "오늘 아침부터 창고에서 납품서를 인쇄할 수 없습니다."),
    "german": ("cp1252", "Über größere Änderungen müssen wir später reden"),
    "french": ("cp1252", "Très cordialement à Zoë, l’été “dernier”"),
    "capitals": ("cp1252", "ÄÖÜ"),
}


@pytest.mark.parametrize("name", UNLABELLED)
@pytest.mark.parametrize("label", ["", "us-ascii", "x-unknown"])
def test_bytes_without_a_label_are_read_by_what_they_say(name: str, label: str) -> None:
    codec, text = UNLABELLED[name]

    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize("text", ["one ✿", "1 °C", "é", "“so”", "Привет", "日本", "🙂"])
def test_utf8_under_a_western_label_is_read_as_what_it_is(text: str) -> None:
    assert decode(text.encode(), "iso-8859-1") == text


@pytest.mark.parametrize("text", ["CAFÉ\xa0: 2", "À «\xa0la\xa0» carte", "Ä", "„Ö“", "größer"])
def test_western_bytes_under_their_own_label_stay(text: str) -> None:
    assert decode(text.encode("cp1252"), "iso-8859-1") == text
