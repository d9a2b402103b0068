"""What one of our people asks for that needs no ticket."""

from dataclasses import dataclass

from ticketbot.desk.actions import Acting
from ticketbot.desk.arrival import Arrival
from ticketbot.store.models import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One of our people who asks for something that needs no ticket; `acting` says on which they wrote, if any."""

    arrival: Arrival
    person: Staff
    acting: Acting | None = None
