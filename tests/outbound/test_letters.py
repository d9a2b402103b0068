"""The letters: keys that cannot drift, facts as JSON, words that fit their readers."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from tests.outbound.samples import DESK, HYPERCARE, KEYS, NOW, samples

from ticketbot.domain.drafts import Automatic, Draft
from ticketbot.domain.messages import Message
from ticketbot.outbound.compose import compose
from ticketbot.outbound.facts import Cause, Reader, Thread, jsonable
from ticketbot.outbound.letters import LETTERS, Audience, Code, key_of

LOCALES = ("en", "de")
EVERY = [(locale, name) for locale in LOCALES for name in samples(locale)]
FOR_CLIENTS = [
    (locale, name)
    for locale, name in EVERY
    if LETTERS[Code(samples()[name].code)].audience is Audience.CLIENT and not samples()[name].values.get("for_staff")
]
JARGON = re.compile(r"\b(?:P[1-4]|S[1-4]|FR|NR|RES|UPD|SLA|CSAT|SEV)\b")
HOSTILE = '"><script>alert(1)</script>&\x1b[31m\u202e\r\nBcc: evil@evil.example\r\n\r\n{{ 7*7 }}{% x %}'
STRUCTURE = frozenset(
    "code priority clock phase state kind channel what variant opens closes locale zone ref first_day last_day".split()  # noqa: SIM905
)


def letter(draft: Draft) -> EmailMessage:
    raw = compose(draft, keys=KEYS, desk=DESK, message_id="k@desk.example", date=draft.send_at)
    return message_from_bytes(raw, policy=policy.default)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def visible(html: str) -> str:
    """Return what a reader of the HTML sees."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(style|head)\b.*?</\1>", " ", html))


