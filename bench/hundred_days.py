"""What it costs to rehearse a hundred days of one client: `python -m bench.hundred_days [--check] [--profile]`.

    python -m bench.hundred_days                 # the CPU and the wall clock of one rehearsal, and what it wrote
    python -m bench.hundred_days --check         # ends with 1 when it takes more than twenty seconds
    python -m bench.hundred_days --profile       # where the time goes
    python -m bench.hundred_days --write FOLDER  # the story and the desk as files, for `ticketbot rehearse`

The story is made here, always the same for one seed: a desk of seven, one client with a customised launch, and about a
hundred mails over a hundred days: matters of every weight, answers, questions back, commands, alarms at night, a
release, ratings, and weeks in which nothing comes.
"""

import argparse
import cProfile
import json
import pstats
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ticketbot.deskfile import read_desk
from ticketbot.log import configure
from ticketbot.sandbox.rehearse import rehearse
from ticketbot.sandbox.story import SCHEMA, read_story

REACH = 20.0
DAYS = 100
MATTERS = 24
GO_LIVE = datetime(2028, 9, 4, 6, tzinfo=UTC)

DESK = """\
[desk]
name = "Harbour Support"
timezone = "Europe/Lisbon"

[staff.ines]
name = "Ines Prata"
email = "ines@help.example"
role = "hypercare_lead"
timezone = "Europe/Lisbon"
[staff.otto]
name = "Otto Lind"
email = "otto@help.example"
role = "engineer"
team = "hypercare"
timezone = "Europe/Stockholm"
[staff.yuki]
name = "Yuki Mori"
email = "yuki@help.example"
role = "engineer"
team = "standard"
timezone = "Asia/Tokyo"
[staff.paul]
name = "Paul Reyes"
email = "paul@help.example"
role = "support_lead"
timezone = "America/Chicago"
[staff.rosa]
name = "Rosa Weber"
email = "rosa@help.example"
role = "manager"
timezone = "Europe/Berlin"
[staff.noah]
name = "Noah Stone"
email = "noah@help.example"
role = "director"
timezone = "America/Chicago"
[staff.lea]
name = "Lea Blanc"
email = "lea@help.example"
role = "project_manager"
timezone = "Europe/Paris"

[holidays]
freight = [2028-10-05, 2028-11-01, 2028-12-01, 2028-12-08]

[clients.freight]
name = "Lumen Freight"
domains = ["freight.example"]
timezone = "Europe/Lisbon"
contacts = [
  { address = "carla@freight.example", name = "Carla", roles = ["key_user"] },
  { address = "rui@freight.example", name = "Rui", roles = ["key_user"] },
  { address = "marta@freight.example", name = "Marta", roles = ["vip", "stakeholder"] },
  { address = "hugo@freight.example", name = "Hugo", roles = ["sponsor", "stakeholder"] },
  { address = "zita@freight.example", name = "Zita", roles = ["user"] },
]

[launches."freight/yard"]
name = "Lumen Yard"
go_live = 2028-09-04T07:00:00
customised = true
complexity = "medium"
profile = "command30_90"

[releases]
trains = [2028-09-14, 2028-10-12, 2028-11-09, 2028-12-14]
"""

CONTACTS = ("carla", "rui", "marta", "hugo", "zita")
STAFF = ("ines", "otto", "yuki")
#: What comes in, and how much of it: the subject, the words, and how long people take to settle it.
MATTERS_OF_KINDS = (
    ("Nobody gets into the yard planner", "All users see a blank page; work has stopped.", 4),
    ("Gate times are wrong", "The list shows yesterday's times since the import failed.", 9),
    ("Label printing broken at the north dock", "It stopped an hour ago and we are blocked.", 7),
    ("Where can I see closed tours?", "I cannot find them in the menu.", 26),
    ("How do I change a driver's name?", "The field is grey.", 20),
    ("Please add access for two planners", "They begin on Monday: Ana and Luis.", 40),
    ("Could you add a column for the seal number?", "It would be nice to have it beside the trailer.", 90),
    ("Refresher training for the night shift", "A short workshop in the week after next?", 60),
    ("Thank you", "The new dock view works well, we love it.", 30),
    ("Cosmetic: two words overlap", "No rush, only on small screens.", 80),
)


def the_story(*, seed: int = 7) -> dict[str, Any]:
    """Return a hundred days of dated mails; the same seed gives the same story."""
    chance = random.Random(seed)
    events = [*_frame(), *(each for index in range(MATTERS) for each in _matter(index, chance))]
    events.sort(key=lambda event: event["at"])
    ends_at = GO_LIVE + timedelta(days=DAYS - 7)
    kept = [event for event in events if event["at"] < ends_at]
    return {
        "schema": SCHEMA,
        "until": _iso(ends_at),
        "events": [{**event, "at": _iso(event["at"])} for event in kept],
    }


