"""The bytes that leave: well-formed whatever comes in, one conversation for each reader."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.outbound.samples import DESK, KEYS, NOW, samples

from ticketbot.domain.addressing import read_anchor, read_markers
from ticketbot.domain.drafts import Draft, Json
from ticketbot.domain.messages import Attachment
from ticketbot.domain.tokens import Audience
from ticketbot.outbound import mime
from ticketbot.outbound.compose import compose
from ticketbot.outbound.identity import DeskIdentity

ID = "abcdefghij@desk.example"
HEADERS = {
    "ACK": "Date From To Subject Message-ID In-Reply-To References Auto-Submitted X-Auto-Response-Suppress"
    " X-Ticketbot-Id MIME-Version Content-Type",
    "RELAY_OUT": "Date From To Cc Subject Message-ID In-Reply-To References X-Ticketbot-Id MIME-Version Content-Type",
    "NEW": "Date From To Reply-To Subject Message-ID In-Reply-To References Auto-Submitted X-Auto-Response-Suppress"
    " X-Ticketbot-Id MIME-Version Content-Type",
}
ANYTHING = st.text(st.characters(), max_size=300) | st.text("\r\n\0\x1b: =?<>@\u2028\u202eäя€😀BccTo", max_size=300)


def composed(draft: Draft, *enclosures: tuple[Attachment, bytes], desk: DeskIdentity = DESK) -> bytes:
    return compose(draft, keys=KEYS, desk=desk, message_id=ID, date=NOW, enclosures=enclosures)


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def attached(name: str, data: bytes = b"data", content_type: str = "text/plain") -> tuple[Attachment, bytes]:
    return Attachment(index=1, filename=name, content_type=content_type, size=len(data), sha256="0" * 64), data


def assert_well_formed(raw: bytes) -> None:
    assert raw.isascii()
    assert b"\0" not in raw
    assert not set(raw.replace(b"\r\n", b"")) & set(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("size", [0, 1, 57, 57 * 4096 - 1, 57 * 4096, 57 * 4096 + 1, 600_000])
def test_an_attachment_of_any_size_arrives_whole(size: int) -> None:
    data = random.Random(size).randbytes(size)

    raw = composed(next(iter(samples().values())), attached("a.zip", data, "application/zip"))

    (part,) = read(raw).iter_attachments()
    assert part.get_content() == data
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("name", samples())
@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_letter_leaves_well_formed(name: str, locale: str) -> None:
    raw = composed(samples(locale)[name])

    assert_well_formed(raw)
    assert [defect for part in read(raw).walk() for defect in part.defects] == []


def changed(draft: Draft, words: dict[str, str]) -> dict[str, Json]:
    """Return a draft's values with the subject, names and texts exchanged."""
    values = dict(draft.values)
    for name, new in (
        ("ticket", {"subject": words["subject"], "requester": words["name"]}),
        ("mail", {"text": words["text"], "author": words["name"]}),
    ):
        if isinstance(old := values.get(name), dict):
            values[name] = {**old, **new}
    return values | ({"text": words["text"]} if "text" in values else {})


@given(words=st.fixed_dictionaries(dict.fromkeys(("subject", "name", "text", "filename", "parent", "cc"), ANYTHING)))
@hypothesis_settings(max_examples=150, deadline=None)
def test_hostile_words_neither_stop_a_letter_nor_add_a_header(words: dict[str, str]) -> None:
    for code, sample in (("ACK", "ack"), ("RELAY_OUT", "relay_out"), ("NEW", "new")):
        draft = samples()[sample]
        hostile = replace(
            draft,
            values=changed(draft, words),
            from_name=words["name"],
            in_reply_to=words["parent"],
            references=(words["parent"], "fine@x"),
            cc=(*draft.cc, words["cc"]),
        )

        raw = composed(hostile, attached(words["filename"]))

        assert_well_formed(raw)
        told = [name for name in read(raw) if name != "Cc"]  # hostile words may happen to be an address
        assert told == [name for name in HEADERS[code].split() if name != "Cc"]
        assert read(raw)["From"].addresses[0].addr_spec == "support@desk.example"


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"]), max_size=2_000))
@hypothesis_settings(max_examples=100, deadline=None)
def test_a_staff_members_words_arrive_as_they_were_written(text: str) -> None:
    draft = samples()["relay_out"]

    raw = composed(replace(draft, values={**draft.values, "text": text}))

    body = read(raw).get_body(("plain",))
    assert body is not None
    shown = body.get_content().replace("\r\n", "\n").replace("\u00a0", " ")
    assert shown.startswith(text.replace("\u00a0", " ").rstrip().lstrip("\n"))


