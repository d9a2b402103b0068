"""Who may do what by mail: design.md's Authority, as tables. Nothing else in the program grants anything to a mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ticketbot.domain.messages import Address, Authentication
from ticketbot.domain.senders import FREE_MAIL, Sender, is_nobody


class StaffStanding(StrEnum):
    """What the mail of a staff member may do."""

    ACT = "act"
    HOLD_AND_CHALLENGE = "hold_and_challenge"
    NOTE = "note"
    UNVERIFIED_NOTE = "unverified_note"
    TRIAGE = "triage"
    QUARANTINE = "quarantine"


class StaffMail(StrEnum):
    """What a staff member's mail brings along."""

    WITH_TOKEN = "with this person's token"  # noqa: S105 - words
    WITH_COMMANDS = "no token, commands"
    ON_A_TICKET = "no token, plain text on a ticket"
    BARE = "no token, no command, no ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRuling:
    """What a staff mail may do, why, and whether the registered address hears of it (throttled by the desk)."""

    standing: StaffStanding
    reason: str
    tells_registered_address: bool = False


_ACT, _HOLD, _NOTE = StaffStanding.ACT, StaffStanding.HOLD_AND_CHALLENGE, StaffStanding.NOTE
_UNVERIFIED, _TRIAGE = StaffStanding.UNVERIFIED_NOTE, StaffStanding.TRIAGE

#: design.md, Authority, row by row: what our server says pass to, what it says nothing of, and where it cannot be asked.
STAFF_TABLE: Mapping[StaffMail, tuple[StaffStanding, StaffStanding, StaffStanding]] = {
    #                        pass      no result      no authserv-id
    StaffMail.WITH_TOKEN: (_ACT, _HOLD, _ACT),
    StaffMail.WITH_COMMANDS: (_ACT, _HOLD, _HOLD),
    StaffMail.ON_A_TICKET: (_NOTE, _UNVERIFIED, _NOTE),
    StaffMail.BARE: (_TRIAGE, _TRIAGE, _TRIAGE),
}


def staff_standing(sender: Sender, *, has_own_token: bool, has_commands: bool, has_ticket: bool) -> StaffRuling:
    """Return what a staff member's mail may do.

    *has_own_token*: it came to a staff address that was made for this very person, for this ticket and audience.
    *has_commands*: its new text begins with commands, good or bad ones.
    """
    if sender.has_failed:
        return StaffRuling(standing=StaffStanding.QUARANTINE, reason="authentication failed for a staff address")
    mail = _staff_mail(has_own_token=has_own_token, has_commands=has_commands, has_ticket=has_ticket)
    passed, silent, unasked = STAFF_TABLE[mail]
    if not sender.authserv_configured:
        standing, server = unasked, "no authserv-id is configured"
    elif sender.authentication is Authentication.PASS:
        standing, server = passed, "our server says pass"
    else:
        standing, server = silent, "our server says nothing of it"
    return StaffRuling(
        standing=standing,
        reason=f"{mail}; {server}",
        tells_registered_address=mail is StaffMail.ON_A_TICKET and not sender.authserv_configured,
    )


def _staff_mail(*, has_own_token: bool, has_commands: bool, has_ticket: bool) -> StaffMail:
    """Return the row of the table that a mail belongs to."""
    if has_own_token:
        return StaffMail.WITH_TOKEN
    if has_commands:
        return StaffMail.WITH_COMMANDS
    return StaffMail.ON_A_TICKET if has_ticket else StaffMail.BARE


class Voice(StrEnum):
    """How a mail that is not a staff member's speaks on a ticket that it points to."""

    CLIENT = "client"
    UNVERIFIED = "unverified"
    OTHER_CLIENT = "other_client"


def voice_on(sender: Sender, *, ticket_client: str | None, participants: frozenset[str]) -> Voice:
    """Return how a sender who is not staff speaks on a ticket.

    Participants and known people of the same client write on it. A known sender of another client never does: they get
    a new ticket. Strangers, and anybody whose authentication failed, are kept as an internal, unverified message.
    """
    if sender.has_failed:
        return Voice.UNVERIFIED
    if sender.address in participants:
        return Voice.CLIENT
    if not sender.is_known or ticket_client is None:
        return Voice.UNVERIFIED
    return Voice.CLIENT if sender.client == ticket_client else Voice.OTHER_CLIENT
