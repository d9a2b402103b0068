"""What every sender promises: the fake, and SmtpSender before the sandbox's relay and aiosmtpd."""

from collections.abc import Iterator

import pytest
from tests.contracts.relays import ANA, MARA, SUPPORT, FakeStation, RealStation, Station

from ticketbot.domain.errors import LetterDeferred, LetterRefused, TicketbotError

LETTER = b"From: support@desk.example\r\nTo: mara@acme.example\r\nSubject: Hello\r\n\r\nGood day.\r\n"


@pytest.fixture(params=["fake", "sandbox", "aiosmtpd"])
def station(request: pytest.FixtureRequest) -> Iterator[Station]:
    made: Station
    match request.param:
        case "fake":
            made = FakeStation()
        case "sandbox":
            made = RealStation(request.getfixturevalue("sandbox"))
        case _:
            made = RealStation(request.getfixturevalue("smtp_sink"))
    yield made
    made.sender.close()


def test_a_letter_goes_to_all_its_recipients_byte_for_byte(station: Station) -> None:
    receipt = station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA, ANA])

    assert station.taken() == [(SUPPORT, (MARA, ANA), LETTER)]
    assert receipt.reply.startswith("250")
    assert not receipt.refused
    assert not receipt.deferred


def test_the_envelope_may_name_no_sender(station: Station) -> None:
    station.sender.send(LETTER, sender="", recipients=[MARA])

    assert [sender for sender, _, _ in station.taken()] == [""]


def test_several_letters_go_one_after_the_other(station: Station) -> None:
    for _ in range(3):
        station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA])

    assert len(station.taken()) == 3


def test_a_letter_that_nobody_may_have_is_refused_with_the_reason(station: Station) -> None:
    station.refuse(MARA)

    with pytest.raises(LetterRefused, match=r"550 5\.1\.1"):
        station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA])

    assert station.taken() == []


def test_who_is_refused_is_named_and_the_others_get_the_letter(station: Station) -> None:
    station.refuse(MARA)

    receipt = station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA, ANA])

    assert station.taken() == [(SUPPORT, (ANA,), LETTER)]
    assert receipt.refused.keys() == {MARA}
    assert "550" in receipt.refused[MARA]


def test_who_is_put_off_is_named_and_the_others_get_the_letter(station: Station) -> None:
    station.defer(ANA)

    receipt = station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA, ANA])

    assert station.taken() == [(SUPPORT, (MARA,), LETTER)]
    assert receipt.deferred.keys() == {ANA}
    assert not receipt.refused


def test_a_letter_that_all_are_asked_to_wait_for_is_deferred(station: Station) -> None:
    station.defer(MARA)

    with pytest.raises(LetterDeferred, match="451"):
        station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA])


def test_after_a_refusal_the_next_letter_goes(station: Station) -> None:
    station.refuse(MARA)
    with pytest.raises(TicketbotError):
        station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA])

    station.sender.send(LETTER, sender=SUPPORT, recipients=[ANA])

    assert len(station.taken()) == 1


def test_a_closed_sender_begins_anew(station: Station) -> None:
    station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA])
    station.sender.close()
    station.sender.close()

    station.sender.send(LETTER, sender=SUPPORT, recipients=[MARA])

    assert len(station.taken()) == 2
