"""When an incident is told of, and how far it is then (domain.md OR1, M08)."""

from dataclasses import dataclass
from enum import StrEnum

from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority

#: What is told of in hypercare even where it is not the worst.
WATCHED_KINDS = frozenset({TicketKind.INCIDENT, TicketKind.ALERT})


class Stage(StrEnum):
    """How far an incident is."""

    OPEN = "open"
    UPDATE = "update"
    RESOLVED = "resolved"


class Deed(StrEnum):
    """What a mail of ours did for the client: nothing that ends or advances it, a plain answer, or the end."""

    NONE = "none"
    ANSWERED = "answered"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A ticket's place in the order of work, and what decides with it whether others must know."""

    priority: Priority
    kind: TicketKind
    phase: Phase | None

    @property
    def is_major(self) -> bool:
        """Say whether it is a major incident: everybody is told, the client's stakeholders too."""
        return self.priority is Priority.P1

    @property
    def level(self) -> int:
        """Return 2 for a major incident, 1 for one that is told of in hypercare only, else 0."""
        if self.is_major:
            return 2
        is_told = self.priority is Priority.P2 and self.kind in WATCHED_KINDS and self.phase is Phase.HYPERCARE
        return int(is_told)


def stage_of(*, before: Standing | None, now: Standing, deed: Deed, is_open: bool) -> Stage | None:
    """Return what is told after a mail, None for nothing. *before* is None where the mail opened the ticket.

    Whatever rises to where others must know is opened, whoever raised it; only a major one has news and an end.
    """
    if is_open and now.level > (before.level if before is not None else 0):
        return Stage.OPEN
    if not now.is_major:
        return None
    if deed is Deed.SETTLED:
        return Stage.RESOLVED
    return Stage.UPDATE if deed is Deed.ANSWERED and is_open else None
