"""Samples of the letters that a person's own act brings back to them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ticketbot.domain.command_table import TABLE
from ticketbot.domain.drafts import Draft
from ticketbot.domain.profiles import COMMAND30_90
from ticketbot.outbound import letters_acts
from ticketbot.outbound.facts import (
    Cause,
    HoursFacts,
    MailFacts,
    PhaseFacts,
    Reader,
    ReplyAddresses,
    Thread,
    TicketFacts,
)

NOW = datetime(2027, 3, 6, 21, 40, tzinfo=UTC)
CAUSE = Cause(mark="9f2c4be1a7", sha256="ab" * 32)
THREAD = Thread(parent="1234.5678@acme.example")
ADDRESSES = ReplyAddresses(
    answer="support+r.aebagbafaydqqcikbmga2dqpcaireeyu@desk.example",
    note="support+n.ivdeqnkqlfmvuw24lvpf6yleafbegrch@desk.example",
)
HYPERCARE = PhaseFacts(
    phase="hypercare",
    day_index=5,
    days=30,
    go_live_at=datetime(2027, 3, 1, 5, tzinfo=UTC),
    ends_at=datetime(2027, 3, 30, 22, tzinfo=UTC),
)


def samples_of_acts(locale: str, client: Reader, ben: Reader, *, ticket: TicketFacts) -> Mapping[str, Draft]:
    """Return the samples by name, for a client and one of us."""
    is_german = locale == "de"
    answer = MailFacts(
        author="Ana Silva",
        at=NOW + timedelta(minutes=30),
        is_staff=True,
        text="Wir sehen es uns gerade an." if is_german else "Looking at it now.",
    )
    mine = "Die Zeile ist berichtigt, der Import läuft." if is_german else "The row is mended, the import runs."
    return {
        "held": letters_acts.held_answer(
            reader=ben,
            ticket=ticket,
            other=answer,
            text=mine,
            addresses=ADDRESSES,
            held_until=NOW + timedelta(hours=24),
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
        "help": letters_acts.client_guide(
            reader=client,
            courses=[
                letters_acts.Course(
                    name="Acme HR",
                    phase=HYPERCARE,
                    hypercare_ends_at=datetime(2027, 3, 30, 21, 59, 59, tzinfo=UTC),
                    transition_ends_at=datetime(2027, 5, 29, 22, tzinfo=UTC),
                    included=COMMAND30_90.included[locale],
                    excluded=COMMAND30_90.excluded[locale],
                )
            ],
            urgent_address="urgent@desk.example",
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
        "help-standard": letters_acts.client_guide(
            reader=client,
            courses=[
                letters_acts.Course(
                    name="Acme HR",
                    phase=replace(HYPERCARE, phase="standard"),
                    promises=(
                        letters_acts.Promise(
                            priority="P1",
                            answer=timedelta(hours=1),
                            hours=HoursFacts(days=(0, 1, 2), opens="09:00", closes="17:00"),
                        ),
                    ),
                )
            ],
            urgent_address="urgent@desk.example",
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
        "ics": letters_acts.invitation(
            reader=client,
            ticket=ticket,
            kind="workshop",
            uid="abcd@desk.example",
            sequence=0,
            topic="Wo finde ich die Stellen?" if is_german else "Where do I find the requisitions?",
            starts_at=datetime(2027, 3, 29, 12, tzinfo=UTC),
            minutes=60,
            place="remote",
            link="meet.desk.example/t-1042",
            organiser="Ben Okafor",
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            reply_to="support+r.aebagbafaydqqcikbmga2dqpcaireeyu@desk.example",
        ),
        "help-staff": letters_acts.staff_guide(
            reader=ben,
            groups=[
                letters_acts.Orders(
                    group=group.value,
                    orders=tuple(letters_acts.Order(example=each.example, says=each.says) for each in row),
                )
                for group, row in TABLE.items()
            ],
            roles=["hypercare_lead"],
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
    }
