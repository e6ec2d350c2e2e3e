"""The ALA deviants and null sellers differ from the reference seller as they say."""

from __future__ import annotations

import ssl
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ala_asking import ask, ask_over_tls, document, orders, refused_in_the_handshake
from ala_probing import Listener, answers, order
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from countermand.provider import certificates, serving
from countermand.provider.ala import seller as ala
from countermand.provider.certificates import Certificates, Identity
from countermand.provider.deviants import deviants
from countermand.provider.nulls import nulls

CLAUSES = tomllib.loads((Path(__file__).parents[2] / "features/ala/clauses.toml").read_text())
VERDICTS = {"does not conform", "departs", "inconclusive", "not applicable", "conforms"}
#: Wrong only where there is TLS, or somebody to be fetched from.
ON_THE_WIRE = {"Indulgent", "Parametric", "Peeking", "Typesetting"}
DEVIANTS: dict[str, Any] = deviants("ala")


@pytest.fixture(scope="session")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def reference() -> dict[str, str]:
    return answers(ala.Seller)


def self_signed(directory: Path) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    )
    made = Identity("somebody", directory / "self.pem", directory / "self.key")
    made.certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    made.private_key.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return made


def test_every_clause_has_a_deviant() -> None:
    tested = {clause for clause, row in CLAUSES.items() if "untested" not in row}
    assert {deviant.breaks for deviant in DEVIANTS.values()} == tested


def test_the_reference_answers_like_itself(reference: dict[str, str]) -> None:
    assert answers(ala.Seller) == reference


@pytest.mark.parametrize("name", DEVIANTS)
def test_a_deviant_says_its_vice_and_the_clauses_it_changes(name: str) -> None:
    deviant = DEVIANTS[name]
    assert deviant.__doc__.endswith(".")
    also = getattr(deviant, "also", {})
    assert deviant.breaks not in also
    assert set(also) <= set(CLAUSES)
    assert set(also.values()) <= VERDICTS


@pytest.mark.parametrize("name", sorted(set(DEVIANTS) - ON_THE_WIRE))
def test_a_deviant_answers_otherwise_than_the_reference(name: str, reference: dict[str, str]) -> None:
    answered = answers(DEVIANTS[name])
    shown = [situation for situation in reference if answered[situation] != reference[situation]]
    assert shown, f"no situation of ala_probing.py shows what {name} does: add one"


@pytest.mark.parametrize("name", [name for name in DEVIANTS if DEVIANTS[name].breaks.startswith("ALA-REQ")])
def test_a_deviant_that_does_without_a_field_takes_only_that_up(name: str, reference: dict[str, str]) -> None:
    taken_up = {situation for situation, text in answers(DEVIANTS[name]).items() if ">Pending<" in text}
    more = taken_up - {situation for situation, text in reference.items() if ">Pending<" in text}
    paths = ala.Seller.required - DEVIANTS[name].required or {getattr(DEVIANTS[name], "overlooks", "")}
    assert more, f"no situation of ala_probing.py shows what {name} takes up: add one"
    of_fields = {situation for situation in more if not situation.endswith(" by themselves")}
    assert paths in ({""}, {situation.removeprefix("a comment for ").rpartition(" ")[2] for situation in of_fields})


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("Open", "nobody"),
        ("SelfServing", "self_signed"),
        ("Undiscerning", "self_signed"),
        ("Cosmopolitan", "stranger"),
        ("Undiscerning", "stranger"),
        ("Indulgent", "expired_buyer"),
        ("Trusting", "another_buyer"),
    ],
)
def test_a_deviant_serves_whom_it_should_not(name: str, who: str, tmp_path: Path, identities: Certificates) -> None:
    identity = self_signed(tmp_path) if who == "self_signed" else getattr(identities, who, None)
    with serving.serve("ala", DEVIANTS[name](), tmp_path, identities=identities) as served:
        for caller in (identity, identities.buyer):
            order = orders(served)["in_flight"][0 if caller is identity else 1]
            assert ask_over_tls(served, caller, document(order)).text("status") == "Pending"


@pytest.mark.parametrize(
    ("name", "who"), [("SelfServing", "stranger"), ("Cosmopolitan", "self_signed"), ("Undiscerning", "expired_buyer")]
)
def test_a_deviant_refuses_all_others(name: str, who: str, tmp_path: Path, identities: Certificates) -> None:
    identity = self_signed(tmp_path) if who == "self_signed" else getattr(identities, who)
    with serving.serve("ala", DEVIANTS[name](), tmp_path, identities=identities) as served:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            ask_over_tls(served, identity, document(orders(served)["in_flight"][0]))
        assert refused_in_the_handshake(served)


@pytest.mark.parametrize(
    ("name", "visits", "status"),
    [("Curious", 1, 200), ("Peeking", 1, 400), ("Indifferent", 0, 200), ("Literal", 0, 400)],
)
def test_a_deviant_really_fetches(name: str, visits: int, status: int) -> None:
    seller = DEVIANTS[name]()
    with Listener() as listener:
        declared = f'?><!DOCTYPE a [<!ENTITY b SYSTEM "{listener.url}">]>'
        body = document(order(seller)).replace("?>", declared, 1).replace(">300<", ">&b;<")
        assert ask(seller, body).status == status
    assert len(listener.visits) == visits


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("Parametric", '<!DOCTYPE a [<!ENTITY % b SYSTEM "{}">%b;]>'),
        ("Typesetting", '<!DOCTYPE a SYSTEM "{}">'),
    ],
)
def test_a_deviant_fetches_what_no_element_names(name: str, declared: str) -> None:
    for deviant, visits in ((DEVIANTS[name], 1), (ala.Seller, 0)):
        seller = deviant()
        with Listener() as listener:
            body = document(order(seller)).replace("?>", f"?>{declared.format(listener.url)}", 1)
            assert ask(seller, body).status == 400
        assert len(listener.visits) == visits


@pytest.mark.parametrize("name", nulls("ala"))
def test_a_null_seller_answers_everything_alike(name: str) -> None:
    null: Any = nulls("ala")[name]
    answers = {
        ask(null(), body, method=method).status
        for body in ("", document({"seller": "S-1", "buyer": "B-1"}))
        for method in ("GET", "POST")
    }
    assert len(answers) == 1
