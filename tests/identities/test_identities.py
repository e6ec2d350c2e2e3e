"""Certificates and keys as people have them reach a real server."""

from __future__ import annotations

import shutil
import socket
import ssl
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import BasicConstraints

from countermand.identity import strangers
from countermand.identity.tls import Credentials, CredentialsError, chain, context, is_valid_for, private_key
from countermand.model.exchange import Exchange, Request, Trouble
from countermand.model.secret import Secret
from countermand.model.target import Identity, Target
from countermand.model.verdict import Inconclusive
from countermand.run.wire import HttpsWire
from identities import door
from identities.authority import Authority, Issued, openssl

WORD = "correct horse"


class World(NamedTuple):
    folder: Path
    root: Authority
    middle: Authority
    buyer: Issued
    other: Issued
    server: Issued


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("identities")
    root = Authority(folder / "root")
    middle = Authority(folder / "middle", "Test intermediate", above=root)
    return World(folder, root, middle, middle.issue("buyer"), root.issue("other"), root.server())


@pytest.fixture(scope="module")
def encrypted(world: World) -> Path:
    path = world.folder / "encrypted.key"
    openssl("pkcs8", "-topk8", "-in", world.buyer.private_key, "-passout", f"pass:{WORD}", "-out", path)
    return path


@pytest.fixture(scope="module")
def bag(world: World) -> Path:
    return pkcs12(world, "bag.p12", WORD)


def pkcs12(world: World, name: str, word: str, *options: str) -> Path:
    path, extra = world.folder / name, world.folder / "extra.pem"
    extra.write_bytes(world.root.certificate.read_bytes() + world.middle.certificate.read_bytes())  # in the wrong order
    held = ("-in", world.buyer.certificate, "-inkey", world.buyer.private_key, "-certfile", extra)
    openssl("pkcs12", "-export", *options, *held, "-passout", f"pass:{word}", "-out", path)
    return path


def shown(
    world: World,
    credentials: Credentials,
    *,
    ca: Path | None = None,
    minimum: str = "1.2",
    server: Issued | None = None,
    asks: Path | None = None,
) -> str:
    """Show credentials to a server that trusts the root, or whom it is told, and return the common name it saw."""
    seen: list[str] = []

    def look(connection: ssl.SSLSocket) -> None:
        subject = dict(pair for part in connection.getpeercert()["subject"] for pair in part)  # type: ignore[index,misc]
        connection.sendall(str(subject["commonName"]).encode())

    client = context(ca or world.root.certificate, credentials, minimum)
    with door.listening(look, door.context(server or world.server, asks=asks or world.root.certificate)) as port:
        plain = socket.create_connection(("127.0.0.1", port), 5)
        with client.wrap_socket(plain, server_hostname="localhost") as secured:
            seen.append(secured.recv(100).decode())
    return seen[0]


def test_a_pem_pair_is_shown_with_its_intermediate(world: World) -> None:
    both = world.folder / "chain.pem"
    both.write_bytes(world.buyer.certificate.read_bytes() + world.middle.certificate.read_bytes())
    assert shown(world, Credentials(both, world.buyer.private_key)) == "buyer"


def test_a_certificate_without_its_intermediate_is_refused(world: World) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unknown ca"):
        shown(world, Credentials(world.buyer.certificate, world.buyer.private_key))


def test_a_combined_pem_needs_no_second_file(world: World) -> None:
    combined = world.buyer.joined(world.folder / "combined.pem", world.middle.certificate)
    assert shown(world, Credentials(combined)) == "buyer"


def test_a_passphrase_opens_an_encrypted_key(world: World, encrypted: Path) -> None:
    both = world.folder / "chain2.pem"
    both.write_bytes(world.buyer.certificate.read_bytes() + world.middle.certificate.read_bytes())
    assert shown(world, Credentials(both, encrypted, passphrase=Secret(WORD))) == "buyer"


def test_a_passphrase_opens_an_encrypted_combined_pem(world: World, encrypted: Path) -> None:
    combined = world.folder / "sealed.pem"
    combined.write_bytes(
        encrypted.read_bytes() + world.buyer.certificate.read_bytes() + world.middle.certificate.read_bytes()
    )
    assert shown(world, Credentials(combined, passphrase=Secret(WORD))) == "buyer"


