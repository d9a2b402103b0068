"""What of a staff member's answer never reaches the client: their own numbers, and letters of ours that they attach."""

import pytest
from tests.desk.acts import answer, opened
from tests.factories import a_bounce

from ticketbot.store.database import Store

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    "signature",
    [
        "Ben\nTel: +49 30 1234567 | Mobil: +49 170 1234567",
        "Ben\nDirect line: +49 30 1234567",
        "Ben\nT: +49 30 1234567\nDesk GmbH, Hauptstr. 1, Berlin",
        "Ben Okafor | Senior Consultant | +49 170 1234567",
        "Ben\nM: +49 170 1234567 E: ben@desk.example",
        "Ben\n\u260e +49 170 1234567",
        "Ben\nTel: +49\u00a0170\u00a01234567",
        "Kind regards\nHR Consultant\nPhone +49 30 1234567\nben@desk.example\nThis e-mail is confidential.",
    ],
)
def test_no_phone_of_a_signature_reaches_the_client(store: Store, signature: str) -> None:
    desk = opened(store)

    answer(desk, f"Please try.\n\n{signature}")

    told = desk.letter("RELAY_OUT").draft["values"]["text"]
    assert told.startswith("Please try.")
    assert "1234567" not in "".join(told.split())
    assert "+49" not in told


@pytest.mark.parametrize(
    "words",
    [
        "Please call the bank at +49 30 7654321.\n\nBen",
        "Ben\nPS: the bank is at +49 30 7654321, they know of it.",
        "Ben\nNext call: 2027-03-18",
    ],
)
def test_a_number_in_a_sentence_stays(store: Store, words: str) -> None:
    desk = opened(store)

    answer(desk, words)

    assert desk.letter("RELAY_OUT").draft["values"]["text"] == words


@pytest.mark.parametrize("what", ["ours", "another client's", "the client's"])
def test_an_answer_is_held_where_a_mail_that_is_not_for_the_client_is_attached(store: Store, what: str) -> None:
    desk = opened(store)
    sender, words = {
        "ours": ("support@desk.example", f"ANSWER {desk.answer_address()} NOTE {desk.note_address()}"),
        "another client's": ("aino@borealis.example", "Our salaries"),
        "the client's": ("mara@acme.example", "As I wrote"),
    }[what]
    body = (
        "--x\nContent-Type: text/plain; charset=utf-8\n\nSee attached.\n--x\nContent-Type: message/rfc822\n"
        f'Content-Disposition: attachment; filename="a.eml"\n\nFrom: {sender}\nSubject: It\n'
        f"Content-Type: text/plain\n\n{words}\n--x--"
    )

    answer(desk, body, content_type='multipart/mixed; boundary="x"')

    assert bool(desk.letters("RELAY_OUT")) is (what == "the client's")
    if what != "the client's":
        assert "attached mail" in str(desk.letter("CMD").draft["values"])


def test_a_report_about_somebody_our_letter_never_went_to_marks_nothing(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Hello.")
    desk.deliver_all()
    letter = desk.letter("RELAY_OUT")

    desk.receive(a_bounce(of=letter.message_id, recipient="jonas@acme.example"))
    after_another = desk.letter("RELAY_OUT").state
    desk.receive(a_bounce(of=letter.message_id, recipient="mara@acme.example"))

    assert (after_another, desk.letter("RELAY_OUT").state) == ("sent", "failed")
