"""From bytes to text: which codec a label means, what to try when it lies, and the one door that cleans text."""

import codecs
import re
from typing import Final

#: What senders write, and the codec that reads what they mean. Everything not named here is asked of ALLOWED.
_ALIASES: Final = {
    "": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "646": "utf-8", "7bit": "utf-8",
    "8bit": "utf-8", "binary": "utf-8", "unknown": "utf-8", "unknown-8bit": "utf-8", "x-unknown": "utf-8",
    "default": "utf-8", "utf8": "utf-8", "utf-8mb4": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "utf-7": "utf-7", "unicode-1-1-utf-7": "utf-7", "utf7": "utf-7",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "8859-1": "cp1252", "iso-8859": "cp1252", "ansi": "cp1252", "windows-1252": "cp1252", "x-cp1252": "cp1252",
    "iso-8859-9": "cp1254", "iso8859-9": "cp1254", "latin5": "cp1254",
    "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-6-i": "iso8859-6", "iso-8859-6-e": "iso8859-6",
    "logical": "iso8859-8", "visual": "iso8859-8",
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "euc-cn": "gb18030",
    "cp936": "gb18030", "windows-936": "gb18030", "gb18030": "gb18030", "chinese": "gb18030", "hz-gb-2312": "hz",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "big-5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "ksc_5601": "cp949", "euc-kr": "cp949",
    "korean": "cp949", "windows-949": "cp949", "uhc": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "windows-31j": "cp932", "cp932": "cp932", "ms932": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "mac": "mac_roman",
    "x-mac-ce": "mac_latin2", "koi8-ru": "koi8_u", "koi8": "koi8_r", "cp1251": "cp1251", "win-1251": "cp1251",
    "dos-850": "cp850", "ibm-850": "cp850", "x-user-defined": "cp1252", "unicode": "utf-16", "ucs-2": "utf-16",
}  # fmt: skip

#: Codecs that turn bytes into text and do nothing else (faults.md P3): the others are never asked.
_ALLOWED: Final = frozenset(
    codecs.lookup(name).name
    for name in [
        "utf-8",
        "utf-8-sig",
        "utf-7",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "big5",
        "big5hkscs",
        "cp037",
        "cp437",
        "cp500",
        "cp720",
        "cp737",
        "cp775",
        "cp850",
        "cp852",
        "cp855",
        "cp856",
        "cp857",
        "cp858",
        "cp860",
        "cp861",
        "cp862",
        "cp863",
        "cp864",
        "cp865",
        "cp866",
        "cp869",
        "cp874",
        "cp875",
        "cp932",
        "cp949",
        "cp950",
        "cp1006",
        "cp1026",
        "cp1125",
        "cp1140",
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
        "euc_jp",
        "euc_jis_2004",
        "euc_jisx0213",
        "euc_kr",
        "gb2312",
        "gbk",
        "gb18030",
        "hz",
        "iso2022_jp",
        "iso2022_jp_1",
        "iso2022_jp_2",
        "iso2022_jp_2004",
        "iso2022_jp_3",
        "iso2022_jp_ext",
        "iso2022_kr",
        "latin_1",
        "iso8859_2",
        "iso8859_3",
        "iso8859_4",
        "iso8859_5",
        "iso8859_6",
        "iso8859_7",
        "iso8859_8",
        "iso8859_9",
        "iso8859_10",
        "iso8859_11",
        "iso8859_13",
        "iso8859_14",
        "iso8859_15",
        "iso8859_16",
        "johab",
        "koi8_r",
        "koi8_t",
        "koi8_u",
        "kz1048",
        "mac_cyrillic",
        "mac_greek",
        "mac_iceland",
        "mac_latin2",
        "mac_roman",
        "mac_turkish",
        "ptcp154",
        "shift_jis",
        "shift_jis_2004",
        "shift_jisx0213",
        "tis_620",
    ]
)

_LABEL: Final = re.compile(r"[^a-z0-9_.:-]")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STATEFUL: Final = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_HIGH_RUNS: Final = re.compile(rb"[\x80-\xff]+")
#: Beginnings of UTF-8 that stand in no Western text by chance: accented letters, signs, dashes, other scripts' signs.
_LIKE_UTF8: Final = re.compile(
    rb"[\xc2\xc3][\x80-\xbf]|(?:[\xc4-\xdf][\x80-\xbf]){2}|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x80-\xbf]{3}"
)
_TOO_MANY_GAPS: Final = 0.02

#: Characters that no stored text may hold: controls but tab and newline, surrogates, explicit bidi, odd separators.
_DROPPED: Final = {
    **dict.fromkeys((*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0))),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)),
    0x0C: "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n\n",
}
_NEEDS_CLEANING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_INVISIBLE: Final = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0x00AD, 0x180E, 0x200E, 0x200F))


