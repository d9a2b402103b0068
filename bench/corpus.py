# ruff: noqa: C901, PLR0912, PLR0915, E501 - a scoreboard: one table of checks, one page of printing
# mypy: ignore-errors
"""Scoreboard: how well mails are understood, folder by folder and field by field (`make corpus`).

Reads ../shared/corpus (never copied into this repository) and prints the share that is right. `--fails FIELD` lists what
is wrong, `--floor` fails where a share has fallen below bench/corpus-floor.json, `--raise` lifts the floor to what came out, where that is
more.
"""

import argparse
import difflib
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ticketbot.inbound.describe import describe
from ticketbot.inbound.parse import read

FLOOR = Path(__file__).with_name("corpus-floor.json")
PLAIN = ("subject", "from_address", "from_name", "message_id")
LIKE = 0.95

#: Expectations that we do not follow, and why. They count as wrong all the same; `--fails` prints the reason.
DISPUTED = {
    ("rfc2822_example14.eml", "subject"): "plain text and the encoded word after a fold are parted by a blank "
    "(RFC 2047 §6.2 drops it between two encoded words only); the expectation lost it",
    ("rfc2822_example13.eml", "text"): "a blank before the colon is allowed (RFC 5322 §4.5); the expectation takes "
    "the header from the second line on for the body, as a reader does that holds “From  :” for an mbox line",
    ("error_emails_content_transfer_encoding_7-bit.eml", "text"): "the bytes are UTF-8 under a label of Latin-1; the "
    "expectation keeps the mojibake with its C1 control characters, which no database or person wants",
    ("error_emails_content_transfer_encoding_empty.eml", "text"): "the Big5 bytes were turned into UTF-8 by whoever "
    "stored the sample; the expectation reads that UTF-8 as Big5 again and is no language",
    ("plain_emails_raw_email_with_at_display_name.eml", "to"): "“Mikel@Lindsaar <raasdnil@gmail.com>” names one "
    "mailbox: what stands before the brackets is a name, whatever it looks like",
    ("m0020.eml", "attachments"): "the part has no name at all; “noname1” is what one library calls it. Ours says "
    "which part it is and what it holds (part-1.ics) and is the same at every reading",
    ("email_nl_1_2.eml", "visible_reply"): "the rule of dashes belongs to the quoted block of labels below it",
}


def flat(value: object) -> str:
    text = str(value or "")
    return " ".join(text.replace("\0", " ").replace("\xa0", " ").split())


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def same_text(expected: str, got: str) -> bool:
    return flat(expected) == flat(got)


def like(expected: str, got: str) -> bool:
    return difflib.SequenceMatcher(None, words(flat(expected)), words(flat(got)), autojunk=False).ratio() >= LIKE


def attachment_there(expected: dict[str, object], got: list[dict[str, object]]) -> bool:
    return any(all(str(item.get(key)) == str(value) for key, value in expected.items()) for item in got)


def checks(expected: dict[str, object], got: dict[str, object]) -> Iterator[tuple[str, bool, object, object]]:
    """Yield field, whether it is right, what was expected and what came."""
    for key in PLAIN:
        if key in expected:
            wanted = str(expected[key] or "").strip("<> ")
            yield key, flat(wanted) == flat(got[key]), expected[key], got[key]
    for key in ("to", "to_includes"):
        if key in expected:
            wanted = {str(a).lower() for a in expected[key]}
            has = {str(a).lower() for a in got["to"]}
            yield "to", wanted <= has if key == "to_includes" else wanted == has, expected[key], got["to"]
    text, reply = str(got["text"] or ""), str(got["visible_reply"] or "")
    if "text" in expected:
        yield "text", same_text(expected["text"], text), expected["text"], text
    if "text_contains" in expected:
        wanted = [flat(item) for item in expected["text_contains"]]
        yield "text", all(item in flat(text) for item in wanted), expected["text_contains"], text
    if "text_like" in expected:
        yield "text", like(expected["text_like"], text), expected["text_like"], text
    if "attachments" in expected:
        ok = all(attachment_there(item, got["attachments"]) for item in expected["attachments"])
        yield "attachments", ok, expected["attachments"], got["attachments"]
    reply_ok = [
        *(
            [
                any(
                    same_text(item, reply)
                    for item in (
                        [expected["visible_reply"]]
                        if isinstance(expected["visible_reply"], str)
                        else expected["visible_reply"]
                    )
                )
            ]
            if "visible_reply" in expected
            else []
        ),
        *(
            [all(flat(item) in flat(reply) for item in expected["reply_contains"])]
            if "reply_contains" in expected
            else []
        ),
        *(
            [not any(flat(item) in flat(reply) for item in expected["reply_excludes"])]
            if "reply_excludes" in expected
            else []
        ),
        *([flat(reply).startswith(flat(expected["reply_startswith"]))] if "reply_startswith" in expected else []),
        *([flat(reply).endswith(flat(expected["reply_endswith"]))] if "reply_endswith" in expected else []),
        *([like(expected["reply_like"], reply)] if "reply_like" in expected else []),
    ]
    if reply_ok:
        yield "visible_reply", all(reply_ok), {k: v for k, v in expected.items() if "reply" in k}, reply
    kind = str(got["kind"])
    kinds = []
    if "is_bounce" in expected:
        kinds.append(expected["is_bounce"] == (kind in {"bounce", "delay"}))
    if "is_auto_reply" in expected:
        kinds.append(expected["is_auto_reply"] == (kind == "auto_reply"))
    if "is_machine" in expected:
        kinds.append(
            expected["is_machine"] == (kind in {"bounce", "delay", "auto_reply", "feedback_report", "list", "own"})
        )
    if kinds:
        yield "kind", all(kinds), {k: v for k, v in expected.items() if k.startswith("is_")}, kind
    if "bounce_recipients" in expected:
        yield (
            "bounce_recipients",
            {a.lower() for a in expected["bounce_recipients"]} == {a.lower() for a in got["bounce_recipients"]},
            expected["bounce_recipients"],
            got["bounce_recipients"],
        )


