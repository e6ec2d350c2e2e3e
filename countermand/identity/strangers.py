"""Callers nobody agreed to, by the names features give them: certificates and keys made up for the occasion."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from countermand.guard import private
from countermand.identity.tls import Credentials, chain, private_key
from countermand.model.target import Identity, Target
from countermand.model.verdict import Inconclusive, NotApplicable

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

#: What stands behind the buyer's user name in that of somebody whom nobody knows.
BEHIND_NAME = {
    "user whose name is the buyer's with letters behind it": "countermandnobody",
    "user whose name is the buyer's with a dot and a name behind it": ".countermand-nobody",
}
#: What a server is called on its own machine, the second where the target file calls it by the first.
OTHER_HOSTS = ("localhost", "localhost.localdomain")


def other_host(target: Target) -> str:
    """Return a name under which a server may have another host: whoever runs it asks it so from beside it."""
    return OTHER_HOSTS[urlsplit(target.url).hostname == OTHER_HOSTS[0]]


def make(name: str, target: Target, folder: Path) -> Identity | None:  # noqa: PLR0911 - a way out per stranger
    """Make up a stranger who bears the buyer's name, its keys in a folder.

    Return nothing where only the target's owner could.
    """
    buyer = target.identities["buyer"]
    bare = Identity(name, identifier=buyer.identifier, reseller=buyer.reseller)
    if name.startswith("stranger without a certificate"):
        return replace(bare, server_name=_called(name, target))
    if name in {"stranger with a self-signed certificate", "stranger with a certificate of another authority"}:
        return (
            bare
            if target.recorded
            else replace(bare, certificate=certificate(folder, self_signed="self-signed" in name))
        )
    if name in IN_BUYERS_NAME:
        if not (buyer.certificate or buyer.pkcs12):
            return None
        return bare if target.recorded else replace(bare, certificate=IN_BUYERS_NAME[name](buyer, folder))
    if name == "stranger":
        return replace(buyer, name=name)
    if name == "stranger on the buyer's connection":
        return replace(buyer, name=name, line=buyer.name)
    return _user(name, buyer, target.identities.get("another_buyer"))


def _user(name: str, buyer: Identity, another: Identity | None) -> Identity | None:
    """Make up a user who has the buyer's key and not its name, or its name and not its key."""
    if name == "unknown user":
        return replace(buyer, name=name, username="countermand-nobody")
    if name in BEHIND_NAME:
        return replace(buyer, name=name, username=f"{buyer.username or ''}{BEHIND_NAME[name]}")
    if name == "nobody":
        return replace(buyer, name=name, username=None)
    if name == "buyer with the key of another buyer" and another and another.api_key:
        return replace(buyer, name=name, api_key=another.api_key)
    if name == "stranger in the other reseller's name" and another and another.username:
        return replace(buyer, name=name, username=another.username)
    return None


def _called(name: str, target: Target) -> str | None:
    """Return what a stranger calls the server in the handshake, where that is not its host.

    Raises NotApplicable where that cannot be.
    """
    if not name.endswith("in the handshake"):
        return None
    if (target.proxy or "").startswith("https:"):
        raise NotApplicable("behind a proxy that is spoken to over TLS every handshake names the seller's host")
    return "" if "no host" in name else other_host(target)


@functools.cache
def certificate(folder: Path, *, self_signed: bool) -> Path:
    """Write a certificate and key that no seller has agreed to, and return the PEM file that holds both.

    It goes with the folder.
    """
    import trustme  # noqa: PLC0415 - 0.1 s that only strangers cost

    authority = trustme.CA(organization_name="Countermand", organization_unit_name="stranger")
    if self_signed:
        held = authority.private_key_pem.bytes() + authority.cert_pem.bytes()
    else:
        held = authority.issue_cert(
            "stranger@example.org", common_name="stranger"
        ).private_key_and_cert_chain_pem.bytes()
    return _written(folder, "stranger", held)


@functools.cache
def forged(buyer: Identity, folder: Path, *, self_signed: bool) -> Path:
    """Write a certificate that says what the buyer's says, signed with a key of ours.

    All that is public of it is the same; raises Inconclusive where that cannot be had.
    """
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - 0.1 s that only strangers cost

    real, key = public(buyer), ec.generate_private_key(ec.SECP256R1())
    builder = _named_as(real, buyer, key).issuer_name(real.subject if self_signed else real.issuer)
    return _kept(folder, "forged", key, [_signed(builder, key)])


@functools.cache
def issued(buyer: Identity, folder: Path) -> Path:
    """Write a certificate that says what the buyer's says, signed with the buyer's key, which is no authority's.

    A buyer that is an authority has issued one that is none, and that one has issued this.
    Raises CredentialsError, and Inconclusive where what is public of the buyer's cannot be had.
    """
    credentials = _credentials(buyer)
    shown, signer = chain(credentials), private_key(credentials)
    for _ in range(2 if _may_issue(shown[0], buyer) else 1):
        shown, signer = _under(shown, signer, buyer)
    return _kept(folder, "issued", signer, shown)


