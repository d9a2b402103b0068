# ruff: noqa: RUF001 - letters that look like others
"""Domains that only look like a client's."""

import pytest

from ticketbot.domain.lookalikes import looks_like

KNOWN = ("acme.example", "*.northwind.example", "abc.example")


@pytest.mark.parametrize(
    ("domain", "like"),
    [
        ("аcme.example", "acme.example"),
        ("xn--cme-5cd.example", "acme.example"),
        ("acrne.example", "acme.example"),
        ("ácme.example", "acme.example"),
        ("ac\u200bme.example", "acme.example"),
        ("ac-me.example", "acme.example"),
        ("acme.example.evil.example", "acme.example"),
        ("acme.example-login.example", "acme.example"),
        ("acme-support.example", "acme.example"),
        ("my-acme.example", "acme.example"),
        ("mail.acme.test", None),
        ("acme.test", "acme.example"),
        ("n0rthwind.example", "northwind.example"),
        ("northwlnd.example", "northwind.example"),
        ("northwnd.example", "northwind.example"),
        ("northwindd.example", "northwind.example"),
        ("nortwhind.example", "northwind.example"),
        ("northwimd.example", "northwind.example"),
        ("northwind.exampl", "northwind.example"),
        ("abc-support.example", None),
        ("abd.example", None),
        ("aome.example", None),
    ],
)
def test_a_domain_that_only_looks_like_a_clients_is_known(domain: str, like: str | None) -> None:
    assert looks_like(domain, KNOWN) == like


@pytest.mark.parametrize(
    "domain",
    [
        "acme.example",
        "ACME.example.",
        "shop.acme.example",
        "northwind.example",
        "a.b.northwind.example",
        "",
        "xn--\xff.x",
    ],
)
def test_a_clients_own_domain_and_strangers_look_like_none(domain: str) -> None:
    assert looks_like(domain, KNOWN) is None


def test_a_broken_encoding_is_compared_as_it_stands() -> None:
    assert looks_like("xn--99999999999.example", KNOWN) is None
