"""Past tickets played again: what happened to each, from its events, and its promises under any policy (backtest)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from ticketbot.domain.clocks import Clocks, Terms
from ticketbot.domain.kinds import Channel, TicketKind
from ticketbot.domain.lifecycle import OPEN_STATES, PAUSED_STATES, Act, TicketState
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority
from ticketbot.domain.sla import (
    on_call,
    on_client_mail,
    on_kind,
    on_lowered,
    on_opened,
    on_parted,
    on_pending,
    on_public_reply,
    on_raised,
    on_reopened,
    on_resolved,
    on_restored,
    on_voided,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of a ticket as the store keeps it, or of its launch; `number` is its place in the order of doing.

    `mail` is the fingerprint of the mail that caused it, `launch` the launch that the ticket had then.
    """

    number: int
    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any]
    mail: str | None = None
    launch: int | None = None


class What(StrEnum):
    """What may happen to promises."""

    OPENED = "opened"
    CALLED = "called"
    CLIENT_WROTE = "client_wrote"
    ANSWERED = "answered"
    PENDING = "pending"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    RAISED = "raised"
    LOWERED = "lowered"
    CLASSED = "classed"
    PARTED = "parted"
    VOIDED = "voided"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One step of a ticket that its promises follow: all that a policy must know to reckon anew.

    `is_settled`: nothing new begins, the ticket waits or is done with. `is_by_client`: the client's mail did it.
    `is_told`: there were words to the client. `since` is from when a promise counts that the step adds, or when the
    mail was written that is a matter of its own now.
    """

    at: datetime
    what: What
    kind: TicketKind
    priority: Priority
    launch: int | None
    cause: str = ""
    is_settled: bool = False
    is_by_client: bool = False
    is_told: bool = False
    since: datetime | None = None


_WAITING = frozenset({Act.PENDING, Act.RELEASE})
_SETTLING = frozenset({Act.RESOLVE, Act.SHIPPED, Act.AUTO_RESOLVE})
_SAID = _WAITING | _SETTLING | {Act.REPLY, Act.CALL}
#: What a move does that comes without words to the client.
_SILENT: Mapping[Act | None, What] = {
    **dict.fromkeys(_WAITING, What.PENDING),
    **dict.fromkeys(_SETTLING, What.RESOLVED),
    Act.REOPEN: What.REOPENED,
    Act.SPAM: What.VOIDED,
    Act.MERGE: What.VOIDED,
    Act.NOTSPAM: What.RESTORED,
}
_GONE = frozenset({TicketState.SPAM, TicketState.MERGED})


def facts_of(happenings: Sequence[Happening]) -> tuple[Fact, ...]:
    """Return what happened to a ticket's promises; what was taken back (`#undo`) never happened."""
    undone = {str(each.detail.get("step")) for each in happenings if each.action == "undone"}
    ordered = sorted(happenings, key=lambda each: each.number)
    kept = [each for each in ordered if each.mail is None or each.mail not in undone]
    return tuple(_Reading().facts(kept))


def replay(facts: Sequence[Fact], *, terms: Callable[[Fact], Terms]) -> Clocks:
    """Return the promises that a ticket would have had under the *terms* of some policy."""
    clocks: Clocks = ()
    for fact in facts:
        clocks = _STEPS[fact.what](clocks, fact, terms(fact))
    return clocks


def _raised(clocks: Clocks, fact: Fact, terms: Terms) -> Clocks:
    return on_raised(clocks, at=fact.at, terms=terms, cause=fact.cause, since=fact.since, is_pending=fact.is_settled)


def _classed(clocks: Clocks, fact: Fact, terms: Terms) -> Clocks:
    since = fact.since or fact.at
    return on_kind(clocks, at=fact.at, terms=terms, since=since, cause=fact.cause, is_pending=fact.is_settled)


#: What each step does to the promises.
_STEPS: Mapping[What, Callable[[Clocks, Fact, Terms], Clocks]] = {
    What.OPENED: lambda _, fact, terms: on_opened(at=fact.at, terms=terms),
    What.CALLED: lambda _, fact, terms: on_call(at=fact.at, terms=terms),
    What.CLIENT_WROTE: lambda clocks, fact, terms: on_client_mail(
        clocks, at=fact.at, terms=terms, ends_pause=fact.is_settled
    ),
    What.ANSWERED: lambda clocks, fact, terms: on_public_reply(
        clocks, at=fact.at, terms=terms, is_pending=fact.is_settled
    ),
    What.PENDING: lambda clocks, fact, _: on_pending(clocks, at=fact.at, is_reply=fact.is_told),
    What.RESOLVED: lambda clocks, fact, _: on_resolved(clocks, at=fact.at),
    What.REOPENED: lambda clocks, fact, terms: on_reopened(
        clocks, at=fact.at, terms=terms, by_client=fact.is_by_client
    ),
    What.RAISED: _raised,
    What.LOWERED: lambda clocks, fact, terms: on_lowered(clocks, at=fact.at, terms=terms, cause=fact.cause),
    What.CLASSED: _classed,
    What.PARTED: lambda clocks, fact, _: on_parted(clocks, at=fact.at, wrote_at=fact.since or fact.at),
    What.VOIDED: lambda clocks, fact, _: on_voided(clocks, at=fact.at),
    What.RESTORED: lambda clocks, fact, terms: on_restored(clocks, at=fact.at, terms=terms),
}