@given(text=st.text(max_size=400))
@hypothesis_settings(max_examples=100, deadline=None)
def test_a_subject_is_read_back_as_it_was(text: str) -> None:
    line = " ".join("".join(character for character in text if character.isprintable()).split())

    raw = mime.unstructured("Subject", line) + b"\r\n\r\n"

    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == line


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert composed(samples()["new"]) == composed(samples()["new"])


def test_an_acknowledgement_answers_the_clients_mail_and_names_the_anchor_first() -> None:
    mail = read(composed(samples()["ack"]))
    anchor, parent = mail["References"].split()

    assert mail["In-Reply-To"] == parent == "<1234.5678@acme.example>"
    token = read_anchor(anchor.strip("<>"), keys=KEYS, now=NOW)
    assert token is not None
    assert (token.audience, token.number) == (Audience.ANCHOR, 1042)


def test_an_internal_letter_carries_an_anchor_that_keeps_answers_internal() -> None:
    mail = read(composed(samples()["remind"]))
    found = [read_anchor(name.strip("<>"), keys=KEYS, now=NOW) for name in mail["References"].split()]
    body = mail.get_body(("plain",))
    assert body is not None

    assert [token.audience for token in found if token] == [Audience.ANCHOR, Audience.STAFF_NOTE]
    assert [token.audience for token in read_markers(body.get_content(), keys=KEYS, now=NOW)] == [Audience.STAFF_NOTE]


@pytest.mark.parametrize("name", ["ack", "relay_out", "resolved", "new", "relay_in"])
def test_every_letter_of_a_ticket_shows_its_marker_in_both_bodies(name: str) -> None:
    mail = read(composed(samples()[name]))

    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert [token.number for token in read_markers(body.get_content(), keys=KEYS, now=NOW)] == [1042]


def test_a_letter_that_answers_nothing_hangs_on_the_anchor() -> None:
    mail = read(composed(replace(samples()["new"], in_reply_to=None, references=())))

    assert mail["In-Reply-To"] == mail["References"]


def test_a_letter_about_no_ticket_has_no_thread() -> None:
    mail = read(composed(samples()["digest"]))

    assert (mail["In-Reply-To"], mail["References"]) == (None, None)


def test_long_references_keep_the_first_and_the_latest_oldest_first() -> None:
    many = tuple(f"{number:03}@{'x' * 40}.example" for number in range(300))
    draft = replace(samples()["relay_out"], references=many, in_reply_to=many[-1])

    references = read(composed(draft))["References"].split()

    assert references[0].startswith("<t.")
    assert references[-1] == f"<{many[-1]}>"
    assert references[1:] == sorted(references[1:])
    assert 1_300 < sum(map(len, references)) <= 1_500


def test_a_message_id_that_no_header_can_carry_is_left_out() -> None:
    draft = replace(samples()["relay_out"], in_reply_to="a b>\r\nBcc: x@y", references=("ä@x", "z" * 2_000, "good@x"))

    mail = read(composed(draft))

    assert mail["References"].split()[1:] == ["<good@x>"]
    assert mail["In-Reply-To"] == mail["References"].split()[0]


def test_our_mark_for_rewriting_relays_repeats_the_message_id() -> None:
    mail = read(composed(samples()["ack"]))

    assert mail["X-Ticketbot-Id"] == mail["Message-ID"] == f"<{ID}>"


def test_a_person_who_is_relayed_is_shown_by_name_and_never_as_a_machine() -> None:
    mail = read(composed(samples()["relay_out"]))

    assert str(mail["From"]) == '"Ben, Support" <support@desk.example>'
    assert str(mail["Cc"]) == "mara@acme.example"
    assert mail["Auto-Submitted"] is None
    assert mail["X-Auto-Response-Suppress"] is None


def test_an_automatic_letter_asks_machines_for_silence() -> None:
    mail = read(composed(samples()["ack"]))

    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")


def test_a_report_can_be_unsubscribed_from_by_mail() -> None:
    assert read(composed(samples()["digest"]))["List-Unsubscribe"] == (
        "<mailto:support@desk.example?subject=unsubscribe%20digest>"
    )


def test_a_desk_with_letters_beyond_ascii_is_named_rightly() -> None:
    desk = DeskIdentity(name="Café “Süd”, Unterstützung", address="hilfe@desk.example", domain="d.example")

    mail = read(composed(samples()["ack"], desk=desk))

    assert mail["From"].addresses[0].display_name == desk.name


