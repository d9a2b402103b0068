"""`desk apply`: puts a desk file in force, changing only what the file changed since it was last applied.

Three states are compared: the file last applied, the file now, and the rows, which mail may have changed meanwhile.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.desk.apply.facts import PLAN, Facts, Key, facts_of_file, facts_of_rows, place_of
from ticketbot.desk.apply.renew import ACTOR, Renewal
from ticketbot.desk.apply.rows import change, is_from_file, put, row_of, set_aside
from ticketbot.desk.apply.show import show_desk
from ticketbot.deskfile import Desk, DeskFile, desk_of, policy_of
from ticketbot.domain.calendars import local_instant
from ticketbot.domain.errors import ConfigurationError, Conflict
from ticketbot.outbound.letters import Code
from ticketbot.store.database import Work
from ticketbot.store.desk import holidays_of
from ticketbot.store.models import Launch
from ticketbot.tomlfile import Misconfigured, Problem, suggestion

__all__ = ["Conflicts", "Difference", "apply_desk", "show_desk"]

_PEOPLE = ("staff", "clients", "launches")


class Conflicts(Conflict):
    """The desk file contradicts what mail has changed since it was last applied."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep every conflict; the first is the message."""
        self.problems = problems
        super().__init__(problems[0].sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a desk file changes, line by line, and the number of the policy in force afterwards.

    `moves` are the promises of open tickets that are due earlier by it, or will be when they go on; `was` is the
    number before.
    """

    lines: tuple[str, ...]
    notes: tuple[str, ...]
    version: int
    was: int = 0
    moves: tuple[Mapping[str, Any], ...] = ()

    @property
    def moved(self) -> int:
        """Return how many promises of open tickets are due earlier by it."""
        return len(self.moves)


def apply_desk(file: DeskFile, *, work: Work, now: datetime, prune: bool = False, dry_run: bool = False) -> Difference:
    """Put *file* in force in this transaction and return the difference; with *dry_run* only return it.

    Open tickets' promises are tightened in the same transaction where the new policy is tighter (SL5): a crash leaves
    all as it was. With *prune*, what an earlier file made and this one no longer names is set aside; what mail made
    never is.
    Raises `Conflicts` where the file changes what mail has changed too, or a plan that has begun.
    """
    last = work.desk.policy()
    before = desk_of(last.document) if last is not None else None
    _check_letters(file)
    merge = _Merge(file, work=work, now=now, before=before)
    merge.run(prune=prune)
    if merge.conflicts:
        raise Conflicts(tuple(merge.conflicts))
    lines = [*merge.lines, *_policy_lines(last.document if last is not None else {}, file.document)]
    is_new = before != file.desk
    version = was = work.desk.policy_version()
    if not dry_run:
        for step in merge.steps:
            step.take(work)
        if is_new:
            sha256 = hashlib.sha256(json.dumps(file.document, sort_keys=True).encode()).hexdigest()
            version = work.desk.add_policy(sha256=sha256, document=file.document, now=now).id
    moves: list[Mapping[str, Any]] = []
    notes = [*file.notices, *merge.notes]
    if before is not None and is_new:
        renewal = Renewal(work=work, before=policy_of(before), after=file.policy, now=now)
        notes = [*notes, *renewal.keep_plans(dry_run=dry_run)]
        moves = renewal.run(version=version, dry_run=dry_run)
    if not dry_run and (lines or is_new):
        detail = {"version": version, "changes": lines, "moved": len(moves)}
        work.tickets.note("desk_applied", at=now, actor=ACTOR, detail=detail)
        work.ring()
    return Difference(lines=tuple(lines), notes=tuple(notes), version=version, was=was, moves=tuple(moves))


def _check_letters(file: DeskFile) -> None:
    """Refuse to switch off what is no letter: it would go on being sent."""
    codes = [code.value for code in Code]
    found = [
        Problem(
            where=file.where(("letters", "off", index)),
            what=f"letters.off names {name!r}, and there is no such letter{suggestion(name.upper(), codes)}",
        )
        for index, name in enumerate(file.desk.letters.off)
        if name not in codes
    ]
    if found:
        raise Misconfigured(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One thing to do to the rows: make it (facts), change it (some facts), or set it aside (None)."""

    key: Key
    facts: Facts | None
    is_whole: bool = False

    def take(self, work: Work) -> None:
        if self.facts is not None and self.is_whole:
            put(work, self.key, self.facts)
            return
        row = row_of(work, self.key)
        assert row is not None, self.key
        if self.facts is None:
            set_aside(work, row)
        for field, value in (self.facts or {}).items():
            change(work, row, field, value)


class _Merge:
    """Compares the file last applied, the file now and the rows, and collects what is to be done."""

    def __init__(self, file: DeskFile, *, work: Work, now: datetime, before: Desk | None) -> None:
        self.file = file
        self.work = work
        self.now = now
        self.old = facts_of_file(before) if before is not None else {}
        self.new = facts_of_file(file.desk)
        self.rows = facts_of_rows(work)
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.steps: list[_Step] = []
        self.conflicts: list[Problem] = []

    def run(self, *, prune: bool) -> None:
        for key, facts in self.new.items():
            self._check_holidays(key, facts)
            if key not in self.rows:
                self.lines.append(f"+ {_named(key)}: {_summary(facts)}")
                self.steps.append(_Step(key=key, facts=facts, is_whole=True))
            else:
                self._compare(key, facts)
        for key in reversed(self.rows):
            row = row_of(self.work, key) if key not in self.new else None
            if row is not None and is_from_file(row):
                self._no_longer_named(key, prune=prune)

    def _compare(self, key: Key, facts: Facts) -> None:
        was, present = self.old.get(key, {}), self.rows[key]
        changed: dict[str, Any] = {}
        for field, wanted in facts.items():
            if wanted == present[field] or (field in was and wanted == was[field]):
                continue
            if (field in was and present[field] != was[field]) or (field not in was and present[field]):
                self._conflict(key, field, wanted=wanted, present=present[field])
            elif key[0] == "launch" and field in PLAN and self._has_begun(key, wanted=facts):
                self._plan_conflict(key, field)
            else:
                self.lines.append(f"~ {_named(key)} {field}: {_text(present[field])} → {_text(wanted)}")
                changed[field] = wanted
        if changed:
            self.steps.append(_Step(key=key, facts=changed))

    def _no_longer_named(self, key: Key, *, prune: bool) -> None:
        if prune:
            self.lines.append(f"- {_named(key)}")
            self.steps.append(_Step(key=key, facts=None))
        else:
            self.notes.append(f"{_named(key)} is not in the file and stays; --prune removes it")

    def _conflict(self, key: Key, field: str, *, wanted: object, present: object) -> None:
        what = (
            f"{_named(key)} {field} is now {_text(present)}, which mail changed since the file was last applied; "
            f"write {_text(present)} here, or change it to {_text(wanted)} by mail first"
        )
        self.conflicts.append(Problem(where=self.file.where(place_of(self.file.desk, key, field)), what=what))

    def _plan_conflict(self, key: Key, field: str) -> None:
        verb = "#golive {} 2027-03-08T06:00 reason" if field in ("go_live", "timezone") else "#extend {} 7d reason"
        what = (
            f"{_named(key)} {field} is part of a plan that has begun or was changed by mail; the file holds only the "
            f"first plan: put the old value back and change the plan by mail, e.g. {verb.format(key[1])}"
        )
        self.conflicts.append(Problem(where=self.file.where(place_of(self.file.desk, key, field)), what=what))

    def _has_begun(self, key: Key, *, wanted: Facts) -> bool:
        launch = row_of(self.work, key)
        assert isinstance(launch, Launch)
        starts = [(launch.go_live, launch.timezone), (str(wanted["go_live"]), str(wanted["timezone"]))]
        return bool(self.work.desk.plan_events(launch.id)) or any(_instant(*each) <= self.now for each in starts)

    def _check_holidays(self, key: Key, facts: Facts) -> None:
        if key[0] == "client" and facts["holidays"]:
            try:
                holidays_of(facts["holidays"], years=range(self.now.year, self.now.year + 1))
            except ConfigurationError as error:
                name = self.file.desk.clients[key[1]].holidays or key[1]
                raise ConfigurationError(f"{self.file.where(('holidays', name))}: {error}") from error


def _instant(go_live: str, zone: str) -> datetime:
    wall = datetime.fromisoformat(go_live)
    return local_instant(wall.date(), wall.time(), ZoneInfo(zone))


def _named(key: Key) -> str:
    return f"{key[0]} {key[1]}"


def _summary(facts: Facts) -> str:
    return ", ".join(f"{field} {_text(value)}" for field, value in facts.items() if value not in (None, "", [], {}))


def _text(value: object) -> str:
    return "nothing" if value in (None, "", [], {}) else json.dumps(value, ensure_ascii=False, default=str)


def _policy_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each promise or rule that the file changes; people, clients and launches have their own."""
    old, new = dict(_flat(before)), dict(_flat(after))
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield f"+ {name}: {_text(new[name])}"
        elif name not in new:
            yield f"- {name}: {_text(old[name])}"
        elif old[name] != new[name]:
            yield f"~ {name}: {_text(old[name])} → {_text(new[name])}"


def _flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if not prefix and name in _PEOPLE:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
