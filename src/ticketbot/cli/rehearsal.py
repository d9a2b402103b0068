"""A rehearsal as a page for people: day by day what each mail became and what went when, then how promises fared."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.cli.eventwords import CLOCKS
from ticketbot.deskfile import Desk

Line = Mapping[str, Any]
_NOTHING: Mapping[str, Any] = {}
_REMINDERS = frozenset({"REMIND", "BREACH"})
_CRITERIA = {
    "G1": "open critical tickets",
    "G2": "open high tickets",
    "G3": "calm since the last critical one",
    "G4": "open concerns",
    "G5": "the client's sign-off",
    "G6": "the receiving lead's #accept",
    "G7": "settled without hypercare",
}
_IN = " " * 4
#: How wide "12:27:30Z  Mon 12:27:30 " is, which a city follows.
_TIMES = 24


@dataclass(slots=True, kw_only=True)
class Page:
    """Writes what a rehearsal returned; *desk* gives people their names and launches their zones."""

    desk: Desk
    _launches: dict[str, str] = field(default_factory=dict)
    _opened: set[str] = field(default_factory=set)
    _day: date | None = None
    _width: int = 0

    def lines(self, told: Sequence[Line]) -> Iterator[str]:
        """Yield the page line by line; letters stand where they go, not where their cause lies."""
        *course, end = told
        self._width = _TIMES + max(len(_city(ZoneInfo(zone))) for zone in self._zones())
        self._launches = {each["ticket"]: each["launch"] for each in course if "ticket" in each and "launch" in each}
        places: dict[tuple[object, ...], list[Line]] = {}
        for each in course:
            places.setdefault(_place(each), []).append(each)
        before = ""
        for same in sorted(places.values(), key=lambda each: _goes_at(each[0])):
            one, at = same[0], _goes_at(same[0])
            if at.date() != self._day:
                self._day, before = at.date(), ""
                yield from ("", f"{at:%a} {at.day} {at:%b %Y}")
            when = self._when(at, self._zone(one))
            texts = self._told(one, [address for each in same for address in each.get("to", ())])
            for text in texts:
                yield f"{_IN}{when if when != before else '':<{self._width}}  {text}"
                before = when
        yield from self._end(end)

    def _told(self, line: Line, to: Sequence[str]) -> Iterator[str]:
        """Yield what a line tells: what it is about, then what belongs to it, further in."""
        match line["type"]:
            case "letter":
                yield f"  → {self._letter(line, to)}"
            case "digest":
                yield self._digest(line)
            case kind:
                tell = {"event": self._event, "phase": self._phase, "gate": self._gate}[kind]
                first, *rest = tell(line)
                yield first
                yield from (f"    {each}" for each in rest)

    def _event(self, line: Line) -> Iterator[str]:
        about = line.get("ticket") or line.get("launch") or "about no ticket"
        if "error" in line:
            yield f"{line['id']}  not played: {line['error']}"
            return
        names = ("priority", "kind", "state")
        stands = " ".join(str(line[name]).replace("_", " ") for name in names if line.get(name))
        phase = f" · {_phase(line['phase'])} day {line['day_index']}" if "phase" in line else ""
        yield f"{line['id']}  {about}  {stands}{phase}".replace("   ", " ").rstrip()
        if "ticket" in line and line["ticket"] not in self._opened:
            self._opened.add(line["ticket"])
            zone = self._zone(line)
            for clock in line.get("clocks", ()):
                if clock["due_at"] is not None:
                    yield f"{CLOCKS[clock['clock']]} due {self._full(_read(clock['due_at']), zone)}"
        for reason in line.get("reason", ()):
            yield f"refused  {reason}"
        for count, said in enumerate(line.get("said", ())):
            yield f"{'' if count else 'answered':<9}{said}"

    def _phase(self, line: Line) -> Iterator[str]:
        yield f"{line['launch']} enters {_phase(line['to'])}, day {line['day_index']}"
        zone = self._zone(line)
        for each in line["open_tickets"]:
            due = ", ".join(
                f"{CLOCKS[clock]} due {self._full(_read(at), zone)}" for clock, at in each["due"].items() if at
            )
            changed = each["priority_from"] != each["priority_to"]
            rank = f"{each['priority_from']} → {each['priority_to']}" if changed else each["priority_to"]
            yield f"{each['ticket']} {rank}{f': {due}' if due else ''}"

    def _letter(self, line: Line, to: Sequence[str]) -> str:
        about = line.get("ticket") or line.get("launch") or ""
        which = f"{CLOCKS[line['clock']]} {line['pct']} %" if "clock" in line else ""
        readers = ", ".join(self._name(address) for address in dict.fromkeys(to))
        late = ""
        if line["code"] in _REMINDERS and line["send_at"] != line["at"]:
            zone = self._reader_zone(to)
            reached, goes = _read(line["at"]), _read(line["send_at"])
            local = goes.astimezone(zone)
            held = f"held to {_weekday(local)} {_clock(local)} {_city(zone)} ({line.get('held')})"
            if "held" not in line:
                held = f"went {_span(goes - reached)} later"
            late = f" · reached {_weekday(reached)} {_clock(reached)}Z, {held}"
        return " ".join(filter(None, (line["code"], about, which, f"to {readers}{late}")))

    def _gate(self, line: Line) -> Iterator[str]:
        zone = self._zone(line)
        if line["decision"] == "exit":
            verdict = "passes"
        elif line.get("stays"):
            verdict = "fails and the phase stays: a manager must say #extend or #exit"
        else:
            verdict = "fails: the phase is extended"
        ends = f", new end {self._full(_read(line['new_end']), zone)}" if line.get("new_end") else ""
        score = f"score {line['score']:g} of {line['threshold']:g}" if "threshold" in line else f"score {line['score']}"
        yield f"{line['launch']} {line['kind']} gate {verdict}{ends} · {score}"
        for name in line.get("blockers", ()):
            found = line.get("criteria", {}).get(name, _NOTHING)
            value = f" {found['value']:g}" if isinstance(found.get("value"), (int, float)) else ""
            needed = f", needed {found['needed']:g}" if isinstance(found.get("needed"), (int, float)) else ""
            which = f": {', '.join(found['tickets'])}" if found.get("tickets") else ""
            yield f"blocked by {name} {_CRITERIA.get(name, 'what a manager added')}{value}{needed}{which}"

    def _digest(self, line: Line) -> str:
        clocks = line["clocks"]
        kept, missed = (sum(each[name] for each in clocks.values()) for name in ("met", "missed"))
        counts = f"received {line['received']}, resolved {line['resolved']}, reopened {line['reopened']}"
        return f"the week: {counts}, open {line['open_at_end']} · promises kept {kept}, missed {missed}"

    # The end

    def _end(self, line: Line) -> Iterator[str]:
        at, tickets = _read(line["at"]), line["tickets"]
        yield from ("", f"The end, {self._full(at, self.desk.zone)}")
        if not tickets:
            yield f"{_IN}no tickets"
            return
        clocks = [(label, each, clock) for label, each in tickets.items() for clock in each["clocks"]]
        yield from ("", f"{_IN}{'Promises':<16}{'kept':>6}{'missed':>8}{'overdue':>9}{'running':>9}")
        for name, called in CLOCKS.items():
            counted = Counter(_outcome(clock, at) for _, _, clock in clocks if clock["clock"] == name)
            if counted:
                yield (
                    f"{_IN}{called:<16}{counted['kept']:>6}{counted['missed']:>8}{counted['overdue']:>9}"
                    f"{counted['running']:>9}"
                )
        states: dict[str, list[str]] = {}
        for label, each in tickets.items():
            states.setdefault(each["state"].replace("_", " "), []).append(label)
        yield from ("", f"{_IN}Tickets")
        yield from (f"{_IN}{state:<16}{len(labels):>6}  {', '.join(labels)}" for state, labels in states.items())
        missed = [each for each in clocks if _outcome(each[2], at) in {"missed", "overdue"}]
        yield from ("", f"{_IN}{'Missed' if missed else 'Nothing was missed'}")
        missed.sort(key=lambda each: (each[2]["due_at"] or "", each[0]))
        for label, ticket, clock in missed:
            due_at = clock["due_at"]
            told = "missed before it rested"
            if due_at is not None:
                ended, due = (_read(clock["stopped_at"]) if clock["stopped_at"] else at), _read(due_at)
                still = ", still running" if clock["stopped_at"] is None else ""
                zone = self._zone({"ticket": label})
                told = f"due {self._full(due, zone)}, {_span(ended - due)} too late{still}"
            yield f"{_IN}{label} {ticket.get('priority', '')} {CLOCKS[clock['clock']]}: {told}"

    # Names and times

    def _zones(self) -> Iterator[str]:
        yield self.desk.desk.timezone
        yield from (self.desk.launch_zone(slug) for slug in self.desk.launches)

    def _zone(self, line: Line) -> ZoneInfo:
        """Return the zone of the launch that a line is about, else the desk's."""
        launch = line.get("launch") or self._launches.get(line.get("ticket", ""))
        return ZoneInfo(self.desk.launch_zone(launch)) if launch in self.desk.launches else self.desk.zone

    def _reader_zone(self, to: Sequence[str]) -> ZoneInfo:
        for each in self.desk.staff.values():
            if each.email in to and each.timezone is not None:
                return ZoneInfo(each.timezone)
        return self.desk.zone

    def _name(self, address: str) -> str:
        return next((slug for slug, each in self.desk.staff.items() if each.email == address), address)

    def _when(self, at: datetime, zone: ZoneInfo) -> str:
        local = at.astimezone(zone)
        return f"{_clock(at) + 'Z':<9}  {_weekday(local)} {_clock(local)} {_city(zone)}"

    def _full(self, at: datetime, zone: ZoneInfo) -> str:
        local = at.astimezone(zone)
        return f"{_weekday(at)} {at.day} {at:%b} {_clock(at)}Z ({_weekday(local)} {_clock(local)} {_city(zone)})"


