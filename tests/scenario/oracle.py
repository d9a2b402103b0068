"""A second reading of domain.md §2.2 and §2.3, as plain as possible and sharing no line with the product.

Instants are whole seconds since 1970. It knows what `chance` lets happen: one client with one launch, mails, answers,
questions, solutions, changes of priority; not gates, and no change of priority while a ticket waits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.scenario.hours import HOUR, MINUTE, Course, Hours, iso, local

LADDERS = {1: (50, 75, 90, 100, 150, 200), 2: (50, 75, 90, 100, 150, 200), 3: (75, 100, 150), 4: (90, 100)}
WITH_RESOLUTION, WITH_UPDATES = ("incident", "question"), ("incident",)
OPEN = ("new", "open", "reopened", "pending_client")


@dataclass
class Promise:
    name: str
    cycle: int
    phase: str
    started: int
    target: int
    hours: Hours
    due: int
    ladder: tuple[int, ...]
    state: str = "running"
    stopped: int | None = None
    met: bool | None = None
    left: int = 0
    late: int = 0
    is_to_rise: bool = False
    rests: list[list[int]] = field(default_factory=list)
    told: int = 0

    def used(self, hours: Hours, now: int) -> int:
        return hours.worked(self.started, now) - sum(hours.worked(*rest) for rest in self.rests)

    def threshold(self, percent: int) -> int:
        if percent <= 100:
            left = self.target * (100 - percent) // 100
            return self.due if percent == 100 else self.hours.earliest_with_left(left, due=self.due)
        since = self.rests[-1][1] if self.late else self.due
        return self.hours.add(since, self.target * (percent - 100) // 100 - self.late)

    def shown(self) -> dict[str, object]:
        return {
            "clock": self.name,
            "cycle": self.cycle,
            "state": self.state,
            "due_at": None if self.rests and len(self.rests[-1]) == 1 else iso(self.due),
            "stopped_at": iso(self.stopped),
            "met": self.met,
            "target_minutes": self.target / MINUTE,
            "calendar": self.hours.name,
            "phase": self.phase,
        }


@dataclass
class Matter:
    kind: str
    severity: int
    is_urgent: bool
    is_vip: bool
    priority: int = 4
    state: str = "new"
    owner: str | None = None
    reopened: int = 0
    closes: int = 0
    promises: list[Promise] = field(default_factory=list)

    def latest(self, name: str) -> Promise | None:
        return next((each for each in reversed(self.promises) if each.name == name), None)

    def running(self, name: str) -> Promise | None:
        found = self.latest(name)
        return found if found is not None and found.state == "running" else None


@dataclass
class Person:
    address: str
    role: str
    zone: ZoneInfo


class Oracle:
    """Says how every ticket stands after every mail, and who is reminded of what, when."""

    def __init__(self, course: Course, people: Mapping[str, Person], *, on_call: str) -> None:
        self.course, self.people, self.on_call = course, people, on_call
        self.matters: dict[str, Matter] = {}
        self.reminders: set[tuple[str, str, int, int, str, str, str]] = set()
        self.waiting: list[tuple[int, str, Promise, int, int, str]] = []
        self.has_begun = False

    # What happens

    def opens(self, label: str, matter: Matter, now: int) -> None:
        matter.priority = self.rank(matter, now)
        self.matters[label] = matter
        self.start(matter, "FR", now)
        if matter.kind in WITH_RESOLUTION:
            self.start(matter, "RES", now)

    def client_writes(self, label: str, now: int) -> None:
        matter = self.matters[label]
        if matter.state in {"resolved", "closed"}:
            matter.state, matter.reopened = "reopened", matter.reopened + 1
            if matter.reopened == 2 and matter.priority > 2:
                matter.priority -= 1
            self.start(matter, "NR", now)
            if matter.kind in WITH_RESOLUTION:
                self.start(matter, "RES", now)
            return
        if not matter.running("FR") and not matter.running("NR"):
            self.start(matter, "NR", now)
        if matter.state == "pending_client":
            matter.state = "open"
            resting = matter.latest("RES")
            if resting is not None and resting.state == "paused":
                resting.rests[-1].append(now)
                resting.state = "running"
                resting.due = resting.due if resting.late else resting.hours.add(now, resting.left)
                if resting.is_to_rise and (reached := self.moved(resting, matter.priority, now, is_raise=True)):
                    self.tell(label, resting, reached, now)
            if matter.kind in WITH_UPDATES:
                self.start(matter, "UPD", now)

    def answers(self, matter: Matter, who: str, now: int) -> None:
        matter.owner = matter.owner or who
        for name in ("FR", "NR", "UPD"):
            if (promise := matter.running(name)) is not None:
                self.stop(promise, now)
        if matter.state in {"new", "open", "reopened"}:
            matter.state = "open"
            if matter.kind in WITH_UPDATES:
                self.start(matter, "UPD", now)

    def asks(self, matter: Matter, who: str, now: int) -> None:
        matter.state = "pending_client"
        self.answers(matter, who, now)
        if (promise := matter.running("RES")) is not None:
            promise.state, promise.left = "paused", promise.hours.worked(now, promise.due)
            since = promise.rests[-1][1] if promise.late else promise.due
            promise.late += promise.hours.worked(since, now)
            promise.rests.append([now])

    def solves(self, matter: Matter, who: str, now: int) -> None:
        matter.state, matter.closes = "resolved", self.course.hours["B"].add(now, 40 * HOUR)
        self.answers(matter, who, now)
        promise = matter.latest("RES")
        if promise is not None and promise.state == "running":
            self.stop(promise, now)
        elif promise is not None and promise.state == "paused":
            promise.state, promise.stopped, promise.met = "stopped", now, promise.left > 0

    def reprioritises(self, label: str, priority: int, now: int) -> list[tuple[str, Promise, int]]:
        """Raise or lower (SL5); return what a raise has reached at once."""
        matter, before = self.matters[label], self.matters[label].priority
        matter.priority = priority
        return [] if priority == before else self.move(label, now, is_raise=priority < before)

    # How it follows

    def rank(self, matter: Matter, now: int) -> int:
        """TK5."""
        is_hypercare = self.course.phase(now) == "hypercare"
        if matter.severity == 1 or (matter.severity == 2 and matter.is_urgent and is_hypercare):
            return 1
        return max(2, matter.severity - is_hypercare - matter.is_urgent - matter.is_vip)

    def start(self, matter: Matter, name: str, now: int) -> None:
        target, hours = self.course.target(name, matter.priority, now)
        if target is not None:
            cycle = 1 + sum(each.name == name for each in matter.promises)
            ladder = (75, 100) if name == "UPD" else LADDERS[matter.priority]
            phase = self.course.phase(now)
            due = hours.add(now, target)
            matter.promises.append(Promise(name, cycle, phase, now, target, hours, due, ladder))

    def stop(self, promise: Promise, now: int) -> None:
        promise.state, promise.stopped, promise.met = "stopped", now, now <= promise.due

    def move(self, label: str, now: int, *, is_raise: bool) -> list[tuple[str, Promise, int]]:
        """Give every promise of a ticket its new terms; one that rests is raised when it goes on."""
        matter = self.matters[label]
        for promise in matter.promises:
            promise.is_to_rise |= is_raise and promise.state == "paused"
        running = [each for each in matter.promises if each.state == "running" and each.name != "UPD"]
        reached = [(label, each, self.moved(each, matter.priority, now, is_raise=is_raise)) for each in running]
        return [each for each in reached if each[2]]

    def moved(self, promise: Promise, priority: int, now: int, *, is_raise: bool) -> int:
        """Move one promise; return the threshold that a raise has reached, 0 for none."""
        target, hours = self.course.target(promise.name, priority, now)
        if target is None or now > promise.due:
            return 0
        left = target - promise.used(hours, now)
        due = hours.add(now, max(left, 5 * MINUTE, target // 4) if is_raise else left)
        if due >= promise.due if is_raise else due <= promise.due:
            return 0
        promise.due, promise.target, promise.hours, promise.ladder = due, target, hours, LADDERS[priority]
        left = hours.worked(now, due)
        passed = max(
            (each for each in promise.ladder if each < 100 and left <= target * (100 - each) // 100), default=0
        )
        if not is_raise or passed <= promise.told:
            return 0
        promise.told = passed
        return passed

    # What time brings

    def go_on(self, until: int) -> None:
        """Let everything happen that lies before *until*: go-live, closings, reminders, letters that waited."""
        while True:
            found = min(self._upcoming(), key=lambda each: each[:3], default=None)
            if found is None or found[0] >= until:
                return
            at, what, label = found
            if what == 0:
                self._begin(at)
            elif what == 1:
                self.matters[label].state = "closed"
            elif what == 2:
                promise, percent = self._next(label)
                promise.told = percent
                self.tell(label, promise, percent, at)
            else:
                self._deliver(at)

    def tell(self, label: str, promise: Promise, percent: int, at: int) -> None:
        """SL6, SL8."""
        matter = self.matters[label]
        lead = "support_lead" if self.course.phase(at) == "standard" else "hypercare_lead"
        roles = [role for least, role in ((75, lead), (100, "manager"), (150, "director")) if percent >= least]
        told = [matter.owner, *(name for role in roles for name in self.people if self.people[name].role == role)]
        for name in dict.fromkeys(told):
            if name is None:
                self._record(label, promise, percent, at=at, address=self.on_call, sent=at)
                continue
            person = self.people[name]
            is_near = name == matter.owner or person.role == lead
            is_at_once = matter.priority == 1 or (matter.priority == 2 and is_near)
            sent = at if is_at_once else awake(person.zone, at)
            if sent == at:
                self._record(label, promise, percent, at=at, address=person.address, sent=at)
            else:
                self.waiting.append((sent, label, promise, percent, at, person.address))

    def _upcoming(self) -> Iterator[tuple[int, int, str]]:
        if not self.has_begun:
            yield self.course.starts_at, 0, ""
        for label, matter in self.matters.items():
            if matter.state == "resolved":
                yield matter.closes, 1, label
            if (found := self._next_step(label)) is not None:
                yield found[0], 2, label
        for sent, *_ in self.waiting:
            yield sent, 3, ""

    def _next_step(self, label: str) -> tuple[int, Promise, int] | None:
        steps = [
            (promise.threshold(percent), count, percent)
            for count, promise in enumerate(self.matters[label].promises)
            if promise.state == "running"
            for percent in promise.ladder
            if percent > promise.told
        ]
        if not steps:
            return None
        at, count, percent = min(steps)
        return at, self.matters[label].promises[count], percent

    def _next(self, label: str) -> tuple[Promise, int]:
        found = self._next_step(label)
        assert found is not None
        return found[1], found[2]

    def _begin(self, at: int) -> None:
        """Enter hypercare: open tickets rise, and their promises (TK5, SL5)."""
        self.has_begun = True
        for label, matter in self.matters.items():
            if matter.state in OPEN and self.course.phase(at) == "hypercare":
                matter.priority = min(matter.priority, self.rank(matter, at))
                for reached in self.move(label, at, is_raise=True):
                    self.tell(*reached, at)

    def _deliver(self, at: int) -> None:
        due = [each for each in self.waiting if each[0] == at]
        self.waiting = [each for each in self.waiting if each[0] != at]
        for sent, label, promise, percent, since, address in due:
            if percent >= 100 or promise.state == "running":
                self._record(label, promise, percent, at=since, address=address, sent=sent)

    def _record(self, label: str, promise: Promise, percent: int, *, at: int, address: str, sent: int) -> None:
        self.reminders.add((label, promise.name, promise.cycle, percent, str(iso(at)), address, str(iso(sent))))


def awake(zone: ZoneInfo, at: int) -> int:
    """Return *at*, or 07:00 where somebody's quiet hours cover it."""
    there = datetime.fromtimestamp(at, zone)
    if 7 <= there.hour < 22:
        return at
    return local(there.date() + timedelta(days=there.hour >= 22), 7, zone)
