"""A letter of every kind with its variants, as a desk would ask for them: for the lint of templates and the gallery."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.outbound.samples_acts import samples_of_acts

from ticketbot.domain.drafts import Draft
from ticketbot.domain.incidents import Stage
from ticketbot.domain.tokens import Keyring
from ticketbot.outbound import (
    letters_client,
    letters_course,
    letters_desk,
    letters_reports,
    letters_staff,
    letters_trends,
)
from ticketbot.outbound.facts import (
    Cause,
    ClockFacts,
    HoursFacts,
    MailFacts,
    PhaseFacts,
    Reader,
    ReplyAddresses,
    Thread,
    TicketFacts,
    TicketLine,
)
from ticketbot.outbound.identity import DeskIdentity
from ticketbot.outbound.letters_desk import LineError, Matter, Reminder, UnknownMail
from ticketbot.outbound.letters_incident import incident
from ticketbot.outbound.letters_reports import Ahead, Attainment, LaunchWeek, Miss, Week

KEYS = Keyring({1: b"0123456789abcdef0123456789abcdef"})
DESK = DeskIdentity(name="Example Support", address="support@desk.example", domain="desk.example")
NOW = datetime(2027, 3, 6, 21, 40, tzinfo=UTC)
ROUND_THE_CLOCK = HoursFacts()
EXTENDED = HoursFacts(days=(0, 1, 2, 3, 4), opens="07:00", closes="19:00")
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
CAUSE = Cause(mark="9f2c4be1a7", sha256="ab" * 32)
THREAD = Thread(parent="1234.5678@acme.example")


def samples(locale: str = "en") -> Mapping[str, Draft]:
    """Return the samples by name, in the words of a desk whose people all read *locale*."""
    is_german = locale == "de"
    client = Reader(address="jonas@acme.example", name="Jonas Weber", locale=locale, zone="Europe/Berlin")
    ben = Reader(address="ben@desk.example", name="Ben Okafor", locale=locale, zone="Europe/Berlin")
    ticket = TicketFacts(
        number=1042,
        subject="Kandidatenimport steht" if is_german else "Candidate import stopped",
        priority="P1",
        client="Acme Recruiting GmbH",
        launch="Acme HR",
        launch_ref="acme/hr",
        phase=HYPERCARE,
        severity="S2",
        kind="incident",
        channel="urgent",
        state="open",
        reasons=("P1 = S2, hypercare, urgent line", "incident: the word “stopped”"),
        requester="Jonas Weber",
        requester_address="jonas@acme.example",
        owner="Ben",
    )
    clocks = (
        ClockFacts(clock="FR", due_at=NOW + timedelta(minutes=15), target=timedelta(minutes=15)),
        ClockFacts(clock="RES", due_at=NOW + timedelta(hours=4), target=timedelta(hours=4)),
    )
    mail = MailFacts(
        author="Jonas Weber",
        address="jonas@acme.example",
        at=NOW,
        text=(
            "Hallo zusammen,\n\nseit heute Abend kommen keine Kandidaten mehr an. Wir tippen die Daten vorerst "
            "von Hand ein.\n\nGrüße\nJonas"
            if is_german
            else "Hello,\n\nno candidates arrive since this evening. We key in data by hand for now.\n\nRegards\nJonas"
        ),
        attachments=("import-2027-03-06.log", "screenshot.png"),
    )
    answer = MailFacts(
        author="Ben",
        at=NOW + timedelta(minutes=30),
        is_staff=True,
        text="Wir sehen es uns gerade an." if is_german else "Looking at it now.",
    )
    asked = (
        "Bitte senden Sie uns die Importdatei von heute Nacht.\n\nSie liegt auf dem Server unter\n"
        "    /export/candidates/2027-03-06.csv"
        if is_german
        else "Please send us the import file of tonight.\n\nIt lies on the server at\n"
        "    /export/candidates/2027-03-06.csv"
    )
    done = (
        "Der Import läuft wieder. Eine Zeile mit einem ungültigen Datum hatte ihn angehalten; wir haben sie berichtigt."
        if is_german
        else "The import runs again. One row with an invalid date had stopped it; we have mended the row."
    )
    unowned = replace(ticket, owner="", priority="P3", subject="", reasons=("P3 = S4, hypercare",), severity="S4")
    return {
        "ack": letters_client.acknowledgement(
            reader=client,
            ticket=ticket,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            due_at=NOW + timedelta(minutes=15),
            hours=ROUND_THE_CLOCK,
            urgent_address="urgent@desk.example",
        ),
        "ack-taper": letters_client.acknowledgement(
            reader=replace(client, name=""),
            ticket=replace(
                ticket,
                priority="P3",
                phase=replace(HYPERCARE, day_index=16, is_taper=True),
                subject="How do I approve a requisition?",
            ),
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            due_at=datetime(2027, 3, 8, 8, tzinfo=UTC),
            hours=EXTENDED,
            answers=(
                letters_client.Answer(
                    question="Where is the button to approve?",
                    text="Open the requisition and choose Approve at the top right.",
                ),
            ),
        ),
        "ack-pre-live": letters_client.acknowledgement(
            reader=client,
            ticket=replace(ticket, priority="P4", phase=replace(HYPERCARE, phase="pre_live", day_index=-3)),
            cause=CAUSE,
            thread=THREAD,
            now=datetime(2027, 2, 26, 13, 10, tzinfo=UTC),
            due_at=datetime(2027, 3, 1, 13, 10, tzinfo=UTC),
            hours=HoursFacts(days=(0, 1, 2, 3, 4), opens="09:00", closes="17:00"),
            nudge=True,
        ),
        "ack-feedback": letters_client.acknowledgement(
            reader=client,
            ticket=replace(ticket, phase=None, kind="feedback", priority="P4"),
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            due_at=None,
            hours=EXTENDED,
            verified=False,
        ),
        "relay_out": letters_client.relay_out(
            reader=client,
            cc=("mara@acme.example",),
            ticket=ticket,
            author="Ben",
            text=asked,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            is_question=True,
        ),
        "resolved": letters_client.resolved(
            reader=client,
            ticket=ticket,
            author="Ben",
            text=done,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            closes_at=datetime(2027, 3, 12, 16, tzinfo=UTC),
        ),
        "resolved-csat": letters_client.resolved(
            reader=client,
            ticket=ticket,
            author="Ben",
            text=done,
            cause=replace(CAUSE, mark="9f2c4be1a8"),
            thread=THREAD,
            now=NOW,
            closes_at=datetime(2027, 3, 12, 16, tzinfo=UTC),
            csat=[
                letters_client.ScoreAddress(
                    score=score, address=f"support+c{score}.aebagbafaydqqcikbmga2dqpcaireeyu@desk.example"
                )
                for score in (5, 4, 3, 2, 1)
            ],
        ),
        "resolved-silent": letters_client.resolved(
            reader=client, ticket=ticket, author="Ben", text="", cause=CAUSE, thread=THREAD, now=NOW
        ),
        "new": letters_staff.new_ticket(
            reader=ben,
            ticket=ticket,
            mail=mail,
            clocks=clocks,
            addresses=ADDRESSES,
            cause=CAUSE,
            thread=Thread(),
            now=NOW,
            similar=(TicketLine(number=998, subject="Import of candidates slow", state="closed"),),
            cc_hints=("it-helpdesk@vendor.example",),
        ),
        "new-unowned": letters_staff.new_ticket(
            reader=ben,
            ticket=unowned,
            mail=replace(mail, text="", is_verified=False, attachments=()),
            clocks=clocks,
            addresses=ADDRESSES,
            cause=CAUSE,
            thread=Thread(),
            now=NOW,
        ),
        "relay_in": letters_staff.relay_in(
            reader=ben,
            ticket=ticket,
            mail=mail,
            clocks=clocks[1:],
            addresses=ADDRESSES,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
        "reopened": letters_staff.reopened(
            reader=ben,
            ticket=ticket,
            clocks=clocks,
            addresses=ADDRESSES,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            times=2,
            raised_from="P2",
            by="Jonas Weber",
        ),
        "remind": letters_staff.reminder(
            reader=ben,
            ticket=unowned,
            clocks=(replace(clocks[0], share=75),),
            slot=NOW + timedelta(minutes=11),
            mails=(mail,),
            addresses=ADDRESSES,
            thread=THREAD,
            now=NOW + timedelta(minutes=31),
        ),
        "breach": letters_staff.breach(
            reader=ben,
            ticket=ticket,
            clocks=(replace(clocks[0], share=100, late=timedelta(minutes=1)), replace(clocks[1], share=75)),
            slot=NOW + timedelta(minutes=16),
            mails=(mail, answer),
            addresses=ADDRESSES,
            thread=THREAD,
            now=NOW + timedelta(minutes=16),
            draft_text=done,
        ),
        "bounce": letters_staff.bounce(
            reader=ben,
            ticket=ticket,
            recipient="jonas@acme.example",
            reason="550 5.1.1 <jonas@acme.example>: user unknown",
            what="ACK",
            addresses=ADDRESSES,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
        "csat_low": letters_staff.low_rating(
            reader=ben,
            ticket=replace(ticket, state="resolved"),
            score=2,
            words=(
                "Es hat zwei Tage gedauert, und niemand rief zurück."
                if is_german
                else "It took two days, and nobody called back."
            ),
            by="Jonas Weber",
            addresses=ADDRESSES,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
        "csat_low-wordless": letters_staff.low_rating(
            reader=ben,
            ticket=ticket,
            score=1,
            words="",
            by="jonas@acme.example",
            addresses=ADDRESSES,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        ),
        **_course_letters(client, ticket=ticket, asked=asked, text=mail.text),
        **_incident_letters(client, ben, ticket=ticket, known=mail.text, done=done),
        **_trend_letters(replace(ben, address="ana@desk.example", name="Ana Silva"), answer=done),
        **_desk_letters(ben, ticket=ticket, clocks=clocks),
        **samples_of_acts(locale, client, ben, ticket=ticket),
        **_reports(replace(ben, address="dana@desk.example", name="Dana", zone="America/New_York")),
    }


def _course_letters(reader: Reader, *, ticket: TicketFacts, asked: str, text: str) -> dict[str, Draft]:
    is_german = reader.locale == "de"
    wish = replace(
        ticket,
        subject="Feld für die Kündigungsfrist" if is_german else "A field for the notice period",
        kind="enhancement",
        priority="P4",
    )
    window = letters_course.Window(
        earliest=date(2027, 4, 1),
        latest=date(2027, 4, 16),
        train=date(2027, 4, 8),
        is_within=True,
        days=(30, 45),
    )
    about = {"cause": CAUSE, "thread": THREAD, "now": NOW}
    wishes = {
        "enh": window,
        "enh-out-of-window": replace(window, train=date(2027, 5, 13), is_within=False),
        "enh-no-date": replace(window, train=None, is_within=False),
    }
    choices = [
        letters_course.Slot(number=index + 1, at=at, minutes=30)
        for index, at in enumerate(
            (
                datetime(2027, 3, 8, 9, tzinfo=UTC),
                datetime(2027, 3, 9, 13, 30, tzinfo=UTC),
                datetime(2027, 3, 10, 10, tzinfo=UTC),
            )
        )
    ]
    return {
        "call_receipt": letters_client.call_receipt(
            reader=reader,
            ticket=ticket,
            text=text,
            author="Ben",
            next_update_at=NOW + timedelta(hours=1),
            **about,  # type: ignore[arg-type]
        ),
        "call_receipt-wordless": letters_client.call_receipt(
            reader=replace(reader, name=""),
            ticket=replace(ticket, priority="P4"),
            text="",
            author="Ben",
            **about,  # type: ignore[arg-type]
        ),
        "merged": letters_client.merged(
            reader=reader,
            ticket=ticket,
            into=TicketLine(number=1038, subject="Import von Kandidaten" if is_german else "Import of candidates"),
            **about,  # type: ignore[arg-type]
        ),
        "chase": letters_course.chase(
            reader=reader,
            ticket=ticket,
            question=asked,
            asked_at=NOW - timedelta(days=2),
            since=NOW - timedelta(days=2),
            times=1,
            is_last=False,
            thread=THREAD,
            now=NOW,
        ),
        "chase-last": letters_course.chase(
            reader=replace(reader, name=""),
            ticket=ticket,
            question="",
            asked_at=NOW - timedelta(days=4),
            since=NOW - timedelta(days=4),
            times=2,
            is_last=True,
            thread=THREAD,
            now=NOW,
        ),
        "autoclose": letters_course.autoclose(
            reader=reader,
            ticket=replace(ticket, priority="P3"),
            since=NOW - timedelta(days=7),
            resolves_at=datetime(2027, 3, 10, 15, tzinfo=UTC),
            thread=THREAD,
            now=NOW,
        ),
        **{
            name: letters_course.enhancement(reader=reader, ticket=wish, window=each, **about)  # type: ignore[arg-type]
            for name, each in wishes.items()
        },
        "enh-first-date": letters_course.enhancement(
            reader=reader,
            ticket=wish,
            window=replace(window, train=date(2027, 5, 13)),
            is_change=True,
            **about,  # type: ignore[arg-type]
        ),
        "enh-new-date": letters_course.enhancement(
            reader=reader,
            ticket=wish,
            window=replace(window, train=date(2027, 5, 13)),
            is_change=True,
            had_date=True,
            **about,  # type: ignore[arg-type]
        ),
        "nudge": letters_course.nudge(
            reader=reader,
            ticket=replace(ticket, phase=replace(HYPERCARE, phase="transition", day_index=40, days=90)),
            level=2,
            author="Ben",
            is_call=False,
            **about,  # type: ignore[arg-type]
        ),
        "nudge-rule": letters_course.nudge(
            reader=reader,
            ticket=replace(ticket, phase=replace(HYPERCARE, phase="standard", day_index=120, days=0)),
            level=3,
            author="Ben",
            is_call=True,
            urgent_address="urgent@desk.example",
            **about,  # type: ignore[arg-type]
        ),
        "slots": letters_course.slots(
            reader=reader,
            ticket=ticket,
            choices=choices,
            host="Eli",
            address=ADDRESSES.answer,
            **about,  # type: ignore[arg-type]
        ),
        "slots-again": letters_course.slots(
            reader=reader,
            ticket=ticket,
            choices=choices[:2],
            host="Eli",
            address=ADDRESSES.answer,
            is_again=True,
            **about,  # type: ignore[arg-type]
        ),
    }


def _incident_letters(client: Reader, agent: Reader, *, ticket: TicketFacts, known: str, done: str) -> dict[str, Draft]:
    stages = {
        "incident": (agent, Stage.OPEN, known, ""),
        "incident-client": (client, Stage.OPEN, known, ""),
        "incident-update": (client, Stage.UPDATE, done, "Ben Okafor"),
        "incident-resolved": (agent, Stage.RESOLVED, done, "Ben Okafor"),
    }
    return {
        name: incident(
            reader=reader,
            ticket=ticket,
            stage=stage,
            text=text,
            since=NOW,
            commander=commander,
            spokesman="Ana Silva" if commander else "",
            next_update_at=None if stage is Stage.RESOLVED else NOW + timedelta(hours=1),
            addresses=ADDRESSES if reader is agent else None,
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
        )
        for name, (reader, stage, text, commander) in stages.items()
    }


def _trend_letters(reader: Reader, *, answer: str) -> dict[str, Draft]:
    is_german = reader.locale == "de"
    subject = "Wo ist das Menü für Stellenanforderungen?" if is_german else "Where is the menu for job requisitions?"
    cluster = letters_trends.Cluster(
        client="Acme Recruiting GmbH",
        launch="Acme HR",
        phrase="job menu requisition",
        tickets=tuple(TicketLine(number=number, subject=subject, state="resolved") for number in (1043, 1044, 1045)),
        people=("Pia Kern", "Tom Lenz", "mara@acme.example"),
        first_at=NOW - timedelta(days=2),
        last_at=NOW,
    )
    slots = [datetime(2027, 3, day, 13, tzinfo=UTC) for day in (9, 10, 11)]
    return {
        "recur": letters_trends.recurrence(
            reader=reader, cluster=cluster, number=1045, owner="ben", cause=CAUSE, now=NOW, note_address=ADDRESSES.note
        ),
        "recur-platform": letters_trends.recurrence(
            reader=reader,
            cluster=replace(cluster, clients=("Acme Recruiting GmbH", "Borealis Oy")),
            number=1045,
            owner="",
            cause=CAUSE,
            now=NOW,
            is_platform=True,
        ),
        "workshop": letters_trends.workshop(
            reader=reader,
            cluster=cluster,
            number=1045,
            slots=slots,
            answer=answer,
            cause=CAUSE,
            now=NOW,
            note_address=ADDRESSES.note,
        ),
        "webinar": letters_trends.webinar(
            reader=reader,
            launch_name="Acme HR",
            released_on=date(2027, 4, 8),
            tickets=cluster.tickets[:1],
            questions=(subject,),
            slots=slots,
            cause=CAUSE,
            now=NOW,
            number=1043,
            note_address=ADDRESSES.note,
        ),
    }


def _desk_letters(reader: Reader, *, ticket: TicketFacts, clocks: tuple[ClockFacts, ...]) -> dict[str, Draft]:
    unknown = UnknownMail(
        fingerprint="77aa",
        sender="someone@nowhere.example",
        sender_name="Someone",
        subject="Question about my application",
        text="Where is my application?\n\nI sent it in February.",
        at=NOW,
        address=ADDRESSES.note,
        guesses=("acme", "borealis"),
    )
    return {
        "cmd-receipt": letters_desk.command_receipt(
            reader=reader,
            done=("T-1042 is P2 now; the first answer is due Sunday 7 March, 00:10.", "T-1042 belongs to Ana."),
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            ticket=ticket,
        ),
        "cmd-why": letters_desk.command_receipt(
            reader=reader,
            done=(
                "Why T-1043: Labels do not print",
                "  times in Europe/Berlin",
                "  first answer due Fri 19 Mar 06:30",
                "    06:00:00 received · P2 (S3) · hypercare · 30 min around the clock → 06:30",
                "    07:30:00 #priority P1 (lena: payroll) · 4 h · used 1:30:00, left max(2:30:00, 5:00) → 10:00",
            ),
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            ticket=ticket,
            note_address=ADDRESSES.note,
            answer=ADDRESSES.answer,
        ),
        "cmd-error": letters_desk.command_error(
            reader=reader,
            errors=(LineError(line="#resolv", reason="There is no command of this name.", nearest="#resolve"),),
            cause=CAUSE,
            thread=THREAD,
            now=NOW,
            ticket=ticket,
            has_text=True,
            held_until=NOW + timedelta(days=1),
            reply_to=ADDRESSES.note,
            answer=ADDRESSES.answer,
            answers_client=True,
        ),
        "challenge": letters_desk.challenge(
            reader=reader,
            commands=("#launch acme/hr go-live=2027-03-01T06:00 complexity=medium",),
            subject="launch",
            reply_to=ADDRESSES.note,
            expires_at=NOW + timedelta(days=1),
            cause=CAUSE,
            thread=Thread(),
            now=NOW,
        ),
        "triage": letters_desk.triage(reader=reader, mails=(unknown,), now=NOW, cause=CAUSE),
        "triage-colleague": letters_desk.triage(
            reader=reader, mails=(replace(unknown, is_staff=True, guesses=()),), now=NOW, cause=CAUSE
        ),
        "triage-bundle": letters_desk.triage(
            reader=reader,
            mails=(unknown, replace(unknown, subject="", text="", sender_name="", guesses=(), why="free-mail domain")),
            now=NOW,
            slot=NOW,
        ),
        "bundle": letters_desk.bundle(
            reader=reader,
            reminders=tuple(
                Reminder(
                    ticket=replace(ticket, number=1040 + index, priority=f"P{1 + index % 4}"),
                    clock=replace(
                        clocks[0], share=100 if index < 2 else 75, late=timedelta(minutes=3) if index < 2 else None
                    ),
                    is_breach=index < 2,
                    note_address=ADDRESSES.note,
                )
                for index in range(6)
            ),
            slot=NOW,
            now=NOW,
        ),
        **{
            f"notice-{matter}": letters_desk.notice(
                reader=reader,
                what=matter,
                incident="9f2c",
                since=NOW,
                now=NOW,
                facts=(("Mailbox", "support@desk.example"), ("From", "mara@acme.example")),
                detail="535 5.7.8 Authentication failed",
                tickets=(TicketLine(number=1042, subject=ticket.subject),),
                command="ticketbot mail why 9f2c",
            )
            for matter in Matter
        },
        "notice-recovered": letters_desk.notice(
            reader=reader, what=Matter.LOGIN_FAILING, incident="9f2c", since=NOW, now=NOW, recovered=True
        ),
    }


def _reports(reader: Reader) -> dict[str, Draft]:
    hr = LaunchWeek(
        name="Acme HR",
        ref="acme/hr",
        phase=replace(HYPERCARE, day_index=6),
        first_answers=Attainment(met=5, missed=1, before=1.0),
        next_answers=Attainment(met=1),
        resolutions=Attainment(met=5),
        updates=Attainment(met=6, missed=1, before=0.7),
        received=5,
        resolved=5,
        open=1,
        satisfaction=5.0,
        ratings=2,
    )
    borealis = LaunchWeek(name="Borealis Portal", ref="borealis/portal", phase=PhaseFacts(phase="pre_live"))
    week = Week(
        first_day=date(2027, 3, 1),
        last_day=date(2027, 3, 7),
        received=5,
        resolved=5,
        reopened=0,
        open=1,
        first_answers=hr.first_answers,
        next_answers=hr.next_answers,
        resolutions=hr.resolutions,
        updates=hr.updates,
        launches=(hr, borealis),
        misses=(
            Miss(
                number=1038,
                clock="UPD",
                due_at=datetime(2027, 3, 1, 10, 5, tzinfo=UTC),
                launch="Acme HR",
                subject="Nobody can log in",
                owner="Ben",
                late=timedelta(minutes=35),
            ),
            Miss(
                number=1042,
                clock="FR",
                due_at=datetime(2027, 3, 6, 21, 55, tzinfo=UTC),
                launch="Acme HR",
                subject="Candidate import stopped",
                owner="Ben",
            ),
        ),
        ahead=(Ahead(what="Decision on the end of Acme HR's hypercare", at=datetime(2027, 3, 30, 10, tzinfo=UTC)),),
    )
    slot = datetime(2027, 3, 8, 13, tzinfo=UTC)
    quiet = Week(first_day=date(2027, 3, 1), last_day=date(2027, 3, 7), received=0, resolved=0, reopened=0, open=0)
    return {
        "digest": letters_reports.digest(reader=reader, week=week, slot=slot, now=slot),
        "digest-quiet": letters_reports.digest(
            reader=reader, week=quiet, slot=slot, now=slot + timedelta(hours=5), skipped=(date(2027, 2, 22),)
        ),
    }
