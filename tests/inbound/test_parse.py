"""Reading mails: one oddity a test, its mail beside it in tests/mails."""

import base64
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketbot.domain.messages import Message
from ticketbot.inbound import parse, walk
from ticketbot.inbound.inline import InlineReader
from ticketbot.inbound.parse import read, sanitised_html, stub
from ticketbot.inbound.walk import Limits, Part

MAILS = Path(__file__).parents[1] / "mails"
SAMPLES = sorted(MAILS.glob("*.eml"))
HEAD = b"From: Casey <casey@client.example>\r\nTo: support@desk.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


def sample(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def understood(name: str) -> Message:
    return read(sample(name))


def is_clean(text: str) -> bool:
    text.encode("utf-8")
    return not any(c < " " and c not in "\t\n" for c in text) and "\x7f" not in text and "\u202e" not in text


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_read_without_an_error(path: Path) -> None:
    message = read(path.read_bytes())

    assert message.error is None
    assert is_clean(message.text + message.subject + message.new_text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain-utf8-quoted-printable", "Die Anmeldung fällt aus."),
        ("raw-latin1-subject", "Störung im Büro"),
        ("windows-1252-labelled-latin1", "“quoted” € 5"),
        ("gb18030-labelled-gb2312", "镕基你好世界"),
        ("iso-2022-jp-without-charset", "こんにちは、世界"),
        ("ks-c-5601", "안녕하세요 세계"),
        ("unknown-charset", "Ärger"),
        ("codec-that-is-no-charset", "Hello"),
        ("charset-with-nul", "Hellothere"),
        ("no-headers-at-all", "This is only text."),
        ("no-content-type-html", "Hello there"),
        ("text-before-html-tag", "My answer is here.\n\nRest\n\nafter it"),
        ("alternative-with-related-and-attachment", "Plain body"),
        ("apple-mail-interleaved-parts", "Before the picture.\nAfter the picture."),
        ("attached-mail-keeps-its-own-files", "See the attached mail."),
        ("unclosed-nested-multiparts-sharing-a-boundary", "Still readable"),
        ("missing-boundary-parameter", "Found it"),
        ("base64-with-list-footer", "Hello world"),
        ("format-flowed", "This is one paragraph.\n> quoted text\n-- \nCasey"),
        ("mbox-line-first", "body"),
        ("bare-carriage-returns", "line one\nline two"),
        ("blank-line-of-spaces-in-headers", "body"),
    ],
)
def test_text_is_what_the_sender_wrote(name: str, text: str) -> None:
    assert understood(name).text.strip() == text


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("raw-latin1-subject", "Störung"),
        ("encoded-word-split-inside-a-character", "Login fällt aus 🔥"),
        ("encoded-newline-in-subject", "Hello Bcc: victim@example.com"),
        ("blank-line-of-spaces-in-headers", "folded subject"),
    ],
)
def test_subject_is_one_clean_line(name: str, subject: str) -> None:
    assert understood(name).subject == subject


def test_html_is_read_as_text_without_what_is_hidden() -> None:
    assert understood("html-only").text == "First line\nsecond line\n\n> quoted"


def test_shown_html_loads_nothing_from_elsewhere_and_runs_nothing() -> None:
    html = sanitised_html(sample("html-only"))

    assert "track.example" not in html
    assert "script" not in html
    assert 'src="cid:logo"' in html


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_shown_html_keeps_no_link_that_runs(link: str) -> None:
    html = sanitised_html(HEAD + f'Content-Type: text/html\r\n\r\n<a href="{link}">here</a>'.encode())

    assert link.partition(":")[0].lower() not in html.lower()
    assert "here" in html


@pytest.mark.parametrize(("delsp", "text"), [(b"", "one two"), (b"; delsp=yes", "onetwo"), (b"; delsp=no", "one two")])
def test_flowed_lines_are_joined_with_or_without_their_blank_as_the_sender_says(delsp: bytes, text: str) -> None:
    assert read(HEAD + b"Content-Type: text/plain; format=flowed" + delsp + b"\r\n\r\none \r\ntwo").text == text


def test_a_sender_whom_another_reader_sees_otherwise_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"From: Casey (in a hurry) <casey@client.example>\r\nSubject: s\r\n\r\nx"
    seen = read(raw).sender
    monkeypatch.setattr(parse, "_second_reading_agrees", lambda *_: False)

    assert seen is not None
    assert read(raw).sender is None


