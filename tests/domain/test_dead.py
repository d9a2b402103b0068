"""Which refusals mean that nobody lives at an address (behaviour 61)."""

import time

import pytest

from ticketbot.domain.dead import is_dead


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", ""),
        ("5.1.2", "Host unknown"),
        ("5.1.10", "RESOLVER.ADR.RecipientNotFound"),
        ("5.2.1", "mailbox disabled"),
        ("5.4.4", "no mail exchanger"),
        ("", "550 5.1.1 <mara@acme.example>: Recipient address rejected: User unknown"),
        ("5.0.0", "550 no such user here"),
        ("", "550 mailbox unavailable"),
        ("", "The address you wrote to does not exist"),
        ("nonsense", "unknown user"),
    ],
)
def test_nobody_lives_there(status: str, words: str) -> None:
    assert is_dead(status=status, words=words)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("4.2.2", "mailbox full"),
        ("5.2.2", "mailbox full, user unknown to be patient"),
        ("5.7.1", "message rejected as spam"),
        ("5.3.4", "message too large"),
        ("5.4.1", "recipient address rejected: access denied"),
        ("4.1.1", "user unknown"),
        ("2.0.0", ""),
        ("", "451 4.7.1 greylisted, try again"),
        ("", ""),
        ("5.0.0", "550 we do not like you"),
    ],
)
def test_somebody_may_live_there(status: str, words: str) -> None:
    assert not is_dead(status=status, words=words)


@pytest.mark.parametrize("words", ["user " * 5_000, "recipient " + "x " * 5_000, "host " * 5_000, "5." * 5_000])
def test_no_words_take_long_to_read(words: str) -> None:
    began = time.perf_counter()

    is_dead(words=words)

    assert time.perf_counter() - began < 1