def test_a_key_that_openssl_alone_opens_is_shown_and_is_not_said_to_have_another_passphrase(world: World) -> None:
    sealed = world.folder / "camellia.key"
    openssl(
        "pkcs8",
        "-topk8",
        "-v2",
        "camellia-256-cbc",
        "-in",
        world.buyer.private_key,
        "-passout",
        f"pass:{WORD}",
        "-out",
        sealed,
    )
    held = Credentials(world.buyer.certificate, sealed, passphrase=Secret(WORD))
    context(world.root.certificate, held)
    with pytest.raises(CredentialsError, match=r"in a form that cannot be read here .*: openssl pkey -aes256 "):
        private_key(held)


def test_a_passphrase_for_a_key_that_needs_none_does_no_harm(world: World) -> None:
    assert (
        shown(world, Credentials(world.other.certificate, world.other.private_key, passphrase=Secret(WORD))) == "other"
    )


@pytest.mark.parametrize("options", [(), ("-legacy",)], ids=["AES", "RC2 and triple DES"])
def test_a_pkcs12_file_is_shown_with_its_intermediate_in_whatever_order_it_keeps_them(
    world: World, options: tuple[str, ...]
) -> None:
    path = pkcs12(world, f"bag{len(options)}.p12", WORD, *options)
    assert shown(world, Credentials(pkcs12=path, passphrase=Secret(WORD))) == "buyer"
    names = [
        certificate.subject.rfc4514_string() for certificate in chain(Credentials(pkcs12=path, passphrase=Secret(WORD)))
    ]
    assert names == ["CN=buyer", "CN=Test intermediate", "CN=Test root"]


def written_otherwise(world: World) -> dict[str, Path]:
    """Files of a buyer's certificate with its key, and its issuer where not said otherwise, as OpenSSL takes them."""
    folder, buyer, middle = world.folder, world.buyer, world.middle.certificate.read_bytes()
    trusted, worded = folder / "trusted.pem", folder / "worded.pem"
    openssl("x509", "-in", buyer.certificate, "-trustout", "-addtrust", "clientAuth", "-out", trusted)
    openssl("x509", "-in", buyer.certificate, "-text", "-out", worded)
    plain, key = buyer.certificate.read_bytes(), buyer.private_key.read_bytes()
    files = {
        "trusted first": trusted.read_bytes() + key + middle,
        "key first, then trusted": key + trusted.read_bytes() + middle,
        "key first": key + plain + middle,
        "with its text": worded.read_bytes() + key + middle,
        "with words that look like it": b"see -----BEGIN CERTIFICATE----- below\n" + plain + key + middle,
        "with CRLF": (plain + key + middle).replace(b"\n", b"\r\n"),
        "of old": plain.replace(b" CERTIFICATE", b" X509 CERTIFICATE") + key + middle,
        "behind a byte order mark": b"\xef\xbb\xbf" + plain + key + middle,
    }
    paths = {what: folder / f"{what}.pem" for what in files}
    for what, path in paths.items():
        path.write_bytes(files[what])
    return paths


def test_a_certificate_is_read_however_openssl_takes_it(world: World, tmp_path: Path) -> None:
    """What is shown, what the doctor looks at, and whom a stranger is made up after, is the same certificate."""
    for what, path in written_otherwise(world).items():
        assert shown(world, Credentials(path)) == "buyer", what
        names = [certificate.subject.rfc4514_string() for certificate in chain(Credentials(path))]
        assert names == ["CN=buyer", "CN=Test intermediate"], what
        buyer = Identity("buyer", certificate=path)
        forged = chain(Credentials(strangers.forged(buyer, tmp_path, self_signed=False)))[0]
        assert strangers.public(buyer).serial_number == forged.serial_number, what
        assert (forged.subject.rfc4514_string(), forged.issuer.rfc4514_string()) == (names[0], names[1]), what