def _frame() -> Iterator[dict[str, Any]]:
    """Yield what is no client's matter: the plan, and alarms of a machine at night that end by themselves."""
    plan = "#launch freight/yard go-live=2028-09-04T07:00 customised=yes complexity=medium profile=command30_90"
    yield _event("plan", GO_LIVE - timedelta(days=7), ("ines@help.example", "support@help.example"), "plan", plan)
    for index, day in enumerate((3, 19, 47, 71)):
        at = GO_LIVE + timedelta(days=day, hours=19 + index)
        for name, word, later in (("down", "PROBLEM", 0), ("up", "RECOVERY", 35)):
            yield _event(
                f"alarm{index}{name}",
                at + timedelta(minutes=later),
                ("monitor@freight.example", "alerts@help.example"),
                f"{word}: queue length on yard-{index}",
                f"{word} Host yard-{index}, service queue: the value is {'over' if not later else 'below'} the limit.",
            )


def _matter(index: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield one matter from its first mail to its end: more of them come in the first weeks."""
    subject, body, hours = MATTERS_OF_KINDS[index % len(MATTERS_OF_KINDS)]
    day = (index / MATTERS) ** 2 * (DAYS - 12) - 2
    at = GO_LIVE + timedelta(days=int(day), hours=chance.choice((0, 2, 4, 8, 13)), minutes=chance.randrange(60))
    who, agent, label = chance.choice(CONTACTS), chance.choice(STAFF), f"M{index:02}"
    client, ours = f"{who}@freight.example", f"{agent}@help.example"
    number = iter(range(100))

    def event(sender: str, to: str, text: str, **more: str) -> dict[str, Any]:
        return _event(f"{label}-{next(number)}", at, (sender, to), f"{subject} ({index})", text, label=label, **more)

    to = "urgent@help.example" if "stopped" in body and index % 2 else "support@help.example"
    yield event(client, to, body)
    at += timedelta(minutes=5 + chance.randrange(hours * 20))
    yield event(ours, f"{{reply:{label}}}", "#take\n\nWe look into it.")
    if index % 3 == 0:
        at += timedelta(minutes=30 + chance.randrange(hours * 20))
        yield event(ours, f"{{reply:{label}}}", "#pending\n\nWhich browser do you use?")
        at += timedelta(hours=1 + chance.randrange(30))
        yield event(client, "support@help.example", "The usual one.", in_reply_to=f"last mail to the client on {label}")
    if index % 4 == 1:
        at += timedelta(minutes=15)
        yield event(ours, f"{{reply:{label}}}", "#note\n#sev 2\n\nIt is worse than it looks.")
    if "Could you add" in subject:
        at += timedelta(hours=3)
        yield event(ours, f"{{reply:{label}}}", f"#release {'2028-10-12' if day < 30 else '2028-12-14'}\n\nAccepted.")
        return
    at += timedelta(minutes=40 + chance.randrange(hours * 60))
    yield event(ours, f"{{reply:{label}}}", "#resolve\n\nDone, please try again.")
    if index % 5 == 2:
        at += timedelta(hours=5)
        yield event(client, "support@help.example", "Not yet.", in_reply_to=f"last mail to the client on {label}")
        at += timedelta(hours=2)
        yield event(ours, f"{{reply:{label}}}", "#resolve\n\nNow it is.")


def _event(name: str, at: datetime, ways: tuple[str, str], subject: str, body: str, **more: str) -> dict[str, Any]:
    label = {"label": more.pop("label")} if "label" in more else {}
    mail = {"from": ways[0], "to": ways[1], "subject": subject, "body": body, **more}
    return {"id": name, "at": at, "mail": mail, **label}


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def write(folder: Path) -> tuple[Path, Path]:
    """Write the story and its desk into *folder*; return both files."""
    story, desk = folder / "story.json", folder / "desk.toml"
    story.write_text(json.dumps(the_story(), indent=1), encoding="utf-8")
    desk.write_text(DESK, encoding="utf-8")
    return story, desk


def profiled(play: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    profile = cProfile.Profile()
    lines = profile.runcall(play)
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile).sort_stats(order).print_stats(45)
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    wanted = parser.parse_args()
    if wanted.write is not None:
        print(*write(wanted.write))
        return 0
    configure(level="error")
    with tempfile.TemporaryDirectory() as folder:
        story, desk = write(Path(folder))
        mails, rules = read_story(story), read_desk(desk)
        began, worked = time.perf_counter(), time.process_time()
        lines = profiled(lambda: rehearse(mails, rules)) if wanted.profile else rehearse(mails, rules)
        wall, cpu = time.perf_counter() - began, time.process_time() - worked
    told = Counter(line["type"] for line in lines)
    wrong = [line["error"] for line in lines if "error" in line]
    print(f"{len(mails.events)} mails in, {told['letter']} letters told, {len(lines[-1]['tickets'])} tickets, {wrong=}")
    print(f"{DAYS} days in {wall:.1f} s ({cpu:.1f} s of CPU); {REACH:.0f} s are allowed")
    return int(wanted.check and wall > REACH)


if __name__ == "__main__":
    sys.exit(main())