def test_attachments_keep_their_order_and_their_bytes() -> None:
    raw = sample("alternative-with-related-and-attachment")

    files = read(raw).attachments

    assert [(file.index, file.filename, file.content_id) for file in files] == [
        (0, "part-1.png", "logo@x"),
        (1, "report.pdf", ""),
    ]
    assert InlineReader().files(raw, [1]) == [(files[1], b"%PDF-")]


def test_unnamed_attachments_have_the_same_names_at_every_reading() -> None:
    first, second = understood("attachment-without-a-name"), understood("attachment-without-a-name")

    assert [file.filename for file in first.attachments] == ["part-1.pdf", "part-2.jpg"]
    assert first == second


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b'Content-Disposition: filename="a.pdf"', "a.pdf"),
        (b'Content-Disposition: attachment filename="a.pdf"', "a.pdf"),
        (b"Content-Disposition: attachment filename=a b.pdf; size=4", "a b.pdf"),
        (b"Content-Disposition: attachment; filename==?utf-8?Q?a=2Epdf?=", "a.pdf"),
        (b'Content-Disposition: attachment; filename="unterminated.pdf', "unterminated.pdf"),
        (b'Content-Disposition: attachment; filename=""', "part-1.docx"),
        (b"X-Nothing: at all", "part-1.docx"),
    ],
)
def test_a_files_name_is_found_in_whatever_form_it_is_written(line: bytes, name: str) -> None:
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: %b\r\n%b\r\n\r\nx\r\n--b--\r\n"

    assert [file.filename for file in read(raw % (kind, line)).attachments] == [name]


def test_a_charset_without_its_semicolon_is_read() -> None:
    raw = HEAD + b"Content-Type: text/plain charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"

    assert read(raw + "Да".encode("koi8-r")).text == "Да"


def test_an_attachment_that_is_not_there_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        InlineReader().files(sample("plain-utf8-quoted-printable"), [0])


def test_an_attached_mail_keeps_its_files_and_its_text_to_itself() -> None:
    message = understood("attached-mail-keeps-its-own-files")

    assert "Inner body" not in message.text
    assert [file.filename for file in message.attachments] == ["Inner subject.eml", "inner.csv"]
    assert [(inner.subject, inner.text.strip()) for inner in message.nested] == [("Inner subject", "Inner body")]


def test_file_names_are_labels_and_never_ways() -> None:
    names = [file.filename for file in understood("file-name-with-folders-and-zero-width").attachments]

    assert names[:2] == ["passwd", "htaccess"]
    assert len(names[2]) <= 200
    assert names[2].endswith(".txt")


def test_continued_file_names_are_joined_before_they_are_decoded() -> None:
    assert understood("rfc2231-continued-file-name").attachments[0].filename == "Störung Nr 7.txt"


def test_a_uuencoded_file_in_the_text_is_an_attachment() -> None:
    message = understood("uuencoded-in-text")

    assert [(file.filename, file.size) for file in message.attachments] == [("hello.txt", 5)]
    assert "begin 644" not in message.text


def test_encrypted_mail_is_marked_and_passed_through() -> None:
    message = understood("encrypted-pgp")

    assert message.is_encrypted
    assert len(message.attachments) == 2


def test_an_answer_to_an_invitation_says_so() -> None:
    assert understood("calendar-reply").calendar_method == "REPLY"


def test_two_from_headers_make_no_sender() -> None:
    message = understood("two-from-headers")

    assert message.sender is None
    assert [box.address for box in message.from_mailboxes] == ["ana@desk.example", "evil@evil.example"]


def test_the_fingerprint_ignores_what_the_way_adds() -> None:
    raw = sample("plain-utf8-quoted-printable")
    twice = b"Received: from a by b; Mon, 16 Nov 2026 09:12:00 +0100\r\nDelivered-To: other@desk.example\r\n" + raw

    assert read(raw).fingerprint == read(twice).fingerprint
    assert read(raw).sha256 != read(twice).sha256


def test_the_fingerprint_survives_what_a_mail_server_does_to_line_ends() -> None:
    raw = sample("plain-utf8-quoted-printable")

    assert read(raw).fingerprint == read(raw.replace(b"\r\n", b"\n")).fingerprint


