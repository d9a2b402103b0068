"""Repositories on both engines: what they keep, what the constraints refuse, and what each database is touchy about."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import NOW, a_client, a_clock, a_contact, a_letter, a_ticket, an_agent

from ticketbot.domain.clues import Ancestor, Clues
from ticketbot.domain.drafts import Automatic, Draft, Enclosure
from ticketbot.domain.errors import ConfigurationError, Conflict, NotFound
from ticketbot.store.database import Store, Work
from ticketbot.store.desk import holidays_of
from ticketbot.store.inbox import rank
from ticketbot.store.models import InboxMail, Message, PlanEvent, SightingState
from ticketbot.store.outbox import draft_from_json, draft_to_json

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ODD = "NUL \0, half a pair \ud800, bell \x07, \u202e and \U0001f600"
DRAFT = Draft(
    code="NEW",
    key="NEW/T-1001/x/ben@desk.example",
    to=("Ben@desk.example",),
    cc=("ana@desk.example",),
    send_at=NOW,
    values={"text": "Grüße \U0001f600", "list": [1, None, {"deep": True}]},
    references=("a@x", "b@x"),
    automatic=Automatic.NO,
    enclosures=(Enclosure(sha256="ab" * 32, index=3),),
    ticket=1001,
    cause="cd" * 32,
)


def a_message(work: Work, fingerprint: str = "f" * 64, **fields: object) -> Message | None:
    return work.tickets.add_message(
        {
            "fingerprint": fingerprint,
            "direction": "in",
            "message_id": "first@acme.example",
            "from_address": "mara@acme.example",
            "at": NOW,
            **fields,
        },
        references=["root@acme.example"],
    )


def kept(work: Work, raw: bytes, *, channel: str = "normal", at: datetime = NOW) -> tuple[InboxMail, bool]:
    return work.inbox.keep(raw, mailbox="support", channel=channel, received_at=at, now=NOW)


# What each database is touchy about


def test_text_of_any_kind_is_kept_on_both_databases(store: Store) -> None:
    with store.work() as work:
        ticket = a_ticket(work, subject=ODD)
        a_message(work, ticket_id=ticket.id, text=ODD, from_name=ODD, subject="x" * 5000)
        work.tickets.note("odd", at=NOW, actor="x", ticket=ticket, detail={"words": ODD})
        letter = a_letter(work, reason=ODD, reply=ODD)

    with store.look() as work:
        back = work.tickets.get(ticket.number)
        message = work.tickets.messages(back.id)[0]
        assert back.subject == message.text == "NUL \ufffd, half a pair ?, bell \x07, \u202e and \U0001f600"
        assert work.outbox.letter(letter.id).reason == back.subject
        assert len(message.subject) == 5000


@given(st.text())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_written_can_be_read(store: Store, text: str) -> None:
    with store.work() as work:
        ticket = a_ticket(work, subject=text)

    with store.look() as work:
        assert work.tickets.get(ticket.number).subject == text.replace("\0", "\ufffd")


@pytest.mark.parametrize("number", [2**31, 2**32 - 1, 10**12])
def test_a_number_that_no_ticket_can_have_names_none(store: Store, number: int) -> None:
    with store.look() as work:
        assert work.tickets.by_number(number) is None
        known = work.threads.known(
            Clues(tags=(number,)), sender="x@x.example", ours=frozenset(), public_codes=(), now=NOW
        )

    assert known.tickets == {}


def test_marks_of_thirty_two_bits_are_kept_and_found(store: Store) -> None:
    with store.work() as work:
        mail, _ = kept(work, b"x")
        work.inbox.close(mail, state="held", outcome="reject", reason="x", now=NOW)  # type: ignore[arg-type]
        mail.challenge = 2**32 - 1

    with store.look() as work:
        found = work.inbox.by_challenge(2**32 - 1)
        assert found is not None
        assert (found.id, work.inbox.by_challenge(1)) == (mail.id, None)


def test_lists_and_objects_come_back_as_they_were(store: Store) -> None:
    with store.work() as work:
        client = a_client(work, holidays={"dates": ["2027-03-29"], "country": "DE"})
        contact = a_contact(work, client.id, roles=["vip", "key_user"])

    with store.look() as work:
        assert work.desk.client_named(client.slug).holidays == {"dates": ["2027-03-29"], "country": "DE"}  # type: ignore[union-attr]
        assert work.desk.contact_at(contact.address).roles == ["vip", "key_user"]  # type: ignore[union-attr]


# Drafts


def test_a_letter_keeps_its_draft_whole(store: Store) -> None:
    with store.work() as work:
        ticket = a_ticket(work, number=1001)
        work.outbox.put(DRAFT, message_id="tb.x@desk.example", now=NOW)

    with store.look() as work:
        letter = work.outbox.by_key(DRAFT.key)
        assert letter is not None
        assert draft_from_json(letter.draft) == DRAFT
        assert (letter.reader, letter.to, letter.ticket_id) == ("ben@desk.example", ["Ben@desk.example"], ticket.id)


@given(
    st.builds(
        Draft,
        code=st.text(max_size=5),
        key=st.text(max_size=9),
        to=st.tuples(st.emails()),
        send_at=st.datetimes(timezones=st.just(UTC)),
        values=st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=9)),
        references=st.lists(st.text(max_size=5)).map(tuple),
        automatic=st.sampled_from(Automatic),
    )
)
def test_a_draft_survives_as_json(draft: Draft) -> None:
    assert draft_from_json(draft_to_json(draft)) == draft


def test_a_letter_is_written_once_for_a_key(store: Store) -> None:
    with store.work() as work:
        first = work.outbox.put(DRAFT, message_id="tb.x@desk.example", now=NOW)
    with store.work() as work:
        second = work.outbox.put(DRAFT, message_id="tb.x@desk.example", now=NOW + timedelta(days=1))

    with store.look() as work:
        assert (first, second, len(work.outbox.listed())) == (True, False, 1)
        assert work.outbox.listed()[0].created_at == NOW


# Letters that wait


def test_a_letter_that_waits_can_be_superseded_and_amended(store: Store) -> None:
    with store.work() as work:
        letter = a_letter(work, draft={"values": {"outcome": "", "kept": 1}})
        amended = work.outbox.amend(letter, outcome="done")
        superseded = work.outbox.supersede(letter, reason="no more")

    with store.look() as work:
        found = work.outbox.letter(letter.id)
        assert (amended, superseded, found.state, found.reason) == (True, True, "superseded", "no more")
        assert found.draft == {"values": {"outcome": "done", "kept": 1}}


@pytest.mark.parametrize("state", ["in_flight", "unknown", "sent", "failed"])
def test_a_letter_on_its_way_is_left_alone(store: Store, state: str) -> None:
    with store.work() as work:
        letter = a_letter(work, state=state)
        answers = work.outbox.amend(letter, outcome="done"), work.outbox.supersede(letter, reason="no more")

    with store.look() as work:
        assert (answers, work.outbox.letter(letter.id).state) == ((False, False), state)


@pytest.mark.parametrize("state", ["sent", "in_flight"])
def test_what_has_gone_is_neither_sent_again_nor_cancelled(store: Store, state: str) -> None:
    with store.work() as work:
        letter = a_letter(work, state=state)
        with pytest.raises(Conflict):
            work.outbox.retry(letter, now=NOW)
        with pytest.raises(Conflict):
            work.outbox.cancel(letter, reason="x")


def test_what_failed_can_be_sent_again_or_cancelled(store: Store) -> None:
    with store.work() as work:
        one, other = (a_letter(work, state="failed", attempts=9, announced_at=NOW, reason="550") for _ in range(2))
        work.outbox.retry(one, now=NOW)
        work.outbox.cancel(other, reason="asked to")

    with store.look() as work:
        again, ended = work.outbox.letter(one.id), work.outbox.letter(other.id)
        assert (again.state, again.attempts, again.announced_at, again.reason) == ("queued", 0, None, None)
        assert (ended.state, ended.reason) == ("cancelled", "asked to")
        assert work.outbox.counts() == {"queued": 1, "cancelled": 1}
        assert [each.id for each in work.outbox.listed(["cancelled"])] == [other.id]


def test_a_copy_that_came_back_proves_that_a_letter_went(store: Store) -> None:
    with store.work() as work:
        letter = a_letter(work, state="unknown", message_id="tb.a@desk.example")
        news = [work.outbox.proven("tb.a@desk.example", now=NOW) for _ in range(2)]

    with store.look() as work:
        assert (news, work.outbox.letter(letter.id).state) == ([True, False], "sent")


@on_sqlite
def test_what_is_not_there_is_not_found(store: Store) -> None:
    with store.look() as work:
        for ask in (
            lambda: work.outbox.letter(1),
            lambda: work.inbox.mail(1),
            lambda: work.inbox.raw("ab" * 32),
            lambda: work.tickets.get(1001),
            lambda: work.tickets.by_id(1),
        ):
            with pytest.raises(NotFound):
                ask()


# Received mail


def test_equal_bytes_are_one_mail_and_the_stronger_channel_wins_until_it_is_worked_on(store: Store) -> None:
    with store.work() as work:
        (first, is_new), (second, is_new_again) = kept(work, b"x"), kept(work, b"x", channel="urgent")
        channel = second.channel
        work.inbox.close(first, state="done", outcome="ticket", reason="x", now=NOW)  # type: ignore[arg-type]
        first.channel = "normal"
        kept(work, b"x", channel="urgent")

    assert (is_new, is_new_again, first.id == second.id, channel) == (True, False, True, "urgent")
    with store.look() as work:
        assert work.inbox.mail(first.id).channel == "normal"
        assert (work.inbox.raw(first.sha256), work.inbox.counts()) == (b"x", {"done": 1})


@on_sqlite
def test_a_mail_from_the_future_was_received_now(store: Store) -> None:
    with store.work() as work:
        mail, _ = kept(work, b"x", at=NOW + timedelta(days=2))

    assert mail.received_at == NOW


@pytest.mark.parametrize(("state", "works"), [("received", False), ("erased", False), ("done", True), ("triage", True)])
@on_sqlite
def test_only_what_is_settled_can_be_released(store: Store, state: str, works: bool) -> None:
    with store.work() as work:
        mail, _ = kept(work, b"x")
        mail.state, mail.attempts, mail.holder = state, 3, "x"
        if not works:
            with pytest.raises(Conflict):
                work.inbox.release(mail, now=NOW)
            return
        work.inbox.release(mail, now=NOW)

    assert (mail.state, mail.attempts) == ("received", 0)


@on_sqlite
def test_mails_are_listed_and_the_oldest_that_waits_is_known(store: Store) -> None:
    with store.work() as work:
        empty = work.inbox.oldest_waiting()
        first, second = kept(work, b"x")[0], kept(work, b"y")[0]
        work.inbox.close(first, state="triage", outcome="triage", reason="x", now=NOW)  # type: ignore[arg-type]

    with store.look() as work:
        assert [each.id for each in work.inbox.listed()] == [second.id, first.id]
        assert [each.id for each in work.inbox.listed(["triage"])] == [first.id]
        assert (empty, work.inbox.oldest_waiting()) == (None, NOW)


def test_channels_have_an_order() -> None:
    assert rank("normal") < rank("alerts") < rank("urgent")
    assert rank("unheard of") == rank("normal")


# Tickets


def test_numbers_follow_each_other(store: Store) -> None:
    with store.work() as work:
        numbers = [a_ticket(work).number for _ in range(3)]

    assert numbers == [1001, 1002, 1003]


def test_a_message_is_kept_once_for_its_fingerprint_with_its_references(store: Store) -> None:
    with store.work() as work:
        ticket = a_ticket(work)
        first, second = a_message(work, ticket_id=ticket.id), a_message(work, ticket_id=ticket.id)

    assert first is not None
    assert second is None
    with store.look() as work:
        shared = Clues(own_id="new@acme.example", ancestors=(Ancestor(message_id="root@acme.example"),))
        known = work.threads.known(shared, sender="x@x.example", ours=frozenset(), public_codes=(), now=NOW)
        assert [each.ticket for each in known.relatives] == [ticket.number]


def test_a_person_takes_part_once_however_the_address_is_written(store: Store) -> None:
    with store.work() as work:
        ticket = a_ticket(work)
        joined = [
            work.tickets.join(ticket, address=address, name="", now=NOW)
            for address in ("mara@acme.example", "MARA@ACME.EXAMPLE")
        ]

    assert joined == [True, False]


def test_a_threshold_is_recorded_once(store: Store) -> None:
    with store.work() as work:
        clock = a_clock(work, a_ticket(work))
        told = [
            work.tickets.remind(clock, level=75, due_at=NOW, at=NOW, state="told"),
            work.tickets.remind(clock, level=75, due_at=NOW, at=NOW, state="told"),
            work.tickets.remind(clock, level=90, due_at=NOW, at=NOW, state="told"),
        ]

    assert told == [True, False, True]


def test_tickets_are_due_in_the_order_of_their_thresholds_and_can_be_put_off(store: Store) -> None:
    with store.work() as work:
        late, early = a_ticket(work), a_ticket(work)
        a_clock(work, late, next_at=NOW - timedelta(minutes=1))
        a_clock(work, early, next_at=NOW - timedelta(minutes=2))
        a_clock(work, early, clock="RES", next_at=NOW - timedelta(minutes=1))
        a_clock(work, a_ticket(work), next_at=NOW + timedelta(minutes=1))
        a_clock(work, a_ticket(work), next_at=None)
        both = work.tickets.take_due(now=NOW, limit=5)
        work.tickets.put_off(early.id, now=NOW, until=NOW + timedelta(minutes=10))
        rest = work.tickets.take_due(now=NOW, limit=5)
        assert work.tickets.is_due(now=NOW)
        work.tickets.put_off(late.id, now=NOW, until=NOW + timedelta(minutes=10))

    assert both == [early, late]
    assert rest == [late]
    with store.look() as work:
        assert not work.tickets.is_due(now=NOW)
        assert work.tickets.next_clock_at() == NOW + timedelta(minutes=1)


@on_sqlite
def test_tickets_are_listed_by_number_and_state(store: Store) -> None:
    with store.work() as work:
        tickets = [a_ticket(work, state=state) for state in ("new", "open", "closed")]

    with store.look() as work:
        assert [each.number for each in work.tickets.listed()] == [each.number for each in tickets]
        assert [each.state for each in work.tickets.listed(["open", "closed"])] == ["open", "closed"]
        assert len(work.readings.tickets_created(since=NOW, until=NOW + timedelta(seconds=1))) == 3


# The desk


def test_staff_and_contacts_are_found_by_address_in_any_case_while_they_are_here(store: Store) -> None:
    with store.work() as work:
        ben = an_agent(work, slug="ben", email="Ben@Desk.example")
        gone = an_agent(work, slug="gone", email="gone@desk.example", is_active=False)
        client = a_client(work)
        a_contact(work, client.id, address="old@client.example", is_active=False)

    with store.look() as work:
        assert work.desk.agent_at("BEN@desk.example").slug == "ben"  # type: ignore[union-attr]
        assert (work.desk.agent_at("gone@desk.example"), work.desk.agent("gone")) == (None, None)
        assert [each.slug for each in work.desk.roster()] == ["ben"]
        assert {each.slug for each in work.desk.everybody()} == {ben.slug, gone.slug}
        assert work.desk.contact_at("old@client.example") is None
        assert work.desk.anyone_at("old@client.example") is not None
        assert (work.desk.person(None), work.desk.client(None), work.desk.launch(None)) == (None, None, None)


def test_a_round_is_written_once_for_each_reader_and_period(store: Store) -> None:
    with store.work() as work:
        written = [
            work.desk.write_round("DIGEST", reader=reader, period_start=at, now=NOW, state="written")
            for reader, at in [("a@x", NOW), ("a@x", NOW), ("b@x", NOW), ("a@x", NOW + timedelta(days=7))]
        ]

    assert written == [True, False, True, True]
    with store.look() as work:
        assert work.desk.readers_of_round("DIGEST", period_start=NOW) == {"a@x", "b@x"}
        assert work.desk.last_round("DIGEST", reader="a@x").period_start == NOW + timedelta(days=7)  # type: ignore[union-attr]


def test_a_matter_begins_once_and_ends_once_and_may_come_again(store: Store) -> None:
    with store.work() as work:
        began = [work.desk.begin_incident("login", "support", now=NOW) for _ in range(2)]
        is_open = [each.subject for each in work.desk.open_incidents()]
        ended = [work.desk.end_incident("login", "support", now=NOW) for _ in range(2)]
        again = work.desk.begin_incident("login", "support", now=NOW + timedelta(hours=1))

    assert (began, is_open, ended, again) == ([True, False], ["support"], [True, False], True)


def test_who_is_blocked_stays_blocked(store: Store) -> None:
    with store.work() as work:
        blocked = [
            work.desk.block(party, by="ben", now=NOW) for party in ("spam.example", "spam.example", "e@x.example")
        ]

    with store.look() as work:
        assert (blocked, work.desk.blocked()) == ([True, False, True], {"@spam.example", "e@x.example"})


@on_sqlite
def test_plan_events_come_in_the_order_in_which_they_were_recorded(store: Store) -> None:
    from ticketbot.store.models import Launch  # noqa: PLC0415

    with store.work() as work:
        client = a_client(work)
        launch = Launch(
            client_id=client.id, slug="c/l", name="L", go_live="2027-03-01T06:00:00", timezone="UTC",
            is_customised=True, complexity="medium", profile="focused14",
        )  # fmt: skip
        work.desk.add(launch)
        for hours, kind in ((2, "resume"), (1, "pause")):
            work.desk.add(PlanEvent(launch_id=launch.id, recorded_at=NOW + timedelta(hours=hours), kind=kind))

    with store.look() as work:
        assert [each.kind for each in work.desk.plan_events(launch.id)] == ["pause", "resume"]
        assert work.desk.launch_named("C/L").id == launch.id  # type: ignore[union-attr]


def test_holidays_are_a_countrys_and_those_that_are_listed() -> None:
    days = holidays_of({"country": "DE", "region": "BY", "dates": ["2027-03-03"]}, years=range(2027, 2028))

    assert {day.isoformat() for day in days} >= {"2027-01-06", "2027-03-03", "2027-12-25"}
    with pytest.raises(ConfigurationError, match="XX"):
        holidays_of({"country": "XX"}, years=range(2027, 2028))


# The ledger


def test_every_sighting_has_one_row_for_ever(store: Store) -> None:
    from ticketbot.store.ledger import Arrival  # noqa: PLC0415

    with store.work() as work:
        begun = [work.ledger.begin("support", start_at=NOW, uidvalidity=2**32 - 1) for _ in range(2)]
        new = [
            work.ledger.take_in("support", 2**32 - 1, [Arrival(uid=2**32 - 1, raw=b"x")], channel="normal", now=NOW)
            for _ in range(2)
        ]
        work.ledger.note("support", 2**32 - 1, [7], state=SightingState.BEFORE_START, reason="old", now=NOW)

    with store.look() as work:
        assert (begun, new) == ([True, False], [1, 0])
        assert work.ledger.counts() == {"stored": 1, "before_start": 1}
        assert work.ledger.unseen("support", 2**32 - 1, [7, 8, 2**32 - 1]) == [8]
