"""Callers nobody agreed to, by the names features give them: certificates and keys made up for the occasion."""

from __future__ import annotations

import functools
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from countermand.guard import private
from countermand.identity.tls import Credentials, chain
from countermand.model.target import Identity, Target
from countermand.model.verdict import Inconclusive

if TYPE_CHECKING:
    from cryptography import x509


def make(name: str, target: Target, folder: Path) -> Identity | None:  # noqa: PLR0911 - a way out per stranger
    """Make up a stranger who bears the buyer's name, its keys in a folder.

    Return nothing where only the target's owner could.
    """
    buyer = target.identities["buyer"]
    bare = Identity(name, identifier=buyer.identifier, reseller=buyer.reseller)
    if name == "stranger without a certificate":
        return bare
    if name in {"stranger with a self-signed certificate", "stranger with a certificate of another authority"}:
        return (
            bare
            if target.recorded
            else replace(bare, certificate=certificate(folder, self_signed="self-signed" in name))
        )
    if name in {
        "stranger with a self-signed certificate in the buyer's name",
        "stranger with a certificate in the names of the buyer and its issuer",
    }:
        if not (buyer.certificate or buyer.pkcs12):
            return None
        return (
            bare
            if target.recorded
            else replace(bare, certificate=forged(buyer, folder, self_signed="self-signed" in name))
        )
    if name == "stranger":
        return replace(buyer, name=name)
    if name == "stranger on the buyer's connection":
        return replace(buyer, name=name, line=buyer.name)
    if name == "unknown user":
        return replace(buyer, name=name, username="countermand-nobody")
    if name == "nobody":
        return replace(buyer, name=name, username=None)
    another = target.identities.get("another_buyer")
    if name == "buyer with the key of another buyer" and another and another.api_key:
        return replace(buyer, name=name, api_key=another.api_key)
    return None


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
    return _kept(folder, "stranger", held)


@functools.cache
def forged(buyer: Identity, folder: Path, *, self_signed: bool) -> Path:
    """Write a certificate that says what the buyer's says, signed with a key of ours.

    All that is public of it is the same; raises Inconclusive where that cannot be had.
    """
    from cryptography import x509  # noqa: PLC0415 - 0.1 s that only strangers cost
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    real, key = public(buyer), ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        subject_name=real.subject,
        issuer_name=real.subject if self_signed else real.issuer,
        public_key=key.public_key(),
        serial_number=real.serial_number,
        not_valid_before=real.not_valid_before_utc,
        not_valid_after=real.not_valid_after_utc,
    )
    try:
        extensions = list(real.extensions)
    except ValueError:  # OpenSSL looks into few
        held = buyer.certificate or buyer.pkcs12
        why = "an extension of the certificate cannot be read, so that no stranger can be made up in its name"
        raise Inconclusive(f"{held}: {why}") from None
    for extension in extensions:
        if not isinstance(extension.value, (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)):
            builder = builder.add_extension(extension.value, extension.critical)
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return _kept(folder, "forged", pem + builder.sign(key, hashes.SHA256()).public_bytes(form.Encoding.PEM))


def _kept(folder: Path, name: str, held: bytes) -> Path:
    """Write a certificate with its key into a folder that several processes share."""
    path = folder / f"{name}-{uuid.uuid4().hex}.pem"
    private.write(path, held)
    return path


def public(buyer: Identity) -> x509.Certificate:
    """Return the buyer's own certificate, wherever it is kept; raises CredentialsError."""
    return chain(Credentials(buyer.certificate, buyer.private_key, buyer.pkcs12, buyer.passphrase))[0]
