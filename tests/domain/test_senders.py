"""Who a sender is to us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketbot.domain.messages import Authentication
from ticketbot.domain.senders import FREE_MAIL, Sender, client_of_domain, is_nobody

DOMAINS = {
    "acme.example": "acme",
    "*.borealis.example": "borealis",
    "*.labs.borealis.example": "labs",
    "uk.acme.example": "acme-uk",
    "gmail.com": "careless",
    "*.com": "careless",
    "strasse.example": "strasse",
}


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("acme.example", "acme"),
        ("ACME.example", "acme"),
        ("mail.acme.example", None),
        ("uk.acme.example", "acme-uk"),
        ("x.borealis.example", "borealis"),
        ("x.labs.borealis.example", "labs"),
        ("borealis.example", None),
        ("notacme.example", None),
        ("acme.example.evil.example", None),
        ("gmail.com", None),
        ("mx.gmail.com", None),
        ("other.com", "careless"),
        ("straße.example", None),
        ("aсme.example", None),  # noqa: RUF001 - a Cyrillic letter
        ("", None),
    ],
)
def test_domains_match_exactly_unless_a_sub_domain_is_listed(domain: str, expected: str | None) -> None:
    assert client_of_domain(domain, DOMAINS) == expected


@given(st.sampled_from(sorted(FREE_MAIL)))
def test_a_free_mail_domain_never_maps_to_a_client(domain: str) -> None:
    assert client_of_domain(domain, {domain: "careless", f"*.{domain.partition('.')[2]}": "careless"}) is None


@pytest.mark.parametrize(
    ("result", "configured", "seen"),
    [
        (Authentication.PASS, True, Authentication.PASS),
        (Authentication.NONE, True, Authentication.NONE),
        (Authentication.FAIL, True, Authentication.FAIL),
        (Authentication.PASS, False, Authentication.NONE),
        (Authentication.FAIL, False, Authentication.NONE),
    ],
)
def test_without_an_authserv_id_no_result_is_seen(
    result: Authentication, configured: bool, seen: Authentication
) -> None:
    assert Sender(address="a@b.example", result=result, authserv_configured=configured).authentication is seen


@pytest.mark.parametrize(
    ("sender", "known"),
    [
        pytest.param(Sender(), False, id="nobody"),
        pytest.param(Sender(client="acme", is_contact=True), False, id="no single From"),
        pytest.param(Sender(address="a@x.example"), False, id="a stranger"),
        pytest.param(Sender(address="a@acme.example", client="acme"), True, id="by domain, unconfigured"),
        pytest.param(
            Sender(address="a@acme.example", client="acme", authserv_configured=True), False, id="by domain, no result"
        ),
        pytest.param(
            Sender(address="a@acme.example", client="acme", authserv_configured=True, result=Authentication.PASS),
            True,
            id="by domain, verified",
        ),
        pytest.param(
            Sender(address="a@acme.example", client="acme", is_contact=True, authserv_configured=True),
            True,
            id="a contact, no result",
        ),
        pytest.param(
            Sender(
                address="a@acme.example",
                client="acme",
                is_contact=True,
                authserv_configured=True,
                result=Authentication.FAIL,
            ),
            False,
            id="a contact, failed",
        ),
    ],
)
def test_known_are_contacts_and_people_of_a_clients_domain(sender: Sender, known: bool) -> None:
    assert sender.is_known is known


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("noreply@acme.example", True),
        ("no-reply@acme.example", True),
        ("no_reply+7@acme.example", True),
        ("payroll-noreply@acme.example", True),
        ("DoNotReply@acme.example", True),
        ("mailer-daemon@acme.example", True),
        ("MAILER-DAEMON", False),
        ("bounces+123=a@acme.example", True),
        ("postmaster@acme.example", True),
        ("keine-antwort@acme.example", True),
        ("nepasrepondre@acme.example", True),
        ("mara@acme.example", False),
        ("reply@acme.example", False),
        ("norah.eply@acme.example", False),
        ("", False),
    ],
)
def test_nobody_reads_what_goes_to_noreply_addresses(address: str, expected: bool) -> None:
    assert is_nobody(address) is expected


@given(st.text(alphabet="nor-eply._+@a", max_size=200))
def test_any_address_is_answered(address: str) -> None:
    assert is_nobody(address) in {True, False}
