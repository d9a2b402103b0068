"""The same trouble again: a new ticket is held against its client's others; leads hear of a cluster (RC1, M32, M20)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import Care
from ticketbot.desk.told import reader_of_told
from ticketbot.domain.calendars import Schedule
from ticketbot.domain.kinds import TicketKind
from ticketbot.domain.lifecycle import TicketState
from ticketbot.domain.messages import fold
from ticketbot.domain.phases import Phase
from ticketbot.domain.recurrence import (
    FEWEST_TICKETS,
    KINDS,
    WINDOWS,
    Cluster,
    Occurrence,
    codes_in,
    is_alike,
    is_told,
    tokens_of,
)
from ticketbot.domain.slots import free_slots
from ticketbot.outbound.facts import Reader, TicketLine
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_trends import Cluster as ClusterFacts
from ticketbot.outbound.letters_trends import recurrence, workshop
from ticketbot.store.models import Event, Ticket
from ticketbot.store.readings import Glimpse

RECURRED = "recurred"
PLATFORM = "recurred_platform"
WORKSHOP_MINUTES = 60
_ANSWERS = (Code.RESOLVED, Code.RELAY_OUT)
_GONE = frozenset({TicketState.SPAM, TicketState.MERGED})
#: Of so many tickets likeness is looked at for each new one: a flood must not make every mail dearer.
_MOST = 200
_INSTANT = timedelta(microseconds=1)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
#: At how many clients the same trouble is the platform's, within a day and within a week.
_CLIENTS_IN_A_DAY, _CLIENTS_IN_A_WEEK = 2, 3


def look_for_recurrence(arrival: Arrival, ticket: Ticket, care: Care) -> None:
    """Tell (RECUR) the lead when a new ticket makes a cluster, or doubles one; propose a workshop for one of questions.

    Where the same error or cluster comes from several clients, every lead hears of it (RECUR:platform).
    """
    if TicketKind(ticket.kind) not in KINDS or arrival.is_silent or ticket.client_id is None:
        return
    work, at = arrival.work, arrival.at
    words = work.readings.first_words([ticket.id]).get(ticket.id, "")
    new = replace(_seen(arrival, ticket), codes=codes_in(ticket.subject, words))
    phase = care.phase(at) or Phase.STANDARD
    since = at - WINDOWS.get(phase, WINDOWS[Phase.TRANSITION])
    found = _alike(arrival, new, work.readings.latest(since=since, limit=_MOST, client_id=ticket.client_id))
    cluster = Cluster(tickets=tuple(sorted([*found, new], key=lambda each: each.number)), found_at=at)
    is_cluster = len(cluster.tickets) >= FEWEST_TICKETS and len({each.contact for each in cluster.tickets}) > 1
    if is_cluster:
        _tell(arrival, ticket, care, cluster, since=since)
    if is_cluster or new.codes:
        _look_elsewhere(arrival, ticket, new)


def _alike(arrival: Arrival, new: Occurrence, glimpses: Iterable[Glimpse]) -> list[Occurrence]:
    """Return which of some tickets are about the same trouble as a new one."""
    there = [each for each in glimpses if each.number != new.number and each.state not in _GONE and each.kind in KINDS]
    # Texts are read only where the new one names an error that they may name too.
    words = arrival.work.readings.first_words([each.id for each in there]) if new.codes else {}
    seen = (
        replace(
            _seen(arrival, each), codes=codes_in(each.subject, words.get(each.id, "")) if new.codes else frozenset()
        )
        for each in there
    )
    return [each for each in seen if is_alike(each, new)]


def _seen(arrival: Arrival, ticket: Ticket | Glimpse) -> Occurrence:
    """Return a ticket as likeness sees it, without the errors that it names."""
    return Occurrence(
        number=ticket.number,
        kind=TicketKind(ticket.kind),
        contact=fold(ticket.requester_address),
        at=ticket.created_at,
        tokens=_tokens(ticket.subject, arrival.rules.policy.stopwords_of(ticket.locale)),
    )


@lru_cache(maxsize=4096)
def _tokens(subject: str, stopwords: frozenset[str]) -> frozenset[str]:
    """Return the words of a subject that say something; the same subjects are looked at again and again."""
    return tokens_of(subject, stopwords=stopwords)


def _tell(arrival: Arrival, ticket: Ticket, care: Care, cluster: Cluster, *, since: datetime) -> None:
    work = arrival.work
    events = work.tickets.events_of((RECURRED,), since=since, until=arrival.at + _INSTANT)
    sizes = [int(each.detail["size"]) for each in events if each.detail["number"] in cluster.numbers]
    if not is_told(len(cluster.tickets), told=max(sizes, default=0)):
        return
    tickets = [work.tickets.get(number) for number in cluster.numbers]
    phrase = list(cluster.phrase)
    arrival.note(RECURRED, ticket=ticket, number=ticket.number, size=len(tickets), phrase=phrase)
    facts = _facts(cluster, tickets, care)
    owner = next((each for each in map(work.desk.person, (row.owner_id for row in reversed(tickets))) if each), None)
    leads = [
        reader_of_told(each)
        for each in arrival.people().in_role("lead", launch=care.launch, phase=care.phase(arrival.at))
    ]
    for reader in leads:
        arrival.send(
            recurrence(
                reader=reader,
                cluster=facts,
                number=ticket.number,
                owner=owner.slug if owner is not None else "",
                cause=arrival.cause,
                now=arrival.now,
                note_address=_note_address(arrival, ticket, reader),
                launch=care.launch.slug if care.launch is not None else None,
            )
        )
    if cluster.is_usability:
        _propose_workshop(arrival, ticket, care, facts, tickets=tickets, leads=leads)


def _propose_workshop(
    arrival: Arrival, ticket: Ticket, care: Care, facts: ClusterFacts, *, tickets: Sequence[Ticket], leads: list[Reader]
) -> None:
    """Propose (WORKSHOP:suggest) to show people what they all ask; commands read times on the launch's clock."""
    office: Schedule = care.schedules[care.policy.office]
    slots = free_slots(office, now=arrival.at, minutes=WORKSHOP_MINUTES)
    for lead in leads:
        reader = Reader(address=lead.address, name=lead.name, locale=lead.locale, zone=care.zone.key)
        arrival.send(
            workshop(
                reader=reader,
                cluster=facts,
                number=ticket.number,
                slots=slots,
                answer=_last_answer(arrival, tickets),
                cause=arrival.cause,
                now=arrival.now,
                note_address=_note_address(arrival, ticket, reader),
                launch=care.launch.slug if care.launch is not None else None,
            )
        )


