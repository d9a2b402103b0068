"""What happened to a ticket, in words that people use."""

from typing import Any

import pytest

from ticketbot.cli.eventwords import in_words


@pytest.mark.parametrize(
    ("action", "detail", "says"),
    [
        ("priority", {"before": "P3", "after": "P2", "reasons": ["P2 = S3", "VIP"]}, "priority P3 → P2 (P2 = S3, VIP)"),
        ("category", {"before": None, "after": "printing"}, "category → printing"),
        (
            "state",
            {"before": "open", "after": "pending_client", "act": "auto_close"},
            "open → pending client (auto close)",
        ),
        ("owner", {"to": "raj", "why": "first to answer"}, "belongs to raj (first to answer)"),
        ("owner", {"to": None}, "belongs to nobody"),
        (
            "deadline",
            {"clock": "RES", "cycle": 1, "before": "2027-03-22T03:00:00Z", "after": "2027-03-14T22:00:00Z",
             "cause": "desk file, version 2", "version": 2},
            "resolution due 2027-03-14 22:00Z instead of 2027-03-22 03:00Z (desk file, version 2)",
        ),
        ("deadline", {"clock": "UPD", "cycle": 2, "before": None, "after": "2027-03-14T22:00:00Z"},
         "update 2 due 2027-03-14 22:00Z"),
        ("deadline", {"clock": "UPD", "cycle": 1, "before": "2027-03-14T22:00:00Z", "after": None}, "update rests"),
        ("remind", {"clock": "FR", "cycle": 1, "percent": 75}, "reminded of the first answer at 75 %"),
        ("breach", {"clock": "NR", "cycle": 3, "percent": 100}, "next answer 3 missed, 100 %"),
        (
            "opened",
            {"channel": "on_behalf", "priority": "P1", "severity": "S2", "kind": "incident", "requester": "k@x.example",
             "lasted": "15m"},
            "opened by on behalf: P1 S2 incident, for k@x.example, a call of 15m",
        ),
        ("ruling", {"standing": "act", "why": "with this person's token"}, "sender believed: with this person's token"),
        ("ruling", {"standing": "else"}, "sender else: no reason noted"),
        (
            "command_refused",
            {"errors": [{"line": "#why B", "reason": "“B” is too much here"}]},
            "commands refused, nothing was done: #why B: “B” is too much here",
        ),
        ("received", {"verified": True}, "the client wrote"),
        ("received", {"verified": False}, "the client wrote, not vouched for"),
        ("plan", {"kind": "pause", "reason": None}, "plan changed: pause"),
        ("reply", {"act": "reply"}, "answered the client"),
        ("thanks", {}, "the client said thanks"),
        ("chased", {"times": 2}, "asked the client again (2)"),
        ("joined", {"address": "k@x.example"}, "k@x.example joined"),
        ("merged", {"into": "T-3"}, "merged into T-3"),
        ("merged_in", {"number": "T-4"}, "T-4 was merged into this"),
        ("release", {"on": "2027-04-22"}, "promised for the release of 2027-04-22"),
        ("mail_dropped", {"reason": "spam", "kept": True, "lost": None}, "mail dropped (reason: spam; kept: yes)"),
        ("strange_thing", {"facts": {"one_thing": [1, 2]}}, "strange thing (facts: one thing 1, 2)"),
        ("told", {}, "told"),
    ],
)  # fmt: skip
def test_an_event_reads_like_a_sentence(action: str, detail: dict[str, Any], says: str) -> None:
    assert in_words(action, detail) == says
