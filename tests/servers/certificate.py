"""A self-signed certificate for loopback, which is its own authority."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.keeper import MissingServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The files; `certificate` is also what a client must trust."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return what a server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificate(folder: Path, *, host: str = "localhost", days: int = 2) -> Certificate:
    """Make a certificate for *host* and, if that is localhost, for 127.0.0.1 too."""
    made = Certificate(certificate=folder / f"{host}.pem", key=folder / f"{host}.key")
    names = f"subjectAltName=DNS:{host}" + (",IP:127.0.0.1" if host == "localhost" else "")
    what = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        f"/CN={host}",
    ]
    where = ["-keyout", str(made.key), "-out", str(made.certificate), "-days", str(days), "-addext", names]
    try:
        subprocess.run(["openssl", *what, *where], check=True, capture_output=True)
    except FileNotFoundError:
        raise MissingServer("OpenSSL is not installed: apt-get install openssl") from None
    return made
