"""What machines tell us, and what only looks like it."""

from pathlib import Path

import pytest

from ticketbot.domain.messages import FailedRecipient, Report
from ticketbot.inbound.parse import read

MAILS = Path(__file__).parents[1] / "mails"


def report(name: str) -> Report:
    found = read((MAILS / f"{name}.eml").read_bytes()).report
    assert found is not None
    return found


def test_a_standard_bounce_names_everybody_who_was_not_reached() -> None:
    found = report("bounce-rfc3464")

    assert found.action == "failed"
    assert found.recipients == (
        FailedRecipient(
            address="gone@client.example", action="failed", status="5.1.1", diagnostic="smtp; 550 5.1.1 user unknown"
        ),
        FailedRecipient(address="other@client.example", action="failed", status="5.2.2"),
    )
    assert found.original_ids == ("letter-1@desk.example",)


def test_a_delay_is_no_failure() -> None:
    found = report("delay-notice-rfc3464")

    assert (found.action, [r.action for r in found.recipients]) == ("delayed", ["delayed"])


@pytest.mark.parametrize(
    ("name", "address"),
    [("bounce-in-german-words", "weg@client.example"), ("bounce-only-x-failed-recipients", "gone@client.example")],
)
def test_a_bounce_without_the_form_is_still_one(name: str, address: str) -> None:
    assert [r.address for r in report(name).recipients] == [address]


def test_a_complaint_is_a_feedback_report_about_our_letter() -> None:
    found = report("feedback-report-rfc5965")

    assert found.is_feedback
    assert found.original_ids == ("letter-2@desk.example",)


def test_a_read_receipt_names_the_letter_that_was_read() -> None:
    found = report("read-receipt-rfc8098")

    assert (found.action, found.original_ids) == ("receipt", ("letter-3@desk.example",))


@pytest.mark.parametrize(
    "mail",
    [
        "From: Casey <casey@client.example>\nSubject: Delivery failed\n\nYour courier did not come. Delivery failed.",
        "From: Casey <casey@client.example>\nSubject: Undeliverable: what is this?\n\nWe get these from you. Why?",
        "From: Casey <casey@client.example>\nSubject: error 550\n\nThe relay says 550 5.1.1 user unknown.",
        "Return-Path: <>\nFrom: C <c@client.example>\nAuto-Submitted: auto-replied\nSubject: x\n\nNo such user.",
    ],
)
def test_people_who_write_about_bounces_are_people(mail: str) -> None:
    assert read(mail.encode()).report is None


def test_a_forwarded_bounce_is_not_a_bounce() -> None:
    inner = (MAILS / "bounce-rfc3464.eml").read_bytes()
    mail = (
        b"From: Casey <casey@client.example>\r\nSubject: FW: Undelivered\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: text/plain\r\n\r\nWhy?\r\n"
        b"--out\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--out--\r\n"
    )

    assert read(mail).report is None
