"""TOML for people: values keep their lines, complaints are sentences, what is written can be read again."""

import tomllib
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from ticketbot.tomlfile import (
    Duration,
    Misconfigured,
    Section,
    Size,
    as_toml,
    checked,
    parse_document,
    parse_duration,
    parse_size,
    toml_text,
)

TEXT = '''\
# a comment with [brackets] and = signs
[a]
b = 1
"x y".z = "q # not a comment ["
[[t]]
k = """several
lines with "quotes" and ] [ signs"""  # behind
[[t]]
l = [ 1,
  { q = 1, r = "}" },
  2 ]
[t.sub]
z = 2027-03-01T06:00:00
m = \'\'\'raw
text\'\'\'
[launches."acme/hr"]
name = \'x\'
inline = { deep = { er = [ "a", "b" ] } }
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("a",), 2),
        (("a", "b"), 3),
        (("a", "x y", "z"), 4),
        (("t", 0, "k"), 6),
        (("t", 1), 8),
        (("t", 1, "l", 1, "r"), 10),
        (("t", 1, "l", 2), 11),
        (("t", 1, "sub", "z"), 13),
        (("t", 1, "sub", "m"), 14),
        (("launches", "acme/hr", "name"), 17),
        (("launches", "acme/hr", "inline", "deep", "er", 1), 18),
    ],
)
def test_every_value_knows_its_line(place: tuple[str | int, ...], line: int) -> None:
    assert parse_document(TEXT, name="x.toml").where(place) == f"x.toml line {line}"


def test_what_is_missing_is_found_at_the_table_around_it() -> None:
    document = parse_document(TEXT, name="x.toml")

    assert document.where(("launches", "acme/hr", "go_live")) == "x.toml line 16"
    assert document.where(("elsewhere",)) == "x.toml"


def test_windows_line_ends_and_a_byte_order_mark_are_taken() -> None:
    assert parse_document("\ufeff[a]\r\nb = 1\r\n", name="x").where(("a", "b")) == "x line 2"


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | PLAIN | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=12,
)


def without_nothing(value: object, *, is_listed: bool = False) -> object:
    """The same without None, which TOML cannot say: left out of tables, not put into lists."""
    match value:
        case dict():
            return {name: without_nothing(each) for name, each in value.items() if each is not None}
        case list():
            return [without_nothing(each) for each in value if each is not None]
        case _:
            return value


@given(st.dictionaries(PLAIN, VALUES, max_size=4))
def test_what_is_written_reads_back_the_same_and_has_its_lines(document: dict[str, object]) -> None:
    wanted = without_nothing(document)
    assert isinstance(wanted, dict)

    text = toml_text(wanted)

    assert tomllib.loads(text) == wanted
    lines = parse_document(text, name="x").lines
    assert all((name,) in lines for name in wanted)


def test_values_are_written_as_people_write_them() -> None:
    assert as_toml([True, 2, 0.5, 'say "hi"\n']) == '[true, 2, 0.5, "say \\"hi\\"\\n"]'
    assert as_toml({"a b": date(2027, 3, 1), "c": time(8)}) == '{ "a b" = 2027-03-01, c = 08:00:00 }'
    assert toml_text({"a": {"b": None, "c": [{"d": 1}]}}) == "[a]\nc = [\n  { d = 1 },\n]\n"
    assert as_toml(datetime(2027, 3, 1, 6)) == "2027-03-01T06:00:00"  # noqa: DTZ001 - a wall time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10 min", 600), ("90s", 90), ("1h 30m", 5400), ("7 days", 604_800), ("2 weeks", 1_209_600), ("1.5 h", 5400),
        (30, 30), (0.5, 0.5), (timedelta(hours=1), 3600), ("45", 45), ("1 day, 2 hours", 93_600),
    ],
)  # fmt: skip
def test_durations_are_read(text: object, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "10 parsecs", "min", "10 m x", True, -5, None, []])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"), [("50 MB", 50_000_000), ("800 kB", 800_000), ("1.5G", 1_500_000_000), (7, 7)]
)
def test_sizes_are_read(text: object, size: int) -> None:
    assert parse_size(text) == size


class Inner(Section):
    number: int = Field(description="a number")
    span: Duration = timedelta()
    size: Size = 1


class Outer(Section):
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    named: dict[str, Inner] = Field(default={})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[inner]\nnumber = 1\nspann = 2", "x line 3: unknown key inner.spann; did you mean span?"),
        (
            "many = [\n{ number = 1 },\n{ numbre = 2, number = 1 }]",
            "x line 3: unknown key many[2].numbre; did you mean",
        ),
        ("[named.a]\nnumbr = 1\nnumber = 1", "x line 2: unknown key named.a.numbr; did you mean number?"),
        ("[[many]]\nnumber = 1.5", "x line 2: many[1].number = 1.5 must be a whole number"),
        ("many = 5", "x line 1: many = 5 must be a list in [ ]"),
        ("[named.a]\nspan = '1 s'", "x line 1: named.a.number is missing (a number)"),
    ],
)
def test_complaints_name_line_key_and_remedy(text: str, says: str) -> None:
    document = parse_document(text, name="x")

    with pytest.raises(Misconfigured) as caught:
        checked(Outer, document.data, where=document.where)

    assert says in caught.value.problems[0].sentence
