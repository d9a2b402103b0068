"""What a mail is: every rule, its order, and the trace of what was asked."""

from dataclasses import replace

import pytest

from ticketbot.domain.classify import RULES, House, Kind, classify
from ticketbot.domain.ids import message_id_for
from ticketbot.domain.messages import Address, FailedRecipient, Message, Report
from ticketbot.domain.tokens import Keyring

KEYS = Keyring({1: b"secret"})
OUR_ID = message_id_for(KEYS, "ACK:T-1042", "desk.example")
OURS = "support@desk.example"
HOUSE = House(
    own_addresses=frozenset({OURS}),
    staff_addresses=frozenset({"ana@desk.example"}),
    blocked_addresses=frozenset({"spam@evil.example", "@bad.example"}),
    alert_addresses=frozenset({"alerts@desk.example"}),
    receipt_addresses=frozenset({"receipts@desk.example"}),
    keys=KEYS,
    is_vote=lambda address: address.startswith("support+c5."),
)


def a_message(sender: str = "casey@client.example", **headers: str) -> Message:
    values = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return Message(sha256="", size=0, fingerprint="", sender=Address(address=sender), subject="Login", headers=values)


PLAIN = a_message()
OWN = a_message(OURS)
FAILED = Report(recipients=(FailedRecipient(address="a@b.example", action="failed"),))
CASES = {
    "a person": (PLAIN, HOUSE, Kind.CLIENT, "default"),
    "nobody": (replace(PLAIN, sender=None), HOUSE, Kind.CLIENT, "default"),
    "our Message-ID": (replace(OWN, message_id=OUR_ID), HOUSE, Kind.OWN, "own_mail"),
    "our Message-ID in a stranger's mail": (replace(PLAIN, message_id=OUR_ID), HOUSE, Kind.CLIENT, "default"),
    "our surrogate header": (a_message(OURS, x_ticketbot_id=OUR_ID), HOUSE, Kind.OWN, "own_mail"),
    "a forged surrogate header": (
        a_message(x_ticketbot_id=f"tb.{'a' * 20}.{'b' * 10}@desk.example"),
        HOUSE,
        Kind.CLIENT,
        "default",
    ),
    "our receipt copy": (
        replace(OWN, message_id=OUR_ID, delivered_to=("Receipts@desk.example",)),
        HOUSE,
        Kind.RECEIPT,
        "own_mail",
    ),
    "our receipt copy, id rewritten": (
        a_message(OURS, x_ticketbot_id=OUR_ID),
        replace(HOUSE, channel="receipts"),
        Kind.RECEIPT,
        "own_mail",
    ),
    "another mail to the receipts": (PLAIN, replace(HOUSE, channel="receipts"), Kind.RECEIPT, "receipt_copy"),
    "an alert by mailbox": (
        a_message(auto_submitted="auto-generated"),
        replace(HOUSE, channel="alerts"),
        Kind.ALERT,
        "monitor_alert",
    ),
    "an alert by address": (
        replace(PLAIN, to=(Address(address="Alerts@desk.example"),)),
        HOUSE,
        Kind.ALERT,
        "monitor_alert",
    ),
    "a bounce": (replace(PLAIN, report=FAILED), HOUSE, Kind.BOUNCE, "bounce"),
    "a bounce about nobody": (replace(PLAIN, report=Report()), HOUSE, Kind.BOUNCE, "bounce"),
    "a delay": (replace(PLAIN, report=Report(action="delayed")), HOUSE, Kind.BOUNCE, "bounce"),
    "a notice of delivery": (replace(PLAIN, report=Report(action="delivered")), HOUSE, Kind.AUTO_REPLY, "auto_reply"),
    "a read receipt": (replace(PLAIN, report=Report(action="receipt")), HOUSE, Kind.AUTO_REPLY, "auto_reply"),
    "a complaint": (
        replace(PLAIN, report=Report(is_feedback=True, action="complaint")),
        HOUSE,
        Kind.FEEDBACK_REPORT,
        "feedback_report",
    ),
    "an invitation declined": (replace(PLAIN, calendar_method="REPLY"), HOUSE, Kind.CALENDAR_REPLY, "calendar_reply"),
    "an invitation declined with words": (
        replace(PLAIN, calendar_method="REPLY", new_text="I cannot, the payroll is down!"),
        HOUSE,
        Kind.CALENDAR_REPLY,
        "calendar_words",
    ),
    "an invitation declined by nobody": (
        replace(PLAIN, sender=None, calendar_method="COUNTER", new_text="Declined"),
        HOUSE,
        Kind.CALENDAR_REPLY,
        "calendar_reply",
    ),
    "an invitation": (replace(PLAIN, calendar_method="REQUEST"), HOUSE, Kind.CLIENT, "default"),
    "auto-replied with a comment": (
        a_message(auto_submitted="(x) Auto-Replied (vacation); y=z"),
        HOUSE,
        Kind.AUTO_REPLY,
        "auto_reply",
    ),
    "auto-submitted no": (a_message(auto_submitted="No"), HOUSE, Kind.CLIENT, "default"),
    "an unknown auto-submitted": (a_message(auto_submitted="x-else"), HOUSE, Kind.AUTO_REPLY, "auto_reply"),
    "x-autoreply": (a_message(x_autoreply="yes"), HOUSE, Kind.AUTO_REPLY, "auto_reply"),
    "x-autoreply no": (a_message(x_autoreply="no"), HOUSE, Kind.CLIENT, "default"),
    "precedence auto_reply": (a_message(precedence="auto_reply"), HOUSE, Kind.AUTO_REPLY, "auto_reply"),
    "a subject of absence and an empty envelope": (
        replace(PLAIN, subject="Automatische Antwort: Login", return_path=""),
        HOUSE,
        Kind.AUTO_REPLY,
        "auto_reply",
    ),
    "a subject of absence and a hint": (
        replace(a_message(x_auto_response_suppress="All"), subject="Automatic reply: x"),
        HOUSE,
        Kind.AUTO_REPLY,
        "auto_reply",
    ),
    "a bulk mail about absences": (
        replace(a_message(precedence="bulk"), subject="Vacation request cannot be approved"),
        HOUSE,
        Kind.LIST,
        "mailing_list",
    ),
    "a program's prefix and our tag": (
        replace(PLAIN, subject="Automatic reply: [T-7] Login", text="Gone."),
        HOUSE,
        Kind.AUTO_REPLY,
        "auto_reply",
    ),
    "a program's prefix in a thread": (
        replace(PLAIN, subject="Abwesenheitsnotiz: Login", references=("<a@b.example>",)),
        HOUSE,
        Kind.AUTO_REPLY,
        "auto_reply",
    ),
    "a word of absence before an answer": (
        replace(PLAIN, subject="On leave Re: Login", text="I am on leave."),
        HOUSE,
        Kind.AUTO_REPLY,
        "auto_reply",
    ),
    "a word of absence before an answer, and no more": (
        replace(PLAIN, subject="Vacation: Re: Login", text="The button is still grey for everybody."),
        HOUSE,
        Kind.CLIENT,
        "default",
    ),
    "a program's prefix outside any thread": (
        replace(PLAIN, subject="Automatic reply: Login", text="Gone."),
        HOUSE,
        Kind.AUTO_REPLY,
        "perhaps_absent",
    ),
    "a program's prefix and a person's text": (
        replace(PLAIN, subject="Automatic reply: Login", text="The text that your product sends is wrong."),
        HOUSE,
        Kind.CLIENT,
        "default",
    ),
    "a word of absence before a subject": (
        replace(PLAIN, subject="Vacation: Login", text="I am on vacation."),
        HOUSE,
        Kind.AUTO_REPLY,
        "perhaps_absent",
    ),
    "nothing but an absence": (
        replace(PLAIN, subject="Out of office", text="I am on vacation until Monday.\nPlease contact Bob.\n\nAnn Lee"),
        HOUSE,
        Kind.AUTO_REPLY,
        "perhaps_absent",
    ),
    "an absence and a question": (
        replace(PLAIN, subject="Vacation", text="I am on vacation from Friday. Who approves?"),
        HOUSE,
        Kind.CLIENT,
        "default",
    ),
    "an absence and a trouble": (
        replace(PLAIN, subject="Urlaub", text="Ich bin im Urlaub, aber das System zeigt mich als anwesend."),
        HOUSE,
        Kind.CLIENT,
        "default",
    ),
    "a subject of absence alone": (
        replace(PLAIN, subject="Vacation module is broken", text="It crashes."),
        HOUSE,
        Kind.CLIENT,
        "default",
    ),
    "a list": (a_message(list_id="<l.example>"), HOUSE, Kind.LIST, "mailing_list"),
    "bulk": (a_message(precedence="Bulk"), HOUSE, Kind.LIST, "mailing_list"),
    "a blocked address": (a_message("Spam@evil.example"), HOUSE, Kind.BLOCKED, "blocked"),
    "a blocked domain": (a_message("x@bad.example"), HOUSE, Kind.BLOCKED, "blocked"),
    "a rating": (replace(PLAIN, to=(Address(address="support+c5.x@desk.example"),)), HOUSE, Kind.VOTE, "vote"),
    "staff": (a_message("Ana@desk.example"), HOUSE, Kind.STAFF, "staff_mail"),
    "staff on holiday": (
        a_message("ana@desk.example", auto_submitted="auto-replied"),
        HOUSE,
        Kind.AUTO_REPLY,
        "auto_reply",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_first_rule_that_answers_decides(name: str) -> None:
    message, house, kind, rule = CASES[name]

    verdict = classify(message, house)

    assert (verdict.kind, verdict.rule) == (kind, rule)
    assert verdict.reason


def test_the_trace_holds_every_rule_that_was_asked() -> None:
    nobody = classify(PLAIN, HOUSE)
    list_mail = classify(a_message(list_id="<l.example>"), HOUSE)

    assert [asked.rule for asked in nobody.trace] == [rule.__name__ for rule in RULES]
    assert (list_mail.trace[-1].rule, list_mail.trace[-1].answer) == ("mailing_list", "list: it has list-id")


def test_a_house_without_anything_knows_nobody() -> None:
    assert classify(replace(PLAIN, message_id=OUR_ID), House()).kind is Kind.CLIENT


def test_every_rule_has_a_case() -> None:
    assert {rule.__name__ for rule in RULES} <= {rule for _, _, _, rule in CASES.values()}


def test_only_weak_hints_make_a_verdict_doubtful() -> None:
    guessed, _, _, _ = CASES["nothing but an absence"]
    told, _, _, _ = CASES["a program's prefix and our tag"]

    assert classify(guessed, HOUSE).is_doubtful
    assert not classify(told, HOUSE).is_doubtful
