"""What is known of a command: its group, who may use it, what it changes and needs (domain.md CM1 to CM3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ticketbot.domain.command_forms import Form


class Group(StrEnum):
    """What a command is about, as the help letter lists them."""

    WORK = "work"
    CLASS = "class"
    JOIN = "join"
    RELEASE = "release"
    BEHALF = "others' words"
    MEET = "meet, teach"
    LEARN = "learn"
    PLAN = "plan"
    ASK = "ask"


class Who(StrEnum):
    """Who may use a command."""

    STAFF = "staff"
    LEAD = "lead"
    MANAGER = "manager"


class CommandName(StrEnum):
    """The commands that this version carries out, for the desk's `match`."""

    TAKE = "take"
    ASSIGN = "assign"
    NOTE = "note"
    PENDING = "pending"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    SPAM = "spam"
    NOTSPAM = "notspam"
    CLIENT = "client"
    BLOCK = "block"
    CC = "cc"
    PRIORITY = "priority"
    KIND = "kind"
    SEV = "sev"
    IMPACT = "impact"
    URGENCY = "urgency"
    CATEGORY = "category"
    MERGE = "merge"
    PROBLEM = "problem"
    RELEASE = "release"
    SHIPPED = "shipped"
    FOR = "for"
    CALL = "call"
    LAUNCH = "launch"
    IC = "ic"
    COMMS = "comms"
    SNOOZE = "snooze"
    AWAY = "away"
    FOUND = "found"
    CONCERN = "concern"
    SPLIT = "split"
    LINK = "link"
    WORKAROUND = "workaround"
    TO = "to"
    KB = "kb"
    FAQ = "faq"
    DOCGAP = "docgap"
    DOC = "doc"
    INSIGHT = "insight"
    LESSON = "lesson"
    ACTION = "action"
    REVIEW = "review"
    STATUS = "status"
    TICKET = "ticket"
    DIGEST = "digest"
    MEET = "meet"
    TRAINING = "training"
    WORKSHOP = "workshop"
    WEBINAR = "webinar"
    VISIT = "visit"
    OK = "ok"
    SEND = "send"
    UNDO = "undo"
    GOLIVE = "golive"
    EXTEND = "extend"
    EXIT = "exit"
    PAUSE = "pause"
    RESUME = "resume"
    RELAPSE = "relapse"
    ACCEPT = "accept"
    CADENCE = "cadence"
    CONFIG = "config"
    READY = "ready"
    HELP = "help"
    WHY = "why"


class Changes(StrEnum):
    """What a command changes that may change only once in a mail."""

    STATE = "state"
    OWNER = "owner"


#: The roles that each kind of command is open to; None is everybody on the staff.
ROLES: Mapping[Who, frozenset[str] | None] = {
    Who.STAFF: None,
    Who.LEAD: frozenset({"hypercare_lead", "support_lead", "manager", "director"}),
    Who.MANAGER: frozenset({"manager", "director"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One command: what may follow it, who may use it, and what a mail must be or hold for it."""

    name: str
    says: str
    example: str
    form: Form
    who: Who
    needs_ticket: bool
    needs_client_text: bool
    changes: Changes | None
    may_repeat: bool
    stands_alone: bool

    @property
    def is_served(self) -> bool:
        """Return whether this version carries it out; all others are errors, never ignored."""
        return self.name in set(CommandName)
