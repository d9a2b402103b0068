"""Chance that can be had again: `TICKETBOT_TEST_SEED=… pytest tests/crash` plays the same kills."""

import os
import random
import threading


class Chance:
    """Random moments from one seed, which stands in the report of a test that fails."""

    def __init__(self) -> None:
        self.seed = int(os.environ.get("TICKETBOT_TEST_SEED") or random.SystemRandom().getrandbits(32))
        self._random = random.Random(self.seed)
        self._never = threading.Event()

    def let_pass(self, longest: float) -> None:
        """Let a random while pass: the moment, not the waiting, is what a kill needs."""
        self._never.wait(self._random.uniform(0, longest))
