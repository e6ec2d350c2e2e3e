"""Fresh certificates for a seller and its callers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from countermand.provider import files

if TYPE_CHECKING:
    import trustme

BUYER = "SPDEV1"  # the common names are the buyers' identifiers, by which a seller tells whose a certificate is
ANOTHER_BUYER = "SPDEV2"
NEWCOMER = "newcomer"
SERVER = "localhost"  # its common name as well: clients of Axis 1.4 and HttpClient 3 read no certificate without one
PUBLIC = 0o644  # a certificate is for everybody


@dataclass(frozen=True)
class Identity:
    """A certificate (with its chain) and its private key, in PEM files of their own."""

    name: str
    certificate: Path
    private_key: Path


@dataclass(frozen=True)
class Certificates:
    """Everyone who meets at an embedded seller."""

    ca: Path
    server: Identity
    buyer: Identity
    another_buyer: Identity
    expired_buyer: Identity
    unknown_buyer: Identity  # whom the same authority has issued a certificate, and with whom nothing was agreed
    stranger: Identity  # claims to be the buyer, by a certificate of another authority


def make(directory: Path) -> Certificates:
    """Write fresh EC P-256 certificates into an existing directory; raises OSError where that cannot be written."""
    import trustme  # noqa: PLC0415  costs more than all else at start: only where certificates are made

    authority, other_authority = trustme.CA(), trustme.CA()
    past = datetime.now(UTC) - timedelta(days=1)
    ca = directory / "ca.pem"
    files.write(ca, authority.cert_pem.bytes(), PUBLIC)
    return Certificates(
        ca=ca,
        server=_write(directory, "server", SERVER, _issue(authority, SERVER, "127.0.0.1", SERVER, "::1")),
        buyer=_write(directory, "buyer", BUYER, _issue(authority, BUYER)),
        another_buyer=_write(directory, "another_buyer", ANOTHER_BUYER, _issue(authority, ANOTHER_BUYER)),
        expired_buyer=_write(directory, "expired_buyer", BUYER, _issue(authority, BUYER, not_after=past)),
        unknown_buyer=_write(directory, "unknown_buyer", BUYER, _issue(authority, NEWCOMER)),
        stranger=_write(directory, "stranger", BUYER, _issue(other_authority, BUYER)),
    )


def load(directory: Path) -> Certificates | None:
    """Return the certificates that were made in a directory before, nothing where one is missing."""
    names = {
        "server": SERVER,
        "buyer": BUYER,
        "another_buyer": ANOTHER_BUYER,
        "expired_buyer": BUYER,
        "unknown_buyer": BUYER,
        "stranger": BUYER,
    }
    made = {stem: Identity(name, directory / f"{stem}.pem", directory / f"{stem}.key") for stem, name in names.items()}
    paths = [
        directory / "ca.pem",
        *(path for identity in made.values() for path in (identity.certificate, identity.private_key)),
    ]
    return Certificates(directory / "ca.pem", **made) if all(path.is_file() for path in paths) else None


def _issue(authority: trustme.CA, name: str, *hosts: str, not_after: datetime | None = None) -> trustme.LeafCert:
    """Issue one certificate by a common name, to hosts, or else to a client."""
    not_before = None if not_after is None else not_after - timedelta(days=30)
    hosts = hosts or (f"{name.lower()}.example",)
    return authority.issue_cert(*hosts, common_name=name, not_before=not_before, not_after=not_after)


def _write(directory: Path, stem: str, name: str, leaf: trustme.LeafCert) -> Identity:
    """Write one certificate with its chain, and its key where only its owner may read it."""
    certificate, private_key = directory / f"{stem}.pem", directory / f"{stem}.key"
    files.write(certificate, b"".join(pem.bytes() for pem in leaf.cert_chain_pems), PUBLIC)
    files.write(private_key, leaf.private_key_pem.bytes())
    return Identity(name, certificate, private_key)
