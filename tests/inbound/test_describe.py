"""What `mail parse` says of each mail, and which belong together."""

from pathlib import Path

from ticketbot.inbound.describe import describe
from ticketbot.inbound.files import mails_in
from ticketbot.inbound.parse import read

MAILS = Path(__file__).parents[1] / "mails"
KEYS = [
    "file", "error", "subject", "from_address", "from_name", "message_id", "to", "cc", "text", "visible_reply",
    "attachments", "kind", "bounce_recipients", "notes", "thread",
]  # fmt: skip
KINDS = {
    "bounce-rfc3464": "bounce",
    "bounce-in-german-words": "bounce",
    "delay-notice-rfc3464": "delay",
    "auto-reply-rfc3834": "auto_reply",
    "auto-reply-without-headers": "auto_reply",
    "read-receipt-rfc8098": "auto_reply",
    "calendar-reply": "auto_reply",
    "feedback-report-rfc5965": "feedback_report",
    "mailing-list": "list",
    "plain-utf8-quoted-printable": "new",
}


def mail(own: str, *, answers: str = "", subject: str = "Login", body: str = "x") -> bytes:
    head = f"From: a@client.example\nSubject: {subject}\nMessage-ID: <{own}>\n"
    return (head + (f"In-Reply-To: <{answers}>\n" if answers else "") + f"\n{body}").encode()


def kinds(*mails: bytes) -> list[object]:
    return [facts["kind"] for facts in describe((str(n), read(raw)) for n, raw in enumerate(mails))]


def test_every_mail_has_exactly_the_promised_keys() -> None:
    for facts in describe((found.name, read(found.raw)) for found in mails_in(MAILS)):
        assert list(facts) == KEYS


def test_kinds_of_machine_mail() -> None:
    got = {str(f["file"])[:-4]: f["kind"] for f in describe((found.name, read(found.raw)) for found in mails_in(MAILS))}

    assert {name: got[name] for name in KINDS} == KINDS


def test_peoples_mail_is_new_or_a_reply_or_a_forward() -> None:
    forward = "---------- Forwarded message ---------\nFrom: b@x.example\nSubject: y\n\nz"

    assert kinds(mail("1@x"), mail("2@x", answers="1@x"), mail("3@x", subject="AW: Login")) == ["new", "reply", "reply"]
    assert kinds(mail("4@x", subject="WG: Login"), mail("5@x", body=forward)) == ["forward", "forward"]


def test_conversations_are_joined_through_mails_that_nobody_gave_us() -> None:
    first, second, other = mail("1@x", answers="lost@x"), mail("2@x", answers="lost@x"), mail("3@x")

    threads = [
        facts["thread"] for facts in describe((str(n), read(raw)) for n, raw in enumerate((first, second, other)))
    ]

    assert threads[0] == threads[1] != threads[2]


def test_mails_without_any_id_are_alone() -> None:
    threads = [facts["thread"] for facts in describe(("x", read(b"Subject: x\n\n")) for _ in range(2))]

    assert threads[0] != threads[1]


def test_a_quoted_name_in_an_id_is_the_same_id() -> None:
    mails = (mail('"a.b"@x'), mail("2@x", answers="a.b@x"))

    threads = [facts["thread"] for facts in describe(("x", read(raw)) for raw in mails)]

    assert threads[0] == threads[1]


def threads(*mails: bytes) -> list[object]:
    return [facts["thread"] for facts in describe((str(n), read(raw)) for n, raw in enumerate(mails))]


def test_every_reference_joins_and_not_only_the_last() -> None:
    head = b"From: a@client.example\nSubject: x\nMessage-ID: <9@x>\nReferences: <%b> <lost@x>\n\nx"

    first, answer, other = threads(mail("1@x"), head % b"1@x", mail("2@x"))

    assert first == answer != other


def test_a_mail_joins_two_conversations_that_were_apart() -> None:
    both = b"From: a@client.example\nSubject: x\nMessage-ID: <9@x>\nReferences: <1@x> <2@x>\n\nx"

    assert len(set(threads(mail("1@x"), mail("2@x"), mail("3@x", answers="2@x"), both))) == 1


def test_a_bounce_belongs_to_the_letter_that_it_is_about() -> None:
    bounce = (MAILS / "bounce-rfc3464.eml").read_bytes()

    letter, report = threads(mail("letter-1@desk.example"), bounce)

    assert letter == report
