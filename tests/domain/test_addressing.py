"""Signed addresses, anchors and markers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketbot.domain.addressing import (
    Purpose,
    anchor_id,
    marker,
    read_address,
    read_anchor,
    read_markers,
    signed_address,
    without_extension,
)
from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.tokens import Audience, Keyring, make_token

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
KEYS = Keyring({1: b"k" * 32})
OTHER_KEYS = Keyring({1: b"x" * 32})


def a_token(audience: Audience, *, number: int = 1042, keys: Keyring = KEYS, ends_at: datetime | None = None) -> str:
    return make_token(keys, audience=audience, number=number, reader="ana@desk.example", ends_at=ends_at)


@pytest.mark.parametrize(
    ("form", "audience", "purpose", "score"),
    [
        ("support+r.{}@desk.example", Audience.CLIENT_REPLY, Purpose.REPLY, None),
        ("support+r.{}@desk.example", Audience.STAFF_REPLY, Purpose.REPLY, None),
        ("support+n.{}@desk.example", Audience.STAFF_NOTE, Purpose.NOTE, None),
        ("support+n.{}@desk.example", Audience.TRIAGE, Purpose.NOTE, None),
        ("support+n.{}@desk.example", Audience.CHALLENGE, Purpose.NOTE, None),
        ("support+c5.{}@desk.example", Audience.RATING, Purpose.RATE, 5),
        ("support+s.{}@desk.example", Audience.SIGN_OFF, Purpose.SIGN_OFF, None),
        ("support+learning+r.{}@desk.example", Audience.CLIENT_REPLY, Purpose.REPLY, None),
        ("reply+{}@desk.example", Audience.CLIENT_REPLY, Purpose.REPLY, None),
        ("note+{}@desk.example", Audience.STAFF_NOTE, Purpose.NOTE, None),
        ("csat+1.{}@desk.example", Audience.RATING, Purpose.RATE, 1),
        ("signoff+{}@desk.example", Audience.SIGN_OFF, Purpose.SIGN_OFF, None),
        ("SUPPORT+R.{}@DESK.EXAMPLE", Audience.CLIENT_REPLY, Purpose.REPLY, None),
    ],
)
def test_every_form_that_we_hand_out_is_understood(
    form: str, audience: Audience, purpose: Purpose, score: int | None
) -> None:
    found = read_address(form.format(a_token(audience)), keys=KEYS, now=NOW)

    assert found is not None
    assert (found.purpose, found.score, found.token.number) == (purpose, score, 1042)
    assert found.token.is_for("Ana@desk.example")


def test_an_address_written_in_capitals_on_the_way_is_understood() -> None:
    address = signed_address("support@desk.example", a_token(Audience.CLIENT_REPLY), purpose=Purpose.REPLY).upper()

    assert read_address(address, keys=KEYS, now=NOW) is not None


@pytest.mark.parametrize(
    "address",
    [
        "support@desk.example",
        "",
        "support+r.abc@desk.example",
        "support+r." + a_token(Audience.STAFF_NOTE) + "@desk.example",
        "support+n." + a_token(Audience.STAFF_REPLY) + "@desk.example",
        "support+r." + a_token(Audience.ANCHOR) + "@desk.example",
        "support+c." + a_token(Audience.RATING) + "@desk.example",
        "support+c6." + a_token(Audience.RATING) + "@desk.example",
        "support+r5." + a_token(Audience.CLIENT_REPLY) + "@desk.example",
        "reply+5." + a_token(Audience.CLIENT_REPLY) + "@desk.example",
        "csat+" + a_token(Audience.RATING) + "@desk.example",
        "support+r." + a_token(Audience.CLIENT_REPLY, keys=OTHER_KEYS) + "@desk.example",
        "support+r." + a_token(Audience.CLIENT_REPLY, ends_at=NOW - timedelta(days=2)) + "@desk.example",
        "support+r." + a_token(Audience.CLIENT_REPLY)[:-1] + "@desk.example",
        "s" * 60 + "+r." + a_token(Audience.CLIENT_REPLY) + "@desk.example",
    ],
)
def test_what_was_made_by_hand_or_has_ended_is_not_ours(address: str) -> None:
    assert read_address(address, keys=KEYS, now=NOW) is None


@given(position=st.integers(0, 31), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_no_changed_letter_makes_a_valid_token(position: int, letter: str) -> None:
    token = a_token(Audience.CLIENT_REPLY)
    changed = token[:position] + letter + token[position + 1 :]

    assert (read_address(f"support+r.{changed}@desk.example", keys=KEYS, now=NOW) is None) == (changed != token)


@given(st.text(max_size=120))
def test_reading_any_address_never_fails(address: str) -> None:
    assert read_address(address, keys=KEYS, now=NOW) is None
    assert read_anchor(address, keys=KEYS, now=NOW) is None
    assert read_markers(address, keys=KEYS, now=NOW) == ()


def test_a_mailbox_that_is_too_long_to_sign_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="too long"):
        signed_address("s" * 40 + "@desk.example", a_token(Audience.CLIENT_REPLY), purpose=Purpose.REPLY)


def test_a_rating_address_carries_its_score() -> None:
    address = signed_address("support@desk.example", a_token(Audience.RATING), purpose=Purpose.RATE, score=4)

    assert address.startswith("support+c4.")
    found = read_address(address, keys=KEYS, now=NOW)
    assert found is not None
    assert found.score == 4


@pytest.mark.parametrize("audience", [Audience.ANCHOR, Audience.STAFF_NOTE])
def test_an_anchor_survives_capitals_and_another_domain(audience: Audience) -> None:
    token = a_token(audience)

    for message_id in (anchor_id(token, domain="desk.example"), f"T.{token.upper()}@relay.example"):
        found = read_anchor(message_id, keys=KEYS, now=NOW)
        assert found is not None
        assert (found.number, found.audience) == (1042, audience)


def test_a_reply_token_is_no_anchor() -> None:
    assert read_anchor(anchor_id(a_token(Audience.CLIENT_REPLY), domain="desk.example"), keys=KEYS, now=NOW) is None


def test_markers_are_found_in_quoted_text_once_for_each_ticket() -> None:
    one, two = a_token(Audience.ANCHOR, number=1), a_token(Audience.ANCHOR, number=2)
    forged = a_token(Audience.ANCHOR, keys=OTHER_KEYS)
    text = f"> ref {marker(two)}\n> {marker(forged)} {marker(one).upper()}. x{marker(one)} {marker(two)}"

    assert [each.number for each in read_markers(text, keys=KEYS, now=NOW)] == [2, 1]


def test_only_the_first_markers_are_tried() -> None:
    forged = marker(a_token(Audience.ANCHOR, keys=OTHER_KEYS))

    assert read_markers(f"{forged} " * 8 + marker(a_token(Audience.ANCHOR)), keys=KEYS, now=NOW) == ()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("support+r.abc@desk.example", "support@desk.example"),
        ("support@desk.example", "support@desk.example"),
        ("nobody", "@nobody"),
    ],
)
def test_the_extension_of_an_address_can_be_left_out(address: str, expected: str) -> None:
    assert without_extension(address) == expected
