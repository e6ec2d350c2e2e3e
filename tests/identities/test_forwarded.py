"""What is handed on in headers of certificates as they are made: in letters of any language, or without a subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from countermand.identity import forwarded
from countermand.model.exchange import Exchange, Request
from countermand.model.secret import Masker
from countermand.model.target import Identity, Target

#: What says the subject of a certificate, or its name.
SUBJECTS = {
    *("X-SSL-Client-S-DN", "X_SSL_Client_S_DN", "ssl-client-subject-dn", "X-Client-DN", "X-SSL-Client-CN"),
    *("X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Authenticated-User", "X-Consumer-Username"),
}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Target:
    folder, key = tmp_path_factory.mktemp("buyer"), ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, request.param)] if request.param else [])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("buyer.example")])
    built = x509.CertificateBuilder(subject, subject, key.public_key(), 7, now, now + timedelta(days=1))
    certificate = built.add_extension(names, critical=not request.param).sign(key, hashes.SHA256())
    path = folder / "buyer.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    buyer = Identity("buyer", identifier="ACMEFIBRE", certificate=path, private_key=path)
    return Target("staging", "ala", "https://seller.example", folder / "target.toml", {"buyer": buyer})


@pytest.mark.parametrize("target", ["Zoë Bréitband", "ACMEFIBRE"], indirect=True)
@pytest.mark.parametrize("name", forwarded.HEADERS)
def test_every_header_can_be_sent(target: Target, name: str) -> None:
    headers = dict(forwarded.headers(name, target))
    assert name in headers
    for value in headers.values():
        assert value
        assert value.isascii()
        assert value.isprintable()


@pytest.mark.parametrize("target", [""], indirect=True)
@pytest.mark.parametrize("name", forwarded.HEADERS)
def test_without_a_subject_what_would_say_it_says_nothing_and_a_record_has_the_same_headers(
    target: Target, name: str
) -> None:
    headers = dict(forwarded.headers(name, target))
    assert {header for header, value in headers.items() if not value} == SUBJECTS & {*headers}
    assert [*headers] == [header for header, _ in forwarded.headers(name, replace(target, recorded=True))]


@pytest.mark.parametrize("target", ["ACMEFIBRE"], indirect=True)
def test_a_name_that_the_body_says_as_well_is_kept_back_in_its_header_alone(target: Target) -> None:
    headers = forwarded.headers("X-Client-Cert", target)
    secret = frozenset(name.lower() for name, _ in headers) & forwarded.NAMES
    body = b"<cancel><buyerIdentifier>ACMEFIBRE</buyerIdentifier></cancel>"
    asked = Request("POST", "https://seller.example/", headers, body, secret)
    exchange = Exchange(1, "cancelOrder", "stranger", datetime.now(UTC), 0.1, asked)
    assert "ACMEFIBRE" not in exchange.secrets
    assert str(exchange.masked(Masker([]))["request"]).count("ACMEFIBRE") == 1
    assert "ACMEFIBRE" in replace(exchange, request=replace(asked, body=b"<a/>")).secrets
