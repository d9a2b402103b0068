"""Priority: the order of work, with the reasons written out (domain.md TK5)."""

from enum import StrEnum

from ticketbot.domain.kinds import URGENT_CHANNELS, Channel, Severity, TicketKind
from ticketbot.domain.phases import Phase


class Priority(StrEnum):
    """P1 first. The text orders them, so that `min` is the more urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    @property
    def rank(self) -> int:
        """Return 1 … 4."""
        return int(self.value[1])


#: The kinds whose order follows from severity; all others are P4 (TK5). They also form clusters (RC1).
RANKED_KINDS = frozenset({TicketKind.INCIDENT, TicketKind.QUESTION, TicketKind.REQUEST, TicketKind.ALERT})


def priority_of(
    *,
    severity: Severity,
    kind: TicketKind,
    phase: Phase | None,
    channel: Channel,
    is_vip: bool,
    is_verified: bool = True,
) -> tuple[Priority, tuple[str, ...]]:
    """Return the priority and its reasons, the first like `P2 = S3, hypercare`.

    *is_verified* is false for mail without our own server's pass where one is configured: at most P3 (design.md).
    """
    if kind not in RANKED_KINDS:
        return Priority.P4, (f"P4 = {kind}",)
    is_urgent = channel in URGENT_CHANNELS
    uplifts = [
        *(["hypercare"] if phase is Phase.HYPERCARE else []),
        *(["VIP"] if is_vip else []),
        *([str(channel)] if is_urgent else []),
    ]
    reaches_p1 = severity is Severity.S2 and phase is Phase.HYPERCARE and is_urgent
    ceiling = 1 if severity is Severity.S1 or reaches_p1 else 2
    lifted = severity.rank - len(uplifts)
    rank = max(ceiling, lifted)
    notes = ["not above P2 by uplift"] if lifted < ceiling == Priority.P2.rank else []
    if not is_verified and rank < Priority.P3.rank:
        rank = Priority.P3.rank
        notes.append("not above P3: the sender is not verified")
    priority = Priority(f"P{rank}")
    return priority, (f"{priority} = {', '.join([severity.value, *uplifts])}", *notes)


def raised(present: Priority, *, by: tuple[Priority, tuple[str, ...]]) -> tuple[Priority, tuple[str, ...]] | None:
    """Return what `priority_of` found (*by*) if it is above the *present* priority: entering hypercare never lowers."""
    return by if by[0].rank < present.rank else None


def after_reopening(priority: Priority, *, times: int) -> Priority:
    """Return the priority after the *times*-th reopening: one step up at the second, not above P2 (TK7)."""
    if times != 2 or priority.rank <= Priority.P2.rank:  # noqa: PLR2004 - the second
        return priority
    return Priority(f"P{priority.rank - 1}")
