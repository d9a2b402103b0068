"""Message-IDs of our own: stable, recognisable, and not to be made by others."""

import pytest

from ticketbot.domain.ids import is_ours, message_id_for
from ticketbot.domain.tokens import Keyring

OLD, BOTH = Keyring({1: b"old"}), Keyring({1: b"old", 2: b"new"})
MADE = message_id_for(OLD, "ACK:T-1042:abc", "desk.example")


def test_the_same_letter_has_the_same_id_also_after_a_new_key() -> None:
    assert message_id_for(BOTH, "ACK:T-1042:abc", "desk.example") == MADE
    assert message_id_for(OLD, "ACK:T-1043:abc", "desk.example") != MADE


@pytest.mark.parametrize("form", [MADE, f"<{MADE}>", MADE.upper(), MADE.replace("desk.example", "relay.example")])
def test_ours_is_recognised_whatever_a_relay_did_to_it(form: str) -> None:
    assert is_ours(BOTH, form)


@pytest.mark.parametrize(
    "form",
    [
        "",
        "x@desk.example",
        f"tb.{'a' * 20}.{'b' * 10}@desk.example",
        MADE.replace(".", "..", 1),
        MADE.partition("@")[0],
    ],
)
def test_others_are_not_ours(form: str) -> None:
    assert not is_ours(BOTH, form)


def test_without_keys_nothing_is_ours() -> None:
    assert not is_ours(Keyring({}), MADE)