def codec_of(label: str) -> str | None:
    """Return the codec for a charset label as senders write it, or None when none can be trusted."""
    name = _LABEL.sub("", label.strip().lower())[:40]
    if name in _ALIASES:
        return _ALIASES[name]
    for candidate in (
        name,
        name.replace("-", ""),
        name.replace("x-", "", 1),
        re.sub(r"^(?:cp|win|windows|ibm)-?", "cp", name),
    ):
        try:
            found = codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
        if found in _ALLOWED:
            return "cp1252" if found == "iso8859-1" else found
    return None


def decode(data: bytes, label: str = "") -> str:
    """Return *data* as text: by its label where that holds, else by what the bytes say. Never raises, not yet clean."""
    if not label and data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    return _decoded(data, label)


def _decoded(data: bytes, label: str) -> str:
    for mark, wide in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(wide, "replace")
    codec = codec_of(label)
    if b"\x1b" in data and any(mark in data for mark in _STATEFUL):
        return _recovered(data, codec)
    if codec in {None, "utf-8", "cp1252"}:
        if data.isascii() and b"\x1b" not in data:
            return data.decode("ascii")
        if (codec != "cp1252" or _LIKE_UTF8.search(data)) and (text := _strict(data, "utf-8")) is not None:
            return text
    if codec and codec != "utf-8" and (text := _strict(data, codec)) is not None:
        return text
    return _recovered(data, codec)


def is_guess(data: bytes, label: str) -> bool:
    """Return whether `decode` has to guess: the bytes are not what their label says, or UTF-8 where there is none."""
    if data.isascii() or any(data.startswith(mark) for mark, _ in _BOMS):
        return False
    return _strict(data, codec_of(label) or "utf-8") is None


def clean(text: str) -> str:
    """Return *text* as it may be stored and shown: newlines are LF; no NUL, control, surrogate or bidi override."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _NEEDS_CLEANING.search(text):
        text = text.translate(_DROPPED).encode("utf-8", "replace").decode("utf-8")
    return text


def clean_line(text: str) -> str:
    """Return *text* as one clean line, for subjects, names and file names: runs of white space become one blank."""
    return " ".join(clean(text).split())


def without_invisible(text: str) -> str:
    """Return *text* without zero-width characters, for labels whose looks must not deceive."""
    return text.translate(_INVISIBLE)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _recovered(data: bytes, codec: str | None) -> str:
    """Return the best reading of bytes whose label is missing or lies."""
    if any(mark in data for mark in _STATEFUL):
        for stateful in (codec or "", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr"):
            if stateful.startswith("iso2022") and (text := _strict(data, stateful)) is not None:
                return text
    if codec != "utf-8" and (text := _strict(data, "utf-8")) is not None and not data.isascii():
        return text
    if codec and codec not in {"utf-8", "cp1252"}:
        return data.decode(codec, "replace")
    as_utf8 = data.decode("utf-8", "replace")
    high = sum(1 for byte in data if byte > 0x7F)
    if as_utf8.count("\ufffd") <= high * 0.1 + _TOO_MANY_GAPS:
        return as_utf8
    return guess(data)


def guess(data: bytes) -> str:
    """Return 8-bit text without a label: Cyrillic or East Asian where the bytes fit, else Windows' Western."""
    if cyrillic := _cyrillic_codec(data[:4000]):
        return data.decode(cyrillic, "replace")
    for codec, letters in _EAST_ASIAN.items():
        text = _strict(data, codec)
        if text is not None and _is_written_in(letters, text[:4000]):
            return text
    return data.decode("cp1252", "replace") if _strict(data, "cp1252") is not None else data.decode("latin-1")


def _cyrillic_codec(data: bytes) -> str:
    """Return the codec of Russian and its neighbours, or nothing.

    Their letters stand in words, in the upper half of the upper half, where Western ones stand alone and East Asian
    ones are spread; small letters outnumber capitals, which lie on different sides in the two codecs.
    """
    words = _HIGH_RUNS.findall(data)
    letters = [byte for word in words for byte in word if byte >= 0xC0]
    if len(letters) < 4 or len(letters) < 3 * len(words) or len(letters) < 0.95 * sum(map(len, words)):
        return ""
    codec, common = (
        ("cp1251", b"\xee\xe5\xe0\xe8")
        if sum(b >= 0xE0 for b in letters) * 2 > len(letters)
        else ("koi8-r", b"\xcf\xc5\xc1\xc9")
    )
    return codec if sum(byte in common for byte in letters) >= 0.2 * len(letters) and common[3] in letters else ""


def _is_written_in(letters: str, text: str) -> bool:
    """Return whether most characters beyond ASCII are of a script, in runs."""
    beyond = sum(1 for c in text if c > "\x7f")
    common = len(re.findall(f"[{letters}\u3000-\u303f\uff01-\uff5e]", text))
    return beyond >= 4 and common >= 0.95 * beyond and re.search(f"[{letters}]{{4,}}", text) is not None


#: What a text of each codec is written in. Korean before Chinese: the bytes of Hangul are ideographs there, too.
_EAST_ASIAN: Final = {
    "cp932": "\u3040-\u30ff\u4e00-\u9fa5",
    "cp949": "\uac00-\ud7a3",
    "gb18030": "\u4e00-\u9fa5\u2014-\u2026",
}
