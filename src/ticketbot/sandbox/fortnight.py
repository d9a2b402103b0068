"""The demo's story: three clients in three phases, two weeks, and what every mail must become."""

from dataclasses import dataclass
from datetime import UTC, datetime

STARTS_AT = datetime(2027, 2, 27, 12, 0, tzinfo=UTC)
ENDS_AT = datetime(2027, 3, 15, 8, 0, tzinfo=UTC)

DESK = """\
# desk.toml of the demo: who we are, whom we look after, and from when.
[desk]
name = "Example Support"
timezone = "Europe/Berlin"
[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "hypercare_lead"
team = "hypercare"
[staff.ben]
name = "Ben Okafor"
email = "ben@desk.example"
role = "engineer"
team = "hypercare"
[staff.chen]
name = "Chen Wei"
email = "chen@desk.example"
role = "support_lead"
team = "standard"
[staff.dana]
name = "Dana Miller"
email = "dana@desk.example"
role = "manager"
[clients.acme]
name = "Acme Recruiting GmbH"
domains = ["acme.example"]
contacts = [
  { address = "mara@acme.example", name = "Mara Keller", roles = ["key_user"] },
  { address = "jonas@acme.example", name = "Jonas Brandt", roles = ["key_user"] },
]
[clients.borealis]
name = "Borealis Oy"
domains = ["borealis.example"]
timezone = "Europe/Helsinki"
contacts = [{ address = "aino@borealis.example", name = "Aino Laine", roles = ["key_user"] }]
[clients.cassia]
name = "Cassia Ltd"
domains = ["cassia.example"]
timezone = "Europe/London"
contacts = [{ address = "tom@cassia.example", name = "Tom Hughes", roles = ["key_user"] }]
[launches."acme/hr"]
name = "Acme HR"
go_live = 2027-03-01T06:00:00
profile = "command30_90"
[launches."borealis/portal"]
name = "Borealis Portal"
go_live = 2027-01-11T06:00:00
profile = "command30_90"
[launches."cassia/crm"]
name = "Cassia CRM"
go_live = 2026-09-07T06:00:00
profile = "command30_90"
"""

