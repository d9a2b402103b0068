"""The same trouble again: a new ticket is held against its client's others; leads hear of a cluster (RC1, M32, M20)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

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
    Sighting,
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
from ticketbot.reports.readiness import PROBLEM, clusters_of, tickets_at
from ticketbot.store.models import Event, Ticket

RECURRED = "recurred"
PLATFORM = "recurred_platform"
WORKSHOP_MINUTES = 60
_ANSWERS = (Code.RESOLVED, Code.RELAY_OUT)
_ON_TICKETS = ("state", "priority", "kind", PROBLEM)
_INSTANT = timedelta(microseconds=1)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
#: At how many clients the same trouble is the platform's, within a day and within a week.
_CLIENTS_IN_A_DAY, _CLIENTS_IN_A_WEEK = 2, 3


def look_for_recurrence(arrival: Arrival, ticket: Ticket, care: Care) -> None:
    """Tell (RECUR) the lead when a new ticket makes a cluster, or doubles one; propose a workshop for one of questions.

    Where the same error or cluster comes from several clients, every lead hears of it (RECUR:platform).
    """
    if TicketKind(ticket.kind) not in KINDS or arrival.is_silent:
        return
    new = _sighting(arrival, ticket)
    cluster = _cluster(arrival, ticket, care, new)
    if cluster is not None:
        _tell(arrival, ticket, care, cluster)
    _look_elsewhere(arrival, ticket, new, is_cluster=cluster is not None)


def _cluster(arrival: Arrival, ticket: Ticket, care: Care, new: Sighting) -> Cluster | None:
    """Return the cluster that a new ticket belongs to; the whole story is read only where a few are alike."""
    if care.plan is None or ticket.client_id is None:
        return None
    window = WINDOWS.get(care.plan.phase_at(arrival.at), WINDOWS[Phase.TRANSITION])
    recent = arrival.work.register.tickets_of_client(ticket.client_id, since=arrival.at - window)
    alike = [each for each in recent if each.id != ticket.id and is_alike(_sighting(arrival, each, like=new), new)]
    if len(alike) + 1 < FEWEST_TICKETS:
        return None
    until = arrival.at + _INSTANT
    rows = arrival.work.readings.tickets_of_client(ticket.client_id, until=until)
    events = arrival.work.readings.ticket_events(_ON_TICKETS, client_id=ticket.client_id)
    found = clusters_of(arrival.work, tickets_at(rows, events, at=until), plan=care.plan, policy=care.policy)
    return next((cluster for cluster, _ in found if ticket.number in cluster.numbers), None)


def _sighting(arrival: Arrival, ticket: Ticket, *, like: Sighting | None = None) -> Sighting:
    """Return a ticket as likeness sees it; its text is read only where *like* names an error that it may name too."""
    stopwords = arrival.rules.policy.stopwords
    texts = [ticket.subject]
    if like is None or like.codes:
        texts += [each.new_text or each.text for each in arrival.work.tickets.messages(ticket.id)[:1]]
    return Sighting(
        number=ticket.number,
        kind=TicketKind(ticket.kind),
        contact=fold(ticket.requester_address),
        at=ticket.created_at,
        tokens=tokens_of(ticket.subject, stopwords=stopwords.get(ticket.locale.partition("-")[0], stopwords["en"])),
        codes=codes_in(*texts),
    )


def _tell(arrival: Arrival, ticket: Ticket, care: Care, cluster: Cluster) -> None:
    work, tickets = arrival.work, [arrival.work.tickets.get(number) for number in cluster.numbers]
    told = max((size for each in tickets for size in _told_sizes(arrival, each)), default=0)
    if not is_told(len(tickets), told=told):
        return
    arrival.note(RECURRED, ticket=ticket, size=len(tickets), phrase=list(cluster.phrase))
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


def _look_elsewhere(arrival: Arrival, ticket: Ticket, new: Sighting, *, is_cluster: bool) -> None:
    """Tell every lead (RECUR:platform) of an error, or a cluster, that several clients have."""
    if not new.codes and not is_cluster:
        return
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


def _elsewhere(arrival: Arrival, ticket: Ticket, new: Sighting) -> list[Ticket]:
    """Return the other clients' tickets of a week with the same error, or with a cluster of the same words."""
    found: dict[int, list[tuple[Ticket, Sighting]]] = {}
    for each in arrival.work.readings.tickets_created(since=arrival.at - _WEEK, until=arrival.at + _INSTANT):
        is_there = each.state not in (TicketState.SPAM, TicketState.MERGED) and TicketKind(each.kind) in KINDS
        if each.client_id in (None, ticket.client_id) or not is_there:
            continue
        other = _sighting(arrival, each, like=new)
        if is_alike(other, new):
            found.setdefault(each.client_id or 0, []).append((each, other))
    return [
        each
        for group in found.values()
        if len(group) >= FEWEST_TICKETS or any(other.codes & new.codes for _, other in group)
        for each, _ in group
    ]


def _is_told_of(event: Event, new: Sighting) -> bool:
    """Say whether leads heard of this trouble already."""
    known = replace(new, tokens=frozenset(event.detail["tokens"]), codes=frozenset(event.detail["codes"]))
    return is_alike(known, new)


def _told_sizes(arrival: Arrival, ticket: Ticket) -> Iterator[int]:
    for event in arrival.work.tickets.events(ticket.id):
        if event.action == RECURRED:
            yield int(event.detail["size"])


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


def _platform(arrival: Arrival, new: Sighting, tickets: Sequence[Ticket]) -> ClusterFacts:
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
