"""Priority: the order of work, with the reasons written out (domain.md TK5)."""

from enum import StrEnum

from ticketbot.domain.kinds import Channel, Severity, TicketKind
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
    raise NotImplementedError


def raised(
    priority: Priority, *, severity: Severity, kind: TicketKind, phase: Phase, channel: Channel, is_vip: bool
) -> tuple[Priority, tuple[str, ...]]:
    """Return the priority of an open ticket when its launch enters hypercare: raised by TK5, never lowered."""
    raise NotImplementedError


def after_reopening(priority: Priority, *, times: int) -> Priority:
    """Return the priority after the *times*-th reopening: one step up from the second on, not above P2 (TK7)."""
    raise NotImplementedError
