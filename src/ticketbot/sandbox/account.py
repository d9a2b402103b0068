"""The account of a rehearsal: what happened, as contracts.md §5 has it, one object for each thing."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ticketbot.app import App
from ticketbot.desk.care import care_for, care_of
from ticketbot.domain.calendars import local_instant
from ticketbot.domain.lifecycle import Act
from ticketbot.outbound.letters import Code
from ticketbot.reports.tickets import instant, ticket_json
from ticketbot.store.database import Work
from ticketbot.store.models import LetterState, OutboxMail, Ticket
from ticketbot.store.outbox import BUNDLED

#: In which order things of one instant are told.
RANKS = ("gate", "phase", "event", "letter", "digest", "final")
#: Letters whose code alone does not say which one it is.
_WHICH: Mapping[str, str] = {"REOPENED": "staff", "BOUNCE": "owner"}
#: What a letter that never leaves is.
_NEVER = frozenset({LetterState.SUPERSEDED, LetterState.CANCELLED})
_ACTIONS = ("phase", "gate")
_EPOCH = datetime.min.replace(tzinfo=ZoneInfo("UTC"))
_PROMISES = {"FR": "first_answers", "NR": "next_answers", "RES": "resolutions", "UPD": "updates"}

Line = dict[str, Any]


def full_code(code: str, values: Mapping[str, Any]) -> str:
    """Return a letter's code with its variant, as domain.md §3.2 writes it."""
    if which := values.get("variant") or _WHICH.get(code) or (values.get("what") if code == Code.NOTICE else None):
        return f"{code}:{which}"
    return f"{code}+CSAT" if code == Code.RESOLVED and values.get("csat") else code