def hostile(value: object, key: str = "") -> object:
    """Return *value* with every free word replaced by an attack."""
    if isinstance(value, dict):
        return {name: hostile(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [hostile(item, key) for item in value]
    is_word = isinstance(value, str) and key not in STRUCTURE and not re.match(r"\d{4}-\d\d-\d\d", value)
    return HOSTILE if is_word else value


def texts(draft: Draft) -> Iterator[str]:
    mail = letter(draft)
    yield from (str(mail["Subject"]), part(mail, "plain"), part(mail, "html"))


def test_every_code_has_a_sample() -> None:
    assert {draft.code for draft in samples().values()} == set(Code)


@pytest.mark.parametrize(("locale", "name"), EVERY)
def test_every_letter_is_written_in_both_languages(locale: str, name: str) -> None:
    mail = letter(samples(locale)[name])

    assert f'<html lang="{locale}"' in part(mail, "html")
    assert part(mail, "plain").strip()
    assert "  " not in str(mail["Subject"])


@pytest.mark.parametrize("name", samples())
def test_a_translation_differs_from_the_english_letter(name: str) -> None:
    english, german = (part(letter(samples(locale)[name]), "plain") for locale in LOCALES)

    assert english != german


@pytest.mark.parametrize(("locale", "name"), FOR_CLIENTS)
def test_clients_read_no_jargon(locale: str, name: str) -> None:
    mail = letter(samples(locale)[name])
    shown = [str(mail["Subject"]), part(mail, "plain"), visible(part(mail, "html"))]

    assert [JARGON.findall(text) for text in shown] == [[], [], []]
    assert "level-" not in part(mail, "plain")


@pytest.mark.parametrize(("locale", "name"), EVERY)
def test_text_letters_fit_a_terminal(locale: str, name: str) -> None:
    lines = part(letter(samples(locale)[name]), "plain").splitlines()
    own = [line for line in lines if not re.search(r"\S{60}|^The import|^Der Import|^\[P|^  #launch", line)]

    assert [line for line in own if len(line) > 78] == []


@pytest.mark.parametrize(("locale", "name"), EVERY)
def test_no_letter_fetches_anything_from_anywhere(locale: str, name: str) -> None:
    html = part(letter(samples(locale)[name]), "html")

    assert not re.search(r"<(?:img|link|script|iframe|form|object)\b|https?://|url\(|@import", html)
    assert "@media (prefers-color-scheme: dark)" in html


@pytest.mark.parametrize(("locale", "name"), EVERY)
def test_hostile_words_stay_words(locale: str, name: str) -> None:
    draft = samples(locale)[name]
    values = {key: jsonable(hostile(value, key)) for key, value in draft.values.items()}

    subject, text, html = texts(replace(draft, values=values, from_name=HOSTILE))

    assert "<script" not in html
    assert "49" not in subject
    assert not set("\x1b\u202e\r") & set(subject + text.replace("\r\n", "\n") + html.replace("\r\n", "\n"))


@pytest.mark.parametrize("name", samples())
def test_values_are_json(name: str) -> None:
    values = dict(samples()[name].values)

    assert json.loads(json.dumps(values)) == values


def test_keys_of_all_samples_differ_but_for_letters_about_one_cause() -> None:
    keys = {name: draft.key for name, draft in samples().items() if "-" not in name}

    assert len(set(keys.values())) == len(keys)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ack", "ACK/9f2c4be1a7"),
        ("new", "NEW/T-1042/9f2c4be1a7/ben@desk.example"),
        ("relay_in", "RELAY_IN/T-1042/9f2c4be1a7/ben@desk.example"),
        ("relay_out", "RELAY_OUT/T-1042/9f2c4be1a7"),
        ("resolved", "RESOLVED/T-1042/9f2c4be1a7"),
        ("remind", "REMIND/T-1042/2027-03-06T21:51:00Z/ben@desk.example"),
        ("breach", "BREACH/T-1042/2027-03-06T21:56:00Z/ben@desk.example"),
        ("bundle", "BUNDLE/2027-03-06T21:40:00Z/ben@desk.example"),
        ("digest", "DIGEST/2027-03-01/dana@desk.example"),
        ("cmd-error", "CMD/error/9f2c4be1a7/ben@desk.example"),
        ("cmd-receipt", "CMD/receipt/9f2c4be1a7/ben@desk.example"),
        ("triage", "TRIAGE/77aa/ben@desk.example"),
        ("triage-bundle", "TRIAGE/2027-03-06T21:40:00Z/ben@desk.example"),
        ("reopened", "REOPENED/T-1042/9f2c4be1a7/ben@desk.example"),
        ("bounce", "BOUNCE/T-1042/9f2c4be1a7/ben@desk.example"),
        ("csat_low", "CSAT_LOW/T-1042/9f2c4be1a7/ben@desk.example"),
        ("call_receipt", "CALL_RECEIPT/T-1042/9f2c4be1a7"),
        ("merged", "MERGED/T-1042/9f2c4be1a7"),
        ("chase", "CHASE/T-1042/2027-03-04T21:40:00Z/1"),
        ("chase-last", "CHASE/T-1042/2027-03-02T21:40:00Z/2"),
        ("autoclose", "AUTOCLOSE/T-1042/2027-02-27T21:40:00Z"),
        ("enh", "ENH/T-1042/9f2c4be1a7"),
        ("nudge", "NUDGE/T-1042/9f2c4be1a7"),
        ("slots", "SLOTS/T-1042/9f2c4be1a7"),
        ("incident", "INCIDENT/open/T-1042/9f2c4be1a7/ben@desk.example"),
        ("incident-update", "INCIDENT/update/T-1042/9f2c4be1a7/jonas@acme.example"),
        ("recur", "RECUR/cluster/T-1045/3/ana@desk.example"),
        ("recur-platform", "RECUR/platform/T-1045/3/ana@desk.example"),
        ("workshop", "WORKSHOP/suggest/T-1045/3/ana@desk.example"),
        ("webinar", "WEBINAR/Acme%20HR/2027-04-08/ana@desk.example"),
        ("challenge", "CHALLENGE/9f2c4be1a7/ben@desk.example"),
        ("notice-quarantine", "NOTICE/quarantine/9f2c/raised/ben@desk.example"),
        ("notice-recovered", "NOTICE/login_failing/9f2c/recovered/ben@desk.example"),
    ],
)
def test_keys_are_what_they_always_were(name: str, key: str) -> None:
    """The Message-ID is made of the key: to change one means that a recovered desk writes its letters again."""
    assert samples()[name].key == key


def test_the_language_of_a_letter_does_not_change_its_key() -> None:
    assert {name: draft.key for name, draft in samples("en").items()} == {
        name: draft.key for name, draft in samples("de").items()
    }


def test_no_part_of_a_key_can_imitate_two() -> None:
    assert key_of(Code.NOTICE, "a/b", "c") != key_of(Code.NOTICE, "a", "b/c")


def test_a_key_knows_no_zone_and_no_case_of_an_address() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5)))

    ours = key_of(Code.REMIND, 7, NOW, reader=Reader(address="Ben@Desk.example"))

    assert ours == key_of(Code.REMIND, 7, there, reader=Reader(address="ben@desk.example"))