def warnings(told: Sequence[Line]) -> Iterator[str]:
    """Yield what of the story could not be played, an event each."""
    for line in told:
        if line["type"] == "event" and "error" in line:
            yield f"{line['id']} at {line['at']} was not played: {line['error']}"


def _goes_at(line: Line) -> datetime:
    return _read(line["send_at"] if line.get("code") in _REMINDERS else line["at"])


def _place(line: Line) -> tuple[object, ...]:
    """Return what the letters of one step have in common: they make one line, whoever reads them."""
    if line["type"] != "letter":
        return (id(line),)
    names = ("code", "ticket", "launch", "clock", "cycle", "pct", "at", "send_at")
    return tuple(line.get(name) for name in names)


def _outcome(clock: Line, at: datetime) -> str:
    if clock["state"] == "void":
        return "void"
    if clock["met"] is not None:
        return "kept" if clock["met"] else "missed"
    is_late = clock["due_at"] is not None and _read(clock["due_at"]) < at
    return "overdue" if is_late else "running"


def _phase(name: str) -> str:
    return "pre-live" if name == "pre_live" else name.replace("_", " ")


def _read(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _weekday(at: datetime) -> str:
    return f"{at:%a}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _city(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def _span(span: timedelta) -> str:
    minutes = max(round(span.total_seconds() / 60), 1)
    days, rest = divmod(minutes, 24 * 60)
    parts = [f"{amount} {unit}" for amount, unit in ((days, "d"), (rest // 60, "h"), (rest % 60, "min")) if amount]
    return " ".join(parts[:2])
