"""The guide (M39): what mail may say, for our people; what hypercare means for them, for a client (CM7)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care, care_for, hours_of
from ticketbot.desk.errands import Errand
from ticketbot.desk.people import roles_of
from ticketbot.desk.told import reader_of
from ticketbot.domain.command_specs import ROLES, CommandSpec
from ticketbot.domain.command_table import TABLE
from ticketbot.domain.commands import Command
from ticketbot.domain.kinds import Channel, TicketKind, classify_ticket
from ticketbot.domain.phases import Phase
from ticketbot.domain.priority import Priority
from ticketbot.domain.subjects import bare_subject
from ticketbot.outbound.facts import Reader, Thread
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_acts import Course, Order, Orders, Promise, client_guide, staff_guide
from ticketbot.store.models import Client

#: Subjects that ask for the guide (CM7), in the languages of our letters.
ASKING = frozenset({"help", "hypercare", "hilfe"})
#: A mail of more words is about a matter, whatever its subject says.
MOST_WORDS = 12
MOST_IN_AN_HOUR = 5
_ABOUT_US = frozenset({"help", "hypercare", "hilfe", "guide", "anleitung"})
_EDGES = ".,;:!?\"'()"


def help_for_staff(errand: Errand, _command: Command) -> str:
    """Send one of us the commands that are open to their roles."""
    arrival, person = errand.arrival, errand.person
    launch = errand.acting.care.launch if errand.acting is not None else None
    roles = roles_of(person, launch)
    arrival.send(
        staff_guide(
            reader=reader_of(person),
            groups=[
                Orders(group=group.value, orders=tuple(Order(example=each.example, says=each.says) for each in open_))
                for group, row in TABLE.items()
                if (open_ := [each for each in row if _is_open(each, roles)])
            ],
            roles=sorted(roles),
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
        )
    )
    return ""


def _is_open(spec: CommandSpec, roles: frozenset[str]) -> bool:
    allowed = ROLES[spec.who]
    return spec.is_served and (allowed is None or not allowed.isdisjoint(roles))


def asks_for_guide(arrival: Arrival) -> bool:
    """Return whether a known person of a client asks for the guide: its subject says so, and it is about no ticket."""
    subject = bare_subject(arrival.message.subject).strip(f"{_EDGES} \t").casefold()
    return subject in ASKING and arrival.match.ticket is None and arrival.sender.is_known


def is_only_asking(arrival: Arrival, client: Client) -> bool:
    """Return whether such a mail says nothing else that a person should look at."""
    if arrival.mail.channel != "normal":
        return False
    words = [each.strip(_EDGES).casefold() for each in arrival.message.new_text.split()]
    if not any(words):
        return not arrival.message.attachments
    found = classify_ticket(
        subject="",
        new_text=arrival.message.new_text,
        channel=Channel.MAIL,
        phase=Phase.STANDARD,
        lexicon=arrival.rules.policy.lexicon(client.locale),
    )
    return (
        len(words) <= MOST_WORDS
        and not _ABOUT_US.isdisjoint(words)
        and found.kind in (TicketKind.QUESTION, TicketKind.FEEDBACK)
        and not arrival.message.attachments
    )


def guide_client(arrival: Arrival, client: Client) -> None:
    """Explain hypercare to a client from their own plan (CM7, M39); the same person a few times an hour at most."""
    work = arrival.work
    since = arrival.now - timedelta(hours=1)
    if work.outbox.sent_since(Code.HELP, since=since, reader=arrival.sender.address) >= MOST_IN_AN_HOUR:
        return
    contact = work.desk.contact_at(arrival.sender.address)
    locale = (contact.locale if contact is not None else None) or client.locale
    courses = list(_courses(arrival, client, locale))
    zone = client.timezone
    arrival.send(
        client_guide(
            reader=Reader(
                address=arrival.sender.address,
                name=contact.name if contact is not None and arrival.sender.is_credible else "",
                locale=locale,
                zone=zone,
            ),
            courses=courses,
            urgent_address=arrival.rules.urgent_address,
            cause=arrival.cause,
            thread=Thread.after(arrival.message),
            now=arrival.now,
        )
    )


def _courses(arrival: Arrival, client: Client, locale: str) -> Iterator[Course]:
    for launch in arrival.work.desk.launches(client.id):
        care = care_for(arrival.work, policy=arrival.rules.policy, client=client, launch=launch, now=arrival.at)
        profile = arrival.rules.policy.profiles.get(launch.profile)
        language = locale.partition("-")[0]
        if care.phase(arrival.at) in (Phase.STANDARD, Phase.TRANSITION):
            profile = None  # what it lists is hypercare's
        yield Course(
            name=launch.name,
            phase=care.phase_facts(arrival.at),
            hypercare_ends_at=_end(care, Phase.HYPERCARE, arrival.at, by=timedelta(seconds=1)),
            transition_ends_at=_end(care, Phase.TRANSITION, arrival.at) or _end(care, Phase.HYPERCARE, arrival.at),
            included=profile.included.get(language, profile.included.get("en", ())) if profile is not None else (),
            excluded=profile.excluded.get(language, profile.excluded.get("en", ())) if profile is not None else (),
            promises=tuple(_promises(care, arrival.at)) if profile is None else (),
        )


def _promises(care: Care, at: datetime) -> Iterator[Promise]:
    """Yield how soon somebody is answered now, by priority."""
    for priority in Priority:
        targets = care.terms(at=at, kind=TicketKind.INCIDENT, priority=priority).targets
        if targets.first_response is not None:
            hours = hours_of(care.schedules[targets.calendar])
            yield Promise(priority=priority.name, answer=targets.first_response, hours=hours)


def _end(care: Care, phase: Phase, at: datetime, *, by: timedelta = timedelta()) -> datetime | None:
    """Return when a phase of the plan ends, moved back *by* so much: the last day rather than the first after it."""
    found = care.plan.end_of(phase, at) if care.plan is not None else None
    return found - by if found is not None else None
