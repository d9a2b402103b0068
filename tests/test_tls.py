import ssl
from pathlib import Path

import pytest

from ticketbot.tls import is_loopback, verifying, without_secrets


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["imap.desk.example", "192.0.2.7", "localhost.desk.example", "", "2001:db8::1"])
def test_no_other_machine_is_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)


def test_certificates_and_names_are_always_checked() -> None:
    context = verifying()

    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_file_of_authorities_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        verifying(tmp_path / "missing.pem")


def test_what_a_server_said_becomes_one_short_line_without_secrets() -> None:
    said = "535 no:\r\n\x1b[31m hunter2 \x00" + "x" * 500

    heard = without_secrets(said, "hunter2", "")

    assert heard.startswith("535 no: [31m *** x")
    assert heard.isprintable()
    assert len(heard) == 201
