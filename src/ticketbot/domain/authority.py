"""Who may do what by mail: design.md's Authority, as tables. Nothing else in the program grants anything to a mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ticketbot.domain.addressing import without_extension
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


#: Why a mail in one of our own people's names is set aside: it is told in words of its own.
FORGED = "authentication failed for a staff address"


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

#: design.md, Authority, row by row: our server says pass, it says nothing, and it cannot be asked.
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
        return StaffRuling(standing=StaffStanding.QUARANTINE, reason=FORGED)
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


#: Where our server is asked, mail without its pass is at most of this priority, and announces no incident.
UNVERIFIED_CEILING = 3


def is_capped(sender: Sender) -> bool:
    """Return whether a mail stays at P3 and announces no INCIDENT, because our server does not vouch for it."""
    return sender.authserv_configured and not sender.is_verified


@dataclass(frozen=True, slots=True, kw_only=True)
class AckCaps:
    """How many acknowledgements leave at most in an hour, and at which similar mail in a row they end."""

    for_sender: int = 5
    for_desk: int = 600
    similar: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What went to and fro in the last hour. `similar` counts the sender's mails with this subject, with this one."""

    acks_to_sender: int = 0
    acks_of_desk: int = 0
    similar: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Whether a new ticket is acknowledged, and why (not). Without `may_quote` no word of the sender's is repeated."""

    is_sent: bool
    reason: str
    may_quote: bool = False


def acknowledgement(
    sender: Sender,
    traffic: Traffic,
    *,
    is_person: bool,
    is_ours: bool = False,
    is_imported: bool = False,
    caps: AckCaps | None = None,
) -> Acknowledgement:
    """Return whether a new ticket's sender hears at once that we have it (behaviours 50, 55 to 57).

    *is_person*: no sign of a machine, a list or a bounce. *is_ours*: the From is an address of this desk.
    """
    limits = caps or AckCaps()
    objections = (
        (not sender.is_known, "the sender is not known"),
        (not is_person, "a machine or a list wrote this"),
        (is_ours, "it came from an address of ours"),
        (is_imported, "it was imported"),
        (is_nobody(sender.address), "nobody reads that address"),
        (traffic.similar >= limits.similar, "similar mails follow each other: this looks automatic"),
        (traffic.acks_to_sender >= limits.for_sender, "the sender got enough of them this hour"),
        (traffic.acks_of_desk >= limits.for_desk, "the desk sent enough of them this hour"),
    )
    for holds, reason in objections:
        if holds:
            return Acknowledgement(is_sent=False, reason=reason)
    return Acknowledgement(is_sent=True, reason="a known sender", may_quote=sender.is_credible)


#: More people than this in one mail are a crowd: nobody joins by themselves, staff are shown all (behaviour 27).
CROWD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Who takes part from now on, without history, and who is only shown to staff with a ready `#cc` line."""

    joins: tuple[Address, ...] = ()
    offered: tuple[Address, ...] = ()


def joining(
    people: Iterable[Address],
    *,
    sender: Sender,
    requester: str,
    ticket_client: str | None,
    contacts: Mapping[str, str],
    not_clients: frozenset[str],
    participants: frozenset[str] = frozenset(),
) -> Joining:
    """Return which people in To and Cc join a ticket on which the sender may write (faults.md C7).

    *contacts* maps the addresses asked about that are contacts to their client. *not_clients* are our own addresses and
    those of staff. A contact of this client joins, and so does anybody of the requester's own domain, never a free-mail
    one, when the mail is credible. Others' contacts and strangers are offered to staff.
    """
    old = participants | not_clients | {"", sender.address}
    new = {each.key: each for each in people if old.isdisjoint({each.key, without_extension(each.key)})}
    domain = requester.rpartition("@")[2].lower()
    is_company = bool(domain) and domain not in FREE_MAIL and sender.is_credible
    joins = tuple(
        each
        for key, each in new.items()
        if not is_nobody(key)
        and (contacts[key] == ticket_client if key in contacts else is_company and each.domain == domain)
    )
    if sender.has_failed or len(new) > CROWD:
        joins = ()
    return Joining(joins=joins, offered=tuple(each for each in new.values() if each not in joins))