def threads_right(wanted: dict[str, str], got: dict[str, str]) -> Iterator[tuple[str, bool]]:
    for name, label in wanted.items():
        yield name, all((label == other) == (got[name] == got[o]) for o, other in wanted.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=Path("../shared/corpus"))
    parser.add_argument("--fails", action="append", default=[])
    parser.add_argument("--folder")
    parser.add_argument("--floor", action="store_true")
    parser.add_argument("--raise", dest="raise_", action="store_true")
    options = parser.parse_args()
    if not options.corpus.is_dir():
        print(f"There is no corpus at {options.corpus}: nothing was scored.")
        return 0
    right: dict[tuple[str, str], int] = defaultdict(int)
    disputed = 0
    total: dict[tuple[str, str], int] = defaultdict(int)
    slowest = (0.0, "")
    errors = 0
    folders = sorted(item.parent for item in options.corpus.glob("*/expected.jsonl"))
    if not folders:
        print(f"No folder of {options.corpus} holds an expected.jsonl: nothing was scored.")
        return 0
    for folder in folders:
        if options.folder and folder.name != options.folder:
            continue
        wanted = {}
        for line in (folder / "expected.jsonl").read_text().splitlines():
            facts = json.loads(line)
            wanted[facts["file"]] = facts["expected"] or {}
        mails = []
        for path in sorted(folder.glob("*.eml")):
            began = time.process_time()
            mails.append((path.name, read(path.read_bytes())))
            slowest = max(slowest, (time.process_time() - began, path.name))
        got = {str(item["file"]): item for item in describe(mails)}
        errors += sum(1 for item in got.values() if item["error"])
        for name, expected in wanted.items():
            for field, ok, want, has in checks(expected, got[name]):
                total[folder.name, field] += 1
                right[folder.name, field] += ok
                disputed += not ok and (name, field) in DISPUTED
                if not ok and (field in options.fails or "all" in options.fails):
                    print(f"--- {folder.name}/{name} {field}\n    wanted {want!r}\n    got    {has!r}")
                    if reason := DISPUTED.get((name, field)):
                        print(f"    disputed: {reason}")
        labels = {name: e["thread"] for name, e in wanted.items() if "thread" in e}
        for name, ok in threads_right(labels, {n: str(i["thread"]) for n, i in got.items()}):
            total[folder.name, "thread"] += 1
            right[folder.name, "thread"] += ok
            if not ok and "thread" in options.fails:
                print(f"--- {folder.name}/{name} thread")
    fields = sorted({field for _, field in total})
    shares = {}
    for folder, field in sorted(total):
        good, all_ = right[folder, field], total[folder, field]
        print(f"{folder:20} {field:18} {good:4}/{all_:4}  {good / all_:7.2%}")
    print()
    for field in fields:
        good = sum(n for (_, f), n in right.items() if f == field)
        all_ = sum(n for (_, f), n in total.items() if f == field)
        shares[field] = round(good / all_, 4)
        print(f"{field:18} {good:4}/{all_:4}  {good / all_:7.2%}")
    print(f"of what is wrong, {disputed} expectations are disputed (DISPUTED says why)")
    print(f"could not be read: {errors}; slowest: {slowest[1]} {slowest[0] * 1000:.0f} ms")
    if options.raise_:
        known = json.loads(FLOOR.read_text()) if FLOOR.exists() else {}
        raised = {field: max(shares.get(field, 0), known.get(field, 0)) for field in shares | known}
        FLOOR.write_text(json.dumps(raised, indent=1, sort_keys=True) + "\n")
    if options.floor and FLOOR.exists():
        floor = json.loads(FLOOR.read_text())
        fallen = [f"{f}: {shares.get(f, 0)} < {v}" for f, v in floor.items() if shares.get(f, 0) < v]
        if fallen or errors:
            print("Fallen below the floor: " + ", ".join(fallen), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