def test_an_issuer_with_words_of_trust_is_not_shown(world: World) -> None:
    trusted, both = world.folder / "issuer.pem", world.folder / "with issuer.pem"
    openssl("x509", "-in", world.middle.certificate, "-trustout", "-out", trusted)
    both.write_bytes(world.buyer.certificate.read_bytes() + trusted.read_bytes())
    assert len(chain(Credentials(both, world.buyer.private_key))) == 1
    with pytest.raises(ssl.SSLError, match=r"(?i)unknown ca"):
        shown(world, Credentials(both, world.buyer.private_key))


def test_a_stranger_after_a_certificate_that_cannot_be_read_is_refused_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "gone wrong.pem"
    for words in ("", "-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n"):
        path.write_text(words)
        with pytest.raises(CredentialsError, match=r"gone wrong\.pem: (not a|the) PEM certificate"):
            strangers.public(Identity("buyer", certificate=path))


def test_a_stranger_after_a_certificate_with_an_extension_nobody_can_read_is_inconclusive(world: World) -> None:
    odd = world.root.issue("odd", "subjectAltName=DER:30:05:86:03:68:E9:74")  # a URI that is no ASCII
    context(None, Credentials(odd.certificate, odd.private_key))  # OpenSSL has nothing against it
    with pytest.raises(Inconclusive, match=r"odd\.pem: an extension of the certificate cannot be read"):
        strangers.forged(Identity("buyer", certificate=odd.certificate), world.folder, self_signed=True)


def kinds(world: World, folder: Path) -> dict[str, tuple[Identity, int, Path]]:
    """Buyers, how many certificates of theirs a stranger shows before their own, and whom a seller trusts."""
    itself = Authority(folder / "itself", "buyer")
    authority = world.root.issue("authority", "basicConstraints=critical,CA:TRUE")
    without = world.root.issue("without", "basicConstraints=CA:FALSE\nsubjectKeyIdentifier=DER:04:02:AB:CD")
    edwards = Issued(folder / "edwards.pem", folder / "edwards.key")
    openssl("genpkey", "-algorithm", "ed25519", "-out", edwards.private_key)
    named = ("-subj", "/CN=edwards", "-CA", world.root.certificate, "-CAkey", world.root.private_key)
    plain = ("-addext", "basicConstraints=critical,CA:FALSE", "-out", edwards.certificate)
    openssl("req", "-x509", "-new", "-key", edwards.private_key, *named, *plain)
    bag = Identity("buyer", pkcs12=pkcs12(world, "bag of issuer.p12", WORD), passphrase=Secret(WORD))
    return {
        "PKCS#12": (bag, 1, world.root.certificate),
        "an identifier of another's making": (of(without), 1, world.root.certificate),
        "Ed25519": (of(edwards), 1, world.root.certificate),
        "an authority": (of(authority), 2, world.root.certificate),
        "trusted itself": (of(itself.itself()), 2, itself.certificate),
    }


def of(issued: Issued) -> Identity:
    return Identity("buyer", certificate=issued.certificate, private_key=issued.private_key)


def test_a_certificate_that_the_buyers_own_has_issued_is_admitted_by_nobody_who_looks_at_authorities(
    world: World, tmp_path: Path
) -> None:
    """A buyer that may issue certificates accuses no seller that serves what it has issued."""
    for what, (buyer, more, trusted) in kinds(world, tmp_path).items():
        path = strangers.issued(buyer, tmp_path)
        credentials = Credentials(buyer.certificate, buyer.private_key, buyer.pkcs12, buyer.passphrase)
        made, own = chain(Credentials(path)), chain(credentials)
        assert made[more:] == own, what
        assert [each.subject for each in made[:more]] == [own[0].subject] * more, what
        for each, issuer in pairwise(made[: more + 1]):
            each.verify_directly_issued_by(issuer)
        for each in made[:more]:
            assert not each.extensions.get_extension_for_class(BasicConstraints).value.ca, what
        assert path.read_bytes().count(b"PRIVATE KEY-----\n") == 2, what  # of a key: it begins and ends
        rest = tmp_path / "rest.pem"
        rest.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in made[1:]))
        with pytest.raises(AssertionError, match=r"at 1 depth lookup: invalid CA certificate"):
            openssl("verify", "-CAfile", trusted, "-untrusted", rest, path)
        with pytest.raises(ssl.SSLError, match=r"(?i)alert"):
            shown(world, Credentials(path), asks=trusted)
        assert shown(world, credentials, asks=trusted), what


