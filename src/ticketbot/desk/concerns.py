"""Major concerns: a client's worry that the gate waits for, raised and ended by staff (domain.md G4)."""

from ticketbot.desk.actions import Acting
from ticketbot.desk.feedback import CONCERN, OPEN
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict

DONE = "done"


def set_concern(acting: Acting, command: Command) -> str:
    """Raise a major concern, or end it; to resolve the matter ends it too."""
    ticket, why = acting.ticket, command.args.get("text")
    is_open = ticket.concern == OPEN
    if "done" in command.args:
        if not is_open:
            raise Conflict(f"T-{ticket.number} has no open concern")
        ticket.concern = DONE
        acting.note(CONCERN, state=DONE, why=why)
        return f"The concern about T-{ticket.number} is settled."
    if is_open:
        return f"T-{ticket.number} is a major concern already."
    ticket.concern = OPEN
    acting.note(CONCERN, state=OPEN, why=why)
    return f"T-{ticket.number} is a major concern; the gate waits for it."