def _look_elsewhere(arrival: Arrival, ticket: Ticket, new: Occurrence) -> None:
    """Tell every lead (RECUR:platform) of an error, or a cluster, that several clients have."""
    work, at = arrival.work, arrival.at
    others = _elsewhere(arrival, ticket, new)
    today = {each.client_id for each in others if each.created_at > at - _DAY}
    week = {each.client_id for each in others}
    if len(today) + 1 < _CLIENTS_IN_A_DAY and len(week) + 1 < _CLIENTS_IN_A_WEEK:
        return
    told = work.tickets.events_of((PLATFORM,), since=at - _WEEK, until=at + _INSTANT)
    if any(_is_told_of(each, new) for each in told):
        return
    arrival.note(PLATFORM, ticket=ticket, clients=len(week) + 1, codes=sorted(new.codes), tokens=sorted(new.tokens))
    facts = _platform(arrival, new, [*others, ticket])
    leads = {
        each.address: each
        for each in (*arrival.people().in_role("hypercare_lead", launch=None, phase=None),
                     *arrival.people().in_role("support_lead", launch=None, phase=None))
    }  # fmt: skip
    for lead in leads.values():
        arrival.send(
            recurrence(
                reader=reader_of_told(lead),
                cluster=facts,
                number=ticket.number,
                owner="",
                cause=arrival.cause,
                now=arrival.now,
                note_address=_note_address(arrival, ticket, reader_of_told(lead)),
                is_platform=True,
            )
        )


def _elsewhere(arrival: Arrival, ticket: Ticket, new: Occurrence) -> list[Ticket]:
    """Return the other clients' tickets of a week with the same error, or with a cluster of the same words."""
    latest = arrival.work.readings.latest(since=arrival.at - _WEEK, limit=_MOST)
    clients = {each.number: each.client_id for each in latest if each.client_id not in (None, ticket.client_id)}
    groups: dict[int | None, list[Occurrence]] = {}
    for each in _alike(arrival, new, [one for one in latest if one.number in clients]):
        groups.setdefault(clients[each.number], []).append(each)
    return [
        arrival.work.tickets.get(each.number)
        for group in groups.values()
        if len(group) >= FEWEST_TICKETS or any(one.codes & new.codes for one in group)
        for each in sorted(group, key=lambda one: one.number)
    ]


def _is_told_of(event: Event, new: Occurrence) -> bool:
    """Say whether leads heard of this trouble already."""
    known = replace(new, tokens=frozenset(event.detail["tokens"]), codes=frozenset(event.detail["codes"]))
    return is_alike(known, new)


def _facts(cluster: Cluster, tickets: Sequence[Ticket], care: Care) -> ClusterFacts:
    codes = sorted({code for each in cluster.tickets for code in each.codes})
    return ClusterFacts(
        client=care.client.name if care.client is not None else "",
        launch=care.launch.name if care.launch is not None else "",
        phrase=" ".join(cluster.phrase) or " ".join(codes) or tickets[-1].subject,
        tickets=_lines(tickets),
        people=_people(tickets),
        first_at=tickets[0].created_at,
        last_at=tickets[-1].created_at,
    )


def _platform(arrival: Arrival, new: Occurrence, tickets: Sequence[Ticket]) -> ClusterFacts:
    clients = [arrival.work.desk.client(each.client_id) for each in tickets]
    return ClusterFacts(
        client="",
        launch="",
        phrase=" ".join(sorted(new.codes)) or " ".join(sorted(new.tokens)),
        tickets=_lines(tickets),
        people=_people(tickets),
        first_at=min(each.created_at for each in tickets),
        last_at=max(each.created_at for each in tickets),
        clients=tuple(dict.fromkeys(each.name for each in clients if each is not None)),
    )


def _lines(tickets: Iterable[Ticket]) -> tuple[TicketLine, ...]:
    return tuple(TicketLine(number=each.number, subject=each.subject, state=each.state) for each in tickets)


def _people(tickets: Iterable[Ticket]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.requester_name or each.requester_address for each in tickets))


def _last_answer(arrival: Arrival, tickets: Sequence[Ticket]) -> str:
    """Return what was last answered to one of them, as a draft for the FAQ."""
    for ticket in reversed(tickets):
        letters = [each for each in arrival.work.outbox.of_ticket(ticket.id) if each.code in _ANSWERS]
        texts = [text for each in reversed(letters) if (text := str(each.draft["values"].get("text", "")))]
        if texts:
            return texts[0]
    return ""


def _note_address(arrival: Arrival, ticket: Ticket, reader: Reader) -> str:
    return arrival.post.staff_addresses(ticket.number, reader=reader.address, now=arrival.now).note