def broken(world: World, encrypted: Path, bag: Path) -> dict[str, tuple[Credentials, str]]:
    buyer, other, folder = world.buyer, world.other, world.folder
    swapped, damaged, der, text = (folder / name for name in ("reversed.pem", "damaged.pem", "buyer.cer", "text.pem"))
    swapped.write_bytes(world.middle.certificate.read_bytes() + buyer.certificate.read_bytes())
    damaged.write_text(buyer.certificate.read_text().replace("M", "!", 20))
    openssl("x509", "-in", buyer.certificate, "-outform", "der", "-out", der)
    text.write_text("nothing\n")
    empty, wide, bundle, der_key = (folder / name for name in ("empty.pem", "wide.pem", "buyer.p7b", "der.key"))
    empty.touch()
    wide.write_text(buyer.certificate.read_text(), encoding="utf-16")
    openssl("crl2pkcs7", "-nocrl", "-certfile", buyer.certificate, "-out", bundle)
    openssl("pkey", "-in", buyer.private_key, "-outform", "der", "-out", der_key)
    lone = folder / "lone.p12"
    openssl("pkcs12", "-export", "-nokeys", "-in", buyer.certificate, "-passout", f"pass:{WORD}", "-out", lone)
    renamed = folder / "renamed.p12"
    shutil.copy(bag, renamed)
    key = buyer.private_key
    return {
        "another's key": (
            Credentials(buyer.certificate, other.private_key),
            r"other\.key: the private key does not belong .* buyer\.pem",
        ),
        "no key": (Credentials(buyer.certificate), r"buyer\.pem: no private key in it: add private_key"),
        "no passphrase": (
            Credentials(buyer.certificate, encrypted),
            r"encrypted\.key: the private key is encrypted: add passphrase",
        ),
        "wrong passphrase": (
            Credentials(buyer.certificate, encrypted, passphrase=Secret("x" * 9)),
            r"does not open the private key",
        ),
        "passphrase with a line break": (
            Credentials(buyer.certificate, encrypted, passphrase=Secret(f"{WORD}\n")),
            r"does not open the private key: it ends in a line break",
        ),
        "PKCS#12, passphrase with a line break": (
            Credentials(pkcs12=bag, passphrase=Secret(f"{WORD}\r\n")),
            r"the passphrase does not open it: it ends in a line break",
        ),
        "long passphrase": (
            Credentials(buyer.certificate, encrypted, passphrase=Secret("x" * 2000)),
            r"does not open the private key",
        ),
        "issuer first": (Credentials(swapped, key), r"stands at place 2 of 2: put it first"),
        "damaged": (Credentials(damaged, key), r"damaged\.pem: the PEM certificate in it is damaged"),
        "damaged, and an encrypted key": (
            Credentials(damaged, encrypted, passphrase=Secret(WORD)),
            r"damaged\.pem: .* is damaged",
        ),
        "DER": (Credentials(der, key), r"buyer\.cer: not a PEM certificate but DER, .*openssl x509 -inform der"),
        "PKCS#12 as PEM": (
            Credentials(bag, key),
            r"bag\.p12: not a PEM certificate but PKCS#12, which is named as pkcs12",
        ),
        "text": (Credentials(text, key), r"text\.pem: not a PEM certificate"),
        "empty": (Credentials(empty, key), r"empty\.pem: not a PEM certificate: the file is empty"),
        "empty key": (Credentials(buyer.certificate, empty), r"empty\.pem: not a PEM private key: the file is empty"),
        "UTF-16": (Credentials(wide, key), r"wide\.pem: not a PEM certificate but UTF-16: save it as ASCII"),
        "PKCS#7": (Credentials(bundle, key), r"buyer\.p7b: a PKCS#7 bundle, which openssl pkcs7 -print_certs makes"),
        "DER key": (
            Credentials(buyer.certificate, der_key),
            r"der\.key: not a PEM private key but DER, which openssl pkey -inform der makes PEM of",
        ),
        "swapped": (Credentials(key, buyer.certificate), r"buyer\.key: a private key and no certificate: .* swapped"),
        "a request": (
            Credentials(world.middle.folder / "buyer.csr", key),
            r"buyer\.csr: a certificate request, not a certificate",
        ),
        "a folder": (Credentials(folder, key), r"cannot be read: is a folder, where a file was expected"),
        "PKCS#12, no passphrase": (
            Credentials(pkcs12=bag),
            r"bag\.p12: the PKCS#12 file cannot be opened: add passphrase",
        ),
        "PKCS#12, wrong passphrase": (
            Credentials(pkcs12=bag, passphrase=Secret("wrong one")),
            r"the passphrase does not open it",
        ),
        "PKCS#12 without a key": (
            Credentials(pkcs12=lone, passphrase=Secret(WORD)),
            r"holds no certificate with its key",
        ),
        "PEM as PKCS#12": (
            Credentials(pkcs12=buyer.certificate, passphrase=Secret(WORD)),
            r"buyer\.pem: the PKCS#12 file cannot be opened",
        ),
    }


