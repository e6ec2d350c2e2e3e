"""Keys that sign certificates: ed25519, in PEM files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countermand.guard import intake

PRIVATE, PUBLIC = ".pem", ".public.pem"


class KeyFileError(ValueError):
    """A key that cannot be used; the message names the file and says what was expected."""


def make(stem: Path) -> tuple[Path, Path]:
    """Write a fresh key pair, the private one readable by its owner alone; raises KeyFileError rather than overwrite anything."""
    private, public = (stem.with_name(stem.name + end) for end in (PRIVATE, PUBLIC))
    key = Ed25519PrivateKey.generate()
    bare = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    shown = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    for path in (private, public):
        if path.exists():
            raise KeyFileError(f"{path}: there is such a file already, and no key is overwritten; name another with --out")
    for path, data, mode in ((private, bare, 0o600), (public, shown, 0o644)):
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(data)
        except OSError as error:
            raise KeyFileError(f"{path}: cannot be written: {error.strerror}") from None
    return private, public


def private(path: Path) -> Ed25519PrivateKey:
    """Read a key that signs; raises KeyFileError."""
    data = _bytes(path)
    try:
        key = form.load_pem_private_key(data, None)
    except TypeError:
        raise KeyFileError(f"{path}: the private key is encrypted; openssl pkey -in {path.name} makes an open one of it") from None
    except (ValueError, UnsupportedAlgorithm):
        why = "a public key: the private one of the pair signs" if b"PUBLIC KEY" in data else "no private key in PEM"
        raise KeyFileError(f"{path}: {why}; countermand keygen makes a pair") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: a key of another kind than ed25519; countermand keygen makes a pair")
    return key


def public(path: Path) -> Ed25519PublicKey:
    """Read a key that verifies; raises KeyFileError. A private key is not asked for here, and so not taken."""
    data = _bytes(path)
    try:
        key = form.load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        why = (
            "a private key: keep it to yourself, and give the public one of the pair" if b"PRIVATE KEY" in data else "no public key in PEM"
        )
        raise KeyFileError(f"{path}: {why}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError(f"{path}: a key of another kind than ed25519")
    return key


def name(key: Ed25519PublicKey) -> str:
    """Return what an envelope calls a key: the SHA-256 of its DER form."""
    return hashlib.sha256(key.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return intake.read(path)
    except FileNotFoundError as error:
        raise KeyFileError(f"{intake.shown(path)}: cannot be read: {error.strerror}") from None
    except intake.IntakeError as error:
        raise KeyFileError(f"{intake.shown(path)}: {error}") from None
