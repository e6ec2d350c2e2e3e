"""TLS contexts: on one side certificates and keys as people have them, on the other what a socket is wrapped with."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

from countermand.secret import Secret

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class CredentialsError(ValueError):
    """Certificates or keys that cannot be used; says which file and what is wrong with it."""


@dataclass(frozen=True)
class Credentials:
    """What a client shows: nothing, a PEM pair, a combined PEM or a PKCS#12 file."""

    certificate: Path | None = None
    private_key: Path | None = None
    pkcs12: Path | None = None
    passphrase: Secret | None = None


def context(ca: Path | None, credentials: Credentials, minimum: str = "1.2") -> ssl.SSLContext:
    """Return a client's context that verifies the server; raises CredentialsError."""
    try:
        made = ssl.create_default_context(cafile=ca)
    except (ssl.SSLError, OSError) as error:
        raise CredentialsError(f"{ca}: no certificate authority can be read: {error}") from None
    made.minimum_version = VERSIONS[minimum]
    if credentials.pkcs12:
        _load_pkcs12(made, credentials.pkcs12, credentials.passphrase)
    elif credentials.certificate:
        _load_pem(made, credentials.certificate, credentials.private_key, credentials.passphrase)
    return made


def _load_pem(made: ssl.SSLContext, certificate: Path, key: Path | None, passphrase: Secret | None) -> None:
    word = passphrase.reveal() if passphrase else ""
    try:
        made.load_cert_chain(certificate, key, password=lambda: word)  # a callable, so that OpenSSL never asks the terminal
    except ssl.SSLError as error:
        held = key or certificate
        if "KEY_VALUES_MISMATCH" in str(error):
            raise CredentialsError(f"{held}: the private key does not belong to the certificate {certificate.name}") from None
        if passphrase is None and b"ENCRYPTED" in held.read_bytes():
            raise CredentialsError(f"{held}: the private key is encrypted: add passphrase") from None
        if b"ENCRYPTED" in held.read_bytes():
            raise CredentialsError(f"{held}: the passphrase does not open the private key") from None
        missing = key is None and b"PRIVATE KEY" not in certificate.read_bytes()
        why = "no private key in it: add private_key" if missing else f"not a PEM certificate and key: {error.reason or error}"
        raise CredentialsError(f"{held}: {why}") from None


def _load_pkcs12(made: ssl.SSLContext, path: Path, passphrase: Secret | None) -> None:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - only who has PKCS#12 pays for it
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    word = passphrase.reveal().encode() if passphrase else None
    try:
        bag = pkcs12.load_pkcs12(path.read_bytes(), word)
    except ValueError as error:
        raise CredentialsError(f"{path}: the PKCS#12 file cannot be opened: {'add passphrase' if word is None else error}") from None
    if bag.key is None or bag.cert is None:
        raise CredentialsError(f"{path}: the PKCS#12 file holds no certificate with its key")
    chain = [bag.cert, *bag.additional_certs]
    pem = bag.key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    with tempfile.TemporaryDirectory() as folder:  # ssl reads files only; the folder is ours alone and gone at once
        held = Path(folder, "identity.pem")
        held.touch(mode=0o600)
        held.write_bytes(pem + b"".join(one.certificate.public_bytes(form.Encoding.PEM) for one in chain))
        made.load_cert_chain(held)