def _refusal(error: Mapping[str, Any]) -> str:
    """Return which line was refused, why, and what would be right, as CMD:error says it."""
    perhaps = f"; perhaps: {error['nearest']}" if error.get("nearest") else ""
    return f"{error['line']}: {error['reason']}{perhaps}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Tells what the played desk's store holds. `labels` maps ticket numbers to the story's labels."""

    app: App
    work: Work
    labels: Mapping[int, str]

    def lines(self, events: list[Line], *, until: datetime) -> list[Line]:
        """Return everything that happened in order of time; *events* are what the mails made, with their `cause`."""
        caused, answers = self._caused(), self._answers()
        told = [
            self._event(event, caused)
            | {name: said for cause in event["causes"] for name, said in answers.get(cause, {}).items()}
            for event in events
        ]
        lines = [*told, *self._recorded(until), *self._letters(until), *self._digests(until)]
        lines.sort(key=lambda line: (line["at"], RANKS.index(line["type"])))
        return [*({**line, "at": instant(line["at"])} for line in lines), self._final(until)]

    def state(self, ticket: Ticket, *, at: datetime) -> Line:
        """Return how a ticket stands, as an event tells it."""
        facts = ticket_json(self.work, ticket, is_whole=True)
        told = {name: facts[name] for name in ("launch", "state", "priority", "severity", "kind", "clocks")}
        care = care_of(self.work, ticket, policy=self.app.desk.rules(self.work).policy, now=at)
        if care.plan is not None:
            told["phase"] = care.plan.phase_at(at).value
            told["day_index"] = care.plan.day_index(at)
        else:
            del told["launch"]
        return told

    def launch(self, launch_id: int, *, at: datetime) -> Line:
        """Return how a launch stands, as an event that is about no ticket tells it."""
        launch = self.work.desk.launch(launch_id)
        policy = self.app.desk.rules(self.work).policy
        care = care_for(self.work, policy=policy, client=None, launch=launch, now=at)
        if launch is None or care.plan is None:
            return {}
        phase, day = care.plan.phase_at(at), care.plan.day_index(at)
        return {"launch": launch.slug, "phase": phase.value, "day_index": day}

    def _event(self, event: Line, caused: Mapping[str, list[str]]) -> Line:
        told = dict(event)
        causes, number = told.pop("causes"), told.pop("number", None)
        codes = [code for cause in causes for code in caused.get(cause, ())]
        ticket = {"ticket": self._label(number)} if number is not None else {}
        return {"at": told.pop("at"), "type": "event", "id": told.pop("id"), **ticket, **told,
                "letters": list(dict.fromkeys(codes))}  # fmt: skip

    def _answers(self) -> dict[str, Line]:
        """Return by mail what its commands were answered: `said` was done, or the `reason` why nothing was."""
        answers: dict[str, Line] = {}
        for letter in self._all_letters():
            if letter.code != Code.CMD or letter.cause is None or letter.state in _NEVER:
                continue
            values = letter.draft["values"]
            for name, lines in (("said", values["done"]), ("reason", map(_refusal, values["errors"]))):
                if told := list(lines):
                    answers.setdefault(letter.cause, {}).setdefault(name, []).extend(told)
        return answers

    def _caused(self) -> dict[str, list[str]]:
        caused: dict[str, list[str]] = {}
        for letter in self._all_letters():
            if letter.cause is not None and letter.state not in _NEVER:
                caused.setdefault(letter.cause, []).append(full_code(letter.code, letter.draft["values"]))
        return caused

    def _recorded(self, until: datetime) -> Iterator[Line]:
        """Yield phases entered and gates decided, which the desk recorded with all that they say."""
        for event in self.work.tickets.events_of(_ACTIONS, since=_EPOCH, until=until + timedelta(microseconds=1)):
            launch = self.work.desk.launch(event.launch_id)
            detail = deepcopy(event.detail)
            if event.action == "phase":
                detail["open_tickets"] = [
                    {**each, "ticket": self._label(int(each["ticket"].removeprefix("T-")))}
                    for each in detail.get("open_tickets", ())
                ]
            for finding in detail.get("criteria", {}).values():
                if "tickets" in finding:
                    finding["tickets"] = [self._label(int(each.removeprefix("T-"))) for each in finding["tickets"]]
            yield {"at": event.at, "type": event.action, "launch": launch.slug if launch else None, **detail}

    def _letters(self, until: datetime) -> Iterator[Line]:
        slugs = {launch.id: launch.slug for launch in self.work.desk.launches()}
        for letter in self._all_letters():
            about: Line = {}
            ticket = self.work.tickets.by_id(letter.ticket_id) if letter.ticket_id is not None else None
            if ticket is not None:
                about = {"ticket": self._label(ticket.number)}
            elif letter.draft.get("launch") in slugs.values():
                about = {"launch": letter.draft["launch"]}
            code, to = full_code(letter.code, letter.draft["values"]), [*letter.to, *letter.cc]
            if letter.code in (Code.REMIND, Code.BREACH) and ticket is not None:
                yield from self._steps(letter, ticket, {"type": "letter", "code": code, **about, "to": to}, until)
            elif letter.sent_at is not None and letter.sent_at <= until and letter.code != Code.BUNDLE:
                yield {"at": letter.sent_at, "type": "letter", "code": code, **about, "to": to,
                       "send_at": instant(letter.sent_at)}  # fmt: skip

    def _steps(self, letter: OutboxMail, ticket: Ticket, line: Line, until: datetime) -> Iterator[Line]:
        """Yield a line for each clock and threshold that one reminder tells of; one that was dropped tells nothing."""
        if letter.state in _NEVER and letter.reason != BUNDLED:
            return
        slot = datetime.fromisoformat(letter.draft["values"]["slot"])
        for step in self.work.tickets.reminders(ticket.id):
            code = Code.BREACH if step.level >= 100 else Code.REMIND  # noqa: PLR2004 - percent
            named = {(each["clock"], each["share"]) for each in letter.draft["values"]["clocks"]}
            if step.at == slot <= until and step.state == "told" and (step.clock, step.level) in named:
                which = {"code": code, "clock": step.clock, "cycle": step.cycle, "pct": step.level}
                held = {"held": "quiet hours"} if letter.send_at > max(slot, letter.created_at) else {}
                yield {"at": slot, **line, "send_at": instant(letter.sent_at or letter.send_at), **which, **held}

    def _digests(self, until: datetime) -> Iterator[Line]:
        zone, seen = self.app.desk.rules(self.work).policy.zone, set()
        for letter in self._all_letters():
            values = letter.draft["values"]
            if letter.code != Code.DIGEST or letter.sent_at is None or letter.sent_at > until:
                continue
            week = values["week"]
            if week["first_day"] in seen:
                continue
            seen.add(week["first_day"])
            first = date.fromisoformat(week["first_day"])
            ends = (local_instant(day, time(), zone) for day in (first, first + timedelta(days=7)))
            yield {
                "at": letter.sent_at,
                "type": "digest",
                "window": [instant(each) for each in ends],
                "received": week["received"],
                "resolved": week["resolved"],
                "reopened": week["reopened"],
                "open_at_end": week["open"],
                "clocks": {
                    clock: {"met": week[name]["met"], "missed": week[name]["missed"]}
                    for clock, name in _PROMISES.items()
                },
            }

    def _final(self, until: datetime) -> Line:
        tickets: Line = {}
        for ticket in self.work.tickets.listed():
            facts = ticket_json(self.work, ticket, is_whole=True)
            told = {name: facts[name] for name in ("state", "priority", "kind", "severity", "resolved_at")}
            if ticket.act == Act.AUTO_CLOSE:
                told["closes_at"] = instant(ticket.act_at)
            kept = {name: value for name, value in told.items() if value is not None}
            tickets[self._label(ticket.number)] = {**kept, "clocks": facts["clocks"]}
        return {"at": instant(until), "type": "final", "tickets": tickets}

    def _label(self, number: int) -> str:
        return self.labels.get(number, f"T-{number}")

    def _all_letters(self) -> list[OutboxMail]:
        return list(reversed(self.work.outbox.listed(limit=1_000_000)))