class _Reading:
    """Reads a ticket's events in the order in which they were done, and keeps where it stands."""

    def __init__(self) -> None:
        self.kind = TicketKind.INCIDENT
        self.priority = Priority.P4
        self.state = TicketState.NEW
        self.since: datetime | None = None
        self.entered_at: datetime | None = None
        self.said: Act | None = None
        self.has_words = self.is_back = False
        self.reads: Mapping[str, Callable[[Happening], Iterator[Fact]]] = {
            "opened": self._opened,
            "state": self._moved,
            "reply": self._answered,
            "kind": self._classed,
            "split": self._parted,
            "priority": self._ranked,
            "deadline": self._noticed,
            "phase": self._entered,
        }

    def facts(self, happenings: Sequence[Happening]) -> Iterator[Fact]:
        for _, group in groupby(happenings, key=lambda each: (each.mail, each.at if each.mail is None else None)):
            yield from self._group(list(group))

    def _group(self, deeds: list[Happening]) -> Iterator[Fact]:
        """Yield what one mail did, or one instant on which nobody wrote."""
        before, actions = self.state, {each.action for each in deeds}
        self.has_words = "reply" in actions
        self.is_back = any(_move(each) == (Act.CLIENT_MAIL, TicketState.REOPENED) for each in deeds)
        self.said = None
        for deed in deeds:
            if (read := self.reads.get(deed.action)) is not None:
                yield from read(deed)
        heard = next((each for each in deeds if each.action == "received" and each.detail.get("verified")), None)
        if heard is not None and "thanks" not in actions and before not in _GONE:
            yield self._heard(heard, before)

    def _opened(self, deed: Happening) -> Iterator[Fact]:
        self.kind, self.priority = TicketKind(deed.detail["kind"]), Priority(deed.detail["priority"])
        self.since = deed.at
        is_call = deed.detail.get("channel") == Channel.HOTLINE
        self.state = TicketState.OPEN if is_call else TicketState.NEW
        yield self._fact(deed, What.CALLED if is_call else What.OPENED)

    def _moved(self, deed: Happening) -> Iterator[Fact]:
        """Yield what a move without words to the client does; with words, the reply beside it does it.

        A client's mail is heard when all of it is read.
        """
        act, self.state = _move(deed)
        if self.state is TicketState.REOPENED:
            self.since = deed.at
        if act in _SAID and self.has_words:
            self.said = act
        elif act in _SILENT:
            yield self._fact(deed, _SILENT[act])

    def _answered(self, deed: Happening) -> Iterator[Fact]:
        if self.said in _WAITING:
            yield self._fact(deed, What.PENDING, is_told=True)
        elif self.said in _SETTLING:
            yield self._fact(deed, What.RESOLVED)
        else:
            rests = self.state in PAUSED_STATES | {TicketState.RESOLVED, TicketState.CLOSED}
            yield self._fact(deed, What.ANSWERED, is_settled=rests)

    def _heard(self, deed: Happening, before: TicketState) -> Fact:
        if self.is_back:
            return self._fact(deed, What.REOPENED, is_by_client=True)
        return self._fact(deed, What.CLIENT_WROTE, is_settled=before is TicketState.PENDING_CLIENT)

    def _classed(self, deed: Happening) -> Iterator[Fact]:
        self.kind = TicketKind(deed.detail["after"])
        if self.since is not None and self.state in OPEN_STATES:
            yield self._fact(deed, What.CLASSED, cause=f"#kind {self.kind}")

    def _parted(self, deed: Happening) -> Iterator[Fact]:
        wrote_at = datetime.fromisoformat(deed.detail["wrote_at"])
        yield replace(self._fact(deed, What.PARTED), since=wrote_at)

    def _ranked(self, deed: Happening) -> Iterator[Fact]:
        """Yield a raise or lowering; coming back ranks anew before its promises begin, a phase has an event beside."""
        before, self.priority = self.priority, Priority(deed.detail["after"])
        if deed.mail is None:
            self.entered_at = deed.at
        elif not self.is_back and self.priority.rank < before.rank:
            yield self._fact(deed, What.RAISED, cause=f"raised to {self.priority}")
        elif not self.is_back and self.priority.rank > before.rank:
            yield self._fact(deed, What.LOWERED, cause=f"#priority {self.priority}")

    def _noticed(self, deed: Happening) -> Iterator[Fact]:
        """Remember when a phase moved a promise; not what another desk file moved, nor the end of a rest."""
        if not deed.detail.keys() & {"version", "resumed"}:
            self.entered_at = deed.at
        yield from ()

    def _entered(self, deed: Happening) -> Iterator[Fact]:
        """Yield the raise of what was open when hypercare began, at the instant at which the desk acted on it."""
        at, self.entered_at = self.entered_at or deed.at, None
        yield self._fact(deed, What.RAISED, at=at, cause="hypercare begins")

    def _fact(
        self,
        deed: Happening,
        what: What,
        *,
        at: datetime | None = None,
        cause: str = "",
        is_settled: bool | None = None,
        is_by_client: bool = False,
        is_told: bool = False,
    ) -> Fact:
        return Fact(
            at=at or deed.at,
            what=what,
            kind=self.kind,
            priority=self.priority,
            launch=deed.launch,
            cause=cause,
            is_settled=self.state in PAUSED_STATES if is_settled is None else is_settled,
            is_by_client=is_by_client,
            is_told=is_told,
            since=self.since if self.state in OPEN_STATES else None,
        )


def enters_hypercare(happening: Happening) -> bool:
    """Say whether a launch's event is its entering hypercare, which raises what is open."""
    return happening.action == "phase" and happening.detail.get("to") == Phase.HYPERCARE


def _move(deed: Happening) -> tuple[Act | None, TicketState]:
    """Return by which act a ticket moved where; an event that is no move goes nowhere in particular."""
    if deed.action != "state":
        return None, TicketState.NEW
    return Act(deed.detail["act"]), TicketState(deed.detail["after"])