PEOPLE = {
    "mara": ("Mara Keller", "mara@acme.example"),
    "jonas": ("Jonas Brandt", "jonas@acme.example"),
    "aino": ("Aino Laine", "aino@borealis.example"),
    "tom": ("Tom Hughes", "tom@cassia.example"),
    "stranger": ("Sam Stranger", "sam@nowhere.example"),
    "ana": ("Ana Silva", "ana@desk.example"),
    "ben": ("Ben Okafor", "ben@desk.example"),
    "chen": ("Chen Wei", "chen@desk.example"),
    "dana": ("Dana Miller", "dana@desk.example"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Somebody writes: a new mail (*to*, *subject*), or an answer to the newest mail about something (*about*).

    `becomes` is the fate that the mail must have, `ticket` the one that it must be on, `state` and `priority` the
    ticket's afterwards, `letters` the codes that it must cause, sorted.
    """

    at: str
    who: str
    text: str
    becomes: str
    to: str = "support@desk.example"
    subject: str = ""
    about: str = ""
    is_automatic: bool = False
    is_note: bool = False
    ticket: int | None = None
    state: str | None = None
    priority: str | None = None
    letters: tuple[str, ...] = ()
    tells: str = ""

    @property
    def instant(self) -> datetime:
        """Return when it is written."""
        return datetime.fromisoformat(f"2027-03-{self.at}:00+00:00")


STORY = (
    Step(
        at="01T08:12",
        who="mara",
        subject="Nobody can log in",
        text='Since this morning all users are blocked. The page only says "session expired".',
        becomes="ticket",
        ticket=1001,
        state="new",
        priority="P1",
        letters=("ACK", "INCIDENT", "NEW", "NEW"),
        tells="Go-live day at Acme: a critical incident, answered around the clock within 15 minutes.",
    ),
    Step(
        at="01T08:21",
        who="ben",
        about="T-1001",
        text="#take\n\nGood morning Mara, we see it and are on it. I write again within the hour.\n\nBen",
        becomes="append",
        ticket=1001,
        state="open",
        priority="P1",
        letters=("INCIDENT", "RELAY_OUT"),
        tells='Ben answers from his own mail program; Mara sees "Ben, Support", never his address.',
    ),
    Step(
        at="01T09:05",
        who="ben",
        about="T-1001",
        text="#resolve\n\nThe single sign-on certificate was the old one. It is replaced; please try again.",
        becomes="append",
        ticket=1001,
        state="resolved",
        letters=("INCIDENT", "RESOLVED"),
        tells="One line on top of the mail resolves the ticket; the words below it go to the client.",
    ),
    Step(
        at="01T09:20",
        who="mara",
        about="[T-1001]",
        text="Works again, thank you!",
        becomes="append",
        ticket=1001,
        state="resolved",
        letters=("RELAY_IN",),
        tells="Pure thanks: nothing opens again.",
    ),
    Step(
        at="02T09:30",
        who="aino",
        subject="How do I export the supplier list?",
        text="I need it as a spreadsheet for our auditors.",
        becomes="ticket",
        ticket=1002,
        state="new",
        priority="P4",
        letters=("ACK", "NEW", "NEW"),
        tells="Borealis is in transition: a question, with working hours in Helsinki.",
    ),
    Step(
        at="02T10:15",
        who="ana",
        about="T-1002",
        text="#assign ben\n#note\nThe auditors asked for the same last year; the export is under Reports.",
        becomes="append",
        ticket=1002,
        state="new",
        letters=("NEW",),
        tells="Ana gives it to Ben with a note that the client never sees.",
    ),
    Step(
        at="02T11:00",
        who="ben",
        about="T-1002",
        text="#pending\n\nIt is under Reports, Suppliers, Export. Which columns do the auditors need?",
        becomes="append",
        ticket=1002,
        state="pending_client",
        letters=("RELAY_OUT",),
        tells="A question back: the ticket waits for Aino, and so do its clocks.",
    ),
    Step(
        at="02T15:30",
        who="aino",
        about="[T-1002]",
        text="Name, tax number and the total of last year, please.",
        becomes="append",
        ticket=1002,
        state="open",
        letters=("RELAY_IN",),
    ),
    Step(
        at="03T09:10",
        who="ben",
        about="T-1002",
        text="#resolv\n\nAll three are in the default view.",
        becomes="reject",
        ticket=1002,
        state="open",
        letters=("CMD",),
        tells="A typo: nothing is done, nothing reaches the client, Ben is told the right form.",
    ),
    Step(
        at="03T09:14",
        who="ben",
        about="T-1002",
        text="#resolve\n\nAll three are in the default view; choose Export, then Spreadsheet.",
        becomes="append",
        ticket=1002,
        state="resolved",
        letters=("RESOLVED",),
    ),
    Step(
        at="04T10:05",
        who="tom",
        subject="Error 502 when saving a contact",
        text="Every second save fails for our sales team.",
        becomes="ticket",
        ticket=1003,
        state="new",
        priority="P3",
        letters=("ACK", "NEW"),
        tells="Cassia is in standard support: the same words get office hours and the support lead.",
    ),
    Step(
        at="05T10:40",
        who="chen",
        about="T-1003",
        text="Sorry for the wait, Tom. The proxy was restarted; I watch it over the day.",
        becomes="append",
        ticket=1003,
        state="open",
        letters=("RELAY_OUT",),
        tells="Too late: a reminder came before the deadline, a breach notice after it.",
    ),
    Step(
        at="05T10:41",
        who="tom",
        about="[T-1003]",
        text="I am out of the office until Monday.",
        is_automatic=True,
        becomes="append",
        ticket=1003,
        state="open",
        letters=(),
        tells="An automatic reply is kept with the ticket and moves nothing.",
    ),
    Step(
        at="05T13:00",
        who="stranger",
        subject="Question about my application",
        text="Where is my application?",
        becomes="triage",
        letters=("TRIAGE",) * 4,
        tells="A stranger: no ticket, no answer; the staff are shown the mail.",
    ),
    Step(
        at="05T13:20",
        who="ana",
        about="Question about my application",
        is_note=True,
        text="#spam",
        becomes="suppress",
        letters=(),
        tells="One line from any of them decides: here it is not a client's.",
    ),
    Step(
        at="06T21:40",
        who="jonas",
        to="urgent@desk.example",
        subject="Candidate import stopped",
        text="We key in the data by hand for now.",
        becomes="ticket",
        ticket=1004,
        state="new",
        priority="P1",
        letters=("ACK", "INCIDENT", "NEW", "NEW"),
        tells="Saturday night, by the urgent address.",
    ),
    Step(
        at="06T21:50",
        who="ana",
        about="T-1004",
        text="#take\n\nOne row of tonight's file broke the import. It is repaired and runs again.",
        becomes="append",
        ticket=1004,
        state="open",
        letters=("INCIDENT", "RELAY_OUT"),
    ),
    Step(
        at="07T09:00",
        who="ana",
        about="T-1004",
        text="#resolve\n\nThe import ran through the night without an error.",
        becomes="append",
        ticket=1004,
        state="resolved",
        letters=("INCIDENT", "RESOLVED"),
    ),
    Step(
        at="09T08:30",
        who="jonas",
        about="[T-1004]",
        text="It stopped again this morning at row 40.",
        becomes="append",
        ticket=1004,
        state="reopened",
        priority="P1",
        letters=("RELAY_IN", "REOPENED"),
        tells="Not settled after all: the client's answer opens the ticket again.",
    ),
    Step(
        at="09T08:42",
        who="ana",
        about="T-1004",
        text="#resolve\n\nThe check now skips broken rows and lists them for you.",
        becomes="append",
        ticket=1004,
        state="resolved",
        letters=("INCIDENT", "RESOLVED"),
    ),
    Step(
        at="10T14:00",
        who="chen",
        about="T-1003",
        text="#resolve\n\nNo error since Friday. Write again if you see one.",
        becomes="append",
        ticket=1003,
        state="resolved",
        letters=("RESOLVED",),
    ),
)
