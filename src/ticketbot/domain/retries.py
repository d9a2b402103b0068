"""When to try again: decisions from how often it failed, whose chance is handed in or taken from a key."""

import hashlib
from datetime import datetime, timedelta

LONGEST_PAUSE = timedelta(minutes=5)
SHORTEST_PAUSE_WHEN_REFUSED = timedelta(minutes=1)
#: A letter that the relay puts off is tried again for so long.
GIVE_UP_AFTER = timedelta(hours=72)
_LEAST_TRIES = 3
_FIRST_RETRY = timedelta(minutes=1)
_RAREST_RETRY = timedelta(hours=4)


def back_off(failures: int, *, jitter: float, is_refused: bool = False) -> timedelta:
    """Return how long to leave a server alone after *failures* in a row; *jitter* is chance from 0 to 1.

    It doubles from two seconds to about five minutes. Where the server refused us it is never under a minute, since
    servers lock out who insists.
    """
    pause = min(timedelta(seconds=2.0 ** min(failures, 16)), LONGEST_PAUSE)
    if is_refused:
        return max(pause, SHORTEST_PAUSE_WHEN_REFUSED) * (1 + jitter / 4)
    return pause * (0.75 + jitter / 2)


def retry_at(attempts: int, *, key: str, since: datetime, now: datetime) -> datetime | None:
    """Return when to try a letter again that failed *attempts* times, None to give it up.

    The wait doubles from a minute to four hours, spread a little by the letter's *key*, so that letters put off
    together do not come back together. It is given up 72 hours after it was due, *since*, and not before its third
    try, however late that was.
    """
    doubled = _FIRST_RETRY * float(2 ** min(attempts - 1, 16))
    pause = min(doubled, _RAREST_RETRY) * (0.75 + chance_of(f"{key} {attempts}") / 2)
    last = since + GIVE_UP_AFTER
    if attempts < _LEAST_TRIES:
        return now + pause
    return min(now + pause, last) if now < last else None


def chance_of(key: str) -> float:
    """Return a number from 0 to 1 that depends on *key* alone."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:4], "big") / 2**32