def test_recipients_that_no_header_can_name_stay_in_the_envelope() -> None:
    draft = replace(samples()["relay_out"], to=("jöns@acme.example",), cc=("ä@x", "ok@acme.example", "two@@x", "a b@x"))

    mail = read(composed(draft))

    assert str(mail["To"]) == "undisclosed-recipients:;"
    assert str(mail["Cc"]) == "ok@acme.example"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("report.csv", "report.csv"),
        ("Übersicht März.pdf", "Übersicht März.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a"b\r\nX: y.txt', 'a"b X: y.txt'),
        ("\u202egpj.exe", "gpj.exe"),
        (".\u200bhtaccess", "htaccess"),
        ("", "attachment"),
    ],
)
def test_attachments_keep_their_names_as_mere_labels(name: str, shown: str) -> None:
    mail = read(composed(samples()["relay_out"], attached(name, b"\0\xff\r\n" * 500)))

    (part,) = mail.iter_attachments()
    assert part.get_filename() == shown
    assert part.get_payload(decode=True) == b"\0\xff\r\n" * 500


def test_a_long_file_name_keeps_its_end() -> None:
    mail = read(composed(samples()["relay_out"], attached("ä" * 400 + ".xlsx")))

    (part,) = mail.iter_attachments()
    assert (part.get_filename() or "").endswith("….xlsx")


@pytest.mark.parametrize(
    ("given_type", "leaves_as"),
    [
        ("image/png", "image/png"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("text/html\r\nX: y", "application/octet-stream"),
    ],
)
def test_attachments_keep_only_types_that_can_travel_encoded(given_type: str, leaves_as: str) -> None:
    raw = composed(samples()["relay_out"], attached("a", b"", given_type))

    (part,) = read(raw).iter_attachments()
    assert part.get_content_type() == leaves_as
    assert part.get_payload(decode=True) == b""


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain and short", "7bit"),
        ("From here", "quoted-printable"),
        ("trailing blank \nx", "quoted-printable"),
        ("x" * 2_000, "quoted-printable"),
        ("Grüße", "quoted-printable"),
        (".", "quoted-printable"),
        ("Это письмо целиком кириллицей", "base64"),
    ],
)
def test_bodies_travel_in_the_encoding_that_suits_them(text: str, encoding: str) -> None:
    raw = mime.text_part(text, subtype="plain")
    part = message_from_bytes(raw, policy=policy.default)

    assert part["Content-Transfer-Encoding"] == encoding
    assert part.get_content().replace("\r\n", "\n").rstrip("\n") == text


def test_the_date_is_the_one_that_was_handed_in() -> None:
    raw = compose(samples()["ack"], keys=KEYS, desk=DESK, message_id=ID, date=datetime(2027, 3, 6, 21, 40, tzinfo=UTC))

    assert read(raw)["Date"] == "Sat, 06 Mar 2027 21:40:00 +0000"


def test_the_arithmetic_of_one_ticket_is_its_letter_with_the_steps_further_in() -> None:
    letter = read(composed(samples()["cmd-why"]))

    assert letter["Subject"] == "Why T-1043: Labels do not print"
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    text = str(plain.get_content()).replace("\r\n", "\n")
    assert text.startswith(
        "Why T-1043: Labels do not print\n\n"
        "  times in Europe/Berlin\n"
        "  first answer due Fri 19 Mar 06:30\n"
        "    06:00:00 received · P2 (S3) · hypercare · 30 min around the clock →\n"
        "      06:30\n"
        "    07:30:00 #priority P1"
    )
    assert "- " not in text.partition("Ref.")[0]
    assert re.search(r'<div class="wide-code step"[^>]*>06:00:00 received', str(html.get_content()))


def test_what_was_done_beside_an_answer_stays_a_list() -> None:
    done = ["T-1042 belongs to Ana.", *samples()["cmd-why"].values["done"]]  # type: ignore[misc]
    draft = replace(samples()["cmd-why"], values={**samples()["cmd-why"].values, "done": done, "asked": False})

    letter = read(composed(draft))

    plain = letter.get_body(("plain",))
    assert plain is not None
    assert "- T-1042 belongs to Ana." in plain.get_content()
    assert "\n    06:00:00 received" in plain.get_content().replace("\r\n", "\n")
    assert "T-1042" in letter["Subject"]