def test_a_date_with_a_german_weekday_is_read() -> None:
    found = read(HEAD + b"Date: Do, 19 Nov 2026 08:00:00 +0100\r\n\r\nx").date

    assert found is not None
    assert found.isoformat() == "2026-11-19T07:00:00+00:00"


@pytest.mark.parametrize(
    "line",
    [
        b"Mon, 16 Nov 2026 09:12:33 +0100",
        b"Mon, 16 Nov 2026 09:12:33 +0100 (CET)",
        b"Mon, 16 Nov 26 08:12:33 GMT",
        b"16-Nov-2026 09:12:33 +0100",
        b"lun., 16 nov. 2026 09:12:33 +0100",
        b"Mon Nov 16 08:12:33 2026",
        b"Mon Nov 16 03:12:33 EST 2026",
        b"Mon Nov 16 09:12:33 +0100 2026",
        b"2026-11-16T09:12:33+01:00",
        b"2026-11-16T08:12:33Z",
        b"2026-11-16 08:12:33",
        b"2026-11-16T09:12:33.000+0100",
    ],
)
def test_a_date_is_read_in_whatever_form_programs_write_it(line: bytes) -> None:
    found = read(HEAD + b"Date: " + line + b"\r\n\r\nx").date

    assert found is not None
    assert found.isoformat() == "2026-11-16T08:12:33+00:00"


@pytest.mark.parametrize(
    "line",
    [
        b"2026-99-16T09:12:33Z",
        b"0001-01-01T00:00:00+14:00",
        b"gestern",
        b"Mon, 99 Foo 2026 99:99",
        b"",
        b"Mon, 16 Nov 99999 09:12:00 +9999",
    ],
)
def test_a_date_that_is_none_is_none(line: bytes) -> None:
    assert read(HEAD + b"Date: " + line + b"\r\n\r\nx").date is None


def test_references_are_read_also_with_tabs_and_commas() -> None:
    message = read(HEAD + b"References: <a@x>,\t<b@x>\r\n\t<c@\r\n x>\r\nIn-Reply-To: foo <b@x> bar\r\n\r\nx")

    assert message.references == ("a@x", "b@x", "c@x")
    assert message.in_reply_to == ("b@x",)


def test_an_empty_return_path_is_told_from_none() -> None:
    assert read(b"Return-Path: <>\r\n" + HEAD + b"\r\nx").return_path == ""
    assert read(HEAD + b"\r\nx").return_path is None


def test_a_stub_shows_the_mail_as_it_stands() -> None:
    message = stub(b"Subject: Help\r\n\r\nplease\0", reason="torn")

    assert (message.subject, message.error) == ("Help", "torn")
    assert "please" in message.text


def test_the_reader_in_this_process_obeys_its_limits() -> None:
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: image/png\r\n\r\nx\r\n" * 50
    )

    assert len(InlineReader(limits=Limits(parts=10)).read(raw).attachments) < 10


def test_enriched_text_loses_its_commands_only() -> None:
    raw = HEAD + b"Content-Type: text/enriched\r\n\r\n<bold>Now</bold><color><param>red</param>it</color> fails a << b"

    assert read(raw).text == "Nowit fails a < b"


def test_a_word_that_is_called_base64_and_is_none_is_shown_as_it_stands() -> None:
    raw = (
        HEAD
        + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nThis is plain text, is it not?\r\n"
    )

    assert read(raw).text.strip() == "This is plain text, is it not?"


def test_a_multipart_wrapped_in_base64_is_opened() -> None:
    inner = base64.encodebytes(b"--b\r\nContent-Type: text/plain\r\n\r\nInside\r\n--b--\r\n")

    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inner

    assert read(raw).text == "Inside"


def test_when_reading_itself_fails_there_is_a_stub() -> None:
    broken = Limits(size="many")  # type: ignore[arg-type]  # our own mistakes stop no mail either

    message = read(HEAD + b"\r\nplease help", limits=broken)

    assert message.error == "TypeError while reading"
    assert "please help" in message.text