def test_a_relayed_persons_mail_is_not_marked_as_automatic() -> None:
    automatic = {name: samples()[name].automatic for name in ("relay_in", "relay_out", "resolved", "ack", "new")}

    assert automatic == {
        "relay_in": Automatic.NO,
        "relay_out": Automatic.NO,
        "resolved": Automatic.NO,
        "ack": Automatic.REPLIED,
        "new": Automatic.GENERATED,
    }


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        (
            "en",
            "A person answers by Saturday 6 March, 22:55 (Berlin time) — critical priority, answered around the clock.",
        ),
        (
            "de",
            (
                "Ein Mensch antwortet bis Samstag, 6. März, 22:55 Uhr (Berliner Zeit) — "
                "Priorität kritisch, beantwortet rund um die Uhr."
            ),
        ),
    ],
)
def test_an_acknowledgement_names_the_hour_by_which_a_person_answers(locale: str, sentence: str) -> None:
    mail = letter(samples(locale)["ack"])

    assert sentence in " ".join(part(mail, "plain").split())
    assert sentence in " ".join(visible(part(mail, "html")).split())
    assert mail["Subject"].startswith("[T-1042] ")


@pytest.mark.parametrize(
    ("phase", "says"),
    [
        ("pre_live", "Your launch is on Monday 1 March; until then the project team answers with us."),
        ("hypercare", "You are on day 6 of 30 of your hypercare, the weeks of close care after go-live."),
        ("transition", "Our standard support is taking over step by step; the hypercare team still watches."),
        ("standard", "Your request is with our support team."),
    ],
)
def test_an_acknowledgement_says_where_the_launch_stands(phase: str, says: str) -> None:
    draft = samples()["ack"]
    ticket = {**dict(draft.values["ticket"]), "phase": jsonable(replace(HYPERCARE, phase=phase))}  # type: ignore[arg-type]

    mail = letter(replace(draft, values={**draft.values, "ticket": ticket}))

    assert says in " ".join(part(mail, "plain").split())


def test_in_the_taper_an_acknowledgement_praises_the_usual_address() -> None:
    text = " ".join(part(letter(samples()["ack-taper"]), "plain").split())

    assert "Writing to support@desk.example is the quickest way from now on; the same team reads it." in text


def test_an_unverified_sender_reads_no_word_of_their_own() -> None:
    mail = letter(samples()["ack-feedback"])

    assert mail["Subject"] == "[T-1042] We have your mail"
    assert "Jonas" not in part(mail, "plain") + part(mail, "html")


def test_staff_see_priority_phase_and_due_time_in_the_subject() -> None:
    assert letter(samples()["new"])["Subject"] == (
        "[P1 · hypercare d5 · due Sat 22:55] T-1042 Candidate import stopped"
    )


@pytest.mark.parametrize("name", ["new", "relay_in", "remind", "breach", "reopened", "bounce"])
def test_every_ticket_letter_to_staff_shows_both_addresses(name: str) -> None:
    text = part(letter(samples()[name]), "plain")

    assert "support+r.aebagbafaydqqcikbmga2dqpcaireeyu@desk.example" in text
    assert "support+n.ivdeqnkqlfmvuw24lvpf6yleafbegrch@desk.example" in text


@pytest.mark.parametrize(
    ("name", "purpose"),
    [("new", "+r."), ("relay_in", "+r."), ("remind", "+n."), ("breach", "+n."), ("reopened", "+n."), ("bounce", "+n.")],
)
def test_only_new_and_relayed_mail_is_answered_to_the_client(name: str, purpose: str) -> None:
    assert purpose in str(letter(samples()[name])["Reply-To"])


def test_a_thread_follows_the_mail_that_it_answers() -> None:
    mail = Message(sha256="a", size=1, fingerprint="f", sender=None, message_id="2@x", references=("0@x", "1@x"))

    assert Thread.after(mail) == Thread(parent="2@x", ancestors=("0@x", "1@x"))


def test_a_thread_of_a_mail_without_references_takes_its_parent() -> None:
    mail = Message(sha256="a", size=1, fingerprint="f", sender=None, message_id="2@x", in_reply_to=("1@x",))

    assert Thread.after(mail).ancestors == ("1@x",)


def test_a_cause_is_a_mails_fingerprint_or_an_instant() -> None:
    mail = Message(sha256="a", size=1, fingerprint="f", sender=None)

    assert (Cause.mail(mail), Cause.instant(datetime(2027, 3, 1, tzinfo=UTC))) == (
        Cause(mark="f", sha256="a"),
        Cause(mark="2027-03-01T00:00:00Z"),
    )


def test_what_is_not_a_fact_is_refused() -> None:
    with pytest.raises(TypeError):
        jsonable(object())