def _may_issue(real: x509.Certificate, buyer: Identity) -> bool:
    """Say whether whoever trusts a certificate may trust what it has issued (RFC 5280, 4.2.1.9 and 6.1)."""
    from cryptography import x509  # noqa: PLC0415 - 0.1 s that only strangers cost

    constraints = [each.value for each in _extensions(real, buyer) if isinstance(each.value, x509.BasicConstraints)]
    is_authority = any(each.ca for each in constraints)
    return is_authority or real.issuer == real.subject or real.version is not x509.Version.v3


def _under(
    shown: Sequence[x509.Certificate], signer: PrivateKeyTypes, buyer: Identity
) -> tuple[list[x509.Certificate], PrivateKeyTypes]:
    """Have a certificate issue another in its name, which is no authority's, and return both with that one's key."""
    from cryptography import x509  # noqa: PLC0415 - 0.1 s that only strangers cost
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key, real = ec.generate_private_key(ec.SECP256R1()), shown[0]
    identified = x509.SubjectKeyIdentifier.from_public_key
    own = (each.value for each in _extensions(real, buyer) if isinstance(each.value, x509.SubjectKeyIdentifier))
    issuer = next(own, None) or identified(real.public_key())
    builder = _named_as(real, buyer, key, besides=(x509.BasicConstraints,)).issuer_name(real.subject)
    for extension in (
        # By these whoever reads it knows that it has not signed itself, though both bear one name (RFC 5280, 4.2.1.1).
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer),
        identified(key.public_key()),
        x509.BasicConstraints(ca=False, path_length=None),
    ):
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return [_signed(builder, signer), *shown], key


def _named_as(
    real: x509.Certificate,
    buyer: Identity,
    key: ec.EllipticCurvePrivateKey,
    besides: tuple[type[x509.ExtensionType], ...] = (),
) -> x509.CertificateBuilder:
    """Begin a certificate that says what another says, for a key of ours: all but its issuer and some extensions.

    Raises Inconclusive where what that one says cannot be had.
    """
    from cryptography import x509  # noqa: PLC0415 - 0.1 s that only strangers cost

    builder = x509.CertificateBuilder(
        subject_name=real.subject,
        public_key=key.public_key(),
        serial_number=real.serial_number,
        not_valid_before=real.not_valid_before_utc,
        not_valid_after=real.not_valid_after_utc,
    )
    for extension in _extensions(real, buyer):
        if not isinstance(extension.value, (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier, *besides)):
            builder = builder.add_extension(extension.value, extension.critical)
    return builder


def _extensions(real: x509.Certificate, buyer: Identity) -> list[x509.Extension[x509.ExtensionType]]:
    """Return the extensions of a certificate; raises Inconclusive where one cannot be read."""
    try:
        return list(real.extensions)
    except ValueError:  # OpenSSL looks into few
        held = buyer.certificate or buyer.pkcs12
        why = "an extension of the certificate cannot be read, so that no stranger can be made up in its name"
        raise Inconclusive(f"{held}: {why}") from None


def _signed(builder: x509.CertificateBuilder, key: PrivateKeyTypes) -> x509.Certificate:
    """Sign a certificate, with the digest that goes with the key."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - 0.1 s that only strangers cost
    from cryptography.hazmat.primitives.asymmetric import ed448, ed25519  # noqa: PLC0415

    has_digest = isinstance(key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey))
    return builder.sign(key, None if has_digest else hashes.SHA256())  # type: ignore[arg-type]


def _kept(folder: Path, name: str, key: PrivateKeyTypes, shown: Sequence[x509.Certificate]) -> Path:
    """Write certificates and the key of the first into a folder that several processes share."""
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - 0.1 s that only strangers cost

    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return _written(folder, name, pem + b"".join(each.public_bytes(form.Encoding.PEM) for each in shown))


def _written(folder: Path, name: str, held: bytes) -> Path:
    path = folder / f"{name}-{uuid.uuid4().hex}.pem"
    private.write(path, held)
    return path


def public(buyer: Identity) -> x509.Certificate:
    """Return the buyer's own certificate, wherever it is kept; raises CredentialsError."""
    return chain(_credentials(buyer))[0]


def _credentials(buyer: Identity) -> Credentials:
    return Credentials(buyer.certificate, buyer.private_key, buyer.pkcs12, buyer.passphrase)


#: How strangers are made up who say that they are the buyer.
IN_BUYERS_NAME: Mapping[str, Callable[[Identity, Path], Path]] = {
    "stranger with a self-signed certificate in the buyer's name": functools.partial(forged, self_signed=True),
    "stranger with a certificate in the names of the buyer and its issuer": functools.partial(
        forged, self_signed=False
    ),
    "stranger with a certificate that the buyer's own has issued": issued,
}
