"""Values cross the border to a child and back, and nothing else does."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories import a_mail_with_attachment
from tests.inbound.hostile import misbehave

from ticketbot.domain.messages import Address, Attachment, Authentication, FailedRecipient, Message, Report
from ticketbot.inbound import child, wire
from ticketbot.inbound.parse import read
from ticketbot.inbound.wire import Question

SAMPLES = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ADDRESSES = st.builds(Address, address=WORDS, name=WORDS)
REPORTS = st.builds(
    Report,
    recipients=st.lists(st.builds(FailedRecipient, address=WORDS, action=WORDS), max_size=2).map(tuple),
    original_ids=st.lists(WORDS, max_size=2).map(tuple),
    is_feedback=st.booleans(),
)
MESSAGES = st.builds(
    Message,
    sha256=WORDS,
    size=st.integers(min_value=0),
    fingerprint=WORDS,
    sender=st.none() | ADDRESSES,
    to=st.lists(ADDRESSES, max_size=2).map(tuple),
    return_path=st.none() | WORDS,
    date=st.none() | st.datetimes(timezones=st.just(UTC)),
    text=WORDS,
    attachments=st.lists(
        st.builds(Attachment, index=st.integers(), filename=WORDS, content_type=WORDS, size=st.integers(), sha256=WORDS)
    ).map(tuple),
    headers=st.dictionaries(WORDS, st.lists(WORDS, max_size=2).map(tuple), max_size=3),
    authentication=st.sampled_from(Authentication),
    report=st.none() | REPORTS,
    is_encrypted=st.booleans(),
    error=st.none() | WORDS,
)


def a_message(**values: object) -> Message:
    return Message(**{"sha256": "0", "size": 1, "fingerprint": "0", "sender": None, **values})  # type: ignore[arg-type]


@given(MESSAGES, st.lists(MESSAGES, max_size=2).map(tuple))
@settings(max_examples=50)
def test_every_message_comes_back_as_it_went(outer: Message, nested: tuple[Message, ...]) -> None:
    message = a_message(text=outer.text, nested=(outer, *nested))

    assert wire.loaded(Message, wire.dumped(message)) == message


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_comes_back_as_it_was_read(path: Path) -> None:
    message = read(path.read_bytes())

    assert wire.loaded(Message, wire.dumped(message)) == message


def test_enumerations_and_instants_keep_their_types() -> None:
    back = wire.loaded(Message, wire.dumped(a_message(date=datetime(2026, 11, 2, 9, 30, tzinfo=UTC))))

    assert isinstance(back.authentication, Authentication)
    assert back.date == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert wire.loaded(Message, wire.dumped(a_message(text="a\udc80b"))).text == "a?b"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"size": "1"}, id="text for a number"),
        pytest.param({"size": True}, id="truth for a number"),
        pytest.param({"text": None}, id="nothing for text"),
        pytest.param({"text": ["a"]}, id="a list for text"),
        pytest.param({"to": "casey"}, id="text for a list"),
        pytest.param({"to": [["a", "b", "c"]]}, id="an address too long"),
        pytest.param({"headers": []}, id="a list for a mapping"),
        pytest.param({"sender": {"address": "a"}}, id="a mapping for an address"),
        pytest.param({"authentication": "perhaps"}, id="no member"),
        pytest.param({"date": "yesterday"}, id="no instant"),
        pytest.param({"date": 5}, id="a number for an instant"),
    ],
)
def test_a_value_of_another_type_is_refused(change: dict[str, object]) -> None:
    plain = json.loads(wire.dumped(a_message()))
    names = list(Message.__dataclass_fields__)
    for name, value in change.items():
        plain[names.index(name)] = value

    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        wire.loaded(Message, json.dumps(plain).encode())


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"__class__":"os.system"}'])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        wire.loaded(Message, data)


def test_what_is_no_plain_value_does_not_cross() -> None:
    with pytest.raises(TypeError, match="bytes"):
        wire.dumped(b"raw")


def conversation(*mails: bytes) -> tuple[list[tuple[bytes, bytes]], list[int]]:
    """What a child answers to these mails, and the seconds that it was allowed for each."""
    return answered(*((raw, Question(names=frozenset({"mx.example"}))) for raw in mails))


def answered(*questions: tuple[bytes, Question]) -> tuple[list[tuple[bytes, bytes]], list[int]]:
    """What a child answers when this is asked of these mails, and the seconds that it was allowed for each."""
    asked = b"".join(wire.request(raw, question, cpu_seconds=2) + raw for raw, question in questions)
    sink, allowed = BytesIO(), []

    class Guard:
        def __init__(self, seconds: int) -> None:
            allowed.append(seconds)

        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

    child.serve(BytesIO(asked), sink, reading=misbehave, guard=Guard)
    sink.seek(0)
    answers = []
    while head := sink.read(wire.ANSWER_HEAD):
        kind, size = wire.answered(head)
        answers.append((kind, sink.read(size)))
    return answers, allowed


def test_a_child_answers_one_mail_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WORN_OUT", sys.maxsize)  # it is the test's own process that is measured here

    answers, allowed = conversation(b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n")

    assert [wire.loaded(Message, content).subject for _, content in answers] == ["one", "two"]
    assert allowed == [2, 2]


def test_a_child_that_failed_says_why_and_ends() -> None:
    answers, _ = conversation(b"raise ", b"Subject: two\r\n\r\n")

    assert answers == [(wire.FAILED, b"ZeroDivisionError")]


def test_a_child_that_has_grown_says_farewell_with_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WORN_OUT", 0)

    answers, _ = conversation(b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n")

    assert [kind for kind, _ in answers] == [wire.LAST_MESSAGE]


# Files

ENCLOSING = a_mail_with_attachment(filename="übersicht.csv", content="a;b\n1;2")
NOTHING = Attachment(index=1, filename="", content_type="text/plain", size=0, sha256="0")


def test_a_child_hands_out_the_files_that_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WORN_OUT", sys.maxsize)

    answers, allowed = answered((ENCLOSING, Question(files=(0,))), (ENCLOSING, Question(files=())))

    assert [kind for kind, _ in answers] == [wire.FILES, wire.FILES]
    assert [wire.unpacked(bytearray(content)) for _, content in answers] == [
        [(read(ENCLOSING).attachments[0], b"a;b\r\n1;2")],
        [],
    ]
    assert allowed == [2, 2]


def test_a_child_that_has_grown_hands_out_its_last_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "WORN_OUT", 0)

    answers, _ = answered((ENCLOSING, Question(files=(0,))))

    assert [kind for kind, _ in answers] == [wire.LAST_FILES]


def test_a_file_that_is_not_there_is_a_failure() -> None:
    answers, _ = answered((ENCLOSING, Question(files=(7,))))

    assert answers == [(wire.FAILED, b"IndexError")]


@given(st.lists(st.binary(max_size=50), max_size=4))
def test_files_come_back_as_they_went(contents: list[bytes]) -> None:
    files = [(replace(NOTHING, index=number, size=len(data)), data) for number, data in enumerate(contents)]

    assert wire.unpacked(bytearray(b"".join(wire.packed(files)))) == files


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0\0\0\xff[]", id="less than it says"),
        pytest.param(b"\0\0\0\2[]x", id="octets of no file"),
        pytest.param(b"\0\0\0\2{}", id="no list"),
        pytest.param(b"\0\0\0\4null", id="null"),
        pytest.param(b"\0\0\0\5[[1]]", id="no file"),
        pytest.param(b"".join(wire.packed([(replace(NOTHING, size=5), b"four")])), id="too few octets"),
        pytest.param(
            b"".join(wire.packed([(replace(NOTHING, size=-4), b""), (replace(NOTHING, size=8), b"four")])),
            id="a file of less than nothing",
        ),
    ],
)
def test_what_are_no_files_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        wire.unpacked(bytearray(data))
