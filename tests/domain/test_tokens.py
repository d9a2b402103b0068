"""Signed tokens: what comes back is what went in, and nothing that was changed, guessed or kept too long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketbot.domain.tokens import TOKEN_LENGTH, Audience, Keyring, make_token, mark_of, read_token

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
KEYS = Keyring({1: b"k" * 32})
NUMBERS = st.integers(min_value=0, max_value=2**32 - 1)


@given(st.sampled_from(Audience), NUMBERS, st.emails())
def test_a_token_says_what_it_was_made_for_in_any_case(audience: Audience, number: int, reader: str) -> None:
    token = make_token(KEYS, audience=audience, number=number, reader=reader)

    for written in (token, token.upper()):
        found = read_token(KEYS, written, now=NOW)
        assert found is not None
        assert (found.audience, found.number, found.ends_at) == (audience, number, None)
        assert found.is_for(reader.upper() if reader.isascii() else reader)


@given(
    NUMBERS, st.integers(min_value=0, max_value=TOKEN_LENGTH - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567")
)
def test_one_changed_letter_spoils_a_token(number: int, place: int, letter: str) -> None:
    token = make_token(KEYS, audience=Audience.STAFF_REPLY, number=number, reader="ben@desk.example")
    changed = token[:place] + letter + token[place + 1 :]

    assert (read_token(KEYS, changed, now=NOW) is None) == (changed != token)


def test_a_token_works_until_its_last_day_is_over() -> None:
    token = make_token(KEYS, audience=Audience.STAFF_NOTE, number=1042, reader="ben@desk.example", ends_at=NOW)
    found = read_token(KEYS, token, now=NOW)

    assert found is not None
    assert found.ends_at == datetime(2027, 3, 2, tzinfo=UTC)
    assert read_token(KEYS, token, now=found.ends_at - timedelta(seconds=1)) is not None
    assert read_token(KEYS, token, now=found.ends_at) is None


def test_keys_rotate_the_newest_signs_and_all_verify() -> None:
    old = make_token(KEYS, audience=Audience.ANCHOR, number=7)
    both = Keyring({1: b"k" * 32, 2: b"n" * 32})
    new = make_token(both, audience=Audience.ANCHOR, number=7)

    assert read_token(both, old, now=NOW) is not None
    assert read_token(both, new, now=NOW) is not None
    assert read_token(KEYS, new, now=NOW) is None
    assert both.digest("message-id", "ACK/1") == KEYS.digest("message-id", "ACK/1")


@pytest.mark.parametrize("text", ["", "a" * 31, "a" * 33, "1" * 32, "a" * 32, "é" * 32, "a" * 31 + "="])
def test_what_is_no_token_says_nothing(text: str) -> None:
    assert read_token(KEYS, text, now=NOW) is None


def test_a_reader_is_never_nobody() -> None:
    assert mark_of("ben@desk.example") == mark_of("Ben@Desk.Example") != 0
    assert not read_token(KEYS, make_token(KEYS, audience=Audience.ANCHOR, number=7), now=NOW).is_for("x@y.example")  # type: ignore[union-attr] # it is valid