HOSTILE = {
    "attributions": b"On 2026-01-01 10:00 a@b.example wrote:\n" * 30_000,
    "quotes": b"> a\nb\n" * 100_000,
    "rules": b"-- \n" * 100_000,
    "dashes": b"-" * 1_000_000,
    "labels": b"From: a\nTo: b\n" * 50_000,
    "blanks": b" \t\n" * 200_000,
    "addresses": b"<a@b.c" * 100_000,
    "begin": b"begin 644 a\n" * 50_000,
    "ruled lines": (b"-" * 60 + b"x" * 59 + b"\r\n") * 6_000,
    "tables": (b"-" * 120 + b"\r\n| a | b | c |\r\n") * 5_000,
    "introductions": b"On Mon wrote:\n" * 60_000,
    "asks for lines": b"line\n" + (b"reply " * 80 + b"\n") * 4_000,
    "breaks": b"<br>" * 40_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", [b"text/plain", b"text/html"])
def test_no_body_takes_more_than_a_second(name: str, kind: bytes) -> None:
    head = HEAD.replace(b"Casey <casey@", b"<mailer-daemon@").replace(b"Subject: s", b"Subject: Re: delivery failed")
    raw = head + b"Content-Type: " + kind + b"\r\n\r\nuser unknown\r\n" + HOSTILE[name]
    began = time.process_time()

    message = read(raw)

    assert message.error is None
    assert time.process_time() - began < 1.5


HOSTILE_BASE64 = {
    "blank lines": b"SGVsbG8=" + b"\r\n" * 200_000,
    "blanks": b"SGVsbG8=" + b" \t" * 200_000,
    "padded lines": b"=\r\n\r\n" * 100_000,
    "padded blanks": (b"=" + b" \n" * 50) * 6_000,
    "one line": b"=\r\n\r\n" + b"A" * 2_000_000,
    "nothing": b"=" * 2_000_000,
}


@pytest.mark.parametrize("name", HOSTILE_BASE64)
def test_no_end_of_base64_takes_more_than_a_second(name: str) -> None:
    began = time.process_time()

    message = read(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + HOSTILE_BASE64[name])

    assert message.error is None
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (b"=\r\n\r\n-- \r\nThe list's footer\r\n", "Hello"),
        (b"=\n \n\n____\nfooter", "Hello"),
        (b"=\r\n\r\nIFlvdQ==\r\n", "Hello You"),
        (b"=\r\n  \r\nIFlvdQ==\r\n\r\n_____", "Hello You"),
    ],
)
def test_only_a_footer_below_base64_is_cut(end: bytes, text: str) -> None:
    assert read(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8" + end).text == text


HOSTILE_HEADERS = {
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 100_000,
    "torn words": b"Subject: " + b"=?utf-8?q?a" * 100_000,
    "addresses": b"To: " + b"a@b.c, " * 100_000,
    "brackets": b"To: " + b"<" * 100_000,
    "comments": b"From: " + b"(" * 100_000,
    "references": b"References: " + b"<a@b> " * 100_000,
    "parameters": b"Content-Type: text/plain; " + b"name*0*=a; " * 50_000,
    "many": b"X-A: a\r\n" * 100_000 + b"X-B: b",
    "boundaries": b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a--\r\n" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE_HEADERS)
def test_no_header_takes_more_than_a_second(name: str) -> None:
    began = time.process_time()

    message = read(HOSTILE_HEADERS[name] + b"\r\n" + HEAD + b"\r\nx")

    assert message.error is None
    assert time.process_time() - began < 1.5


def test_deep_nesting_ends_at_the_cap() -> None:
    inner = b"Content-Type: text/plain\r\n\r\ndeep"
    for depth in range(300):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%b\r\n--b%d--\r\n" % (
            depth,
            depth,
            inner,
            depth,
        )

    assert read(HEAD + inner).error is None
    assert _depth(walk.tree(HEAD + inner)) == Limits().depth


def test_many_parts_end_at_the_cap() -> None:
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5_000

    assert len(list(walk.tree(HEAD + many).every())) == Limits().parts


def _depth(part: Part) -> int:
    return max((1 + _depth(child) for child in part.children), default=0)


header_lines = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"From: a@b.example", b"From: =?x?q?=FF?= <a@b.example>", b"Content-Type: multipart/mixed; boundary=b",
            b"Content-Type: text/html; charset=utf-16", b"Content-Type: message/rfc822", b"Subject: =?utf-7?q?+?=",
            b"Content-Transfer-Encoding: base64", b"Content-Type: text/plain; charset=iso-2022-jp; format=flowed",
            b"Content-Type: application/ms-tnef", b"Content-Disposition: attachment; filename*=utf-8''%00",
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=b", b" folded", b"", b"--b",
        ]
    ),
)  # fmt: skip