def test_what_cannot_be_used_is_named_with_its_file_and_what_is_wrong(world: World, encrypted: Path, bag: Path) -> None:
    for what, (credentials, words) in broken(world, encrypted, bag).items():
        with pytest.raises(CredentialsError, match=words) as caught:
            context(None, credentials)
        assert WORD not in str(caught.value), what


def test_a_bundle_of_authorities_is_trusted(world: World, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger", "Stranger")
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(stranger.certificate.read_bytes() + world.root.certificate.read_bytes())
    mine = Credentials(world.other.certificate, world.other.private_key)
    assert shown(world, mine, ca=bundle) == "other"
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(world, mine, ca=stranger.certificate)


def test_an_intermediate_alone_may_be_trusted(world: World) -> None:
    mine = Credentials(world.other.certificate, world.other.private_key)
    assert shown(world, mine, ca=world.middle.certificate, server=world.middle.server("inner")) == "other"


def test_authorities_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.touch()
    with pytest.raises(CredentialsError, match=r"ca\.pem: no certificate authority can be read"):
        context(empty, Credentials())


def test_the_systems_authorities_do_not_trust_ours(world: World) -> None:
    client = context(None, Credentials())
    with door.listening(lambda _: None, door.context(world.server)) as port:
        plain = socket.create_connection(("127.0.0.1", port), 5)
        with pytest.raises(ssl.SSLCertVerificationError):
            client.wrap_socket(plain, server_hostname="localhost")
        plain.close()


def test_a_server_below_the_minimum_is_not_spoken_to(world: World) -> None:
    old = door.context(world.server)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    client = context(world.root.certificate, Credentials(), "1.3")
    with door.listening(lambda _: None, old) as port:
        plain = socket.create_connection(("127.0.0.1", port), 5)
        with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
            client.wrap_socket(plain, server_hostname="localhost")
        plain.close()


def test_connect_to_keeps_the_name_in_tls_and_in_http(world: World, tmp_path: Path) -> None:
    named = world.root.server("named", "DNS:seller.example")
    asked: list[str | None] = []
    heard: list[bytes] = []

    def answer(connection: ssl.SSLSocket) -> None:
        heard.append(door.heard(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    made = door.context(named)
    made.sni_callback = lambda _socket, name, _context: asked.append(name)
    with door.listening(answer, made) as port:
        identity = Identity("buyer")
        target = Target(
            "t",
            "ala",
            "https://seller.example:8443",
            tmp_path,
            {"buyer": identity},
            ca=world.root.certificate,
            connect_to=f"127.0.0.1:{port}",
        )
        wire = HttpsWire(target)
        exchange = wire.send(identity, Request("POST", target.url + "/cancelOrder", (), b"x"), "cancelOrder")
        wire.close()
    assert exchange.reply is not None, exchange.said
    assert asked == ["seller.example"]
    assert b"\r\nHost: seller.example:8443\r\n" in heard[0]


@pytest.mark.parametrize(
    ("held", "host", "valid"),
    [
        ({"subjectAltName": (("DNS", "Seller.example"),)}, "seller.EXAMPLE", True),
        ({"subjectAltName": (("DNS", "*.staging.example"),)}, "seller.staging.example", True),
        ({"subjectAltName": (("DNS", "*.example"),)}, "seller.example", False),
        ({"subjectAltName": (("IP Address", "0:0:0:0:0:0:0:1"),)}, "::1", True),
        ({"subjectAltName": (("IP Address", "127.0.0.1"),)}, "127.0.0.1", True),
        ({"subjectAltName": (("DNS", "127.0.0.1"),)}, "127.0.0.1", False),
        ({"subjectAltName": (("IP Address", "127.0.0.1"),)}, "127.0.0.2", False),
        ({"subject": ((("commonName", "seller.example"),),)}, "seller.example", True),
        ({"subject": ((("commonName", "127.0.0.1"),),)}, "127.0.0.1", False),
        (
            {"subject": ((("commonName", "seller.example"),),), "subjectAltName": (("DNS", "other.example"),)},
            "seller.example",
            False,
        ),
        (
            {"subject": ((("commonName", "seller.example"),),), "subjectAltName": (("IP Address", "127.0.0.1"),)},
            "seller.example",
            True,
        ),
        ({}, "seller.example", False),
    ],
)
def test_a_certificate_is_valid_for_whom_openssl_takes_it_to_be(
    held: dict[str, Any], host: str, *, valid: bool
) -> None:
    assert is_valid_for(held, host) is valid


def named_by(name: str | None, world: World, tmp_path: Path, server: Issued) -> tuple[list[str | None], Exchange]:
    """Ask a seller and call it so in the handshake; return what it was called, and what came of it."""
    asked: list[str | None] = []
    made = door.context(server)
    made.sni_callback = lambda _socket, name, _context: asked.append(name)
    with door.listening(door.saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), made) as port:
        identity = Identity("stranger", server_name=name)
        where = {"ca": world.root.certificate, "connect_to": f"127.0.0.1:{port}"}
        target = Target("t", "ala", "https://seller.staging.example", tmp_path, {"buyer": identity}, **where)  # type: ignore[arg-type]
        wire = HttpsWire(target)
        exchange = wire.send(identity, Request("POST", target.url + "/cancelOrder", (), b"x"), "cancelOrder")
        wire.close()
    return asked, exchange


@pytest.mark.parametrize(
    ("name", "seen"),
    [(None, "seller.staging.example"), ("", None), ("127.0.0.1", None), ("localhost", "localhost")],
    ids=["its own", "none", "an address", "another"],
)
def test_whatever_the_server_is_called_its_certificate_is_held_to_its_own_name(
    name: str | None, seen: str | None, world: World, tmp_path: Path
) -> None:
    for stem, names in (("exact", "DNS:Seller.staging.example"), ("wild", "DNS:other.example,DNS:*.staging.example")):
        asked, exchange = named_by(name, world, tmp_path, world.root.server(f"{stem}-{name}", names))
        assert (asked, exchange.reply is not None) == ([seen], True), exchange.said
    asked, exchange = named_by(name, world, tmp_path, world.server)
    assert (asked, exchange.trouble) == ([seen], Trouble.DISTRUST), "it is good for localhost alone"


def test_connect_to_does_not_make_us_trust_another_name(world: World, tmp_path: Path) -> None:
    with door.listening(door.saying(b"HTTP/1.1 200 OK\r\n\r\n"), door.context(world.server)) as port:
        identity = Identity("buyer")
        target = Target(
            "t",
            "ala",
            "https://seller.example",
            tmp_path,
            {"buyer": identity},
            ca=world.root.certificate,
            connect_to=f"127.0.0.1:{port}",
        )
        wire = HttpsWire(target)
        exchange = wire.send(identity, Request("POST", target.url + "/cancelOrder", (), b"x"), "cancelOrder")
        wire.close()
    assert exchange.trouble is Trouble.DISTRUST


def test_no_variable_hands_the_keys_of_a_connection_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(kept))
    made = context(None, Credentials())
    assert made.keylog_filename is None
    assert (made.verify_mode, made.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert not kept.exists()
    ssl.create_default_context()  # without the guard
    assert kept.exists()
