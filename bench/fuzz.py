# mypy: ignore-errors
"""Throw mutated mails at the reading room until something breaks (`python bench/fuzz.py SEEDS -max_total_time=600`).

Needs atheris, which is no dependency of ours: `uv pip install atheris` into an environment of its own, with ticketbot
beside it. SEEDS is a folder of mails; new inputs that reach new code are added to it, so give a copy. What must hold
for any bytes: nothing raises inside, no second passes, two readings agree, and what comes out may be stored.
"""

import logging
import re
import sys
import time
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["ticketbot.inbound", "ticketbot.domain"]):
    from ticketbot.domain.classify import House, classify
    from ticketbot.domain.clues import clues
    from ticketbot.domain.tokens import Keyring
    from ticketbot.inbound.describe import describe
    from ticketbot.inbound.inline import InlineReader
    from ticketbot.inbound.parse import read, sanitised_html

MOST_SECONDS = 1.0
NOW = datetime(2026, 11, 16, tzinfo=UTC)
HOUSE = House()
KEYS = Keyring({})
IMPOSSIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MARKS = re.compile("[\ue000-\ue00f]")


def one_mail(data: bytes) -> None:
    began = time.process_time()
    message = read(data, authserv_ids=frozenset({"mx.desk.example"}))
    facts = next(iter(describe([("x.eml", message)], house=HOUSE)))
    classify(message, HOUSE)
    clues(message, keys=KEYS, now=NOW)
    took = time.process_time() - began
    assert message.error is None, message.error
    assert took < MOST_SECONDS, f"{took:.2f} s"
    for value in (message.subject, message.text, message.new_text, sanitised_html(data), message.message_id):
        found = IMPOSSIBLE.search(value)
        assert found is None, repr(found[0])
    assert not MARKS.search(message.text + message.new_text)
    for line in (message.subject, *(a.filename for a in message.attachments), *(a.name for a in message.people)):
        assert "\n" not in line, repr(line)
    for attachment, octets in InlineReader().files(data, [each.index for each in message.attachments[:3]]):
        assert len(octets) == attachment.size
    assert read(data, authserv_ids=frozenset({"mx.desk.example"})) == message
    assert facts["error"] is None


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    atheris.Setup(sys.argv, one_mail)
    atheris.Fuzz()