@given(st.lists(header_lines, max_size=12), st.lists(st.one_of(header_lines, st.binary(max_size=200)), max_size=12))
def test_whatever_the_bytes_reading_never_raises_and_text_is_clean(head: list[bytes], body: list[bytes]) -> None:
    raw = b"\r\n".join(head) + b"\r\n\r\n" + b"\r\n".join(body)

    message = read(raw)

    shown = [
        message.subject,
        message.text,
        message.new_text,
        sanitised_html(raw),
        message.message_id,
        *message.references,
    ]
    shown += [part for box in (*message.from_mailboxes, *message.people) for part in (box.name, box.address)]
    shown += [file.filename for file in message.attachments]
    assert all(is_clean(text) for text in shown)
    found = InlineReader().files(raw, [file.index for file in message.attachments])
    assert [(file, len(octets)) for file, octets in found] == [(file, file.size) for file in message.attachments]


parts = st.recursive(
    st.tuples(st.sampled_from(["text/plain", "text/html", "image/png", "text/calendar", "x"]), st.text(max_size=40)),
    lambda inner: st.tuples(
        st.sampled_from(["multipart/mixed", "multipart/alternative", "multipart/report", "message/rfc822"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


def as_mime(tree: tuple[str, object], *, depth: int = 0) -> bytes:
    kind, content = tree
    if isinstance(content, str):
        return f"Content-Type: {kind}; charset=utf-8\r\n\r\n{content}".encode("utf-8", "replace")
    children = [as_mime(child, depth=depth + 1) for child in content]  # type: ignore[attr-defined]
    if kind == "message/rfc822":
        return b"Content-Type: message/rfc822\r\n\r\n" + b"\r\n".join(children[:1])
    mark = b"b%d" % depth
    lines = b"".join(b"--" + mark + b"\r\n" + child + b"\r\n" for child in children)
    return f"Content-Type: {kind}; boundary=b{depth}\r\n\r\n".encode() + lines + b"--" + mark + b"--\r\n"


@given(parts)
def test_any_tree_of_parts_is_read(tree: tuple[str, object]) -> None:
    message = read(HEAD + as_mime(tree))

    assert message.error is None
    assert is_clean(message.text)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b'filename="C:\\\\TEMP\\\\a.png"', "a.png"),
        (b'filename="a\\"b.png"', 'a"b.png'),
        (b"filename=utf-8''caf%C3%A9.png", "café.png"),
        (b"filename=rock'n'roll.png", "rock'n'roll.png"),
        (b"filename*=UTF-8''%e2%82%ac.png", "€.png"),
        (b"filename==?utf-8?B?4oKsLnBuZw==?=", "€.png"),
        (b'filename="\x1b$BF|K\\8l\x1b(B.png"', "日本語.png"),
    ],
)
def test_file_names_are_read_in_every_form_that_senders_use(line: bytes, name: str) -> None:
    mail = (
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: image/png\nContent-Disposition: attachment; " + line + b"\n\nx"
    )

    assert [each.filename for each in read(mail).attachments] == [name]


def test_a_character_that_we_use_as_a_mark_is_no_mark_in_a_mail() -> None:
    plain = "Subject: Re: x\n\nOne.\n\ue001\nTwo.\n\ue002\nThree."
    rich = "Subject: Re: x\nContent-Type: text/html\n\n<p>One.</p><p>&#xe001;</p><p>Two.</p>"

    assert read(plain.encode()).new_text.split() == ["One.", "Two.", "Three."]
    assert read(rich.encode()).new_text.split() == ["One.", "Two."]


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_mail_that_an_editor_saved_with_a_byte_order_mark_keeps_its_sender(charset: str) -> None:
    mark = "\ufeff" if charset == "utf-16-be" else ""
    raw = f"{mark}From: Chloé Martin <chloe@client.example>\r\nSubject: Facture\r\n\r\nEllé est vide.\r\n"

    found = read(raw.encode(charset))

    assert found.sender is not None
    assert (found.sender.address, found.sender.name) == ("chloe@client.example", "Chloé Martin")
    assert (found.subject, found.text.strip(), found.passes_on) == ("Facture", "Ellé est vide.", False)
